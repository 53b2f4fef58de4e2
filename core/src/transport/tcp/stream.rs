//! The data path, shutting down, and options of the kernel socket.

use std::{
    os::fd::{AsFd, BorrowedFd},
    sync::atomic::Ordering::SeqCst,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFlags, epoll},
    io::{Errno, ioctl_fionread},
    net::{self, RecvFlags, SendFlags, sockopt},
};

use super::{Mode, Receive, Tcp};
use crate::{
    Error, Result, Wait,
    provider::options::{Linger, SocketOption},
    rules::connection::{Connection, Shutdown, State},
    sys,
    transport::kernel_options,
};

impl Tcp {
    /// The state, after looking whether a non-blocking attempt has ended.
    pub(super) fn current(&self) -> Result<Connection> {
        let connection = self.connection();
        if connection.state != State::Connecting {
            return Ok(connection);
        }
        self.settle_attempt()?;
        Ok(self.connection())
    }

    /// Sends; a blocking socket sends everything.
    pub(super) fn send_all(&self, data: &[u8], mode: Mode<'_>) -> Result<usize> {
        self.send_with(data, SendFlags::NOSIGNAL, mode)
    }

    pub(super) fn send_with(&self, data: &[u8], flags: SendFlags, mode: Mode<'_>) -> Result<usize> {
        self.send_by(data.len(), mode, |fd, sent, now| {
            net::send(fd, &data[sent..], flags | now)
        })
    }

