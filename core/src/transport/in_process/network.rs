//! The sockets of the in-process entry and their addresses.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use slab::Slab;

pub(super) use super::descriptors::Wakes;
use super::{
    InProcess, descriptors::Direction, inbox::Inbox, listening::Pending, option_data::OptionData,
};
use crate::{
    Error, InProcessAddress, Qos, Result, Setting,
    provider::options::{Linger, SocketOption},
    rules::{
        backlog::{Backlog, Gone, RequestId},
        connection::{Connection, State},
        user_data::{UserData, UserDataKind},
    },
};

/// Names one socket for ever: a stale id never finds the socket that took its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SocketId {
    index: usize,
    serial: u64,
}

/// Ports from here on are given to clients that connect unbound, one after the other.
const FIRST_IMPLICIT_PORT: u32 = 1 << 31;
/// Ports for `bind` with port 0.
const FIRST_CHOSEN_PORT: u32 = 49152;

/// One socket.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) connection: Connection,
    pub(super) local: Option<InProcessAddress>,
    /// The address has an entry among the bound ports.
    explicitly_bound: bool,
    pub(super) remote: Option<InProcessAddress>,
    /// The requests of a listener.
    pub(super) backlog: Option<Backlog<Pending>>,
    /// Where this client's request waits.
    pub(super) request: Option<(SocketId, RequestId)>,
    /// When the attempt times out.
    pub(super) expires: Option<Instant>,
    /// Whether a call waits for the attempt's end and will tell its caller.
    pub(super) awaited: bool,
    /// How the last non-blocking attempt failed (HND-27).
    pub(super) failure: Option<Error>,
    /// The other end, while it exists.
    pub(super) peer: Option<SocketId>,
    pub(super) inbox: Inbox,
    /// How long the message was that found no room, until one is sent; 0 on a stream.
    pub(super) unsent: usize,
    pub(super) callee_data: UserData,
    pub(super) option_data: OptionData,
    pub(super) qos: Option<Qos>,
    pub(super) wakes: Arc<Wakes>,
}

impl Socket {
    pub(super) fn new(connection: Connection, message_oriented: bool) -> Self {
        Self {
            connection,
            local: None,
            explicitly_bound: false,
            remote: None,
            backlog: None,
            request: None,
            expires: None,
            awaited: false,
            failure: None,
            peer: None,
            inbox: Inbox::new(message_oriented),
            unsent: 0,
            callee_data: UserData::new(),
            option_data: OptionData::default(),
            qos: None,
            wakes: Arc::new(Wakes::default()),
        }
    }

    /// Whether an accept call would find a head, or the loss of one, without waiting.
    pub(super) fn has_head(&self) -> bool {
        self.backlog
            .as_ref()
            .is_some_and(|backlog| backlog.peek().is_some())
    }
}

/// Everything in-process, under one lock.
#[derive(Debug)]
pub(crate) struct Network {
    sockets: Slab<(u64, Socket)>,
    next_serial: u64,
    /// Bound ports, and the listener on each, if any.
    bound: BTreeMap<u32, Option<SocketId>>,
    next_implicit_port: u32,
    next_chosen_port: u32,
}

impl Network {
    pub(crate) const fn new() -> Self {
        Self {
            sockets: Slab::new(),
            next_serial: 0,
            bound: BTreeMap::new(),
            next_implicit_port: FIRST_IMPLICIT_PORT,
            next_chosen_port: FIRST_CHOSEN_PORT,
        }
    }

    /// Adds a socket.
    ///
    /// # Errors
    /// [`Error::MFile`] if there are as many as may exist (HND-19).
    pub(super) fn insert(&mut self, socket: Socket) -> Result<InProcess> {
        self.check_room()?;
        let wakes = Arc::clone(&socket.wakes);
        let serial = self.next_serial;
        self.next_serial += 1;
        let index = self.sockets.insert((serial, socket));
        Ok(InProcess {
            id: SocketId { index, serial },
            wakes,
        })
    }

