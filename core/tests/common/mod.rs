//! What the integration tests share.
#![allow(dead_code, reason = "every test program uses a part of it")]

use std::{
    thread,
    time::{Duration, Instant},
};

use vestibule::{
    Address, ConditionArgs, ConnectData, Decision, Entry, Error, InProcessAddress, Result, Socket,
    Wait,
};

/// A time that may pass in a test, scaled for slow machines.
pub(crate) fn soon() -> Duration {
    scaled(Duration::from_secs(5))
}

/// A time after which something that blocks is taken to be blocked.
pub(crate) fn a_moment() -> Duration {
    scaled(Duration::from_millis(30))
}

fn scaled(time: Duration) -> Duration {
    let factor = std::env::var("VESTIBULE_TEST_SLOW")
        .ok()
        .and_then(|text| text.parse().ok());
    time * factor.unwrap_or(1)
}

pub(crate) fn within() -> Wait<'static> {
    Wait::at_most(soon())
}

/// Waits with a deadline that is far away; a result that comes only then fails. A wait looks once more at
/// its deadline, and would hide that nobody has woken it.
pub(crate) fn promptly<R>(wait: impl FnOnce(&Wait<'_>) -> R) -> R {
    let begun = Instant::now();
    let result = wait(&Wait::at_most(2 * soon()));
    assert!(begun.elapsed() < soon(), "found at the deadline only");
    result
}

/// The entries that every machine has.
pub(crate) const ENTRIES: [Entry; 2] = [Entry::InProcess, Entry::Tcp4];

/// The loopback address of an entry, with a port to be chosen.
pub(crate) fn loopback(entry: Entry) -> Address {
    match entry {
        Entry::Tcp4 => "127.0.0.1:0".parse().expect("an address"),
        Entry::Tcp6 => "[::1]:0".parse().expect("an address"),
        _ => InProcessAddress::local(0).into(),
    }
}

pub(crate) fn listening(entry: Entry, backlog: i32) -> (Socket, Address) {
    let listener = Socket::new(entry).expect("a socket");
    listener.bind(&loopback(entry)).expect("bound");
    listener.listen(backlog).expect("listening");
    let address = listener.local_address().expect("bound");
    (listener, address)
}

/// A client whose request waits undecided (in-process) or whose connection is complete (TCP).
pub(crate) fn calling(entry: Entry, address: &Address) -> Socket {
    calling_with(entry, address, b"")
}

pub(crate) fn calling_with(entry: Entry, address: &Address, caller_data: &[u8]) -> Socket {
    let client = Socket::new(entry).expect("a socket");
    client.set_nonblocking(true).expect("non-blocking");
    let data = ConnectData {
        caller_data,
        ..ConnectData::default()
    };
    let started = client.connect(address, data, &within());
    assert!(
        matches!(started, Ok(()) | Err(Error::WouldBlock)),
        "{started:?}"
    );
    if entry.is_kernel_socket() {
        client
            .finish_connect(&within())
            .expect("the kernel completes the handshake");
    }
    client
}

/// An accept call whose condition function answers at once.
pub(crate) fn deciding(listener: &Socket, decision: Decision) -> Result<Socket> {
    listener.accept(|_| Ok(decision), &within())
}

/// An accept call that must not reach its condition function.
pub(crate) fn unasked(listener: &Socket) -> Result<Socket> {
    listener.accept(
        |args: &mut ConditionArgs<'_>| panic!("asked about {args:?}"),
        &within(),
    )
}

/// A client and its server, connected.
pub(crate) fn connected(entry: Entry) -> (Socket, Socket) {
    let (listener, address) = listening(entry, 1);
    let client = calling(entry, &address);
    let server = deciding(&listener, Decision::Accept).expect("connected");
    client.finish_connect(&within()).expect("connected");
    client.set_nonblocking(false).expect("connected");
    (client, server)
}

/// The caller that an accept call shows, which defers it.
pub(crate) fn head(listener: &Socket) -> Address {
    let mut caller = None;
    let result = listener.accept(
        |args| {
            caller = Some(args.caller_id());
            Ok(Decision::Defer)
        },
        &within(),
    );
    assert_eq!(result.map(drop), Err(Error::TryAgain));
    caller.expect("the condition function was called")
}

/// Waits until `happened`, or fails.
pub(crate) fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let deadline = Instant::now() + soon();
    while !happened() {
        assert!(Instant::now() < deadline, "never: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}
