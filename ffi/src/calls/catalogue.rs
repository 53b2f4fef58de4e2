//! The catalogue, as Winsock's protocol structures (LAY-07 to LAY-09) and as bits.

use std::ffi::c_int;

use provider::{Entry, Error, Numbering, PROVIDER_ID, ProtocolInfo, ProviderFlags, Result};

use super::{
    find,
    names::Length,
    sockets::{Wanted, entry},
};
use crate::{
    memory::{Input, List, Room, Variable},
    types::vestibule_handle,
};

/// How the name is written in a protocol structure (LAY-09).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// `WSAPROTOCOL_INFOA`: bytes.
    Narrow,
    /// `WSAPROTOCOL_INFOW`: code units of 16 bits.
    Wide,
}

impl Text {
    /// The size of the structure.
    const fn size(self) -> usize {
        match self {
            Self::Narrow => 372,
            Self::Wide => 628,
        }
    }
}

/// What stands in both protocol structures before the name, as numbers (LAY-08).
pub(crate) type Head = [c_int; 29];

const ADDRESS_FAMILY: usize = 76 / 4;
const SOCKET_TYPE: usize = 88 / 4;
const PROTOCOL: usize = 92 / 4;

const FROM_PROTOCOL_INFO: c_int = -1;
const BASE_PROTOCOL: u32 = 1;
const SECURITY_PROTOCOL_NONE: u32 = 0;

/// The protocol structure of an entry.
fn structure(info: &ProtocolInfo, text: Text, numbering: Numbering) -> Vec<u8> {
    let address_size = u32::try_from(info.family.sockaddr_len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(text.size());
    put(&mut bytes, &[info.service_flags().bits(), 0, 0, 0]);
    put(&mut bytes, &[info.provider_flags.bits()]);
    bytes.extend(guid(PROVIDER_ID));
    put(&mut bytes, &[info.catalogue_id]);
    put(&mut bytes, &[BASE_PROTOCOL, 0, 0, 0, 0, 0, 0, 0]); // the chain (LAY-07)
    put(
        &mut bytes,
        &[
            info.version.cast_unsigned(),
            info.family.number(numbering).into(),
            address_size,
            address_size,
            info.socket_type.cast_unsigned(),
            info.protocol.cast_unsigned(),
            0, // iProtocolMaxOffset
            (info.byte_order as i32).cast_unsigned(),
            SECURITY_PROTOCOL_NONE,
            info.message_size,
            0, // dwProviderReserved
        ],
    );
    match text {
        Text::Narrow => bytes.extend(info.name.bytes()),
        Text::Wide => bytes.extend(info.name.encode_utf16().flat_map(u16::to_ne_bytes)),
    }
    bytes.resize(text.size(), 0);
    bytes
}

fn put(bytes: &mut Vec<u8>, numbers: &[u32]) {
    bytes.extend(numbers.iter().flat_map(|number| number.to_ne_bytes()));
}

/// A GUID structure: a number of 32 bits, two of 16, and eight bytes.
fn guid(id: u128) -> [u8; 16] {
    let mut bytes = id.to_be_bytes();
    if cfg!(target_endian = "little") {
        bytes[..4].reverse();
        bytes[4..6].reverse();
        bytes[6..8].reverse();
    }
    bytes
}

/// The rows that an enumeration shows, in their order (HND-22).
fn visible<'a>(
    rows: &'a [ProtocolInfo],
    filter: Option<List<'a>>,
) -> impl Iterator<Item = &'a ProtocolInfo> {
    rows.iter()
        .filter(|row| !row.provider_flags.contains(ProviderFlags::HIDDEN))
        .filter(move |row| filter.is_none_or(|list| list.contains(row.protocol)))
}

