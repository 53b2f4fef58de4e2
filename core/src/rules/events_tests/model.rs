//! Network events as a naive model: everything that has happened, and what follows from it.

mod agreement;

use super::*;

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
