//! Transports bring requests and carry out decisions; they never decide.

pub(crate) mod in_process;
mod kernel_options;
pub(crate) mod tcp;
pub(crate) mod udp;

use std::{
    io::{IoSlice, IoSliceMut},
    os::fd::{BorrowedFd, RawFd},
    sync::Arc,
    time::Instant,
};

use rustix::event::PollFlags;

use crate::{
    Address, Error, Qos, Readiness, Result, Wait,
    address::Sockaddr,
    provider::{
        intake::Intake,
        options::{Linger, SocketOption},
        turn::Phase,
        watch::{Target, Watch},
    },
    rules::{
        connection::Shutdown,
        events::NetworkEvents,
        user_data::{UserData, UserDataKind},
    },
    sys::Seconds,
};

/// Whether a call may wait, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mode<'a> {
    pub(crate) blocking: bool,
    pub(crate) wait: &'a Wait<'a>,
}

/// What a connect sends.
#[derive(Clone, Copy)]
pub(crate) struct Outgoing<'a> {
    pub(crate) destination: &'a Address,
    pub(crate) caller_data: &'a [u8],
    pub(crate) qos: Option<&'a Qos>,
    /// When the attempt times out, unless the kernel has its own time-out.
    pub(crate) expires: Option<Instant>,
    /// Makes what takes the callee data if the call returns before the decision.
    pub(crate) receiver: Option<&'a dyn Fn() -> CalleeReceiver>,
}

/// Takes the callee data of a non-blocking attempt, once, right before its success is told of (CON-25).
/// It is called with the network locked, and so does nothing but copy.
pub type CalleeReceiver = Box<dyn FnOnce(&[u8]) + Send>;

/// What a connection request says that has been taken from the head of the backlog. It is filled in
/// place, because it is large.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) caller: Sockaddr,
    pub(crate) callee: Sockaddr,
    pub(crate) caller_data: Option<UserData>,
    /// From the server's point of view (QOS-05).
    pub(crate) qos: Option<Qos>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            caller: Sockaddr::NONE,
            callee: Sockaddr::NONE,
            caller_data: None,
            qos: None,
        }
    }
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

    // Entries without user data and without a quality of service leave these as they are.

    fn set_user_data(&self, _kind: UserDataKind, _data: &[u8]) -> Result<()> {
        Err(Error::NoProtoOpt) // UDA-22
    }
    fn reserve_user_data(&self, _kind: UserDataKind, _room: usize) -> Result<()> {
        Err(Error::NoProtoOpt) // UDA-22
    }
    fn user_data(&self, _kind: UserDataKind, _buffer: &mut [u8]) -> Result<usize> {
        Err(Error::NoProtoOpt) // UDA-22
    }
    fn set_qos(&self, _qos: &Qos) -> Result<()> {
        Err(Error::NoProtoOpt) // QOS-10
    }
    /// Copies the callee data that the acceptance carried, cut to the buffer (UDA-13).
    fn callee_data(&self, _buffer: &mut [u8]) -> usize {
        0
    }
    fn qos(&self) -> Option<Qos> {
        None
    }

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
    /// What a taken request is known by. It must be given back: admitted, refused or put back.
    type Token;
    /// A connection that was admitted, on its way to becoming a socket.
    type Accepted;

    fn is_listening(&self) -> bool;

    /// Takes the head request, waiting for one if the mode allows; `held` says that a head was put
    /// back before.
    fn take(&self, held: bool, mode: Mode<'_>, request: &mut Request) -> Result<Self::Token>;
    fn admit(
        &self,
        token: Self::Token,
        request: &Request,
        acceptance: &Acceptance<'_>,
    ) -> Result<Self::Accepted>;
    fn refuse(&self, token: Self::Token, data: &[u8]) -> Result<()>;
    /// Puts the request back to the head: deferred, or undecided because of an invalid answer.
    fn put_back(&self, token: Self::Token, request: &Request, deferred: bool) -> Result<()>;
    /// Whether a head that was put back waits.
    fn holds_head(&self) -> bool;
    /// Refuses a head that was put back, because the listener has been closed.
    fn drop_head(&self);
    /// An accept call on a watched listener is about to give its turn back: the listener is silent if
    /// the head stays, deferred, and no longer otherwise (ACC-62, ACC-63).
    fn head_is_over(&self);
    /// An accept call on a watched listener has given its turn back (ACC-61, ACC-63).
    fn settle_accept(&self);

    /// The descriptor of the kernel socket, where the socket is one.
    fn descriptor(accepted: &Self::Accepted) -> Option<RawFd>;
    /// Makes the socket of what was admitted.
    fn endpoint(&self, accepted: Self::Accepted, request: &Request) -> Endpoint;
}

