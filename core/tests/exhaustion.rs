//! What happens when descriptors or in-process sockets run out. A program of its own, because it
//! lowers limits of the process; its tests run one after the other.

mod common;

use std::sync::Mutex;

use common::{a_moment, calling, deciding, head, listening, unasked};
use rustix::{
    io::fcntl_dupfd_cloexec,
    process::{Resource, Rlimit, getrlimit, setrlimit},
};
use vestibule::{Decision, Entry, Error, Setting, Wait};

/// Runs `scene` with no descriptor left.
fn without_descriptors(scene: impl FnOnce()) {
    let before = getrlimit(Resource::Nofile);
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: Some(128),
            ..before
        },
    )
    .expect("the limit may be lowered and restored");
    let mut taken = Vec::new();
    while let Ok(fd) = fcntl_dupfd_cloexec(std::io::stderr(), 3) {
        taken.push(fd);
    }
    scene();
    drop(taken);
    setrlimit(Resource::Nofile, before).expect("the limit may be lowered and restored");
}

/// The limits are those of the process: one test at a time.
static LIMITS: Mutex<()> = Mutex::new(());

#[test]
fn descriptors_run_out_and_come_back() {
    let _alone = LIMITS.lock().unwrap();
    let (listener, address) = listening(Entry::Tcp4, 3);
    let (empty, _) = listening(Entry::Tcp4, 3);
    let client = calling(Entry::Tcp4, &address);
    listener.set_nonblocking(true).unwrap();
    without_descriptors(|| {
        assert_eq!(unasked(&listener).map(drop), Err(Error::MFile)); // ACC-24 LSN-27
        let waited = empty.accept(|_| Ok(Decision::Accept), &Wait::at_most(a_moment()));
        assert_eq!(
            waited.map(drop),
            Err(Error::TimedOut),
            "an empty queue blocks"
        );
        empty.set_nonblocking(true).unwrap();
        assert_eq!(unasked(&empty).map(drop), Err(Error::WouldBlock));
    });
    let server = deciding(&listener, Decision::Accept).unwrap();
    assert_eq!(server.peer_address(), client.local_address());
}

#[test]
fn in_process_sockets_run_out_and_come_back() {
    let _alone = LIMITS.lock().unwrap();
    let (listener, address) = listening(Entry::InProcess, 3);
    let client = calling(Entry::InProcess, &address);
    Setting::MaxInProcessSockets.set(0).unwrap();
    assert_eq!(unasked(&listener).map(drop), Err(Error::MFile)); // ACC-24
    assert_eq!(
        vestibule::Socket::new(Entry::InProcess).map(drop),
        Err(Error::MFile)
    ); // HND-19
    Setting::MaxInProcessSockets.set(1_000_000).unwrap();
    let caller = head(&listener);
    Setting::MaxInProcessSockets.set(0).unwrap();
    assert_eq!(
        unasked(&listener).map(drop),
        Err(Error::MFile),
        "a deferred head stays too"
    );
    Setting::MaxInProcessSockets.set(1_000_000).unwrap();
    assert_eq!(head(&listener), caller);
    assert_eq!(client.local_address(), Ok(caller));
}
