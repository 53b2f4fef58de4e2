//! Events and readiness of datagram sockets.

use std::{
    os::fd::{AsFd, AsRawFd},
    sync::{Arc, atomic::Ordering::SeqCst},
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    time::Timespec,
};

use super::Udp;
use crate::{
    Error, Readiness, Result,
    provider::{
        intake::Intake,
        watch::{Target, Watch},
    },
    rules::events::NetworkEvents,
    transport::{
        Poll,
        tcp::{KernelWatch, Number},
    },
};

impl Udp {
    /// A registration. With the first one begins the watch.
    pub(crate) fn watch(
        &self,
        intake: &'static Intake,
        watch: &Arc<Watch>,
        target: Target,
        mask: NetworkEvents,
    ) -> Result<()> {
        let number = self.fd.as_fd().as_raw_fd();
        let watched = self
            .watched
            .get_or_init(|| KernelWatch::of_datagrams(number, intake, watch));
        watched.arm_now()?;
        if self.closed.load(SeqCst) {
            self.unwatch();
            return Err(Error::NotSock);
        }
        watched.register(watch, target, mask, !self.connection().send_ended);
        Ok(())
    }

    /// The socket closes, or leaves the library.
    pub(super) fn unwatch(&self) {
        if let Some(watched) = self.watched.get() {
            watched.close(Number::Own);
        }
    }

    /// The number is somebody else's (HND-35).
    pub(super) fn forget_watch(&self) {
        if let Some(watched) = self.watched.get() {
            watched.close(Number::Lost);
        }
    }

    pub(crate) fn look_again(&self) {
        if let Some(watched) = self.watched.get() {
            watched.look_again();
        }
    }

    /// What of `wanted` is ready, for `select`.
    pub(crate) fn readiness(&self, wanted: Readiness) -> Result<(Readiness, Poll)> {
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, wanted.contains(Readiness::READ));
        flags.set(PollFlags::OUT, wanted.contains(Readiness::WRITE));
        let mut polled = [PollFd::new(&self.fd, flags)];
        poll(&mut polled, Some(&Timespec::default()))?;
        let found = polled[0].revents();
        let has_error = found.contains(PollFlags::ERR); // a call would tell it, and not wait
        let mut ready = Readiness::empty();
        ready.set(Readiness::READ, found.contains(PollFlags::IN) || has_error);
        ready.set(
            Readiness::WRITE,
            found.contains(PollFlags::OUT) || has_error,
        );
        let poll = Poll {
            flags,
            expires: None,
        };
        Ok((ready, poll))
    }
}
