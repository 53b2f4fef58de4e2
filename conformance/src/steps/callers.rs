//! Callers: they request connections, wait, give up, and see what becomes of it.

use cucumber::{given, then, when};

use crate::{
    names::{Actor, Socket},
    phrases,
    protocol::{Fields, Outcome},
    scene::{Scene, Step},
    steps::deciding::same,
};

#[given(regex = r"^caller ([A-Z]) requests a connection(?: to (the second listener))?( and waits)?(?: with (.+))?$")]
#[when(regex = r"^caller ([A-Z]) requests a connection(?: to (the second listener))?( and waits)?(?: with (.+))?$")]
fn requests(scene: &mut Scene, caller: String, to: String, waits: String, with: String) -> Step {
    let socket = Socket::caller(&caller);
    scene.create_once(&socket)?;
    let listener = if to.is_empty() { "the listener" } else { &to };
    let destination = format!("the address of {listener}");
    let mut given = phrases::arguments(&destination)?;
    given.extend(phrases::arguments(&with)?);
    let mut arguments = scene.arguments(socket.side, given)?;
    if waits.is_empty() {
        scene.query(&socket, "nonblocking", Fields::from([("value", "1")]))?;
        arguments.set("name", caller.clone());
        let outcome = scene.ask(socket.side, "connect", &arguments)?;
        scene.attempts.insert(caller, outcome);
        return Ok(());
    }
    arguments.set("name", caller.clone());
    scene.begin(&Actor::caller(&caller), "connect", arguments)
}

#[given(regex = r"^caller ([A-Z]) has a connect time-out of (\d+) ms$")]
fn time_out(scene: &mut Scene, caller: String, milliseconds: String) -> Step {
    let socket = Socket::caller(&caller);
    scene.create_once(&socket)?;
    let value = Fields::from([("value", milliseconds.as_str())]);
    scene.query(&socket, "connect-timeout", value).map(drop)
}

#[given(regex = r"^caller ([A-Z]) (closes|resets|times out)$")]
#[when(regex = r"^caller ([A-Z]) (closes|resets|times out)$")]
fn withdraws(scene: &mut Scene, caller: String, how: String) -> Step {
    let socket = Socket::caller(&caller);
    match how.as_str() {
        "times out" => return scene.attempt(&caller)?.failed_with("WSAETIMEDOUT"),
        "resets" => {
            let linger = Fields::from([("option", "SO_LINGER"), ("value", "1:0")]);
            scene.query(&socket, "setopt", linger)?;
        }
        _ => {}
    }
    scene.query(&socket, "close", Fields::default())?;
    scene.settle()
}

#[then(regex = r"^caller ([A-Z]) is connected$")]
fn connected(scene: &mut Scene, caller: String) -> Step {
    scene.attempt(&caller)?.succeeded().map(drop)
}

#[then(regex = r"^caller ([A-Z])'s attempt fails with (\w+)$")]
fn attempt_fails(scene: &mut Scene, caller: String, error: String) -> Step {
    scene.attempt(&caller)?.failed_with(&error)
}

/// Refused where that can be seen, and a connection that breaks at its first use elsewhere.
#[then(regex = r"^caller ([A-Z]) is (?:rejected|refused)$")]
fn rejected(scene: &mut Scene, caller: String) -> Step {
    let outcome = scene.attempt(&caller)?;
    if scene.has("refusal-visible")? {
        return outcome.failed_with("WSAECONNREFUSED");
    }
    outcome.succeeded()?;
    scene.receive(&Socket::caller(&caller))?.failed_with("WSAECONNRESET")
}

/// No verdict yet: the attempt goes on, or the connection that exists already is silent.
#[then(regex = r"^caller ([A-Z]) is still waiting$")]
fn waiting(scene: &mut Scene, caller: String) -> Step {
    scene.settle()?;
    let actor = Actor::caller(&caller);
    if scene.has("decided-connect")? {
        if scene.is_calling(&actor)? {
            return Ok(());
        }
        let outcome = scene.attempt_within(&caller, 0)?;
        return match outcome {
            Outcome::Ok(fields) if fields.get("ended") == Some("0") => Ok(()),
            other => Err(format!("the attempt {other}; it should still be under way")),
        };
    }
    scene.attempt(&caller)?.succeeded()?;
    let readable = scene.wait_readable(&Socket::caller(&caller), 0)?;
    same("readable", if readable { "1" } else { "0" }, "0")
}

