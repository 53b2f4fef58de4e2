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

use crate::{Error, Result};

/// What a thread or a descriptor waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Something to accept or to receive; also what an accept call sleeps for.
    Read,
    /// Room to send; also the end of a connect attempt.
    Write,
}

/// The descriptors of one socket.
#[derive(Debug, Default)]
pub(crate) struct Descriptors {
    read: Descriptor,
    write: Descriptor,
}

#[derive(Debug, Default)]
struct Descriptor {
    counter: OnceLock<OwnedFd>,
    /// What it shows. Changed under the network's lock only.
    ready: AtomicBool,
}

impl Descriptors {
    fn of(&self, direction: Direction) -> &Descriptor {
        match direction {
            Direction::Read => &self.read,
            Direction::Write => &self.write,
        }
    }

    pub(crate) fn get(&self, direction: Direction) -> Result<BorrowedFd<'_>> {
        let counter = self.of(direction).counter.get();
        counter.map(AsFd::as_fd).ok_or(Error::NotSock)
    }

    /// Makes the descriptor of a direction.
    pub(crate) fn export(&self, direction: Direction) -> Result<()> {
        let descriptor = self.of(direction);
        if descriptor.counter.get().is_none() {
            let fd = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?; // HND-36
            // The network's lock is held, so nobody else can have come first.
            let _ = descriptor.counter.set(fd);
        }
        Ok(())
    }

    /// Makes the descriptor, if there is one, show whether the socket is ready.
    pub(crate) fn show(&self, direction: Direction, ready: impl FnOnce() -> bool) {
        let descriptor = self.of(direction);
        let Some(fd) = descriptor.counter.get() else {
            return;
        };
        let ready = ready();
        if descriptor.ready.swap(ready, Relaxed) != ready {
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
