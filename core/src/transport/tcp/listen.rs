//! Listening: the kernel's queue, and the one head that was put back.

use std::{
    os::fd::{AsFd, OwnedFd},
    sync::{Arc, OnceLock, atomic::Ordering::SeqCst},
    thread,
};

use rustix::{
    event::PollFlags,
    io::{Errno, ioctl_fionbio},
    net::{self, SocketFlags},
};

use super::{
    Acceptance, Mode, Request, Tcp, reset,
    watching::{KernelWatch, Stage},
};
use crate::{
    Error, Result,
    address::Sockaddr,
    provider::intake::Key,
    rules::connection::{Connection, State},
    sys::slot::User,
};

/// A request that has left the kernel's queue: the connection, and the mode it was taken with.
#[derive(Debug)]
pub(crate) struct Arrived {
    fd: OwnedFd,
    nonblocking: bool,
}

impl Arrived {
    pub(super) fn admit(self, acceptance: &Acceptance<'_>) -> Result<OwnedFd> {
        if self.nonblocking != acceptance.nonblocking {
            ioctl_fionbio(&self.fd, acceptance.nonblocking)?; // SKT-06: it has changed since the arrival
        }
        Ok(self.fd)
    }

    pub(super) fn refuse(self) {
        reset(self.fd); // ACC-06 ACC-71
    }
}

/// What the slot of a held head knows it by.
const HELD: u32 = 1;

/// A request that waits at the head to be shown again.
#[derive(Debug)]
pub(super) struct HeldHead {
    pub(super) arrived: Arrived,
    caller: Sockaddr,
    /// It was deferred, and not just put back.
    pub(super) deferred: bool,
    /// Its place among what the kernel reports, where somebody has to learn that it was reset.
    key: OnceLock<Key>,
}

impl HeldHead {
    pub(super) fn watch(&self, listener: &Arc<KernelWatch>) {
        if let Some(key) = listener.watch_head(self.arrived.fd.as_fd()) {
            let _ = self.key.set(key); // it is in the set once only, so there is one to set
        }
    }

    fn unwatch(&self, listener: Option<&Arc<KernelWatch>>) {
        if let (Some(key), Some(listener)) = (self.key.get(), listener) {
            listener.forget_head(self.arrived.fd.as_fd(), *key);
        }
    }
}

impl Tcp {
    pub(super) fn listen_in_kernel(&self, backlog: u32) -> Result<()> {
        self.settle_attempt()?;
        self.connection().check_listen()?;
        // The kernel admits one connection more than it is told (LSN-02, measured).
        let queue = i32::try_from(backlog.saturating_sub(1)).unwrap_or(i32::MAX);
        net::listen(&self.fd, queue)?;
        self.listens_on(&self.bound_address()?);
        self.change(|connection| Connection {
            state: State::Listening,
            ..connection
        });
        if let Some(watched) = self.watched() {
            watched.enter(Stage::Listening);
        }
        Ok(())
    }

    /// The oldest request: the head that was put back, or what the kernel's queue has next.
    pub(super) fn take_head(
        &self,
        held: bool,
        mode: Mode<'_>,
        request: &mut Request,
    ) -> Result<Arrived> {
        let arrived = match held.then(|| self.take_held()).flatten() {
            Some(HeldHead {
                arrived, caller, ..
            }) => {
                request.caller = caller;
                arrived // ACC-08 ACC-66 ACC-68
            }
            None => self.accept_from_kernel(mode, &mut request.caller)?,
        };
        if let Some(watched) = self.watched() {
            watched.head_taken();
        }
        self.present(&arrived, request)?;
        Ok(arrived)
    }

    /// Whoever closes the listener takes it as well, so there is not always one to be found.
    pub(super) fn take_held(&self) -> Option<HeldHead> {
        loop {
            if let Some(head) = self.held().take_unused(HELD) {
                head.unwatch(self.watched());
                return Some(head);
            }
            // Somebody may look at it, which does not take long.
            self.look_at_held()?;
            thread::yield_now();
        }
    }

