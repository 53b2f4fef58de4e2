//! Event objects: a word, and who waits for it.
//!
//! To set one that nobody waits for is one atomic step; descriptors and sleepers are kept behind a
//! lock that is taken only if the word says that there are some.

use std::{
    ops::Deref,
    os::fd::BorrowedFd,
    sync::{
        Arc, OnceLock,
        atomic::Ordering::{Relaxed, SeqCst},
    },
};

use smallvec::SmallVec;

use super::{
    exported::Exported,
    intake::Intake,
    process::Provider,
    sync::{AtomicU64, Mutex},
    table::tag_of,
    waiter::Waiter,
};
use crate::{Error, Result};

const SET: u64 = 1 << 0;
/// Somebody sleeps, or a descriptor was handed out.
const WATCHED: u64 = 1 << 1;
/// A kernel socket reports to it, or a descriptor was handed out: whoever waits looks at the kernel.
const TAKES_IN: u64 = 1 << 2;
const CLOSED: u64 = 1 << 3;
/// Counts the resets, above the flags and below the tag.
const RESET: u64 = 1 << 4;
/// The tag of the handle, 0 without one and once the object is closed.
const TAG: u64 = u64::MAX << u32::BITS;

/// An event object: unnamed, manual-reset, initially unset (EVT-37).
///
/// It is shared by reference count: registrations of sockets hold it, too, and a closed one stays
/// in memory until the last of them has gone. Every method can be called from every thread. It
/// belongs to the process that made it (EVT-48).
#[derive(Clone, Debug)]
pub struct EventObject(pub(super) Arc<Event>);

#[derive(Debug)]
pub(super) struct Event {
    provider: &'static Provider,
    word: Word,
    attention: Mutex<Attention>,
    exported: OnceLock<Exported>,
}

/// Where the word stands.
#[derive(Debug)]
enum Word {
    Own(AtomicU64),
    /// Beside those of other objects that have handles (`objects.rs`). It stays the object's until that
    /// goes, and the handle's number is not free before.
    OfHandle(&'static AtomicU64, u64),
}

impl Deref for Word {
    type Target = AtomicU64;

    fn deref(&self) -> &AtomicU64 {
        match self {
            Self::Own(word) => word,
            Self::OfHandle(word, _) => word,
        }
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        // In a forked child the tables are others.
        if let Word::OfHandle(word, handle) = self.word
            && self.provider.check_process().is_ok()
        {
            word.store(0, SeqCst);
            self.provider.handles.take_number_back(handle);
        }
    }
}

/// Who is to be told of a change.
#[derive(Debug)]
struct Attention {
    sleepers: SmallVec<[Arc<Waiter>; 2]>,
}

/// A look at the word of an event object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look(u64);

impl Look {
    pub(super) fn of(word: &AtomicU64) -> Self {
        Self(word.load(SeqCst))
    }

    /// Whether it was at the object with this handle, and that is open.
    pub(super) const fn has_handle(self, handle: u64) -> bool {
        // No handle has the tag 0, not even the greatest number.
        self.0 >> u32::BITS == handle.saturating_add(1)
    }

    pub(super) const fn is_set(self) -> bool {
        self.0 & SET != 0
    }

    pub(super) const fn takes_in(self) -> bool {
        self.0 & TAKES_IN != 0
    }

    pub(super) const fn is_closed(self) -> bool {
        self.0 & CLOSED != 0
    }

    /// Whether the object was not reset between this look and another.
    pub(super) const fn is_same_setting(self, other: Self) -> bool {
        self.0 / RESET == other.0 / RESET
    }
}

impl EventObject {
    /// Makes an event object.
    ///
    /// # Errors
    /// [`Error::NotEnoughMemory`] where memory runs out without ending the process (EVT-37).
    pub fn new() -> Result<Self> {
        Ok(Self(Arc::new(Event {
            provider: Provider::start(),
            word: Word::Own(AtomicU64::new(0)),
            attention: Mutex::new(Attention {
                sleepers: SmallVec::new_const(),
            }),
            exported: OnceLock::new(),
        })))
    }

    /// Sets it (EVT-38).
    ///
    /// # Errors
    /// [`Error::InvalidHandle`] once it is closed (EVT-39); [`Error::NotInitialised`] in a forked
    /// child (EVT-48).
    pub fn set(&self) -> Result<()> {
        self.check()?;
        if self.mark() {
            self.wake();
        }
        Ok(())
    }

    /// Takes in what has happened to the sockets that report to it, and resets it (EVT-38).
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub fn reset(&self) -> Result<()> {
        let look = self.check()?;
        if look.takes_in() {
            self.0.provider.intake.take_in();
        }
        self.unmark();
        Ok(())
    }

    /// Whether it is set, after taking in what has happened to the sockets that report to it.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub fn is_set(&self) -> Result<bool> {
        let look = self.check()?;
        if look.is_set() || !look.takes_in() {
            return Ok(look.is_set());
        }
        self.0.provider.intake.take_in();
        Ok(self.look().is_set())
    }

