//! Network events, on every entry: what is recorded, what sets the event object, and what does not.

mod common;

use std::{thread, time::Instant};

use common::{
    ENTRIES, a_moment, calling, connected, deciding, head, listening, promptly, soon, until, within,
};
use vestibule::{
    ConnectData, Decision, Entry, Error, EventObject, EventReport, Linger, NetworkEvents,
    NotificationPort, Receive, Result, Shutdown, Socket, Wait,
};

const READ: NetworkEvents = NetworkEvents::READ;
const WRITE: NetworkEvents = NetworkEvents::WRITE;
const ACCEPT: NetworkEvents = NetworkEvents::ACCEPT;
const CONNECT: NetworkEvents = NetworkEvents::CONNECT;
const CLOSE: NetworkEvents = NetworkEvents::CLOSE;
const ALL: NetworkEvents = NetworkEvents::all();
const NOTHING: NetworkEvents = NetworkEvents::empty();

/// An event object that a socket reports to.
fn selected(socket: &Socket, mask: NetworkEvents) -> EventObject {
    let object = EventObject::new().expect("memory");
    socket
        .event_select(Some(&object), mask)
        .expect("an open socket and an open object");
    object
}

/// What was recorded; the object is reset.
fn enumerated(socket: &Socket, object: &EventObject) -> NetworkEvents {
    report(socket, object).events()
}

fn report(socket: &Socket, object: &EventObject) -> EventReport {
    socket
        .enumerate_events(Some(object))
        .expect("an open socket and an open object")
}

/// What is recorded after the object was set, as it has to be.
fn awaited(socket: &Socket, object: &EventObject) -> NetworkEvents {
    object
        .wait(&within())
        .expect("an open socket and an open object");
    enumerated(socket, object)
}

fn receive(socket: &Socket, room: usize) -> Result<usize> {
    socket.receive(&mut vec![0; room], Receive::default(), &within())
}

fn send(socket: &Socket, data: &[u8]) {
    assert_eq!(socket.send(data, &within()), Ok(data.len()));
}

fn is_quiet(object: &EventObject) -> bool {
    !object.is_set().expect("an open socket and an open object")
        && object.wait(&Wait::at_most(a_moment())) == Err(Error::TimedOut)
}

#[test]
fn a_request_sets_the_object_of_the_listener() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let object = selected(&listener, ACCEPT); // EVT-01 EVT-02 EVT-05
        assert!(listener.is_nonblocking()); // EVT-06
        assert!(is_quiet(&object));
        let _client = calling(entry, &address);
        assert_eq!(awaited(&listener, &object), ACCEPT, "{entry:?}");
        assert_eq!(enumerated(&listener, &object), NOTHING); // EVT-22
        assert!(is_quiet(&object));
    }
}

#[test]
fn a_thread_that_waits_is_woken_by_a_request() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let object = selected(&listener, ACCEPT);
        thread::scope(|scope| {
            let waiter = scope.spawn(|| promptly(|wait| object.wait(wait)));
            thread::sleep(a_moment());
            let _client = calling(entry, &address);
            assert_eq!(waiter.join().unwrap(), Ok(()), "{entry:?}");
        });
    }
}

#[test]
fn a_second_request_is_told_of_again_before_the_first_is_accepted() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let object = selected(&listener, ACCEPT);
        let _first = calling(entry, &address);
        assert_eq!(awaited(&listener, &object), ACCEPT);
        let _second = calling(entry, &address);
        assert_eq!(awaited(&listener, &object), ACCEPT, "{entry:?}"); // EVT-11 EVT-60
    }
}

#[test]
fn an_accept_tells_of_the_request_behind_and_of_none_if_there_is_none() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let object = selected(&listener, ACCEPT);
        let _clients = [calling(entry, &address), calling(entry, &address)];
        assert_eq!(awaited(&listener, &object), ACCEPT);
        let _accepted = deciding(&listener, Decision::Accept).unwrap();
        assert_eq!(awaited(&listener, &object), ACCEPT, "{entry:?}"); // ACC-61 EVT-14
        deciding(&listener, Decision::Reject).unwrap_err();
        assert_eq!(enumerated(&listener, &object), NOTHING, "{entry:?}");
        assert!(is_quiet(&object));
    }
}

