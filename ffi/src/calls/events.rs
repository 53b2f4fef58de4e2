//! Event objects, notification ports, and what sockets tell them (group EVT).

use std::{ffi::c_int, mem::offset_of, time::Duration};

use provider::{
    Error, EventObject, EventReport, MAX_WAIT_EVENTS, NetworkEvents, Notification,
    NotificationPort, Result, Wait,
    handles::{self, FoundObject},
};
use smallvec::SmallVec;

use super::find;
use crate::{
    event_types::{
        VESTIBULE_INVALID_EVENT, VESTIBULE_WAIT_EVENT_0, VESTIBULE_WAIT_TIMEOUT, vestibule_event,
        vestibule_network_events, vestibule_port,
    },
    memory::{Array, Room, Variable},
    types::vestibule_handle,
};

/// As many as can be waited for, so that a wait allocates nothing.
type Several<T> = SmallVec<[T; MAX_WAIT_EVENTS]>;

/// Makes an event object.
///
/// # Errors
/// [`Error::NotEnoughMemory`] (EVT-37).
pub(crate) fn create_event() -> Result<vestibule_event> {
    name(handles::register_event(EventObject::new()?)?)
}

/// Closes an event object.
///
/// # Errors
/// [`Error::InvalidHandle`] (EVT-39).
pub(crate) fn close_event(event: vestibule_event) -> Result<()> {
    handles::close_event(number(event)?)
}

/// The event object with this handle.
///
/// # Errors
/// [`Error::InvalidHandle`] (EVT-38); [`Error::NotInitialised`] in a forked child.
pub(crate) fn event(event: vestibule_event) -> Result<FoundObject<EventObject>> {
    handles::find_event(number(event)?)
}

/// Waits for event objects: the code of the one that is set, or that the time has passed (EVT-40 to
/// EVT-42).
///
/// # Errors
/// [`Error::InvalidParameter`] for a number of objects out of range (EVT-43), for NULL, and for a
/// handle named twice in a wait for all (EVT-45); [`Error::InvalidHandle`] for one that is no event
/// object, or is closed meanwhile (EVT-44, EVT-62).
pub(crate) fn wait(
    events: Array<'_, vestibule_event>,
    all: bool,
    wait: impl FnOnce() -> Wait<'static>,
) -> Result<u32> {
    if !(1..=MAX_WAIT_EVENTS).contains(&events.count()) {
        return Err(Error::InvalidParameter); // EVT-43
    }
    if !all && let Some(index) = first_set(events) {
        return Ok(code_of(index)); // EVT-40
    }
    wait_for_objects(events, all, wait)
}

#[inline(never)] // its frame is large
fn wait_for_objects(
    events: Array<'_, vestibule_event>,
    all: bool,
    wait: impl FnOnce() -> Wait<'static>,
) -> Result<u32> {
    let (mut found, mut objects) = (Several::new(), Several::new()); // filled in place: they are large
    for handle in events.values().ok_or(Error::InvalidParameter)? {
        found.push(event(handle)?); // EVT-44
    }
    objects.extend(found.iter().map(|found| &**found));
    let waited = if !all {
        EventObject::wait_any(&objects, &wait()) // EVT-40
    } else if EventObject::satisfied_at_once(&objects, all)?.is_some() {
        Ok(0)
    } else {
        EventObject::wait_all(&objects, &wait()).map(|()| 0) // EVT-41
    };
    match waited {
        Ok(index) => Ok(code_of(index)),
        Err(Error::TimedOut) => Ok(VESTIBULE_WAIT_TIMEOUT), // EVT-42
        Err(error) => Err(error),
    }
}

/// The first that is set, if a look is enough to tell (P14).
fn first_set(events: Array<'_, vestibule_event>) -> Option<usize> {
    handles::first_set(events.values()?.map(|event| event as u64))
}

fn code_of(index: usize) -> u32 {
    VESTIBULE_WAIT_EVENT_0 + u32::try_from(index).unwrap_or(0)
}

