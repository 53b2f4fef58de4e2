//! Data in several buffers.

mod common;

use std::{
    io::{IoSlice, IoSliceMut, Read as _, Write as _},
    thread,
};

use common::{connected, until, within};
use vestibule::{Entry, Error, Receive, Received, Result, Socket, Stream};

const ALL: Receive = Receive {
    peek: false,
    all: true,
    partial: false,
    urgent: false,
};
const PEEK: Receive = Receive {
    peek: true,
    all: false,
    ..ALL
};
const PARTIAL: Receive = Receive {
    partial: true,
    all: false,
    ..ALL
};

fn send(socket: &Socket, parts: &[&[u8]]) -> Result<usize> {
    let parts: Vec<_> = parts.iter().map(|part| IoSlice::new(part)).collect();
    socket.send_vectored(&parts, &within())
}

/// What a receive into buffers of these sizes gets, and what stands in each of them.
fn receive(socket: &Socket, sizes: &[usize], flags: Receive) -> (Result<Received>, Vec<Vec<u8>>) {
    let mut rooms: Vec<_> = sizes.iter().map(|&size| vec![b'.'; size]).collect();
    let mut slices: Vec<_> = rooms.iter_mut().map(|room| IoSliceMut::new(room)).collect();
    let result = socket.receive_vectored(&mut slices, flags, &within());
    (result, rooms)
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with results")]
fn bytes(bytes: usize) -> Result<Received> {
    Ok(Received {
        bytes,
        partial: false,
    })
}

fn rooms(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

#[test]
fn the_parts_come_in_order_and_the_buffers_are_filled_in_order() {
    for entry in [Entry::InProcess, Entry::Tcp4] {
        let (client, server) = connected(entry);
        assert_eq!(send(&client, &[b"abc", b"", b"defg"]), Ok(7));
        until("all of it", || server.bytes_readable() == Ok(7));
        let peeked = receive(&server, &[2, 0, 3], PEEK);
        assert_eq!(peeked, (bytes(5), rooms(&["ab", "", "cde"])));
        let taken = receive(&server, &[2, 4, 3], Receive::default());
        assert_eq!(taken, (bytes(7), rooms(&["ab", "cdef", "g.."])));
    }
}

#[test]
fn everything_is_sent_and_waited_for_whatever_the_number_of_parts() {
    const PARTS: usize = 3000;
    const SIZE: usize = 1000;
    for entry in [Entry::InProcess, Entry::Tcp4] {
        let (client, server) = connected(entry);
        let data: Vec<u8> = (0..=250).cycle().take(PARTS * SIZE).collect();
        let expected = data.clone();
        let sender = thread::spawn(move || {
            let parts: Vec<_> = data.chunks(SIZE).collect();
            send(&client, &parts)
        });
        let (received, rooms) = receive(&server, &vec![SIZE - 1; PARTS], ALL);
        assert_eq!(received, bytes(PARTS * (SIZE - 1)));
        let (rest, more) = receive(&server, &[PARTS, 0], ALL);
        assert_eq!(rest, bytes(PARTS));
        assert!(
            [rooms.concat(), more.concat()].concat() == expected,
            "{entry:?}"
        );
        assert_eq!(sender.join().unwrap(), Ok(PARTS * SIZE));
    }
}

#[test]
fn a_non_blocking_socket_takes_what_there_is_room_for() {
    for entry in [Entry::InProcess, Entry::Tcp4] {
        let (client, server) = connected(entry);
        client.set_nonblocking(true).unwrap();
        server.set_nonblocking(true).unwrap();
        let (nothing, _) = receive(&server, &[1, 1], Receive::default());
        assert_eq!(nothing, Err(Error::WouldBlock));
        let part = vec![0; 4 << 20];
        let taken = send(&client, &[&part, &part, &part, &part]).unwrap();
        assert!(0 < taken && taken < 4 * part.len());
        until("a full buffer", || {
            send(&client, &[b"x", b"y"]) == Err(Error::WouldBlock)
        });
    }
}

#[test]
fn the_parts_are_one_message() {
    let (client, server) = connected(Entry::InProcessMessages);
    assert_eq!(send(&client, &[b"abc", b"de"]), Ok(5));
    assert_eq!(send(&client, &[b"", b""]), Ok(0));
    assert_eq!(send(&client, &[]), Ok(0));
    assert_eq!(server.bytes_readable(), Ok(5));
    let (cut, beginning) = receive(&server, &[1, 2], Receive::default());
    assert_eq!((cut, beginning), (Err(Error::MsgSize), rooms(&["a", "bc"]))); // ERR-18
    let part = receive(&server, &[1, 2], PARTIAL);
    let more_to_come = Received {
        bytes: 3,
        partial: true,
    };
    assert_eq!(part, (Ok(more_to_come), rooms(&["a", "bc"]))); // DIS-35
    assert_eq!(
        receive(&server, &[1, 2], PARTIAL),
        (bytes(2), rooms(&["d", "e."]))
    );
    assert_eq!(receive(&server, &[1, 2], Receive::default()).0, bytes(0));
    assert_eq!(receive(&server, &[], Receive::default()).0, bytes(0));
    let long = vec![0; 40_000];
    assert_eq!(send(&client, &[&long, &long]), Err(Error::MsgSize));
    assert_eq!(server.bytes_readable(), Ok(0));
}

#[test]
fn urgent_data_goes_into_the_first_buffer_that_has_room() {
    let (client, server) = connected(Entry::Tcp4);
    client.send_urgent(b"!", &within()).unwrap();
    until("the urgent byte", || {
        let urgent = Receive {
            urgent: true,
            all: false,
            ..ALL
        };
        receive(&server, &[0, 2, 2], urgent) == (bytes(1), rooms(&["", "!.", ".."]))
    });
}

#[test]
fn the_states_are_those_of_send_and_receive() {
    for entry in [Entry::InProcess, Entry::InProcessMessages, Entry::Tcp4] {
        let fresh = Socket::new(entry).unwrap();
        assert_eq!(send(&fresh, &[b"a", b"b"]), Err(Error::NotConn));
        assert_eq!(
            receive(&fresh, &[1, 1], Receive::default()).0,
            Err(Error::NotConn)
        );
        let wrong = if entry.is_message_oriented() {
            ALL
        } else {
            PARTIAL
        };
        assert_eq!(receive(&fresh, &[1, 1], wrong).0, Err(Error::OpNotSupp));
        fresh.close().unwrap();
        assert_eq!(send(&fresh, &[b"a", b"b"]), Err(Error::NotSock));
    }
}

#[test]
fn a_stream_reads_and_writes_vectored() {
    for entry in [Entry::InProcess, Entry::InProcessMessages, Entry::Tcp4] {
        let (client, server) = connected(entry);
        let mut client = Stream::try_from(client).unwrap();
        let mut server = Stream::try_from(server).unwrap();
        let parts = [IoSlice::new(b"abc"), IoSlice::new(b"de")];
        assert_eq!(client.write_vectored(&parts).unwrap(), 5);
        let (mut first, mut second) = ([b'.'; 3], [b'.'; 2]);
        let mut room = [
            IoSliceMut::new(&mut []),
            IoSliceMut::new(&mut first),
            IoSliceMut::new(&mut second),
        ];
        let count = server.read_vectored(&mut room).unwrap();
        if entry.is_message_oriented() {
            assert_eq!((count, &first, &second), (3, b"abc", b".."));
            assert_eq!(server.read(&mut second).unwrap(), 2);
        }
        assert_eq!((&first, &second), (b"abc", b"de"));
    }
}
