//! Plain TCP: the kernel socket itself (`docs/architecture.md`, "Plain TCP").
//!
//! The kernel completes the handshake and its queue is the backlog. The caller's thread sleeps in
//! the kernel; closing wakes it by `shutdown`. Only a head that was put back is held here.

mod adopt;
mod connect;
mod listen;
mod selecting;
mod stream;
mod urgent;
mod vectored;
mod watching;

use std::{
    io::{IoSlice, IoSliceMut},
    net::SocketAddr,
    os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU16, AtomicU32, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    io::{Errno, ioctl_fionbio, ioctl_fionread},
    net::{self, AddressFamily, SocketFlags, SocketType, ipproto, sockopt},
    time::Timespec,
};

pub(crate) use self::adopt::Adopted;
use self::listen::{Arrived, HeldHead};
pub(super) use self::watching::{KernelWatch, Number};
use super::{
    Acceptance, Accepting, Endpoint, Mode, Outgoing, Receive, Received, Request, Transport,
};
use crate::{
    Address, Error, Family, Result, Setting, Wait,
    address::Sockaddr,
    provider::{
        options::{Linger, SocketOption},
        turn::Phase,
    },
    rules::connection::{Connection, Shutdown, State},
    sys::{self, Seconds, slot::Slot},
};

/// The kernel socket. It closes when it is dropped, unless the program has closed its number
/// already: then the number may belong to somebody else (HND-35).
#[derive(Debug)]
pub(super) struct Descriptor {
    /// Present until the drop.
    pub(super) fd: Option<OwnedFd>,
    pub(super) lost: AtomicBool,
}

impl AsFd for Descriptor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd
            .as_ref()
            .expect("the descriptor is present until the drop")
            .as_fd()
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        if self.lost.load(SeqCst) {
            let _ = self.fd.take().map(IntoRawFd::into_raw_fd);
        }
    }
}

#[derive(Debug)]
pub(crate) struct Tcp {
    fd: Descriptor,
    connection: AtomicU32,
    /// Calls that may be asleep in the kernel, apart from accept calls.
    sleepers: AtomicU32,
    /// The Winsock number of an error that sending and receiving report, 0 if none.
    broken: AtomicU16,
    /// Whom it was accepted from; a client's destination stands in its attempt.
    peer: Sockaddr,
    /// When it was established, in seconds of the monotonic clock.
    established: AtomicU32,
    family: Family,
    closed: AtomicBool,
    /// Made when it is needed: an accepted socket, of which there may be many, does without.
    history: OnceLock<Arc<History>>,
}

/// What listeners, clients and watched sockets have to remember.
#[derive(Debug)]
struct History {
    caller_check: AtomicBool,
    /// The local address of a listener that is bound to one, known before any request (P1).
    listening_on: OnceLock<Sockaddr>,
    held: Slot<HeldHead>,
    attempt: connect::Attempt,
    /// What the kernel reports, for those who have registered for events.
    watched: OnceLock<Arc<KernelWatch>>,
}

impl History {
    fn new() -> Self {
        Self {
            caller_check: AtomicBool::new(true),
            listening_on: OnceLock::new(),
            held: Slot::empty(),
            attempt: connect::Attempt::default(),
            watched: OnceLock::new(),
        }
    }
}

impl Tcp {
    pub(crate) fn new(family: Family) -> Result<Self> {
        let domain = match family {
            Family::Inet => AddressFamily::INET,
            Family::Inet6 => AddressFamily::INET6,
            Family::InProcess => return Err(Error::AfNoSupport),
        };
        let flags = SocketFlags::CLOEXEC; // HND-36
        let fd = net::socket_with(domain, SocketType::STREAM, flags, Some(ipproto::TCP))?;
        Ok(Self::from_fd(fd, family, Connection::NEW, Sockaddr::NONE).configured())
    }

    /// A socket that may become a listener takes the setting of this moment.
    fn configured(self) -> Self {
        if Setting::CallerCheck.get() == 0 {
            self.history().caller_check.store(false, SeqCst);
        }
        self
    }

    fn from_fd(fd: OwnedFd, family: Family, connection: Connection, peer: Sockaddr) -> Self {
        let established = match connection.state {
            State::Connected => Seconds::now(),
            _ => Seconds::default(),
        };
        Self {
            fd: Descriptor {
                fd: Some(fd),
                lost: AtomicBool::new(false),
            },
            connection: AtomicU32::new(connection.to_bits()),
            sleepers: AtomicU32::new(0),
            broken: AtomicU16::new(0),
            peer,
            established: AtomicU32::new(established.0),
            family,
            closed: AtomicBool::new(false),
            history: OnceLock::new(),
        }
    }

