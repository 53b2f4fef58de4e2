//! Threads that sleep in `select`, and what wakes them besides the kernel.

use std::{
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use parking_lot::Mutex;
use rustix::{
    event::{EventfdFlags, eventfd},
    io::{read, write},
};

use crate::Result;

/// The bells of the threads that sleep in `select`.
#[derive(Debug)]
pub(crate) struct Selecting {
    count: AtomicUsize,
    bells: Mutex<Vec<Arc<OwnedFd>>>,
}

impl Selecting {
    pub(super) const fn new() -> Self {
        Self {
            count: AtomicUsize::new(0),
            bells: Mutex::new(Vec::new()),
        }
    }

    /// A thread is about to sleep. What it sleeps for is to be looked at after this.
    ///
    /// # Errors
    /// [`Error::MFile`](crate::Error) if there is no descriptor for its bell.
    pub(crate) fn begin(&'static self) -> Result<Bell> {
        let fd = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?); // HND-36
        self.bells.lock().push(Arc::clone(&fd));
        self.count.fetch_add(1, SeqCst);
        Ok(Bell {
            selecting: self,
            fd,
        })
    }

    /// Something has changed that the kernel does not report: a socket was closed, or a listener is no
    /// longer silent. Called after the change.
    pub(crate) fn ring(&self) {
        if self.count.load(SeqCst) == 0 {
            return;
        }
        for bell in &*self.bells.lock() {
            let _ = write(bell, &1u64.to_ne_bytes());
        }
    }
}

/// Wakes one thread out of `poll`.
#[derive(Debug)]
pub(crate) struct Bell {
    selecting: &'static Selecting,
    fd: Arc<OwnedFd>,
}

impl Bell {
    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }

    /// It has been heard.
    pub(crate) fn silence(&self) {
        let mut rings = [0; 8];
        let _ = read(&self.fd, &mut rings);
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        self.selecting.count.fetch_sub(1, SeqCst);
        self.selecting
            .bells
            .lock()
            .retain(|bell| !Arc::ptr_eq(bell, &self.fd));
    }
}
