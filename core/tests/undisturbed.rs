//! What only shows while no other test of the process looks at the kernel, or makes descriptors readable:
//! one test at a time.

mod common;

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use common::{a_moment, calling, connected, deciding, head, listening, promptly, soon, until};
use rustix::{
    event::{PollFd, PollFlags, poll},
    time::Timespec,
};
use vestibule::{
    Address, ConnectData, Decision, Entry, Error, EventObject, NetworkEvents, Socket, SocketOption,
    Wait,
};

static TURN: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn selected(socket: &Socket, mask: NetworkEvents) -> EventObject {
    let object = EventObject::new().expect("memory");
    socket
        .event_select(Some(&object), mask)
        .expect("an open socket");
    object
}

fn looks_set(object: &EventObject) -> bool {
    object.wait(&Wait::at_most(Duration::ZERO)).is_ok()
}

fn polls(object: &EventObject, time: Duration) -> bool {
    let descriptor = object.descriptor().expect("a descriptor");
    let mut polled = [PollFd::from_borrowed_fd(descriptor, PollFlags::IN)];
    let time = Timespec::try_from(time).expect("a short time");
    poll(&mut polled, Some(&time)) == Ok(1)
}

/// Whoever sleeps in the kernel on behalf of all hands that on when it leaves.
#[test]
fn every_waiter_is_woken_whoever_sleeps_in_the_kernel() {
    const WAITERS: usize = 4;
    let _alone = alone();
    let listeners: Vec<_> = (0..WAITERS).map(|_| listening(Entry::Tcp4, 1)).collect();
    let objects: Vec<_> = listeners
        .iter()
        .map(|(listener, _)| selected(listener, NetworkEvents::ACCEPT))
        .collect();
    for first in 0..WAITERS {
        let mut clients = Vec::new();
        thread::scope(|scope| {
            let waiters: Vec<_> = objects
                .iter()
                .map(|object| {
                    let waiter = scope.spawn(|| promptly(|wait| object.wait(wait)));
                    thread::sleep(a_moment());
                    waiter
                })
                .collect();
            for turn in 0..WAITERS {
                let which = (first + turn) % WAITERS;
                clients.push(calling(Entry::Tcp4, &listeners[which].1));
                until("the waiter is woken", || waiters[which].is_finished());
            }
            for waiter in waiters {
                assert_eq!(waiter.join().unwrap(), Ok(()));
            }
        });
        for ((listener, _), object) in listeners.iter().zip(&objects) {
            deciding(listener, Decision::Reject).unwrap_err();
            listener.enumerate_events(Some(object)).unwrap();
        }
    }
}

#[test]
fn a_descriptor_is_quiet_behind_a_deferred_head() {
    let _alone = alone();
    for entry in common::ENTRIES {
        let (listener, address) = listening(entry, 5);
        let object = selected(&listener, NetworkEvents::ACCEPT);
        let _client = calling(entry, &address);
        assert!(polls(&object, soon()));
        head(&listener);
        listener.enumerate_events(Some(&object)).unwrap();
        let _behind = calling(entry, &address);
        assert!(!polls(&object, a_moment()), "{entry:?}"); // ACC-09
        deciding(&listener, Decision::Accept).unwrap();
        assert!(polls(&object, soon()), "{entry:?}"); // ACC-63
    }
}

#[test]
fn a_descriptor_becomes_readable_when_an_attempt_times_out() {
    let _alone = alone();
    let (_listener, address) = listening(Entry::InProcess, 5);
    let client = Socket::new(Entry::InProcess).unwrap();
    client
        .set_option(SocketOption::ConnectTimeout, 200)
        .unwrap();
    let object = selected(&client, NetworkEvents::CONNECT);
    assert!(!polls(&object, Duration::ZERO));
    client
        .connect(&address, ConnectData::default(), &Wait::FOREVER)
        .unwrap_err();
    assert!(!looks_set(&object));
    assert!(polls(&object, soon()));
    assert!(looks_set(&object));
    let report = client.enumerate_events(Some(&object)).unwrap();
    assert_eq!(report.error(NetworkEvents::CONNECT), Some(Error::TimedOut));
}

