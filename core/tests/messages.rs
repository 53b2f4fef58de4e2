//! Message-oriented sockets: boundaries, room, and the end.

mod common;

use std::{
    io::{Read as _, Write as _},
    os::fd::BorrowedFd,
    thread,
};

use common::{a_moment, calling, deciding, listening, loopback, within};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use vestibule::{
    Connector, Decision, Entry, Error, InProcessAddress, Linger, Listener, Receive, Result,
    Shutdown, Socket, SocketOption, Stream, Wait,
};

const MESSAGES: Entry = Entry::InProcessMessages;
const DEFAULT: usize = 65_536;

const PARTIAL: Receive = Receive {
    peek: false,
    all: false,
    partial: true,
    urgent: false,
};
const PEEK: Receive = Receive {
    peek: true,
    all: false,
    partial: false,
    urgent: false,
};

/// A client and its server, connected.
fn connected() -> (Socket, Socket) {
    let (listener, address) = listening(MESSAGES, 1);
    let client = calling(MESSAGES, &address);
    let server = deciding(&listener, Decision::Accept).expect("connected");
    client.finish_connect(&within()).expect("connected");
    client.set_nonblocking(false).expect("connected");
    (client, server)
}

/// What a receive with that much room takes.
fn take(socket: &Socket, room: usize, flags: Receive) -> Result<Vec<u8>> {
    let mut buffer = vec![0; room];
    let length = socket.receive(&mut buffer, flags, &within())?;
    buffer.truncate(length);
    Ok(buffer)
}

fn whole(socket: &Socket) -> Result<Vec<u8>> {
    take(socket, DEFAULT, Receive::default())
}

fn send(socket: &Socket, message: &[u8]) {
    assert_eq!(socket.send(message, &within()), Ok(message.len()));
}

fn is_readable(fd: BorrowedFd<'_>) -> bool {
    let at_once = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(&at_once)).expect("poll") > 0
}

// ---- boundaries

#[test]
fn a_receive_takes_one_message() {
    let (client, server) = connected();
    for message in [b"first".as_slice(), b"", b"third"] {
        send(&client, message);
    }
    for message in [b"first".as_slice(), b"", b"third"] {
        assert_eq!(whole(&server).as_deref(), Ok(message));
    }
    server.set_nonblocking(true).unwrap();
    assert_eq!(whole(&server), Err(Error::WouldBlock));
}

#[test]
fn a_message_that_is_too_long_shows_its_beginning_and_stays() {
    let (client, server) = connected();
    send(&client, b"too long");
    let mut buffer = [0; 4];
    for flags in [Receive::default(), PEEK, Receive::default()] {
        buffer.fill(0);
        let received = server.receive(&mut buffer, flags, &within());
        assert_eq!((received, &buffer), (Err(Error::MsgSize), b"too ")); // ERR-18
    }
    assert_eq!(take(&server, 0, Receive::default()), Err(Error::MsgSize));
    assert_eq!(whole(&server).as_deref(), Ok(b"too long".as_slice()));
}

#[test]
fn a_partial_receive_takes_bytes_of_one_message() {
    let (client, server) = connected();
    for message in [b"abcdef".as_slice(), b"", b"gh"] {
        send(&client, message);
    }
    assert_eq!(take(&server, 2, PARTIAL).as_deref(), Ok(b"ab".as_slice())); // DIS-35
    assert_eq!(take(&server, 0, PARTIAL).as_deref(), Ok(b"".as_slice()));
    let peek = Receive {
        partial: true,
        ..PEEK
    };
    assert_eq!(take(&server, 3, peek).as_deref(), Ok(b"cde".as_slice()));
    assert_eq!(take(&server, 3, PEEK), Err(Error::MsgSize));
    assert_eq!(whole(&server).as_deref(), Ok(b"cdef".as_slice())); // what is left is a message
    assert_eq!(take(&server, 9, PARTIAL).as_deref(), Ok(b"".as_slice()));
    assert_eq!(take(&server, 9, PARTIAL).as_deref(), Ok(b"gh".as_slice()));
}

#[test]
fn a_message_of_no_bytes_can_be_looked_at() {
    let (client, server) = connected();
    send(&client, b"");
    assert_eq!(take(&server, 9, PEEK).as_deref(), Ok(b"".as_slice()));
    assert_eq!(take(&server, 0, PARTIAL).as_deref(), Ok(b"".as_slice()));
    server.set_nonblocking(true).unwrap();
    assert_eq!(take(&server, 0, PARTIAL), Err(Error::WouldBlock));
}

#[test]
fn flags_of_the_other_kind_are_refused() {
    let (_client, server) = connected();
    let all = Receive {
        all: true,
        ..Receive::default()
    };
    assert_eq!(take(&server, 1, all), Err(Error::OpNotSupp));
    for entry in [Entry::InProcess, Entry::Tcp4] {
        let stream = Socket::new(entry).unwrap();
        assert_eq!(take(&stream, 1, PARTIAL), Err(Error::OpNotSupp));
    }
}

