//! Sending, receiving and saying goodbye.

use std::ffi::{c_int, c_void};

use libc::{size_t, ssize_t};

use crate::{
    boundary,
    calls::{data, find},
    memory::{Buffers, Bytes, Input, Receiver, Room, Variable},
    types::{VESTIBULE_ERROR, vestibule_buffer, vestibule_handle},
};

/// Sends data. A blocking socket sends all of it, a non-blocking one as much as there is room for.
/// On a message-oriented socket the data is one message, which may have no bytes, and is sent whole
/// or not at all.
///
/// `buf`, `len`: the bytes. `flags`: 0, or a combination of VESTIBULE_MSG_DONTROUTE and, on TCP,
/// VESTIBULE_MSG_OOB: the last byte is urgent then, and what stands before it is ordinary data. TCP
/// keeps one urgent byte; one that the peer has not taken when the next arrives becomes an ordinary
/// byte.
///
/// Returns the number of bytes taken, less than `len` only if the call ended early, or -1.
///
/// Errors: WSAENOTSOCK; WSAEFAULT for NULL; WSAEOPNOTSUPP for another flag; WSAENOTCONN (LSN-34,
/// CON-35); WSAESHUTDOWN (DIS-16); WSAECONNRESET; WSAECONNABORTED if receiving was ended with data
/// unread (DIS-32), or after a failure on this side, such as a peer that no longer answers (DIS-37),
/// and WSAENETRESET if it was keep-alive that has found it; WSAEMSGSIZE for a message longer than
/// VESTIBULE_SO_MAX_MSG_SIZE (ERR-18); WSAEWOULDBLOCK; WSAETIMEDOUT after VESTIBULE_SO_SNDTIMEO;
/// WSAEINTR if another thread has closed the socket.
///
/// Thread-safe. Never raises SIGPIPE.
///
/// # Safety
/// `buf` is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_send(
    socket: vestibule_handle,
    buf: *const c_void,
    len: size_t,
    flags: c_int,
) -> ssize_t {
    // SAFETY: the program promises it.
    let bytes = unsafe { Bytes::new(buf, len) };
    boundary::count(|| data::send(socket, bytes, flags))
}

/// Receives data: bytes of a stream, or one message of a message-oriented socket. With
/// VESTIBULE_MSG_PARTIAL it takes of the first message what fits, and the rest is the first message
/// then (DIS-35).
///
/// `buf`, `len`: the room. `flags`: 0, or a combination of VESTIBULE_MSG_PEEK and, on a stream,
/// VESTIBULE_MSG_WAITALL or, on a message-oriented socket, VESTIBULE_MSG_PARTIAL. On TCP
/// VESTIBULE_MSG_OOB, alone or with VESTIBULE_MSG_PEEK, takes the urgent byte instead of the stream;
/// it waits only for one that was announced and has not arrived.
///
/// Returns the number of bytes received, 0 at the end of the stream (DIS-33), or -1. On a
/// message-oriented socket 0 is a message of no bytes, and with VESTIBULE_MSG_PARTIAL perhaps the end.
///
/// Errors: WSAENOTSOCK; WSAEFAULT for NULL; WSAEOPNOTSUPP for another flag; WSAEINVAL for
/// VESTIBULE_MSG_OOB if no urgent byte waits or VESTIBULE_SO_OOBINLINE has left it in the stream;
/// WSAENOTCONN (LSN-34, CON-35); WSAESHUTDOWN (DIS-25); WSAECONNRESET (DIS-36); WSAECONNABORTED (DIS-37) and
/// WSAENETRESET as vestibule_send says; WSAEDISCON at the graceful end of a message-oriented
/// connection, again each time (DIS-34); WSAEMSGSIZE if the message is longer than `len`: `buf` has
/// its beginning, and the whole message stays (ERR-18); WSAEWOULDBLOCK; WSAETIMEDOUT after
/// VESTIBULE_SO_RCVTIMEO; WSAEINTR if another thread has closed the socket.
///
/// Thread-safe.
///
/// # Safety
/// `buf` is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_recv(
    socket: vestibule_handle,
    buf: *mut c_void,
    len: size_t,
    flags: c_int,
) -> ssize_t {
    // SAFETY: the program promises it.
    let room = unsafe { Room::new(buf, len) };
    boundary::count(|| data::receive(socket, room, flags))
}

/// Sends the data of several buffers, in their order: one message on a message-oriented socket, one
/// system call on TCP as far as there is room. Otherwise as vestibule_send.
///
/// `buffers`, `count`: the buffers, 1 to 1024, any of which may be empty. `flags`: as for
/// vestibule_send.
///
/// Returns the number of bytes taken or -1.
///
/// Errors: those of vestibule_send; WSAEFAULT for NULL and for a buffer that has a length and no data;
/// WSAEINVAL for a count of 0 or above 1024; WSAEMSGSIZE for more than 4294967295 bytes together;
/// WSAENOBUFS if there is no memory to put a message together.
///
/// Thread-safe. Never raises SIGPIPE.
///
/// # Safety
/// `buffers` is NULL or points to `count` structures, each with as many bytes as it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_sendv(
    socket: vestibule_handle,
    buffers: *const vestibule_buffer,
    count: u32,
    flags: c_int,
) -> ssize_t {
    // SAFETY: the program promises it.
    let buffers = unsafe { Buffers::new(buffers, count) };
    boundary::count(|| data::send_buffers(socket, buffers, flags))
}

