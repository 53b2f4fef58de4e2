//! Sending and receiving datagrams.

use std::{
    io::{IoSlice, IoSliceMut},
    net::SocketAddr,
};

use rustix::{
    event::PollFlags,
    io::Errno,
    net::{
        self, RecvAncillaryBuffer, RecvFlags, ReturnFlags, SendAncillaryBuffer, SendFlags,
        SocketAddrAny,
    },
};

use super::{Mode, Receive, Received, Udp};
use crate::{Address, Error, Result, address::Sockaddr};

impl Udp {
    /// Sends one datagram, to the peer of the socket unless another address is given. It binds the
    /// socket if it was not bound.
    pub(super) fn send_datagram(
        &self,
        data: &[IoSlice<'_>],
        to: Option<&SocketAddr>,
        mode: Mode<'_>,
    ) -> Result<usize> {
        let sent = self.send_unwatched(data, to, mode);
        if let Some(watched) = self.watched.get() {
            watched.sent(sent);
        }
        sent
    }

    fn send_unwatched(
        &self,
        data: &[IoSlice<'_>],
        to: Option<&SocketAddr>,
        mode: Mode<'_>,
    ) -> Result<usize> {
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        loop {
            self.check_open()?;
            if self.connection().send_ended {
                return Err(Error::Shutdown); // DIS-16
            }
            let nothing = &mut SendAncillaryBuffer::default();
            let sent = match to {
                Some(to) => net::sendmsg_addr(&self.fd, to, data, nothing, flags),
                None => net::sendmsg(&self.fd, data, nothing, flags),
            };
            match sent {
                Ok(count) => {
                    self.now_bound();
                    return Ok(count);
                }
                Err(error) => self.after_failure(error, PollFlags::OUT, mode)?,
            }
        }
    }

    /// Receives one datagram. What is longer than the room is cut, and the rest of it is lost.
    pub(super) fn receive_datagram(
        &self,
        buffers: &mut [IoSliceMut<'_>],
        flags: Receive,
        mode: Mode<'_>,
    ) -> Result<(Received, Option<Address>)> {
        let received = self.receive_unwatched(buffers, flags, mode);
        if let Some(watched) = self.watched.get() {
            watched.datagram_received(received.is_ok() || received == Err(Error::MsgSize));
        }
        received
    }

    fn receive_unwatched(
        &self,
        buffers: &mut [IoSliceMut<'_>],
        flags: Receive,
        mode: Mode<'_>,
    ) -> Result<(Received, Option<Address>)> {
        let mut kernel_flags = RecvFlags::DONTWAIT;
        kernel_flags.set(RecvFlags::PEEK, flags.peek);
        loop {
            self.check_open()?;
            let connection = self.connection();
            if connection.receive_ended {
                return Err(Error::Shutdown); // DIS-25, perhaps by another thread
            }
            if !connection.bound {
                return Err(Error::Inval); // nothing can come
            }
            let nothing = &mut RecvAncillaryBuffer::default();
            match net::recvmsg(&self.fd, buffers, nothing, kernel_flags) {
                Ok(message) if message.flags.contains(ReturnFlags::TRUNC) => {
                    return Err(Error::MsgSize); // ERR-18
                }
                Ok(message) => return Ok((whole(message.bytes), sender(message.address))),
                Err(error) => self.after_failure(error, PollFlags::IN, mode)?,
            }
        }
    }

    /// A send or receive has failed: either it can be tried again, or the call ends.
    fn after_failure(&self, error: Errno, events: PollFlags, mode: Mode<'_>) -> Result<()> {
        match error {
            Errno::INTR => mode.wait.interrupted(),
            Errno::WOULDBLOCK if mode.blocking => self.wait_for(events, mode.wait),
            // Nobody had an earlier datagram: what Winsock calls a reset.
            Errno::CONNREFUSED => Err(Error::ConnReset),
            error => Err(error.into()),
        }
    }
}

fn whole(bytes: usize) -> Received {
    Received {
        bytes,
        partial: false,
    }
}

fn sender(address: Option<SocketAddrAny>) -> Option<Address> {
    address.and_then(|address| Some(Sockaddr::from_kernel(&address).ok()?.address()))
}
