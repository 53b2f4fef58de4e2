//! The rules against the naive model, after every step of a socket that anything happens to.

use proptest::{collection::vec, prelude::*};

use super::*;

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
