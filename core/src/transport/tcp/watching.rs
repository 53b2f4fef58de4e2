//! What the kernel reports about a socket, for those who have registered for its events.
//!
//! Every report repeats everything that is true of the socket; what of it is new is worked out here.
//! Reports come from the one set of the process (`provider/intake.rs`), on whichever thread looks.

use std::{
    os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Instant,
};

use parking_lot::Mutex;
use rustix::{
    event::{PollFd, PollFlags, epoll::EventFlags, poll},
    fs::fstat,
    io::ioctl_fionread,
    net::{self, RecvFlags, sockopt},
    time::Timespec,
};

use super::{History, Tcp, connect::Outcome};
use crate::{
    Error, Result,
    provider::{
        intake::{Intake, Key, Source},
        watch::{Target, Told, Watch},
    },
    rules::{
        connection::State,
        events::{EventReport, Indication, NetworkEvents, Record},
    },
    sys,
};

/// What a watched socket wants to be told.
const EVERYTHING: EventFlags = EventFlags::IN
    .union(EventFlags::OUT)
    .union(EventFlags::PRI)
    .union(EventFlags::RDHUP);

/// The end of a connection.
const END: EventFlags = EventFlags::RDHUP
    .union(EventFlags::HUP)
    .union(EventFlags::ERR);

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

#[derive(Debug)]
struct Reported {
    /// None once the socket is closed: then the number may be somebody else's.
    number: Option<RawFd>,
    /// Its place in the set, once it is there.
    key: Option<Key>,
    stage: Stage,
    /// How much was unread when that was told last, until a receive enables it again.
    unread: Option<u64>,
    doubt: Doubt,
    /// A send has found no room (EVT-17).
    wants_room: bool,
    receive_ended: bool,
    /// The file that the number stands for, where it may have to be acted on by somebody who has not
    /// named the socket.
    file: Option<File>,
}

/// Whether a receive that got less than it had room for may have left something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    /// It has not: what comes later is reported by itself.
    None,
    /// As much as before was reported once more: data may have come just when a receive had taken as
    /// much, which only that receive can tell.
    Once,
    /// There was urgent data: a receive stops at its mark.
    AtMark,
}

/// Names an open socket of the system.
type File = (u64, u64);

fn file_of(fd: BorrowedFd<'_>) -> Option<File> {
    let found = fstat(fd).ok()?;
    Some((found.st_dev, found.st_ino))
}

impl Reported {
    /// What it wants to be told. Every send of a datagram makes room, which is not told unless it is
    /// waited for; so each report of a datagram socket tells of an arrival.
    fn interest(&self) -> EventFlags {
        match self.stage {
            Stage::Datagrams if self.wants_room => EventFlags::IN | EventFlags::OUT,
            Stage::Datagrams => EventFlags::IN,
            _ => EVERYTHING,
        }
    }

    fn with_socket<R>(&self, ask: impl FnOnce(BorrowedFd<'_>) -> R) -> Option<R> {
        sys::with_number(self.number?, ask)
    }

    /// How much is unread. At the mark of urgent data the kernel counts nothing of what is behind.
    fn unread_bytes(&self) -> u64 {
        let count = |fd: BorrowedFd<'_>| ioctl_fionread(fd).unwrap_or(0);
        let peek = |fd: BorrowedFd<'_>| {
            let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
            net::recv(fd, &mut [0; 1][..], flags).map_or(0, |(count, _)| count as u64)
        };
        match self.with_socket(count).unwrap_or(0) {
            0 if self.doubt == Doubt::AtMark => self.with_socket(peek).unwrap_or(0),
            unread => unread,
        }
    }

    /// The program may have closed the number by other means, and it may be another file's now (HND-35).
    fn remember_file(&mut self) {
        self.file = self.with_socket(file_of).flatten();
    }

    fn is_intact(&self) -> bool {
        self.file.is_some() && self.with_socket(file_of).flatten() == self.file
    }
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

    // ---- what the calls say

    /// The socket may have begun to listen before it could be seen that somebody registers.
    fn is_at_least(&self, now: Stage) {
        let mut state = self.state.lock();
        if matches!(state.stage, Stage::Idle) && matches!(now, Stage::Listening) {
            state.stage = now;
        }
    }

    /// The socket has come to another stage.
    pub(super) fn enter(&self, stage: Stage) {
        self.state.lock().stage = stage;
        self.look_again();
    }

    pub(super) fn attempt_begins(&self, history: Arc<History>) {
        self.watch
            .change(|record| {
                record.attempt_begins();
                Indication::NOTHING
            })
            .now();
        let mut state = self.state.lock();
        state.remember_file();
        state.stage = Stage::Connecting(history);
    }

    /// The connect call returns; a non-blocking attempt may go on.
    pub(super) fn attempt_returned(
        self: &Arc<Self>,
        result: Result<()>,
        blocking: bool,
        history: &Arc<History>,
    ) {
        {
            // Somebody may have registered since the attempt began.
            let mut state = self.state.lock();
            if matches!(state.stage, Stage::Idle) {
                state.remember_file();
                state.stage = Stage::Connecting(Arc::clone(history));
            }
        }
        match result {
            Ok(()) => self.attempt_ended(Outcome::Connected),
            Err(Error::WouldBlock) if !blocking => self.set_deadline(history),
            Err(_) if blocking => self.state.lock().stage = Stage::Idle, // the caller is told
            Err(error) => self.attempt_ended(Outcome::Failed(error)),
        }
        self.look_again();
    }

    fn set_deadline(self: &Arc<Self>, history: &History) {
        if let Some(expires) = history.attempt.expires() {
            let source = Arc::clone(self) as Arc<dyn Source>;
            self.intake.add_deadline(expires, source);
            self.watch.awaited().now(); // they have to sleep shorter
        }
    }

