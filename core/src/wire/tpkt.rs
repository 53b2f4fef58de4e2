//! The framing of RFC 1006 section 6 and RFC 2126 section 4.3: every TPDU in a packet of its own.
//!
//! | octet | content |
//! |---|---|
//! | 0 | version, 3 |
//! | 1 | 0 on output, ignored on input |
//! | 2–3 | length of the packet with these four octets, 7…65535 |
//! | 4… | exactly one TPDU |

use super::BadPacket;

/// The length of a packet's header.
pub const HEADER: usize = 4;

/// The shortest packet: its header and a DT of class 0 without data.
pub const SHORTEST: u16 = 7;

/// The longest TPDU, 65531 octets (RFC 1006 section 6).
pub const LONGEST_TPDU: usize = u16::MAX as usize - HEADER;

const VERSION: u8 = 3;

/// The header of the packet with a TPDU of this length; nothing if there is no such packet.
pub fn header(tpdu: usize) -> Option<[u8; HEADER]> {
    let length = u16::try_from(tpdu + HEADER).ok()?;
    if length < SHORTEST {
        return None;
    }
    let [high, low] = length.to_be_bytes();
    Some([VERSION, 0, high, low])
}

/// The length of the TPDU in the packet with this header.
///
/// # Errors
/// [`BadPacket`]; the connection is closed without an answer.
pub const fn tpdu_length(header: [u8; HEADER]) -> Result<usize, BadPacket> {
    let [version, _, high, low] = header;
    if version != VERSION {
        return Err(BadPacket::Version(version));
    }
    let length = u16::from_be_bytes([high, low]);
    if length < SHORTEST {
        return Err(BadPacket::Length(length));
    }
    Ok(length as usize - HEADER)
}

/// Whether a packet can begin with this octet: the first one tells what does not speak TPKT.
///
/// # Errors
/// [`BadPacket::Version`].
pub const fn check_version(octet: u8) -> Result<(), BadPacket> {
    if octet == VERSION {
        Ok(())
    } else {
        Err(BadPacket::Version(octet))
    }
}
