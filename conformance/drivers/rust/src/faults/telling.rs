//! Faults in what is told of network events.

use provider::{
    Error, EventObject, EventReport, NetworkEvents, Notification, NotificationPort, Result, Socket,
    Wait,
};

use super::Fault;
use crate::process::{Process, lock};

/// What a driver with a fault knows of a socket's registration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registered {
    object: Option<EventObject>,
    mask: NetworkEvents,
    messages: Option<(NotificationPort, u32)>,
    /// Reported although it should not be.
    invented: NetworkEvents,
    /// Enumerated since the socket was made.
    enumerated: NetworkEvents,
}

impl Registered {
    fn invent(&mut self, events: NetworkEvents) {
        let events = events & self.mask;
        self.invented |= events;
        if let (false, Some(object)) = (events.is_empty(), &self.object) {
            // One that the scenario has closed cannot be set.
            let _ = object.set();
        }
    }
}

/// Waits for one of several event objects.
pub(crate) fn wait_any(
    process: &Process,
    objects: &[&EventObject],
    wait: &Wait<'_>,
) -> Result<usize> {
    let first = EventObject::wait_any(objects, wait)?;
    if process.has(Fault::ResetByWait) {
        objects[first].reset()?;
    }
    if process.has(Fault::LastIndex) {
        let set = |index: &usize| objects[*index].is_set() == Ok(true);
        return Ok((0..objects.len()).rev().find(set).unwrap_or(first));
    }
    Ok(first)
}

/// Waits for all of several event objects.
pub(crate) fn wait_all(process: &Process, objects: &[&EventObject], wait: &Wait<'_>) -> Result<()> {
    if process.has(Fault::OneForAll) {
        return EventObject::wait_any(objects, wait).map(drop);
    }
    EventObject::wait_all(objects, wait)
}

/// Registers for an event object.
pub(crate) fn event_select(
    process: &Process,
    name: &str,
    socket: &Socket,
    object: Option<&EventObject>,
    mask: NetworkEvents,
) -> Result<()> {
    socket.event_select(object, mask)?;
    if let (Some(object), true) = (object, process.has(Fault::ResetByRegistration)) {
        object.reset()?;
    }
    if process.has(Fault::ForgetUnregistered) {
        socket.enumerate_events(object)?;
    }
    process.with_registered(name, |registered| {
        registered.object = object.cloned();
        registered.mask = mask;
        registered.messages = None;
        if process.has(Fault::ReportAgain) {
            registered.invent(registered.enumerated);
        }
    });
    Ok(())
}

/// Registers for messages.
pub(crate) fn async_select(
    process: &Process,
    name: &str,
    socket: &Socket,
    port: Option<&NotificationPort>,
    message: u32,
    mask: NetworkEvents,
) -> Result<()> {
    let kept = process.has(Fault::KeepMessages).then_some(port).flatten();
    keep_messages(process, kept);
    socket.async_select(port, message, mask)?;
    process.with_registered(name, |registered| {
        *registered = Registered {
            mask,
            messages: port.map(|port| (port.clone(), message)),
            ..Registered::default()
        };
    });
    Ok(())
}

/// What was in the port is delivered whatever becomes of the registration.
fn keep_messages(process: &Process, port: Option<&NotificationPort>) {
    let no_time = Wait::at_most(std::time::Duration::ZERO);
    while let Some(Ok(notification)) = port.map(|port| port.next(&no_time)) {
        lock(&process.kept_messages).push(notification);
    }
}

/// A socket is about to be closed.
pub(crate) fn closing(process: &Process, name: &str) {
    if process.has(Fault::KeepMessages) {
        let port = process.with_registered(name, |registered| registered.messages.clone());
        keep_messages(process, port.as_ref().map(|(port, _)| port));
    }
}

/// Hands over what was recorded.
pub(crate) fn enumerate(
    process: &Process,
    name: &str,
    socket: &Socket,
    reset: Option<&EventObject>,
) -> Result<EventReport> {
    let kept = process.has(Fault::EnumerateResetsNothing);
    let report = socket.enumerate_events(reset.filter(|_| !kept))?;
    if process.has(Fault::EnumerateAll) {
        forget_the_rest(process, name, socket)?;
    }
    Ok(process.with_registered(name, |registered| {
        let mut events = report.events() | std::mem::take(&mut registered.invented);
        if process.has(Fault::ReadForClose) && events.contains(NetworkEvents::CLOSE) {
            events |= NetworkEvents::READ & registered.mask;
        }
        if process.has(Fault::LoseSecondArrival) {
            events -= registered.enumerated & NetworkEvents::ACCEPT;
        }
        registered.enumerated |= events;
        let error = |event| report.error(event);
        EventReport::new(
            events,
            error(NetworkEvents::CONNECT),
            error(NetworkEvents::CLOSE),
        )
    }))
}

/// Clears what is not in the mask, too.
fn forget_the_rest(process: &Process, name: &str, socket: &Socket) -> Result<()> {
    let registered = process.with_registered(name, |registered| registered.clone());
    if let Some(object) = &registered.object {
        socket.event_select(Some(&EventObject::new()?), NetworkEvents::all())?;
        socket.enumerate_events(None)?;
        socket.event_select(Some(object), registered.mask)?;
    }
    Ok(())
}

/// The error that comes with an event.
pub(crate) fn event_error(process: &Process, event: NetworkEvents, error: Error) -> Error {
    match (event, error) {
        (NetworkEvents::CLOSE, Error::ConnAborted) if process.has(Fault::ResetInClose) => {
            Error::ConnReset
        }
        _ => error,
    }
}

/// An accept call on the listener of that name has ended.
pub(crate) fn accepted(process: &Process, listener: &str, accepted: &Result<Socket>) {
    process.with_registered(listener, |registered| {
        registered.enumerated -= NetworkEvents::ACCEPT;
        if matches!(accepted, Err(Error::TryAgain)) && process.has(Fault::TellBehindDeferred) {
            registered.invent(NetworkEvents::ACCEPT);
        }
    });
    if let (Ok(socket), true) = (accepted, process.has(Fault::NoInheritance)) {
        // A socket that was just accepted does not refuse it.
        let _ = socket.event_select(None, NetworkEvents::empty());
    }
}

/// A send on the socket of that name has succeeded.
pub(crate) fn sent(process: &Process, name: &str) {
    if process.has(Fault::WriteAfterSend) {
        process.with_registered(name, |registered| registered.invent(NetworkEvents::WRITE));
    }
}

/// A receive on the socket of that name has reached the end.
pub(crate) fn ended(process: &Process, name: &str) {
    if process.has(Fault::CloseTwice) {
        process.with_registered(name, |registered| registered.invent(NetworkEvents::CLOSE));
    }
}

/// The next message of a port.
pub(crate) fn next_message(
    process: &Process,
    port: &NotificationPort,
    wait: &Wait<'_>,
) -> Result<Notification> {
    if let Some(kept) = lock(&process.kept_messages).pop() {
        return Ok(kept);
    }
    let notification = port.next(wait)?;
    if process.has(Fault::MessageAgain)
        && let Ok(name) = process.name_of(notification.socket)
        && let Ok(named) = process.find(&name)
    {
        let mask = process.with_registered(&name, |registered| registered.mask);
        named
            .socket
            .async_select(Some(port), notification.message, mask)?;
    }
    Ok(notification)
}
