//! The real ones.

pub(crate) use std::{
    sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize},
    thread_local,
};

pub(crate) use parking_lot::Mutex;
use rustix::{
    io::Errno,
    thread::{futex, sched_getaffinity},
    time::Timespec,
};

/// How many cores the calling thread may run on.
pub(crate) fn cores() -> usize {
    let allowed = sched_getaffinity(None);
    allowed.map_or(1, |allowed| allowed.count() as usize)
}

/// A word that threads sleep on until it has changed.
#[derive(Debug, Default)]
pub(crate) struct Futex {
    pub(crate) word: AtomicU32,
}

impl Futex {
    /// Sleeps unless the word is no longer `expected`.
    ///
    /// # Errors
    /// `AGAIN` if the word has changed already, `TIMEDOUT`, and `INTR` after a signal.
    pub(crate) fn wait(&self, expected: u32, timeout: Option<&Timespec>) -> Result<(), Errno> {
        futex::wait(&self.word, futex::Flags::PRIVATE, expected, timeout)
    }

    /// Wakes every sleeper.
    pub(crate) fn wake_all(&self) {
        // Waking cannot fail: the address is valid and aligned.
        let _ = futex::wake(&self.word, futex::Flags::PRIVATE, i32::MAX.unsigned_abs());
    }
}
