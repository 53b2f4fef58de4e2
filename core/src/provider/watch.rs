//! A socket that somebody has registered for events: its record, and who is told.

use std::sync::Arc;

use super::{event::EventObject, port::NotificationPort, sync::Mutex};
use crate::rules::events::{EventReport, Indication, Mode, NetworkEvents, Record};

/// Who is told of events.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    Nobody,
    Object(EventObject),
    Port(NotificationPort, u32),
}

impl Target {
    const fn mode(&self) -> Mode {
        match self {
            Self::Nobody | Self::Object(_) => Mode::Object,
            Self::Port(..) => Mode::Message,
        }
    }
}

/// Exists from the first registration of a socket until the socket is closed, so that nothing that
/// happens in between is lost (EVT-11).
#[derive(Debug)]
pub(crate) struct Watch(Mutex<State>);

#[derive(Debug)]
struct State {
    record: Record,
    target: Target,
    open: bool,
    /// What messages name the socket by, once that is known.
    name: Option<u64>,
}

/// An event object was set whose sleepers have to be woken, as soon as nothing is locked.
#[derive(Debug, Default)]
#[must_use]
pub(crate) struct Told(Option<EventObject>);

impl Told {
    /// Wakes them.
    pub(crate) fn now(self) {
        if let Some(object) = self.0 {
            object.wake();
        }
    }

    pub(super) fn into_object(self) -> Option<EventObject> {
        self.0
    }
}

impl Watch {
    pub(crate) const fn new(name: Option<u64>) -> Self {
        Self(Mutex::new(State {
            record: Record::NEW,
            target: Target::Nobody,
            open: true,
            name,
        }))
    }

    /// Changes the record and tells what is to be told.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Record) -> Indication) -> Told {
        let mut state = self.0.lock();
        if !state.open {
            return Told::default(); // DIS-51
        }
        let indication = change(&mut state.record);
        state.tell(self, indication)
    }

    /// Looks at the record.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&Record) -> R) -> R {
        look(&self.0.lock().record)
    }

    /// A registration replaces the one before.
    pub(crate) fn register(&self, target: Target, mask: NetworkEvents, holds: EventReport) -> Told {
        let mut state = self.0.lock();
        if !state.open {
            return Told::default(); // DIS-51
        }
        state.withdraw_messages(self); // EVT-52
        let indication = state.record.register(target.mode(), mask, holds);
        state.target = if mask.is_empty() {
            Target::Nobody
        } else {
            target
        };
        state.tell(self, indication)
    }

    /// Hands over what was recorded and resets the object, as one step (EVT-22).
    pub(crate) fn enumerate(&self, reset: Option<&EventObject>) -> EventReport {
        let mut state = self.0.lock();
        let report = state.record.enumerate();
        if let Some(object) = reset {
            object.unmark();
        }
        report
    }

    /// The watch of a socket that this one has accepted (SKT-02).
    pub(crate) fn inherited(&self, name: Option<u64>) -> (Arc<Self>, Told) {
        let state = self.0.lock();
        let (record, indication) = state.record.inherited();
        let target = state.target.clone();
        drop(state);
        let watch = Arc::new(Self(Mutex::new(State {
            record,
            target,
            open: true,
            name,
        })));
        let told = watch.0.lock().tell(&watch, indication);
        (watch, told)
    }

    /// What messages name the socket by. What was posted before it was known is posted now.
    pub(crate) fn set_name(&self, name: u64) -> Told {
        let mut state = self.0.lock();
        if state.name.replace(name).is_some() {
            return Told::default();
        }
        let held_back = state.record.posted();
        state.tell(
            self,
            Indication {
                signal: false,
                post: held_back,
            },
        )
    }

    /// Whether somebody is registered for some of these.
    pub(crate) fn wants(&self, events: NetworkEvents) -> bool {
        let registration = self.0.lock().record.registration();
        registration.is_some_and(|(_, mask)| mask.intersects(events))
    }

    /// Whether a registration with an event that can happen is in force (HND-30).
    pub(crate) fn is_registered(&self) -> bool {
        self.0.lock().record.registration().is_some()
    }

    /// Whether messages are posted.
    pub(crate) fn posts_messages(&self) -> bool {
        let registration = self.0.lock().record.registration();
        registration.is_some_and(|(mode, _)| mode == Mode::Message)
    }

    /// Whether messages are to be posted, and there is no name yet to post them with.
    pub(crate) fn lacks_name(&self) -> bool {
        let state = self.0.lock();
        state.name.is_none() && state.target.mode() == Mode::Message
    }

    /// Whether somebody waits for what is told.
    pub(crate) fn is_awaited(&self) -> bool {
        match &self.0.lock().target {
            Target::Nobody => false,
            Target::Object(object) => object.is_watched(),
            Target::Port(port, _) => port.event().is_watched(),
        }
    }

    /// Whoever waits for what is told has to look at the kernel, too.
    pub(crate) fn takes_in_from_kernel(&self) {
        let target = self.0.lock().target.clone();
        match target {
            Target::Nobody => {}
            Target::Object(object) => object.takes_in_from_kernel(),
            Target::Port(port, _) => port.event().takes_in_from_kernel(),
        }
    }

    /// Has whoever waits look again: a deadline has been set.
    pub(crate) fn awaited(&self) -> Told {
        match &self.0.lock().target {
            Target::Nobody => Told::default(),
            Target::Object(object) => Told(Some(object.clone())),
            Target::Port(port, _) => Told(Some(port.event().clone())),
        }
    }

    /// The socket is closed: nothing more is told (EVT-32, DIS-51).
    pub(crate) fn close(&self) {
        let mut state = self.0.lock();
        state.open = false;
        state.withdraw_messages(self); // EVT-52
        state.target = Target::Nobody;
    }
}

impl State {
    fn tell(&mut self, watch: &Watch, indication: Indication) -> Told {
        match &self.target {
            Target::Object(object) if indication.signal && object.mark() => {
                Told(Some(object.clone()))
            }
            Target::Port(port, message) if !indication.post.is_empty() => {
                let Some(name) = self.name else {
                    return Told::default();
                };
                let told = indication
                    .post
                    .iter()
                    .map(|event| {
                        let error = self.record.error_of(event);
                        port.post(watch.identity(), *message, name, event, error)
                    })
                    .fold(false, |told, marked| told | marked);
                Told(told.then(|| port.event().clone()))
            }
            _ => Told::default(),
        }
    }

    fn withdraw_messages(&self, watch: &Watch) {
        if let Target::Port(port, _) = &self.target {
            port.withdraw(watch.identity());
        }
    }
}

impl Watch {
    /// What its messages are found by.
    fn identity(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}
