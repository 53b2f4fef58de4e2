//! `select`, on every entry.

mod common;

use std::{thread, time::Duration};

use common::{
    ENTRIES, a_moment, calling, connected, deciding, head, listening, promptly, until, within,
};
use vestibule::{
    ConnectData, Decision, Entry, Error, Linger, Readiness, Receive, Result, Selected, Shutdown,
    Socket, SocketOption, Wait, select,
};

const READ: Readiness = Readiness::READ;
const WRITE: Readiness = Readiness::WRITE;
const EXCEPT: Readiness = Readiness::EXCEPT;
const ALL: Readiness = Readiness::all();

fn at_once() -> Wait<'static> {
    Wait::at_most(Duration::ZERO)
}

/// What of `wanted` is ready.
fn ready(socket: &Socket, wanted: Readiness, wait: &Wait<'_>) -> Result<Readiness> {
    let mut selected = [Selected {
        socket,
        wanted,
        ready: Readiness::empty(),
    }];
    let count = select(&mut selected, wait)?;
    assert_eq!(count, selected[0].ready.bits().count_ones() as usize);
    Ok(selected[0].ready)
}

fn is_ready(socket: &Socket, wanted: Readiness) -> bool {
    ready(socket, wanted, &at_once()).expect("an open socket and an open object") == wanted
}

#[test]
fn a_listener_is_readable_while_an_undeferred_request_waits() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        assert!(!is_ready(&listener, READ));
        let _clients = [calling(entry, &address), calling(entry, &address)];
        assert_eq!(
            promptly(|wait| ready(&listener, ALL, wait)),
            Ok(READ),
            "{entry:?}"
        ); // EVT-64
        head(&listener);
        assert_eq!(
            ready(&listener, ALL, &Wait::at_most(a_moment())),
            Ok(Readiness::empty()),
            "{entry:?}"
        ); // EVT-63
        deciding(&listener, Decision::Accept).unwrap();
        assert!(is_ready(&listener, READ), "{entry:?}");
        let failed = listener.accept(|_| Err(Error::Inval), &within());
        assert_eq!(failed.map(drop), Err(Error::Inval));
        assert!(is_ready(&listener, READ), "{entry:?}: put back, undeferred");
    }
}

#[test]
fn a_thread_that_sleeps_is_woken_when_the_silence_ends() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let _clients = [calling(entry, &address), calling(entry, &address)];
        head(&listener);
        thread::scope(|scope| {
            let waiter = scope.spawn(|| promptly(|wait| ready(&listener, READ, wait)));
            thread::sleep(a_moment());
            assert!(!waiter.is_finished());
            deciding(&listener, Decision::Accept).unwrap();
            assert_eq!(waiter.join().unwrap(), Ok(READ), "{entry:?}");
        });
    }
}

#[test]
fn a_thread_that_sleeps_is_woken_by_what_arrives() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let (client, server) = connected(entry);
        thread::scope(|scope| {
            let requests = scope.spawn(|| promptly(|wait| ready(&listener, READ, wait)));
            let data = scope.spawn(|| promptly(|wait| ready(&server, READ, wait)));
            thread::sleep(a_moment());
            let _client = calling(entry, &address);
            client.send(b"x", &within()).unwrap();
            assert_eq!(requests.join().unwrap(), Ok(READ), "{entry:?}");
            assert_eq!(data.join().unwrap(), Ok(READ), "{entry:?}");
        });
    }
}

#[test]
fn an_attempt_shows_in_the_write_or_the_except_set() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let client = Socket::new(entry).unwrap();
        client.set_nonblocking(true).unwrap();
        assert!(!is_ready(&client, WRITE));
        let _ = client.connect(&address, ConnectData::default(), &within());
        thread::scope(|scope| {
            let waiter = scope.spawn(|| promptly(|wait| ready(&client, ALL, wait)));
            thread::sleep(a_moment());
            let _server = listener
                .accept(|_| Ok(Decision::Accept), &within())
                .unwrap();
            assert_eq!(waiter.join().unwrap(), Ok(WRITE), "{entry:?}"); // CON-18
        });
        drop(listener);
        for nonblocking in [true, false] {
            let client = Socket::new(entry).unwrap();
            client.set_nonblocking(nonblocking).unwrap();
            client
                .connect(&address, ConnectData::default(), &within())
                .unwrap_err();
            assert_eq!(
                promptly(|wait| ready(&client, ALL, wait)),
                Ok(EXCEPT),
                "{entry:?}"
            ); // CON-18
        }
    }
}