/// Receives into several buffers, which are filled one after the other: one message, or what one
/// system call gets. Otherwise as vestibule_recv.
///
/// `buffers`, `count`: the room, 1 to 1024 buffers that do not overlap. `flags`: on entry as for
/// vestibule_recv; on return VESTIBULE_MSG_PARTIAL is set if the message goes on, and cleared if this was
/// all of it; NULL is 0.
///
/// Returns the number of bytes received, 0 at the end of the stream (DIS-33), or -1.
///
/// Errors: those of vestibule_recv; WSAEFAULT for NULL and for a buffer that has a length and no room;
/// WSAEINVAL for a count of 0 or above 1024; WSAEMSGSIZE for more than 4294967295 bytes together;
/// WSAENOBUFS if there is no memory.
///
/// Thread-safe.
///
/// # Safety
/// `buffers` is NULL or points to `count` structures, each with as many bytes as it says, no byte of
/// which it has twice; `flags` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_recvv(
    socket: vestibule_handle,
    buffers: *const vestibule_buffer,
    count: u32,
    flags: *mut c_int,
) -> ssize_t {
    // SAFETY: the program promises it.
    let buffers = unsafe { Buffers::new(buffers, count) };
    // SAFETY: the program promises it.
    let variable = unsafe { Variable::new(flags) };
    boundary::count(|| {
        let mut flags = variable.required().unwrap_or(0);
        let bytes = data::receive_buffers(socket, buffers, &mut flags)?;
        variable.set(flags);
        Ok(bytes)
    })
}

/// How many bytes one vestibule_recv would get now: on a stream what has arrived, up to the mark if an
/// urgent byte is ahead; on a message-oriented socket the length of the first message. 0 is nothing,
/// the end, or a message of no bytes.
///
/// Returns the number or -1.
///
/// Errors: WSAENOTSOCK; WSAEINVAL on a listener.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_bytes_readable(socket: vestibule_handle) -> ssize_t {
    boundary::count(|| find(socket)?.bytes_readable())
}

/// Whether no urgent byte lies ahead in the stream. 0 means that one has arrived and that ordinary data
/// stands before it, which the next vestibule_recv gets and nothing beyond the mark.
///
/// Returns 1, also where no urgent byte waits at all; 0; or -1.
///
/// Errors: WSAENOTSOCK; WSAEOPNOTSUPP where there is no urgent data; WSAEINVAL on a listener.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_at_mark(socket: vestibule_handle) -> c_int {
    boundary::value(VESTIBULE_ERROR, || {
        Ok(c_int::from(find(socket)?.is_at_mark()?))
    })
}

/// Ends the sending direction and begins the teardown of the connection, with disconnect data where
/// the entry carries it (DIS-01, DIS-02). It neither waits nor closes (DIS-17, DIS-18).
///
/// `data`: the disconnect data; NULL for none (DIS-20).
///
/// Returns 0 or -1.
///
/// Errors: WSAENOTSOCK; WSAEFAULT for data that is NULL or beyond the limit (DIS-23);
/// WSAENOPROTOOPT for data where the entry carries none (DIS-21); WSAENOTCONN (DIS-22);
/// WSAESHUTDOWN the second time (DIS-24).
///
/// Thread-safe.
///
/// # Safety
/// `data` is NULL or valid, its data for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_send_disconnect(
    socket: vestibule_handle,
    data: *const vestibule_buffer,
) -> c_int {
    // SAFETY: the program promises it.
    let data = unsafe { Input::new(data) };
    boundary::status(|| data::send_disconnect(socket, data))
}

/// Ends the receiving direction and hands over the disconnect data of the peer, or the data that
/// came with a refusal (DIS-03, DIS-25, ACC-44). Ordinary data that is unread, or comes later, resets
/// the connection, unless the peer has ended its own direction (DIS-32).
///
/// `data`: on entry the room, on return the number of bytes, 0 if there were none (DIS-28); NULL
/// keeps the data for a later call (DIS-59).
///
/// Returns 0 or -1.
///
/// Errors: WSAENOTSOCK; WSAEFAULT for a NULL room or one that is too small, and the data stays
/// (DIS-27); WSAENOPROTOOPT for a room where the entry carries no such data (DIS-29); WSAENOTCONN
/// (DIS-30).
///
/// Thread-safe.
///
/// # Safety
/// `data` is NULL or valid, its data for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_recv_disconnect(
    socket: vestibule_handle,
    data: *mut vestibule_buffer,
) -> c_int {
    // SAFETY: the program promises it.
    let data = unsafe { Receiver::new(data) };
    boundary::status(|| data::receive_disconnect(socket, data))
}