#[test]
fn a_thread_that_sleeps_already_is_woken_when_an_attempt_times_out() {
    let _alone = alone();
    for entry in common::ENTRIES {
        let (_listener, address) = listening(entry, 1);
        let _callers = entry.is_kernel_socket().then(|| fill(&address));
        let client = Socket::new(entry).unwrap();
        client
            .set_option(SocketOption::ConnectTimeout, 200)
            .unwrap();
        let object = selected(&client, NetworkEvents::CONNECT);
        thread::scope(|scope| {
            let waiter = scope.spawn(|| promptly(|wait| object.wait(wait)));
            thread::sleep(a_moment());
            client
                .connect(&address, ConnectData::default(), &Wait::FOREVER)
                .unwrap_err();
            assert_eq!(waiter.join().unwrap(), Ok(()), "{entry:?}");
        });
        let report = client.enumerate_events(Some(&object)).unwrap();
        let error = report.error(NetworkEvents::CONNECT);
        assert_eq!(error, Some(Error::TimedOut), "{entry:?}");
    }
}

/// Fills the queue of a listener, so that the kernel does not answer the next one.
fn fill(address: &Address) -> [Socket; 2] {
    [(); 2].map(|()| {
        let caller = Socket::new(Entry::Tcp4).expect("a socket");
        caller.set_nonblocking(true).expect("non-blocking");
        let _ = caller.connect(address, ConnectData::default(), &Wait::FOREVER);
        caller
    })
}

/// More sockets than are reported at once.
#[test]
fn one_look_takes_in_everything() {
    let _alone = alone();
    let pairs: Vec<_> = (0..150).map(|_| connected(Entry::Tcp4)).collect();
    let other = EventObject::new().unwrap();
    for (_, server) in &pairs {
        server
            .event_select(Some(&other), NetworkEvents::READ)
            .unwrap();
    }
    let object = EventObject::new().unwrap();
    assert!(!polls(&object, Duration::ZERO));
    for (client, _) in &pairs {
        client.send(b"x", &Wait::FOREVER).unwrap();
    }
    assert!(polls(&object, soon()), "there is something to take in");
    assert!(!looks_set(&object));
    assert!(!polls(&object, Duration::ZERO)); // EVT-61
    assert_eq!(other.is_set(), Ok(true));
}

/// A thread that takes in what the kernel reports must not take what wakes the sleeper.
#[test]
fn a_wake_up_is_not_lost_to_a_thread_that_looks() {
    const WAKES: usize = 20_000;
    const AT_MOST: Duration = Duration::from_secs(5);
    let _alone = alone();
    let listeners = [listening(Entry::Tcp4, 1), listening(Entry::Tcp4, 1)];
    let [awaited, looked_at] = [(); 2].map(|()| EventObject::new().unwrap());
    for ((listener, _), object) in listeners.iter().zip([&awaited, &looked_at]) {
        listener
            .event_select(Some(object), NetworkEvents::ACCEPT)
            .unwrap();
    }
    let woken = AtomicUsize::new(0);
    let is_over = AtomicBool::new(false);
    let in_time = |wakes: usize| {
        let start = Instant::now();
        awaited.set().unwrap();
        while woken.load(SeqCst) == wakes && start.elapsed() < AT_MOST {
            thread::yield_now();
        }
        woken.load(SeqCst) > wakes
    };
    thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            while !is_over.load(SeqCst) {
                // A lost wake-up is found by the deadline, which is too late.
                let _ = awaited.wait(&Wait::at_most(2 * AT_MOST));
                awaited.reset().unwrap();
                woken.fetch_add(1, SeqCst);
            }
        });
        let looker = scope.spawn(|| {
            while !is_over.load(SeqCst) {
                looked_at.reset().unwrap();
            }
        });
        let lost = (0..WAKES).find(|wakes| !in_time(*wakes));
        is_over.store(true, SeqCst);
        awaited.set().unwrap();
        waiter.join().unwrap();
        looker.join().unwrap();
        assert_eq!(lost, None);
    });
}
