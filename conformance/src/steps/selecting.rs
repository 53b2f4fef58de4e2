//! select: what would not block.

use cucumber::{then, when};

use crate::{
    names::{Actor, Socket},
    protocol::Fields,
    scene::{Scene, Step},
    steps::deciding::same,
};

/// The key of the protocol for what is looked for.
fn set(what: &str) -> &'static str {
    match what {
        "reading" => "read",
        "writing" => "write",
        _ => "except",
    }
}

#[then(
    regex = r"^(the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) is( not)? selected for (reading|writing|an exception)$"
)]
fn is_selected(scene: &mut Scene, socket: Socket, not: String, what: String) -> Step {
    let expected = not.is_empty();
    if !expected {
        scene.settle()?;
    }
    let (name, key) = (scene.name(&socket)?, set(&what));
    let timeout = scene.patience_for(expected)?;
    let arguments = Fields::from([(key, name.as_str()), ("timeout", timeout.as_str())]);
    let outcome = scene.ask(socket.side, "select", &arguments)?;
    let wanted = if expected { &name } else { "-" };
    same(&what, outcome.succeeded()?.need(key)?, wanted)
}

#[when(
    regex = r"^(the server|another thread) selects (the (?:second )?listener|the accepted socket(?: of [A-Z])?|socket [A-Z])(?: and (the (?:second )?listener|the accepted socket(?: of [A-Z])?|socket [A-Z]))? for reading$"
)]
fn selects(scene: &mut Scene, actor: Actor, socket: Socket, other: String) -> Step {
    let mut names = scene.name(&socket)?;
    if !other.is_empty() {
        names = format!("{names},{}", scene.name(&other.parse()?)?);
    }
    scene.begin(&actor, "select", Fields::from([("read", names.as_str())]))
}
