//! Data in several buffers.

use std::io::{IoSlice, IoSliceMut};

use super::{InProcess, Mode, Receive, Received};
use crate::{Error, Result};

impl InProcess {
    /// Sends one message that is made of the parts, or the parts one after the other.
    pub(super) fn send_gathered(&self, data: &[IoSlice<'_>], mode: Mode<'_>) -> Result<usize> {
        match data {
            [] => self.send_all(&[], mode),
            [data] => self.send_all(data, mode),
            parts if self.message_oriented => self.send_message(&joined(parts)?, mode),
            parts => self.send_parts(parts, mode),
        }
    }

    fn send_parts(&self, parts: &[IoSlice<'_>], mode: Mode<'_>) -> Result<usize> {
        let mut sent = 0;
        for part in parts {
            match self.send_all(part, mode) {
                Ok(taken) if taken == part.len() => sent += taken,
                Ok(taken) => return Ok(sent + taken),
                Err(_) if sent > 0 => return Ok(sent),
                Err(error) => return Err(error),
            }
        }
        Ok(sent)
    }

    /// Receives once and deals out what has come.
    pub(super) fn receive_scattered(
        &self,
        buffers: &mut [IoSliceMut<'_>],
        flags: Receive,
        mode: Mode<'_>,
    ) -> Result<Received> {
        if let [buffer] = buffers {
            return self.receive_either(buffer, flags, mode);
        }
        let mut room = buffers.iter().map(|buffer| buffer.len()).sum();
        if !flags.all {
            // There never is more than that.
            room = self
                .with(|network, id| Ok(network.socket(id)?.inbox.limit))?
                .min(room);
        }
        let mut received = empty(room)?;
        received.resize(room, 0);
        let result = self.receive_either(&mut received, flags, mode);
        match result {
            Ok(Received { bytes, .. }) => deal_out(&received[..bytes], buffers),
            Err(Error::MsgSize) => deal_out(&received, buffers), // ERR-18
            Err(_) => {}
        }
        result
    }

    fn receive_either(
        &self,
        buffer: &mut [u8],
        flags: Receive,
        mode: Mode<'_>,
    ) -> Result<Received> {
        if self.message_oriented {
            return self.receive_message(buffer, flags, mode);
        }
        Ok(Received {
            bytes: self.receive_some(buffer, flags, mode)?,
            partial: false,
        })
    }
}

/// No bytes, and room for so many.
///
/// # Errors
/// [`Error::NoBufs`].
fn empty(capacity: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(capacity)
        .map_err(|_| Error::NoBufs)?;
    Ok(bytes)
}

fn joined(parts: &[IoSlice<'_>]) -> Result<Vec<u8>> {
    let mut message = empty(parts.iter().map(|part| part.len()).sum())?;
    for part in parts {
        message.extend_from_slice(part);
    }
    Ok(message)
}

fn deal_out(mut bytes: &[u8], buffers: &mut [IoSliceMut<'_>]) {
    for buffer in buffers {
        let (first, rest) = bytes.split_at(bytes.len().min(buffer.len()));
        buffer[..first.len()].copy_from_slice(first);
        bytes = rest;
    }
}
