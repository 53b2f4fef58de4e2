//! Making, binding, listening, shutting down, closing.

use std::ffi::{c_int, c_void};

use libc::{sockaddr, socklen_t};
use provider::{Entry, Error, Result};

use super::{NUMBERING, socket, status};
use crate::{
    calls::{
        catalogue, find, length_of_bytes,
        sockets::{self, Wanted},
    },
    memory::{Bytes, Input},
    types::vestibule_handle,
};

const INT_SIZE: socklen_t = 4;

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

fn create(wanted: Wanted) -> Result<vestibule_handle> {
    let socket = sockets::create(wanted, NUMBERING)?;
    if find(socket)?.entry() == Entry::Tcp6
        && let Err(error) = refuse_ipv4(socket)
    {
        sockets::close(socket)?;
        return Err(error);
    }
    Ok(socket)
}

/// An IPv6 socket of Winsock takes no IPv4 connections, one of Linux does.
fn refuse_ipv4(socket: vestibule_handle) -> Result<()> {
    let descriptor = c_int::try_from(socket).map_err(|_| Error::NotSock)?;
    let on: c_int = 1;
    let value = (&raw const on).cast();
    // SAFETY: the value is an int that is valid during the call, and that is the size given.
    let result = unsafe {
        libc::setsockopt(
            descriptor,
            libc::IPPROTO_IPV6,
            libc::IPV6_V6ONLY,
            value,
            INT_SIZE,
        )
    };
    if result == 0 {
        Ok(())
    } else {
        Err(Error::SyscallFailure)
    }
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
