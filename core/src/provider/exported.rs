//! The descriptor of an event object, for programs that poll (EVT-61).

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::{
    event::{EventfdFlags, epoll, eventfd},
    io::{read, write},
};

use super::{intake::Intake, sync::Mutex};
use crate::Result;

/// An epoll descriptor over a counter, which shows whether the object is set, and over the set of
/// the process, which shows that there is something to take in.
#[derive(Debug)]
pub(super) struct Exported {
    both: OwnedFd,
    counter: OwnedFd,
    /// What the counter shows. The object's word changes without the lock; who has changed it looks
    /// again under it, so the last change is what is shown.
    shown: Mutex<bool>,
}

impl Exported {
    pub(super) fn new(intake: &Intake) -> Result<Self> {
        let counter = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?; // HND-36
        let both = epoll::create(epoll::CreateFlags::CLOEXEC)?; // HND-36
        let nobody = epoll::EventData::new_u64(0);
        epoll::add(&both, &counter, nobody, epoll::EventFlags::IN)?;
        epoll::add(&both, intake.descriptor()?, nobody, epoll::EventFlags::IN)?;
        Ok(Self {
            both,
            counter,
            shown: Mutex::new(false),
        })
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.both.as_fd()
    }

    pub(super) fn show(&self, is_set: impl Fn() -> bool) {
        let mut shown = self.shown.lock();
        let is_set = is_set();
        if *shown != is_set {
            *shown = is_set;
            // The counter goes between 0 and 1, so neither can fail or block.
            let mut count = [0; 8];
            let _ = if is_set {
                write(&self.counter, &1u64.to_ne_bytes())
            } else {
                read(&self.counter, &mut count)
            };
        }
    }
}
