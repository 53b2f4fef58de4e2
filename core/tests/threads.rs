//! Many threads at once: nothing is decided twice, nothing is lost, nothing is left over.

mod common;

use std::{
    collections::HashSet,
    fs,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
};

use common::{ENTRIES, listening, within};
use vestibule::{ConnectData, Decision, Entry, Error, Linger, Receive, Socket, SocketOption, Wait};

const CLIENTS: usize = 4;
const ROUNDS: usize = 150;

/// One client after the other: each attempt ends with a decision.
fn client(
    entry: Entry,
    address: &vestibule::Address,
    admitted: &AtomicUsize,
    refused: &AtomicUsize,
) {
    for _ in 0..ROUNDS {
        let socket = Socket::new(entry).expect("a socket");
        match socket.connect(address, ConnectData::default(), &within()) {
            Ok(()) => {}
            Err(Error::ConnRefused) => {
                refused.fetch_add(1, SeqCst);
                continue;
            }
            Err(error) => panic!("{error}"),
        }
        match socket.receive(&mut [0; 8], Receive::default(), &within()) {
            Ok(2) => admitted.fetch_add(1, SeqCst),
            Err(Error::ConnReset) => refused.fetch_add(1, SeqCst),
            other => panic!("{other:?}"),
        };
        let abort = Linger {
            on: true,
            seconds: 0,
        };
        socket.set_linger(abort).expect("set"); // leaves no TIME_WAIT behind
    }
}

#[test]
fn several_threads_on_one_listener_decide_every_request_once() {
    for entry in ENTRIES {
        let (listener, address) = listening(entry, 64);
        let (admitted, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let (accepted, rejected, deferred) = (
            AtomicUsize::new(0),
            AtomicUsize::new(0),
            AtomicUsize::new(0),
        );
        let busy = AtomicUsize::new(0);
        let seen = Mutex::new(HashSet::new());
        thread::scope(|scope| {
            let servers: Vec<_> = (0..3)
                .map(|_| {
                    scope.spawn(|| {
                        loop {
                            let decide = |turn: usize| match turn % 5 {
                                0 => Decision::Reject,
                                1 | 2 => Decision::Defer,
                                _ => Decision::Accept,
                            };
                            let result = listener.accept(
                                |args| {
                                    assert_eq!(busy.fetch_add(1, SeqCst), 0, "one at a time");
                                    let turn = accepted.load(SeqCst)
                                        + rejected.load(SeqCst)
                                        + deferred.load(SeqCst);
                                    let decision = decide(turn);
                                    if decision != Decision::Defer {
                                        let new =
                                            seen.lock().expect("locked").insert(args.caller_id());
                                        assert!(new || entry == Entry::Tcp4, "decided twice");
                                    }
                                    busy.fetch_sub(1, SeqCst);
                                    Ok(decision)
                                },
                                &Wait::FOREVER,
                            );
                            match result {
                                Ok(server) => {
                                    accepted.fetch_add(1, SeqCst);
                                    server.send(b"ok", &within()).expect("sent");
                                }
                                Err(Error::ConnRefused) => drop(rejected.fetch_add(1, SeqCst)),
                                Err(Error::TryAgain) => drop(deferred.fetch_add(1, SeqCst)),
                                Err(Error::Intr | Error::NotSock) => return,
                                Err(error) => panic!("{error}"),
                            }
                        }
                    })
                })
                .collect();
            let clients: Vec<_> = (0..CLIENTS)
                .map(|_| scope.spawn(|| client(entry, &address, &admitted, &refused)))
                .collect();
            for client in clients {
                client.join().expect("every attempt was decided");
            }
            listener.close().expect("open until now");
            for server in servers {
                server.join().expect("ended by the close");
            }
        });
        assert_eq!(
            admitted.load(SeqCst) + refused.load(SeqCst),
            CLIENTS * ROUNDS
        );
        assert_eq!(accepted.load(SeqCst), admitted.load(SeqCst));
        assert_eq!(rejected.load(SeqCst), refused.load(SeqCst));
        assert!(deferred.load(SeqCst) > 0);
    }
}

/// Clients give up at random moments while the server decides; every slot comes back.
#[test]
fn clients_that_give_up_leave_nothing_behind() {
    let before = open_descriptors();
    let (listener, address) = listening(Entry::InProcess, 4);
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            loop {
                match listener.accept(|_| Ok(Decision::Accept), &Wait::FOREVER) {
                    Ok(_) | Err(Error::Acces | Error::ConnReset) => {}
                    Err(Error::Intr | Error::NotSock) => return,
                    Err(error) => panic!("{error}"),
                }
            }
        });
        let clients: Vec<_> = (0..CLIENTS)
            .map(|seed| {
                let address = &address;
                scope.spawn(move || {
                    for round in 0..ROUNDS {
                        let socket = Socket::new(Entry::InProcess).expect("a socket");
                        socket.set_nonblocking(round % 2 == 0).expect("set");
                        socket
                            .set_option(SocketOption::ConnectTimeout, 1)
                            .expect("set");
                        let _ = socket.connect(address, ConnectData::default(), &Wait::FOREVER);
                        for _ in 0..(round * 7 + seed) % 50 {
                            thread::yield_now();
                        }
                        socket.close().expect("open until now");
                    }
                })
            })
            .collect();
        for client in clients {
            client.join().expect("no client fails");
        }
        // All four slots are free again.
        let last: Vec<_> = (0..4)
            .map(|_| Socket::new(Entry::InProcess).expect("a socket"))
            .collect();
        for client in &last {
            client
                .connect(&address, ConnectData::default(), &within())
                .expect("a slot is free");
        }
        listener.close().expect("open until now");
        server.join().expect("ended by the close");
    });
    drop(listener);
    assert_eq!(
        open_descriptors(),
        before,
        "in-process sockets need no descriptor"
    );
}

