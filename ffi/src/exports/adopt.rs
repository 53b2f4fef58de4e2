//! Kernel sockets that come from elsewhere, or go there.

use std::{
    ffi::c_int,
    os::fd::{FromRawFd, IntoRawFd, OwnedFd},
};

use provider::Error;

use super::NUMBERING;
use crate::{
    boundary,
    calls::sockets,
    types::{VESTIBULE_ERROR, vestibule_handle},
};

/// Takes over a kernel socket that the program has from elsewhere: TCP, listening or connected.
/// Socket activation hands one over, and a forked child takes its parent's listener along like this.
///
/// `descriptor`: belongs to the library from then on, after a failure still to the program. The
/// socket keeps its mode and its options, and a listener its backlog; the linger setting becomes the
/// library's. Change nothing of it behind the library's back.
///
/// Returns the socket, whose number is the descriptor's, to be closed with vestibule_closesocket or
/// given back by vestibule_detach, or VESTIBULE_INVALID_SOCKET.
///
/// Errors: WSAENOTSOCK if it is no open socket; WSAEAFNOSUPPORT, WSAESOCKTNOSUPPORT,
/// WSAEPROTONOSUPPORT for another kind than TCP; WSAENOTCONN if it neither listens nor is connected;
/// WSAEINVAL if it is the library's already; WSAEMFILE for a number beyond 4 194 303.
///
/// Thread-safe.
///
/// # Safety
/// Nobody else closes the descriptor from then on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_adopt(descriptor: c_int) -> vestibule_handle {
    boundary::socket(|| {
        if descriptor < 0 {
            return Err(Error::NotSock);
        }
        // SAFETY: the program gives it away; if it is not open every call on it fails.
        let owned = unsafe { OwnedFd::from_raw_fd(descriptor) };
        sockets::adopt(owned, NUMBERING).map_err(|refused| {
            // It stays the program's.
            let _ = refused.descriptor.into_raw_fd();
            refused.error
        })
    })
}

/// Gives a kernel socket back to the program: open, with its mode, options and linger setting. The
/// library knows it no longer.
///
/// Returns the descriptor, which has the socket's number and is the program's to close, or -1, and
/// then the socket stays the library's.
///
/// Errors: WSAENOTSOCK; WSAEOPNOTSUPP if it is no kernel socket; WSAEINVAL for a listener that holds
/// a deferred request; WSAEINPROGRESS while a call on it is under way in any thread.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_detach(socket: vestibule_handle) -> c_int {
    boundary::value(VESTIBULE_ERROR, || {
        sockets::detach(socket).map(OwnedFd::into_raw_fd)
    })
}
