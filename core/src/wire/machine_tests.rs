//! One side of a connection by example, in the words of the tables that it follows, and two sides
//! against each other.

use std::{collections::VecDeque, time::Duration};

use proptest::{collection::vec, prelude::*};

use super::*;
use crate::{Error, rules::backlog::Gone};

const BOTH: Classes = Classes::ZERO.and(Classes::TWO);

fn asks() -> ConnectRequest<'static> {
    ConnectRequest {
        user_data: b"let me in",
        ..ConnectRequest::class_2(1)
    }
}

fn take<'a>(machine: &mut Machine, tpdu: impl Into<Tpdu<'a>>) -> Step<'a> {
    machine.take(Input::Tpdu(tpdu.into()))
}

macro_rules! into_tpdu {
    ($($name:ident $(<$life:lifetime>)? => $variant:ident;)*) => {
        $(impl<'a> From<$name $(<$life>)?> for Tpdu<'a> {
            fn from(tpdu: $name $(<$life>)?) -> Self {
                Self::$variant(tpdu)
            }
        })*
    };
}

into_tpdu! {
    ConnectRequest<'a> => ConnectRequest;
    ConnectConfirm<'a> => ConnectConfirm;
    DisconnectRequest<'a> => DisconnectRequest;
    DisconnectConfirm => DisconnectConfirm;
    ErrorTpdu<'a> => Error;
}

#[expect(clippy::large_types_passed_by_value, reason = "a step is shown once")]
fn closes(step: Step<'_>, report: Option<Report<'_>>) {
    let expected = Step {
        carrier: Carrier::Close,
        timer: Timer::Stop,
        report,
        send: None,
    };
    assert_eq!(step, expected);
}

/// Sends this and then only waits for the peer's end.
#[expect(clippy::large_types_passed_by_value, reason = "a step is shown once")]
fn ends_with<'a>(step: Step<'a>, tpdu: impl Into<Tpdu<'a>>, report: Option<Report<'_>>) {
    let expected = Step {
        send: Some(tpdu.into()),
        carrier: Carrier::Drain,
        timer: Timer::Drain,
        report,
    };
    assert_eq!(step, expected);
}

fn is_error(step: &Step<'_>) -> bool {
    matches!(step.send, Some(Tpdu::Error(_)))
}

/// A responder with reference 2 and a pending request of this class.
fn pending(request: &ConnectRequest<'_>) -> Machine {
    let mut server = Machine::responder(2, BOTH);
    let step = take(&mut server, *request);
    let class = request.chosen_class(BOTH).unwrap();
    let expected = Step {
        timer: Timer::Stop,
        report: Some(Report::Requested(*request, class)),
        ..Step::default()
    };
    assert_eq!(step, expected);
    server
}

fn opened(request: &ConnectRequest<'_>) -> (Machine, Machine) {
    let (mut client, mut server) = (Machine::initiator(request), pending(request));
    let step = server.accept(request, None, b"").unwrap();
    let Some(Tpdu::ConnectConfirm(confirm)) = step.send else {
        panic!("{step:?}");
    };
    assert_eq!(client.check_send(), Err(Error::NotConn));
    let step = take(&mut client, confirm);
    assert!(matches!(step.report, Some(Report::Connected(..))));
    assert_eq!(step.timer, Timer::Stop);
    (client, server)
}

fn open() -> (Machine, Machine) {
    opened(&asks())
}

const fn dr(destination: u16, source: u16, data: &[u8]) -> DisconnectRequest<'_> {
    DisconnectRequest::releasing(destination, source, Release::Orderly, data)
}

const DC: DisconnectConfirm = DisconnectConfirm {
    destination: 1,
    source: 2,
};

// ---- the initiator

#[test]
fn a_confirmation_opens() {
    let request = asks();
    let mut client = Machine::initiator(&request);
    let confirm = ConnectConfirm {
        user_data: b"welcome",
        ..request.confirmed(2, Class::Two)
    };
    let expected = Step {
        timer: Timer::Stop,
        report: Some(Report::Connected(confirm, Class::Two, 65_408)),
        ..Step::default()
    };
    assert_eq!(take(&mut client, confirm), expected);
    let smaller = ConnectConfirm {
        parameters: Parameters {
            size: SizeLogarithm::new(10),
            ..Parameters::default()
        },
        ..confirm
    };
    let step = take(&mut Machine::initiator(&request), smaller);
    let report = Report::Connected(smaller, Class::Two, 1024);
    assert_eq!(step.report, Some(report));
    assert_eq!(client.check_send(), Ok(()));
    assert_eq!(client.data_reference(), Some(2));
    assert!(client.delivers());
}

