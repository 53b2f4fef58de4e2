//! Joins the rules to the transports and to the threads that call.

pub(crate) mod accept;
pub(crate) mod capabilities;
pub(crate) mod catalogue;
pub(crate) mod event;
mod exported;
pub(crate) mod intake;
#[cfg(feature = "shuttle")]
#[cfg(test)]
mod interleavings;
pub(crate) mod monitor;
pub(crate) mod objects;
pub(crate) mod options;
mod pages;
mod patience;
pub(crate) mod port;
mod postponed;
pub(crate) mod process;
pub(crate) mod selecting;
pub(crate) mod settings;
pub(crate) mod sync;
pub(crate) mod table;
pub(crate) mod turn;
mod waiter;
pub(crate) mod waiting;
pub(crate) mod watch;
