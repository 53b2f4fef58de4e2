//! Connecting.

use std::ffi::c_int;

use libc::{sockaddr, socklen_t};
use provider::Wait;

use super::NUMBERING;
use crate::{
    boundary,
    calls::{
        connect::{self, Arguments},
        wait_for,
    },
    memory::{Bytes, Input, Receiver},
    types::{vestibule_buffer, vestibule_handle, vestibule_qos},
};

/// Connects. A blocking socket waits for the server's decision where the entry has one, and for
/// the kernel on plain TCP (CON-02). With datagrams it settles where they go and whose are received, can
/// be repeated, and ignores the user data (CON-28); an address that is all zero takes it back.
///
/// `name`: the destination, `namelen` bytes long. `caller_data`: shown to the server's condition
/// function; NULL or a length of 0 means none (CON-22, UDA-11). `callee_data`: on entry the room
/// for what the server answers, on return the number of bytes received, 0 after every failure but
/// WSAENOTSOCK (CON-24, CON-32); longer answers are cut (UDA-13); NULL means that the answer is not
/// wanted (CON-23). `sqos`: the quality of service asked for, NULL for none (QOS-03). `gqos`: NULL.
/// The call keeps none of the pointers, also when it ends with WSAEWOULDBLOCK: then
/// vestibule_callee_data gives the answer later.
///
/// Returns 0 or -1.
///
/// Errors: WSAENOTSOCK; WSAEFAULT for a NULL or short address, WSAEAFNOSUPPORT for another family
/// (CON-13); WSAEFAULT for caller data that is NULL or beyond the limit (CON-26),
/// WSAEPROTONOSUPPORT for caller data where the entry carries none (CON-27); WSAEINVAL for `gqos`
/// (GRP-05) and on a listener (LSN-29); WSAEOPNOTSUPP for a flow specification that cannot be
/// carried (CON-29, QOS-10) and for provider-specific parameters, of which there are none;
/// WSAEADDRNOTAVAIL for an address that is all zero or port 0 (CON-12); WSAEWOULDBLOCK if the
/// socket is non-blocking and the attempt goes on (CON-05); WSAEALREADY while it does (CON-06);
/// WSAEISCONN (CON-07); WSAECONNREFUSED after a rejection or if nothing of the socket's type listens
/// (CON-08, CON-09), data that came with a rejection can be read with vestibule_recv_disconnect
/// (ACC-44);
/// WSAETIMEDOUT (CON-10); WSAENETUNREACH, WSAEHOSTUNREACH (CON-14); WSAEINTR if another thread has
/// closed the socket.
///
/// Thread-safe.
///
/// # Safety
/// The pointers are NULL or valid, `name` for `namelen` bytes and the data of the buffers for their
/// lengths.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_connect(
    socket: vestibule_handle,
    name: *const sockaddr,
    namelen: socklen_t,
    caller_data: *const vestibule_buffer,
    callee_data: *mut vestibule_buffer,
    sqos: *const vestibule_qos,
    gqos: *const vestibule_qos,
) -> c_int {
    // SAFETY: the program promises it.
    let name = unsafe { Bytes::new(name.cast(), namelen as usize) };
    // SAFETY: the program promises it.
    let arguments = unsafe { arguments(name, caller_data, callee_data, sqos, gqos) };
    boundary::status(|| connect::connect(socket, &arguments, NUMBERING, &Wait::FOREVER))
}

/// Connects like vestibule_connect, but waits no longer than a given time; then the request is
/// withdrawn (CON-10).
///
/// `timeout`: milliseconds; a negative number means without limit.
///
/// Errors: WSAETIMEDOUT also after that time.
///
/// Thread-safe.
///
/// # Safety
/// As for vestibule_connect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_connect_timeout(
    socket: vestibule_handle,
    name: *const sockaddr,
    namelen: socklen_t,
    caller_data: *const vestibule_buffer,
    callee_data: *mut vestibule_buffer,
    sqos: *const vestibule_qos,
    gqos: *const vestibule_qos,
    timeout: c_int,
) -> c_int {
    // SAFETY: the program promises it.
    let name = unsafe { Bytes::new(name.cast(), namelen as usize) };
    // SAFETY: the program promises it.
    let arguments = unsafe { arguments(name, caller_data, callee_data, sqos, gqos) };
    boundary::status(|| connect::connect(socket, &arguments, NUMBERING, &wait_for(timeout)))
}

/// Waits until the attempt of a non-blocking connect has ended, whatever the mode of the socket.
///
/// `timeout`: milliseconds; a negative number means without limit.
///
/// Returns 0 if the attempt has succeeded, -1 otherwise.
///
/// Errors: WSAENOTSOCK; the error of the attempt; WSAENOTCONN if there was none; WSAETIMEDOUT, and
/// the attempt goes on; WSAEINTR if another thread has closed the socket.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_finish_connect(socket: vestibule_handle, timeout: c_int) -> c_int {
    boundary::status(|| connect::finish(socket, &wait_for(timeout)))
}

/// The callee data that came with the acceptance of this socket's request; it stays readable as
/// long as the socket exists.
///
/// `callee_data`: on entry the room, on return the number of bytes; longer data is cut (UDA-13).
/// The length is 0 before the decision, after a failure, and if the server has sent nothing.
///
/// Returns 0 or -1.
///
/// Errors: WSAENOTSOCK; WSAEFAULT for NULL.
///
/// Thread-safe.
///
/// # Safety
/// `callee_data` is NULL or valid, its data for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_callee_data(
    socket: vestibule_handle,
    callee_data: *mut vestibule_buffer,
) -> c_int {
    // SAFETY: the program promises it.
    let callee_data = unsafe { Receiver::new(callee_data) };
    boundary::status(|| connect::callee_data(socket, callee_data))
}

/// The arguments of a connect call.
///
/// # Safety
/// The pointers are NULL or valid, and the data of the buffers for their lengths.
pub(crate) unsafe fn arguments(
    name: Bytes<'_>,
    caller_data: *const vestibule_buffer,
    callee_data: *mut vestibule_buffer,
    sqos: *const vestibule_qos,
    gqos: *const vestibule_qos,
) -> Arguments<'_> {
    // SAFETY: that is the promise.
    let caller_data = unsafe { Input::new(caller_data) };
    // SAFETY: that is the promise.
    let callee_data = unsafe { Receiver::new(callee_data) };
    // SAFETY: that is the promise.
    let sqos = unsafe { Input::new(sqos) };
    // SAFETY: that is the promise.
    let gqos = unsafe { Input::new(gqos) };
    Arguments {
        name,
        caller_data,
        callee_data,
        kept: None,
        sqos,
        gqos,
    }
}
