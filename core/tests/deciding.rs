//! Accept, reject, defer and answers that are none, on every entry.

mod common;

use std::{cell::Cell, panic, thread, time::Duration};

use common::{
    ENTRIES, a_moment, calling, calling_with, deciding, head, listening, loopback, unasked, within,
};
use vestibule::{ConnectData, Decision, Entry, Error, Receive, Socket, Wait};

#[test]
fn an_accepted_caller_and_the_server_talk() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let client = calling(entry, &address);
        let local = client.local_address().unwrap();
        let server = listener
            .accept(
                |args| {
                    assert_eq!(args.caller_id(), local);
                    assert_eq!(args.callee_id(), address);
                    Ok(Decision::Accept)
                },
                &within(),
            )
            .unwrap();
        assert_eq!(server.peer_address(), Ok(local)); // SKT-18
        assert_eq!(server.local_address(), Ok(address));
        assert_eq!(client.peer_address(), Ok(address));
        client.finish_connect(&within()).unwrap();
        assert_eq!(client.send(b"hello", &within()), Ok(5));
        let mut buffer = [0; 16];
        assert_eq!(
            server.receive(&mut buffer, Receive::default(), &within()),
            Ok(5)
        );
        assert_eq!(&buffer[..5], b"hello");
        server.close().unwrap();
        drop(server);
        client.set_nonblocking(false).unwrap();
        assert_eq!(
            client.receive(&mut buffer, Receive::default(), &within()),
            Ok(0)
        );
    }
}

#[test]
fn a_rejected_caller_is_refused() {
    let (listener, address) = listening(Entry::InProcess, 5);
    let client = calling(Entry::InProcess, &address);
    assert_eq!(
        deciding(&listener, Decision::Reject).map(drop),
        Err(Error::ConnRefused)
    );
    assert_eq!(client.finish_connect(&within()), Err(Error::ConnRefused));
    assert_eq!(client.peer_address(), Err(Error::NotConn));
}

#[test]
fn a_rejected_tcp_caller_sees_a_reset_at_its_first_use() {
    let (listener, address) = listening(Entry::Tcp4, 5);
    let client = calling(Entry::Tcp4, &address);
    assert_eq!(
        deciding(&listener, Decision::Reject).map(drop),
        Err(Error::ConnRefused)
    );
    client.set_nonblocking(false).unwrap();
    let received = client.receive(&mut [0; 1], Receive::default(), &within());
    assert_eq!(received, Err(Error::ConnReset)); // ACC-72
}

#[test]
fn a_deferred_request_is_shown_again_and_stays_in_front() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let first = calling(entry, &address);
        let caller = head(&listener);
        assert_eq!(first.local_address(), Ok(caller));
        let _second = calling(entry, &address);
        for _ in 0..3 {
            assert_eq!(head(&listener), caller, "{entry:?}"); // ACC-08 ACC-67 ACC-68
        }
    }
}

#[test]
fn a_plain_accept_takes_a_deferred_request() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let client = calling(entry, &address);
        let caller = head(&listener);
        let _later = calling(entry, &address);
        let server = deciding(&listener, Decision::Accept).unwrap(); // ACC-27
        assert_eq!(server.peer_address(), Ok(caller));
        assert_eq!(client.local_address(), Ok(caller));
    }
}

#[test]
fn an_answer_that_is_none_leaves_the_request_at_the_head() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let _client = calling(entry, &address);
        let failed = listener.accept(|_| Err(Error::Inval), &within());
        assert_eq!(failed.map(drop), Err(Error::Inval)); // ACC-20 ACC-21
        listener.set_nonblocking(true).unwrap();
        assert!(deciding(&listener, Decision::Accept).is_ok());
        assert_eq!(unasked(&listener).map(drop), Err(Error::WouldBlock));
    }
}

#[test]
fn a_panic_leaves_the_request_at_the_head_and_goes_on() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let _client = calling(entry, &address);
        let caught = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            let _ = listener.accept(|_| panic::panic_any("no idea"), &within());
        }));
        assert_eq!(caught.unwrap_err().downcast_ref(), Some(&"no idea")); // ACC-59
        assert!(!vestibule::in_condition_function());
        listener.set_nonblocking(true).unwrap();
        assert!(deciding(&listener, Decision::Accept).is_ok());
    }
}

