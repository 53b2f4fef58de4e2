//! Interleavings of event objects, watched in-process sockets and the notification port.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use shuttle::thread;

use super::{
    super::{postponed::Postponed, waiter::Waiter},
    connect, explore, is_found, join, listening,
};
use crate::{
    Address, Decision, Entry, Error, EventObject, NetworkEvents, NotificationPort, Receive, Result,
    Socket, SocketOption, Wait,
};

const ACCEPT: NetworkEvents = NetworkEvents::ACCEPT;
const READ: NetworkEvents = NetworkEvents::READ;
const CLOSE: NetworkEvents = NetworkEvents::CLOSE;

fn objects<const COUNT: usize>() -> [EventObject; COUNT] {
    [(); COUNT].map(|()| EventObject::new().unwrap())
}

fn selected(socket: &Socket, mask: NetworkEvents) -> EventObject {
    let [object] = objects();
    socket.event_select(Some(&object), mask).unwrap();
    object
}

/// A client whose request waits in the queue, for weeks. Its deadline bounds the sleep of every waiter;
/// half of them have to be woken nevertheless, as the schedule has it.
fn calling(address: &Address, name: u8) -> Arc<Socket> {
    let client = Socket::new(Entry::InProcess).unwrap();
    client
        .set_option(SocketOption::ConnectTimeout, u32::MAX)
        .unwrap();
    client.set_nonblocking(true).unwrap();
    assert_eq!(connect(&client, address, name), Err(Error::WouldBlock));
    Arc::new(client)
}

fn spawn(run: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    thread::spawn(run)
}

fn waiting(object: &EventObject) -> thread::JoinHandle<()> {
    let object = object.clone();
    spawn(move || object.wait(&Wait::FOREVER).unwrap())
}

// ---- event objects

#[test]
fn every_waiter_sees_the_setting() {
    explore(|| {
        let [object] = objects();
        let waiters = [(); 2].map(|()| waiting(&object));
        object.set().unwrap();
        join(waiters);
    });
}

#[test]
fn a_waiter_that_leaves_leaves_the_others_announced() {
    explore(|| {
        let [object] = objects();
        let waiter = waiting(&object);
        let leaver = {
            let object = object.clone();
            spawn(move || {
                let own = Waiter::own();
                object.add_sleeper(&own);
                object.remove_sleeper(&own);
            })
        };
        join([leaver]);
        object.set().unwrap();
        join([waiter]);
    });
}

#[test]
fn a_reset_before_the_setting_hides_nothing() {
    explore(|| {
        let [object] = objects();
        object.set().unwrap();
        let resetter = {
            let object = object.clone();
            spawn(move || {
                object.reset().unwrap();
                object.set().unwrap();
            })
        };
        join([waiting(&object), waiting(&object), resetter]);
    });
}

#[test]
fn closing_ends_the_wait() {
    explore(|| {
        let [first, second] = objects();
        let closed = {
            let (first, second) = (first.clone(), second.clone());
            spawn(move || {
                let waited = EventObject::wait_any(&[&first, &second], &Wait::FOREVER);
                assert_eq!(waited, Err(Error::InvalidHandle));
            })
        };
        second.close().unwrap();
        join([closed]);
    });
}

#[test]
fn any_of_several_objects_wakes() {
    explore(|| {
        let [first, second] = objects();
        let waiter = {
            let (first, second) = (first.clone(), second.clone());
            spawn(move || {
                let set = EventObject::wait_any(&[&first, &second], &Wait::FOREVER).unwrap();
                assert!([&first, &second][set].is_set().unwrap());
            })
        };
        let setters = [first, second].map(|object| spawn(move || object.set().unwrap()));
        join(setters);
        join([waiter]);
    });
}

/// Two objects that are never set at the same moment, until both are at the end.
#[test]
fn all_are_waited_for_at_the_same_moment() {
    explore(|| {
        let [first, second] = objects();
        let is_over = Arc::new(AtomicUsize::new(0));
        first.set().unwrap();
        let waiter = {
            let (first, second) = (first.clone(), second.clone());
            let is_over = Arc::clone(&is_over);
            spawn(move || {
                EventObject::wait_all(&[&first, &second], &Wait::FOREVER).unwrap();
                assert_eq!(is_over.load(SeqCst), 1, "never both before");
            })
        };
        first.reset().unwrap();
        second.set().unwrap();
        second.reset().unwrap();
        first.set().unwrap();
        is_over.store(1, SeqCst);
        second.set().unwrap();
        join([waiter]);
    });
}

