//! Reading a stream of octets as it comes, in pieces of any size.

use super::{
    BadPacket, Data, DataHeader, DataPrefix, DecodeError, Malformed, Tpdu,
    error_tpdu::LONGEST_QUOTE,
    tpdu::Kind,
    tpkt::{self, HEADER},
};

/// What has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Data, or a part of the data of a DT.
    Data(Piece<'a>),
    /// Any other TPDU, which is whole.
    Control(Tpdu<'a>),
}

/// Data, in the caller's own buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The reference that the DT names; none in class 0.
    pub reference: Option<u16>,
    /// The data.
    pub data: &'a [u8],
    /// Whether a record ends with the last octet of this piece.
    pub ends_record: bool,
}

/// Splits a stream of octets into data and other TPDUs.
///
/// Data is never kept or copied: it is handed on as it arrives, however large its TPDU. Of any other
/// TPDU the octets that have arrived are kept until it is whole, no more than
/// [`LONGEST_CONTROL`](super::LONGEST_CONTROL); a TPDU that claims to be longer is malformed as soon as its type is known. So
/// a decoder has never allocated more than it has been given. After an error it reports that error for
/// ever.
///
/// ```
/// use vestibule::wire::{Decoder, Event};
///
/// let mut decoder = Decoder::new();
/// let mut input: &[u8] = &[3, 0, 0, 11, 4, 0xF0, 0, 1, 0x80, b'h', b'i', 3, 0];
/// let Ok(Some(Event::Data(piece))) = decoder.next(&mut input) else { panic!() };
/// assert_eq!((piece.data, piece.ends_record), (&b"hi"[..], true));
/// assert_eq!(decoder.next(&mut input), Ok(None));
/// ```
#[derive(Debug, Default)]
pub struct Decoder {
    /// The first octets of the packet that is arriving.
    head: [u8; DataPrefix::LONGEST],
    head_length: u8,
    stage: Stage,
    /// The TPDU that is arriving, unless it is data, or the beginning of one that was rejected.
    kept: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Stage {
    /// The first octets of a packet.
    #[default]
    Head,
    /// The data of a DT; so many octets are missing.
    Body {
        header: DataHeader,
        missing: u16,
    },
    /// Any other TPDU of this length.
    Control {
        length: usize,
    },
    /// The TPDU that is kept was handed on, or has failed.
    HandedOn,
    Failed(DecodeError),
}

/// The octets that tell the length and the type of a TPDU.
const TYPED: usize = HEADER + 2;

impl Decoder {
    /// At the beginning of a packet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next event in `input`, which is moved on; nothing if `input` is used up.
    ///
    /// # Errors
    /// [`DecodeError`], as early as it can be told.
    pub fn next<'a, 'i: 'a>(
        &'a mut self,
        input: &mut &'i [u8],
    ) -> Result<Option<Event<'a>>, DecodeError> {
        if matches!(self.stage, Stage::HandedOn) {
            Tpdu::decode(&self.kept)?;
            self.kept = Vec::new();
            self.stage = Stage::Head;
        }
        if matches!(self.stage, Stage::Head) {
            if self.head_length == 0
                && let Some(packet) = whole_packet(input)
            {
                return self.whole(packet).map(Some);
            }
            if !self.read_head(input)? {
                return Ok(None);
            }
        }
        match self.stage {
            Stage::Body { header, missing } => Ok(self.body(header, missing, input)),
            Stage::Control { length } => {
                let piece = take(input, length - self.kept.len());
                self.keep(piece);
                if self.kept.len() < length {
                    return Ok(None);
                }
                self.stage = Stage::HandedOn;
                Ok(Some(Event::Control(Tpdu::decode(&self.kept)?)))
            }
            Stage::Failed(error) => Err(error),
            Stage::Head | Stage::HandedOn => Ok(None),
        }
    }

    /// The beginning of the TPDU that was malformed, for an [`ErrorTpdu`](super::ErrorTpdu) to quote.
    pub fn rejected(&self) -> &[u8] {
        &self.kept
    }

    /// Whether a packet has begun and is not complete: an end of the stream cuts it off.
    pub const fn is_inside(&self) -> bool {
        self.head_length != 0 || matches!(self.stage, Stage::Body { .. } | Stage::Control { .. })
    }

    /// Octets that are allocated.
    pub const fn allocated(&self) -> usize {
        self.kept.capacity()
    }

    /// A packet that is in the input as a whole needs no state.
    fn whole<'a>(&mut self, tpdu: &'a [u8]) -> Result<Event<'a>, DecodeError> {
        match Tpdu::decode(tpdu) {
            Ok(Tpdu::Data(Data { header, user_data })) => Ok(Event::Data(Piece {
                reference: header.reference,
                data: user_data,
                ends_record: header.ends_record,
            })),
            Ok(control) => Ok(Event::Control(control)),
            Err(malformed) => Err(self.reject(malformed, tpdu)),
        }
    }

    /// Reads the first octets of a packet; false if there are not enough yet.
    fn read_head(&mut self, input: &mut &[u8]) -> Result<bool, DecodeError> {
        self.fill_head(input, 1);
        if self.head_length >= 1 {
            tpkt::check_version(self.head[0]).map_err(|bad| self.fail(bad.into()))?;
        }
        if !self.fill_head(input, HEADER) {
            return Ok(false);
        }
        let length = self.tpdu_length().map_err(|bad| self.fail(bad.into()))?;
        if !self.fill_head(input, TYPED) {
            return Ok(false);
        }
        let [.., indicator, code, _, _, _] = self.head;
        match Kind::check(indicator, code, length) {
            Err(malformed) => Err(self.reject_head(malformed)),
            Ok(Kind::Data) => self.read_data_head(indicator, length, input),
            Ok(_) => {
                let [.., indicator, code, _, _, _] = self.head;
                self.head_length = 0;
                self.keep(&[indicator, code]);
                self.stage = Stage::Control { length };
                Ok(true)
            }
        }
    }

    fn read_data_head(
        &mut self,
        indicator: u8,
        length: usize,
        input: &mut &[u8],
    ) -> Result<bool, DecodeError> {
        let header = 1 + usize::from(indicator);
        if !self.fill_head(input, HEADER + header) {
            return Ok(false);
        }
        match DataHeader::decode(&self.head[HEADER..HEADER + header]) {
            Err(malformed) => Err(self.reject_head(malformed)),
            Ok(decoded) => {
                self.head_length = 0;
                self.stage = Stage::Body {
                    header: decoded,
                    missing: u16::try_from(length - header).unwrap_or(u16::MAX),
                };
                Ok(true)
            }
        }
    }

    fn body<'a>(
        &mut self,
        header: DataHeader,
        missing: u16,
        input: &mut &'a [u8],
    ) -> Option<Event<'a>> {
        let data = take(input, missing.into());
        if data.is_empty() && missing > 0 {
            return None;
        }
        let missing = missing - u16::try_from(data.len()).unwrap_or(missing);
        self.stage = match missing {
            0 => Stage::Head,
            missing => Stage::Body { header, missing },
        };
        Some(Event::Data(Piece {
            reference: header.reference,
            data,
            ends_record: header.ends_record && missing == 0,
        }))
    }

    /// Fills the head up to `length` octets; false if there are not enough.
    fn fill_head(&mut self, input: &mut &[u8], length: usize) -> bool {
        while usize::from(self.head_length) < length {
            let [octet] = *take(input, 1) else {
                return false;
            };
            self.head[usize::from(self.head_length)] = octet;
            self.head_length += 1;
        }
        true
    }

    fn tpdu_length(&self) -> Result<usize, BadPacket> {
        let [version, reserved, high, low, ..] = self.head;
        tpkt::tpdu_length([version, reserved, high, low])
    }

    fn keep(&mut self, octets: &[u8]) {
        self.kept.reserve_exact(octets.len());
        self.kept.extend_from_slice(octets);
    }

    fn reject_head(&mut self, malformed: Malformed) -> DecodeError {
        let (head, length) = (self.head, usize::from(self.head_length));
        self.reject(malformed, &head[HEADER..length])
    }

    fn reject(&mut self, malformed: Malformed, tpdu: &[u8]) -> DecodeError {
        let quoted = tpdu.len().min(malformed.at + 1).min(LONGEST_QUOTE);
        self.keep(&tpdu[..quoted]);
        self.fail(malformed.into())
    }

    const fn fail(&mut self, error: DecodeError) -> DecodeError {
        self.stage = Stage::Failed(error);
        error
    }
}

/// Takes the next packet off the input and returns its TPDU, if it is there as a whole. What is wrong
/// with a header is left to [`Decoder::read_head`].
fn whole_packet<'a>(input: &mut &'a [u8]) -> Option<&'a [u8]> {
    let header = *input.first_chunk::<HEADER>()?;
    let length = tpkt::tpdu_length(header).ok()?;
    let tpdu = input.get(HEADER..HEADER + length)?;
    *input = &input[HEADER + length..];
    Some(tpdu)
}

/// Takes up to `most` octets off the input.
fn take<'a>(input: &mut &'a [u8], most: usize) -> &'a [u8] {
    let (taken, rest) = input.split_at(input.len().min(most));
    *input = rest;
    taken
}
