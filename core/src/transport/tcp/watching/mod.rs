//! What the kernel reports about a socket, for those who have registered for its events.
//!
//! Every report repeats everything that is true of the socket; what of it is new is worked out here.
//! Reports come from the one set of the process (`provider/intake.rs`), on whichever thread looks.

mod accepting;
mod calls;
mod reported;
mod reports;

use std::{
    os::fd::{AsFd, AsRawFd, RawFd},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use parking_lot::Mutex;
use rustix::event::epoll::EventFlags;

use super::{History, Tcp};
use crate::{
    Error, Result,
    provider::{
        intake::{Intake, Source},
        watch::{Target, Watch},
    },
    rules::{
        connection::State,
        events::{EventReport, NetworkEvents, Record},
    },
    sys,
};

use self::reported::{Doubt, Reported};
/// A kernel socket that somebody has registered for.
#[derive(Debug)]
pub(in crate::transport) struct KernelWatch {
    watch: Arc<Watch>,
    intake: &'static Intake,
    state: Mutex<Reported>,
    /// The intake has reset the connection, because data came that nobody will read (DIS-32).
    aborted: AtomicBool,
}

/// Whose the descriptor's number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::transport) enum Number {
    Own,
    Lost,
}

/// Where the socket stands, as far as reports are concerned.
#[derive(Debug)]
pub(super) enum Stage {
    Idle,
    Listening,
    Connecting(Arc<History>),
    Connected,
    /// Of a socket without connections.
    Datagrams,
}

impl Tcp {
    /// What the kernel reports, if somebody has registered.
    pub(super) fn watched(&self) -> Option<&Arc<KernelWatch>> {
        self.history.get()?.watched.get()
    }

    /// A registration. With the first one begins the watch, which finds what has happened already.
    pub(crate) fn watch(
        &self,
        intake: &'static Intake,
        watch: &Arc<Watch>,
        target: Target,
        mask: NetworkEvents,
    ) -> Result<()> {
        self.settle_attempt()?;
        let is_first = self.watched().is_none();
        let watched = Arc::clone(self.history().watched.get_or_init(|| {
            Arc::new(KernelWatch::new(
                self.fd.as_fd().as_raw_fd(),
                intake,
                Arc::clone(watch),
                self.stage(),
            ))
        }));
        if is_first {
            self.begin(&watched);
        }
        watched.is_at_least(self.stage());
        watched.arm_now()?;
        if self.closed.load(SeqCst) {
            // Closing has not seen what was only just made; or it has, and this does nothing.
            watched.close(Number::Own);
            return Err(Error::NotSock);
        }
        watched.register(watch, target, mask, !self.connection().send_ended);
        Ok(())
    }

    /// The watch of a socket that was accepted from a watched listener. Nothing is asked of the kernel
    /// before somebody looks (EVT-49).
    pub(crate) fn inherit_watch(&self, intake: &'static Intake, watch: &Arc<Watch>) {
        const OF_A_CONNECTION: NetworkEvents = NetworkEvents::READ
            .union(NetworkEvents::OOB)
            .union(NetworkEvents::CLOSE);
        let number = self.fd.as_fd().as_raw_fd();
        let watched = KernelWatch::new(number, intake, Arc::clone(watch), Stage::Connected);
        let watched = self.history().watched.get_or_init(|| Arc::new(watched));
        if !watch.wants(OF_A_CONNECTION) {
            return; // registering for one of these will look
        }
        intake.arm_later(Arc::clone(watched) as Arc<dyn Source>);
        // Announced first and looked for sleepers afterwards; they do it the other way round.
        if watch.is_awaited() {
            intake.arm_waiting();
        }
    }

    /// What is true of the socket is to be told of again, whatever was told of it before. A listener
    /// that is silent stays so.
    pub(crate) fn look_again(&self) {
        if let Some(watched) = self.watched()
            && !watched.watch.look(Record::is_silent)
        {
            watched.state.lock().unread = None;
            watched.look_again();
        }
    }

    /// The socket closes, or leaves the library.
    pub(super) fn unwatch(&self) {
        if let Some(watched) = self.watched() {
            watched.close(Number::Own);
        }
    }

    fn stage(&self) -> Stage {
        match self.connection().state {
            State::Unconnected => Stage::Idle,
            State::Listening => Stage::Listening,
            State::Connecting => Stage::Connecting(self.shared_history()),
            State::Connected => Stage::Connected,
        }
    }

