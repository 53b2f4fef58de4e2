//! What must hold for any octets at all. The fuzz targets call it, and `core/tests/fuzz_corpus.rs`
//! with every file of the corpora.

use vestibule::wire::{
    Carrier, Class, Classes, ConnectRequest, DecodeError, Decoder, ErrorTpdu, Event, Input,
    LONGEST_CONTROL, LONGEST_HEADER, MAX_CR, Machine, Refusal, Report, Step, Timer, Tpdu,
};

/// One TPDU: reading does not panic, and what was read means the same after it was written. What is
/// wrong can be quoted.
pub(crate) fn tpdu(octets: &[u8]) {
    let mut buffer = vec![0; octets.len() + LONGEST_HEADER + 4];
    match Tpdu::decode(octets) {
        Ok(tpdu) => {
            let length = tpdu
                .encode(&mut buffer)
                .expect("what was read can be written");
            assert_eq!(Tpdu::decode(&buffer[4..length]), Ok(tpdu));
            if let Tpdu::ConnectRequest(request) = tpdu {
                assert!(length <= 4 + MAX_CR);
                let answer = request.confirmed(1, Class::Two);
                answer
                    .encode(&mut buffer)
                    .expect("a request can be answered");
                assert!((128..=65_531).contains(&answer.agreed_size(request.proposed_size())));
                let quality = request.parameters.quality;
                assert_eq!(quality.answered(Some(&quality)), quality);
            }
        }
        Err(malformed) => {
            assert!(malformed.at < octets.len().max(1));
            let error = ErrorTpdu::answering(1, malformed, octets);
            let length = error.encode(&mut buffer).expect("any TPDU can be rejected");
            assert_eq!(Tpdu::decode(&buffer[4..length]), Ok(Tpdu::Error(error)));
        }
    }
}

/// One side of a connection, and whatever a peer and an application may do to it: the first octet says
/// which side and which classes; then come moves, an octet each, some with a length and octets. What is
/// sent can be sent, nothing is sent once sending has ended, whoever waits for the peer has a timer, and
/// an end of the application with two time-outs closes it.
pub(crate) fn machine(octets: &[u8]) {
    let Some((first, mut moves)) = octets.split_first() else {
        return;
    };
    let mut side = Side::new(*first);
    while let Some((number, rest)) = moves.split_first() {
        let (length, rest) = rest.split_first().unwrap_or((&0, rest));
        let (data, rest) = rest.split_at(rest.len().min(usize::from(*length)));
        moves = rest;
        side.play(*number, data);
    }
    side.come_to_an_end();
}

struct Side {
    machine: Machine,
    decoder: Decoder,
    /// The request that is pending, as octets of a TPDU.
    pending: Option<Vec<u8>>,
    timer: Timer,
    sending_ended: bool,
}

impl Side {
    fn new(first: u8) -> Self {
        let classes = match first & 0b11 {
            0 => Classes::ZERO,
            1 => Classes::TWO,
            _ => Classes::ZERO.and(Classes::TWO),
        };
        let (machine, timer) = match first & 0b1100 {
            0 => (
                Machine::initiator(&ConnectRequest::class_0(1)),
                Timer::Connect,
            ),
            0b0100 => (
                Machine::initiator(&ConnectRequest::class_2(1)),
                Timer::Connect,
            ),
            _ => (Machine::responder(1, classes), Timer::Request),
        };
        Self {
            machine,
            decoder: Decoder::new(),
            pending: None,
            timer,
            sending_ended: false,
        }
    }

    fn play(&mut self, number: u8, data: &[u8]) {
        let pending = self.pending.clone();
        match number % 10 {
            0..3 => self.receive(data),
            3 => self.carry_out(|machine| Ok(machine.take(Input::End))),
            4 => self.carry_out(|machine| Ok(machine.take(Input::Reset))),
            5 if self.timer != Timer::Stop => self.time_out(),
            6 => {
                let Some(Ok(Tpdu::ConnectRequest(request))) = pending.as_deref().map(Tpdu::decode)
                else {
                    return;
                };
                self.carry_out(|machine| machine.accept(&request, None, data));
            }
            7 => self.carry_out(|machine| machine.refuse(Refusal::Rejected(data))),
            8 => self.carry_out(|machine| machine.send_disconnect(data)),
            9 if number < 128 => self.carry_out(|machine| machine.end(data)),
            9 => self.carry_out(|machine| Ok(machine.abort(number < 192))),
            _ => {}
        }
    }

