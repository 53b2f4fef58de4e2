//! Interleavings of accept, defer, withdraw and close on the in-process entry, and of events
//! (`interleavings/events.rs`), explored by shuttle.
//!
//! A thread that nobody wakes is a deadlock, which shuttle reports; everything else is asserted. The
//! schedules are random with a fixed seed. A failure prints its schedule, and
//! `VESTIBULE_REPLAY=SCHEDULE` plays that one alone:
//!
//! ```text
//! cargo test -p vestibule --lib --features shuttle interleavings::
//! ```

mod events;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use shuttle::{Config, Runner, scheduler::PctScheduler, thread};

use super::{
    monitor::{Monitor, Signal, tests::Counted},
    process::Provider,
};
use crate::{
    Address, ConditionArgs, ConnectData, Decision, Entry, Error, InProcessAddress, Result, Socket,
    Wait,
};

const SEED: u64 = 0x5645;
const SCHEDULES: usize = 700;
/// At random every step is anybody's; a thread that stands still while another does much is rare then.
/// So there are as many schedules again in which the threads run one after the other, but for so many
/// switches.
const SWITCHES: usize = 3;

fn explore(scenario: impl Fn() + Send + Sync + 'static) {
    let scenario = afresh(scenario);
    if let Ok(schedule) = std::env::var("VESTIBULE_REPLAY") {
        return shuttle::replay(scenario, &schedule);
    }
    let scenario = Arc::new(scenario);
    let same = Arc::clone(&scenario);
    shuttle::check_random_with_seed(move || same(), SEED, SCHEDULES);
    let few_switches = PctScheduler::new_from_seed(SEED, SWITCHES, SCHEDULES);
    Runner::new(few_switches, Config::default()).run(move || scenario());
}

/// The intake is the process's, and schedules are to be repeatable.
fn afresh(scenario: impl Fn() + Send + Sync + 'static) -> impl Fn() + Send + Sync + 'static {
    move || {
        Provider::start().intake.forget_deadlines();
        scenario();
    }
}

// ---- what the scenarios are made of

/// What the condition functions of a listener have seen. Its lock is never held where shuttle may
/// switch threads.
#[derive(Debug, Default)]
struct Journal {
    inside: bool,
    deferred: Vec<u8>,
    answered: Vec<u8>,
    withdrawing: Vec<u8>,
    accepted: Vec<Socket>,
}

type Shared = Arc<Mutex<Journal>>;

fn journal(shared: &Shared) -> MutexGuard<'_, Journal> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn listening() -> (Arc<Socket>, Address) {
    let listener = Socket::new(Entry::InProcess).unwrap();
    let any = Address::InProcess(InProcessAddress::local(0));
    listener.bind(&any).unwrap();
    listener.listen(5).unwrap();
    let address = listener.local_address().unwrap();
    (Arc::new(listener), address)
}

fn connect(client: &Socket, address: &Address, name: u8) -> Result<()> {
    let data = ConnectData {
        caller_data: &[name],
        qos: None,
    };
    client.connect(address, data, &Wait::FOREVER)
}

/// A client whose request waits in the queue.
fn calling(address: &Address, name: u8) -> Arc<Socket> {
    let client = Socket::new(Entry::InProcess).unwrap();
    client.set_nonblocking(true).unwrap();
    assert_eq!(connect(&client, address, name), Err(Error::WouldBlock));
    Arc::new(client)
}

/// Defers every request once; accepts odd names then, and rejects even ones.
fn answer(shared: &Shared, args: &ConditionArgs<'_>) -> Decision {
    let name = args.caller_data().unwrap()[0];
    {
        let mut journal = journal(shared);
        assert!(!journal.inside, "two requests are decided at a time");
        assert!(!journal.answered.contains(&name), "decided twice");
        let is_over =
            |earlier| journal.answered.contains(&earlier) || journal.withdrawing.contains(&earlier);
        assert!((1..name).all(is_over), "{name} has overtaken another");
        journal.inside = true;
    }
    thread::yield_now();
    let mut journal = journal(shared);
    journal.inside = false;
    if !journal.deferred.contains(&name) {
        journal.deferred.push(name);
        return Decision::Defer;
    }
    journal.answered.push(name);
    if name % 2 == 1 {
        Decision::Accept
    } else {
        Decision::Reject
    }
}