#[test]
fn a_refusal_brings_its_reason_and_data() {
    let mut client = Machine::initiator(&asks());
    let refusal = DisconnectRequest::refusing(1, Reason::NORMAL, b"no");
    let report = Report::Refused(Reason::NORMAL, b"no");
    closes(take(&mut client, refusal), Some(report));
}

#[test]
fn whoever_does_not_confirm_has_refused() {
    let error = Input::Tpdu(Tpdu::Error(ErrorTpdu {
        destination: 1,
        cause: Cause::UNSPECIFIED,
        rejected: None,
    }));
    for input in [error, Input::End, Input::Reset] {
        let mut client = Machine::initiator(&asks());
        let report = Report::Failed(Error::ConnRefused);
        closes(client.take(input), Some(report));
    }
}

#[test]
fn time_withdraws_a_request_and_so_does_giving_up() {
    let mut client = Machine::initiator(&asks());
    let report = Report::Failed(Error::TimedOut);
    closes(client.take(Input::Timeout), Some(report));
    let mut client = Machine::initiator(&asks());
    closes(client.end(b"").unwrap(), None);
    assert!(client.is_closed());
}

#[test]
fn nothing_else_is_an_answer_to_a_request() {
    let failed = Some(Report::Failed(Error::ConnAborted));
    let request = asks();
    for input in [
        Input::Data(Some(1)),
        Input::Tpdu(request.into()),
        Input::Tpdu(DC.into()),
        Input::Tpdu(DisconnectRequest::refusing(9, Reason::NORMAL, b"").into()),
        Input::Tpdu(
            ConnectConfirm {
                destination: 9,
                ..request.confirmed(2, Class::Two)
            }
            .into(),
        ),
    ] {
        let mut client = Machine::initiator(&request);
        let step = client.take(input);
        assert!(is_error(&step), "{input:?}");
        assert_eq!((step.report, step.carrier), (failed, Carrier::Drain));
    }
    let mut client = Machine::initiator(&request);
    let junk = DecodeError::Packet(BadPacket::Version(9));
    closes(client.take(Input::Undecodable(junk, &[])), failed);
}

#[test]
fn a_class_that_was_not_proposed_fails() {
    let failed = Some(Report::Failed(Error::ConnAborted));
    let only_0 = ConnectRequest::class_0(1);
    let mut client = Machine::initiator(&only_0);
    let refusal = DisconnectRequest {
        source: 1,
        ..DisconnectRequest::refusing(2, Reason::NEGOTIATION_FAILED, b"")
    };
    ends_with(
        take(&mut client, only_0.confirmed(2, Class::Two)),
        refusal,
        failed,
    );
    let mut client = Machine::initiator(&asks());
    let class_4 = ConnectConfirm {
        class: ClassOctet(0x41),
        ..asks().confirmed(2, Class::Two)
    };
    closes(take(&mut client, class_4), failed);
}

// ---- the responder

#[test]
fn an_acceptance_sends_callee_data() {
    let request = asks();
    let mut server = pending(&request);
    assert_eq!(server.accept(&request, None, &[0; 33]), Err(Error::Fault));
    let confirm = ConnectConfirm {
        user_data: b"welcome",
        ..request.confirmed(2, Class::Two)
    };
    let expected = Step {
        send: Some(confirm.into()),
        report: Some(Report::Connected(confirm, Class::Two, 65_408)),
        ..Step::default()
    };
    assert_eq!(server.accept(&request, None, b"welcome"), Ok(expected));
    assert_eq!(server.data_reference(), Some(1));
    assert_eq!(
        server.accept(&request, None, b""),
        Err(Error::Inval),
        "once"
    );
}

