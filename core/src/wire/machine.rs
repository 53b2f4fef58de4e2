//! What happens on one connection, as seen from one side: a state, what comes in, what is to be done.
//!
//! Nothing is done here. Every step takes an [`Input`] or a call of the application and says what is
//! to be sent, reported, started and closed ([`Step`]). Time is a [`Timer`] that the caller starts, and
//! how long it takes is in [`Timers`](super::step::Timers).
//!
//! ```text
//! initiator:  CrSent ──CC──▶ Open
//! responder:  WaitCr ──CR──▶ Pending ──accept──▶ Open
//!
//!                own DR              DR or DC
//!      Open ──────────────▶ LocalDr ───────────▶ Draining ──end──▶ Closed
//!        │ peer's DR                  own DR or DC  ▲
//!        └────────────────▶ RemoteDr ───────────────┘
//! ```
//!
//! By the standard (RFC 905 section 6.7.5) whoever receives a DR answers with a DC, which has no user
//! data. Here it is reported first, and answered with a DR of its own if there is disconnect data for
//! the other direction (DIS-04). To the first sender that is a collision of two releases, which the
//! standard has as well.
//!
//! Whoever has sent the last TPDU ends its sending direction and reads on until the peer ends, because
//! closing with octets unread would reset the connection and lose what was sent ([`Carrier::Drain`]).

use super::{
    Class, Classes, ConnectConfirm, ConnectRequest, DecodeError, DisconnectConfirm,
    DisconnectRequest, ErrorTpdu, MAX_CONNECT_DATA, MAX_DISCONNECT_DATA, Mismatch, Quality, Reason,
    Release, Tpdu,
    error_tpdu::Cause,
    step::{Carrier, Input, Refusal, Report, Step, Timer},
};
use crate::{
    Error, Result,
    rules::{backlog::Gone, user_data::check_outgoing},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    CrSent,
    WaitCr,
    Pending,
    Open,
    /// Our DR is out.
    LocalDr,
    /// Of class 0: our sending direction has ended.
    LocalEnd,
    /// The peer's DR is in and not answered.
    RemoteDr,
    /// The peer has ended without waiting for an answer, or was answered because the time was over.
    PeerGone,
    Draining,
    Closed,
}

/// One side of a connection.
#[derive(Clone, Debug)]
pub struct Machine {
    state: State,
    /// Class 2 before it is agreed.
    class: Class,
    own: u16,
    peer: u16,
    /// What the initiator has proposed, or what the responder speaks.
    classes: Classes,
    /// What the initiator has proposed.
    size: usize,
    /// Whether the peer has ended its sending direction.
    peer_ended: bool,
}

impl Machine {
    /// The initiator, which has sent this request.
    pub fn initiator(request: &ConnectRequest<'_>) -> Self {
        let size = request.proposed_size();
        Self::new(
            State::CrSent,
            request.source,
            request.proposed_classes(),
            size,
        )
    }

    /// The responder, with the reference that it will have and the classes that it speaks.
    pub const fn responder(own: u16, spoken: Classes) -> Self {
        Self::new(State::WaitCr, own, spoken, 0)
    }

    const fn new(state: State, own: u16, classes: Classes, size: usize) -> Self {
        Self {
            state,
            class: Class::Two,
            own,
            peer: 0,
            classes,
            size,
            peer_ended: false,
        }
    }

    /// Whether nothing more can happen.
    pub const fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// Whether data that comes is for the application.
    pub const fn delivers(&self) -> bool {
        matches!(self.state, State::Open | State::LocalDr | State::LocalEnd)
    }

    /// What outgoing data names, once the connection is there: the peer's reference in class 2.
    pub const fn data_reference(&self) -> Option<u16> {
        match self.class {
            Class::Two => Some(self.peer),
            Class::Zero => None,
        }
    }

    /// May data be sent?
    ///
    /// # Errors
    /// [`Error::NotConn`] before the connection is there; [`Error::Shutdown`] once either side has
    /// begun to end it.
    pub const fn check_send(&self) -> Result<()> {
        match self.state {
            State::Open => Ok(()),
            State::CrSent | State::WaitCr | State::Pending => Err(Error::NotConn),
            _ => Err(Error::Shutdown), // DIS-16
        }
    }

