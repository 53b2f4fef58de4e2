//! Options that tell something, or settle something once.

mod common;

use std::{thread, time::Duration};

use common::{ENTRIES, calling, connected, deciding, listening, loopback, within};
use vestibule::{ConnectData, Decision, Entry, Error, Socket, SocketOption};

const NOT_CONNECTED: u32 = 0xFFFF_FFFF;

fn time(socket: &Socket) -> u32 {
    socket
        .option(SocketOption::ConnectTime)
        .expect("every entry has it")
}

#[test]
fn the_connect_time_counts_from_the_acceptance() {
    let mut pairs = Vec::new();
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 1);
        let client = calling(entry, &address);
        if !entry.is_kernel_socket() {
            assert_eq!(time(&client), NOT_CONNECTED, "it is not decided yet");
        }
        assert_eq!(time(&listener), NOT_CONNECTED);
        let server = deciding(&listener, Decision::Accept).unwrap();
        client.finish_connect(&within()).unwrap();
        pairs.push((client, server));
    }
    for (client, server) in &pairs {
        assert!(time(client) <= 1 && time(server) <= 1);
    }
    thread::sleep(Duration::from_secs(2));
    for (client, server) in &pairs {
        assert!((1..60).contains(&time(client)) && (1..60).contains(&time(server))); // SKT-20
    }
}

#[test]
fn a_socket_that_is_not_connected_has_no_connect_time() {
    for entry in ENTRIES {
        let socket = Socket::new(entry).unwrap();
        assert_eq!(time(&socket), NOT_CONNECTED); // SKT-20
        let (listener, address) = listening(entry, 1);
        listener.close().unwrap();
        let refused = socket.connect(&address, ConnectData::default(), &within());
        assert_eq!(refused, Err(Error::ConnRefused));
        assert_eq!(time(&socket), NOT_CONNECTED);
        assert_eq!(
            socket.set_option(SocketOption::ConnectTime, 1),
            Err(Error::NoProtoOpt)
        );
    }
}

#[test]
fn an_address_is_shared_or_exclusive() {
    use SocketOption::{ExclusiveAddress, ReuseAddress};
    for entry in ENTRIES {
        let socket = Socket::new(entry).unwrap();
        socket.set_option(ExclusiveAddress, 5).unwrap();
        assert_eq!(socket.option(ExclusiveAddress), Ok(1));
        assert_eq!(socket.set_option(ReuseAddress, 1), Err(Error::Inval));
        assert_eq!(socket.option(ReuseAddress), Ok(0));
        socket.set_option(ReuseAddress, 0).unwrap();
        socket.set_option(ExclusiveAddress, 0).unwrap();
        socket.set_option(ReuseAddress, 1).unwrap();
        assert_eq!(socket.set_option(ExclusiveAddress, 1), Err(Error::Inval));
        socket.bind(&loopback(entry)).unwrap();
        socket.set_option(ReuseAddress, 0).unwrap();
        let late = socket.set_option(ExclusiveAddress, 1);
        assert_eq!(late, Err(Error::Inval), "it is bound");
        assert_eq!(socket.option(ExclusiveAddress), Ok(0));
    }
}

#[test]
fn options_without_effect_are_kept_and_inherited() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 1);
        for option in [SocketOption::DontRoute, SocketOption::Debug] {
            assert_eq!(listener.option(option), Ok(0));
            listener.set_option(option, 7).unwrap();
        }
        let _client = calling(entry, &address);
        let server = deciding(&listener, Decision::Accept).unwrap();
        assert_eq!(server.option(SocketOption::DontRoute), Ok(1));
        assert_eq!(server.option(SocketOption::Debug), Ok(1));
    }
}

const PROBING: [(SocketOption, u32); 3] = [
    (SocketOption::KeepAliveIdle, 90),
    (SocketOption::KeepAliveInterval, 20),
    (SocketOption::KeepAliveCount, 3),
];

#[test]
fn probing_is_the_kernels() {
    for set_late in [false, true] {
        let (listener, address) = listening(Entry::Tcp4, 1);
        let early = (!set_late).then(|| calling(Entry::Tcp4, &address));
        for (option, value) in PROBING {
            assert_ne!(listener.option(option), Ok(value));
            listener.set_option(option, value).unwrap();
            assert_eq!(listener.set_option(option, 0), Err(Error::Inval));
            assert_eq!(listener.set_option(option, u32::MAX), Err(Error::Inval));
        }
        let _client = early.unwrap_or_else(|| calling(Entry::Tcp4, &address));
        let server = deciding(&listener, Decision::Accept).unwrap();
        for (option, value) in PROBING {
            assert_eq!(server.option(option), Ok(value), "{option:?}");
        }
    }
    let in_memory = Socket::new(Entry::InProcess).unwrap();
    for (option, value) in PROBING {
        assert_eq!(in_memory.set_option(option, value), Err(Error::NoProtoOpt));
        assert_eq!(in_memory.option(option), Err(Error::NoProtoOpt));
    }
}

#[test]
fn an_ipv6_socket_takes_ipv4_or_not() {
    use SocketOption::V6Only;
    for entry in ENTRIES {
        let socket = Socket::new(entry).unwrap();
        assert_eq!(socket.option(V6Only), Err(Error::NoProtoOpt));
        assert_eq!(socket.set_option(V6Only, 1), Err(Error::NoProtoOpt));
    }
    let Ok(socket) = Socket::new(Entry::Tcp6) else {
        return; // no IPv6 here
    };
    socket.set_option(V6Only, 1).unwrap();
    assert_eq!(socket.option(V6Only), Ok(1));
    socket.set_option(V6Only, 0).unwrap();
    assert_eq!(socket.option(V6Only), Ok(0));
    socket.set_option(V6Only, 1).unwrap();
    if socket.bind(&loopback(Entry::Tcp6)).is_err() {
        return;
    }
    assert_eq!(socket.set_option(V6Only, 0), Err(Error::Inval));
    socket.listen(1).unwrap();
    socket.set_option(SocketOption::KeepAlive, 1).unwrap(); // set again on what it accepts
    let _client = calling(Entry::Tcp6, &socket.local_address().unwrap());
    let server = deciding(&socket, Decision::Accept).unwrap();
    assert_eq!(server.option(V6Only), Ok(1));
}

#[test]
fn buffers_read_back_what_was_set() {
    for entry in ENTRIES {
        let (client, _server) = connected(entry);
        for option in [SocketOption::SendBuffer, SocketOption::ReceiveBuffer] {
            client.set_option(option, 12_345).unwrap();
            assert_eq!(client.option(option), Ok(12_345));
        }
    }
}
