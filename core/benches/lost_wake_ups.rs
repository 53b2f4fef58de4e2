//! Wake-ups that are lost in a closed loop over TCP, which there must not be: P9.
//!
//! The server knows what happens from an event object alone: it waits, enumerates, and accepts one
//! request for each report. Each client connects again as soon as it is answered, so a wake-up that is
//! lost leaves everybody waiting. The deadline of the wait ends that, and it is counted.
//!
//! `BENCH_CONNECTIONS` says how many connections there are. It prints rows as `ffi/benches/bench.h`
//! says, for `scripts/bench.py`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the rows are the output, and how long it took"
)]

use std::{
    env,
    io::Read,
    net::{SocketAddr, TcpStream},
    process,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use rustix::{
    net::sockopt::set_socket_linger,
    thread::{CpuSet, sched_getaffinity, sched_setaffinity},
};
use vestibule::{Address, Decision, Entry, Error, EventObject, NetworkEvents, Socket, Wait};

/// Nothing takes that long, unless nobody is woken.
const DEADLINE: Duration = Duration::from_secs(2);

fn main() {
    let connections = setting("BENCH_CONNECTIONS", 200_000);
    let mut all_lost = 0;
    for (id, cores, clients) in [
        ("P9-one-core", 1, 1),
        ("P9-two-cores", 2, 1),
        ("P9-crowd", 2, 4),
    ] {
        run_on(cores);
        let began = Instant::now();
        let lost = run(clients, connections / 3);
        eprintln!(
            "{id}: {} connections in {:?}",
            connections / 3,
            began.elapsed()
        );
        all_lost += lost;
        println!(
            "{id}\twake-ups lost in {} connections of {clients} clients\tone\t{lost}",
            connections / 3
        );
    }
    // Slow is a matter of opinion, and this is not.
    process::exit(i32::from(all_lost > 0));
}

fn setting(name: &str, otherwise: usize) -> usize {
    let set = env::var(name).ok().and_then(|text| text.parse().ok());
    set.unwrap_or(otherwise)
}

/// The threads that are made from here on have so many cores, if there are.
fn run_on(cores: usize) {
    let mut chosen = CpuSet::new();
    let all = ALLOWED.with(|allowed| *allowed);
    (0..CpuSet::MAX_CPU)
        .filter(|core| all.is_set(*core))
        .take(cores)
        .for_each(|core| chosen.set(core));
    sched_setaffinity(None, &chosen).expect("these were allowed");
}

thread_local! {
    static ALLOWED: CpuSet = sched_getaffinity(None).expect("there is a core");
}

/// How many wake-ups the server has missed.
fn run(clients: usize, connections: usize) -> usize {
    let listener = Socket::new(Entry::Tcp4).expect("a socket");
    let loopback: Address = "127.0.0.1:0".parse().expect("an address");
    listener.bind(&loopback).expect("a port is free");
    listener.listen(64).expect("it is bound");
    let address = match listener.local_address() {
        Ok(Address::Ip(address)) => address,
        other => panic!("bound to {other:?}"),
    };
    let left = AtomicUsize::new(connections);
    thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                while take_one(&left) {
                    call(address);
                }
            });
        }
        serve(&listener, connections)
    })
}

fn take_one(left: &AtomicUsize) -> bool {
    left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1))
        .is_ok()
}

/// A connection that the client ends by a reset, so that no port is left over.
fn call(server: SocketAddr) {
    let mut stream = TcpStream::connect(server).expect("the server listens");
    set_socket_linger(&stream, Some(Duration::ZERO)).expect("an option that every socket has");
    let answer = stream.read(&mut [0]).expect("the server answers");
    assert_eq!(answer, 1, "the server answers");
}

fn serve(listener: &Socket, connections: usize) -> usize {
    let object = EventObject::new().expect("there is memory");
    let accepting = listener.event_select(Some(&object), NetworkEvents::ACCEPT);
    accepting.expect("the object is open");
    let (mut served, mut lost) = (0, 0);
    while served < connections {
        let began = Instant::now();
        let woken = object.wait(&Wait::at_most(DEADLINE));
        // Even then the wait looks once more, and finds what it was not woken for.
        lost += usize::from(began.elapsed() >= DEADLINE);
        let is_told = match woken {
            Ok(()) => {
                let report = listener
                    .enumerate_events(Some(&object))
                    .expect("it is open");
                report.events().contains(NetworkEvents::ACCEPT)
            }
            Err(Error::TimedOut) => true, // somebody waits, whom nobody has told of
            Err(error) => panic!("the wait says {error}"),
        };
        if is_told && answer_one(listener) {
            served += 1;
        }
    }
    lost
}

/// Accepts one request. A report may be about one that was accepted before.
fn answer_one(listener: &Socket) -> bool {
    match listener.accept(|_| Ok(Decision::Accept), &Wait::FOREVER) {
        Ok(accepted) => {
            let answered = accepted.send(b"!", &Wait::FOREVER);
            assert_eq!(answered, Ok(1));
            true
        }
        Err(Error::WouldBlock) => false,
        Err(error) => panic!("accept says {error}"),
    }
}
