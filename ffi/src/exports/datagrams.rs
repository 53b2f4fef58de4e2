//! Datagrams.

use std::ffi::{c_int, c_void};

use libc::{size_t, sockaddr, socklen_t, ssize_t};

use super::NUMBERING;
use crate::{
    boundary,
    calls::{datagrams, names::NameOut},
    memory::{Bytes, Room, Variable},
    types::vestibule_handle,
};

/// Sends a datagram (SOCK_DGRAM) to an address, and binds the socket if it was not bound. It is sent
/// whole or not at all, and may be lost.
///
/// `buf`, `len`: the bytes, perhaps none. `flags`: 0 or VESTIBULE_MSG_DONTROUTE. `to`, `tolen`: a
/// sockaddr of the socket's family; NULL is the address of vestibule_connect. On a socket with
/// connections the address is ignored, and the call is vestibule_send.
///
/// Returns `len` or -1.
///
/// Errors: WSAENOTSOCK; WSAEFAULT for NULL or a short address; WSAEOPNOTSUPP for another flag;
/// WSAEAFNOSUPPORT for another family; WSAEADDRNOTAVAIL for an address that is all zero or port 0
/// (CON-12); WSAENOTCONN without an address; WSAEMSGSIZE for more than VESTIBULE_SO_MAX_MSG_SIZE
/// (ERR-18); WSAEACCES for a broadcast without VESTIBULE_SO_BROADCAST; WSAECONNRESET if nobody had an
/// earlier datagram, and this one was not sent; WSAENETUNREACH, WSAEHOSTUNREACH; WSAESHUTDOWN
/// (DIS-16); WSAEWOULDBLOCK; WSAETIMEDOUT after VESTIBULE_SO_SNDTIMEO; WSAEINTR if another thread has
/// closed the socket.
///
/// Thread-safe. Never raises SIGPIPE.
///
/// # Safety
/// `buf` is NULL or points to `len` bytes, `to` is NULL or points to `tolen` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_sendto(
    socket: vestibule_handle,
    buf: *const c_void,
    len: size_t,
    flags: c_int,
    to: *const sockaddr,
    tolen: socklen_t,
) -> ssize_t {
    // SAFETY: the program promises it.
    let bytes = unsafe { Bytes::new(buf, len) };
    // SAFETY: the program promises it.
    let to = unsafe { Bytes::new(to.cast(), tolen as usize) };
    boundary::count(|| datagrams::send_to(socket, bytes, flags, (to, NUMBERING)))
}

/// Receives a datagram (SOCK_DGRAM) and says who has sent it. What does not fit is lost, unless it was
/// to be left in place.
///
/// `buf`, `len`: the room. `flags`: 0 or VESTIBULE_MSG_PEEK. `from`: receives the sockaddr of the
/// sender; NULL if it is not wanted. `fromlen`: on entry the room at `from`, on return the size of the
/// address. On a socket with connections both are left alone, and the call is vestibule_recv.
///
/// Returns the number of bytes received or -1; 0 is a datagram of no bytes.
///
/// Errors: WSAENOTSOCK; WSAEFAULT for NULL or too little room for the address; WSAEOPNOTSUPP for
/// another flag; WSAEINVAL if the socket was never bound; WSAEMSGSIZE for a datagram longer than `len`:
/// `buf` has its beginning (ERR-18); WSAECONNRESET if nobody had an earlier datagram of this socket;
/// WSAESHUTDOWN (DIS-25); WSAEWOULDBLOCK; WSAETIMEDOUT after VESTIBULE_SO_RCVTIMEO; WSAEINTR if another
/// thread has closed the socket.
///
/// Thread-safe.
///
/// # Safety
/// The pointers are NULL or valid, `buf` for `len` bytes and `from` for `*fromlen`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_recvfrom(
    socket: vestibule_handle,
    buf: *mut c_void,
    len: size_t,
    flags: c_int,
    from: *mut sockaddr,
    fromlen: *mut socklen_t,
) -> ssize_t {
    // SAFETY: the program promises it.
    let room = unsafe { Room::new(buf, len) };
    // SAFETY: the program promises it.
    let length = unsafe { Variable::new(fromlen) };
    let name_room = length.required().unwrap_or(0) as usize;
    // SAFETY: the program promises it.
    let name_room = unsafe { Room::new(from.cast(), name_room) };
    let from = NameOut {
        room: name_room,
        length,
    };
    boundary::count(|| datagrams::receive_from(socket, room, flags, (from, NUMBERING)))
}
