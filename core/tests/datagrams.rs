//! Datagrams: sockets without connections.

mod common;

use std::{
    io::{IoSlice, IoSliceMut},
    net::UdpSocket,
    sync::Arc,
    thread,
    time::Duration,
};

use common::{a_moment, until, within};
use vestibule::{
    Address, ConnectData, Decision, Entry, Error, Linger, Receive, Result, Shutdown, Socket,
    SocketOption, Wait,
};

const PEEK: Receive = Receive {
    peek: true,
    all: false,
    partial: false,
    urgent: false,
};

fn loopback() -> Address {
    "127.0.0.1:0".parse().expect("an address")
}

fn bound() -> (Socket, Address) {
    let socket = Socket::new(Entry::Udp4).expect("a socket");
    socket.bind(&loopback()).expect("bound");
    let address = socket.local_address().expect("bound");
    (socket, address)
}

fn connect(socket: &Socket, address: &Address) -> Result<()> {
    socket.connect(address, ConnectData::default(), &within())
}

/// Two sockets, each with the other's address.
fn pair() -> (Socket, Socket) {
    let ((one, first), (other, second)) = (bound(), bound());
    connect(&one, &second).expect("connected");
    connect(&other, &first).expect("connected");
    (one, other)
}

fn receive(socket: &Socket, room: usize, flags: Receive) -> Result<(Vec<u8>, Option<Address>)> {
    let mut buffer = vec![0; room];
    let (length, from) = socket.receive_from(&mut buffer, flags, &within())?;
    buffer.truncate(length);
    Ok((buffer, from))
}

#[test]
fn a_datagram_says_where_it_came_from() {
    let ((one, first), (other, second)) = (bound(), bound());
    assert_eq!(one.send_to(b"hello", &second, &within()), Ok(5));
    assert_eq!(one.send_to(b"", &second, &within()), Ok(0));
    until("the first", || other.bytes_readable() == Ok(5));
    let hello = (b"hello".to_vec(), Some(first));
    assert_eq!(receive(&other, 100, PEEK), Ok(hello.clone()));
    assert_eq!(receive(&other, 100, Receive::default()), Ok(hello));
    let empty = (Vec::new(), Some(first));
    assert_eq!(receive(&other, 100, Receive::default()), Ok(empty));
    assert_eq!(other.bytes_readable(), Ok(0));
}

#[test]
fn what_does_not_fit_is_lost_unless_it_is_only_looked_at() {
    let (one, other) = pair();
    for datagram in [&b"too long"[..], b"next"] {
        assert_eq!(one.send(datagram, &within()), Ok(datagram.len()));
    }
    let mut room = [0; 4];
    for flags in [PEEK, PEEK, Receive::default()] {
        let cut = other.receive(&mut room, flags, &within());
        assert_eq!((cut, &room), (Err(Error::MsgSize), b"too ")); // ERR-18
    }
    assert_eq!(
        other.receive(&mut room, Receive::default(), &within()),
        Ok(4)
    );
    assert_eq!(&room, b"next");
    let long = vec![0; 65_508];
    assert_eq!(one.option(SocketOption::MaxMessageSize), Ok(65_507));
    assert_eq!(one.send(&long, &within()), Err(Error::MsgSize)); // ERR-18
    assert_eq!(one.send(&long[1..], &within()), Ok(65_507));
    assert_eq!(
        receive(&other, 65_507, Receive::default()).unwrap().0,
        &long[1..]
    );
}

#[test]
fn several_buffers_are_one_datagram() {
    let ((one, first), (other, second)) = (bound(), bound());
    let parts = [IoSlice::new(b"ab"), IoSlice::new(b""), IoSlice::new(b"cde")];
    assert_eq!(one.send_vectored_to(&parts, &second, &within()), Ok(5));
    let (mut front, mut back) = ([0; 1], [0; 9]);
    let mut room = [IoSliceMut::new(&mut front), IoSliceMut::new(&mut back)];
    let (received, from) = other
        .receive_vectored_from(&mut room, Receive::default(), &within())
        .unwrap();
    assert_eq!(
        (received.bytes, received.partial, from),
        (5, false, Some(first))
    );
    assert_eq!((&front, &back[..4]), (b"a", &b"bcde"[..]));
    connect(&one, &second).unwrap();
    assert_eq!(one.send_vectored(&parts, &within()), Ok(5));
    let received = other.receive_vectored(&mut [IoSliceMut::new(&mut back)], PEEK, &within());
    assert_eq!(received.unwrap().bytes, 5);
}