#[then(regex = r"^caller ([A-Z]) has received callee data (.+)$")]
fn received_callee_data(scene: &mut Scene, caller: String, data: String) -> Step {
    let wanted = phrases::effects(&format!("written callee data {data}"))?;
    let wanted = scene.arguments(Socket::caller(&caller).side, wanted)?;
    let found = scene.callee(&caller)?;
    same("the callee data", found.need("callee-data")?, wanted.need("reply")?)
}

#[then(regex = r"^caller ([A-Z])'s callee length is (\d+)$")]
fn callee_length(scene: &mut Scene, caller: String, length: String) -> Step {
    let found = scene.callee(&caller)?;
    same("the callee length", found.need("callee-len")?, &length)
}

#[then(regex = r"^caller ([A-Z]) and the accepted socket(?: of ([A-Z]))? can talk$")]
fn can_talk(scene: &mut Scene, caller: String, of: String) -> Step {
    let accepted =
        if of.is_empty() { "the accepted socket".parse()? } else { Socket::accepted_from(&of) };
    let caller = Socket::caller(&caller);
    scene.transfer(&caller, &accepted, "there")?;
    scene.transfer(&accepted, &caller, "and back")
}

impl Scene {
    /// How the caller's attempt ended, waiting for it.
    pub(crate) fn attempt(&mut self, caller: &str) -> Step<Outcome> {
        let deadline = self.stage()?.patience().deadline();
        let patience = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX) * 3 / 4;
        match self.attempt_within(caller, patience)? {
            Outcome::Ok(fields) if fields.get("ended") == Some("0") => {
                Err(format!("the attempt of caller {caller} has not ended in time"))
            }
            outcome => Ok(outcome),
        }
    }

    fn attempt_within(&mut self, caller: &str, milliseconds: u64) -> Step<Outcome> {
        let Some(first) = self.attempts.get(caller).cloned() else {
            return self.outcome(&Actor::caller(caller));
        };
        match &first {
            Outcome::Fail(error, _) if error == "WSAEWOULDBLOCK" => {}
            _ => return Ok(first),
        }
        let timeout = milliseconds.to_string();
        let arguments =
            Fields::from([("name", caller), ("for", "connect"), ("timeout", timeout.as_str())]);
        let outcome = self.ask(Socket::caller(caller).side, "wait", &arguments)?;
        Ok(outcome)
    }

    /// The callee structure of the caller's latest attempt.
    fn callee(&mut self, caller: &str) -> Step<Fields> {
        if self.attempts.contains_key(caller) {
            return self.query(&Socket::caller(caller), "callee", Fields::default());
        }
        self.outcome(&Actor::caller(caller))?.fields().cloned()
    }

    /// Sends text one way and finds it at the other end.
    pub(crate) fn transfer(&mut self, from: &Socket, to: &Socket, text: &str) -> Step {
        let data = phrases::hex(text.as_bytes());
        self.query(from, "send", Fields::from([("data", data.as_str())]))?;
        let outcome = self.receive(to)?;
        same("the data", outcome.succeeded()?.need("data")?, &data)
    }

    /// Receives once, waiting until there is something to receive.
    pub(crate) fn receive(&mut self, socket: &Socket) -> Step<Outcome> {
        let deadline = self.stage()?.patience().deadline();
        let patience = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX) * 3 / 4;
        if !self.wait_readable(socket, patience)? {
            return Err("nothing to receive came in time".to_owned());
        }
        let name = self.name(socket)?;
        let arguments = Fields::from([("name", name.as_str()), ("max", "4096")]);
        self.ask(socket.side, "recv", &arguments)
    }

    /// Whether a receive would not block within that time.
    pub(crate) fn wait_readable(&self, socket: &Socket, milliseconds: u64) -> Step<bool> {
        let timeout = milliseconds.to_string();
        let arguments = Fields::from([("for", "read"), ("timeout", timeout.as_str())]);
        let found = self.query(socket, "wait", arguments)?;
        Ok(found.need("ended")? == "1")
    }
}
