//! Whether calls would block, for `select`.

use rustix::{
    event::{PollFd, PollFlags, poll},
    net::sockopt,
    time::Timespec,
};

use super::Tcp;
use crate::{Readiness, Result, rules::connection::State, transport::Poll};

/// The connection has ended, in one way or another.
const ENDED: PollFlags = PollFlags::HUP.union(PollFlags::ERR);

impl Tcp {
    pub(crate) fn readiness(
        &self,
        wanted: Readiness,
        is_deciding: bool,
    ) -> Result<(Readiness, Poll)> {
        self.settle_attempt()?;
        match self.connection().state {
            State::Listening => self.listener_readiness(wanted, is_deciding),
            State::Connecting => Ok((
                Readiness::empty(),
                Poll {
                    flags: PollFlags::OUT,
                    expires: self.attempt().expires(),
                },
            )),
            State::Connected => self.connection_readiness(wanted),
            State::Unconnected => {
                let mut ready = Readiness::empty();
                ready.set(Readiness::EXCEPT, self.has_failed()); // CON-18
                Ok((ready, Poll::NOTHING))
            }
        }
    }

    fn has_failed(&self) -> bool {
        self.history
            .get()
            .is_some_and(|history| history.attempt.has_failed())
    }

    /// Nothing but `READ` ever comes of a listener.
    fn listener_readiness(
        &self,
        wanted: Readiness,
        is_deciding: bool,
    ) -> Result<(Readiness, Poll)> {
        let nothing = Ok((Readiness::empty(), Poll::NOTHING));
        if is_deciding || !wanted.contains(Readiness::READ) {
            return nothing;
        }
        let held = self.look_at_held().map(|head| head.deferred);
        match held {
            Some(true) => nothing, // EVT-63
            Some(false) => Ok((Readiness::READ, Poll::NOTHING)),
            None => {
                let mut ready = Readiness::empty();
                let is_pending = self.poll_now(PollFlags::IN)?.contains(PollFlags::IN);
                ready.set(Readiness::READ, is_pending); // EVT-64
                let poll = Poll {
                    flags: PollFlags::IN,
                    expires: None,
                };
                Ok((ready, poll))
            }
        }
    }

    fn connection_readiness(&self, wanted: Readiness) -> Result<(Readiness, Poll)> {
        let connection = self.connection();
        let is_urgent_apart =
            wanted.contains(Readiness::EXCEPT) && !sockopt::socket_oobinline(&self.fd)?;
        let mut flags = PollFlags::empty();
        flags.set(
            PollFlags::IN | PollFlags::RDHUP,
            wanted.contains(Readiness::READ),
        );
        flags.set(PollFlags::OUT, wanted.contains(Readiness::WRITE));
        flags.set(PollFlags::PRI, is_urgent_apart); // EVT-64
        let found = self.poll_now(flags)?;
        let ended = found.intersects(ENDED) || self.check_broken().is_err();
        let mut ready = Readiness::empty();
        ready.set(
            Readiness::READ,
            found.intersects(PollFlags::IN | PollFlags::RDHUP) || ended || connection.receive_ended,
        ); // EVT-64
        ready.set(Readiness::WRITE, found.contains(PollFlags::OUT) || ended);
        ready.set(Readiness::EXCEPT, found.contains(PollFlags::PRI));
        // The kernel goes on reporting an end that is not asked for, and nothing else comes after it.
        let flags = if ended { PollFlags::empty() } else { flags };
        let poll = Poll {
            flags,
            expires: None,
        };
        Ok((ready, poll))
    }

    fn poll_now(&self, flags: PollFlags) -> Result<PollFlags> {
        let mut polled = [PollFd::new(&self.fd, flags)];
        poll(&mut polled, Some(&Timespec::default()))?;
        Ok(polled[0].revents())
    }
}
