//! Network events by example, and against a second, naive model.

use proptest::{collection::vec, prelude::*};

use super::*;

const READ: NetworkEvents = NetworkEvents::READ;
const WRITE: NetworkEvents = NetworkEvents::WRITE;
const ACCEPT: NetworkEvents = NetworkEvents::ACCEPT;
const CONNECT: NetworkEvents = NetworkEvents::CONNECT;
const CLOSE: NetworkEvents = NetworkEvents::CLOSE;
const QOS: NetworkEvents = NetworkEvents::QOS;
const ALL: NetworkEvents = NetworkEvents::all();
const NONE: NetworkEvents = NetworkEvents::empty();

const SET: Indication = Indication {
    signal: true,
    post: NONE,
};

const fn posted(post: NetworkEvents) -> Indication {
    Indication {
        signal: false,
        post,
    }
}

fn nothing_holds() -> EventReport {
    EventReport::default()
}

fn holding(events: NetworkEvents) -> EventReport {
    EventReport::new(events, None, None)
}

/// A record with a registration, of a socket to which nothing has happened.
fn registered(mode: Mode, mask: NetworkEvents) -> Record {
    let mut record = Record::NEW;
    let told = record.register(mode, mask, nothing_holds());
    assert_eq!(told, Indication::NOTHING);
    record
}

fn enumerated(record: &mut Record) -> NetworkEvents {
    record.enumerate().events()
}

// ---- an event object

#[test]
fn an_occurrence_is_recorded_and_sets_the_object() {
    let mut record = registered(Mode::Object, ALL);
    assert_eq!(record.occur(READ, None), SET);
    assert_eq!(enumerated(&mut record), READ);
    assert_eq!(enumerated(&mut record), NONE, "only once");
}

#[test]
fn a_further_occurrence_sets_the_object_again() {
    let mut record = registered(Mode::Object, ALL);
    assert_eq!(record.occur(ACCEPT, None), SET);
    assert_eq!(record.occur(ACCEPT, None), SET, "not enumerated yet");
    assert_eq!(enumerated(&mut record), ACCEPT);
    assert_eq!(record.occur(ACCEPT, None), SET, "enumerated"); // EVT-11 EVT-60
    assert_eq!(enumerated(&mut record), ACCEPT);
}

#[test]
fn what_is_outside_the_mask_is_recorded_and_told_by_a_registration_with_it() {
    let mut record = registered(Mode::Object, WRITE);
    assert_eq!(record.occur(READ, None), Indication::NOTHING);
    assert_eq!(enumerated(&mut record), NONE); // EVT-25
    assert_eq!(record.register(Mode::Object, READ, holding(READ)), SET);
    assert_eq!(enumerated(&mut record), READ);
}

#[test]
fn what_was_not_enumerated_survives_every_registration() {
    let mut record = registered(Mode::Object, ALL);
    let _ = record.occur(READ, None);
    for mask in [WRITE, NONE] {
        let told = record.register(Mode::Object, mask, holding(READ));
        assert_eq!(told, Indication::NOTHING, "{mask:?}");
        assert_eq!(enumerated(&mut record), NONE, "{mask:?}"); // EVT-28
    }
    assert_eq!(record.register(Mode::Object, READ, holding(READ)), SET); // EVT-07
    assert_eq!(enumerated(&mut record), READ);
}

#[test]
fn what_was_enumerated_is_not_told_again_because_it_lasts() {
    let mut record = registered(Mode::Object, ALL);
    let _ = record.occur(READ, None);
    assert_eq!(enumerated(&mut record), READ);
    for mask in [READ, NONE, ALL] {
        let told = record.register(Mode::Object, mask, holding(READ)); // EVT-16
        assert_eq!(told, Indication::NOTHING, "{mask:?}");
    }
}

#[test]
fn without_a_registration_things_are_recorded_and_nobody_is_told() {
    let mut record = Record::NEW;
    assert_eq!(record.occur(READ, None), Indication::NOTHING);
    assert_eq!(record.occur(WRITE, None), Indication::NOTHING);
    assert_eq!(record.used_up(READ), Indication::NOTHING);
    assert_eq!(enumerated(&mut record), NONE);
    assert_eq!(record.register(Mode::Object, ALL, holding(WRITE)), SET); // EVT-30
    assert_eq!(enumerated(&mut record), WRITE);
}

