//! Making, binding, listening, shutting down, closing.

use std::ffi::{c_int, c_void};

use libc::sockaddr;
use provider::{Error, Family, Result, SocketOption};

use super::{NUMBERING, socket, status};
use crate::{
    calls::{
        catalogue, find, length_of_bytes,
        sockets::{self, Wanted},
    },
    memory::{Bytes, Input},
    types::vestibule_handle,
};

/// `socket`. An IPv6 socket has `IPV6_V6ONLY` on, as on Windows.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_socket(
    family: c_int,
    kind: c_int,
    protocol: c_int,
) -> vestibule_handle {
    let wanted = Wanted {
        family,
        kind,
        protocol,
        group: 0,
    };
    socket(|| create(wanted))
}

/// `WSASocketA` and `WSASocketW`: what they read of the protocol structure is the same in both
/// (HND-20). The flags change nothing (HND-18).
///
/// # Safety
/// `info` is NULL or points to a protocol structure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_wsasocket(
    family: c_int,
    kind: c_int,
    protocol: c_int,
    info: *const c_void,
    group: u32,
    _flags: u32,
) -> vestibule_handle {
    // SAFETY: the program promises it.
    let info = unsafe { Input::new(info.cast()) };
    let wanted = Wanted {
        family,
        kind,
        protocol,
        group,
    };
    socket(|| create(catalogue::with_structure(wanted, info)))
}

/// `WSADuplicateSocketA` and `WSADuplicateSocketW`: a socket stays in its process, and the call is
/// refused with `WSAEOPNOTSUPP`. Nothing is written.
///
/// # Safety
/// `info` is NULL or points to a protocol structure.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_duplicate_socket(
    socket: vestibule_handle,
    _process: u32,
    info: *mut c_void,
) -> c_int {
    status(|| {
        find(socket)?;
        Err(if info.is_null() {
            Error::Fault
        } else {
            Error::OpNotSupp
        })
    })
}

/// An IPv6 socket of Winsock takes no IPv4 connections, one of Linux does.
fn create(wanted: Wanted) -> Result<vestibule_handle> {
    let socket = sockets::create(wanted, NUMBERING)?;
    let found = find(socket)?;
    if found.entry().family() == Family::Inet6
        && let Err(error) = found.set_option(SocketOption::V6Only, 1)
    {
        sockets::close(socket)?;
        return Err(error);
    }
    Ok(socket)
}

/// `bind`.
///
/// # Safety
/// `name` is NULL or points to `namelen` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_bind(
    socket: vestibule_handle,
    name: *const sockaddr,
    namelen: c_int,
) -> c_int {
    // SAFETY: the program promises it.
    let name = unsafe { Bytes::new(name.cast(), length_of_bytes(namelen)) };
    status(|| sockets::bind(socket, name, NUMBERING))
}

/// `listen`.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_listen(socket: vestibule_handle, backlog: c_int) -> c_int {
    status(|| sockets::listen(socket, backlog))
}

/// `shutdown`.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_shutdown(socket: vestibule_handle, how: c_int) -> c_int {
    status(|| sockets::shutdown(socket, how))
}

/// `closesocket`.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_closesocket(socket: vestibule_handle) -> c_int {
    status(|| sockets::close(socket))
}
