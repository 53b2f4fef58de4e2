//! Network events of the whole library against a second, naive model: random calls on a listener, its
//! clients and its connections, with registrations of both kinds, compared after every step.
//!
//! The model keeps what has happened to each socket as a list. Every socket is non-blocking, so that one
//! thread can play everybody; on TCP it has what has come taken in after every step.

mod common;

use std::{os::fd::BorrowedFd, time::Duration};

use common::{loopback, until, within};
use proptest::{collection::vec, prelude::*, test_runner::FileFailurePersistence};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::ioctl_fionread,
};
use vestibule::{
    Address, ConnectData, Decision, Entry, Error, EventObject, Linger, NetworkEvents, Notification,
    NotificationPort, Receive, Shutdown, Socket, Wait,
};

const READ: NetworkEvents = NetworkEvents::READ;
const WRITE: NetworkEvents = NetworkEvents::WRITE;
const ACCEPT: NetworkEvents = NetworkEvents::ACCEPT;
const CONNECT: NetworkEvents = NetworkEvents::CONNECT;
const CLOSE: NetworkEvents = NetworkEvents::CLOSE;
const NONE: NetworkEvents = NetworkEvents::empty();

const OBJECTS: usize = 2;
const BACKLOG: usize = 4;
const LISTENER: usize = 0;

fn at_once() -> Wait<'static> {
    Wait::at_most(Duration::ZERO)
}

type Told = (NetworkEvents, Option<Error>);

#[derive(Clone, Copy, Debug)]
enum To {
    Object(usize),
    Port,
}

/// A call. Sockets are named by any number.
#[derive(Clone, Debug)]
enum Step {
    Register(usize, To, NetworkEvents),
    Enumerate(usize, Option<usize>),
    Reset(usize),
    /// With a registration before the attempt, or with none.
    Connect(Option<(To, NetworkEvents)>),
    Accept(Decision),
    Send(usize, usize),
    Receive(usize, usize),
    End(usize),
    Abort(usize),
}

fn to() -> impl Strategy<Value = To> {
    prop_oneof![3 => (0..OBJECTS).prop_map(To::Object), 2 => Just(To::Port)]
}

