//! The functions of `vestibule.h`.
//!
//! Their documentation is the header's: cbindgen copies it. Every wrapper is safe to call from any
//! thread.

#![expect(clippy::doc_markdown, reason = "the texts are those of the C header")]

pub mod accept;
pub mod adopt;
pub mod catalogue;
pub mod connect;
pub mod data;
pub mod datagrams;
pub mod errors;
pub mod events;
pub mod options;
pub mod process;
pub mod qos;
pub mod sockets;

use provider::Numbering;

/// The numbers of this surface's socket addresses.
const NUMBERING: Numbering = Numbering::Linux;
