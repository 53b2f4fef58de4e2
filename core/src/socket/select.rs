//! Waiting until calls would not block (`select`).

use std::{
    os::fd::BorrowedFd,
    time::{Duration, Instant},
};

use bitflags::bitflags;
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::Errno,
};

use super::Socket;
use crate::{
    Error, Result, Wait,
    provider::{selecting::Bell, turn::Phase},
    transport::Poll,
};

bitflags! {
    /// What [`select`] looks for.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Readiness: u32 {
        /// A request can be accepted, data be received, or the connection has ended. A listener whose
        /// head is deferred is not ready (EVT-63).
        const READ = 1 << 0;
        /// A connect attempt has succeeded (CON-18), or there is room to send.
        const WRITE = 1 << 1;
        /// A connect attempt has failed (CON-18), or urgent data waits and `SO_OOBINLINE` is off.
        const EXCEPT = 1 << 2;
    }
}

/// A socket that [`select`] looks at.
#[derive(Debug)]
pub struct Selected<'a> {
    /// The socket; it may be named more than once (EVT-64).
    pub socket: &'a Socket,
    /// What to look for.
    pub wanted: Readiness,
    /// What of it has come; filled in if the call succeeds.
    pub ready: Readiness,
}

/// Waits until one of the sockets is ready for what is wanted of it, and says how many wants are
/// fulfilled; 0 when the deadline has passed. It takes nothing: no request, no data, no error.
///
/// Unlike the kernel's, it knows of deferred heads and of in-process sockets (EVT-63).
///
/// # Errors
/// [`Error::Inval`] if there is no socket; [`Error::NotSock`] if one is closed, before or meanwhile
/// (EVT-64): then nothing is filled in; [`Error::MFile`] if there is no descriptor to wait with;
/// [`Error::Intr`] as [`Wait`] says.
pub fn select(sockets: &mut [Selected<'_>], wait: &Wait<'_>) -> Result<usize> {
    let Some(first) = sockets.first() else {
        return Err(Error::Inval);
    };
    first.socket.check_open()?;
    let provider = first.socket.provider;
    let mut bell = None;
    loop {
        let looks = look_at_all(sockets)?;
        let count = fulfilled(sockets, &looks);
        if count > 0 {
            fill_in(sockets, &looks);
            return Ok(count);
        }
        if wait.remaining().is_err() {
            fill_in(sockets, &looks);
            return Ok(0);
        }
        // Whatever happens after the bell is there rings it, so everything is looked at once more.
        match &bell {
            None => bell = Some(provider.selecting.begin()?),
            Some(bell) => sleep(sockets, &looks, bell, wait)?,
        }
    }
}

/// How a socket stands, and what to sleep for.
struct Look {
    ready: Readiness,
    poll: Poll,
}

fn look_at_all(sockets: &[Selected<'_>]) -> Result<Vec<Look>> {
    sockets.iter().map(Selected::look).collect()
}

fn fulfilled(sockets: &[Selected<'_>], looks: &[Look]) -> usize {
    let of_one = |(selected, look): (&Selected<'_>, &Look)| {
        (look.ready & selected.wanted).bits().count_ones() as usize
    };
    sockets.iter().zip(looks).map(of_one).sum()
}

fn fill_in(sockets: &mut [Selected<'_>], looks: &[Look]) {
    for (selected, look) in sockets.iter_mut().zip(looks) {
        selected.ready = look.ready & selected.wanted;
    }
}

impl Selected<'_> {
    fn look(&self) -> Result<Look> {
        self.socket.check_open()?; // EVT-64
        let is_deciding = self.socket.phase() == Phase::Deciding;
        let (ready, poll) = self.socket.endpoint.readiness(self.wanted, is_deciding)?;
        Ok(Look { ready, poll })
    }
}

/// Sleeps until the kernel or the bell reports something, or something is due.
fn sleep(sockets: &[Selected<'_>], looks: &[Look], bell: &Bell, wait: &Wait<'_>) -> Result<()> {
    let _listening: Vec<_> = sockets
        .iter()
        .filter_map(|selected| selected.socket.announce_select())
        .collect();
    let mut polled = vec![PollFd::from_borrowed_fd(bell.descriptor(), PollFlags::IN)];
    for (selected, look) in sockets.iter().zip(looks) {
        for (descriptor, flags) in descriptors(selected, &look.poll)?.into_iter().flatten() {
            polled.push(PollFd::from_borrowed_fd(descriptor, flags));
        }
    }
    // A turn that was given back before it was announced has not rung.
    if fulfilled(sockets, &look_at_all(sockets)?) > 0 {
        return Ok(());
    }
    let due = looks.iter().filter_map(|look| look.poll.expires).min();
    let bounded = wait.no_later_than(due.map(|due| due.max(Instant::now() + SHORTEST)));
    let Ok(remaining) = bounded.remaining() else {
        return Ok(());
    };
    match poll(&mut polled, remaining.as_ref()) {
        Ok(_) => {
            bell.silence();
            Ok(())
        }
        Err(Errno::INTR) => wait.interrupted(),
        Err(error) => Err(error.into()),
    }
}

/// An expiry that has passed is looked at by then.
const SHORTEST: Duration = Duration::from_millis(1);

/// What to poll for a socket.
fn descriptors<'a>(
    selected: &Selected<'a>,
    poll: &Poll,
) -> Result<[Option<(BorrowedFd<'a>, PollFlags)>; 2]> {
    let socket = selected.socket;
    if socket.entry.is_kernel_socket() {
        let flags = poll.flags;
        if flags.is_empty() {
            return Ok([None, None]);
        }
        return Ok([Some((socket.read_descriptor()?, flags)), None]);
    }
    let read = poll
        .flags
        .contains(PollFlags::IN)
        .then(|| socket.read_descriptor())
        .transpose()?;
    let write = poll
        .flags
        .contains(PollFlags::OUT)
        .then(|| socket.write_descriptor())
        .transpose()?;
    Ok([
        read.map(|descriptor| (descriptor, PollFlags::IN)),
        write.map(|descriptor| (descriptor, PollFlags::IN)), // HND-31
    ])
}