/// The socket of any transport.
#[derive(Debug)]
pub(crate) enum Endpoint {
    Tcp(tcp::Tcp),
    InProcess(in_process::InProcess),
    /// Apart: it is larger than the others, which are the many.
    Udp(Box<udp::Udp>),
}

/// What a thread sleeps for in `select`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Poll {
    /// Of the kernel socket. Elsewhere `IN` stands for the read descriptor and `OUT` for the write
    /// descriptor.
    pub(crate) flags: PollFlags,
    /// An attempt or a request times out then.
    pub(crate) expires: Option<Instant>,
}

impl Poll {
    /// Nothing that the kernel reports.
    pub(crate) const NOTHING: Self = Self {
        flags: PollFlags::empty(),
        expires: None,
    };
}

impl Endpoint {
    /// What of `wanted` is ready, and what to sleep for. `is_deciding` says that a condition function of
    /// the listener runs, or is about to.
    pub(crate) fn readiness(
        &self,
        wanted: Readiness,
        is_deciding: bool,
    ) -> Result<(Readiness, Poll)> {
        match self {
            Self::Tcp(tcp) => tcp.readiness(wanted, is_deciding),
            Self::InProcess(in_process) => in_process.readiness(wanted),
            Self::Udp(udp) => udp.readiness(wanted),
        }
    }
}

/// What concerns only sockets that somebody has registered for (`socket/events.rs`).
impl Endpoint {
    /// A registration; the first one begins the watch.
    pub(crate) fn watch(
        &self,
        intake: &'static Intake,
        watch: &Arc<Watch>,
        target: Target,
        mask: NetworkEvents,
    ) -> Result<()> {
        match self {
            Self::Tcp(tcp) => tcp.watch(intake, watch, target, mask),
            Self::InProcess(in_process) => in_process.watch(watch, target, mask),
            Self::Udp(udp) => udp.watch(intake, watch, target, mask),
        }
    }

    /// This socket was accepted from a watched listener.
    pub(crate) fn inherit_watch(&self, intake: &'static Intake, watch: &Arc<Watch>) {
        match self {
            Self::Tcp(tcp) => tcp.inherit_watch(intake, watch),
            Self::InProcess(in_process) => in_process.inherit_watch(watch),
            Self::Udp(_) => {} // it is never accepted
        }
    }

    /// A call has enabled `event` again without having looked at the socket; if its condition holds it
    /// is to be told of (EVT-13, EVT-14).
    pub(crate) fn look_again(&self, event: NetworkEvents) {
        match self {
            Self::Tcp(tcp) => tcp.look_again(),
            Self::InProcess(in_process) if event == NetworkEvents::ACCEPT => {
                in_process.enable_accepting();
            }
            Self::InProcess(in_process) => in_process.enable_reading(),
            Self::Udp(udp) => udp.look_again(),
        }
    }

    /// A call on a watched socket has failed with [`Error::WouldBlock`](crate::Error): `event` is
    /// enabled again (EVT-12). A kernel socket's own calls see to it.
    pub(crate) fn would_block(&self, event: NetworkEvents) {
        if let Self::InProcess(in_process) = self {
            match event {
                NetworkEvents::WRITE => in_process.wants_room(),
                _ => in_process.enable_reading(),
            }
        }
    }
}

impl Endpoint {
    pub(crate) fn transport(&self) -> &dyn Transport {
        match self {
            Self::Tcp(tcp) => tcp,
            Self::InProcess(in_process) => in_process,
            Self::Udp(udp) => &**udp,
        }
    }

    pub(crate) fn is_listening(&self) -> bool {
        match self {
            Self::Tcp(tcp) => tcp.is_listening(),
            Self::InProcess(in_process) => in_process.is_listening(),
            Self::Udp(_) => false,
        }
    }
}
