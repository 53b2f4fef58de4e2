//! Taking in what has happened to kernel sockets, and what is due.
//!
//! There is no thread for it. The sockets of the process that report events are in one edge-triggered
//! set. Every call that can observe an event looks at the set first; a thread that waits for event
//! objects sleeps in it, or above it once others look, too. Other transports add sources of their own.

use std::{
    collections::BTreeMap,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    sync::{
        Arc, OnceLock,
        atomic::{
            AtomicBool, AtomicUsize,
            Ordering::{Relaxed, SeqCst},
        },
    },
    time::Instant,
};

use parking_lot::Mutex;
use rustix::{
    event::{EventfdFlags, epoll, eventfd},
    io::{Errno, write},
    time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    },
};
use slab::Slab;

use super::{postponed::Postponed, process::Provider, waiter::Waiter};
use crate::{Result, Wait};

/// So many reports are taken at once.
const BATCH: usize = 64;
/// Somebody wakes the leader.
const BELL: u64 = u64::MAX;
/// There is something to take in.
const SET: u64 = u64::MAX - 2;
/// The earliest deadline has come.
const TIMER: u64 = u64::MAX - 1;

/// What reports to the set.
pub(crate) trait Source: Send + Sync + std::fmt::Debug {
    /// The kernel reports that something has happened.
    fn ready(&self, flags: epoll::EventFlags);

    /// Puts itself into the set, which was put off when the source was made.
    fn arm(self: Arc<Self>);

    /// Does what is due, and says when the next thing will be.
    fn run_due(&self, now: Instant) -> Option<Instant>;
}

/// Names a source in the set; the number of one that has left is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key(u64);

#[derive(Debug)]
struct KernelSet {
    epoll: OwnedFd,
    bell: OwnedFd,
    timer: OwnedFd,
    /// Above the set, for a leader beside others who look: they take what the set reports, but nobody
    /// else's is the bell that hangs here.
    above: OwnedFd,
    bell_above: OwnedFd,
}

impl KernelSet {
    fn new() -> Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?; // HND-36
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let timer = timerfd_create(
            TimerfdClockId::Monotonic,
            TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK,
        )?;
        // Neither is ever read: each ring and each expiry is an edge of its own.
        let edge = epoll::EventFlags::IN | epoll::EventFlags::ET;
        epoll::add(&epoll, &bell, epoll::EventData::new_u64(BELL), edge)?;
        epoll::add(&epoll, &timer, epoll::EventData::new_u64(TIMER), edge)?;
        let above = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let bell_above = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let level = epoll::EventFlags::IN;
        epoll::add(&above, &epoll, epoll::EventData::new_u64(SET), level)?;
        epoll::add(&above, &bell_above, epoll::EventData::new_u64(BELL), edge)?;
        Ok(Self {
            epoll,
            bell,
            timer,
            above,
            bell_above,
        })
    }
}

#[derive(Debug)]
struct Sources {
    known: Slab<(u32, Arc<dyn Source>)>,
    next_serial: u32,
}

impl Sources {
    /// The place of a source that has not left.
    fn place_of(&self, key: Key) -> Option<usize> {
        let index = usize::try_from(key.0 & u64::from(u32::MAX)).ok()?;
        let (serial, _) = self.known.get(index)?;
        (u64::from(*serial) == key.0 >> 32).then_some(index)
    }
}

/// Who sleeps in the set, and who would if that one left.
#[derive(Debug)]
struct Lead {
    is_taken: bool,
    followers: Vec<Arc<Waiter>>,
}

/// What is to happen at some time though nobody calls.
#[derive(Debug)]
struct Deadlines {
    /// Nothing is due before.
    next: Option<Instant>,
    /// By their places in memory, each once.
    sources: BTreeMap<usize, Arc<dyn Source>>,
}

impl Deadlines {
    fn add(&mut self, source: Arc<dyn Source>) {
        let place = Arc::as_ptr(&source).addr();
        self.sources.insert(place, source);
        // Those that nobody else has are of sockets that were closed before their time.
        if self.sources.len().is_power_of_two() {
            self.sources
                .retain(|_, source| Arc::strong_count(source) > 1);
        }
    }
}

#[derive(Debug)]
pub(crate) struct Intake {
    set: OnceLock<KernelSet>,
    sources: Mutex<Sources>,
    /// Sources that are not in the set yet: nobody has looked since they were made.
    #[cfg_attr(
        all(test, feature = "shuttle"),
        expect(dead_code, reason = "every explored interleaving has its own")
    )]
    waiting: Postponed<Arc<dyn Source>>,
    /// Held while reports are taken and handed out, so that nobody who looks after somebody else has
    /// taken a report can miss it.
    taking: Mutex<()>,
    /// Names the only thread that has looked so far, or nobody, or [`MANY`].
    looks: AtomicUsize,
    /// The leader sleeps in the set itself, or is about to: its bell hangs there.
    sleeps_alone: AtomicBool,
    lead: Mutex<Lead>,
    deadlines: Mutex<Deadlines>,
    has_deadline: AtomicBool,
}

