//! Connecting: the kernel's attempt, and what the kernel forgets about it.

use std::{
    os::fd::{AsFd, BorrowedFd},
    sync::atomic::{AtomicBool, AtomicI32, Ordering::SeqCst},
    time::Instant,
};

use parking_lot::Mutex;
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::{Errno, ioctl_fionbio},
    net::{self, sockopt},
    time::Timespec,
};

use super::{Mode, Outgoing, Tcp, of_family};
use crate::{
    Address, Error, Result, Wait,
    rules::connection::{Connection, State},
    sys::Seconds,
};

/// What is known about the connect attempts of a socket.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    /// The Winsock number of a non-blocking attempt's failure; it stays until a later attempt
    /// succeeds (HND-27, CON-19).
    failure: AtomicI32,
    /// Whom the last connect was for.
    destination: Mutex<Option<Address>>,
    /// A connect call is under way; nobody else may take the outcome from the kernel.
    awaited: AtomicBool,
    /// The kernel's socket has a failed attempt behind it.
    spent: AtomicBool,
    /// There was an attempt: a connection is not an accepted one.
    made: AtomicBool,
    /// Held while the outcome is read.
    course: Mutex<Course>,
}

/// The course of an attempt.
#[derive(Debug, Default)]
struct Course {
    under_way: bool,
    /// When a non-blocking attempt times out.
    expires: Option<Instant>,
    /// How it has ended, if nobody has acted on that yet.
    outcome: Option<Outcome>,
}

/// How an attempt stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Outcome {
    Pending,
    Connected,
    /// It had succeeded; the peer has reset the connection since, which its first use tells (ACC-72).
    Broken,
    Failed(Error),
}

impl Attempt {
    /// How a non-blocking attempt stands. Its end is kept for the call that will act on it.
    pub(super) fn outcome(&self, fd: BorrowedFd<'_>) -> Result<Outcome> {
        let mut course = self.course.lock();
        if self.awaited.load(SeqCst) {
            return Ok(Outcome::Pending); // the call that waits for it takes it
        }
        course.outcome(fd)
    }

    /// Whether the last attempt has failed.
    pub(super) fn has_failed(&self) -> bool {
        self.spent.load(SeqCst)
    }

    /// Whether there was an attempt.
    pub(super) fn was_made(&self) -> bool {
        self.made.load(SeqCst)
    }

    /// When a non-blocking attempt times out.
    pub(super) fn expires(&self) -> Option<Instant> {
        self.course.lock().expires
    }
}

impl Course {
    /// How the attempt stands. The kernel tells the outcome once, so it is kept. An attempt whose time
    /// has passed has failed.
    fn outcome(&mut self, fd: BorrowedFd<'_>) -> Result<Outcome> {
        if !self.under_way {
            return Ok(Outcome::Pending);
        }
        if let Some(outcome) = self.outcome {
            return Ok(outcome);
        }
        let has_expired = || {
            self.expires
                .is_some_and(|expires| expires <= Instant::now())
        };
        let outcome = match read_outcome(fd)? {
            Outcome::Pending if has_expired() => Outcome::Failed(Error::TimedOut),
            outcome => outcome,
        };
        if !matches!(outcome, Outcome::Pending) {
            self.outcome = Some(outcome);
        }
        Ok(outcome)
    }
}

/// Takes the outcome of an attempt from the kernel, which tells an error once.
fn read_outcome(fd: BorrowedFd<'_>) -> Result<Outcome> {
    let mut polled = [PollFd::new(&fd, PollFlags::OUT)];
    if poll(&mut polled, Some(&Timespec::default()))? == 0 {
        return Ok(Outcome::Pending);
    }
    if net::getpeername(fd).is_ok() {
        return Ok(Outcome::Connected); // an error of the connection is left for recv
    }
    Ok(match sockopt::socket_error(fd)? {
        Ok(()) => Outcome::Failed(Error::ConnAborted),
        Err(Errno::CONNRESET | Errno::PIPE) => Outcome::Broken,
        Err(error) => Outcome::Failed(error.into()),
    })
}

