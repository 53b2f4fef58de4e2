//! Sockets: making, naming, listening, closing.

use std::ffi::c_int;

use libc::{sockaddr, socklen_t};

use super::NUMBERING;
use crate::{
    boundary,
    calls::{
        names::{self, NameOut},
        sockets::{self, Wanted},
    },
    memory::{Bytes, Room, Variable},
    types::vestibule_handle,
};

/// Makes a socket: blocking, unbound, not connected (HND-17).
///
/// `family`: AF_INET, AF_INET6 or VESTIBULE_AF_IN_PROCESS. `type`: SOCK_STREAM, or SOCK_SEQPACKET for
/// messages on VESTIBULE_AF_IN_PROCESS, or SOCK_DGRAM for datagrams on the other two. `protocol`: 0, or
/// on the other two IPPROTO_TCP and IPPROTO_UDP.
///
/// A message-oriented socket keeps the boundaries of what is sent: see vestibule_send and
/// vestibule_recv. It connects to a listener of its own type; another one refuses. A socket for
/// datagrams is the kernel's; see vestibule_sendto and vestibule_recvfrom.
///
/// Returns the socket, to be closed with vestibule_closesocket, or VESTIBULE_INVALID_SOCKET.
///
/// Errors: WSAEAFNOSUPPORT, WSAESOCKTNOSUPPORT, WSAEPROTONOSUPPORT, WSAEPROTOTYPE (HND-19);
/// WSAEMFILE if no handle is free, WSAENOBUFS if there is no memory.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_socket(
    family: c_int,
    r#type: c_int,
    protocol: c_int,
) -> vestibule_handle {
    let wanted = Wanted {
        family,
        kind: r#type,
        protocol,
        group: 0,
    };
    boundary::socket(|| sockets::create(wanted, NUMBERING))
}

/// Binds a socket to a local address. Port 0 asks for a free port, which vestibule_getsockname
/// then tells (LSN-13).
///
/// `name`: a sockaddr of the socket's family, `namelen` bytes long.
///
/// Returns 0 or -1.
///
/// Errors, in this order: WSAENOTSOCK; WSAEFAULT for NULL or a short address, WSAEAFNOSUPPORT for
/// another family (LSN-11); WSAEINVAL if it is bound already, WSAEADDRINUSE, WSAEADDRNOTAVAIL
/// (LSN-12), WSAEACCES for a port that the process may not use.
///
/// Thread-safe.
///
/// # Safety
/// `name` is NULL or points to `namelen` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_bind(
    socket: vestibule_handle,
    name: *const sockaddr,
    namelen: socklen_t,
) -> c_int {
    // SAFETY: the program promises it.
    let name = unsafe { Bytes::new(name.cast(), namelen as usize) };
    boundary::status(|| sockets::bind(socket, name, NUMBERING))
}

/// Makes a bound socket listen, or gives a listening one a new backlog (LSN-01, LSN-25).
///
/// `backlog`: how many undecided requests may wait. 0 means 1, a number above the ceiling means the
/// ceiling, a negative number is a hint (LSN-05, LSN-18 to LSN-20).
///
/// Returns 0 or -1.
///
/// Errors: WSAENOTSOCK; WSAEOPNOTSUPP for SOCK_DGRAM (LSN-17); WSAEINVAL if it is unbound (LSN-15),
/// WSAEISCONN if it is connected
/// (LSN-16), WSAEINPROGRESS inside its own condition function (ACC-51), WSAEADDRINUSE.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_listen(socket: vestibule_handle, backlog: c_int) -> c_int {
    boundary::status(|| sockets::listen(socket, backlog))
}

/// The local address of a socket.
///
/// `name`: receives the sockaddr. `namelen`: on entry the room at `name`, on return the size of the
/// address; both stay as they are if the call fails.
///
/// Returns 0 or -1.
///
/// Errors, in this order (HND-37): WSAENOTSOCK; WSAEINVAL if it was never bound (LSN-10); WSAEFAULT
/// for NULL or too little room.
///
/// Thread-safe.
///
/// # Safety
/// The pointers are NULL or valid, `name` for `*namelen` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_getsockname(
    socket: vestibule_handle,
    name: *mut sockaddr,
    namelen: *mut socklen_t,
) -> c_int {
    // SAFETY: the program promises it.
    let name = unsafe { name_out(name, namelen) };
    boundary::status(|| names::local(socket, name, NUMBERING))
}

/// The address of a socket's peer; on the connecting side the destination from the connect call on
/// (CON-31).
///
/// `name`, `namelen`: as for vestibule_getsockname.
///
/// Returns 0 or -1.
///
/// Errors, in this order (HND-37): WSAENOTSOCK; WSAENOTCONN; WSAEFAULT for NULL or too little room.
///
/// Thread-safe.
///
/// # Safety
/// The pointers are NULL or valid, `name` for `*namelen` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_getpeername(
    socket: vestibule_handle,
    name: *mut sockaddr,
    namelen: *mut socklen_t,
) -> c_int {
    // SAFETY: the program promises it.
    let name = unsafe { name_out(name, namelen) };
    boundary::status(|| names::peer(socket, name, NUMBERING))
}

/// Ends the receiving direction, the sending direction or both; neither waits nor closes (DIS-46).
///
/// `how`: VESTIBULE_SHUT_RECEIVE, VESTIBULE_SHUT_SEND or VESTIBULE_SHUT_BOTH.
///
/// Returns 0 or -1.
///
/// Errors: WSAENOTSOCK; WSAEINVAL for another `how`, WSAENOTCONN (DIS-45); WSAEINPROGRESS inside
/// the listener's own condition function (ACC-51).
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_shutdown(socket: vestibule_handle, how: c_int) -> c_int {
    boundary::status(|| sockets::shutdown(socket, how))
}

/// Closes a socket. Calls of other threads that wait in it end with WSAEINTR (ACC-56, ACC-57);
/// requests in its backlog are refused (LSN-28); its own undecided request is withdrawn (LSN-31).
/// With VESTIBULE_SO_LINGER and a time it waits until what was sent is out, no longer than that.
///
/// Returns 0 or -1. A socket that was closed is WSAENOTSOCK from then on, until its number is given
/// out again (HND-15).
///
/// Errors: WSAENOTSOCK; WSAEINPROGRESS inside the listener's own condition function (ACC-51) and
/// WSAEWOULDBLOCK if it is non-blocking and would have to linger (DIS-42), and then it stays open.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_closesocket(socket: vestibule_handle) -> c_int {
    boundary::status(|| sockets::close(socket))
}

/// Where the program wants an address.
///
/// # Safety
/// The pointers are NULL or valid, `name` for `*namelen` bytes.
pub(super) unsafe fn name_out<'a>(
    name: *mut sockaddr,
    namelen: *mut socklen_t,
) -> NameOut<'a, socklen_t> {
    // SAFETY: that is the promise.
    let length = unsafe { Variable::new(namelen) };
    let room = length.required().unwrap_or(0) as usize;
    // SAFETY: that is the promise.
    let room = unsafe { Room::new(name.cast(), room) };
    NameOut { room, length }
}
