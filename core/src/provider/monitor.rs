//! State under a lock, and signals to sleep on.
//!
//! The lock's guard never leaves this file, so no code of an application and no system call that
//! may block can run under it by accident. A [`Signal`] sleeps in a futex of its own and not in a
//! condition variable, because a condition variable swallows the interruption by a signal that the
//! interrupt hook of [`Wait`] must see (`Ctrl-C` in Python).

use std::{
    mem,
    ops::Deref,
    sync::{Arc, atomic::Ordering::SeqCst},
};

use rustix::io::Errno;
use smallvec::SmallVec;

use super::{
    event::EventObject,
    patience::Patience,
    sync::{AtomicU32, Futex, Mutex},
    watch::Told,
};
use crate::{Error, Result, Wait};

/// State with sleepers that a change of it may have to wake.
pub(crate) trait Watched {
    /// Who is to be woken because of the changes so far.
    fn due(&mut self) -> &mut Due;
}

/// Who is woken when the lock is free again: a thread that was woken under it would run into it, sleep
/// again and be woken a second time.
#[derive(Debug, Default)]
pub(crate) struct Due {
    signals: SmallVec<[Arc<Signal>; 2]>,
    objects: SmallVec<[EventObject; 2]>,
}

impl Due {
    pub(crate) const fn new() -> Self {
        Self {
            signals: SmallVec::new_const(),
            objects: SmallVec::new_const(),
        }
    }

    pub(crate) fn notify(&mut self, signal: Arc<Signal>) {
        self.signals.push(signal);
    }

    /// The sleepers of an event object that was set.
    pub(crate) fn wake(&mut self, told: Told) {
        self.objects.extend(told.into_object());
    }

    fn is_empty(&self) -> bool {
        self.signals.is_empty() && self.objects.is_empty()
    }

    fn carry_out(self) {
        for signal in self.signals {
            signal.notify();
        }
        for object in self.objects {
            object.wake();
        }
    }
}

/// State that is looked at and changed under a lock.
#[derive(Debug)]
pub(crate) struct Monitor<T> {
    state: Mutex<T>,
    patience: Patience,
}

impl<T: Watched> Monitor<T> {
    pub(crate) const fn new(state: T) -> Self {
        Self {
            state: Mutex::new(state),
            patience: Patience::new(),
        }
    }

    /// Runs `change` on the state.
    pub(crate) fn update<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let mut state = self.state.lock();
        let result = change(&mut state);
        if state.due().is_empty() {
            return result;
        }
        let due = mem::take(state.due());
        drop(state);
        due.carry_out();
        result
    }

    /// Sleeps until `check` finds a result in the state; as long as there is none it says which
    /// signal to sleep on.
    ///
    /// # Errors
    /// [`Error::TimedOut`] and [`Error::Intr`] as [`Wait`] says; `check` is asked once more at the
    /// end, so that a result is never lost to a deadline.
    pub(crate) fn wait<R>(
        &self,
        wait: &Wait<'_>,
        mut check: impl FnMut(&mut T) -> Result<R, Arc<Signal>>,
    ) -> Result<R> {
        loop {
            // Announced under the lock under which the state is changed.
            let announced = match self.update(|state| check(state).map_err(Announced::on)) {
                Ok(result) => return Ok(result),
                Err(announced) => announced,
            };
            if wait.may_spin() && self.patience.pays() && self.patience.spin(|| announced.is_over())
            {
                continue;
            }
            if let Err(error) = announced.sleep(wait) {
                return self.update(check).map_err(|_| error);
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
    pub(crate) fn announce(&self) -> Announced<&Self> {
        Announced::on(self)
    }

    /// Whether somebody sleeps on it, or is about to.
    pub(crate) fn has_sleepers(&self) -> bool {
        self.sleepers.load(SeqCst) != 0
    }

    /// Wakes every sleeper. Called after the change it tells of.
    pub(crate) fn notify(&self) {
        if !self.has_sleepers() {
            return;
        }
        self.sequence.word.fetch_add(1, SeqCst);
        self.sequence.wake_all();
    }
}

/// A thread that is about to sleep on a [`Signal`].
#[derive(Debug)]
pub(crate) struct Announced<S: Deref<Target = Signal>> {
    signal: S,
    sequence: u32,
}

impl<S: Deref<Target = Signal>> Announced<S> {
    fn on(signal: S) -> Self {
        let sequence = signal.sequence.word.load(SeqCst);
        signal.sleepers.fetch_add(1, SeqCst);
        Self { signal, sequence }
    }

    /// Whether the signal has come already.
    fn is_over(&self) -> bool {
        self.signal.sequence.word.load(SeqCst) != self.sequence
    }

    /// Sleeps until the signal is notified after the announcement, or something else wakes it.
    pub(crate) fn sleep(self, wait: &Wait<'_>) -> Result<()> {
        let remaining = wait.remaining()?;
        let sequence = &self.signal.sequence;
        match wait.sleep(|| sequence.wait(self.sequence, remaining.as_ref())) {
            Err(Errno::INTR) => wait.interrupted(),
            Err(Errno::TIMEDOUT) => Err(Error::TimedOut),
            // AGAIN: the signal came first. Anything else is looked at again by the caller.
            _ => Ok(()),
        }
    }
}

impl<S: Deref<Target = Signal>> Drop for Announced<S> {
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
pub(crate) mod tests {
    use std::{thread, time::Duration};

    use super::*;

    /// A number whose watchers are notified by hand or by what is due.
    #[derive(Debug, Default)]
    pub(crate) struct Counted {
        pub(crate) count: u32,
        pub(crate) due: Due,
    }

    impl Counted {
        pub(crate) const fn new(count: u32) -> Self {
            Self {
                count,
                due: Due::new(),
            }
        }

        pub(crate) fn reaches(&self, count: u32) -> Result<(), ()> {
            if self.count == count { Ok(()) } else { Err(()) }
        }
    }

    impl Watched for Counted {
        fn due(&mut self) -> &mut Due {
            &mut self.due
        }
    }

    #[test]
    fn a_waiter_sees_the_change_that_was_notified() {
        let monitor = Monitor::new(Counted::new(0));
        let signal = Arc::new(Signal::default());
        thread::scope(|scope| {
            let waiter = scope.spawn(|| {
                monitor.wait(&Wait::FOREVER, |state| {
                    state.reaches(1000).map_err(|()| Arc::clone(&signal))
                })
            });
            for _ in 0..1000 {
                monitor.update(|state| {
                    state.count += 1;
                    state.due.notify(Arc::clone(&signal));
                });
            }
            assert_eq!(waiter.join().unwrap(), Ok(()));
        });
        assert_eq!(signal.sleepers.load(SeqCst), 0);
    }

    #[test]
    fn a_deadline_ends_the_wait() {
        let wait = Wait::at_most(Duration::from_millis(10));
        let monitor = Monitor::new(Counted::new(0));
        let result = monitor.wait(&wait, |_| Err::<(), _>(Arc::default()));
        assert_eq!(result, Err(Error::TimedOut));
    }
}
