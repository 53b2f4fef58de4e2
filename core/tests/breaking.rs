//! Connections that break, and what comes after reception has ended.

mod common;

use std::time::Duration;

use common::{connected, within};
use rustix::{
    event::{PollFd, PollFlags, poll},
    net::sockopt,
};
use vestibule::{Entry, Error, Linger, Receive, Result, Shutdown, Socket, SocketOption, Wait};

/// The two ways to end receiving.
const ENDS: [fn(&Socket) -> Result<usize>; 2] = [
    |socket| socket.shutdown(Shutdown::Receive).map(|()| 0),
    |socket| socket.receive_disconnect(None),
];

fn ends_on_every_entry() -> impl Iterator<Item = (Entry, fn(&Socket) -> Result<usize>)> {
    common::ENTRIES
        .into_iter()
        .flat_map(|entry| ENDS.map(|end| (entry, end)))
}

fn receive_one(socket: &Socket) -> Result<usize> {
    socket.receive(&mut [0; 1], Receive::default(), &within())
}

/// Waits until the kernel has seen the peer's end; in-process it is there at once.
fn await_the_peers_end(entry: Entry, socket: &Socket) {
    if entry == Entry::InProcess {
        return;
    }
    let descriptor = socket.read_descriptor().expect("a kernel socket");
    let mut polled = [PollFd::new(&descriptor, PollFlags::RDHUP)];
    let patience = common::soon().try_into().expect("a time");
    assert_eq!(poll(&mut polled, Some(&patience)), Ok(1), "never: the end");
}

// ---- after the end of receiving

#[test]
fn data_that_arrives_after_the_end_of_receiving_resets() {
    for (entry, end) in ends_on_every_entry() {
        let (client, server) = connected(entry);
        assert_eq!(end(&server), Ok(0));
        let sent = client.send(b"late", &within());
        // DIS-32: in-process at once, on TCP with the first call that meets the data.
        if entry == Entry::InProcess {
            assert_eq!(sent, Err(Error::ConnReset));
        } else {
            assert_eq!(sent, Ok(4), "the kernel has taken it");
        }
        common::until("the data is met", || server.send(b"x", &within()) != Ok(1));
        assert_eq!(server.send(b"x", &within()), Err(Error::ConnAborted)); // DIS-37
        let mut result = receive_one(&client);
        while result == Ok(1) {
            result = receive_one(&client);
        }
        assert_eq!(result, Err(Error::ConnReset), "{entry:?}");
    }
}

#[test]
fn data_before_the_peers_end_is_dropped_without_a_reset() {
    for (entry, end) in ends_on_every_entry() {
        let (client, server) = connected(entry);
        client.send(b"unread", &within()).unwrap();
        client.shutdown(Shutdown::Send).unwrap();
        await_the_peers_end(entry, &server);
        assert_eq!(end(&server), Ok(0));
        assert_eq!(server.send(b"answer", &within()), Ok(6)); // DIS-08
        server.close().unwrap();
        let mut answer = [0; 16];
        let received = client.receive(&mut answer, Receive::default(), &within());
        assert_eq!(received, Ok(6), "{entry:?}");
        assert_eq!(receive_one(&client), Ok(0), "{entry:?}"); // DIS-32
    }
}

// ---- how a break is reported

#[test]
fn a_reset_is_reported_for_ever() {
    for entry in common::ENTRIES {
        let (client, server) = connected(entry);
        let aborts = Linger {
            on: true,
            seconds: 0,
        };
        server.set_linger(aborts).unwrap();
        server.close().unwrap();
        for _ in 0..2 {
            assert_eq!(receive_one(&client), Err(Error::ConnReset), "{entry:?}"); // DIS-36
        }
        assert_eq!(client.send(b"x", &within()), Err(Error::ConnReset));
    }
}

/// A connection whose sender has more than the peer takes in, and gives up soon.
fn giving_up_soon() -> (Socket, Socket) {
    let (client, server) = connected(Entry::Tcp4);
    let descriptor = server.read_descriptor().expect("a kernel socket");
    sockopt::set_tcp_user_timeout(descriptor, 300).expect("set");
    server.set_nonblocking(true).expect("set");
    while server.send(&[1; 16384], &within()).is_ok() {}
    server.set_nonblocking(false).expect("set");
    (client, server)
}

#[test]
fn a_connection_lost_by_a_local_time_out_is_aborted() {
    let (_client, server) = giving_up_soon();
    assert_eq!(server.send(&[1; 16384], &within()), Err(Error::ConnAborted)); // DIS-37
    assert_eq!(receive_one(&server), Err(Error::ConnAborted), "not the end");
}

#[test]
fn a_receiver_learns_of_the_local_time_out_as_well() {
    let (_client, server) = giving_up_soon();
    assert_eq!(receive_one(&server), Err(Error::ConnAborted)); // DIS-37
    assert_eq!(server.send(b"x", &within()), Err(Error::ConnAborted));
}

#[test]
fn a_time_out_of_the_options_is_no_break() {
    for entry in common::ENTRIES {
        let (client, server) = connected(entry);
        server.set_option(SocketOption::ReceiveTimeout, 20).unwrap();
        for wait in [Wait::FOREVER, Wait::at_most(Duration::from_mins(10))] {
            let waited = server.receive(&mut [0; 1], Receive::default(), &wait);
            assert_eq!(waited, Err(Error::TimedOut), "{entry:?}");
        }
        client.send(b"x", &within()).unwrap();
        server.set_option(SocketOption::ReceiveTimeout, 0).unwrap();
        assert_eq!(receive_one(&server), Ok(1), "{entry:?}");
    }
}

// ---- the goodbye never waits

#[test]
fn the_goodbye_does_not_wait_whatever_the_linger_setting() {
    for seconds in [None, Some(0), Some(60)] {
        let (client, server) = connected(Entry::Tcp4);
        let linger = Linger {
            on: seconds.is_some(),
            seconds: seconds.unwrap_or(0),
        };
        server.set_linger(linger).unwrap();
        server.set_nonblocking(true).unwrap();
        while server.send(&[1; 16384], &within()).is_ok() {}
        server.set_nonblocking(false).unwrap();
        // Nobody reads, so a call that waited would wait for the linger time (DIS-18).
        let start = std::time::Instant::now();
        assert_eq!(server.send_disconnect(None), Ok(()));
        assert_eq!(server.receive_disconnect(None), Ok(0));
        assert!(start.elapsed() < Duration::from_secs(30));
        drop(client);
    }
}
