//! User data that is set and read as socket options: the `SO_CONNDATA` and `SO_DISCDATA` families; and
//! where the callee data goes that a non-blocking attempt brings.

use std::fmt;

use super::network::{Network, Socket, SocketId};
use crate::{
    CalleeReceiver, Error, Result,
    rules::{
        connection::State,
        user_data::{self, UserData, UserDataKind},
    },
};

/// What options say about the user data of a socket, and what else few sockets have of it.
#[derive(Default)]
pub(super) struct OptionData {
    connect: UserData,
    disconnect: UserData,
    connect_room: Option<usize>,
    disconnect_room: Option<usize>,
    receiver: Option<CalleeReceiver>,
}

impl fmt::Debug for OptionData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OptionData").finish_non_exhaustive()
    }
}

impl Socket {
    /// Explicit data, or else what was set as an option (UDA-19, DIS-54).
    pub(super) fn outgoing<'a>(&'a self, explicit: &'a [u8], kind: UserDataKind) -> &'a [u8] {
        match (&self.option_data, kind) {
            (Some(options), UserDataKind::Connect) if explicit.is_empty() => &options.connect, // UDA-15 UDA-18
            (Some(options), UserDataKind::Disconnect) if explicit.is_empty() => &options.disconnect, // DIS-52
            _ => explicit,
        }
    }

    /// How much connect data may arrive as an option; of an accepted socket the listener's
    /// reservation counts (UDA-17), and nothing else is inherited (SKT-17).
    pub(super) fn connect_room(&self) -> usize {
        let options = self.option_data.as_deref();
        let room = options.and_then(|options| options.connect_room);
        room.unwrap_or(usize::MAX)
    }

    /// Keeps connect data that has arrived.
    pub(super) fn arrive(&mut self, data: UserData, room: usize) {
        self.arrived = user_data::fitting(&data, room).len(); // UDA-16 UDA-20
        self.connect_data = data;
    }

    /// An attempt begins that nobody waits for.
    pub(super) fn expect_callee_data(&mut self, receiver: CalleeReceiver) {
        self.options().receiver = Some(receiver);
    }

    /// The attempt has succeeded, and its callee data has arrived.
    pub(super) fn hand_out_callee_data(&mut self) {
        if let Some(receiver) = self.callee_receiver() {
            receiver(&self.connect_data); // CON-25
        }
    }

    /// The attempt has failed.
    pub(super) fn forget_callee_data(&mut self) {
        drop(self.callee_receiver()); // UDA-12
    }

    fn callee_receiver(&mut self) -> Option<CalleeReceiver> {
        self.option_data.as_mut()?.receiver.take()
    }

    fn arrived(&self, kind: UserDataKind) -> &[u8] {
        match kind {
            UserDataKind::Connect => &self.connect_data[..self.arrived],
            UserDataKind::Disconnect => {
                let options = self.option_data.as_deref();
                let room = options.and_then(|options| options.disconnect_room);
                let data = self.inbox.disconnect_data.as_deref().unwrap_or_default();
                user_data::fitting(data, room.unwrap_or(usize::MAX)) // DIS-53
            }
        }
    }

    fn options(&mut self) -> &mut OptionData {
        self.option_data.get_or_insert_default()
    }
}

impl Network {
    pub(super) fn set_user_data(
        &mut self,
        id: SocketId,
        kind: UserDataKind,
        data: &[u8],
    ) -> Result<()> {
        let socket = self.socket(id)?;
        match kind {
            UserDataKind::Connect => {
                if matches!(
                    socket.connection.state,
                    State::Connecting | State::Connected
                ) {
                    return Err(Error::Inval); // UDA-25
                }
                socket.options().connect = UserData::from_slice(data);
            }
            UserDataKind::Disconnect => socket.options().disconnect = UserData::from_slice(data),
        }
        Ok(())
    }

    pub(super) fn reserve_user_data(
        &mut self,
        id: SocketId,
        kind: UserDataKind,
        room: usize,
    ) -> Result<()> {
        let options = self.socket(id)?.options();
        match kind {
            UserDataKind::Connect => options.connect_room = Some(room),
            UserDataKind::Disconnect => options.disconnect_room = Some(room),
        }
        Ok(())
    }

    pub(super) fn user_data(
        &mut self,
        id: SocketId,
        kind: UserDataKind,
        buffer: &mut [u8],
    ) -> Result<usize> {
        let data = self.socket(id)?.arrived(kind);
        buffer
            .get_mut(..data.len())
            .ok_or(Error::Fault)?
            .copy_from_slice(data);
        Ok(data.len())
    }
}
