//! The client's side of a connection request.

use super::{
    InProcess,
    descriptors::Direction,
    in_process,
    listening::Pending,
    network::{Network, SocketId},
};
use crate::{
    Error, InProcessAddress, Result,
    rules::{
        backlog::Gone,
        connection::State,
        events::{Indication, NetworkEvents},
        user_data::{UserData, UserDataKind},
    },
    transport::{Mode, Outgoing},
};

impl InProcess {
    /// Sends a connection request; a blocking call waits for the decision (CON-02).
    pub(super) fn request_connection(&self, outgoing: &Outgoing<'_>, mode: Mode<'_>) -> Result<()> {
        // Two steps: where both threads share a core the server may decide in between, and then nobody
        // sleeps and nobody is woken.
        self.with(|network, id| network.send_request(id, outgoing, mode.blocking))?;
        if !mode.blocking {
            return Err(Error::WouldBlock); // CON-05
        }
        let wait = mode.wait.no_later_than(outgoing.expires);
        let mode = Mode {
            wait: &wait,
            ..mode
        };
        self.await_decision(mode)
            .or_else(|error| self.give_up(error))
    }

    /// Waits until the attempt has ended.
    pub(super) fn await_decision(&self, mode: Mode<'_>) -> Result<()> {
        self.wait(Direction::Write, mode, Network::decision)
    }

    /// A blocking call ends without a decision, or with a refusal. A decision that has come since
    /// its wait ended counts: nothing is withdrawn that has been decided.
    fn give_up(&self, error: Error) -> Result<()> {
        let ended = self.with(|network, id| {
            let state = network.socket(id)?.connection.state;
            if state == State::Connecting {
                network.withdraw_request(id, Gone::Withdrawn); // CON-10
                network.fail_attempt(id, error, &[]);
            }
            let socket = network.socket(id)?;
            let failure = if std::mem::take(&mut socket.awaited) {
                socket.failure.take() // HND-27 CON-19: the caller is told
            } else {
                None
            };
            Ok(match state {
                State::Connected => Ok(()),
                _ => Err(failure.unwrap_or(error)),
            })
        });
        ended.unwrap_or(Err(error)) // closed by another thread
    }
}

/// Checks a request before anything is sent.
fn check(network: &mut Network, id: SocketId, outgoing: &Outgoing<'_>) -> Result<InProcessAddress> {
    network.socket(id)?.connection.check_connect()?;
    let destination = in_process(outgoing.destination)?;
    outgoing.destination.check_destination()?;
    if let Some(qos) = outgoing.qos {
        qos.check()?; // CON-29
    }
    Ok(destination)
}

impl Network {
    /// Checks and sends a request.
    fn send_request(
        &mut self,
        id: SocketId,
        outgoing: &Outgoing<'_>,
        blocking: bool,
    ) -> Result<()> {
        let destination = check(self, id, outgoing)?;
        let request = self.request(id, destination, outgoing);
        request.map_err(|error| self.fail_at_once(id, error, blocking))?;
        let socket = self.socket(id)?;
        socket.awaited = blocking;
        if let Some(receiver) = outgoing.receiver.filter(|_| !blocking) {
            socket.expect_callee_data(receiver());
        }
        Ok(())
    }

    /// How the attempt has ended, if it has.
    fn decision(&mut self, id: SocketId) -> Option<Result<()>> {
        self.expire_attempt(id);
        let socket = self.socket(id).ok()?;
        match socket.connection.state {
            State::Connecting => None, // CON-02 CON-20
            State::Connected => Some(Ok(())),
            State::Unconnected | State::Listening => {
                let error = socket.failure.unwrap_or(Error::NotConn);
                if socket.awaited {
                    socket.failure = None; // HND-27 CON-19: the caller is told
                    socket.awaited = false;
                }
                Some(Err(error))
            }
        }
    }

