//! How a request travels through an accept call.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use super::{
    process::Provider,
    turn::{Holding, Turn, inside_condition},
    watch::Watch,
};
use crate::{
    Address, Credentials, Decision, Error, Qos, Result,
    rules::user_data::{self, UserData},
    transport::{Acceptance, Accepting, Endpoint, Mode, Request, Token},
};

/// What a condition function is told about the connection request at the head of the backlog, and
/// what it may answer besides its decision.
///
/// It is valid while the condition function runs (ACC-42); nothing that is done with it changes the
/// request (ACC-43).
pub struct ConditionArgs<'a> {
    request: &'a Request,
    capacity: usize,
    callee_data: UserData,
    /// What the condition function has assigned.
    granted: Option<Qos>,
}

impl ConditionArgs<'_> {
    /// The address of the connecting entity (ACC-12, ACC-30).
    pub fn caller_id(&self) -> Address {
        self.request.caller // ACC-12 ACC-30
    }

    /// The local address that the caller has connected to; the accepted socket will have it
    /// (ACC-35).
    pub fn callee_id(&self) -> Address {
        self.request.callee // ACC-35
    }

    /// The user data that came with the request; nothing if none came (ACC-13, ACC-31, ACC-32).
    pub fn caller_data(&self) -> Option<&[u8]> {
        self.request.caller_data.as_deref() // ACC-31 ACC-32
    }

    /// How much callee data can be sent back, in bytes; 0 where the entry carries none (ACC-36,
    /// ACC-37).
    pub fn callee_capacity(&self) -> usize {
        self.capacity // ACC-36 ACC-37
    }

    /// The quality of service that the caller asks for, from the server's point of view, with what
    /// [`set_qos`](Self::set_qos) has changed; nothing if it asked for none (ACC-33, QOS-05).
    pub fn qos(&self) -> Option<Qos> {
        self.granted.or(self.request.qos) // ACC-33
    }

    /// The user of the calling process, where the entry knows it (ACC-73).
    pub fn credentials(&self) -> Option<Credentials> {
        self.find_credentials().map(|find| find())
    }

    /// What finds them out, for bindings: it takes system calls, and few condition functions ask.
    #[doc(hidden)]
    pub fn find_credentials(&self) -> Option<fn() -> Credentials> {
        match self.request.caller {
            Address::InProcess(_) => Some(Credentials::own), // ACC-73: the caller is this process
            Address::Ip(_) => None,
        }
    }

    /// Whether there is nothing to look at but addresses, and nothing to supply, as on plain TCP.
    pub fn has_only_addresses(&self) -> bool {
        self.capacity == 0 && self.request.caller_data.is_none() && self.request.qos.is_none()
    }

    /// Supplies the callee data: sent with an acceptance, or as the disconnect data of a refusal;
    /// dropped with a deferral (ACC-38, ACC-44). The last call counts; empty data means none.
    ///
    /// # Errors
    /// [`Error::Fault`] beyond [`callee_capacity`](Self::callee_capacity); what was supplied before
    /// stays (ACC-39).
    pub fn set_callee_data(&mut self, data: &[u8]) -> Result<()> {
        user_data::check_outgoing(data, self.capacity)?; // ACC-39
        self.callee_data = UserData::from_slice(data);
        Ok(())
    }

    /// Assigns the quality of service of the connection, from the server's point of view; it takes
    /// effect with an acceptance (QOS-02, QOS-06).
    ///
    /// # Errors
    /// [`Error::OpNotSupp`] if the caller asked for none or it cannot be carried.
    pub fn set_qos(&mut self, qos: Qos) -> Result<()> {
        if self.request.qos.is_none() {
            return Err(Error::OpNotSupp);
        }
        qos.check()?;
        self.granted = Some(qos);
        Ok(())
    }
}

impl fmt::Debug for ConditionArgs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConditionArgs")
            .field("caller_id", &self.request.caller)
            .field("callee_id", &self.request.callee)
            .field("caller_data", &self.request.caller_data)
            .field("qos", &self.qos())
            .finish_non_exhaustive()
    }
}

/// A listener as an accept call sees it.
pub(crate) struct Listening<'a> {
    pub(crate) provider: &'static Provider,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) turn: &'a Turn,
    /// How much callee data the entry carries.
    pub(crate) capacity: usize,
    /// There once somebody has registered for events of the listener.
    pub(crate) watch: &'a OnceLock<Arc<Watch>>,
}