#[test]
fn an_accept_call_examines_one_request() {
    let (listener, address) = listening(Entry::InProcess, 5);
    let (first, second) = (
        calling(Entry::InProcess, &address),
        calling(Entry::InProcess, &address),
    );
    let calls = Cell::new(0);
    let result = listener.accept(
        |_| {
            calls.set(calls.get() + 1);
            Ok(Decision::Reject)
        },
        &within(),
    );
    assert_eq!(result.map(drop), Err(Error::ConnRefused));
    assert_eq!(calls.get(), 1); // ACC-26
    assert_eq!(first.finish_connect(&within()), Err(Error::ConnRefused));
    second.set_nonblocking(true).unwrap();
    assert_eq!(
        second.finish_connect(&Wait::at_most(a_moment())),
        Err(Error::TimedOut)
    );
}

#[test]
fn caller_data_and_callee_data_travel_whole() {
    let (listener, address) = listening(Entry::InProcess, 5);
    let data: Vec<u8> = (0..32).collect();
    let client = calling_with(Entry::InProcess, &address, &data);
    for _ in 0..2 {
        let deferred = listener.accept(
            |args| {
                assert_eq!(args.caller_data(), Some(data.as_slice()));
                assert_eq!(args.callee_capacity(), 32);
                args.set_callee_data(b"dropped with a deferral")?;
                Ok(Decision::Defer)
            },
            &within(),
        );
        assert_eq!(deferred.map(drop), Err(Error::TryAgain));
    }
    let too_long = listener.accept(
        |args| args.set_callee_data(&[0; 33]).map(|()| Decision::Accept),
        &within(),
    );
    assert_eq!(too_long.map(drop), Err(Error::Fault)); // ACC-39
    let _server = listener.accept(
        |args| {
            args.set_callee_data(b"what was said before")?;
            args.set_callee_data(b"\0hi\0")?;
            Ok(Decision::Accept)
        },
        &within(),
    );
    client.finish_connect(&within()).unwrap();
    let mut buffer = [9; 8];
    assert_eq!(client.callee_data(&mut buffer), 4);
    assert_eq!(&buffer, b"\0hi\0\x09\x09\x09\x09");
    assert_eq!(client.callee_data(&mut [0; 2]), 2); // UDA-13
}

#[test]
fn caller_data_beyond_the_limit_is_not_sent() {
    let (listener, address) = listening(Entry::InProcess, 5);
    let client = Socket::new(Entry::InProcess).unwrap();
    let data = ConnectData {
        caller_data: &[0; 33],
        ..ConnectData::default()
    };
    assert_eq!(client.connect(&address, data, &within()), Err(Error::Fault)); // CON-26
    listener.set_nonblocking(true).unwrap();
    assert_eq!(unasked(&listener).map(drop), Err(Error::WouldBlock));
    let (_tcp, address) = listening(Entry::Tcp4, 5);
    let client = Socket::new(Entry::Tcp4).unwrap();
    let data = ConnectData {
        caller_data: &[0],
        ..ConnectData::default()
    };
    assert_eq!(
        client.connect(&address, data, &within()),
        Err(Error::ProtoNoSupport)
    ); // CON-27
}

#[test]
fn a_refusal_can_carry_data() {
    let (listener, address) = listening(Entry::InProcess, 5);
    let client = calling(Entry::InProcess, &address);
    let refused = listener.accept(
        |args| args.set_callee_data(b"full").map(|()| Decision::Reject),
        &within(),
    );
    assert_eq!(refused.map(drop), Err(Error::ConnRefused));
    assert_eq!(client.finish_connect(&within()), Err(Error::ConnRefused));
    assert_eq!(client.callee_data(&mut [0; 8]), 0); // CON-32
    let mut buffer = [0; 8];
    assert_eq!(
        client.receive_disconnect(Some(&mut [0; 3])),
        Err(Error::Fault)
    );
    assert_eq!(client.receive_disconnect(Some(&mut buffer)), Ok(4)); // ACC-44
    assert_eq!(&buffer[..4], b"full");
}

