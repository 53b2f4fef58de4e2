//! Event objects: made, set, reset, closed, and waited for.

use cucumber::{given, then, when};

use crate::{
    names::{Actor, Object},
    protocol::{Fields, Outcome},
    scene::{Scene, Step},
    stage::Side,
    steps::deciding::same,
};

#[given(regex = r"^(an event object|a second event object|a third event object)$")]
fn make(scene: &mut Scene, object: String) -> Step {
    let definite = object.replacen("an ", "the ", 1).replacen("a ", "the ", 1);
    scene.create_object_once("event", &definite.parse()?)
}

#[given(
    regex = r"^(?:the server|another thread|a third thread|caller [A-Z]) (sets|resets|closes) (the (?:second |third )?event object|the event object of caller [A-Z])$"
)]
#[when(
    regex = r"^(?:the server|another thread|a third thread|caller [A-Z]) (sets|resets|closes) (the (?:second |third )?event object|the event object of caller [A-Z])$"
)]
fn change(scene: &mut Scene, how: String, object: Object) -> Step {
    let verb = match how.as_str() {
        "sets" => "event-set",
        "resets" => "event-reset",
        _ => "event-close",
    };
    let arguments = Fields::from([("event", object.name.as_str())]);
    let outcome = scene.ask(object.side, verb, &arguments)?;
    let done = outcome.succeeded().map(drop);
    done.map_err(|error| format!("{verb}: {error}"))
}

#[then(
    regex = r"^(the (?:second |third )?event object|the event object of caller [A-Z]) is( not)? set$"
)]
fn is_set(scene: &mut Scene, object: Object, not: String) -> Step {
    let expected = not.is_empty();
    if !expected {
        scene.settle()?;
    }
    if scene.is_set(&object, expected)? == expected {
        return Ok(());
    }
    Err(format!("it is {}set", if expected { "not " } else { "" }))
}

/// Polled, which does not take anything in.
#[then(
    regex = r"^the descriptor of (the (?:second |third )?event object|the event object of caller [A-Z]|the port) is( not)? readable$"
)]
fn is_readable(scene: &mut Scene, object: Object, not: String) -> Step {
    let expected = not.is_empty();
    if !expected {
        scene.settle()?;
    }
    let key = if object.name.starts_with("port") {
        "port"
    } else {
        "event"
    };
    let timeout = scene.patience_for(expected)?;
    let arguments = Fields::from([(key, object.name.as_str()), ("timeout", timeout.as_str())]);
    let outcome = scene.ask(object.side, "event-poll", &arguments)?;
    let wanted = if expected { "1" } else { "0" };
    same("readable", outcome.succeeded()?.need("ended")?, wanted)
}

#[given(
    regex = r"^(the server|another thread|a third thread) waits (alertably )?for (all of )?(the (?:second |third )?event object(?:(?:, | and )the (?:second |third )?event object)*|no event object|\d+ event objects)(?: for at most (\d+) ms)?$"
)]
#[when(
    regex = r"^(the server|another thread|a third thread) waits (alertably )?for (all of )?(the (?:second |third )?event object(?:(?:, | and )the (?:second |third )?event object)*|no event object|\d+ event objects)(?: for at most (\d+) ms)?$"
)]
fn wait(
    scene: &mut Scene,
    actor: Actor,
    alertably: String,
    all: String,
    objects: String,
    timeout: String,
) -> Step {
    let names = scene.names_of_objects(&objects)?;
    let mut arguments = Fields::from([("events", names.as_str())]);
    if !alertably.is_empty() {
        arguments.set("alertable", "1");
    }
    if !all.is_empty() {
        arguments.set("all", "1");
    }
    if !timeout.is_empty() {
        arguments.set("timeout", timeout);
    }
    scene.begin(&actor, "event-wait", arguments)
}

#[then(
    regex = r"^(the server|another thread|a third thread)'s wait ends(?: with the (first|second|third))?$"
)]
fn wait_ends(scene: &mut Scene, actor: Actor, which: String) -> Step {
    let outcome = scene.outcome(&actor)?;
    let fields = outcome.succeeded()?;
    same("the end of the wait", fields.need("ended")?, "1")?;
    let index = match which.as_str() {
        "" => return Ok(()),
        "first" => "0",
        "second" => "1",
        _ => "2",
    };
    same("the index", fields.need("index")?, index)
}

#[then(regex = r"^(the server|another thread|a third thread)'s wait times out$")]
fn wait_times_out(scene: &mut Scene, actor: Actor) -> Step {
    let outcome = scene.outcome(&actor)?;
    same(
        "the end of the wait",
        outcome.succeeded()?.need("ended")?,
        "0",
    )
}

impl Scene {
    /// Makes an event object or a port unless the scenario has made it already.
    pub(crate) fn create_object_once(&mut self, kind: &str, object: &Object) -> Step {
        if self.objects.insert(object.clone()) {
            let arguments = Fields::from([(kind, object.name.as_str())]);
            let outcome = self.ask(object.side, &format!("{kind}-create"), &arguments)?;
            outcome.succeeded()?;
        }
        Ok(())
    }

    /// A time-out: most of the deadline for what is to happen, and nothing for what is not.
    pub(crate) fn patience_for(&self, hopeful: bool) -> Step<String> {
        let deadline = self.stage()?.patience().deadline() * 3 / 4;
        let milliseconds = if hopeful { deadline.as_millis() } else { 0 };
        Ok(milliseconds.to_string())
    }

    /// Whether an event object is set, or becomes so if that is hoped for.
    pub(crate) fn is_set(&self, object: &Object, hopeful: bool) -> Step<bool> {
        let timeout = self.patience_for(hopeful)?;
        let arguments = Fields::from([
            ("events", object.name.as_str()),
            ("timeout", timeout.as_str()),
        ]);
        match self.ask(object.side, "event-wait", &arguments)? {
            Outcome::Ok(fields) => Ok(fields.need("ended")? == "1"),
            other => Err(format!("the wait {other}")),
        }
    }

    /// Names for the driver: of these event objects, or of so many new ones.
    fn names_of_objects(&mut self, text: &str) -> Step<String> {
        if text == "no event object" {
            return Ok("-".to_owned());
        }
        if let Some(count) = text.strip_suffix(" event objects") {
            let count: usize = count.parse().map_err(|_| "no number".to_owned())?;
            let objects: Vec<Object> = (1..=count).map(numbered).collect();
            for object in &objects {
                self.create_object_once("event", object)?;
            }
            return Ok(joined(&objects));
        }
        let objects: Vec<Object> = text
            .replace(", ", " and ")
            .split(" and ")
            .map(str::parse)
            .collect::<Result<_, _>>()?;
        Ok(joined(&objects))
    }
}

fn numbered(number: usize) -> Object {
    Object {
        side: Side::Server,
        name: format!("event-{number}"),
    }
}

fn joined(objects: &[Object]) -> String {
    let names: Vec<&str> = objects.iter().map(|object| object.name.as_str()).collect();
    names.join(",")
}