#[test]
fn a_refusal_says_why_in_the_words_of_the_class() {
    let reasons = |request: ConnectRequest<'static>| {
        [
            Refusal::Rejected(b"no"),
            Refusal::BacklogFull,
            Refusal::UnknownSelector,
            Refusal::ListenerClosed,
        ]
        .map(|why| {
            let mut server = pending(&request);
            let step = server.refuse(why).unwrap();
            let Some(Tpdu::DisconnectRequest(refusal)) = step.send else {
                panic!("{step:?}");
            };
            assert_eq!((refusal.destination, refusal.source), (1, 0));
            assert_eq!(step.carrier, Carrier::Drain);
            assert_eq!(server.refuse(why), Err(Error::Inval), "once");
            (refusal.reason.0, refusal.user_data.len())
        })
    };
    assert_eq!(reasons(asks()), [(0x80, 2), (0x81, 0), (3, 0), (2, 0)]);
    let class_0 = ConnectRequest::class_0(1);
    assert_eq!(reasons(class_0), [(0, 0), (1, 0), (3, 0), (2, 0)]);
    let mut server = pending(&asks());
    assert_eq!(
        server.refuse(Refusal::Rejected(&[0; 65])),
        Err(Error::Fault)
    );
    assert!(server.refuse(Refusal::Rejected(&[0; 64])).is_ok());
}

#[test]
fn a_class_that_is_not_spoken_is_refused() {
    let mut server = Machine::responder(2, Classes::ZERO);
    let only_2 = ConnectRequest {
        parameters: Parameters::default(),
        ..asks()
    };
    let refusal = DisconnectRequest::refusing(1, Reason::NEGOTIATION_FAILED, b"");
    ends_with(take(&mut server, only_2), refusal, None);
}

#[test]
fn a_malformed_request_is_answered_by_an_error_that_names_its_sender() {
    let tpdu = [9, 0xE0, 0, 0, 0x12, 0x34, 0x21, 0xC4, 1, 2];
    let malformed = Tpdu::decode(&tpdu).unwrap_err();
    let mut server = Machine::responder(2, BOTH);
    let step = server.take(Input::Undecodable(malformed.into(), &tpdu));
    let error = ErrorTpdu {
        destination: 0x1234,
        cause: Cause::PARAMETER_VALUE,
        rejected: Some(&tpdu),
    };
    ends_with(step, error, None);
}

#[test]
fn whoever_sends_no_request_is_dropped() {
    for input in [
        Input::Timeout,
        Input::End,
        Input::Reset,
        Input::Data(None),
        Input::Tpdu(DC.into()),
        Input::Undecodable(DecodeError::Packet(BadPacket::Length(3)), &[]),
    ] {
        let mut server = Machine::responder(2, BOTH);
        closes(server.take(input), None);
    }
}

#[test]
fn a_request_is_withdrawn_by_an_end_and_broken_by_anything_else() {
    let request = asks();
    for (input, gone) in [
        (Input::End, Gone::Withdrawn),
        (Input::Tpdu(dr(2, 1, b"").into()), Gone::Withdrawn),
        (Input::Reset, Gone::Reset),
    ] {
        let mut server = pending(&request);
        closes(server.take(input), Some(Report::Withdrawn(gone)));
        assert_eq!(server.accept(&request, None, b""), Err(Error::Inval));
    }
    for input in [
        Input::Data(Some(2)),
        Input::Tpdu(request.into()),
        Input::Undecodable(Malformed::new(Fault::UnknownType, 1).into(), &[4, 0x10]),
    ] {
        let mut server = pending(&request);
        let step = server.take(input);
        assert!(is_error(&step));
        assert_eq!(step.report, Some(Report::Withdrawn(Gone::Reset)));
    }
}

// ---- data

#[test]
fn data_names_the_connection_in_the_shape_of_its_class() {
    let (mut client, _) = open();
    assert_eq!(client.take(Input::Data(Some(1))), Step::default());
    let step = client.take(Input::Data(Some(2)));
    assert!(is_error(&step));
    assert_eq!(step.report, Some(Report::Broken(Error::ConnAborted)));

    let (mut client, _) = opened(&ConnectRequest::class_0(1));
    assert_eq!(client.data_reference(), None);
    assert_eq!(client.take(Input::Data(None)), Step::default());
    assert!(is_error(&client.take(Input::Data(Some(1)))));
}

#[test]
fn a_peer_that_agrees_to_class_2_and_speaks_class_0_is_named() {
    let (mut client, _) = open();
    let step = client.take(Input::Data(None));
    assert_eq!(step.report, Some(Report::SpeaksClass0));
    assert_eq!(step.carrier, Carrier::Reset);
    assert!(client.is_closed());
}

