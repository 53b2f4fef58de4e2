//! The whole in-process entry against a second, naive model: random sequences of calls on a few
//! sockets, compared after every step.
//!
//! The model keeps plain vectors and shares no code with the library. Every socket is non-blocking,
//! so that one thread can play everybody.

mod model;

use model::{Call, Expected, Shown, World};
use proptest::{collection::vec, prelude::*, test_runner::FileFailurePersistence};
use vestibule::{
    Address, ConnectData, Decision, Entry, Error, InProcessAddress, Linger, Receive, Shutdown,
    Socket, SocketOption, Wait,
};

fn at_port(port: u32) -> Address {
    Address::InProcess(InProcessAddress::local(port))
}

fn port(address: Address) -> u32 {
    match address {
        Address::InProcess(address) => address.port,
        other => panic!("{other} is no in-process address"),
    }
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    // Mostly short, sometimes at the limit and beyond it.
    prop_oneof![
        3 => vec(any::<u8>(), 0..8),
        1 => (most - 1..most + 2).prop_map(|length| vec![7; length]),
    ]
}

fn call() -> impl Strategy<Value = Call> {
    // Mostly those that the opening has made, and the port that its listener has.
    let socket = || prop_oneof![6 => 0..5_usize, 1 => 5..10_usize];
    let port = || prop_oneof![6 => Just(1_u32), 1 => 2..4_u32];
    let decision = prop_oneof![
        3 => Just(Some(Decision::Accept)),
        1 => Just(Some(Decision::Reject)),
        3 => Just(Some(Decision::Defer)),
        1 => Just(None),
    ];
    let how = prop_oneof![
        Just(Shutdown::Receive),
        Just(Shutdown::Send),
        Just(Shutdown::Both)
    ];
    prop_oneof![
        2 => Just(Call::Socket),
        3 => (socket(), port()).prop_map(|(socket, port)| Call::Bind(socket, port)),
        3 => (socket(), 1..4_i32).prop_map(|(socket, backlog)| Call::Listen(socket, backlog)),
        8 => (socket(), port(), bytes(32)).prop_map(|(socket, port, data)| Call::Connect(socket, port, data)),
        8 => (prop_oneof![5 => Just(0), 1 => socket()], decision, bytes(32))
            .prop_map(|(socket, decision, data)| Call::Accept(socket, decision, data)),
        2 => socket().prop_map(Call::FinishConnect),
        4 => (socket(), vec(any::<u8>(), 0..5)).prop_map(|(socket, data)| Call::Send(socket, data)),
        4 => (socket(), 0..6_usize).prop_map(|(socket, room)| Call::Receive(socket, room)),
        2 => (socket(), how).prop_map(|(socket, how)| Call::Shutdown(socket, how)),
        3 => (socket(), bytes(64)).prop_map(|(socket, data)| Call::SendDisconnect(socket, data)),
        3 => (socket(), proptest::option::of(0..66_usize))
            .prop_map(|(socket, room)| Call::ReceiveDisconnect(socket, room)),
        3 => (socket(), any::<bool>()).prop_map(|(socket, abort)| Call::Close(socket, abort)),
    ]
}

/// A listener with a connection and with two requests that wait; what follows is random.
fn opening() -> Vec<Call> {
    vec![
        Call::Socket,
        Call::Bind(0, 1),
        Call::Listen(0, 2),
        Call::Socket,
        Call::Socket,
        Call::Socket,
        Call::Connect(1, 1, b"first".to_vec()),
        Call::Accept(0, Some(Decision::Accept), b"welcome".to_vec()),
        Call::Connect(2, 1, b"second".to_vec()),
        Call::Connect(3, 1, b"third".to_vec()),
    ]
}