    /// What has happened before anybody had registered (EVT-15, EVT-21). The rest the kernel reports.
    fn begin(&self, watched: &Arc<KernelWatch>) {
        let failure = Error::from_code(self.attempt_failure());
        let mut events = NetworkEvents::empty();
        match self.connection().state {
            State::Connected if self.attempt().was_made() => {
                events = NetworkEvents::CONNECT | NetworkEvents::WRITE; // EVT-21
            }
            State::Connected => events = NetworkEvents::WRITE, // EVT-17
            State::Unconnected if failure.is_some() => events = NetworkEvents::CONNECT,
            _ => {}
        }
        let found = EventReport::new(events, failure, None);
        watched.watch.change(|record| record.found(found)).now();
        if let Some(head) = self.look_at_held()
            && head.deferred
        {
            watched.deferred(); // ACC-65
            head.watch(watched);
        }
        let mut state = watched.state.lock();
        state.remember_file();
        if let Stage::Connecting(history) = &state.stage {
            watched.set_deadline(history);
        }
    }
}

impl KernelWatch {
    fn new(number: RawFd, intake: &'static Intake, watch: Arc<Watch>, stage: Stage) -> Self {
        Self {
            watch,
            intake,
            state: Mutex::new(Reported {
                number: Some(number),
                key: None,
                stage,
                unread: None,
                doubt: Doubt::None,
                wants_room: false,
                receive_ended: false,
                file: None,
            }),
            aborted: AtomicBool::new(false),
        }
    }

    /// The watch of a datagram socket, which can be sent from at any time (EVT-17).
    pub(in crate::transport) fn of_datagrams(
        number: RawFd,
        intake: &'static Intake,
        watch: &Arc<Watch>,
    ) -> Arc<Self> {
        let found = EventReport::new(NetworkEvents::WRITE, None, None);
        watch.change(|record| record.found(found)).now();
        Arc::new(Self::new(
            number,
            intake,
            Arc::clone(watch),
            Stage::Datagrams,
        ))
    }

    /// Registers with what has happened until now (EVT-15); `sends` says that sending has not ended.
    pub(in crate::transport) fn register(
        &self,
        watch: &Watch,
        target: Target,
        mask: NetworkEvents,
        sends: bool,
    ) {
        self.intake.take_in();
        watch.register(target, mask, self.holds(sends)).now();
        watch.takes_in_from_kernel();
    }

    pub(in crate::transport) fn arm_now(self: &Arc<Self>) -> Result<()> {
        let mut state = self.state.lock();
        if state.key.is_some() {
            return Ok(());
        }
        let source = Arc::clone(self) as Arc<dyn Source>;
        let interest = state.interest();
        let added = state.with_socket(|fd| self.intake.add(fd, interest, source));
        state.key = added.transpose()?;
        Ok(())
    }

    /// The socket is about to have another number; the old one is still open.
    pub(in crate::transport) fn moves(self: &Arc<Self>, number: RawFd) {
        let was_armed = {
            let mut state = self.state.lock();
            let key = state.key.take();
            if let Some(key) = key {
                state.with_socket(|fd| self.intake.remove(Some(fd), key));
            }
            state.number = Some(number);
            key.is_some()
        };
        if was_armed {
            self.intake.arm_later(Arc::clone(self) as Arc<dyn Source>);
        }
        if let Ok(name) = u64::try_from(number) {
            self.watch.set_name(name).now();
        }
    }

    /// Has the kernel report again what is true now.
    pub(in crate::transport) fn look_again(&self) {
        let interest = self.state.lock().interest();
        self.ask_for(interest);
    }

    fn ask_for(&self, interest: EventFlags) {
        let state = self.state.lock();
        if let Some(key) = state.key {
            state.with_socket(|fd| self.intake.report_again(fd, key, interest));
        }
    }

    /// The socket is about to be closed, or was lost: then its number may be somebody else's, who may
    /// be in the set by it (HND-35).
    pub(in crate::transport) fn close(&self, whose: Number) {
        let mut state = self.state.lock();
        let key = state.key.take();
        let number = state.number.take();
        state.stage = Stage::Idle;
        drop(state);
        match (key, number) {
            (Some(key), Some(number)) if whose == Number::Own => {
                sys::with_number(number, |fd| self.intake.remove(Some(fd), key));
            }
            (Some(key), _) => self.intake.remove(None, key),
            (None, _) => {}
        }
        self.watch.close();
    }
}
