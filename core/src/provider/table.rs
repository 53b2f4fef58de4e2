//! Handles: the numbers by which C programs know their sockets (HND-12).
//!
//! A kernel socket's number is its descriptor; any other socket gets a number from 2^30 up, which
//! no descriptor can have. Both kinds live in tables of pages that are made when a number is first
//! seen. A closed number is [`Error::NotSock`] until it is given out again: a descriptor by the
//! operating system, a number of ours after at least 2^16 others (HND-15).

use std::{
    collections::VecDeque,
    sync::{Arc, OnceLock},
};

use parking_lot::{Mutex, RwLock};

use crate::{Error, Result, Socket, Wait};

const PAGE: usize = 512;

/// Pages for descriptors up to 2^22; Linux allows 2^20 unless `fs.nr_open` was raised.
const DESCRIPTOR_PAGES: usize = 8192;
const HANDLE_PAGES: usize = 2048;

/// The first handle that is not a descriptor.
const FIRST_HANDLE: u64 = 1 << 30;
/// A handle of ours is `FIRST_HANDLE + generation * INDICES + index`.
const INDICES: u64 = (PAGE * HANDLE_PAGES) as u64;
const GENERATIONS: u64 = 1024;
/// So many free indices rest before one is used again; times the generations this is how many
/// other handles come before a value does (HND-15).
const RESTING: usize = 128;

/// A socket with the handle it was given.
type Slot = RwLock<Option<(u64, Arc<Socket>)>>;

/// Slots in pages that are made when they are first used.
struct Pages<const COUNT: usize>([OnceLock<Box<[Slot; PAGE]>>; COUNT]);

impl<const COUNT: usize> Pages<COUNT> {
    const fn new() -> Self {
        Self([const { OnceLock::new() }; COUNT])
    }

    fn slot(&self, index: usize) -> Option<&Slot> {
        self.0
            .get(index / PAGE)?
            .get()
            .map(|page| &page[index % PAGE])
    }

    fn slot_or_new(&self, index: usize) -> Option<&Slot> {
        let new_page = || Box::new([const { RwLock::new(None) }; PAGE]);
        self.0
            .get(index / PAGE)
            .map(|page| &page.get_or_init(new_page)[index % PAGE])
    }
}

/// The numbers of ours that can be given out.
struct Numbers {
    /// Indices that were used before, each with its next generation.
    free: VecDeque<(u64, u64)>,
    /// Indices from here on have never been used.
    unused: u64,
}

impl Numbers {
    fn next(&mut self) -> Option<u64> {
        let (index, generation) = if self.free.len() > RESTING || self.unused == INDICES {
            self.free.pop_front()?
        } else {
            self.unused += 1;
            (self.unused - 1, 0)
        };
        Some(FIRST_HANDLE + generation * INDICES + index)
    }

    fn give_back(&mut self, handle: u64) {
        let number = handle - FIRST_HANDLE;
        self.free
            .push_back((number % INDICES, (number / INDICES + 1) % GENERATIONS));
    }
}

static DESCRIPTORS: Pages<DESCRIPTOR_PAGES> = Pages::new();
static HANDLES: Pages<HANDLE_PAGES> = Pages::new();
static NUMBERS: Mutex<Numbers> = Mutex::new(Numbers {
    free: VecDeque::new(),
    unused: 0,
});

fn slot_of(handle: u64) -> Option<&'static Slot> {
    match handle.checked_sub(FIRST_HANDLE) {
        None => DESCRIPTORS.slot(usize::try_from(handle).ok()?),
        Some(number) if number < INDICES * GENERATIONS => {
            HANDLES.slot(usize::try_from(number % INDICES).ok()?)
        }
        Some(_) => None,
    }
}

/// Gives a socket a handle: its descriptor if it is a kernel socket, else a number of ours.
///
/// # Errors
/// [`Error::MFile`] if no number is left; the socket is then dropped, which closes it.
pub fn register(socket: Socket) -> Result<u64> {
    let Some(descriptor) = socket.kernel_descriptor() else {
        let handle = NUMBERS.lock().next().ok_or(Error::MFile)?;
        let slot = HANDLES.slot_or_new(index_of(handle)).ok_or(Error::MFile)?;
        *slot.write() = Some((handle, Arc::new(socket)));
        return Ok(handle);
    };
    let handle = u64::try_from(descriptor).map_err(|_| Error::NotSock)?;
    let index = usize::try_from(descriptor).map_err(|_| Error::NotSock)?;
    let slot = DESCRIPTORS.slot_or_new(index).ok_or(Error::MFile)?;
    let stale = slot.write().replace((handle, Arc::new(socket)));
    if let Some((_, stale)) = stale {
        stale.descriptor_was_closed(); // HND-35
    }
    Ok(handle)
}