    /// The head that was put back, to look at.
    pub(super) fn look_at_held(&self) -> Option<User<'_, HeldHead>> {
        self.held().enter_any()
    }

    fn accept_from_kernel(&self, mode: Mode<'_>, caller: &mut Sockaddr) -> Result<Arrived> {
        let nonblocking = !mode.blocking;
        let flags = if nonblocking {
            SocketFlags::NONBLOCK
        } else {
            SocketFlags::empty()
        };
        if mode.blocking && mode.wait.is_bounded() {
            self.wait_for(PollFlags::IN, mode.wait)?;
        }
        loop {
            let accepted = if nonblocking {
                self.accept_once(flags, caller)
            } else {
                // Closing finds a sleeper here by the phase of the turn.
                mode.wait.sleep(|| self.accept_once(flags, caller))
            };
            match accepted {
                Ok(fd) => return Ok(Arrived { fd, nonblocking }),
                Err(error) => {
                    self.accept_again(error, mode)?;
                }
            }
        }
    }

    fn accept_once(
        &self,
        flags: SocketFlags,
        caller: &mut Sockaddr,
    ) -> rustix::io::Result<OwnedFd> {
        let (fd, address) = net::acceptfrom_with(&self.fd, flags | SocketFlags::CLOEXEC)?; // HND-36
        match &address {
            Some(address) if caller.take_from_kernel(address).is_ok() => Ok(fd),
            _ => Err(Errno::AFNOSUPPORT),
        }
    }

    /// What an error of `accept4` means: whether to call it again.
    #[cold]
    fn accept_again(&self, error: Errno, mode: Mode<'_>) -> Result<()> {
        match error {
            Errno::WOULDBLOCK if !mode.blocking => Err(Error::WouldBlock), // ACC-15
            // A time-out set with SO_RCVTIMEO, or a descriptor that somebody made non-blocking.
            Errno::WOULDBLOCK => self.wait_for(PollFlags::IN, mode.wait),
            Errno::MFILE | Errno::NFILE => self.out_of_descriptors(mode),
            Errno::INTR => self.check_interrupted(mode.wait),
            // An error of one connection that has not become a request.
            Errno::CONNABORTED | Errno::PROTO | Errno::HOSTUNREACH | Errno::NETUNREACH => Ok(()),
            error => {
                self.check_open()?; // closing has shut the socket down
                Err(error.into())
            }
        }
    }

    /// `accept4` reports EMFILE even for an empty queue: only a request that waits makes it true.
    fn out_of_descriptors(&self, mode: Mode<'_>) -> Result<()> {
        if self.is_ready(PollFlags::IN)? {
            return Err(Error::MFile); // ACC-24 LSN-27
        }
        if !mode.blocking {
            return Err(Error::WouldBlock); // ACC-15
        }
        self.wait_for(PollFlags::IN, mode.wait)
    }

    /// Makes a request of the head, unless its caller has reset it.
    fn present(&self, arrived: &Arrived, request: &mut Request) -> Result<()> {
        let history = self.history();
        if history.caller_check.load(SeqCst) && net::getpeername(&arrived.fd) == Err(Errno::NOTCONN)
        {
            return Err(Error::ConnReset); // ACC-23 LSN-37
        }
        match history.listening_on.get() {
            Some(address) => request.callee = *address,
            None => request
                .callee
                .take_from_kernel(&net::getsockname(&arrived.fd)?)?, // ACC-35: behind a wildcard only
        }
        // No caller data (ACC-31), no quality of service (QOS-10).
        Ok(())
    }

    /// Keeps the request as the head, to be shown again.
    pub(super) fn hold(&self, arrived: Arrived, request: &Request, deferred: bool) -> Result<()> {
        // Nobody else puts one there: the calling thread has the listener's turn.
        let claim = self.held().claim().ok_or(Error::SyscallFailure)?;
        claim.fill_with(HELD, || HeldHead {
            arrived,
            caller: request.caller,
            deferred,
            key: OnceLock::new(),
        }); // ACC-07 ACC-21
        Ok(())
    }
}
