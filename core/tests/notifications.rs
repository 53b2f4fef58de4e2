//! Message mode: what a notification port gets, on every entry.

mod common;

use std::{thread, time::Duration};

use common::{
    ENTRIES, a_moment, calling, connected, deciding, head, listening, loopback, promptly, until,
    within,
};
use vestibule::{
    ConnectData, Decision, Entry, Error, EventObject, NetworkEvents, Notification,
    NotificationPort, Receive, Result, Shutdown, Socket, Wait,
};

const READ: NetworkEvents = NetworkEvents::READ;
const WRITE: NetworkEvents = NetworkEvents::WRITE;
const ACCEPT: NetworkEvents = NetworkEvents::ACCEPT;
const CONNECT: NetworkEvents = NetworkEvents::CONNECT;
const CLOSE: NetworkEvents = NetworkEvents::CLOSE;
const ALL: NetworkEvents = NetworkEvents::all();
const NOTHING: NetworkEvents = NetworkEvents::empty();

const MESSAGE: u32 = 0x400;

/// A port that a socket reports to, under this name.
fn posting(socket: &Socket, name: u64, mask: NetworkEvents) -> NotificationPort {
    let port = NotificationPort::new().expect("memory");
    socket.set_message_name(name);
    socket
        .async_select(Some(&port), MESSAGE, mask)
        .expect("an open socket and an open port");
    port
}

fn next(port: &NotificationPort) -> Notification {
    promptly(|wait| port.next(wait)).expect("a message")
}

/// The event of the next message.
fn event(port: &NotificationPort) -> NetworkEvents {
    next(port).event
}

fn is_empty(port: &NotificationPort) -> bool {
    port.next(&Wait::at_most(a_moment())) == Err(Error::TimedOut)
}

fn receive(socket: &Socket, room: usize) -> Result<usize> {
    socket.receive(&mut vec![0; room], Receive::default(), &within())
}

#[test]
fn a_message_says_which_socket_which_event_and_which_error() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let port = posting(&listener, 77, ACCEPT);
        assert!(listener.is_nonblocking()); // EVT-54
        let _client = calling(entry, &address);
        let message = next(&port);
        assert_eq!(
            message,
            Notification {
                message: MESSAGE,
                socket: 77,
                event: ACCEPT,
                error: None,
            },
            "{entry:?}"
        ); // EVT-50
        assert_eq!(message.packed(), ACCEPT.bits());
        drop(listener);
        let refused = Socket::new(entry).unwrap();
        let port = posting(&refused, 78, CONNECT);
        refused
            .connect(&address, ConnectData::default(), &within())
            .unwrap_err();
        let message = next(&port);
        assert_eq!(message.error, Some(Error::ConnRefused), "{entry:?}"); // EVT-56
        assert_eq!(message.packed(), 10061 << 16 | 0x10); // EVT-50
    }
}

#[test]
fn one_message_is_followed_by_the_next_after_the_re_enabling_call_only() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let port = posting(&listener, 1, ACCEPT);
        let _clients = [calling(entry, &address), calling(entry, &address)];
        assert_eq!(event(&port), ACCEPT);
        assert!(is_empty(&port), "{entry:?}"); // EVT-51 EVT-60
        let first = deciding(&listener, Decision::Accept).unwrap();
        assert_eq!(event(&port), ACCEPT, "{entry:?}"); // EVT-14
        deciding(&listener, Decision::Reject).unwrap_err();
        assert!(is_empty(&port), "{entry:?}");
        first.async_select(None, 0, NOTHING).unwrap();
    }
}

#[test]
fn data_is_told_of_once_until_it_is_received() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let port = posting(&server, 1, READ | CLOSE);
        client.send(b"abcd", &within()).unwrap();
        assert_eq!(event(&port), READ);
        client.send(b"ef", &within()).unwrap();
        assert!(is_empty(&port), "{entry:?}"); // EVT-51
        assert_eq!(receive(&server, 3), Ok(3));
        assert_eq!(event(&port), READ, "{entry:?}"); // EVT-14
        assert_eq!(receive(&server, 10), Ok(3));
        assert!(is_empty(&port), "{entry:?}");
        client.shutdown(Shutdown::Send).unwrap();
        assert_eq!(event(&port), CLOSE, "{entry:?}");
        assert_eq!(receive(&server, 10), Ok(0));
        assert!(is_empty(&port), "{entry:?}"); // EVT-12
    }
}

#[test]
fn a_registration_posts_what_holds_but_for_the_attempt() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let port = posting(&client, 1, ALL);
        assert_eq!(event(&port), WRITE, "{entry:?}"); // EVT-21
        assert!(is_empty(&port), "{entry:?}"); // EVT-16
        server.send(b"x", &within()).unwrap();
        assert_eq!(event(&port), READ);
        client.async_select(Some(&port), MESSAGE, READ).unwrap();
        assert_eq!(event(&port), READ, "{entry:?}"); // EVT-16
        server.shutdown(Shutdown::Send).unwrap();
        until("the end arrives", || {
            client.async_select(Some(&port), MESSAGE, CLOSE).unwrap();
            port.next(&Wait::at_most(a_moment())).is_ok()
        });
        client.async_select(Some(&port), MESSAGE, CLOSE).unwrap();
        assert_eq!(event(&port), CLOSE, "{entry:?}"); // EVT-16: again
    }
}

