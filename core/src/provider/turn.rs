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

use std::{cell::Cell, sync::atomic::Ordering::SeqCst};

use super::{
    monitor::Signal,
    sync::{AtomicU32, AtomicUsize, thread_local},
};
use crate::{Error, Result, Wait};

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

const PHASE: u32 = 3;
const CLOSED: u32 = 4;

impl Phase {
    const fn of(word: u32) -> Self {
        match word & PHASE {
            0 => Self::Idle,
            1 => Self::Waiting,
            2 => Self::Deciding,
            _ => Self::Held,
        }
    }
}

thread_local! {
    /// Its address names the thread; its value counts the condition functions that run on it.
    static CONDITION_DEPTH: Cell<usize> = const { Cell::new(0) };
}

fn this_thread() -> usize {
    CONDITION_DEPTH.with(|depth| std::ptr::from_ref(depth).addr())
}

/// Whether a condition function is running on the calling thread (ACC-52).
pub fn in_condition_function() -> bool {
    CONDITION_DEPTH.with(Cell::get) > 0
}

/// Counts a condition function for as long as it runs.
pub(crate) struct InCondition(());

impl InCondition {
    pub(crate) fn enter() -> Self {
        CONDITION_DEPTH.with(|depth| depth.set(depth.get() + 1));
        Self(())
    }
}

impl Drop for InCondition {
    fn drop(&mut self) {
        CONDITION_DEPTH.with(|depth| depth.set(depth.get() - 1));
    }
}

#[derive(Debug, Default)]
pub(crate) struct Turn {
    word: AtomicU32,
    /// The thread that decides, 0 if none.
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
        let mut has_parked = false;
        loop {
            let announced = has_parked.then(|| self.parked.announce());
            let word = self.word.load(SeqCst);
            if word & CLOSED != 0 {
                return Err(if has_parked {
                    Error::Intr
                } else {
                    Error::NotSock
                }); // ACC-57
            }
            let next = match Phase::of(word) {
                Phase::Idle => Some(Phase::Waiting),
                Phase::Held => Some(Phase::Deciding), // ACC-66
                Phase::Waiting | Phase::Deciding => None,
            };
            if let Some(next) = next {
                if self
                    .word
                    .compare_exchange(word, next as u32, SeqCst, SeqCst)
                    .is_ok()
                {
                    return Ok(Holding {
                        turn: self,
                        was: Phase::of(word),
                        phase: next,
                    });
                }
            } else if !blocking {
                return Err(Error::WouldBlock); // ACC-55
            } else if let Some(announced) = announced {
                announced.sleep(wait)?;
            } else {
                has_parked = true;
            }
        }
    }

    /// Closes the listener for accept calls, and says how it stood.
    pub(crate) fn close(&self) -> Phase {
        let word = self.word.fetch_or(CLOSED, SeqCst);
        self.parked.notify();
        Phase::of(word)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.word.load(SeqCst) & CLOSED != 0
    }

    /// Whether the calling thread is inside a condition function of this listener (ACC-51).
    pub(crate) fn is_decided_here(&self) -> bool {
        self.decider.load(SeqCst) == this_thread()
    }

    #[cfg(test)]
    fn is_silent(&self) -> bool {
        matches!(
            Phase::of(self.word.load(SeqCst)),
            Phase::Deciding | Phase::Held
        )
    }
}

/// The turn, held by one thread. Dropped early, it goes back to what it was.
#[derive(Debug)]
pub(crate) struct Holding<'a> {
    turn: &'a Turn,
    was: Phase,
    phase: Phase,
}

impl Holding<'_> {
    /// Whether a head that was put back is waiting.
    pub(crate) fn finds_held(&self) -> bool {
        self.was == Phase::Held
    }

    /// A request has been taken and is about to be shown to a condition function.
    pub(crate) fn deciding(&mut self) {
        self.turn.decider.store(this_thread(), SeqCst);
        self.enter(Phase::Deciding);
    }

    /// Gives the turn back; `held` says that the head was put back.
    pub(crate) fn finish(mut self, held: bool) {
        self.was = if held { Phase::Held } else { Phase::Idle };
    }

    /// Only the holder changes the phase, so the difference can be applied without disturbing
    /// the closed bit.
    fn enter(&mut self, next: Phase) {
        if self.phase != next {
            self.turn
                .word
                .fetch_xor(self.phase as u32 ^ next as u32, SeqCst);
            self.phase = next;
        }
    }
}

impl Drop for Holding<'_> {
    fn drop(&mut self) {
        self.turn.decider.store(0, SeqCst);
        self.enter(self.was);
        self.turn.parked.notify();
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
        assert!(!turn.is_decided_here());
        holding.deciding();
        assert!(turn.is_decided_here());
        thread::scope(|scope| {
            scope.spawn(|| assert!(!turn.is_decided_here()));
        });
        drop(holding);
        assert!(!turn.is_decided_here());
    }

    impl Turn {
        fn parked_count(&self) -> u32 {
            self.parked.sleeper_count()
        }
    }
}
