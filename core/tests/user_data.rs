//! User data as options, the goodbye with data, and quality of service.

mod common;

use common::{calling_with, connected, listening, within};
use vestibule::{
    ConnectData, Decision, Entry, Error, FlowSpec, Linger, Qos, Receive, Shutdown, Socket,
    UserDataKind::{Connect, Disconnect},
};

fn data(socket: &Socket, kind: vestibule::UserDataKind) -> Vec<u8> {
    let mut buffer = vec![0; 4096];
    let length = socket
        .user_data(kind, &mut buffer)
        .expect("the entry carries it");
    buffer.truncate(length);
    buffer
}

fn goodbye(socket: &Socket) -> Vec<u8> {
    let mut buffer = vec![0; 64];
    let length = socket
        .receive_disconnect(Some(&mut buffer))
        .expect("the peer has ended");
    buffer.truncate(length);
    buffer
}

// ---- the goodbye

#[test]
fn the_eight_steps_lose_nothing_whenever_the_server_closes() {
    for server_closes_after in 5..=8 {
        let (client, server) = connected(Entry::InProcess);
        let close_at = |step| {
            if server_closes_after == step {
                server.close().unwrap(); // (5a)
            }
        };
        client.send_disconnect(Some(b"17")).unwrap(); // (1)
        assert_eq!(
            server.receive(&mut [0; 4], Receive::default(), &within()),
            Ok(0)
        ); // (2)
        assert_eq!(goodbye(&server), b"17"); // (3)
        server.send_disconnect(Some(b"117")).unwrap(); // (4) (5)
        close_at(5);
        assert_eq!(
            client.receive(&mut [0; 4], Receive::default(), &within()),
            Ok(0)
        ); // (6)
        close_at(6);
        assert_eq!(goodbye(&client), b"117"); // (7) DIS-09 DIS-11
        close_at(7);
        client.close().unwrap(); // (8)
        close_at(8);
    }
}

#[test]
fn disconnect_data_has_its_rules() {
    let (client, server) = connected(Entry::InProcess);
    assert_eq!(client.send_disconnect(Some(&[0; 65])), Err(Error::Fault)); // DIS-23
    assert_eq!(goodbye(&server), b"", "before the peer has ended"); // DIS-31
    client.send_disconnect(Some(&[7; 64])).unwrap();
    assert_eq!(client.send_disconnect(None), Err(Error::Shutdown)); // DIS-24
    assert_eq!(client.send(b"x", &within()), Err(Error::Shutdown)); // DIS-16
    assert_eq!(
        server.receive_disconnect(Some(&mut [0; 63])),
        Err(Error::Fault)
    ); // DIS-27
    assert_eq!(server.receive_disconnect(None), Ok(0)); // DIS-59
    assert_eq!(goodbye(&server), [7; 64]);
    assert_eq!(
        server.receive(&mut [0; 1], Receive::default(), &within()),
        Err(Error::Shutdown)
    );
    assert_eq!(server.send(b"still", &within()), Ok(5)); // DIS-26 DIS-47
    let unconnected = Socket::new(Entry::InProcess).unwrap();
    assert_eq!(unconnected.receive_disconnect(None), Err(Error::NotConn)); // DIS-30
}

#[test]
fn plain_tcp_says_goodbye_without_data() {
    let (client, server) = connected(Entry::Tcp4);
    assert_eq!(client.send_disconnect(Some(b"")), Err(Error::NoProtoOpt)); // DIS-21
    assert_eq!(
        client.send(b"x", &within()),
        Ok(1),
        "the connection stays as it was"
    );
    client.send_disconnect(None).unwrap();
    assert_eq!(client.send(b"x", &within()), Err(Error::Shutdown));
    assert_eq!(
        server.receive_disconnect(Some(&mut [0; 1])),
        Err(Error::NoProtoOpt)
    ); // DIS-29
    let mut buffer = [0; 4];
    assert_eq!(
        server.receive(&mut buffer, Receive::default(), &within()),
        Ok(1)
    ); // DIS-19
    assert_eq!(
        server.receive(&mut buffer, Receive::default(), &within()),
        Ok(0)
    );
    assert_eq!(server.receive_disconnect(None), Ok(0));
    assert_eq!(server.send(b"answer", &within()), Ok(6)); // DIS-26
    assert_eq!(
        client.receive(&mut buffer, Receive::default(), &within()),
        Ok(4)
    );
}

