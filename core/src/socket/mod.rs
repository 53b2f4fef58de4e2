//! The socket itself: every operation of every entry, as Winsock names them.

mod accepting;
mod adopting;
mod closing;
mod data;
mod datagrams;
mod events;
mod select;
mod settings;
mod urgent;
mod vectored;

pub(crate) use self::accepting::Place;
pub use self::{
    adopting::{AdoptError, DetachError},
    select::{Readiness, Selected, select},
};

use std::{
    os::fd::{AsRawFd, BorrowedFd, RawFd},
    sync::{Arc, OnceLock, atomic::Ordering::SeqCst},
    time::Instant,
};

use crate::{
    Address, Entry, Error, Qos, Result, Setting, SocketOption, UserDataLimits, Wait,
    provider::{
        monitor::{Announced, Signal},
        options::OptionStore,
        process::Provider,
        sync::AtomicBool,
        turn::{Phase, Turn},
        watch::Watch,
    },
    rules::{backlog, user_data},
    transport::{
        CalleeReceiver, Endpoint, Mode, Outgoing, Transport, in_process::InProcess, tcp::Tcp,
        udp::Udp,
    },
};

/// A socket of any entry, in any state.
///
/// This is the level that the C library is built on: one type whose calls are valid or not
/// depending on its state. Rust programs will mostly prefer [`Listener`](crate::Listener) and
/// [`Stream`](crate::Stream).
///
/// Every method can be called from every thread (HND-14), but not from a forked child: there every
/// method fails with [`Error::NotInitialised`], or with [`Error::NotSock`] once the child has made a
/// socket of its own; dropping one closes its descriptor and nothing else. A kernel socket can be
/// taken along with [`into_descriptor`](Self::into_descriptor) and [`adopt`](Self::adopt).
///
/// A fresh socket is blocking, unbound and not connected (HND-17). After [`close`](Self::close)
/// every call fails with [`Error::NotSock`]. The mode is a property of the library's socket: change
/// it through [`set_nonblocking`](Self::set_nonblocking) and not behind the library's back.
///
/// Dropping a socket closes it.
#[derive(Debug)]
pub struct Socket {
    /// That of the process it was made in.
    provider: &'static Provider,
    endpoint: Endpoint,
    limits: Limits,
    entry: Entry,
    nonblocking: AtomicBool,
    closed: AtomicBool,
    /// Made when it is needed: an accepted socket, of which there may be many, does without.
    extra: OnceLock<Box<Extra>>,
}

/// What few sockets have: listeners, and those on which an option was set.
#[derive(Debug, Default)]
struct Extra {
    options: OptionStore,
    turn: Turn,
    /// Made by the first registration for events, or inherited.
    watch: OnceLock<Arc<Watch>>,
    /// What messages name the socket by, if that was said before the first registration.
    message_name: OnceLock<u64>,
}

/// [`UserDataLimits`] in little room; no limit is beyond 4096 bytes.
#[derive(Clone, Copy, Debug)]
struct Limits {
    connect: u16,
    disconnect: u16,
}

impl Limits {
    fn of(entry: Entry) -> Self {
        let limits = entry.user_data_limits();
        let narrow = |limit: usize| u16::try_from(limit).unwrap_or(u16::MAX);
        Self {
            connect: narrow(limits.connect),
            disconnect: narrow(limits.disconnect),
        }
    }
}

/// What a connect sends besides the request (LAY-14).
#[derive(Clone, Copy, Debug, Default)]
pub struct ConnectData<'a> {
    /// Caller data, shown to the server's condition function. Empty means none (CON-22, UDA-11).
    pub caller_data: &'a [u8],
    /// The quality of service asked for, from the client's point of view (QOS-03).
    pub qos: Option<&'a Qos>,
}

impl Socket {
    /// Makes a socket.
    ///
    /// # Errors
    /// [`Error::MFile`] if descriptors or in-process sockets run out, [`Error::NoBufs`] if memory
    /// does, [`Error::AfNoSupport`] if the kernel lacks the family (HND-19).
    pub fn new(entry: Entry) -> Result<Self> {
        let endpoint = match entry {
            Entry::Tcp4 | Entry::Tcp6 => Endpoint::Tcp(Tcp::new(entry.family())?),
            Entry::Udp4 | Entry::Udp6 => Endpoint::Udp(Box::new(Udp::new(entry.family())?)),
            Entry::InProcess | Entry::InProcessMessages => {
                Endpoint::InProcess(InProcess::new(entry.is_message_oriented())?)
            }
        };
        Ok(Self::from_endpoint(entry, endpoint, Limits::of(entry)))
    }

    fn from_endpoint(entry: Entry, endpoint: Endpoint, limits: Limits) -> Self {
        Self::of_provider(Provider::start(), entry, endpoint, limits)
    }

