//! The state of a socket by example, and against a second, naive model.

use proptest::{collection::vec, prelude::*};

use super::*;

const LISTENING: Connection = Connection {
    state: State::Listening,
    bound: true,
    ..Connection::NEW
};
const CONNECTING: Connection = Connection {
    state: State::Connecting,
    ..Connection::NEW
};
const BOUND: Connection = Connection {
    bound: true,
    ..Connection::NEW
};

#[test]
fn packing_is_lossless() {
    for bits in 0..32 {
        assert_eq!(Connection::from_bits(bits).to_bits(), bits);
    }
}

#[test]
fn a_fresh_socket_can_bind_and_connect_and_nothing_else() {
    let new = Connection::NEW;
    assert_eq!(new.check_bind(), Ok(()));
    assert_eq!(new.check_connect(), Ok(()));
    assert_eq!(new.check_listen(), Err(Error::Inval));
    assert_eq!(new.check_accept(), Err(Error::Inval));
    assert_eq!(new.check_send(), Err(Error::NotConn));
    assert_eq!(new.check_receive(), Err(Error::NotConn));
    assert_eq!(new.check_local_address(), Err(Error::Inval));
    assert_eq!(new.check_peer_address(), Err(Error::NotConn));
}

#[test]
fn a_listening_socket_accepts_and_is_no_connection() {
    assert_eq!(LISTENING.check_accept(), Ok(()));
    assert_eq!(LISTENING.check_listen(), Ok(()));
    assert_eq!(LISTENING.check_connect(), Err(Error::Inval));
    assert_eq!(LISTENING.check_bind(), Err(Error::Inval));
    assert_eq!(LISTENING.check_send(), Err(Error::NotConn));
    assert_eq!(LISTENING.check_peer_address(), Err(Error::NotConn));
}

#[test]
fn a_connecting_socket_waits() {
    assert_eq!(CONNECTING.check_connect(), Err(Error::Already));
    assert_eq!(CONNECTING.check_send(), Err(Error::NotConn));
    assert_eq!(CONNECTING.check_listen(), Err(Error::IsConn));
    assert_eq!(CONNECTING.check_peer_address(), Ok(()));
    assert_eq!(CONNECTING.check_bind(), Err(Error::Inval));
}

#[test]
fn a_bound_socket_can_listen_but_not_bind_again() {
    assert_eq!(BOUND.check_listen(), Ok(()));
    assert_eq!(BOUND.check_bind(), Err(Error::Inval));
    assert_eq!(BOUND.check_local_address(), Ok(()));
}

#[test]
fn a_direction_that_was_shut_down_stays_so() {
    let open = Connection::ACCEPTED;
    let sending_over = open.shut_down(Shutdown::Send);
    assert_eq!(sending_over.check_send(), Err(Error::Shutdown));
    assert_eq!(sending_over.check_receive(), Ok(()));
    assert_eq!(sending_over.shut_down(Shutdown::Send), sending_over);
    let both = sending_over.shut_down(Shutdown::Receive);
    assert_eq!(both.check_receive(), Err(Error::Shutdown));
    assert_eq!(both.check_connect(), Err(Error::IsConn));
    assert_eq!(both.check_peer_address(), Ok(()));
}

// ---- the naive model: everything that has happened, searched for an answer

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Bound,
    Listened,
    Began,
    Failed,
    Connected,
    Ended(Shutdown),
}

/// Nothing is stored but the past; every answer is looked up in it.
#[derive(Debug, Default)]
struct History(Vec<Event>);

impl History {
    fn has(&self, event: Event) -> bool {
        self.0.contains(&event)
    }

    fn has_ended(&self, one: Shutdown) -> bool {
        self.has(Event::Ended(one)) || self.has(Event::Ended(Shutdown::Both))
    }

    /// How the latest attempt stands, if there was one.
    fn attempt(&self) -> Option<Event> {
        let is_of_attempt =
            |event: &Event| matches!(event, Event::Began | Event::Failed | Event::Connected);
        self.0.iter().copied().rfind(is_of_attempt)
    }

    fn is_connected(&self) -> bool {
        self.attempt() == Some(Event::Connected)
    }

    fn is_connecting(&self) -> bool {
        self.attempt() == Some(Event::Began)
    }