#[test]
fn an_end_without_a_release_is_graceful_and_a_reset_is_not() {
    let (mut client, mut server) = open();
    let step = client.take(Input::End);
    let expected = Step {
        report: Some(Report::PeerEnded(b"")),
        ..Step::default()
    };
    assert_eq!(step, expected);
    assert_eq!(client.send_disconnect(b"late"), Err(Error::ConnAborted));
    closes(client.end(b"").unwrap(), None);
    closes(
        server.take(Input::Reset),
        Some(Report::Broken(Error::ConnReset)),
    );
}

// ---- the release

#[test]
fn both_sides_exchange_totals_at_the_end() {
    let (mut client, mut server) = open();
    let step = client.send_disconnect(b"total=42").unwrap();
    let expected = Step {
        send: Some(dr(2, 1, b"total=42").into()),
        timer: Timer::Answer,
        ..Step::default()
    };
    assert_eq!(step, expected);
    assert_eq!(client.check_send(), Err(Error::Shutdown));
    assert_eq!(client.send_disconnect(b""), Err(Error::Shutdown));
    assert_eq!(client.take(Input::Data(Some(1))), Step::default());
    assert!(client.delivers(), "what was in flight");

    let step = take(&mut server, dr(2, 1, b"total=42"));
    let expected = Step {
        timer: Timer::Hold,
        report: Some(Report::PeerEnded(b"total=42")),
        ..Step::default()
    };
    assert_eq!(step, expected);
    assert_eq!(server.check_send(), Err(Error::Shutdown));
    let step = server.send_disconnect(b"grand total=4711").unwrap();
    ends_with(step, dr(1, 2, b"grand total=4711"), None);

    let step = take(&mut client, dr(1, 2, b"grand total=4711"));
    assert_eq!(step.report, Some(Report::PeerEnded(b"grand total=4711")));
    assert_eq!((step.carrier, step.send), (Carrier::Drain, None));
    for side in [&mut client, &mut server] {
        closes(side.take(Input::End), None);
        assert!(side.is_closed());
    }
}

#[test]
fn a_side_that_has_nothing_to_say_confirms() {
    let (mut client, mut server) = open();
    client.end(b"bye").unwrap();
    take(&mut server, dr(2, 1, b"bye"));
    ends_with(server.end(b"").unwrap(), DC, None);
    let step = take(&mut client, DC);
    assert_eq!(step.report, Some(Report::PeerEnded(b"")));
    assert_eq!(step.carrier, Carrier::Drain);
}

#[test]
fn data_that_was_set_before_goes_with_the_close() {
    let (mut client, mut server) = open();
    let step = client.end(b"set").unwrap();
    assert_eq!(step.send, Some(dr(2, 1, b"set").into()));
    take(&mut server, dr(2, 1, b"set"));
    ends_with(server.end(b"too").unwrap(), dr(1, 2, b"too"), None);
    assert_eq!(open().0.end(&[0; 65]), Err(Error::Fault));
}

#[test]
fn two_releases_that_cross_bring_both_their_data() {
    let (mut client, mut server) = open();
    client.send_disconnect(b"a").unwrap();
    server.send_disconnect(b"b").unwrap();
    let to_client = take(&mut client, dr(1, 2, b"b"));
    let to_server = take(&mut server, dr(2, 1, b"a"));
    assert_eq!(to_client.report, Some(Report::PeerEnded(b"b")));
    assert_eq!(to_server.report, Some(Report::PeerEnded(b"a")));
    assert_eq!(to_client.carrier, Carrier::Drain);
    assert_eq!(
        to_server.carrier,
        Carrier::Drain,
        "neither waits for the other"
    );
}

#[test]
fn a_release_that_is_not_answered_breaks() {
    let (mut client, _) = open();
    client.send_disconnect(b"").unwrap();
    let report = Report::Broken(Error::ConnAborted);
    closes(client.take(Input::Timeout), Some(report));
}

#[test]
fn an_answer_that_is_held_too_long_goes_without_data() {
    let (_, mut server) = open();
    take(&mut server, dr(2, 1, b""));
    let step = server.take(Input::Timeout);
    let expected = Step {
        send: Some(DC.into()),
        carrier: Carrier::EndSending,
        timer: Timer::Stop,
        report: None,
    };
    assert_eq!(step, expected);
    assert_eq!(server.send_disconnect(b"late"), Err(Error::ConnAborted));
    let step = server.send_disconnect(b"").unwrap();
    assert_eq!((step.send, step.carrier), (None, Carrier::Drain));
    closes(server.take(Input::Timeout), None);
}

