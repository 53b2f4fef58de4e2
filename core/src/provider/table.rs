//! Handles: the numbers by which C programs know their sockets (HND-12).
//!
//! A kernel socket's number is its descriptor; any other socket gets a number from 2^30 up, which
//! no descriptor can have. Event objects and notification ports have numbers from the same space
//! (`objects.rs`). Each kind lives in a table of pages that are made when a number is first seen, so
//! that one is never taken for another. A closed number is [`Error::NotSock`] until it is given out again: a descriptor by the
//! operating system, a number of ours after at least 2^16 others (HND-15).

use std::{
    collections::VecDeque,
    ops::Deref,
    os::fd::{AsRawFd, OwnedFd, RawFd},
};

use parking_lot::Mutex;

use super::{
    pages::{self, PAGE, Pages},
    process::Provider,
    sync::AtomicU64,
};
use crate::{
    AdoptError, ConditionArgs, Decision, Error, EventObject, NotificationPort, Numbering, Result,
    Socket, Wait, socket,
    sys::slot::{Slot, User},
};

/// Pages for descriptors up to 2^22; Linux allows 2^20 unless `fs.nr_open` was raised.
const DESCRIPTOR_PAGES: usize = 16_384;
const HANDLE_PAGES: usize = 4096;

/// The first handle that is not a descriptor.
const FIRST_HANDLE: u64 = 1 << 30;
/// A handle of ours is `FIRST_HANDLE + generation * INDICES + index`.
const INDICES: u64 = (PAGE * HANDLE_PAGES) as u64;
const GENERATIONS: u64 = 1024;
/// So many free indices rest before one is used again; times the generations this is how many
/// other handles come before a value does (HND-15).
const RESTING: usize = 128;

/// A socket that has a handle.
#[derive(Debug)]
struct Known {
    socket: Socket,
    /// The surface that it was made through.
    made_by: Numbering,
}

type Page = pages::Page<Slot<Known>>;

