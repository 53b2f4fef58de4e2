//! Accepted sockets, which report to the object of their listener.

use super::*;

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
