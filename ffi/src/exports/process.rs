//! What concerns the process and not a socket.

use std::ffi::{c_char, c_int};

use provider::{Error, Setting};

use crate::{boundary, memory::Variable};

/// The version of the library, such as "0.1.0".
///
/// Returns a string that belongs to the library and is valid for ever.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Changes a setting of the process, for sockets that are made from then on.
///
/// For programs that cannot be changed each setting has an environment variable with the name of its
/// constant, as in VESTIBULE_CONNECT_TIMEOUT=5000: a decimal number. All of them are read once,
/// before the first use of any setting; this function overrides them. A value that is no number or
/// out of range is ignored, and a process with more privilege than its user (set-user-ID, file
/// capabilities) ignores them all.
///
/// `setting`: VESTIBULE_CONNECT_TIMEOUT and the numbers after it. `value`: in the range that is
/// stated there.
///
/// Returns 0 or -1.
///
/// Errors: WSAEINVAL for another setting or a value out of range.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_configure(setting: u32, value: u32) -> c_int {
    boundary::status(|| Setting::from_raw(setting).ok_or(Error::Inval)?.set(value))
}

/// Reads a setting of the process.
///
/// `value`: receives it.
///
/// Returns 0 or -1.
///
/// Errors: WSAEINVAL for another setting; WSAEFAULT for NULL.
///
/// Thread-safe.
///
/// # Safety
/// `value` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_setting(setting: u32, value: *mut u32) -> c_int {
    // SAFETY: the program promises it.
    let value = unsafe { Variable::new(value) };
    boundary::status(|| value.give(Setting::from_raw(setting).ok_or(Error::Inval)?.get()))
}
