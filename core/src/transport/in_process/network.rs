//! The sockets of the in-process entry and their addresses.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use slab::Slab;

use super::{
    clock::Clock,
    descriptors::{Descriptors, Direction},
    inbox::Inbox,
    listening::Pending,
    option_data::OptionData,
    sleepers::Sleepers,
    spare::Spare,
    watching::Watching,
};
use crate::{
    Error, InProcessAddress, Qos, Result, Setting,
    provider::{
        monitor::{Due, Signal, Watched},
        options::{Linger, SocketOption},
    },
    rules::{
        backlog::{Backlog, Gone, RequestId},
        connection::{Connection, State},
        events::NetworkEvents,
        user_data::{UserData, UserDataKind},
    },
    sys::Seconds,
};

/// Names one socket: a stale id does not find the socket that took its place (unless 2^32 others
/// came in between, and it took the very same place).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SocketId {
    index: u32,
    serial: u32,
}

/// Ports from here on are given to clients that connect unbound, one after the other.
const FIRST_IMPLICIT_PORT: u32 = 1 << 31;
/// Ports for `bind` with port 0.
const FIRST_CHOSEN_PORT: u32 = 49152;

/// One socket. What few sockets have is behind a pointer, because making and moving a socket is most
/// of what a connection costs.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) connection: Connection,
    pub(super) local: Option<InProcessAddress>,
    /// The address has an entry among the bound ports.
    explicitly_bound: bool,
    pub(super) remote: Option<InProcessAddress>,
    /// The requests of a listener.
    pub(super) backlog: Option<Box<Backlog<Pending>>>,
    /// Where this client's request waits.
    pub(super) request: Option<(SocketId, RequestId)>,
    /// When the attempt times out.
    pub(super) expires: Option<Instant>,
    /// No request in the backlog times out before.
    pub(super) first_expiry: Option<Instant>,
    /// Whether a call waits for the attempt's end and will tell its caller.
    pub(super) awaited: bool,
    /// How the last non-blocking attempt failed (HND-27).
    pub(super) failure: Option<Error>,
    /// The other end, while it exists.
    pub(super) peer: Option<SocketId>,
    pub(super) inbox: Inbox,
    /// How long the message was that found no room, until one is sent; 0 on a stream.
    pub(super) unsent: usize,
    /// What a client sends with its request, until it is decided. Once connected, what has come: the
    /// callee data, or on an accepted socket the caller data.
    pub(super) connect_data: UserData,
    /// For how much of what has come there was room as an option.
    pub(super) arrived: usize,
    pub(super) is_accepted: bool,
    /// When it was connected.
    pub(super) established: Seconds,
    pub(super) option_data: Option<Box<OptionData>>,
    pub(super) qos: Option<Box<Qos>>,
    pub(super) watching: Option<Watching>,
    sleepers: Sleepers,
    descriptors: Option<Arc<Descriptors>>,
}

impl Socket {
    fn new(connection: Connection, message_oriented: bool) -> Self {
        Self {
            connection,
            local: None,
            explicitly_bound: false,
            remote: None,
            backlog: None,
            request: None,
            expires: None,
            first_expiry: None,
            awaited: false,
            failure: None,
            peer: None,
            inbox: Inbox::new(message_oriented),
            unsent: 0,
            connect_data: UserData::new(),
            arrived: 0,
            is_accepted: false,
            established: Seconds::default(),
            option_data: None,
            qos: None,
            watching: None,
            sleepers: Sleepers::NONE,
            descriptors: None,
        }
    }

    /// Whether the last attempt has failed, whoever was told (CON-18): it has left the address that it
    /// was for.
    pub(super) fn has_failed(&self) -> bool {
        self.connection.state == State::Unconnected && self.remote.is_some()
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
    sockets: Slab<(u32, Socket)>,
    next_serial: u32,
    /// Bound ports, and the listener on each, if any.
    bound: BTreeMap<u32, Option<SocketId>>,
    next_implicit_port: u32,
    next_chosen_port: u32,
    pub(super) clock: Clock,
    pub(super) due: Due,
    /// No watched request or attempt times out before.
    pub(super) next_deadline: Option<Instant>,
    pub(super) spare: Spare,
}

impl Watched for Network {
    fn due(&mut self) -> &mut Due {
        &mut self.due
    }
}

impl Network {
    pub(crate) const fn new() -> Self {
        Self {
            sockets: Slab::new(),
            next_serial: 0,
            bound: BTreeMap::new(),
            next_implicit_port: FIRST_IMPLICIT_PORT,
            next_chosen_port: FIRST_CHOSEN_PORT,
            clock: Clock::new(),
            due: Due::new(),
            next_deadline: None,
            spare: Spare::new(),
        }
    }

    /// Adds a socket.
    ///
    /// # Errors
    /// [`Error::MFile`] if there are as many as may exist (HND-19).
    pub(super) fn insert(
        &mut self,
        connection: Connection,
        message_oriented: bool,
    ) -> Result<SocketId> {
        self.check_room()?;
        let serial = self.next_serial;
        self.next_serial = serial.wrapping_add(1);
        let place = self.sockets.vacant_entry(); // made there, not moved there
        let index = u32::try_from(place.key()).map_err(|_| Error::MFile)?;
        place.insert((serial, Socket::new(connection, message_oriented)));
        Ok(SocketId { index, serial })
    }

