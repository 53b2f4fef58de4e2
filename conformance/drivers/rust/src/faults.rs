//! The faults that the driver can have; `conformance/faults.toml` lists them for the runner.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use provider::{Decision, Error, Socket, SocketOption};

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
}

impl Fault {
    /// The fault of the command line, if one is named.
    pub(crate) fn from_arguments(
        mut arguments: impl Iterator<Item = String>,
    ) -> Result<Option<Self>, String> {
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
    data
}

static KEPT: Mutex<Option<Vec<u8>>> = Mutex::new(None);

/// The callee data that is supplied.
pub(crate) fn reply(process: &Process, data: Option<Vec<u8>>) -> Option<Vec<u8>> {
    if process.has(Fault::DropCalleeData) {
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