#[test]
fn disconnect_data_has_its_limit_and_its_class() {
    let (mut client, _) = open();
    assert_eq!(client.send_disconnect(&[0; 65]), Err(Error::Fault));
    assert_eq!(client.check_send(), Ok(()), "nothing has changed");
    assert!(client.send_disconnect(&[0; 64]).is_ok());
    let (mut client, _) = opened(&ConnectRequest::class_0(1));
    assert_eq!(client.send_disconnect(b"x"), Err(Error::NoProtoOpt));
    assert_eq!(client.check_send(), Ok(()));
    let mut early = Machine::initiator(&asks());
    assert_eq!(early.send_disconnect(b""), Err(Error::NotConn));
}

#[test]
fn class_0_is_released_by_ending_the_stream() {
    let (mut client, mut server) = opened(&ConnectRequest::class_0(1));
    let step = client.send_disconnect(b"").unwrap();
    let expected = Step {
        carrier: Carrier::EndSending,
        ..Step::default()
    };
    assert_eq!(step, expected);
    assert_eq!(client.take(Input::Data(None)), Step::default());
    assert!(client.delivers());
    let report = Some(Report::PeerEnded(b""));
    assert_eq!(server.take(Input::End).report, report);
    closes(server.end(b"no place for it").unwrap(), None);
    closes(client.take(Input::End), report);

    let (mut client, mut server) = opened(&ConnectRequest::class_0(1));
    client.send_disconnect(b"").unwrap();
    let report_broken = Some(Report::Broken(Error::ConnAborted));
    closes(client.take(Input::Data(Some(1))), report_broken); // no ER behind the end

    let (mut client, _) = opened(&ConnectRequest::class_0(1));
    assert_eq!(client.end(b"").unwrap().carrier, Carrier::Drain);
    let step = take(&mut server, dr(2, 1, b""));
    assert!(is_error(&step), "a DR in class 0 is a protocol error");
    assert_eq!(step.report, Some(Report::Broken(Error::ConnAborted)));
}

#[test]
fn an_abort_resets_or_says_so() {
    let (mut client, mut server) = open();
    let step = client.abort(true);
    assert_eq!((step.carrier, step.send), (Carrier::Reset, None));
    assert_eq!(client.abort(true), Step::default());
    let abort = DisconnectRequest::releasing(1, 2, Release::Abortive, b"");
    ends_with(server.abort(false), abort, None);

    let (mut client, _) = open();
    let report = Some(Report::Broken(Error::ConnReset));
    closes(take(&mut client, abort), report);
    let (mut client, _) = open();
    client.send_disconnect(b"").unwrap();
    closes(take(&mut client, abort), report);
}

#[test]
fn a_release_names_the_connection() {
    let report = Some(Report::Broken(Error::ConnAborted));
    for ends_first in [false, true] {
        for stranger in [
            Tpdu::from(dr(9, 2, b"")),
            Tpdu::from(DisconnectConfirm {
                destination: 9,
                source: 2,
            }),
        ] {
            let (mut client, _) = open();
            if ends_first {
                client.send_disconnect(b"").unwrap();
            }
            let step = take(&mut client, stranger);
            assert!(is_error(&step));
            assert_eq!(step.report, report);
        }
    }
}

#[test]
fn throwing_away_ends_with_the_peer_or_with_time() {
    for input in [Input::End, Input::Reset, Input::Timeout] {
        let (_, mut server) = open();
        take(&mut server, dr(2, 1, b""));
        server.end(b"").unwrap();
        assert_eq!(server.take(Input::Data(Some(2))), Step::default());
        assert_eq!(take(&mut server, dr(2, 1, b"again")), Step::default());
        assert!(!server.delivers());
        closes(server.take(input), None);
        assert_eq!(server.take(input), Step::default(), "for good");
    }
}

#[test]
fn an_error_ends_a_connection_and_is_not_answered() {
    let (mut client, _) = open();
    let error = ErrorTpdu {
        destination: 1,
        cause: Cause::UNSPECIFIED,
        rejected: None,
    };
    let report = Report::Broken(Error::ConnAborted);
    closes(take(&mut client, error), Some(report));
}