#[test]
fn connecting_says_who_the_peer_is_and_can_be_taken_back() {
    let ((one, _), (other, second), (third, stranger)) = (bound(), bound(), bound());
    assert_eq!(one.send(b"x", &within()), Err(Error::NotConn));
    assert_eq!(one.peer_address(), Err(Error::NotConn));
    let data = ConnectData {
        caller_data: b"ignored", // CON-28
        qos: None,
    };
    assert_eq!(one.connect(&second, data, &within()), Ok(()));
    assert_eq!(one.peer_address(), Ok(second));
    let one_address = one.local_address().unwrap();
    third.send_to(b"stranger", &one_address, &within()).unwrap();
    other.send_to(b"peer", &one_address, &within()).unwrap();
    assert_eq!(
        receive(&one, 100, Receive::default()),
        Ok((b"peer".to_vec(), Some(second)))
    );
    assert_eq!(one.send_to(b"elsewhere", &stranger, &within()), Ok(9));
    assert_eq!(
        receive(&third, 100, Receive::default()).unwrap().0,
        b"elsewhere"
    );
    connect(&one, &stranger).unwrap(); // again
    assert_eq!(one.peer_address(), Ok(stranger));
    connect(&one, &"0.0.0.0:0".parse().unwrap()).unwrap();
    assert_eq!(one.peer_address(), Err(Error::NotConn));
    assert_eq!(one.send(b"x", &within()), Err(Error::NotConn));
    assert_eq!(one.local_address(), Ok(one_address));
    for invalid in ["127.0.0.1:0", "0.0.0.0:7"] {
        let invalid = invalid.parse().unwrap();
        assert_eq!(connect(&one, &invalid), Err(Error::AddrNotAvail)); // CON-12
        assert_eq!(
            one.send_to(b"x", &invalid, &within()),
            Err(Error::AddrNotAvail)
        );
    }
    let other_family = "[::1]:7".parse().unwrap();
    assert_eq!(connect(&one, &other_family), Err(Error::AfNoSupport)); // CON-13
    assert_eq!(
        one.send_to(b"x", &other_family, &within()),
        Err(Error::AfNoSupport)
    );
}

#[test]
fn there_is_nothing_to_listen_to_or_to_accept() {
    let (socket, _) = bound();
    assert_eq!(socket.listen(5), Err(Error::OpNotSupp)); // LSN-17
    assert!(!socket.is_listening());
    let accepted = socket.accept(|_| Ok(Decision::Accept), &within());
    assert_eq!(accepted.map(drop), Err(Error::OpNotSupp)); // ACC-17
    let fresh = Socket::new(Entry::Udp4).unwrap();
    assert_eq!(fresh.listen(5), Err(Error::OpNotSupp)); // LSN-17
    assert_eq!(fresh.send_disconnect(None), Err(Error::OpNotSupp));
    assert_eq!(fresh.receive_disconnect(None), Err(Error::OpNotSupp));
    assert_eq!(fresh.send_urgent(b"!", &within()), Err(Error::OpNotSupp));
    assert_eq!(fresh.is_at_mark(), Err(Error::OpNotSupp));
}