#[test]
fn an_attempt_that_times_out_wakes_who_sleeps() {
    let (_listener, address) = listening(Entry::InProcess, 5);
    let client = Socket::new(Entry::InProcess).unwrap();
    client.set_nonblocking(true).unwrap();
    client
        .set_option(SocketOption::ConnectTimeout, 100)
        .unwrap();
    client
        .connect(&address, ConnectData::default(), &within())
        .unwrap_err();
    assert_eq!(promptly(|wait| ready(&client, ALL, wait)), Ok(EXCEPT));
}

#[test]
fn a_connection_that_has_ended_is_readable() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        assert_eq!(
            promptly(|wait| ready(&server, ALL, wait)),
            Ok(WRITE),
            "{entry:?}"
        );
        client.shutdown(Shutdown::Send).unwrap();
        assert_eq!(
            promptly(|wait| ready(&server, READ, wait)),
            Ok(READ),
            "{entry:?}"
        ); // EVT-64
        let (client, server) = connected(entry);
        client
            .set_linger(Linger {
                on: true,
                seconds: 0,
            })
            .unwrap();
        client.close().unwrap();
        assert_eq!(
            promptly(|wait| ready(&server, READ, wait)),
            Ok(READ),
            "{entry:?}"
        );
        let start = std::time::Instant::now();
        let only = ready(&server, EXCEPT, &Wait::at_most(a_moment()));
        assert_eq!(only, Ok(Readiness::empty()), "{entry:?}");
        assert!(start.elapsed() >= a_moment());
    }
}

#[test]
fn a_full_connection_is_not_writable() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        client.set_nonblocking(true).unwrap();
        let block = vec![0; 1 << 16];
        until("the buffers are full", || {
            client.send(&block, &within()) == Err(Error::WouldBlock)
        });
        assert!(!is_ready(&client, WRITE), "{entry:?}");
        thread::scope(|scope| {
            let waiter = scope.spawn(|| promptly(|wait| ready(&client, WRITE, wait)));
            server.set_nonblocking(true).unwrap();
            let mut buffer = vec![0; 1 << 20];
            until("there is room", || {
                while server
                    .receive(&mut buffer, Receive::default(), &within())
                    .is_ok()
                {}
                waiter.is_finished()
            });
            assert_eq!(waiter.join().unwrap(), Ok(WRITE), "{entry:?}");
        });
    }
}

#[test]
fn several_sockets_and_the_same_twice() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let (other, _peer) = connected(entry);
        client.send(b"x", &within()).unwrap();
        assert_eq!(promptly(|wait| ready(&server, READ, wait)), Ok(READ));
        let wants = [(&server, READ), (&other, READ), (&server, READ | WRITE)];
        let mut selected = wants.map(|(socket, wanted)| Selected {
            socket,
            wanted,
            ready: Readiness::empty(),
        });
        assert_eq!(
            promptly(|wait| select(&mut selected, wait)),
            Ok(3),
            "{entry:?}"
        ); // EVT-64
        let found = selected.map(|selected| selected.ready);
        assert_eq!(found, [READ, Readiness::empty(), READ | WRITE]);
    }
}

#[test]
fn closing_ends_it() {
    assert_eq!(promptly(|wait| select(&mut [], wait)), Err(Error::Inval));
    for entry in ENTRIES {
        let (_client, server) = connected(entry);
        let (listener, _) = listening(entry, 1);
        for socket in [&server, &listener] {
            thread::scope(|scope| {
                let waiter = scope.spawn(|| promptly(|wait| ready(socket, READ, wait)));
                thread::sleep(a_moment());
                socket.close().unwrap();
                assert_eq!(waiter.join().unwrap(), Err(Error::NotSock), "{entry:?}"); // EVT-64
            });
            assert_eq!(
                promptly(|wait| ready(socket, READ, wait)),
                Err(Error::NotSock)
            ); // EVT-64
        }
    }
}
