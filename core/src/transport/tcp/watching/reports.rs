//! What the kernel reports, and what of it is news.

use std::{
    os::fd::BorrowedFd,
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Instant,
};

use rustix::{
    event::{PollFd, PollFlags, epoll::EventFlags, poll},
    net::{self, sockopt},
    time::Timespec,
};

use super::{Doubt, KernelWatch, Reported, Stage};
use crate::{
    Error,
    provider::{intake::Source, watch::Told},
    rules::events::{EventReport, Indication, NetworkEvents, Record},
    sys,
    transport::tcp::History,
};

/// The end of a connection.
const END: EventFlags = EventFlags::RDHUP
    .union(EventFlags::HUP)
    .union(EventFlags::ERR);

impl KernelWatch {
    fn connected(&self, state: &mut Reported, flags: EventFlags) -> Told {
        let unread = if flags.contains(EventFlags::ERR) {
            0 // nothing of it will be received, and to look would take the error away
        } else {
            state.unread_bytes()
        };
        if state.receive_ended && unread > 0 && !flags.intersects(END) {
            return self.abort(state);
        }
        let has_data = flags.contains(EventFlags::IN) && unread > 0 && !state.receive_ended;
        let is_news = has_data && state.unread != Some(unread);
        if is_news {
            state.unread = Some(unread);
        }
        if has_data && !is_news && state.doubt == Doubt::None {
            state.doubt = Doubt::Once;
        }
        let has_room = flags.contains(EventFlags::OUT) && std::mem::take(&mut state.wants_room);
        state.wants_room &= !has_room;
        if flags.contains(EventFlags::PRI) {
            state.doubt = Doubt::AtMark;
        }
        let is_urgent = flags.contains(EventFlags::PRI)
            && !state.receive_ended
            && state.with_socket(|fd| sockopt::socket_oobinline(fd)) == Some(Ok(false)); // EVT-36
        self.watch.change(|record| {
            let mut due = Indication::NOTHING;
            if is_urgent && !record.knows(NetworkEvents::OOB) {
                due = due.and(record.occur(NetworkEvents::OOB, None)); // EVT-36
            }
            if is_news {
                due = due.and(record.occur(NetworkEvents::READ, None)); // EVT-11 EVT-19
            }
            if has_room {
                due = due.and(record.occur(NetworkEvents::WRITE, None)); // EVT-17
            }
            if flags.intersects(END) {
                let error = flags
                    .contains(EventFlags::ERR)
                    .then_some(Error::ConnAborted);
                due = due.and(record.occur(NetworkEvents::CLOSE, error)); // DIS-38 EVT-20
            }
            due
        })
    }

    fn of_datagrams_reported(&self, state: &mut Reported, flags: EventFlags) -> Told {
        let has_room = state.wants_room && flags.contains(EventFlags::OUT);
        state.wants_room &= !has_room;
        self.watch.change(|record| {
            let mut due = Indication::NOTHING;
            if flags.contains(EventFlags::IN) {
                due = due.and(record.occur(NetworkEvents::READ, None)); // EVT-11
            }
            if has_room {
                due = due.and(record.occur(NetworkEvents::WRITE, None)); // EVT-17
            }
            due
        })
    }

    /// Data has come that nobody will read (DIS-32).
    fn abort(&self, state: &Reported) -> Told {
        if !state.is_intact() {
            return Told::default();
        }
        self.aborted.store(true, SeqCst);
        state.with_socket(|fd| {
            let _ = net::connect_unspec(fd);
        });
        self.watch
            .change(|record| record.occur(NetworkEvents::CLOSE, Some(Error::ConnAborted)))
    }

    /// What holds now, for a message registration (EVT-16).
    pub(super) fn holds(&self, can_send: bool) -> EventReport {
        let state = self.state.lock();
        let flags = state.with_socket(readiness).unwrap_or(PollFlags::empty());
        let mut events = NetworkEvents::empty();
        match state.stage {
            Stage::Listening => {
                let is_silent = self.watch.look(Record::is_silent);
                events.set(
                    NetworkEvents::ACCEPT,
                    flags.contains(PollFlags::IN) && !is_silent, // ACC-65
                );
            }
            Stage::Connected => {
                let has_data = state.unread_bytes() > 0 && !state.receive_ended;
                events.set(NetworkEvents::READ, has_data);
                events.set(
                    NetworkEvents::WRITE,
                    flags.contains(PollFlags::OUT) && can_send,
                );
                let end = PollFlags::RDHUP | PollFlags::HUP | PollFlags::ERR;
                events.set(NetworkEvents::CLOSE, flags.intersects(end));
            }
            Stage::Datagrams => {
                events.set(NetworkEvents::READ, flags.contains(PollFlags::IN));
                events.set(NetworkEvents::WRITE, flags.contains(PollFlags::OUT));
            }
            Stage::Idle | Stage::Connecting(_) => {}
        }
        let error = flags.contains(PollFlags::ERR).then_some(Error::ConnAborted);
        EventReport::new(events, None, error)
    }
}

impl Source for KernelWatch {
    fn ready(&self, flags: EventFlags) {
        let attempt = match &self.state.lock().stage {
            Stage::Connecting(history) => Some(Arc::clone(history)),
            _ => None,
        };
        if let Some(history) = attempt {
            self.look_at_attempt(&history);
        }
        let mut state = self.state.lock();
        let told = match state.stage {
            Stage::Listening if flags.contains(EventFlags::IN) => self
                .watch
                .change(|record| record.occur(NetworkEvents::ACCEPT, None)), // EVT-01 EVT-60
            Stage::Connected => self.connected(&mut state, flags),
            Stage::Datagrams => self.of_datagrams_reported(&mut state, flags),
            _ => return,
        };
        drop(state);
        told.now();
    }

    fn arm(self: Arc<Self>) {
        if self.arm_now().is_ok() {
            self.watch.takes_in_from_kernel();
        }
    }

    fn run_due(&self, now: Instant) -> Option<Instant> {
        let attempt = match &self.state.lock().stage {
            Stage::Connecting(history) => Some(Arc::clone(history)),
            _ => None,
        }?;
        self.look_at_attempt(&attempt);
        attempt.attempt.expires().filter(|expires| *expires > now)
    }
}

impl KernelWatch {
    fn look_at_attempt(&self, history: &History) {
        let number = {
            let state = self.state.lock();
            state.number.filter(|_| state.is_intact())
        };
        let outcome =
            number.and_then(|number| sys::with_number(number, |fd| history.attempt.outcome(fd)));
        if let Some(Ok(outcome)) = outcome {
            self.attempt_ended(outcome);
        }
    }
}

/// What is true of a socket now.
fn readiness(fd: BorrowedFd<'_>) -> PollFlags {
    let wanted = PollFlags::IN | PollFlags::OUT | PollFlags::RDHUP;
    let mut polled = [PollFd::new(&fd, wanted)];
    match poll(&mut polled, Some(&Timespec::default())) {
        Ok(_) => polled[0].revents(),
        Err(_) => PollFlags::empty(),
    }
}
