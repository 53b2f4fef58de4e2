//! What a socket may do in which state (groups LSN, CON, DIS).
//!
//! [`Connection`] is a small value that packs into one word, so that a transport can keep it in an
//! atomic or under its lock, as suits it.

use crate::{Error, Result};

/// Where a socket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// Neither listening nor connected; the last attempt, if any, has failed.
    Unconnected = 0,
    /// Listening (LSN-01).
    Listening = 1,
    /// A connect attempt is under way.
    Connecting = 2,
    /// Connected, or it was: a broken connection stays in this state (CON-34).
    Connected = 3,
}

/// A direction, or both, of a shutdown. The numbers are those of `SD_*` (LAY-21).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum Shutdown {
    /// No more receiving, `SD_RECEIVE`.
    Receive = 0,
    /// No more sending, `SD_SEND`.
    Send = 1,
    /// Neither, `SD_BOTH`.
    Both = 2,
}

impl Shutdown {
    /// The shutdown with this number.
    pub const fn from_raw(how: i32) -> Option<Self> {
        match how {
            0 => Some(Self::Receive),
            1 => Some(Self::Send),
            2 => Some(Self::Both),
            _ => None,
        }
    }

    /// Whether sending ends.
    pub const fn sends(self) -> bool {
        matches!(self, Self::Send | Self::Both)
    }

    /// Whether receiving ends.
    pub const fn receives(self) -> bool {
        matches!(self, Self::Receive | Self::Both)
    }
}

/// The state of a socket and the rules about which call is valid in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Where the socket stands.
    pub state: State,
    /// It has been bound, explicitly or by a connect that did not fail.
    pub bound: bool,
    /// Sending has been shut down.
    pub send_ended: bool,
    /// Receiving has been shut down.
    pub receive_ended: bool,
}

impl Connection {
    /// A fresh socket (HND-17).
    pub const NEW: Self = Self {
        state: State::Unconnected,
        bound: false,
        send_ended: false,
        receive_ended: false,
    };

    /// An accepted socket.
    pub const ACCEPTED: Self = Self {
        state: State::Connected,
        bound: true,
        ..Self::NEW
    };

    /// Packs the value into a word.
    pub const fn to_bits(self) -> u32 {
        self.state as u32
            | (self.bound as u32) << 2
            | (self.send_ended as u32) << 3
            | (self.receive_ended as u32) << 4
    }

    /// Unpacks what [`to_bits`](Self::to_bits) packed.
    pub const fn from_bits(bits: u32) -> Self {
        let state = match bits & 3 {
            0 => State::Unconnected,
            1 => State::Listening,
            2 => State::Connecting,
            _ => State::Connected,
        };
        Self {
            state,
            bound: bits & 4 != 0,
            send_ended: bits & 8 != 0,
            receive_ended: bits & 16 != 0,
        }
    }

    /// May it be bound?
    ///
    /// # Errors
    /// [`Error::Inval`] if it is bound, listening or connected (LSN-12).
    pub fn check_bind(self) -> Result<()> {
        if self.bound || self.state != State::Unconnected {
            return Err(Error::Inval); // LSN-12
        }
        Ok(())
    }

    /// May it listen? A listening socket may again (LSN-25).
    ///
    /// # Errors
    /// [`Error::IsConn`] if it is connected or connecting (LSN-16), [`Error::Inval`] if it is
    /// unbound (LSN-15).
    pub fn check_listen(self) -> Result<()> {
        match self.state {
            State::Listening => Ok(()),                                 // LSN-25
            State::Connecting | State::Connected => Err(Error::IsConn), // LSN-16
            State::Unconnected if self.bound => Ok(()),
            State::Unconnected => Err(Error::Inval), // LSN-15
        }
    }

    /// May it accept?
    ///
    /// # Errors
    /// [`Error::Inval`] if it does not listen (ACC-16, SKT-15).
    pub fn check_accept(self) -> Result<()> {
        if self.state == State::Listening {
            Ok(())
        } else {
            Err(Error::Inval)
        } // ACC-16
    }

    /// May it connect? After a failed attempt it may again (CON-11).
    ///
    /// # Errors
    /// [`Error::Inval`] if it listens (LSN-29), [`Error::Already`] if an attempt is under way
    /// (CON-06), [`Error::IsConn`] if it is or was connected (CON-07, CON-34, DIS-55).
    pub fn check_connect(self) -> Result<()> {
        match self.state {
            State::Unconnected => Ok(()),
            State::Listening => Err(Error::Inval),    // LSN-29
            State::Connecting => Err(Error::Already), // CON-06
            State::Connected => Err(Error::IsConn),   // CON-07 CON-34 DIS-55
        }
    }

    /// Is there a connection to send on, receive from or shut down?
    ///
    /// # Errors
    /// [`Error::NotConn`] otherwise (LSN-34, CON-35, DIS-22, DIS-30, DIS-45).
    pub fn check_connected(self) -> Result<()> {
        if self.state == State::Connected {
            Ok(())
        } else {
            Err(Error::NotConn)
        } // LSN-34 CON-35
    }

    /// May it send, or send a disconnect?
    ///
    /// # Errors
    /// [`Error::NotConn`]; [`Error::Shutdown`] once sending has ended (DIS-16, DIS-24).
    pub fn check_send(self) -> Result<()> {
        self.check_connected()?;
        if self.send_ended {
            Err(Error::Shutdown)
        } else {
            Ok(())
        } // DIS-16 DIS-24
    }

    /// May it receive?
    ///
    /// # Errors
    /// [`Error::NotConn`]; [`Error::Shutdown`] once receiving has ended (DIS-25).
    pub fn check_receive(self) -> Result<()> {
        self.check_connected()?;
        if self.receive_ended {
            Err(Error::Shutdown)
        } else {
            Ok(())
        } // DIS-25
    }

    /// Does it have a local address?
    ///
    /// # Errors
    /// [`Error::Inval`] if it was never bound (LSN-10).
    pub fn check_local_address(self) -> Result<()> {
        if self.bound || self.state == State::Connecting {
            Ok(())
        } else {
            Err(Error::Inval)
        } // LSN-10
    }

    /// Does it have a peer? It has one from the moment of the connect call (CON-31).
    ///
    /// # Errors
    /// [`Error::NotConn`] otherwise.
    pub fn check_peer_address(self) -> Result<()> {
        match self.state {
            State::Connecting | State::Connected => Ok(()), // CON-31 DIS-60
            State::Unconnected | State::Listening => Err(Error::NotConn),
        }
    }

    /// Ends one direction or both; doing so again changes nothing (DIS-61).
    #[must_use]
    pub const fn shut_down(self, how: Shutdown) -> Self {
        Self {
            send_ended: self.send_ended || how.sends(),
            receive_ended: self.receive_ended || how.receives(),
            ..self
        }
    }
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
