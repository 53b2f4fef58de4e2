//! The notification port.

use std::{
    os::fd::AsRawFd,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use provider::{Error, Notification, handles::User};
use pyo3::prelude::*;

use crate::{
    closable::Closable,
    errors::{OrRaise as _, exception},
    events,
    values::class,
    waiting::{Deadline, detached, waiting},
};

/// A queue of messages about network events, which a program drains: what stands for the window of
/// WSAAsyncSelect (EVT-55).
///
/// Sockets post to it after `Socket.async_select`, any number of them. Iterating over it gives each
/// Notification, waits for the next one, and ends when the port is closed. It can be used from several
/// threads at once, which then share the messages. A closed one raises WinsockError
/// (WSA_INVALID_HANDLE). In a forked child one of the parent raises as an EventObject does.
#[pyclass(frozen, weakref, module = "vestibule")]
#[derive(Debug)]
pub(crate) struct NotificationPort {
    port: Closable<provider::NotificationPort>,
}

/// The provider's port for a registration; one that is closed is WSAEINVAL there (EVT-53).
pub(crate) fn named<'a>(
    py: Python<'_>,
    port: Option<&'a Bound<'_, NotificationPort>>,
) -> PyResult<Option<User<'a, provider::NotificationPort>>> {
    let open = |port: &'a Bound<'_, NotificationPort>| port.get().port.named(py);
    port.map(open).transpose()
}

#[pymethods]
impl NotificationPort {
    /// Raises WinsockError (WSA_NOT_ENOUGH_MEMORY).
    #[new]
    fn new(py: Python<'_>) -> PyResult<Self> {
        let port = provider::NotificationPort::new().or_raise(py)?;
        Ok(Self {
            port: Closable::new(port),
        })
    }

    /// Whether it has been closed.
    #[getter]
    fn closed(&self) -> bool {
        self.port.if_open().is_none()
    }

    /// Takes the oldest Notification out, waiting for one up to `timeout` seconds; 0 looks once, None
    /// is without limit. The socket posts the next one for that event after the call that enables it
    /// again: `accept`, `recv`, or a `send` that would have blocked (EVT-51).
    ///
    /// Raises TimedOut; WinsockError (WSA_INVALID_HANDLE) if it is closed, before or by another
    /// thread meanwhile.
    #[pyo3(signature = (timeout = None))]
    fn get<'py>(&self, py: Python<'py>, timeout: Option<f64>) -> PyResult<Bound<'py, PyAny>> {
        let (port, deadline) = (self.port.get(py)?, Deadline::after(timeout)?);
        let notification = waiting(py, deadline, |wait| port.next(wait))?;
        notification_to_python(py, &notification)
    }

    /// A descriptor that polls readable while a message waits, and perhaps early, when there is
    /// something to take in: whoever finds it readable asks `get(0)`; -1 once closed. It is made at
    /// the first call and belongs to the port: do not read, write or close it. Raises WinsockError
    /// (WSAEMFILE).
    fn fileno(&self, py: Python<'_>) -> PyResult<i32> {
        self.port.if_open().map_or(Ok(-1), |port| {
            let descriptor = port.descriptor().or_raise(py)?;
            Ok(descriptor.as_raw_fd())
        })
    }

    /// Closes it; a second time nothing happens. Messages that wait are lost, waits of other threads
    /// end, and nothing is posted any more.
    fn close(&self) {
        self.port.close(provider::NotificationPort::close);
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(port) = self.port.if_open() else {
            return Ok(None);
        };
        match detached(py, Deadline::NEVER, |wait| port.next(wait))? {
            Err(Error::InvalidHandle) if self.closed() => Ok(None),
            taken => notification_to_python(py, &taken.or_raise(py)?).map(Some),
        }
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

    fn __repr__(&self) -> &'static str {
        if self.closed() {
            "<vestibule.NotificationPort closed>"
        } else {
            "<vestibule.NotificationPort>"
        }
    }
}

fn notification_to_python<'py>(
    py: Python<'py>,
    notification: &Notification,
) -> PyResult<Bound<'py, PyAny>> {
    let error = notification
        .error
        .map(|error| exception(py, error).into_value(py)); // EVT-56
    class!(py, "Notification")?.call1((
        notification.message,
        notification.socket,
        events::event_to_python(py, notification.event)?,
        error,
    ))
}

/// What messages name a socket by that is no kernel socket: a number that is no descriptor, and that no
/// other socket of this process ever has (EVT-52). It is chosen when somebody asks.
#[derive(Debug, Default)]
pub(crate) struct MessageName(AtomicU64);

impl MessageName {
    pub(crate) fn get(&self) -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(1 << 32);
        let chosen = self.0.load(Relaxed);
        if chosen != 0 {
            return chosen;
        }
        let new = NEXT.fetch_add(1, Relaxed);
        let first = self.0.compare_exchange(0, new, Relaxed, Relaxed);
        first.map_or_else(|chosen| chosen, |_| new)
    }
}
