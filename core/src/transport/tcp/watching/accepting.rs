//! The silence of a watched listener, and the head that it holds.

use std::{os::fd::BorrowedFd, sync::Arc, time::Instant};

use rustix::event::epoll::EventFlags;

use super::KernelWatch;
use crate::{
    provider::intake::{Key, Source},
    rules::events::{Indication, Record},
};

impl KernelWatch {
    /// The head was taken from the queue, to be decided.
    pub(in crate::transport::tcp) fn head_taken(&self) {
        self.watch.change(Record::head_taken).now();
    }

    /// The head is deferred. Behind it nothing is to be reported, so that nobody who polls is woken for
    /// it (ACC-09).
    pub(in crate::transport::tcp) fn deferred(&self) {
        self.silence(Record::begin_silent);
        self.ask_for(EventFlags::empty());
    }

    /// The head is decided, or was put back undecided.
    pub(in crate::transport::tcp) fn decided(&self) {
        self.silence(Record::end_silent);
    }

    fn silence(&self, change: impl FnOnce(&mut Record)) {
        let changed = self.watch.change(|record| {
            change(record);
            Indication::NOTHING
        });
        changed.now();
    }

    /// The turn is free again.
    pub(in crate::transport::tcp) fn settle_accept(&self, pending: bool) {
        let mut is_silent = false;
        let told = self.watch.change(|record| {
            is_silent = record.is_silent();
            record.settle_accept(pending) // ACC-61 ACC-62 ACC-63
        });
        told.now();
        if !is_silent {
            self.look_again();
        }
    }

    /// A deferred head that its caller resets ends the silence (ACC-64).
    pub(in crate::transport::tcp) fn watch_head(
        self: &Arc<Self>,
        head: BorrowedFd<'_>,
    ) -> Option<Key> {
        let source = Arc::new(HeldHead(Arc::clone(self)));
        self.intake.add(head, EventFlags::empty(), source).ok()
    }

    pub(in crate::transport::tcp) fn forget_head(&self, head: BorrowedFd<'_>, key: Key) {
        self.intake.remove(Some(head), key);
    }

    fn head_lost(&self) {
        let told = self.watch.change(|record| {
            if record.is_silent() {
                record.head_withdrawn() // ACC-64
            } else {
                Indication::NOTHING
            }
        });
        told.now();
        self.look_again();
    }
}

/// A head that was put back, in the set of the process: only its reset is reported.
#[derive(Debug)]
struct HeldHead(Arc<KernelWatch>);

impl Source for HeldHead {
    fn ready(&self, flags: EventFlags) {
        if flags.intersects(EventFlags::HUP | EventFlags::ERR) {
            self.0.head_lost();
        }
    }

    fn arm(self: Arc<Self>) {}

    fn run_due(&self, _now: Instant) -> Option<Instant> {
        None
    }
}
