//! ER: the answer to a TPDU that breaks the protocol (RFC 905 section 13.12).
//!
//! | octet | content |
//! |---|---|
//! | 0 | length indicator |
//! | 1 | 70 |
//! | 2–3 | reference of the receiver |
//! | 4 | cause |
//! | 5… | parameter C1: the rejected TPDU up to and with the offending octet; class 0 demands it |

use super::{
    EncodeError, Fault, Malformed,
    octets::{Packet, u16_at},
    parameters,
};

pub(super) const ER: u8 = 0x70;

/// Octets before the parameters.
pub(super) const FIXED: usize = 5;

const REJECTED: u8 = 0xC1;

/// How much of a rejected TPDU an ER can quote: its length indicator ends at 254.
pub const LONGEST_QUOTE: usize = super::LONGEST_HEADER - FIXED - 2;

/// Why a TPDU was rejected. Any octet is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cause(pub u8);

impl Cause {
    /// None of the others.
    pub const UNSPECIFIED: Self = Self(0);
    /// A parameter that has no place in the TPDU.
    pub const PARAMETER_CODE: Self = Self(1);
    /// No such TPDU.
    pub const TPDU_TYPE: Self = Self(2);
    /// A parameter with a bad value or length.
    pub const PARAMETER_VALUE: Self = Self(3);
}

impl From<Fault> for Cause {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::ParameterCode => Self::PARAMETER_CODE,
            Fault::UnknownType => Self::TPDU_TYPE,
            Fault::ParameterLength | Fault::ParameterValue => Self::PARAMETER_VALUE,
            Fault::LengthIndicator
            | Fault::Reference
            | Fault::TooLong
            | Fault::Number
            | Fault::TrailingOctets => Self::UNSPECIFIED,
        }
    }
}

/// An error TPDU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ErrorTpdu<'a> {
    /// The reference of the receiver.
    pub destination: u16,
    /// Why.
    pub cause: Cause,
    /// The beginning of the rejected TPDU.
    pub rejected: Option<&'a [u8]>,
}

impl<'a> ErrorTpdu<'a> {
    /// The answer to a malformed TPDU that began with `rejected`; what an ER cannot quote is left out.
    pub fn answering(destination: u16, malformed: Malformed, rejected: &'a [u8]) -> Self {
        let quoted = rejected.len().min(malformed.at + 1).min(LONGEST_QUOTE);
        Self {
            destination,
            cause: malformed.fault.into(),
            rejected: Some(&rejected[..quoted]),
        }
    }

    /// Writes the packet and returns its length.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn encode(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        if self
            .rejected
            .is_some_and(|quote| quote.len() > LONGEST_QUOTE)
        {
            return Err(EncodeError::TooLong);
        }
        let mut packet = Packet::begin(buffer, ER)?;
        packet.put_u16(self.destination)?;
        packet.put(&[self.cause.0])?;
        if let Some(rejected) = self.rejected {
            packet.parameter(REJECTED, rejected)?;
        }
        packet.end_header()?;
        packet.finish()
    }

    /// Reads an ER whose first octets are known to be right.
    pub(super) fn decode(header: &'a [u8]) -> Result<Self, Malformed> {
        let mut rejected = None;
        parameters::read(header, FIXED, false, |code, value| {
            if code == REJECTED {
                rejected = Some(value);
            }
            Ok(code == REJECTED)
        })?;
        Ok(Self {
            destination: u16_at(header, 2),
            cause: Cause(header[4]),
            rejected,
        })
    }
}