fn mask() -> impl Strategy<Value = NetworkEvents> {
    prop_oneof![
        1 => Just(NONE),
        3 => Just(NetworkEvents::all()),
        2 => (0..=NetworkEvents::all().bits()).prop_map(NetworkEvents::from_bits_truncate),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let socket = || prop_oneof![2 => Just(LISTENER), 5 => 0..12_usize];
    let decision = prop_oneof![
        4 => Just(Decision::Accept),
        1 => Just(Decision::Reject),
        2 => Just(Decision::Defer),
    ];
    prop_oneof![
        4 => (socket(), to(), mask()).prop_map(|(socket, to, mask)| Step::Register(socket, to, mask)),
        4 => (socket(), proptest::option::of(0..OBJECTS))
            .prop_map(|(socket, object)| Step::Enumerate(socket, object)),
        1 => (0..OBJECTS).prop_map(Step::Reset),
        4 => proptest::option::of((to(), mask())).prop_map(Step::Connect),
        5 => decision.prop_map(Step::Accept),
        4 => (socket(), 1..4_usize).prop_map(|(socket, count)| Step::Send(socket, count)),
        4 => (socket(), 1..5_usize).prop_map(|(socket, room)| Step::Receive(socket, room)),
        1 => socket().prop_map(Step::End),
        1 => socket().prop_map(Step::Abort),
    ]
}

// ---- the model

#[derive(Clone, Debug)]
struct Happened {
    event: NetworkEvents,
    error: Option<Error>,
    /// Neither enumerated, nor posted, nor used up.
    waits: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Life {
    #[default]
    Good,
    /// Refused or reset: nothing but looking is left to do.
    Over,
    Closed,
}

#[derive(Clone, Debug, Default)]
struct Modelled {
    peer: Option<usize>,
    connected: bool,
    unread: usize,
    send_ended: bool,
    life: Life,
    registration: Option<(Target, NetworkEvents)>,
    history: Vec<Happened>,
    /// Messages for these were posted, and they were not enabled again.
    out: NetworkEvents,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Target {
    Object(usize),
    Port,
}

impl Modelled {
    fn recorded(&self) -> NetworkEvents {
        let waiting = self.history.iter().filter(|happened| happened.waits);
        waiting.map(|happened| happened.event).collect()
    }

    fn has_ended(&self) -> bool {
        self.history.iter().any(|happened| happened.event == CLOSE)
    }

    fn error(&self, event: NetworkEvents) -> Option<Error> {
        let last = self.history.iter().rev();
        last.filter(|happened| happened.event == event)
            .find_map(|happened| happened.error)
    }

    fn is_told(&mut self, events: NetworkEvents) {
        for happened in &mut self.history {
            happened.waits &= !events.contains(happened.event);
        }
    }
}

#[derive(Debug)]
struct Model {
    entry: Entry,
    sockets: Vec<Modelled>,
    queue: Vec<usize>,
    deferred: bool,
    is_set: [bool; OBJECTS],
    /// Since the last comparison: the socket, the event and its error.
    posted: Vec<(usize, Told)>,
}

impl Model {
    fn occur(&mut self, socket: usize, event: NetworkEvents, error: Option<Error>) {
        let modelled = &mut self.sockets[socket];
        if modelled.life == Life::Closed || (event == CLOSE && modelled.has_ended()) {
            return; // DIS-49 DIS-51
        }
        modelled.history.push(Happened {
            event,
            error,
            waits: true,
        });
        match modelled.registration {
            Some((Target::Object(object), mask)) if mask.contains(event) => {
                self.is_set[object] = true; // EVT-11
            }
            Some((Target::Port, mask)) if mask.contains(event) && !modelled.out.contains(event) => {
                modelled.out |= event; // EVT-51
                modelled.is_told(event);
                self.posted.push((socket, (event, error)));
            }
            _ => {}
        }
    }

    /// A call has used up what there was; `more` says that something is left (EVT-14, EVT-18).
    fn use_up(&mut self, socket: usize, event: NetworkEvents, more: bool) {
        self.sockets[socket].is_told(event);
        self.sockets[socket].out -= event;
        if more {
            self.occur(socket, event, None);
        }
    }

    fn holds(&self, socket: usize) -> NetworkEvents {
        let modelled = &self.sockets[socket];
        let mut holds = NONE;
        holds.set(
            ACCEPT,
            socket == LISTENER && !self.queue.is_empty() && !self.deferred,
        );
        holds.set(READ, modelled.unread > 0);
        holds.set(WRITE, modelled.connected && !modelled.send_ended);
        holds.set(CLOSE, modelled.has_ended());
        holds
    }

    fn register(&mut self, socket: usize, to: To, mask: NetworkEvents) {
        let holds = self.holds(socket);
        let modelled = &mut self.sockets[socket];
        modelled.out = NONE;
        let target = match to {
            To::Object(object) => Target::Object(object),
            To::Port => Target::Port,
        };
        modelled.registration = Some((target, mask)).filter(|_| !mask.is_empty()); // EVT-09
        let recorded = modelled.recorded();
        match modelled.registration {
            Some((Target::Object(object), mask)) => {
                self.is_set[object] |= recorded.intersects(mask); // EVT-07 EVT-15
            }
            Some((Target::Port, mask)) => {
                let asked = mask - CONNECT; // EVT-21
                let due = (recorded | holds) & asked; // EVT-16
                modelled.out = due;
                modelled.is_told(due);
                let told = due.iter().map(|event| (event, modelled.error(event)));
                self.posted.extend(told.map(|told| (socket, told)));
            }
            None => {}
        }
    }

    fn enumerate(&mut self, socket: usize) -> Vec<Told> {
        let modelled = &mut self.sockets[socket];
        let Some((Target::Object(_), mask)) = modelled.registration else {
            return Vec::new(); // EVT-28
        };
        let events = modelled.recorded() & mask; // EVT-25
        let told = events.iter().map(|event| (event, modelled.error(event)));
        let told = told.collect();
        modelled.is_told(events); // EVT-22
        told
    }

    fn connect(&mut self, client: usize) {
        if self.entry.is_kernel_socket() {
            self.connected(client, None); // the kernel has done it
        }
        self.queue.push(client);
        if !self.deferred {
            self.occur(LISTENER, ACCEPT, None); // ACC-09 EVT-60
        }
    }

    fn connected(&mut self, client: usize, server: Option<usize>) {
        self.sockets[client].peer = server;
        if !self.sockets[client].connected {
            self.sockets[client].connected = true;
            self.occur(client, CONNECT, None);
            self.occur(client, WRITE, None); // EVT-17
        }
    }

    /// The error of the call; a socket that it has made is the last one.
    fn accept(&mut self, decision: Decision) -> Option<Error> {
        if self.queue.is_empty() {
            self.use_up(LISTENER, ACCEPT, false); // EVT-13
            return Some(Error::WouldBlock);
        }
        let was_deferred = std::mem::replace(&mut self.deferred, decision == Decision::Defer);
        if decision == Decision::Defer {
            self.sockets[LISTENER].is_told(ACCEPT); // ACC-62
            // The acceptance of the call that took it enables; a deferral does not (EVT-13).
            if !was_deferred {
                self.sockets[LISTENER].out -= ACCEPT;
            }
            return Some(Error::TryAgain);
        }
        let client = self.queue.remove(0);
        let more = !self.queue.is_empty();
        let refused = (decision == Decision::Reject).then_some(Error::ConnRefused);
        if refused.is_some() {
            self.sockets[client].life = Life::Over;
            if self.entry.is_kernel_socket() {
                self.occur(client, CLOSE, Some(Error::ConnAborted)); // DIS-38
            } else {
                self.occur(client, CONNECT, refused); // EVT-29
            }
        } else {
            let server = self.sockets.len();
            self.sockets.push(Modelled {
                peer: Some(client),
                connected: true,
                registration: self.sockets[LISTENER].registration, // SKT-07 SKT-08
                ..Modelled::default()
            });
            self.connected(client, Some(server));
            self.occur(server, WRITE, None); // SKT-09 SKT-11
        }
        self.use_up(LISTENER, ACCEPT, more); // ACC-61 ACC-63
        refused
    }
}

// ---- both

fn polls(fd: BorrowedFd<'_>, wanted: PollFlags) -> bool {
    let mut polled = [PollFd::new(&fd, wanted)];
    poll(&mut polled, Some(&Timespec::default())) == Ok(1)
}

/// Messages name a kernel socket by its descriptor from the beginning.
fn give_name(socket: &Socket, number: usize) {
    if socket.kernel_descriptor().is_none() {
        socket.set_message_name(number as u64);
    }
}

struct Both {
    model: Model,
    sockets: Vec<Socket>,
    address: Address,
    objects: [EventObject; OBJECTS],
    port: NotificationPort,
    /// To be asked about: what the kernel has to report is taken in by that.
    spy: (Socket, EventObject),
}

impl Both {
    fn new(entry: Entry) -> Self {
        let (listener, address) = common::listening(entry, i32::try_from(BACKLOG).unwrap_or(1));
        listener.set_nonblocking(true).expect("it is new");
        give_name(&listener, LISTENER);
        let object = || EventObject::new().expect("there is memory");
        let spy = (Socket::new(Entry::Tcp4).expect("a socket"), object());
        spy.0.bind(&loopback(Entry::Tcp4)).expect("a port is free");
        spy.0
            .event_select(Some(&spy.1), CONNECT)
            .expect("the object is open");
        Self {
            model: Model {
                entry,
                sockets: vec![Modelled::default()],
                queue: Vec::new(),
                deferred: false,
                is_set: [false; OBJECTS],
                posted: Vec::new(),
            },
            sockets: vec![listener],
            address,
            objects: std::array::from_fn(|_| object()),
            port: NotificationPort::new().expect("there is memory"),
            spy,
        }
    }

    /// One that was not closed.
    fn chosen(&self, number: usize) -> Option<usize> {
        let socket = number % self.sockets.len();
        Some(socket).filter(|socket| self.model.sockets[*socket].life != Life::Closed)
    }

    /// One that is connected to a socket that is still there.
    fn connection(&self, number: usize) -> Option<(usize, usize)> {
        let socket = self.chosen(number)?;
        let modelled = &self.model.sockets[socket];
        Some((socket, modelled.peer?)).filter(|_| modelled.life == Life::Good)
    }

    fn make(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match *step {
            Step::Register(number, to, mask) => {
                if let Some(socket) = self.chosen(number) {
                    self.register(socket, to, mask)?;
                }
            }
            Step::Enumerate(number, object) => {
                if let Some(socket) = self.chosen(number) {
                    let reset = object.map(|object| &self.objects[object]);
                    let report = self.sockets[socket].enumerate_events(reset);
                    let told: Vec<Told> = report.expect("it is open").iter().collect();
                    prop_assert_eq!(told, self.model.enumerate(socket), "of {}", socket);
                    if let Some(object) = object {
                        self.model.is_set[object] = false;
                    }
                }
            }
            Step::Reset(object) => {
                self.objects[object].reset().expect("it is open");
                self.model.is_set[object] = false;
            }
            Step::Connect(registration) => self.connect(registration)?,
            Step::Accept(decision) => self.accept(decision)?,
            Step::Send(..) | Step::Receive(..) | Step::End(_) | Step::Abort(_) => {
                return self.talk(step);
            }
        }
        Ok(())
    }

    fn register(
        &mut self,
        socket: usize,
        to: To,
        mask: NetworkEvents,
    ) -> Result<(), TestCaseError> {
        if matches!(to, To::Port) && self.model.sockets[socket].life == Life::Over {
            return Ok(()); // what holds of a broken connection is the transport's affair
        }
        let registered = match to {
            To::Object(object) => {
                self.sockets[socket].event_select(Some(&self.objects[object]), mask)
            }
            To::Port => self.sockets[socket].async_select(Some(&self.port), 1, mask),
        };
        prop_assert_eq!(registered, Ok(()));
        self.model.register(socket, to, mask);
        Ok(())
    }

    fn connect(&mut self, registration: Option<(To, NetworkEvents)>) -> Result<(), TestCaseError> {
        if self.model.queue.len() == BACKLOG - 1 {
            return Ok(());
        }
        let client = Socket::new(self.model.entry).expect("there is room");
        client.set_nonblocking(true).expect("it is new");
        let number = self.sockets.len();
        give_name(&client, number);
        self.sockets.push(client);
        self.model.sockets.push(Modelled::default());
        if let Some((to, mask)) = registration {
            self.register(number, to, mask)?;
        }
        let data = ConnectData::default();
        let started = self.sockets[number].connect(&self.address, data, &at_once());
        prop_assert!(matches!(started, Ok(()) | Err(Error::WouldBlock)));
        if self.model.entry.is_kernel_socket() {
            self.sockets[number]
                .finish_connect(&within())
                .expect("the kernel completes it");
        }
        self.model.connect(number);
        Ok(())
    }

    fn accept(&mut self, decision: Decision) -> Result<(), TestCaseError> {
        let decided = self.sockets[LISTENER].accept(|_| Ok(decision), &at_once());
        let expected = self.model.accept(decision);
        prop_assert_eq!(decided.as_ref().err().copied(), expected);
        if let Ok(accepted) = decided {
            give_name(&accepted, self.sockets.len());
            accepted
                .set_nonblocking(true)
                .expect("it has inherited that");
            self.sockets.push(accepted);
        }
        Ok(())
    }

    fn talk(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match *step {
            Step::Send(number, count) => {
                if let Some((socket, peer)) = self.connection(number)
                    && !self.model.sockets[socket].send_ended
                {
                    let sent = self.sockets[socket].send(&[7; 4][..count], &at_once());
                    prop_assert_eq!(sent, Ok(count));
                    self.model.sockets[peer].unread += count;
                    self.model.occur(peer, READ, None);
                }
            }
            Step::Receive(number, room) => {
                if let Some((socket, _)) = self.connection(number) {
                    let buffer = &mut [0; 8][..room];
                    let received =
                        self.sockets[socket].receive(buffer, Receive::default(), &at_once());
                    let modelled = &mut self.model.sockets[socket];
                    let count = room.min(modelled.unread);
                    let expected = match count {
                        0 if modelled.has_ended() => Ok(0),
                        0 => Err(Error::WouldBlock),
                        count => Ok(count),
                    };
                    prop_assert_eq!(received, expected);
                    modelled.unread -= count;
                    let more = modelled.unread > 0;
                    self.model.use_up(socket, READ, more);
                }
            }
            Step::End(number) => {
                if let Some((socket, peer)) = self.connection(number) {
                    let ended = self.sockets[socket].shutdown(Shutdown::Send);
                    prop_assert_eq!(ended, Ok(()));
                    self.model.sockets[socket].send_ended = true;
                    self.model.occur(peer, CLOSE, None); // EVT-20
                }
            }
            Step::Abort(number) => {
                // Whether what is unread outlives a reset is the transport's affair, and whether who
                // registers after it learns of an end before it.
                if let Some((socket, peer)) = self.connection(number)
                    && self.model.sockets[peer].unread == 0
                    && !self.model.sockets[socket].send_ended
                {
                    let linger = Linger {
                        on: true,
                        seconds: 0,
                    };
                    self.sockets[socket].set_linger(linger).expect("it is open");
                    self.sockets[socket].close().expect("it is open");
                    self.model.sockets[socket].life = Life::Closed;
                    self.model.sockets[peer].life = Life::Over;
                    self.model.occur(peer, CLOSE, Some(Error::ConnAborted)); // DIS-38
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The loopback device is quick, but need not have delivered when a call returns.
    fn await_arrivals(&self) {
        if !self.model.entry.is_kernel_socket() {
            return;
        }
        for (socket, modelled) in self.sockets.iter().zip(&self.model.sockets) {
            if modelled.life != Life::Good {
                continue;
            }
            let fd = socket.read_descriptor().expect("it is open");
            if modelled.connected {
                let unread = modelled.unread as u64;
                until("data arrives", || ioctl_fionread(fd) == Ok(unread));
            }
            if modelled.has_ended() {
                until("the end arrives", || polls(fd, PollFlags::RDHUP));
            }
        }
        let in_kernel = self.model.queue.len() - usize::from(self.model.deferred);
        if in_kernel > 0 {
            let fd = self.sockets[LISTENER].read_descriptor();
            let fd = fd.expect("it is open");
            until("a request arrives", || polls(fd, PollFlags::IN));
        }
    }

    fn named(&self, told: &Notification) -> usize {
        let is_meant = |socket: &Socket| {
            let descriptor = socket.kernel_descriptor().map(i64::from);
            descriptor.is_some_and(|descriptor| Ok(descriptor) == i64::try_from(told.socket))
        };
        let place = self.sockets.iter().position(is_meant);
        place.unwrap_or_else(|| usize::try_from(told.socket).expect("it was named so"))
    }

    fn agree(&mut self) -> Result<(), TestCaseError> {
        self.await_arrivals();
        prop_assert_eq!(self.spy.1.is_set(), Ok(false)); // everything is taken in now
        for (object, is_set) in self.objects.iter().zip(self.model.is_set) {
            prop_assert_eq!(object.is_set(), Ok(is_set), "{:?}", &self.model.is_set);
        }
        let key = |(socket, (event, _)): &(usize, Told)| (*socket, event.bits());
        let mut posted: Vec<(usize, Told)> = std::iter::from_fn(|| self.port.next(&at_once()).ok())
            .map(|told| (self.named(&told), (told.event, told.error)))
            .collect();
        posted.sort_by_key(key);
        let mut expected = std::mem::take(&mut self.model.posted);
        expected.sort_by_key(key);
        prop_assert_eq!(posted, expected, "messages");
        Ok(())
    }
}

fn play(entry: Entry, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut both = Both::new(entry);
    for step in steps {
        both.make(step)
            .and_then(|()| both.agree())
            .map_err(|error| TestCaseError::fail(format!("{step:?}: {error}")))?;
    }
    Ok(())
}

fn opening() -> Vec<Step> {
    vec![
        Step::Register(LISTENER, To::Object(0), NetworkEvents::all()),
        Step::Connect(Some((To::Object(1), NetworkEvents::all()))),
        Step::Connect(None),
        Step::Accept(Decision::Accept),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(300), // PROPTEST_CASES raises it
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn events_in_process_agree_with_a_naive_model(steps in vec(step(), 1..60)) {
        play(Entry::InProcess, &[opening(), steps].concat())?;
    }

    #[test]
    fn events_on_tcp_agree_with_a_naive_model(steps in vec(step(), 1..40)) {
        play(Entry::Tcp4, &[opening(), steps].concat())?;
    }
}