impl Tcp {
    /// The Winsock number of the last non-blocking attempt's failure, 0 if there is none (HND-27).
    pub(super) fn attempt_failure(&self) -> i32 {
        self.history
            .get()
            .map_or(0, |history| history.attempt.failure.load(SeqCst))
    }

    /// Whom the last connect was for, if there was one.
    pub(super) fn destination(&self) -> Option<Address> {
        *self.history.get()?.attempt.destination.lock()
    }

    pub(super) fn start_connect(&self, outgoing: &Outgoing<'_>, mode: Mode<'_>) -> Result<()> {
        self.settle_attempt()?;
        self.connection().check_connect()?;
        let ip = of_family(outgoing.destination, self.family)?;
        outgoing.destination.check_destination()?;
        if !outgoing.caller_data.is_empty() {
            return Err(Error::ProtoNoSupport); // CON-27
        }
        if outgoing.qos.is_some() {
            return Err(Error::OpNotSupp); // QOS-10
        }
        self.enter_connecting(outgoing)?;
        if let Some(watched) = self.watched() {
            watched.attempt_begins(self.shared_history());
        }
        let wait = mode.wait.no_later_than(outgoing.expires); // CON-33
        let mode = Mode {
            wait: &wait,
            ..mode
        };
        let result = self.forget_spent_attempt().and_then(|()| {
            if mode.blocking && mode.wait.is_bounded() {
                self.connect_within(ip, mode)
            } else {
                self.connect_in_kernel(ip, mode)
            }
        });
        if let Err(error) = result
            && (mode.blocking || error != Error::WouldBlock)
        {
            self.fail(error, mode.blocking);
        }
        let goes_on = !mode.blocking && result == Err(Error::WouldBlock);
        if !goes_on {
            *self.attempt().course.lock() = Course::default();
        }
        self.attempt().awaited.store(false, SeqCst);
        if let Some(watched) = self.watched() {
            watched.attempt_returned(result, mode.blocking, &self.shared_history());
        }
        result
    }

    /// Claims the attempt for this call. Until the call has ended nobody else takes the outcome.
    fn enter_connecting(&self, outgoing: &Outgoing<'_>) -> Result<()> {
        let mut course = self.attempt().course.lock();
        let before = self.connection();
        before.check_connect()?;
        let connecting = Connection {
            state: State::Connecting,
            ..before
        };
        self.connection
            .compare_exchange(before.to_bits(), connecting.to_bits(), SeqCst, SeqCst)
            .map_err(|_| Error::Already)?; // CON-06
        self.attempt().awaited.store(true, SeqCst);
        self.attempt().made.store(true, SeqCst);
        *course = Course {
            under_way: true,
            expires: outgoing.expires,
            outcome: None,
        };
        *self.attempt().destination.lock() = Some(*outgoing.destination); // CON-31
        Ok(())
    }

    /// The kernel answers the first retry on a socket with the old attempt's end (CON-11).
    fn forget_spent_attempt(&self) -> Result<()> {
        if self.attempt().spent.swap(false, SeqCst) {
            net::connect_unspec(&self.fd)?;
        }
        Ok(())
    }

    /// One attempt in the mode that the kernel socket is in.
    fn connect_in_kernel(&self, ip: &std::net::SocketAddr, mode: Mode<'_>) -> Result<()> {
        match self.sleeping(|fd| net::connect(fd, ip)) {
            Ok(()) => {
                self.succeed();
                Ok(())
            }
            Err(Errno::INPROGRESS | Errno::WOULDBLOCK) if !mode.blocking => Err(Error::WouldBlock), // CON-05
            // The kernel goes on with an attempt that a signal has interrupted.
            Err(Errno::INTR) => {
                self.check_interrupted(mode.wait)?;
                self.await_outcome(mode)
            }
            Err(Errno::INPROGRESS | Errno::WOULDBLOCK) => self.await_outcome(mode),
            // Established, and reset before this thread woke up.
            Err(Errno::CONNRESET) => {
                self.check_open()?;
                self.succeed_broken();
                Ok(())
            }
            Err(error) => Err(self.check_open().err().unwrap_or_else(|| error.into())),
        }
    }

