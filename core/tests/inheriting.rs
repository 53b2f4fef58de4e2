//! What an accepted socket has of its listener, and what descriptors tell.

mod common;

use std::{io::Read, os::fd::AsFd};

use common::{ENTRIES, calling, deciding, head, listening, unasked, within};
use rustix::event::{PollFd, PollFlags, poll};
use vestibule::{
    ConnectData, Decision, Entry, Error, InProcessAddress, Linger, Listener, Receive, Shutdown,
    Socket, SocketOption, Stream, Wait,
};

fn inheritable(entry: Entry) -> Vec<(SocketOption, u32)> {
    let mut options = vec![
        (SocketOption::ReuseAddress, 1),
        (SocketOption::KeepAlive, 1),
        (SocketOption::SendBuffer, 20_000),
        (SocketOption::ReceiveBuffer, 30_000),
        (SocketOption::SendTimeout, 1_234),
        (SocketOption::ReceiveTimeout, 4_321),
    ];
    if entry.is_kernel_socket() {
        options.extend([(SocketOption::OobInline, 1), (SocketOption::NoDelay, 1)]);
    }
    options
}

#[test]
fn options_set_before_listen_are_inherited() {
    for entry in ENTRIES {
        let listener = Socket::new(entry).unwrap();
        let linger = Linger {
            on: true,
            seconds: 3,
        };
        for (option, value) in inheritable(entry) {
            listener.set_option(option, value).unwrap();
        }
        listener.set_linger(linger).unwrap();
        listener.bind(&common::loopback(entry)).unwrap();
        listener.listen(2).unwrap();
        let address = listener.local_address().unwrap();
        let _client = calling(entry, &address);
        let server = deciding(&listener, Decision::Accept).unwrap();
        for (option, value) in inheritable(entry) {
            assert_eq!(server.option(option), Ok(value), "{entry:?} {option:?}"); // SKT-03
        }
        assert_eq!(server.linger(), linger); // SKT-04
        server.set_linger(Linger::default()).unwrap();
        assert_eq!(listener.linger(), linger, "each has its own");
    }
}

#[test]
fn options_set_while_requests_wait_are_inherited_too() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 3);
        let _clients = [calling(entry, &address), calling(entry, &address)];
        let before = deciding(&listener, Decision::Accept).unwrap();
        head(&listener); // the second is deferred when the options change
        for (option, value) in inheritable(entry) {
            listener.set_option(option, value).unwrap();
        }
        let server = deciding(&listener, Decision::Accept).unwrap();
        for (option, value) in inheritable(entry) {
            assert_eq!(server.option(option), Ok(value), "{entry:?} {option:?}");
            assert_ne!(before.option(option), Ok(value), "{option:?}"); // SKT-14
        }
    }
}

#[test]
fn the_kernel_has_what_the_library_reads_back() {
    let (listener, address) = listening(Entry::Tcp4, 3);
    let _client = calling(Entry::Tcp4, &address);
    listener.set_option(SocketOption::NoDelay, 7).unwrap();
    listener
        .set_option(SocketOption::ReceiveTimeout, 2_000)
        .unwrap();
    let server = deciding(&listener, Decision::Accept).unwrap();
    let fd = server.read_descriptor().unwrap();
    assert_eq!(rustix::net::sockopt::tcp_nodelay(fd), Ok(true));
    assert_eq!(server.option(SocketOption::NoDelay), Ok(1));
    let timeout = rustix::net::sockopt::socket_timeout(fd, rustix::net::sockopt::Timeout::Recv);
    assert_eq!(timeout.unwrap().unwrap().as_millis(), 2_000);
    assert!(
        rustix::io::fcntl_getfd(fd)
            .unwrap()
            .contains(rustix::io::FdFlags::CLOEXEC)
    ); // HND-36
}

#[test]
fn the_mode_is_that_of_the_listener_at_the_acceptance() {
    for entry in ENTRIES {
        for nonblocking in [true, false] {
            let (listener, address) = listening(entry, 3);
            let _client = calling(entry, &address);
            listener.set_nonblocking(!nonblocking).unwrap();
            head(&listener);
            listener.set_nonblocking(nonblocking).unwrap();
            let server = deciding(&listener, Decision::Accept).unwrap();
            assert_eq!(server.is_nonblocking(), nonblocking); // SKT-06
            let wait = Wait::at_most(common::a_moment());
            let expected = if nonblocking {
                Error::WouldBlock
            } else {
                Error::TimedOut
            };
            let received = server.receive(&mut [0; 1], Receive::default(), &wait);
            assert_eq!(received, Err(expected), "{entry:?}");
        }
    }
}

