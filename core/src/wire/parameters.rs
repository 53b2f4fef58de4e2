//! The parameters of a CR and a CC, and how parameters are read in any TPDU.
//!
//! A parameter is a code, a length and a value; their order is free, and of a repeated code the later
//! one counts (RFC 905 section 13.2.3).
//!
//! | code | in | length | value |
//! |---|---|---|---|
//! | C0 | CR, CC | 1 | logarithm of the TPDU size, 07…10; no more than 0D is sent |
//! | F0 | CR, CC | 1–4 | preferred TPDU size / 128 |
//! | C1, C2 | CR, CC | n | calling and called transport selector |
//! | C4 | CR, CC | 1 | version, 1 |
//! | C6 | CR, CC | 1 | additional options; bit 0: expedited data |
//! | C7 | CR | n | alternative classes, one an octet, in its high nibble |
//! | 89, 86, 87, 88 | CR, CC | | quality of service, see [`quality`](super::quality) |
//!
//! A code that has no place in the TPDU is passed over in a CR and a protocol error everywhere else
//! (RFC 905 section 13.2.3). So the checksum (C3) and the other parameters of class 4 are harmless in
//! the CR of somebody who would prefer class 4, and refused elsewhere; and so a private parameter such
//! as 5A may be proposed to us, and may not be answered, because we never propose it.

use std::num::NonZeroU32;

use super::{EncodeError, Fault, Malformed, Quality, octets::Packet};

/// Parameters that more than one TPDU knows are named here; the numbers are RFC 905's and X.224's.
pub(super) mod code {
    pub(crate) const TPDU_SIZE: u8 = 0xC0;
    pub(crate) const CALLING: u8 = 0xC1;
    pub(crate) const CALLED: u8 = 0xC2;
    pub(crate) const VERSION: u8 = 0xC4;
    pub(crate) const OPTIONS: u8 = 0xC6;
    pub(crate) const ALTERNATIVES: u8 = 0xC7;
    pub(crate) const PREFERRED_SIZE: u8 = 0xF0;
}

/// The only version there is (RFC 905 section 13.3.4 d).
const VERSION: u8 = 1;

/// The logarithms that parameter C0 may have. The standard ends at 0D; some stacks go on.
const SIZE_LOGARITHMS: std::ops::RangeInclusive<u8> = 0x07..=0x10;

/// The unit of parameter F0.
const SIZE_UNIT: u32 = 128;

/// Parameter C0: the logarithm of a TPDU size of 128 octets or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SizeLogarithm(u8);

impl SizeLogarithm {
    /// 8192 octets, the largest that the standard has.
    pub const STANDARD_MAX: Self = Self(0x0D);

    /// The logarithm, if it is one that stacks use.
    pub fn new(logarithm: u8) -> Option<Self> {
        SIZE_LOGARITHMS
            .contains(&logarithm)
            .then_some(Self(logarithm))
    }

    /// The size in octets.
    pub const fn octets(self) -> usize {
        1 << self.0
    }
}

/// A set of classes, 0 to 15: parameter C7.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Classes(u16);

impl Classes {
    /// No class.
    pub const NONE: Self = Self(0);
    /// The set with class 0 alone.
    pub const ZERO: Self = Self(1);
    /// The set with class 2 alone.
    pub const TWO: Self = Self(1 << 2);

    /// This set and the class in the high nibble.
    #[must_use]
    pub const fn with_octet(self, octet: u8) -> Self {
        Self(self.0 | 1 << (octet >> 4))
    }

    /// Both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every class of `other` is in this set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// One octet a class, ascending.
    fn octets(self) -> impl Iterator<Item = u8> {
        (0..16)
            .filter(move |class| self.0 & (1 << class) != 0)
            .map(|class| class << 4)
    }
}

/// The parameters of a CR or a CC, absent where nothing is stated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Parameters<'a> {
    /// C0.
    pub size: Option<SizeLogarithm>,
    /// F0, in units of 128 octets.
    pub preferred_size: Option<NonZeroU32>,
    /// C1: the calling transport selector, opaque.
    pub calling: Option<&'a [u8]>,
    /// C2: the called transport selector, opaque.
    pub called: Option<&'a [u8]>,
    /// C4: whether version 1 is stated, the only one there is.
    pub version_1: bool,
    /// C6.
    pub options: Option<u8>,
    /// C7: what else the calling side speaks. In a CR only.
    pub alternatives: Option<Classes>,
    /// 89, 86, 87, 88.
    pub quality: Quality,
}

