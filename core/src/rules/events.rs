//! Network events (group EVT): what is recorded, when it is indicated, and what enables the next
//! indication.
//!
//! A [`Record`] belongs to one socket. The transport says what happens to the socket
//! ([`Record::occur`]) and which calls have used something up or have enabled an event again; the
//! record says what is to be indicated. Two modes of registration have rules of their own (AMB-60):
//!
//! | | event object | message |
//! |---|---|---|
//! | a second occurrence before the re-enabling call | indicated again (EVT-11, EVT-60) | held back (EVT-51) |
//! | a new registration | indicates what was not enumerated (EVT-07, EVT-15, EVT-16) | posts what holds, but for FD_CONNECT (EVT-16, EVT-21) |

use bitflags::bitflags;

use crate::Error;

bitflags! {
    /// Network events, with Winsock's numbers (LAY-20).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct NetworkEvents: u32 {
        /// `FD_READ`: there is something to receive. The end of a connection is not told by it
        /// (EVT-19).
        const READ = 1 << 0;
        /// `FD_WRITE`: the connection is established, or there is room again after a send that failed
        /// with [`Error::WouldBlock`] (EVT-17).
        const WRITE = 1 << 1;
        /// `FD_OOB`: urgent data has arrived, and `SO_OOBINLINE` is off (EVT-36).
        const OOB = 1 << 2;
        /// `FD_ACCEPT`: a connection request waits, and the head is not deferred (EVT-02, ACC-09).
        const ACCEPT = 1 << 3;
        /// `FD_CONNECT`: a connect attempt has ended (EVT-03).
        const CONNECT = 1 << 4;
        /// `FD_CLOSE`: the peer has ended its direction, or the connection has broken (EVT-04).
        const CLOSE = 1 << 5;
        /// `FD_QOS`: the quality of service has changed (EVT-33).
        const QOS = 1 << 6;
        /// `FD_GROUP_QOS`: reserved; never recorded (EVT-34).
        const GROUP_QOS = 1 << 7;
        /// `FD_ROUTING_INTERFACE_CHANGE`: never recorded, because the control code that would ask for
        /// it is not offered (EVT-35).
        const ROUTING_INTERFACE_CHANGE = 1 << 8;
        /// `FD_ADDRESS_LIST_CHANGE`: as above (EVT-35).
        const ADDRESS_LIST_CHANGE = 1 << 9;
    }
}

/// By what a registration tells of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// An event object is set (`WSAEventSelect`).
    Object,
    /// A message is posted for every event (`WSAAsyncSelect`).
    Message,
}

/// What has to be told now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Indication {
    /// The event object is to be set.
    pub signal: bool,
    /// A message is to be posted for each of these.
    pub post: NetworkEvents,
}

impl Indication {
    /// Nothing.
    pub const NOTHING: Self = Self {
        signal: false,
        post: NetworkEvents::empty(),
    };

    /// Both.
    pub fn and(self, other: Self) -> Self {
        Self {
            signal: self.signal || other.signal,
            post: self.post | other.post,
        }
    }
}

/// Network events with their errors, as they are enumerated (EVT-22, EVT-23).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventReport {
    events: NetworkEvents,
    connect: Option<Error>,
    close: Option<Error>,
}

impl EventReport {
    /// A report; the errors count where their event is among the events.
    pub fn new(events: NetworkEvents, connect: Option<Error>, close: Option<Error>) -> Self {
        Self {
            events,
            connect: connect.filter(|_| events.contains(NetworkEvents::CONNECT)),
            close: close.filter(|_| events.contains(NetworkEvents::CLOSE)),
        }
    }

    /// What has happened.
    pub const fn events(&self) -> NetworkEvents {
        self.events
    }

    /// The error that came with an event; none is Winsock's 0, and every event but `CONNECT` and
    /// `CLOSE` has none (EVT-29, EVT-59).
    pub fn error(&self, event: NetworkEvents) -> Option<Error> {
        match event {
            NetworkEvents::CONNECT => self.connect,
            NetworkEvents::CLOSE => self.close,
            _ => None,
        }
    }

    /// Each event with its error, in the order of the numbers.
    pub fn iter(&self) -> impl Iterator<Item = (NetworkEvents, Option<Error>)> + '_ {
        self.events.iter().map(|event| (event, self.error(event)))
    }
}