#[test]
fn an_accept_that_was_faster_leaves_the_object_set_and_nothing_recorded() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let object = selected(&listener, ACCEPT);
        let _client = calling(entry, &address);
        let _accepted = deciding(&listener, Decision::Accept).unwrap();
        assert!(object.is_set().unwrap(), "{entry:?}"); // EVT-18
        assert_eq!(enumerated(&listener, &object), NOTHING, "{entry:?}");
    }
}

#[test]
fn behind_a_deferred_head_there_is_silence() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let object = selected(&listener, ACCEPT);
        let _clients = [calling(entry, &address), calling(entry, &address)];
        assert_eq!(awaited(&listener, &object), ACCEPT);
        head(&listener); // deferred
        let _third = calling(entry, &address);
        assert!(is_quiet(&object), "{entry:?}"); // ACC-09 ACC-62
        assert_eq!(enumerated(&listener, &object), NOTHING);
        let again = EventObject::new().unwrap();
        listener.event_select(Some(&again), ACCEPT).unwrap();
        assert!(is_quiet(&again), "{entry:?}"); // ACC-65
        deciding(&listener, Decision::Reject).unwrap_err();
        assert_eq!(awaited(&listener, &again), ACCEPT, "{entry:?}"); // ACC-63
    }
}

#[test]
fn a_head_that_was_deferred_before_the_registration_is_silent_too() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let _clients = [calling(entry, &address), calling(entry, &address)];
        head(&listener);
        let object = selected(&listener, ACCEPT);
        assert!(is_quiet(&object), "{entry:?}"); // ACC-65
        let _accepted = deciding(&listener, Decision::Accept).unwrap();
        assert_eq!(awaited(&listener, &object), ACCEPT, "{entry:?}");
    }
}

#[test]
fn to_defer_a_head_again_tells_nobody() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let object = selected(&listener, ACCEPT);
        let client = calling(entry, &address);
        assert_eq!(awaited(&listener, &object), ACCEPT);
        let caller = head(&listener);
        assert_eq!(caller, head(&listener));
        assert!(is_quiet(&object), "{entry:?}"); // ACC-09 ACC-62
        let port = NotificationPort::new().unwrap();
        listener.set_message_name(7);
        listener.async_select(Some(&port), 1, ACCEPT).unwrap();
        assert_eq!(caller, head(&listener));
        let posted = port.next(&Wait::at_most(a_moment()));
        assert_eq!(posted, Err(Error::TimedOut), "{entry:?}");
        drop(client);
    }
}

#[test]
fn a_deferred_head_that_is_reset_wakes_the_server() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let object = selected(&listener, ACCEPT);
        let client = calling(entry, &address);
        assert_eq!(awaited(&listener, &object), ACCEPT);
        head(&listener);
        client
            .set_linger(Linger {
                on: true,
                seconds: 0,
            })
            .unwrap();
        thread::scope(|scope| {
            let waiter = scope.spawn(|| awaited(&listener, &object));
            thread::sleep(a_moment());
            client.close().unwrap();
            assert_eq!(waiter.join().unwrap(), ACCEPT, "{entry:?}"); // ACC-64
        });
        let lost = deciding(&listener, Decision::Accept).map(drop);
        assert_eq!(lost, Err(Error::ConnReset), "{entry:?}"); // ACC-64
    }
}

#[test]
fn a_request_that_an_invalid_answer_has_put_back_is_told_of_again() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let object = selected(&listener, ACCEPT);
        let _client = calling(entry, &address);
        assert_eq!(awaited(&listener, &object), ACCEPT);
        let failed = listener.accept(|_| Err(Error::Inval), &within()).map(drop);
        assert_eq!(failed, Err(Error::Inval));
        assert_eq!(awaited(&listener, &object), ACCEPT, "{entry:?}"); // EVT-13 EVT-14
    }
}

