//! The condition function: what it is shown and what it decides.

use cucumber::{gherkin, given, then, when};

use crate::{
    names::{Actor, Socket, accepted_name},
    phrases,
    protocol::{Fields, Outcome},
    scene::{Scene, Step},
};

#[then(regex = r"^(the server|another thread|a third thread)'s condition function is called(?: for caller ([A-Z]))?$")]
#[when(regex = r"^(the server|another thread|a third thread)'s condition function is called(?: for caller ([A-Z]))?$")]
fn called(scene: &mut Scene, actor: Actor, caller: String) -> Step {
    let given = scene.condition(&actor)?;
    if caller.is_empty() { Ok(()) } else { scene.check_caller(&given, &caller) }
}

#[then(regex = r"^(the server|another thread|a third thread)'s condition function is not called$")]
fn not_called(scene: &mut Scene, actor: Actor) -> Step {
    scene.settle()?;
    if scene.is_deciding(&actor)? {
        return Err("the condition function was called".to_owned());
    }
    Ok(())
}

#[then(regex = r"^(the server|another thread|a third thread)'s condition function (accepts|rejects|defers|raises|returns (-?\d+))(?:, having (.+))?$")]
#[when(regex = r"^(the server|another thread|a third thread)'s condition function (accepts|rejects|defers|raises|returns (-?\d+))(?:, having (.+))?$")]
fn decides(
    scene: &mut Scene,
    actor: Actor,
    decision: String,
    number: String,
    having: String,
) -> Step {
    scene.condition(&actor)?;
    let answer = if number.is_empty() { word(&decision)? } else { &number };
    let effects = scene.arguments(actor.side, phrases::effects(&having)?)?;
    scene.answer(&actor, answer, &effects)
}

/// The whole call in one step: made, shown that caller, decided, and ended as it has to.
#[given(regex = r"^(the server|another thread|a third thread) (accepts|rejects|defers) caller ([A-Z])(?: on (the listener|the second listener))?(?:, having (.+))?$")]
#[when(regex = r"^(the server|another thread|a third thread) (accepts|rejects|defers) caller ([A-Z])(?: on (the listener|the second listener))?(?:, having (.+))?$")]
#[then(regex = r"^(the server|another thread|a third thread) (accepts|rejects|defers) caller ([A-Z])(?: on (the listener|the second listener))?(?:, having (.+))?$")]
fn call_and_decide(
    scene: &mut Scene,
    actor: Actor,
    decision: String,
    caller: String,
    on: String,
    having: String,
) -> Step {
    let listener = if on.is_empty() { "the listener" } else { &on };
    let name = scene.name(&listener.parse()?)?;
    let arguments = Fields::from([
        ("name", name.as_str()),
        ("condition", "ask"),
        ("as", accepted_name(&caller).as_str()),
    ]);
    scene.begin(&actor, "accept", arguments)?;
    let given = scene.condition(&actor)?;
    scene.check_caller(&given, &caller)?;
    let effects = scene.arguments(actor.side, phrases::effects(&having)?)?;
    scene.answer(&actor, word(&decision)?, &effects)?;
    let outcome = scene.outcome(&actor)?;
    match decision.as_str() {
        "accepts" => outcome.succeeded().map(drop),
        "rejects" => outcome.failed_with("WSAECONNREFUSED"),
        _ => outcome.failed_with("WSATRY_AGAIN"),
    }
}

fn word(decision: &str) -> Step<&'static str> {
    match decision {
        "accepts" => Ok("accept"),
        "rejects" => Ok("reject"),
        "defers" => Ok("defer"),
        "raises" => Ok("raise"),
        _ => Err(format!("`{decision}` is no decision")),
    }
}

#[then(regex = r"^(the server|another thread|a third thread)'s condition function was shown$")]
fn was_shown(scene: &mut Scene, actor: Actor, #[step] step: &gherkin::Step) -> Step {
    let table = step.table.as_ref().ok_or("a table should follow")?;
    for row in &table.rows {
        let [item, wanted] = row.as_slice() else {
            return Err("the table should have two columns".to_owned());
        };
        scene.check_shown(&actor, item, wanted)?;
    }
    Ok(())
}

