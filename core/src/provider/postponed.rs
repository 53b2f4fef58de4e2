//! Work that is left to whoever looks next.
//!
//! Whoever leaves it adds it first, and looks for a waiter afterwards; if there is one, he does the work
//! himself. A waiter does it the other way round: he announces himself first, and takes what was left
//! afterwards, before he sleeps. So one of the two does it, which `interleavings/events.rs` explores.

use std::{mem, sync::atomic::Ordering::SeqCst};

use super::sync::{AtomicBool, Mutex};

/// So much is left at most.
const LIMIT: usize = 64;

#[derive(Debug)]
pub(super) struct Postponed<T> {
    work: Mutex<Vec<T>>,
    /// So that looking costs no lock.
    has_work: AtomicBool,
}

impl<T> Postponed<T> {
    pub(super) const fn new() -> Self {
        Self {
            work: Mutex::new(Vec::new()),
            has_work: AtomicBool::new(false),
        }
    }

    /// Leaves something to be done, and says whether so much is left by now that it is not to be left any
    /// longer: perhaps nobody ever looks.
    #[must_use]
    pub(super) fn add(&self, work: T) -> bool {
        let mut left = self.work.lock();
        left.push(work);
        let is_much = left.len() >= LIMIT;
        drop(left);
        self.has_work.store(true, SeqCst);
        is_much
    }

    /// What is to be done now, by the caller.
    pub(super) fn take(&self) -> Vec<T> {
        if self.has_work.load(SeqCst) && self.has_work.swap(false, SeqCst) {
            mem::take(&mut *self.work.lock())
        } else {
            Vec::new()
        }
    }
}

#[cfg(all(test, not(feature = "shuttle")))]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_end_to_what_is_left() {
        let postponed = Postponed::new();
        let asked = (1..=LIMIT).find(|_| postponed.add(()));
        assert_eq!(asked, Some(LIMIT));
        assert_eq!(postponed.take().len(), LIMIT);
        assert!(!postponed.add(()));
    }
}
