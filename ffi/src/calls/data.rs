//! Sending, receiving and saying goodbye.

use std::ffi::c_int;

use provider::{Error, NetworkEvents, Receive, Result, Wait};

use super::find;
use crate::{
    memory::{Bytes, Input, Receiver, Room, data},
    types::{
        VESTIBULE_MSG_DONTROUTE, VESTIBULE_MSG_PARTIAL, VESTIBULE_MSG_PEEK, VESTIBULE_MSG_WAITALL,
        vestibule_buffer, vestibule_handle,
    },
};

/// Sends data.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Fault`] for NULL; [`Error::OpNotSupp`] for a flag that is not
/// offered; otherwise as [`provider::Socket::send`].
pub(crate) fn send(socket: vestibule_handle, bytes: Bytes<'_>, flags: c_int) -> Result<usize> {
    let socket = find(socket)?;
    let bytes = bytes.get()?;
    if flags & !VESTIBULE_MSG_DONTROUTE != 0 {
        return Err(Error::OpNotSupp);
    }
    socket.send(bytes, &Wait::FOREVER)
}

/// Receives data.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Fault`] for NULL; [`Error::OpNotSupp`] for a flag that is not
/// offered; otherwise as [`provider::Socket::receive`].
pub(crate) fn receive(socket: vestibule_handle, room: Room<'_>, flags: c_int) -> Result<usize> {
    let socket = find(socket)?;
    let wrong = |_: &Error| socket.arguments_were_wrong(NetworkEvents::READ);
    let room = room.into_slice().inspect_err(wrong)?; // EVT-13
    if flags & !(VESTIBULE_MSG_PEEK | VESTIBULE_MSG_WAITALL | VESTIBULE_MSG_PARTIAL) != 0 {
        return Err(Error::OpNotSupp);
    }
    let flags = Receive {
        peek: flags & VESTIBULE_MSG_PEEK != 0,
        all: flags & VESTIBULE_MSG_WAITALL != 0,
        partial: flags & VESTIBULE_MSG_PARTIAL != 0,
    };
    socket.receive(room, flags, &Wait::FOREVER)
}

/// Ends the sending direction, with disconnect data where the entry carries it.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Fault`] for a length without data (DIS-23); otherwise as
/// [`provider::Socket::send_disconnect`].
pub(crate) fn send_disconnect(
    socket: vestibule_handle,
    outgoing: Input<'_, vestibule_buffer>,
) -> Result<()> {
    find(socket)?.send_disconnect(data(outgoing)?)
}

/// Ends the receiving direction and hands over the disconnect data of the peer (DIS-28).
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Fault`] for a length without room; otherwise as
/// [`provider::Socket::receive_disconnect`].
pub(crate) fn receive_disconnect(socket: vestibule_handle, incoming: Receiver<'_>) -> Result<()> {
    let length = find(socket)?.receive_disconnect(incoming.room()?)?;
    incoming.set_length(length); // DIS-28
    Ok(())
}
