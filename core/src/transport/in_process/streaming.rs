//! Data, and the end of a connection.

use super::{
    InProcess,
    descriptors::Direction,
    inbox::{End, Inbox},
    network::{Network, Socket, SocketId},
};
use crate::{
    Error, Result,
    rules::{
        connection::{Shutdown, State},
        events::{Indication, NetworkEvents},
        user_data::{self, UserData, UserDataKind},
    },
    transport::{Mode, Receive},
};

impl InProcess {
    /// Sends; a blocking socket sends everything.
    pub(super) fn send_all(&self, data: &[u8], mode: Mode<'_>) -> Result<usize> {
        if self.message_oriented {
            return self.send_message(data, mode);
        }
        if data.is_empty() {
            self.with(|network, id| network.socket(id)?.connection.check_send())?;
        }
        let mut sent = 0;
        while sent < data.len() {
            let step = self.wait(Direction::Write, mode, |network, id| {
                network.send(id, &data[sent..])
            });
            match step {
                Ok(count) => sent += count,
                Err(_) if sent > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(sent)
    }

    pub(super) fn receive_some(
        &self,
        buffer: &mut [u8],
        flags: Receive,
        mode: Mode<'_>,
    ) -> Result<usize> {
        if self.message_oriented {
            let received = self.receive_message(buffer, flags, mode)?;
            return Ok(received.bytes);
        }
        let all = flags.all && !flags.peek && mode.blocking;
        let mut received = 0;
        loop {
            let rest = &mut buffer[received..];
            let step = self.wait(Direction::Read, mode, |network, id| {
                network.receive(id, rest, flags)
            });
            match step {
                Ok(count) => received += count,
                Err(_) if received > 0 => return Ok(received),
                Err(error) => return Err(error),
            }
            if !all || received == buffer.len() || step == Ok(0) {
                return Ok(received);
            }
        }
    }
}

impl Network {
    /// Moves as much as there is room for; nothing if there is none.
    fn send(&mut self, id: SocketId, data: &[u8]) -> Option<Result<usize>> {
        let peer = match self.receiver(id) {
            Ok(peer) => peer,
            Err(error) => return Some(Err(error)),
        };
        let inbox = self.inbox(peer).ok()?;
        let count = inbox.room().min(data.len());
        if count == 0 {
            return None;
        }
        inbox.push(&data[..count]);
        self.tell_of_data(peer);
        self.wake_all(Some(peer), Direction::Read);
        self.wake_all(Some(id), Direction::Write);
        Some(Ok(count))
    }

    /// The inbox of a receiver; the first time it gets a buffer that another one has left.
    pub(super) fn inbox(&mut self, receiver: SocketId) -> Result<&mut Inbox> {
        if self.socket(receiver)?.inbox.bytes.capacity() == 0 {
            let buffer = self.spare.buffer();
            self.socket(receiver)?.inbox.bytes = buffer;
        }
        Ok(&mut self.socket(receiver)?.inbox)
    }

    /// The peer that what is sent goes to.
    pub(super) fn receiver(&mut self, id: SocketId) -> Result<SocketId> {
        let socket = self.socket(id)?;
        socket.connection.check_send()?; // shut down by another thread
        match socket.inbox.end {
            Some(End::Reset) => return Err(Error::ConnReset), // DIS-36
            Some(End::Aborted) => return Err(Error::ConnAborted), // DIS-37
            Some(End::Graceful) | None => {}
        }
        let peer = socket.peer.ok_or(Error::ConnReset)?;
        if self.socket(peer)?.connection.receive_ended {
            self.abort(peer, id); // DIS-32: data that nobody will read
            return Err(Error::ConnReset);
        }
        Ok(peer)
    }

    fn receive(
        &mut self,
        id: SocketId,
        buffer: &mut [u8],
        flags: Receive,
    ) -> Option<Result<usize>> {
        let socket = self.socket(id).ok()?;
        if let Err(error) = socket.connection.check_receive() {
            return Some(Err(error)); // shut down by another thread
        }
        let count = socket.inbox.bytes.len().min(buffer.len());
        if count == 0 {
            return match socket.inbox.end {
                _ if buffer.is_empty() => Some(Ok(0)),
                Some(End::Reset) => Some(Err(Error::ConnReset)), // DIS-36
                Some(End::Aborted) => Some(Err(Error::ConnAborted)), // DIS-37
                Some(End::Graceful) => Some(Ok(0)),              // DIS-33
                None => None,
            };
        }
        socket.inbox.copy_to(&mut buffer[..count]);
        if flags.peek {
            self.enable_reading(id); // EVT-12
        } else {
            self.remove(id, count);
        }
        Some(Ok(count))
    }

    /// Removes what was received.
    pub(super) fn remove(&mut self, id: SocketId, count: usize) {
        let Ok(socket) = self.socket(id) else {
            return;
        };
        socket.inbox.remove(count);
        let (peer, left) = (socket.peer, !socket.inbox.is_empty());
        self.tell(Some(id), |record| record.used(NetworkEvents::READ, left)); // EVT-14 EVT-18
        self.tell_of_room(peer);
        self.wake_all(peer, Direction::Write);
        self.wake_all(Some(id), Direction::Read);
    }

    pub(super) fn send_disconnect(&mut self, id: SocketId, data: &[u8]) -> Result<()> {
        self.socket(id)?.connection.check_send()?; // DIS-22 DIS-24
        self.end_sending(id, data)
    }

    /// Ends the sending direction; the peer reads what was sent before and then the end (DIS-01).
    pub(super) fn end_sending(&mut self, id: SocketId, data: &[u8]) -> Result<()> {
        let socket = self.socket(id)?;
        socket.connection = socket.connection.shut_down(Shutdown::Send);
        let peer = socket.peer;
        let data = UserData::from_slice(socket.outgoing(data, UserDataKind::Disconnect));
        if let Some(peer) = peer.and_then(|peer| self.socket(peer).ok()) {
            peer.inbox.end_gracefully(&data);
        }
        self.tell_of_end(peer);
        self.wake_all(peer, Direction::Read);
        self.wake_all(Some(id), Direction::Write);
        Ok(())
    }

    /// Ends the receiving direction. Unread data resets the connection, unless the peer has ended
    /// its own direction (DIS-32).
    pub(super) fn end_receiving(&mut self, id: SocketId) -> Result<()> {
        let socket = self.socket(id)?;
        socket.connection = socket.connection.shut_down(Shutdown::Receive);
        let unread = !socket.inbox.is_empty();
        socket.inbox.clear();
        if let (true, None, Some(peer)) = (unread, socket.inbox.end, socket.peer) {
            self.tell(Some(id), |record| {
                record.ended_here(); // DIS-48
                Indication::NOTHING
            });
            self.abort(id, peer);
        }
        self.tell(Some(id), |record| {
            record.vanished(NetworkEvents::READ);
            Indication::NOTHING
        });
        self.wake_all(Some(id), Direction::Read);
        Ok(())
    }

    /// One side resets the connection, and the other learns of it.
    fn abort(&mut self, side: SocketId, peer: SocketId) {
        for (id, end) in [(side, End::Aborted), (peer, End::Reset)] {
            if let Ok(socket) = self.socket(id) {
                socket.inbox.end = Some(end);
                socket.inbox.clear();
            }
            self.tell_of_end(Some(id));
            self.wake_all(Some(id), Direction::Read);
            self.wake_all(Some(id), Direction::Write);
        }
    }

    /// Hands the disconnect data over, and ends the receiving direction of a connection.
    pub(super) fn receive_disconnect(
        &mut self,
        id: SocketId,
        buffer: Option<&mut [u8]>,
    ) -> Result<usize> {
        let socket = self.socket(id)?;
        let refused =
            socket.connection.state == State::Unconnected && socket.inbox.disconnect_data.is_some(); // ACC-44 DIS-30
        if !refused {
            socket.connection.check_connected()?; // DIS-30
        }
        let data = socket.inbox.disconnect_data.as_deref().unwrap_or_default();
        let count = match buffer {
            None => 0, // DIS-59: the data stays
            Some(buffer) if buffer.len() < data.len() => return Err(Error::Fault), // DIS-27
            Some(buffer) => {
                buffer[..data.len()].copy_from_slice(data); // DIS-03
                data.len() // DIS-28
            }
        };
        if !refused {
            self.end_receiving(id)?; // DIS-25
        }
        Ok(count)
    }

    pub(super) fn callee_data(&self, id: SocketId, buffer: &mut [u8]) -> usize {
        let is_answered = |socket: &&Socket| {
            socket.connection.state == State::Connected && !socket.is_accepted // CON-32
        };
        let Some(socket) = self.look_at(id).filter(is_answered) else {
            return 0;
        };
        let data = user_data::fitting(&socket.connect_data, buffer.len()); // UDA-13
        buffer[..data.len()].copy_from_slice(data);
        data.len()
    }
}