    /// Takes in what has come.
    pub fn take<'a>(&mut self, input: Input<'a>) -> Step<'a> {
        if matches!(input, Input::End) {
            self.peer_ended = true;
        }
        match self.state {
            State::CrSent => self.in_cr_sent(input),
            State::WaitCr => self.in_wait_cr(input),
            State::Pending => self.in_pending(input),
            State::Open => self.in_open(input),
            State::LocalDr => self.in_local_dr(input),
            State::LocalEnd => self.in_local_end(input),
            State::RemoteDr => self.in_remote_dr(input),
            State::PeerGone => self.in_peer_gone(input),
            State::Draining => match input {
                Input::End | Input::Reset | Input::Timeout => self.close(None),
                _ => Step::default(),
            },
            State::Closed => Step::default(),
        }
    }

    // ---- the initiator

    fn in_cr_sent<'a>(&mut self, input: Input<'a>) -> Step<'a> {
        let failed = |error| Some(Report::Failed(error));
        match input {
            Input::Tpdu(Tpdu::ConnectConfirm(confirm)) if confirm.destination == self.own => {
                self.confirmed(confirm)
            }
            Input::Tpdu(Tpdu::DisconnectRequest(release)) if release.destination == self.own => {
                self.close(Some(Report::Refused(release.reason, release.user_data))) // ACC-44
            }
            Input::Tpdu(Tpdu::Error(_)) | Input::End | Input::Reset => {
                self.close(failed(Error::ConnRefused))
            }
            Input::Timeout => self.close(failed(Error::TimedOut)), // TS1: the withdrawal
            input => self.violated(input, Report::Failed(Error::ConnAborted)),
        }
    }

    fn confirmed<'a>(&mut self, confirm: ConnectConfirm<'a>) -> Step<'a> {
        let failed = Some(Report::Failed(Error::ConnAborted));
        match confirm.agreed_class(self.classes) {
            Ok(class) => {
                self.class = class;
                self.peer = confirm.source;
                self.state = State::Open;
                let size = confirm.agreed_size(self.size);
                Step {
                    timer: Timer::Stop,
                    report: Some(Report::Connected(confirm, class, size)),
                    ..Step::default()
                }
            }
            Err(Mismatch::Refuse) => {
                let refusal = DisconnectRequest {
                    source: self.own,
                    ..DisconnectRequest::refusing(confirm.source, Reason::NEGOTIATION_FAILED, &[])
                };
                self.last(Tpdu::DisconnectRequest(refusal), failed)
            }
            Err(Mismatch::Close) => self.close(failed),
        }
    }

    // ---- the responder

    fn in_wait_cr<'a>(&mut self, input: Input<'a>) -> Step<'a> {
        match input {
            Input::Tpdu(Tpdu::ConnectRequest(request)) => {
                self.peer = request.source;
                let Some(class) = request.chosen_class(self.classes) else {
                    return self.refuse_for(Reason::NEGOTIATION_FAILED, &[]);
                };
                self.class = class;
                self.state = State::Pending;
                Step {
                    timer: Timer::Stop,
                    report: Some(Report::Requested(request, class)),
                    ..Step::default()
                }
            }
            Input::Undecodable(DecodeError::Tpdu(malformed), rejected) => {
                // Of a CR so much may be readable that it can be told who is meant.
                let peer = match *rejected {
                    [_, 0xE0..=0xEF, _, _, high, low, ..] => u16::from_be_bytes([high, low]),
                    _ => 0,
                };
                let error = ErrorTpdu::answering(peer, malformed, rejected);
                self.last(Tpdu::Error(error), None)
            }
            _ => self.close(None), // T_CR, the end, junk
        }
    }

    fn in_pending<'a>(&mut self, input: Input<'a>) -> Step<'a> {
        let withdrawn = |why| Some(Report::Withdrawn(why));
        match input {
            Input::End | Input::Tpdu(Tpdu::DisconnectRequest(_)) => {
                self.close(withdrawn(Gone::Withdrawn)) // LSN-31
            }
            Input::Reset => self.close(withdrawn(Gone::Reset)), // ACC-23
            Input::Timeout => Step::default(),
            input => self.violated(input, Report::Withdrawn(Gone::Reset)),
        }
    }

    /// Accepts the request that is pending, with callee data and quality of service.
    ///
    /// # Errors
    /// [`Error::Inval`] if none is pending: it has been withdrawn or decided; [`Error::Fault`] for data
    /// above the limit, and the request stays pending (ACC-39).
    pub fn accept<'a>(
        &mut self,
        request: &ConnectRequest<'a>,
        quality: Option<&Quality>,
        data: &'a [u8],
    ) -> Result<Step<'a>> {
        self.check_pending()?;
        check_outgoing(data, MAX_CONNECT_DATA)?; // ACC-39 UDA-28
        let mut confirm = request.confirmed(self.own, self.class);
        confirm.parameters.quality = request.parameters.quality.answered(quality);
        confirm.user_data = data;
        self.state = State::Open;
        let size = confirm.agreed_size(request.proposed_size());
        Ok(Step {
            send: Some(Tpdu::ConnectConfirm(confirm)),
            report: Some(Report::Connected(confirm, self.class, size)),
            ..Step::default()
        })
    }

    /// Refuses the request that is pending.
    ///
    /// # Errors
    /// [`Error::Inval`] if none is pending: it has been withdrawn or decided; [`Error::Fault`] for data
    /// above the limit, and the request stays pending.
    pub fn refuse<'a>(&mut self, why: Refusal<'a>) -> Result<Step<'a>> {
        self.check_pending()?;
        let (in_class_2, in_class_0, data) = match why {
            Refusal::Rejected(data) => (Reason::NORMAL, Reason::UNSPECIFIED, data),
            Refusal::BacklogFull => (Reason::CONGESTION, Reason::CONGESTION_AT_SELECTOR, &[][..]),
            Refusal::UnknownSelector => (Reason::ADDRESS_UNKNOWN, Reason::ADDRESS_UNKNOWN, &[][..]),
            Refusal::ListenerClosed => (Reason::NOT_ATTACHED, Reason::NOT_ATTACHED, &[][..]),
        };
        check_outgoing(data, MAX_DISCONNECT_DATA)?; // UDA-28
        Ok(match self.class {
            Class::Two => self.refuse_for(in_class_2, data),
            Class::Zero => self.refuse_for(in_class_0, &[]), // class 0 has no data of a refusal
        })
    }

    fn refuse_for<'a>(&mut self, reason: Reason, data: &'a [u8]) -> Step<'a> {
        let refusal = DisconnectRequest::refusing(self.peer, reason, data);
        self.last(Tpdu::DisconnectRequest(refusal), None)
    }

    const fn check_pending(&self) -> Result<()> {
        match self.state {
            State::Pending => Ok(()),
            _ => Err(Error::Inval),
        }
    }

    // ---- the data phase

    fn in_open<'a>(&mut self, input: Input<'a>) -> Step<'a> {
        match input {
            Input::Data(reference) => self.data(input, reference),
            Input::Tpdu(Tpdu::DisconnectRequest(release)) if self.is_for_us(&release) => {
                if release.release() == Release::Abortive {
                    return self.close(Some(Report::Broken(Error::ConnReset))); // AMB-68
                }
                self.state = State::RemoteDr;
                Step {
                    timer: Timer::Hold,
                    report: Some(Report::PeerEnded(release.user_data)), // DIS-03 DIS-06
                    ..Step::default()
                }
            }
            Input::End => {
                // In class 2 many stacks close without a DR: graceful, without disconnect data.
                self.state = State::PeerGone;
                Step {
                    report: Some(Report::PeerEnded(&[])),
                    ..Step::default()
                }
            }
            Input::Reset => self.close(Some(Report::Broken(Error::ConnReset))), // DIS-36
            Input::Timeout => Step::default(),
            input => self.violated(input, Report::Broken(Error::ConnAborted)),
        }
    }

    /// Data is for the application if it names this connection in the shape of its class.
    fn data<'a>(&mut self, input: Input<'a>, reference: Option<u16>) -> Step<'a> {
        match (self.class, reference) {
            (Class::Zero, None) => Step::default(),
            (Class::Two, Some(reference)) if reference == self.own => Step::default(),
            (Class::Two, None) => {
                self.state = State::Closed;
                Step {
                    carrier: Carrier::Reset,
                    timer: Timer::Stop,
                    report: Some(Report::SpeaksClass0),
                    ..Step::default()
                }
            }
            _ => self.violated(input, Report::Broken(Error::ConnAborted)),
        }
    }

    fn is_for_us(&self, release: &DisconnectRequest<'_>) -> bool {
        self.class == Class::Two && release.destination == self.own
    }

    // ---- the release

    /// Ends our side, with disconnect data (DIS-01, DIS-08).
    ///
    /// # Errors
    /// [`Error::NotConn`] before the connection is there; [`Error::Shutdown`] if our side has ended
    /// already (DIS-24); [`Error::NoProtoOpt`] for data in class 0 (DIS-21); [`Error::Fault`] for data
    /// above the limit (DIS-23); [`Error::ConnAborted`] for data that the peer no longer waits for.
    /// Nothing has changed then.
    pub fn send_disconnect<'a>(&mut self, data: &'a [u8]) -> Result<Step<'a>> {
        match self.state {
            State::CrSent | State::WaitCr | State::Pending => return Err(Error::NotConn), // DIS-22
            State::LocalDr | State::LocalEnd | State::Draining | State::Closed => {
                return Err(Error::Shutdown); // DIS-24
            }
            State::Open | State::RemoteDr | State::PeerGone => {}
        }
        if self.class == Class::Zero && !data.is_empty() {
            return Err(Error::NoProtoOpt); // DIS-21
        }
        check_outgoing(data, MAX_DISCONNECT_DATA)?; // DIS-23 UDA-28
        let dr = self.release(Release::Orderly, data);
        match (self.state, self.class) {
            (State::PeerGone, _) if !data.is_empty() => Err(Error::ConnAborted),
            (State::PeerGone, _) => Ok(self.drain(None)),
            (State::RemoteDr, _) => Ok(self.last(dr, None)), // DIS-04 DIS-08
            (_, Class::Two) => {
                self.state = State::LocalDr;
                Ok(Step {
                    send: Some(dr),
                    timer: Timer::Answer,
                    ..Step::default()
                })
            }
            (_, Class::Zero) => {
                // The application may read on for as long as it likes.
                self.state = State::LocalEnd;
                Ok(Step {
                    carrier: Carrier::EndSending,
                    ..Step::default()
                })
            }
        }
    }

    /// The application has closed the socket, or the initiator gives up; `data` is what was set to be
    /// sent then (DIS-39, DIS-44, DIS-52). A request that is pending is refused by
    /// [`refuse`](Self::refuse).
    ///
    /// # Errors
    /// [`Error::Fault`] for data above the limit; nothing has changed.
    pub fn end<'a>(&mut self, data: &'a [u8]) -> Result<Step<'a>> {
        check_outgoing(data, MAX_DISCONNECT_DATA)?;
        Ok(match self.state {
            State::RemoteDr if data.is_empty() => {
                let confirm = self.confirmation();
                self.last(confirm, None)
            }
            State::Open | State::RemoteDr if self.class == Class::Two => {
                return self.send_disconnect(data);
            }
            // Class 0 has no place for the data; whoever has gone does not wait for it.
            State::Open | State::RemoteDr | State::LocalEnd | State::PeerGone => self.drain(None),
            State::LocalDr | State::Draining | State::Closed => Step::default(),
            State::CrSent | State::WaitCr | State::Pending => self.close(None),
        })
    }

    /// The application has closed the socket abortively (DIS-40). A carrier without a reset is told by
    /// a DR (AMB-68), which class 0 has not.
    pub fn abort(&mut self, carrier_resets: bool) -> Step<'static> {
        if self.is_closed() {
            return Step::default();
        }
        let is_there = matches!(self.state, State::Open | State::LocalDr | State::RemoteDr);
        if carrier_resets || !is_there || self.class == Class::Zero {
            self.state = State::Closed;
            return Step {
                carrier: Carrier::Reset,
                timer: Timer::Stop,
                ..Step::default()
            };
        }
        let release = self.release(Release::Abortive, &[]);
        self.last(release, None)
    }

    fn in_local_dr<'a>(&mut self, input: Input<'a>) -> Step<'a> {
        match input {
            // What the peer has sent before its answer is delivered, too.
            Input::Data(reference) => self.data(input, reference),
            Input::Tpdu(Tpdu::DisconnectRequest(release)) if self.is_for_us(&release) => {
                if release.release() == Release::Abortive {
                    return self.close(Some(Report::Broken(Error::ConnReset)));
                }
                self.drain(Some(Report::PeerEnded(release.user_data))) // DIS-10 DIS-11
            }
            Input::Tpdu(Tpdu::DisconnectConfirm(confirm)) if confirm.destination == self.own => {
                self.drain(Some(Report::PeerEnded(&[])))
            }
            Input::End => self.close(Some(Report::PeerEnded(&[]))),
            Input::Reset => self.close(Some(Report::Broken(Error::ConnReset))),
            Input::Timeout => self.close(Some(Report::Broken(Error::ConnAborted))), // TS2; DIS-37
            input => self.violated(input, Report::Broken(Error::ConnAborted)),
        }
    }

    fn in_local_end<'a>(&mut self, input: Input<'a>) -> Step<'a> {
        match input {
            Input::Data(reference) => self.data(input, reference),
            Input::End => self.close(Some(Report::PeerEnded(&[]))),
            Input::Reset => self.close(Some(Report::Broken(Error::ConnReset))),
            Input::Timeout => Step::default(),
            input => self.violated(input, Report::Broken(Error::ConnAborted)),
        }
    }

    fn in_remote_dr<'a>(&mut self, input: Input<'a>) -> Step<'a> {
        match input {
            Input::Timeout => {
                // T_HOLD: the peer's own timer would be next.
                let confirm = self.confirmation();
                self.state = State::PeerGone;
                Step {
                    send: Some(confirm),
                    carrier: Carrier::EndSending,
                    timer: Timer::Stop,
                    ..Step::default()
                }
            }
            Input::End => {
                self.state = State::PeerGone;
                Step {
                    timer: Timer::Stop,
                    ..Step::default()
                }
            }
            Input::Reset => self.close(Some(Report::Broken(Error::ConnReset))),
            input => self.violated(input, Report::Broken(Error::ConnAborted)),
        }
    }

    fn in_peer_gone<'a>(&mut self, input: Input<'a>) -> Step<'a> {
        match input {
            Input::Reset => self.close(Some(Report::Broken(Error::ConnReset))),
            _ => Step::default(),
        }
    }

    fn release<'a>(&self, release: Release, data: &'a [u8]) -> Tpdu<'a> {
        Tpdu::DisconnectRequest(DisconnectRequest::releasing(
            self.peer, self.own, release, data,
        ))
    }

    const fn confirmation(&self) -> Tpdu<'static> {
        Tpdu::DisconnectConfirm(DisconnectConfirm {
            destination: self.peer,
            source: self.own,
        })
    }

    // ---- the end

    /// The peer has broken the protocol: an ER if it can be told of something it has sent.
    fn violated<'a>(&mut self, input: Input<'a>, report: Report<'a>) -> Step<'a> {
        if self.state == State::LocalEnd {
            return self.close(Some(report)); // nothing can be sent any more
        }
        let error = match input {
            Input::Undecodable(DecodeError::Tpdu(malformed), rejected) => {
                ErrorTpdu::answering(self.peer, malformed, rejected)
            }
            // An ER is not answered by another.
            Input::Undecodable(..) | Input::Tpdu(Tpdu::Error(_)) => {
                return self.close(Some(report));
            }
            // A valid TPDU at the wrong time has no offending octet; class 0 wants the parameter.
            _ => ErrorTpdu {
                destination: self.peer,
                cause: Cause::TPDU_TYPE,
                rejected: Some(&[]),
            },
        };
        self.last(Tpdu::Error(error), Some(report))
    }

    /// Sends the last TPDU of the connection.
    fn last<'a>(&mut self, tpdu: Tpdu<'a>, report: Option<Report<'a>>) -> Step<'a> {
        Step {
            send: Some(tpdu),
            ..self.drain(report)
        }
    }

    /// Ends sending and waits for the peer's end, unless that has come.
    fn drain<'a>(&mut self, report: Option<Report<'a>>) -> Step<'a> {
        if self.peer_ended {
            return self.close(report);
        }
        self.state = State::Draining;
        Step {
            carrier: Carrier::Drain,
            timer: Timer::Drain,
            report,
            send: None,
        }
    }

    fn close<'a>(&mut self, report: Option<Report<'a>>) -> Step<'a> {
        self.state = State::Closed;
        Step {
            carrier: Carrier::Close,
            timer: Timer::Stop,
            report,
            send: None,
        }
    }
}