/// An open socket of the table, for one call. It stays where it is until the last call has left it.
#[derive(Debug)]
pub struct Found(User<'static, Known>);

impl Deref for Found {
    type Target = Socket;

    fn deref(&self) -> &Socket {
        &self.0.socket
    }
}

/// The numbers of ours that can be given out.
#[derive(Debug)]
struct Numbers {
    /// Indices that were used before, each with its next generation.
    free: VecDeque<(u64, u64)>,
    /// Indices from here on have never been used.
    unused: u64,
}

impl Numbers {
    const fn new() -> Self {
        Self {
            free: VecDeque::new(),
            unused: 0,
        }
    }

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

static FIRST_DESCRIPTORS: [Page; DESCRIPTOR_PAGES] =
    [const { pages::Page::new() }; DESCRIPTOR_PAGES];
static FIRST_HANDLES: [Page; HANDLE_PAGES] = [const { pages::Page::new() }; HANDLE_PAGES];
static FIRST_EVENTS: [pages::Page<Slot<EventObject>>; HANDLE_PAGES] =
    [const { pages::Page::new() }; HANDLE_PAGES];
static FIRST_WORDS: [pages::Page<AtomicU64>; HANDLE_PAGES] =
    [const { pages::Page::new() }; HANDLE_PAGES];
static FIRST_PORTS: [pages::Page<Slot<NotificationPort>>; HANDLE_PAGES] =
    [const { pages::Page::new() }; HANDLE_PAGES];

/// The handles of one process.
#[derive(Debug)]
pub(crate) struct Handles {
    descriptors: Pages<Slot<Known>>,
    others: Pages<Slot<Known>>,
    pub(super) events: Pages<Slot<EventObject>>,
    /// The words of the event objects, with their handles' tags.
    pub(super) words: Pages<AtomicU64>,
    pub(super) ports: Pages<Slot<NotificationPort>>,
    numbers: Mutex<Numbers>,
}

impl Handles {
    /// Those of the first process that uses the library, which cost nothing until they are used.
    pub(super) const fn first() -> Self {
        Self {
            descriptors: Pages::of(&FIRST_DESCRIPTORS),
            others: Pages::of(&FIRST_HANDLES),
            events: Pages::of(&FIRST_EVENTS),
            words: Pages::of(&FIRST_WORDS),
            ports: Pages::of(&FIRST_PORTS),
            numbers: Mutex::new(Numbers::new()),
        }
    }

    /// Those of a forked child.
    pub(super) fn new() -> Self {
        Self {
            descriptors: Pages::new(DESCRIPTOR_PAGES),
            others: Pages::new(HANDLE_PAGES),
            events: Pages::new(HANDLE_PAGES),
            words: Pages::new(HANDLE_PAGES),
            ports: Pages::new(HANDLE_PAGES),
            numbers: Mutex::new(Numbers::new()),
        }
    }

    fn slot_of(&self, handle: u64) -> Option<&'static Slot<Known>> {
        match handle.checked_sub(FIRST_HANDLE) {
            None => self.descriptors.place(usize::try_from(handle).ok()?),
            Some(_) => Self::numbered_slot_of(&self.others, handle),
        }
    }

    /// The slot that a number of ours has among these.
    pub(super) fn numbered_slot_of<T>(
        pages: &Pages<Slot<T>>,
        handle: u64,
    ) -> Option<&'static Slot<T>> {
        let number = handle.checked_sub(FIRST_HANDLE)?;
        let index = usize::try_from(number % INDICES).ok()?;
        (number < INDICES * GENERATIONS)
            .then(|| pages.place(index))
            .flatten()
    }

    fn register(&self, socket: Socket, made_by: Numbering) -> Result<u64> {
        self.register_new(socket.kernel_descriptor(), || socket, made_by)
    }

    /// Registers the socket that `make` makes; `descriptor` is that of the kernel socket if it makes
    /// one.
    fn register_new(
        &self,
        descriptor: Option<RawFd>,
        make: impl FnOnce() -> Socket,
        made_by: Numbering,
    ) -> Result<u64> {
        match descriptor {
            Some(descriptor) => self.register_descriptor(descriptor, make, made_by),
            None => self.register_numbered(make, made_by),
        }
    }

    /// Any other socket gets the next free number, and messages name it by that.
    fn register_numbered(&self, make: impl FnOnce() -> Socket, made_by: Numbering) -> Result<u64> {
        let mut is_watched = false;
        let handle = self.give_number(&self.others, |_| {
            let socket = make();
            is_watched = socket.is_watched();
            Known { socket, made_by }
        })?;
        if is_watched && let Ok(socket) = self.find(handle) {
            socket.set_message_name(handle); // EVT-50: what it has inherited is posted now
        }
        Ok(handle)
    }

    /// Puts a value into the slot of the next free number. A slot that a call has not left yet,
    /// although its number is closed, is passed over.
    pub(super) fn give_number<T>(
        &self,
        pages: &Pages<Slot<T>>,
        make: impl FnOnce(u64) -> T,
    ) -> Result<u64> {
        for _ in 0..RESTING {
            let handle = self.numbers.lock().next().ok_or(Error::MFile)?;
            let slot = pages.place_or_new(index_of(handle)).ok_or(Error::MFile)?;
            if let Some(claim) = slot.claim() {
                claim.fill_with(tag_of(handle), || make(handle));
                return Ok(handle);
            }
            self.take_number_back(handle);
        }
        Err(Error::MFile)
    }

    /// As if every number had been given out.
    #[cfg(test)]
    pub(super) fn exhaust(&self) {
        self.numbers.lock().unused = INDICES;
    }

    pub(super) fn take_number_back(&self, handle: u64) {
        self.numbers.lock().give_back(handle);
    }

    /// A kernel socket's handle is its descriptor.
    fn register_descriptor(
        &self,
        descriptor: RawFd,
        make: impl FnOnce() -> Socket,
        made_by: Numbering,
    ) -> Result<u64> {
        let slot = self.place_of(descriptor).ok_or(Error::MFile)?;
        match slot.claim() {
            Some(claim) => {
                let handle = handle_of(descriptor);
                claim.fill_with(tag_of(handle), || Known {
                    socket: make(),
                    made_by,
                });
                Ok(handle)
            }
            None => self.register_where_taken(slot, make(), made_by),
        }
    }

    fn place_of(&self, descriptor: RawFd) -> Option<&'static Slot<Known>> {
        self.descriptors
            .place_or_new(usize::try_from(descriptor).ok()?)
    }

    /// The slot of a descriptor is still another socket's.
    #[cold]
    fn register_where_taken(
        &self,
        mut slot: &'static Slot<Known>,
        mut socket: Socket,
        made_by: Numbering,
    ) -> Result<u64> {
        loop {
            let descriptor = make_room(slot, &mut socket)?;
            let other = self.place_of(descriptor).ok_or(Error::MFile)?;
            if let Some(claim) = other.claim() {
                let handle = handle_of(descriptor);
                claim.fill(tag_of(handle), Known { socket, made_by });
                return Ok(handle);
            }
            slot = other;
        }
    }

    fn find(&self, handle: u64) -> Result<Found> {
        self.look_up(handle).ok_or(Error::NotSock)
    }

    fn look_up(&self, handle: u64) -> Option<Found> {
        let slot = self.slot_of(handle)?;
        slot.enter(tag_of(handle)).map(Found)
    }

    /// A closed socket has no handle any more.
    fn forget(&self, handle: u64, socket: &Found) {
        if socket.0.retire() && handle >= FIRST_HANDLE {
            self.take_number_back(handle);
        }
    }

    fn reset_all(&self, made_by: Numbering) {
        for slot in self.descriptors.used().chain(self.others.used()) {
            let Some(user) = slot.enter_any().filter(|user| user.made_by == made_by) else {
                continue;
            };
            let handle = u64::from(user.tag() - 1);
            let socket = Found(user);
            if socket.is_intact() {
                socket.abort();
            } else {
                socket.descriptor_was_closed(); // HND-35: it was not named by this call
            }
            self.forget(handle, &socket);
        }
    }
}