impl Listening<'_> {
    /// Takes the head request, shows it to `condition` and carries the decision out. At most one
    /// request is examined and the function called at most once (ACC-26). `nonblocking` is asked
    /// for the mode of the accepted socket at the moment of acceptance (SKT-06).
    pub(crate) fn accept(
        &self,
        condition: impl FnOnce(&mut ConditionArgs<'_>) -> Result<Decision>,
        nonblocking: impl FnOnce() -> bool,
        mode: Mode<'_>,
    ) -> Result<Endpoint> {
        let holding = self.turn.begin(mode.blocking, &mode.wait)?; // ACC-55
        let mut request = Request::default();
        let is_held = holding.finds_held();
        let token = match self.endpoint.take(is_held, mode, &mut request) {
            Ok(token) => token,
            Err(error) => {
                holding.finish(self.endpoint.holds_head());
                self.settle(false);
                return Err(error);
            }
        };
        holding.deciding();
        let shown = Shown {
            listening: self,
            request: &request,
            token: Some(token),
            holding: Some(holding),
            was_put_back: false,
            was_deferred: false,
        };
        if self.turn.is_closed() {
            return Err(shown.refuse(&[])); // ACC-57: closed between the arrival and the question
        }
        let mut args = ConditionArgs {
            request: &request,
            capacity: self.capacity,
            callee_data: UserData::new(),
            granted: None,
        };
        match self.ask(condition, &mut args) {
            Err(error) => Err(shown.put_back(false).unwrap_or(error)), // ACC-21 ACC-39 GRP-04
            Ok(Decision::Accept) => shown.admit(&Acceptance {
                callee_data: &args.callee_data,
                qos: args.granted.as_ref().or(request.qos.as_ref()),
                nonblocking: nonblocking(),
            }),
            Ok(Decision::Reject) => Err(shown.refuse(&args.callee_data)),
            Ok(Decision::Defer) => Err(shown.put_back(true).unwrap_or(Error::TryAgain)), // ACC-19
        }
    }

    /// The call has ended and the turn was given back: those who have registered are told how the
    /// listener stands.
    fn settle(&self, deferred: bool) {
        if self.watch.get().is_some() {
            self.endpoint.settle_accept(deferred);
        }
    }

    /// Calls the condition function, on this thread and with nothing locked (ACC-25).
    fn ask(
        &self,
        condition: impl FnOnce(&mut ConditionArgs<'_>) -> Result<Decision>,
        args: &mut ConditionArgs<'_>,
    ) -> Result<Decision> {
        inside_condition(self.turn, || condition(args))
    }
}

/// A request while it is shown to a condition function. If the function ends abnormally the request
/// goes back to its place, undecided (ACC-59).
struct Shown<'s> {
    listening: &'s Listening<'s>,
    request: &'s Request,
    token: Option<Token>,
    holding: Option<Holding<'s>>,
    was_put_back: bool,
    was_deferred: bool,
}

impl Shown<'_> {
    fn endpoint(&self) -> &Endpoint {
        self.listening.endpoint
    }

    /// The request, unless another thread has closed the listener meanwhile: then the decision is
    /// void and the caller refused (ACC-58).
    fn decided(&mut self) -> Result<Token> {
        let token = self.token.take().ok_or(Error::SyscallFailure)?;
        // A condition function that has forked: in the child the request is not to be decided.
        self.listening.provider.check_process()?;
        if self.listening.turn.is_closed() {
            // The refusal cannot fail in a way that matters: the client is gone or refused.
            let _ = self.endpoint().refuse(token, &[]);
            return Err(Error::Intr); // ACC-58
        }
        Ok(token)
    }

    fn admit(mut self, acceptance: &Acceptance<'_>) -> Result<Endpoint> {
        let token = self.decided()?;
        let admitted = self.endpoint().admit(token, self.request, acceptance);
        admitted.map_err(|error| self.unless_closed(error))
    }

    fn refuse(mut self, data: &[u8]) -> Error {
        match self
            .decided()
            .and_then(|token| self.endpoint().refuse(token, data))
        {
            Ok(()) => Error::ConnRefused, // ACC-18
            Err(error) => self.unless_closed(error),
        }
    }

    /// Puts the request back; says what else has happened to it, if anything.
    fn put_back(mut self, deferred: bool) -> Option<Error> {
        let token = match self.decided() {
            Ok(token) => token,
            Err(error) => return Some(error),
        };
        let lost = self
            .endpoint()
            .put_back(token, self.request, deferred)
            .err();
        self.was_put_back = true;
        self.was_deferred = deferred && lost.is_none();
        self.finish();
        lost.map(|error| self.unless_closed(error))
            .or_else(|| self.closed())
    }

    fn closed(&self) -> Option<Error> {
        self.listening.turn.is_closed().then_some(Error::Intr)
    }

    fn unless_closed(&self, error: Error) -> Error {
        self.closed().unwrap_or(error)
    }

    /// Gives the turn back. If the listener was closed in between, nobody else will see the head
    /// that was put back.
    fn finish(&mut self) {
        let Some(holding) = self.holding.take() else {
            return;
        };
        let held = self.was_put_back && self.endpoint().holds_head();
        holding.finish(held);
        self.listening.settle(self.was_deferred);
        if held && self.listening.turn.is_closed() {
            self.endpoint().drop_head();
        }
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if self.listening.provider.check_process().is_err() {
            return; // in a child that the condition function forked
        }
        if let Some(token) = self.token.take() {
            // ACC-59; a request that has been withdrawn meanwhile needs no place.
            let _ = self.endpoint().put_back(token, self.request, false);
            self.was_put_back = true;
        }
        self.finish();
    }
}
