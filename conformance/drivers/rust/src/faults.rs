//! The faults that the driver can have; `conformance/faults.toml` lists them for the runner.

pub(crate) mod ending;
pub(crate) mod telling;

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use provider::{
    Decision, Error, Qos, Readiness, Result, Selected, Socket, SocketOption, UserDataLimits,
};

use crate::process::{Process, lock};

macro_rules! faults {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// One way to misbehave.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Fault {
            $($(#[$doc])* $variant),*
        }

        impl Fault {
            fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

faults! {
    /// A rejection is reported as a deferral and a deferral as a rejection.
    SwapResults = "swap-results",
    /// `WSAEWOULDBLOCK` stands for `WSATRY_AGAIN`.
    WouldBlockForTryAgain = "would-block-for-try-again",
    /// What the condition function writes is not sent.
    DropCalleeData = "drop-callee-data",
    /// What was written before a deferral is sent with a later answer.
    KeepCalleeData = "keep-callee-data",
    /// The condition function is given no caller data.
    HideCallerData = "hide-caller-data",
    /// Caller data is cut.
    CutCallerData = "cut-caller-data",
    /// A rejected request is accepted and closed.
    AcceptRejected = "accept-rejected",
    /// A refused caller is told of a time-out.
    TimeOutForRefused = "time-out-for-refused",
    /// The queue takes one request more than the backlog says.
    BacklogOffByOne = "backlog-off-by-one",
    /// A second listen does nothing.
    IgnoreSecondListen = "ignore-second-listen",
    /// Accepted sockets are always blocking.
    ForgetMode = "forget-mode",
    /// Accepted sockets do not have the listener's options.
    ForgetOptions = "forget-options",
    /// A change of the mode does nothing.
    IgnoreMode = "ignore-mode",
    /// Reading the socket's error clears it.
    ClearSocketError = "clear-socket-error",
    /// User data that is too long is cut and not refused.
    CutToLimit = "cut-to-limit",
    /// User data ends at its first byte that is 0.
    CutAtZero = "cut-at-zero",
    /// The callee structure has a length that is too short.
    ShortCalleeLength = "short-callee-length",
    /// An entry with user data says that it has none.
    LimitsOfZero = "limits-of-zero",
    /// What the condition function writes is not sent with a refusal.
    DropRefusalData = "drop-refusal-data",
    /// The two directions of a quality of service are exchanged.
    SwapFlowSpecs = "swap-flow-specs",
    /// The quality of service that the condition function sets is not used.
    ForgetQos = "forget-qos",
    /// Disconnect data is cut.
    CutDisconnectData = "cut-disconnect-data",
    /// Disconnect data does not arrive.
    LoseDisconnectData = "lose-disconnect-data",
    /// A buffer that is too short loses the disconnect data.
    EatDisconnectData = "eat-disconnect-data",
    /// The sending direction can be ended a second time.
    EndSendingTwice = "end-sending-twice",
    /// Sending goes on after its end.
    SendAfterEnd = "send-after-end",
    /// Receiving after its end is the end of the stream.
    ReceiveAfterEnd = "receive-after-end",
    /// Ending one direction ends both.
    ShutdownBothWays = "shutdown-both-ways",
    /// Ending a direction closes the socket.
    ShutdownCloses = "shutdown-closes",
    /// Every close resets.
    ResetForClose = "reset-for-close",
    /// No close resets.
    CloseForReset = "close-for-reset",
    /// The end of a message-oriented connection looks like a message of no bytes.
    EmptyForDisconnected = "empty-for-disconnected",
    /// A message that is too long for the buffer looks like one of no bytes.
    EmptyForTooLong = "empty-for-too-long",
    /// A deferral is followed by another `FD_ACCEPT`.
    TellBehindDeferred = "tell-behind-deferred",
    /// A request that arrives after `FD_ACCEPT` was enumerated is not told of.
    LoseSecondArrival = "lose-second-arrival",
    /// A new registration tells of enumerated events again.
    ReportAgain = "report-again",
    /// The end of the connection is told of again when a receive has reached it.
    CloseTwice = "close-twice",
    /// Every send is followed by `FD_WRITE`.
    WriteAfterSend = "write-after-send",
    /// Accepted sockets have no registration.
    NoInheritance = "no-inheritance",
    /// `FD_CLOSE` after a reset has the error `WSAECONNRESET`.
    ResetInClose = "reset-in-close",
    /// A registration resets the event object.
    ResetByRegistration = "reset-by-registration",
    /// What happens without a registration is not recorded.
    ForgetUnregistered = "forget-unregistered",
    /// `FD_READ` comes with `FD_CLOSE`.
    ReadForClose = "read-for-close",
    /// An enumeration clears events that are not in the mask.
    EnumerateAll = "enumerate-all",
    /// An enumeration does not reset the event object.
    EnumerateResetsNothing = "enumerate-resets-nothing",
    /// A wait resets the event object that ends it.
    ResetByWait = "reset-by-wait",
    /// A wait names the last event object that is set.
    LastIndex = "last-index",
    /// A wait for all event objects ends with one.
    OneForAll = "one-for-all",
    /// A message that was taken is followed by another while its condition holds.
    MessageAgain = "message-again",
    /// select says of a listener without an acceptable request that it is readable.
    SelectDeferred = "select-deferred",
    /// Messages of a registration outlive it.
    KeepMessages = "keep-messages",
}

impl Fault {
    /// The fault of the command line, if one is named.
    pub(crate) fn from_arguments(
        mut arguments: impl Iterator<Item = String>,
    ) -> std::result::Result<Option<Self>, String> {
        match (arguments.next().as_deref(), arguments.next()) {
            (None, _) => Ok(None),
            (Some("--fault"), Some(name)) => Self::named(&name)
                .map(Some)
                .ok_or_else(|| format!("no fault is called {name}")),
            _ => Err("usage: vestibule-driver-rust [--fault NAME]".to_owned()),
        }
    }
}

/// The error of an accept call.
pub(crate) fn accept_error(process: &Process, error: Error) -> Error {
    match error {
        Error::ConnRefused if process.has(Fault::SwapResults) => Error::TryAgain,
        Error::TryAgain if process.has(Fault::SwapResults) => Error::ConnRefused,
        Error::TryAgain if process.has(Fault::WouldBlockForTryAgain) => Error::WouldBlock,
        _ => error,
    }
}

/// The error of a connect call.
pub(crate) fn connect_error(process: &Process, error: Error) -> Error {
    match error {
        Error::ConnRefused if process.has(Fault::TimeOutForRefused) => Error::TimedOut,
        _ => error,
    }
}

/// The caller data that is sent.
pub(crate) fn caller_data(process: &Process, data: Option<Vec<u8>>) -> Vec<u8> {
    let mut data = data.unwrap_or_default();
    if process.has(Fault::CutCallerData) {
        data.truncate(16);
    }
    if process.has(Fault::CutToLimit) {
        data.truncate(32);
    }
    if process.has(Fault::CutAtZero) {
        let end = data.iter().position(|byte| *byte == 0);
        data.truncate(end.unwrap_or(data.len()));
    }
    data
}

static KEPT: Mutex<Option<Vec<u8>>> = Mutex::new(None);

/// The callee data that is supplied with an answer.
pub(crate) fn reply(process: &Process, data: Option<Vec<u8>>, answer: &str) -> Option<Vec<u8>> {
    if process.has(Fault::DropCalleeData)
        || (process.has(Fault::DropRefusalData) && answer == "reject")
    {
        return None;
    }
    if process.has(Fault::KeepCalleeData) {
        let mut kept = lock(&KEPT);
        *kept = data.or_else(|| kept.take());
        return kept.clone();
    }
    data
}

static REJECTED: AtomicBool = AtomicBool::new(false);

/// What a rejecting condition function returns.
pub(crate) fn rejection(process: &Process) -> Decision {
    if process.has(Fault::AcceptRejected) {
        REJECTED.store(true, SeqCst);
        return Decision::Accept;
    }
    Decision::Reject
}

/// Whether the socket just accepted stands for a rejected request.
pub(crate) fn breaks_rejection(process: &Process) -> bool {
    process.has(Fault::AcceptRejected) && REJECTED.swap(false, SeqCst)
}

/// The backlog that listen is given.
pub(crate) fn backlog(process: &Process, backlog: i32, socket: &Socket) -> i32 {
    static FIRST: Mutex<i32> = Mutex::new(0);

    if process.has(Fault::BacklogOffByOne) {
        return backlog.saturating_add(1);
    }
    if process.has(Fault::IgnoreSecondListen) {
        let mut first = lock(&FIRST);
        if socket.is_listening() {
            return *first;
        }
        *first = backlog;
    }
    backlog
}

/// Takes from an accepted socket what it has inherited.
pub(crate) fn spoil_accepted(process: &Process, socket: &Socket) {
    // A socket that was just accepted refuses neither.
    if process.has(Fault::ForgetMode) {
        let _ = socket.set_nonblocking(false);
    }
    if process.has(Fault::ForgetOptions) {
        let _ = socket.set_option(SocketOption::KeepAlive, 0);
        let _ = socket.set_linger(provider::Linger::default());
    }
}

/// Changes the mode.
pub(crate) fn set_nonblocking(process: &Process, socket: &Socket, nonblocking: bool) -> Result<()> {
    if process.has(Fault::IgnoreMode) {
        return Ok(());
    }
    socket.set_nonblocking(nonblocking)
}

/// What reading a socket's error says.
pub(crate) fn socket_error(process: &Process, error: u32) -> u32 {
    static READ: AtomicBool = AtomicBool::new(false);

    if process.has(Fault::ClearSocketError) && error != 0 && READ.swap(true, SeqCst) {
        return 0;
    }
    error
}

/// The length of the callee structure.
pub(crate) fn callee_length(process: &Process, length: usize) -> usize {
    if process.has(Fault::ShortCalleeLength) {
        return length.saturating_sub(1);
    }
    length
}

/// The limits of a socket.
pub(crate) fn limits(process: &Process, limits: UserDataLimits) -> UserDataLimits {
    if process.has(Fault::LimitsOfZero) {
        return UserDataLimits {
            connect: 0,
            disconnect: 0,
        };
    }
    limits
}

/// What select says.
pub(crate) fn select(process: &Process, selected: &mut [Selected<'_>]) {
    if process.has(Fault::SelectDeferred) {
        for selected in selected.iter_mut().filter(|one| one.socket.is_listening()) {
            selected.ready |= selected.wanted & Readiness::READ;
        }
    }
}

/// The quality of service that a client asks for.
pub(crate) fn asked_qos(process: &Process, qos: Option<Qos>) -> Option<Qos> {
    if process.has(Fault::SwapFlowSpecs) {
        return qos.map(|qos| qos.turned_round());
    }
    qos
}

/// The quality of service that the condition function sets.
pub(crate) fn set_qos(process: &Process, qos: Option<Qos>) -> Option<Qos> {
    qos.filter(|_| !process.has(Fault::ForgetQos))
}
