//! Transports bring requests and carry out decisions; they never decide.

pub(crate) mod in_process;
mod kernel_options;
pub(crate) mod tcp;
pub(crate) mod udp;

use std::{
    io::{IoSlice, IoSliceMut},
    os::fd::{BorrowedFd, OwnedFd},
    time::Instant,
};

use crate::{
    Address, Error, InProcessAddress, Qos, Result, Wait,
    provider::{
        options::{Linger, SocketOption},
        turn::Phase,
    },
    rules::{
        backlog::RequestId,
        connection::Shutdown,
        user_data::{UserData, UserDataKind},
    },
    sys::Seconds,
};

/// Whether a call may wait, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mode<'a> {
    pub(crate) blocking: bool,
    pub(crate) wait: Wait<'a>,
}

/// What a connect sends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outgoing<'a> {
    pub(crate) destination: &'a Address,
    pub(crate) caller_data: &'a [u8],
    pub(crate) qos: Option<&'a Qos>,
    /// When the attempt times out, unless the kernel has its own time-out.
    pub(crate) expires: Option<Instant>,
}

/// What a connection request says that has been taken from the head of the backlog. It is filled in
/// place, because it is large.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) caller: Address,
    pub(crate) callee: Address,
    pub(crate) caller_data: Option<UserData>,
    /// From the server's point of view (QOS-05).
    pub(crate) qos: Option<Qos>,
}

impl Default for Request {
    fn default() -> Self {
        const NOBODY: Address = Address::InProcess(InProcessAddress { node: 0, port: 0 });
        Self {
            caller: NOBODY,
            callee: NOBODY,
            caller_data: None,
            qos: None,
        }
    }
}

/// What the transport knows a taken request by. It must be given back: admitted, refused or put back.
#[derive(Debug)]
pub(crate) enum Token {
    /// The connection that the kernel has completed, and the mode it was taken with.
    Kernel { fd: OwnedFd, nonblocking: bool },
    /// A place in the provider's own queue.
    Queued(RequestId),
}

/// What goes back to the caller with an acceptance.
#[derive(Debug)]
pub(crate) struct Acceptance<'a> {
    pub(crate) callee_data: &'a [u8],
    /// From the server's point of view.
    pub(crate) qos: Option<&'a Qos>,
    pub(crate) nonblocking: bool,
}

/// Flags of a receive.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the call")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receive {
    /// Leave what is read in place, `MSG_PEEK`.
    pub peek: bool,
    /// Wait until the buffer is full or the stream ends, `MSG_WAITALL`; streams only.
    pub all: bool,
    /// Take bytes instead of a whole message, `MSG_PARTIAL`; message-oriented entries only. What does
    /// not fit into the buffer is left for the next receive, and the graceful end is 0 (DIS-35).
    pub partial: bool,
    /// Take the byte of urgent data instead of the stream, `MSG_OOB`; entries with
    /// [`Capabilities::URGENT_DATA`](crate::Capabilities) only.
    pub urgent: bool,
}

/// What a receive has got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// How many bytes.
    pub bytes: usize,
    /// Whether they are a part of a message of which more is to come, `MSG_PARTIAL`; false on a
    /// stream.
    pub partial: bool,
}

/// The socket of one transport.
pub(crate) trait Transport: Send + Sync + std::fmt::Debug {
    fn bind(&self, address: &Address) -> Result<()>;
    fn listen(&self, backlog: u32) -> Result<()>;
    fn connect(&self, outgoing: &Outgoing<'_>, mode: Mode<'_>) -> Result<()>;

