//! The in-process entry: sockets in memory, inside one process.
//!
//! All of it lives in one [`Network`] under one lock, because a mutex for every socket costs twice
//! as much for a connect that is decided (measured). Threads sleep on signals of their own. A
//! socket has no descriptor until somebody asks for one.

mod clock;
mod connecting;
mod descriptors;
mod inbox;
mod listening;
mod messages;
mod network;
mod option_data;
mod selecting;
mod sleepers;
mod spare;
mod streaming;
mod vectored;
mod watching;

pub(crate) use self::network::Network;

use std::{
    io::{IoSlice, IoSliceMut},
    os::fd::{BorrowedFd, RawFd},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use self::{
    descriptors::{Descriptors, Direction},
    network::SocketId,
};
use super::{
    Acceptance, Accepting, Endpoint, Mode, Outgoing, Receive, Received, Request, Transport,
};
use crate::{
    Address, Error, InProcessAddress, Qos, Result,
    provider::{
        monitor::Monitor,
        options::{Linger, SocketOption},
        process::Provider,
        turn::Phase,
    },
    rules::{
        backlog::RequestId,
        connection::{Connection, Shutdown, State},
        user_data::UserDataKind,
    },
    sys::Seconds,
};

/// A socket of the in-process entry.
#[derive(Debug)]
pub(crate) struct InProcess {
    /// That of the process it was made in.
    network: &'static Monitor<Network>,
    id: SocketId,
    message_oriented: bool,
    /// It has listened, and so it does until it is closed. Known here so that an accept call need not
    /// take the lock for it.
    listens: AtomicBool,
    descriptors: OnceLock<Arc<Descriptors>>,
}

impl InProcess {
    pub(crate) fn new(message_oriented: bool) -> Result<Self> {
        let network = Provider::network();
        let id = network.update(|network| network.insert(Connection::NEW, message_oriented))?;
        Ok(Self::with_id(network, id, message_oriented))
    }

    const fn with_id(
        network: &'static Monitor<Network>,
        id: SocketId,
        message_oriented: bool,
    ) -> Self {
        Self {
            network,
            id,
            message_oriented,
            listens: AtomicBool::new(false),
            descriptors: OnceLock::new(),
        }
    }

    /// Runs `change` on this socket and the network around it.
    fn with<R>(&self, change: impl FnOnce(&mut Network, SocketId) -> Result<R>) -> Result<R> {
        self.network.update(|network| {
            network.socket(self.id)?;
            network.expire_attempt(self.id);
            change(network, self.id)
        })
    }

    /// Sleeps on a signal of this socket until `check` has a result; a socket that is closed
    /// meanwhile ends the wait.
    fn wait<R>(
        &self,
        direction: Direction,
        mode: Mode<'_>,
        mut check: impl FnMut(&mut Network, SocketId) -> Option<Result<R>>,
    ) -> Result<R> {
        const CLOSED: Error = Error::Intr; // ACC-57
        self.network.wait(mode.wait, |network| {
            if network.socket(self.id).is_err() {
                return Ok(Err(CLOSED));
            }
            match check(network, self.id) {
                Some(result) => Ok(result),
                None if !mode.blocking => Ok(Err(Error::WouldBlock)),
                None => match network.signal(self.id, direction) {
                    Some(signal) => Err(signal),
                    None => Ok(Err(CLOSED)),
                },
            }
        })?
    }

    fn publish(&self, direction: Direction) -> Result<BorrowedFd<'_>> {
        let descriptors = self.with(|network, id| network.publish(id, direction))?;
        self.descriptors.get_or_init(|| descriptors).get(direction)
    }
}

/// The in-process address, if it is one (LSN-11, CON-13).
fn in_process(address: &Address) -> Result<InProcessAddress> {
    match address {
        Address::InProcess(address) => Ok(*address),
        Address::Ip(_) => Err(Error::AfNoSupport),
    }
}

impl Accepting for InProcess {
    type Token = RequestId;
    type Accepted = Self;

    fn is_listening(&self) -> bool {
        self.listens.load(SeqCst)
    }

    fn take(&self, _held: bool, mode: Mode<'_>, request: &mut Request) -> Result<RequestId> {
        self.wait(Direction::Read, mode, |network, id| {
            network.take(id, request)
        })
    }

    fn admit(
        &self,
        token: RequestId,
        request: &Request,
        acceptance: &Acceptance<'_>,
    ) -> Result<Self> {
        let id = self.with(|network, id| network.admit(id, token, request, acceptance))?;
        Ok(Self::with_id(self.network, id, self.message_oriented))
    }

    fn refuse(&self, token: RequestId, data: &[u8]) -> Result<()> {
        self.with(|network, id| network.refuse(id, token, data))
    }

    fn put_back(&self, token: RequestId, _request: &Request, deferred: bool) -> Result<()> {
        self.with(|network, id| network.put_back(id, token, deferred))
    }

    fn holds_head(&self) -> bool {
        self.with(|network, id| Ok(network.socket(id)?.has_head()))
            .unwrap_or(false)
    }

    fn drop_head(&self) {
        // Closing has refused everything that was queued, the head that was put back included.
    }

    fn head_is_over(&self) {
        self.settle_silence();
    }

    fn settle_accept(&self) {
        self.tell_of_decision();
    }

    fn descriptor(_accepted: &Self) -> Option<RawFd> {
        None
    }

    fn endpoint(&self, accepted: Self, _request: &Request) -> Endpoint {
        Endpoint::InProcess(accepted)
    }
}

