//! User data that is set and read as socket options: the `SO_CONNDATA` and `SO_DISCDATA` families.

use super::network::{Network, Socket, SocketId};
use crate::{
    Error, Result,
    rules::{
        connection::State,
        user_data::{self, UserData, UserDataKind},
    },
};

/// What options say about the user data of a socket.
#[derive(Debug, Default)]
pub(super) struct OptionData {
    connect: UserData,
    disconnect: UserData,
    connect_room: Option<usize>,
    disconnect_room: Option<usize>,
    /// The connect data that has arrived, as far as there was room.
    arrived: UserData,
}

impl OptionData {
    /// Explicit data, or else what was set as an option (UDA-19, DIS-54).
    pub(super) fn outgoing<'a>(&'a self, explicit: &'a [u8], kind: UserDataKind) -> &'a [u8] {
        match kind {
            _ if !explicit.is_empty() => explicit,
            UserDataKind::Connect => &self.connect, // UDA-15 UDA-18
            UserDataKind::Disconnect => &self.disconnect, // DIS-52
        }
    }

    /// What an accepted socket keeps of its client's data: the listener's reservation counts
    /// (UDA-17). Nothing else is inherited (SKT-17).
    pub(super) fn of_accepted(&self, caller_data: &[u8]) -> Self {
        let mut accepted = Self {
            connect_room: self.connect_room,
            ..Self::default()
        };
        accepted.arrive(caller_data);
        accepted
    }

    /// Keeps connect data that has arrived.
    pub(super) fn arrive(&mut self, data: &[u8]) {
        let room = self.connect_room.unwrap_or(usize::MAX);
        self.arrived = UserData::from_slice(user_data::fitting(data, room)); // UDA-16 UDA-20
    }
}

impl Socket {
    fn arrived(&self, kind: UserDataKind) -> &[u8] {
        let options = &self.option_data;
        match kind {
            UserDataKind::Connect => &options.arrived,
            UserDataKind::Disconnect => {
                let data = self.inbox.disconnect_data.as_deref().unwrap_or_default();
                user_data::fitting(data, options.disconnect_room.unwrap_or(usize::MAX)) // DIS-53
            }
        }
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
                socket.option_data.connect = UserData::from_slice(data);
            }
            UserDataKind::Disconnect => socket.option_data.disconnect = UserData::from_slice(data),
        }
        Ok(())
    }

    pub(super) fn reserve_user_data(
        &mut self,
        id: SocketId,
        kind: UserDataKind,
        room: usize,
    ) -> Result<()> {
        let options = &mut self.socket(id)?.option_data;
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
