//! How long a call may wait, and what may end the wait.

use std::{
    fmt,
    time::{Duration, Instant},
};

use rustix::time::Timespec;

use crate::{Error, Result};

/// Bounds the wait of a blocking call: a deadline, and a hook for signals.
///
/// A non-blocking socket never waits, whatever this says. When the deadline passes the call fails
/// with [`Error::TimedOut`]. A call that a signal interrupts goes on with its remaining time,
/// unless the hook says that it shall end: then it fails with [`Error::Intr`]. The hook runs on the
/// waiting thread with nothing locked.
#[derive(Clone, Copy, Default)]
pub struct Wait<'a> {
    deadline: Option<Instant>,
    /// It was over from the beginning, which takes no clock to know.
    is_over: bool,
    interrupt: Option<&'a dyn Fn() -> bool>,
    around_sleep: Option<&'a dyn Fn(Sleep<'_>)>,
}

/// A call into the kernel that may sleep, to be made once: see [`Wait::sleeping_in`].
pub type Sleep<'s> = &'s mut (dyn FnMut() + Send);

impl Wait<'_> {
    /// Waits without limit.
    pub const FOREVER: Wait<'static> = Wait {
        deadline: None,
        is_over: false,
        interrupt: None,
        around_sleep: None,
    };

    /// Waits until `deadline`.
    pub const fn until(deadline: Instant) -> Self {
        Self {
            deadline: Some(deadline),
            is_over: false,
            interrupt: None,
            around_sleep: None,
        }
    }

    /// Waits for `duration`; one that is too long to be added to the clock means without limit. With
    /// none at all a call looks once.
    pub fn at_most(duration: Duration) -> Self {
        let is_over = duration.is_zero();
        let deadline = || Instant::now().checked_add(duration);
        Self {
            deadline: (!is_over).then(deadline).flatten(),
            is_over,
            interrupt: None,
            around_sleep: None,
        }
    }
}

impl<'a> Wait<'a> {
    /// Calls `hook` when a signal interrupts the wait; `true` ends the wait.
    #[must_use]
    pub fn interrupted_by(self, hook: &'a dyn Fn() -> bool) -> Self {
        Self {
            interrupt: Some(hook),
            ..self
        }
    }

    /// Has `hook` make those calls that may put the thread to sleep while it accepts; all else, the
    /// condition function too, runs outside it. A binding whose interpreter has a lock gives it up
    /// around a sleep in this way, and not around the whole accept call. Other calls than accept may
    /// sleep outside the hook.
    #[must_use]
    pub fn sleeping_in(self, hook: &'a dyn Fn(Sleep<'_>)) -> Self {
        Self {
            around_sleep: Some(hook),
            ..self
        }
    }

    /// Whether looking again for a little while may spare a sleep: not where the thread holds what
    /// others need to go on until it sleeps.
    pub(crate) const fn may_spin(&self) -> bool {
        self.around_sleep.is_none()
    }

    /// Makes a call that may sleep.
    pub(crate) fn sleep<R: Send>(&self, call: impl FnOnce() -> R + Send) -> R {
        match self.around_sleep {
            None => call(),
            Some(hook) => Self::sleep_in(hook, call),
        }
    }

    #[cold]
    fn sleep_in<R: Send>(hook: &dyn Fn(Sleep<'_>), call: impl FnOnce() -> R + Send) -> R {
        let (mut call, mut result) = (Some(call), None);
        hook(&mut || {
            if let Some(call) = call.take() {
                result = Some(call());
            }
        });
        // A hook that has not made the call leaves it to be made here.
        result
            .or_else(|| call.map(|call| call()))
            .expect("a call that was made has a result")
    }

    /// The deadline after so many milliseconds.
    pub(crate) fn at_most_millis(millis: u32) -> Option<Instant> {
        Instant::now().checked_add(Duration::from_millis(millis.into()))
    }

    /// The same wait with a deadline that is not later than `deadline`.
    pub(crate) fn no_later_than(self, deadline: Option<Instant>) -> Self {
        let earliest = [self.deadline, deadline].into_iter().flatten().min();
        Self {
            deadline: earliest,
            ..self
        }
    }

    pub(crate) const fn is_bounded(&self) -> bool {
        self.is_over || self.deadline.is_some()
    }

    /// The time that is left, for a system call; nothing means without limit.
    ///
    /// # Errors
    /// [`Error::TimedOut`] if no time is left.
    pub(crate) fn remaining(&self) -> Result<Option<Timespec>> {
        if self.is_over {
            return Err(Error::TimedOut);
        }
        let Some(deadline) = self.deadline else {
            return Ok(None);
        };
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Error::TimedOut);
        }
        Ok(Some(Timespec::try_from(left).map_err(|_| Error::Inval)?))
    }

    /// A signal has interrupted the wait: shall it go on?
    ///
    /// # Errors
    /// [`Error::Intr`] if the hook ends it.
    pub(crate) fn interrupted(&self) -> Result<()> {
        if self.interrupt.is_some_and(|hook| hook()) {
            Err(Error::Intr)
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for Wait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_sleep_is_made_once_inside_the_hook() {
        let inside = Cell::new(false);
        let sleeps = Cell::new(0);
        let hook = |sleep: Sleep<'_>| {
            inside.set(true);
            sleep();
            sleep();
            inside.set(false);
            sleeps.set(sleeps.get() + 1);
        };
        let mut calls = 0;
        let wait = Wait::FOREVER.sleeping_in(&hook);
        let result = wait.sleep(|| {
            calls += 1;
            "awake"
        });
        assert_eq!(
            (result, calls, sleeps.get(), inside.get()),
            ("awake", 1, 1, false)
        );
    }

    #[test]
    fn a_wait_for_no_time_is_over() {
        let wait = Wait::at_most(Duration::ZERO);
        assert!(wait.is_bounded() && wait.remaining() == Err(Error::TimedOut));
        let later = Instant::now().checked_add(Duration::from_mins(1));
        assert_eq!(wait.no_later_than(later).remaining(), Err(Error::TimedOut));
    }

    #[test]
    fn a_sleep_is_made_without_a_hook_and_with_one_that_forgets_it() {
        assert_eq!(Wait::FOREVER.sleep(|| 7), 7);
        assert_eq!(Wait::FOREVER.sleeping_in(&|_| {}).sleep(|| 7), 7);
    }
}