    fn history(&self) -> &History {
        self.history.get_or_init(|| Arc::new(History::new()))
    }

    /// The place of a head that was put back.
    fn held(&self) -> &Slot<HeldHead> {
        &self.history().held
    }

    fn shared_history(&self) -> Arc<History> {
        Arc::clone(self.history.get_or_init(|| Arc::new(History::new())))
    }

    fn attempt(&self) -> &connect::Attempt {
        &self.history().attempt
    }

    fn connection(&self) -> Connection {
        Connection::from_bits(self.connection.load(SeqCst))
    }

    /// Changes the state; the one place where that happens.
    fn change(&self, next: impl Fn(Connection) -> Connection) {
        let mut bits = self.connection.load(SeqCst);
        loop {
            let changed = next(Connection::from_bits(bits)).to_bits();
            match self
                .connection
                .compare_exchange(bits, changed, SeqCst, SeqCst)
            {
                Ok(_) => return,
                Err(now) => bits = now,
            }
        }
    }

    /// Runs a system call that may sleep, so that closing knows whom to wake.
    fn sleeping<R>(
        &self,
        call: impl FnOnce(BorrowedFd<'_>) -> rustix::io::Result<R>,
    ) -> Result<R, Errno> {
        self.sleepers.fetch_add(1, SeqCst);
        // Closing sets the flag first and counts sleepers afterwards, so one of the two sees the other.
        let result = if self.closed.load(SeqCst) {
            Err(Errno::INTR)
        } else {
            call(self.fd.as_fd())
        };
        self.sleepers.fetch_sub(1, SeqCst);
        result
    }

    /// What an interrupted or failed sleep means: whether the socket was closed, or whether the
    /// interrupt hook ends the call.
    fn check_interrupted(&self, wait: &Wait<'_>) -> Result<()> {
        self.check_open()?;
        wait.interrupted()
    }

    fn check_open(&self) -> Result<()> {
        if self.closed.load(SeqCst) {
            Err(Error::Intr)
        } else {
            Ok(())
        } // ACC-57
    }

    /// Waits until the kernel reports `events`, or an error or hang-up.
    fn wait_for(&self, events: PollFlags, wait: &Wait<'_>) -> Result<()> {
        loop {
            // A deadline that has passed still looks once.
            let (remaining, is_last) = match wait.remaining() {
                Ok(remaining) => (remaining, false),
                Err(_) => (Some(Timespec::default()), true),
            };
            let mut polled = [PollFd::new(&self.fd, events)];
            match wait.sleep(|| self.sleeping(|_| poll(&mut polled, remaining.as_ref()))) {
                Ok(0) if is_last => return Err(Error::TimedOut),
                Ok(0) => {}
                Ok(_) => return self.check_open(),
                Err(Errno::INTR) => self.check_interrupted(wait)?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whether the kernel reports `events` (or an error or hang-up) now.
    fn is_ready(&self, events: PollFlags) -> Result<bool> {
        let mut polled = [PollFd::new(&self.fd, events)];
        Ok(poll(&mut polled, Some(&Timespec::default()))? > 0)
    }

    fn bound_address(&self) -> Result<Address> {
        Ok(Sockaddr::from_kernel(&net::getsockname(&self.fd)?)?.address())
    }

    /// The peer, or whom the last connect was for.
    fn peer(&self) -> Option<Address> {
        if self.peer.is_none() {
            return self.destination();
        }
        Some(self.peer.address())
    }

    /// Remembers the local address of a listener; on the wildcard each request has its own.
    fn listens_on(&self, address: &Address) {
        if !address.is_unspecified() {
            // A second call finds the address there already.
            let _ = self.history().listening_on.set(address.into());
        }
    }
}

/// The IP address, if it is of the socket's family (LSN-11, CON-13).
pub(super) fn of_family(address: &Address, family: Family) -> Result<&SocketAddr> {
    match address {
        Address::Ip(ip) if address.family() == family => Ok(ip),
        _ => Err(Error::AfNoSupport),
    }
}

/// Whether two addresses name the same host and port; the kernel fills the rest of an IPv6 address.
fn same_end(one: Option<Address>, other: Option<Address>) -> bool {
    match (one, other) {
        (Some(Address::Ip(one)), Some(Address::Ip(other))) => {
            (one.ip(), one.port()) == (other.ip(), other.port())
        }
        _ => false,
    }
}

/// Closes a connection so that the peer sees a reset (ACC-71, ACC-72).
fn reset(fd: OwnedFd) {
    // If the option cannot be set the peer sees the end of the stream; there is no better way.
    let _ = sockopt::set_socket_linger(&fd, Some(Duration::ZERO));
    drop(fd);
}

impl Accepting for Tcp {
    type Token = Arrived;
    type Accepted = OwnedFd;

    fn is_listening(&self) -> bool {
        self.connection().state == State::Listening
    }

    fn take(&self, held: bool, mode: Mode<'_>, request: &mut Request) -> Result<Arrived> {
        self.take_head(held, mode, request)
    }

    fn admit(
        &self,
        arrived: Arrived,
        _request: &Request,
        acceptance: &Acceptance<'_>,
    ) -> Result<OwnedFd> {
        arrived.admit(acceptance)
    }

    fn refuse(&self, arrived: Arrived, _data: &[u8]) -> Result<()> {
        arrived.refuse();
        Ok(())
    }

    fn put_back(&self, arrived: Arrived, request: &Request, deferred: bool) -> Result<()> {
        self.hold(arrived, request, deferred)
    }

    fn holds_head(&self) -> bool {
        self.held().is_occupied()
    }

    fn drop_head(&self) {
        if let Some(head) = self.take_held() {
            head.arrived.refuse();
        }
    }

    fn head_is_over(&self) {
        let Some(watched) = self.watched() else {
            return;
        };
        match self.look_at_held() {
            Some(head) if head.deferred => {
                watched.deferred(); // before the head can say that its caller has reset it
                head.watch(watched);
            }
            _ => watched.decided(),
        }
    }

    fn settle_accept(&self) {
        if let Some(watched) = self.watched() {
            watched.settle_accept(self.holds_head());
        }
    }

    fn descriptor(accepted: &OwnedFd) -> Option<RawFd> {
        Some(accepted.as_raw_fd())
    }

    fn endpoint(&self, accepted: OwnedFd, request: &Request) -> Endpoint {
        let peer = request.caller; // SKT-18
        Endpoint::Tcp(Self::from_fd(
            accepted,
            self.family,
            Connection::ACCEPTED,
            peer,
        ))
    }
}

impl Transport for Tcp {
    fn bind(&self, address: &Address) -> Result<()> {
        let ip = of_family(address, self.family)?;
        self.connection().check_bind()?;
        net::bind(&self.fd, ip)?;
        self.change(|connection| Connection {
            bound: true,
            ..connection
        });
        Ok(())
    }

    fn listen(&self, backlog: u32) -> Result<()> {
        self.listen_in_kernel(backlog)
    }

    fn connect(&self, outgoing: &Outgoing<'_>, mode: Mode<'_>) -> Result<()> {
        self.start_connect(outgoing, mode)
    }

    fn send(&self, data: &[u8], mode: Mode<'_>) -> Result<usize> {
        self.send_all(data, mode)
    }

    fn receive(&self, buffer: &mut [u8], flags: Receive, mode: Mode<'_>) -> Result<usize> {
        if flags.urgent {
            return self.receive_urgent(buffer, flags.peek, mode);
        }
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

    fn send_urgent(&self, data: &[u8], mode: Mode<'_>) -> Result<usize> {
        self.send_ending_urgent(data, mode)
    }

    fn bytes_readable(&self) -> Result<usize> {
        Ok(usize::try_from(ioctl_fionread(&self.fd)?).unwrap_or(usize::MAX))
    }

    fn is_at_mark(&self) -> Result<bool> {
        self.has_no_mark_ahead()
    }

    fn shutdown(&self, how: Shutdown) -> Result<()> {
        self.settle_attempt()?;
        self.connection().check_connected()?; // DIS-45
        self.end(how)
    }

    fn send_disconnect(&self, data: Option<&[u8]>) -> Result<()> {
        self.settle_attempt()?;
        let connection = self.connection();
        connection.check_connected()?; // DIS-22
        if data.is_some() {
            return Err(Error::NoProtoOpt); // DIS-21
        }
        connection.check_send()?; // DIS-24
        self.end(Shutdown::Send)
    }

    fn receive_disconnect(&self, buffer: Option<&mut [u8]>) -> Result<usize> {
        self.settle_attempt()?;
        self.connection().check_connected()?; // DIS-30
        if buffer.is_some() {
            return Err(Error::NoProtoOpt); // DIS-29
        }
        self.end(Shutdown::Receive).map(|()| 0)
    }

    fn local_address(&self) -> Result<Address> {
        self.settle_attempt()?;
        self.connection().check_local_address()?; // LSN-10
        self.bound_address()
    }

    fn peer_address(&self) -> Result<Address> {
        self.settle_attempt()?;
        self.connection().check_peer_address()?;
        self.peer().ok_or(Error::NotConn) // CON-31 DIS-60
    }

    fn connected_since(&self) -> Result<Option<Seconds>> {
        self.settle_attempt()?;
        let is_connected = self.connection().state == State::Connected;
        Ok(is_connected.then(|| Seconds(self.established.load(SeqCst))))
    }

    fn socket_error(&self) -> Result<i32> {
        self.settle_attempt()?;
        Ok(self.attempt_failure())
    }

    fn finish_connect(&self, mode: Mode<'_>) -> Result<()> {
        self.await_attempt(mode)
    }

    fn set_nonblocking(&self, nonblocking: bool) -> Result<()> {
        Ok(ioctl_fionbio(&self.fd, nonblocking)?)
    }

    fn set_option(&self, option: SocketOption, value: u32) -> Result<()> {
        self.apply_option(option, value)
    }

    fn option(&self, option: SocketOption) -> Result<u32> {
        self.read_option(option)
    }

    fn set_linger(&self, linger: Linger) -> Result<()> {
        // The kernel would block even a non-blocking close and end gracefully after the time; so it
        // is told of resets only, and `linger_before_close` does the waiting.
        let aborts = linger.on && linger.seconds == 0;
        Ok(sockopt::set_socket_linger(
            &self.fd,
            aborts.then_some(Duration::ZERO),
        )?)
    }

    fn linger_before_close(&self, linger: Linger, mode: Mode<'_>) -> Result<()> {
        self.linger(linger, mode)
    }

    fn inherits_options(&self) -> bool {
        true // the kernel copies them at the handshake
    }

    fn read_descriptor(&self) -> Result<BorrowedFd<'_>> {
        Ok(self.fd.as_fd())
    }

    fn write_descriptor(&self) -> Result<BorrowedFd<'_>> {
        Ok(self.fd.as_fd())
    }

    fn release(&self) {
        if self.fd.lost.load(SeqCst) {
            return;
        }
        // Closing has woken them all.
        let deadline = Instant::now() + Duration::from_secs(1);
        while self.sleepers.load(SeqCst) > 0 && Instant::now() < deadline {
            thread::yield_now();
        }
        // If there is no descriptor for it, the drop closes the kernel socket.
        let _ = sys::sever(self.fd.as_fd());
    }

    fn is_intact(&self) -> bool {
        match self.connection().state {
            State::Listening => sockopt::socket_acceptconn(&self.fd) == Ok(true),
            State::Connected => match net::getpeername(&self.fd) {
                Ok(peer) => same_end(
                    peer.and_then(|peer| Sockaddr::from_kernel(&peer).ok())
                        .map(|peer| peer.address()),
                    self.peer(),
                ),
                Err(error) => error == Errno::NOTCONN, // reset: nothing more can be told
            },
            State::Unconnected | State::Connecting => net::getsockname(&self.fd).is_ok(),
        }
    }

    fn descriptor_was_closed(&self) {
        self.fd.lost.store(true, SeqCst); // HND-35
        if let Some(watched) = self.watched() {
            watched.close(Number::Lost);
        }
    }

    /// Wakes whoever sleeps on the socket. The kernel socket itself closes with its last user.
    fn close(&self, phase: Phase, _linger: Linger) {
        self.closed.store(true, SeqCst);
        self.unwatch();
        if phase == Phase::Held {
            self.drop_head(); // LSN-28
        }
        if self.fd.lost.load(SeqCst) {
            return; // the number is somebody else's
        }
        match phase {
            Phase::Waiting => {
                let _ = net::shutdown(&self.fd, net::Shutdown::Read); // ACC-56
            }
            // A listener that nobody sleeps on is not shut down: another process may share it. While
            // it is being decided its queue must be refused all the same (LSN-28).
            Phase::Deciding => {
                if sys::sever(self.fd.as_fd()).is_err() {
                    let _ = net::shutdown(&self.fd, net::Shutdown::Read);
                }
            }
            Phase::Idle | Phase::Held => {
                if self.sleepers.load(SeqCst) > 0 {
                    // It fails on a socket that is not connected, where nobody can be asleep.
                    let _ = net::shutdown(&self.fd, net::Shutdown::Both); // ACC-56
                }
            }
        }
    }
}
