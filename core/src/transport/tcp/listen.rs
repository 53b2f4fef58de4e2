//! Listening: the kernel's queue, and the one head that was put back.

use std::{
    os::fd::{AsFd, OwnedFd},
    sync::{Arc, atomic::Ordering::SeqCst},
};

use rustix::{
    event::PollFlags,
    io::{Errno, ioctl_fionbio},
    net::{self, SocketFlags},
};

use super::{
    Acceptance, Mode, Request, Tcp, ip_address, reset,
    watching::{KernelWatch, Stage},
};
use crate::{
    Address, Error, Family, Result,
    provider::intake::Key,
    rules::connection::{Connection, State},
    transport::Token,
};

/// A request that has left the kernel's queue and waits at the head to be shown again.
#[derive(Debug)]
pub(super) struct HeldHead {
    fd: OwnedFd,
    caller: Address,
    nonblocking: bool,
    /// It was deferred, and not just put back.
    deferred: bool,
    /// Its place among what the kernel reports, where somebody has to learn that it was reset.
    key: Option<Key>,
}

impl HeldHead {
    pub(super) fn reset(self) {
        reset(self.fd);
    }

    pub(super) fn is_deferred(&self) -> bool {
        self.deferred
    }

    pub(super) fn watch(&mut self, listener: &Arc<KernelWatch>) {
        self.key = listener.watch_head(self.fd.as_fd());
    }

    fn unwatch(&mut self, listener: Option<&Arc<KernelWatch>>) {
        if let (Some(key), Some(listener)) = (self.key.take(), listener) {
            listener.forget_head(self.fd.as_fd(), key);
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
        // A second call finds the address there already.
        let _ = self.history().listening_on.set(self.bound_address()?);
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
    ) -> Result<Token> {
        let put_back = if held { self.take_held() } else { None };
        let taken = match put_back {
            Some(put_back) => put_back, // ACC-08 ACC-66 ACC-68
            None => self.accept_from_kernel(mode)?,
        };
        if let Some(watched) = self.watched() {
            watched.head_taken();
        }
        self.present(taken, request)
    }

    /// The head that was put back.
    pub(super) fn take_held(&self) -> Option<HeldHead> {
        let mut head = self.held().lock().take()?;
        head.unwatch(self.watched());
        Some(head)
    }

    fn accept_from_kernel(&self, mode: Mode<'_>) -> Result<HeldHead> {
        let nonblocking = !mode.blocking;
        let flags = if nonblocking {
            SocketFlags::NONBLOCK
        } else {
            SocketFlags::empty()
        };
        if mode.blocking && mode.wait.is_bounded() {
            self.wait_for(PollFlags::IN, &mode.wait)?;
        }
        loop {
            // Closing finds a sleeper here by the phase of the turn.
            let accept = || net::acceptfrom_with(&self.fd, flags | SocketFlags::CLOEXEC); // HND-36
            let accepted = if nonblocking {
                accept()
            } else {
                mode.wait.sleep(accept)
            };
            match accepted {
                Ok((fd, Some(caller))) => {
                    return Ok(HeldHead {
                        fd,
                        caller: ip_address(caller)?,
                        nonblocking,
                        deferred: false,
                        key: None,
                    });
                }
                Ok((_, None)) => return Err(Error::SyscallFailure),
                Err(Errno::WOULDBLOCK) if nonblocking => return Err(Error::WouldBlock), // ACC-15
                // A time-out set with SO_RCVTIMEO, or a descriptor that somebody made non-blocking.
                Err(Errno::WOULDBLOCK) => self.wait_for(PollFlags::IN, &mode.wait)?,
                Err(Errno::MFILE | Errno::NFILE) => self.out_of_descriptors(mode)?,
                Err(Errno::INTR) => self.check_interrupted(&mode.wait)?,
                // An error of one connection that has not become a request.
                Err(Errno::CONNABORTED | Errno::PROTO | Errno::HOSTUNREACH | Errno::NETUNREACH) => {
                }
                Err(error) => {
                    self.check_open()?; // closing has shut the socket down
                    return Err(error.into());
                }
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
        self.wait_for(PollFlags::IN, &mode.wait)
    }

    /// Makes a request of the head, unless its caller has reset it.
    fn present(&self, head: HeldHead, request: &mut Request) -> Result<Token> {
        let history = self.history();
        if history.caller_check.load(SeqCst) && net::getpeername(&head.fd) == Err(Errno::NOTCONN) {
            return Err(Error::ConnReset); // ACC-23 LSN-37
        }
        request.caller = head.caller;
        request.callee = match history.listening_on.get() {
            Some(address) if !address.is_unspecified() => *address,
            _ => ip_address(net::getsockname(&head.fd)?)?, // ACC-35: behind a wildcard only
        };
        // No caller data (ACC-31), no quality of service (QOS-10).
        Ok(Token::Kernel {
            fd: head.fd,
            nonblocking: head.nonblocking,
        })
    }

    /// Keeps the request as the head, to be shown again.
    pub(super) fn hold(&self, token: Token, request: &Request, deferred: bool) -> Result<()> {
        let (fd, nonblocking) = token.kernel()?;
        let mut head = HeldHead {
            fd,
            caller: request.caller,
            nonblocking,
            deferred,
            key: None,
        };
        if let Some(watched) = self.watched() {
            head.watch(watched);
        }
        *self.held().lock() = Some(head); // ACC-07 ACC-21
        Ok(())
    }
}

pub(super) fn admit(
    token: Token,
    request: &Request,
    acceptance: &Acceptance<'_>,
    family: Family,
) -> Result<Tcp> {
    let (fd, nonblocking) = token.kernel()?;
    if nonblocking != acceptance.nonblocking {
        ioctl_fionbio(&fd, acceptance.nonblocking)?; // SKT-06: it has changed since the arrival
    }
    let peer = Some(request.caller); // SKT-18
    Ok(Tcp::from_fd(fd, family, Connection::ACCEPTED, peer))
}

pub(super) fn refuse(token: Token) -> Result<()> {
    reset(token.kernel()?.0); // ACC-06 ACC-71
    Ok(())
}

impl Token {
    fn kernel(self) -> Result<(OwnedFd, bool)> {
        match self {
            Self::Kernel { fd, nonblocking } => Ok((fd, nonblocking)),
            Self::Queued(_) => Err(Error::SyscallFailure),
        }
    }
}