    pub(super) fn check_room(&self) -> Result<()> {
        if self.sockets.len() >= Setting::MaxInProcessSockets.get() as usize {
            return Err(Error::MFile);
        }
        Ok(())
    }

    /// A socket that has not been closed.
    pub(super) fn socket(&mut self, id: SocketId) -> Result<&mut Socket> {
        match self.sockets.get_mut(id.index) {
            Some((serial, socket)) if *serial == id.serial => Ok(socket),
            _ => Err(Error::NotSock),
        }
    }

    /// The same, to look at only.
    pub(super) fn look_at(&self, id: SocketId) -> Option<&Socket> {
        let (serial, socket) = self.sockets.get(id.index)?;
        (*serial == id.serial).then_some(socket)
    }

    pub(super) fn bind(&mut self, id: SocketId, wanted: InProcessAddress) -> Result<()> {
        self.socket(id)?.connection.check_bind()?;
        if wanted.node > InProcessAddress::LOCAL {
            return Err(Error::AddrNotAvail); // LSN-12
        }
        if wanted.port >= FIRST_IMPLICIT_PORT {
            return Err(Error::AddrNotAvail); // those are given to clients
        }
        let port = if wanted.port == 0 {
            self.choose_port()?
        } else {
            wanted.port
        }; // LSN-13
        if self.bound.contains_key(&port) {
            return Err(Error::AddrInUse); // LSN-12
        }
        self.bound.insert(port, None);
        let socket = self.socket(id)?;
        socket.local = Some(InProcessAddress { port, ..wanted });
        socket.explicitly_bound = true;
        socket.connection.bound = true;
        Ok(())
    }

    fn choose_port(&mut self) -> Result<u32> {
        let range = FIRST_IMPLICIT_PORT - FIRST_CHOSEN_PORT;
        for _ in 0..range {
            let port = self.next_chosen_port;
            self.next_chosen_port = FIRST_CHOSEN_PORT + (port + 1 - FIRST_CHOSEN_PORT) % range;
            if !self.bound.contains_key(&port) {
                return Ok(port);
            }
        }
        Err(Error::AddrInUse)
    }

    /// Binds a client that connects unbound (LSN-08).
    pub(super) fn bind_implicitly(&mut self, id: SocketId) -> Result<InProcessAddress> {
        let port = self.next_implicit_port;
        let socket = self.socket(id)?;
        let address = match socket.local {
            Some(address) if socket.explicitly_bound => InProcessAddress {
                node: InProcessAddress::LOCAL,
                ..address
            },
            _ => InProcessAddress::local(port),
        };
        socket.local = Some(address);
        if address.port == port {
            self.next_implicit_port = port.checked_add(1).unwrap_or(FIRST_IMPLICIT_PORT);
        }
        Ok(address)
    }

    pub(super) fn set_listener(&mut self, port: u32, id: SocketId) {
        self.bound.insert(port, Some(id));
    }

    /// The listener at an address, if its connections are of that kind. A port belongs to one socket,
    /// whatever its kind.
    pub(super) fn listener_at(
        &self,
        address: InProcessAddress,
        message_oriented: bool,
    ) -> Option<SocketId> {
        if address.node != InProcessAddress::LOCAL {
            return None;
        }
        let listener = self.bound.get(&address.port).copied().flatten()?; // LSN-06
        let inbox = &self.look_at(listener)?.inbox;
        (inbox.is_message_oriented() == message_oriented).then_some(listener)
    }

    pub(super) fn set_option(
        &mut self,
        id: SocketId,
        option: SocketOption,
        value: u32,
    ) -> Result<()> {
        let socket = self.socket(id)?;
        match option {
            SocketOption::ReceiveBuffer => {
                socket.inbox.limit = value.max(1) as usize;
                let peer = socket.peer;
                self.wake_all(peer, Direction::Write);
            }
            SocketOption::ConditionalAccept if socket.connection.state == State::Listening => {
                return Err(Error::Inval); // ACC-69
            }
            SocketOption::OobInline | SocketOption::NoDelay | SocketOption::CallerCheck => {
                return Err(Error::NoProtoOpt);
            }
            _ => {}
        }
        Ok(())
    }