    /// Sends so many bytes by a system call that is told how many have been sent so far.
    pub(super) fn send_by(
        &self,
        total: usize,
        mode: Mode<'_>,
        call: impl FnMut(BorrowedFd<'_>, usize, SendFlags) -> rustix::io::Result<usize>,
    ) -> Result<usize> {
        let sent = self.send_unwatched(total, mode, call);
        if let Some(watched) = self.watched() {
            watched.sent(sent);
        }
        sent
    }

    fn send_unwatched(
        &self,
        total: usize,
        mode: Mode<'_>,
        mut call: impl FnMut(BorrowedFd<'_>, usize, SendFlags) -> rustix::io::Result<usize>,
    ) -> Result<usize> {
        let connection = self.current()?;
        connection.check_send()?;
        if connection.receive_ended {
            self.discard_or_reset()?;
        }
        self.check_broken()?;
        let mut now = SendFlags::empty();
        now.set(SendFlags::DONTWAIT, mode.wait.is_bounded());
        let mut sent = 0;
        loop {
            match self.sleeping(|fd| call(fd, sent, now)) {
                Ok(count) => sent += count,
                Err(error) => match self.after_failure(error, PollFlags::OUT, mode) {
                    Ok(()) => {}
                    Err(_) if sent > 0 => return Ok(sent),
                    Err(error) => return Err(error),
                },
            }
            if sent == total || !mode.blocking {
                return Ok(sent);
            }
        }
    }

    pub(super) fn receive_some(
        &self,
        buffer: &mut [u8],
        flags: Receive,
        mode: Mode<'_>,
    ) -> Result<usize> {
        self.receive_by(buffer.len(), flags, mode, |fd, received, flags| {
            Ok(net::recv(fd, &mut buffer[received..], flags)?.0)
        })
    }

    /// Receives up to so many bytes by a system call that is told how many have come so far.
    pub(super) fn receive_by(
        &self,
        total: usize,
        flags: Receive,
        mode: Mode<'_>,
        call: impl FnMut(BorrowedFd<'_>, usize, RecvFlags) -> rustix::io::Result<usize>,
    ) -> Result<usize> {
        let received = self.receive_unwatched(total, flags, mode, call);
        if let Some(watched) = self.watched() {
            watched.received(received, total, flags.peek);
        }
        received
    }

    fn receive_unwatched(
        &self,
        total: usize,
        flags: Receive,
        mode: Mode<'_>,
        mut call: impl FnMut(BorrowedFd<'_>, usize, RecvFlags) -> rustix::io::Result<usize>,
    ) -> Result<usize> {
        self.current()?.check_receive()?;
        self.check_broken()?;
        let mut kernel_flags = RecvFlags::empty();
        kernel_flags.set(RecvFlags::PEEK, flags.peek);
        kernel_flags.set(RecvFlags::DONTWAIT, mode.wait.is_bounded());
        let all = flags.all && !flags.peek && mode.blocking;
        let mut received = 0;
        loop {
            match self.sleeping(|fd| call(fd, received, kernel_flags)) {
                Ok(0) => {
                    self.check_open()?;
                    return Ok(received); // DIS-33
                }
                Ok(count) => received += count,
                Err(error) => match self.after_failure(error, PollFlags::IN, mode) {
                    Ok(()) => continue,
                    Err(_) if received > 0 => return Ok(received),
                    Err(error) => return Err(error),
                },
            }
            if !all || received == total {
                return Ok(received);
            }
        }
    }

    /// A send or receive has failed: either it can be tried again, or the call ends.
    fn after_failure(&self, error: Errno, events: PollFlags, mode: Mode<'_>) -> Result<()> {
        match error {
            Errno::INTR => self.check_interrupted(mode.wait),
            Errno::WOULDBLOCK if !mode.blocking => Err(Error::WouldBlock),
            Errno::WOULDBLOCK if mode.wait.is_bounded() => self.wait_for(events, mode.wait),
            Errno::WOULDBLOCK if self.has_timeout(events)? => Err(Error::TimedOut),
            // Somebody made the descriptor non-blocking behind the library's back.
            Errno::WOULDBLOCK => self.wait_for(events, mode.wait),
            error => {
                self.check_open()?;
                Err(self.broken_by(error))
            }
        }
    }

    /// What a failed send or receive means for the connection. The kernel reports the end of a
    /// connection once and calls it a graceful end afterwards; so it is remembered.
    fn broken_by(&self, errno: Errno) -> Error {
        let error = match errno {
            // The peer does not answer, or cannot be reached any more (DIS-37). The time-outs of
            // the options and of the call never come here.
            Errno::TIMEDOUT | Errno::HOSTUNREACH | Errno::NETUNREACH if self.was_idle() => {
                Error::NetReset // ERR-30
            }
            Errno::TIMEDOUT | Errno::HOSTUNREACH | Errno::NETUNREACH | Errno::CONNABORTED => {
                Error::ConnAborted
            }
            Errno::CONNRESET => Error::ConnReset, // DIS-36
            errno => return errno.into(),
        };
        self.break_connection(error);
        error
    }

    /// Whether a connection that is lost was one that only keep-alive could find lost: nothing was
    /// waiting to be acknowledged. The kernel counts that beyond the end.
    fn was_idle(&self) -> bool {
        sys::unsent(self.fd.as_fd()) == Ok(0)
    }

    /// Whether `SO_RCVTIMEO` or `SO_SNDTIMEO` bounds the call.
    fn has_timeout(&self, events: PollFlags) -> Result<bool> {
        let id = if events == PollFlags::IN {
            sockopt::Timeout::Recv
        } else {
            sockopt::Timeout::Send
        };
        Ok(sockopt::socket_timeout(&self.fd, id)?.is_some())
    }

    pub(super) fn check_broken(&self) -> Result<()> {
        if self.watched().is_some_and(|watched| watched.is_aborted()) {
            return Err(Error::ConnAborted); // DIS-37
        }
        match self.broken.load(SeqCst) {
            0 => Ok(()),
            code => Err(Error::from_code(code.into()).unwrap_or(Error::ConnAborted)),
        }
    }

    /// Ends one direction or both. Receiving never ends in the kernel: `SHUT_RD` would hide the
    /// peer's own end and does not stop data.
    pub(super) fn end(&self, how: Shutdown) -> Result<()> {
        let before = self.connection();
        let ends_sending = how.sends() && !before.send_ended; // DIS-61
        self.change(|connection| connection.shut_down(how));
        if ends_sending {
            match net::shutdown(&self.fd, net::Shutdown::Write) {
                Ok(()) | Err(Errno::NOTCONN) => {} // DIS-46: a connection that broke has ended
                Err(error) => return Err(error.into()),
            }
        }
        if how.receives()
            && let Some(watched) = self.watched()
        {
            watched.end_receiving();
        }
        if how.receives() || before.receive_ended {
            self.discard_or_reset()?;
        }
        Ok(())
    }

    /// Data that is unread when receiving ends, or that the first call afterwards meets, resets the
    /// connection, unless the peer has ended its own direction: then the data is only dropped, so
    /// that an answer can still be sent (DIS-32).
    fn discard_or_reset(&self) -> Result<()> {
        if ioctl_fionread(&self.fd)? == 0 {
            return Ok(());
        }
        if self.is_ready(PollFlags::RDHUP)? {
            return self.discard();
        }
        if let Some(watched) = self.watched() {
            watched.reset();
        }
        net::connect_unspec(&self.fd)?;
        self.break_connection(Error::ConnAborted);
        Ok(())
    }

    /// Takes what is left out of the kernel's buffer, where it would turn closing into a reset.
    fn discard(&self) -> Result<()> {
        let mut scratch = [0; 4096];
        loop {
            match net::recv(&self.fd, &mut scratch[..], RecvFlags::DONTWAIT) {
                Ok((1.., _)) | Err(Errno::INTR) => {}
                Ok((0, _)) | Err(Errno::WOULDBLOCK) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Waits until the peer has everything, no longer than the linger time; then closing resets.
    /// Interrupted, it leaves the socket open, with its sending direction ended.
    pub(super) fn linger(&self, linger: Linger, mode: Mode<'_>) -> Result<()> {
        if self.connection().state != State::Connected || sys::unsent(self.fd.as_fd())? == 0 {
            return Ok(());
        }
        if !mode.blocking {
            return Err(Error::WouldBlock); // DIS-42: before anything is shut down
        }
        self.end(Shutdown::Send)?;
        let limit = Instant::now().checked_add(Duration::from_secs(linger.seconds.into()));
        match self.wait_until_sent(&mode.wait.no_later_than(limit)) {
            Ok(()) => Ok(()),
            Err(Error::Intr) => Err(Error::Intr),
            Err(_) => Ok(sockopt::set_socket_linger(&self.fd, Some(Duration::ZERO))?), // DIS-41
        }
    }

    /// An edge comes whenever the peer has acknowledged something.
    fn wait_until_sent(&self, wait: &Wait<'_>) -> Result<()> {
        let edges = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let flags = epoll::EventFlags::OUT | epoll::EventFlags::ET;
        epoll::add(&edges, &self.fd, epoll::EventData::new_u64(0), flags)?;
        let mut events = [epoll::Event {
            flags,
            data: epoll::EventData::new_u64(0),
        }];
        while sys::unsent(self.fd.as_fd())? > 0 {
            let remaining = wait.remaining()?;
            match epoll::wait(&edges, &mut events, remaining.as_ref()) {
                Ok(_) => {}
                Err(Errno::INTR) => wait.interrupted()?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    pub(super) fn apply_option(&self, option: SocketOption, value: u32) -> Result<()> {
        let (fd, on) = (&self.fd, value != 0);
        let seconds = Duration::from_secs(value.into());
        match option {
            SocketOption::KeepAlive => sockopt::set_socket_keepalive(fd, on)?,
            SocketOption::OobInline => sockopt::set_socket_oobinline(fd, on)?,
            SocketOption::NoDelay => sockopt::set_tcp_nodelay(fd, on)?,
            SocketOption::KeepAliveIdle => sockopt::set_tcp_keepidle(fd, seconds)?,
            SocketOption::KeepAliveInterval => sockopt::set_tcp_keepintvl(fd, seconds)?,
            SocketOption::KeepAliveCount => sockopt::set_tcp_keepcnt(fd, value)?,
            SocketOption::CallerCheck => self.history().caller_check.store(on, SeqCst), // LSN-37
            SocketOption::ConnectTimeout => {} // CON-33: looked at when connecting
            // Turning it on needs a way to hold a SYN back, which is not offered yet (ACC-69).
            SocketOption::ConditionalAccept if !on => {}
            option => kernel_options::set(fd, self.family, option, value)?,
        }
        Ok(())
    }

    pub(super) fn read_option(&self, option: SocketOption) -> Result<u32> {
        let fd = &self.fd;
        let seconds = |time: Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
        Ok(match option {
            SocketOption::KeepAlive => sockopt::socket_keepalive(fd)?.into(),
            SocketOption::OobInline => sockopt::socket_oobinline(fd)?.into(),
            SocketOption::NoDelay => sockopt::tcp_nodelay(fd)?.into(),
            SocketOption::KeepAliveIdle => seconds(sockopt::tcp_keepidle(fd)?),
            SocketOption::KeepAliveInterval => seconds(sockopt::tcp_keepintvl(fd)?),
            SocketOption::KeepAliveCount => sockopt::tcp_keepcnt(fd)?,
            SocketOption::ConnectTimeout => 0, // the kernel's own
            SocketOption::ConditionalAccept | SocketOption::CallerCheck => option.default_value(),
            option => kernel_options::get(fd, self.family, option)?,
        })
    }
}
