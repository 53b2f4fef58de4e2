//! The octets of the ISO transport protocol: class 2 without explicit flow control, and class 0, over
//! a stream of octets (RFC 2126, RFC 1006; the TPDUs are those of RFC 905, ISO 8073 and X.224).
//!
//! Pure: no sockets, no threads, no clock. Reading borrows from the input and never panics; what it
//! keeps of an incomplete TPDU is bounded and never more than has arrived ([`Decoder`]). Writing goes
//! into a caller's buffer, and data between headers without being copied ([`Outbound`]).
//!
//! | TPDU | code | module | carries |
//! |---|---|---|---|
//! | CR, CC | E0, D0 | [`connect`] | caller data, callee data: 32 octets; [`parameters`]; [`quality`] of service |
//! | DR, DC | 80, C0 | [`release`] | disconnect data and data of a refusal: 64 octets, in a DR |
//! | DT | F0 | [`data`] | data |
//! | ER | 70 | [`error_tpdu`] | what was wrong |
//!
//! [`machine`] is what happens on one connection: TPDUs, ends and calls of the application come in, and
//! out comes what is to be sent, reported, timed and closed ([`step`]).
//!
//! All numbers are big endian. [`tpkt`] is the framing around each TPDU, [`tpdu`] what all of them
//! have in common, [`fault`] what can be wrong with them. TPDUs of explicit flow control and of
//! expedited data (AK, RJ, ED, EA) are not used: receiving one is a protocol error.

pub mod connect;
pub mod data;
mod decoder;
pub mod error_tpdu;
pub mod fault;
pub mod machine;
mod octets;
pub mod parameters;
pub mod quality;
pub mod release;
pub mod step;
pub mod tpdu;
pub mod tpkt;

pub use connect::{Class, ClassOctet, ConnectConfirm, ConnectRequest, Mismatch};
pub use data::{Data, DataHeader, DataPrefix, Outbound, Segments};
pub use decoder::{Decoder, Event, Piece};
pub use error_tpdu::{Cause, ErrorTpdu};
pub use fault::{BadPacket, DecodeError, EncodeError, Fault, Malformed};
pub use machine::Machine;
pub use parameters::{Classes, Parameters, SizeLogarithm};
pub use quality::Quality;
pub use release::{DisconnectConfirm, DisconnectRequest, Reason, Release};
pub use step::{Carrier, Input, Refusal, Report, Step, Timer, Timers};
pub use tpdu::Tpdu;

/// Octets of caller data or callee data (X.224 sections 13.3.5 and 13.4.5; UDA-09).
pub const MAX_CONNECT_DATA: usize = 32;

/// Octets of disconnect data (X.224 section 13.5.5; UDA-09, DIS-58).
pub const MAX_DISCONNECT_DATA: usize = 64;

/// Octets of a whole CR (RFC 905 section 13.3).
pub const MAX_CR: usize = 128;

/// The length indicator that is not used (RFC 905 section 13.2.1).
const RESERVED_INDICATOR: u8 = 255;

/// Octets of the longest header, with its length indicator.
pub const LONGEST_HEADER: usize = RESERVED_INDICATOR as usize;

/// Octets of the longest TPDU other than DT: a DR whose header is full.
pub const LONGEST_CONTROL: usize = LONGEST_HEADER + MAX_DISCONNECT_DATA;

#[cfg(test)]
mod machine_tests;
#[cfg(test)]
mod malformed_tests;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod vector_tests;