    fn of_provider(
        provider: &'static Provider,
        entry: Entry,
        endpoint: Endpoint,
        limits: Limits,
    ) -> Self {
        Self {
            provider,
            endpoint,
            limits,
            entry,
            nonblocking: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            extra: OnceLock::new(),
        }
    }

    /// That of the process it was made in.
    pub(crate) fn provider(&self) -> &'static Provider {
        self.provider
    }

    fn extra(&self) -> &Extra {
        self.extra.get_or_init(Box::default)
    }

    /// What an option was set to, if it was.
    fn set_to(&self, option: SocketOption) -> Option<u32> {
        self.extra.get()?.options.touched()?.get(option)
    }

    fn transport(&self) -> &dyn Transport {
        self.endpoint.transport()
    }

    fn check_open(&self) -> Result<()> {
        self.provider.check_process()?;
        if self.closed.load(SeqCst) {
            Err(Error::NotSock)
        } else {
            Ok(())
        } // HND-15
    }

    /// Inside its condition function a listener is not to be touched (ACC-51).
    fn check_not_served_here(&self) -> Result<()> {
        self.check_open()?;
        if self
            .extra
            .get()
            .is_some_and(|extra| extra.turn.is_decided_here())
        {
            Err(Error::InProgress)
        } else {
            Ok(())
        } // ACC-51
    }

    fn mode<'a>(&self, wait: &'a Wait<'a>) -> Mode<'a> {
        Mode {
            blocking: !self.nonblocking.load(SeqCst),
            wait,
        }
    }

    /// The entry it was made with.
    pub const fn entry(&self) -> Entry {
        self.entry
    }

    /// How much user data it can send; 0 where the entry carries none (UDA-27).
    pub fn user_data_limits(&self) -> UserDataLimits {
        UserDataLimits {
            connect: self.limits.connect.into(),
            disconnect: self.limits.disconnect.into(),
        }
    }

    /// Binds it to a local address; port 0 asks for a free port (LSN-13).
    ///
    /// # Errors
    /// [`Error::AfNoSupport`] for another family (LSN-11); [`Error::Inval`] if it is bound already,
    /// [`Error::AddrInUse`], [`Error::AddrNotAvail`] (LSN-12); [`Error::Acces`] for a port that the
    /// process may not use.
    pub fn bind(&self, address: &Address) -> Result<()> {
        self.check_open()?;
        self.transport().bind(address)
    }

    /// Makes it listen, or gives a listening socket a new backlog (LSN-01, LSN-02, LSN-25).
    ///
    /// `backlog` is the number of undecided requests that may wait: 0 means 1, a negative number is
    /// a hint, and one above [`Setting::BacklogCeiling`] means the ceiling (LSN-05, LSN-18 to
    /// LSN-20).
    ///
    /// # Errors
    /// [`Error::OpNotSupp`] for datagrams (LSN-17); [`Error::Inval`] if it is unbound (LSN-15),
    /// [`Error::IsConn`] if it is connected (LSN-16),
    /// [`Error::InProgress`] inside its own condition function (ACC-51), [`Error::AddrInUse`].
    pub fn listen(&self, backlog: i32) -> Result<()> {
        self.check_not_served_here()?;
        let first = !self.endpoint.is_listening();
        let extra = self.extra(); // before anybody can accept
        self.transport()
            .listen(backlog::effective(backlog, Setting::BacklogCeiling.get()))?;
        if first {
            extra.options.listening();
        }
        Ok(())
    }

    /// Whether it listens.
    pub fn is_listening(&self) -> bool {
        self.check_open().is_ok() && self.endpoint.is_listening()
    }

    /// Connects. With datagrams that says where [`send`](Self::send) sends and from where a receive
    /// takes; it can be said again, an address that is all zero takes it back, and caller data is
    /// ignored (CON-28). A blocking socket waits for the server's decision where the entry has one, and
    /// for the kernel on plain TCP (CON-02).
    ///
    /// # Errors
    /// [`Error::WouldBlock`] if it is non-blocking and the attempt goes on (CON-05);
    /// [`Error::ConnRefused`] after a rejection or if nothing of its kind listens (CON-08, CON-09);
    /// [`Error::TimedOut`] (CON-10); [`Error::Already`] (CON-06); [`Error::IsConn`] (CON-07);
    /// [`Error::Inval`] on a listener (LSN-29); [`Error::AddrNotAvail`] for an address that is all
    /// zero or port 0 (CON-12); [`Error::AfNoSupport`] (CON-13); [`Error::NetUnreach`],
    /// [`Error::HostUnreach`] (CON-14); [`Error::Fault`] for caller data beyond the limit (CON-26);
    /// [`Error::ProtoNoSupport`] for caller data where the entry carries none (CON-27);
    /// [`Error::OpNotSupp`] for a flow specification that cannot be carried (CON-29, QOS-10);
    /// [`Error::Intr`] if another thread closed it or the hook of [`Wait`] ended it.
    pub fn connect(&self, address: &Address, data: ConnectData<'_>, wait: &Wait<'_>) -> Result<()> {
        self.connect_receiving(address, data, None, wait)
    }

    /// The same for a binding that was given room for the callee data. If the socket is non-blocking
    /// and the attempt goes on, `receiver` makes what is handed the callee data before anybody can see
    /// that the attempt has succeeded (CON-25). It is dropped when the attempt has ended in any other
    /// way, and before closing returns (UDA-12).
    #[doc(hidden)]
    pub fn connect_receiving(
        &self,
        address: &Address,
        data: ConnectData<'_>,
        receiver: Option<&dyn Fn() -> CalleeReceiver>,
        wait: &Wait<'_>,
    ) -> Result<()> {
        self.check_open()?;
        if self.limits.connect > 0 {
            user_data::check_outgoing(data.caller_data, self.limits.connect.into())?; // CON-26
        } else if !data.caller_data.is_empty() && !self.entry.is_connectionless() {
            // On datagrams it is ignored (CON-28).
            return Err(Error::ProtoNoSupport); // CON-27
        }
        let outgoing = Outgoing {
            destination: address,
            caller_data: data.caller_data,
            qos: data.qos,
            expires: self.connect_deadline(), // CON-33
            receiver,
        };
        self.transport().connect(&outgoing, self.mode(wait))
    }

    /// When an attempt that begins now times out; on plain TCP the kernel decides unless a time-out
    /// was set.
    fn connect_deadline(&self) -> Option<Instant> {
        let set = self.set_to(SocketOption::ConnectTimeout);
        let millis = match set {
            Some(millis) => millis,
            None if self.entry.is_kernel_socket() => 0,
            None => SocketOption::ConnectTimeout.default_value(),
        };
        if millis == 0 {
            None
        } else {
            Wait::at_most_millis(millis)
        }
    }

    /// Waits until the attempt of a non-blocking connect has ended, and says how. The mode does not
    /// matter here.
    ///
    /// # Errors
    /// The error of the attempt; [`Error::NotConn`] if there was none; [`Error::TimedOut`] and
    /// [`Error::Intr`] as [`Wait`] says, and then the attempt goes on.
    pub fn finish_connect(&self, wait: &Wait<'_>) -> Result<()> {
        self.check_open()?;
        self.transport().finish_connect(Mode {
            blocking: true,
            wait,
        })
    }

    /// The local address.
    ///
    /// # Errors
    /// [`Error::Inval`] if it was never bound (LSN-10).
    pub fn local_address(&self) -> Result<Address> {
        self.check_open()?;
        self.transport().local_address()
    }

    /// The address of the peer: of the destination from the connect call on (CON-31).
    ///
    /// # Errors
    /// [`Error::NotConn`].
    pub fn peer_address(&self) -> Result<Address> {
        self.check_open()?;
        self.transport().peer_address()
    }

    /// The descriptor of the kernel socket, where the socket is one (HND-31).
    pub fn kernel_descriptor(&self) -> Option<RawFd> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.read_descriptor().ok().map(|fd| fd.as_raw_fd()),
            Endpoint::Udp(udp) => udp.read_descriptor().ok().map(|fd| fd.as_raw_fd()),
            Endpoint::InProcess(_) => None,
        }
    }

    /// A descriptor that polls readable while there is something to accept or receive, or the
    /// stream has ended (HND-31). On plain TCP it is the kernel socket. Otherwise it is made at the
    /// first call and belongs to the socket; nobody else may read, write or close it.
    ///
    /// # Errors
    /// [`Error::MFile`].
    pub fn read_descriptor(&self) -> Result<BorrowedFd<'_>> {
        self.provider.check_process()?;
        self.transport().read_descriptor()
    }

    /// A descriptor that tells when there is room to send, or a connect attempt has ended (HND-31).
    /// On plain TCP it is the kernel socket, to be polled for output. Otherwise poll it for input;
    /// it is made at the first call and belongs to the socket. After a message that found no room it
    /// tells when there is room for that one.
    ///
    /// # Errors
    /// [`Error::MFile`].
    pub fn write_descriptor(&self) -> Result<BorrowedFd<'_>> {
        self.provider.check_process()?;
        self.transport().write_descriptor()
    }

    /// How its accept calls stand.
    fn phase(&self) -> Phase {
        let extra = self.extra.get();
        extra.map_or(Phase::Idle, |extra| extra.turn.phase())
    }

    /// A thread is about to sleep in `select` on it; a listener tells it when a decision has ended.
    fn announce_select(&self) -> Option<Announced<&Signal>> {
        let listens = self.endpoint.is_listening();
        listens.then(|| self.extra().turn.announce_select())
    }

    /// Whether the descriptor still is the socket's (HND-35).
    pub(crate) fn is_intact(&self) -> bool {
        self.transport().is_intact()
    }

    /// The program has closed the kernel socket's number by other means (HND-35).
    pub(crate) fn descriptor_was_closed(&self) {
        self.transport().descriptor_was_closed();
    }
}
