//! Making, binding, listening, shutting down, closing.

use std::ffi::{c_int, c_void};

use libc::sockaddr;
use provider::{Error, Result};

use super::{NUMBERING, socket, status};
use crate::{
    calls::{
        length,
        sockets::{self, Wanted},
    },
    memory::Bytes,
    types::vestibule_handle,
};

/// `socket`.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_socket(
    family: c_int,
    kind: c_int,
    protocol: c_int,
) -> vestibule_handle {
    socket(|| create(family, kind, protocol, 0))
}

/// `WSASocketA` and `WSASocketW`. A protocol structure is not offered yet and gives
/// `WSAEOPNOTSUPP`; the flags change nothing (HND-18).
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_wsasocket(
    family: c_int,
    kind: c_int,
    protocol: c_int,
    info: *const c_void,
    group: u32,
    _flags: u32,
) -> vestibule_handle {
    socket(|| {
        if !info.is_null() {
            return Err(Error::OpNotSupp);
        }
        create(family, kind, protocol, group)
    })
}

fn create(family: c_int, kind: c_int, protocol: c_int, group: u32) -> Result<vestibule_handle> {
    let wanted = Wanted {
        family,
        kind,
        protocol,
        group,
    };
    sockets::create(wanted, NUMBERING)
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
    let name = unsafe { Bytes::new(name.cast(), length(namelen)) };
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
