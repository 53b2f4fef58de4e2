//! The rules: pure state machines without sockets, threads or clocks.
//!
//! Input goes in, a decision comes out; time is passed in. Transports and the provider are the
//! plumbing around them.

pub mod backlog;
pub mod condition;
pub mod connection;
pub mod events;
pub mod messages;
pub mod user_data;
