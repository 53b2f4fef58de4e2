//! What the [`Machine`](super::machine::Machine) of a connection takes in and what it asks for.

use std::time::Duration;

use super::{Class, ConnectConfirm, ConnectRequest, DecodeError, Reason, Tpdu};
use crate::{Error, rules::backlog::Gone};

/// What comes in from the carrier.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A TPDU other than DT.
    Tpdu(Tpdu<'a>),
    /// Data, with the reference that its DT names.
    Data(Option<u16>),
    /// What came cannot be decoded; the second is the beginning of the TPDU.
    Undecodable(DecodeError, &'a [u8]),
    /// The peer has ended its sending direction.
    End,
    /// The connection was reset or lost.
    Reset,
    /// The timer that was started last has passed.
    Timeout,
}

/// What is to be done, in this order: send, change the carrier, start or stop the timer, report.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Step<'a> {
    /// To be sent after all data that was sent before.
    pub send: Option<Tpdu<'a>>,
    /// What becomes of the carrier.
    pub carrier: Carrier,
    /// What becomes of the one timer.
    pub timer: Timer,
    /// What the provider has to know.
    pub report: Option<Report<'a>>,
}

/// What becomes of the stream that carries the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carrier {
    /// It stays.
    #[default]
    Keep,
    /// Its sending direction ends; what comes is still for the application.
    EndSending,
    /// Its sending direction ends; what comes is thrown away, up to a limit, until the peer ends.
    Drain,
    /// It is closed at once.
    Close,
    /// It is reset.
    Reset,
}

/// What becomes of the one timer of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timer {
    /// It goes on.
    #[default]
    Keep,
    /// There is none any more.
    Stop,
    /// TS1, which the caller starts when it begins to connect the carrier.
    Connect,
    /// `T_CR`, which the caller starts when it has accepted the carrier.
    Request,
    /// TS2: for the answer to a DR.
    Answer,
    /// `T_HOLD`: for how long the answer to the peer's DR is held back. A standard peer must not lose its
    /// patience before.
    Hold,
    /// For how long octets are thrown away.
    Drain,
}

/// How long the timers take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// TS1.
    pub connect: Duration,
    /// `T_CR`.
    pub request: Duration,
    /// TS2.
    pub answer: Duration,
    /// `T_HOLD`.
    pub hold: Duration,
    /// Throwing away what comes at the end.
    pub drain: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            request: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            hold: Duration::from_secs(20),
            drain: Duration::from_secs(5),
        }
    }
}

impl Timers {
    /// How long a timer takes that a step starts; nothing if it starts none.
    pub const fn duration(&self, timer: Timer) -> Option<Duration> {
        match timer {
            Timer::Keep | Timer::Stop => None,
            Timer::Connect => Some(self.connect),
            Timer::Request => Some(self.request),
            Timer::Answer => Some(self.answer),
            Timer::Hold => Some(self.hold),
            Timer::Drain => Some(self.drain),
        }
    }
}

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Report<'a> {
    /// A request has come; this will be its class if it is accepted.
    Requested(ConnectRequest<'a>, Class),
    /// The connection is there, with this class and TPDU size; the confirmation has the callee data and
    /// the quality of service (UDA-03).
    Connected(ConnectConfirm<'a>, Class, usize),
    /// The request was refused, perhaps with data (ACC-44).
    Refused(Reason, &'a [u8]),
    /// The connection could not be made.
    Failed(Error),
    /// The request was withdrawn before it was decided.
    Withdrawn(Gone),
    /// The peer has ended its side, with this disconnect data: `FD_CLOSE` (DIS-03).
    PeerEnded(&'a [u8]),
    /// The connection is gone: WSAECONNRESET if the peer has broken it, WSAECONNABORTED otherwise.
    Broken(Error),
    /// The peer has agreed to class 2 and speaks class 0: the connection is gone, and only
    /// `ISOPROTO_TP0` will do.
    SpeaksClass0,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal<'a> {
    /// By the condition function, with callee data for the refusal (ACC-44).
    Rejected(&'a [u8]),
    /// The backlog is full (LSN-22).
    BacklogFull,
    /// There is no listener with the selector that was called.
    UnknownSelector,
    /// The listener is closing (LSN-28).
    ListenerClosed,
}