#[test]
fn enumerating_clears_what_is_in_the_mask_and_no_more() {
    let mut record = registered(Mode::Object, READ);
    let _ = record.occur(READ, None).and(record.occur(WRITE, None));
    assert_eq!(enumerated(&mut record), READ); // EVT-22
    assert_eq!(record.register(Mode::Object, ALL, nothing_holds()), SET);
    assert_eq!(enumerated(&mut record), WRITE);
}

// ---- calls that use up and enable

#[test]
fn what_is_used_up_is_recorded_no_longer() {
    let mut record = registered(Mode::Object, ALL);
    let _ = record.occur(READ, None);
    assert_eq!(record.used_up(READ), Indication::NOTHING); // EVT-18
    assert_eq!(enumerated(&mut record), NONE);
}

#[test]
fn what_is_left_occurs_again() {
    let mut record = registered(Mode::Object, ALL);
    let _ = record.occur(READ, None);
    assert_eq!(enumerated(&mut record), READ);
    assert_eq!(record.used(READ, true), SET); // EVT-14
    assert_eq!(enumerated(&mut record), READ);
    assert_eq!(record.used(READ, false), Indication::NOTHING);
    assert_eq!(enumerated(&mut record), NONE);
}

#[test]
fn what_is_used_before_anybody_has_seen_it_sets_the_object_and_is_not_recorded() {
    let mut record = registered(Mode::Object, ALL);
    assert_eq!(record.used_up(READ), SET); // EVT-18
    assert_eq!(enumerated(&mut record), NONE);
    let mut record = registered(Mode::Object, WRITE);
    assert_eq!(record.used_up(READ), Indication::NOTHING, "not in the mask");
}

#[test]
fn what_has_vanished_is_no_occurrence() {
    let mut record = registered(Mode::Object, ALL);
    record.vanished(READ);
    assert_eq!(enumerated(&mut record), NONE);
    let _ = record.occur(READ, None);
    record.vanished(READ);
    assert_eq!(enumerated(&mut record), NONE);
}

#[test]
fn known_is_what_was_told_of_since_it_was_enabled() {
    let mut record = registered(Mode::Object, ALL);
    assert!(!record.knows(NetworkEvents::OOB));
    let _ = record.occur(NetworkEvents::OOB, None);
    assert_eq!(enumerated(&mut record), NetworkEvents::OOB);
    assert!(record.knows(NetworkEvents::OOB));
    record.enable(NetworkEvents::OOB);
    assert!(!record.knows(NetworkEvents::OOB)); // EVT-12
}

// ---- messages

#[test]
fn one_message_is_out_until_its_event_is_enabled() {
    let mut record = registered(Mode::Message, ALL);
    assert_eq!(record.occur(READ, None), posted(READ)); // EVT-50
    assert_eq!(record.occur(READ, None), Indication::NOTHING); // EVT-51
    assert_eq!(
        record.occur(ACCEPT, None),
        posted(ACCEPT),
        "each event alone"
    );
    record.enable(READ);
    assert_eq!(record.occur(READ, None), posted(READ));
    assert_eq!(record.occur(ACCEPT, None), Indication::NOTHING); // EVT-60
}

#[test]
fn what_is_left_is_posted_again() {
    let mut record = registered(Mode::Message, ALL);
    let _ = record.occur(READ, None);
    assert_eq!(record.used(READ, true), posted(READ)); // EVT-14
    assert_eq!(record.posted(), READ);
    assert_eq!(record.used(READ, false), Indication::NOTHING);
    assert_eq!(record.posted(), NONE);
}

#[test]
fn a_registration_for_messages_posts_what_holds_whatever_was_told_before() {
    let mut record = registered(Mode::Object, ALL);
    let _ = record.occur(READ, None).and(record.occur(WRITE, None));
    assert_eq!(enumerated(&mut record), READ | WRITE);
    for _ in 0..2 {
        let told = record.register(Mode::Message, READ | ACCEPT, holding(READ | WRITE));
        assert_eq!(told, posted(READ)); // EVT-16
    }
}