/// A wait as it is, but for the order: `look` comes first or last.
fn waits(object: &EventObject, looks_first: bool) {
    let waiter = Waiter::own();
    if looks_first && object.look().is_set() {
        return;
    }
    object.add_sleeper(&waiter);
    waiter.look();
    if looks_first || !object.look().is_set() {
        waiter.park(&Wait::FOREVER).unwrap();
    }
    object.remove_sleeper(&waiter);
}

fn one_waits_and_one_sets(looks_first: bool, wakes_first: bool) {
    let [object] = objects();
    let waiter = {
        let object = object.clone();
        spawn(move || waits(&object, looks_first))
    };
    if wakes_first {
        object.wake();
    }
    if object.mark() && !wakes_first {
        object.wake();
    }
    join([waiter]);
}

#[test]
fn a_waiter_that_announces_itself_and_looks_is_woken() {
    explore(|| one_waits_and_one_sets(false, false));
}

#[test]
fn a_look_before_the_announcement_is_found() {
    is_found(|| one_waits_and_one_sets(true, false));
}

#[test]
fn a_wake_up_before_the_setting_is_found() {
    is_found(|| one_waits_and_one_sets(false, true));
}

// ---- work that is left to the next waiter

#[derive(Clone, Copy)]
enum Mistake {
    None,
    /// The one who leaves work looks for waiters first.
    LooksTooEarly,
    /// The waiter takes the work first and announces itself afterwards.
    TakesTooEarly,
}

/// To do the work is to set the object, as arming a socket is to which something has happened.
fn leave_work(mistake: Mistake) {
    let [object] = objects();
    let postponed = Arc::new(Postponed::new());
    let waiter = {
        let (object, postponed) = (object.clone(), Arc::clone(&postponed));
        spawn(move || {
            let waiter = Waiter::own();
            let do_all = || {
                for object in postponed.take() {
                    EventObject::set(&object).unwrap();
                }
            };
            if matches!(mistake, Mistake::TakesTooEarly) {
                do_all();
            }
            object.add_sleeper(&waiter);
            while !object.look().is_set() {
                waiter.look();
                if !matches!(mistake, Mistake::TakesTooEarly) {
                    do_all();
                }
                if !object.look().is_set() {
                    waiter.park(&Wait::FOREVER).unwrap();
                }
            }
            object.remove_sleeper(&waiter);
        })
    };
    let saw_a_waiter = object.is_watched();
    assert!(!postponed.add(object.clone()));
    let sees_a_waiter = match mistake {
        Mistake::LooksTooEarly => saw_a_waiter,
        _ => object.is_watched(),
    };
    if sees_a_waiter {
        for object in postponed.take() {
            object.set().unwrap();
        }
    }
    join([waiter]);
}

#[test]
fn work_is_done_by_who_leaves_it_or_by_who_waits() {
    explore(|| leave_work(Mistake::None));
}

#[test]
fn a_look_for_waiters_before_the_work_is_left_is_found() {
    is_found(|| leave_work(Mistake::LooksTooEarly));
}

#[test]
fn a_waiter_that_takes_the_work_before_it_announces_itself_is_found() {
    is_found(|| leave_work(Mistake::TakesTooEarly));
}

// ---- watched sockets

#[test]
fn a_waiter_is_woken_by_an_occurrence() {
    explore(|| {
        let (listener, address) = listening();
        let object = selected(&listener, ACCEPT);
        let waiter = waiting(&object);
        let _client = calling(&address, 1);
        join([waiter]);
        let report = listener.enumerate_events(Some(&object)).unwrap();
        assert_eq!(report.events(), ACCEPT);
    });
}

/// An event loop that accepts one request for each report, and no more.
#[test]
fn enumerating_while_requests_arrive_loses_none() {
    explore(|| {
        let (listener, address) = listening();
        let object = selected(&listener, ACCEPT);
        let server = spawn(move || {
            let mut accepted = Vec::new();
            while accepted.len() < 2 {
                object.wait(&Wait::FOREVER).unwrap();
                if enumerated(&listener, &object).contains(ACCEPT) {
                    let decided = listener.accept(|_| Ok(Decision::Accept), &Wait::FOREVER);
                    accepted.push(decided.unwrap());
                }
            }
        });
        let clients = [1, 2].map(|name| {
            spawn(move || {
                let accepted = calling(&address, name).finish_connect(&Wait::FOREVER);
                assert_eq!(accepted, Ok(()));
            })
        });
        join(clients);
        join([server]);
    });
}

