//! Calls by their name: "the server calls listen on the listener with a backlog of 0".

use cucumber::{given, then, when};

use crate::{
    names::{Actor, Socket},
    phrases,
    protocol::{Fields, Outcome},
    scene::{Scene, Step},
    steps::deciding::same,
};

/// The verb of the protocol and fixed arguments for the function of that name.
pub(super) fn verb(function: &str) -> Step<(&str, Fields)> {
    let plain = |verb| Ok((verb, Fields::default()));
    match function {
        "bind" | "listen" | "send" | "recv" | "shutdown" | "getsockname" | "getpeername" => {
            plain(function)
        }
        "accept" => Ok(("accept", Fields::from([("condition", "plain")]))),
        "WSAAccept" => Ok(("accept", Fields::from([("condition", "ask")]))),
        "connect" => Ok(("connect", Fields::from([("call", "plain")]))),
        "WSAConnect" => plain("connect"),
        "WSASendDisconnect" => plain("send-disconnect"),
        "WSARecvDisconnect" => plain("recv-disconnect"),
        "getsockopt" => plain("getopt"),
        "setsockopt" => plain("setopt"),
        "closesocket" => plain("close"),
        "ioctlsocket" => plain("nonblocking"),
        "WSASocket" => plain("socket"),
        "WSAGetLastError" | "WSASetLastError" => plain("last-error"),
        "WSACleanup" => plain("cleanup"),
        "WSAIoctl" => plain("ioctl"),
        "SIO_GET_QOS" => plain("get-qos"),
        "SIO_SET_QOS" => plain("set-qos"),
        "WSACreateEvent" => plain("event-create"),
        "WSASetEvent" => plain("event-set"),
        "WSAResetEvent" => plain("event-reset"),
        "WSACloseEvent" => plain("event-close"),
        "WSAEventSelect" => plain("event-select"),
        "WSAEnumNetworkEvents" => plain("enum-events"),
        "WSAAsyncSelect" => plain("async-select"),
        _ => Err(format!("no function is called {function}")),
    }
}

#[given(
    regex = r"^(the server|another thread|a third thread|caller [A-Z]) calls (\w+)(?: on (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]))?(?: with (.+))?$"
)]
#[when(
    regex = r"^(the server|another thread|a third thread|caller [A-Z]) calls (\w+)(?: on (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]))?(?: with (.+))?$"
)]
fn call(scene: &mut Scene, actor: Actor, function: String, on: String, with: String) -> Step {
    let (verb, mut arguments) = verb(&function)?;
    let given = phrases::arguments(&with)?;
    arguments.extend(scene.arguments(actor.side, given)?);
    if let Some(socket) = own_socket(&actor, &on)? {
        arguments.set("name", scene.name(&socket)?);
    }
    if verb == "socket" {
        let entry = scene.stage()?.cell().entry.clone();
        arguments.set("entry", entry);
    }
    scene.begin(&actor, verb, arguments)
}

/// The socket that was named, or a caller's own.
fn own_socket(actor: &Actor, named: &str) -> Step<Option<Socket>> {
    if !named.is_empty() {
        return named.parse().map(Some);
    }
    Ok(actor.lane.strip_prefix("caller-").map(Socket::caller))
}

#[then(regex = r"^(the server|another thread|a third thread|caller [A-Z])'s call succeeds$")]
fn succeeds(scene: &mut Scene, actor: Actor) -> Step {
    scene.outcome(&actor)?.succeeded().map(drop)
}

#[then(
    regex = r"^(the server|another thread|a third thread|caller [A-Z])'s call fails with (\w+)$"
)]
fn fails(scene: &mut Scene, actor: Actor, error: String) -> Step {
    scene.outcome(&actor)?.failed_with(&error)
}

#[then(regex = r"^(the server|another thread|a third thread|caller [A-Z])'s call fails$")]
fn fails_somehow(scene: &mut Scene, actor: Actor) -> Step {
    match scene.outcome(&actor)? {
        Outcome::Fail(..) => Ok(()),
        other => Err(format!("the call {other}; it should have failed")),
    }
}

/// With whatever result.
#[then(regex = r"^(the server|another thread|a third thread|caller [A-Z])'s call ends$")]
fn ends(scene: &mut Scene, actor: Actor) -> Step {
    scene.outcome(&actor).map(drop)
}

#[then(regex = r"^(the server|another thread|a third thread|caller [A-Z])'s call ends abnormally$")]
fn ends_abnormally(scene: &mut Scene, actor: Actor) -> Step {
    let outcome = scene.outcome(&actor)?;
    if scene.has("raise-propagates")? {
        match outcome {
            Outcome::Raised => Ok(()),
            other => Err(format!(
                "the call {other}; the exception should have come out of it"
            )),
        }
    } else {
        outcome.failed_with("WSAEINVAL")
    }
}

#[then(
    regex = r"^(the server|another thread|a third thread|caller [A-Z])'s call is still under way$"
)]
fn under_way(scene: &mut Scene, actor: Actor) -> Step {
    scene.settle()?;
    match scene.outcome_so_far(&actor)? {
        Some(outcome) => Err(format!("the call {outcome}; it should still be under way")),
        None if scene.is_deciding(&actor)? => Err("its condition function was called".to_owned()),
        None => Ok(()),
    }
}

#[then(
    regex = r"^(the server|another thread|a third thread|caller [A-Z])'s call returns (\S+) (.+)$"
)]
fn returns(scene: &mut Scene, actor: Actor, key: String, wanted: String) -> Step {
    let outcome = scene.outcome(&actor)?;
    let found = outcome.fields()?.need(&key)?.to_owned();
    let wanted = scene.value(actor.side, phrases::wanted(&wanted))?;
    same(&key, &found, &wanted)
}