#[test]
fn the_end_of_an_attempt_is_an_event_with_its_error() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let client = Socket::new(entry).unwrap();
        let object = selected(&client, CONNECT | WRITE | CLOSE);
        let started = client.connect(&address, ConnectData::default(), &within());
        assert!(matches!(started, Ok(()) | Err(Error::WouldBlock)));
        let _server = listener
            .accept(|_| Ok(Decision::Accept), &within())
            .unwrap();
        let first = report(&client, &object);
        assert_eq!(first.events(), CONNECT | WRITE, "{entry:?}"); // EVT-03 EVT-17
        assert_eq!(first.error(CONNECT), None);
        drop(listener);
        let refused = Socket::new(entry).unwrap();
        let object = selected(&refused, CONNECT | WRITE);
        refused
            .connect(&address, ConnectData::default(), &within())
            .unwrap_err();
        promptly(|wait| object.wait(wait)).unwrap();
        let second = report(&refused, &object);
        assert_eq!(second.events(), CONNECT, "{entry:?}");
        assert_eq!(second.error(CONNECT), Some(Error::ConnRefused)); // EVT-29
    }
}

#[test]
fn a_client_that_registers_late_finds_its_connection() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let object = selected(&client, ALL);
        assert_eq!(awaited(&client, &object), CONNECT | WRITE, "{entry:?}"); // EVT-21
        let object = selected(&server, ALL);
        assert_eq!(awaited(&server, &object), WRITE, "{entry:?}"); // EVT-17 SKT-11
    }
}

#[test]
fn data_is_told_of_until_it_is_read() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let object = selected(&server, READ);
        send(&client, b"abcd");
        assert_eq!(awaited(&server, &object), READ, "{entry:?}");
        assert!(is_quiet(&object));
        assert_eq!(receive(&server, 2), Ok(2));
        assert_eq!(awaited(&server, &object), READ, "{entry:?}"); // EVT-14
        assert_eq!(receive(&server, 10), Ok(2));
        assert!(is_quiet(&object), "{entry:?}");
        assert_eq!(receive(&server, 10), Err(Error::WouldBlock));
        send(&client, b"e");
        assert_eq!(awaited(&server, &object), READ, "{entry:?}");
        send(&client, b"f");
        assert_eq!(awaited(&server, &object), READ, "{entry:?}"); // EVT-11
    }
}

#[test]
fn a_receive_that_was_faster_leaves_the_object_set_and_nothing_recorded() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let object = selected(&server, READ);
        send(&client, b"abcd");
        until("data arrives", || receive(&server, 10) == Ok(4));
        assert!(object.is_set().unwrap(), "{entry:?}"); // EVT-18
        assert_eq!(enumerated(&server, &object), NOTHING, "{entry:?}");
    }
}

#[test]
fn room_is_told_of_after_a_send_that_found_none_and_at_no_other_time() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let object = selected(&client, WRITE);
        assert_eq!(awaited(&client, &object), WRITE);
        send(&client, b"a");
        assert!(is_quiet(&object), "{entry:?}"); // EVT-17
        let block = vec![0; 1 << 16];
        until("the buffers are full", || {
            client.send(&block, &within()) == Err(Error::WouldBlock)
        });
        assert!(is_quiet(&object), "{entry:?}");
        until("there is room", || {
            let _ = server.set_nonblocking(true);
            while receive(&server, 1 << 20).is_ok() {}
            object.is_set().unwrap()
        });
        assert_eq!(enumerated(&client, &object), WRITE, "{entry:?}");
        assert!(is_quiet(&object), "{entry:?}");
    }
}

