//! The catalogue.

use std::ffi::{c_int, c_void};

use super::{NUMBERING, count};
use crate::{
    calls::catalogue::{self, Text},
    memory::{List, Room, Variable},
};

/// `WSAEnumProtocolsA`.
///
/// # Safety
/// `protocols` is NULL or ends with 0; the others are NULL or valid, `buffer` for `*length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_enum_protocols_a(
    protocols: *const c_int,
    buffer: *mut c_void,
    length: *mut u32,
) -> c_int {
    // SAFETY: the program promises it.
    unsafe { enumerate(protocols, buffer, length, Text::Narrow) }
}

/// `WSAEnumProtocolsW`.
///
/// # Safety
/// `protocols` is NULL or ends with 0; the others are NULL or valid, `buffer` for `*length` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_enum_protocols_w(
    protocols: *const c_int,
    buffer: *mut c_void,
    length: *mut u32,
) -> c_int {
    // SAFETY: the program promises it.
    unsafe { enumerate(protocols, buffer, length, Text::Wide) }
}

/// # Safety
/// `protocols` is NULL or ends with 0; the others are NULL or valid, `buffer` for `*length` bytes.
unsafe fn enumerate(
    protocols: *const c_int,
    buffer: *mut c_void,
    length: *mut u32,
    text: Text,
) -> c_int {
    // SAFETY: that is the promise.
    let filter = unsafe { List::new(protocols) };
    // SAFETY: that is the promise.
    let length = unsafe { Variable::new(length) };
    let room = length.required().unwrap_or(0) as usize;
    // SAFETY: that is the promise.
    let room = unsafe { Room::new(buffer, room) };
    count(|| catalogue::enumerate(filter, room, length, text, NUMBERING))
}
