//! The attempt, the data, the room and the end of a connection.

use super::*;

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
