//! Events, urgent data and `select` where there is no connection, or more than one kind of data.

mod common;

use std::io::IoSliceMut;

use common::{a_moment, connected, promptly, soon, within};
use vestibule::{
    Address, Entry, Error, EventObject, NetworkEvents, Readiness, Receive, Selected, Socket,
    SocketOption, Wait, select,
};

const READ: NetworkEvents = NetworkEvents::READ;
const WRITE: NetworkEvents = NetworkEvents::WRITE;
const OOB: NetworkEvents = NetworkEvents::OOB;

const URGENT: Receive = Receive {
    peek: false,
    all: false,
    partial: false,
    urgent: true,
};

fn selected(socket: &Socket, mask: NetworkEvents) -> EventObject {
    let object = EventObject::new().expect("memory");
    socket
        .event_select(Some(&object), mask)
        .expect("an open socket");
    object
}

fn awaited(socket: &Socket, object: &EventObject) -> NetworkEvents {
    promptly(|wait| object.wait(wait)).expect("an event");
    let report = socket.enumerate_events(Some(object));
    report.expect("an open socket").events()
}

fn is_quiet(object: &EventObject) -> bool {
    object.wait(&Wait::at_most(a_moment())) == Err(Error::TimedOut)
}

fn receive(socket: &Socket, room: usize, flags: Receive) -> Result<usize, Error> {
    socket.receive(&mut vec![0; room], flags, &within())
}

fn bound() -> (Socket, Address) {
    let socket = Socket::new(Entry::Udp4).expect("a socket");
    let any = "127.0.0.1:0".parse().expect("an address");
    socket.bind(&any).expect("bound");
    let address = socket.local_address().expect("bound");
    (socket, address)
}

#[test]
fn every_datagram_is_told_of_until_all_are_read() {
    let (receiver, address) = bound();
    let (sender, _) = bound();
    let object = selected(&receiver, READ);
    assert!(is_quiet(&object));
    sender.send_to(b"same", &address, &within()).unwrap();
    assert_eq!(awaited(&receiver, &object), READ);
    sender.send_to(b"same", &address, &within()).unwrap();
    assert_eq!(awaited(&receiver, &object), READ); // EVT-11
    assert_eq!(receive(&receiver, 10, Receive::default()), Ok(4));
    assert_eq!(awaited(&receiver, &object), READ); // EVT-14
    assert_eq!(receive(&receiver, 10, Receive::default()), Ok(4));
    assert!(is_quiet(&object));
    sender.send_to(b"", &address, &within()).unwrap();
    assert_eq!(awaited(&receiver, &object), READ); // one of no bytes is one
    assert_eq!(receive(&receiver, 10, Receive::default()), Ok(0));
    sender.send_to(b"long", &address, &within()).unwrap();
    assert_eq!(awaited(&receiver, &object), READ);
    assert_eq!(
        receive(&receiver, 1, Receive::default()),
        Err(Error::MsgSize)
    );
    assert!(is_quiet(&object), "it was taken all the same");
}

#[test]
fn sending_datagrams_tells_nothing_of_what_waits_unread() {
    let (socket, address) = bound();
    let (sender, other) = bound();
    let object = selected(&socket, READ | WRITE);
    assert_eq!(awaited(&socket, &object), WRITE); // EVT-17
    sender.send_to(b"x", &address, &within()).unwrap();
    assert_eq!(awaited(&socket, &object), READ);
    for _ in 0..10 {
        socket.send_to(b"y", &other, &within()).unwrap();
    }
    assert!(is_quiet(&object));
}

#[test]
fn datagrams_make_a_socket_readable_in_select() {
    let (receiver, address) = bound();
    let (sender, _) = bound();
    let mut both = [Selected {
        socket: &receiver,
        wanted: Readiness::all(),
        ready: Readiness::empty(),
    }];
    assert_eq!(promptly(|wait| select(&mut both, wait)), Ok(1));
    assert_eq!(both[0].ready, Readiness::WRITE);
    both[0].wanted = Readiness::READ;
    assert_eq!(select(&mut both, &Wait::at_most(a_moment())), Ok(0));
    sender.send_to(b"x", &address, &within()).unwrap();
    assert_eq!(select(&mut both, &Wait::at_most(soon())), Ok(1));
}

#[test]
fn a_closed_datagram_socket_tells_nothing() {
    let (receiver, address) = bound();
    let (sender, _) = bound();
    let object = selected(&receiver, READ);
    receiver.close().unwrap();
    sender.send_to(b"x", &address, &within()).unwrap();
    assert!(is_quiet(&object)); // EVT-32 DIS-51
}

#[test]
fn urgent_data_is_an_event_of_its_own() {
    let (client, server) = connected(Entry::Tcp4);
    let object = selected(&server, READ | OOB);
    client.send_urgent(b"!", &within()).unwrap();
    assert_eq!(awaited(&server, &object), OOB); // EVT-36
    assert_eq!(receive(&server, 1, URGENT), Ok(1));
    assert!(is_quiet(&object)); // EVT-18
    client.send_urgent(b"!", &within()).unwrap();
    assert_eq!(awaited(&server, &object), OOB);
    assert_eq!(receive(&server, 1, URGENT), Ok(1));
    assert_eq!(receive(&server, 1, URGENT), Err(Error::Inval));
}

#[test]
fn urgent_data_in_line_is_data() {
    let (client, server) = connected(Entry::Tcp4);
    server.set_option(SocketOption::OobInline, 1).unwrap();
    let object = selected(&server, READ | OOB);
    client.send_urgent(b"!", &within()).unwrap();
    assert_eq!(awaited(&server, &object), READ); // EVT-36
}

/// A receive stops at the mark, with room left, although there is more.
#[test]
fn what_stands_behind_the_mark_is_told_of() {
    let (client, server) = connected(Entry::Tcp4);
    let object = selected(&server, READ | OOB);
    client.send(b"before", &within()).unwrap();
    client.send_urgent(b"!", &within()).unwrap();
    client.send(b"behind", &within()).unwrap();
    let mut events = awaited(&server, &object);
    common::until("both are told of", || {
        let more = server.enumerate_events(Some(&object)).unwrap();
        events |= more.events();
        events == READ | OOB
    });
    assert_eq!(receive(&server, 1, URGENT), Ok(1));
    object.reset().unwrap();
    assert_eq!(receive(&server, 100, Receive::default()), Ok(6));
    assert_eq!(awaited(&server, &object), READ); // EVT-14
    assert_eq!(receive(&server, 100, Receive::default()), Ok(6));
    assert!(is_quiet(&object));
}

#[test]
fn a_receive_into_several_buffers_enables_the_event_again() {
    for entry in common::ENTRIES {
        let (client, server) = connected(entry);
        let object = selected(&server, READ);
        client.send(b"abcdef", &within()).unwrap();
        assert_eq!(awaited(&server, &object), READ);
        let (mut one, mut two) = ([0; 2], [0; 2]);
        let mut buffers = [IoSliceMut::new(&mut one), IoSliceMut::new(&mut two)];
        let received = server.receive_vectored(&mut buffers, Receive::default(), &within());
        assert_eq!(received.map(|received| received.bytes), Ok(4));
        assert_eq!(awaited(&server, &object), READ, "{entry:?}"); // EVT-12 EVT-14
    }
}