#[test]
fn the_end_is_told_of_once_and_at_once() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let object = selected(&server, READ | CLOSE);
        send(&client, b"abcd");
        client.shutdown(Shutdown::Send).unwrap();
        until("the end arrives", || {
            promptly(|wait| object.wait(wait)).unwrap();
            let events = enumerated(&server, &object);
            events.contains(CLOSE)
        }); // EVT-20: although data is unread
        assert_eq!(receive(&server, 2), Ok(2));
        assert_eq!(awaited(&server, &object), READ, "{entry:?}"); // EVT-14
        assert_eq!(receive(&server, 10), Ok(2));
        assert!(is_quiet(&object));
        assert_eq!(receive(&server, 10), Ok(0));
        client.close().unwrap();
        assert!(is_quiet(&object), "{entry:?}"); // DIS-49 EVT-19
        let again = EventObject::new().unwrap();
        server.event_select(Some(&again), ALL).unwrap();
        assert_eq!(enumerated(&server, &again), WRITE, "{entry:?}"); // EVT-16
    }
}

#[test]
fn a_reset_is_told_of_as_an_abort() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let object = selected(&server, READ | CLOSE);
        client
            .set_linger(Linger {
                on: true,
                seconds: 0,
            })
            .unwrap();
        client.close().unwrap();
        promptly(|wait| object.wait(wait)).unwrap();
        let report = report(&server, &object);
        assert_eq!(report.events(), CLOSE, "{entry:?}");
        assert_eq!(report.error(CLOSE), Some(Error::ConnAborted)); // DIS-38
        assert_eq!(receive(&server, 1), Err(Error::ConnReset), "{entry:?}"); // DIS-36
    }
}

#[test]
fn a_reset_that_a_call_has_met_first_is_told_of_as_an_abort_too() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        client
            .set_linger(Linger {
                on: true,
                seconds: 0,
            })
            .unwrap();
        let object = selected(&server, CLOSE);
        client.close().unwrap();
        until("the reset arrives", || {
            receive(&server, 1) == Err(Error::ConnReset)
        });
        promptly(|wait| object.wait(wait)).unwrap();
        let report = report(&server, &object);
        assert_eq!(report.error(CLOSE), Some(Error::ConnAborted), "{entry:?}"); // DIS-38
    }
}

#[test]
fn the_own_end_is_no_event_and_the_peers_still_is() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let object = selected(&server, READ | CLOSE);
        server.shutdown(Shutdown::Both).unwrap();
        assert!(is_quiet(&object), "{entry:?}"); // DIS-48
        client.shutdown(Shutdown::Send).unwrap();
        assert_eq!(awaited(&server, &object), CLOSE, "{entry:?}"); // DIS-50
        let client_object = selected(&client, CLOSE);
        assert_eq!(awaited(&client, &client_object), CLOSE, "{entry:?}");
    }
}

#[test]
fn data_that_nobody_will_read_resets_the_connection_when_somebody_looks() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let object = selected(&server, READ | CLOSE);
        server.shutdown(Shutdown::Receive).unwrap();
        let _ = client.send(b"late", &within());
        until("the connection is reset", || {
            let _ = object.is_set();
            server.send(b"x", &within()) == Err(Error::ConnAborted)
        }); // DIS-32 DIS-37
        until("the client sees it", || {
            client.set_nonblocking(true).unwrap();
            receive(&client, 1) == Err(Error::ConnReset)
        });
    }
}

#[test]
fn a_new_registration_keeps_what_was_not_enumerated() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let first = selected(&server, READ);
        send(&client, b"abcd");
        promptly(|wait| first.wait(wait)).unwrap();
        let second = selected(&server, WRITE);
        assert_eq!(awaited(&server, &second), WRITE, "{entry:?}");
        assert!(first.is_set().unwrap()); // EVT-31
        let third = selected(&server, READ);
        assert_eq!(awaited(&server, &third), READ, "{entry:?}"); // EVT-07 EVT-25
        server.event_select(None, NOTHING).unwrap(); // EVT-09
        let fourth = selected(&server, READ);
        assert!(is_quiet(&fourth), "{entry:?}"); // EVT-16
        assert!(server.is_nonblocking()); // EVT-06
    }
}

