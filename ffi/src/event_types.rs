//! The types and constants of `vestibule.h` for network events. The numbers are Winsock's.

#![expect(non_camel_case_types, reason = "the names of the C header")]
#![expect(clippy::doc_markdown, reason = "the texts are those of the C header")]

use std::ffi::c_int;

use crate::types::vestibule_handle;

/// An event object: manual-reset, not inherited by child processes (EVT-37). It is no socket and no
/// descriptor, and its number is used again no sooner than that of a socket (EVT-39).
pub type vestibule_event = usize;

/// The only value that is never an event object.
pub const VESTIBULE_INVALID_EVENT: vestibule_event = 0;

/// A notification port: a queue of messages about network events (EVT-55).
pub type vestibule_port = usize;

/// The only value that is never a notification port.
pub const VESTIBULE_INVALID_PORT: vestibule_port = 0;

/// Network event: there is something to receive (LAY-20).
pub const VESTIBULE_FD_READ: u32 = 1 << 0;
/// Network event: the connection is established, or there is room again after a send that has failed
/// with WSAEWOULDBLOCK (EVT-17).
pub const VESTIBULE_FD_WRITE: u32 = 1 << 1;
/// Network event: urgent data has arrived, and VESTIBULE_SO_OOBINLINE is off (EVT-36).
pub const VESTIBULE_FD_OOB: u32 = 1 << 2;
/// Network event: a connection request waits, and the head of the backlog is not deferred (EVT-02,
/// ACC-09).
pub const VESTIBULE_FD_ACCEPT: u32 = 1 << 3;
/// Network event: a connect attempt has ended; the error says how (EVT-03).
pub const VESTIBULE_FD_CONNECT: u32 = 1 << 4;
/// Network event: the peer has ended its direction, or the connection has broken (EVT-04).
pub const VESTIBULE_FD_CLOSE: u32 = 1 << 5;
/// Network event: the quality of service has changed (EVT-33).
pub const VESTIBULE_FD_QOS: u32 = 1 << 6;
/// Network event: reserved; accepted in a mask, never recorded (EVT-34).
pub const VESTIBULE_FD_GROUP_QOS: u32 = 1 << 7;
/// Network event: accepted in a mask, never recorded (EVT-35).
pub const VESTIBULE_FD_ROUTING_INTERFACE_CHANGE: u32 = 1 << 8;
/// Network event: accepted in a mask, never recorded (EVT-35).
pub const VESTIBULE_FD_ADDRESS_LIST_CHANGE: u32 = 1 << 9;
/// So many network events there are; the error of the event 1 << n stands at index n.
pub const VESTIBULE_FD_MAX_EVENTS: usize = 10;
/// Every network event.
pub const VESTIBULE_FD_ALL_EVENTS: u32 = 0x3FF;

/// So many event objects can be waited for at once (LAY-23).
pub const VESTIBULE_MAX_WAIT_EVENTS: u32 = 64;
/// vestibule_wait_for_events: the first object is set; one more for each that follows.
pub const VESTIBULE_WAIT_EVENT_0: u32 = 0;
/// vestibule_wait_for_events: the time has passed.
pub const VESTIBULE_WAIT_TIMEOUT: u32 = 258;
/// vestibule_wait_for_events: the call has failed.
pub const VESTIBULE_WAIT_FAILED: u32 = 0xFFFF_FFFF;

/// What has happened to a socket: Winsock's WSANETWORKEVENTS (LAY-06).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct vestibule_network_events {
    /// The VESTIBULE_FD_ events that have happened.
    pub events: u32,
    /// The error of each event that has happened, 0 for none; the others are not written (EVT-23).
    pub errors: [c_int; VESTIBULE_FD_MAX_EVENTS],
}

/// A message of a notification port (EVT-50).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct vestibule_notification {
    /// The socket.
    pub socket: vestibule_handle,
    /// The number that the registration has asked for.
    pub message: u32,
    /// One VESTIBULE_FD_ event.
    pub event: u32,
    /// Its error, 0 for none (EVT-56).
    pub error: c_int,
}