    /// An attempt has ended; whoever finds out first tells.
    pub(super) fn attempt_ended(&self, outcome: Outcome) {
        let (next, error) = match outcome {
            Outcome::Pending => return,
            Outcome::Connected | Outcome::Broken => (Stage::Connected, None),
            Outcome::Failed(error) => (Stage::Idle, Some(error)),
        };
        let mut state = self.state.lock();
        if !matches!(state.stage, Stage::Connecting(_)) {
            return;
        }
        state.stage = next;
        let told = self.watch.change(|record| {
            let ended = record.occur(NetworkEvents::CONNECT, error); // EVT-29
            if error.is_none() {
                ended.and(record.occur(NetworkEvents::WRITE, None)) // EVT-17
            } else {
                ended
            }
        });
        drop(state);
        told.now();
        self.look_again();
    }

    /// A send has returned.
    pub(in crate::transport) fn sent(&self, sent: Result<usize>) {
        match sent {
            Err(Error::WouldBlock) => {
                self.state.lock().wants_room = true; // EVT-12 EVT-17
                self.look_again();
            }
            Err(Error::ConnReset | Error::ConnAborted | Error::NetReset) => self.broke(),
            _ => {}
        }
    }

    /// A receive has returned, with `room` for so many bytes.
    pub(super) fn received(&self, received: Result<usize>, room: usize, peek: bool) {
        match received {
            Ok(1..) if !peek => {
                let in_doubt = {
                    let mut state = self.state.lock();
                    state.unread = None;
                    let doubt = state.doubt;
                    if doubt == Doubt::Once {
                        state.doubt = Doubt::None;
                    }
                    doubt != Doubt::None
                };
                let told = self
                    .watch
                    .change(|record| record.used_up(NetworkEvents::READ)); // EVT-18
                told.now();
                // Less than there was room for was all; what comes later is reported by itself.
                if received == Ok(room) || in_doubt {
                    self.look_again(); // EVT-14
                }
            }
            Err(Error::ConnReset | Error::ConnAborted | Error::NetReset) => self.broke(),
            _ => {
                self.state.lock().unread = None; // EVT-13
                self.watch
                    .change(|record| {
                        record.enable(NetworkEvents::READ);
                        Indication::NOTHING
                    })
                    .now();
                if received.is_ok() {
                    self.look_again();
                }
            }
        }
        self.enable_urgent();
    }

    /// Every receive enables `FD_OOB` again, too (EVT-12).
    fn enable_urgent(&self) {
        if self.state.lock().doubt == Doubt::AtMark {
            self.watch
                .change(|record| {
                    record.enable(NetworkEvents::OOB);
                    Indication::NOTHING
                })
                .now();
            self.look_again(); // EVT-14
        }
    }

    /// A receive of the urgent byte has returned; whether it has taken it.
    pub(super) fn urgent_received(&self, taken: bool) {
        let told = self.watch.change(|record| {
            record.enable(NetworkEvents::READ); // EVT-12
            if taken {
                return record.used_up(NetworkEvents::OOB); // EVT-18
            }
            record.enable(NetworkEvents::OOB); // EVT-13
            Indication::NOTHING
        });
        told.now();
        self.state.lock().unread = None;
        self.look_again(); // EVT-14
    }

    /// A call was told that the connection is broken, and has taken the error from the kernel.
    fn broke(&self) {
        let told = self
            .watch
            .change(|record| record.occur(NetworkEvents::CLOSE, Some(Error::ConnAborted))); // DIS-38
        told.now();
    }

    /// This side has ended receiving: data that comes now resets the connection.
    pub(super) fn end_receiving(&self) {
        {
            let mut state = self.state.lock();
            state.remember_file();
            state.receive_ended = true;
        }
        self.watch
            .change(|record| {
                record.vanished(NetworkEvents::READ);
                Indication::NOTHING
            })
            .now();
    }

    /// A call of this side resets the connection, which is no event (DIS-48).
    pub(super) fn reset(&self) {
        self.watch
            .change(|record| {
                record.ended_here();
                Indication::NOTHING
            })
            .now();
    }

    /// Whether the intake has reset the connection.
    pub(super) fn is_aborted(&self) -> bool {
        self.aborted.load(SeqCst)
    }

    // ---- accepting

    /// The head was taken from the queue, to be decided.
    pub(super) fn head_taken(&self) {
        self.watch.change(Record::head_taken).now();
    }

    /// The head is deferred. Behind it nothing is to be reported, so that nobody who polls is woken for
    /// it (ACC-09).
    pub(super) fn deferred(&self) {
        self.silence(Record::begin_silent);
        self.ask_for(EventFlags::empty());
    }

    /// The head is decided, or was put back undecided.
    pub(super) fn decided(&self) {
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
    pub(super) fn settle_accept(&self, pending: bool) {
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
    pub(super) fn watch_head(self: &Arc<Self>, head: BorrowedFd<'_>) -> Option<Key> {
        let source = Arc::new(HeldHead(Arc::clone(self)));
        self.intake.add(head, EventFlags::empty(), source).ok()
    }

    pub(super) fn forget_head(&self, head: BorrowedFd<'_>, key: Key) {
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

    // ---- what the kernel reports

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

    /// A receive on a datagram socket has returned; whether it has used a datagram up.
    pub(in crate::transport) fn datagram_received(&self, used: bool) {
        let told = self.watch.change(|record| {
            if used {
                return record.used_up(NetworkEvents::READ); // EVT-18
            }
            record.enable(NetworkEvents::READ); // EVT-13
            Indication::NOTHING
        });
        told.now();
        self.look_again(); // EVT-14
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
    fn holds(&self, can_send: bool) -> EventReport {
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