#[test]
fn a_registration_for_messages_never_posts_the_connection() {
    let mut record = Record::NEW;
    let _ = record.occur(CONNECT, None).and(record.occur(WRITE, None));
    let told = record.register(Mode::Message, ALL, holding(WRITE));
    assert_eq!(told, posted(WRITE)); // EVT-21
    assert_eq!(record.register(Mode::Object, ALL, holding(WRITE)), SET);
    assert_eq!(enumerated(&mut record), CONNECT, "it is recorded still");
}

#[test]
fn a_message_tells_as_an_enumeration_does() {
    let mut record = registered(Mode::Message, ALL);
    let _ = record.occur(READ, None);
    let told = record.register(Mode::Object, ALL, holding(READ));
    assert_eq!(told, Indication::NOTHING); // EVT-16
    assert_eq!(enumerated(&mut record), NONE);
}

#[test]
fn nothing_is_enumerated_where_messages_are_posted() {
    let mut record = registered(Mode::Message, READ);
    let _ = record.occur(WRITE, None);
    assert_eq!(enumerated(&mut record), NONE); // EVT-28
    assert_eq!(
        record.register(Mode::Object, ALL, nothing_holds()),
        SET,
        "and nothing was cleared"
    );
}

// ---- the end and the attempt

#[test]
fn a_connection_ends_once() {
    for mode in [Mode::Object, Mode::Message] {
        let mut record = registered(mode, ALL);
        assert_ne!(record.occur(CLOSE, None), Indication::NOTHING);
        record.enable(CLOSE);
        let again = record.occur(CLOSE, Some(Error::ConnAborted));
        assert_eq!(again, Indication::NOTHING); // DIS-49
        assert_eq!(record.error_of(CLOSE), None, "the first end counts");
    }
}

#[test]
fn an_end_that_a_registration_has_posted_is_not_told_of_again() {
    let mut record = Record::NEW;
    let holds = EventReport::new(CLOSE, None, Some(Error::ConnAborted));
    assert_eq!(record.register(Mode::Message, ALL, holds), posted(CLOSE));
    assert_eq!(record.error_of(CLOSE), Some(Error::ConnAborted)); // DIS-38
    assert_eq!(record.occur(CLOSE, None), Indication::NOTHING); // DIS-49
    let told = record.register(Mode::Object, ALL, holds);
    assert_eq!(told, Indication::NOTHING);
}

#[test]
fn the_own_end_is_no_event() {
    let mut record = registered(Mode::Object, ALL);
    record.ended_here();
    assert_eq!(record.occur(CLOSE, None), Indication::NOTHING); // DIS-48
    assert_eq!(enumerated(&mut record), NONE);
}

#[test]
fn errors_stand_with_their_events() {
    let mut record = registered(Mode::Object, ALL);
    let _ = record.occur(CONNECT, Some(Error::ConnRefused));
    let report = record.enumerate();
    assert_eq!(report.error(CONNECT), Some(Error::ConnRefused)); // EVT-29
    assert_eq!(report.error(CLOSE), None);
    let _ = record.occur(CLOSE, Some(Error::ConnAborted));
    let _ = record.occur(READ, Some(Error::NetDown));
    let report = record.enumerate();
    assert_eq!(
        report.iter().collect::<Vec<_>>(),
        [(READ, None), (CLOSE, Some(Error::ConnAborted))], // EVT-23 EVT-59
    );
    assert_eq!(report.error(CONNECT), None, "it was not enumerated again");
}

#[test]
fn the_next_attempt_is_an_event_of_its_own() {
    let mut record = registered(Mode::Message, ALL);
    let failed = record.occur(CONNECT, Some(Error::ConnRefused));
    assert_eq!(failed, posted(CONNECT));
    record.attempt_begins();
    assert_eq!(record.occur(CONNECT, None), posted(CONNECT));
    assert_eq!(record.error_of(CONNECT), None);
}

// ---- silence