fn data_and_the_end(enumerate: fn(&Socket, &EventObject) -> NetworkEvents) {
    let (listener, address) = listening();
    let client = calling(&address, 1);
    let object = selected(&listener, READ | CLOSE); // the connection inherits it
    let server = listener
        .accept(|_| Ok(Decision::Accept), &Wait::FOREVER)
        .unwrap();
    let sender = spawn(move || {
        client.send(b"a", &Wait::FOREVER).unwrap();
        client.send(b"b", &Wait::FOREVER).unwrap();
        client.close().unwrap();
    });
    let mut received = 0;
    let mut has_ended = false;
    while received < 2 || !has_ended {
        object.wait(&Wait::FOREVER).unwrap();
        let told = enumerate(&server, &object);
        has_ended |= told.contains(CLOSE);
        if told.contains(READ) {
            // One byte a report: what is left has to be told of again.
            let read = server.receive(&mut [0], Receive::default(), &Wait::FOREVER);
            received += read.unwrap();
        }
    }
    join([sender]);
}

#[test]
fn data_and_the_end_are_told_of() {
    explore(|| data_and_the_end(enumerated));
}

#[test]
fn a_reset_apart_from_the_enumeration_is_found() {
    is_found(|| {
        data_and_the_end(|server, object| {
            let report = server.enumerate_events(None).unwrap();
            object.reset().unwrap(); // EVT-22 has both as one step
            report.events()
        });
    });
}

/// What the event loops of a listener have decided.
#[derive(Debug, Default)]
struct Decided {
    deferred: Vec<u8>,
    accepted: Vec<Socket>,
}

/// An event loop. It defers every request once; a deferral has to be followed by a call that nobody asks
/// for, which is what `again` is.
fn serve(listener: &Socket, object: &EventObject, decided: &Mutex<Decided>, most: usize) {
    let mut again = false;
    loop {
        if decided.lock().unwrap().accepted.len() == most {
            object.set().unwrap(); // the other loop looks, too
            return;
        }
        if !again {
            object.wait(&Wait::FOREVER).unwrap();
            let report = listener.enumerate_events(Some(object)).unwrap();
            if !report.events().contains(ACCEPT) {
                continue;
            }
        }
        let answer = |name: u8| {
            let mut decided = decided.lock().unwrap();
            if decided.deferred.contains(&name) {
                return Decision::Accept;
            }
            decided.deferred.push(name);
            Decision::Defer
        };
        let result = listener.accept(
            |args| {
                thread::yield_now();
                Ok(answer(args.caller_data().unwrap()[0]))
            },
            &Wait::FOREVER,
        );
        again = matches!(result, Err(Error::TryAgain));
        match result {
            Ok(accepted) => decided.lock().unwrap().accepted.push(accepted),
            Err(Error::TryAgain | Error::WouldBlock) => {}
            Err(error) => panic!("accept says {error}"),
        }
    }
}

#[test]
fn two_event_loops_decide_on_one_listener() {
    explore(|| {
        let (listener, address) = listening();
        let object = selected(&listener, ACCEPT);
        let decided = Arc::new(Mutex::new(Decided::default()));
        let loops = [(); 2].map(|()| {
            let (listener, object) = (Arc::clone(&listener), object.clone());
            let decided = Arc::clone(&decided);
            spawn(move || serve(&listener, &object, &decided, 2))
        });
        let clients = [1, 2].map(|name| calling(&address, name));
        join(loops);
        drop(clients);
    });
}

/// One accept call. It says which request it was asked about.
fn deciding(
    listener: &Arc<Socket>,
    decision: Decision,
) -> thread::JoinHandle<(Option<u8>, Result<Socket>)> {
    let listener = Arc::clone(listener);
    thread::spawn(move || {
        let mut name = None;
        let decided = listener.accept(
            |args| {
                name = args.caller_data().map(|data| data[0]);
                Ok(decision)
            },
            &Wait::FOREVER,
        );
        (name, decided)
    })
}

/// What is recorded; the object is reset.
fn enumerated(listener: &Socket, object: &EventObject) -> NetworkEvents {
    let report = listener.enumerate_events(Some(object)).unwrap();
    report.events()
}

#[test]
fn who_decides_a_head_that_another_thread_defers_ends_the_silence() {
    explore(|| {
        let (listener, address) = listening();
        let object = selected(&listener, ACCEPT);
        let _first = calling(&address, 1);
        let deferring = deciding(&listener, Decision::Defer);
        let accepting = deciding(&listener, Decision::Accept);
        let (_, deferred) = deferring.join().unwrap();
        assert!(matches!(
            deferred.map(drop),
            Err(Error::TryAgain | Error::WouldBlock)
        ));
        let (_, accepted) = accepting.join().unwrap();
        if accepted.is_err() {
            let decided = listener.accept(|_| Ok(Decision::Accept), &Wait::FOREVER);
            decided.unwrap();
        }
        enumerated(&listener, &object);
        let _second = calling(&address, 2);
        object.wait(&Wait::FOREVER).unwrap();
        assert_eq!(enumerated(&listener, &object), ACCEPT); // ACC-63
    });
}