    /// Closes it for every holder. Waits of other threads on it end with [`Error::InvalidHandle`]
    /// (EVT-39, EVT-62); sockets that report to it go on, and nobody is told.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub fn close(&self) -> Result<()> {
        self.check()?;
        let close = |word| (word & CLOSED == 0).then_some((word | CLOSED) & !TAG);
        if self.0.word.fetch_update(SeqCst, SeqCst, close).is_err() {
            return Err(Error::InvalidHandle);
        }
        self.wake();
        Ok(())
    }

    /// A descriptor that polls readable whenever the object is set, and perhaps early, when the
    /// library has something to take in: a wait with time-out 0 makes it exact (EVT-61). It is made
    /// at the first call and belongs to the object; nobody else may read, write or close it.
    ///
    /// # Errors
    /// [`Error::MFile`]; otherwise as [`set`](Self::set).
    pub fn descriptor(&self) -> Result<BorrowedFd<'_>> {
        self.check()?;
        if let Some(exported) = self.0.exported.get() {
            return Ok(exported.descriptor());
        }
        let made = Exported::new(&self.0.provider.intake)?;
        let exported = self.0.exported.get_or_init(|| made);
        {
            // Under the lock, so that a sleeper that leaves does not take the flag away.
            let _attention = self.0.attention.lock();
            self.0.word.fetch_or(WATCHED | TAKES_IN, SeqCst);
        }
        // What the set had to report already is reported again, to those who poll.
        self.0.provider.intake.arm_waiting();
        self.show();
        Ok(exported.descriptor())
    }

    pub(super) fn intake(&self) -> &'static Intake {
        &self.0.provider.intake
    }

    /// The object is usable in this process.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub(crate) fn check(&self) -> Result<Look> {
        let look = self.look();
        if look.is_closed() {
            return Err(Error::InvalidHandle);
        }
        match self.0.provider.check_process() {
            Err(Error::NotSock) => Err(Error::InvalidHandle),
            Err(error) => Err(error),
            Ok(()) => Ok(look),
        }
    }

    pub(super) fn look(&self) -> Look {
        Look::of(&self.0.word)
    }

    /// Has its word stand where a wait looks for the words of handles. An object that somebody else
    /// holds keeps its own, and waits for it take a little longer.
    pub(super) fn move_word(&mut self, place: &'static AtomicU64, handle: u64) {
        if let Some(event) = Arc::get_mut(&mut self.0) {
            let tag = u64::from(tag_of(handle)) << u32::BITS;
            place.store(event.word.load(SeqCst) | tag, SeqCst);
            event.word = Word::OfHandle(place, handle);
        }
    }

    pub(super) fn has_word_of_handle(&self) -> bool {
        matches!(self.0.word, Word::OfHandle(..))
    }

    /// Sets the word and says whether somebody has to be told by [`wake`](Self::wake), which need not
    /// be at once.
    #[must_use]
    pub(super) fn mark(&self) -> bool {
        let before = self.0.word.fetch_or(SET, SeqCst);
        before & SET == 0 && before & WATCHED != 0
    }

    /// Resets the word.
    pub(crate) fn unmark(&self) {
        let reset = |word: u64| {
            let reset = (word & !SET).wrapping_add(RESET);
            (word & SET != 0).then_some(word & TAG | reset & !TAG)
        };
        if let Ok(before) = self.0.word.fetch_update(SeqCst, SeqCst, reset)
            && before & WATCHED != 0
        {
            self.show();
        }
    }

    /// Tells whoever waits that the word has changed.
    pub(super) fn wake(&self) {
        self.show();
        // Notified when the lock is free: a thread that is woken under it would run into it.
        let sleepers = self.0.attention.lock().sleepers.clone();
        for sleeper in sleepers {
            sleeper.notify();
        }
    }

    /// Makes the descriptor, if there is one, show what the word says now. Whoever changes the word
    /// last shows it last.
    fn show(&self) {
        if let Some(exported) = self.0.exported.get() {
            exported.show(|| self.look().is_set() || self.look().is_closed());
        }
    }

    /// From now on a kernel socket reports to it. Who waits already has to look at the kernel.
    pub(super) fn takes_in_from_kernel(&self) {
        if self.0.word.fetch_or(TAKES_IN, SeqCst) & TAKES_IN == 0 {
            self.wake();
        }
    }

    /// Whether somebody waits for it, or polls its descriptor.
    pub(super) fn is_watched(&self) -> bool {
        self.0.word.load(SeqCst) & WATCHED != 0
    }

    /// A thread is going to sleep until it is set.
    pub(super) fn add_sleeper(&self, waiter: &Arc<Waiter>) {
        let mut attention = self.0.attention.lock();
        attention.sleepers.push(Arc::clone(waiter));
        self.0.word.fetch_or(WATCHED, SeqCst);
    }

    pub(super) fn remove_sleeper(&self, waiter: &Arc<Waiter>) {
        let mut attention = self.0.attention.lock();
        if let Some(place) = attention
            .sleepers
            .iter()
            .position(|sleeper| Arc::ptr_eq(sleeper, waiter))
        {
            attention.sleepers.swap_remove(place);
        }
        if attention.sleepers.is_empty() && self.0.exported.get().is_none() {
            self.0.word.fetch_and(!WATCHED, Relaxed);
        }
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::objects;

    #[test]
    fn the_count_of_resets_leaves_the_tag_alone_when_it_begins_anew() {
        let handle = objects::register_event(EventObject::new().unwrap()).unwrap();
        let object = objects::find_event(handle).unwrap();
        object.0.word.fetch_or(!TAG & !(RESET - 1), SeqCst);
        object.set().unwrap();
        let before = object.look();
        object.reset().unwrap();
        assert!(object.look().has_handle(handle) && !object.look().is_same_setting(before));
        object.set().unwrap();
        assert_eq!(objects::first_set([handle].into_iter()), Some(0));
        objects::close_event(handle).unwrap();
    }
}
