//! The C library of vestibule.
//!
//! ```text
//! exports   vestibule_*: Linux' address families, starts by itself      include/vestibule.h
//! winsock   vestibule_ws_*: Windows' address families, WSAStartup       include/vestibule/winsock2.h
//!    │  wrappers: pointers become checked arguments, errors become return values
//! calls     what a call does, in terms of the provider; returns Result
//! memory    arguments that are pointers: the only place where foreign memory is touched
//! boundary  no panic leaves; the last error of each thread
//! ```
//!
//! A wrapper has three parts: it names its pointer arguments ([`memory`]), enters the [`boundary`]
//! and makes one of the [`calls`]. A call looks at its arguments in the order of its parameters,
//! the handle first (HND-16), and writes nothing to the caller's memory when it fails; where
//! Winsock wants it otherwise the call says so.

#![expect(unsafe_code, reason = "the C boundary")]
#![expect(
    clippy::similar_names,
    reason = "caller and callee are Winsock's terms"
)]

mod boundary;
mod calls;
mod memory;

pub mod capability_bits;
pub mod error_numbers;
pub mod event_types;
pub mod exports;
pub mod types;
pub mod winsock;
