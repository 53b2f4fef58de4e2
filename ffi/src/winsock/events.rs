//! Network events: event objects, registrations, and the notification port that stands for a window.

use std::{
    ffi::{c_int, c_void},
    os::fd::AsRawFd,
};

use provider::{Notification, Result};

use super::{startup, status};
use crate::{
    boundary,
    calls::events::{self, winsock_wait},
    event_types::{
        VESTIBULE_INVALID_EVENT, VESTIBULE_INVALID_PORT, VESTIBULE_WAIT_FAILED, vestibule_event,
        vestibule_port,
    },
    exports::events::room_for_events,
    memory::{Array, Variable},
    types::{VESTIBULE_ERROR, vestibule_handle},
};

const TRUE: i32 = 1;
const FALSE: i32 = 0;

/// A message as a window gets it (EVT-50).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Posted {
    hwnd: vestibule_port,
    message: u32,
    wparam: usize,
    lparam: isize,
}

/// Runs a call, if the library has been started; `failed` stands for failure (HND-01).
fn value<T>(failed: T, call: impl FnOnce() -> Result<T>) -> T {
    boundary::value(failed, || startup::check().and_then(|()| call()))
}

/// Runs a call whose result is a BOOL (EVT-38).
fn truth(call: impl FnOnce() -> Result<()>) -> i32 {
    value(FALSE, || call().map(|()| TRUE))
}

/// `WSACreateEvent`.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_create_event() -> vestibule_event {
    value(VESTIBULE_INVALID_EVENT, events::create_event)
}

/// `WSACloseEvent`.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_close_event(event: vestibule_event) -> i32 {
    truth(|| events::close_event(event))
}

/// `WSASetEvent`.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_set_event(event: vestibule_event) -> i32 {
    truth(|| events::event(event)?.set())
}

/// `WSAResetEvent`.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_reset_event(event: vestibule_event) -> i32 {
    truth(|| events::event(event)?.reset())
}

/// `WSAWaitForMultipleEvents`. There are no completion routines, so whether it is alertable does not
/// matter (EVT-46).
///
/// # Safety
/// `events` is NULL or points to `count` handles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_wait_for_events(
    count: u32,
    events: *const vestibule_event,
    wait_all: i32,
    timeout: u32,
    _alertable: i32,
) -> u32 {
    // SAFETY: the program promises it.
    let events = unsafe { Array::new(events, count as usize) };
    value(VESTIBULE_WAIT_FAILED, || {
        events::wait(events, wait_all != 0, || winsock_wait(timeout))
    })
}

/// `WSAEventSelect`.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_event_select(
    socket: vestibule_handle,
    event: vestibule_event,
    events: i32,
) -> c_int {
    status(|| events::event_select(socket, event, events.cast_unsigned()))
}

/// `WSAEnumNetworkEvents`.
///
/// # Safety
/// `result` is NULL or points to a WSANETWORKEVENTS.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_enum_network_events(
    socket: vestibule_handle,
    event: vestibule_event,
    result: *mut c_void,
) -> c_int {
    // SAFETY: the program promises it.
    let result = unsafe { room_for_events(result) };
    status(|| events::enumerate(socket, event, result))
}

/// `WSAAsyncSelect`; the window is a notification port (EVT-55).
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_async_select(
    socket: vestibule_handle,
    port: vestibule_port,
    message: u32,
    events: i32,
) -> c_int {
    status(|| events::async_select(socket, port, message, events.cast_unsigned()))
}

/// `VestibuleEventDescriptor`.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_event_descriptor(event: vestibule_event) -> c_int {
    value(VESTIBULE_ERROR, || {
        Ok(events::event(event)?.descriptor()?.as_raw_fd())
    })
}

/// `VestibuleCreatePort`.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_create_port() -> vestibule_port {
    value(VESTIBULE_INVALID_PORT, events::create_port)
}

/// `VestibuleClosePort`.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_close_port(port: vestibule_port) -> i32 {
    truth(|| events::close_port(port))
}

/// `VestibuleGetMessage`.
///
/// # Safety
/// `message` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_get_message(
    port: vestibule_port,
    message: *mut Posted,
    timeout: u32,
) -> i32 {
    // SAFETY: the program promises it.
    let message = unsafe { Variable::new(message) };
    let form = |notification: &Notification| Posted {
        hwnd: port,
        message: notification.message,
        // It is a handle of the program, so it fits.
        wparam: usize::try_from(notification.socket).unwrap_or(usize::MAX),
        lparam: isize::try_from(notification.packed()).unwrap_or_default(),
    };
    truth(|| events::next(port, message, form, &winsock_wait(timeout)))
}

/// `VestibulePortDescriptor`.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_port_descriptor(port: vestibule_port) -> c_int {
    value(VESTIBULE_ERROR, || {
        Ok(events::port(port)?.descriptor()?.as_raw_fd())
    })
}
