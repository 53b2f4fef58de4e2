//! One scenario while it plays: who has called what, and what came of it.

use std::{
    cell::{RefCell, RefMut},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use crate::{
    driver::CallId,
    names::{Actor, Object, Socket},
    phrases::{Argument, Place, Size, Value, hex, pattern},
    protocol::{Fields, Outcome},
    stage::{Side, Stage},
};

/// The result of a step.
pub(crate) type Step<T = ()> = Result<T, String>;

/// The lane for questions that are nobody's call.
const CONTROL: &str = "control";

#[derive(Debug)]
struct Call {
    id: CallId,
    /// The name that a socket accepted by this call gets.
    accepts: Option<String>,
    outcome: Option<Outcome>,
}

/// The world of cucumber: a fresh one for each scenario, over the drivers of the cell.
#[derive(Debug, Default, cucumber::World)]
pub(crate) struct Scene {
    stage: Option<Rc<RefCell<Stage>>>,
    ipv6: bool,
    /// The type that sockets are made with; nothing for streams.
    pub(crate) socket_type: Option<&'static str>,
    calls: BTreeMap<Actor, Vec<Call>>,
    shown: BTreeMap<Actor, Fields>,
    pub(crate) listeners: BTreeMap<String, String>,
    pub(crate) attempts: BTreeMap<String, Outcome>,
    pub(crate) remembered: BTreeMap<String, String>,
    made: BTreeSet<Socket>,
    /// Event objects and ports that exist.
    pub(crate) objects: BTreeSet<Object>,
    /// The event objects that sockets report to, but for those that have their usual one.
    pub(crate) reports_to: BTreeMap<String, Object>,
    seen: BTreeMap<String, String>,
    accepted: Option<String>,
    accepts: usize,
}

impl Scene {
    /// Puts the scenario on its stage.
    pub(crate) fn enter(&mut self, stage: Rc<RefCell<Stage>>, ipv6: bool) {
        self.stage = Some(stage);
        self.ipv6 = ipv6;
    }

    /// The drivers of the cell.
    pub(crate) fn stage(&self) -> Step<RefMut<'_, Stage>> {
        Ok(self
            .stage
            .as_ref()
            .ok_or("the scenario has no stage")?
            .borrow_mut())
    }

    /// Whether the cell has a capability.
    pub(crate) fn has(&self, capability: &str) -> Step<bool> {
        Ok(self.stage()?.has(capability))
    }

    // ---- calls -----------------------------------------------------------------------------

    /// Makes a call and goes on as soon as it has ended, has opened its condition function, or is
    /// evidently blocked.
    pub(crate) fn begin(&mut self, actor: &Actor, verb: &str, mut arguments: Fields) -> Step {
        self.forget_finished(actor)?;
        let accepts = (verb == "accept").then(|| {
            self.accepts += 1;
            arguments
                .get("as")
                .map_or_else(|| format!("accepted-{}", self.accepts), str::to_owned)
        });
        if let Some(name) = &accepts {
            arguments.set("as", name.clone());
        }
        let blocking = matches!(
            verb,
            "accept" | "connect" | "recv" | "wait" | "event-wait" | "port-get" | "select"
        );
        let mut stage = self.stage()?;
        let patience = if blocking {
            stage.patience().quiet()
        } else {
            stage.patience().deadline()
        };
        let id = stage.send(actor.side, &actor.lane, verb, &arguments)?;
        stage.progress(actor.side, id, &actor.lane, patience)?;
        drop(stage);
        self.calls.entry(actor.clone()).or_default().push(Call {
            id,
            accepts,
            outcome: None,
        });
        self.update(actor)
    }

    /// The end of the actor's latest call, waiting for it.
    pub(crate) fn outcome(&mut self, actor: &Actor) -> Step<Outcome> {
        let id = self.latest(actor)?.id;
        self.stage()?.finish(actor.side, id)?;
        self.update(actor)?;
        let outcome = self.latest(actor)?.outcome.clone();
        outcome.ok_or_else(|| "the call has not ended".to_owned())
    }

    /// The end of the actor's latest call, if it has ended; does not wait.
    pub(crate) fn outcome_so_far(&mut self, actor: &Actor) -> Step<Option<Outcome>> {
        self.update(actor)?;
        Ok(self.latest(actor)?.outcome.clone())
    }

    /// Whether the actor has a call under way.
    pub(crate) fn is_calling(&mut self, actor: &Actor) -> Step<bool> {
        if self.calls.get(actor).is_none_or(Vec::is_empty) {
            return Ok(false);
        }
        Ok(self.outcome_so_far(actor)?.is_none())
    }

    fn latest(&mut self, actor: &Actor) -> Step<&mut Call> {
        let latest = self.calls.get_mut(actor).and_then(|calls| calls.last_mut());
        latest.ok_or_else(|| "no call was made there".to_owned())
    }

    fn update(&mut self, actor: &Actor) -> Step {
        let id = self.latest(actor)?.id;
        let outcome = self.stage()?.peek(actor.side, id)?;
        let latest = self.latest(actor)?;
        let accepted = match &outcome {
            Some(Outcome::Ok(_)) => latest.accepts.clone(),
            _ => None,
        };
        latest.outcome = outcome;
        self.accepted = accepted.or_else(|| self.accepted.take());
        Ok(())
    }

    fn forget_finished(&mut self, actor: &Actor) -> Step {
        let mut stage = self.stage()?;
        let open = stage.opened(actor.side, &actor.lane).map(|open| open.call);
        drop(stage);
        while self.calls.get(actor).is_some_and(|calls| !calls.is_empty()) {
            if self.outcome_so_far(actor)?.is_some() {
                self.calls.entry(actor.clone()).or_default().pop();
            } else if Some(self.latest(actor)?.id) == open {
                break;
            } else {
                return Err("the thread is still inside another call".to_owned());
            }
        }
        Ok(())
    }

    /// Asks a driver something that no actor does, and waits for the answer.
    pub(crate) fn ask(&self, side: Side, verb: &str, arguments: &Fields) -> Step<Outcome> {
        self.stage()?.call(side, CONTROL, verb, arguments)
    }

    /// As [`ask`](Self::ask), about a socket; the results of success.
    pub(crate) fn query(&self, socket: &Socket, verb: &str, arguments: Fields) -> Step<Fields> {
        let mut named = Fields::from([("name", self.name(socket)?.as_str())]);
        named.extend(arguments);
        let outcome = self.ask(socket.side, verb, &named)?;
        outcome
            .succeeded()
            .cloned()
            .map_err(|error| format!("{verb}: {error}"))
    }

    /// Waits until nothing more happens.
    pub(crate) fn settle(&self) -> Step {
        let one_process = self.stage()?.cell().is_one_process();
        let sides = if one_process {
            &[Side::Server][..]
        } else {
            &[Side::Client, Side::Server]
        };
        for side in sides {
            self.ask(*side, "settle", &Fields::default())?.succeeded()?;
        }
        Ok(())
    }

    // ---- condition functions ---------------------------------------------------------------

    /// What the actor's condition function was given; waits until it has been called.
    pub(crate) fn condition(&mut self, actor: &Actor) -> Step<Fields> {
        self.return_to_open_function(actor)?;
        let id = self.latest(actor)?.id;
        let mut stage = self.stage()?;
        let deadline = stage.patience().deadline();
        stage.progress(actor.side, id, &actor.lane, deadline)?;
        let open = stage
            .opened(actor.side, &actor.lane)
            .filter(|open| open.call == id);
        drop(stage);
        if let Some(open) = open {
            self.shown.insert(actor.clone(), open.given.clone());
            return Ok(open.given);
        }
        match self.outcome_so_far(actor)? {
            Some(outcome) => Err(format!("the condition function was not called: {outcome}")),
            None => Err("the condition function was not called in time".to_owned()),
        }
    }

    /// Calls made inside an open condition function that have ended are no longer "the call".
    fn return_to_open_function(&mut self, actor: &Actor) -> Step {
        let open = self.stage()?.opened(actor.side, &actor.lane);
        if let Some(open) = open {
            while self.latest(actor)?.id != open.call && self.outcome_so_far(actor)?.is_some() {
                self.calls.entry(actor.clone()).or_default().pop();
            }
        }
        Ok(())
    }

    /// What the actor's condition function was given the last time it was looked at.
    pub(crate) fn last_shown(&self, actor: &Actor) -> Step<&Fields> {
        self.shown
            .get(actor)
            .ok_or_else(|| "no condition function was called there".to_owned())
    }

    /// Whether a condition function of the actor's latest call is open.
    pub(crate) fn is_deciding(&mut self, actor: &Actor) -> Step<bool> {
        let id = self.latest(actor)?.id;
        let open = self.stage()?.opened(actor.side, &actor.lane);
        Ok(open.is_some_and(|open| open.call == id))
    }

    /// Lets the actor's condition function return, and waits for the end of the accept call.
    pub(crate) fn answer(&mut self, actor: &Actor, answer: &str, effects: &Fields) -> Step {
        let mut stage = self.stage()?;
        let open = stage.opened(actor.side, &actor.lane);
        let call = open.ok_or("no condition function is open there")?.call;
        stage.answer(actor.side, &actor.lane, answer, effects)?;
        stage.finish(actor.side, call)?;
        drop(stage);
        // Calls made inside the function have ended; from now on "the call" is the accept call.
        let calls = self.calls.entry(actor.clone()).or_default();
        while calls.last().is_some_and(|latest| latest.id != call) {
            calls.pop();
        }
        self.update(actor)
    }

    // ---- names, addresses, arguments -------------------------------------------------------

    /// The driver's name of a socket.
    pub(crate) fn name(&self, socket: &Socket) -> Step<String> {
        match &socket.name {
            Some(name) => Ok(name.clone()),
            None => self
                .accepted
                .clone()
                .ok_or_else(|| "nothing was accepted".to_owned()),
        }
    }

    /// Makes a socket.
    pub(crate) fn create(&mut self, socket: &Socket) -> Step {
        let entry = self.stage()?.cell().entry.clone();
        let mut arguments = Fields::from([("entry", entry.as_str())]);
        if self.ipv6 {
            arguments.set("family", "inet6");
        }
        if let Some(kind) = self.socket_type {
            arguments.set("type", kind);
        }
        self.query(socket, "socket", arguments)?;
        self.made.insert(socket.clone());
        Ok(())
    }

    /// Makes a socket unless the scenario has made it already.
    pub(crate) fn create_once(&mut self, socket: &Socket) -> Step {
        if self.made.contains(socket) {
            Ok(())
        } else {
            self.create(socket)
        }
    }

    /// The address that getsockname gives, or gave last: it may be gone with a failed attempt.
    pub(crate) fn address_of(&mut self, socket: &Socket) -> Step<String> {
        let name = self.name(socket)?;
        if let Some(known) = self.listeners.get(&name) {
            return Ok(known.clone());
        }
        let arguments = Fields::from([("name", name.as_str())]);
        match self.ask(socket.side, "getsockname", &arguments)? {
            Outcome::Ok(found) => {
                let address = found.need("addr")?.to_owned();
                self.seen.insert(name, address.clone());
                Ok(address)
            }
            other => {
                let seen = self.seen.get(&name).cloned();
                seen.ok_or_else(|| format!("getsockname: the call {other}"))
            }
        }
    }

    /// Fills in what the phrases left open: addresses and limits.
    pub(crate) fn arguments(&mut self, side: Side, given: Vec<Argument>) -> Step<Fields> {
        let mut fields = Fields::default();
        for (key, value) in given {
            fields.set(key, self.value(side, value)?);
        }
        Ok(fields)
    }

    /// A value as the protocol spells it.
    pub(crate) fn value(&mut self, side: Side, value: Value) -> Step<String> {
        match value {
            Value::Plain(text) => Ok(text),
            Value::At(place) => self.place(side, &place),
            Value::Pattern(amount) => Ok(hex(&pattern(self.bytes(amount)?))),
            Value::Number(amount) => Ok(self.bytes(amount)?.to_string()),
        }
    }

    /// The limit of connect data, or another number of bytes.
    fn bytes(&self, size: Size) -> Step<usize> {
        match size {
            Size::Bytes(bytes) => Ok(bytes),
            Size::Limit(more) => {
                let limits =
                    self.query(&Socket::server("listener"), "limits", Fields::default())?;
                let limit: usize = limits
                    .need("connect-data")?
                    .parse()
                    .map_err(|_| "the limit is not a number".to_owned())?;
                limit
                    .checked_add_signed(more)
                    .ok_or_else(|| "a size below zero".to_owned())
            }
        }
    }

    fn place(&mut self, side: Side, place: &Place) -> Step<String> {
        let ip = self.stage()?.cell().entry != "in-process";
        let ipv6 = self.ipv6;
        let choose = |in_process: &str, inet: &str, inet6: &str| {
            let text = match (ip, ipv6) {
                (false, _) => in_process,
                (true, false) => inet,
                (true, true) => inet6,
            };
            Ok(text.to_owned())
        };
        match place {
            Place::Of(socket) => self.address_of(socket),
            Place::Local => choose("@1:0", "127.0.0.1:0", "[::1]:0"),
            Place::Wildcard => choose("@0:0", "0.0.0.0:0", "[::]:0"),
            Place::Foreign => choose("@7:0", "192.0.2.1:0", "[2001:db8::1]:0"),
            Place::OtherFamily => choose("127.0.0.1:5000", "[::1]:5000", "127.0.0.1:5000"),
            Place::Unreachable => choose("@7:1", "255.255.255.255:9", "[2001:db8::1]:9"),
            Place::Nothing => Ok("-".to_owned()),
            Place::AllZero(socket) => {
                let address = self.address_of(socket)?;
                let port = port(&address)?;
                choose(
                    &format!("@0:{port}"),
                    &format!("0.0.0.0:{port}"),
                    &format!("[::]:{port}"),
                )
            }
            Place::PortZero(socket) => {
                let address = self.address_of(socket)?;
                let host = address
                    .rsplit_once(':')
                    .ok_or("an address without a port")?
                    .0;
                Ok(format!("{host}:0"))
            }
            Place::Unused => self.unused(side),
        }
    }

    /// The address of a socket that is bound and does not listen.
    fn unused(&mut self, side: Side) -> Step<String> {
        let taken = Socket {
            side,
            name: Some("not-listening".to_owned()),
        };
        self.create(&taken)?;
        let local = self.place(side, &Place::Local)?;
        self.query(&taken, "bind", Fields::from([("addr", local.as_str())]))?;
        self.address_of(&taken)
    }
}

fn port(address: &str) -> Step<&str> {
    address
        .rsplit_once(':')
        .map(|(_, port)| port)
        .ok_or_else(|| "no port".to_owned())
}