#[test]
fn each_mode_cancels_the_other() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let port = posting(&server, 1, READ);
        let object = EventObject::new().unwrap();
        server.event_select(Some(&object), READ).unwrap(); // EVT-54
        client.send(b"x", &within()).unwrap();
        promptly(|wait| object.wait(wait)).unwrap();
        assert!(is_empty(&port), "{entry:?}");
        server.async_select(Some(&port), MESSAGE, READ).unwrap();
        assert_eq!(event(&port), READ, "{entry:?}");
        object.reset().unwrap();
        client.send(b"y", &within()).unwrap();
        assert_eq!(receive(&server, 1), Ok(1));
        assert_eq!(event(&port), READ);
        assert_eq!(object.is_set(), Ok(false), "{entry:?}"); // EVT-54
        let report = server.enumerate_events(Some(&object)).unwrap();
        assert_eq!(report.events(), NOTHING); // EVT-30
    }
}

#[test]
fn messages_that_wait_are_dropped_with_their_registration() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let port = posting(&server, 1, READ);
        client.send(b"x", &within()).unwrap();
        until("the message is posted", || {
            rustix_polls(&port, Duration::from_millis(1))
        });
        server.async_select(None, 0, NOTHING).unwrap();
        assert!(is_empty(&port), "{entry:?}"); // EVT-52
        server.async_select(Some(&port), MESSAGE, READ).unwrap();
        server.close().unwrap();
        assert!(is_empty(&port), "{entry:?}"); // EVT-52
    }
}

fn rustix_polls(port: &NotificationPort, time: Duration) -> bool {
    use rustix::{
        event::{PollFd, PollFlags, poll},
        time::Timespec,
    };
    let descriptor = port.descriptor().expect("a descriptor");
    let mut polled = [PollFd::from_borrowed_fd(descriptor, PollFlags::IN)];
    let time = Timespec::try_from(time).expect("a short time");
    poll(&mut polled, Some(&time)) == Ok(1)
}

#[test]
fn an_accepted_socket_posts_to_the_port_of_its_listener_once_it_has_a_name() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let port = posting(&listener, 5, ACCEPT | READ | WRITE);
        let _client = calling(entry, &address);
        assert_eq!(event(&port), ACCEPT);
        let server = deciding(&listener, Decision::Accept).unwrap();
        if !entry.is_kernel_socket() {
            assert!(is_empty(&port), "nothing to name it by");
            server.set_message_name(6);
        }
        let message = next(&port);
        let named = server
            .kernel_descriptor()
            .map_or(6, |fd| u64::try_from(fd).unwrap());
        assert_eq!((message.socket, message.event), (named, WRITE)); // SKT-08 SKT-09
        assert_eq!(message.message, MESSAGE);
    }
}

#[test]
fn behind_a_deferred_head_there_is_silence() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let port = posting(&listener, 1, ACCEPT);
        let _clients = [calling(entry, &address), calling(entry, &address)];
        assert_eq!(event(&port), ACCEPT);
        head(&listener);
        assert!(is_empty(&port), "{entry:?}"); // EVT-13 ACC-62
        listener.async_select(Some(&port), MESSAGE, ACCEPT).unwrap();
        assert!(is_empty(&port), "{entry:?}"); // ACC-65
        deciding(&listener, Decision::Reject).unwrap_err();
        assert_eq!(event(&port), ACCEPT, "{entry:?}"); // ACC-63
    }
}

#[test]
fn a_closed_port_is_refused_and_ends_waits() {
    let port = NotificationPort::new().unwrap();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| promptly(|wait| port.next(wait)));
        thread::sleep(a_moment());
        port.close().unwrap();
        assert_eq!(waiter.join().unwrap(), Err(Error::InvalidHandle));
    });
    assert_eq!(port.close(), Err(Error::InvalidHandle));
    for entry in ENTRIES {
        let socket = Socket::new(entry).unwrap();
        socket.bind(&loopback(entry)).unwrap();
        for target in [Some(&port), None] {
            assert_eq!(
                socket.async_select(target, MESSAGE, READ),
                Err(Error::Inval)
            ); // EVT-53
        }
        assert!(!socket.is_nonblocking(), "nothing has changed");
    }
}

/// Windows keeps as many; beyond that only what is told already is left out.
#[test]
fn a_port_that_nobody_drains_has_a_limit() {
    const LIMIT: usize = 10_000;
    let (client, server) = connected(Entry::InProcess);
    let port = posting(&server, 1, READ);
    for _ in 0..LIMIT + 10 {
        client.send(b"x", &within()).unwrap();
        assert_eq!(receive(&server, 1), Ok(1)); // enables the next one
    }
    let mut count = 0;
    while port.next(&Wait::at_most(Duration::ZERO)).is_ok() {
        count += 1;
    }
    assert_eq!(count, LIMIT);
}
