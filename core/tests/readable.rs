//! How much one receive would get.

mod common;

use common::{connected, listening, until, within};
use vestibule::{Entry, Error, Receive, Shutdown, Socket, SocketOption};

fn send(socket: &Socket, data: &[u8]) {
    assert_eq!(socket.send(data, &within()), Ok(data.len()));
}

fn take(socket: &Socket, room: usize) -> usize {
    let mut buffer = vec![0; room];
    socket
        .receive(&mut buffer, Receive::default(), &within())
        .expect("data")
}

#[test]
fn of_a_stream_it_is_what_has_arrived() {
    for entry in [Entry::InProcess, Entry::Tcp4] {
        let (client, server) = connected(entry);
        assert_eq!(server.bytes_readable(), Ok(0));
        send(&client, b"abc");
        send(&client, b"de");
        until("all of it", || server.bytes_readable() == Ok(5));
        assert_eq!(take(&server, 2), 2);
        assert_eq!(server.bytes_readable(), Ok(3));
        client.shutdown(Shutdown::Send).unwrap();
        assert_eq!(take(&server, 3), 3);
        assert_eq!(take(&server, 3), 0);
        assert_eq!(server.bytes_readable(), Ok(0));
    }
}

#[test]
fn of_messages_it_is_the_first_one() {
    let (client, server) = connected(Entry::InProcessMessages);
    for message in [&b"first"[..], b"", b"third message"] {
        send(&client, message);
    }
    for length in [5, 0, 13] {
        assert_eq!(server.bytes_readable(), Ok(length));
        assert_eq!(take(&server, 100), length);
    }
    assert_eq!(server.bytes_readable(), Ok(0));
}

#[test]
fn data_behind_the_mark_of_urgent_data_does_not_count() {
    let (client, server) = connected(Entry::Tcp4);
    server.set_option(SocketOption::OobInline, 0).unwrap();
    assert_eq!(client.send_urgent(b"abc!", &within()), Ok(4));
    send(&client, b"defgh");
    until("all of it", || {
        server.is_at_mark() == Ok(false) && server.bytes_readable() == Ok(3)
    });
    assert_eq!(take(&server, 100), 3);
}

#[test]
fn there_is_nothing_to_count_elsewhere() {
    for entry in [Entry::InProcess, Entry::InProcessMessages, Entry::Tcp4] {
        let (listener, _) = listening(entry, 1);
        assert_eq!(listener.bytes_readable(), Err(Error::Inval));
        let fresh = Socket::new(entry).unwrap();
        assert_eq!(fresh.bytes_readable(), Ok(0));
        fresh.close().unwrap();
        assert_eq!(fresh.bytes_readable(), Err(Error::NotSock));
    }
}
