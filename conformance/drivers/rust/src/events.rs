//! Event objects, registrations and the notification port.

use std::time::Duration;

use provider::{Error, EventObject, EventReport, NetworkEvents, Notification, Wait};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::{
    calls::named,
    faults::telling,
    lanes::Lane,
    process::Process,
    words::{Answer, End, Words},
};

/// Carries out a verb about an event object or a port; nothing if it is none.
pub(crate) fn call(lane: &Lane, verb: &str, words: &Words) -> Option<Answer> {
    let process = &*lane.process;
    Some(match verb {
        "event-create" => create(process, words),
        "event-set" => on_object(process, words, EventObject::set),
        "event-reset" => on_object(process, words, EventObject::reset),
        "event-close" => on_object(process, words, EventObject::close),
        "event-wait" => wait(process, words),
        "event-poll" => poll_descriptor(process, words),
        "event-select" => select(lane, words),
        "enum-events" => enumerate(lane, words),
        "port-create" => create_port(process, words),
        "port-close" => close_port(process, words),
        "port-get" => next_message(process, words),
        "async-select" => select_messages(lane, words),
        _ => return None,
    })
}

fn create(process: &Process, words: &Words) -> Answer {
    process.name_object(words.need("event")?, EventObject::new()?);
    Ok(String::new())
}

fn on_object(
    process: &Process,
    words: &Words,
    call: fn(&EventObject) -> provider::Result<()>,
) -> Answer {
    call(&process.find_object(words.need("event")?)?)?;
    Ok(String::new())
}

fn patience(words: &Words) -> Result<Option<Duration>, String> {
    words
        .get("timeout")
        .map(|_| words.number("timeout").map(Duration::from_millis))
        .transpose()
}

fn wait(process: &Process, words: &Words) -> Answer {
    if words.has_any(&["alertable"]) {
        return Err(End::Unsupported);
    }
    let objects = match words.need("events")? {
        "-" => Vec::new(),
        names => names
            .split(',')
            .map(|name| process.find_object(name))
            .collect::<Result<_, _>>()?,
    };
    let patience = patience(words)?;
    let wait = patience.map_or(Wait::FOREVER, Wait::at_most);
    let objects: Vec<&EventObject> = objects.iter().collect();
    let waited = if words.is_set("all") {
        telling::wait_all(process, &objects, &wait).map(|()| String::new())
    } else {
        telling::wait_any(process, &objects, &wait).map(|index| format!(" index={index}"))
    };
    match waited {
        Ok(which) => Ok(format!("ended=1{which}")),
        Err(Error::TimedOut) => Ok("ended=0".to_owned()),
        Err(error) => Err(error.into()),
    }
}

fn poll_descriptor(process: &Process, words: &Words) -> Answer {
    let (object, port);
    let descriptor = if words.get("port").is_some() {
        port = process.find_port(words.need("port")?)?;
        port.descriptor()?
    } else {
        object = process.find_object(words.need("event")?)?;
        object.descriptor()?
    };
    let patience = patience(words)?.unwrap_or_default();
    let patience = Timespec::try_from(patience).map_err(|error| error.to_string())?;
    let mut waiting = [PollFd::new(&descriptor, PollFlags::IN)];
    let readable = poll(&mut waiting, Some(&patience)).map_err(|error| error.to_string())?;
    Ok(format!("ended={readable}"))
}

fn select(lane: &Lane, words: &Words) -> Answer {
    let socket = named(lane, words)?.socket;
    let mask = words.events("mask")?;
    let object = match words.need("event")? {
        "-" => None,
        name => Some(lane.process.find_object(name)?),
    };
    let name = words.need("name")?;
    telling::event_select(&lane.process, name, &socket, object.as_ref(), mask)?;
    Ok(String::new())
}

fn enumerate(lane: &Lane, words: &Words) -> Answer {
    if words.has_any(&["result"]) {
        return Err(End::Unsupported);
    }
    let socket = named(lane, words)?.socket;
    let reset = match words.get("event") {
        None | Some("-") => None,
        Some(name) => Some(lane.process.find_object(name)?),
    };
    let name = words.need("name")?;
    let report = telling::enumerate(&lane.process, name, &socket, reset.as_ref())?;
    Ok(format!("events={}", reported(&lane.process, report)))
}

