//! CR and CC: a connection is requested and confirmed (RFC 905 sections 13.3 and 13.4).
//!
//! | octet | CR | CC |
//! |---|---|---|
//! | 0 | length indicator | length indicator |
//! | 1 | E0 and the credit, which is ignored | D0 and the credit, which is ignored |
//! | 2–3 | 0 | reference of the calling side |
//! | 4–5 | reference of the calling side, not 0 | reference of the called side, not 0 |
//! | 6 | class and options | class and options |
//! | 7… | [parameters](super::parameters) | parameters |
//! | then | caller data, at most 32 octets | callee data, at most 32 octets |
//!
//! The class stands in the high nibble. Of the options bit 0 means no explicit flow control, bit 1
//! extended formats. RFC 2126 has class 2 without explicit flow control (21) and class 0 (00).
//!
//! A CR has at most 128 octets in all (RFC 905 section 13.3).

use std::num::NonZeroU32;

use super::{
    EncodeError, Fault, LONGEST_HEADER, MAX_CONNECT_DATA, MAX_CR, Malformed, Parameters, Quality,
    octets::{Packet, u16_at},
    parameters::{self, Classes, SizeLogarithm, code},
    tpkt::LONGEST_TPDU,
};

pub(super) const CR: u8 = 0xE0;
pub(super) const CC: u8 = 0xD0;

/// Octets before the parameters.
pub(super) const FIXED: usize = 7;

/// What is proposed as the largest TPDU: 511 times 128 octets, which is 65 408.
const PREFERRED_UNITS: NonZeroU32 = NonZeroU32::new(511).expect("511 is not 0");

/// The octet with class and options of a CR or a CC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClassOctet(pub u8);

impl ClassOctet {
    /// Class 2 without explicit flow control.
    pub const TWO: Self = Self(0x21);
    /// Class 0.
    pub const ZERO: Self = Self(0x00);

    const NO_FLOW_CONTROL: u8 = 1;

    const fn classes(self) -> Classes {
        Classes::NONE.with_octet(self.0)
    }

    const fn avoids_flow_control(self) -> bool {
        self.0 & Self::NO_FLOW_CONTROL != 0
    }
}

/// The class of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Class 0: no disconnect data, released by closing.
    Zero,
    /// Class 2 without explicit flow control: released by DR, with disconnect data.
    Two,
}

impl Class {
    /// How a CC states it.
    pub const fn octet(self) -> ClassOctet {
        match self {
            Self::Zero => ClassOctet::ZERO,
            Self::Two => ClassOctet::TWO,
        }
    }
}

/// What to do about a CC with a class that was not proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mismatch {
    /// The CC is of class 2: send a DR, negotiation failed.
    Refuse,
    /// Close without a DR.
    Close,
}

/// A connect TPDU, the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConnectRequest<'a> {
    /// The reference that the calling side has chosen; not 0.
    pub source: u16,
    /// The preferred class.
    pub class: ClassOctet,
    /// What else is proposed.
    pub parameters: Parameters<'a>,
    /// Caller data.
    pub user_data: &'a [u8],
}

/// A connect TPDU, the confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConnectConfirm<'a> {
    /// The reference of the calling side.
    pub destination: u16,
    /// The reference that the called side has chosen; not 0.
    pub source: u16,
    /// The class that was chosen.
    pub class: ClassOctet,
    /// What was agreed.
    pub parameters: Parameters<'a>,
    /// Callee data.
    pub user_data: &'a [u8],
}

impl<'a> ConnectRequest<'a> {
    /// Proposes class 2 with class 0 as the alternative and without expedited data, whose default is
    /// on in ISO's text and off in RFC 2126.
    pub fn class_2(source: u16) -> Self {
        Self {
            source,
            class: ClassOctet::TWO,
            parameters: Parameters {
                version_1: true,
                options: Some(0),
                alternatives: Some(Classes::ZERO),
                ..proposed_sizes()
            },
            user_data: &[],
        }
    }

    /// Proposes class 0 alone.
    pub fn class_0(source: u16) -> Self {
        Self {
            source,
            class: ClassOctet::ZERO,
            parameters: Parameters {
                options: Some(0),
                ..proposed_sizes()
            },
            user_data: &[],
        }
    }

    /// The class to answer with, of those that are `spoken` here: class 2 if it is proposed, first or
    /// as an alternative, and without explicit flow control; else class 0 if that is proposed; else
    /// none, and the request is refused.
    pub fn chosen_class(&self, spoken: Classes) -> Option<Class> {
        let proposed = self.proposed_classes();
        let offers = |class| proposed.contains(class) && spoken.contains(class);
        if offers(Classes::TWO) && self.class.avoids_flow_control() {
            Some(Class::Two)
        } else if offers(Classes::ZERO) {
            Some(Class::Zero)
        } else {
            None
        }
    }

    /// Every class that is proposed.
    pub fn proposed_classes(&self) -> Classes {
        let alternatives = self.parameters.alternatives.unwrap_or_default();
        self.class.classes().and(alternatives)
    }

    /// The largest TPDU that is proposed: as much as a packet holds if nothing is said.
    pub fn proposed_size(&self) -> usize {
        self.parameters.stated_size().unwrap_or(LONGEST_TPDU)
    }

