//! What a server does all day allocates nothing in Rust either (P23). `allocations.c` has the same for
//! the C interface. The test stands here because an allocator is `unsafe` code.

#![expect(unsafe_code, reason = "an allocator that counts")]
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    net::{Ipv4Addr, TcpStream},
    sync::{Mutex, MutexGuard, PoisonError},
};

use provider::{
    Address, ConnectData, Decision, Entry, Error, InProcessAddress, Listener, Receive, Socket, Wait,
};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, counting for each thread.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count() {
    // A thread that is ending counts no more.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller has promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller has promised.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as the caller has promised.
        unsafe { System.realloc(memory, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller has promised.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// How many allocations `part` makes.
fn allocations_of<R>(part: impl FnOnce() -> R) -> (usize, R) {
    let before = ALLOCATIONS.get();
    let result = part();
    (ALLOCATIONS.get() - before, result)
}

/// One test at a time: what the library keeps for later is the process's, and another test might take
/// it.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Plays a scene until everything that is made once has been made, and counts from then on. A scene
/// says how many allocations its interesting part made.
fn assert_steady(mut scene: impl FnMut() -> usize) {
    for _ in 0..200 {
        scene();
    }
    let allocations: usize = (0..100).map(|_| scene()).sum();
    assert_eq!(allocations, 0);
}

fn ask(listener: &Listener, decision: Decision) -> Result<provider::Stream, Error> {
    listener.accept(|request| {
        assert!(request.caller_id().family() == request.callee_id().family());
        decision
    })
}

const DATA: &[u8] = b"thirty-two bytes of user data...";

/// A client in memory whose request waits; one thread plays both sides.
fn waiting_client(to: &Address) -> Socket {
    let client = Socket::new(Entry::InProcess).unwrap();
    client.set_nonblocking(true).unwrap();
    let data = ConnectData {
        caller_data: DATA,
        qos: None,
    };
    assert_eq!(
        client.connect(to, data, &Wait::FOREVER),
        Err(Error::WouldBlock)
    );
    client
}

fn tcp() -> (Listener, impl Fn() -> TcpStream) {
    let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0), 5).unwrap();
    let Address::Ip(address) = listener.local_address().unwrap() else {
        panic!("a TCP listener has an IP address");
    };
    (listener, move || TcpStream::connect(address).unwrap())
}

fn in_process() -> (Listener, impl Fn() -> Socket) {
    let listener = Listener::bind(InProcessAddress::local(0), 5).unwrap();
    let address = listener.local_address().unwrap();
    (listener, move || waiting_client(&address))
}

fn assert_accepting_is_steady<C>((listener, call): (Listener, impl Fn() -> C)) {
    assert_steady(|| {
        let _client = call();
        allocations_of(|| ask(&listener, Decision::Accept).unwrap()).0
    });
}

fn assert_rejecting_is_steady<C>((listener, call): (Listener, impl Fn() -> C)) {
    assert_steady(|| {
        let _client = call();
        let (count, refused) = allocations_of(|| ask(&listener, Decision::Reject));
        assert_eq!(refused.unwrap_err(), Error::ConnRefused);
        count
    });
}

fn assert_deferring_is_steady<C>((listener, call): (Listener, impl Fn() -> C)) {
    assert_steady(|| {
        let _client = call();
        allocations_of(|| {
            let deferred = ask(&listener, Decision::Defer);
            assert_eq!(deferred.unwrap_err(), Error::TryAgain);
            ask(&listener, Decision::Accept).unwrap()
        })
        .0
    });
}

#[test]
fn the_allocator_counts() {
    assert_eq!(allocations_of(|| Box::new(7)).0, 1);
}

#[test]
fn a_tcp_accept_allocates_nothing() {
    let _alone = alone();
    assert_accepting_is_steady(tcp());
}

#[test]
fn a_tcp_reject_allocates_nothing() {
    let _alone = alone();
    assert_rejecting_is_steady(tcp());
}

#[test]
fn a_tcp_deferral_allocates_nothing() {
    let _alone = alone();
    assert_deferring_is_steady(tcp());
}

#[test]
fn a_tcp_send_allocates_nothing() {
    let _alone = alone();
    let (listener, call) = tcp();
    let _client = call();
    let accepted = ask(&listener, Decision::Accept).unwrap();
    assert_steady(|| allocations_of(|| accepted.send(DATA, &Wait::FOREVER).unwrap()).0);
}

#[test]
fn an_in_process_accept_allocates_nothing() {
    let _alone = alone();
    assert_accepting_is_steady(in_process());
}

#[test]
fn an_in_process_reject_allocates_nothing() {
    let _alone = alone();
    assert_rejecting_is_steady(in_process());
}

#[test]
fn an_in_process_deferral_allocates_nothing() {
    let _alone = alone();
    assert_deferring_is_steady(in_process());
}

#[test]
fn an_in_process_connect_allocates_nothing() {
    let _alone = alone();
    let (listener, call) = in_process();
    assert_steady(|| {
        allocations_of(|| {
            let client = call();
            let _accepted = ask(&listener, Decision::Accept).unwrap();
            client.finish_connect(&Wait::FOREVER).unwrap();
        })
        .0
    });
}

#[test]
fn an_in_process_send_allocates_nothing() {
    let _alone = alone();
    let (listener, call) = in_process();
    let client = call();
    let accepted = ask(&listener, Decision::Accept).unwrap();
    assert_steady(|| {
        allocations_of(|| {
            let mut room = [0; DATA.len()];
            accepted.send(DATA, &Wait::FOREVER).unwrap();
            client
                .receive(&mut room, Receive::default(), &Wait::FOREVER)
                .unwrap();
        })
        .0
    });
}
