//! Datagrams of UDP: the kernel socket itself, for programs that have such a socket beside those with
//! connections. There is nothing to decide: listening and accepting are refused.

mod datagrams;
mod watching;

use std::{
    io::{IoSlice, IoSliceMut},
    net::SocketAddr,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU32, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::{Errno, fcntl_dupfd_cloexec, ioctl_fionbio, ioctl_fionread},
    net::{self, AddressFamily, SocketFlags, SocketType, ipproto, sockopt},
    time::Timespec,
};

use super::{
    Mode, Outgoing, Receive, Received, Transport, kernel_options,
    tcp::{Descriptor, KernelWatch, of_family},
};
use crate::{
    Address, Entry, Error, Family, Result, Wait,
    address::Sockaddr,
    provider::{
        options::{Linger, SocketOption},
        turn::Phase,
    },
    rules::connection::{Connection, Shutdown, State},
    sys::{self, Seconds},
};

/// A socket for datagrams. Connected it is while it has an address to send to.
#[derive(Debug)]
pub(crate) struct Udp {
    fd: Descriptor,
    connection: AtomicU32,
    /// Calls that may be asleep in the kernel.
    sleepers: AtomicU32,
    peer: Mutex<Option<Address>>,
    family: Family,
    closed: AtomicBool,
    /// What the kernel reports, for those who have registered for events.
    watched: OnceLock<Arc<KernelWatch>>,
}

impl Udp {
    pub(crate) fn new(family: Family) -> Result<Self> {
        let domain = match family {
            Family::Inet => AddressFamily::INET,
            Family::Inet6 => AddressFamily::INET6,
            Family::InProcess => return Err(Error::AfNoSupport),
        };
        let flags = SocketFlags::CLOEXEC; // HND-36
        let fd = net::socket_with(domain, SocketType::DGRAM, flags, Some(ipproto::UDP))?;
        Ok(Self {
            fd: Descriptor {
                fd: Some(fd),
                lost: AtomicBool::new(false),
            },
            connection: AtomicU32::new(Connection::NEW.to_bits()),
            sleepers: AtomicU32::new(0),
            peer: Mutex::new(None),
            family,
            closed: AtomicBool::new(false),
            watched: OnceLock::new(),
        })
    }

    /// The open file gets another number.
    pub(crate) fn change_descriptor(&mut self) -> Result<()> {
        let other = fcntl_dupfd_cloexec(&self.fd, 0)?;
        if let Some(watched) = self.watched.get() {
            watched.moves(other.as_raw_fd());
        }
        self.fd.fd = Some(other);
        Ok(())
    }

    /// Gives the kernel socket away.
    pub(crate) fn take_descriptor(&mut self) -> Result<OwnedFd> {
        if !self.is_intact() {
            self.descriptor_was_closed(); // HND-35
            return Err(Error::NotSock);
        }
        self.unwatch();
        self.fd.fd.take().ok_or(Error::NotSock)
    }

    fn connection(&self) -> Connection {
        Connection::from_bits(self.connection.load(SeqCst))
    }

    fn change(&self, next: impl Fn(Connection) -> Connection) {
        let changed = |bits| Some(next(Connection::from_bits(bits)).to_bits());
        // It always has a next value.
        let _ = self.connection.fetch_update(SeqCst, SeqCst, changed);
    }

    fn now_bound(&self) {
        self.change(|connection| Connection {
            bound: true,
            ..connection
        });
    }

    fn check_open(&self) -> Result<()> {
        if self.closed.load(SeqCst) {
            Err(Error::Intr)
        } else {
            Ok(())
        }
    }

