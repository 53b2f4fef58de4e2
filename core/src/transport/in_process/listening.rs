//! The server's side of a connection request.

use std::time::Instant;

use super::{
    descriptors::Direction,
    network::{Network, Socket, SocketId},
};
use crate::{
    Address, Error, InProcessAddress, Qos, Result,
    rules::{
        backlog::{Backlog, Gone, Head, RequestId},
        connection::{Connection, State},
        events::{NetworkEvents, Record},
        user_data::{UserData, UserDataKind},
    },
    transport::{Acceptance, Request},
};

/// A connection request in a backlog. What else there is to know of it stands at its client, who is
/// there as long as the request is.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) client: SocketId,
    /// From the server's point of view.
    pub(super) qos: Option<Box<Qos>>,
}

/// The code for a request that has gone (AMB-22).
fn lost(gone: Gone) -> Error {
    match gone {
        Gone::Withdrawn => Error::Acces, // ACC-22
        Gone::Reset => Error::ConnReset, // ACC-23
    }
}

/// The earlier of two moments, of which one or both may never come.
fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    [one, other].into_iter().flatten().min()
}

impl Network {
    pub(super) fn listen(&mut self, id: SocketId, backlog: usize) -> Result<()> {
        let socket = self.socket(id)?;
        socket.connection.check_listen()?;
        socket.connection.state = State::Listening;
        let indicated = socket.backlog.as_deref().is_some_and(Backlog::indicates);
        let dropped = match &mut socket.backlog {
            Some(queue) => queue.set_limit(backlog), // LSN-25
            empty @ None => {
                *empty = Some(Box::new(Backlog::new(backlog)));
                Vec::new()
            }
        };
        let port = socket.local.ok_or(Error::Inval)?.port;
        self.set_listener(port, id);
        for pending in dropped {
            self.fail_attempt(pending.client, Error::ConnRefused, &[]); // LSN-26
        }
        self.tell_of_change(id, indicated);
        self.wake_all(Some(id), Direction::Read);
        Ok(())
    }

    /// The backlog of a listener.
    pub(super) fn backlog(&mut self, listener: SocketId) -> Result<&mut Backlog<Pending>> {
        let backlog = self.socket(listener)?.backlog.as_deref_mut();
        backlog.ok_or(Error::Inval)
    }

    /// The client of a request that is undecided.
    fn client(&self, listener: SocketId, request: RequestId) -> Option<&Socket> {
        let backlog = self.look_at(listener)?.backlog.as_deref()?;
        self.look_at(backlog.get(request)?.client)
    }

    /// Takes the head and fills in what it says, or says that there is nothing to take yet.
    pub(super) fn take(
        &mut self,
        listener: SocketId,
        request: &mut Request,
    ) -> Option<Result<RequestId>> {
        self.expire_head(listener);
        let room = self.check_room();
        let queue = self.backlog(listener).ok()?;
        if let Err(error) = room
            && queue.peek().is_some()
        {
            return Some(Err(error)); // ACC-24 LSN-27
        }
        let head = queue.take();
        let taken = match head {
            Head::Taken(id) => self.describe(listener, id, request).map(|()| id),
            Head::Gone(gone) => Err(lost(gone)), // ACC-22 ACC-23 ACC-64
            Head::Empty | Head::Busy => return None,
        };
        self.tell(Some(listener), Record::head_taken); // EVT-18 ACC-62
        self.wake_all(Some(listener), Direction::Read);
        Some(taken)
    }

    /// A copy of what the request says, for the condition function (ACC-43).
    fn describe(&self, listener: SocketId, id: RequestId, request: &mut Request) -> Result<()> {
        let socket = self.look_at(listener).ok_or(Error::NotSock)?;
        let callee = InProcessAddress {
            node: InProcessAddress::LOCAL, // ACC-35
            ..socket.local.ok_or(Error::Inval)?
        };
        let queue = socket.backlog.as_deref().ok_or(Error::Inval)?;
        let pending = queue.get(id).ok_or(Error::Acces)?;
        let client = self.look_at(pending.client).ok_or(Error::Acces)?;
        let data = Some(&*client.connect_data).filter(|data| !data.is_empty()); // ACC-31
        request.caller = client.local.ok_or(Error::Acces)?.into();
        request.callee = callee.into();
        request.caller_data = data.map(UserData::from_slice);
        request.qos = pending.qos.as_deref().copied();
        Ok(())
    }

    /// Ends the life of a request that has been decided.
    fn decide(&mut self, listener: SocketId, token: RequestId) -> Result<Pending> {
        self.expire(listener, token);
        let decided = self.backlog(listener)?.decide(token).map_err(lost); // LSN-32
        self.wake_all(Some(listener), Direction::Read); // ACC-61 ACC-63
        decided
    }