/// The events that happened to a socket and were not enumerated yet, and who is to be told.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    registration: Option<(Mode, NetworkEvents)>,
    recorded: NetworkEvents,
    /// Told of since their last re-enabling call: a condition that is used up without being here had
    /// arisen unseen.
    known: NetworkEvents,
    /// Posted, and not enabled again (EVT-51).
    posted: NetworkEvents,
    /// The head of the backlog is deferred or being decided (ACC-09).
    silent: bool,
    /// The end of the connection has been recorded (DIS-49).
    ended: bool,
    connect_error: Option<Error>,
    close_error: Option<Error>,
}

impl Record {
    /// Nothing has happened, and nobody is told.
    pub const NEW: Self = Self {
        registration: None,
        recorded: NetworkEvents::empty(),
        known: NetworkEvents::empty(),
        posted: NetworkEvents::empty(),
        silent: false,
        ended: false,
        connect_error: None,
        close_error: None,
    };

    /// What is registered for, if anything is.
    pub fn registration(&self) -> Option<(Mode, NetworkEvents)> {
        self.registration
    }

    /// Whether the listener is silent (ACC-09).
    pub fn is_silent(&self) -> bool {
        self.silent
    }

    /// An event happens. Its bit is recorded, whoever has registered for what (EVT-11), unless the
    /// listener is silent, or it is the second end of a connection (DIS-49). `error` is kept with
    /// `CONNECT` and `CLOSE`.
    pub fn occur(&mut self, event: NetworkEvents, error: Option<Error>) -> Indication {
        match event {
            NetworkEvents::ACCEPT if self.silent => return Indication::NOTHING, // ACC-09 ACC-62
            NetworkEvents::CLOSE if self.ended => return Indication::NOTHING,   // DIS-49
            NetworkEvents::CLOSE => {
                self.ended = true;
                self.close_error = error;
            }
            NetworkEvents::CONNECT => self.connect_error = error,
            _ => {}
        }
        self.known |= event;
        self.indicate(event)
    }

    fn indicate(&mut self, event: NetworkEvents) -> Indication {
        match self.registration {
            Some((Mode::Message, mask)) if mask.contains(event) && !self.posted.contains(event) => {
                self.posted |= event;
                self.recorded -= event;
                Indication {
                    signal: false,
                    post: event,
                }
            }
            Some((Mode::Object, mask)) => {
                self.recorded |= event;
                Indication {
                    signal: mask.contains(event), // EVT-11 EVT-25
                    post: NetworkEvents::empty(),
                }
            }
            // EVT-51: a message for it is out, or there is nobody to be told (EVT-30).
            Some((Mode::Message, _)) | None => {
                self.recorded |= event;
                Indication::NOTHING
            }
        }
    }

    /// A call has used up what `event` tells of, all of it: its bit goes, and it is enabled again
    /// (EVT-12, EVT-18). What had arisen unseen is indicated nevertheless, but not recorded; a head that
    /// was deferred has been seen (ACC-09, ACC-62).
    pub fn used_up(&mut self, event: NetworkEvents) -> Indication {
        let is_deferred_head = event == NetworkEvents::ACCEPT && self.silent;
        let unseen = if self.known.contains(event) || is_deferred_head {
            Indication::NOTHING
        } else {
            self.indicate(event)
        };
        self.recorded -= event; // EVT-18
        self.enable(event);
        unseen
    }

    /// A call has used up some of what `event` tells of; if more is `left`, that is an occurrence of
    /// its own (EVT-14).
    pub fn used(&mut self, event: NetworkEvents, left: bool) -> Indication {
        let unseen = self.used_up(event);
        if left {
            unseen.and(self.occur(event, None))
        } else {
            unseen
        }
    }

    /// A re-enabling call of `event` has returned, whatever its result (EVT-12, EVT-13). If the
    /// condition still holds it is to occur again (EVT-14).
    pub fn enable(&mut self, event: NetworkEvents) {
        self.known -= event;
        self.posted -= event;
    }

    /// What `event` tells of has gone without having been used.
    pub fn vanished(&mut self, event: NetworkEvents) {
        self.recorded -= event;
        self.enable(event);
    }

    /// Whether the condition of `event` has been told of since its last re-enabling call.
    pub fn knows(&self, event: NetworkEvents) -> bool {
        self.known.contains(event)
    }

    /// The head is deferred: behind it there is silence (ACC-62, ACC-65).
    pub fn begin_silent(&mut self) {
        self.silent = true;
        self.recorded -= NetworkEvents::ACCEPT; // ACC-62
    }

