//! Event objects, and network events between Python and the provider.

use std::os::fd::AsRawFd;

use provider::{Error, EventReport, MAX_WAIT_EVENTS, NetworkEvents, handles::User};
use pyo3::{
    prelude::*,
    types::{PyIterator, PyTuple},
};

use crate::{
    closable::Closable,
    errors::{OrRaise as _, exception},
    values::class,
    waiting::{Deadline, detached},
};

/// What network events set: a manual-reset event object, unset at first (EVT-37).
///
/// Sockets report to it after `Socket.event_select`, any number of them (EVT-49). It can be used from
/// several threads at once. `selectors` and asyncio watch it through `fileno()`, which works for a
/// program that defers, too. A closed one raises WinsockError (WSA_INVALID_HANDLE). In a forked child
/// one of the parent raises WinsockError (WSANOTINITIALISED, and WSA_INVALID_HANDLE once the child has
/// made something of its own), and closing it is allowed (EVT-48).
#[pyclass(frozen, weakref, module = "vestibule")]
#[derive(Debug)]
pub(crate) struct EventObject {
    object: Closable<provider::EventObject>,
}

/// The provider's object for a registration or an enumeration. One that is closed is WSAEINVAL there
/// (EVT-10, EVT-27).
pub(crate) fn named<'a>(
    py: Python<'_>,
    object: Option<&'a Bound<'_, EventObject>>,
) -> PyResult<Option<User<'a, provider::EventObject>>> {
    let open = |object: &'a Bound<'_, EventObject>| object.get().object.named(py);
    object.map(open).transpose()
}

#[pymethods]
impl EventObject {
    /// Raises WinsockError (WSA_NOT_ENOUGH_MEMORY) (EVT-37).
    #[new]
    fn new(py: Python<'_>) -> PyResult<Self> {
        let object = provider::EventObject::new().or_raise(py)?;
        Ok(Self {
            object: Closable::new(object),
        })
    }

    /// Whether it has been closed.
    #[getter]
    fn closed(&self) -> bool {
        self.object.if_open().is_none()
    }

    /// Sets it (EVT-38).
    fn set(&self, py: Python<'_>) -> PyResult<()> {
        self.object.get(py)?.set().or_raise(py)
    }

    /// Resets it (EVT-38). `Socket.network_events(reset=...)` does so in one step with handing over
    /// what has happened.
    fn reset(&self, py: Python<'_>) -> PyResult<()> {
        self.object.get(py)?.reset().or_raise(py)
    }

    /// Whether it is set, now.
    fn is_set(&self, py: Python<'_>) -> PyResult<bool> {
        self.object.get(py)?.is_set().or_raise(py)
    }

    /// Waits until it is set, and leaves it set (EVT-47). Returns whether it is: False means that
    /// `timeout` seconds have passed; 0 looks once (EVT-42), None is without limit.
    ///
    /// Raises WinsockError (WSA_INVALID_HANDLE) if it is closed, before or by another thread
    /// meanwhile (EVT-62).
    #[pyo3(signature = (timeout = None))]
    fn wait(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<bool> {
        let (object, deadline) = (self.object.get(py)?, Deadline::after(timeout)?);
        let satisfied = in_time(py, deadline, |wait| object.wait(wait))?;
        Ok(satisfied.is_some())
    }

    /// A descriptor that polls readable whenever the object is set, and perhaps early, when there is
    /// something to take in: whoever finds it readable asks `is_set` or `network_events`, and then it
    /// stays readable only while the object is set (EVT-61); -1 once closed. It is made at the first
    /// call and belongs to the object: do not read, write or close it. Raises WinsockError
    /// (WSAEMFILE).
    fn fileno(&self, py: Python<'_>) -> PyResult<i32> {
        self.object.if_open().map_or(Ok(-1), |object| {
            let descriptor = object.descriptor().or_raise(py)?;
            Ok(descriptor.as_raw_fd())
        })
    }

    /// Closes it; a second time nothing happens. Waits of other threads end (EVT-62). Sockets that
    /// report to it go on, and nobody is told (EVT-39).
    fn close(&self) {
        self.object.close(provider::EventObject::close);
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (exc_type = None, exc_value = None, traceback = None, /))]
    fn __exit__(
        &self,
        exc_type: Option<&Bound<'_, PyAny>>,
        exc_value: Option<&Bound<'_, PyAny>>,
        traceback: Option<&Bound<'_, PyAny>>,
    ) {
        let _ = (exc_type, exc_value, traceback);
        self.close();
    }