    pub(super) fn admit(
        &mut self,
        listener: SocketId,
        token: RequestId,
        request: &Request,
        acceptance: &Acceptance<'_>,
    ) -> Result<SocketId> {
        let Pending { client, .. } = self.decide(listener, token)?;
        let (Address::InProcess(local), Address::InProcess(remote)) =
            (request.callee.address(), request.caller.address())
        else {
            return Err(Error::Inval);
        };
        let socket = self.look_at(listener).ok_or(Error::NotSock)?;
        let answer = socket.outgoing(acceptance.callee_data, UserDataKind::Connect); // UDA-18 UDA-19
        let answer = UserData::from_slice(answer);
        let room = socket.connect_room();
        let message_oriented = socket.inbox.is_message_oriented();
        let accepted = match self.insert(Connection::ACCEPTED, message_oriented) {
            Ok(accepted) => accepted,
            Err(error) => {
                self.fail_attempt(client, Error::ConnRefused, &[]);
                return Err(error);
            }
        };
        let established = self.clock.seconds(); // SKT-20
        let server = self.socket(accepted)?;
        server.established = established;
        let caller_data = request.caller_data.as_deref().unwrap_or_default();
        server.arrive(UserData::from_slice(caller_data), room); // UDA-17
        server.is_accepted = true;
        server.local = Some(local);
        server.remote = Some(remote);
        server.peer = Some(client);
        server.qos = acceptance.qos.map(|qos| Box::new(*qos)); // QOS-06
        let socket = self.socket(client)?;
        socket.request = None;
        socket.expires = None;
        socket.failure = None; // HND-27
        socket.connection.state = State::Connected;
        socket.connection.bound = true; // LSN-08
        socket.peer = Some(accepted);
        socket.established = established;
        socket.arrive(answer, socket.connect_room()); // UDA-05 UDA-16
        socket.hand_out_callee_data(); // CON-25
        socket.qos = acceptance.qos.map(|qos| Box::new(qos.turned_round()));
        self.tell(Some(client), |record| {
            let connected = record.occur(NetworkEvents::CONNECT, None); // CON-25
            connected.and(record.occur(NetworkEvents::WRITE, None)) // EVT-17
        });
        self.wake_all(Some(client), Direction::Write);
        self.wake_all(Some(client), Direction::Read);
        Ok(accepted)
    }

    pub(super) fn refuse(
        &mut self,
        listener: SocketId,
        token: RequestId,
        data: &[u8],
    ) -> Result<()> {
        let pending = self.decide(listener, token)?;
        self.fail_attempt(pending.client, Error::ConnRefused, data); // CON-08 ACC-44
        Ok(())
    }

    pub(super) fn put_back(
        &mut self,
        listener: SocketId,
        token: RequestId,
        deferred: bool,
    ) -> Result<()> {
        self.expire(listener, token);
        let kept = self
            .backlog(listener)?
            .put_back(token, deferred)
            .map_err(lost);
        let client = self.client(listener, token);
        self.note_expiry(listener, client.and_then(|client| client.expires))?;
        self.wake_all(Some(listener), Direction::Read);
        kept
    }

    /// Withdraws heads whose clients have timed out.
    fn expire_head(&mut self, listener: SocketId) {
        while let Ok(queue) = self.backlog(listener)
            && let Some((id, _)) = queue.peek()
            && self.expire(listener, id)
        {}
    }

    /// Withdraws a request if its client has timed out, and says whether it has.
    fn expire(&mut self, listener: SocketId, id: RequestId) -> bool {
        let expires = (self.client(listener, id)).and_then(|client| client.expires);
        let is_due = expires.is_some_and(|expires| self.clock.has_passed(expires));
        if is_due {
            self.time_out(listener, id); // ACC-60
        }
        is_due
    }

    /// A request that times out then has come into the backlog.
    pub(super) fn note_expiry(
        &mut self,
        listener: SocketId,
        expires: Option<Instant>,
    ) -> Result<()> {
        let first = &mut self.socket(listener)?.first_expiry;
        *first = earlier(*first, expires);
        Ok(())
    }

    /// Makes room in a full backlog by withdrawing every request that has timed out. Looks at them
    /// only if one can have, because they may be many.
    pub(super) fn expire_all(&mut self, listener: SocketId) {
        let first = (self.look_at(listener)).and_then(|socket| socket.first_expiry);
        if !first.is_some_and(|first| self.clock.has_passed(first)) {
            return;
        }
        let Ok(queue) = self.backlog(listener) else {
            return;
        };
        let queued: Vec<RequestId> = queue.queued().collect();
        let mut first = None;
        for id in queued {
            if !self.expire(listener, id) {
                let client = self.client(listener, id);
                first = earlier(first, client.and_then(|client| client.expires));
            }
        }
        if let Ok(socket) = self.socket(listener) {
            socket.first_expiry = first;
        }
    }

    fn time_out(&mut self, listener: SocketId, id: RequestId) {
        let Ok(queue) = self.backlog(listener) else {
            return;
        };
        let before = queue.indicates();
        if let Some(pending) = queue.withdraw(id, Gone::Withdrawn) {
            self.tell_of_change(listener, before);
            self.fail_attempt(pending.client, Error::TimedOut, &[]); // CON-10 LSN-04
            self.wake_all(Some(listener), Direction::Read);
        }
    }
}
