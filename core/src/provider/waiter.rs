//! A thread that waits for event objects.

use std::sync::{Arc, atomic::Ordering::SeqCst};

use rustix::io::Errno;

use super::{
    process::Provider,
    sync::{Futex, thread_local},
};
use crate::{Error, Result, Wait};

/// It looks at event objects; a notification is seen before it sleeps.
const LOOKING: u32 = 0;
/// It sleeps on its word.
const PARKED: u32 = 1;
/// It sleeps in the kernel's set, on behalf of every waiter.
const LEADING: u32 = 2;
/// Something it waits for has changed.
const NOTIFIED: u32 = 3;

/// What a waiting thread sleeps on. Every thread has one.
#[derive(Debug, Default)]
pub(super) struct Waiter {
    futex: Futex,
}

thread_local! {
    static OWN: Arc<Waiter> = Arc::default();
}

impl Waiter {
    /// That of the calling thread.
    pub(super) fn own() -> Arc<Self> {
        OWN.with(Arc::clone)
    }

    /// It looks from here on; what is notified later keeps it from sleeping.
    pub(super) fn look(&self) {
        self.futex.word.store(LOOKING, SeqCst);
    }

    /// Something has changed.
    pub(super) fn notify(&self) {
        match self.futex.word.swap(NOTIFIED, SeqCst) {
            PARKED => self.futex.wake_all(),
            LEADING => Provider::start().intake.ring(),
            _ => {}
        }
    }

    /// Goes to sleep in the kernel's set, unless there was a notification since the last look.
    #[must_use]
    pub(super) fn lead(&self) -> bool {
        self.sleep_as(LEADING)
    }

    fn sleep_as(&self, state: u32) -> bool {
        self.futex
            .word
            .compare_exchange(LOOKING, state, SeqCst, SeqCst)
            .is_ok()
    }

    /// Sleeps until it is notified; not at all if it was since the last look.
    ///
    /// # Errors
    /// [`Error::TimedOut`]; [`Error::Intr`] after a signal, about which the hook of the wait is not
    /// asked yet.
    pub(super) fn park(&self, wait: &Wait<'_>) -> Result<()> {
        let remaining = wait.remaining()?;
        if !self.sleep_as(PARKED) {
            return Ok(());
        }
        match self.futex.wait(PARKED, remaining.as_ref()) {
            Err(Errno::INTR) => Err(Error::Intr),
            Err(Errno::TIMEDOUT) => Err(Error::TimedOut),
            // AGAIN: it was notified first. Anything else is looked at again by the caller.
            _ => Ok(()),
        }
    }
}
