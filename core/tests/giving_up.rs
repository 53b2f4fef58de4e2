//! Withdrawal, resets, time-outs and closing, at every moment.

mod common;

use std::{thread, time::Duration};

use common::{ENTRIES, a_moment, calling, deciding, head, listening, soon, unasked, until, within};
use vestibule::{
    Address, ConnectData, Connector, Decision, Entry, Error, InProcessAddress, Linger, Listener,
    Receive, Socket, SocketOption, Wait,
};

const ABORT: Linger = Linger {
    on: true,
    seconds: 0,
};

#[test]
fn a_request_nobody_saw_vanishes_with_its_client() {
    let (listener, address) = listening(Entry::InProcess, 2);
    drop(calling(Entry::InProcess, &address));
    let second = calling(Entry::InProcess, &address);
    let server = deciding(&listener, Decision::Accept).unwrap(); // LSN-31 LSN-33
    assert_eq!(server.peer_address(), second.local_address());
}

#[test]
fn the_withdrawal_of_a_deferred_request_is_reported_once() {
    for (linger, error) in [(Linger::default(), Error::Acces), (ABORT, Error::ConnReset)] {
        let (listener, address) = listening(Entry::InProcess, 5);
        let client = calling(Entry::InProcess, &address);
        client.set_linger(linger).unwrap();
        head(&listener);
        let second = calling(Entry::InProcess, &address);
        client.close().unwrap();
        assert_eq!(unasked(&listener).map(drop), Err(error)); // ACC-64
        assert_eq!(Ok(head(&listener)), second.local_address());
    }
}

#[test]
fn the_reset_of_the_head_is_reported_once() {
    let (listener, address) = listening(Entry::InProcess, 5);
    let client = calling(Entry::InProcess, &address);
    client.set_linger(ABORT).unwrap();
    client.close().unwrap();
    assert_eq!(unasked(&listener).map(drop), Err(Error::ConnReset)); // ACC-23
    listener.set_nonblocking(true).unwrap();
    assert_eq!(unasked(&listener).map(drop), Err(Error::WouldBlock));
}

#[test]
fn a_reset_tcp_caller_is_never_shown() {
    for deferred in [false, true] {
        let (listener, address) = listening(Entry::Tcp4, 5);
        let client = calling(Entry::Tcp4, &address);
        if deferred {
            head(&listener);
        }
        let second = calling(Entry::Tcp4, &address);
        client.set_linger(ABORT).unwrap();
        drop(client);
        assert_eq!(unasked(&listener).map(drop), Err(Error::ConnReset)); // ACC-23 LSN-37
        assert_eq!(Ok(head(&listener)), second.local_address());
    }
}

#[test]
fn the_check_for_resets_can_be_turned_off() {
    let (listener, address) = listening(Entry::Tcp4, 5);
    listener.set_option(SocketOption::CallerCheck, 0).unwrap();
    let client = calling(Entry::Tcp4, &address);
    client.set_linger(ABORT).unwrap();
    drop(client);
    assert!(deciding(&listener, Decision::Accept).is_ok()); // LSN-37
}

#[test]
fn a_withdrawal_while_the_condition_function_runs_voids_every_decision() {
    for decision in [Decision::Accept, Decision::Reject, Decision::Defer] {
        for (linger, error) in [(Linger::default(), Error::Acces), (ABORT, Error::ConnReset)] {
            let (listener, address) = listening(Entry::InProcess, 5);
            let client = calling(Entry::InProcess, &address);
            client.set_linger(linger).unwrap();
            let result = listener.accept(
                |_| {
                    client.close().unwrap();
                    Ok(decision)
                },
                &within(),
            );
            assert_eq!(result.map(drop), Err(error), "{decision:?}"); // LSN-32 ACC-22
            listener.set_nonblocking(true).unwrap();
            assert_eq!(unasked(&listener).map(drop), Err(Error::WouldBlock));
        }
    }
}

#[test]
fn a_client_that_times_out_withdraws_its_request() {
    let (listener, address) = listening(Entry::InProcess, 1);
    let client = Socket::new(Entry::InProcess).unwrap();
    client.set_option(SocketOption::ConnectTimeout, 20).unwrap();
    let attempt = client.connect(&address, ConnectData::default(), &Wait::FOREVER);
    assert_eq!(attempt, Err(Error::TimedOut)); // CON-10
    assert_eq!(client.option(SocketOption::Error), Ok(0)); // CON-19
    listener.set_nonblocking(true).unwrap();
    assert_eq!(unasked(&listener).map(drop), Err(Error::WouldBlock)); // LSN-04
    let refused = Connector::new(address)
        .timeout(Duration::from_millis(20))
        .connect();
    assert_eq!(
        refused.unwrap_err().error,
        Error::TimedOut,
        "the slot is free again"
    );
}

