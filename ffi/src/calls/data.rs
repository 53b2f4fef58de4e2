//! Sending, receiving and saying goodbye.

use std::{ffi::c_int, io::IoSliceMut};

use provider::{Error, NetworkEvents, Receive, Received, Result, Socket, Wait};

use super::find;
use crate::{
    memory::{Buffers, Bytes, Input, Receiver, Room, data},
    types::{
        VESTIBULE_MSG_DONTROUTE, VESTIBULE_MSG_OOB, VESTIBULE_MSG_PARTIAL, VESTIBULE_MSG_PEEK,
        VESTIBULE_MSG_WAITALL, vestibule_buffer, vestibule_handle,
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
    if is_urgent(flags)? {
        socket.send_urgent(bytes, &Wait::FOREVER)
    } else {
        socket.send(bytes, &Wait::FOREVER)
    }
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
    socket.receive(room, receive_flags(flags)?, &Wait::FOREVER)
}

/// Whether the last byte of what is sent with these flags is urgent.
pub(super) fn is_urgent(flags: c_int) -> Result<bool> {
    if flags & !(VESTIBULE_MSG_DONTROUTE | VESTIBULE_MSG_OOB) != 0 {
        return Err(Error::OpNotSupp);
    }
    Ok(flags & VESTIBULE_MSG_OOB != 0)
}

/// Sends the data of several buffers.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Fault`], [`Error::Inval`] and [`Error::MsgSize`] for the buffers;
/// [`Error::OpNotSupp`] for a flag that is not offered; otherwise as
/// [`provider::Socket::send_vectored`].
pub(crate) fn send_buffers(
    socket: vestibule_handle,
    buffers: Buffers<'_>,
    flags: c_int,
) -> Result<usize> {
    let socket = find(socket)?;
    buffers.with_data(|data| {
        if is_urgent(flags)? {
            let data: Vec<u8> = data.iter().flat_map(|part| part.iter().copied()).collect();
            return socket.send_urgent(&data, &Wait::FOREVER);
        }
        socket.send_vectored(data, &Wait::FOREVER)
    })
}

/// Receives into several buffers; in the flags it sets or clears `VESTIBULE_MSG_PARTIAL`, which says
/// whether the message goes on.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Fault`], [`Error::Inval`] and [`Error::MsgSize`] for the buffers;
/// [`Error::OpNotSupp`] for a flag that is not offered; otherwise as
/// [`provider::Socket::receive_vectored`].
pub(crate) fn receive_buffers(
    socket: vestibule_handle,
    buffers: Buffers<'_>,
    flags: &mut c_int,
) -> Result<usize> {
    let socket = find(socket)?;
    let received = into_buffers(&socket, buffers, |room| {
        socket.receive_vectored(room, receive_flags(*flags)?, &Wait::FOREVER)
    })?;
    mark_partial(flags, received);
    Ok(received.bytes)
}

/// Makes a receive call with the room of the buffers. If they are wrong there is none, and the socket
/// is told (EVT-13).
pub(super) fn into_buffers<R>(
    socket: &Socket,
    buffers: Buffers<'_>,
    receive: impl FnOnce(&mut [IoSliceMut<'_>]) -> Result<R>,
) -> Result<R> {
    let mut was_made = false;
    let received = buffers.with_room(|room| {
        was_made = true;
        receive(room)
    });
    if !was_made {
        socket.arguments_were_wrong(NetworkEvents::READ); // EVT-13
    }
    received
}

/// Says in the flags whether the message goes on.
pub(super) fn mark_partial(flags: &mut c_int, received: Received) {
    *flags &= !VESTIBULE_MSG_PARTIAL;
    if received.partial {
        *flags |= VESTIBULE_MSG_PARTIAL;
    }
}

pub(super) fn receive_flags(flags: c_int) -> Result<Receive> {
    const OFFERED: c_int =
        VESTIBULE_MSG_OOB | VESTIBULE_MSG_PEEK | VESTIBULE_MSG_WAITALL | VESTIBULE_MSG_PARTIAL;
    if flags & !OFFERED != 0 {
        return Err(Error::OpNotSupp);
    }
    let is_set = |flag| flags & flag != 0;
    Ok(Receive {
        peek: is_set(VESTIBULE_MSG_PEEK),
        all: is_set(VESTIBULE_MSG_WAITALL),
        partial: is_set(VESTIBULE_MSG_PARTIAL),
        urgent: is_set(VESTIBULE_MSG_OOB),
    })
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