/// Ties an event object and a mask to a socket (EVT-05).
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Inval`] for an unknown bit, and for a handle that is no event object
/// unless the mask is empty (EVT-09, EVT-10); otherwise as [`provider::Socket::event_select`].
pub(crate) fn event_select(
    socket: vestibule_handle,
    object: vestibule_event,
    mask: u32,
) -> Result<()> {
    let socket = find(socket)?;
    let mask = NetworkEvents::from_bits(mask).ok_or(Error::Inval)?; // EVT-10
    let object = if mask.is_empty() {
        None // EVT-09
    } else {
        Some(event(object).map_err(|_| Error::Inval)?) // EVT-10
    };
    socket.event_select(object.as_deref(), mask)
}

/// Hands over what was recorded, and resets the event object, unless its handle is 0 (EVT-22, EVT-26).
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Inval`] for a handle that is neither 0 nor an event object, and
/// [`Error::Fault`] if there is no room for the result (EVT-27); nothing has changed then (EVT-24).
pub(crate) fn enumerate(
    socket: vestibule_handle,
    object: vestibule_event,
    result: Room<'_>,
) -> Result<()> {
    let socket = find(socket)?;
    let object = match object {
        VESTIBULE_INVALID_EVENT => None,                          // EVT-26
        object => Some(event(object).map_err(|_| Error::Inval)?), // EVT-27
    };
    if result.is_null() {
        return Err(Error::Fault); // EVT-27
    }
    let report = socket.enumerate_events(object.as_deref())?;
    write(report, result);
    Ok(())
}

/// Writes the events, and the error of each of them and of no other (EVT-23).
fn write(report: EventReport, result: Room<'_>) {
    let events = report.events().bits();
    result.write_at(
        offset_of!(vestibule_network_events, events),
        &events.to_ne_bytes(),
    );
    for (event, error) in report.iter() {
        let place = offset_of!(vestibule_network_events, errors)
            + size_of::<c_int>() * event.bits().trailing_zeros() as usize;
        result.write_at(place, &error.map_or(0, Error::code).to_ne_bytes());
    }
}

/// Makes a notification port (EVT-55).
///
/// # Errors
/// [`Error::NotEnoughMemory`].
pub(crate) fn create_port() -> Result<vestibule_port> {
    name(handles::register_port(NotificationPort::new()?)?)
}

/// Closes a notification port.
///
/// # Errors
/// [`Error::InvalidHandle`].
pub(crate) fn close_port(port: vestibule_port) -> Result<()> {
    handles::close_port(number(port)?)
}

/// The notification port with this handle.
///
/// # Errors
/// [`Error::InvalidHandle`]; [`Error::NotInitialised`] in a forked child.
pub(crate) fn port(port: vestibule_port) -> Result<FoundObject<NotificationPort>> {
    handles::find_port(number(port)?)
}

/// Ties a notification port, a message number and a mask to a socket.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Inval`] for an unknown bit, and for a handle that is no port unless
/// the mask is empty (EVT-53); otherwise as [`provider::Socket::async_select`].
pub(crate) fn async_select(
    socket: vestibule_handle,
    target: vestibule_port,
    message: u32,
    mask: u32,
) -> Result<()> {
    let found = find(socket)?;
    let mask = NetworkEvents::from_bits(mask).ok_or(Error::Inval)?;
    let target = if mask.is_empty() {
        None
    } else {
        Some(port(target).map_err(|_| Error::Inval)?) // EVT-53
    };
    if target.is_some() {
        found.set_message_name(socket as u64); // EVT-50
    }
    found.async_select(target.as_deref(), message, mask)
}

/// The oldest message of a port.
///
/// # Errors
/// [`Error::InvalidHandle`]; [`Error::Fault`] if there is no room for the message, which stays;
/// [`Error::TimedOut`].
pub(crate) fn next<T: Copy>(
    target: vestibule_port,
    result: Variable<'_, T>,
    form: impl FnOnce(&Notification) -> T,
    wait: &Wait<'_>,
) -> Result<()> {
    let port = port(target)?;
    if result.is_null() {
        return Err(Error::Fault);
    }
    result.set(form(&port.next(wait)?)); // EVT-56: the error stands in the message
    Ok(())
}

/// The wait that a time-out of Winsock stands for (EVT-42).
pub(crate) fn winsock_wait(milliseconds: u32) -> Wait<'static> {
    const WSA_INFINITE: u32 = u32::MAX;
    if milliseconds == WSA_INFINITE {
        Wait::FOREVER
    } else {
        Wait::at_most(Duration::from_millis(milliseconds.into()))
    }
}

fn name(handle: u64) -> Result<usize> {
    usize::try_from(handle).map_err(|_| Error::NotEnoughMemory)
}

fn number(handle: usize) -> Result<u64> {
    u64::try_from(handle).map_err(|_| Error::InvalidHandle)
}
