//! What can be wrong with what a peer sends, and with what is to be sent.

use std::fmt;

/// What is wrong with a TPDU. RFC 905 treats all of it as a protocol error (its section 6.22).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The length indicator is 0 or 255, not below the length of the TPDU, or does not suit its type.
    LengthIndicator,
    /// No TPDU of classes 0 and 2 without explicit flow control has this code. ED, EA, AK and RJ,
    /// which are not used here, count as unknown.
    UnknownType,
    /// A reference that must not be 0 is, or the destination of a CR, which must be, is not.
    Reference,
    /// A CR of more than 128 octets, or more user data than the TPDU may carry.
    TooLong,
    /// A parameter that has no place in this TPDU; in a CR there is no such thing.
    ParameterCode,
    /// A parameter that leaves the header, or that has not the length of its code.
    ParameterLength,
    /// A parameter with a value that its code does not have.
    ParameterValue,
    /// A DT of class 0 with a number, which only explicit flow control has.
    Number,
    /// Octets behind the header of a TPDU that has no user data.
    TrailingOctets,
}

/// A TPDU that breaks the protocol, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Malformed {
    /// What is wrong.
    pub fault: Fault,
    /// The first offending octet, counted from the length indicator. An ER quotes the TPDU up to and
    /// with it.
    pub at: usize,
}

impl Malformed {
    pub(super) const fn new(fault: Fault, at: usize) -> Self {
        Self { fault, at }
    }
}

/// What is wrong with a TPKT. Nothing that follows could be understood: nothing is answered and the
/// connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BadPacket {
    /// The first octet is not 3; the peer speaks something else.
    Version(u8),
    /// The announced length leaves no room for any TPDU.
    Length(u16),
}

/// Why a stream of octets cannot be decoded any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DecodeError {
    /// The framing is lost: close without an answer.
    Packet(BadPacket),
    /// A TPDU is malformed: an ER may be sent first.
    Tpdu(Malformed),
}

impl From<BadPacket> for DecodeError {
    fn from(bad: BadPacket) -> Self {
        Self::Packet(bad)
    }
}

impl From<Malformed> for DecodeError {
    fn from(malformed: Malformed) -> Self {
        Self::Tpdu(malformed)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Packet(BadPacket::Version(octet)) => {
                write!(f, "not a TPKT: its first octet is {octet:#04x} and not 3")
            }
            Self::Packet(BadPacket::Length(length)) => {
                write!(f, "a TPKT of {length} octets has no room for a TPDU")
            }
            Self::Tpdu(Malformed { fault, at }) => {
                write!(f, "malformed TPDU at octet {at}: {fault:?}")
            }
        }
    }
}

impl std::error::Error for DecodeError {}

/// Why a TPDU was not encoded. Nothing is ever cut to make it fit (UDA-28).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EncodeError {
    /// The caller's buffer is too short.
    NoRoom,
    /// More user data than the TPDU may carry (UDA-09, DIS-58).
    UserData,
    /// The header does not fit its length indicator, or a CR is longer than 128 octets even without
    /// quality of service: the transport selectors are too long.
    TooLong,
    /// A reference of 0 where one is needed.
    Reference,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRoom => "the buffer is too short for the TPDU",
            Self::UserData => "more user data than the TPDU may carry",
            Self::TooLong => "the header of the TPDU is too long",
            Self::Reference => "a reference must not be 0",
        })
    }
}

impl std::error::Error for EncodeError {}
