//! The threads that sleep until something happens to a socket.

use std::sync::Arc;

use super::{descriptors::Direction, spare::Spare};
use crate::provider::monitor::{Due, Signal};

/// The signals of one socket, made when a thread goes to sleep in it: few sockets have one.
#[derive(Debug, Default)]
pub(super) struct Sleepers {
    read: Option<Arc<Signal>>,
    write: Option<Arc<Signal>>,
}

impl Sleepers {
    pub(super) const NONE: Self = Self {
        read: None,
        write: None,
    };

    /// The signal to sleep on.
    pub(super) fn signal(&mut self, direction: Direction, spare: &mut Spare) -> Arc<Signal> {
        let place = match direction {
            Direction::Read => &mut self.read,
            Direction::Write => &mut self.write,
        };
        Arc::clone(place.get_or_insert_with(|| spare.signal()))
    }

    /// Wakes who sleeps now, once the lock is free.
    pub(super) fn wake(&self, direction: Direction, due: &mut Due) {
        let signal = match direction {
            Direction::Read => &self.read,
            Direction::Write => &self.write,
        };
        if let Some(signal) = signal
            && signal.has_sleepers()
        {
            due.notify(Arc::clone(signal));
        }
    }

    /// The socket has been closed.
    pub(super) fn leave_to(self, spare: &mut Spare) {
        for signal in [self.read, self.write].into_iter().flatten() {
            spare.keep_signal(signal);
        }
    }
}