#[test]
fn unread_data_at_the_end_of_receiving_resets() {
    for entry in common::ENTRIES {
        let (client, server) = connected(entry);
        client.send(b"unread", &within()).unwrap();
        common::until("the data has arrived", || {
            let peek = Receive {
                peek: true,
                ..Receive::default()
            };
            server.receive(&mut [0; 8], peek, &within()) == Ok(6)
        });
        server.shutdown(Shutdown::Receive).unwrap(); // DIS-32
        let received = client.receive(&mut [0; 1], Receive::default(), &within());
        assert_eq!(received, Err(Error::ConnReset), "{entry:?}");
    }
}

#[test]
fn an_abortive_close_is_seen_as_a_reset() {
    for entry in common::ENTRIES {
        let (client, server) = connected(entry);
        client
            .set_linger(Linger {
                on: true,
                seconds: 0,
            })
            .unwrap();
        client.close().unwrap(); // DIS-40
        let received = server.receive(&mut [0; 1], Receive::default(), &within());
        assert_eq!(received, Err(Error::ConnReset), "{entry:?}"); // DIS-36
    }
}

// ---- data as options

#[test]
fn connect_data_set_as_an_option_travels() {
    let (listener, address) = listening(Entry::InProcess, 3);
    listener.set_user_data(Connect, b"for everyone").unwrap(); // UDA-18
    listener.reserve_user_data(Connect, 3).unwrap();
    let client = Socket::new(Entry::InProcess).unwrap();
    client.set_nonblocking(true).unwrap();
    client.set_user_data(Connect, b"hello").unwrap(); // UDA-15
    client.reserve_user_data(Connect, 4).unwrap();
    let started = client.connect(&address, ConnectData::default(), &within());
    assert_eq!(started, Err(Error::WouldBlock));
    assert_eq!(client.set_user_data(Connect, b"late"), Err(Error::Inval)); // UDA-25
    let server = listener
        .accept(
            |args| {
                assert_eq!(args.caller_data(), Some(b"hello".as_slice()));
                Ok(Decision::Accept)
            },
            &within(),
        )
        .unwrap();
    assert_eq!(data(&server, Connect), b"hel"); // UDA-17 UDA-20
    assert_eq!(data(&client, Connect), b"for "); // UDA-16 UDA-20
    assert_eq!(client.user_data(Connect, &mut [0; 3]), Err(Error::Fault));
    let mut whole = [0; 32];
    assert_eq!(
        client.callee_data(&mut whole),
        12,
        "the caller's own buffer is another matter"
    );
}

#[test]
fn explicit_data_wins() {
    let (listener, address) = listening(Entry::InProcess, 3);
    listener.set_user_data(Connect, b"option").unwrap();
    let client = calling_with(Entry::InProcess, &address, b"explicit");
    let server = listener
        .accept(
            |args| args.set_callee_data(b"mine").map(|()| Decision::Accept),
            &within(),
        )
        .unwrap();
    assert_eq!(data(&client, Connect), b"mine"); // UDA-19
    assert_eq!(data(&server, Connect), b"explicit");
    assert_eq!(
        data(&listener, Connect),
        b"",
        "nothing has arrived at the listener"
    );
    client.set_user_data(Disconnect, b"option").unwrap();
    client.send_disconnect(Some(b"spoken")).unwrap(); // DIS-54
    assert_eq!(data(&server, Disconnect), b"spoken");
}

#[test]
fn disconnect_data_set_as_an_option_goes_with_the_end_of_sending() {
    for closes in [false, true] {
        let (client, server) = connected(Entry::InProcess);
        client.set_user_data(Disconnect, b"bye").unwrap(); // DIS-52
        server.reserve_user_data(Disconnect, 2).unwrap();
        if closes {
            client.close().unwrap();
        } else {
            client.shutdown(Shutdown::Send).unwrap();
        }
        assert_eq!(data(&server, Disconnect), b"by"); // DIS-53
        assert_eq!(goodbye(&server), b"bye");
    }
}

#[test]
fn options_of_user_data_have_their_limits() {
    let socket = Socket::new(Entry::InProcess).unwrap();
    assert_eq!(socket.set_user_data(Connect, &[0; 33]), Err(Error::Fault)); // UDA-24
    assert_eq!(
        socket.set_user_data(Disconnect, &[0; 65]),
        Err(Error::Fault)
    );
    assert_eq!(socket.reserve_user_data(Connect, 1 << 20), Ok(()));
    let tcp = Socket::new(Entry::Tcp4).unwrap();
    for kind in [Connect, Disconnect] {
        assert_eq!(tcp.set_user_data(kind, b"x"), Err(Error::NoProtoOpt)); // UDA-22
        assert_eq!(tcp.reserve_user_data(kind, 1), Err(Error::NoProtoOpt));
        assert_eq!(tcp.user_data(kind, &mut [0; 9]), Err(Error::NoProtoOpt));
    }
}