impl Transport for InProcess {
    fn bind(&self, address: &Address) -> Result<()> {
        let address = in_process(address)?;
        self.with(|network, id| network.bind(id, address))
    }

    fn listen(&self, backlog: u32) -> Result<()> {
        self.with(|network, id| network.listen(id, backlog as usize))?;
        self.listens.store(true, SeqCst);
        Ok(())
    }

    fn connect(&self, outgoing: &Outgoing<'_>, mode: Mode<'_>) -> Result<()> {
        self.request_connection(outgoing, mode)
    }

    fn send(&self, data: &[u8], mode: Mode<'_>) -> Result<usize> {
        self.send_all(data, mode)
    }

    fn receive(&self, buffer: &mut [u8], flags: Receive, mode: Mode<'_>) -> Result<usize> {
        self.receive_some(buffer, flags, mode)
    }

    fn send_vectored(&self, data: &[IoSlice<'_>], mode: Mode<'_>) -> Result<usize> {
        self.send_gathered(data, mode)
    }

    fn receive_vectored(
        &self,
        buffers: &mut [IoSliceMut<'_>],
        flags: Receive,
        mode: Mode<'_>,
    ) -> Result<Received> {
        self.receive_scattered(buffers, flags, mode)
    }

    fn bytes_readable(&self) -> Result<usize> {
        self.with(|network, id| {
            let inbox = &network.socket(id)?.inbox;
            Ok(inbox.first().unwrap_or(inbox.bytes.len()))
        })
    }

    fn shutdown(&self, how: Shutdown) -> Result<()> {
        self.with(|network, id| {
            network.socket(id)?.connection.check_connected()?; // DIS-45
            if how.sends() && !network.socket(id)?.connection.send_ended {
                network.end_sending(id, &[])?;
            }
            if how.receives() {
                network.end_receiving(id)?;
            }
            Ok(())
        })
    }

    fn send_disconnect(&self, data: Option<&[u8]>) -> Result<()> {
        self.with(|network, id| network.send_disconnect(id, data.unwrap_or_default()))
    }

    fn receive_disconnect(&self, buffer: Option<&mut [u8]>) -> Result<usize> {
        self.with(|network, id| network.receive_disconnect(id, buffer))
    }

    fn set_user_data(&self, kind: UserDataKind, data: &[u8]) -> Result<()> {
        self.with(|network, id| network.set_user_data(id, kind, data))
    }

    fn reserve_user_data(&self, kind: UserDataKind, room: usize) -> Result<()> {
        self.with(|network, id| network.reserve_user_data(id, kind, room))
    }

    fn user_data(&self, kind: UserDataKind, buffer: &mut [u8]) -> Result<usize> {
        self.with(|network, id| network.user_data(id, kind, buffer))
    }

    fn set_qos(&self, qos: &Qos) -> Result<()> {
        self.with(|network, id| network.set_qos(id, qos))
    }

    fn callee_data(&self, buffer: &mut [u8]) -> usize {
        self.with(|network, id| Ok(network.callee_data(id, buffer)))
            .unwrap_or(0)
    }

    fn qos(&self) -> Option<Qos> {
        self.with(|network, id| Ok(network.socket(id)?.qos.as_deref().copied()))
            .unwrap_or(None)
    }

    fn local_address(&self) -> Result<Address> {
        self.with(|network, id| {
            let socket = network.socket(id)?;
            socket.connection.check_local_address()?; // LSN-10
            socket.local.map(Address::InProcess).ok_or(Error::Inval)
        })
    }

    fn peer_address(&self) -> Result<Address> {
        self.with(|network, id| {
            let socket = network.socket(id)?;
            socket.connection.check_peer_address()?;
            socket.remote.map(Address::InProcess).ok_or(Error::NotConn) // CON-31 DIS-60
        })
    }

    fn connected_since(&self) -> Result<Option<Seconds>> {
        self.with(|network, id| {
            let socket = network.socket(id)?;
            let is_connected = socket.connection.state == State::Connected;
            Ok(is_connected.then_some(socket.established))
        })
    }

    fn socket_error(&self) -> Result<i32> {
        self.with(|network, id| Ok(network.socket(id)?.failure.map_or(0, Error::code)))
    }

    fn finish_connect(&self, mode: Mode<'_>) -> Result<()> {
        self.await_decision(mode)
    }

    fn set_nonblocking(&self, _nonblocking: bool) -> Result<()> {
        Ok(()) // nothing but the calls asks for it
    }

    fn set_option(&self, option: SocketOption, value: u32) -> Result<()> {
        self.with(|network, id| network.set_option(id, option, value))
    }

    fn option(&self, option: SocketOption) -> Result<u32> {
        match option {
            option if option.is_of_kernel_sockets() => Err(Error::NoProtoOpt),
            SocketOption::MaxMessageSize => self.with(Network::max_message_size),
            option => self.with(|_, _| Ok(option.default_value())),
        }
    }

    fn set_linger(&self, _linger: Linger) -> Result<()> {
        Ok(()) // closing is told
    }

    fn inherits_options(&self) -> bool {
        false
    }

    fn read_descriptor(&self) -> Result<BorrowedFd<'_>> {
        self.publish(Direction::Read)
    }

    fn write_descriptor(&self) -> Result<BorrowedFd<'_>> {
        self.publish(Direction::Write)
    }

    fn close(&self, _phase: Phase, linger: Linger) {
        self.network
            .update(|network| network.close(self.id, linger));
    }
}
