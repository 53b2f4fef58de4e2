//! Who acts and on what: the actors and sockets of feature text.

use std::str::FromStr;

use crate::stage::Side;

/// Somebody who makes calls: a thread of the server, or a caller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Actor {
    /// Where it lives.
    pub(crate) side: Side,
    /// The lane on which it runs.
    pub(crate) lane: String,
}

impl Actor {
    /// The server's first thread.
    pub(crate) fn server() -> Self {
        Self {
            side: Side::Server,
            lane: "server".to_owned(),
        }
    }

    /// The thread of a caller.
    pub(crate) fn caller(name: &str) -> Self {
        Self {
            side: Side::Client,
            lane: format!("caller-{name}"),
        }
    }
}

impl FromStr for Actor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let thread = |lane: &str| Self {
            side: Side::Server,
            lane: lane.to_owned(),
        };
        match text {
            "the server" => Ok(Self::server()),
            "another thread" => Ok(thread("server-2")),
            "a third thread" => Ok(thread("server-3")),
            _ => match text.strip_prefix("caller ") {
                Some(name) => Ok(Self::caller(name)),
                None => Err(format!("nobody is called `{text}`")),
            },
        }
    }
}

/// A socket of the scenario.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Socket {
    /// Where it lives.
    pub(crate) side: Side,
    /// Its name in the driver; the latest accepted socket has none of its own.
    pub(crate) name: Option<String>,
}

impl Socket {
    /// A socket of the server.
    pub(crate) fn server(name: &str) -> Self {
        Self {
            side: Side::Server,
            name: Some(name.to_owned()),
        }
    }

    /// The socket of a caller.
    pub(crate) fn caller(name: &str) -> Self {
        Self {
            side: Side::Client,
            name: Some(name.to_owned()),
        }
    }

    /// The socket that was accepted from a caller.
    pub(crate) fn accepted_from(caller: &str) -> Self {
        Self::server(&accepted_name(caller))
    }
}

/// An event object or a notification port of the scenario.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Object {
    /// Where it lives.
    pub(crate) side: Side,
    /// Its name in the driver.
    pub(crate) name: String,
}

impl Object {
    fn server(name: &str) -> Self {
        Self {
            side: Side::Server,
            name: name.to_owned(),
        }
    }

    fn caller(kind: &str, caller: &str) -> Self {
        Self {
            side: Side::Client,
            name: format!("{kind}-{caller}"),
        }
    }

    /// The event object that a socket reports to unless another is named.
    pub(crate) fn event_of(socket: &Socket) -> Self {
        Self::of("event", socket)
    }

    /// The port that gets the messages of a socket.
    pub(crate) fn port_of(socket: &Socket) -> Self {
        Self::of("port", socket)
    }

    fn of(kind: &str, socket: &Socket) -> Self {
        match (socket.side, &socket.name) {
            (Side::Client, Some(caller)) => Self::caller(kind, caller),
            _ => Self::server(kind),
        }
    }
}

impl FromStr for Object {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "the event object" => return Ok(Self::server("event")),
            "the second event object" => return Ok(Self::server("event-2")),
            "the third event object" => return Ok(Self::server("event-3")),
            "the port" => return Ok(Self::server("port")),
            _ => {}
        }
        if let Some(caller) = text.strip_prefix("the event object of caller ") {
            return Ok(Self::caller("event", caller));
        }
        match text.strip_prefix("the port of caller ") {
            Some(caller) => Ok(Self::caller("port", caller)),
            None => Err(format!("`{text}` is no event object or port")),
        }
    }
}

/// The name of the socket that is accepted from a caller.
pub(crate) fn accepted_name(caller: &str) -> String {
    format!("accepted-{caller}")
}

impl FromStr for Socket {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "the listener" => return Ok(Self::server("listener")),
            "the second listener" => return Ok(Self::server("listener-2")),
            "the accepted socket" => {
                return Ok(Self {
                    side: Side::Server,
                    name: None,
                });
            }
            _ => {}
        }
        if let Some(caller) = text.strip_prefix("the accepted socket of ") {
            return Ok(Self::accepted_from(caller));
        }
        if let Some(caller) = text.strip_prefix("caller ") {
            return Ok(Self::caller(caller));
        }
        match text.strip_prefix("socket ") {
            Some(name) => Ok(Self::server(name)),
            None => Err(format!("no socket is called `{text}`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actors_have_lanes() {
        assert_eq!("the server".parse(), Ok(Actor::server()));
        assert_eq!("caller B".parse::<Actor>().unwrap().lane, "caller-B");
        assert!("nobody".parse::<Actor>().is_err());
    }

    #[test]
    fn sockets_have_sides() {
        assert_eq!("caller A".parse::<Socket>().unwrap().side, Side::Client);
        assert_eq!(
            "the accepted socket of A".parse(),
            Ok(Socket::accepted_from("A"))
        );
        assert_eq!("the accepted socket".parse::<Socket>().unwrap().name, None);
        assert!("the sockets".parse::<Socket>().is_err());
    }

    #[test]
    fn a_socket_has_an_event_object_of_its_side() {
        let own = Object::event_of(&Socket::caller("B"));
        assert_eq!("the event object of caller B".parse(), Ok(own));
        let shared = Object::event_of(&Socket::accepted_from("B"));
        assert_eq!("the event object".parse(), Ok(shared));
        assert!("the fourth event object".parse::<Object>().is_err());
    }
}
