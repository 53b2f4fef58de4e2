//! What the calls do, whatever surface they are made through.
//!
//! Nothing here knows about the last error or about return values of C: every call returns a
//! `Result`, so that a surface that reports in another way is another set of wrappers.

pub(crate) mod accept;
pub(crate) mod catalogue;
pub(crate) mod condition;
pub(crate) mod connect;
pub(crate) mod control;
pub(crate) mod data;
pub(crate) mod datagrams;
pub(crate) mod events;
pub(crate) mod names;
pub(crate) mod options;
pub(crate) mod qos;
pub(crate) mod select;
pub(crate) mod sockets;

use std::time::Duration;

use provider::{
    Error, Numbering, Result, Socket, Wait,
    handles::{self, Found},
};

use crate::types::vestibule_handle;

/// The socket with this handle.
///
/// # Errors
/// [`Error::NotSock`] (HND-15, HND-16); [`Error::NotInitialised`] in a forked child.
pub(crate) fn find(socket: vestibule_handle) -> Result<Found> {
    handles::find(number(socket)?)
}

/// Gives a socket a handle, for the surface with these numbers.
///
/// # Errors
/// [`Error::MFile`].
fn register(socket: Socket, numbering: Numbering) -> Result<vestibule_handle> {
    handle(handles::register(socket, numbering)?)
}

fn handle(number: u64) -> Result<vestibule_handle> {
    vestibule_handle::try_from(number).map_err(|_| Error::MFile)
}

fn number(socket: vestibule_handle) -> Result<u64> {
    u64::try_from(socket).map_err(|_| Error::NotSock)
}

/// The wait that a time-out in milliseconds stands for; a negative one means without limit.
pub(crate) fn wait_for(milliseconds: i32) -> Wait<'static> {
    u64::try_from(milliseconds).map_or(Wait::FOREVER, |milliseconds| {
        Wait::at_most(Duration::from_millis(milliseconds))
    })
}

/// The value of a length variable, which C has as `int`; a negative one is as good as none.
pub(crate) fn length(length: i32) -> usize {
    usize::try_from(length).unwrap_or(0)
}

/// The length of a program's bytes, which C has as `int`; a negative one becomes one that no object
/// has, and that is `WSAEFAULT` (HND-32): as none, a receive would seem to find the end of the
/// stream.
pub(crate) fn length_of_bytes(length: i32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}