#[test]
fn behind_a_deferred_head_nothing_is_recorded_and_nobody_told() {
    for mode in [Mode::Object, Mode::Message] {
        let mut record = registered(mode, ALL);
        let _ = record.occur(ACCEPT, None);
        assert_eq!(record.head_taken(), Indication::NOTHING);
        assert_eq!(record.occur(ACCEPT, None), Indication::NOTHING);
        assert_eq!(record.settle_accept(true), Indication::NOTHING);
        assert!(record.is_silent());
        assert_eq!(record.occur(ACCEPT, None), Indication::NOTHING); // ACC-09 ACC-62
        assert_eq!(enumerated(&mut record), NONE); // ACC-62
        let told = record.register(mode, ALL, nothing_holds());
        assert_eq!(told, Indication::NOTHING); // ACC-65
    }
}

#[test]
fn a_deferral_takes_back_what_was_recorded() {
    let mut record = registered(Mode::Object, ALL);
    let _ = record.occur(ACCEPT, None).and(record.occur(READ, None));
    record.begin_silent();
    assert_eq!(enumerated(&mut record), READ); // ACC-62
}

#[test]
fn to_be_asked_about_a_deferred_head_again_is_no_occurrence() {
    for mode in [Mode::Object, Mode::Message] {
        let mut record = registered(mode, ALL);
        let _ = record.occur(ACCEPT, None);
        for _ in 0..3 {
            assert_eq!(record.head_taken(), Indication::NOTHING, "{mode:?}"); // ACC-09
            assert_eq!(record.settle_accept(false), Indication::NOTHING);
        }
    }
}

#[test]
fn a_decision_ends_the_silence() {
    for (mode, told) in [(Mode::Object, SET), (Mode::Message, posted(ACCEPT))] {
        let mut record = registered(mode, ALL);
        record.begin_silent();
        assert_eq!(record.head_taken(), Indication::NOTHING);
        record.end_silent();
        assert_eq!(record.settle_accept(false), Indication::NOTHING); // ACC-61
        assert_eq!(record.occur(ACCEPT, None), told); // ACC-63
        assert_eq!(record.head_taken(), Indication::NOTHING);
        record.end_silent();
        assert_eq!(record.settle_accept(true), told); // ACC-61
    }
}

// ---- inheritance

#[test]
fn an_accepted_socket_has_the_registration_and_a_record_of_its_own() {
    for (mode, told) in [(Mode::Object, SET), (Mode::Message, posted(WRITE))] {
        let mut listener = registered(mode, ALL);
        let _ = listener.occur(ACCEPT, None);
        listener.begin_silent();
        let (mut accepted, indication) = listener.inherited();
        assert_eq!(accepted.registration(), Some((mode, ALL))); // SKT-07 SKT-08
        assert_eq!(indication, told); // SKT-09
        assert!(!accepted.is_silent());
        let _ = accepted.register(Mode::Object, ALL, nothing_holds());
        let expected = if mode == Mode::Object { WRITE } else { NONE };
        assert_eq!(enumerated(&mut accepted), expected); // SKT-11 SKT-12
    }
}

#[test]
fn without_a_registration_the_accepted_socket_has_none() {
    let (mut accepted, told) = Record::NEW.inherited();
    assert_eq!(told, Indication::NOTHING);
    assert_eq!(accepted.registration(), None);
    assert_eq!(accepted.register(Mode::Object, ALL, nothing_holds()), SET); // EVT-17
    assert_eq!(enumerated(&mut accepted), WRITE);
}

#[test]
fn what_is_found_is_recorded_with_its_error() {
    let mut record = registered(Mode::Object, CLOSE);
    let found = EventReport::new(READ | CLOSE, None, Some(Error::ConnAborted));
    assert_eq!(record.found(found), SET); // EVT-15
    assert_eq!(record.enumerate().error(CLOSE), Some(Error::ConnAborted));
}

// ---- the naive model: everything that has happened, and what follows from it