    pub(super) fn check_room(&self) -> Result<()> {
        if self.sockets.len() >= Setting::MaxInProcessSockets.get() as usize {
            return Err(Error::MFile);
        }
        Ok(())
    }

    /// A socket that has not been closed.
    pub(super) fn socket(&mut self, id: SocketId) -> Result<&mut Socket> {
        match self.sockets.get_mut(id.index as usize) {
            Some((serial, socket)) if *serial == id.serial => Ok(socket),
            _ => Err(Error::NotSock),
        }
    }

    /// The same, to look at only.
    pub(super) fn look_at(&self, id: SocketId) -> Option<&Socket> {
        let (serial, socket) = self.sockets.get(id.index as usize)?;
        (*serial == id.serial).then_some(socket)
    }

    /// The sockets that somebody has registered for.
    pub(super) fn watched(&self) -> Vec<SocketId> {
        let id = |(index, (serial, socket)): (usize, &(u32, Socket))| {
            let index = u32::try_from(index).ok()?;
            socket.watching.as_ref().map(|_| SocketId {
                index,
                serial: *serial,
            })
        };
        self.sockets.iter().filter_map(id).collect()
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
                self.tell_of_room(peer);
            }
            SocketOption::ConditionalAccept if socket.connection.state == State::Listening => {
                return Err(Error::Inval); // ACC-69
            }
            option if option.is_of_kernel_sockets() => return Err(Error::NoProtoOpt),
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
        let agreed = socket.qos.as_deref().copied().unwrap_or_default();
        let qos = agreed.replaced_by(qos, !send_ended, !receive_ended)?; // QOS-09 QOS-11
        socket.qos = Some(Box::new(qos));
        let (state, peer) = (socket.connection.state, socket.peer);
        if let (State::Connected, Some(other)) =
            (state, peer.and_then(|peer| self.socket(peer).ok()))
        {
            other.qos = Some(Box::new(qos.turned_round()));
            self.tell(peer, |record| record.occur(NetworkEvents::QOS, None)); // QOS-17
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
        let (_, mut socket) = self.sockets.remove(id.index as usize);
        if let Some(watching) = socket.watching.take() {
            watching.watch.close(); // DIS-51
        }
        if let Some(mut backlog) = socket.backlog.take() {
            for pending in backlog.drain() {
                self.fail_attempt(pending.client, Error::ConnRefused, &[]); // LSN-28
            }
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
                    .end_gracefully(socket.outgoing(&[], UserDataKind::Disconnect)); // DIS-44
            }
        }
        self.tell_of_end(socket.peer);
        self.wake_all(socket.peer, Direction::Read);
        self.wake_all(socket.peer, Direction::Write);
        for direction in [Direction::Read, Direction::Write] {
            if let Some(descriptors) = &socket.descriptors {
                descriptors.show(direction, || true);
            }
            socket.sleepers.wake(direction, &mut self.due);
        }
        socket.sleepers.leave_to(&mut self.spare);
        self.spare.keep_buffer(socket.inbox.bytes);
    }

    /// The signal that a thread sleeps on in a socket.
    pub(super) fn signal(&mut self, id: SocketId, direction: Direction) -> Option<Arc<Signal>> {
        let (serial, socket) = self.sockets.get_mut(id.index as usize)?;
        (*serial == id.serial).then(|| socket.sleepers.signal(direction, &mut self.spare))
    }

    /// Wakes whoever waits for a socket in one direction, and shows its readiness.
    pub(super) fn wake_all(&mut self, id: Option<SocketId>, direction: Direction) {
        let Some((serial, socket)) = id.and_then(|id| self.sockets.get(id.index as usize)) else {
            return;
        };
        if id.is_some_and(|id| id.serial == *serial) {
            socket.sleepers.wake(direction, &mut self.due);
            self.show_readiness(socket, direction);
        }
    }

    /// Shows the readiness on the descriptor, if there is one.
    pub(super) fn show_readiness(&self, socket: &Socket, direction: Direction) {
        if let Some(descriptors) = &socket.descriptors {
            descriptors.show(direction, || self.is_ready(socket, direction));
        }
    }

    /// Makes the descriptor of a direction, if there is none, and shows the readiness on it.
    pub(super) fn publish(
        &mut self,
        id: SocketId,
        direction: Direction,
    ) -> Result<Arc<Descriptors>> {
        let descriptors = self.socket(id)?.descriptors.get_or_insert_default();
        let descriptors = Arc::clone(descriptors);
        descriptors.export(direction)?;
        self.wake_all(Some(id), direction);
        Ok(descriptors)
    }

    pub(super) fn is_ready(&self, socket: &Socket, direction: Direction) -> bool {
        match (socket.connection.state, direction) {
            (State::Listening, Direction::Read) => {
                (socket.backlog.as_deref()).is_some_and(Backlog::indicates) // ACC-09
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