/// Accepts until so many requests are decided or the listener is closed.
fn accept(listener: &Socket, shared: &Shared, most: usize) {
    let mut decided = 0;
    while decided < most {
        match listener.accept(|args| Ok(answer(shared, args)), &Wait::FOREVER) {
            Ok(accepted) => {
                journal(shared).accepted.push(accepted);
                decided += 1;
            }
            Err(Error::ConnRefused) => decided += 1,
            Err(Error::TryAgain | Error::Acces) => {}
            Err(Error::Intr | Error::NotSock) => return,
            Err(error) => panic!("accept says {error}"),
        }
    }
}

fn acceptor(listener: &Arc<Socket>, shared: &Shared, most: usize) -> thread::JoinHandle<()> {
    let (listener, shared) = (Arc::clone(listener), Arc::clone(shared));
    thread::spawn(move || accept(&listener, &shared, most))
}

fn join<const COUNT: usize>(threads: [thread::JoinHandle<()>; COUNT]) {
    for thread in threads {
        thread.join().unwrap();
    }
}

// ---- the scenarios

#[test]
fn a_withdrawal_in_the_middle_leaves_the_others_their_turn() {
    explore(|| {
        let (listener, address) = listening();
        let shared = Shared::default();
        let [first, second, third] = [1, 2, 3].map(|name| calling(&address, name));
        let acceptors = [(); 2].map(|()| acceptor(&listener, &shared, usize::MAX));
        let withdrawer = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                journal(&shared).withdrawing.push(1);
                first.close().unwrap();
            })
        };
        assert_eq!(
            second.finish_connect(&Wait::FOREVER),
            Err(Error::ConnRefused)
        );
        assert_eq!(third.finish_connect(&Wait::FOREVER), Ok(()));
        withdrawer.join().unwrap();
        listener.close().unwrap();
        join(acceptors);
        let journal = journal(&shared);
        assert!(journal.answered.ends_with(&[2, 3]));
    });
}

#[test]
fn a_thread_that_leaves_hands_the_turn_on() {
    explore(|| {
        let (listener, address) = listening();
        let shared = Shared::default();
        let [first, second] = [1, 2].map(|name| calling(&address, name));
        let acceptors = [(); 2].map(|()| acceptor(&listener, &shared, 1));
        assert_eq!(first.finish_connect(&Wait::FOREVER), Ok(()));
        assert_eq!(
            second.finish_connect(&Wait::FOREVER),
            Err(Error::ConnRefused)
        );
        join(acceptors);
    });
}

#[test]
fn closing_the_listener_ends_every_wait() {
    explore(|| {
        let (listener, address) = listening();
        let shared = Shared::default();
        let acceptors = [(); 2].map(|()| acceptor(&listener, &shared, usize::MAX));
        let client = thread::spawn(move || {
            let client = Socket::new(Entry::InProcess).unwrap();
            client.set_nonblocking(true).unwrap();
            match connect(&client, &address, 1) {
                Err(Error::WouldBlock) => client.finish_connect(&Wait::FOREVER),
                ended => ended,
            }
        });
        thread::yield_now();
        listener.close().unwrap();
        join(acceptors);
        let connected = client.join().unwrap();
        let accepted = journal(&shared).accepted.len();
        match connected {
            Ok(()) => assert_eq!(accepted, 1),
            Err(Error::ConnRefused) => assert_eq!(accepted, 0),
            Err(error) => panic!("connect says {error}"),
        }
    });
}