#[test]
fn who_defers_the_head_after_another_thread_has_decided_begins_the_silence() {
    explore(|| {
        let (listener, address) = listening();
        let object = selected(&listener, ACCEPT);
        let _clients = [1, 2].map(|name| calling(&address, name));
        let rejecting = deciding(&listener, Decision::Reject);
        let deferring = deciding(&listener, Decision::Defer);
        drop(rejecting.join());
        let deferred = deferring.join().unwrap();
        if !matches!(deferred, (Some(2), Err(Error::TryAgain))) {
            return; // the first was deferred, or the rejection was in the way
        }
        let _third = calling(&address, 3);
        assert_eq!(enumerated(&listener, &object), NetworkEvents::empty()); // ACC-09 ACC-62
    });
}

#[test]
fn a_withdrawn_head_ends_the_silence() {
    explore(|| {
        let (listener, address) = listening();
        let object = selected(&listener, ACCEPT);
        let client = calling(&address, 1);
        let withdrawer = spawn(move || client.close().unwrap());
        let deferred = listener.accept(|_| Ok(Decision::Defer), &Wait::FOREVER);
        match deferred.map(drop) {
            // The withdrawal wakes the server, whether it comes before the call has ended or later.
            Err(Error::TryAgain) => {
                let mut told = NetworkEvents::empty();
                while !told.contains(ACCEPT) {
                    object.wait(&Wait::FOREVER).unwrap(); // ACC-64
                    told |= listener.enumerate_events(Some(&object)).unwrap().events();
                }
                let lost = listener.accept(|_| Ok(Decision::Accept), &Wait::FOREVER);
                assert_eq!(lost.map(drop), Err(Error::Acces));
            }
            Err(Error::Acces | Error::WouldBlock) => {}
            other => panic!("accept says {other:?}"),
        }
        join([withdrawer]);
        let _next = calling(&address, 2);
        object.wait(&Wait::FOREVER).unwrap();
        let mut told = listener.enumerate_events(Some(&object)).unwrap().events();
        while !told.contains(ACCEPT) {
            object.wait(&Wait::FOREVER).unwrap();
            told |= listener.enumerate_events(Some(&object)).unwrap().events();
        }
    });
}

#[test]
fn closing_a_watched_socket_lets_go_of_everybody() {
    explore(|| {
        let (listener, address) = listening();
        let object = selected(&listener, ACCEPT);
        let closer = {
            let listener = Arc::clone(&listener);
            spawn(move || listener.close().unwrap())
        };
        let client = Socket::new(Entry::InProcess).unwrap();
        client.set_nonblocking(true).unwrap();
        let _ = connect(&client, &address, 1);
        let reported = listener.enumerate_events(Some(&object));
        match reported {
            Ok(report) => {
                assert!(ACCEPT.contains(report.events()));
            }
            Err(error) => assert_eq!(error, Error::NotSock),
        }
        join([closer]);
        object.reset().unwrap();
        assert!(!object.is_set().unwrap(), "the object is the program's own");
    });
}

// ---- the notification port

#[test]
fn two_threads_share_the_messages_of_a_port() {
    explore(|| {
        let (listener, address) = listening();
        let port = NotificationPort::new().unwrap();
        listener.set_message_name(1);
        listener.async_select(Some(&port), 5, ACCEPT).unwrap();
        let accepted = Arc::new(AtomicUsize::new(0));
        let readers = [(); 2].map(|()| {
            let (port, listener) = (port.clone(), Arc::clone(&listener));
            let accepted = Arc::clone(&accepted);
            spawn(move || {
                while let Ok(notification) = port.next(&Wait::FOREVER) {
                    assert_eq!(notification.event, ACCEPT);
                    // One request for a message: what is left is posted again.
                    match listener.accept(|_| Ok(Decision::Accept), &Wait::FOREVER) {
                        Ok(_) if accepted.fetch_add(1, SeqCst) == 1 => port.close().unwrap(),
                        Ok(_) | Err(Error::WouldBlock) => {}
                        Err(error) => panic!("accept says {error}"),
                    }
                }
            })
        });
        let clients = [1, 2].map(|name| calling(&address, name));
        join(readers);
        drop(clients);
    });
}