    /// Puts a request into the queue of the listener at `destination`.
    fn request(
        &mut self,
        id: SocketId,
        destination: InProcessAddress,
        outgoing: &Outgoing<'_>,
    ) -> Result<()> {
        self.bind_implicitly(id)?; // LSN-08
        self.tell(Some(id), |record| {
            record.attempt_begins();
            Indication::NOTHING
        });
        let socket = self.socket(id)?;
        socket.remote = Some(destination); // CON-31
        socket.inbox.disconnect_data = None; // that of an earlier refusal
        socket.connect_data =
            UserData::from_slice(socket.outgoing(outgoing.caller_data, UserDataKind::Connect));
        let qos = outgoing.qos.or(socket.qos.as_deref()); // QOS-08
        let qos = qos.map(|qos| Box::new(qos.turned_round())); // QOS-05
        let message_oriented = socket.inbox.is_message_oriented();
        let listener = self
            .listener_at(destination, message_oriented)
            .ok_or(Error::ConnRefused)?; // CON-09
        if self.backlog(listener)?.is_full() {
            self.expire_all(listener);
        }
        let pending = Pending { client: id, qos };
        let pushed = self.backlog(listener)?.push(pending);
        let request = pushed.map_err(|_| Error::ConnRefused)?; // LSN-22
        self.note_expiry(listener, outgoing.expires)?;
        let socket = self.socket(id)?;
        socket.connection.state = State::Connecting;
        socket.request = Some((listener, request));
        socket.expires = outgoing.expires;
        self.tell_of_request(listener);
        self.note_watched_deadline(id, listener);
        self.wake_all(Some(listener), Direction::Read);
        Ok(())
    }

    /// The request could not even be queued. A non-blocking caller is told the same way as of any
    /// other refusal.
    fn fail_at_once(&mut self, id: SocketId, error: Error, blocking: bool) -> Error {
        if blocking {
            if let Ok(socket) = self.socket(id) {
                socket.failure = None; // CON-19
            }
        } else {
            self.fail_attempt(id, error, &[]);
        }
        error
    }

    /// Ends a client's attempt with an error, and with the data of a refusal.
    pub(super) fn fail_attempt(&mut self, client: SocketId, error: Error, data: &[u8]) {
        let Ok(socket) = self.socket(client) else {
            return;
        };
        socket.request = None;
        socket.expires = None;
        socket.connection.state = State::Unconnected; // CON-11
        socket.failure = Some(error);
        socket.forget_callee_data();
        let is_awaited = socket.awaited;
        if !data.is_empty() {
            socket.inbox.disconnect_data = Some(UserData::from_slice(data)); // ACC-44
        }
        if !is_awaited {
            self.tell(Some(client), |record| {
                record.occur(NetworkEvents::CONNECT, Some(error))
            }); // EVT-29
        }
        self.wake_all(Some(client), Direction::Write);
        self.wake_all(Some(client), Direction::Read);
    }

    /// Takes a client's undecided request out of the queue.
    pub(super) fn withdraw_request(&mut self, client: SocketId, why: Gone) {
        let Some((listener, request)) = self
            .socket(client)
            .ok()
            .and_then(|socket| socket.request.take())
        else {
            return;
        };
        if let Ok(queue) = self.backlog(listener) {
            let before = queue.indicates();
            queue.withdraw(request, why); // LSN-31 LSN-33 ACC-64
            self.tell_of_change(listener, before);
            self.wake_all(Some(listener), Direction::Read);
        }
    }

    /// Ends an attempt whose time has passed; there is no thread that would.
    pub(super) fn expire_attempt(&mut self, client: SocketId) {
        let expires = self.look_at(client).and_then(|socket| socket.expires);
        if expires.is_some_and(|expires| self.clock.has_passed(expires)) {
            self.withdraw_request(client, Gone::Withdrawn); // LSN-04
            self.fail_attempt(client, Error::TimedOut, &[]); // CON-10
        }
    }
}
