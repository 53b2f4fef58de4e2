//! Requests: when a listener tells of them, and when it is silent.

use super::*;

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
fn taking_a_head_that_was_deferred_before_the_registration_is_no_news() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let _client = calling(entry, &address);
        head(&listener);
        let object = selected(&listener, ACCEPT);
        let _accepted = deciding(&listener, Decision::Accept).unwrap();
        assert!(is_quiet(&object), "{entry:?}"); // ACC-65
    }
}

#[test]
fn a_request_that_is_withdrawn_unseen_leaves_nothing_recorded() {
    let (listener, address) = listening(Entry::InProcess, 5);
    let object = selected(&listener, ACCEPT);
    let client = calling(Entry::InProcess, &address);
    client.close().unwrap(); // LSN-31 LSN-33
    assert_eq!(awaited(&listener, &object), NOTHING);
    assert!(is_quiet(&object));
}