/// The slot's index of a handle of ours, which is below `INDICES` and so fits.
fn index_of(handle: u64) -> usize {
    usize::try_from((handle - FIRST_HANDLE) % INDICES).unwrap_or(usize::MAX)
}

/// The socket with this handle.
///
/// # Errors
/// [`Error::NotSock`] for a number that is no open socket (HND-15, HND-16).
pub fn find(handle: u64) -> Result<Arc<Socket>> {
    let slot = slot_of(handle).ok_or(Error::NotSock)?;
    match &*slot.read() {
        Some((known, socket)) if *known == handle => Ok(Arc::clone(socket)),
        _ => Err(Error::NotSock), // HND-15 HND-16
    }
}

/// Closes the socket with this handle; the handle is free afterwards (HND-15). A call of another
/// thread that is still inside the socket ends, and the last one to leave frees it.
///
/// # Errors
/// [`Error::NotSock`], and what [`Socket::close`] says; after any other error than
/// [`Error::NotSock`] the handle stays valid.
pub fn close(handle: u64) -> Result<()> {
    let socket = find(handle)?;
    if !socket.is_intact() {
        // The program has closed the number by other means, and it may be somebody else's now.
        socket.descriptor_was_closed(); // HND-16 HND-35
        remove(handle, &socket);
        return Err(Error::NotSock);
    }
    socket.close_and_drop_soon(&Wait::FOREVER)?;
    remove(handle, &socket);
    Ok(())
}

fn remove(handle: u64, socket: &Arc<Socket>) {
    let Some(slot) = slot_of(handle) else { return };
    let removed = {
        let mut slot = slot.write();
        let is_this = slot
            .as_ref()
            .is_some_and(|(_, found)| Arc::ptr_eq(found, socket));
        if is_this { slot.take() } else { None }
    };
    if removed.is_some() && handle >= FIRST_HANDLE {
        NUMBERS.lock().give_back(handle);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::Entry;

    #[test]
    fn a_kernel_socket_has_its_descriptor_as_handle() {
        let socket = Socket::new(Entry::Tcp4).unwrap();
        let descriptor = socket.kernel_descriptor().unwrap();
        let handle = register(socket).unwrap();
        assert_eq!(i64::try_from(handle).unwrap(), i64::from(descriptor));
        assert!(find(handle).is_ok());
        close(handle).unwrap();
        assert_eq!(find(handle).unwrap_err(), Error::NotSock);
        assert_eq!(close(handle), Err(Error::NotSock));
    }

    #[test]
    fn a_number_that_was_closed_by_other_means_is_left_to_its_new_owner() {
        let socket = Socket::new(Entry::Tcp4).unwrap();
        // The number stands for another file from here on, as after close() and open().
        let fd = socket.read_descriptor().unwrap();
        crate::sys::sever(fd).unwrap();
        let handle = register(socket).unwrap();
        assert_eq!(close(handle), Err(Error::NotSock)); // HND-35
        assert_eq!(find(handle).unwrap_err(), Error::NotSock);
        let number = std::path::PathBuf::from(format!("/proc/self/fd/{handle}"));
        assert!(number.exists(), "the new owner's file is still open");
    }

    #[test]
    fn other_sockets_have_numbers_that_no_descriptor_can_have() {
        let handle = register(Socket::new(Entry::InProcess).unwrap()).unwrap();
        assert!((FIRST_HANDLE..1 << 31).contains(&handle));
        close(handle).unwrap();
        assert_eq!(find(handle).unwrap_err(), Error::NotSock);
    }

    #[test]
    fn numbers_that_were_never_given_out_are_not_sockets() {
        for handle in [FIRST_HANDLE + 77_777, 1 << 31, u64::MAX, 4_000_000, 1 << 22] {
            assert_eq!(find(handle).unwrap_err(), Error::NotSock);
            assert_eq!(close(handle), Err(Error::NotSock));
        }
    }

    #[test]
    fn a_number_comes_back_after_many_others() {
        let mut numbers = Numbers {
            free: VecDeque::new(),
            unused: 0,
        };
        let mut last_seen = HashMap::new();
        for time in 0..300_000_u64 {
            let handle = numbers.next().unwrap();
            if let Some(before) = last_seen.insert(handle, time) {
                assert!(time - before > 1 << 16, "{handle} after {}", time - before);
            }
            numbers.give_back(handle);
        }
        assert!(last_seen.len() > 1 << 16);
    }
}