// ---- the end

#[test]
fn the_graceful_end_comes_after_the_messages_and_stays() {
    for close in [false, true] {
        let (client, server) = connected();
        send(&client, b"last");
        send(&client, b"");
        client.send_disconnect(Some(b"bye")).unwrap();
        if close {
            client.close().unwrap();
        }
        assert_eq!(whole(&server).as_deref(), Ok(b"last".as_slice())); // DIS-19
        assert_eq!(whole(&server).as_deref(), Ok(b"".as_slice()));
        for _ in 0..2 {
            assert_eq!(whole(&server), Err(Error::Discon)); // DIS-34
            assert_eq!(take(&server, 9, PEEK), Err(Error::Discon));
            assert_eq!(take(&server, 9, PARTIAL).as_deref(), Ok(b"".as_slice())); // DIS-35
        }
        let mut data = [0; 64];
        assert_eq!(server.receive_disconnect(Some(&mut data)), Ok(3)); // DIS-57
        assert_eq!(&data[..3], b"bye");
    }
}

#[test]
fn a_sleeping_receive_is_told_of_a_message_of_no_bytes_and_of_the_end() {
    let (client, server) = connected();
    thread::scope(|scope| {
        let receiving = scope.spawn(|| whole(&server));
        thread::sleep(a_moment());
        send(&client, b"");
        assert_eq!(receiving.join().unwrap(), Ok(Vec::new()));
        let receiving = scope.spawn(|| whole(&server));
        thread::sleep(a_moment());
        client.shutdown(Shutdown::Send).unwrap();
        assert_eq!(receiving.join().unwrap(), Err(Error::Discon)); // DIS-06
    });
}

#[test]
fn a_reset_drops_the_messages() {
    let (client, server) = connected();
    send(&client, b"never seen");
    client
        .set_linger(Linger {
            on: true,
            seconds: 0,
        })
        .unwrap();
    client.close().unwrap();
    assert_eq!(whole(&server), Err(Error::ConnReset)); // DIS-36
    assert_eq!(take(&server, 9, PARTIAL), Err(Error::ConnReset));
    assert_eq!(server.send(b"x", &within()), Err(Error::ConnReset));
}

#[test]
fn an_unread_message_of_no_bytes_is_unread_data() {
    let (client, server) = connected();
    send(&client, b"");
    server.shutdown(Shutdown::Receive).unwrap(); // DIS-32
    assert_eq!(whole(&client), Err(Error::ConnReset));
}

// ---- room

#[test]
fn the_peers_receive_buffer_is_the_longest_message() {
    let (client, server) = connected();
    let longest = |socket: &Socket| socket.option(SocketOption::MaxMessageSize);
    assert_eq!(longest(&client), Ok(65_536));
    let long = vec![7; DEFAULT + 1];
    assert_eq!(client.send(&long, &within()), Err(Error::MsgSize)); // ERR-18
    send(&client, &long[..DEFAULT]);
    assert_eq!(whole(&server).map(|message| message.len()), Ok(DEFAULT));
    server.set_option(SocketOption::ReceiveBuffer, 10).unwrap();
    assert_eq!(longest(&client), Ok(10));
    assert_eq!(client.send(&[1; 11], &within()), Err(Error::MsgSize));
    send(&client, &[1; 10]);
}

#[test]
fn a_message_is_sent_whole_or_not_at_all() {
    let (client, server) = connected();
    server.set_option(SocketOption::ReceiveBuffer, 100).unwrap();
    client.set_nonblocking(true).unwrap();
    send(&client, &[1; 60]);
    assert_eq!(client.send(&[2; 30], &within()), Err(Error::WouldBlock));
    client.set_nonblocking(false).unwrap();
    client.set_option(SocketOption::SendTimeout, 1).unwrap();
    assert_eq!(client.send(&[3; 90], &within()), Err(Error::TimedOut));
    client.set_option(SocketOption::SendTimeout, 0).unwrap();
    thread::scope(|scope| {
        let sending = scope.spawn(|| client.send(&[4; 90], &within()));
        thread::sleep(a_moment());
        assert_eq!(whole(&server), Ok(vec![1; 60]));
        assert_eq!(sending.join().unwrap(), Ok(90));
    });
    assert_eq!(whole(&server), Ok(vec![4; 90]));
}

#[test]
fn a_sender_that_waits_is_told_that_there_will_never_be_room() {
    let (client, server) = connected();
    send(&client, &vec![1; 50_000]);
    thread::scope(|scope| {
        let sending = scope.spawn(|| client.send(&vec![2; 50_000], &within()));
        thread::sleep(a_moment());
        server
            .set_option(SocketOption::ReceiveBuffer, 40_000)
            .unwrap();
        assert_eq!(sending.join().unwrap(), Err(Error::MsgSize));
    });
}

