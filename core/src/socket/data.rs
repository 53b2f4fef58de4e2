//! Data, the goodbye, and user data.

use super::Socket;
use crate::{
    Error, NetworkEvents, Qos, Receive, Result, SocketOption, UserDataKind, Wait,
    rules::{connection::Shutdown, messages, user_data},
};

impl Socket {
    /// Sends data. A blocking socket sends everything; a non-blocking one as much as there is room
    /// for. The result is less than the length of the data only if the call ended early.
    ///
    /// On a message-oriented entry the data is one message, which may have no bytes, and it is sent
    /// whole or not at all: a blocking socket waits until there is room for all of it.
    ///
    /// # Errors
    /// [`Error::MsgSize`] for a message longer than [`SocketOption::MaxMessageSize`] (ERR-18);
    /// [`Error::NotConn`] (LSN-34, CON-35); [`Error::Shutdown`] (DIS-16); [`Error::ConnReset`];
    /// [`Error::ConnAborted`] if receiving was ended with data unread (DIS-32), or after a failure on
    /// this side, such as a peer that no longer answers (DIS-37), and [`Error::NetReset`] if it was
    /// keep-alive that has found it; [`Error::WouldBlock`]; [`Error::TimedOut`] and [`Error::Intr`] as
    /// [`Wait`] says, or after
    /// [`SocketOption::SendTimeout`].
    pub fn send(&self, data: &[u8], wait: &Wait<'_>) -> Result<usize> {
        self.check_open()?;
        let wait = self.bounded(wait, SocketOption::SendTimeout);
        let sent = self.transport().send(data, self.mode(&wait));
        self.enable_unless_done(sent, NetworkEvents::WRITE)
    }

    /// Receives data; 0 means that the peer has ended the stream (DIS-33).
    ///
    /// On a message-oriented entry one call takes one message, and 0 is a message of no bytes. With
    /// [`Receive::partial`] it takes bytes, as many as fit, of the first message; the rest of it is
    /// the first message then, and 0 may also be the end (DIS-35).
    ///
    /// # Errors
    /// [`Error::Discon`] if the peer has ended gracefully and every message was received, also on
    /// each later call (DIS-34); [`Error::MsgSize`] if the message is longer than the buffer, which
    /// has its beginning, and the whole message stays (ERR-18); [`Error::OpNotSupp`] for
    /// [`Receive::partial`] on a stream, [`Receive::all`] on a message-oriented entry and
    /// [`Receive::urgent`] where there is no urgent data; [`Error::Inval`] for [`Receive::urgent`] if
    /// no urgent byte waits or [`SocketOption::OobInline`] has left it in the stream;
    /// [`Error::NotConn`] (LSN-34, CON-35); [`Error::Shutdown`] (DIS-25); [`Error::ConnReset`]
    /// (DIS-36); [`Error::ConnAborted`] (DIS-37) and [`Error::NetReset`] as [`send`](Self::send) says;
    /// [`Error::WouldBlock`]; [`Error::TimedOut`] and [`Error::Intr`] as [`Wait`] says,
    /// or after [`SocketOption::ReceiveTimeout`].
    pub fn receive(&self, buffer: &mut [u8], flags: Receive, wait: &Wait<'_>) -> Result<usize> {
        self.check_open()?;
        self.check_receive_flags(flags)?;
        let wait = self.bounded(wait, SocketOption::ReceiveTimeout);
        let received = self.transport().receive(buffer, flags, self.mode(&wait));
        self.enable_unless_done(received, NetworkEvents::READ)
    }

    /// Whether the entry has what the flags ask for.
    pub(super) fn check_receive_flags(&self, flags: Receive) -> Result<()> {
        messages::check_flags(self.entry.is_message_oriented(), flags.partial, flags.all)?;
        if flags.partial && self.entry.is_connectionless() {
            return Err(Error::OpNotSupp); // what is cut off a datagram is lost
        }
        if flags.urgent {
            self.check_urgent()?;
        }
        Ok(())
    }

    /// How many bytes one receive would get now, `FIONREAD`: on a stream what has arrived, up to the mark
    /// of urgent data if that is ahead; on a message-oriented entry the length of the first message. 0 is
    /// nothing, the end, or a message of no bytes.
    ///
    /// # Errors
    /// [`Error::Inval`] on a listener.
    pub fn bytes_readable(&self) -> Result<usize> {
        self.check_open()?;
        if self.is_listening() {
            return Err(Error::Inval);
        }
        self.transport().bytes_readable()
    }

