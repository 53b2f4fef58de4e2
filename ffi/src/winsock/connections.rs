//! Accepting, connecting, sending, receiving and saying goodbye.

use std::{
    ffi::{c_char, c_int, c_void},
    ptr,
};

use libc::sockaddr;
use provider::{Error, Result, Wait};

use super::{NUMBERING, count, names::name_out, socket, status};
use crate::{
    calls::{
        accept,
        condition::Condition,
        connect::{self, Arguments},
        data, find, length_of_bytes,
    },
    exports::connect::arguments,
    memory::{Buffers, Bytes, Input, Kept, Receiver, Room, Variable},
    types::{vestibule_buffer, vestibule_condition, vestibule_handle, vestibule_qos},
};

/// `accept`: `WSAAccept` with a NULL condition function (ACC-28).
///
/// # Safety
/// The pointers are NULL or valid, `addr` for `*addrlen` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_accept(
    listener: vestibule_handle,
    addr: *mut sockaddr,
    addrlen: *mut c_int,
) -> vestibule_handle {
    // SAFETY: the program promises it, and there is no function.
    unsafe { vestibule_ws_wsaaccept(listener, addr, addrlen, None, 0) }
}

/// `WSAAccept`.
///
/// # Safety
/// The pointers are NULL or valid, `addr` for `*addrlen` bytes; `condition` is as the type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_wsaaccept(
    listener: vestibule_handle,
    addr: *mut sockaddr,
    addrlen: *mut c_int,
    condition: vestibule_condition,
    callback_data: usize,
) -> vestibule_handle {
    // SAFETY: the program promises it.
    let name = unsafe { name_out(addr, addrlen) };
    // SAFETY: the program promises it.
    let condition = unsafe { Condition::new(condition, callback_data, NUMBERING) };
    socket(|| accept::accept(listener, name, condition, NUMBERING, &Wait::FOREVER))
}

/// `connect`: `WSAConnect` without data and quality of service (CON-21).
///
/// # Safety
/// `name` is NULL or points to `namelen` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_connect(
    socket: vestibule_handle,
    name: *const sockaddr,
    namelen: c_int,
) -> c_int {
    let none = ptr::null();
    // SAFETY: the program promises it; the rest is NULL.
    unsafe {
        vestibule_ws_wsaconnect(
            socket,
            name,
            namelen,
            ptr::null(),
            ptr::null_mut(),
            none,
            none,
        )
    }
}

/// `WSAConnect`.
///
/// # Safety
/// The pointers are NULL or valid, `name` for `namelen` bytes and the data of the buffers for their
/// lengths. After `WSAEWOULDBLOCK` that of `callee_data` and its bytes is so until the attempt has
/// ended or the socket is closed, and nobody uses them meanwhile (CON-25, UDA-12).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_wsaconnect(
    socket: vestibule_handle,
    name: *const sockaddr,
    namelen: c_int,
    caller_data: *const vestibule_buffer,
    callee_data: *mut vestibule_buffer,
    sqos: *const vestibule_qos,
    gqos: *const vestibule_qos,
) -> c_int {
    // SAFETY: the program promises it.
    let name = unsafe { Bytes::new(name.cast(), length_of_bytes(namelen)) };
    // SAFETY: the program promises it.
    let arguments = unsafe { arguments(name, caller_data, callee_data, sqos, gqos) };
    let arguments = Arguments {
        // SAFETY: the program promises it.
        kept: unsafe { Kept::new(callee_data) },
        ..arguments
    };
    status(|| connect::connect(socket, &arguments, NUMBERING, &Wait::FOREVER))
}

/// `send`.
///
/// # Safety
/// `buf` is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_send(
    socket: vestibule_handle,
    buf: *const c_char,
    len: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: the program promises it.
    let bytes = unsafe { Bytes::new(buf.cast(), length_of_bytes(len)) };
    count(|| data::send(socket, bytes, flags))
}

/// `recv`.
///
/// # Safety
/// `buf` is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_recv(
    socket: vestibule_handle,
    buf: *mut c_char,
    len: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: the program promises it.
    let room = unsafe { Room::new(buf.cast(), length_of_bytes(len)) };
    count(|| data::receive(socket, room, flags))
}

/// `WSASend`. Overlapped calls are not offered: `WSAEOPNOTSUPP`.
///
/// # Safety
/// The pointers are NULL or valid, `buffers` for `count` structures and each of these for its bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_wsasend(
    socket: vestibule_handle,
    buffers: *const vestibule_buffer,
    count: u32,
    sent: *mut u32,
    flags: u32,
    overlapped: *const c_void,
    completion: *const c_void,
) -> c_int {
    // SAFETY: the program promises it.
    let buffers = unsafe { Buffers::new(buffers, count) };
    // SAFETY: the program promises it.
    let sent = unsafe { Variable::new(sent) };
    status(|| {
        check_synchronous(socket, overlapped, completion)?;
        if sent.is_null() {
            return Err(Error::Fault); // before anything is sent
        }
        let bytes = data::send_buffers(socket, buffers, flags.cast_signed())?;
        sent.give(u32::try_from(bytes).unwrap_or(u32::MAX))
    })
}

/// `WSARecv`. Overlapped calls are not offered: `WSAEOPNOTSUPP`.
///
/// # Safety
/// The pointers are NULL or valid, `buffers` for `count` structures and each of these for its bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_wsarecv(
    socket: vestibule_handle,
    buffers: *const vestibule_buffer,
    count: u32,
    received: *mut u32,
    flags: *mut u32,
    overlapped: *const c_void,
    completion: *const c_void,
) -> c_int {
    // SAFETY: the program promises it.
    let buffers = unsafe { Buffers::new(buffers, count) };
    // SAFETY: the program promises it.
    let received = unsafe { Variable::new(received) };
    // SAFETY: the program promises it.
    let flags = unsafe { Variable::new(flags) };
    status(|| {
        check_synchronous(socket, overlapped, completion)?;
        if received.is_null() {
            return Err(Error::Fault); // before anything is received
        }
        let mut number = flags.required()?.cast_signed();
        let bytes = data::receive_buffers(socket, buffers, &mut number)?;
        flags.set(number.cast_unsigned());
        received.give(u32::try_from(bytes).unwrap_or(u32::MAX))
    })
}

/// # Errors
/// [`Error::NotSock`]; [`Error::OpNotSupp`] for a call that is not to wait for its own end.
pub(super) fn check_synchronous(
    socket: vestibule_handle,
    overlapped: *const c_void,
    completion: *const c_void,
) -> Result<()> {
    find(socket)?;
    if overlapped.is_null() && completion.is_null() {
        Ok(())
    } else {
        Err(Error::OpNotSupp)
    }
}

/// `WSASendDisconnect`.
///
/// # Safety
/// `data` is NULL or valid, its data for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_send_disconnect(
    socket: vestibule_handle,
    data: *const vestibule_buffer,
) -> c_int {
    // SAFETY: the program promises it.
    let data = unsafe { Input::new(data) };
    status(|| data::send_disconnect(socket, data))
}

/// `WSARecvDisconnect`.
///
/// # Safety
/// `data` is NULL or valid, its data for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_recv_disconnect(
    socket: vestibule_handle,
    data: *mut vestibule_buffer,
) -> c_int {
    // SAFETY: the program promises it.
    let data = unsafe { Receiver::new(data) };
    status(|| data::receive_disconnect(socket, data))
}
