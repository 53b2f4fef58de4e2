//! Callers: they request connections, wait, give up, and see what becomes of it.

use cucumber::{given, then, when};

use crate::{
    names::{Actor, Socket},
    phrases,
    protocol::{Fields, Outcome},
    scene::{Scene, Step},
    stage::Side,
    steps::deciding::same,
};

/// So many bytes are sent at once to fill what there is room for.
const PIECE: usize = 1 << 16;

#[given(
    regex = r"^caller ([A-Z]) requests a connection(?: to (the second listener))?( and waits| in the background)?(?: with (.+))?$"
)]
#[when(
    regex = r"^caller ([A-Z]) requests a connection(?: to (the second listener))?( and waits| in the background)?(?: with (.+))?$"
)]
fn requests(scene: &mut Scene, caller: String, to: String, how: String, with: String) -> Step {
    let listener = if to.is_empty() { "the listener" } else { &to };
    scene.request(&caller, listener, how == " and waits", &with)
}

#[given(regex = r"^callers ([A-Z]) to ([A-Z]) request connections$")]
#[when(regex = r"^callers ([A-Z]) to ([A-Z]) request connections$")]
fn all_request(scene: &mut Scene, first: char, last: char) -> Step {
    (first..=last).try_for_each(|name| scene.request(&name.to_string(), "the listener", false, ""))
}

#[given(regex = r"^caller ([A-Z]) has a connect time-out of (\d+) ms$")]
#[when(regex = r"^caller ([A-Z]) has a connect time-out of (\d+) ms$")]
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

#[given(regex = r"^caller ([A-Z]) is connected$")]
#[when(regex = r"^caller ([A-Z]) is connected$")]
#[then(regex = r"^caller ([A-Z]) is connected$")]
fn connected(scene: &mut Scene, caller: String) -> Step {
    scene.attempt(&caller)?.succeeded().map(drop)
}

#[then(regex = r"^callers ([A-Z]) to ([A-Z]) are connected$")]
fn all_connected(scene: &mut Scene, first: char, last: char) -> Step {
    (first..=last).try_for_each(|name| connected(scene, name.to_string()))
}

/// The kernel asks again after a second, then after two more.
#[then(regex = r"^caller ([A-Z]) is connected after a retry$")]
fn connected_late(scene: &mut Scene, caller: String) -> Step {
    for _ in 0..8 {
        match scene.attempt_within(&caller, 1000)? {
            Outcome::Ok(fields) if fields.get("ended") == Some("0") => {}
            outcome => return outcome.succeeded().map(drop),
        }
    }
    Err("the attempt has not ended in time".to_owned())
}

#[then(regex = r"^caller ([A-Z])'s attempt is under way$")]
fn under_way(scene: &mut Scene, caller: String) -> Step {
    scene.settle()?;
    match scene.attempt_within(&caller, 0)? {
        Outcome::Ok(fields) if fields.get("ended") == Some("0") => Ok(()),
        other => Err(format!("the attempt {other}; it should still be under way")),
    }
}

/// Nothing that failed before has spoilt the socket.
#[then(regex = r"^caller ([A-Z])'s socket can still connect$")]
fn can_still_connect(scene: &mut Scene, caller: String) -> Step {
    scene.request(&caller, "the listener", true, "")?;
    let accepted = format!("still-{caller}");
    let arguments = Fields::from([
        ("name", "listener"),
        ("condition", "null"),
        ("as", accepted.as_str()),
    ]);
    scene.begin(&Actor::server(), "accept", arguments)?;
    scene.outcome(&Actor::server())?.succeeded()?;
    scene.outcome(&Actor::caller(&caller))?.succeeded()?;
    scene.transfer(
        &Socket::caller(&caller),
        &Socket::server(&accepted),
        "still",
    )
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
    scene
        .receive(&Socket::caller(&caller))?
        .failed_with("WSAECONNRESET")
}

/// No verdict yet: the attempt goes on, or the connection that exists already is silent.
#[then(regex = r"^caller ([A-Z]) is still waiting$")]
fn waiting(scene: &mut Scene, caller: String) -> Step {
    scene.settle()?;
    scene.check_waiting(&caller)
}

#[then(regex = r"^callers ([A-Z]) to ([A-Z]) are still waiting$")]
fn all_waiting(scene: &mut Scene, first: char, last: char) -> Step {
    scene.settle()?;
    (first..=last).try_for_each(|name| scene.check_waiting(&name.to_string()))
}

#[then(regex = r"^caller ([A-Z]) has received callee data (.+)$")]
fn received_callee_data(scene: &mut Scene, caller: String, data: String) -> Step {
    let wanted = scene.value(Socket::caller(&caller).side, phrases::wanted(&data))?;
    let found = scene.callee(&caller)?;
    same("the callee data", found.need("callee-data")?, &wanted)
}

