//! Urgent data: Winsock's out-of-band data.

mod common;

use std::time::Instant;

use common::{connected, listening, soon, until, within};
use vestibule::{Entry, Error, Receive, Shutdown, Socket, SocketOption, Wait};

const URGENT: Receive = Receive {
    peek: false,
    all: false,
    partial: false,
    urgent: true,
};

fn send_urgent(socket: &Socket, data: &[u8]) {
    assert_eq!(socket.send_urgent(data, &within()), Ok(data.len()));
}

fn receive(socket: &Socket, flags: Receive) -> Result<Vec<u8>, Error> {
    let mut buffer = [0; 64];
    let count = socket.receive(&mut buffer, flags, &within())?;
    Ok(buffer[..count].to_vec())
}

/// Waits until an urgent byte has arrived.
fn until_urgent(socket: &Socket) {
    let peek = Receive {
        peek: true,
        ..URGENT
    };
    until("an urgent byte", || receive(socket, peek).is_ok());
}

#[test]
fn the_last_byte_is_urgent_and_overtakes_nothing() {
    let (client, server) = connected(Entry::Tcp4);
    send_urgent(&client, b"ab!");
    client.send(b"cd", &within()).unwrap();
    until_urgent(&server);
    assert_eq!(server.is_at_mark(), Ok(false));
    assert_eq!(receive(&server, URGENT), Ok(b"!".to_vec()));
    assert_eq!(receive(&server, Receive::default()), Ok(b"ab".to_vec())); // up to the mark
    assert_eq!(receive(&server, Receive::default()), Ok(b"cd".to_vec()));
}

#[test]
fn without_urgent_data_there_is_nothing_to_take_and_no_mark_ahead() {
    let (client, server) = connected(Entry::Tcp4);
    assert_eq!(receive(&server, URGENT), Err(Error::Inval));
    assert_eq!(server.is_at_mark(), Ok(true));
    client.send(b"plain", &within()).unwrap();
    until("data", || {
        let peek = Receive {
            peek: true,
            ..Receive::default()
        };
        receive(&server, peek).is_ok()
    });
    assert_eq!(receive(&server, URGENT), Err(Error::Inval));
    assert_eq!(server.is_at_mark(), Ok(true));
    send_urgent(&client, b"");
    assert_eq!(receive(&server, Receive::default()), Ok(b"plain".to_vec()));
    assert_eq!(receive(&server, URGENT), Err(Error::Inval));
}

#[test]
fn the_urgent_byte_is_taken_once() {
    let (client, server) = connected(Entry::Tcp4);
    send_urgent(&client, b"!");
    until_urgent(&server);
    assert_eq!(server.receive(&mut [], URGENT, &within()), Ok(0));
    assert_eq!(receive(&server, URGENT), Ok(b"!".to_vec()));
    assert_eq!(receive(&server, URGENT), Err(Error::Inval));
}

#[test]
fn inline_it_stands_at_the_mark() {
    let (client, server) = connected(Entry::Tcp4);
    server.set_option(SocketOption::OobInline, 1).unwrap();
    send_urgent(&client, b"ab!");
    client.send(b"cd", &within()).unwrap();
    until("the mark", || server.is_at_mark() == Ok(false));
    assert_eq!(receive(&server, URGENT), Err(Error::Inval));
    assert_eq!(receive(&server, Receive::default()), Ok(b"ab".to_vec()));
    assert_eq!(server.is_at_mark(), Ok(true));
    let mut mark = [0; 1];
    assert_eq!(
        server.receive(&mut mark, Receive::default(), &within()),
        Ok(1)
    );
    assert_eq!(&mark, b"!");
    assert_eq!(server.is_at_mark(), Ok(true));
}

#[test]
fn taking_it_does_not_wait_for_one() {
    let (_client, server) = connected(Entry::Tcp4);
    let begun = Instant::now();
    assert_eq!(
        server.receive(&mut [0], URGENT, &Wait::FOREVER),
        Err(Error::Inval)
    );
    assert!(begun.elapsed() < soon());
}

#[test]
fn the_ordinary_part_may_be_all_that_there_is_room_for() {
    let (client, server) = connected(Entry::Tcp4);
    client.set_nonblocking(true).unwrap();
    let data = vec![b'x'; 64 << 20];
    let taken = client.send_urgent(&data, &within()).unwrap();
    assert!(taken < data.len() - 1);
    assert_eq!(
        receive(&server, URGENT),
        Err(Error::Inval),
        "a part has no mark"
    );
    assert_eq!(client.send_urgent(b"!", &within()), Err(Error::WouldBlock));
}

#[test]
fn it_is_sent_and_taken_in_the_states_of_ordinary_data() {
    let unconnected = Socket::new(Entry::Tcp4).unwrap();
    assert_eq!(
        unconnected.send_urgent(b"!", &within()),
        Err(Error::NotConn)
    );
    assert_eq!(receive(&unconnected, URGENT), Err(Error::NotConn));
    let (listener, _) = listening(Entry::Tcp4, 1);
    assert_eq!(listener.is_at_mark(), Err(Error::Inval));
    let (client, _server) = connected(Entry::Tcp4);
    client.shutdown(Shutdown::Both).unwrap();
    assert_eq!(client.send_urgent(b"!", &within()), Err(Error::Shutdown)); // DIS-16
    assert_eq!(receive(&client, URGENT), Err(Error::Shutdown)); // DIS-25
    client.close().unwrap();
    assert_eq!(client.send_urgent(b"!", &within()), Err(Error::NotSock));
    assert_eq!(client.is_at_mark(), Err(Error::NotSock));
}

#[test]
fn other_entries_have_none() {
    for entry in [Entry::InProcess, Entry::InProcessMessages] {
        let (client, server) = connected(entry);
        assert_eq!(client.send_urgent(b"!", &within()), Err(Error::OpNotSupp));
        assert_eq!(receive(&server, URGENT), Err(Error::OpNotSupp));
        assert_eq!(server.is_at_mark(), Err(Error::OpNotSupp));
    }
}