/// Accepts the head without a condition function and finds it to be that caller.
#[given(regex = r"^(the server|another thread|a third thread) accepts caller ([A-Z]) without a condition function(?: on (the listener|the second listener))?$")]
#[when(regex = r"^(the server|another thread|a third thread) accepts caller ([A-Z]) without a condition function(?: on (the listener|the second listener))?$")]
#[then(regex = r"^(the server|another thread|a third thread) accepts caller ([A-Z]) without a condition function(?: on (the listener|the second listener))?$")]
fn accepts_unasked(scene: &mut Scene, actor: Actor, caller: String, on: String) -> Step {
    let listener = if on.is_empty() { "the listener" } else { &on };
    let name = scene.name(&listener.parse()?)?;
    let accepted = accepted_name(&caller);
    let arguments =
        Fields::from([("name", name.as_str()), ("condition", "null"), ("as", accepted.as_str())]);
    scene.begin(&actor, "accept", arguments)?;
    scene.outcome(&actor)?.succeeded()?;
    let peer = scene.query(&Socket::server(&accepted), "getpeername", Fields::default())?;
    let caller_address = scene.address_of(&Socket::caller(&caller))?;
    same("the peer of the accepted socket", peer.need("addr")?, &caller_address)
}

/// Nothing is left in the queue: a non-blocking look finds no request.
#[then(regex = r"^no request is pending on (the listener|the second listener)$")]
fn nothing_pending(scene: &mut Scene, listener: Socket) -> Step {
    scene.settle()?;
    scene.query(&listener, "nonblocking", Fields::from([("value", "1")]))?;
    let name = scene.name(&listener)?;
    let arguments =
        Fields::from([("name", name.as_str()), ("condition", "null"), ("as", "unexpected")]);
    match scene.ask(listener.side, "accept", &arguments)? {
        Outcome::Fail(error, _) if error == "WSAEWOULDBLOCK" => Ok(()),
        other => Err(format!("an accept call {other}; the queue should be empty")),
    }
}

/// Fails unless two values are the same.
pub(crate) fn same(what: &str, found: &str, wanted: &str) -> Step {
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{what} is {found}; it should be {wanted}"))
    }
}

impl Scene {
    /// Checks that a condition function was called for that caller.
    fn check_caller(&self, given: &Fields, caller: &str) -> Step {
        let address = self.address_of(&Socket::caller(caller))?;
        same("the caller id", given.need("caller-id")?, &address)
    }

    fn check_shown(&mut self, actor: &Actor, item: &str, wanted: &str) -> Step {
        let given = self.last_shown(actor)?.clone();
        let key = match item {
            "group QOS" => "gqos".to_owned(),
            "QOS" => "sqos".to_owned(),
            "callback data" => "context".to_owned(),
            "callee buffer" => "callee-bytes".to_owned(),
            _ => item.replace(' ', "-"),
        };
        let found = given.need(&key)?;
        match wanted {
            "none" => same(item, found, "-"),
            "zeros" if found.bytes().all(|digit| digit == b'0' || digit == b'"') => Ok(()),
            "zeros" => Err(format!("{item} is {found}; it should be all zero")),
            "some" if found != "-" => Ok(()),
            "the calling thread" => {
                let thread = self.thread_of(actor)?;
                same(item, found, &thread)
            }
            "the limit" => {
                let limits =
                    self.query(&Socket::server("listener"), "limits", Fields::default())?;
                same(item, found, limits.need("connect-data")?)
            }
            "the QOS of the caller" => same(item, found, &turned_round(phrases::FLOW)),
            _ => {
                let wanted = match phrases::place(wanted) {
                    Some(place) => {
                        let at = vec![("addr", phrases::Value::At(place))];
                        self.arguments(actor.side, at)?.need("addr")?.to_owned()
                    }
                    None => phrases::bytes(wanted).unwrap_or_else(|| wanted.to_owned()),
                };
                same(item, found, &wanted)
            }
        }
    }

    /// The thread of a lane.
    fn thread_of(&mut self, actor: &Actor) -> Step<String> {
        let mut stage = self.stage()?;
        let outcome = stage.call(actor.side, &actor.lane, "thread", &Fields::default())?;
        outcome.succeeded()?.need("thread").map(str::to_owned)
    }
}

/// A flow specification as the other side sees it.
fn turned_round(flow: &str) -> String {
    let mut parts: Vec<&str> = flow.split('/').collect();
    parts.swap(0, 1);
    parts.join("/")
}
