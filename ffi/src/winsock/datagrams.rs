//! Datagrams.

use std::ffi::{c_char, c_int, c_void};

use libc::sockaddr;
use provider::Error;

use super::{NUMBERING, connections::check_synchronous, count, names::name_out, status};
use crate::{
    calls::{datagrams, length_of_bytes},
    memory::{Buffers, Bytes, Room, Variable},
    types::{vestibule_buffer, vestibule_handle},
};

/// `sendto`.
///
/// # Safety
/// `buf` is NULL or points to `len` bytes, `to` is NULL or points to `tolen` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_sendto(
    socket: vestibule_handle,
    buf: *const c_char,
    len: c_int,
    flags: c_int,
    to: *const sockaddr,
    tolen: c_int,
) -> c_int {
    // SAFETY: the program promises it.
    let bytes = unsafe { Bytes::new(buf.cast(), length_of_bytes(len)) };
    // SAFETY: the program promises it.
    let to = unsafe { Bytes::new(to.cast(), length_of_bytes(tolen)) };
    count(|| datagrams::send_to(socket, bytes, flags, (to, NUMBERING)))
}

/// `recvfrom`.
///
/// # Safety
/// The pointers are NULL or valid, `buf` for `len` bytes and `from` for `*fromlen`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_recvfrom(
    socket: vestibule_handle,
    buf: *mut c_char,
    len: c_int,
    flags: c_int,
    from: *mut sockaddr,
    fromlen: *mut c_int,
) -> c_int {
    // SAFETY: the program promises it.
    let room = unsafe { Room::new(buf.cast(), length_of_bytes(len)) };
    // SAFETY: the program promises it.
    let from = unsafe { name_out(from, fromlen) };
    count(|| datagrams::receive_from(socket, room, flags, (from, NUMBERING)))
}

/// `WSASendTo`. Overlapped calls are not offered: `WSAEOPNOTSUPP`.
///
/// # Safety
/// The pointers are NULL or valid, `buffers` for `count` structures and each of these for its bytes,
/// `to` for `tolen` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_wsasendto(
    socket: vestibule_handle,
    buffers: *const vestibule_buffer,
    count: u32,
    sent: *mut u32,
    flags: u32,
    to: *const sockaddr,
    tolen: c_int,
    overlapped: *const c_void,
    completion: *const c_void,
) -> c_int {
    // SAFETY: the program promises it.
    let buffers = unsafe { Buffers::new(buffers, count) };
    // SAFETY: the program promises it.
    let sent = unsafe { Variable::new(sent) };
    // SAFETY: the program promises it.
    let to = unsafe { Bytes::new(to.cast(), length_of_bytes(tolen)) };
    status(|| {
        check_synchronous(socket, overlapped, completion)?;
        if sent.is_null() {
            return Err(Error::Fault); // before anything is sent
        }
        let flags = flags.cast_signed();
        let bytes = datagrams::send_buffers_to(socket, buffers, flags, (to, NUMBERING))?;
        sent.give(u32::try_from(bytes).unwrap_or(u32::MAX))
    })
}

/// `WSARecvFrom`. Overlapped calls are not offered: `WSAEOPNOTSUPP`.
///
/// # Safety
/// The pointers are NULL or valid, `buffers` for `count` structures and each of these for its bytes,
/// `from` for `*fromlen`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_wsarecvfrom(
    socket: vestibule_handle,
    buffers: *const vestibule_buffer,
    count: u32,
    received: *mut u32,
    flags: *mut u32,
    from: *mut sockaddr,
    fromlen: *mut c_int,
    overlapped: *const c_void,
    completion: *const c_void,
) -> c_int {
    // SAFETY: the program promises it.
    let buffers = unsafe { Buffers::new(buffers, count) };
    // SAFETY: the program promises it.
    let received = unsafe { Variable::new(received) };
    // SAFETY: the program promises it.
    let flags = unsafe { Variable::new(flags) };
    // SAFETY: the program promises it.
    let from = unsafe { name_out(from, fromlen) };
    status(|| {
        check_synchronous(socket, overlapped, completion)?;
        if received.is_null() {
            return Err(Error::Fault); // before anything is received
        }
        let mut number = flags.required()?.cast_signed();
        let from = (from, NUMBERING);
        let bytes = datagrams::receive_buffers_from(socket, buffers, &mut number, from)?;
        flags.set(number.cast_unsigned());
        received.give(u32::try_from(bytes).unwrap_or(u32::MAX))
    })
}
