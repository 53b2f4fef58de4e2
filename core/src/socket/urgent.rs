//! Urgent data, which Winsock calls out of band.

use super::Socket;
use crate::{Capabilities, Error, Result, SocketOption, Wait};

impl Socket {
    /// Sends data whose last byte is urgent, `MSG_OOB`; what stands before it is ordinary data. The
    /// result is that of [`send`](Self::send): a non-blocking socket may have taken only a part, without
    /// the urgent byte then. No data is nothing to be urgent, and nothing is sent.
    ///
    /// The peer takes the byte by a receive with [`Receive::urgent`](crate::Receive::urgent), or finds
    /// it in the stream if it has set [`SocketOption::OobInline`]. TCP keeps one urgent byte: if the
    /// peer has not taken it when the next one arrives, it is an ordinary byte from then on.
    ///
    /// # Errors
    /// [`Error::OpNotSupp`] where there is no urgent data; otherwise as [`send`](Self::send).
    pub fn send_urgent(&self, data: &[u8], wait: &Wait<'_>) -> Result<usize> {
        self.check_open()?;
        self.check_urgent()?;
        let wait = self.bounded(wait, SocketOption::SendTimeout);
        self.transport().send_urgent(data, self.mode(&wait))
    }

    /// Whether no urgent byte lies ahead, `SIOCATMARK`. False means that one has arrived and that
    /// ordinary data stands before it, which the next receive gets, and no more than that: data before
    /// and after the mark never come together.
    ///
    /// So it is true, too, when there is no urgent data at all, or none any more because the byte was
    /// taken. The kernel's own answer is false then.
    ///
    /// # Errors
    /// [`Error::OpNotSupp`] where there is no urgent data; [`Error::Inval`] on a listener.
    pub fn is_at_mark(&self) -> Result<bool> {
        self.check_open()?;
        self.check_urgent()?;
        if self.is_listening() {
            return Err(Error::Inval);
        }
        self.transport().is_at_mark()
    }

    pub(super) fn check_urgent(&self) -> Result<()> {
        if self
            .entry
            .capabilities()
            .contains(Capabilities::URGENT_DATA)
        {
            Ok(())
        } else {
            Err(Error::OpNotSupp)
        }
    }
}