/// The slot of a descriptor is still another socket's: the program has closed that one's number by
/// other means. It goes; while a call is inside it the new socket gets another descriptor.
#[cold]
fn make_room(slot: &Slot<Known>, socket: &mut Socket) -> Result<RawFd> {
    if let Some(stale) = slot.enter_any() {
        stale.socket.descriptor_was_closed(); // HND-35
        stale.retire();
    }
    if slot.is_occupied() {
        socket.change_descriptor()?;
    }
    socket.kernel_descriptor().ok_or(Error::NotSock)
}

/// The handle of a kernel socket. No descriptor is negative.
fn handle_of(descriptor: RawFd) -> u64 {
    u64::try_from(descriptor).unwrap_or(u64::MAX)
}

/// What a slot knows a handle by. Every handle fits; nothing else has this tag.
pub(super) fn tag_of(handle: u64) -> u32 {
    u32::try_from(handle + 1).unwrap_or(0)
}

/// The index that a handle of ours has in a table, which is below `INDICES` and so fits; of another
/// number, that of some handle.
pub(super) fn index_of(handle: u64) -> usize {
    usize::try_from(handle.wrapping_sub(FIRST_HANDLE) % INDICES).unwrap_or(usize::MAX)
}

/// Gives a socket a handle: its descriptor if it is a kernel socket, else a number of ours.
/// `made_by` is the surface that it is made through; [`reset_all`] goes by it.
///
/// # Errors
/// [`Error::MFile`] if no number is left; the socket is then dropped, which closes it.
pub fn register(socket: Socket, made_by: Numbering) -> Result<u64> {
    Provider::current()?.handles.register(socket, made_by)
}

