//! Registrations for network events, and what was recorded.

use std::collections::BTreeSet;

use cucumber::{given, then, when};

use crate::{
    names::{Object, Socket},
    phrases,
    protocol::Fields,
    scene::{Scene, Step},
};

#[given(
    regex = r"^(the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) is registered for (FD_[A-Z_]+(?:(?:, | and )FD_[A-Z_]+)*)(?: with (the (?:second |third )?event object))?$"
)]
#[when(
    regex = r"^(the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) is registered for (FD_[A-Z_]+(?:(?:, | and )FD_[A-Z_]+)*)(?: with (the (?:second |third )?event object))?$"
)]
fn register(scene: &mut Scene, socket: Socket, events: String, with: String) -> Step {
    let object = if with.is_empty() {
        Object::event_of(&socket)
    } else {
        with.parse()?
    };
    scene.create_object_once("event", &object)?;
    scene
        .reports_to
        .insert(scene.name(&socket)?, object.clone());
    let mask = phrases::events(&events)?.join(",");
    let arguments = Fields::from([("event", object.name.as_str()), ("mask", mask.as_str())]);
    scene.query(&socket, "event-select", arguments).map(drop)
}

#[given(
    regex = r"^the registration of (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) is cancelled$"
)]
#[when(
    regex = r"^the registration of (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) is cancelled$"
)]
fn cancel(scene: &mut Scene, socket: Socket) -> Step {
    let arguments = Fields::from([("event", "-"), ("mask", "-")]);
    scene.query(&socket, "event-select", arguments).map(drop)
}

/// These and no others, whatever order they come in. They are taken, and the event object is reset.
#[then(
    regex = r"^(FD_[A-Z_]+(?:(?: with |, | and )\w+)*) (?:is|are) recorded on (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z])$"
)]
fn recorded(scene: &mut Scene, events: String, socket: Socket) -> Step {
    let wanted = phrases::events(&events)?.into_iter().collect();
    scene.check_recorded(&socket, &wanted)
}

#[then(
    regex = r"^nothing(?: more)? is recorded on (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z])$"
)]
fn nothing_recorded(scene: &mut Scene, socket: Socket) -> Step {
    scene.check_recorded(&socket, &BTreeSet::new())
}

/// Whatever they are.
#[given(
    regex = r"^the events of (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) are enumerated( without the event object)?$"
)]
#[when(
    regex = r"^the events of (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) are enumerated( without the event object)?$"
)]
fn enumerate(scene: &mut Scene, socket: Socket, without: String) -> Step {
    scene.settle()?;
    if without.is_empty() {
        return scene.take_recorded(&socket).map(drop);
    }
    let arguments = Fields::default();
    scene.query(&socket, "enum-events", arguments).map(drop)
}

impl Scene {
    fn check_recorded(&mut self, socket: &Socket, wanted: &BTreeSet<String>) -> Step {
        self.settle()?;
        let mut found = BTreeSet::new();
        loop {
            for event in self.take_recorded(socket)? {
                if !wanted.contains(&event) {
                    return Err(format!("{event} was recorded"));
                }
                if !found.insert(event.clone()) {
                    return Err(format!("{event} was recorded twice"));
                }
            }
            if found == *wanted {
                return Ok(());
            }
            let object = self.reported_to(socket)?;
            if !self.is_set(&object, true)? {
                let missing: Vec<&str> = wanted.difference(&found).map(String::as_str).collect();
                return Err(format!("{} was not recorded", missing.join(" and ")));
            }
        }
    }

    /// Enumerates the recorded events and resets the socket's event object.
    fn take_recorded(&mut self, socket: &Socket) -> Step<Vec<String>> {
        let object = self.reported_to(socket)?;
        let arguments = Fields::from([("event", object.name.as_str())]);
        let found = self.query(socket, "enum-events", arguments)?;
        Ok(match found.need("events")? {
            "-" => Vec::new(),
            events => events.split(',').map(str::to_owned).collect(),
        })
    }

    fn reported_to(&self, socket: &Socket) -> Step<Object> {
        let known = self.reports_to.get(&self.name(socket)?).cloned();
        Ok(known.unwrap_or_else(|| Object::event_of(socket)))
    }
}
