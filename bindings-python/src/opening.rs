//! Listeners and connections, and how they are opened.

use std::os::fd::RawFd;

use provider::{Error, Family, handles};
use pyo3::{prelude::*, types::PyInt};

use crate::{address, calls, errors::OrRaise as _, socket::Socket, waiting::Deadline};

/// A socket that listens, made by `listen`.
#[pyclass(frozen, extends = Socket, module = "vestibule")]
#[derive(Debug)]
pub(crate) struct Listener;

/// A connection, made by `connect` and `accept`.
#[pyclass(frozen, extends = Socket, module = "vestibule")]
#[derive(Debug)]
pub(crate) struct Connection;

/// Takes over a kernel socket and returns a Listener or a Connection.
///
/// `source` is a TCP socket of Python's `socket` module or a descriptor, listening or connected; it
/// is closed, and what it stood for goes on as a socket of this module, with its options and, as a
/// listener, its backlog. The mode is the kernel's: a Python socket with a time-out is non-blocking.
/// A forked child takes its parent's listener along like this. If it raises, `source` is unchanged.
///
/// Raises WinsockError: WSAENOTSOCK if it is no open socket; WSAEAFNOSUPPORT, WSAESOCKTNOSUPPORT,
/// WSAEPROTONOSUPPORT for another kind than TCP; WSAENOTCONN if it neither listens nor is connected;
/// WSAEMFILE.
#[pyfunction]
#[pyo3(signature = (source, /))]
pub(crate) fn adopt<'py>(
    py: Python<'py>,
    source: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let is_number = source.is_instance_of::<PyInt>();
    let number: RawFd = if is_number {
        source.extract()?
    } else {
        source.call_method0("fileno")?.extract()?
    };
    let socket = handles::duplicate(number)
        .and_then(|descriptor| provider::Socket::adopt(descriptor).map_err(Error::from))
        .or_raise(py)?;
    if is_number {
        py.import("os")?.call_method1("close", (number,))?;
    } else {
        source.call_method0("close")?;
    }
    if socket.is_listening() {
        Ok(Bound::into_any(Listener::wrap(py, socket)?.into_bound(py)))
    } else {
        Ok(Bound::into_any(
            Connection::wrap(py, socket)?.into_bound(py),
        ))
    }
}

impl Listener {
    pub(crate) fn wrap(py: Python<'_>, socket: provider::Socket) -> PyResult<Py<Self>> {
        let base = PyClassInitializer::from(Socket::from_provider(socket));
        Py::new(py, base.add_subclass(Self))
    }
}

impl Connection {
    pub(crate) fn wrap(py: Python<'_>, socket: provider::Socket) -> PyResult<Py<Self>> {
        let base = PyClassInitializer::from(Socket::from_provider(socket));
        Py::new(py, base.add_subclass(Self))
    }
}

/// Listens at an address and returns a Listener. Port 0 asks for a free port.
///
/// `backlog` is how many undecided requests may wait. As with Python's `create_server`, a TCP address
/// may be used again right after a restart. With `messages` its connections keep the boundaries of what
/// is sent; only an InProcessAddress has such (WSAESOCKTNOSUPPORT). Raises as Socket, `bind` and
/// `listen` do.
#[pyfunction]
#[pyo3(signature = (address, /, *, backlog = 128, messages = false))]
pub(crate) fn listen(
    py: Python<'_>,
    address: &Bound<'_, PyAny>,
    backlog: i32,
    messages: bool,
) -> PyResult<Py<Listener>> {
    let address = address::from_python(address, Family::Inet)?;
    Listener::wrap(
        py,
        calls::listen_at(&address, backlog, messages).or_raise(py)?,
    )
}

/// Connects to an address and returns a Connection. It waits for the server's decision where the
/// entry has one (CON-02).
///
/// `data` is shown to the server's condition function, `qos` is the quality of service asked for,
/// `timeout` is in seconds; when it passes the request is withdrawn. `messages` asks for a connection
/// that keeps the boundaries of what is sent, and that the listener must be for, too. Raises as
/// Socket.connect does.
#[pyfunction]
#[pyo3(signature = (address, /, *, data = None, qos = None, timeout = None, messages = false))]
pub(crate) fn connect(
    py: Python<'_>,
    address: &Bound<'_, PyAny>,
    data: Option<&Bound<'_, PyAny>>,
    qos: Option<&Bound<'_, PyAny>>,
    timeout: Option<f64>,
    messages: bool,
) -> PyResult<Py<Connection>> {
    let address = address::from_python(address, Family::Inet)?;
    let hello = calls::Hello::from_python(data, qos)?;
    let deadline = Deadline::after(timeout)?;
    let entry = calls::entry_of(&address, messages).or_raise(py)?;
    let socket = provider::Socket::new(entry).or_raise(py)?;
    calls::connect_to(py, &socket, &address, &hello, deadline)?;
    Connection::wrap(py, socket)
}
