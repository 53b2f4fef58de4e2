//! Making, binding, listening, shutting down, closing.

use std::{ffi::c_int, os::fd::OwnedFd};

use provider::{
    Address, AdoptError, Entry, Error, Family, Numbering, Result, Shutdown, Socket, handles,
};

use super::{find, handle, number, register};
use crate::{memory::Bytes, types::vestibule_handle};

/// The arguments of a socket call.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) family: c_int,
    pub(crate) kind: c_int,
    pub(crate) protocol: c_int,
    pub(crate) group: u32,
}

/// Makes a socket.
///
/// # Errors
/// [`Error::AfNoSupport`], [`Error::SocktNoSupport`], [`Error::ProtoNoSupport`],
/// [`Error::Prototype`] (HND-19); [`Error::Inval`] for a group (GRP-03); [`Error::MFile`],
/// [`Error::NoBufs`].
pub(crate) fn create(wanted: Wanted, numbering: Numbering) -> Result<vestibule_handle> {
    let entry = entry(wanted, numbering)?;
    if wanted.group != 0 {
        return Err(Error::Inval); // GRP-03
    }
    register(Socket::new(entry)?, numbering)
}

/// Takes over a kernel socket.
///
/// # Errors
/// As [`handles::adopt`], with the descriptor.
pub(crate) fn adopt(
    descriptor: OwnedFd,
    numbering: Numbering,
) -> Result<vestibule_handle, AdoptError> {
    let adopted = handles::adopt(descriptor, numbering)?;
    Ok(handle(adopted).expect("a descriptor fits in a handle"))
}

/// Gives a kernel socket back to the program.
///
/// # Errors
/// As [`handles::detach`].
pub(crate) fn detach(socket: vestibule_handle) -> Result<OwnedFd> {
    handles::detach(number(socket)?)
}

/// The entry that is meant.
///
/// # Errors
/// [`Error::AfNoSupport`]; otherwise as [`Entry::find`] (HND-19).
pub(super) fn entry(wanted: Wanted, numbering: Numbering) -> Result<Entry> {
    let family = u16::try_from(wanted.family)
        .ok()
        .and_then(|number| Family::from_number(number, numbering))
        .ok_or(Error::AfNoSupport)?; // HND-19
    Entry::find(family, wanted.kind, wanted.protocol)
}

/// Binds a socket to a local address.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Fault`] for NULL or a short address (LSN-11); otherwise as
/// [`Socket::bind`].
pub(crate) fn bind(socket: vestibule_handle, name: Bytes<'_>, numbering: Numbering) -> Result<()> {
    let socket = find(socket)?;
    let address = address(name, &socket, numbering)?;
    socket.bind(&address)
}

/// The address that a program names, which has to be of the socket's family.
///
/// # Errors
/// [`Error::Fault`] for NULL or a short address, [`Error::AfNoSupport`] for another family (LSN-11,
/// CON-13).
pub(super) fn address(name: Bytes<'_>, socket: &Socket, numbering: Numbering) -> Result<Address> {
    Address::from_sockaddr(name.required()?, socket.entry().family(), numbering)
}

/// Makes a socket listen.
///
/// # Errors
/// [`Error::NotSock`]; otherwise as [`Socket::listen`].
pub(crate) fn listen(socket: vestibule_handle, backlog: c_int) -> Result<()> {
    find(socket)?.listen(backlog)
}

/// Ends one direction or both.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Inval`] for another direction (DIS-45); otherwise as
/// [`Socket::shutdown`].
pub(crate) fn shutdown(socket: vestibule_handle, how: c_int) -> Result<()> {
    let socket = find(socket)?;
    let how = match how {
        0 => Shutdown::Receive,
        1 => Shutdown::Send,
        2 => Shutdown::Both,
        _ => return Err(Error::Inval), // DIS-45
    };
    socket.shutdown(how)
}

/// Makes a socket non-blocking, or blocking again (HND-29).
///
/// # Errors
/// [`Error::NotSock`]; otherwise as [`Socket::set_nonblocking`].
pub(crate) fn set_nonblocking(socket: vestibule_handle, nonblocking: bool) -> Result<()> {
    find(socket)?.set_nonblocking(nonblocking)
}

/// Closes a socket.
///
/// # Errors
/// [`Error::NotSock`]; otherwise as [`Socket::close`].
pub(crate) fn close(socket: vestibule_handle) -> Result<()> {
    handles::close(number(socket)?)
}
