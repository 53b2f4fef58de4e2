//! The notification port: the queue that stands for Winsock's window (EVT-55).

use std::{collections::VecDeque, os::fd::BorrowedFd, sync::Arc};

use super::{event::EventObject, sync::Mutex};
use crate::{Error, NetworkEvents, Result, Wait};

/// So many messages wait at most, as in a queue of Windows. Beyond that a message is only kept if none
/// tells of the same event of the same socket, so nothing is lost.
const LIMIT: usize = 10_000;

/// A queue of messages about network events, which a program drains.
///
/// It takes the place of the window of `WSAAsyncSelect`. It is shared by reference count; every method
/// can be called from every thread, and two threads that drain it share the messages.
#[derive(Clone, Debug)]
pub struct NotificationPort(Arc<Port>);

#[derive(Debug)]
struct Port {
    queue: Mutex<VecDeque<Posted>>,
    /// Set while messages wait.
    event: EventObject,
}

#[derive(Debug)]
struct Posted {
    watch: usize,
    notification: Notification,
}

/// A message of a [`NotificationPort`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The number that the registration has asked for.
    pub message: u32,
    /// The socket, as the registration has named it: in C its handle.
    pub socket: u64,
    /// One event.
    pub event: NetworkEvents,
    /// Its error, if it has one (EVT-56).
    pub error: Option<Error>,
}

impl Notification {
    /// The event and its error packed as Winsock's `lParam` is: the event in the low 16 bits, the
    /// error in the high ones (EVT-50).
    pub fn packed(&self) -> u32 {
        let error = self.error.map_or(0, |error| error.code().unsigned_abs());
        self.event.bits() | error << 16
    }
}

impl NotificationPort {
    /// Makes a port.
    ///
    /// # Errors
    /// As [`EventObject::new`].
    pub fn new() -> Result<Self> {
        Ok(Self(Arc::new(Port {
            queue: Mutex::new(VecDeque::new()),
            event: EventObject::new()?,
        })))
    }

    /// The oldest message, waiting for one as long as the wait allows; a deadline that has passed still
    /// looks once. Taking it does not enable its event again (EVT-51).
    ///
    /// # Errors
    /// [`Error::InvalidHandle`] once the port is closed; [`Error::TimedOut`] and [`Error::Intr`] as
    /// [`Wait`] says.
    pub fn next(&self, wait: &Wait<'_>) -> Result<Notification> {
        loop {
            self.0.event.wait(wait)?;
            if let Some(notification) = self.take() {
                return Ok(notification);
            }
        }
    }

    fn take(&self) -> Option<Notification> {
        let mut queue = self.0.queue.lock();
        let posted = queue.pop_front();
        if queue.is_empty() {
            self.0.event.unmark();
        }
        posted.map(|posted| posted.notification)
    }

    /// A descriptor that polls readable while a message waits, and perhaps early; a
    /// [`next`](Self::next) with a deadline that has passed makes it exact. It belongs to the port.
    ///
    /// # Errors
    /// As [`EventObject::descriptor`].
    pub fn descriptor(&self) -> Result<BorrowedFd<'_>> {
        self.0.event.descriptor()
    }

    /// Closes it: messages that wait are lost, nothing is posted any more, and calls that wait in it
    /// end with [`Error::InvalidHandle`]. Registrations that name it stay, without effect.
    ///
    /// # Errors
    /// [`Error::InvalidHandle`] the second time.
    pub fn close(&self) -> Result<()> {
        self.0.event.close()?;
        self.0.queue.lock().clear();
        Ok(())
    }

    /// # Errors
    /// [`Error::Inval`] if it is closed (EVT-53).
    pub(crate) fn check(&self) -> Result<()> {
        self.0.event.check().map(drop).map_err(|_| Error::Inval)
    }

    pub(super) fn event(&self) -> &EventObject {
        &self.0.event
    }

    /// Puts a message in, and says whether sleepers have to be woken.
    #[must_use]
    pub(super) fn post(
        &self,
        watch: usize,
        message: u32,
        socket: u64,
        event: NetworkEvents,
        error: Option<Error>,
    ) -> bool {
        let mut queue = self.0.queue.lock();
        let is_told = |posted: &Posted| posted.watch == watch && posted.notification.event == event;
        if self.0.event.look().is_closed() || (queue.len() >= LIMIT && queue.iter().any(is_told)) {
            return false;
        }
        let notification = Notification {
            message,
            socket,
            event,
            error,
        };
        queue.push_back(Posted {
            watch,
            notification,
        });
        self.0.event.mark()
    }

    /// Takes the messages of a socket out (EVT-52).
    pub(super) fn withdraw(&self, watch: usize) {
        let mut queue = self.0.queue.lock();
        queue.retain(|posted| posted.watch != watch);
        if queue.is_empty() {
            self.0.event.unmark();
        }
    }
}
