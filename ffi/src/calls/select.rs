//! Waiting until calls would not block: `select`.

use std::{mem::offset_of, time::Duration};

use libc::timeval;
use provider::{Error, Readiness, Result, Selected, Wait, handles::Found};

use super::find;
use crate::{
    memory::{Array, Input, Room, Variable},
    types::vestibule_handle,
};

/// A set of sockets of the program: Winsock's `fd_set`, which may be longer than this.
#[repr(C)]
pub(crate) struct fd_set {
    count: u32,
    sockets: [vestibule_handle; 1],
}

const SOCKETS: usize = offset_of!(fd_set, sockets);

/// Where a set of the program is; there may be none.
#[derive(Clone, Copy)]
pub(crate) struct Set<'a> {
    count: Variable<'a, u32>,
    sockets: Array<'a, vestibule_handle>,
    whole: Room<'a>,
}

impl Set<'_> {
    /// # Safety
    /// `set` is NULL or points to a set that the call may read and write, with as many sockets as it
    /// says.
    pub(crate) unsafe fn new(set: *mut fd_set) -> Self {
        let first = set.wrapping_byte_add(SOCKETS).cast_const().cast();
        // SAFETY: that is the promise.
        let count = unsafe { Variable::new(set.cast()) };
        let length = count.required().unwrap_or(0) as usize;
        // SAFETY: that is the promise; without a set there are none.
        let sockets = unsafe { Array::new(first, length) };
        // SAFETY: that is the promise.
        let whole =
            unsafe { Room::new(set.cast(), SOCKETS + length * size_of::<vestibule_handle>()) };
        Self {
            count,
            sockets,
            whole,
        }
    }

    fn sockets(&self) -> impl Iterator<Item = vestibule_handle> {
        self.sockets.values().into_iter().flatten()
    }

    /// Leaves those sockets in it that are ready, in their order.
    fn keep(&self, ready: impl Iterator<Item = bool>) {
        let mut count = 0;
        for (socket, _) in self.sockets().zip(ready).filter(|(_, ready)| *ready) {
            let place = SOCKETS + count as usize * size_of::<vestibule_handle>();
            self.whole.write_at(place, &socket.to_ne_bytes());
            count += 1;
        }
        self.count.set(count);
    }
}

/// What the sets of a call are about, in its order.
const WANTED: [Readiness; 3] = [Readiness::READ, Readiness::WRITE, Readiness::EXCEPT];

/// Waits until a socket of the sets is ready, leaves the ready ones in the sets, and says how many that
/// are: none when the time has passed.
///
/// # Errors
/// [`Error::NotSock`] if one is not a socket, or is closed meanwhile (HND-16, EVT-64); [`Error::Inval`]
/// if there is none, or for a negative time. The sets are as they were then.
pub(crate) fn select(sets: [Set<'_>; 3], timeout: Input<'_, timeval>) -> Result<usize> {
    let mut found = Vec::new();
    for (set, wanted) in sets.iter().zip(WANTED) {
        for socket in set.sockets() {
            found.push((find(socket)?, wanted)); // HND-16
        }
    }
    let mut selected: Vec<Selected<'_>> = found.iter().map(wish).collect();
    if selected.is_empty() {
        return Err(Error::Inval);
    }
    let count = provider::select(&mut selected, &wait_for(timeout)?)?;
    let mut ready = selected.iter().map(|selected| !selected.ready.is_empty());
    for set in sets {
        set.keep(ready.by_ref().take(set.sockets().count()));
    }
    Ok(count)
}

fn wish((socket, wanted): &(Found, Readiness)) -> Selected<'_> {
    Selected {
        socket,
        wanted: *wanted,
        ready: Readiness::empty(),
    }
}

/// The wait that a time stands for; none means without limit.
fn wait_for(timeout: Input<'_, timeval>) -> Result<Wait<'static>> {
    let Some(time) = timeout.get() else {
        return Ok(Wait::FOREVER);
    };
    let seconds = u64::try_from(time.tv_sec).map_err(|_| Error::Inval)?;
    let micros = u64::try_from(time.tv_usec).map_err(|_| Error::Inval)?;
    let time = Duration::from_secs(seconds).checked_add(Duration::from_micros(micros));
    Ok(time.map_or(Wait::FOREVER, Wait::at_most))
}