    fn receive(&mut self, mut octets: &[u8]) {
        loop {
            let mut decoder = std::mem::take(&mut self.decoder);
            let failed = match decoder.next(&mut octets) {
                Ok(None) => {
                    self.decoder = decoder;
                    return;
                }
                Ok(Some(Event::Data(piece))) => {
                    self.carry_out(|machine| Ok(machine.take(Input::Data(piece.reference))));
                    None
                }
                Ok(Some(Event::Control(tpdu))) => {
                    self.carry_out(|machine| Ok(machine.take(Input::Tpdu(tpdu))));
                    None
                }
                Err(error) => Some(error),
            };
            if let Some(error) = failed {
                let rejected = decoder.rejected();
                self.carry_out(|machine| Ok(machine.take(Input::Undecodable(error, rejected))));
                self.decoder = decoder;
                return;
            }
            self.decoder = decoder;
        }
    }

    fn time_out(&mut self) {
        self.timer = Timer::Stop;
        self.carry_out(|machine| Ok(machine.take(Input::Timeout)));
    }

    fn carry_out<'a>(&mut self, call: impl FnOnce(&mut Machine) -> vestibule::Result<Step<'a>>) {
        let was_closed = self.machine.is_closed();
        let before = format!("{:?}", self.machine);
        let Ok(step) = call(&mut self.machine) else {
            assert_eq!(
                before,
                format!("{:?}", self.machine),
                "an error changes nothing"
            );
            return;
        };
        assert!(!was_closed || step == Step::default(), "closed for good");
        let mut buffer = [0; 512];
        if let Some(tpdu) = step.send {
            assert!(!self.sending_ended);
            let length = tpdu.encode(&mut buffer).expect("what is to be sent can be");
            Tpdu::decode(&buffer[4..length]).expect("what is sent can be read");
        }
        self.sending_ended |= step.carrier != Carrier::Keep;
        if step.timer != Timer::Keep {
            self.timer = step.timer;
        }
        match step.report {
            Some(Report::Requested(request, _)) => {
                let length = request.encode(&mut buffer).expect("a request");
                self.pending = Some(buffer[4..length].to_vec());
            }
            Some(Report::Connected(_, _, size)) => assert!((128..=65_531).contains(&size)),
            _ => {}
        }
    }

    fn come_to_an_end(&mut self) {
        self.carry_out(|machine| machine.end(b""));
        for _ in 0..2 {
            if !self.machine.is_closed() {
                assert_ne!(
                    self.timer,
                    Timer::Stop,
                    "waits without a timer: {:?}",
                    self.machine
                );
                self.time_out();
            }
        }
        assert!(self.machine.is_closed());
    }
}

/// What a stream came to.
#[derive(Debug, Default, PartialEq)]
struct Read {
    /// TPDUs other than data, and ends of records.
    events: Vec<String>,
    data: Vec<u8>,
    error: Option<DecodeError>,
}

/// A stream: the first octet says into which pieces it is cut. It means the same in pieces as it does
/// whole, and no more is allocated than has arrived.
pub(crate) fn stream(octets: &[u8]) {
    let Some((size, stream)) = octets.split_first() else {
        return;
    };
    let whole = read(stream, stream.len().max(1));
    assert_eq!(whole, read(stream, usize::from(*size).max(1)));
    assert_eq!(whole, read(stream, 1));
    assert!(whole.data.len() <= stream.len());
}

fn read(stream: &[u8], size: usize) -> Read {
    let mut decoder = Decoder::new();
    let mut read = Read::default();
    let mut arrived = 0;
    for piece in stream.chunks(size) {
        arrived += piece.len();
        let mut rest = piece;
        loop {
            match decoder.next(&mut rest) {
                Ok(None) => break,
                Ok(Some(Event::Control(tpdu))) => read.events.push(format!("{tpdu:?}")),
                Ok(Some(Event::Data(piece))) => {
                    read.data.extend_from_slice(piece.data);
                    if piece.ends_record {
                        read.events.push(format!("record of {:?}", piece.reference));
                    }
                }
                Err(error) => {
                    assert!(decoder.allocated() <= arrived.min(LONGEST_CONTROL));
                    let mut more = stream;
                    assert_eq!(decoder.next(&mut more), Err(error), "for ever");
                    read.error = Some(error);
                    return read;
                }
            }
            assert!(decoder.allocated() <= arrived.min(LONGEST_CONTROL));
        }
        assert!(rest.is_empty(), "all is taken");
    }
    assert_eq!(decoder.is_inside(), ends_inside(stream));
    read
}

/// Whether the last packet of a stream is cut off.
fn ends_inside(mut stream: &[u8]) -> bool {
    while let [_, _, high, low, ..] = *stream {
        let Some(rest) = stream.get(usize::from(high) * 256 + usize::from(low)..) else {
            return true;
        };
        stream = rest;
    }
    !stream.is_empty()
}
