//! Listeners and connections, and how they are opened.

use provider::{Entry, Family};
use pyo3::prelude::*;

use crate::{address, calls, errors::OrRaise as _, socket::Socket, waiting::Deadline};

/// A socket that listens, made by `listen`.
#[pyclass(frozen, extends = Socket, module = "vestibule")]
#[derive(Debug)]
pub(crate) struct Listener;

/// A connection, made by `connect` and `accept`.
#[pyclass(frozen, extends = Socket, module = "vestibule")]
#[derive(Debug)]
pub(crate) struct Connection;

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
/// may be used again right after a restart. Raises as Socket, `bind` and `listen` do.
#[pyfunction]
#[pyo3(signature = (address, /, *, backlog = 128))]
pub(crate) fn listen(
    py: Python<'_>,
    address: &Bound<'_, PyAny>,
    backlog: i32,
) -> PyResult<Py<Listener>> {
    let address = address::from_python(address, Family::Inet)?;
    Listener::wrap(py, calls::listen_at(&address, backlog).or_raise(py)?)
}

/// Connects to an address and returns a Connection. It waits for the server's decision where the
/// entry has one (CON-02).
///
/// `data` is shown to the server's condition function, `qos` is the quality of service asked for,
/// `timeout` is in seconds; when it passes the request is withdrawn. Raises as Socket.connect does.
#[pyfunction]
#[pyo3(signature = (address, /, *, data = None, qos = None, timeout = None))]
pub(crate) fn connect(
    py: Python<'_>,
    address: &Bound<'_, PyAny>,
    data: Option<&Bound<'_, PyAny>>,
    qos: Option<&Bound<'_, PyAny>>,
    timeout: Option<f64>,
) -> PyResult<Py<Connection>> {
    let address = address::from_python(address, Family::Inet)?;
    let hello = calls::Hello::from_python(data, qos)?;
    let deadline = Deadline::after(timeout)?;
    let socket = provider::Socket::new(Entry::stream(address.family())).or_raise(py)?;
    calls::connect_to(py, &socket, &address, &hello, deadline)?;
    Connection::wrap(py, socket)
}