#[test]
fn a_time_out_can_be_set_on_plain_tcp_too() {
    let (_listener, address) = listening(Entry::Tcp4, 1);
    let _first = calling(Entry::Tcp4, &address); // the kernel drops what comes after it
    let client = Socket::new(Entry::Tcp4).unwrap();
    assert_eq!(client.option(SocketOption::ConnectTimeout), Ok(0)); // CON-33
    client.set_option(SocketOption::ConnectTimeout, 20).unwrap();
    let attempt = client.connect(&address, ConnectData::default(), &Wait::FOREVER);
    assert_eq!(attempt, Err(Error::TimedOut));
    client.set_nonblocking(true).unwrap();
    let attempt = client.connect(&address, ConnectData::default(), &Wait::FOREVER);
    assert_eq!(attempt, Err(Error::WouldBlock));
    assert_eq!(client.finish_connect(&within()), Err(Error::TimedOut));
    let code = Error::TimedOut.code().unsigned_abs();
    assert_eq!(client.option(SocketOption::Error), Ok(code));
    assert_eq!(client.peer_address(), Err(Error::NotConn));
}

/// A client whose request waits in the backlog for so long.
fn expiring(address: &Address, timeout: Duration) -> Socket {
    let client = Socket::new(Entry::InProcess).expect("a socket");
    client.set_nonblocking(true).expect("non-blocking");
    let millis = u32::try_from(timeout.as_millis()).expect("a short time");
    client
        .set_option(SocketOption::ConnectTimeout, millis)
        .expect("it can be set");
    let attempt = client.connect(address, ConnectData::default(), &Wait::FOREVER);
    assert_eq!(attempt, Err(Error::WouldBlock));
    client
}

#[test]
fn an_undecided_request_expires_although_nobody_calls() {
    for deferred in [false, true] {
        let (listener, address) = listening(Entry::InProcess, 1);
        let timeout = a_moment();
        let client = expiring(&address, timeout);
        if deferred {
            head(&listener);
        }
        thread::sleep(timeout);
        let second = calling(Entry::InProcess, &address); // a full backlog drops what has expired
        if deferred {
            assert_eq!(unasked(&listener).map(drop), Err(Error::Acces)); // ACC-22
        }
        assert_eq!(Ok(head(&listener)), second.local_address());
        let code = Error::TimedOut.code().unsigned_abs();
        assert_eq!(client.option(SocketOption::Error), Ok(code));
        assert_eq!(
            client.option(SocketOption::Error),
            Ok(code),
            "reading does not clear it"
        );
    }
}

#[test]
fn time_passes_while_the_condition_function_runs() {
    let (listener, address) = listening(Entry::InProcess, 1);
    thread::scope(|scope| {
        let client = scope.spawn(|| Connector::new(address).timeout(a_moment()).connect());
        let result = listener.accept(
            |_| {
                thread::sleep(a_moment() * 2);
                Ok(Decision::Accept)
            },
            &within(),
        );
        assert_eq!(result.map(drop), Err(Error::Acces)); // ACC-60
        assert_eq!(client.join().unwrap().unwrap_err().error, Error::TimedOut);
    });
}

#[test]
fn the_backlog_is_exact_and_a_full_one_refuses() {
    let (listener, address) = listening(Entry::InProcess, 2);
    let first = calling(Entry::InProcess, &address);
    let _second = calling(Entry::InProcess, &address);
    let refused = Connector::new(address).connect().unwrap_err();
    assert_eq!(refused.error, Error::ConnRefused); // LSN-22
    head(&listener);
    assert_eq!(
        Connector::new(address).connect().unwrap_err().error,
        Error::ConnRefused
    ); // LSN-23
    assert!(deciding(&listener, Decision::Accept).is_ok());
    let _third = calling(Entry::InProcess, &address); // LSN-24
    assert_eq!(
        Connector::new(address).connect().unwrap_err().error,
        Error::ConnRefused
    );
    drop(first);
}

#[test]
fn the_kernels_queue_admits_the_backlog_and_no_more() {
    for backlog in [1, 3] {
        let (_listener, address) = listening(Entry::Tcp4, backlog);
        let clients: Vec<Socket> = (0..backlog)
            .map(|_| calling(Entry::Tcp4, &address))
            .collect();
        let late = Socket::new(Entry::Tcp4).unwrap();
        let attempt = late.connect(&address, ConnectData::default(), &Wait::at_most(a_moment()));
        assert_eq!(attempt, Err(Error::TimedOut), "backlog {backlog}");
        drop(clients);
    }
}

