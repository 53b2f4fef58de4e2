//! Options, mode, limits and descriptors of a socket.

use std::{
    ffi::{c_int, c_void},
    os::fd::AsRawFd,
};

use libc::{size_t, socklen_t};

use crate::{
    boundary,
    calls::{find, options, sockets},
    memory::{Bytes, Room, Variable},
    types::{VESTIBULE_ERROR, vestibule_handle},
};

/// Reads a socket option.
///
/// `level`, `option`: VESTIBULE_SOL_SOCKET and a VESTIBULE_SO_ option, VESTIBULE_IPPROTO_TCP and a
/// VESTIBULE_TCP_ option, VESTIBULE_IPPROTO_IPV6 and VESTIBULE_IPV6_V6ONLY, or VESTIBULE_SOL_VESTIBULE and one of the library's own. They have
/// Winsock's numbers. `value`: receives 4 bytes, an int or a struct vestibule_linger, or the user
/// data of VESTIBULE_SO_CONNDATA and VESTIBULE_SO_DISCDATA. `len`: on entry the room, on return the
/// length.
///
/// Returns 0 or -1.
///
/// Errors: WSAENOTSOCK; WSAEINVAL for an unknown level; WSAENOPROTOOPT for an option that is not
/// offered or that the entry does not have; WSAEFAULT for NULL or too little room.
///
/// Thread-safe.
///
/// # Safety
/// The pointers are NULL or valid, `value` for `*len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_getsockopt(
    socket: vestibule_handle,
    level: c_int,
    option: c_int,
    value: *mut c_void,
    len: *mut socklen_t,
) -> c_int {
    // SAFETY: the program promises it.
    let length = unsafe { Variable::new(len) };
    let room = length.required().unwrap_or(0) as usize;
    // SAFETY: the program promises it.
    let room = unsafe { Room::new(value, room) };
    boundary::status(|| options::get(socket, (level, option), room, length))
}

/// Sets a socket option. What is set on a listener is inherited by the sockets that it accepts
/// (SKT-03).
///
/// `level`, `option`: as for vestibule_getsockopt. `value`: an int, a struct vestibule_linger, or
/// bytes of user data. `len`: its size, 4 or more; for user data its length.
///
/// Returns 0 or -1.
///
/// Errors: WSAENOTSOCK; WSAEINVAL for an unknown level or a value out of range, for
/// VESTIBULE_SO_CONDITIONAL_ACCEPT on a listener (ACC-69), for VESTIBULE_SO_EXCLUSIVEADDRUSE and
/// VESTIBULE_IPV6_V6ONLY on a bound socket, and for VESTIBULE_SO_EXCLUSIVEADDRUSE together with
/// VESTIBULE_SO_REUSEADDR; WSAENOPROTOOPT for an option that is not
/// offered, that the entry does not have or that is read only; WSAEFAULT for NULL or a short value;
/// WSAEINPROGRESS inside the listener's own condition function (ACC-51). For user data also
/// WSAEFAULT beyond the limit (UDA-24) and WSAEINVAL on a socket that is connecting or connected
/// (UDA-25).
///
/// Thread-safe.
///
/// # Safety
/// `value` is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_setsockopt(
    socket: vestibule_handle,
    level: c_int,
    option: c_int,
    value: *const c_void,
    len: socklen_t,
) -> c_int {
    // SAFETY: the program promises it.
    let value = unsafe { Bytes::new(value, len as usize) };
    boundary::status(|| options::set(socket, (level, option), value))
}

/// Makes a socket non-blocking, or blocking again (HND-29). Do not change the mode of a kernel
/// socket in another way.
///
/// `nonblocking`: 0 for blocking, anything else for non-blocking.
///
/// Returns 0 or -1.
///
/// Errors: WSAENOTSOCK; WSAEINVAL for blocking while a registration for network events is in force
/// (HND-30); WSAEINPROGRESS inside the listener's own condition function (ACC-51).
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_set_nonblocking(socket: vestibule_handle, nonblocking: c_int) -> c_int {
    boundary::status(|| sockets::set_nonblocking(socket, nonblocking != 0))
}

/// How much user data a socket can send; 0 where its entry carries none (UDA-27).
///
/// `connect_data`: receives the limit for caller and callee data, bytes. `disconnect_data`:
/// receives the limit for disconnect data and the data of a refusal, bytes. Either may be NULL.
///
/// Returns 0 or -1.
///
/// Errors: WSAENOTSOCK.
///
/// Thread-safe.
///
/// # Safety
/// The pointers are NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_user_data_limits(
    socket: vestibule_handle,
    connect_data: *mut size_t,
    disconnect_data: *mut size_t,
) -> c_int {
    // SAFETY: the program promises it.
    let connect_data = unsafe { Variable::new(connect_data) };
    // SAFETY: the program promises it.
    let disconnect_data = unsafe { Variable::new(disconnect_data) };
    boundary::status(|| {
        let limits = find(socket)?.user_data_limits();
        connect_data.set(limits.connect);
        disconnect_data.set(limits.disconnect);
        Ok(())
    })
}

/// A descriptor that polls readable while there is something to accept or receive, or the stream
/// has ended (HND-31). On plain TCP it is the kernel socket; otherwise it is made at the first
/// call. It belongs to the socket: do not read, write or close it.
///
/// Returns the descriptor or -1.
///
/// Errors: WSAENOTSOCK; WSAEMFILE.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_read_descriptor(socket: vestibule_handle) -> c_int {
    boundary::value(VESTIBULE_ERROR, || {
        Ok(find(socket)?.read_descriptor()?.as_raw_fd())
    })
}

/// A descriptor that tells when there is room to send or a connect attempt has ended (HND-31). On
/// plain TCP it is the kernel socket, to be polled for output; otherwise it is made at the first
/// call and is to be polled for input. It belongs to the socket: do not read, write or close it.
/// After a message that found no room it tells when there is room for that one.
///
/// Returns the descriptor or -1.
///
/// Errors: WSAENOTSOCK; WSAEMFILE.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_write_descriptor(socket: vestibule_handle) -> c_int {
    boundary::value(VESTIBULE_ERROR, || {
        Ok(find(socket)?.write_descriptor()?.as_raw_fd())
    })
}
