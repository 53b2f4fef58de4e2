//! The condition function: what it is shown and what it decides.

use cucumber::{gherkin, given, then, when};

use crate::{
    names::{Actor, Socket, accepted_name},
    phrases,
    protocol::{Fields, Outcome},
    scene::{Scene, Step},
    stage::Side,
};

#[then(
    regex = r"^(the server|another thread|a third thread)'s condition function is called(?: for caller ([A-Z]))?$"
)]
#[when(
    regex = r"^(the server|another thread|a third thread)'s condition function is called(?: for caller ([A-Z]))?$"
)]
fn called(scene: &mut Scene, actor: Actor, caller: String) -> Step {
    let given = scene.condition(&actor)?;
    if caller.is_empty() {
        Ok(())
    } else {
        scene.check_caller(&given, &caller)
    }
}

#[then(regex = r"^(the server|another thread|a third thread)'s condition function is not called$")]
fn not_called(scene: &mut Scene, actor: Actor) -> Step {
    scene.settle()?;
    if scene.is_deciding(&actor)? {
        return Err("the condition function was called".to_owned());
    }
    Ok(())
}

#[given(
    regex = r"^(the server|another thread|a third thread)'s condition function (accepts|rejects|defers|raises|returns (-?\d+))(?:, having (.+))?$"
)]
#[then(
    regex = r"^(the server|another thread|a third thread)'s condition function (accepts|rejects|defers|raises|returns (-?\d+))(?:, having (.+))?$"
)]
#[when(
    regex = r"^(the server|another thread|a third thread)'s condition function (accepts|rejects|defers|raises|returns (-?\d+))(?:, having (.+))?$"
)]
fn decides(
    scene: &mut Scene,
    actor: Actor,
    decision: String,
    number: String,
    having: String,
) -> Step {
    scene.condition(&actor)?;
    let answer = if number.is_empty() {
        word(&decision)?
    } else {
        &number
    };
    let effects = scene.arguments(actor.side, phrases::effects(&having)?)?;
    scene.answer(&actor, answer, &effects)
}

/// The whole call in one step: made, shown that caller, decided, and ended as it has to.
#[given(
    regex = r"^(the server|another thread|a third thread) (accepts|rejects|defers) caller ([A-Z])(?: on (the (?:second )?listener))?(?:, having (.+))?$"
)]
#[when(
    regex = r"^(the server|another thread|a third thread) (accepts|rejects|defers) caller ([A-Z])(?: on (the (?:second )?listener))?(?:, having (.+))?$"
)]
#[then(
    regex = r"^(the server|another thread|a third thread) (accepts|rejects|defers) caller ([A-Z])(?: on (the (?:second )?listener))?(?:, having (.+))?$"
)]
fn call_and_decide(
    scene: &mut Scene,
    actor: Actor,
    decision: String,
    caller: String,
    on: String,
    having: String,
) -> Step {
    let listener = if on.is_empty() { "the listener" } else { &on };
    scene.decide(&actor, &decision, &caller, &listener.parse()?, &having)
}

#[given(regex = r"^the server (accepts|rejects|defers) callers ([A-Z]) to ([A-Z])$")]
#[when(regex = r"^the server (accepts|rejects|defers) callers ([A-Z]) to ([A-Z])$")]
#[then(regex = r"^the server (accepts|rejects|defers) callers ([A-Z]) to ([A-Z])$")]
fn decide_all(scene: &mut Scene, decision: String, first: char, last: char) -> Step {
    for caller in first..=last {
        let listener = Socket::server("listener");
        scene.decide(
            &Actor::server(),
            &decision,
            &caller.to_string(),
            &listener,
            "",
        )?;
    }
    Ok(())
}

#[when(regex = r"^the server (accepts|rejects|defers) caller ([A-Z]) (\d+) times$")]
fn decide_often(scene: &mut Scene, decision: String, caller: String, times: usize) -> Step {
    for _ in 0..times {
        scene.decide(
            &Actor::server(),
            &decision,
            &caller,
            &Socket::server("listener"),
            "",
        )?;
    }
    Ok(())
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

/// Where the API has no such parameter, there is nothing to be shown.
#[then(
    regex = r"^(the server|another thread|a third thread)'s condition function was shown no group QOS$"
)]
fn no_group_qos(scene: &mut Scene, actor: Actor) -> Step {
    let given = scene.last_shown(&actor)?;
    same("the group QOS", given.get("gqos").unwrap_or("-"), "-")
}

