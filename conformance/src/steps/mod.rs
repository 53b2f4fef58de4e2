//! The step definitions: the words of the documents, turned into calls.
//!
//! Steps that do something can be given as well as done; steps that look at something are "then".

#![expect(
    clippy::needless_pass_by_value,
    reason = "cucumber hands captures over by value"
)]

mod acting;
mod callers;
mod deciding;
mod event_objects;
mod looking;
mod messages;
mod registering;
mod selecting;
mod sockets;
