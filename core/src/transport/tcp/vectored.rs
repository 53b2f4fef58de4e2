//! Data in several buffers, by one system call.

use std::io::{IoSlice, IoSliceMut};

use rustix::net::{RecvAncillaryBuffer, SendAncillaryBuffer, SendFlags, recvmsg, sendmsg};

use super::{Mode, Receive, Received, Tcp};
use crate::Result;

/// A system call takes no more buffers than this (`UIO_MAXIOV`).
const MAX_BUFFERS: usize = 1024;

impl Tcp {
    pub(super) fn send_gathered(&self, data: &[IoSlice<'_>], mode: Mode<'_>) -> Result<usize> {
        if let [data] = data {
            return self.send_all(data, mode);
        }
        let total = data.iter().map(|part| part.len()).sum();
        self.send_by(total, mode, |fd, sent, now| {
            let mut copy;
            let mut rest = data;
            if sent > 0 {
                copy = data.to_vec();
                let mut unsent = &mut copy[..];
                IoSlice::advance_slices(&mut unsent, sent);
                rest = unsent;
            }
            let rest = &rest[..rest.len().min(MAX_BUFFERS)];
            let nothing = &mut SendAncillaryBuffer::default();
            sendmsg(fd, rest, nothing, SendFlags::NOSIGNAL | now)
        })
    }

    pub(super) fn receive_scattered(
        &self,
        buffers: &mut [IoSliceMut<'_>],
        flags: Receive,
        mode: Mode<'_>,
    ) -> Result<Received> {
        let bytes = if flags.urgent {
            let first = buffers.iter_mut().find(|buffer| !buffer.is_empty());
            let buffer = first.map_or(&mut [][..], |buffer| &mut **buffer);
            self.receive_urgent(buffer, flags.peek, mode)?
        } else if let [buffer] = buffers {
            self.receive_some(buffer, flags, mode)?
        } else {
            self.receive_into_all(buffers, flags, mode)?
        };
        Ok(Received {
            bytes,
            partial: false,
        })
    }

    fn receive_into_all(
        &self,
        buffers: &mut [IoSliceMut<'_>],
        flags: Receive,
        mode: Mode<'_>,
    ) -> Result<usize> {
        let are_many = buffers.len() > MAX_BUFFERS;
        let total = buffers.iter().map(|buffer| buffer.len()).sum();
        let (mut rest, mut filled) = (buffers, 0);
        let received = self.receive_by(total, flags, mode, |fd, received, flags| {
            IoSliceMut::advance_slices(&mut rest, received - filled);
            filled = received;
            let count = rest.len().min(MAX_BUFFERS);
            let nothing = &mut RecvAncillaryBuffer::default();
            Ok(recvmsg(fd, &mut rest[..count], nothing, flags)?.bytes)
        });
        if let Some(watched) = self.watched().filter(|_| are_many) {
            watched.look_again(); // there may be more, although there was room for it
        }
        received
    }
}