#[derive(Clone, Copy, Debug, PartialEq)]
enum Moment {
    Occurred {
        event: NetworkEvents,
        error: Option<Error>,
        /// It was enumerated, or a message has told of it.
        told: bool,
        /// A call has used it up, or its condition has gone.
        over: bool,
    },
    Posted(NetworkEvents, Option<Error>),
    /// The re-enabling call of an event has returned.
    Enabled(NetworkEvents),
    Registered,
    /// This side has broken the connection itself.
    EndedHere,
}

#[derive(Clone, Debug, Default)]
struct Model {
    history: Vec<Moment>,
    registration: Option<(Mode, NetworkEvents)>,
    deciding_or_deferred: bool,
}

impl Model {
    /// What happened and was neither told nor used up (EVT-11, EVT-18, EVT-22).
    fn recorded(&self) -> NetworkEvents {
        let waiting = |moment: &Moment| match *moment {
            Moment::Occurred {
                event,
                told: false,
                over: false,
                ..
            } => event,
            _ => NONE,
        };
        self.history.iter().map(waiting).collect()
    }

    fn mask_of(&self, wanted: Mode) -> NetworkEvents {
        match self.registration {
            Some((mode, mask)) if mode == wanted => mask,
            _ => NONE,
        }
    }

    /// A message was sent, and neither its re-enabling call nor a registration has come since
    /// (EVT-51).
    fn message_is_out(&self, event: NetworkEvents) -> bool {
        let last = self.history.iter().rev().find_map(|moment| match moment {
            Moment::Posted(other, _) if *other == event => Some(true),
            Moment::Enabled(other) if *other == event => Some(false),
            Moment::Registered => Some(false),
            _ => None,
        });
        last.unwrap_or(false)
    }

    /// Nothing was told or could have been told since the last re-enabling call.
    fn is_armed(&self, event: NetworkEvents) -> bool {
        let last = self.history.iter().rev().find_map(|moment| match moment {
            Moment::Occurred { event: other, .. } | Moment::Posted(other, _) if *other == event => {
                Some(false)
            }
            Moment::Enabled(other) if *other == event => Some(true),
            _ => None,
        });
        last.unwrap_or(true)
    }

    fn has_ended(&self) -> bool {
        self.history.iter().any(|moment| match moment {
            Moment::Occurred { event, .. } | Moment::Posted(event, _) => *event == CLOSE,
            Moment::EndedHere => true,
            _ => false,
        })
    }

    /// The error that was last seen with an event.
    fn error(&self, event: NetworkEvents) -> Option<Error> {
        if !(CONNECT | CLOSE).contains(event) {
            return None;
        }
        let seen = self.history.iter().rev().find_map(|moment| match moment {
            Moment::Occurred {
                event: other,
                error,
                ..
            }
            | Moment::Posted(other, error)
                if *other == event =>
            {
                Some(*error)
            }
            _ => None,
        });
        seen.flatten()
    }

    fn mark(&mut self, events: NetworkEvents, mark: impl Fn(&mut bool, &mut bool)) {
        for moment in &mut self.history {
            if let Moment::Occurred {
                event, told, over, ..
            } = moment
                && events.contains(*event)
            {
                mark(told, over);
            }
        }
    }

    fn post(&mut self, events: NetworkEvents) -> Indication {
        for event in events {
            let error = self.error(event);
            self.history.push(Moment::Posted(event, error));
        }
        self.mark(events, |told, _| *told = true);
        posted(events)
    }

    fn occur(&mut self, event: NetworkEvents, error: Option<Error>) -> Indication {
        let is_silent = event == ACCEPT && self.deciding_or_deferred; // ACC-09
        if is_silent || (event == CLOSE && self.has_ended()) {
            return Indication::NOTHING;
        }
        let message_is_due =
            self.mask_of(Mode::Message).contains(event) && !self.message_is_out(event);
        self.history.push(Moment::Occurred {
            event,
            error,
            told: false,
            over: false,
        });
        if message_is_due {
            return self.post(event); // EVT-50
        }
        Indication {
            signal: self.mask_of(Mode::Object).contains(event), // EVT-11
            post: NONE,
        }
    }

    fn enable(&mut self, event: NetworkEvents) {
        self.history.push(Moment::Enabled(event));
    }

