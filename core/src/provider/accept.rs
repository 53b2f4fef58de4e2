//! How a request travels through an accept call.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use super::{
    process::Provider,
    turn::{Asked, Holding, Turn, inside_condition},
    watch::Watch,
};
use crate::{
    Address, Credentials, Decision, Error, Qos, Result,
    address::Sockaddr,
    rules::user_data::{self, UserData},
    transport::{Acceptance, Accepting, Mode, Request},
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
        self.request.caller.address() // ACC-12 ACC-30
    }

    /// The same as a `sockaddr`, for bindings.
    #[doc(hidden)]
    pub fn caller_sockaddr(&self) -> &Sockaddr {
        &self.request.caller
    }

    /// The local address that the caller has connected to; the accepted socket will have it
    /// (ACC-35).
    pub fn callee_id(&self) -> Address {
        self.request.callee.address() // ACC-35
    }

    /// The same as a `sockaddr`, for bindings.
    #[doc(hidden)]
    pub fn callee_sockaddr(&self) -> &Sockaddr {
        &self.request.callee
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
        match self.asked() {
            Asked::OwnProcess => Some(Credentials::own()),
            _ => None,
        }
    }

    fn asked(&self) -> Asked {
        if self.request.caller.is_in_process() {
            Asked::OwnProcess // ACC-73: the caller is this process
        } else {
            Asked::Stranger
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
pub(crate) struct Listening<'a, A> {
    pub(crate) provider: &'static Provider,
    pub(crate) transport: &'a A,
    pub(crate) turn: &'a Turn,
    /// How much callee data the entry carries.
    pub(crate) capacity: usize,
    /// There once somebody has registered for events of the listener.
    pub(crate) watch: &'a OnceLock<Arc<Watch>>,
}

impl<A: Accepting> Listening<'_, A> {
    /// Takes the head request, shows it to `condition` and carries the decision out. At most one
    /// request is examined and the function called at most once (ACC-26). `nonblocking` is asked
    /// for the mode of the accepted socket at the moment of acceptance (SKT-06). `request` is filled
    /// in.
    pub(crate) fn accept(
        &self,
        condition: impl FnOnce(&mut ConditionArgs<'_>) -> Result<Decision>,
        nonblocking: impl FnOnce() -> bool,
        mode: Mode<'_>,
        request: &mut Request,
    ) -> Result<A::Accepted> {
        let mut holding = self.turn.begin(mode.blocking, mode.wait)?; // ACC-55
        let is_held = holding.finds_held();
        let token = match self.transport.take(is_held, mode, request) {
            Ok(token) => token,
            Err(error) => {
                self.end_turn(holding, self.transport.holds_head());
                return Err(error);
            }
        };
        holding.deciding();
        if self.turn.is_closed() {
            return Err(self.refuse(token, holding, &[])); // ACC-57: before the question
        }
        let mut args = ConditionArgs {
            request,
            capacity: self.capacity,
            callee_data: UserData::new(),
            granted: None,
        };
        let mut kept = Kept {
            listening: self,
            request,
            taken: Some((token, holding)),
        };
        let answer = self.ask(condition, &mut args);
        let Some((token, holding)) = kept.taken.take() else {
            return Err(Error::SyscallFailure); // nobody else takes it
        };
        match answer {
            Ok(Decision::Accept) => {
                let acceptance = Acceptance {
                    callee_data: &args.callee_data,
                    qos: args.granted.as_ref().or(request.qos.as_ref()),
                    nonblocking: nonblocking(),
                };
                self.admit(token, holding, request, &acceptance)
            }
            Ok(Decision::Reject) => Err(self.refuse(token, holding, &args.callee_data)),
            Ok(Decision::Defer) => {
                let lost = self.put_back(token, holding, request, true);
                Err(lost.unwrap_or(Error::TryAgain)) // ACC-19
            }
            Err(error) => {
                let lost = self.put_back(token, holding, request, false);
                Err(lost.unwrap_or(error)) // ACC-21 ACC-39 GRP-04
            }
        }
    }

    /// Gives the turn back. Those who have registered for events are told how the listener stands when
    /// others can accept; but whether it is silent is settled before, because the next call changes that.
    fn end_turn(&self, holding: Holding<'_>, held: bool) {
        if self.watch.get().is_some() {
            self.transport.head_is_over();
        }
        holding.finish(held);
        if self.watch.get().is_some() {
            self.transport.settle_accept();
        }
    }

    /// Calls the condition function, on this thread and with nothing locked (ACC-25).
    fn ask(
        &self,
        condition: impl FnOnce(&mut ConditionArgs<'_>) -> Result<Decision>,
        args: &mut ConditionArgs<'_>,
    ) -> Result<Decision> {
        inside_condition(self.turn, args.asked(), || condition(args))
    }

    /// Whether a request can be decided: not if another thread has closed the listener meanwhile, nor
    /// in a child that the condition function has forked.
    fn check(&self) -> Result<()> {
        self.provider.check_process()?;
        self.closed().map_or(Ok(()), Err) // ACC-58
    }

    fn closed(&self) -> Option<Error> {
        self.turn.is_closed().then_some(Error::Intr)
    }

    /// The decision is void: where the listener was closed, the caller is refused.
    #[cold]
    fn void(&self, token: A::Token, error: Error) -> Error {
        if error == Error::Intr {
            // The refusal cannot fail in a way that matters: the client is gone or refused.
            let _ = self.transport.refuse(token, &[]); // ACC-58
        }
        error
    }

    fn admit(
        &self,
        token: A::Token,
        holding: Holding<'_>,
        request: &Request,
        acceptance: &Acceptance<'_>,
    ) -> Result<A::Accepted> {
        if let Err(error) = self.check() {
            return Err(self.void(token, error));
        }
        let admitted = self.transport.admit(token, request, acceptance);
        self.end_turn(holding, false);
        admitted.map_err(|error| self.closed().unwrap_or(error))
    }

    fn refuse(&self, token: A::Token, holding: Holding<'_>, data: &[u8]) -> Error {
        if let Err(error) = self.check() {
            return self.void(token, error);
        }
        let refused = self.transport.refuse(token, data);
        self.end_turn(holding, false);
        match refused {
            Ok(()) => Error::ConnRefused, // ACC-18
            Err(error) => self.closed().unwrap_or(error),
        }
    }

    /// Puts the request back; says what else has happened to it, if anything.
    fn put_back(
        &self,
        token: A::Token,
        holding: Holding<'_>,
        request: &Request,
        deferred: bool,
    ) -> Option<Error> {
        if let Err(error) = self.check() {
            return Some(self.void(token, error));
        }
        let lost = self.replace(token, holding, request, deferred).err();
        self.closed().or(lost)
    }

    /// Gives the request and the turn back. If the listener was closed in between, nobody else will
    /// see the head.
    fn replace(
        &self,
        token: A::Token,
        holding: Holding<'_>,
        request: &Request,
        deferred: bool,
    ) -> Result<()> {
        let replaced = self.transport.put_back(token, request, deferred);
        let held = self.transport.holds_head();
        self.end_turn(holding, held);
        if held && self.turn.is_closed() {
            self.transport.drop_head();
        }
        replaced
    }
}

/// A request and the turn while the condition function runs. If that ends abnormally the request goes
/// back to its place, undecided (ACC-59).
struct Kept<'s, A: Accepting> {
    listening: &'s Listening<'s, A>,
    request: &'s Request,
    taken: Option<(A::Token, Holding<'s>)>,
}

impl<A: Accepting> Drop for Kept<'_, A> {
    fn drop(&mut self) {
        if let Some((token, holding)) = self.taken.take() {
            ended_abnormally(self.listening, token, holding, self.request);
        }
    }
}

#[cold]
fn ended_abnormally<A: Accepting>(
    listening: &Listening<'_, A>,
    token: A::Token,
    holding: Holding<'_>,
    request: &Request,
) {
    if listening.provider.check_process().is_err() {
        return; // in a child that the condition function forked
    }
    // ACC-59; a request that has been withdrawn meanwhile needs no place.
    let _ = listening.replace(token, holding, request, false);
}
