//! Connecting.

use provider::{CalleeReceiver, ConnectData, Error, Numbering, Result, Socket, Wait};

use super::{find, qos, sockets::address};
use crate::{
    memory::{Bytes, Input, Kept, Receiver, data},
    types::{vestibule_buffer, vestibule_handle, vestibule_qos},
};

/// The arguments of a connect call.
#[derive(Clone, Copy)]
pub(crate) struct Arguments<'a> {
    pub(crate) name: Bytes<'a>,
    pub(crate) caller_data: Input<'a, vestibule_buffer>,
    pub(crate) callee_data: Receiver<'a>,
    /// The same, if the program has left it to the call until the attempt has ended.
    pub(crate) kept: Option<Kept>,
    pub(crate) sqos: Input<'a, vestibule_qos>,
    pub(crate) gqos: Input<'a, vestibule_qos>,
}

/// Connects. The length of the callee data is the number of bytes received, 0 after every failure
/// (CON-24, CON-32). If a non-blocking attempt goes on, a receiver that is kept is filled when it
/// succeeds, before its success can be seen (CON-25).
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Fault`] for an address or data that is NULL or too short, and
/// [`Error::AfNoSupport`] for another family (CON-13); [`Error::Inval`] for a group's quality of
/// service (GRP-05); [`Error::OpNotSupp`] for provider-specific parameters; otherwise as
/// [`Socket::connect`].
pub(crate) fn connect(
    socket: vestibule_handle,
    arguments: &Arguments<'_>,
    numbering: Numbering,
    wait: &Wait<'_>,
) -> Result<()> {
    let socket = find(socket)?;
    let room = arguments.callee_data.room();
    arguments.callee_data.set_length(0); // CON-32
    let address = address(arguments.name, &socket, numbering)?;
    let caller_data = data(arguments.caller_data)?;
    let room = room?;
    if arguments.gqos.get().is_some() {
        return Err(Error::Inval); // GRP-05
    }
    let qos = arguments.sqos.get().map(qos::asked).transpose()?;
    let outgoing = ConnectData {
        caller_data: caller_data.unwrap_or_default(), // CON-22 UDA-11
        qos: qos.as_ref(),
    };
    let receiver = |kept: Kept| move || -> CalleeReceiver { Box::new(move |data| kept.fill(data)) };
    let receiver = arguments.kept.map(receiver);
    let receiver = receiver
        .as_ref()
        .map(|make| make as &dyn Fn() -> CalleeReceiver);
    socket.connect_receiving(&address, outgoing, receiver, wait)?;
    hand_out(&socket, arguments.callee_data, room);
    Ok(())
}

/// Copies the callee data of a connection to the program, cut to its room (UDA-13).
fn hand_out(socket: &Socket, receiver: Receiver<'_>, room: Option<&mut [u8]>) {
    if let Some(room) = room {
        receiver.set_length(socket.callee_data(room)); // CON-23 CON-24
    }
}

/// Waits until the attempt of a non-blocking connect has ended.
///
/// # Errors
/// [`Error::NotSock`]; otherwise as [`Socket::finish_connect`].
pub(crate) fn finish(socket: vestibule_handle, wait: &Wait<'_>) -> Result<()> {
    find(socket)?.finish_connect(wait)
}

/// The callee data that came with the acceptance; none before, and after a failure.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Fault`] for a NULL.
pub(crate) fn callee_data(socket: vestibule_handle, receiver: Receiver<'_>) -> Result<()> {
    let socket = find(socket)?;
    let room = receiver.room()?.ok_or(Error::Fault)?;
    hand_out(&socket, receiver, Some(room));
    Ok(())
}
