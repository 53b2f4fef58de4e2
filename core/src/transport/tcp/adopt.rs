//! Taking over a kernel socket that was made elsewhere, and giving one back.

use std::os::fd::{AsRawFd, OwnedFd};

use rustix::{
    fs::{OFlags, fcntl_getfl},
    io::{Errno, fcntl_dupfd_cloexec},
    net::{self, AddressFamily, SocketType, ipproto, sockopt},
};

use super::Tcp;
use crate::{
    Address, Error, Family, Linger, Result,
    address::Sockaddr,
    rules::connection::{Connection, State},
    transport::Transport as _,
};

/// A kernel socket that was taken over.
#[derive(Debug)]
pub(crate) struct Adopted {
    pub(crate) tcp: Tcp,
    pub(crate) linger: Linger,
    pub(crate) nonblocking: bool,
}

/// What a kernel socket is found to be.
struct Found {
    family: Family,
    connection: Connection,
    local: Address,
    peer: Sockaddr,
    linger: Linger,
    nonblocking: bool,
}

impl Tcp {
    /// Takes over a kernel socket that listens or is connected.
    pub(crate) fn adopt(fd: OwnedFd) -> Result<Adopted, (Error, OwnedFd)> {
        let found = match look(&fd) {
            Ok(found) => found,
            Err(error) => return Err((error, fd)),
        };
        let tcp = Self::from_fd(fd, found.family, found.connection, found.peer).configured();
        if found.connection.state == State::Listening {
            tcp.listens_on(&found.local);
        }
        Ok(Adopted {
            tcp,
            linger: found.linger,
            nonblocking: found.nonblocking,
        })
    }

    /// The open file gets another number.
    pub(crate) fn change_descriptor(&mut self) -> Result<()> {
        let other = fcntl_dupfd_cloexec(&self.fd, 0)?;
        if let Some(watched) = self.watched() {
            watched.moves(other.as_raw_fd());
        }
        self.fd.fd = Some(other);
        Ok(())
    }

    pub(crate) fn family(&self) -> Family {
        self.family
    }

    /// Gives the kernel socket away, with `linger` as the kernel understands it.
    pub(crate) fn take_descriptor(&mut self, linger: Linger) -> Result<OwnedFd> {
        if !self.is_intact() {
            self.descriptor_was_closed(); // HND-35
            return Err(Error::NotSock);
        }
        sockopt::set_socket_linger(&self.fd, linger.duration())?;
        self.unwatch();
        self.fd.fd.take().ok_or(Error::NotSock)
    }
}

fn look(fd: &OwnedFd) -> Result<Found> {
    let family = match sockopt::socket_domain(fd)? {
        AddressFamily::INET => Family::Inet,
        AddressFamily::INET6 => Family::Inet6,
        _ => return Err(Error::AfNoSupport),
    };
    if sockopt::socket_type(fd)? != SocketType::STREAM {
        return Err(Error::SocktNoSupport);
    }
    if sockopt::socket_protocol(fd)? != Some(ipproto::TCP) {
        return Err(Error::ProtoNoSupport);
    }
    let (connection, peer) = if sockopt::socket_acceptconn(fd)? {
        let listening = Connection {
            state: State::Listening,
            bound: true,
            ..Connection::NEW
        };
        (listening, Sockaddr::NONE)
    } else {
        match net::getpeername(fd) {
            Ok(Some(peer)) => (Connection::ACCEPTED, Sockaddr::from_kernel(&peer)?),
            Ok(None) | Err(Errno::NOTCONN) => return Err(Error::NotConn),
            Err(error) => return Err(error.into()),
        }
    };
    Ok(Found {
        family,
        connection,
        local: Sockaddr::from_kernel(&net::getsockname(fd)?)?.address(),
        peer,
        linger: Linger::from_duration(sockopt::socket_linger(fd)?),
        nonblocking: fcntl_getfl(fd)?.contains(OFlags::NONBLOCK),
    })
}
