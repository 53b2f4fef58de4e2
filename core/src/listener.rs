//! The typed listener.

use std::{
    os::fd::{AsFd, BorrowedFd},
    time::Duration,
};

use crate::{
    Address, ConditionArgs, Decision, Entry, Error, Linger, Result, Socket, SocketOption, Stream,
    Wait,
};

/// A listening socket, and the condition functions that decide who gets in.
///
/// ```
/// use vestibule::{Decision, Error, InProcessAddress, Listener};
///
/// # fn main() -> vestibule::Result<()> {
/// let listener = Listener::bind(InProcessAddress::local(0), 5)?;
/// listener.set_nonblocking(true)?;
/// let nobody = listener.accept(|caller| {
///     println!("{} calls with {:?}", caller.caller_id(), caller.caller_data());
///     Decision::Accept
/// });
/// assert_eq!(nobody.unwrap_err(), Error::WouldBlock);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Listener {
    socket: Socket,
}

impl Listener {
    /// Binds and listens. Port 0 asks for a free port. As with the standard library, an IP address
    /// may be used again right after a restart.
    ///
    /// # Errors
    /// Those of [`Socket::new`], [`Socket::bind`] and [`Socket::listen`].
    pub fn bind(address: impl Into<Address>, backlog: i32) -> Result<Self> {
        let address = address.into();
        Self::bind_entry(Entry::stream(address.family()), &address, backlog)
    }

    /// The same for connections that carry messages: see [`Connector::messages`].
    ///
    /// # Errors
    /// Also [`Error::SocktNoSupport`] for a family without a message-oriented entry.
    ///
    /// [`Connector::messages`]: crate::Connector::messages
    pub fn bind_messages(address: impl Into<Address>, backlog: i32) -> Result<Self> {
        let address = address.into();
        Self::bind_entry(Entry::messages(address.family())?, &address, backlog)
    }

    fn bind_entry(entry: Entry, address: &Address, backlog: i32) -> Result<Self> {
        let socket = Socket::new(entry)?;
        if socket.entry().is_kernel_socket() {
            socket.set_option(SocketOption::ReuseAddress, 1)?;
        }
        socket.bind(address)?;
        socket.listen(backlog)?;
        Ok(Self { socket })
    }

    pub(crate) const fn from_listening(socket: Socket) -> Self {
        Self { socket }
    }

    /// Accepts the oldest connection request if `condition` says so.
    ///
    /// # Errors
    /// [`Error::ConnRefused`] after a rejection and [`Error::TryAgain`] after a deferral; all
    /// others as [`Socket::accept`] says.
    pub fn accept(
        &self,
        condition: impl FnOnce(&mut ConditionArgs<'_>) -> Decision,
    ) -> Result<Stream> {
        self.accept_with(condition, &Wait::FOREVER)
    }

    /// The same, waiting no longer than `timeout` for a request.
    ///
    /// # Errors
    /// Also [`Error::TimedOut`].
    pub fn accept_timeout(
        &self,
        timeout: Duration,
        condition: impl FnOnce(&mut ConditionArgs<'_>) -> Decision,
    ) -> Result<Stream> {
        self.accept_with(condition, &Wait::at_most(timeout))
    }

    /// Accepts the oldest connection request without question, a deferred one too (ACC-27).
    ///
    /// # Errors
    /// As [`Socket::accept`] says.
    pub fn accept_any(&self) -> Result<Stream> {
        self.accept(|_| Decision::Accept)
    }

    /// The general form.
    ///
    /// # Errors
    /// As [`Socket::accept`] says.
    pub fn accept_with(
        &self,
        condition: impl FnOnce(&mut ConditionArgs<'_>) -> Decision,
        wait: &Wait<'_>,
    ) -> Result<Stream> {
        self.socket
            .accept(|args| Ok(condition(args)), wait)
            .map(Stream::from_connected)
    }

    /// The local address.
    ///
    /// # Errors
    /// [`Error::NotSock`] after [`close`](Self::close).
    pub fn local_address(&self) -> Result<Address> {
        self.socket.local_address()
    }

    /// Gives it a new backlog (LSN-25).
    ///
    /// # Errors
    /// As [`Socket::listen`] says.
    pub fn set_backlog(&self, backlog: i32) -> Result<()> {
        self.socket.listen(backlog)
    }

    /// Makes it non-blocking, or blocking again; sockets accepted from then on are the same
    /// (SKT-06).
    ///
    /// # Errors
    /// As [`Socket::set_nonblocking`] says.
    pub fn set_nonblocking(&self, nonblocking: bool) -> Result<()> {
        self.socket.set_nonblocking(nonblocking)
    }

    /// The value of an option.
    ///
    /// # Errors
    /// As [`Socket::option`] says.
    pub fn option(&self, option: SocketOption) -> Result<u32> {
        self.socket.option(option)
    }

    /// Sets an option, for itself and the sockets that it accepts from then on.
    ///
    /// # Errors
    /// As [`Socket::set_option`] says.
    pub fn set_option(&self, option: SocketOption, value: u32) -> Result<()> {
        self.socket.set_option(option, value)
    }

    /// Sets the linger setting of the sockets that it accepts from then on.
    ///
    /// # Errors
    /// As [`Socket::set_linger`] says.
    pub fn set_linger(&self, linger: Linger) -> Result<()> {
        self.socket.set_linger(linger)
    }

    /// Stops listening, from any thread: accept calls end with [`Error::Intr`], and so do later
    /// ones with [`Error::NotSock`]. What was queued is refused.
    ///
    /// # Errors
    /// [`Error::NotSock`] the second time, [`Error::InProgress`] inside its own condition function.
    pub fn close(&self) -> Result<()> {
        self.socket.close()
    }

    /// The socket itself.
    pub fn into_socket(self) -> Socket {
        self.socket
    }
}

impl TryFrom<Socket> for Listener {
    type Error = Error;

    /// # Errors
    /// [`Error::Inval`] if the socket does not listen.
    fn try_from(socket: Socket) -> Result<Self> {
        if socket.is_listening() {
            Ok(Self { socket })
        } else {
            Err(Error::Inval)
        }
    }
}

impl AsFd for Listener {
    /// The descriptor to poll for input: see [`Socket::read_descriptor`]. A program that defers
    /// must not wait on it on plain TCP, because the kernel goes on reporting the requests behind
    /// the deferred one.
    ///
    /// # Panics
    /// On the in-process entry, if no descriptor is free at the first call.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.read_descriptor().expect("a descriptor is free")
    }
}
