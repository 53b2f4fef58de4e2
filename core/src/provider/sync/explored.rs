//! Shuttle's, which switch to another thread wherever the real ones could.

use rustix::{io::Errno, time::Timespec};
use shuttle::{
    rand::{Rng as _, thread_rng},
    sync::{Condvar, MutexGuard, atomic::Ordering::SeqCst},
};
pub(crate) use shuttle::{
    sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize},
    thread_local,
};

const STEPS_TO_A_DEADLINE: usize = 32;

/// Nobody spins: that is no more than a late look.
pub(crate) const fn cores() -> usize {
    1
}

/// A lock that is not poisoned, as the real one.
#[derive(Debug)]
pub(crate) struct Mutex<T>(shuttle::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) const fn new(state: T) -> Self {
        Self(shuttle::sync::Mutex::new(state))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().expect("a panic ends the exploration")
    }
}

/// A word that threads sleep on until it has changed.
#[derive(Debug)]
pub(crate) struct Futex {
    pub(crate) word: AtomicU32,
    /// What the kernel holds while it compares and goes to sleep.
    bucket: Mutex<()>,
    wakes: Condvar,
}

impl Default for Futex {
    fn default() -> Self {
        Self {
            word: AtomicU32::new(0),
            bucket: Mutex::new(()),
            wakes: Condvar::new(),
        }
    }
}

impl Futex {
    /// There is no time here: a deadline passes after some steps of the others or never, as the
    /// schedule has it.
    pub(crate) fn wait(&self, expected: u32, timeout: Option<&Timespec>) -> Result<(), Errno> {
        if timeout.is_some() {
            for _ in 0..thread_rng().gen_range(0..STEPS_TO_A_DEADLINE) {
                if self.word.load(SeqCst) != expected {
                    return Err(Errno::AGAIN);
                }
            }
            if thread_rng().gen_bool(0.5) {
                return Err(Errno::TIMEDOUT);
            }
        }
        let bucket = self.bucket.lock();
        if self.word.load(SeqCst) != expected {
            return Err(Errno::AGAIN);
        }
        drop(self.wakes.wait(bucket).expect("no thread panics"));
        Ok(())
    }

    pub(crate) fn wake_all(&self) {
        let _bucket = self.bucket.lock();
        self.wakes.notify_all();
    }
}