    /// Sleeps until the kernel reports `events`. Closing sets its flag first and counts sleepers
    /// afterwards, so one of the two sees the other.
    fn wait_for(&self, events: PollFlags, wait: &Wait<'_>) -> Result<()> {
        loop {
            // A deadline that has passed still looks once.
            let (remaining, is_last) = match wait.remaining() {
                Ok(remaining) => (remaining, false),
                Err(_) => (Some(Timespec::default()), true),
            };
            let mut polled = [PollFd::new(&self.fd, events)];
            self.sleepers.fetch_add(1, SeqCst);
            let result = match self.check_open() {
                Ok(()) => wait.sleep(|| poll(&mut polled, remaining.as_ref())),
                Err(_) => Err(Errno::INTR),
            };
            self.sleepers.fetch_sub(1, SeqCst);
            self.check_open()?;
            match result {
                Ok(0) if is_last => return Err(Error::TimedOut),
                Ok(0) => {}
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => wait.interrupted()?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Forgets the peer. The kernel takes the port along if it has chosen it, and is given it back.
    fn disconnect(&self) -> Result<()> {
        let before = net::getsockname(&self.fd)?;
        net::connect_unspec(&self.fd)?;
        let after = SocketAddr::try_from(net::getsockname(&self.fd)?);
        if let (Ok(before), Ok(mut after)) = (SocketAddr::try_from(before), after)
            && after.port() != before.port()
        {
            after.set_port(before.port());
            net::bind(&self.fd, &after)?;
        }
        *self.peer.lock() = None;
        self.change(|connection| Connection {
            state: State::Unconnected,
            ..connection
        });
        Ok(())
    }
}

/// An address that a datagram can be sent to (CON-12).
fn destination(address: &Address, family: Family) -> Result<&SocketAddr> {
    let ip = of_family(address, family)?;
    if ip.ip().is_unspecified() || ip.port() == 0 {
        return Err(Error::AddrNotAvail); // CON-12
    }
    Ok(ip)
}

impl Transport for Udp {
    fn bind(&self, address: &Address) -> Result<()> {
        let ip = of_family(address, self.family)?;
        if self.connection().bound {
            return Err(Error::Inval); // LSN-12
        }
        net::bind(&self.fd, ip)?;
        self.now_bound();
        Ok(())
    }

    fn listen(&self, _backlog: u32) -> Result<()> {
        Err(Error::OpNotSupp) // LSN-17
    }

    fn connect(&self, outgoing: &Outgoing<'_>, _mode: Mode<'_>) -> Result<()> {
        let ip = of_family(outgoing.destination, self.family)?;
        if outgoing.qos.is_some() {
            return Err(Error::OpNotSupp); // CON-29
        }
        if ip.ip().is_unspecified() && ip.port() == 0 {
            return self.disconnect();
        }
        net::connect(&self.fd, destination(outgoing.destination, self.family)?)?;
        *self.peer.lock() = Some(*outgoing.destination);
        self.change(|connection| Connection {
            state: State::Connected,
            bound: true,
            ..connection
        });
        Ok(())
    }

    fn send(&self, data: &[u8], mode: Mode<'_>) -> Result<usize> {
        self.send_vectored(&[IoSlice::new(data)], mode)
    }

    fn receive(&self, buffer: &mut [u8], flags: Receive, mode: Mode<'_>) -> Result<usize> {
        let received = self.receive_vectored(&mut [IoSliceMut::new(buffer)], flags, mode)?;
        Ok(received.bytes)
    }

    fn send_vectored(&self, data: &[IoSlice<'_>], mode: Mode<'_>) -> Result<usize> {
        self.connection().check_send()?;
        self.send_datagram(data, None, mode)
    }

    fn receive_vectored(
        &self,
        buffers: &mut [IoSliceMut<'_>],
        flags: Receive,
        mode: Mode<'_>,
    ) -> Result<Received> {
        Ok(self.receive_datagram(buffers, flags, mode)?.0)
    }

    fn send_to(&self, data: &[IoSlice<'_>], to: &Address, mode: Mode<'_>) -> Result<usize> {
        let to = destination(to, self.family)?;
        self.send_datagram(data, Some(to), mode)
    }

    fn receive_from(
        &self,
        buffers: &mut [IoSliceMut<'_>],
        flags: Receive,
        mode: Mode<'_>,
    ) -> Result<(Received, Option<Address>)> {
        self.receive_datagram(buffers, flags, mode)
    }

    fn bytes_readable(&self) -> Result<usize> {
        Ok(usize::try_from(ioctl_fionread(&self.fd)?).unwrap_or(usize::MAX))
    }

    fn shutdown(&self, how: Shutdown) -> Result<()> {
        self.change(|connection| connection.shut_down(how));
        let how = match how {
            Shutdown::Receive => net::Shutdown::Read,
            Shutdown::Send => net::Shutdown::Write,
            Shutdown::Both => net::Shutdown::Both,
        };
        match net::shutdown(&self.fd, how) {
            Ok(()) | Err(Errno::NOTCONN) => Ok(()), // it is done without a peer, too
            Err(error) => Err(error.into()),
        }
    }

    fn send_disconnect(&self, _data: Option<&[u8]>) -> Result<()> {
        Err(Error::OpNotSupp)
    }

    fn receive_disconnect(&self, _buffer: Option<&mut [u8]>) -> Result<usize> {
        Err(Error::OpNotSupp)
    }

    fn local_address(&self) -> Result<Address> {
        self.connection().check_local_address()?; // LSN-10
        Ok(Sockaddr::from_kernel(&net::getsockname(&self.fd)?)?.address())
    }

    fn peer_address(&self) -> Result<Address> {
        self.peer.lock().ok_or(Error::NotConn)
    }

    fn connected_since(&self) -> Result<Option<Seconds>> {
        Err(Error::NoProtoOpt)
    }

    fn socket_error(&self) -> Result<i32> {
        Ok(0) // the kernel's is told by the calls
    }

    fn finish_connect(&self, _mode: Mode<'_>) -> Result<()> {
        self.connection().check_connected()
    }

    fn set_nonblocking(&self, nonblocking: bool) -> Result<()> {
        Ok(ioctl_fionbio(&self.fd, nonblocking)?)
    }

    fn set_option(&self, option: SocketOption, value: u32) -> Result<()> {
        match option {
            SocketOption::Broadcast => Ok(sockopt::set_socket_broadcast(&self.fd, value != 0)?),
            option => kernel_options::set(&self.fd, self.family, option, value),
        }
    }

    fn option(&self, option: SocketOption) -> Result<u32> {
        let entry = Entry::datagrams(self.family)?;
        match option {
            SocketOption::Broadcast => Ok(sockopt::socket_broadcast(&self.fd)?.into()),
            SocketOption::MaxMessageSize => Ok(entry.info().message_size),
            option => kernel_options::get(&self.fd, self.family, option),
        }
    }

    fn set_linger(&self, _linger: Linger) -> Result<()> {
        Err(Error::NoProtoOpt)
    }

    fn inherits_options(&self) -> bool {
        true
    }

    fn read_descriptor(&self) -> Result<BorrowedFd<'_>> {
        Ok(self.fd.as_fd())
    }

    fn write_descriptor(&self) -> Result<BorrowedFd<'_>> {
        Ok(self.fd.as_fd())
    }

    fn is_intact(&self) -> bool {
        sockopt::socket_protocol(&self.fd) == Ok(Some(ipproto::UDP))
    }

    fn descriptor_was_closed(&self) {
        self.fd.lost.store(true, SeqCst); // HND-35
        self.forget_watch();
    }

    /// Wakes whoever sleeps on the socket. The kernel socket itself closes with its last user.
    fn close(&self, _phase: Phase, _linger: Linger) {
        self.closed.store(true, SeqCst);
        self.unwatch();
        if !self.fd.lost.load(SeqCst) && self.sleepers.load(SeqCst) > 0 {
            // Without a peer it says that there is none, and wakes them all the same.
            let _ = net::shutdown(&self.fd, net::Shutdown::Both);
        }
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
}