    /// The wait, bounded by a time-out of the socket. The kernel has those of its own sockets as well,
    /// but would begin them anew after every signal.
    pub(super) fn bounded<'a>(&self, wait: &Wait<'a>, option: SocketOption) -> Wait<'a> {
        match self.set_to(option) {
            None | Some(0) => *wait,
            Some(millis) => wait.no_later_than(Wait::at_most_millis(millis)),
        }
    }

    /// Ends one direction or both; neither blocks nor closes (DIS-46). For unread data see
    /// [`receive_disconnect`](Self::receive_disconnect).
    ///
    /// # Errors
    /// [`Error::NotConn`] (DIS-45, LSN-34), [`Error::InProgress`] inside its own condition function
    /// (ACC-51).
    pub fn shutdown(&self, how: Shutdown) -> Result<()> {
        self.check_not_served_here()?;
        self.transport().shutdown(how)
    }

    /// Ends the sending direction and begins the teardown, with disconnect data where the entry
    /// carries it (DIS-01, DIS-02, DIS-20).
    ///
    /// # Errors
    /// [`Error::NotConn`] (DIS-22); [`Error::Shutdown`] the second time (DIS-24);
    /// [`Error::NoProtoOpt`] for data where the entry carries none (DIS-21); [`Error::Fault`] beyond
    /// the limit (DIS-23).
    pub fn send_disconnect(&self, data: Option<&[u8]>) -> Result<()> {
        self.check_open()?;
        if self.limits.disconnect > 0 {
            user_data::check_outgoing(data.unwrap_or_default(), self.limits.disconnect.into())?; // DIS-23
        }
        self.transport().send_disconnect(data)
    }

    /// Ends the receiving direction and hands over the disconnect data that the peer has sent, or
    /// the data of a refusal (DIS-03, DIS-25, ACC-44). Returns its length (DIS-28). Ordinary data that
    /// is unread, or comes later, resets the connection, unless the peer has ended its own direction
    /// (DIS-32).
    ///
    /// # Errors
    /// [`Error::NotConn`] (DIS-30); [`Error::Fault`] if the buffer is too short, and the data stays
    /// (DIS-27); [`Error::NoProtoOpt`] for a buffer where the entry carries none (DIS-29).
    pub fn receive_disconnect(&self, buffer: Option<&mut [u8]>) -> Result<usize> {
        self.check_open()?;
        self.transport().receive_disconnect(buffer)
    }

    /// Sets user data as an option: the caller data of the next connect, the answer of a listener to
    /// every client that it accepts from then on, or the data that goes with the end of sending.
    /// Data that a call passes explicitly wins (UDA-15, UDA-18, UDA-19, DIS-52, DIS-54).
    ///
    /// # Errors
    /// [`Error::NoProtoOpt`] where the entry carries none (UDA-22); [`Error::Fault`] beyond the
    /// limit (UDA-24); [`Error::Inval`] for connect data of a socket that is connecting or connected
    /// (UDA-25); [`Error::InProgress`] inside its own condition function (ACC-51).
    pub fn set_user_data(&self, kind: UserDataKind, data: &[u8]) -> Result<()> {
        self.check_not_served_here()?;
        user_data::check_outgoing(data, self.user_data_limit(kind)?)?; // UDA-24
        self.transport().set_user_data(kind, data)
    }

    /// Reserves room for incoming user data, on a listener for each request separately; what is
    /// longer is cut, and a room beyond the limit means the limit (UDA-16, UDA-17, UDA-20, UDA-24,
    /// DIS-53). Without a reservation there is room for everything.
    ///
    /// # Errors
    /// [`Error::NoProtoOpt`] where the entry carries none (UDA-22); [`Error::InProgress`] inside its
    /// own condition function (ACC-51).
    pub fn reserve_user_data(&self, kind: UserDataKind, room: usize) -> Result<()> {
        self.check_not_served_here()?;
        self.transport()
            .reserve_user_data(kind, room.min(self.user_data_limit(kind)?))
    }

    /// Copies the user data that has arrived, and returns its length: what the server answered or
    /// the client sent with the connect (UDA-16, UDA-17), or what the peer sent with its disconnect
    /// or its refusal (DIS-53, ACC-44).
    ///
    /// # Errors
    /// [`Error::NoProtoOpt`] where the entry carries none (UDA-22); [`Error::Fault`] if the buffer is
    /// too short.
    pub fn user_data(&self, kind: UserDataKind, buffer: &mut [u8]) -> Result<usize> {
        self.check_open()?;
        self.transport().user_data(kind, buffer)
    }

    fn user_data_limit(&self, kind: UserDataKind) -> Result<usize> {
        let limit = match kind {
            UserDataKind::Connect => self.limits.connect,
            UserDataKind::Disconnect => self.limits.disconnect,
        };
        if self.entry.is_kernel_socket() {
            Err(Error::NoProtoOpt)
        } else {
            Ok(limit.into())
        } // UDA-22
    }

    /// Sets the quality of service that the next connect asks for unless it says so itself (QOS-08),
    /// or that of the connection, from this side's point of view. What is asked for a direction that
    /// was shut down is ignored (QOS-11). Flow specifications are carried and negotiated, not enforced
    /// (QOS-18).
    ///
    /// # Errors
    /// [`Error::NoProtoOpt`] where the entry has none (QOS-10); [`Error::OpNotSupp`] if it cannot be
    /// carried (QOS-09).
    pub fn set_qos(&self, qos: &Qos) -> Result<()> {
        self.check_open()?;
        if !self.entry.has_qos() {
            return Err(Error::NoProtoOpt); // QOS-10
        }
        self.transport().set_qos(qos)
    }

    /// The quality of service in force; best effort if nothing else was agreed (QOS-06, QOS-07).
    ///
    /// # Errors
    /// [`Error::NoProtoOpt`] where the entry has none (QOS-10); [`Error::Inval`] on a socket that is
    /// neither bound nor connected (QOS-14).
    pub fn negotiated_qos(&self) -> Result<Qos> {
        self.check_open()?;
        if !self.entry.has_qos() {
            return Err(Error::NoProtoOpt); // QOS-10
        }
        self.transport().local_address()?; // QOS-14
        self.enable_event(NetworkEvents::QOS); // QOS-17
        Ok(self.transport().qos().unwrap_or_default())
    }

    /// Copies the callee data that came with the acceptance, cut to the buffer, and returns its
    /// length; 0 before, after a failure, and if there was none (CON-24, CON-32, UDA-13).
    pub fn callee_data(&self, buffer: &mut [u8]) -> usize {
        self.check_open()
            .map_or(0, |()| self.transport().callee_data(buffer))
    }

    /// The quality of service of the connection, from this side's point of view (QOS-06, QOS-07).
    pub fn qos(&self) -> Option<Qos> {
        self.check_open().ok()?;
        self.transport().qos()
    }
}
