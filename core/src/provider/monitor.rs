//! State under a lock, and signals to sleep on.
//!
//! The lock's guard never leaves this file, so no code of an application and no system call that
//! may block can run under it by accident. A [`Signal`] sleeps in a futex of its own and not in a
//! condition variable, because a condition variable swallows the interruption by a signal that the
//! interrupt hook of [`Wait`] must see (`Ctrl-C` in Python).

use std::sync::atomic::Ordering::SeqCst;

use rustix::io::Errno;

use super::sync::{AtomicU32, Futex, Mutex};
use crate::{Error, Result, Wait};

/// State that is looked at and changed under a lock.
#[derive(Debug)]
pub(crate) struct Monitor<T>(Mutex<T>);

impl<T> Monitor<T> {
    pub(crate) const fn new(state: T) -> Self {
        Self(Mutex::new(state))
    }

    /// Runs `change` on the state.
    pub(crate) fn update<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.0.lock())
    }

    /// Sleeps on `signal` until `check` finds a result in the state.
    ///
    /// # Errors
    /// [`Error::TimedOut`] and [`Error::Intr`] as [`Wait`] says; `check` is asked once more at the
    /// end, so that a result is never lost to a deadline.
    pub(crate) fn wait<R>(
        &self,
        signal: &Signal,
        wait: &Wait<'_>,
        mut check: impl FnMut(&mut T) -> Option<R>,
    ) -> Result<R> {
        loop {
            let asleep = {
                let mut state = self.0.lock();
                if let Some(result) = check(&mut state) {
                    return Ok(result);
                }
                signal.announce()
            };
            if let Err(error) = asleep.sleep(wait) {
                return self.update(check).ok_or(error);
            }
        }
    }
}

/// Wakes the threads that sleep on it.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    sequence: Futex,
    sleepers: AtomicU32,
}

impl Signal {
    /// Announces a sleeper. Whatever it waits for must be looked at again after this and before
    /// [`Announced::sleep`], or both must happen under the lock under which it is changed.
    pub(crate) fn announce(&self) -> Announced<'_> {
        let sequence = self.sequence.word.load(SeqCst);
        self.sleepers.fetch_add(1, SeqCst);
        Announced {
            signal: self,
            sequence,
        }
    }

    /// Wakes every sleeper. Called after the change it tells of.
    pub(crate) fn notify(&self) {
        if self.sleepers.load(SeqCst) == 0 {
            return;
        }
        self.sequence.word.fetch_add(1, SeqCst);
        self.sequence.wake_all();
    }
}

/// A thread that is about to sleep on a [`Signal`].
#[derive(Debug)]
pub(crate) struct Announced<'a> {
    signal: &'a Signal,
    sequence: u32,
}

impl Announced<'_> {
    /// Sleeps until the signal is notified after the announcement, or something else wakes it.
    pub(crate) fn sleep(self, wait: &Wait<'_>) -> Result<()> {
        let remaining = wait.remaining()?;
        let sequence = &self.signal.sequence;
        match sequence.wait(self.sequence, remaining.as_ref()) {
            Err(Errno::INTR) => wait.interrupted(),
            Err(Errno::TIMEDOUT) => Err(Error::TimedOut),
            // AGAIN: the signal came first. Anything else is looked at again by the caller.
            _ => Ok(()),
        }
    }
}

impl Drop for Announced<'_> {
    fn drop(&mut self) {
        self.signal.sleepers.fetch_sub(1, SeqCst);
    }
}

#[cfg(test)]
impl Signal {
    pub(crate) fn sleeper_count(&self) -> u32 {
        self.sleepers.load(SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use std::{thread, time::Duration};

    use super::*;

    #[test]
    fn a_waiter_sees_the_change_that_was_notified() {
        let monitor = Monitor::new(0);
        let signal = Signal::default();
        thread::scope(|scope| {
            let waiter = scope.spawn(|| {
                monitor.wait(&signal, &Wait::FOREVER, |count| {
                    (*count == 1000).then_some(*count)
                })
            });
            for _ in 0..1000 {
                monitor.update(|count| {
                    *count += 1;
                    signal.notify();
                });
            }
            assert_eq!(waiter.join().unwrap(), Ok(1000));
        });
        assert_eq!(signal.sleepers.load(SeqCst), 0);
    }

    #[test]
    fn a_deadline_ends_the_wait() {
        let wait = Wait::at_most(Duration::from_millis(10));
        let result = Monitor::new(()).wait(&Signal::default(), &wait, |()| None::<()>);
        assert_eq!(result, Err(Error::TimedOut));
    }
}