/// Enumerates the catalogue and says how many entries there are (HND-22). On success, and if there is
/// too little room, the length is what all of them need.
///
/// # Errors
/// [`Error::Fault`] for a length that is NULL, and for a NULL that is said to have room enough;
/// [`Error::NoBufs`] for too little room.
pub(crate) fn enumerate(
    filter: Option<List<'_>>,
    room: Room<'_>,
    length: Variable<'_, u32>,
    text: Text,
    numbering: Numbering,
) -> Result<usize> {
    let available = length.required()? as usize;
    let structures: Vec<u8> = visible(Entry::catalogue(), filter)
        .flat_map(|row| structure(row, text, numbering))
        .collect();
    let fits = structures.len() <= available;
    if fits && room.is_null() && !structures.is_empty() {
        return Err(Error::Fault);
    }
    length.set(u32::from_usize(structures.len()));
    if !fits {
        return Err(Error::NoBufs); // HND-22
    }
    room.write_at(0, &structures);
    Ok(structures.len() / text.size())
}

/// The protocol structure of a socket's entry: `SO_PROTOCOL_INFOA` and `SO_PROTOCOL_INFOW`.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Fault`] for a NULL or too little room.
pub(crate) fn of_socket<L: Length>(
    socket: vestibule_handle,
    text: Text,
    room: Room<'_>,
    length: Variable<'_, L>,
    numbering: Numbering,
) -> Result<()> {
    let info = find(socket)?.entry().info();
    if room.is_null() || length.required()?.into_usize() < text.size() {
        return Err(Error::Fault);
    }
    room.write_at(0, &structure(info, text, numbering));
    length.set(L::from_usize(text.size()));
    Ok(())
}

/// What a socket call with a protocol structure asks for: `FROM_PROTOCOL_INFO` takes a value from the
/// structure, and so does 0 as family or type, where it stands for any (HND-20).
pub(crate) fn with_structure(wanted: Wanted, info: Input<'_, Head>) -> Wanted {
    let Some(head) = info.get() else {
        return wanted;
    };
    let any_or_taken = |given, place: usize| match given {
        0 | FROM_PROTOCOL_INFO => head[place],
        _ => given,
    };
    Wanted {
        family: any_or_taken(wanted.family, ADDRESS_FAMILY),
        kind: any_or_taken(wanted.kind, SOCKET_TYPE),
        protocol: match wanted.protocol {
            FROM_PROTOCOL_INFO => head[PROTOCOL],
            given => given, // 0 has a meaning of its own: HND-21
        },
        ..wanted
    }
}

/// What the entry can do that a socket call with these arguments would find.
///
/// # Errors
/// Those of finding it (HND-19); [`Error::Fault`] for NULL.
pub(crate) fn capabilities(
    wanted: Wanted,
    numbering: Numbering,
    bits: Variable<'_, u32>,
) -> Result<()> {
    bits.give(entry(wanted, numbering)?.capabilities().bits())
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;

    #[test]
    fn hidden_entries_are_not_enumerated() {
        let mut hidden = *Entry::Tcp4.info();
        hidden.provider_flags |= ProviderFlags::HIDDEN;
        let rows = [*Entry::InProcess.info(), hidden, *Entry::Tcp6.info()];
        let shown: Vec<Entry> = visible(&rows, None).map(|row| row.entry).collect();
        assert_eq!(shown, [Entry::InProcess, Entry::Tcp6]); // HND-22
    }

    #[test]
    fn a_filter_picks_protocols() {
        let list = [25, 6, 0, 7];
        // SAFETY: it ends with 0.
        let filter = unsafe { List::new(list.as_ptr()) };
        let shown: Vec<i32> = visible(Entry::catalogue(), filter)
            .map(|row| row.protocol)
            .collect();
        assert_eq!(shown, [6, 6]); // HND-22
        // SAFETY: NULL is allowed.
        assert!(unsafe { List::new(ptr::null()) }.is_none());
    }

    #[test]
    fn a_guid_is_laid_out_as_the_structure() {
        let bytes = guid(0x0011_2233_4455_6677_8899_AABB_CCDD_EEFF);
        assert_eq!(bytes[..4], 0x0011_2233_u32.to_ne_bytes());
        assert_eq!(bytes[4..6], 0x4455_u16.to_ne_bytes());
        assert_eq!(bytes[6..8], 0x6677_u16.to_ne_bytes());
        assert_eq!(bytes[8..], *b"\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF");
    }
}
