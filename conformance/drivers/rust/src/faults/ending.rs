//! Faults in how a connection ends.

use provider::{Error, Linger, Receive, Result, Shutdown, Socket, Wait};

use super::Fault;
use crate::process::Process;

/// Sends.
pub(crate) fn send(process: &Process, socket: &Socket, data: &[u8]) -> Result<usize> {
    match socket.send(data, &Wait::FOREVER) {
        Err(Error::Shutdown) if process.has(Fault::SendAfterEnd) => Ok(data.len()),
        sent => sent,
    }
}

/// Receives.
pub(crate) fn receive(
    process: &Process,
    socket: &Socket,
    buffer: &mut [u8],
    flags: Receive,
) -> Result<usize> {
    match socket.receive(buffer, flags, &Wait::FOREVER) {
        Err(Error::Shutdown) if process.has(Fault::ReceiveAfterEnd) => Ok(0),
        Err(Error::Discon) if process.has(Fault::EmptyForDisconnected) => Ok(0),
        Err(Error::MsgSize) if process.has(Fault::EmptyForTooLong) => Ok(0),
        received => received,
    }
}

/// Ends a direction.
pub(crate) fn shutdown(process: &Process, socket: &Socket, how: Shutdown) -> Result<()> {
    if process.has(Fault::ShutdownBothWays) {
        return socket.shutdown(Shutdown::Both);
    }
    socket.shutdown(how)?;
    if process.has(Fault::ShutdownCloses) {
        socket.close()?;
    }
    Ok(())
}

/// Ends the sending direction, with disconnect data if there is any.
pub(crate) fn send_disconnect(
    process: &Process,
    socket: &Socket,
    data: Option<Vec<u8>>,
) -> Result<()> {
    let most = match () {
        () if process.has(Fault::CutDisconnectData) => 8,
        () if process.has(Fault::CutToLimit) => socket.user_data_limits().disconnect,
        () => usize::MAX,
    };
    let data = data.map(|mut data| {
        data.truncate(most);
        data
    });
    match socket.send_disconnect(data.as_deref()) {
        Err(Error::Shutdown) if process.has(Fault::EndSendingTwice) => Ok(()),
        sent => sent,
    }
}

/// Takes the disconnect data.
pub(crate) fn receive_disconnect(
    process: &Process,
    socket: &Socket,
    buffer: &mut [u8],
) -> Result<usize> {
    let received = socket.receive_disconnect(Some(buffer));
    match received {
        Ok(_) if process.has(Fault::LoseDisconnectData) => Ok(0),
        Err(Error::Fault) if process.has(Fault::EatDisconnectData) => {
            socket.close()?;
            Err(Error::Fault)
        }
        received => received,
    }
}

/// Closes.
pub(crate) fn close(process: &Process, socket: &Socket) -> Result<()> {
    if process.has(Fault::ResetForClose) {
        socket.set_linger(Linger {
            on: true,
            seconds: 0,
        })?;
    }
    if process.has(Fault::CloseForReset) {
        socket.set_linger(Linger::default())?;
    }
    socket.close()
}
