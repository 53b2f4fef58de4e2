//! Accepting.

use std::ffi::c_int;

use libc::{sockaddr, socklen_t};
use provider::{Wait, handles};

use super::{NUMBERING, sockets::name_out};
use crate::{
    boundary,
    calls::{accept, condition::Condition, wait_for},
    memory::Variable,
    types::{vestibule_condition, vestibule_credentials, vestibule_handle},
};

/// Accepts the connection request at the head of the backlog, if the condition function says so.
///
/// `addr`, `addrlen`: where the caller's address goes, also when the request is rejected or
/// deferred (ACC-49, ACC-50). With either NULL nothing is written (ACC-46). `condition`: the
/// condition function, called at most once, on this thread, before the call returns (ACC-25,
/// ACC-26); NULL accepts whatever comes, a deferred request too (ACC-27). `callback_data`: passed
/// to the condition function unchanged (ACC-29). The call keeps none of the pointers.
///
/// A blocking socket waits for a request, a deferred one is shown at once (ACC-03, ACC-66). The
/// accepted socket has the listener's options and mode (SKT-01, SKT-06).
///
/// Returns the accepted socket, to be closed with vestibule_closesocket, or
/// VESTIBULE_INVALID_SOCKET.
///
/// | error           | what it means                                    | the request        |
/// |-----------------|--------------------------------------------------|--------------------|
/// | WSAECONNREFUSED | rejected (ACC-18)                                | refused, gone      |
/// | WSATRY_AGAIN    | deferred (ACC-19)                                | stays at the head  |
/// | WSAEINVAL       | no such answer, or a group (ACC-20, GRP-04)      | stays, undecided   |
/// | WSAEFAULT       | callee data beyond the capacity (ACC-39)         | stays, undecided   |
/// | WSAEOPNOTSUPP   | the flow specification left behind is impossible | stays, undecided   |
/// | WSAEACCES       | the caller has withdrawn it (ACC-22)             | gone               |
/// | WSAECONNRESET   | the caller has reset it (ACC-23)                 | gone               |
/// | WSAEMFILE       | no handle is free (ACC-24)                       | stays, not shown   |
/// | WSAEWOULDBLOCK  | non-blocking, nothing to take (ACC-15, ACC-55)   | -                  |
/// | WSAEFAULT       | `*addrlen` is too short (ACC-47, ACC-48)         | stays, not shown   |
/// | WSAEINVAL       | the socket does not listen (ACC-16)              | -                  |
/// | WSAEOPNOTSUPP   | it is for datagrams (ACC-17)                     | -                  |
/// | WSAEINPROGRESS  | inside its own condition function (ACC-51)       | -                  |
/// | WSAEINTR        | closed by another thread (ACC-57, ACC-58)        | refused            |
/// | WSAENOTSOCK     | not a socket; found before anything else         | -                  |
///
/// The last error is that of this call, whatever the condition function has called (HND-28).
///
/// Thread-safe: several threads may accept on one listener; each request is shown to one of them at
/// a time (ACC-55).
///
/// # Safety
/// The pointers are NULL or valid, `addr` for `*addrlen` bytes; `condition` is as the type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_accept(
    socket: vestibule_handle,
    addr: *mut sockaddr,
    addrlen: *mut socklen_t,
    condition: vestibule_condition,
    callback_data: usize,
) -> vestibule_handle {
    // SAFETY: the program promises it.
    let name = unsafe { name_out(addr, addrlen) };
    // SAFETY: the program promises it.
    let condition = unsafe { Condition::new(condition, callback_data, NUMBERING) };
    boundary::socket(|| accept::accept(socket, name, condition, NUMBERING, &Wait::FOREVER))
}

/// Accepts like vestibule_accept, but waits for a request no longer than a given time.
///
/// `timeout`: milliseconds; a negative number means without limit. It does not bound the condition
/// function.
///
/// Errors: also WSAETIMEDOUT, and nothing was taken.
///
/// Thread-safe.
///
/// # Safety
/// As for vestibule_accept.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_accept_timeout(
    socket: vestibule_handle,
    addr: *mut sockaddr,
    addrlen: *mut socklen_t,
    condition: vestibule_condition,
    callback_data: usize,
    timeout: c_int,
) -> vestibule_handle {
    // SAFETY: the program promises it.
    let name = unsafe { name_out(addr, addrlen) };
    // SAFETY: the program promises it.
    let condition = unsafe { Condition::new(condition, callback_data, NUMBERING) };
    boundary::socket(|| accept::accept(socket, name, condition, NUMBERING, &wait_for(timeout)))
}

/// Who the caller is that the running condition function is being asked about, as of its connect
/// call (ACC-73).
///
/// `credentials`: receives the answer.
///
/// Returns 0 or -1.
///
/// Errors: WSAEINVAL outside condition functions; WSAEOPNOTSUPP where the entry does not know, as
/// on plain TCP; WSAEFAULT for NULL.
///
/// Thread-safe; it speaks of the condition function that runs on the calling thread.
///
/// # Safety
/// `credentials` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_caller_credentials(
    credentials: *mut vestibule_credentials,
) -> c_int {
    // SAFETY: the program promises it.
    let credentials = unsafe { Variable::new(credentials) };
    boundary::status(|| {
        let caller = handles::caller_credentials()?;
        credentials.give(vestibule_credentials {
            uid: caller.uid,
            gid: caller.gid,
            pid: caller.pid,
        })
    })
}