#[test]
fn messages_of_no_bytes_cannot_fill_the_memory() {
    let (client, _server) = connected();
    client.set_nonblocking(true).unwrap();
    let sent = (0..=DEFAULT)
        .take_while(|_| client.send(b"", &within()).is_ok())
        .count();
    assert!((1..DEFAULT).contains(&sent), "{sent} messages");
    assert_eq!(client.send(b"", &within()), Err(Error::WouldBlock));
}

#[test]
fn descriptors_show_messages_and_room_for_the_one_that_was_refused() {
    let (client, server) = connected();
    let (read, write) = (server.read_descriptor(), client.write_descriptor());
    let (read, write) = (read.unwrap(), write.unwrap());
    let (readable, writable) = (|| is_readable(read), || is_readable(write));
    assert_eq!((readable(), writable()), (false, true));
    send(&client, b"");
    assert!(readable());
    whole(&server).unwrap();
    assert!(!readable());
    client.set_nonblocking(true).unwrap();
    for length in [30_000, 30_000] {
        send(&client, &vec![1; length]);
    }
    assert!(writable());
    let long = vec![2; 60_000];
    assert_eq!(client.send(&long, &within()), Err(Error::WouldBlock));
    assert!(!writable()); // there is room, but not for that
    whole(&server).unwrap();
    assert!(!writable());
    whole(&server).unwrap();
    assert!(writable());
    send(&client, &long);
    assert!(writable()); // for some other
}

// ---- kinds

#[test]
fn the_type_of_a_socket_can_be_read() {
    for (entry, number) in [(MESSAGES, 5), (Entry::InProcess, 1), (Entry::Tcp4, 1)] {
        let socket = Socket::new(entry).unwrap();
        assert_eq!(socket.option(SocketOption::Type), Ok(number));
        assert_eq!(
            socket.option(SocketOption::MaxMessageSize),
            if entry == MESSAGES {
                Ok(65_536)
            } else {
                Err(Error::NoProtoOpt)
            }
        );
    }
    let (_client, server) = connected();
    assert_eq!(
        (server.entry(), server.option(SocketOption::Type)),
        (MESSAGES, Ok(5))
    );
}

#[test]
fn kinds_do_not_mix() {
    for (listens, calls) in [(MESSAGES, Entry::InProcess), (Entry::InProcess, MESSAGES)] {
        let (listener, address) = listening(listens, 3);
        let client = Socket::new(calls).unwrap();
        let refused = client.connect(&address, vestibule::ConnectData::default(), &within());
        assert_eq!(refused, Err(Error::ConnRefused));
        listener.set_nonblocking(true).unwrap();
        let nobody = listener.accept(|_| panic!("nobody calls"), &within());
        assert_eq!(nobody.map(drop), Err(Error::WouldBlock));
        let same = Socket::new(calls).unwrap().bind(&address);
        assert_eq!(same, Err(Error::AddrInUse)); // one space of ports
    }
}

// ---- the typed connection

fn streams() -> (Stream, Stream) {
    let listener = Listener::bind_messages(InProcessAddress::local(0), 1).expect("listening");
    let address = listener.local_address().expect("bound");
    thread::scope(|scope| {
        let client = scope.spawn(|| Connector::new(address).messages().connect());
        let server = listener.accept_any().expect("connected");
        let client = client.join().expect("no panic");
        (client.expect("connected"), server)
    })
}

#[test]
fn read_and_write_lose_nothing_and_end_at_the_end() {
    let (mut client, mut server) = streams();
    for message in ["", "a long message", "", "short"] {
        client.write_all(message.as_bytes()).unwrap();
        let _ = client.send(b"", &Wait::FOREVER).unwrap();
    }
    assert_eq!(client.write(b"").unwrap(), 0);
    client.send_disconnect(b"").unwrap();
    let mut buffer = [0; 6];
    assert_eq!(server.read(&mut []).unwrap(), 0);
    assert_eq!(server.read(&mut buffer).unwrap(), 6);
    assert_eq!(&buffer, b"a long");
    let mut rest = String::new();
    assert_eq!(server.read_to_string(&mut rest).unwrap(), 13);
    assert_eq!(rest, " messageshort");
    assert_eq!(server.read(&mut buffer).unwrap(), 0);
    assert_eq!(server.receive(&mut buffer, &within()), Err(Error::Discon));
}

#[test]
fn families_without_messages_say_so() {
    for address in [loopback(Entry::Tcp4), loopback(Entry::Tcp6)] {
        let listener = Listener::bind_messages(address, 1);
        assert_eq!(listener.map(drop), Err(Error::SocktNoSupport));
        let failure = Connector::new(address).messages().connect().map(drop);
        assert_eq!(failure.map_err(Error::from), Err(Error::SocktNoSupport));
    }
}