#[test]
fn sending_binds_and_without_that_there_is_nothing_to_receive() {
    let (other, second) = bound();
    let fresh = Socket::new(Entry::Udp4).unwrap();
    assert_eq!(fresh.local_address(), Err(Error::Inval)); // LSN-10
    assert_eq!(receive(&fresh, 1, Receive::default()), Err(Error::Inval));
    assert_eq!(fresh.send_to(b"x", &second, &within()), Ok(1));
    let (_, from) = receive(&other, 1, Receive::default()).unwrap();
    let port = |address: Address| address.to_string().rsplit(':').next().map(str::to_owned);
    assert_eq!(fresh.local_address().map(port), Ok(from.and_then(port)));
    assert_eq!(fresh.bind(&loopback()), Err(Error::Inval)); // LSN-12
    let taken = Socket::new(Entry::Udp4).unwrap();
    assert_eq!(taken.bind(&second), Err(Error::AddrInUse)); // LSN-12
    assert_eq!(
        taken.bind(&"[::1]:0".parse().unwrap()),
        Err(Error::AfNoSupport)
    ); // LSN-11
}

#[test]
fn it_does_not_wait_when_it_is_non_blocking_or_its_time_is_over() {
    let (one, other) = pair();
    one.set_nonblocking(true).unwrap();
    assert_eq!(receive(&one, 1, Receive::default()), Err(Error::WouldBlock));
    let soon = Wait::at_most(a_moment());
    assert_eq!(
        other.receive(&mut [0], Receive::default(), &soon),
        Err(Error::TimedOut)
    );
    other.set_option(SocketOption::ReceiveTimeout, 20).unwrap();
    assert_eq!(receive(&other, 1, Receive::default()), Err(Error::TimedOut));
    let receiver = thread::spawn(move || receive(&other, 9, Receive::default()));
    drop(receiver.join().unwrap());
}

#[test]
fn a_waiting_receive_is_given_a_datagram_and_ends_with_a_close_or_a_shutdown() {
    let (one, other) = pair();
    let other = Arc::new(other);
    let waiting = || {
        let other = Arc::clone(&other);
        thread::spawn(move || other.receive(&mut [0; 9], Receive::default(), &Wait::FOREVER))
    };
    let receiver = waiting();
    thread::sleep(a_moment());
    one.send(b"wake", &within()).unwrap();
    assert_eq!(receiver.join().unwrap(), Ok(4));
    let receiver = waiting();
    thread::sleep(a_moment());
    assert!(!receiver.is_finished());
    other.shutdown(Shutdown::Receive).unwrap();
    assert_eq!(receiver.join().unwrap(), Err(Error::Shutdown)); // DIS-25
    assert_eq!(other.send(b"x", &within()), Ok(1));
    other.shutdown(Shutdown::Send).unwrap();
    assert_eq!(other.send(b"x", &within()), Err(Error::Shutdown)); // DIS-16

    let (alone, address) = bound();
    assert_eq!(alone.shutdown(Shutdown::Both), Ok(())); // no peer is needed
    assert_eq!(
        alone.send_to(b"x", &address, &within()),
        Err(Error::Shutdown)
    );
    assert_eq!(receive(&alone, 1, PEEK), Err(Error::Shutdown));

    let (unconnected, _) = bound();
    let unconnected = Arc::new(unconnected);
    let receiver = thread::spawn({
        let socket = Arc::clone(&unconnected);
        move || socket.receive(&mut [0; 9], Receive::default(), &Wait::FOREVER)
    });
    thread::sleep(a_moment());
    unconnected.close().unwrap();
    assert_eq!(receiver.join().unwrap(), Err(Error::Intr)); // ACC-56
    assert_eq!(unconnected.send(b"x", &within()), Err(Error::NotSock)); // HND-15
}

#[test]
fn a_peer_that_is_gone_is_a_reset() {
    let (one, other) = pair();
    drop(other);
    until("a refusal", || {
        one.send(b"x", &within()) == Err(Error::ConnReset)
    });
    assert_eq!(one.send(b"x", &within()), Ok(1), "it was told once");
    let reset = receive(&one, 1, Receive::default());
    assert_eq!(reset, Err(Error::ConnReset));
}

