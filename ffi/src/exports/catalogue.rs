//! The catalogue.

use std::ffi::c_int;

use super::NUMBERING;
use crate::{
    boundary,
    calls::{catalogue, sockets::Wanted},
    memory::Variable,
};

/// What an entry of the catalogue can do. What it cannot do fails with an error that says so; nothing
/// is faked.
///
/// `family`, `type`, `protocol`: as for vestibule_socket. `capabilities`: receives VESTIBULE_CAP_
/// bits; more may be defined later.
///
/// Returns 0 or -1.
///
/// Errors: WSAEAFNOSUPPORT, WSAESOCKTNOSUPPORT, WSAEPROTONOSUPPORT, WSAEPROTOTYPE where
/// vestibule_socket has them (HND-19); WSAEFAULT for NULL.
///
/// Thread-safe.
///
/// # Safety
/// `capabilities` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_capabilities(
    family: c_int,
    r#type: c_int,
    protocol: c_int,
    capabilities: *mut u32,
) -> c_int {
    // SAFETY: the program promises it.
    let bits = unsafe { Variable::new(capabilities) };
    let wanted = Wanted {
        family,
        kind: r#type,
        protocol,
        group: 0,
    };
    boundary::status(|| catalogue::capabilities(wanted, NUMBERING, bits))
}
