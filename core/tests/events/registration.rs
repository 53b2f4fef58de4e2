//! What a registration keeps, replaces and refuses.

use super::*;

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