/// Makes a call on the real sockets.
fn make(sockets: &mut Vec<Socket>, call: &Call) -> Expected {
    let now = Wait::at_most(std::time::Duration::ZERO);
    let done = |result: Result<(), Error>| result.map(|()| Vec::new());
    let result = match call {
        Call::Socket => {
            sockets.push(Socket::new(Entry::InProcess).expect("there is room"));
            let fresh = sockets.last().expect("it was just made");
            done(fresh.set_nonblocking(true))
        }
        Call::Bind(socket, port) => done(sockets[*socket].bind(&at_port(*port))),
        Call::Listen(socket, backlog) => done(sockets[*socket].listen(*backlog)),
        Call::Connect(socket, port, data) => {
            let data = ConnectData {
                caller_data: data,
                qos: None,
            };
            done(sockets[*socket].connect(&at_port(*port), data, &now))
        }
        Call::Accept(socket, decision, data) => return accept(sockets, *socket, *decision, data),
        Call::FinishConnect(socket) => done(sockets[*socket].finish_connect(&now)),
        Call::Send(socket, data) => sockets[*socket]
            .send(data, &now)
            .map(|count| data[..count].to_vec()),
        Call::Receive(socket, room) => {
            let mut buffer = vec![0; *room];
            sockets[*socket]
                .receive(&mut buffer, Receive::default(), &now)
                .map(|count| buffer[..count].to_vec())
        }
        Call::Shutdown(socket, how) => done(sockets[*socket].shutdown(*how)),
        Call::SendDisconnect(socket, data) => done(sockets[*socket].send_disconnect(Some(data))),
        Call::ReceiveDisconnect(socket, room) => {
            let mut buffer = room.map(|room| vec![0; room]);
            sockets[*socket]
                .receive_disconnect(buffer.as_deref_mut())
                .map(|count| buffer.unwrap_or_default()[..count].to_vec())
        }
        Call::Close(socket, abort) => {
            let linger = Linger {
                on: *abort,
                seconds: 0,
            };
            // A closed socket says so at the close, too.
            let _ = sockets[*socket].set_linger(linger);
            done(sockets[*socket].close())
        }
    };
    Expected {
        result,
        shown: None,
    }
}

fn accept(
    sockets: &mut Vec<Socket>,
    listener: usize,
    decision: Option<Decision>,
    data: &[u8],
) -> Expected {
    let mut shown = None;
    let accepted = sockets[listener].accept(
        |request| {
            shown = Some(Shown {
                caller_port: port(request.caller_id()),
                callee_port: port(request.callee_id()),
                caller_data: request.caller_data().map(<[u8]>::to_vec),
            });
            request.set_callee_data(data)?;
            decision.ok_or(Error::Inval)
        },
        &Wait::at_most(std::time::Duration::ZERO),
    );
    let result = accepted.map(|accepted| {
        sockets.push(accepted);
        Vec::new()
    });
    Expected { result, shown }
}

/// Compares what can be asked of every socket at any time.
fn agree(sockets: &[Socket], world: &World) -> Result<(), TestCaseError> {
    for (index, socket) in sockets.iter().enumerate() {
        let view = world.view(index);
        let mut callee_data = [0; 64];
        let length = socket.callee_data(&mut callee_data);
        prop_assert_eq!(socket.is_listening(), view.listening, "listening {}", index);
        prop_assert_eq!(
            socket.local_address().map(port),
            view.local,
            "local {}",
            index
        );
        prop_assert_eq!(socket.peer_address().map(port), view.peer, "peer {}", index);
        prop_assert_eq!(
            socket.option(SocketOption::Error),
            view.error,
            "SO_ERROR {}",
            index
        );
        prop_assert_eq!(
            &callee_data[..length],
            view.callee_data,
            "callee data {}",
            index
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: ProptestConfig::default().cases.max(1000), // PROPTEST_CASES raises it
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_entry_agrees_with_a_naive_model(calls in vec(call(), 1..60)) {
        let mut sockets = Vec::new();
        let mut world = World::default();
        for call in opening().into_iter().chain(calls) {
            let Some(call) = call.on_one_of(sockets.len()) else { continue };
            let actual = make(&mut sockets, &call);
            if let Call::Connect(socket, ..) = call {
                // The one thing that the library chooses.
                world.chosen_port = sockets[socket].local_address().map_or(0, port);
            }
            let expected = world.make(&call);
            prop_assert_eq!(&actual, &expected, "{:?}", &call);
            agree(&sockets, &world)?;
        }
    }
}
