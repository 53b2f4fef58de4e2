//! Whether calls would block, for `select`.

use rustix::event::PollFlags;

use super::{
    InProcess,
    descriptors::Direction,
    network::{Network, SocketId},
};
use crate::{Readiness, Result, rules::connection::State, transport::Poll};

impl InProcess {
    pub(crate) fn readiness(&self, wanted: Readiness) -> Result<(Readiness, Poll)> {
        self.with(|network, id| network.readiness(id, wanted))
    }
}

impl Network {
    fn readiness(&mut self, id: SocketId, wanted: Readiness) -> Result<(Readiness, Poll)> {
        self.expire_all(id);
        self.socket(id)?;
        let Some(socket) = self.look_at(id) else {
            return Ok((Readiness::empty(), Poll::NOTHING));
        };
        let mut flags = PollFlags::empty();
        let mut ready = Readiness::empty();
        match socket.connection.state {
            State::Listening | State::Connected => {
                flags.set(PollFlags::IN, wanted.contains(Readiness::READ));
                flags.set(PollFlags::OUT, wanted.contains(Readiness::WRITE));
                ready.set(Readiness::READ, self.is_ready(socket, Direction::Read)); // EVT-63 EVT-64
                ready.set(Readiness::WRITE, self.is_ready(socket, Direction::Write));
            }
            State::Connecting => flags = PollFlags::OUT,
            State::Unconnected => ready.set(Readiness::EXCEPT, socket.has_failed()), // CON-18
        }
        let expires = socket.expires.or(socket.first_expiry);
        Ok((ready, Poll { flags, expires }))
    }
}
