//! Kernel sockets that come from elsewhere, or go there.

use std::{
    fmt, io,
    net::{TcpListener, TcpStream},
    os::fd::OwnedFd,
};

use super::{Limits, Socket};
use crate::{
    Entry, Error, Listener, Result, Stream,
    transport::{
        Accepting, Endpoint,
        tcp::{Adopted, Tcp},
    },
};

/// A kernel socket that could not be adopted, given back.
#[derive(Debug)]
pub struct AdoptError {
    /// Why.
    pub error: Error,
    /// What was offered, unchanged.
    pub descriptor: OwnedFd,
}

/// A socket that could not be detached, given back.
#[derive(Debug)]
pub struct DetachError {
    /// Why.
    pub error: Error,
    /// The socket, unchanged.
    pub socket: Box<Socket>,
}

impl Socket {
    /// Takes over a kernel socket that the program has from elsewhere: TCP, listening or connected.
    /// That is how a server is started by socket activation, and how a forked child takes its
    /// parent's listener along.
    ///
    /// The socket keeps its mode, its options and, as a listener, its backlog; the lingering that
    /// was set on it becomes the library's. From here on it belongs to the library; change nothing
    /// behind its back. What the peer has sent so far is there to be received.
    ///
    /// # Errors
    /// The descriptor comes back with [`Error::NotSock`] if it is no socket, [`Error::AfNoSupport`]
    /// for another family, [`Error::SocktNoSupport`] or [`Error::ProtoNoSupport`] for another kind
    /// than TCP, [`Error::NotConn`] if it neither listens nor is connected.
    pub fn adopt(descriptor: OwnedFd) -> Result<Self, AdoptError> {
        let adopted = Tcp::adopt(descriptor)
            .map_err(|(error, descriptor)| AdoptError { error, descriptor })?;
        let Adopted {
            tcp,
            linger,
            nonblocking,
        } = adopted;
        let entry = Entry::stream(tcp.family());
        let endpoint = Endpoint::Tcp(tcp);
        let socket = Self::from_endpoint(entry, endpoint, Limits::of(entry));
        socket.nonblocking.store(nonblocking, super::SeqCst);
        if linger.on {
            // It cannot fail on a socket that has just told its linger setting.
            let _ = socket.set_linger(linger);
        }
        socket.extra().options.listening();
        Ok(socket)
    }

    /// Gives the kernel socket back: open, with its mode, its options and its linger setting. It
    /// works in a forked child too.
    ///
    /// # Errors
    /// The socket comes back with [`Error::OpNotSupp`] if it is no kernel socket, [`Error::NotSock`]
    /// if it is closed, [`Error::Inval`] if it is a listener that holds a deferred request, which
    /// would be lost.
    pub fn into_descriptor(mut self) -> Result<OwnedFd, DetachError> {
        match self.take_descriptor() {
            Ok(descriptor) => Ok(descriptor),
            Err(error) => Err(DetachError {
                error,
                socket: Box::new(self),
            }),
        }
    }

    /// Gives the kernel socket another descriptor and closes the one it has.
    ///
    /// # Errors
    /// [`Error::MFile`]; [`Error::NotSock`] if it is no kernel socket.
    pub(crate) fn change_descriptor(&mut self) -> Result<()> {
        match &mut self.endpoint {
            Endpoint::Tcp(tcp) => tcp.change_descriptor(),
            Endpoint::Udp(udp) => udp.change_descriptor(),
            Endpoint::InProcess(_) => Err(Error::NotSock),
        }
    }

    fn take_descriptor(&mut self) -> Result<OwnedFd> {
        if *self.closed.get_mut() {
            return Err(Error::NotSock); // HND-15
        }
        let is_ours = self.provider.check_process().is_ok();
        let linger = self.linger();
        let descriptor = match &mut self.endpoint {
            Endpoint::Tcp(tcp) if is_ours && tcp.holds_head() => return Err(Error::Inval),
            Endpoint::Tcp(tcp) => tcp.take_descriptor(linger)?,
            Endpoint::Udp(udp) => udp.take_descriptor()?,
            Endpoint::InProcess(_) => return Err(Error::OpNotSupp),
        };
        *self.closed.get_mut() = true;
        Ok(descriptor)
    }
}

impl TryFrom<OwnedFd> for Socket {
    type Error = AdoptError;

    /// # Errors
    /// As [`Socket::adopt`] says.
    fn try_from(descriptor: OwnedFd) -> Result<Self, AdoptError> {
        Self::adopt(descriptor)
    }
}

impl TryFrom<Socket> for OwnedFd {
    type Error = DetachError;

    /// # Errors
    /// As [`Socket::into_descriptor`] says.
    fn try_from(socket: Socket) -> Result<Self, DetachError> {
        socket.into_descriptor()
    }
}

impl TryFrom<TcpListener> for Listener {
    type Error = AdoptError;

    /// # Errors
    /// As [`Socket::adopt`] says; a `TcpListener` that was not made by hand is always taken.
    fn try_from(listener: TcpListener) -> Result<Self, AdoptError> {
        Socket::adopt(listener.into()).map(Self::from_listening)
    }
}

impl TryFrom<TcpStream> for Stream {
    type Error = AdoptError;

    /// # Errors
    /// As [`Socket::adopt`] says: [`Error::NotConn`] if the peer has reset it already.
    fn try_from(stream: TcpStream) -> Result<Self, AdoptError> {
        Socket::adopt(stream.into()).map(Self::from_connected)
    }
}

impl TryFrom<Listener> for OwnedFd {
    type Error = DetachError;

    /// # Errors
    /// As [`Socket::into_descriptor`] says.
    fn try_from(listener: Listener) -> Result<Self, DetachError> {
        listener.into_socket().into_descriptor()
    }
}

impl TryFrom<Stream> for OwnedFd {
    type Error = DetachError;

    /// # Errors
    /// As [`Socket::into_descriptor`] says.
    fn try_from(stream: Stream) -> Result<Self, DetachError> {
        stream.into_socket().into_descriptor()
    }
}

impl From<AdoptError> for Error {
    fn from(failure: AdoptError) -> Self {
        failure.error
    }
}

impl From<DetachError> for Error {
    fn from(failure: DetachError) -> Self {
        failure.error
    }
}

impl From<AdoptError> for io::Error {
    fn from(failure: AdoptError) -> Self {
        failure.error.into()
    }
}

impl From<DetachError> for io::Error {
    fn from(failure: DetachError) -> Self {
        failure.error.into()
    }
}

impl fmt::Display for AdoptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl fmt::Display for DetachError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for AdoptError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl std::error::Error for DetachError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
