//! Addresses as Python's `socket` module writes them, and those of the in-process entry.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use provider::{Address, Family, InProcessAddress};
use pyo3::{
    exceptions::{PyOverflowError, PyTypeError, PyValueError},
    prelude::*,
    sync::PyOnceLock,
    types::{PyString, PyTuple, PyType},
};

fn in_process_class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, "vestibule._types", "InProcessAddress")
}

/// Reads an address; `family` says which one an empty host or "localhost" belongs to.
///
/// # Errors
/// `TypeError`, `ValueError` and `OverflowError`, as Python's `socket` module raises them.
pub(crate) fn from_python(value: &Bound<'_, PyAny>, family: Family) -> PyResult<Address> {
    if value.is_instance(in_process_class(value.py())?)? {
        let (node, port) = value.extract()?;
        return Ok(InProcessAddress { node, port }.into());
    }
    let parts = value.cast::<PyTuple>().map_err(|_| not_an_address())?;
    if !(2..=4).contains(&parts.len()) {
        return Err(not_an_address());
    }
    let host = parts
        .get_item(0)?
        .extract::<String>()
        .map_err(|_| not_an_address())?;
    let port = parts.get_item(1)?.extract::<i64>().and_then(|port| {
        u16::try_from(port).map_err(|_| PyOverflowError::new_err("port must be 0-65535"))
    })?;
    let optional = |index| match parts.get_item(index) {
        Ok(item) => item.extract::<u32>(),
        Err(_) => Ok(0),
    };
    let six = family == Family::Inet6 || parts.len() > 2;
    match numeric_host(&host, six)? {
        IpAddr::V4(_) if parts.len() > 2 => {
            Err(PyValueError::new_err("an IPv4 address is (host, port)"))
        }
        IpAddr::V4(ip) => Ok((ip, port).into()),
        IpAddr::V6(ip) => {
            let ip = SocketAddrV6::new(ip, port, optional(2)?, optional(3)?);
            Ok(SocketAddr::V6(ip).into())
        }
    }
}

fn not_an_address() -> PyErr {
    PyTypeError::new_err(
        "an address is (host, port), (host, port, flowinfo, scope_id) or an InProcessAddress",
    )
}

fn numeric_host(host: &str, six: bool) -> PyResult<IpAddr> {
    match (host, six) {
        ("", false) => Ok(Ipv4Addr::UNSPECIFIED.into()),
        ("", true) => Ok(Ipv6Addr::UNSPECIFIED.into()),
        ("localhost", false) => Ok(Ipv4Addr::LOCALHOST.into()),
        ("localhost", true) => Ok(Ipv6Addr::LOCALHOST.into()),
        _ => host.parse().map_err(|_| {
            PyValueError::new_err(format!(
                "host must be a numeric address, not {host:?}: socket.getaddrinfo finds it"
            ))
        }),
    }
}

/// Writes an address.
///
/// # Errors
/// Those of building a tuple.
pub(crate) fn to_python(py: Python<'_>, address: Address) -> PyResult<Bound<'_, PyAny>> {
    match address {
        Address::Ip(SocketAddr::V4(ip)) => Ok((dotted(py, *ip.ip()), ip.port())
            .into_pyobject(py)?
            .into_any()),
        Address::Ip(SocketAddr::V6(ip)) => {
            let parts = (ip.ip().to_string(), ip.port(), ip.flowinfo(), ip.scope_id());
            Ok(parts.into_pyobject(py)?.into_any())
        }
        Address::InProcess(address) => in_process_class(py)?.call1((address.node, address.port)),
        other => Err(PyValueError::new_err(format!("{other} has no Python form"))),
    }
}

/// An IPv4 address as text. Most condition functions look at the caller; the formatting of the standard
/// library would be a third of what that costs (P15).
fn dotted(py: Python<'_>, ip: Ipv4Addr) -> Bound<'_, PyString> {
    let mut text = [0; "255.255.255.255".len()];
    let mut length = 0;
    let mut push = |byte| {
        text[length] = byte;
        length += 1;
    };
    for (place, octet) in ip.octets().into_iter().enumerate() {
        if place > 0 {
            push(b'.');
        }
        if octet >= 100 {
            push(b'0' + octet / 100);
        }
        if octet >= 10 {
            push(b'0' + octet / 10 % 10);
        }
        push(b'0' + octet % 10);
    }
    PyString::new(py, str::from_utf8(&text[..length]).unwrap_or_default())
}