impl Intake {
    pub(super) const fn new() -> Self {
        Self {
            set: OnceLock::new(),
            sources: Mutex::new(Sources {
                known: Slab::new(),
                next_serial: 0,
            }),
            waiting: Postponed::new(),
            taking: Mutex::new(()),
            looks: AtomicUsize::new(NOBODY),
            sleeps_alone: AtomicBool::new(false),
            lead: Mutex::new(Lead {
                is_taken: false,
                followers: Vec::new(),
            }),
            deadlines: Mutex::new(Deadlines {
                next: None,
                sources: BTreeMap::new(),
            }),
            has_deadline: AtomicBool::new(false),
        }
    }

    fn set(&self) -> Result<&KernelSet> {
        if let Some(set) = self.set.get() {
            return Ok(set);
        }
        let made = KernelSet::new()?;
        let set = self.set.get_or_init(|| made);
        self.show_deadline(self.deadlines.lock().next);
        Ok(set)
    }

    /// A descriptor that polls readable while there is something to take in.
    pub(super) fn descriptor(&self) -> Result<BorrowedFd<'_>> {
        Ok(self.set()?.epoll.as_fd())
    }

    /// Adds a kernel socket to the set, to be told of edges. What is true of it already is reported,
    /// too.
    pub(crate) fn add(
        &self,
        fd: BorrowedFd<'_>,
        interest: epoll::EventFlags,
        source: Arc<dyn Source>,
    ) -> Result<Key> {
        let set = self.set()?;
        let mut sources = self.sources.lock();
        let serial = sources.next_serial;
        sources.next_serial = serial.wrapping_add(1);
        let index = sources.known.insert((serial, source));
        let key = Key(u64::from(serial) << 32 | index as u64);
        let data = epoll::EventData::new_u64(key.0);
        if let Err(error) = epoll::add(&set.epoll, fd, data, interest | epoll::EventFlags::ET) {
            sources.known.remove(index);
            return Err(error.into());
        }
        Ok(key)
    }

    /// Has everything that is true of a socket reported again.
    pub(crate) fn report_again(&self, fd: BorrowedFd<'_>, key: Key, interest: epoll::EventFlags) {
        if let Some(set) = self.set.get() {
            // It fails only if the program has closed the descriptor; then there is nothing to report.
            let data = epoll::EventData::new_u64(key.0);
            let _ = epoll::modify(&set.epoll, fd, data, interest | epoll::EventFlags::ET);
        }
    }

    /// Takes a socket out of the set, before it is closed: a child that inherited a copy would
    /// otherwise keep reporting a number that has been reused.
    pub(crate) fn remove(&self, fd: Option<BorrowedFd<'_>>, key: Key) {
        if let (Some(set), Some(fd)) = (self.set.get(), fd) {
            let _ = epoll::delete(&set.epoll, fd);
        }
        let mut sources = self.sources.lock();
        if let Some(index) = sources.place_of(key) {
            sources.known.remove(index);
        }
    }

    #[cfg(not(all(test, feature = "shuttle")))]
    fn waiting(&self) -> &Postponed<Arc<dyn Source>> {
        &self.waiting
    }

    #[cfg(all(test, feature = "shuttle"))]
    #[expect(clippy::unused_self, reason = "as the real one")]
    fn waiting(&self) -> &'static Postponed<Arc<dyn Source>> {
        shuttle::lazy_static! {
            static ref WAITING: Postponed<Arc<dyn Source>> = Postponed::new();
        }
        &WAITING
    }

    /// Leaves it to the next call that looks to put a source into the set.
    pub(crate) fn arm_later(&self, source: Arc<dyn Source>) {
        if self.waiting().add(source) {
            self.arm_waiting();
        }
    }

    /// Puts those sources into the set for which it was put off.
    pub(crate) fn arm_waiting(&self) {
        for source in self.waiting().take() {
            source.arm();
        }
    }

    /// Takes in everything that has happened.
    pub(crate) fn take_in(&self) {
        self.arm_waiting();
        self.note_who_looks();
        if let Some(set) = self.set.get() {
            let _taking = self.taking.lock();
            let mut batch = [NO_REPORT; BATCH];
            while let Ok(count) = epoll::wait(&set.epoll, &mut batch, Some(&Timespec::default())) {
                self.hand_out(&batch[..count]);
                if count < BATCH {
                    break;
                }
            }
        }
        self.run_due();
    }

    fn hand_out(&self, reports: &[epoll::Event]) {
        for report in reports {
            let key = report.data.u64();
            if key == BELL {
                self.pass_bell_on();
                continue;
            }
            if key == TIMER {
                continue;
            }
            let source = {
                let sources = self.sources.lock();
                sources
                    .place_of(Key(key))
                    .map(|index| Arc::clone(&sources.known[index].1))
            };
            if let Some(source) = source {
                source.ready(report.flags);
            }
        }
    }

    // ---- who sleeps in the set

    /// Takes the lead if it is free; otherwise the waiter is told when it is. `follows` says that it
    /// waits for that already.
    pub(super) fn try_lead(&self, waiter: &Arc<Waiter>, follows: bool) -> bool {
        let mut lead = self.lead.lock();
        if !lead.is_taken {
            lead.is_taken = true;
            lead.followers.retain(|other| !Arc::ptr_eq(other, waiter));
            return true;
        }
        if !follows {
            lead.followers.push(Arc::clone(waiter));
        }
        false
    }

    /// A waiter sleeps no longer; if it led, or was about to, the next one does.
    pub(super) fn leave(&self, waiter: &Arc<Waiter>, leads: bool) {
        let next = {
            let mut lead = self.lead.lock();
            lead.followers.retain(|other| !Arc::ptr_eq(other, waiter));
            lead.is_taken &= !leads;
            (!lead.is_taken)
                .then(|| lead.followers.first().cloned())
                .flatten()
        };
        if let Some(next) = next {
            next.notify();
        }
    }

    /// Sleeps in the set until something is reported, and takes it in.
    ///
    /// # Errors
    /// [`Error::TimedOut`]; [`Error::Intr`] after a signal, about which the hook of the wait is not
    /// asked yet.
    pub(super) fn sleep(&self, waiter: &Waiter, wait: &Wait<'_>) -> Result<()> {
        let set = self.set()?;
        let remaining = wait.remaining()?;
        self.note_who_looks();
        let is_alone = self.goes_alone();
        if !waiter.lead() {
            self.sleeps_alone.store(false, SeqCst);
            return Ok(());
        }
        let reported = if is_alone {
            self.sleep_alone(set, waiter, remaining.as_ref())
        } else {
            self.sleep_beside_others(set, waiter, remaining.as_ref())
        };
        Ok(reported?)
    }

    /// Whether the leader sleeps in the set itself. It says so first and looks afterwards whether it
    /// is alone; others do it the other way round, so one of the two sees the other.
    fn goes_alone(&self) -> bool {
        if self.looks.load(SeqCst) == MANY {
            return false;
        }
        self.sleeps_alone.store(true, SeqCst);
        let is_alone = self.looks.load(SeqCst) != MANY;
        if !is_alone {
            self.sleeps_alone.store(false, SeqCst);
        }
        is_alone
    }

    /// Takes the reports as it wakes up: a system call less.
    fn sleep_alone(
        &self,
        set: &KernelSet,
        waiter: &Waiter,
        remaining: Option<&Timespec>,
    ) -> Result<(), Errno> {
        let mut batch = [NO_REPORT; BATCH];
        let reported = epoll::wait(&set.epoll, &mut batch, remaining);
        waiter.look();
        self.sleeps_alone.store(false, SeqCst); // the bell has reached whom it was for
        let count = reported?;
        self.hand_out(&batch[..count]);
        if count == BATCH {
            self.take_in();
        }
        Ok(())
    }

    /// Takes no report before it can hand it out: another thread that looked in between would not find
    /// what has happened before. The bell alone is no reason to look.
    fn sleep_beside_others(
        &self,
        set: &KernelSet,
        waiter: &Waiter,
        remaining: Option<&Timespec>,
    ) -> Result<(), Errno> {
        let mut reasons = [NO_REPORT; 2];
        let woken = epoll::wait(&set.above, &mut reasons, remaining);
        waiter.look();
        let count = woken?;
        if reasons[..count]
            .iter()
            .any(|reason| reason.data.u64() == SET)
        {
            self.take_in();
        }
        Ok(())
    }

    /// Somebody has taken the bell in. If the leader still sleeps where it hangs, it was for the leader,
    /// who would not hear it any more.
    fn pass_bell_on(&self) {
        if self.sleeps_alone.load(SeqCst) {
            self.ring_in_set();
        }
    }

    /// Finds out whether more than one thread looks. The second one has the first come back, should it
    /// be asleep.
    fn note_who_looks(&self) {
        let looks = self.looks.load(Relaxed);
        if looks == MANY {
            return;
        }
        let me = THREAD.with(|thread| std::ptr::from_ref(thread).addr());
        if looks == me {
            return;
        }
        let first = self.looks.compare_exchange(NOBODY, me, SeqCst, SeqCst);
        if first.is_err() {
            self.looks.store(MANY, SeqCst);
            self.ring_in_set();
        }
    }

    /// Wakes the leader, who has said before where it sleeps.
    pub(super) fn ring(&self) {
        if self.sleeps_alone.load(SeqCst) {
            self.ring_in_set();
        } else if let Some(set) = self.set.get() {
            let _ = write(&set.bell_above, &1u64.to_ne_bytes()); // 2^64 rings do not come
        }
    }

    fn ring_in_set(&self) {
        if let Some(set) = self.set.get() {
            let _ = write(&set.bell, &1u64.to_ne_bytes());
        }
    }

    // ---- what is due

    /// A moment at which the source has something to do.
    pub(crate) fn add_deadline(&self, moment: Instant, source: Arc<dyn Source>) {
        self.deadlines.lock().add(source);
        self.note_deadline(moment);
    }

    /// Something is due then. Whoever sleeps in the set is woken in time; whoever sleeps elsewhere is
    /// to be told by the caller.
    pub(crate) fn note_deadline(&self, moment: Instant) {
        let mut deadlines = self.deadlines.lock();
        if deadlines.next.is_none_or(|next| moment < next) {
            deadlines.next = Some(moment);
            self.has_deadline.store(true, SeqCst);
            self.show_deadline(Some(moment));
        }
    }

    /// Sets the timer, if somebody could be asleep in the set.
    fn show_deadline(&self, next: Option<Instant>) {
        let (Some(set), Some(next)) = (self.set.get(), next) else {
            return;
        };
        // One that has passed is a nanosecond ahead: 0 would stop the timer.
        let left = next
            .saturating_duration_since(Instant::now())
            .max(std::time::Duration::from_nanos(1));
        if let Ok(it_value) = Timespec::try_from(left) {
            let once = Itimerspec {
                it_interval: Timespec::default(),
                it_value,
            };
            let _ = timerfd_settime(&set.timer, TimerfdTimerFlags::empty(), &once);
        }
    }

    /// When a thread that sleeps elsewhere has to look again.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        if !self.has_deadline.load(SeqCst) {
            return None;
        }
        self.deadlines.lock().next
    }

    /// Does what is due.
    pub(super) fn run_due(&self) {
        if !self.has_deadline.load(SeqCst) {
            return;
        }
        let now = Instant::now();
        let sources = {
            let mut deadlines = self.deadlines.lock();
            if deadlines.next.is_none_or(|next| next > now) {
                return;
            }
            deadlines.next = None;
            self.has_deadline.store(false, SeqCst);
            std::mem::take(&mut deadlines.sources)
        };
        for source in sources.into_values() {
            if let Some(next) = source.run_due(now) {
                self.add_deadline(next, source);
            }
        }
        Provider::network().update(|network| network.expire_watched(now));
    }
}

