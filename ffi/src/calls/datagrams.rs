//! Data that says where it goes and where it came from.

use std::ffi::c_int;

use provider::{Address, Error, NetworkEvents, Numbering, Result, Socket, Wait};

use super::{
    data::{into_buffers, is_urgent, mark_partial, receive_flags, send, send_buffers},
    find,
    names::{Length, NameOut},
    sockets::address,
};
use crate::{
    memory::{Buffers, Bytes, Room},
    types::vestibule_handle,
};

/// Sends a datagram to an address. Without an address, and on a socket with connections, it is
/// [`send`].
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Fault`] for a NULL and for a short address, [`Error::AfNoSupport`] for
/// one of another family; [`Error::OpNotSupp`] for a flag that is not offered; otherwise as
/// [`Socket::send_to`].
pub(crate) fn send_to(
    socket: vestibule_handle,
    bytes: Bytes<'_>,
    flags: c_int,
    (to, numbering): (Bytes<'_>, Numbering),
) -> Result<usize> {
    let found = find(socket)?;
    if !is_addressed(&found, to) {
        return send(socket, bytes, flags);
    }
    let bytes = bytes.get()?;
    check_flags(flags)?;
    let to = address(to, &found, numbering)?;
    found.send_to(bytes, &to, &Wait::FOREVER)
}

/// The same with the data of several buffers.
///
/// # Errors
/// As [`send_to`], and for the buffers as [`send_buffers`].
pub(crate) fn send_buffers_to(
    socket: vestibule_handle,
    buffers: Buffers<'_>,
    flags: c_int,
    (to, numbering): (Bytes<'_>, Numbering),
) -> Result<usize> {
    let found = find(socket)?;
    if !is_addressed(&found, to) {
        return send_buffers(socket, buffers, flags);
    }
    buffers.with_data(|data| {
        check_flags(flags)?;
        let to = address(to, &found, numbering)?;
        found.send_vectored_to(data, &to, &Wait::FOREVER)
    })
}

/// Whether the address of a send counts.
fn is_addressed(socket: &Socket, to: Bytes<'_>) -> bool {
    socket.entry().is_connectionless() && !to.is_null()
}

/// No datagram is urgent.
fn check_flags(flags: c_int) -> Result<()> {
    if is_urgent(flags)? {
        return Err(Error::OpNotSupp);
    }
    Ok(())
}

/// Receives a datagram and says who has sent it, if that is wanted. On a socket with connections
/// there is no sender, and the variables for it are left alone.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Fault`] for a NULL and for too little room for the address, before
/// anything is taken; [`Error::OpNotSupp`] for a flag that is not offered; otherwise as
/// [`Socket::receive_from`].
pub(crate) fn receive_from<L: Length>(
    socket: vestibule_handle,
    room: Room<'_>,
    flags: c_int,
    (from, numbering): (NameOut<'_, L>, Numbering),
) -> Result<usize> {
    let socket = find(socket)?;
    let wrong = |_: &Error| socket.arguments_were_wrong(NetworkEvents::READ);
    let room = room.into_slice().inspect_err(wrong)?; // EVT-13
    check_sender(&socket, from).inspect_err(wrong)?;
    let (bytes, sender) = socket.receive_from(room, receive_flags(flags)?, &Wait::FOREVER)?;
    tell(sender, from, numbering);
    Ok(bytes)
}

/// The same into several buffers; the flags are those of
/// [`receive_buffers`](super::data::receive_buffers).
///
/// # Errors
/// As [`receive_from`], and for the buffers as [`receive_buffers`](super::data::receive_buffers).
pub(crate) fn receive_buffers_from<L: Length>(
    socket: vestibule_handle,
    buffers: Buffers<'_>,
    flags: &mut c_int,
    (from, numbering): (NameOut<'_, L>, Numbering),
) -> Result<usize> {
    let socket = find(socket)?;
    let (received, sender) = into_buffers(&socket, buffers, |room| {
        check_sender(&socket, from)?;
        socket.receive_vectored_from(room, receive_flags(*flags)?, &Wait::FOREVER)
    })?;
    mark_partial(flags, received);
    tell(sender, from, numbering);
    Ok(received.bytes)
}

fn check_sender<L: Length>(socket: &Socket, from: NameOut<'_, L>) -> Result<()> {
    let entry = socket.entry();
    if entry.is_connectionless() && !from.room.is_null() {
        from.check(entry.family())?;
    }
    Ok(())
}

fn tell<L: Length>(sender: Option<Address>, from: NameOut<'_, L>, numbering: Numbering) {
    if let Some(sender) = sender {
        from.write(&(&sender).into(), numbering);
    }
}
