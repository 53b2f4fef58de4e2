//! Calls that may wait: other Python threads run meanwhile, and signal handlers get their turn.

use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

use provider::Wait;
use pyo3::{exceptions::PyValueError, prelude::*};

use crate::errors::exception;

/// When a wait ends; nothing means never.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    pub(crate) const NEVER: Self = Self(None);

    /// The deadline of a call with `timeout` seconds: None and times beyond the clock mean never, 0
    /// means that the call looks once.
    pub(crate) fn after(timeout: Option<f64>) -> PyResult<Self> {
        let Some(seconds) = timeout else {
            return Ok(Self::NEVER);
        };
        if seconds.is_nan() || seconds < 0.0 {
            return Err(PyValueError::new_err(
                "timeout must be None or not negative",
            ));
        }
        let duration = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        Ok(Self(Instant::now().checked_add(duration)))
    }

    fn wait(self) -> Wait<'static> {
        self.0.map_or(Wait::FOREVER, Wait::until)
    }
}

/// Runs a call that may wait, with the interpreter free for other threads. When a signal interrupts
/// the wait, Python's handlers run; what a handler raises ends the call and is the outer error.
///
/// # Errors
/// What a signal handler has raised.
pub(crate) fn detached<R: Send>(
    py: Python<'_>,
    deadline: Deadline,
    call: impl FnOnce(&Wait<'_>) -> R + Send,
) -> PyResult<R> {
    let (result, raised) = py.detach(|| {
        let raised = RefCell::new(None);
        let run_handlers = || {
            Python::attach(|py| {
                raised.replace(py.check_signals().err());
            });
            raised.borrow().is_some()
        };
        let result = call(&deadline.wait().interrupted_by(&run_handlers));
        (result, raised.into_inner())
    });
    raised.map_or(Ok(result), Err)
}

/// The same for accept, which says when it sleeps: only then the interpreter is free for other threads.
/// A request that waits already is decided without giving the interpreter up and getting it back,
/// but for the system call that takes it.
///
/// # Errors
/// What a signal handler has raised.
pub(crate) fn sleeping_detached<R>(
    py: Python<'_>,
    deadline: Deadline,
    call: impl FnOnce(&Wait<'_>) -> R,
) -> PyResult<R> {
    let raised = RefCell::new(None);
    let run_handlers = || {
        raised.replace(py.check_signals().err());
        raised.borrow().is_some()
    };
    let wait = deadline.wait();
    let wait = wait.interrupted_by(&run_handlers);
    let result = call(&wait.sleeping_in(&|sleep| py.detach(sleep)));
    raised.into_inner().map_or(Ok(result), Err)
}

/// The same as `detached` for a call of the provider, whose error is raised too.
///
/// # Errors
/// What a signal handler has raised, or the exception for the error.
pub(crate) fn waiting<R: Send>(
    py: Python<'_>,
    deadline: Deadline,
    call: impl FnOnce(&Wait<'_>) -> provider::Result<R> + Send,
) -> PyResult<R> {
    detached(py, deadline, call)?.map_err(|error| exception(py, error))
}