    fn send(&self, data: &[u8], mode: Mode<'_>) -> Result<usize>;
    fn receive(&self, buffer: &mut [u8], flags: Receive, mode: Mode<'_>) -> Result<usize>;
    fn send_vectored(&self, data: &[IoSlice<'_>], mode: Mode<'_>) -> Result<usize>;
    fn receive_vectored(
        &self,
        buffers: &mut [IoSliceMut<'_>],
        flags: Receive,
        mode: Mode<'_>,
    ) -> Result<Received>;
    /// Sends a datagram; what has connections ignores the address.
    fn send_to(&self, data: &[IoSlice<'_>], _to: &Address, mode: Mode<'_>) -> Result<usize> {
        self.send_vectored(data, mode)
    }
    /// Receives a datagram and says where it came from; what has connections says nothing.
    fn receive_from(
        &self,
        buffers: &mut [IoSliceMut<'_>],
        flags: Receive,
        mode: Mode<'_>,
    ) -> Result<(Received, Option<Address>)> {
        Ok((self.receive_vectored(buffers, flags, mode)?, None))
    }
    /// Sends data whose last byte is urgent.
    fn send_urgent(&self, _data: &[u8], _mode: Mode<'_>) -> Result<usize> {
        Err(Error::OpNotSupp)
    }
    /// How much one receive would get now.
    fn bytes_readable(&self) -> Result<usize>;
    /// Whether no urgent byte lies ahead in the stream.
    fn is_at_mark(&self) -> Result<bool> {
        Err(Error::OpNotSupp)
    }
    fn shutdown(&self, how: Shutdown) -> Result<()>;
    fn send_disconnect(&self, data: Option<&[u8]>) -> Result<()>;
    fn receive_disconnect(&self, buffer: Option<&mut [u8]>) -> Result<usize>;
    fn set_user_data(&self, kind: UserDataKind, data: &[u8]) -> Result<()>;
    fn reserve_user_data(&self, kind: UserDataKind, room: usize) -> Result<()>;
    fn user_data(&self, kind: UserDataKind, buffer: &mut [u8]) -> Result<usize>;
    fn set_qos(&self, qos: &Qos) -> Result<()>;
    /// Copies the callee data that the acceptance carried, cut to the buffer (UDA-13).
    fn callee_data(&self, buffer: &mut [u8]) -> usize;
    fn qos(&self) -> Option<Qos>;

    fn local_address(&self) -> Result<Address>;
    fn peer_address(&self) -> Result<Address>;
    /// When the connection was established, by the kernel's last tick; nothing without a connection.
    fn connected_since(&self) -> Result<Option<Seconds>>;
    fn socket_error(&self) -> Result<i32>;
    /// Waits until a connect attempt has ended and says how.
    fn finish_connect(&self, mode: Mode<'_>) -> Result<()>;

    fn set_nonblocking(&self, nonblocking: bool) -> Result<()>;
    fn set_option(&self, option: SocketOption, value: u32) -> Result<()>;
    /// The transport's value of an option that was not set through the library.
    fn option(&self, option: SocketOption) -> Result<u32>;
    fn set_linger(&self, linger: Linger) -> Result<()>;
    /// Before closing: waits until everything is out, or decides that closing resets (DIS-41). The
    /// interrupt hook of the wait may end it.
    fn linger_before_close(&self, _linger: Linger, _mode: Mode<'_>) -> Result<()> {
        Ok(()) // what was sent in memory has arrived
    }
    /// Whether accepted sockets get what was set on the listener before listen by themselves.
    fn inherits_options(&self) -> bool;

    fn read_descriptor(&self) -> Result<BorrowedFd<'_>>;
    fn write_descriptor(&self) -> Result<BorrowedFd<'_>>;
    /// Whether the descriptor still is the socket's, as far as the kernel can tell (HND-16, HND-35).
    fn is_intact(&self) -> bool {
        true
    }
    /// The program has closed the kernel socket's number by other means.
    fn descriptor_was_closed(&self) {}
    fn close(&self, phase: Phase, linger: Linger);
    /// Gives up the kernel socket of a closed socket that is not dropped yet.
    fn release(&self) {}
}

/// The listening side of a transport.
///
/// It stands by itself because it is never called through a table of functions: after a system call
/// the processor mispredicts such a call, and an accept call has several.
pub(crate) trait Accepting {
    fn is_listening(&self) -> bool;

    /// Takes the head request, waiting for one if the mode allows; `held` says that a head was put
    /// back before.
    fn take(&self, held: bool, mode: Mode<'_>, request: &mut Request) -> Result<Token>;
    fn admit(
        &self,
        token: Token,
        request: &Request,
        acceptance: &Acceptance<'_>,
    ) -> Result<Endpoint>;
    fn refuse(&self, token: Token, data: &[u8]) -> Result<()>;
    /// Puts the request back to the head: deferred, or undecided because of an invalid answer.
    fn put_back(&self, token: Token, request: &Request, deferred: bool) -> Result<()>;
    /// Whether a head that was put back waits.
    fn holds_head(&self) -> bool;
    /// Refuses a head that was put back, because the listener has been closed.
    fn drop_head(&self);
}

/// The socket of any transport.
#[derive(Debug)]
pub(crate) enum Endpoint {
    Tcp(tcp::Tcp),
    InProcess(in_process::InProcess),
    Udp(udp::Udp),
}

impl Endpoint {
    pub(crate) fn transport(&self) -> &dyn Transport {
        match self {
            Self::Tcp(tcp) => tcp,
            Self::InProcess(in_process) => in_process,
            Self::Udp(udp) => udp,
        }
    }
}

/// Calls a method of whichever transport it is.
macro_rules! of_any {
    ($endpoint:ident.$method:ident($($argument:expr),*)) => {
        match $endpoint {
            Endpoint::Tcp(tcp) => tcp.$method($($argument),*),
            Endpoint::InProcess(in_process) => in_process.$method($($argument),*),
            Endpoint::Udp(udp) => udp.$method($($argument),*),
        }
    };
}

impl Accepting for Endpoint {
    fn is_listening(&self) -> bool {
        of_any!(self.is_listening())
    }

    fn take(&self, held: bool, mode: Mode<'_>, request: &mut Request) -> Result<Token> {
        of_any!(self.take(held, mode, request))
    }

    fn admit(&self, token: Token, request: &Request, acceptance: &Acceptance<'_>) -> Result<Self> {
        of_any!(self.admit(token, request, acceptance))
    }

    fn refuse(&self, token: Token, data: &[u8]) -> Result<()> {
        of_any!(self.refuse(token, data))
    }

    fn put_back(&self, token: Token, request: &Request, deferred: bool) -> Result<()> {
        of_any!(self.put_back(token, request, deferred))
    }

    fn holds_head(&self) -> bool {
        of_any!(self.holds_head())
    }

    fn drop_head(&self) {
        of_any!(self.drop_head());
    }
}
