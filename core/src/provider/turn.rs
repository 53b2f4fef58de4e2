//! Whose turn it is to accept on a listener.
//!
//! Two threads asleep in `accept4` would each get a request at once, and a sleeper cannot be
//! diverted to a head that was put back. So one thread at a time takes the head of a listener
//! (ACC-55); the others park here and are woken by every outcome, a deferral too (ACC-66). One
//! atomic word says how the listener stands:
//!
//! ```text
//!  Idle ──begin──▶ Waiting ──deciding──▶ Deciding ──finish──▶ Idle, or Held (deferred, undecided)
//!  Held ──begin──────────────────────────▶ Deciding
//! ```
//!
//! Taking the turn and giving it back are one atomic exchange each; nothing else on the way of a
//! request needs one.

use std::{
    cell::Cell,
    ptr,
    sync::atomic::Ordering::{Relaxed, Release, SeqCst},
};

use super::{
    monitor::{Announced, Signal},
    process::Provider,
    sync::{AtomicBool, AtomicU32, AtomicUsize, thread_local},
};
use crate::{Credentials, Error, Result, Wait};

/// How a listener stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Phase {
    /// Nobody accepts.
    Idle = 0,
    /// A thread waits for a request, perhaps asleep in the kernel.
    Waiting = 1,
    /// A request is being decided.
    Deciding = 2,
    /// The head was put back; the next accept call is given it at once.
    Held = 3,
}

impl Phase {
    const fn of(word: u32) -> Self {
        match word {
            0 => Self::Idle,
            1 => Self::Waiting,
            2 => Self::Deciding,
            _ => Self::Held,
        }
    }
}

/// Whom a condition function is asked about, as far as the calling thread can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// No condition function runs.
    Nothing,
    /// About a caller whom the entry does not know.
    Stranger,
    /// About a caller in this process.
    OwnProcess,
}

thread_local! {
    /// Its address names the thread; its value belongs to the innermost condition function that runs
    /// on it. There is one of these and no more: in a shared library each costs a call.
    static ASKED: Cell<Asked> = const { Cell::new(Asked::Nothing) };
}

fn name_of(asked: &Cell<Asked>) -> usize {
    ptr::from_ref(asked).addr()
}

/// Whether a condition function is running on the calling thread (ACC-52).
pub fn in_condition_function() -> bool {
    ASKED.with(Cell::get) != Asked::Nothing
}

/// Who the caller is that the condition function on the calling thread is asked about (ACC-73).
///
/// # Errors
/// [`Error::Inval`] outside condition functions, [`Error::OpNotSupp`] where the entry does not know.
pub fn caller_credentials() -> Result<Credentials> {
    match ASKED.with(Cell::get) {
        Asked::Nothing => Err(Error::Inval),
        Asked::Stranger => Err(Error::OpNotSupp),
        Asked::OwnProcess => Ok(Credentials::own()),
    }
}

/// Runs a condition function of a listener on this thread, which has the listener's turn.
pub(crate) fn inside_condition<R>(turn: &Turn, asked: Asked, condition: impl FnOnce() -> R) -> R {
    ASKED.with(|cell| {
        turn.decider.store(name_of(cell), Relaxed);
        let _inside = Inside {
            turn,
            cell,
            outer: cell.replace(asked),
        };
        condition()
    })
}

/// Ends with the condition function, however that ends.
struct Inside<'a> {
    turn: &'a Turn,
    cell: &'a Cell<Asked>,
    outer: Asked,
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.cell.set(self.outer);
        self.turn.decider.store(0, Relaxed);
    }
}

/// Whether the calling thread has this name. Apart, so that nobody asks for it before it is needed.
#[cold]
fn is_named(name: usize) -> bool {
    ASKED.with(|cell| name_of(cell) == name)
}

#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// The [`Phase`]. Only the holder of the turn changes it; taking the turn is a race for it.
    word: AtomicU32,
    closed: AtomicBool,
    /// The thread whose condition function runs, 0 if none does. A thread asks only whether it is that
    /// one, and sees what it has written itself, so there is nothing to be ordered.
    decider: AtomicUsize,
    parked: Signal,
}