    /// The CC to this request: no larger size than was proposed, always stated (RFC 2126 section 6.4),
    /// in the parameter that the request has used; the selectors and the quality of service as they
    /// were proposed.
    pub fn confirmed(&self, source: u16, class: Class) -> ConnectConfirm<'a> {
        let asked = &self.parameters;
        let sizes = match asked.preferred_size {
            Some(units) => Parameters {
                preferred_size: Some(units.min(PREFERRED_UNITS)),
                ..Parameters::default()
            },
            None => Parameters {
                size: Some(asked.size.map_or(SizeLogarithm::STANDARD_MAX, |size| {
                    size.min(SizeLogarithm::STANDARD_MAX)
                })),
                ..Parameters::default()
            },
        };
        ConnectConfirm {
            destination: self.source,
            source,
            class: class.octet(),
            parameters: Parameters {
                calling: asked.calling,
                called: asked.called,
                options: Some(0),
                quality: asked.quality,
                ..sizes
            },
            user_data: &[],
        }
    }

    /// Writes the packet and returns its length. Where a CR would be too long, quality of service is
    /// left out: 86 first, then 87, 88 and 89.
    ///
    /// # Errors
    /// [`EncodeError`]; the selectors may have 32 octets with their codes beside all else.
    pub fn encode(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        if self.source == 0 {
            return Err(EncodeError::Reference);
        }
        check_user_data(self.user_data)?;
        let bare = Parameters {
            quality: Quality::default(),
            ..self.parameters
        };
        let used = FIXED + bare.encoded_length() + self.user_data.len();
        let room = MAX_CR.checked_sub(used).ok_or(EncodeError::TooLong)?;
        let parameters = Parameters {
            quality: self.parameters.quality.fitting(room),
            ..bare
        };
        let mut packet = Packet::begin(buffer, CR)?;
        packet.put_u16(0)?;
        packet.put_u16(self.source)?;
        packet.put(&[self.class.0])?;
        parameters.encode(&mut packet)?;
        packet.end_header()?;
        packet.put(self.user_data)?;
        packet.finish()
    }

    /// Reads a CR whose first octets are known to be right.
    pub(super) fn decode(header: &'a [u8], user_data: &'a [u8]) -> Result<Self, Malformed> {
        if u16_at(header, 2) != 0 {
            return Err(Malformed::new(Fault::Reference, 3));
        }
        let mut known = Parameters::default();
        parameters::read(header, FIXED, true, |code, value| {
            if code == code::ALTERNATIVES {
                known.decode_alternatives(value);
                return Ok(true);
            }
            known.decode(code, value)
        })?;
        Ok(Self {
            source: source(header)?,
            class: ClassOctet(header[6]),
            parameters: known,
            user_data,
        })
    }
}

impl<'a> ConnectConfirm<'a> {
    /// The class of the connection, of those that were proposed.
    ///
    /// # Errors
    /// [`Mismatch`] for a class that was not proposed, or class 2 with explicit flow control.
    pub fn agreed_class(&self, proposed: Classes) -> Result<Class, Mismatch> {
        let chosen = self.class.classes();
        let is_proposed = proposed.contains(chosen);
        if chosen == Classes::TWO {
            return if is_proposed && self.class.avoids_flow_control() {
                Ok(Class::Two)
            } else {
                Err(Mismatch::Refuse)
            };
        }
        if chosen == Classes::ZERO && is_proposed {
            Ok(Class::Zero)
        } else {
            Err(Mismatch::Close)
        }
    }

    /// The largest TPDU that may be sent: what this states, else what was proposed. A CC that states
    /// more than was proposed does not get it.
    pub fn agreed_size(&self, proposed: usize) -> usize {
        self.parameters
            .stated_size()
            .map_or(proposed, |stated| stated.min(proposed))
    }

    /// Writes the packet and returns its length.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn encode(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        if self.source == 0 {
            return Err(EncodeError::Reference);
        }
        check_user_data(self.user_data)?;
        if FIXED + self.parameters.encoded_length() > LONGEST_HEADER {
            return Err(EncodeError::TooLong);
        }
        let mut packet = Packet::begin(buffer, CC)?;
        packet.put_u16(self.destination)?;
        packet.put_u16(self.source)?;
        packet.put(&[self.class.0])?;
        self.parameters.encode(&mut packet)?;
        packet.end_header()?;
        packet.put(self.user_data)?;
        packet.finish()
    }

    /// Reads a CC whose first octets are known to be right.
    pub(super) fn decode(header: &'a [u8], user_data: &'a [u8]) -> Result<Self, Malformed> {
        let mut known = Parameters::default();
        parameters::read(header, FIXED, false, |code, value| {
            known.decode(code, value)
        })?;
        Ok(Self {
            destination: u16_at(header, 2),
            source: source(header)?,
            class: ClassOctet(header[6]),
            parameters: known,
            user_data,
        })
    }
}

fn proposed_sizes<'a>() -> Parameters<'a> {
    Parameters {
        size: Some(SizeLogarithm::STANDARD_MAX),
        preferred_size: Some(PREFERRED_UNITS),
        ..Parameters::default()
    }
}

fn source(header: &[u8]) -> Result<u16, Malformed> {
    match u16_at(header, 4) {
        0 => Err(Malformed::new(Fault::Reference, 5)),
        source => Ok(source),
    }
}

/// What is too long is never cut.
const fn check_user_data(data: &[u8]) -> Result<(), EncodeError> {
    if data.len() > MAX_CONNECT_DATA {
        return Err(EncodeError::UserData); // UDA-09 UDA-28
    }
    Ok(())
}
