//! Quality of service.

use std::ffi::c_int;

use crate::{
    boundary,
    calls::qos,
    memory::{Input, Variable},
    types::{vestibule_handle, vestibule_qos},
};

/// Sets the quality of service that the next connect asks for unless it says so itself (QOS-08), or
/// that of a connection. It is carried and negotiated, not enforced (QOS-18).
///
/// `qos`: the flow specifications from this side's point of view. What is asked for a direction that
/// was shut down is ignored (QOS-11).
///
/// Returns 0 or -1.
///
/// Errors: WSAENOTSOCK; WSAENOPROTOOPT where the entry has none (QOS-10); WSAEFAULT for NULL;
/// WSAEOPNOTSUPP for a flow specification that cannot be carried (QOS-09, QOS-15) and for
/// provider-specific parameters, of which there are none.
///
/// Thread-safe.
///
/// # Safety
/// `qos` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_set_qos(
    socket: vestibule_handle,
    qos: *const vestibule_qos,
) -> c_int {
    // SAFETY: the program promises it.
    let wanted = unsafe { Input::new(qos) };
    boundary::status(|| qos::set(socket, wanted))
}

/// Reads the quality of service in force; best effort if nothing else was agreed (QOS-06, QOS-07).
///
/// `qos`: receives the flow specifications from this side's point of view; its provider-specific
/// data is NULL and 0 (QOS-12).
///
/// Returns 0 or -1.
///
/// Errors: WSAENOTSOCK; WSAENOPROTOOPT where the entry has none (QOS-10); WSAEINVAL on a socket that
/// is neither bound nor connected (QOS-14); WSAEFAULT for NULL.
///
/// Thread-safe.
///
/// # Safety
/// `qos` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_negotiated_qos(
    socket: vestibule_handle,
    qos: *mut vestibule_qos,
) -> c_int {
    // SAFETY: the program promises it.
    let room = unsafe { Variable::new(qos) };
    boundary::status(|| qos::get(socket, room))
}