#[then(regex = r"^caller ([A-Z])'s callee length is (.+)$")]
fn callee_length(scene: &mut Scene, caller: String, length: String) -> Step {
    let wanted = scene.value(Socket::caller(&caller).side, phrases::wanted(&length))?;
    let found = scene.callee(&caller)?;
    same("the callee length", found.need("callee-len")?, &wanted)
}

/// Its socket is non-blocking, and nobody receives.
#[when(regex = r"^caller ([A-Z]) sends until it would block$")]
fn sends_until_full(scene: &mut Scene, caller: String) -> Step {
    let piece = phrases::hex(&phrases::pattern(PIECE));
    let arguments = Fields::from([("name", caller.as_str()), ("data", piece.as_str())]);
    let mut sent = 0;
    loop {
        match scene.ask(Side::Client, "send", &arguments)? {
            Outcome::Ok(fields) => sent += number(fields.need("n")?)?,
            outcome => {
                scene.remembered.insert("sent".to_owned(), sent.to_string());
                return outcome.failed_with("WSAEWOULDBLOCK");
            }
        }
    }
}

#[when("the server receives everything")]
fn receives_everything(scene: &mut Scene) -> Step {
    let sent = scene.remembered.get("sent").ok_or("nothing was sent")?;
    let mut left = number(sent)?;
    let socket = "the accepted socket".parse()?;
    while left > 0 {
        let outcome = scene.receive(&socket)?;
        left -= outcome.succeeded()?.need("data")?.len() / 2;
    }
    Ok(())
}

fn number(text: &str) -> Step<usize> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

#[then(regex = r"^caller ([A-Z]) and the accepted socket(?: of ([A-Z]))? can talk$")]
fn can_talk(scene: &mut Scene, caller: String, of: String) -> Step {
    let accepted = if of.is_empty() {
        "the accepted socket".parse()?
    } else {
        Socket::accepted_from(&of)
    };
    let caller = Socket::caller(&caller);
    scene.transfer(&caller, &accepted, "there")?;
    scene.transfer(&accepted, &caller, "and back")
}

impl Scene {
    /// Requests a connection: waiting on the caller's own thread, or in the background.
    fn request(&mut self, caller: &str, listener: &str, waits: bool, with: &str) -> Step {
        let socket = Socket::caller(caller);
        self.create_once(&socket)?;
        let mut given = phrases::arguments(&format!("the address of {listener}"))?;
        given.extend(phrases::arguments(with)?);
        let mut arguments = self.arguments(socket.side, given)?;
        arguments.set("name", caller);
        let mode = if waits { "0" } else { "1" };
        self.query(&socket, "nonblocking", Fields::from([("value", mode)]))?;
        if waits {
            self.attempts.remove(caller);
            return self.begin(&Actor::caller(caller), "connect", arguments);
        }
        let outcome = self.ask(socket.side, "connect", &arguments)?;
        if matches!(&outcome, Outcome::Fail(error, _) if error == "WSAEWOULDBLOCK") {
            self.address_of(&socket)?;
        }
        self.attempts.insert(caller.to_owned(), outcome);
        Ok(())
    }

    fn check_waiting(&mut self, caller: &str) -> Step {
        if !self.has("decided-connect")? {
            self.attempt(caller)?.succeeded()?;
            let readable = self.wait_readable(&Socket::caller(caller), 0)?;
            return same("readable", if readable { "1" } else { "0" }, "0");
        }
        let background = self.attempts.contains_key(caller);
        if !background && self.is_calling(&Actor::caller(caller))? {
            return Ok(());
        }
        match self.attempt_within(caller, 0)? {
            Outcome::Ok(fields) if fields.get("ended") == Some("0") => Ok(()),
            other => Err(format!("the attempt {other}; it should still be under way")),
        }
    }

    /// How the caller's attempt ended, waiting for it.
    fn attempt(&mut self, caller: &str) -> Step<Outcome> {
        let deadline = self.stage()?.patience().deadline();
        let patience = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX) * 3 / 4;
        match self.attempt_within(caller, patience)? {
            Outcome::Ok(fields) if fields.get("ended") == Some("0") => Err(format!(
                "the attempt of caller {caller} has not ended in time"
            )),
            outcome => Ok(outcome),
        }
    }

    fn attempt_within(&mut self, caller: &str, milliseconds: u64) -> Step<Outcome> {
        let first = match self.attempts.get(caller) {
            Some(outcome) => outcome.clone(),
            None => self.outcome(&Actor::caller(caller))?,
        };
        if !matches!(&first, Outcome::Fail(error, _) if error == "WSAEWOULDBLOCK") {
            return Ok(first);
        }
        let timeout = milliseconds.to_string();
        let arguments = Fields::from([
            ("name", caller),
            ("for", "connect"),
            ("timeout", timeout.as_str()),
        ]);
        self.ask(Socket::caller(caller).side, "wait", &arguments)
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