const NOBODY: usize = 0;
/// More than one thread looks.
const MANY: usize = usize::MAX;

thread_local! {
    /// Its address names the thread.
    static THREAD: u8 = const { 0 };
}

const NO_REPORT: epoll::Event = epoll::Event {
    flags: epoll::EventFlags::empty(),
    data: epoll::EventData::new_u64(0),
};

#[cfg(test)]
impl Intake {
    /// As if nothing were ever due.
    #[cfg(feature = "shuttle")]
    pub(super) fn forget_deadlines(&self) {
        let mut deadlines = self.deadlines.lock();
        deadlines.next = None;
        deadlines.sources.clear();
        self.has_deadline.store(false, SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Idle(#[expect(dead_code, reason = "each has a place of its own")] u8);

    impl Source for Idle {
        fn ready(&self, _flags: epoll::EventFlags) {}

        fn arm(self: Arc<Self>) {}

        fn run_due(&self, _now: Instant) -> Option<Instant> {
            None
        }
    }

    #[test]
    fn sockets_that_were_closed_before_their_time_are_not_kept() {
        let mut deadlines = Deadlines {
            next: None,
            sources: BTreeMap::new(),
        };
        let open: Vec<_> = (0..100).map(|_| Arc::new(Idle(0))).collect();
        for source in &open {
            deadlines.add(Arc::clone(source) as Arc<dyn Source>);
            deadlines.add(Arc::clone(source) as Arc<dyn Source>);
        }
        assert_eq!(deadlines.sources.len(), open.len());
        for _ in 0..10_000 {
            deadlines.add(Arc::new(Idle(0)));
        }
        assert!(deadlines.sources.len() <= 2 * open.len());
        for source in open {
            let place = Arc::as_ptr(&source).addr();
            assert!(deadlines.sources.contains_key(&place));
        }
    }
}
