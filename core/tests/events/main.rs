//! Network events, on every entry: what is recorded, what sets the event object, and what does not.

mod accepted;
#[path = "../common/mod.rs"]
mod common;
mod connection;
mod listener;
mod registration;

use std::{thread, time::Instant};

use common::{
    ENTRIES, a_moment, calling, connected, deciding, head, listening, promptly, soon, until, within,
};
use vestibule::{
    ConnectData, Decision, Entry, Error, EventObject, EventReport, Linger, NetworkEvents,
    NotificationPort, Receive, Result, Shutdown, Socket, Wait,
};

const READ: NetworkEvents = NetworkEvents::READ;
const WRITE: NetworkEvents = NetworkEvents::WRITE;
const ACCEPT: NetworkEvents = NetworkEvents::ACCEPT;
const CONNECT: NetworkEvents = NetworkEvents::CONNECT;
const CLOSE: NetworkEvents = NetworkEvents::CLOSE;
const ALL: NetworkEvents = NetworkEvents::all();
const NOTHING: NetworkEvents = NetworkEvents::empty();

/// An event object that a socket reports to.
fn selected(socket: &Socket, mask: NetworkEvents) -> EventObject {
    let object = EventObject::new().expect("memory");
    socket
        .event_select(Some(&object), mask)
        .expect("an open socket and an open object");
    object
}

/// What was recorded; the object is reset.
fn enumerated(socket: &Socket, object: &EventObject) -> NetworkEvents {
    report(socket, object).events()
}

fn report(socket: &Socket, object: &EventObject) -> EventReport {
    socket
        .enumerate_events(Some(object))
        .expect("an open socket and an open object")
}

/// What is recorded after the object was set, as it has to be.
fn awaited(socket: &Socket, object: &EventObject) -> NetworkEvents {
    object
        .wait(&within())
        .expect("an open socket and an open object");
    enumerated(socket, object)
}

fn receive(socket: &Socket, room: usize) -> Result<usize> {
    socket.receive(&mut vec![0; room], Receive::default(), &within())
}

fn send(socket: &Socket, data: &[u8]) {
    assert_eq!(socket.send(data, &within()), Ok(data.len()));
}

fn is_quiet(object: &EventObject) -> bool {
    !object.is_set().expect("an open socket and an open object")
        && object.wait(&Wait::at_most(a_moment())) == Err(Error::TimedOut)
}
