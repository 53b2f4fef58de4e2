//! Network events: event objects, notification ports, registrations.

use std::{
    ffi::{c_int, c_void},
    os::fd::AsRawFd,
};

use provider::Notification;

use crate::{
    boundary,
    calls::{events, wait_for},
    event_types::{
        VESTIBULE_INVALID_EVENT, VESTIBULE_INVALID_PORT, VESTIBULE_WAIT_FAILED, vestibule_event,
        vestibule_network_events, vestibule_notification, vestibule_port,
    },
    memory::{Array, Room, Variable},
    types::{VESTIBULE_ERROR, vestibule_handle},
};

/// Makes an event object: manual-reset, initially not set (EVT-37). Any number of sockets can report
/// to one (EVT-49). It costs no descriptor.
///
/// Returns the event object, to be closed with vestibule_close_event, or VESTIBULE_INVALID_EVENT.
///
/// Errors: WSA_NOT_ENOUGH_MEMORY.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_create_event() -> vestibule_event {
    boundary::value(VESTIBULE_INVALID_EVENT, events::create_event)
}

/// Closes an event object. Calls of other threads that wait for it end with WSA_INVALID_HANDLE
/// (EVT-62); sockets that report to it go on, and nobody is told. Closing a socket closes no event
/// object (EVT-32).
///
/// Returns 0 or -1.
///
/// Errors: WSA_INVALID_HANDLE for what is no open event object (EVT-39).
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_close_event(event: vestibule_event) -> c_int {
    boundary::status(|| events::close_event(event))
}

/// Sets an event object (EVT-38).
///
/// Returns 0 or -1.
///
/// Errors: WSA_INVALID_HANDLE.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_set_event(event: vestibule_event) -> c_int {
    boundary::status(|| events::event(event)?.set())
}

/// Resets an event object (EVT-38).
///
/// Returns 0 or -1.
///
/// Errors: WSA_INVALID_HANDLE.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_reset_event(event: vestibule_event) -> c_int {
    boundary::status(|| events::event(event)?.reset())
}

/// Waits until one event object is set, or all are. They stay set (EVT-47).
///
/// `count`: how many, 1 to VESTIBULE_MAX_WAIT_EVENTS. `events`: the objects. `wait_all`: 0 to wait
/// for any of them, anything else to wait until all are set at the same moment (EVT-41). `timeout`:
/// milliseconds; 0 looks once, a negative number means without limit (EVT-42).
///
/// Returns VESTIBULE_WAIT_EVENT_0 plus the lowest index of an object that is set (EVT-40), for all of
/// them VESTIBULE_WAIT_EVENT_0; VESTIBULE_WAIT_TIMEOUT if the time has passed, which sets no last
/// error; or VESTIBULE_WAIT_FAILED.
///
/// Errors: WSA_INVALID_PARAMETER for a count out of range (EVT-43), for NULL, and for an object that
/// is named twice in a wait for all (EVT-45); WSA_INVALID_HANDLE for what is no event object
/// (EVT-44), or is closed meanwhile (EVT-62).
///
/// Thread-safe: every thread that waits for an object that is set goes on.
///
/// # Safety
/// `events` is NULL or points to `count` handles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_wait_for_events(
    count: u32,
    events: *const vestibule_event,
    wait_all: c_int,
    timeout: c_int,
) -> u32 {
    // SAFETY: the program promises it.
    let events = unsafe { Array::new(events, count as usize) };
    boundary::value(VESTIBULE_WAIT_FAILED, || {
        events::wait(events, wait_all != 0, || wait_for(timeout))
    })
}

/// A descriptor that polls readable whenever the event object is set, and perhaps early, when the
/// library has something to take in (EVT-61). Once it is readable call vestibule_wait_for_events with
/// a time-out of 0: afterwards it is readable only while the object is set. It is made at the first
/// call and belongs to the object: do not read, write or close it.
///
/// Returns the descriptor or -1.
///
/// Errors: WSA_INVALID_HANDLE; WSAEMFILE.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_event_descriptor(event: vestibule_event) -> c_int {
    boundary::value(VESTIBULE_ERROR, || {
        Ok(events::event(event)?.descriptor()?.as_raw_fd())
    })
}

/// Has network events of a socket set an event object (EVT-05). It replaces every earlier
/// registration of the socket (EVT-07, EVT-08, EVT-54), and makes the socket non-blocking (EVT-06).
/// Sockets that are accepted from a listener have its registration (SKT-07).
///
/// `event`: the event object; any number of sockets may report to one. `events`: VESTIBULE_FD_ bits;
/// 0 cancels the registration and does not look at `event` (EVT-09). The socket stays non-blocking
/// until vestibule_set_nonblocking, which a registration keeps from making it blocking (HND-30).
///
/// What has happened before and was not enumerated sets the object at once (EVT-15). After an event
/// of VESTIBULE_FD_READ, VESTIBULE_FD_OOB or VESTIBULE_FD_ACCEPT the next one is recorded when more
/// arrives, or when a receive or accept call returns and there still is something (EVT-11, EVT-14).
/// While the head of the backlog is deferred there is no event (ACC-09).
///
/// Returns 0 or -1. After a failure the earlier registration is in force (EVT-10).
///
/// Errors: WSAENOTSOCK; WSAEINVAL for an unknown bit, and for `event` that is no event object
/// (EVT-10); WSAEINPROGRESS inside the listener's own condition function (ACC-51); WSAEMFILE if there
/// is no descriptor for the one set that all kernel sockets share.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_event_select(
    socket: vestibule_handle,
    event: vestibule_event,
    events: u32,
) -> c_int {
    boundary::status(|| events::event_select(socket, event, events))
}