/// Events with their errors, as the protocol spells them.
fn reported(process: &Process, report: EventReport) -> String {
    let events: Vec<String> = report
        .iter()
        .map(|(event, error)| one_reported(process, event, error))
        .collect();
    if events.is_empty() {
        "-".to_owned()
    } else {
        events.join(",")
    }
}

fn one_reported(process: &Process, event: NetworkEvents, error: Option<Error>) -> String {
    let name = event_name(event);
    match error.map(|error| telling::event_error(process, event, error)) {
        Some(error) => format!("{name}:{}", error.name()),
        None => name.to_owned(),
    }
}

const NAMES: [(&str, NetworkEvents); 10] = [
    ("FD_READ", NetworkEvents::READ),
    ("FD_WRITE", NetworkEvents::WRITE),
    ("FD_OOB", NetworkEvents::OOB),
    ("FD_ACCEPT", NetworkEvents::ACCEPT),
    ("FD_CONNECT", NetworkEvents::CONNECT),
    ("FD_CLOSE", NetworkEvents::CLOSE),
    ("FD_QOS", NetworkEvents::QOS),
    ("FD_GROUP_QOS", NetworkEvents::GROUP_QOS),
    (
        "FD_ROUTING_INTERFACE_CHANGE",
        NetworkEvents::ROUTING_INTERFACE_CHANGE,
    ),
    ("FD_ADDRESS_LIST_CHANGE", NetworkEvents::ADDRESS_LIST_CHANGE),
];

fn event_name(event: NetworkEvents) -> &'static str {
    let known = NAMES.iter().find(|(_, known)| *known == event);
    known.map_or("?", |(name, _)| name)
}

impl Words {
    /// A mask of network events.
    fn events(&self, key: &str) -> Result<NetworkEvents, End> {
        match self.need(key)? {
            "-" => Ok(NetworkEvents::empty()),
            // The type has no other bits than those of the names.
            number if number.parse::<i64>().is_ok() => Err(End::Unsupported),
            names => names.split(',').map(named_event).collect(),
        }
    }
}

fn named_event(name: &str) -> Result<NetworkEvents, End> {
    let known = NAMES.iter().find(|(known, _)| *known == name);
    known
        .map(|(_, event)| *event)
        .ok_or_else(|| End::Nonsense(format!("no event is called {name}")))
}

fn create_port(process: &Process, words: &Words) -> Answer {
    process.name_port(words.need("port")?, provider::NotificationPort::new()?);
    Ok(String::new())
}

fn close_port(process: &Process, words: &Words) -> Answer {
    process.find_port(words.need("port")?)?.close()?;
    Ok(String::new())
}

fn select_messages(lane: &Lane, words: &Words) -> Answer {
    let socket = named(lane, words)?.socket;
    let port = match words.need("port")? {
        "-" => None,
        name => Some(lane.process.find_port(name)?),
    };
    let (message, mask) = (words.number("message")?, words.events("mask")?);
    let name = words.need("name")?;
    telling::async_select(&lane.process, name, &socket, port.as_ref(), message, mask)?;
    Ok(String::new())
}

fn next_message(process: &Process, words: &Words) -> Answer {
    let port = process.find_port(words.need("port")?)?;
    let patience = patience(words)?;
    let wait = patience.map_or(Wait::FOREVER, Wait::at_most);
    match telling::next_message(process, &port, &wait) {
        Ok(notification) => Ok(format!("ended=1 {}", message(process, &notification)?)),
        Err(Error::TimedOut) => Ok("ended=0".to_owned()),
        Err(error) => Err(error.into()),
    }
}

fn message(process: &Process, notification: &Notification) -> Result<String, End> {
    Ok(format!(
        "message={} socket={} event={}",
        notification.message,
        process.name_of(notification.socket)?,
        one_reported(process, notification.event, notification.error),
    ))
}
