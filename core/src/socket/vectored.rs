//! Data in several buffers.

use std::io::{IoSlice, IoSliceMut};

use super::Socket;
use crate::{NetworkEvents, Receive, Received, Result, SocketOption, Wait};

impl Socket {
    /// Sends the data of several buffers, in their order: one message on a message-oriented entry, one
    /// system call on TCP as far as there is room. Otherwise as [`send`](Self::send).
    ///
    /// # Errors
    /// As [`send`](Self::send); [`Error::NoBufs`](crate::Error) if there is no memory to put a message
    /// together.
    pub fn send_vectored(&self, data: &[IoSlice<'_>], wait: &Wait<'_>) -> Result<usize> {
        self.check_open()?;
        let wait = self.bounded(wait, SocketOption::SendTimeout);
        let sent = self.transport().send_vectored(data, self.mode(&wait));
        self.enable_unless_done(sent, NetworkEvents::WRITE)
    }

    /// Receives into several buffers, which are filled one after the other: one message, or what one
    /// system call gets. Also says whether the message goes on. Otherwise as
    /// [`receive`](Self::receive).
    ///
    /// # Errors
    /// As [`receive`](Self::receive); [`Error::NoBufs`](crate::Error) if there is no memory.
    pub fn receive_vectored(
        &self,
        buffers: &mut [IoSliceMut<'_>],
        flags: Receive,
        wait: &Wait<'_>,
    ) -> Result<Received> {
        self.check_open()?;
        self.check_receive_flags(flags)?;
        let wait = self.bounded(wait, SocketOption::ReceiveTimeout);
        let received = self
            .transport()
            .receive_vectored(buffers, flags, self.mode(&wait));
        self.enable_unless_done(received, NetworkEvents::READ)
    }
}
