//! Data of message-oriented sockets: a send is one message, a receive takes one or a part of one.

use super::{
    InProcess,
    descriptors::Direction,
    inbox::End,
    network::{Network, SocketId},
};
use crate::{
    Error, Result,
    provider::options::DEFAULT_BUFFER,
    rules::messages,
    transport::{Mode, Receive, Received},
};

/// `XP1_PSEUDO_STREAM` is clear: the entry never runs messages together by itself.
const PSEUDO_STREAM: bool = false;

impl InProcess {
    /// Sends one message, all of it or nothing.
    pub(super) fn send_message(&self, message: &[u8], mode: Mode<'_>) -> Result<usize> {
        self.wait(Direction::Write, mode, |network, id| {
            network.send_message(id, message)
        })
    }

    /// Receives one message, or a part of one.
    pub(super) fn receive_message(
        &self,
        buffer: &mut [u8],
        flags: Receive,
        mode: Mode<'_>,
    ) -> Result<Received> {
        self.wait(Direction::Read, mode, |network, id| {
            network.receive_message(id, buffer, flags)
        })
    }
}

impl Network {
    fn send_message(&mut self, id: SocketId, message: &[u8]) -> Option<Result<usize>> {
        let sent = self.receiver(id).and_then(|peer| {
            let inbox = self.inbox(peer)?;
            let fits = inbox.has_room_for(message.len())?;
            if fits {
                inbox.push(message);
                self.tell_of_data(peer);
                self.wake_all(Some(peer), Direction::Read);
            }
            self.socket(id)?.unsent = if fits { 0 } else { message.len() };
            Ok(fits)
        });
        // A program that polls is told when this message fits, not when some other would.
        if let Some(socket) = self.look_at(id) {
            self.show_readiness(socket, Direction::Write);
        }
        match sent {
            Ok(true) => Some(Ok(message.len())),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }

    fn receive_message(
        &mut self,
        id: SocketId,
        buffer: &mut [u8],
        flags: Receive,
    ) -> Option<Result<Received>> {
        let socket = self.socket(id).ok()?;
        if let Err(error) = socket.connection.check_receive() {
            return Some(Err(error)); // shut down by another thread
        }
        let oriented = socket.inbox.is_message_oriented();
        let whole = messages::receives_whole(oriented, PSEUDO_STREAM, flags.partial); // DIS-35
        let Some(length) = socket.inbox.first() else {
            return match socket.inbox.end {
                Some(End::Reset) => Some(Err(Error::ConnReset)), // DIS-36
                Some(End::Aborted) => Some(Err(Error::ConnAborted)), // DIS-37
                Some(End::Graceful) if whole => Some(Err(Error::Discon)), // DIS-34
                Some(End::Graceful) => Some(Ok(Received::default())), // DIS-35
                None => None,
            };
        };
        let count = length.min(buffer.len());
        socket.inbox.copy_to(&mut buffer[..count]);
        if whole && count < length {
            return Some(Err(Error::MsgSize)); // ERR-18: the message stays
        }
        if flags.peek {
            self.enable_reading(id); // EVT-12
        } else {
            self.remove(id, count);
        }
        Some(Ok(Received {
            bytes: count,
            partial: count < length,
        }))
    }

    /// The longest message that the peer can take, or that a peer could with its default buffer.
    pub(super) fn max_message_size(&mut self, id: SocketId) -> Result<u32> {
        let peer = self.socket(id)?.peer;
        let limit = peer
            .and_then(|peer| self.look_at(peer))
            .map_or(DEFAULT_BUFFER as usize, |peer| peer.inbox.limit);
        Ok(u32::try_from(limit).unwrap_or(u32::MAX))
    }
}