    /// The head of the backlog is taken to be decided: silence (ACC-09).
    pub fn head_taken(&mut self) -> Indication {
        let unseen = self.used_up(NetworkEvents::ACCEPT); // EVT-18
        self.silent = true;
        unseen
    }

    /// The head is decided, or was put back undecided, and other calls can take the next one soon: the
    /// silence ends. Nobody is told before they can.
    pub fn end_silent(&mut self) {
        self.silent = false;
    }

    /// An accept call has ended, and others can take the next head: the listener tells of requests
    /// again, and of one that is `pending` now (ACC-61, ACC-63). If it is silent nobody is told: the call
    /// has deferred the head (EVT-13, ACC-62), or another call has taken the next one and will settle it.
    pub fn settle_accept(&mut self, pending: bool) -> Indication {
        self.enable(NetworkEvents::ACCEPT);
        if pending {
            self.occur(NetworkEvents::ACCEPT, None) // ACC-61
        } else {
            Indication::NOTHING
        }
    }

    /// A deferred head was withdrawn, which the next accept call reports (ACC-64).
    pub fn head_withdrawn(&mut self) -> Indication {
        self.end_silent();
        self.settle_accept(true)
    }

    /// The connection ends by a call of this side, which is no event (DIS-48).
    pub fn ended_here(&mut self) {
        self.ended = true;
    }

    /// A connect attempt begins: its end will be an event of its own.
    pub fn attempt_begins(&mut self) {
        self.enable(NetworkEvents::CONNECT);
    }

    /// A registration replaces the one before (EVT-07, EVT-08, EVT-54); an empty mask cancels it
    /// (EVT-09). `holds` are the conditions that hold, which a message registration posts, whatever
    /// was told of them before (EVT-16).
    pub fn register(&mut self, mode: Mode, mask: NetworkEvents, holds: EventReport) -> Indication {
        self.registration = (!mask.is_empty()).then_some((mode, mask));
        self.posted = NetworkEvents::empty();
        match self.registration {
            None => Indication::NOTHING, // the record stays (EVT-07)
            Some((Mode::Object, mask)) => Indication {
                signal: self.recorded.intersects(mask), // EVT-07 EVT-15
                post: NetworkEvents::empty(),
            },
            Some((Mode::Message, mask)) => {
                if holds.events.contains(NetworkEvents::CLOSE) && !self.ended {
                    self.ended = true;
                    self.close_error = holds.close;
                }
                let told = mask - NetworkEvents::CONNECT; // EVT-16 EVT-21
                let due = (self.recorded | holds.events) & told;
                self.posted = due;
                self.known |= due;
                self.recorded -= due;
                Indication {
                    signal: false,
                    post: due,
                }
            }
        }
    }

    /// Hands the recorded events of the mask over, and clears these and no others (EVT-22, EVT-25).
    /// Without an event-object registration there are none (EVT-28, EVT-30).
    pub fn enumerate(&mut self) -> EventReport {
        let Some((Mode::Object, mask)) = self.registration else {
            return EventReport::default();
        };
        let events = self.recorded & mask;
        self.recorded -= events;
        EventReport::new(events, self.connect_error, self.close_error)
    }

    /// The record of a socket that this listener has accepted: the same registration (SKT-07,
    /// SKT-08), and a record of its own (SKT-12). The connection is established (SKT-09), and no
    /// attempt of its own was (SKT-11).
    pub fn inherited(&self) -> (Self, Indication) {
        let mut record = Self {
            registration: self.registration,
            ..Self::NEW
        };
        let indication = record.occur(NetworkEvents::WRITE, None); // SKT-09
        (record, indication)
    }

    /// The events for which messages are out, or held back.
    pub const fn posted(&self) -> NetworkEvents {
        self.posted
    }

    /// The error that a posted event carries.
    pub fn error_of(&self, event: NetworkEvents) -> Option<Error> {
        match event {
            NetworkEvents::CONNECT => self.connect_error,
            NetworkEvents::CLOSE => self.close_error,
            _ => None,
        }
    }

    /// What is found to hold when the record begins (EVT-15, EVT-21).
    pub fn found(&mut self, holds: EventReport) -> Indication {
        let told = |told: Indication, (event, error)| told.and(self.occur(event, error));
        holds.iter().fold(Indication::NOTHING, told)
    }
}

#[cfg(test)]
#[path = "events_tests.rs"]
mod tests;