#[test]
fn the_timers_are_those_of_the_standard_unless_set() {
    let timers = Timers::default();
    let seconds = [
        Timer::Keep,
        Timer::Stop,
        Timer::Connect,
        Timer::Request,
        Timer::Answer,
        Timer::Hold,
        Timer::Drain,
    ]
    .map(|timer| timers.duration(timer).as_ref().map(Duration::as_secs));
    let expected = [None, None, Some(30), Some(10), Some(30), Some(20), Some(5)];
    assert_eq!(seconds, expected);
    assert!(timers.hold < timers.answer);
}

#[test]
fn a_connection_costs_little_while_it_waits() {
    assert_eq!(size_of::<Machine>(), 24);
    assert_eq!(size_of::<Decoder>(), 56);
    assert_eq!(Decoder::new().allocated(), 0);
}

// ---- two sides

#[derive(Clone, Debug)]
enum Move {
    /// The next packet that is under way arrives, at the client or at the server.
    Arrive(bool),
    Accept,
    Refuse(Vec<u8>),
    SendDisconnect(bool, Vec<u8>),
    SendData(bool),
    End(bool),
}

fn a_move() -> impl Strategy<Value = Move> {
    let data = || vec(any::<u8>(), 0..66);
    prop_oneof![
        8 => any::<bool>().prop_map(Move::Arrive),
        2 => Just(Move::Accept),
        1 => data().prop_map(Move::Refuse),
        2 => (any::<bool>(), data()).prop_map(|(side, data)| Move::SendDisconnect(side, data)),
        2 => any::<bool>().prop_map(Move::SendData),
        1 => any::<bool>().prop_map(Move::End),
    ]
}

/// What is under way to one side: packets, and the end of the stream.
#[derive(Debug, Default)]
struct Wire {
    packets: VecDeque<Option<Vec<u8>>>,
    ended: bool,
}

#[derive(Debug)]
struct Side {
    machine: Machine,
    decoder: Decoder,
    /// Under way to this side.
    wire: Wire,
    /// Disconnect data that this side has sent.
    said: Option<Vec<u8>>,
    /// Disconnect data that this side was told of.
    heard: Option<Vec<u8>>,
    data_sent: usize,
    data_heard: usize,
    reports: Vec<String>,
    timer: Timer,
    is_reading: bool,
}

impl Side {
    fn new(machine: Machine, timer: Timer) -> Self {
        Self {
            machine,
            decoder: Decoder::new(),
            wire: Wire::default(),
            said: None,
            heard: None,
            data_sent: 0,
            data_heard: 0,
            reports: Vec::new(),
            timer,
            is_reading: true,
        }
    }

    /// Carries out a step towards the other side.
    fn carry_out(&mut self, step: &Step<'_>, other: &mut Wire) {
        let mut buffer = [0; 512];
        if let Some(tpdu) = step.send {
            assert!(!other.ended, "nothing is sent after the end");
            let length = tpdu.encode(&mut buffer).unwrap();
            other.packets.push_back(Some(buffer[..length].to_vec()));
            if let Tpdu::DisconnectRequest(release) = tpdu {
                self.said = Some(release.user_data.to_vec());
            }
        }
        if step.carrier != Carrier::Keep && !other.ended {
            other.ended = true;
            other.packets.push_back(None);
        }
        self.is_reading &= !matches!(step.carrier, Carrier::Close | Carrier::Reset);
        match step.timer {
            Timer::Keep => {}
            timer => self.timer = timer,
        }
        match step.report {
            Some(Report::PeerEnded(data) | Report::Refused(_, data)) => {
                self.heard = Some(data.to_vec());
            }
            Some(report) => self.reports.push(format!("{report:?}")),
            None => {}
        }
    }

    fn arrive(&mut self, other: &mut Wire) {
        let Some(packet) = self.wire.packets.pop_front() else {
            return;
        };
        if !self.is_reading {
            return;
        }
        let Some(packet) = packet else {
            let step = self.machine.take(Input::End);
            self.carry_out(&step, other);
            return;
        };
        let mut decoder = std::mem::take(&mut self.decoder);
        let mut input = &packet[..];
        let input = match decoder.next(&mut input).unwrap().unwrap() {
            Event::Control(tpdu) => Input::Tpdu(tpdu),
            Event::Data(piece) => {
                self.data_heard += usize::from(self.machine.delivers());
                Input::Data(piece.reference)
            }
        };
        let step = self.machine.take(input);
        self.carry_out(&step, other);
    }
}