#[test]
fn an_accepted_socket_has_the_registration_of_its_listener() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let object = selected(&listener, ACCEPT | READ | WRITE | CLOSE);
        let client = calling(entry, &address);
        assert_eq!(awaited(&listener, &object), ACCEPT);
        let server = deciding(&listener, Decision::Accept).unwrap();
        assert!(server.is_nonblocking()); // SKT-06
        assert_eq!(awaited(&server, &object), WRITE, "{entry:?}"); // SKT-07 SKT-09 SKT-11
        assert_eq!(enumerated(&listener, &object), NOTHING); // SKT-12
        client.finish_connect(&within()).unwrap();
        send(&client, b"a");
        assert_eq!(awaited(&server, &object), READ, "{entry:?}"); // SKT-02
        let own = selected(&server, CLOSE); // SKT-13
        client.close().unwrap();
        assert_eq!(awaited(&server, &own), CLOSE, "{entry:?}");
        let _another = calling(entry, &address);
        assert_eq!(awaited(&listener, &object), ACCEPT, "{entry:?}"); // SKT-13
    }
}

#[test]
fn data_that_came_before_the_acceptance_is_told_of() {
    let (listener, address) = listening(Entry::Tcp4, 5);
    let object = selected(&listener, ACCEPT | READ);
    let client = calling(Entry::Tcp4, &address);
    send(&client, b"early");
    assert_eq!(awaited(&listener, &object), ACCEPT);
    let server = deciding(&listener, Decision::Accept).unwrap();
    assert_eq!(awaited(&server, &object), READ); // SKT-10
}

#[test]
fn a_thread_that_waits_already_is_woken_by_an_accepted_socket() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let object = selected(&listener, READ);
        let client = calling(entry, &address);
        thread::scope(|scope| {
            let waiter = scope.spawn(|| promptly(|wait| object.wait(wait)));
            thread::sleep(a_moment());
            let _server = deciding(&listener, Decision::Accept).unwrap();
            client.finish_connect(&within()).unwrap();
            send(&client, b"a");
            assert_eq!(waiter.join().unwrap(), Ok(()), "{entry:?}");
        });
    }
}

#[test]
fn a_thread_that_waits_for_data_learns_of_a_socket_that_another_has_accepted() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let object = selected(&listener, READ); // neither the request nor the room wakes anybody
        thread::scope(|scope| {
            let waiter = scope.spawn(|| object.wait(&Wait::at_most(2 * soon())));
            let client = calling(entry, &address);
            thread::sleep(a_moment());
            let server = deciding(&listener, Decision::Accept).unwrap();
            thread::sleep(a_moment());
            client.set_nonblocking(false).unwrap();
            let began = Instant::now();
            send(&client, b"data");
            assert_eq!(waiter.join().unwrap(), Ok(()), "{entry:?}"); // EVT-49 SKT-07
            assert!(began.elapsed() < soon(), "found at the deadline only");
            assert_eq!(enumerated(&server, &object), READ);
        });
    }
}

#[test]
fn a_thread_that_waits_later_learns_of_what_was_left_to_it() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let object = selected(&listener, READ);
        let client = calling(entry, &address);
        let server = deciding(&listener, Decision::Accept).unwrap();
        thread::scope(|scope| {
            let waiter = scope.spawn(|| object.wait(&Wait::at_most(2 * soon())));
            thread::sleep(a_moment());
            client.set_nonblocking(false).unwrap();
            let began = Instant::now();
            send(&client, b"data");
            assert_eq!(waiter.join().unwrap(), Ok(()), "{entry:?}"); // EVT-49
            assert!(began.elapsed() < soon(), "found at the deadline only");
            assert_eq!(enumerated(&server, &object), READ);
        });
    }
}