    fn bind(&self) -> Result<()> {
        let in_use = self.has(Event::Listened) || self.is_connecting() || self.is_connected();
        if self.has(Event::Bound) || in_use {
            Err(Error::Inval)
        } else {
            Ok(())
        }
    }

    fn listen(&self) -> Result<()> {
        if self.is_connecting() || self.is_connected() {
            return Err(Error::IsConn);
        }
        if self.has(Event::Bound) {
            Ok(())
        } else {
            Err(Error::Inval)
        }
    }

    fn accept(&self) -> Result<()> {
        if self.has(Event::Listened) {
            Ok(())
        } else {
            Err(Error::Inval)
        }
    }

    fn connect(&self) -> Result<()> {
        match self.attempt() {
            _ if self.has(Event::Listened) => Err(Error::Inval),
            Some(Event::Began) => Err(Error::Already),
            Some(Event::Connected) => Err(Error::IsConn),
            _ => Ok(()),
        }
    }

    fn use_direction(&self, direction: Shutdown) -> Result<()> {
        match () {
            () if !self.is_connected() => Err(Error::NotConn),
            () if self.has_ended(direction) => Err(Error::Shutdown),
            () => Ok(()),
        }
    }

    fn local_address(&self) -> Result<()> {
        let has_one = self.has(Event::Bound) || self.is_connecting() || self.is_connected();
        if has_one { Ok(()) } else { Err(Error::Inval) }
    }

    fn peer_address(&self) -> Result<()> {
        if self.is_connecting() || self.is_connected() {
            Ok(())
        } else {
            Err(Error::NotConn)
        }
    }
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        2 => Just(Event::Bound),
        1 => Just(Event::Listened),
        3 => Just(Event::Began),
        1 => Just(Event::Failed),
        2 => Just(Event::Connected),
        1 => Just(Event::Ended(Shutdown::Receive)),
        1 => Just(Event::Ended(Shutdown::Send)),
        1 => Just(Event::Ended(Shutdown::Both)),
    ]
}

/// What a transport does with the value when something happens; nothing if the rules forbid it.
fn happen(connection: Connection, event: Event) -> Option<Connection> {
    let bound = |state| Connection {
        state,
        bound: true,
        ..connection
    };
    let unless = |checked: Result<()>, then| checked.ok().map(|()| then);
    match event {
        Event::Bound => unless(connection.check_bind(), bound(State::Unconnected)),
        Event::Listened => unless(connection.check_listen(), bound(State::Listening)),
        Event::Began => {
            let connecting = Connection {
                state: State::Connecting,
                ..connection
            };
            unless(connection.check_connect(), connecting)
        }
        Event::Failed | Event::Connected if connection.state != State::Connecting => None,
        Event::Failed => Some(Connection {
            state: State::Unconnected,
            ..connection
        }),
        Event::Connected => Some(bound(State::Connected)),
        Event::Ended(how) => unless(connection.check_connected(), connection.shut_down(how)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(500), // PROPTEST_CASES raises it
        ..ProptestConfig::default()
    })]

    #[test]
    fn agrees_with_its_history(events in vec(event(), 0..20)) {
        let mut connection = Connection::NEW;
        let mut history = History::default();
        for event in events {
            if let Some(next) = happen(connection, event) {
                connection = Connection::from_bits(next.to_bits());
                history.0.push(event);
            }
            prop_assert_eq!(connection.check_bind(), history.bind(), "bind {:?}", &history);
            prop_assert_eq!(connection.check_listen(), history.listen(), "listen {:?}", &history);
            prop_assert_eq!(connection.check_accept(), history.accept(), "accept {:?}", &history);
            prop_assert_eq!(connection.check_connect(), history.connect(), "connect {:?}", &history);
            let (sends, receives) = (connection.check_send(), connection.check_receive());
            prop_assert_eq!(sends, history.use_direction(Shutdown::Send), "send {:?}", &history);
            prop_assert_eq!(receives, history.use_direction(Shutdown::Receive), "receive {:?}", &history);
            prop_assert_eq!(connection.check_local_address(), history.local_address(), "local {:?}", &history);
            prop_assert_eq!(connection.check_peer_address(), history.peer_address(), "peer {:?}", &history);
        }
    }
}