#[test]
fn options_are_those_of_datagrams() {
    let (socket, _) = bound();
    for (option, value) in [
        (SocketOption::Broadcast, 1),
        (SocketOption::ReuseAddress, 1),
        (SocketOption::SendBuffer, 23_456),
        (SocketOption::ReceiveBuffer, 34_567),
        (SocketOption::SendTimeout, 45),
        (SocketOption::ReceiveTimeout, 56),
        (SocketOption::DontRoute, 1),
    ] {
        socket.set_option(option, value).unwrap();
        assert_eq!(socket.option(option), Ok(value));
    }
    assert_eq!(socket.option(SocketOption::Type), Ok(2));
    assert_eq!(socket.option(SocketOption::AcceptConn), Ok(0));
    assert_eq!(socket.option(SocketOption::Error), Ok(0));
    for option in [
        SocketOption::KeepAlive,
        SocketOption::NoDelay,
        SocketOption::OobInline,
        SocketOption::KeepAliveIdle,
        SocketOption::CallerCheck,
        SocketOption::ConditionalAccept,
        SocketOption::ConnectTimeout,
        SocketOption::ConnectTime,
        SocketOption::V6Only,
    ] {
        assert_eq!(socket.option(option), Err(Error::NoProtoOpt), "{option:?}");
        assert_eq!(
            socket.set_option(option, 1),
            Err(Error::NoProtoOpt),
            "{option:?}"
        );
    }
    assert_eq!(socket.set_linger(Linger::default()), Err(Error::NoProtoOpt));
    for entry in [Entry::Tcp4, Entry::InProcess] {
        let stream = Socket::new(entry).unwrap();
        assert_eq!(
            stream.option(SocketOption::Broadcast),
            Err(Error::NoProtoOpt)
        );
        assert_eq!(
            stream.set_option(SocketOption::Broadcast, 1),
            Err(Error::NoProtoOpt)
        );
    }
    for flags in [
        Receive {
            all: true,
            ..Receive::default()
        },
        Receive {
            partial: true,
            ..Receive::default()
        },
        Receive {
            urgent: true,
            ..Receive::default()
        },
    ] {
        assert_eq!(
            receive(&socket, 1, flags),
            Err(Error::OpNotSupp),
            "{flags:?}"
        );
    }
    let everybody = "255.255.255.255:9".parse().unwrap();
    let quiet = Socket::new(Entry::Udp4).unwrap();
    assert_eq!(
        quiet.send_to(b"x", &everybody, &within()),
        Err(Error::Acces)
    );
}

#[test]
fn an_entry_with_connections_ignores_the_addresses() {
    for entry in [Entry::Tcp4, Entry::InProcess, Entry::InProcessMessages] {
        let (client, server) = common::connected(entry);
        let nowhere = "[::1]:9".parse().unwrap();
        assert_eq!(client.send_to(b"data", &nowhere, &within()), Ok(4));
        let taken = receive(&server, 100, Receive::default());
        assert_eq!(taken, Ok((b"data".to_vec(), None)));
    }
}

#[test]
fn it_is_the_kernels_socket_and_can_be_given_back() {
    let (socket, address) = bound();
    let number = socket.kernel_descriptor();
    let kernel = UdpSocket::from(socket.into_descriptor().unwrap());
    assert_eq!(Some(std::os::fd::AsRawFd::as_raw_fd(&kernel)), number);
    assert_eq!(Address::from(kernel.local_addr().unwrap()), address);
    kernel
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let (other, _) = bound();
    other.send_to(b"hello", &address, &within()).unwrap();
    assert_eq!(kernel.recv(&mut [0; 9]).unwrap(), 5);
}

#[test]
fn ipv6_has_them_too() {
    let Ok(socket) = Socket::new(Entry::Udp6) else {
        return; // no IPv6 here
    };
    if socket.bind(&"[::1]:0".parse().unwrap()).is_err() {
        return;
    }
    let address = socket.local_address().unwrap();
    assert_eq!(socket.option(SocketOption::MaxMessageSize), Ok(65_527));
    assert_eq!(socket.send_to(b"self", &address, &within()), Ok(4));
    let (data, from) = receive(&socket, 9, Receive::default()).unwrap();
    assert_eq!(
        (data, from.map(|from| from.to_string())),
        (b"self".to_vec(), Some(address.to_string()))
    );
}
