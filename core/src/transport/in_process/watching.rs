//! What the network tells those who have registered for events.
//!
//! Everything is told under the network's lock, where it happens; whoever sleeps is woken when the lock
//! is free. The same functions do nothing for a socket that nobody has registered for.

use std::{sync::Arc, time::Instant};

use super::{
    InProcess,
    inbox::End,
    network::{Network, Socket, SocketId},
};
use crate::{
    Error, Result,
    provider::{
        process::Provider,
        watch::{Target, Watch},
    },
    rules::{
        backlog::Backlog,
        connection::State,
        events::{EventReport, Indication, NetworkEvents, Record},
    },
};

/// A socket that somebody has registered for.
#[derive(Debug)]
pub(super) struct Watching {
    pub(super) watch: Arc<Watch>,
    /// A send has found no room, and nobody was told since that there is some (EVT-17).
    wants_room: bool,
}

impl Watching {
    fn new(watch: &Arc<Watch>) -> Self {
        Self {
            watch: Arc::clone(watch),
            wants_room: false,
        }
    }
}

impl InProcess {
    /// A registration. With the first one begins the watch, which finds what holds already.
    pub(crate) fn watch(
        &self,
        watch: &Arc<Watch>,
        target: Target,
        mask: NetworkEvents,
    ) -> Result<()> {
        self.with(|network, id| network.watch(id, watch, target, mask))
    }

    /// The watch of a socket that was accepted from a watched listener.
    pub(crate) fn inherit_watch(&self, watch: &Arc<Watch>) {
        // A socket that is closed already has nobody to tell.
        let _ = self.with(|network, id| network.inherit_watch(id, watch));
    }

    /// An accept call on a watched listener is about to give its turn back.
    pub(super) fn settle_silence(&self) {
        let _ = self.with(|network, id| {
            let deferred = network.backlog(id)?.is_deferred(); // it may have been withdrawn
            network.tell(Some(id), |record| {
                if deferred {
                    record.begin_silent(); // ACC-62
                } else {
                    record.end_silent(); // ACC-63
                }
                Indication::NOTHING
            });
            Ok(())
        });
    }

    /// An accept call on a watched listener has given its turn back.
    pub(super) fn tell_of_decision(&self) {
        let _ = self.with(|network, id| {
            let pending = network.backlog(id)?.indicates();
            network.tell(Some(id), |record| record.settle_accept(pending)); // ACC-61
            Ok(())
        });
    }

    /// A send on a watched socket has failed for want of room.
    pub(crate) fn wants_room(&self) {
        let _ = self.with(|network, id| {
            if let Some(watching) = &mut network.socket(id)?.watching {
                watching.wants_room = true;
            }
            network.tell_of_room(Some(id));
            Ok(())
        });
    }

    /// An accept call on a watched listener has not looked at the backlog.
    pub(crate) fn enable_accepting(&self) {
        let _ = self.with(|network, id| {
            network.tell_of_request(id);
            Ok(())
        });
    }

    /// A receive on a watched socket has failed for want of data.
    pub(crate) fn enable_reading(&self) {
        let _ = self.with(|network, id| {
            network.enable_reading(id);
            Ok(())
        });
    }
}

impl Network {
    fn watch(
        &mut self,
        id: SocketId,
        watch: &Arc<Watch>,
        target: Target,
        mask: NetworkEvents,
    ) -> Result<()> {
        let is_first = self.socket(id)?.watching.is_none();
        if is_first {
            self.socket(id)?.watching = Some(Watching::new(watch));
            let found = self.found(id);
            let silent = self.socket(id)?.is_silent();
            self.tell(Some(id), |record| {
                if silent {
                    record.begin_silent(); // ACC-65
                }
                record.found(found) // EVT-15 EVT-21
            });
        }
        let holds = self.holds(id);
        self.due.wake(watch.register(target, mask, holds));
        self.note_own_deadline(id);
        Ok(())
    }