    fn __repr__(&self) -> String {
        let state = match self.object.if_open().map(|object| object.is_set()) {
            None | Some(Err(Error::InvalidHandle)) => "closed",
            Some(Ok(true)) => "set",
            Some(Ok(false)) => "unset",
            Some(Err(_)) => "of another process",
        };
        format!("<vestibule.EventObject {state}>")
    }
}

/// Waits until one of several event objects is set, and returns that one: the first in their order, if
/// there are more (EVT-40). None means that `timeout` seconds have passed; 0 looks once (EVT-42), None
/// is without limit. It stays set (EVT-47).
///
/// Raises InvalidParameter for no object, or more than 64 (EVT-43); WinsockError (WSA_INVALID_HANDLE)
/// if one is closed, before or by another thread meanwhile (EVT-44, EVT-62).
#[pyfunction]
#[pyo3(signature = (objects, timeout = None))]
pub(crate) fn wait_any<'py>(
    py: Python<'py>,
    objects: &Bound<'py, PyAny>,
    timeout: Option<f64>,
) -> PyResult<Option<Bound<'py, EventObject>>> {
    let deadline = Deadline::after(timeout)?;
    let mut objects = in_order(objects)?;
    let open = all_open(py, &objects)?;
    let index = in_time(py, deadline, |wait| {
        let open: Vec<_> = open.iter().collect();
        provider::EventObject::wait_any(&open, wait)
    })?;
    Ok(index.map(|index| objects.swap_remove(index)))
}

/// Waits until all of several event objects are set at the same moment, and leaves them set (EVT-41,
/// EVT-47). Returns whether they are: False means that `timeout` seconds have passed; 0 looks once
/// (EVT-42), None is without limit.
///
/// Raises as `wait_any` does, and InvalidParameter if an object is named twice (EVT-45).
#[pyfunction]
#[pyo3(signature = (objects, timeout = None))]
pub(crate) fn wait_all(
    py: Python<'_>,
    objects: &Bound<'_, PyAny>,
    timeout: Option<f64>,
) -> PyResult<bool> {
    let deadline = Deadline::after(timeout)?;
    let open = all_open(py, &in_order(objects)?)?;
    let satisfied = in_time(py, deadline, |wait| {
        let open: Vec<_> = open.iter().collect();
        provider::EventObject::wait_all(&open, wait)
    })?;
    Ok(satisfied.is_some())
}

/// The objects of an iterable, which may have no end: one more than is allowed is enough (EVT-43).
fn in_order<'py>(objects: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, EventObject>>> {
    objects
        .try_iter()?
        .take(MAX_WAIT_EVENTS + 1)
        .map(|object| Ok(object?.cast_into::<EventObject>()?))
        .collect()
}

/// What to wait for. The wait has a share in each object, so that another thread may close it.
fn all_open(
    py: Python<'_>,
    objects: &[Bound<'_, EventObject>],
) -> PyResult<Vec<provider::EventObject>> {
    let open = |object: &Bound<'_, EventObject>| Ok((*object.get().object.get(py)?).clone());
    objects.iter().map(open).collect() // EVT-44
}

/// A wait that the time-out ends without an error: nothing then (EVT-42).
fn in_time<R: Send>(
    py: Python<'_>,
    deadline: Deadline,
    call: impl FnOnce(&provider::Wait<'_>) -> provider::Result<R> + Send,
) -> PyResult<Option<R>> {
    match detached(py, deadline, call)? {
        Err(Error::TimedOut) => Ok(None),
        ended => ended.map(Some).or_raise(py),
    }
}

/// A mask of network events.
///
/// # Errors
/// `TypeError` if it is no number; WSAEINVAL if a bit of it is no event (EVT-10).
pub(crate) fn mask_from_python(mask: &Bound<'_, PyAny>) -> PyResult<NetworkEvents> {
    u32::try_from(mask.extract::<i64>()?)
        .ok()
        .and_then(NetworkEvents::from_bits)
        .ok_or_else(|| exception(mask.py(), Error::Inval))
}

pub(crate) fn event_to_python(py: Python<'_>, event: NetworkEvents) -> PyResult<Bound<'_, PyAny>> {
    class!(py, "NetworkEvents")?.call1((event.bits(),))
}

/// An iterator over each event with the exception for its error, or None.
pub(crate) fn report_to_python(
    py: Python<'_>,
    report: EventReport,
    exception: impl Fn(Error) -> PyErr,
) -> PyResult<Bound<'_, PyIterator>> {
    let pair = |(event, error): (_, Option<Error>)| {
        let error = error.map(|error| exception(error).into_value(py));
        Ok((event_to_python(py, event)?, error))
    };
    let pairs: PyResult<Vec<_>> = report.iter().map(pair).collect();
    PyTuple::new(py, pairs?)?.try_iter()
}