    /// A blocking attempt with a deadline: the kernel knows only its own time-out.
    fn connect_within(&self, ip: &std::net::SocketAddr, mode: Mode<'_>) -> Result<()> {
        ioctl_fionbio(&self.fd, true)?;
        let result = self.connect_in_kernel(ip, mode);
        ioctl_fionbio(&self.fd, false)?;
        result
    }

    /// Waits for the end of the attempt that this call has started.
    fn await_outcome(&self, mode: Mode<'_>) -> Result<()> {
        loop {
            self.wait_for(PollFlags::OUT, mode.wait)?;
            match read_outcome(self.fd.as_fd())? {
                Outcome::Pending => {}
                Outcome::Failed(error) => return Err(error),
                outcome => {
                    self.act_on(outcome);
                    return Ok(());
                }
            }
        }
    }

    /// Looks whether a non-blocking attempt has ended meanwhile, and acts on it.
    pub(super) fn settle_attempt(&self) -> Result<()> {
        if self.connection().state != State::Connecting {
            return Ok(());
        }
        let outcome = {
            let mut course = self.attempt().course.lock();
            if self.connection().state != State::Connecting || self.attempt().awaited.load(SeqCst) {
                return Ok(());
            }
            let outcome = course.outcome(self.fd.as_fd())?;
            if matches!(outcome, Outcome::Pending) {
                return Ok(());
            }
            *course = Course::default();
            self.act_on(outcome);
            outcome
        };
        if let Some(watched) = self.watched() {
            watched.attempt_ended(outcome);
        }
        Ok(())
    }

    fn act_on(&self, outcome: Outcome) {
        match outcome {
            Outcome::Pending => {}
            Outcome::Connected => self.succeed(),
            Outcome::Broken => self.succeed_broken(),
            Outcome::Failed(error) => self.fail(error, false),
        }
    }

    /// Waits until a non-blocking attempt has ended.
    pub(super) fn await_attempt(&self, mode: Mode<'_>) -> Result<()> {
        loop {
            self.settle_attempt()?;
            match self.connection().state {
                State::Connected => return Ok(()),
                State::Connecting if mode.blocking => self.await_attempt_once(mode.wait)?,
                State::Connecting => return Err(Error::WouldBlock),
                State::Unconnected | State::Listening => {
                    return Err(Error::from_code(self.attempt_failure()).unwrap_or(Error::NotConn));
                }
            }
        }
    }

    /// Waits until something may have changed. The attempt's own time-out is not the call's.
    fn await_attempt_once(&self, wait: &Wait<'_>) -> Result<()> {
        let expires = self.attempt().expires();
        match self.wait_for(PollFlags::OUT, &wait.no_later_than(expires)) {
            Err(Error::TimedOut) if expires.is_some_and(|expires| expires <= Instant::now()) => {
                Ok(())
            }
            result => result,
        }
    }

    fn succeed(&self) {
        self.attempt().failure.store(0, SeqCst); // HND-27
        self.established.store(Seconds::now().0, SeqCst); // SKT-20
        let connected = |connection| Connection {
            state: State::Connected,
            bound: true,
            ..connection
        };
        self.change(connected); // LSN-08 LSN-09
    }

    /// The attempt had succeeded, but the peer has reset the connection since: its first use tells
    /// (ACC-72).
    fn succeed_broken(&self) {
        self.break_connection(Error::ConnReset);
        self.succeed();
    }

    /// Sending and receiving report this error from now on, unless there was another before.
    pub(super) fn break_connection(&self, error: Error) {
        // Every Winsock number fits.
        let code = u16::try_from(error.code()).unwrap_or(u16::MAX);
        let _ = self.broken.compare_exchange(0, code, SeqCst, SeqCst);
    }

    fn fail(&self, error: Error, blocking: bool) {
        // A blocking call has told its caller; then SO_ERROR reads 0 (HND-27, CON-19).
        self.attempt()
            .failure
            .store(if blocking { 0 } else { error.code() }, SeqCst);
        self.attempt().spent.store(true, SeqCst);
        if matches!(error, Error::TimedOut | Error::Intr) {
            // Ends an attempt that the kernel is still making. If that fails it ends by itself.
            let _ = net::connect_unspec(&self.fd);
        }
        self.change(|connection| Connection {
            state: State::Unconnected,
            ..connection
        });
    }
}
