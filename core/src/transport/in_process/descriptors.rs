//! Descriptors that poll readable while a socket is ready, made when somebody asks (HND-31).

use std::{
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use rustix::{
    event::{EventfdFlags, eventfd},
    io::{read, write},
};

use crate::{Error, Result, provider::monitor::Signal};

/// What a thread or a descriptor waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Something to accept or to receive; also what an accept call sleeps for.
    Read,
    /// Room to send; also the end of a connect attempt.
    Write,
}

/// Wakes the threads, and shows readiness on the descriptors, of one socket.
#[derive(Debug, Default)]
pub(crate) struct Wakes {
    read: Wake,
    write: Wake,
}

#[derive(Debug, Default)]
struct Wake {
    signal: Signal,
    descriptor: OnceLock<OwnedFd>,
    /// What the descriptor shows. Changed under the network's lock only.
    ready: AtomicBool,
}

impl Wakes {
    fn wake(&self, direction: Direction) -> &Wake {
        match direction {
            Direction::Read => &self.read,
            Direction::Write => &self.write,
        }
    }

    pub(crate) fn signal(&self, direction: Direction) -> &Signal {
        &self.wake(direction).signal
    }

    pub(crate) fn descriptor(&self, direction: Direction) -> Result<BorrowedFd<'_>> {
        self.wake(direction)
            .descriptor
            .get()
            .map(AsFd::as_fd)
            .ok_or(Error::NotSock)
    }

    /// Makes the descriptor of a direction.
    pub(crate) fn export(&self, direction: Direction) -> Result<()> {
        let wake = self.wake(direction);
        if wake.descriptor.get().is_none() {
            let fd = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?; // HND-36
            // The network's lock is held, so nobody else can have come first.
            let _ = wake.descriptor.set(fd);
        }
        Ok(())
    }

    pub(crate) fn is_exported(&self, direction: Direction) -> bool {
        self.wake(direction).descriptor.get().is_some()
    }

    /// Makes the descriptor show whether the socket is ready.
    pub(crate) fn show(&self, direction: Direction, ready: bool) {
        let wake = self.wake(direction);
        let Some(fd) = wake.descriptor.get() else {
            return;
        };
        if wake.ready.swap(ready, Relaxed) != ready {
            // The counter goes between 0 and 1, so neither can fail or block.
            let mut counter = [0; 8];
            let _ = if ready {
                write(fd, &1u64.to_ne_bytes())
            } else {
                read(fd, &mut counter)
            };
        }
    }
}