fn play(request: &ConnectRequest<'_>, moves: &[Move]) -> (Side, Side) {
    let mut client = Side::new(Machine::initiator(request), Timer::Connect);
    let mut server = Side::new(Machine::responder(2, BOTH), Timer::Request);
    let mut buffer = [0; 256];
    let length = request.encode(&mut buffer).unwrap();
    server
        .wire
        .packets
        .push_back(Some(buffer[..length].to_vec()));
    for a_move in moves {
        step(request, a_move, &mut client, &mut server);
    }
    // Everybody closes, everything arrives.
    let _ = server.machine.refuse(Refusal::ListenerClosed).map(|step| {
        server.carry_out(&step, &mut client.wire);
    });
    for is_client in [true, false] {
        step(request, &Move::End(is_client), &mut client, &mut server);
    }
    for _ in 0..2 * (moves.len() + 8) {
        client.arrive(&mut server.wire);
        server.arrive(&mut client.wire);
    }
    (client, server)
}

fn step(request: &ConnectRequest<'_>, a_move: &Move, client: &mut Side, server: &mut Side) {
    let (side, other) = match a_move {
        Move::Arrive(true)
        | Move::SendDisconnect(true, _)
        | Move::SendData(true)
        | Move::End(true) => (client, &mut server.wire),
        _ => (server, &mut client.wire),
    };
    let done = match a_move {
        Move::Arrive(_) => return side.arrive(other),
        Move::SendData(_) => {
            if side.machine.check_send().is_ok() {
                let outbound = Outbound::new(side.machine.data_reference(), 8192, false);
                let mut packet = vec![0; 64];
                let (_, used) = outbound.pack(b"data", true, &mut packet);
                packet.truncate(used);
                other.packets.push_back(Some(packet));
                side.data_sent += 1;
            }
            return;
        }
        Move::Accept => side.machine.accept(request, None, b"welcome"),
        Move::Refuse(data) => side.machine.refuse(Refusal::Rejected(data)),
        Move::SendDisconnect(_, data) => side.machine.send_disconnect(data),
        Move::End(_) => side.machine.end(b""),
    };
    if let Ok(done) = done {
        side.carry_out(&done, other);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(1000), // PROPTEST_CASES raises it
        ..ProptestConfig::default()
    })]

    /// Whatever two sides do, in whatever order it arrives: neither sees a protocol error, both are
    /// closed in the end without a timer, and what was said is heard.
    #[test]
    fn two_sides_always_come_to_an_end(moves in vec(a_move(), 0..40), class_2 in any::<bool>()) {
        let request = if class_2 { asks() } else { ConnectRequest::class_0(1) };
        let (client, server) = play(&request, &moves);
        for (side, other) in [(&client, &server), (&server, &client)] {
            prop_assert!(side.machine.is_closed(), "{side:?}");
            prop_assert_eq!(side.timer, Timer::Stop);
            let broken = side.reports.iter().any(|report| {
                report.contains("Broken") || report.contains("Aborted") || report.contains("Reset")
            });
            prop_assert!(!broken, "{:?}", side.reports);
            if let (Some(heard), Some(said)) = (&side.heard, &other.said) {
                // Whoever confirms or closes says nothing; whoever speaks is heard.
                prop_assert!(heard == said || said.is_empty() || heard.is_empty());
            }
        }
        let made = |side: &Side| side.reports.iter().any(|report| report.contains("Connected"));
        // In class 0 closing says nothing, and what comes then is thrown away.
        if class_2 && made(&client) && made(&server) {
            prop_assert!(client.heard.is_some() || server.heard.is_some());
            if let Some(said) = client.said.as_ref().filter(|said| !said.is_empty()) {
                prop_assert_eq!(server.heard.as_ref(), Some(said));
            }
            if let Some(said) = server.said.as_ref().filter(|said| !said.is_empty()) {
                prop_assert_eq!(client.heard.as_ref(), Some(said));
            }
            prop_assert_eq!(client.data_heard, server.data_sent);
            prop_assert_eq!(server.data_heard, client.data_sent);
        }
    }
}