fn open_descriptors() -> usize {
    // Other tests of this program may hold kernel sockets; count what is not one.
    let entries = fs::read_dir("/proc/self/fd").expect("a list of descriptors");
    let targets = entries.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    targets
        .filter(|target| !target.to_string_lossy().starts_with("socket:"))
        .count()
}

/// A rejection is never a failed connect on plain TCP, however fast it comes.
#[test]
fn a_rejection_that_overtakes_the_connect_is_seen_at_the_first_use() {
    let (listener, address) = listening(Entry::Tcp4, 8);
    thread::scope(|scope| {
        let server = scope.spawn(|| {
            loop {
                match listener.accept(|_| Ok(Decision::Reject), &Wait::FOREVER) {
                    Err(Error::ConnRefused) => {}
                    other => return other.map(drop),
                }
            }
        });
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..ROUNDS * 4 {
                        let client = Socket::new(Entry::Tcp4).expect("a socket");
                        let attempt =
                            client.connect(&address, ConnectData::default(), &Wait::FOREVER);
                        assert_eq!(attempt, Ok(()));
                        assert_eq!(client.peer_address(), Ok(address));
                        let used = client.receive(&mut [0; 1], Receive::default(), &within());
                        assert_eq!(used, Err(Error::ConnReset)); // ACC-71 ACC-72
                    }
                })
            })
            .collect();
        for client in clients {
            client.join().expect("every connect succeeds");
        }
        listener.close().expect("open until now");
        let ended = server.join().expect("no panic");
        assert!(matches!(ended, Err(Error::Intr | Error::NotSock)));
    });
}

/// Looking at a socket while another thread begins to connect it takes nothing from the attempt.
#[test]
fn an_attempt_is_not_disturbed_by_a_thread_that_looks_at_the_socket() {
    let (_listener, address) = listening(Entry::Tcp4, 4096);
    for round in 0..ROUNDS * 4 {
        let client = Socket::new(Entry::Tcp4).expect("a socket");
        client.set_nonblocking(round % 2 == 0).expect("set");
        let (looks, done) = (AtomicBool::new(false), AtomicBool::new(false));
        thread::scope(|scope| {
            let looking = scope.spawn(|| {
                while !done.load(SeqCst) {
                    client.option(SocketOption::Error).expect("readable");
                    looks.store(true, SeqCst);
                }
            });
            while !looks.load(SeqCst) {
                thread::yield_now();
            }
            let started = client.connect(&address, ConnectData::default(), &within());
            let finished = client.finish_connect(&within());
            done.store(true, SeqCst);
            assert!(
                matches!(started, Ok(()) | Err(Error::WouldBlock)),
                "{started:?}"
            );
            assert_eq!(finished, Ok(())); // CON-06
            looking.join().expect("no panic");
        });
        let abort = Linger {
            on: true,
            seconds: 0,
        };
        client.set_linger(abort).expect("set");
    }
}