#[test]
fn options_that_cannot_work_are_refused() {
    for entry in ENTRIES {
        let (listener, _) = listening(entry, 1);
        assert_eq!(listener.option(SocketOption::AcceptConn), Ok(1)); // LSN-30
        assert_eq!(
            listener.set_option(SocketOption::AcceptConn, 1),
            Err(Error::NoProtoOpt)
        );
        assert_eq!(
            listener.set_option(SocketOption::ConditionalAccept, 1),
            Err(Error::Inval)
        );
        let socket = Socket::new(entry).unwrap();
        assert_eq!(socket.option(SocketOption::AcceptConn), Ok(0));
        let expected = if entry == Entry::Tcp4 {
            Err(Error::NoProtoOpt)
        } else {
            Ok(())
        };
        assert_eq!(
            socket.set_option(SocketOption::ConditionalAccept, 5),
            expected
        ); // ACC-69
        let value = u32::from(entry != Entry::Tcp4);
        assert_eq!(socket.option(SocketOption::ConditionalAccept), Ok(value));
    }
    let socket = Socket::new(Entry::InProcess).unwrap();
    assert_eq!(
        socket.set_option(SocketOption::NoDelay, 1),
        Err(Error::NoProtoOpt)
    );
}

#[test]
fn a_time_out_for_receiving_ends_a_blocking_receive_and_no_accept() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 1);
        listener
            .set_option(SocketOption::ReceiveTimeout, 20)
            .unwrap();
        let accepted = listener.accept(
            |_| Ok(Decision::Accept),
            &Wait::at_most(common::a_moment() * 3),
        );
        assert_eq!(accepted.map(drop), Err(Error::TimedOut));
        std::thread::scope(|scope| {
            let client = scope.spawn(|| {
                std::thread::sleep(common::a_moment() * 2);
                calling(entry, &address)
            });
            let server = listener
                .accept(|_| Ok(Decision::Accept), &Wait::FOREVER)
                .unwrap();
            let received = server.receive(&mut [0; 1], Receive::default(), &Wait::FOREVER);
            assert_eq!(received, Err(Error::TimedOut));
            drop(client.join());
        });
    }
}

#[test]
fn a_connecting_socket_is_not_a_connection_yet() {
    let (_listener, address) = listening(Entry::InProcess, 1);
    let client = calling(Entry::InProcess, &address);
    assert_eq!(client.send(b"x", &within()), Err(Error::NotConn)); // CON-35
    assert_eq!(
        client.receive(&mut [0; 1], Receive::default(), &within()),
        Err(Error::NotConn)
    );
    assert_eq!(client.shutdown(Shutdown::Send), Err(Error::NotConn));
    assert_eq!(client.peer_address(), Ok(address)); // CON-31
    let again = client.connect(&address, ConnectData::default(), &within());
    assert_eq!(again, Err(Error::Already)); // CON-06
}

#[test]
fn calls_on_a_listener_that_need_a_connection_fail() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 1);
        assert_eq!(listener.send(b"x", &within()), Err(Error::NotConn)); // LSN-34
        let received = listener.receive(&mut [0; 1], Receive::default(), &within());
        assert_eq!(received, Err(Error::NotConn));
        assert_eq!(listener.shutdown(Shutdown::Both), Err(Error::NotConn));
        assert_eq!(listener.send_disconnect(None), Err(Error::NotConn));
        assert_eq!(listener.receive_disconnect(None), Err(Error::NotConn));
        let attempt = listener.connect(&address, ConnectData::default(), &within());
        assert_eq!(attempt, Err(Error::Inval)); // LSN-29
        let _client = calling(entry, &address);
        let server = deciding(&listener, Decision::Accept).unwrap();
        assert_eq!(server.listen(1), Err(Error::IsConn)); // LSN-16
    }
}

