//! What threads meet at: atomics, the lock, and the word that they sleep on.
//!
//! The tests that explore interleavings (`interleavings.rs`) put shuttle's in their place, and
//! everything above, from [`Monitor`](super::monitor::Monitor) to the sockets of the in-process
//! entry, runs on those unchanged.

#[cfg(all(test, feature = "shuttle"))]
mod explored;
#[cfg(not(all(test, feature = "shuttle")))]
mod kernel;

#[cfg(all(test, feature = "shuttle"))]
pub(crate) use explored::*;
#[cfg(not(all(test, feature = "shuttle")))]
pub(crate) use kernel::*;
