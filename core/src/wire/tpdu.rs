//! One TPDU of any type (RFC 905 section 13.2).
//!
//! The first octet is the length indicator: how many octets of the header follow it, 1…254. What
//! follows the header up to the end of the packet is user data, which has no length field.

use super::{
    ConnectConfirm, ConnectRequest, Data, DataHeader, DisconnectConfirm, DisconnectRequest,
    EncodeError, ErrorTpdu, Fault, LONGEST_HEADER, MAX_CONNECT_DATA, MAX_CR, MAX_DISCONNECT_DATA,
    Malformed, RESERVED_INDICATOR,
    connect::{self, CC, CR},
    data::DT,
    error_tpdu::{self, ER},
    release::{self, DC, DR},
};

/// A TPDU; what has no fixed length is borrowed from the octets it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tpdu<'a> {
    /// CR.
    ConnectRequest(ConnectRequest<'a>),
    /// CC.
    ConnectConfirm(ConnectConfirm<'a>),
    /// DR.
    DisconnectRequest(DisconnectRequest<'a>),
    /// DC.
    DisconnectConfirm(DisconnectConfirm),
    /// DT.
    Data(Data<'a>),
    /// ER.
    Error(ErrorTpdu<'a>),
}

/// The type of a TPDU, by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    ConnectRequest,
    ConnectConfirm,
    DisconnectRequest,
    DisconnectConfirm,
    Data,
    Error,
}

impl Kind {
    /// The type of the TPDU with these first two octets, and whether it can have this length: what can
    /// be told before the rest is there.
    pub(super) fn check(indicator: u8, code: u8, tpdu: usize) -> Result<Self, Malformed> {
        let kind = match (code, code & 0xF0) {
            (DR, _) => Self::DisconnectRequest,
            (DC, _) => Self::DisconnectConfirm,
            (DT, _) => Self::Data,
            (ER, _) => Self::Error,
            (_, CR) => Self::ConnectRequest, // the low nibble is the credit of other classes
            (_, CC) => Self::ConnectConfirm,
            _ => return Err(Malformed::new(Fault::UnknownType, 1)),
        };
        let header = 1 + usize::from(indicator);
        let shortest = match kind {
            Self::ConnectRequest | Self::ConnectConfirm => connect::FIXED,
            Self::DisconnectRequest => release::DR_FIXED,
            Self::DisconnectConfirm => release::DC_LENGTH,
            Self::Data => DataHeader::length_for(indicator)?,
            Self::Error => error_tpdu::FIXED,
        };
        if indicator == RESERVED_INDICATOR || header > tpdu || header < shortest {
            return Err(Malformed::new(Fault::LengthIndicator, 0));
        }
        // Before anything of the rest is kept: more than the longest TPDU of its type is malformed.
        let longest = match kind {
            Self::ConnectRequest => MAX_CR.min(header + MAX_CONNECT_DATA),
            Self::ConnectConfirm => header + MAX_CONNECT_DATA,
            Self::DisconnectRequest => header + MAX_DISCONNECT_DATA,
            Self::DisconnectConfirm | Self::Error => header,
            Self::Data => return Ok(kind),
        };
        if tpdu <= longest {
            return Ok(kind);
        }
        let fault = match kind {
            Self::DisconnectConfirm | Self::Error => Fault::TrailingOctets,
            _ => Fault::TooLong,
        };
        Err(Malformed::new(fault, longest))
    }
}

impl<'a> Tpdu<'a> {
    /// Reads a TPDU that is `tpdu` exactly.
    ///
    /// # Errors
    /// [`Malformed`], with the offending octet.
    pub fn decode(tpdu: &'a [u8]) -> Result<Self, Malformed> {
        let [indicator, code, _, ..] = *tpdu else {
            return Err(Malformed::new(Fault::LengthIndicator, 0));
        };
        let kind = Kind::check(indicator, code, tpdu.len())?;
        let (header, rest) = tpdu.split_at(1 + usize::from(indicator));
        Ok(match kind {
            Kind::ConnectRequest => Self::ConnectRequest(ConnectRequest::decode(header, rest)?),
            Kind::ConnectConfirm => Self::ConnectConfirm(ConnectConfirm::decode(header, rest)?),
            Kind::DisconnectRequest => {
                Self::DisconnectRequest(DisconnectRequest::decode(header, rest)?)
            }
            Kind::DisconnectConfirm => Self::DisconnectConfirm(DisconnectConfirm::decode(header)?),
            Kind::Data => Self::Data(Data {
                header: DataHeader::decode(header)?,
                user_data: rest,
            }),
            Kind::Error => Self::Error(ErrorTpdu::decode(header)?),
        })
    }

    /// Writes the packet with this TPDU and returns its length.
    ///
    /// # Errors
    /// [`EncodeError`]; the buffer may have been written to.
    pub fn encode(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        match self {
            Self::ConnectRequest(request) => request.encode(buffer),
            Self::ConnectConfirm(confirm) => confirm.encode(buffer),
            Self::DisconnectRequest(request) => request.encode(buffer),
            Self::DisconnectConfirm(confirm) => confirm.encode(buffer),
            Self::Data(data) => data.encode(buffer),
            Self::Error(error) => error.encode(buffer),
        }
    }
}

// No control TPDU is longer than what a decoder is ready to keep.
const _: () = assert!(MAX_CR < super::LONGEST_CONTROL && MAX_CONNECT_DATA < MAX_DISCONNECT_DATA);
const _: () = assert!(super::LONGEST_CONTROL == LONGEST_HEADER + MAX_DISCONNECT_DATA);