    /// Something was used up. If nobody had been told since the event was enabled, that is when it has
    /// happened as far as anybody is to know.
    fn use_up(&mut self, event: NetworkEvents) -> Indication {
        let told = if self.is_armed(event) {
            self.occur(event, None)
        } else {
            Indication::NOTHING
        };
        self.vanish(event);
        told
    }

    fn vanish(&mut self, event: NetworkEvents) {
        self.mark(event, |_, over| *over = true);
        self.enable(event);
    }

    fn register(&mut self, mode: Mode, mask: NetworkEvents, holds: EventReport) -> Indication {
        self.history.push(Moment::Registered);
        self.registration = if mask.is_empty() {
            None
        } else {
            Some((mode, mask))
        };
        let due = self.recorded();
        match mode {
            _ if mask.is_empty() => Indication::NOTHING, // EVT-09
            Mode::Object => Indication {
                signal: !(due & mask).is_empty(), // EVT-07 EVT-15
                post: NONE,
            },
            Mode::Message => {
                if holds.events().contains(CLOSE) && !self.has_ended() {
                    // Found out by this very call.
                    self.history.push(Moment::Occurred {
                        event: CLOSE,
                        error: holds.error(CLOSE),
                        told: true,
                        over: false,
                    });
                }
                let told = mask - CONNECT;
                self.post((due | holds.events()) & told) // EVT-16 EVT-21
            }
        }
    }

    fn enumerate(&mut self) -> EventReport {
        let events = self.recorded() & self.mask_of(Mode::Object); // EVT-25 EVT-28
        self.mark(events, |told, _| *told = true);
        EventReport::new(events, self.error(CONNECT), self.error(CLOSE))
    }
}

/// What happens to a socket. It plays client, listener and connection at once: the rules of one
/// event know nothing of another's.
#[derive(Clone, Debug)]
enum Step {
    Register(Mode, NetworkEvents),
    Enumerate,
    /// Somebody looks at once, or only when the next call is made.
    Data {
        seen: bool,
    },
    Receive {
        all: bool,
    },
    ReceiveWithBadArguments,
    EndReceiving,
    NoRoom,
    Room,
    Request {
        seen: bool,
    },
    Take,
    Decide {
        deferred: bool,
    },
    WithdrawHead,
    AttemptBegins,
    AttemptEnds(Option<Error>),
    PeerEnds(Option<Error>),
    EndHere,
    NewQualityOfService,
    AskQualityOfService,
    Accepted,
}

