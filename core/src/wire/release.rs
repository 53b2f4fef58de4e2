//! DR and DC: a request is refused, a connection released (RFC 905 sections 13.5 and 13.6).
//!
//! | octet | DR | DC |
//! |---|---|---|
//! | 0 | length indicator | 5 |
//! | 1 | 80 | C0 |
//! | 2–3 | reference of the receiver | reference of the receiver |
//! | 4–5 | reference of the sender; 0 if it refuses a CR | reference of the sender |
//! | 6 | reason | |
//! | 7… | parameter E0, additional information | |
//! | then | disconnect data, at most 64 octets | |
//!
//! A DC has no user data. The second direction of disconnect data is a DR that answers a DR.

use super::{
    EncodeError, LONGEST_HEADER, MAX_DISCONNECT_DATA, Malformed,
    octets::{Packet, u16_at},
    parameters,
};

pub(super) const DR: u8 = 0x80;
pub(super) const DC: u8 = 0xC0;

/// Octets of a DR before its parameters.
pub(super) const DR_FIXED: usize = 7;
/// Octets of a DC.
pub(super) const DC_LENGTH: usize = 6;

const ADDITIONAL: u8 = 0xE0;

/// Why a request was refused or a connection released. Any octet is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reason(pub u8);

impl Reason {
    /// Nothing is said. The only one that class 0 has for a release.
    pub const UNSPECIFIED: Self = Self(0);
    /// The listener's backlog is full (class 0).
    pub const CONGESTION_AT_SELECTOR: Self = Self(1);
    /// Nobody listens with this transport selector.
    pub const NOT_ATTACHED: Self = Self(2);
    /// There is no such transport selector.
    pub const ADDRESS_UNKNOWN: Self = Self(3);
    /// The user has ended it. This and what follows is for class 2.
    pub const NORMAL: Self = Self(0x80);
    /// The listener's backlog is full.
    pub const CONGESTION: Self = Self(0x81);
    /// No class that both sides speak.
    pub const NEGOTIATION_FAILED: Self = Self(0x82);
    /// A reference is in use already.
    pub const DUPLICATE_REFERENCE: Self = Self(0x83);
    /// References do not belong together.
    pub const MISMATCHED_REFERENCES: Self = Self(0x84);
    /// The peer has broken the protocol.
    pub const PROTOCOL_ERROR: Self = Self(0x85);
    /// No reference is free.
    pub const REFERENCE_OVERFLOW: Self = Self(0x87);
    /// No request is taken on this network connection.
    pub const REFUSED_HERE: Self = Self(0x88);
    /// A header or a parameter has a bad length.
    pub const BAD_LENGTH: Self = Self(0x8A);
}

/// How a DR ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Release {
    /// Everything that was sent before is delivered.
    Orderly,
    /// The sender has thrown data away: to be treated as a reset (AMB-68).
    Abortive,
}

/// A disconnect TPDU, the request. It refuses a CR, begins a release or answers one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DisconnectRequest<'a> {
    /// The reference of the receiver.
    pub destination: u16,
    /// The reference of the sender, 0 if it refuses a CR.
    pub source: u16,
    /// Why.
    pub reason: Reason,
    /// Parameter E0.
    pub additional: Option<&'a [u8]>,
    /// Disconnect data.
    pub user_data: &'a [u8],
}

/// A disconnect TPDU, the confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DisconnectConfirm {
    /// The reference of the receiver.
    pub destination: u16,
    /// The reference of the sender.
    pub source: u16,
}

impl<'a> DisconnectRequest<'a> {
    /// Parameter E0 of RFC 2126's non-disruptive release.
    const NON_DISRUPTIVE: &'static [u8] = &[0x80];
    /// Parameter E0 of RFC 1859's abort.
    const ABORT: &'static [u8] = &[0xC0];

    /// Refuses the CR with this reference.
    pub const fn refusing(destination: u16, reason: Reason, user_data: &'a [u8]) -> Self {
        Self {
            destination,
            source: 0,
            reason,
            additional: None,
            user_data,
        }
    }

    /// Ends a connection of class 2, or answers a DR with disconnect data.
    pub const fn releasing(
        destination: u16,
        source: u16,
        release: Release,
        user_data: &'a [u8],
    ) -> Self {
        Self {
            destination,
            source,
            reason: Reason::NORMAL,
            additional: Some(match release {
                Release::Orderly => Self::NON_DISRUPTIVE,
                Release::Abortive => Self::ABORT,
            }),
            user_data,
        }
    }

    /// How it ends the connection. RFC 1859 and RFC 2126 disagree about a DR without parameter E0; over
    /// one stream everything before it has arrived, so all but RFC 1859's abort is orderly.
    pub fn release(&self) -> Release {
        if self.additional == Some(Self::ABORT) {
            Release::Abortive
        } else {
            Release::Orderly
        }
    }

    /// Writes the packet and returns its length.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn encode(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        if self.user_data.len() > MAX_DISCONNECT_DATA {
            return Err(EncodeError::UserData); // DIS-23 DIS-58 UDA-28
        }
        let additional = self.additional.map_or(0, |octets| 2 + octets.len());
        if DR_FIXED + additional > LONGEST_HEADER {
            return Err(EncodeError::TooLong);
        }
        let mut packet = Packet::begin(buffer, DR)?;
        packet.put_u16(self.destination)?;
        packet.put_u16(self.source)?;
        packet.put(&[self.reason.0])?;
        if let Some(additional) = self.additional {
            packet.parameter(ADDITIONAL, additional)?;
        }
        packet.end_header()?;
        packet.put(self.user_data)?;
        packet.finish()
    }

    /// Reads a DR whose first octets are known to be right.
    pub(super) fn decode(header: &'a [u8], user_data: &'a [u8]) -> Result<Self, Malformed> {
        let mut additional = None;
        parameters::read(header, DR_FIXED, false, |code, value| {
            if code == ADDITIONAL {
                additional = Some(value);
            }
            Ok(code == ADDITIONAL)
        })?;
        Ok(Self {
            destination: u16_at(header, 2),
            source: u16_at(header, 4),
            reason: Reason(header[6]),
            additional,
            user_data,
        })
    }
}

impl DisconnectConfirm {
    /// Writes the packet and returns its length.
    ///
    /// # Errors
    /// [`EncodeError::NoRoom`].
    pub fn encode(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        let mut packet = Packet::begin(buffer, DC)?;
        packet.put_u16(self.destination)?;
        packet.put_u16(self.source)?;
        packet.end_header()?;
        packet.finish()
    }

    /// Reads a DC whose first octets are known to be right.
    pub(super) fn decode(header: &[u8]) -> Result<Self, Malformed> {
        parameters::read(header, DC_LENGTH, false, |_, _| Ok(false))?;
        Ok(Self {
            destination: u16_at(header, 2),
            source: u16_at(header, 4),
        })
    }
}