fn polls_readable(fd: impl AsFd) -> bool {
    let mut fds = [PollFd::new(&fd, PollFlags::IN)];
    poll(&mut fds, Some(&rustix::time::Timespec::default())).expect("polled") > 0
}

#[test]
fn a_descriptor_shows_requests_but_not_behind_a_deferred_head() {
    let (listener, address) = listening(Entry::InProcess, 3);
    let ready = || polls_readable(listener.read_descriptor().unwrap());
    assert!(!ready());
    let client = calling(Entry::InProcess, &address);
    assert!(ready());
    listener
        .accept(
            |_| {
                assert!(!ready(), "silent while it is being decided");
                Ok(Decision::Defer)
            },
            &within(),
        )
        .unwrap_err();
    let _second = calling(Entry::InProcess, &address);
    assert!(!ready()); // ACC-09
    client.close().unwrap();
    assert!(
        ready(),
        "the withdrawal of a deferred head wakes the server"
    ); // ACC-64
    assert_eq!(unasked(&listener).map(drop), Err(Error::Acces));
    assert!(ready());
    deciding(&listener, Decision::Accept).unwrap();
    assert!(!ready());
}

#[test]
fn descriptors_show_data_room_and_the_end() {
    let (listener, address) = listening(Entry::InProcess, 3);
    let client = calling(Entry::InProcess, &address);
    assert!(!polls_readable(client.write_descriptor().unwrap()));
    let server = deciding(&listener, Decision::Accept).unwrap();
    assert!(
        polls_readable(client.write_descriptor().unwrap()),
        "connected"
    );
    assert!(!polls_readable(client.read_descriptor().unwrap()));
    server.send(b"x", &within()).unwrap();
    assert!(polls_readable(client.read_descriptor().unwrap()));
    client
        .receive(&mut [0; 1], Receive::default(), &within())
        .unwrap();
    assert!(!polls_readable(client.read_descriptor().unwrap()));
    while client.send(&[0; 4096], &within()).is_ok() {}
    assert!(
        !polls_readable(client.write_descriptor().unwrap()),
        "no room"
    );
    server
        .receive(&mut [0; 4096], Receive::default(), &within())
        .unwrap();
    assert!(polls_readable(client.write_descriptor().unwrap()));
    drop(server);
    assert!(polls_readable(client.read_descriptor().unwrap()), "the end");
}

#[test]
fn ipv6_has_the_same_rules() {
    let Ok(listener) = Listener::bind((std::net::Ipv6Addr::LOCALHOST, 0), 1) else {
        eprintln!("skipped: no IPv6 on this machine");
        return;
    };
    let client = Stream::connect(listener.local_address().unwrap()).unwrap();
    let server = listener
        .accept(|args| {
            assert_eq!(args.caller_id(), client.local_address().unwrap());
            assert_eq!(args.callee_id(), listener.local_address().unwrap());
            Decision::Accept
        })
        .unwrap();
    drop(server);
    assert_eq!((&client).read(&mut [0; 1]).unwrap(), 0);
}

#[test]
fn behind_a_wildcard_the_callee_is_the_address_that_was_called() {
    let listener = Socket::new(Entry::Tcp4).unwrap();
    listener.bind(&"0.0.0.0:0".parse().unwrap()).unwrap();
    listener.listen(1).unwrap();
    let port = listener.local_address().unwrap().port();
    let called = format!("127.0.0.2:{port}").parse().unwrap();
    let client = Stream::connect(match called {
        vestibule::Address::Ip(ip) => ip,
        _ => unreachable!("an IP address"),
    });
    let server = listener
        .accept(
            |args| {
                assert_eq!(args.callee_id(), called); // ACC-35
                Ok(Decision::Accept)
            },
            &within(),
        )
        .unwrap();
    assert_eq!(server.local_address(), Ok(called));
    drop(client);
    let anywhere = InProcessAddress {
        node: InProcessAddress::ANY,
        port: 0,
    };
    let listener = Socket::new(Entry::InProcess).unwrap();
    listener.bind(&anywhere.into()).unwrap();
    listener.listen(1).unwrap();
    let called = InProcessAddress::local(listener.local_address().unwrap().port()).into();
    let _client = calling(Entry::InProcess, &called);
    let server = deciding(&listener, Decision::Accept).unwrap();
    assert_eq!(server.local_address(), Ok(called));
}