fn mask() -> impl Strategy<Value = NetworkEvents> {
    prop_oneof![
        2 => Just(NONE),
        3 => Just(ALL),
        5 => (0..=ALL.bits()).prop_map(NetworkEvents::from_bits_truncate),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let mode = prop_oneof![Just(Mode::Object), Just(Mode::Message)];
    let refusal = prop_oneof![Just(None), Just(Some(Error::ConnRefused))];
    let end = prop_oneof![Just(None), Just(Some(Error::ConnAborted))];
    prop_oneof![
        4 => (mode, mask()).prop_map(|(mode, mask)| Step::Register(mode, mask)),
        4 => Just(Step::Enumerate),
        4 => any::<bool>().prop_map(|seen| Step::Data { seen }),
        3 => any::<bool>().prop_map(|all| Step::Receive { all }),
        1 => Just(Step::ReceiveWithBadArguments),
        1 => Just(Step::EndReceiving),
        2 => Just(Step::NoRoom),
        2 => Just(Step::Room),
        4 => any::<bool>().prop_map(|seen| Step::Request { seen }),
        4 => Just(Step::Take),
        4 => any::<bool>().prop_map(|deferred| Step::Decide { deferred }),
        1 => Just(Step::WithdrawHead),
        1 => Just(Step::AttemptBegins),
        1 => refusal.prop_map(Step::AttemptEnds),
        1 => end.prop_map(Step::PeerEnds),
        1 => Just(Step::EndHere),
        1 => Just(Step::NewQualityOfService),
        1 => Just(Step::AskQualityOfService),
        1 => Just(Step::Accepted),
    ]
}

/// The socket as it is, whoever has been told of what.
#[derive(Clone, Debug, Default)]
struct World {
    unread: u32,
    requests: u32,
    deciding: bool,
    deferred: bool,
    room: Room,
    /// `CLOSE` with its error, or nothing.
    end: EventReport,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Room {
    #[default]
    NotAsked,
    Wanted,
    There,
}

impl World {
    /// A request can be told of: one waits, and the head is neither deferred nor being decided.
    fn indicates(&self) -> bool {
        self.requests > 0 && !self.deciding && !self.deferred
    }

    fn holds(&self) -> EventReport {
        let mut events = NONE;
        events.set(READ, self.unread > 0);
        events.set(WRITE, self.room == Room::There);
        events.set(ACCEPT, self.indicates());
        EventReport::new(events | self.end.events(), None, self.end.error(CLOSE))
    }
}

/// The rules, the model and the socket, side by side.
struct Both {
    record: Record,
    model: Model,
    world: World,
    object_is_set: bool,
}

/// Makes one step, and gives what the rules say is to be told and what the model says.
impl Both {
    fn occur(&mut self, event: NetworkEvents, error: Option<Error>) -> [Indication; 2] {
        [
            self.record.occur(event, error),
            self.model.occur(event, error),
        ]
    }

    fn enable(&mut self, event: NetworkEvents) -> [Indication; 2] {
        self.record.enable(event);
        self.model.enable(event);
        [Indication::NOTHING; 2]
    }

    fn make(&mut self, step: &Step) -> [Indication; 2] {
        match *step {
            Step::Register(mode, mask) => {
                let holds = self.world.holds();
                [
                    self.record.register(mode, mask, holds),
                    self.model.register(mode, mask, holds),
                ]
            }
            Step::Enumerate => {
                assert_eq!(self.record.enumerate(), self.model.enumerate());
                self.object_is_set = false;
                [Indication::NOTHING; 2]
            }
            Step::Data { .. } | Step::Receive { .. } | Step::ReceiveWithBadArguments => {
                self.read(step)
            }
            Step::EndReceiving => {
                self.world.unread = 0;
                self.record.vanished(READ);
                self.model.vanish(READ);
                [Indication::NOTHING; 2]
            }
            Step::NoRoom => {
                self.world.room = Room::Wanted;
                self.enable(WRITE) // EVT-12
            }
            Step::Room => {
                if std::mem::replace(&mut self.world.room, Room::There) != Room::Wanted {
                    return [Indication::NOTHING; 2];
                }
                self.occur(WRITE, None) // EVT-17
            }
            Step::Request { .. } | Step::Take | Step::Decide { .. } | Step::WithdrawHead => {
                self.decide(step)
            }
            Step::AttemptBegins => {
                self.record.attempt_begins();
                self.model.enable(CONNECT);
                [Indication::NOTHING; 2]
            }
            Step::AttemptEnds(error) => self.occur(CONNECT, error),
            Step::PeerEnds(error) => {
                if self.world.end.events().is_empty() {
                    self.world.end = EventReport::new(CLOSE, None, error);
                }
                self.occur(CLOSE, error) // EVT-20
            }
            Step::EndHere => {
                self.record.ended_here();
                self.model.history.push(Moment::EndedHere);
                [Indication::NOTHING; 2]
            }
            Step::NewQualityOfService => self.occur(QOS, None), // EVT-33
            Step::AskQualityOfService => self.enable(QOS),
            Step::Accepted => {
                let (accepted, told) = self.record.inherited();
                let mut fresh = Model {
                    registration: self.model.registration,
                    ..Model::default()
                };
                assert_eq!(told, fresh.occur(WRITE, None)); // SKT-09
                agree(&accepted, &fresh);
                [Indication::NOTHING; 2]
            }
        }
    }

    fn read(&mut self, step: &Step) -> [Indication; 2] {
        match *step {
            Step::Data { seen } => {
                self.world.unread += 2;
                if !seen {
                    return [Indication::NOTHING; 2];
                }
                self.occur(READ, None)
            }
            Step::Receive { all } if self.world.unread > 0 => {
                self.world.unread = if all { 0 } else { self.world.unread - 1 };
                let left = self.world.unread > 0;
                let mut expected = self.model.use_up(READ); // EVT-18
                if left {
                    expected = expected.and(self.model.occur(READ, None)); // EVT-14
                }
                [self.record.used(READ, left), expected]
            }
            // It has failed for want of data, or in its checks: in message mode that enables, too.
            _ if self.model.mask_of(Mode::Message) != NONE
                || matches!(step, Step::Receive { .. }) =>
            {
                let told = self.enable(READ); // EVT-13
                if self.world.unread == 0 {
                    return told;
                }
                self.occur(READ, None) // EVT-14
            }
            _ => [Indication::NOTHING; 2],
        }
    }

    fn decide(&mut self, step: &Step) -> [Indication; 2] {
        match *step {
            Step::Request { seen } => {
                self.world.requests += 1;
                if !seen {
                    return [Indication::NOTHING; 2];
                }
                self.occur(ACCEPT, None) // EVT-01; ACC-09 is for the rules to see
            }
            Step::Take if self.world.requests > 0 && !self.world.deciding => {
                self.world.deciding = true;
                let expected = if self.world.deferred {
                    self.model.vanish(ACCEPT);
                    Indication::NOTHING // ACC-09
                } else {
                    self.model.use_up(ACCEPT) // EVT-18
                };
                self.model.deciding_or_deferred = true;
                [self.record.head_taken(), expected]
            }
            Step::Decide { deferred } if self.world.deciding => {
                self.world.deciding = false;
                self.world.deferred = deferred;
                self.world.requests -= u32::from(!deferred);
                self.end_of_head(deferred)
            }
            Step::WithdrawHead if self.world.deferred && !self.world.deciding => {
                self.world.deferred = false;
                // The loss itself waits to be told to an accept call (ACC-64).
                self.end_of_head(false)
            }
            _ => [Indication::NOTHING; 2],
        }
    }

    fn end_of_head(&mut self, deferred: bool) -> [Indication; 2] {
        let pending = self.world.requests > 0;
        self.model.deciding_or_deferred = deferred;
        let expected = if deferred {
            Indication::NOTHING // ACC-62
        } else {
            self.model.enable(ACCEPT); // EVT-12
            if pending {
                self.model.occur(ACCEPT, None) // ACC-61
            } else {
                Indication::NOTHING
            }
        };
        if deferred {
            self.record.begin_silent();
        } else {
            self.record.end_silent();
        }
        [self.record.settle_accept(pending), expected]
    }
}

/// Compares everything that can be asked, on copies.
fn agree(record: &Record, model: &Model) {
    assert_eq!(record.registration(), model.registration);
    assert_eq!(record.is_silent(), model.deciding_or_deferred);
    for event in ALL {
        assert_eq!(record.knows(event), !model.is_armed(event), "{event:?}");
        assert_eq!(
            record.posted().contains(event),
            model.message_is_out(event),
            "{event:?}"
        );
        assert_eq!(record.error_of(event), model.error(event), "{event:?}");
    }
    let (mut record, mut model) = (*record, model.clone());
    let _ = record.register(Mode::Object, ALL, nothing_holds());
    let _ = model.register(Mode::Object, ALL, nothing_holds());
    assert_eq!(record.enumerate(), model.enumerate(), "what is recorded");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(300), // PROPTEST_CASES raises it
        ..ProptestConfig::default()
    })]

    #[test]
    fn agrees_with_the_naive_model(steps in vec(step(), 1..50)) {
        let mut both = Both {
            record: Record::NEW,
            model: Model::default(),
            world: World::default(),
            object_is_set: false,
        };
        for step in steps {
            let [told, expected] = both.make(&step);
            prop_assert_eq!(told, expected, "{:?}", &step);
            agree(&both.record, &both.model);
            // What is recorded in the mask is never without the object being set (EVT-11).
            both.object_is_set |= told.signal;
            let due = both.model.recorded() & both.model.mask_of(Mode::Object);
            prop_assert!(due.is_empty() || both.object_is_set, "{:?} unseen after {:?}", due, &step);
        }
    }
}
