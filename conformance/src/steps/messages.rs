//! Messages about network events, in a notification port.

use std::collections::BTreeSet;

use cucumber::{given, then, when};

use crate::{
    names::{Actor, Object, Socket},
    phrases,
    protocol::Fields,
    scene::{Scene, Step},
    steps::deciding::same,
};

/// The number of messages whose number the scenario does not care about.
const MESSAGE: &str = "1025";

#[given("a port")]
fn make(scene: &mut Scene) -> Step {
    scene.create_object_once("port", &"the port".parse()?)
}

#[given("the server closes the port")]
#[when("the server closes the port")]
fn close(scene: &mut Scene) -> Step {
    let port: Object = "the port".parse()?;
    let arguments = Fields::from([("port", port.name.as_str())]);
    let outcome = scene.ask(port.side, "port-close", &arguments)?;
    outcome.succeeded().map(drop)
}

#[given(
    regex = r"^(the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) is registered for messages of (FD_[A-Z_]+(?:(?:, | and )FD_[A-Z_]+)*?)(?: with the number (\d+))?$"
)]
#[when(
    regex = r"^(the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) is registered for messages of (FD_[A-Z_]+(?:(?:, | and )FD_[A-Z_]+)*?)(?: with the number (\d+))?$"
)]
fn register(scene: &mut Scene, socket: Socket, events: String, number: String) -> Step {
    let port = Object::port_of(&socket);
    scene.create_object_once("port", &port)?;
    let mask = phrases::events(&events)?.join(",");
    let arguments = Fields::from([
        ("port", port.name.as_str()),
        ("message", if number.is_empty() { MESSAGE } else { &number }),
        ("mask", mask.as_str()),
    ]);
    scene.query(&socket, "async-select", arguments).map(drop)
}

#[given(
    regex = r"^the messages of (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) are cancelled$"
)]
#[when(
    regex = r"^the messages of (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) are cancelled$"
)]
fn cancel(scene: &mut Scene, socket: Socket) -> Step {
    let arguments = Fields::from([("port", "-"), ("message", "0"), ("mask", "-")]);
    scene.query(&socket, "async-select", arguments).map(drop)
}

/// So many messages, in any order, and all with the same number.
#[then(
    regex = r"^(?:a message tells|messages tell) of (FD_[A-Z_]+(?:(?: with |, | and )(?:FD_|WSA)\w+)*) on (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z])(?: with the number (\d+))?$"
)]
fn told(scene: &mut Scene, events: String, socket: Socket, number: String) -> Step {
    let wanted: BTreeSet<String> = phrases::events(&events)?.into_iter().collect();
    let number = if number.is_empty() { MESSAGE } else { &number };
    let name = scene.name(&socket)?;
    let port = Object::port_of(&socket);
    let mut found = BTreeSet::new();
    for _ in &wanted {
        let message = scene
            .next_message(&port, true)?
            .ok_or_else(|| format!("only {found:?} were told of"))?;
        same(
            "the number of the message",
            message.need("message")?,
            number,
        )?;
        same("the socket of the message", message.need("socket")?, &name)?;
        found.insert(message.need("event")?.to_owned());
    }
    if found == wanted {
        return Ok(());
    }
    Err(format!("{found:?} were told of; it should be {wanted:?}"))
}

#[then(regex = r"^no(?: more)? message waits in (the port|the port of caller [A-Z])$")]
fn no_message(scene: &mut Scene, port: Object) -> Step {
    scene.settle()?;
    match scene.next_message(&port, false)? {
        Some(message) => Err(format!("a message waits: {message}")),
        None => Ok(()),
    }
}

#[when(regex = r"^(the server|another thread) waits for a message(?: for at most (\d+) ms)?$")]
fn wait(scene: &mut Scene, actor: Actor, timeout: String) -> Step {
    let mut arguments = Fields::from([("port", "port")]);
    if !timeout.is_empty() {
        arguments.set("timeout", timeout);
    }
    scene.begin(&actor, "port-get", arguments)
}

impl Scene {
    fn next_message(&self, port: &Object, hopeful: bool) -> Step<Option<Fields>> {
        let timeout = self.patience_for(hopeful)?;
        let arguments = Fields::from([("port", port.name.as_str()), ("timeout", timeout.as_str())]);
        let outcome = self.ask(port.side, "port-get", &arguments)?;
        let fields = outcome.succeeded()?;
        Ok((fields.need("ended")? == "1").then(|| fields.clone()))
    }
}
