//! Event objects: setting, waiting, closing, and their descriptors.

mod common;

use std::{
    os::fd::AsFd,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    thread,
    time::{Duration, Instant},
};

use common::{ENTRIES, a_moment, calling, connected, deciding, head, listening, promptly, within};
use rustix::{
    event::{PollFd, PollFlags, poll},
    time::Timespec,
};
use vestibule::{
    ConnectData, Decision, Entry, Error, EventObject, MAX_WAIT_EVENTS, NetworkEvents, Socket, Wait,
};

fn objects<const N: usize>() -> [EventObject; N] {
    std::array::from_fn(|_| EventObject::new().expect("an open object"))
}

fn at_once() -> Wait<'static> {
    Wait::at_most(Duration::ZERO)
}

fn polls(object: &EventObject, time: Duration) -> bool {
    let descriptor = object.descriptor().expect("an open object");
    let mut polled = [PollFd::from_borrowed_fd(descriptor.as_fd(), PollFlags::IN)];
    poll(
        &mut polled,
        Some(&Timespec::try_from(time).expect("an open object")),
    )
    .expect("an open object")
        == 1
}

/// The descriptor may become readable because of the sockets of another test; a look at the object makes
/// it exact (EVT-61).
fn is_quiet(object: &EventObject, time: Duration) -> bool {
    let end = Instant::now() + time;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if !polls(object, left) {
            return true;
        }
        if object.wait(&at_once()).is_ok() {
            return false;
        }
    }
}

#[test]
fn an_object_is_set_until_it_is_reset() {
    let [object] = objects();
    assert_eq!(object.is_set(), Ok(false)); // EVT-37
    assert_eq!(object.wait(&at_once()), Err(Error::TimedOut)); // EVT-42
    object.set().unwrap();
    object.set().unwrap();
    for _ in 0..2 {
        assert_eq!(object.wait(&at_once()), Ok(())); // EVT-47
    }
    object.reset().unwrap();
    assert_eq!(object.is_set(), Ok(false)); // EVT-38
}

#[test]
fn the_first_that_is_set_counts() {
    let [a, b, c] = objects();
    let all = [&a, &b, &c];
    c.set().unwrap();
    assert_eq!(promptly(|wait| EventObject::wait_any(&all, wait)), Ok(2));
    b.set().unwrap();
    assert_eq!(promptly(|wait| EventObject::wait_any(&all, wait)), Ok(1)); // EVT-40
}

#[test]
fn all_have_to_be_set_at_the_same_moment() {
    let [a, b] = objects();
    a.set().unwrap();
    assert_eq!(
        EventObject::wait_all(&[&a, &b], &at_once()),
        Err(Error::TimedOut)
    ); // EVT-41
    assert_eq!(a.is_set(), Ok(true), "nothing was changed");
    thread::scope(|scope| {
        let waiter = scope.spawn(|| promptly(|wait| EventObject::wait_all(&[&a, &b], wait)));
        thread::sleep(a_moment());
        a.reset().unwrap();
        b.set().unwrap();
        thread::sleep(a_moment());
        assert!(!waiter.is_finished());
        a.set().unwrap();
        assert_eq!(waiter.join().unwrap(), Ok(()));
    });
}

#[test]
fn a_wait_has_limits() {
    let [object] = objects();
    let many = vec![&object; MAX_WAIT_EVENTS + 1];
    assert_eq!(
        promptly(|wait| EventObject::wait_any(&[], wait)),
        Err(Error::InvalidParameter)
    ); // EVT-43
    assert_eq!(
        promptly(|wait| EventObject::wait_any(&many, wait)),
        Err(Error::InvalidParameter)
    ); // EVT-43
    object.set().unwrap();
    assert_eq!(
        promptly(|wait| EventObject::wait_any(&many[1..], wait)),
        Ok(0)
    );
    assert_eq!(
        promptly(|wait| EventObject::wait_all(&[&object, &object], wait)),
        Err(Error::InvalidParameter)
    ); // EVT-45
}

