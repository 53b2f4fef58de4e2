//! The functions behind the Winsock headers (`include/vestibule/winsock2.h`).
//!
//! They take Windows' address families, and fail before [`startup`] (HND-01). The headers give them
//! their Winsock names and document them; nothing of a libc name is exported.

pub mod catalogue;
pub mod connections;
pub mod control;
pub mod datagrams;
pub mod events;
pub mod names;
pub mod select;
pub mod sockets;
pub mod startup;

use std::ffi::c_int;

use provider::{Numbering, Result};

use crate::{boundary, types::vestibule_handle};

/// The numbers of this surface's socket addresses.
const NUMBERING: Numbering = Numbering::Winsock;

/// Runs a call that succeeds or not, if the library has been started.
fn status(call: impl FnOnce() -> Result<()>) -> c_int {
    boundary::status(|| startup::check().and_then(|()| call()))
}

/// Runs a call whose result is a socket, if the library has been started.
fn socket(call: impl FnOnce() -> Result<vestibule_handle>) -> vestibule_handle {
    boundary::socket(|| {
        startup::check()?;
        startup::still_started(call()?)
    })
}

/// Runs a call whose result is a number of bytes, if the library has been started.
fn count(call: impl FnOnce() -> Result<usize>) -> c_int {
    let call = || startup::check().and_then(|()| call());
    c_int::try_from(boundary::count(call)).unwrap_or(c_int::MAX)
}