#[then(
    regex = r"^(the server|another thread|a third thread)'s condition function was shown the credentials of the callers$"
)]
fn credentials(scene: &mut Scene, actor: Actor) -> Step {
    let given = scene.last_shown(&actor)?.clone();
    let me = scene.stage()?.process(Side::Client);
    same("the process", given.need("pid")?, &me.to_string())?;
    given.need("uid")?;
    given.need("gid").map(drop)
}

/// A request that was reset may be met once on the way.
#[then(regex = r"^an accept call meets caller ([A-Z]) after at most one WSAECONNRESET$")]
fn meets(scene: &mut Scene, caller: String) -> Step {
    let arguments = Fields::from([("name", "listener"), ("condition", "ask")]);
    let server = Actor::server();
    scene.begin(&server, "accept", arguments.clone())?;
    if !scene.is_deciding(&server)? {
        scene.outcome(&server)?.failed_with("WSAECONNRESET")?;
        scene.begin(&server, "accept", arguments)?;
    }
    let given = scene.condition(&server)?;
    scene.check_caller(&given, &caller)
}

/// Accepts the head without a condition function and finds it to be that caller.
#[given(
    regex = r"^(the server|another thread|a third thread) accepts caller ([A-Z]) without a condition function(?: on (the (?:second )?listener))?$"
)]
#[when(
    regex = r"^(the server|another thread|a third thread) accepts caller ([A-Z]) without a condition function(?: on (the (?:second )?listener))?$"
)]
#[then(
    regex = r"^(the server|another thread|a third thread) accepts caller ([A-Z]) without a condition function(?: on (the (?:second )?listener))?$"
)]
fn accepts_unasked(scene: &mut Scene, actor: Actor, caller: String, on: String) -> Step {
    let listener = if on.is_empty() { "the listener" } else { &on };
    let name = scene.name(&listener.parse()?)?;
    let accepted = accepted_name(&caller);
    let arguments = Fields::from([
        ("name", name.as_str()),
        ("condition", "null"),
        ("as", accepted.as_str()),
    ]);
    scene.begin(&actor, "accept", arguments)?;
    scene.outcome(&actor)?.succeeded()?;
    let peer = scene.query(&Socket::server(&accepted), "getpeername", Fields::default())?;
    let caller_address = scene.address_of(&Socket::caller(&caller))?;
    same(
        "the peer of the accepted socket",
        peer.need("addr")?,
        &caller_address,
    )
}

/// Nothing is left in the queue: a non-blocking look finds no request.
#[then(regex = r"^no request is pending on (the (?:second )?listener)$")]
fn nothing_pending(scene: &mut Scene, listener: Socket) -> Step {
    scene.settle()?;
    scene.query(&listener, "nonblocking", Fields::from([("value", "1")]))?;
    let name = scene.name(&listener)?;
    let arguments = Fields::from([
        ("name", name.as_str()),
        ("condition", "null"),
        ("as", "unexpected"),
    ]);
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
    /// Makes an accept call, finds it to be about that caller, decides, and checks how it ends.
    fn decide(
        &mut self,
        actor: &Actor,
        decision: &str,
        caller: &str,
        listener: &Socket,
        having: &str,
    ) -> Step {
        let name = self.name(listener)?;
        let accepted = accepted_name(caller);
        let arguments = [
            ("name", name.as_str()),
            ("condition", "ask"),
            ("as", accepted.as_str()),
        ];
        self.begin(actor, "accept", Fields::from(arguments))?;
        let given = self.condition(actor)?;
        self.check_caller(&given, caller)?;
        let effects = self.arguments(actor.side, phrases::effects(having)?)?;
        self.answer(actor, word(decision)?, &effects)?;
        let outcome = self.outcome(actor)?;
        match decision {
            "accepts" => outcome.succeeded().map(drop),
            "rejects" => outcome.failed_with("WSAECONNREFUSED"),
            _ => outcome.failed_with("WSATRY_AGAIN"),
        }
    }

    /// Checks that a condition function was called for that caller.
    fn check_caller(&mut self, given: &Fields, caller: &str) -> Step {
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
            "the QOS of the caller" => same(item, found, &phrases::turned_round(phrases::FLOW)),
            _ => {
                let wanted = self.value(actor.side, phrases::wanted(wanted))?;
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
