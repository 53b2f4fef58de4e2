//! The server's side of a connection request.

use std::time::Instant;

use super::{
    InProcess,
    descriptors::Direction,
    network::{Network, Socket, SocketId},
};
use crate::{
    Address, Error, InProcessAddress, Qos, Result,
    rules::{
        backlog::{Backlog, Gone, Head, RequestId},
        connection::{Connection, State},
        user_data::{UserData, UserDataKind},
    },
    transport::{Acceptance, Request, Token},
};

/// A connection request in a backlog.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) client: SocketId,
    pub(super) caller: InProcessAddress,
    pub(super) caller_data: UserData,
    /// From the server's point of view.
    pub(super) qos: Option<Qos>,
    pub(super) expires: Option<Instant>,
}

/// The code for a request that has gone (AMB-22).
fn lost(gone: Gone) -> Error {
    match gone {
        Gone::Withdrawn => Error::Acces, // ACC-22
        Gone::Reset => Error::ConnReset, // ACC-23
    }
}

impl Token {
    fn queued(&self) -> Result<RequestId> {
        match self {
            Self::Queued(id) => Ok(*id),
            Self::Kernel { .. } => Err(Error::SyscallFailure),
        }
    }
}

impl Network {
    pub(super) fn listen(&mut self, id: SocketId, backlog: usize) -> Result<()> {
        let socket = self.socket(id)?;
        socket.connection.check_listen()?;
        socket.connection.state = State::Listening;
        let dropped = match &mut socket.backlog {
            Some(queue) => queue.set_limit(backlog), // LSN-25
            empty @ None => {
                *empty = Some(Backlog::new(backlog));
                Vec::new()
            }
        };
        let port = socket.local.ok_or(Error::Inval)?.port;
        self.set_listener(port, id);
        for pending in dropped {
            self.fail_attempt(pending.client, Error::ConnRefused, &[]); // LSN-26
        }
        self.wake_all(Some(id), Direction::Read);
        Ok(())
    }

    /// The backlog of a listener.
    fn backlog(&mut self, listener: SocketId) -> Result<&mut Backlog<Pending>> {
        self.socket(listener)?.backlog.as_mut().ok_or(Error::Inval)
    }

    /// Takes the head, or says that there is nothing to take yet.
    pub(super) fn take(
        &mut self,
        listener: SocketId,
        now: impl FnOnce() -> Instant,
    ) -> Option<Result<(Token, Request)>> {
        self.expire_head(listener, now);
        let room = self.check_room();
        let queue = self.backlog(listener).ok()?;
        if let Err(error) = room
            && queue.peek().is_some()
        {
            return Some(Err(error)); // ACC-24 LSN-27
        }
        let head = queue.take();
        let taken = match head {
            Head::Taken(id) => self
                .describe(listener, id)
                .map(|request| (Token::Queued(id), request)),
            Head::Gone(gone) => Err(lost(gone)), // ACC-22 ACC-23 ACC-64
            Head::Empty | Head::Busy => return None,
        };
        self.wake_all(Some(listener), Direction::Read);
        Some(taken)
    }

    /// A copy of what the request says, for the condition function (ACC-43).
    fn describe(&mut self, listener: SocketId, id: RequestId) -> Result<Request> {
        let socket = self.socket(listener)?;
        let callee = InProcessAddress {
            node: InProcessAddress::LOCAL, // ACC-35
            ..socket.local.ok_or(Error::Inval)?
        };
        let pending = socket
            .backlog
            .as_ref()
            .and_then(|queue| queue.get(id))
            .ok_or(Error::Acces)?;
        let data = Some(&pending.caller_data).filter(|data| !data.is_empty()); // ACC-31
        Ok(Request {
            caller: Address::InProcess(pending.caller),
            callee: Address::InProcess(callee),
            caller_data: data.cloned(),
            qos: pending.qos,
        })
    }

    /// Ends the life of a request that has been decided.
    fn decide(&mut self, listener: SocketId, token: &Token) -> Result<Pending> {
        self.expire(listener, token.queued()?, Instant::now);
        let decided = self
            .backlog(listener)?
            .decide(token.queued()?)
            .map_err(lost); // LSN-32
        self.wake_all(Some(listener), Direction::Read); // ACC-61 ACC-63
        decided
    }