#[test]
fn a_smaller_backlog_refuses_the_newest() {
    let (listener, address) = listening(Entry::InProcess, 3);
    let clients: Vec<Socket> = (0..3)
        .map(|_| calling(Entry::InProcess, &address))
        .collect();
    listener.listen(1).unwrap();
    for dropped in &clients[1..] {
        assert_eq!(dropped.finish_connect(&within()), Err(Error::ConnRefused)); // LSN-26
    }
    assert_eq!(Ok(head(&listener)), clients[0].local_address());
}

#[test]
fn closing_a_listener_refuses_everything_in_its_queue() {
    let (listener, address) = listening(Entry::InProcess, 3);
    let clients: Vec<Socket> = (0..2)
        .map(|_| calling(Entry::InProcess, &address))
        .collect();
    head(&listener);
    listener.close().unwrap();
    for client in &clients {
        assert_eq!(client.finish_connect(&within()), Err(Error::ConnRefused)); // LSN-28
    }
    assert_eq!(
        Connector::new(address).connect().unwrap_err().error,
        Error::ConnRefused
    ); // CON-09
}

#[test]
fn closing_a_tcp_listener_resets_everything_in_its_queue() {
    let (listener, address) = listening(Entry::Tcp4, 3);
    let clients: Vec<Socket> = (0..2).map(|_| calling(Entry::Tcp4, &address)).collect();
    head(&listener);
    listener.close().unwrap(); // without a drop
    let again = Socket::new(Entry::Tcp4).unwrap();
    again.bind(&address).unwrap();
    for client in &clients {
        client.set_nonblocking(false).unwrap();
        let received = client.receive(&mut [0; 1], Receive::default(), &within());
        assert_eq!(received, Err(Error::ConnReset)); // LSN-28
    }
}

#[test]
fn closing_wakes_whoever_waits_to_accept() {
    for entry in ENTRIES {
        let (listener, _) = listening(entry, 3);
        thread::scope(|scope| {
            let waiting: Vec<_> = (0..3)
                .map(|_| scope.spawn(|| listener.accept(|_| Ok(Decision::Accept), &Wait::FOREVER)))
                .collect();
            thread::sleep(a_moment());
            listener.close().unwrap();
            for waiter in waiting {
                assert_eq!(waiter.join().unwrap().map(drop), Err(Error::Intr)); // ACC-56 ACC-57
            }
        });
        assert_eq!(listener.close(), Err(Error::NotSock));
    }
}

#[test]
fn closing_wakes_whoever_waits_to_receive_or_to_connect() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 3);
        let client = calling(entry, &address);
        let _server = deciding(&listener, Decision::Accept).unwrap();
        client.set_nonblocking(false).unwrap();
        thread::scope(|scope| {
            let waiter =
                scope.spawn(|| client.receive(&mut [0; 1], Receive::default(), &Wait::FOREVER));
            thread::sleep(a_moment());
            client.close().unwrap();
            assert_eq!(waiter.join().unwrap(), Err(Error::Intr));
        });
    }
    let (_listener, address) = listening(Entry::InProcess, 3);
    let client = Socket::new(Entry::InProcess).unwrap();
    thread::scope(|scope| {
        let waiter =
            scope.spawn(|| client.connect(&address, ConnectData::default(), &Wait::FOREVER));
        until("connecting", || client.peer_address().is_ok());
        client.close().unwrap();
        assert_eq!(waiter.join().unwrap(), Err(Error::Intr));
    });
}

#[test]
fn a_listener_closed_while_it_decides_refuses_its_caller() {
    for entry in ENTRIES {
        for decision in [Decision::Accept, Decision::Reject, Decision::Defer] {
            let (listener, address) = listening(entry, 3);
            let client = calling(entry, &address);
            thread::scope(|scope| {
                let result = listener.accept(
                    |_| {
                        scope.spawn(|| listener.close().unwrap()).join().unwrap();
                        Ok(decision)
                    },
                    &within(),
                );
                assert_eq!(result.map(drop), Err(Error::Intr)); // ACC-58
            });
            if entry == Entry::InProcess {
                assert_eq!(client.finish_connect(&within()), Err(Error::ConnRefused));
            } else {
                client.set_nonblocking(false).unwrap();
                let received = client.receive(&mut [0; 1], Receive::default(), &within());
                assert_eq!(received, Err(Error::ConnReset));
            }
        }
    }
}

