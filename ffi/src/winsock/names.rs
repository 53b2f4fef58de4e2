//! Addresses that the library hands out.

use std::ffi::c_int;

use libc::sockaddr;

use super::{NUMBERING, status};
use crate::{
    calls::{
        length,
        names::{self, NameOut},
    },
    memory::{Room, Variable},
    types::vestibule_handle,
};

/// `getsockname`.
///
/// # Safety
/// The pointers are NULL or valid, `name` for `*namelen` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_getsockname(
    socket: vestibule_handle,
    name: *mut sockaddr,
    namelen: *mut c_int,
) -> c_int {
    // SAFETY: the program promises it.
    let name = unsafe { name_out(name, namelen) };
    status(|| names::local(socket, name, NUMBERING))
}

/// `getpeername`.
///
/// # Safety
/// The pointers are NULL or valid, `name` for `*namelen` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_getpeername(
    socket: vestibule_handle,
    name: *mut sockaddr,
    namelen: *mut c_int,
) -> c_int {
    // SAFETY: the program promises it.
    let name = unsafe { name_out(name, namelen) };
    status(|| names::peer(socket, name, NUMBERING))
}

/// Where the program wants an address.
///
/// # Safety
/// The pointers are NULL or valid, `name` for `*namelen` bytes.
pub(super) unsafe fn name_out<'a>(name: *mut sockaddr, namelen: *mut c_int) -> NameOut<'a, c_int> {
    // SAFETY: that is the promise.
    let variable = unsafe { Variable::new(namelen) };
    let room = length(variable.required().unwrap_or(0));
    // SAFETY: that is the promise.
    let room = unsafe { Room::new(name.cast(), room) };
    NameOut {
        room,
        length: variable,
    }
}