#[test]
fn blocking_mode_is_refused_while_a_registration_is_in_force() {
    for entry in ENTRIES {
        let (_client, server) = connected(entry);
        let _object = selected(&server, READ);
        assert_eq!(server.set_nonblocking(false), Err(Error::Inval)); // HND-30
        server.event_select(None, NOTHING).unwrap();
        assert_eq!(server.set_nonblocking(false), Ok(()));
    }
}

#[test]
fn bad_arguments_leave_everything_as_it_was() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let object = selected(&server, READ);
        let closed = EventObject::new().unwrap();
        closed.close().unwrap();
        assert_eq!(server.event_select(None, READ), Err(Error::Inval)); // EVT-10
        assert_eq!(server.event_select(Some(&closed), WRITE), Err(Error::Inval)); // EVT-10
        send(&client, b"a");
        promptly(|wait| object.wait(wait)).unwrap();
        let failed = server.enumerate_events(Some(&closed)).map(|_| ());
        assert_eq!(failed, Err(Error::Inval)); // EVT-27
        assert!(object.is_set().unwrap()); // EVT-24
        let report = server.enumerate_events(None).unwrap(); // EVT-26
        assert_eq!(report.events(), READ, "{entry:?}");
        assert!(object.is_set().unwrap()); // EVT-26
    }
}

#[test]
fn an_unregistered_socket_enumerates_nothing_and_keeps_its_record() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        send(&client, b"a");
        let object = EventObject::new().unwrap();
        assert_eq!(enumerated(&server, &object), NOTHING); // EVT-28
        let _first = selected(&server, CLOSE);
        server.event_select(None, NOTHING).unwrap();
        assert_eq!(enumerated(&server, &object), NOTHING); // EVT-28
        server.event_select(Some(&object), ALL).unwrap();
        until("the data arrives", || {
            enumerated(&server, &object).contains(READ)
        }); // EVT-30
    }
}

#[test]
fn an_attempt_that_times_out_is_told_of_though_nobody_calls() {
    let (listener, address) = listening(Entry::InProcess, 5);
    let client = Socket::new(Entry::InProcess).unwrap();
    client
        .set_option(vestibule::SocketOption::ConnectTimeout, 100)
        .unwrap();
    let object = selected(&client, CONNECT);
    let requests = selected(&listener, ACCEPT);
    client
        .connect(&address, ConnectData::default(), &within())
        .unwrap_err();
    assert_eq!(awaited(&listener, &requests), ACCEPT);
    head(&listener);
    promptly(|wait| object.wait(wait)).unwrap();
    let report = report(&client, &object);
    assert_eq!(report.error(CONNECT), Some(Error::TimedOut)); // CON-10
    assert_eq!(awaited(&listener, &requests), ACCEPT); // ACC-64
    let lost = deciding(&listener, Decision::Accept).map(drop);
    assert_eq!(lost, Err(Error::Acces)); // LSN-04
}

#[test]
fn closing_ends_the_registration_and_leaves_the_object_open() {
    for entry in ENTRIES {
        let (client, server) = connected(entry);
        let object = selected(&server, CLOSE);
        server.close().unwrap();
        client.close().unwrap();
        assert!(is_quiet(&object), "{entry:?}"); // EVT-32 DIS-51
        assert_eq!(object.set(), Ok(()));
    }
}

/// Nobody looks at a server that only accepts; what its sockets have inherited has a limit all the same.
#[test]
fn what_is_left_to_the_next_look_is_done_when_it_is_much() {
    let (listener, address) = listening(Entry::Tcp4, 5);
    let object = selected(&listener, READ);
    let pairs: Vec<_> = (0..64)
        .map(|_| {
            let client = calling(Entry::Tcp4, &address);
            let server = deciding(&listener, Decision::Accept).unwrap();
            send(&client, b"x");
            (client, server)
        })
        .collect();
    for (_, server) in &pairs {
        assert_eq!(enumerated(server, &object), READ);
    }
}