/// Accepts as [`Socket::accept`] does, and gives the accepted socket a handle.
///
/// # Errors
/// As [`Socket::accept`] and [`register`].
pub fn accept(
    listener: &Socket,
    condition: impl FnOnce(&mut ConditionArgs<'_>) -> Result<Decision>,
    wait: &Wait<'_>,
    made_by: Numbering,
) -> Result<u64> {
    let handles = &listener.provider().handles;
    listener.accept_into(Registered { handles, made_by }, condition, wait)
}

/// The socket stands in the table, and its handle is what the accept call returns.
struct Registered {
    handles: &'static Handles,
    made_by: Numbering,
}

impl socket::Place for Registered {
    type Placed = u64;

    fn put(self, descriptor: Option<RawFd>, socket: impl FnOnce() -> Socket) -> Result<u64> {
        self.handles.register_new(descriptor, socket, self.made_by)
    }
}

/// Takes over a kernel socket that is not the library's yet; its descriptor is its handle. The
/// library is started by it, in a forked child anew.
///
/// # Errors
/// The descriptor comes back as [`Socket::adopt`] says; with [`Error::Inval`] if it is the library's
/// already, [`Error::MFile`] if the number is too large for the table.
pub fn adopt(descriptor: OwnedFd, made_by: Numbering) -> Result<u64, AdoptError> {
    let handles = &Provider::start().handles;
    let refuse = |error, descriptor| Err(AdoptError { error, descriptor });
    let number = descriptor.as_raw_fd();
    let is_known = |number| handles.find(number).is_ok_and(|known| known.is_intact());
    if u64::try_from(number).is_ok_and(is_known) {
        return refuse(Error::Inval, descriptor);
    }
    let has_slot = |index| handles.descriptors.place_or_new(index).is_some();
    if !usize::try_from(number).is_ok_and(has_slot) {
        return refuse(Error::MFile, descriptor);
    }
    let socket = Socket::adopt(descriptor)?;
    handles
        .register(socket, made_by)
        .map_err(|_| unreachable!("the number has a slot"))
}

/// The socket with this handle.
///
/// # Errors
/// [`Error::NotSock`] for a number that is no open socket (HND-15, HND-16);
/// [`Error::NotInitialised`] in a forked child that has not started anew.
pub fn find(handle: u64) -> Result<Found> {
    let found = Provider::current()?.handles.look_up(handle);
    found.ok_or(Error::NotSock) // HND-15 HND-16
}

/// Closes the socket with this handle; the handle is free afterwards (HND-15). A call of another
/// thread that is still inside the socket ends, and the last one to leave frees it.
///
/// # Errors
/// As [`find`], and what [`Socket::close`] says; after any other error than [`Error::NotSock`] the
/// handle stays valid.
pub fn close(handle: u64) -> Result<()> {
    let handles = &Provider::current()?.handles;
    let socket = handles.find(handle)?;
    if !socket.is_intact() {
        // The program has closed the number by other means, and it may be somebody else's now.
        socket.descriptor_was_closed(); // HND-16 HND-35
        handles.forget(handle, &socket);
        return Err(Error::NotSock);
    }
    socket.close_and_drop_soon(&Wait::FOREVER)?;
    handles.forget(handle, &socket);
    Ok(())
}

/// Gives the kernel socket with this handle back to the program; the library knows the handle no
/// longer.
///
/// # Errors
/// As [`find`]; [`Error::InProgress`] while a call on it is under way in any thread; otherwise as
/// [`Socket::into_descriptor`]. The handle stays valid.
pub fn detach(handle: u64) -> Result<OwnedFd> {
    let handles = &Provider::current()?.handles;
    let slot = handles.slot_of(handle).ok_or(Error::NotSock)?;
    let Some(known) = slot.take_unused(tag_of(handle)) else {
        // Somebody is inside, or it is not there.
        return handles.find(handle).and(Err(Error::InProgress));
    };
    match known.socket.into_descriptor() {
        Ok(descriptor) => Ok(descriptor), // no number of ours: those sockets are refused
        Err(refused) => {
            let known = Known {
                socket: *refused.socket,
                ..known
            };
            // The slot is as it was: the number is still this socket's.
            if let Some(claim) = slot.claim() {
                claim.fill(tag_of(handle), known);
            }
            Err(refused.error)
        }
    }
}

/// Resets and closes every socket that was made through a surface; calls of other threads that wait
/// in one end (HND-09).
pub fn reset_all(made_by: Numbering) {
    if let Ok(provider) = Provider::current() {
        provider.handles.reset_all(made_by);
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
        let handle = register(socket, Numbering::Linux).unwrap();
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
        let handle = register(socket, Numbering::Linux).unwrap();
        assert_eq!(close(handle), Err(Error::NotSock)); // HND-35
        assert_eq!(find(handle).unwrap_err(), Error::NotSock);
        let number = std::path::PathBuf::from(format!("/proc/self/fd/{handle}"));
        assert!(number.exists(), "the new owner's file is still open");
    }

    #[test]
    fn other_sockets_have_numbers_that_no_descriptor_can_have() {
        let handle = register(Socket::new(Entry::InProcess).unwrap(), Numbering::Linux).unwrap();
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
        let mut numbers = Numbers::new();
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
