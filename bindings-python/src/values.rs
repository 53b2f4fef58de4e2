//! Enumerations, quality of service and bytes, between Python and the provider.

use provider::{
    Credentials, Entry, Error, FlowSpec, Linger, Qos, Setting, Shutdown, SocketOption,
    UserDataKind, UserDataLimits,
};
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    pybacked::{PyBackedBytes, PyBackedStr},
    types::{PyBytes, PyMemoryView, PySlice},
};

use crate::errors::{OrRaise as _, exception};

/// A class of `vestibule._types`, looked up once.
macro_rules! class {
    ($py:expr, $name:literal) => {{
        static CLASS: pyo3::sync::PyOnceLock<pyo3::Py<pyo3::types::PyType>> =
            pyo3::sync::PyOnceLock::new();
        CLASS.import($py, "vestibule._types", $name)
    }};
}
pub(crate) use class;

/// Reads a member of an enumeration by its value.
fn member<T: Copy>(value: &Bound<'_, PyAny>, enumeration: &str, rows: &[(&str, T)]) -> PyResult<T> {
    value
        .getattr("value")
        .and_then(|name| name.extract::<PyBackedStr>())
        .ok()
        .and_then(|name| rows.iter().find(|row| row.0 == &*name))
        .map(|row| row.1)
        .ok_or_else(|| PyTypeError::new_err(format!("a member of {enumeration} is needed")))
}

const ENTRIES: [(&str, Entry); 6] = [
    ("tcp4", Entry::Tcp4),
    ("tcp6", Entry::Tcp6),
    ("in-process", Entry::InProcess),
    ("in-process-messages", Entry::InProcessMessages),
    ("udp4", Entry::Udp4),
    ("udp6", Entry::Udp6),
];

pub(crate) fn entry_from_python(value: &Bound<'_, PyAny>) -> PyResult<Entry> {
    member(value, "Entry", &ENTRIES)
}

pub(crate) fn entry_name(entry: Entry) -> &'static str {
    let row = ENTRIES.iter().find(|row| row.1 == entry);
    row.map_or("unknown", |row| row.0)
}

pub(crate) fn entry_to_python(py: Python<'_>, entry: Entry) -> PyResult<Bound<'_, PyAny>> {
    class!(py, "Entry")?.call1((entry_name(entry),))
}

pub(crate) fn option_from_python(value: &Bound<'_, PyAny>) -> PyResult<SocketOption> {
    const OPTIONS: [(&str, SocketOption); 24] = [
        ("SO_REUSEADDR", SocketOption::ReuseAddress),
        ("SO_KEEPALIVE", SocketOption::KeepAlive),
        ("SO_OOBINLINE", SocketOption::OobInline),
        ("SO_SNDBUF", SocketOption::SendBuffer),
        ("SO_RCVBUF", SocketOption::ReceiveBuffer),
        ("SO_SNDTIMEO", SocketOption::SendTimeout),
        ("SO_RCVTIMEO", SocketOption::ReceiveTimeout),
        ("TCP_NODELAY", SocketOption::NoDelay),
        ("SO_CONDITIONAL_ACCEPT", SocketOption::ConditionalAccept),
        ("connect-timeout", SocketOption::ConnectTimeout),
        ("caller-check", SocketOption::CallerCheck),
        ("SO_ACCEPTCONN", SocketOption::AcceptConn),
        ("SO_ERROR", SocketOption::Error),
        ("SO_TYPE", SocketOption::Type),
        ("SO_MAX_MSG_SIZE", SocketOption::MaxMessageSize),
        ("SO_DONTROUTE", SocketOption::DontRoute),
        ("SO_DEBUG", SocketOption::Debug),
        ("SO_BROADCAST", SocketOption::Broadcast),
        ("SO_EXCLUSIVEADDRUSE", SocketOption::ExclusiveAddress),
        ("TCP_KEEPIDLE", SocketOption::KeepAliveIdle),
        ("TCP_KEEPINTVL", SocketOption::KeepAliveInterval),
        ("TCP_KEEPCNT", SocketOption::KeepAliveCount),
        ("IPV6_V6ONLY", SocketOption::V6Only),
        ("SO_CONNECT_TIME", SocketOption::ConnectTime),
    ];
    member(value, "SocketOption", &OPTIONS)
}

pub(crate) fn user_data_kind_from_python(value: &Bound<'_, PyAny>) -> PyResult<UserDataKind> {
    const KINDS: [(&str, UserDataKind); 2] = [
        ("SO_CONNDATA", UserDataKind::Connect),
        ("SO_DISCDATA", UserDataKind::Disconnect),
    ];
    member(value, "UserDataKind", &KINDS)
}

/// # Errors
/// WSAEINVAL for a number that is none of the three.
pub(crate) fn shutdown_from_python(py: Python<'_>, how: i64) -> PyResult<Shutdown> {
    match how {
        0 => Ok(Shutdown::Receive),
        1 => Ok(Shutdown::Send),
        2 => Ok(Shutdown::Both),
        _ => Err(exception(py, Error::Inval)),
    }
}

/// The value of a setting of the process.
#[pyfunction]
#[pyo3(text_signature = "(setting, /)")]
pub(crate) fn setting(py: Python<'_>, setting: u32) -> PyResult<u32> {
    Ok(setting_from_python(py, setting)?.get())
}

/// Sets a setting of the process, for the sockets that are created from now on.
///
/// Raises WinsockError (WSAEINVAL) if the value is out of range.
#[pyfunction]
#[pyo3(text_signature = "(setting, value, /)")]
pub(crate) fn configure(py: Python<'_>, setting: u32, value: u32) -> PyResult<()> {
    setting_from_python(py, setting)?.set(value).or_raise(py)
}

fn setting_from_python(py: Python<'_>, number: u32) -> PyResult<Setting> {
    Setting::from_raw(number).ok_or_else(|| exception(py, Error::Inval))
}

pub(crate) fn linger_to_python(py: Python<'_>, linger: Linger) -> PyResult<Bound<'_, PyAny>> {
    class!(py, "Linger")?.call1((linger.on, linger.seconds))
}

pub(crate) fn limits_to_python(
    py: Python<'_>,
    limits: UserDataLimits,
) -> PyResult<Bound<'_, PyAny>> {
    class!(py, "UserDataLimits")?.call1((limits.connect, limits.disconnect))
}

pub(crate) fn credentials_to_python(
    py: Python<'_>,
    credentials: Credentials,
) -> PyResult<Bound<'_, PyAny>> {
    let Credentials { uid, gid, pid } = credentials;
    class!(py, "Credentials")?.call1((uid, gid, pid))
}