impl Turn {
    /// Takes the turn, waiting for it if the listener is blocking.
    ///
    /// # Errors
    /// [`Error::WouldBlock`] if another thread has it and the listener is non-blocking (ACC-55);
    /// [`Error::Intr`] if the listener was closed meanwhile (ACC-57), [`Error::NotSock`] if it was
    /// before; otherwise as [`Wait`] says.
    pub(crate) fn begin(&self, blocking: bool, wait: &Wait<'_>) -> Result<Holding<'_>> {
        // Closing sets the flag first and looks at the phase afterwards, so one of the two sees the
        // other.
        if let Some(holding) = self.take()
            && !self.is_closed()
        {
            return Ok(holding);
        }
        self.park(blocking, wait)
    }

    /// Waits for the turn that somebody else has.
    #[cold]
    fn park(&self, blocking: bool, wait: &Wait<'_>) -> Result<Holding<'_>> {
        let mut has_parked = false;
        loop {
            let announced = has_parked.then(|| self.parked.announce());
            if let Some(holding) = self.take()
                && !self.is_closed()
            {
                return Ok(holding);
            }
            if self.is_closed() {
                return Err(if has_parked {
                    Error::Intr
                } else {
                    Error::NotSock
                }); // ACC-57
            }
            if !blocking {
                return Err(Error::WouldBlock); // ACC-55
            }
            match announced {
                Some(announced) => announced.sleep(wait)?,
                None => has_parked = true,
            }
        }
    }

    /// Takes the turn if nobody has it.
    fn take(&self) -> Option<Holding<'_>> {
        let mut word = self.word.load(SeqCst);
        loop {
            let was = Phase::of(word);
            let next = match was {
                Phase::Idle => Phase::Waiting,
                Phase::Held => Phase::Deciding, // ACC-66
                Phase::Waiting | Phase::Deciding => return None,
            };
            match self
                .word
                .compare_exchange(word, next as u32, SeqCst, SeqCst)
            {
                Ok(_) => return Some(Holding { turn: self, was }),
                Err(now) => word = now,
            }
        }
    }

    /// How the listener stands now.
    pub(crate) fn phase(&self) -> Phase {
        Phase::of(self.word.load(SeqCst))
    }

    /// A thread is about to sleep in `select`: it is woken as those are that wait for the turn. To be
    /// looked at again after this.
    pub(crate) fn announce_select(&self) -> Announced<&Signal> {
        self.parked.announce()
    }

    /// Wakes those who wait for the turn, or for the end of the silence.
    fn wake(&self) {
        if self.parked.has_sleepers() {
            self.parked.notify();
            Provider::start().selecting.ring();
        }
    }

    /// Closes the listener for accept calls, and says how it stood.
    pub(crate) fn close(&self) -> Phase {
        self.closed.store(true, SeqCst);
        self.wake();
        Phase::of(self.word.load(SeqCst))
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(SeqCst)
    }

    /// Whether the calling thread is inside a condition function of this listener (ACC-51).
    pub(crate) fn is_decided_here(&self) -> bool {
        match self.decider.load(Relaxed) {
            0 => false,
            decider => is_named(decider),
        }
    }

    #[cfg(test)]
    fn is_silent(&self) -> bool {
        matches!(
            Phase::of(self.word.load(SeqCst)),
            Phase::Deciding | Phase::Held
        )
    }
}

/// The turn, held by one thread. Dropped before a request is decided, it goes back to what it was.
#[derive(Debug)]
pub(crate) struct Holding<'a> {
    turn: &'a Turn,
    was: Phase,
}