// ---- quality of service

fn rate(token_rate: u32) -> FlowSpec {
    FlowSpec {
        token_rate,
        service_type: 2,
        ..FlowSpec::default()
    }
}

#[test]
fn quality_of_service_is_turned_round_and_negotiated() {
    let (listener, address) = listening(Entry::InProcess, 3);
    let client = Socket::new(Entry::InProcess).unwrap();
    client.set_nonblocking(true).unwrap();
    assert_eq!(client.negotiated_qos(), Err(Error::Inval)); // QOS-14
    client
        .set_qos(&Qos {
            sending: rate(1),
            receiving: rate(2),
        })
        .unwrap();
    let asked = Qos {
        sending: rate(10),
        receiving: rate(20),
    };
    let data = ConnectData {
        qos: Some(&asked),
        ..ConnectData::default()
    };
    client.connect(&address, data, &within()).unwrap_err(); // QOS-08: this one counts
    let server = listener
        .accept(
            |args| {
                assert_eq!(args.qos(), Some(asked.turned_round())); // QOS-05
                args.set_qos(Qos {
                    sending: rate(5),
                    receiving: rate(6),
                })?;
                Ok(Decision::Accept)
            },
            &within(),
        )
        .unwrap();
    assert_eq!(
        server.negotiated_qos(),
        Ok(Qos {
            sending: rate(5),
            receiving: rate(6)
        })
    ); // QOS-06
    assert_eq!(
        client.negotiated_qos(),
        Ok(Qos {
            sending: rate(6),
            receiving: rate(5)
        })
    ); // QOS-07
    client
        .set_qos(&Qos {
            sending: rate(7),
            receiving: rate(8),
        })
        .unwrap();
    assert_eq!(
        server.negotiated_qos(),
        Ok(Qos {
            sending: rate(8),
            receiving: rate(7)
        })
    );
    assert_eq!(
        client.set_qos(&Qos {
            sending: rate(0),
            receiving: rate(8)
        }),
        Err(Error::OpNotSupp)
    );
    let (tcp, _) = listening(Entry::Tcp4, 1);
    assert_eq!(tcp.negotiated_qos(), Err(Error::NoProtoOpt)); // QOS-10
    assert_eq!(tcp.set_qos(&Qos::default()), Err(Error::NoProtoOpt));
}

// ---- linger

const FOR_A_SECOND: Linger = Linger {
    on: true,
    seconds: 1,
};

/// A server that has sent more than its client takes in.
fn unsent() -> (Socket, Socket, usize) {
    let (client, server) = connected(Entry::Tcp4);
    server.set_nonblocking(true).expect("set");
    let mut sent = 0;
    while let Ok(count) = server.send(&[1; 16384], &within()) {
        sent += count;
    }
    server.set_linger(FOR_A_SECOND).expect("set");
    (client, server, sent)
}

fn receive_all(client: &Socket) -> Result<usize, Error> {
    let mut total = 0;
    let mut buffer = [0; 16384];
    loop {
        match client.receive(&mut buffer, Receive::default(), &within())? {
            0 => return Ok(total),
            count => total += count,
        }
    }
}

#[test]
fn a_lingering_close_waits_until_everything_is_out() {
    let (client, server, sent) = unsent();
    server.set_nonblocking(false).unwrap();
    server
        .set_linger(Linger {
            on: true,
            seconds: 60,
        })
        .unwrap();
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            std::thread::sleep(common::a_moment());
            receive_all(&client)
        });
        assert_eq!(server.close(), Ok(())); // DIS-41
        assert_eq!(reader.join().unwrap(), Ok(sent));
    });
}

#[test]
fn a_lingering_close_resets_when_its_time_has_passed() {
    let (client, server, _) = unsent();
    server.set_nonblocking(false).unwrap();
    let start = std::time::Instant::now();
    assert_eq!(server.close(), Ok(())); // DIS-41
    assert!(start.elapsed() >= std::time::Duration::from_secs(1));
    assert_eq!(receive_all(&client), Err(Error::ConnReset));
}

#[test]
fn a_non_blocking_close_that_would_linger_fails_and_changes_nothing() {
    let (client, server, sent) = unsent();
    assert_eq!(server.close(), Err(Error::WouldBlock)); // DIS-42
    std::thread::scope(|scope| {
        scope.spawn(|| {
            server.set_nonblocking(false).unwrap();
            assert_eq!(
                server.send(b"x", &within()),
                Ok(1),
                "the handle stays valid"
            );
            server.set_linger(Linger::default()).unwrap();
            assert_eq!(server.close(), Ok(()));
        });
        assert_eq!(receive_all(&client), Ok(sent + 1));
    });
}
