//! Writing octets into a caller's buffer, and taking them from a slice.

use super::{
    EncodeError, LONGEST_HEADER,
    tpkt::{self, HEADER},
};

/// Two octets at `at`, big endian. The caller has checked that they are there.
pub(super) const fn u16_at(octets: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([octets[at], octets[at + 1]])
}

/// Builds one TPKT in a caller's buffer.
#[derive(Debug)]
pub(super) struct Packet<'a> {
    buffer: &'a mut [u8],
    length: usize,
}

impl<'a> Packet<'a> {
    /// Begins a TPDU with this code; its length indicator follows with [`end_header`](Self::end_header).
    pub(super) fn begin(buffer: &'a mut [u8], code: u8) -> Result<Self, EncodeError> {
        let mut packet = Self { buffer, length: 0 };
        packet.put(&[0; HEADER])?;
        packet.put(&[0, code])?;
        Ok(packet)
    }

    pub(super) fn put(&mut self, octets: &[u8]) -> Result<(), EncodeError> {
        let end = self.length + octets.len();
        self.buffer
            .get_mut(self.length..end)
            .ok_or(EncodeError::NoRoom)?
            .copy_from_slice(octets);
        self.length = end;
        Ok(())
    }

    pub(super) fn put_u16(&mut self, value: u16) -> Result<(), EncodeError> {
        self.put(&value.to_be_bytes())
    }

    /// A parameter: code, length, value.
    pub(super) fn parameter(&mut self, code: u8, value: &[u8]) -> Result<(), EncodeError> {
        let length = u8::try_from(value.len()).map_err(|_| EncodeError::TooLong)?;
        self.put(&[code, length])?;
        self.put(value)
    }

    /// Sets the length indicator: what has been put so far is the header.
    pub(super) fn end_header(&mut self) -> Result<(), EncodeError> {
        let header = self.length - HEADER;
        debug_assert!(header <= LONGEST_HEADER, "checked before anything was put");
        self.buffer[HEADER] = u8::try_from(header - 1).map_err(|_| EncodeError::TooLong)?;
        Ok(())
    }

    /// Sets the length of the packet and returns it.
    pub(super) fn finish(self) -> Result<usize, EncodeError> {
        let header = tpkt::header(self.length - HEADER).ok_or(EncodeError::TooLong)?;
        self.buffer[..HEADER].copy_from_slice(&header);
        Ok(self.length)
    }
}
