//! Urgent data of TCP: one byte, which overtakes nothing but is told of at once.

use std::os::fd::AsFd;

use rustix::{
    event::{PollFd, PollFlags, poll},
    io::Errno,
    net::{self, RecvFlags, SendFlags},
    time::Timespec,
};

use super::{Mode, Tcp};
use crate::{Error, Result, sys};

impl Tcp {
    /// Sends data whose last byte is urgent. That byte goes alone: the kernel marks the end of whatever
    /// it has taken when it has to wait for room, and a mark is lost when the next one is set.
    pub(super) fn send_ending_urgent(&self, data: &[u8], mode: Mode<'_>) -> Result<usize> {
        let Some((last, ordinary)) = data.split_last() else {
            return self.send_all(data, mode);
        };
        if !ordinary.is_empty() {
            let sent = self.send_all(ordinary, mode)?;
            if sent < ordinary.len() {
                return Ok(sent);
            }
        }
        match self.send_with(&[*last], SendFlags::NOSIGNAL | SendFlags::OOB, mode) {
            Err(_) if !ordinary.is_empty() => Ok(ordinary.len()),
            sent => sent.map(|sent| ordinary.len() + sent),
        }
    }

    /// Takes the urgent byte.
    pub(super) fn receive_urgent(
        &self,
        buffer: &mut [u8],
        peek: bool,
        mode: Mode<'_>,
    ) -> Result<usize> {
        let received = self.receive_urgent_unwatched(buffer, peek, mode);
        if let Some(watched) = self.watched() {
            watched.urgent_received(!peek && matches!(received, Ok(1..)));
        }
        received
    }

    /// The call waits only if the byte was announced and has not arrived.
    fn receive_urgent_unwatched(
        &self,
        buffer: &mut [u8],
        peek: bool,
        mode: Mode<'_>,
    ) -> Result<usize> {
        self.current()?.check_receive()?;
        self.check_broken()?;
        let mut flags = RecvFlags::OOB;
        flags.set(RecvFlags::PEEK, peek);
        if buffer.is_empty() {
            return Ok(0); // the kernel would take the byte and drop it
        }
        loop {
            match net::recv(&self.fd, &mut *buffer, flags) {
                Ok((count, _)) => return Ok(count),
                Err(Errno::INTR) => self.check_interrupted(mode.wait)?,
                Err(Errno::WOULDBLOCK) if !mode.blocking => return Err(Error::WouldBlock),
                Err(Errno::WOULDBLOCK) => self.wait_for(PollFlags::PRI, mode.wait)?,
                Err(Errno::NOTCONN) => return Err(Error::ConnReset), // DIS-36: it was connected
                Err(error) => return Err(error.into()),              // EINVAL if there is none
            }
        }
    }

    /// Whether no urgent byte stands further on in the stream. Winsock says that it is so where there
    /// is none at all; the kernel then says that this is no mark.
    pub(super) fn has_no_mark_ahead(&self) -> Result<bool> {
        self.settle_attempt()?;
        Ok(sys::is_at_mark(self.fd.as_fd())? || !self.has_urgent_byte()?)
    }

    /// Whether an urgent byte has arrived that was neither taken nor passed.
    fn has_urgent_byte(&self) -> Result<bool> {
        let mut polled = [PollFd::new(&self.fd, PollFlags::PRI)];
        poll(&mut polled, Some(&Timespec::default()))?;
        Ok(polled[0].revents().contains(PollFlags::PRI))
    }
}