#[test]
fn a_closed_object_is_no_object() {
    let [open, closed] = objects();
    closed.close().unwrap();
    for result in [
        closed.close(),
        closed.set(),
        closed.reset(),
        closed.is_set().map(drop),
        promptly(|wait| closed.wait(wait)),
        closed.descriptor().map(drop),
        promptly(|wait| EventObject::wait_any(&[&open, &closed], wait)).map(drop),
    ] {
        assert_eq!(result, Err(Error::InvalidHandle)); // EVT-39 EVT-44
    }
}

#[test]
fn closing_ends_the_waits_of_other_threads() {
    for has_kernel_socket in [false, true] {
        let [a, b] = objects();
        let (listener, _) = listening(Entry::Tcp4, 1);
        if has_kernel_socket {
            listener
                .event_select(Some(&a), NetworkEvents::ACCEPT)
                .unwrap();
        }
        thread::scope(|scope| {
            let waiters: Vec<_> = (0..3)
                .map(|_| scope.spawn(|| promptly(|wait| EventObject::wait_any(&[&a, &b], wait))))
                .collect();
            thread::sleep(a_moment());
            b.close().unwrap();
            for waiter in waiters {
                assert_eq!(waiter.join().unwrap(), Err(Error::InvalidHandle)); // EVT-62
            }
        });
    }
}

#[test]
fn a_deadline_ends_a_wait_and_not_too_early() {
    for has_kernel_socket in [false, true] {
        let [object] = objects();
        let (listener, _) = listening(Entry::Tcp4, 1);
        if has_kernel_socket {
            listener
                .event_select(Some(&object), NetworkEvents::ACCEPT)
                .unwrap();
        }
        let start = Instant::now();
        let result = object.wait(&Wait::at_most(a_moment()));
        assert_eq!(result, Err(Error::TimedOut));
        assert!(start.elapsed() >= a_moment());
    }
}

/// Whoever sleeps in the kernel on behalf of all hands that on when it leaves.
#[test]
fn every_waiter_is_woken_whoever_sleeps_in_the_kernel() {
    const WAITERS: usize = 4;
    let listeners: Vec<_> = (0..WAITERS).map(|_| listening(Entry::Tcp4, 1)).collect();
    let objects: [EventObject; WAITERS] = objects();
    for ((listener, _), object) in listeners.iter().zip(&objects) {
        listener
            .event_select(Some(object), NetworkEvents::ACCEPT)
            .unwrap();
    }
    for first in 0..WAITERS {
        thread::scope(|scope| {
            let waiters: Vec<_> = objects
                .iter()
                .map(|object| {
                    let waiter = scope.spawn(|| promptly(|wait| object.wait(wait)));
                    thread::sleep(a_moment() / 3);
                    waiter
                })
                .collect();
            let mut clients = Vec::new();
            for turn in 0..WAITERS {
                let which = (first + turn) % WAITERS;
                clients.push(calling(Entry::Tcp4, &listeners[which].1));
                common::until("the waiter is woken", || waiters[which].is_finished());
            }
        });
        for ((listener, _), object) in listeners.iter().zip(&objects) {
            deciding(listener, Decision::Reject).unwrap_err();
            listener.enumerate_events(Some(object)).unwrap();
        }
    }
}

/// A thread that takes in what the kernel reports must not take what wakes the sleeper.
#[test]
fn a_wake_up_is_not_lost_to_a_thread_that_looks() {
    const WAKES: usize = 20_000;
    const AT_MOST: Duration = Duration::from_secs(5);
    let listeners = [listening(Entry::Tcp4, 1), listening(Entry::Tcp4, 1)];
    let [awaited, looked_at] = objects();
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
        scope.spawn(|| {
            while !is_over.load(SeqCst) {
                // A lost wake-up is found by the deadline, which is too late.
                let _ = awaited.wait(&Wait::at_most(2 * AT_MOST));
                awaited.reset().unwrap();
                woken.fetch_add(1, SeqCst);
            }
        });
        scope.spawn(|| {
            while !is_over.load(SeqCst) {
                looked_at.reset().unwrap();
            }
        });
        let lost = (0..WAKES).find(|wakes| !in_time(*wakes));
        is_over.store(true, SeqCst);
        awaited.set().unwrap();
        assert_eq!(lost, None);
    });
}