impl Holding<'_> {
    /// Whether a head that was put back is waiting.
    pub(crate) fn finds_held(&self) -> bool {
        self.was == Phase::Held
    }

    /// A request has been taken and is about to be shown to a condition function. Whoever closes the
    /// listener at this moment may still take it for waiting, and wakes a sleeper that there is not.
    pub(crate) fn deciding(&mut self) {
        self.was = Phase::Idle;
        self.turn.word.store(Phase::Deciding as u32, Release);
    }

    /// Gives the turn back; `held` says that the head was put back.
    pub(crate) fn finish(mut self, held: bool) {
        self.was = if held { Phase::Held } else { Phase::Idle };
    }
}

impl Drop for Holding<'_> {
    fn drop(&mut self) {
        // Before the look at those who park, and at the flag of closing.
        self.turn.word.store(self.was as u32, SeqCst);
        self.turn.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::atomic::AtomicUsize, thread, time::Duration};

    use super::*;

    #[test]
    fn one_thread_at_a_time_has_the_turn() {
        let turn = Turn::default();
        let inside = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for round in 0..500 {
                        let mut holding = turn.begin(true, &Wait::FOREVER).unwrap();
                        assert_eq!(inside.fetch_add(1, SeqCst), 0);
                        holding.deciding();
                        inside.fetch_sub(1, SeqCst);
                        holding.finish(round % 3 == 0);
                    }
                });
            }
        });
        assert_eq!(
            turn.parked.announce().sleep(&Wait::at_most(Duration::ZERO)),
            Err(Error::TimedOut)
        );
    }

    #[test]
    fn a_held_head_is_found_by_the_next_call_only() {
        let turn = Turn::default();
        turn.begin(false, &Wait::FOREVER).unwrap().finish(true);
        assert!(turn.is_silent());
        let holding = turn.begin(false, &Wait::FOREVER).unwrap();
        assert!(holding.finds_held());
        assert_eq!(
            turn.begin(false, &Wait::FOREVER).unwrap_err(),
            Error::WouldBlock
        );
        drop(holding); // nothing happened: the head is still held
        assert!(turn.begin(false, &Wait::FOREVER).unwrap().finds_held());
    }

    #[test]
    fn closing_ends_the_wait_of_those_who_parked() {
        let turn = Turn::default();
        let holding = turn.begin(true, &Wait::FOREVER).unwrap();
        thread::scope(|scope| {
            let parked = scope.spawn(|| turn.begin(true, &Wait::FOREVER).map(drop));
            while turn.parked_count() == 0 {
                thread::yield_now();
            }
            assert_eq!(turn.close(), Phase::Waiting);
            assert_eq!(parked.join().unwrap(), Err(Error::Intr));
        });
        drop(holding);
        assert!(turn.is_closed());
        assert_eq!(
            turn.begin(true, &Wait::FOREVER).unwrap_err(),
            Error::NotSock
        );
    }

    #[test]
    fn only_the_deciding_thread_is_inside() {
        let turn = Turn::default();
        let mut holding = turn.begin(true, &Wait::FOREVER).unwrap();
        holding.deciding();
        assert!(!turn.is_decided_here() && !in_condition_function());
        inside_condition(&turn, Asked::OwnProcess, || {
            assert!(turn.is_decided_here() && in_condition_function());
            let other = Turn::default();
            let mut nested = other.begin(true, &Wait::FOREVER).unwrap();
            nested.deciding();
            assert!(!other.is_decided_here());
            inside_condition(&other, Asked::Stranger, || {
                assert!(turn.is_decided_here() && other.is_decided_here());
                assert_eq!(caller_credentials(), Err(Error::OpNotSupp));
            });
            assert_eq!(caller_credentials(), Ok(Credentials::own()));
            assert!(turn.is_decided_here() && !other.is_decided_here());
            thread::scope(|scope| {
                scope.spawn(|| assert!(!turn.is_decided_here() && !in_condition_function()));
            });
        });
        assert!(!turn.is_decided_here());
        assert_eq!(caller_credentials(), Err(Error::Inval));
        drop(holding);
    }

    impl Turn {
        fn parked_count(&self) -> u32 {
            self.parked.sleeper_count()
        }
    }
}
