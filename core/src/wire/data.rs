//! DT: data (RFC 905 section 13.7).
//!
//! | octet | class 0 | class 2 |
//! |---|---|---|
//! | 0 | 2 | 4 |
//! | 1 | F0 | F0 |
//! | 2 | end of record in bit 7, else 0 | reference of the receiver |
//! | 3 | data | reference |
//! | 4 | data | end of record in bit 7; the number, 0, any value accepted |
//! | 5… | data | data |
//!
//! The two shapes can be told apart, which catches peers that agree to class 2 and speak class 0.
//!
//! Data is never copied to be framed: [`Outbound::segments`] gives the headers that stand between the
//! pieces of the caller's own buffer, for a gathering write; [`Outbound::pack`] copies small sends
//! into one buffer, which is cheaper there.

use std::ops::Deref;

use super::{
    EncodeError, Fault, Malformed,
    octets::u16_at,
    tpkt::{self, LONGEST_TPDU},
};

pub(super) const DT: u8 = 0xF0;

const END: u8 = 0x80;
const CLASS_0_INDICATOR: u8 = 2;
const CLASS_2_INDICATOR: u8 = 4;

/// The smallest TPDU size that can be agreed on.
const SMALLEST_SIZE: usize = 128;

/// What stands before the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DataHeader {
    /// The reference of the receiver in class 2; class 0 has none.
    pub reference: Option<u16>,
    /// Whether a record ends with this TPDU.
    pub ends_record: bool,
}

/// A whole data TPDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Data<'a> {
    /// What stands before the data.
    pub header: DataHeader,
    /// The data.
    pub user_data: &'a [u8],
}

/// The octets of a packet before its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataPrefix {
    octets: [u8; Self::LONGEST],
    length: usize,
}

impl DataPrefix {
    /// The longest prefix: the packet's header and that of a DT of class 2.
    pub const LONGEST: usize = tpkt::HEADER + 1 + CLASS_2_INDICATOR as usize;
}

impl Deref for DataPrefix {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.octets[..self.length]
    }
}

impl DataHeader {
    const fn length(self) -> usize {
        match self.reference {
            Some(_) => 1 + CLASS_2_INDICATOR as usize,
            None => 1 + CLASS_0_INDICATOR as usize,
        }
    }

    /// How long the header of a DT with this length indicator is.
    pub(super) const fn length_for(indicator: u8) -> Result<usize, Malformed> {
        match indicator {
            CLASS_0_INDICATOR | CLASS_2_INDICATOR => Ok(1 + indicator as usize),
            _ => Err(Malformed::new(Fault::LengthIndicator, 0)),
        }
    }

    /// What stands before `data` octets of data; nothing if no packet is that long.
    pub fn prefix(self, data: usize) -> Option<DataPrefix> {
        let mut octets = [0; DataPrefix::LONGEST];
        let length = tpkt::HEADER + self.length();
        octets[..tpkt::HEADER].copy_from_slice(&tpkt::header(self.length() + data)?);
        let end = if self.ends_record { END } else { 0 };
        octets[4..6].copy_from_slice(&[self.indicator(), DT]);
        if let Some(reference) = self.reference {
            octets[6..8].copy_from_slice(&reference.to_be_bytes());
        }
        octets[length - 1] = end;
        Some(DataPrefix { octets, length })
    }

    const fn indicator(self) -> u8 {
        match self.reference {
            Some(_) => CLASS_2_INDICATOR,
            None => CLASS_0_INDICATOR,
        }
    }

    /// Reads the header of a DT, which is `header` exactly.
    pub(super) fn decode(header: &[u8]) -> Result<Self, Malformed> {
        let last = header[header.len() - 1];
        let reference = (header[0] == CLASS_2_INDICATOR).then(|| u16_at(header, 2));
        if reference.is_none() && last & !END != 0 {
            return Err(Malformed::new(Fault::Number, header.len() - 1));
        }
        Ok(Self {
            reference,
            ends_record: last & END != 0,
        })
    }
}

impl Data<'_> {
    /// Writes the packet and returns its length.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn encode(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        let prefix = self
            .header
            .prefix(self.user_data.len())
            .ok_or(EncodeError::TooLong)?;
        let length = prefix.len() + self.user_data.len();
        let packet = buffer.get_mut(..length).ok_or(EncodeError::NoRoom)?;
        packet[..prefix.len()].copy_from_slice(&prefix);
        packet[prefix.len()..].copy_from_slice(self.user_data);
        Ok(length)
    }
}

/// How data leaves: what was agreed when the connection was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outbound {
    reference: Option<u16>,
    most: usize,
    records: bool,
}

impl Outbound {
    /// `reference` is the peer's in class 2 and absent in class 0, `tpdu_size` what was agreed,
    /// `records` says that the socket is message-oriented. A stream ends a record with every TPDU.
    pub fn new(reference: Option<u16>, tpdu_size: usize, records: bool) -> Self {
        let header = DataHeader {
            reference,
            ends_record: true,
        };
        Self {
            reference,
            most: tpdu_size.clamp(SMALLEST_SIZE, LONGEST_TPDU) - header.length(),
            records,
        }
    }

    /// How much data one TPDU takes.
    pub const fn most_data(&self) -> usize {
        self.most
    }

    /// The TPDUs of one send, each as the octets before its data and the data. `ends_record` says that
    /// the last of them ends the record, if there are records. A record without data is one TPDU; a
    /// stream has none for no data.
    pub const fn segments<'a>(&self, data: &'a [u8], ends_record: bool) -> Segments<'a> {
        Segments {
            outbound: *self,
            ended: data.is_empty() && !(self.records && ends_record),
            data,
            ends_record,
        }
    }

    /// Packs TPDUs into `buffer` until data or room is used up. Returns how much of the data is in and
    /// how much of the buffer is used. A record that does not fit goes on with the next call; one
    /// without data is not for this, but for [`segments`](Self::segments).
    pub fn pack(&self, data: &[u8], ends_record: bool, buffer: &mut [u8]) -> (usize, usize) {
        let (mut taken, mut used) = (0, 0);
        let header = DataHeader {
            reference: self.reference,
            ends_record: !self.records,
        };
        while taken < data.len() {
            let room = (buffer.len() - used).saturating_sub(tpkt::HEADER + header.length());
            let length = (data.len() - taken).min(self.most).min(room);
            if length == 0 {
                break;
            }
            let user_data = &data[taken..taken + length];
            taken += length;
            let ends_record = header.ends_record || (ends_record && taken == data.len());
            let tpdu = Data {
                header: DataHeader {
                    ends_record,
                    ..header
                },
                user_data,
            };
            match tpdu.encode(&mut buffer[used..]) {
                Ok(length) => used += length,
                Err(error) => unreachable!("there is room for the TPDU: {error}"),
            }
        }
        (taken, used)
    }
}

/// See [`Outbound::segments`].
#[derive(Clone, Debug)]
pub struct Segments<'a> {
    outbound: Outbound,
    data: &'a [u8],
    ends_record: bool,
    ended: bool,
}

impl<'a> Iterator for Segments<'a> {
    type Item = (DataPrefix, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let (piece, rest) = self.data.split_at(self.data.len().min(self.outbound.most));
        self.data = rest;
        self.ended = rest.is_empty();
        let header = DataHeader {
            reference: self.outbound.reference,
            ends_record: !self.outbound.records || (self.ends_record && self.ended),
        };
        Some((header.prefix(piece.len())?, piece))
    }
}