    /// Sets the quality of service that the next connect asks for, or that of the connection.
    pub(super) fn set_qos(&mut self, id: SocketId, qos: &Qos) -> Result<()> {
        let socket = self.socket(id)?;
        let Connection {
            send_ended,
            receive_ended,
            ..
        } = socket.connection;
        let agreed = socket.qos.unwrap_or_default();
        let qos = agreed.replaced_by(qos, !send_ended, !receive_ended)?; // QOS-09 QOS-11
        socket.qos = Some(qos);
        let (state, peer) = (socket.connection.state, socket.peer);
        if let (State::Connected, Some(peer)) =
            (state, peer.and_then(|peer| self.socket(peer).ok()))
        {
            peer.qos = Some(qos.turned_round());
        }
        Ok(())
    }

    /// Removes a socket: refuses what is queued, withdraws its own request, ends its connection.
    pub(super) fn close(&mut self, id: SocketId, linger: Linger) {
        let aborts = linger.on && linger.seconds == 0; // DIS-40
        let why = if aborts { Gone::Reset } else { Gone::Withdrawn };
        self.withdraw_request(id, why); // LSN-31 CON-30
        if self.socket(id).is_err() {
            return;
        }
        let (_, socket) = self.sockets.remove(id.index);
        for pending in socket
            .backlog
            .into_iter()
            .flat_map(|mut backlog| backlog.drain())
        {
            self.fail_attempt(pending.client, Error::ConnRefused, &[]); // LSN-28
        }
        if let Some(local) = socket.local.filter(|_| socket.explicitly_bound) {
            self.bound.remove(&local.port);
        }
        if let Some(peer) = socket.peer.and_then(|peer| self.socket(peer).ok()) {
            peer.peer = None;
            if aborts {
                peer.inbox.reset(); // DIS-40
            } else {
                peer.inbox
                    .end_gracefully(socket.option_data.outgoing(&[], UserDataKind::Disconnect)); // DIS-44
            }
        }
        self.wake_all(socket.peer, Direction::Read);
        self.wake_all(socket.peer, Direction::Write);
        for direction in [Direction::Read, Direction::Write] {
            socket.wakes.show(direction, true);
            socket.wakes.signal(direction).notify();
        }
    }

    /// Wakes whoever waits for a socket in one direction, and shows its readiness.
    pub(super) fn wake_all(&self, id: Option<SocketId>, direction: Direction) {
        let Some(socket) = id.and_then(|id| self.look_at(id)) else {
            return;
        };
        socket.wakes.signal(direction).notify();
        self.show_readiness(socket, direction);
    }

    /// Shows the readiness on the descriptor, if there is one.
    pub(super) fn show_readiness(&self, socket: &Socket, direction: Direction) {
        if socket.wakes.is_exported(direction) {
            socket
                .wakes
                .show(direction, self.is_ready(socket, direction));
        }
    }

    /// Makes the descriptor of a direction, if there is none, and shows the readiness on it.
    pub(super) fn publish(&mut self, id: SocketId, direction: Direction) -> Result<()> {
        self.socket(id)?.wakes.export(direction)?;
        self.wake_all(Some(id), direction);
        Ok(())
    }

    fn is_ready(&self, socket: &Socket, direction: Direction) -> bool {
        match (socket.connection.state, direction) {
            (State::Listening, Direction::Read) => {
                socket.backlog.as_ref().is_some_and(Backlog::indicates) // ACC-09
            }
            (State::Connected, Direction::Read) => {
                !socket.inbox.is_empty()
                    || socket.inbox.end.is_some()
                    || socket.connection.receive_ended
            }
            (State::Connected, Direction::Write) => {
                let peer = socket.peer.and_then(|peer| self.look_at(peer));
                peer.is_none_or(|peer| peer.inbox.has_room_for(socket.unsent) != Ok(false))
                    || socket.connection.send_ended
            }
            (State::Unconnected, _) => socket.failure.is_some(),
            (State::Connecting, _) | (State::Listening, Direction::Write) => false,
        }
    }
}