    fn inherit_watch(&mut self, id: SocketId, watch: &Arc<Watch>) -> Result<()> {
        let holds = self.holds(id);
        let found = holds.events() - NetworkEvents::WRITE; // that was told by being accepted
        let found = EventReport::new(found, None, holds.error(NetworkEvents::CLOSE));
        self.socket(id)?.watching = Some(Watching::new(watch));
        self.tell(Some(id), |record| record.found(found)); // SKT-10
        Ok(())
    }

    /// What has happened before anybody had registered, as far as it matters still (EVT-15, EVT-21).
    fn found(&self, id: SocketId) -> EventReport {
        let Some(socket) = self.look_at(id) else {
            return EventReport::default();
        };
        let holds = self.holds(id);
        let mut events = holds.events() - NetworkEvents::WRITE;
        match socket.connection.state {
            State::Connected if socket.is_accepted => events |= NetworkEvents::WRITE, // EVT-17
            State::Connected => events |= NetworkEvents::CONNECT | NetworkEvents::WRITE, // EVT-21
            State::Unconnected if socket.failure.is_some() => events |= NetworkEvents::CONNECT,
            _ => {}
        }
        let failure = socket
            .failure
            .filter(|_| socket.connection.state == State::Unconnected);
        EventReport::new(events, failure, holds.error(NetworkEvents::CLOSE))
    }

    /// The conditions that hold now (EVT-16).
    fn holds(&self, id: SocketId) -> EventReport {
        let Some(socket) = self.look_at(id) else {
            return EventReport::default();
        };
        let mut events = NetworkEvents::empty();
        match socket.connection.state {
            State::Listening => {
                let indicates = (socket.backlog.as_deref()).is_some_and(Backlog::indicates);
                events.set(NetworkEvents::ACCEPT, indicates); // ACC-09 ACC-65
            }
            State::Connected => {
                events.set(NetworkEvents::READ, !socket.inbox.is_empty());
                events.set(NetworkEvents::CLOSE, socket.inbox.end.is_some());
                events.set(NetworkEvents::WRITE, self.has_room(socket));
            }
            State::Unconnected | State::Connecting => {}
        }
        EventReport::new(events, None, close_error(socket.inbox.end))
    }

    fn has_room(&self, socket: &Socket) -> bool {
        let peer = socket.peer.and_then(|peer| self.look_at(peer));
        peer.is_some_and(|peer| peer.inbox.has_room_for(socket.unsent) == Ok(true))
            && !socket.connection.send_ended
    }

    /// Changes the record of a socket, if it has one.
    pub(super) fn tell(
        &mut self,
        id: Option<SocketId>,
        change: impl FnOnce(&mut Record) -> Indication,
    ) {
        let watching = id
            .and_then(|id| self.look_at(id))
            .and_then(|socket| socket.watching.as_ref());
        if let Some(watching) = watching {
            let told = watching.watch.change(change);
            self.due.wake(told);
        }
    }

    /// Data has arrived.
    pub(super) fn tell_of_data(&mut self, receiver: SocketId) {
        self.tell(Some(receiver), |record| {
            record.occur(NetworkEvents::READ, None) // EVT-11
        });
    }

    /// A receive has not used anything up, but enables the event again (EVT-12, EVT-14).
    pub(super) fn enable_reading(&mut self, id: SocketId) {
        let left = self
            .look_at(id)
            .is_some_and(|socket| !socket.inbox.is_empty());
        self.tell(Some(id), |record| {
            record.enable(NetworkEvents::READ);
            if left {
                record.occur(NetworkEvents::READ, None)
            } else {
                Indication::NOTHING
            }
        });
    }