    pub(super) fn admit(
        &mut self,
        listener: SocketId,
        token: &Token,
        request: &Request,
        acceptance: &Acceptance<'_>,
    ) -> Result<InProcess> {
        let mut pending = self.decide(listener, token)?;
        let Address::InProcess(callee) = request.callee else {
            return Err(Error::Inval);
        };
        let Socket {
            inbox,
            option_data: options,
            ..
        } = self.socket(listener)?;
        let answer = options.outgoing(acceptance.callee_data, UserDataKind::Connect); // UDA-18 UDA-19
        let answer = UserData::from_slice(answer);
        let mut server = Socket::new(Connection::ACCEPTED, inbox.is_message_oriented());
        server.option_data = options.of_accepted(&pending.caller_data); // UDA-17
        server.local = Some(callee);
        server.remote = Some(pending.caller);
        server.peer = Some(pending.client);
        server.qos = acceptance.qos; // QOS-06
        pending.qos = acceptance.qos.map(|qos| qos.turned_round());
        let accepted = match self.insert(server) {
            Ok(accepted) => accepted,
            Err(error) => {
                self.fail_attempt(pending.client, Error::ConnRefused, &[]);
                return Err(error);
            }
        };
        let client = self.socket(pending.client)?;
        client.request = None;
        client.expires = None;
        client.failure = None; // HND-27
        client.connection.state = State::Connected;
        client.connection.bound = true; // LSN-08
        client.peer = Some(accepted.id);
        client.option_data.arrive(&answer); // UDA-16
        client.callee_data = answer; // UDA-05
        client.qos = pending.qos;
        self.wake_all(Some(pending.client), Direction::Write);
        self.wake_all(Some(pending.client), Direction::Read);
        Ok(accepted)
    }

    pub(super) fn refuse(&mut self, listener: SocketId, token: &Token, data: &[u8]) -> Result<()> {
        let pending = self.decide(listener, token)?;
        self.fail_attempt(pending.client, Error::ConnRefused, data); // CON-08 ACC-44
        Ok(())
    }

    pub(super) fn put_back(
        &mut self,
        listener: SocketId,
        token: &Token,
        deferred: bool,
    ) -> Result<()> {
        self.expire(listener, token.queued()?, Instant::now);
        let kept = self
            .backlog(listener)?
            .put_back(token.queued()?, deferred)
            .map_err(lost);
        self.wake_all(Some(listener), Direction::Read);
        kept
    }

    /// Withdraws heads whose clients have timed out.
    fn expire_head(&mut self, listener: SocketId, now: impl FnOnce() -> Instant) {
        let mut now = Some(now);
        let mut time = None;
        while let Some((id, Some(expires))) = self
            .backlog(listener)
            .ok()
            .and_then(|queue| queue.peek().map(|(id, pending)| (id, pending.expires)))
        {
            let time =
                *time.get_or_insert_with(|| now.take().map_or_else(Instant::now, |now| now()));
            if expires > time {
                return;
            }
            self.time_out(listener, id);
        }
    }

    /// Withdraws a request if its client has timed out.
    fn expire(&mut self, listener: SocketId, id: RequestId, now: impl FnOnce() -> Instant) {
        let Ok(queue) = self.backlog(listener) else {
            return;
        };
        let expires = queue.get(id).and_then(|pending| pending.expires);
        if expires.is_some_and(|expires| expires <= now()) {
            self.time_out(listener, id); // ACC-60
        }
    }

    /// Makes room in a full backlog by withdrawing every request that has timed out.
    pub(super) fn expire_all(&mut self, listener: SocketId, now: Instant) {
        let Ok(queue) = self.backlog(listener) else {
            return;
        };
        let is_due = |id: &RequestId| {
            queue
                .get(*id)
                .and_then(|pending| pending.expires)
                .is_some_and(|expires| expires <= now)
        };
        let due: Vec<RequestId> = queue.queued().filter(is_due).collect();
        for id in due {
            self.time_out(listener, id);
        }
    }

    fn time_out(&mut self, listener: SocketId, id: RequestId) {
        let Ok(queue) = self.backlog(listener) else {
            return;
        };
        if let Some(pending) = queue.withdraw(id, Gone::Withdrawn) {
            self.fail_attempt(pending.client, Error::TimedOut, &[]); // CON-10 LSN-04
            self.wake_all(Some(listener), Direction::Read);
        }
    }
}