#[test]
fn an_attempt_that_failed_can_be_repeated_at_once() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 3);
        let (closed, nowhere) = listening(entry, 1);
        drop(closed);
        let client = Socket::new(entry).unwrap();
        for _ in 0..3 {
            let attempt = client.connect(&nowhere, ConnectData::default(), &within());
            assert_eq!(attempt, Err(Error::ConnRefused)); // CON-09 CON-11
        }
        thread::scope(|scope| {
            let server = scope.spawn(|| deciding(&listener, Decision::Accept));
            assert_eq!(
                client.connect(&address, ConnectData::default(), &within()),
                Ok(())
            );
            assert!(server.join().unwrap().is_ok());
        });
        let again = client.connect(&address, ConnectData::default(), &within());
        assert_eq!(again, Err(Error::IsConn)); // CON-07
    }
}

#[test]
fn a_destination_must_be_one() {
    for (entry, address, error) in [
        (Entry::Tcp4, "0.0.0.0:9", Error::AddrNotAvail),
        (Entry::Tcp4, "127.0.0.1:0", Error::AddrNotAvail),
        (Entry::Tcp4, "[::1]:9", Error::AfNoSupport),
        (Entry::InProcess, "@0:9", Error::AddrNotAvail),
        (Entry::InProcess, "@1:0", Error::AddrNotAvail),
        (Entry::InProcess, "127.0.0.1:9", Error::AfNoSupport),
        (Entry::InProcess, "@2:9", Error::ConnRefused),
    ] {
        let client = Socket::new(entry).unwrap();
        let attempt = client.connect(&address.parse().unwrap(), ConnectData::default(), &within());
        assert_eq!(attempt, Err(error), "{address}"); // CON-12 CON-13
    }
}

#[test]
fn addresses_are_bound_once() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 1);
        let other = Socket::new(entry).unwrap();
        assert_eq!(other.local_address(), Err(Error::Inval)); // LSN-10
        assert_eq!(other.bind(&address), Err(Error::AddrInUse)); // LSN-12
        assert_eq!(listener.bind(&address), Err(Error::Inval));
        drop(listener);
        assert_eq!(other.bind(&address), Ok(()));
        assert_eq!(other.local_address(), Ok(address));
    }
    let elsewhere = InProcessAddress { node: 7, port: 9 };
    let socket = Socket::new(Entry::InProcess).unwrap();
    assert_eq!(socket.bind(&elsewhere.into()), Err(Error::AddrNotAvail));
}

#[test]
fn an_interrupt_hook_ends_no_wait_that_no_signal_interrupts() {
    let hook = || true;
    for entry in ENTRIES {
        let (listener, _) = listening(entry, 1);
        let wait = Wait::at_most(a_moment()).interrupted_by(&hook);
        let result = listener.accept(|_| Ok(Decision::Accept), &wait);
        assert_eq!(result.map(drop), Err(Error::TimedOut));
    }
}

#[test]
fn the_typed_listener_is_closed_from_another_thread() {
    let listener = Listener::bind(InProcessAddress::local(0), 1).unwrap();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| listener.accept_any());
        thread::sleep(a_moment());
        listener.close().unwrap();
        assert_eq!(waiter.join().unwrap().map(drop), Err(Error::Intr));
    });
    let gone = listener.accept_timeout(soon(), |_| Decision::Accept);
    assert_eq!(gone.map(drop), Err(Error::NotSock));
}

#[test]
fn closing_a_listener_refuses_its_queue_although_a_condition_function_still_runs() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 3);
        let _first = calling(entry, &address);
        let second = calling(entry, &address);
        let result = listener.accept(
            |_| {
                thread::scope(|scope| scope.spawn(|| listener.close().unwrap()).join().unwrap());
                second.set_nonblocking(false).unwrap();
                if entry == Entry::InProcess {
                    assert_eq!(second.finish_connect(&within()), Err(Error::ConnRefused));
                } else {
                    let received = second.receive(&mut [0; 1], Receive::default(), &within());
                    assert_eq!(received, Err(Error::ConnReset)); // LSN-28
                }
                Ok(Decision::Accept)
            },
            &within(),
        );
        assert_eq!(result.map(drop), Err(Error::Intr));
    }
}

#[test]
fn a_head_that_was_put_back_makes_room_when_it_expires() {
    let (listener, address) = listening(Entry::InProcess, 2);
    let moment = a_moment();
    let head = expiring(&address, 4 * moment);
    let _second = expiring(&address, moment);
    let mut third = None;
    let looked = listener.accept(
        |_| {
            thread::sleep(moment);
            third = Some(calling(Entry::InProcess, &address)); // there is room: the second has expired
            Ok(Decision::Defer)
        },
        &Wait::FOREVER,
    );
    assert_eq!(looked.map(drop), Err(Error::TryAgain));
    thread::sleep(4 * moment);
    let _fourth = calling(Entry::InProcess, &address); // and the head has, too
    let code = Error::TimedOut.code().unsigned_abs();
    assert_eq!(head.option(SocketOption::Error), Ok(code)); // CON-10
}