    /// There may be room for a send that had found none.
    pub(super) fn tell_of_room(&mut self, sender: Option<SocketId>) {
        let Some(socket) = sender.and_then(|sender| self.look_at(sender)) else {
            return;
        };
        let wants_room = |watching: &Watching| watching.wants_room;
        if socket.watching.as_ref().is_some_and(wants_room) && self.has_room(socket) {
            let socket = sender.and_then(|sender| self.socket(sender).ok());
            if let Some(watching) = socket.and_then(|socket| socket.watching.as_mut()) {
                watching.wants_room = false;
            }
            self.tell(sender, |record| record.occur(NetworkEvents::WRITE, None)); // EVT-17
        }
    }

    /// The connection of a socket may have ended.
    pub(super) fn tell_of_end(&mut self, id: Option<SocketId>) {
        let Some(socket) = id.and_then(|id| self.look_at(id)) else {
            return;
        };
        if let Some(end) = socket.inbox.end {
            self.tell(id, |record| {
                record.occur(NetworkEvents::CLOSE, close_error(Some(end))) // DIS-38 EVT-20
            });
        }
    }

    /// A request has arrived.
    pub(super) fn tell_of_request(&mut self, listener: SocketId) {
        if self.backlog(listener).is_ok_and(|queue| queue.indicates()) {
            self.tell(Some(listener), |record| {
                record.occur(NetworkEvents::ACCEPT, None) // EVT-01 EVT-60
            });
        }
    }

    /// Requests have left the queue; `before` says whether it was to be indicated.
    pub(super) fn tell_of_change(&mut self, listener: SocketId, before: bool) {
        let Ok(queue) = self.backlog(listener) else {
            return;
        };
        let now = queue.indicates();
        self.tell(Some(listener), |record| match (before, now) {
            (false, true) => record.head_withdrawn(), // ACC-64
            (true, false) => {
                record.vanished(NetworkEvents::ACCEPT);
                Indication::NOTHING
            }
            _ => Indication::NOTHING,
        });
    }

    // ---- deadlines

    /// A request was sent. If its client or the listener is watched, somebody may sleep who has to see
    /// it time out.
    pub(super) fn note_watched_deadline(&mut self, client: SocketId, listener: SocketId) {
        let expires = self.look_at(client).and_then(|socket| socket.expires);
        for id in [client, listener] {
            if self
                .look_at(id)
                .is_some_and(|socket| socket.watching.is_some())
            {
                self.note_deadline(id, expires);
            }
        }
    }

    /// The first registration of a client or a listener.
    fn note_own_deadline(&mut self, id: SocketId) {
        let Some(socket) = self.look_at(id) else {
            return;
        };
        let expires = socket.expires.or(socket.first_expiry);
        self.note_deadline(id, expires);
    }

    fn note_deadline(&mut self, id: SocketId, expires: Option<Instant>) {
        let Some(expires) = expires else {
            return;
        };
        if self.next_deadline.is_some_and(|next| next <= expires) {
            return;
        }
        self.next_deadline = Some(expires);
        Provider::start().intake.note_deadline(expires);
        let watching = self.look_at(id).and_then(|socket| socket.watching.as_ref());
        if let Some(watching) = watching {
            let told = watching.watch.awaited(); // they have to sleep shorter
            self.due.wake(told);
        }
    }

    /// Ends the attempts of watched clients, and withdraws the requests at watched listeners, whose
    /// time has come.
    pub(crate) fn expire_watched(&mut self, now: Instant) {
        if self.next_deadline.is_none_or(|next| next > now) {
            return;
        }
        self.next_deadline = None;
        for id in self.watched() {
            self.expire_attempt(id);
            self.expire_all(id);
        }
        for id in self.watched() {
            self.note_own_deadline(id);
        }
    }
}

impl Socket {
    /// The head is deferred or being decided.
    fn is_silent(&self) -> bool {
        self.backlog
            .as_deref()
            .is_some_and(|queue| !queue.is_empty() && !queue.indicates())
    }
}

/// The error that goes with `FD_CLOSE` (DIS-38).
fn close_error(end: Option<End>) -> Option<Error> {
    match end {
        Some(End::Reset | End::Aborted) => Some(Error::ConnAborted),
        Some(End::Graceful) | None => None,
    }
}