impl Parameters<'_> {
    /// The TPDU size that these state, never more than a packet can hold: F0 counts before C0.
    pub fn stated_size(&self) -> Option<usize> {
        let preferred = self.preferred_size.map(|units| {
            usize::try_from(units.get().saturating_mul(SIZE_UNIT)).unwrap_or(usize::MAX)
        });
        preferred
            .or_else(|| self.size.map(SizeLogarithm::octets))
            .map(|size| size.min(super::tpkt::LONGEST_TPDU))
    }

    /// Octets that [`encode`](Self::encode) writes.
    pub(super) fn encoded_length(&self) -> usize {
        let selector = |selector: Option<&[u8]>| selector.map_or(0, |octets| 2 + octets.len());
        let octet = |present: bool| if present { 3 } else { 0 };
        octet(self.size.is_some())
            + self
                .preferred_size
                .map_or(0, |units| 6 - leading_zeros(units))
            + selector(self.calling)
            + selector(self.called)
            + octet(self.version_1)
            + octet(self.options.is_some())
            + self
                .alternatives
                .map_or(0, |classes| 2 + classes.octets().count())
            + self.quality.encoded_length()
    }

    pub(super) fn encode(&self, packet: &mut Packet<'_>) -> Result<(), EncodeError> {
        if let Some(size) = self.size {
            packet.parameter(code::TPDU_SIZE, &[size.0])?;
        }
        if let Some(units) = self.preferred_size {
            let octets = units.get().to_be_bytes();
            packet.parameter(code::PREFERRED_SIZE, &octets[leading_zeros(units)..])?;
        }
        if let Some(selector) = self.calling {
            packet.parameter(code::CALLING, selector)?;
        }
        if let Some(selector) = self.called {
            packet.parameter(code::CALLED, selector)?;
        }
        if self.version_1 {
            packet.parameter(code::VERSION, &[VERSION])?;
        }
        if let Some(options) = self.options {
            packet.parameter(code::OPTIONS, &[options])?;
        }
        if let Some(classes) = self.alternatives {
            let mut value = [0; 16];
            let mut length = 0;
            for octet in classes.octets() {
                value[length] = octet;
                length += 1;
            }
            packet.parameter(code::ALTERNATIVES, &value[..length])?;
        }
        self.quality.encode(packet)
    }
}

impl<'a> Parameters<'a> {
    /// Takes in a parameter that a CR and a CC may have; says whether its code is one of these.
    pub(super) fn decode(&mut self, code: u8, value: &'a [u8]) -> Result<bool, Fault> {
        match (code, value) {
            (code::TPDU_SIZE, [logarithm]) => {
                let size = SizeLogarithm::new(*logarithm).ok_or(Fault::ParameterValue)?;
                self.size = Some(size);
            }
            (code::PREFERRED_SIZE, [_, ..]) if value.len() <= 4 => {
                let units = value
                    .iter()
                    .fold(0, |units, octet| units << 8 | u32::from(*octet));
                let units = NonZeroU32::new(units).ok_or(Fault::ParameterValue)?;
                self.preferred_size = Some(units);
            }
            (code::CALLING, selector) => self.calling = Some(selector),
            (code::CALLED, selector) => self.called = Some(selector),
            (code::VERSION, [VERSION]) => self.version_1 = true,
            (code::VERSION, [_]) => return Err(Fault::ParameterValue),
            (code::OPTIONS, [options]) => self.options = Some(*options),
            (code::TPDU_SIZE | code::PREFERRED_SIZE | code::VERSION | code::OPTIONS, _) => {
                return Err(Fault::ParameterLength);
            }
            _ => return self.quality.decode(code, value),
        }
        Ok(true)
    }

    /// Takes in the alternative classes, which a CR may have.
    pub(super) fn decode_alternatives(&mut self, value: &[u8]) {
        let classes = value
            .iter()
            .fold(Classes::NONE, |set, octet| set.with_octet(*octet));
        self.alternatives = Some(classes);
    }
}

/// Octets that a number need not be sent with.
const fn leading_zeros(number: NonZeroU32) -> usize {
    number.leading_zeros() as usize / 8
}

/// Reads the parameters of a TPDU from octet `at` to the end of its header. `take` says whether the
/// TPDU knows the code; what it does not know is passed over if `lenient`.
pub(super) fn read<'a>(
    header: &'a [u8],
    mut at: usize,
    lenient: bool,
    mut take: impl FnMut(u8, &'a [u8]) -> Result<bool, Fault>,
) -> Result<(), Malformed> {
    while at < header.len() {
        let Some(length) = header.get(at + 1) else {
            return Err(Malformed::new(Fault::ParameterLength, at));
        };
        let (begin, end) = (at + 2, at + 2 + usize::from(*length));
        let Some(value) = header.get(begin..end) else {
            return Err(Malformed::new(Fault::ParameterLength, at + 1));
        };
        match take(header[at], value) {
            Ok(true) => {}
            Ok(false) if lenient => {}
            Ok(false) => return Err(Malformed::new(Fault::ParameterCode, at)),
            Err(Fault::ParameterLength) => {
                return Err(Malformed::new(Fault::ParameterLength, at + 1));
            }
            // The values that can be wrong have their fault in the first octet, or in all of them.
            Err(fault) => return Err(Malformed::new(fault, end - 1)),
        }
        at = end;
    }
    Ok(())
}
