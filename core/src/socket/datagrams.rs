//! Datagrams: data that says where it goes and where it came from.

use std::io::{IoSlice, IoSliceMut};

use super::Socket;
use crate::{Address, NetworkEvents, Receive, Received, Result, SocketOption, Wait};

impl Socket {
    /// Sends a datagram, which may have no bytes, to an address; another one than that of
    /// [`connect`](Self::connect) counts for this datagram. It binds the socket if it was not bound. On
    /// an entry with connections the address is ignored.
    ///
    /// # Errors
    /// [`Error::MsgSize`](crate::Error) for more than [`SocketOption::MaxMessageSize`] (ERR-18);
    /// [`Error::AfNoSupport`](crate::Error) for another family;
    /// [`Error::AddrNotAvail`](crate::Error) for an address that is all zero or port 0 (CON-12);
    /// [`Error::Acces`](crate::Error) for a broadcast without [`SocketOption::Broadcast`];
    /// [`Error::ConnReset`](crate::Error) if nobody had an earlier datagram, and this one was not sent;
    /// [`Error::NetUnreach`](crate::Error), [`Error::HostUnreach`](crate::Error);
    /// [`Error::Shutdown`](crate::Error) (DIS-16); otherwise as [`send`](Self::send).
    pub fn send_to(&self, data: &[u8], to: &Address, wait: &Wait<'_>) -> Result<usize> {
        self.send_vectored_to(&[IoSlice::new(data)], to, wait)
    }

    /// The same with the data of several buffers.
    ///
    /// # Errors
    /// As [`send_to`](Self::send_to).
    pub fn send_vectored_to(
        &self,
        data: &[IoSlice<'_>],
        to: &Address,
        wait: &Wait<'_>,
    ) -> Result<usize> {
        self.check_open()?;
        let wait = self.bounded(wait, SocketOption::SendTimeout);
        let sent = self.transport().send_to(data, to, self.mode(&wait));
        self.enable_unless_done(sent, NetworkEvents::WRITE)
    }

    /// Receives a datagram and says who has sent it. On an entry with connections it receives as
    /// [`receive`](Self::receive) does, and there is no address.
    ///
    /// # Errors
    /// [`Error::MsgSize`](crate::Error) for a datagram longer than the buffer, which has its beginning;
    /// the rest is lost, unless it was to be left in place (ERR-18); [`Error::Inval`](crate::Error) on a
    /// socket that was never bound; [`Error::ConnReset`](crate::Error) if nobody had an earlier
    /// datagram; [`Error::OpNotSupp`](crate::Error) for a flag other than [`Receive::peek`];
    /// [`Error::Shutdown`](crate::Error) (DIS-25); otherwise as [`receive`](Self::receive).
    pub fn receive_from(
        &self,
        buffer: &mut [u8],
        flags: Receive,
        wait: &Wait<'_>,
    ) -> Result<(usize, Option<Address>)> {
        let buffers = &mut [IoSliceMut::new(buffer)];
        let (received, from) = self.receive_vectored_from(buffers, flags, wait)?;
        Ok((received.bytes, from))
    }

    /// The same into several buffers, which are filled one after the other.
    ///
    /// # Errors
    /// As [`receive_from`](Self::receive_from).
    pub fn receive_vectored_from(
        &self,
        buffers: &mut [IoSliceMut<'_>],
        flags: Receive,
        wait: &Wait<'_>,
    ) -> Result<(Received, Option<Address>)> {
        self.check_open()?;
        self.check_receive_flags(flags)?;
        let wait = self.bounded(wait, SocketOption::ReceiveTimeout);
        let received = self
            .transport()
            .receive_from(buffers, flags, self.mode(&wait));
        self.enable_unless_done(received, NetworkEvents::READ)
    }
}