#[test]
fn the_listener_is_untouchable_inside_its_condition_function() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let (other, other_address) = listening(entry, 5);
        let (_client, _second) = (calling(entry, &address), calling(entry, &other_address));
        let accepted = listener.accept(
            |_| {
                assert!(vestibule::in_condition_function());
                assert_eq!(unasked(&listener).map(drop), Err(Error::InProgress)); // ACC-51
                assert_eq!(listener.listen(1), Err(Error::InProgress));
                assert_eq!(listener.close(), Err(Error::InProgress));
                assert_eq!(listener.set_nonblocking(true), Err(Error::InProgress));
                let answer = listener.set_user_data(vestibule::UserDataKind::Connect, b"x");
                assert_eq!(answer, Err(Error::InProgress));
                let room = listener.reserve_user_data(vestibule::UserDataKind::Connect, 1);
                assert_eq!(room, Err(Error::InProgress));
                let linger = vestibule::Linger {
                    on: true,
                    seconds: 1,
                };
                assert_eq!(listener.set_linger(linger), Err(Error::InProgress));
                assert!(listener.local_address().is_ok());
                let nested = deciding(&other, Decision::Accept); // ACC-54
                assert!(nested.is_ok());
                assert_eq!(listener.listen(1), Err(Error::InProgress), "still inside");
                Ok(Decision::Accept)
            },
            &within(),
        );
        assert!(accepted.is_ok());
        assert!(!vestibule::in_condition_function());
        assert_eq!(listener.listen(7), Ok(()));
    }
}

#[test]
fn a_second_thread_waits_until_the_first_has_decided() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let (first, second) = (calling(entry, &address), calling(entry, &address));
        thread::scope(|scope| {
            let accepted = listener.accept(
                |args| {
                    let other = scope.spawn(|| deciding(&listener, Decision::Accept));
                    thread::sleep(a_moment());
                    assert!(
                        !other.is_finished(),
                        "{:?} is shown twice",
                        args.caller_id()
                    );
                    Ok(Decision::Accept)
                },
                &within(),
            );
            assert_eq!(accepted.unwrap().peer_address(), first.local_address());
        });
        drop(second);
        listener.set_nonblocking(true).unwrap();
        assert_eq!(
            unasked(&listener).map(drop),
            Err(Error::WouldBlock),
            "both were taken"
        );
    }
}

#[test]
fn a_waiting_thread_is_given_the_deferred_head() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let _client = calling(entry, &address);
        thread::scope(|scope| {
            let mut other = None;
            let deferred = listener.accept(
                |_| {
                    other = Some(scope.spawn(|| deciding(&listener, Decision::Accept)));
                    thread::sleep(a_moment());
                    Ok(Decision::Defer)
                },
                &within(),
            );
            assert_eq!(deferred.map(drop), Err(Error::TryAgain));
            assert!(other.unwrap().join().unwrap().is_ok()); // ACC-66
        });
    }
}

#[test]
fn an_accept_call_times_out() {
    for entry in ENTRIES {
        let (listener, _) = listening(entry, 5);
        let result = listener.accept(|_| Ok(Decision::Accept), &Wait::at_most(a_moment()));
        assert_eq!(result.map(drop), Err(Error::TimedOut));
    }
}

#[test]
fn a_time_out_of_zero_takes_what_is_there() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 5);
        let now = Wait::at_most(Duration::ZERO);
        assert_eq!(
            listener.accept(|_| Ok(Decision::Accept), &now).map(drop),
            Err(Error::TimedOut)
        );
        let client = calling(entry, &address);
        let server = listener.accept(|_| Ok(Decision::Accept), &now).unwrap();
        server.send(b"x", &now).unwrap();
        client.set_nonblocking(false).unwrap();
        client.finish_connect(&within()).unwrap();
        assert_eq!(client.receive(&mut [0; 1], Receive::default(), &now), Ok(1));
        assert_eq!(
            client.receive(&mut [0; 1], Receive::default(), &now),
            Err(Error::TimedOut)
        );
    }
}

#[test]
fn only_a_listener_accepts() {
    for entry in ENTRIES {
        let socket = Socket::new(entry).unwrap();
        assert_eq!(unasked(&socket).map(drop), Err(Error::Inval)); // ACC-16
        socket.bind(&loopback(entry)).unwrap();
        assert_eq!(unasked(&socket).map(drop), Err(Error::Inval));
        let (listener, address) = listening(entry, 1);
        let _client = calling(entry, &address);
        let server = deciding(&listener, Decision::Accept).unwrap();
        assert_eq!(unasked(&server).map(drop), Err(Error::Inval)); // SKT-15
    }
}