/// Hands over the network events of a socket that have happened since the last call and are in its
/// mask, clears these and no others, and resets an event object, all as one step (EVT-22, EVT-25).
/// Without a registration for an event object there are none (EVT-28).
///
/// `event`: the event object to reset; VESTIBULE_INVALID_EVENT leaves it as it is (EVT-26). `result`:
/// receives the events, and the error of each of them (EVT-23). With VESTIBULE_FD_CONNECT that is
/// the error of the attempt, with VESTIBULE_FD_CLOSE it is 0 after a graceful end and WSAECONNABORTED
/// otherwise, with every other event 0 (EVT-29).
///
/// Returns 0 or -1. After a failure neither the record nor the object has changed (EVT-24).
///
/// Errors: WSAENOTSOCK; WSAEINVAL for `event` that is no event object; WSAEFAULT for a NULL `result`
/// (EVT-27).
///
/// Thread-safe.
///
/// # Safety
/// `result` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_enum_network_events(
    socket: vestibule_handle,
    event: vestibule_event,
    result: *mut vestibule_network_events,
) -> c_int {
    // SAFETY: the program promises it.
    let result = unsafe { room_for_events(result.cast()) };
    boundary::status(|| events::enumerate(socket, event, result))
}

/// Makes a notification port: a queue of messages about network events, which takes the place of
/// Winsock's window (EVT-55).
///
/// Returns the port, to be closed with vestibule_close_port, or VESTIBULE_INVALID_PORT.
///
/// Errors: WSA_NOT_ENOUGH_MEMORY.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_create_port() -> vestibule_port {
    boundary::value(VESTIBULE_INVALID_PORT, events::create_port)
}

/// Closes a notification port with the messages that wait in it. Calls of other threads that wait
/// there end with WSA_INVALID_HANDLE; nothing more is posted for sockets that are registered with it.
///
/// Returns 0 or -1.
///
/// Errors: WSA_INVALID_HANDLE.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_close_port(port: vestibule_port) -> c_int {
    boundary::status(|| events::close_port(port))
}

/// Has network events of a socket posted to a notification port, each as a message of its own
/// (EVT-50). It replaces every earlier registration of the socket and the messages of that one that
/// still wait (EVT-52, EVT-54), and makes the socket non-blocking. Sockets that are accepted from a
/// listener have its registration (SKT-07).
///
/// `port`: the port. `message`: the number that messages have. `events`: VESTIBULE_FD_ bits; 0
/// cancels the registration and does not look at `port`.
///
/// After a message no further one comes for the same event until its call was made: a receive for
/// VESTIBULE_FD_READ and VESTIBULE_FD_OOB, an accept call that does not end with WSATRY_AGAIN for
/// VESTIBULE_FD_ACCEPT, a send that fails with WSAEWOULDBLOCK for VESTIBULE_FD_WRITE (EVT-12,
/// EVT-51). What holds when the registration is made is posted at once, but for
/// VESTIBULE_FD_CONNECT (EVT-16, EVT-21).
///
/// Returns 0 or -1. After a failure the earlier registration is in force.
///
/// Errors: WSAENOTSOCK; WSAEINVAL for an unknown bit, and for `port` that is none (EVT-53);
/// WSAEINPROGRESS and WSAEMFILE as vestibule_event_select says.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_async_select(
    socket: vestibule_handle,
    port: vestibule_port,
    message: u32,
    events: u32,
) -> c_int {
    boundary::status(|| events::async_select(socket, port, message, events))
}

/// The oldest message of a notification port. Messages of a socket that was closed are gone
/// (EVT-52). What a message tells of may be over by the time it is taken (EVT-58).
///
/// `notification`: receives the message; its error stands in it, and the last error is left alone
/// (EVT-56). `timeout`: milliseconds; 0 looks once, a negative number means without limit.
///
/// Returns 0 or -1.
///
/// Errors: WSA_INVALID_HANDLE for what is no port, or is closed meanwhile; WSAEFAULT for a NULL
/// `notification`; WSAETIMEDOUT.
///
/// Thread-safe: each message goes to one thread.
///
/// # Safety
/// `notification` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_get_notification(
    port: vestibule_port,
    notification: *mut vestibule_notification,
    timeout: c_int,
) -> c_int {
    // SAFETY: the program promises it.
    let notification = unsafe { Variable::new(notification) };
    boundary::status(|| events::next(port, notification, as_notification, &wait_for(timeout)))
}

/// A descriptor that polls readable while a message waits in the port, and perhaps early, when the
/// library has something to take in; vestibule_get_notification with a time-out of 0 makes it exact.
/// It is made at the first call and belongs to the port: do not read, write or close it.
///
/// Returns the descriptor or -1.
///
/// Errors: WSA_INVALID_HANDLE; WSAEMFILE.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_port_descriptor(port: vestibule_port) -> c_int {
    boundary::value(VESTIBULE_ERROR, || {
        Ok(events::port(port)?.descriptor()?.as_raw_fd())
    })
}

fn as_notification(notification: &Notification) -> vestibule_notification {
    vestibule_notification {
        // It is the handle that the registration has named the socket by, so it fits.
        socket: vestibule_handle::try_from(notification.socket).unwrap_or(vestibule_handle::MAX),
        message: notification.message,
        event: notification.event.bits(),
        error: notification.error.map_or(0, provider::Error::code),
    }
}

/// Where enumerated events go.
///
/// # Safety
/// The pointer is NULL or points to a structure with the layout of LAY-06.
pub(crate) unsafe fn room_for_events<'a>(result: *mut c_void) -> Room<'a> {
    // SAFETY: that is the promise.
    unsafe { Room::new(result, size_of::<vestibule_network_events>()) }
}