#[test]
fn a_time_out_and_an_acceptance_agree_on_who_was_first() {
    explore(|| {
        let (listener, address) = listening();
        let shared = Shared::default();
        let acceptor = acceptor(&listener, &shared, usize::MAX);
        let client = Socket::new(Entry::InProcess).unwrap();
        let connected = connect(&client, &address, 1); // its deadline passes when shuttle says
        assert!(matches!(connected, Ok(()) | Err(Error::TimedOut)));
        assert_eq!(client.peer_address().is_ok(), connected.is_ok());
        listener.close().unwrap();
        acceptor.join().unwrap();
        assert_eq!(
            journal(&shared).accepted.len(),
            usize::from(connected.is_ok()),
            "{connected:?}"
        );
    });
}

#[test]
fn data_and_the_end_wake_the_reader() {
    explore(|| {
        let (listener, address) = listening();
        let client = calling(&address, 1);
        let server = listener
            .accept(|_| Ok(Decision::Accept), &Wait::FOREVER)
            .unwrap();
        let reader = thread::spawn(move || {
            let mut received = Vec::new();
            loop {
                let mut buffer = [0; 2];
                match server.receive(&mut buffer, crate::Receive::default(), &Wait::FOREVER) {
                    Ok(0) => return received,
                    Ok(count) => received.extend_from_slice(&buffer[..count]),
                    Err(error) => panic!("receive says {error}"),
                }
            }
        });
        client.send(b"abc", &Wait::FOREVER).unwrap();
        client.send_disconnect(Some(b"bye")).unwrap();
        client.close().unwrap();
        assert_eq!(reader.join().unwrap(), b"abc");
    });
}

#[test]
fn a_monitor_loses_no_notification() {
    explore(|| count_to_two(Counter::wait));
}

// ---- the negative control: what shuttle has to find

struct Counter {
    count: Monitor<Counted>,
    changed: Arc<Signal>,
}

impl Counter {
    fn wait(&self) {
        self.count
            .wait(&Wait::FOREVER, |state| {
                state.reaches(2).map_err(|()| Arc::clone(&self.changed))
            })
            .unwrap();
    }

    fn add(&self) {
        self.count.update(|state| state.count += 1);
        self.changed.notify();
    }
}

/// Two threads count while a third waits.
fn count_to_two(wait: impl Fn(&Counter)) {
    let counter = Arc::new(Counter {
        count: Monitor::new(Counted::new(0)),
        changed: Arc::default(),
    });
    let adders = [(); 2].map(|()| {
        let counter = Arc::clone(&counter);
        thread::spawn(move || counter.add())
    });
    wait(&counter);
    join(adders);
}

fn is_found(fault: impl Fn() + Send + Sync + 'static) {
    let fault = afresh(fault);
    let explored = catch_unwind(AssertUnwindSafe(|| {
        shuttle::check_random_with_seed(fault, SEED, SCHEDULES);
    }));
    let report = explored.expect_err("the fault was not found");
    let text = report
        .downcast_ref::<String>()
        .expect("shuttle says what it found");
    assert!(text.contains("deadlock"), "{text}");
}

#[test]
fn an_announcement_after_the_check_is_found() {
    is_found(|| {
        count_to_two(|counter| {
            while counter.count.update(|state| state.count != 2) {
                let announced = counter.changed.announce();
                announced.sleep(&Wait::FOREVER).unwrap();
            }
        });
    });
}

#[test]
fn a_notification_before_the_change_is_found() {
    is_found(|| {
        let counter = Arc::new(Counter {
            count: Monitor::new(Counted::new(1)),
            changed: Arc::default(),
        });
        let other = Arc::clone(&counter);
        let adder = thread::spawn(move || {
            other.changed.notify();
            other.count.update(|state| state.count += 1);
        });
        counter.wait();
        adder.join().unwrap();
    });
}
