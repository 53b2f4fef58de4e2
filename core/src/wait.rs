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
    interrupt: Option<&'a dyn Fn() -> bool>,
}

impl Wait<'_> {
    /// Waits without limit.
    pub const FOREVER: Wait<'static> = Wait {
        deadline: None,
        interrupt: None,
    };

    /// Waits until `deadline`.
    pub const fn until(deadline: Instant) -> Self {
        Self {
            deadline: Some(deadline),
            interrupt: None,
        }
    }

    /// Waits for `duration`; one that is too long to be added to the clock means without limit.
    pub fn at_most(duration: Duration) -> Self {
        Self {
            deadline: Instant::now().checked_add(duration),
            interrupt: None,
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
        self.deadline.is_some()
    }

    /// The time that is left, for a system call; nothing means without limit.
    ///
    /// # Errors
    /// [`Error::TimedOut`] if no time is left.
    pub(crate) fn remaining(&self) -> Result<Option<Timespec>> {
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