/// The eight members of a flow specification, in their order.
type Members = (u32, u32, u32, u32, u32, u32, u32, u32);

fn flow_from(members: Members) -> FlowSpec {
    FlowSpec::from_array(members.into())
}

fn flow_members(flow: &FlowSpec) -> Members {
    flow.to_array().into()
}

/// # Errors
/// `TypeError` if it is not two flow specifications, `OverflowError` for a member beyond 32 bits.
pub(crate) fn qos_from_python(value: &Bound<'_, PyAny>) -> PyResult<Qos> {
    let (sending, receiving) = value.extract::<(Members, Members)>()?;
    Ok(Qos {
        sending: flow_from(sending),
        receiving: flow_from(receiving),
    })
}

pub(crate) fn qos_to_python(py: Python<'_>, qos: Qos) -> PyResult<Bound<'_, PyAny>> {
    let flow = class!(py, "FlowSpec")?;
    let sending = flow.call1(flow_members(&qos.sending))?;
    let receiving = flow.call1(flow_members(&qos.receiving))?;
    class!(py, "Qos")?.call1((sending, receiving))
}

/// The bytes of any bytes-like object, usable while other threads run. Only those of `bytes` are not
/// copied: others could change meanwhile.
///
/// # Errors
/// `TypeError` if it is not bytes-like.
pub(crate) fn bytes_from_python(value: &Bound<'_, PyAny>) -> PyResult<PyBackedBytes> {
    if let Ok(bytes) = value.extract() {
        return Ok(bytes);
    }
    let bytes = PyMemoryView::from(value)?.call_method0("tobytes")?;
    bytes.extract().map_err(PyErr::from)
}

/// A writable buffer to receive into.
#[derive(Debug)]
pub(crate) struct Room<'py>(Bound<'py, PyMemoryView>);

impl<'py> Room<'py> {
    /// # Errors
    /// `TypeError` if it is not a writable buffer.
    pub(crate) fn in_buffer(buffer: &Bound<'py, PyAny>) -> PyResult<Self> {
        let view = PyMemoryView::from(buffer)?;
        if view.getattr("readonly")?.is_truthy()? {
            return Err(PyTypeError::new_err("the buffer must be writable"));
        }
        Ok(Self(view.call_method1("cast", ("B",))?.cast_into()?))
    }

    pub(crate) fn size(&self) -> PyResult<usize> {
        self.0.len()
    }

    /// Puts `data` at the front.
    pub(crate) fn fill(&self, data: &[u8]) -> PyResult<()> {
        let py = self.0.py();
        let front = PySlice::new(py, 0, data.len().cast_signed(), 1);
        self.0.set_item(front, PyBytes::new(py, data))
    }
}
