//! `select`.

use std::ffi::{c_int, c_void};

use libc::timeval;

use super::count;
use crate::{
    calls::select::{self, Set},
    memory::Input,
};

/// `select`. `_nfds` is ignored, as on Windows.
///
/// # Safety
/// The sets are NULL, or have as many sockets as they say; `timeout` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_select(
    _nfds: c_int,
    read: *mut c_void,
    write: *mut c_void,
    except: *mut c_void,
    timeout: *const timeval,
) -> c_int {
    let sets = [read, write, except].map(|set| {
        // SAFETY: the program promises it.
        unsafe { Set::new(set.cast()) }
    });
    // SAFETY: the program promises it.
    let timeout = unsafe { Input::new(timeout) };
    count(|| select::select(sets, timeout))
}