#[test]
fn an_object_that_is_always_set_hides_none_before_it() {
    let (listener, address) = listening(Entry::Tcp4, 1);
    let [requests, always] = objects();
    listener
        .event_select(Some(&requests), NetworkEvents::ACCEPT)
        .unwrap();
    always.set().unwrap();
    let both = [&requests, &always];
    assert_eq!(promptly(|wait| EventObject::wait_any(&both, wait)), Ok(1));
    let _client = calling(Entry::Tcp4, &address);
    assert_eq!(promptly(|wait| EventObject::wait_any(&both, wait)), Ok(0)); // EVT-40
}

#[test]
fn a_descriptor_shows_whether_the_object_is_set() {
    let [object] = objects();
    assert!(!polls(&object, Duration::ZERO));
    object.set().unwrap();
    assert!(polls(&object, Duration::ZERO)); // EVT-61
    object.reset().unwrap();
    assert!(!polls(&object, Duration::ZERO));
    object.close().unwrap();
}

#[test]
fn a_descriptor_shows_what_happens_to_sockets() {
    for entry in ENTRIES {
        for exported_first in [false, true] {
            let (listener, address) = listening(entry, 5);
            let [object] = objects();
            if exported_first {
                assert!(is_quiet(&object, Duration::ZERO));
            }
            listener
                .event_select(Some(&object), NetworkEvents::ACCEPT)
                .unwrap();
            let _client = calling(entry, &address);
            assert!(polls(&object, common::soon()), "{entry:?}"); // never late
            object.wait(&at_once()).unwrap();
            listener.enumerate_events(Some(&object)).unwrap();
            assert!(is_quiet(&object, Duration::ZERO), "{entry:?}"); // exact
            head(&listener);
            assert_eq!(object.wait(&at_once()), Err(Error::TimedOut));
            let _another = calling(entry, &address);
            assert!(is_quiet(&object, a_moment()), "{entry:?}"); // ACC-09
            deciding(&listener, Decision::Accept).unwrap();
            assert!(polls(&object, common::soon()), "{entry:?}"); // ACC-63
        }
    }
}

#[test]
fn a_descriptor_becomes_readable_when_an_attempt_times_out() {
    let (_listener, address) = listening(Entry::InProcess, 5);
    let client = Socket::new(Entry::InProcess).unwrap();
    client
        .set_option(vestibule::SocketOption::ConnectTimeout, 100)
        .unwrap();
    let [object] = objects();
    client
        .event_select(Some(&object), NetworkEvents::CONNECT)
        .unwrap();
    assert!(!polls(&object, Duration::ZERO));
    client
        .connect(&address, ConnectData::default(), &within())
        .unwrap_err();
    let deadline = Instant::now() + common::soon();
    while object.wait(&at_once()).is_err() {
        assert!(Instant::now() < deadline);
        assert!(polls(&object, common::soon()));
    }
}

#[test]
fn a_racing_set_and_reset_leave_the_descriptor_as_the_object() {
    let [object] = objects();
    object.descriptor().unwrap();
    thread::scope(|scope| {
        let setter = scope.spawn(|| (0..20_000).for_each(|_| object.set().unwrap()));
        let resetter = scope.spawn(|| (0..20_000).for_each(|_| object.reset().unwrap()));
        setter.join().unwrap();
        resetter.join().unwrap();
    });
    let is_set = object.is_set().unwrap();
    assert_eq!(polls(&object, Duration::ZERO), is_set); // EVT-61
}

#[test]
fn one_object_serves_many_sockets() {
    for entry in ENTRIES {
        let pairs: Vec<_> = (0..8).map(|_| connected(entry)).collect();
        let [object] = objects();
        for (_, server) in &pairs {
            server
                .event_select(Some(&object), NetworkEvents::READ)
                .unwrap();
        }
        for (client, server) in &pairs {
            client.send(b"x", &within()).unwrap();
            promptly(|wait| object.wait(wait)).unwrap(); // EVT-49
            let report = server.enumerate_events(Some(&object)).unwrap();
            assert_eq!(report.events(), NetworkEvents::READ, "{entry:?}");
        }
    }
}
