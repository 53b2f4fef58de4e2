//! A place for a value that is used by many threads and leaves with its last user.
//!
//! It is what a counted reference is, without memory of its own: the table of handles is made of
//! these, and neither an accept call nor anything else allocates for it.

use std::{
    cell::UnsafeCell,
    fmt,
    mem::{ManuallyDrop, MaybeUninit},
    ops::Deref,
    sync::atomic::{
        AtomicU64,
        Ordering::{Acquire, Relaxed, Release, SeqCst},
    },
};

/// Nobody comes in any more; the last user empties the slot.
const RETIRED: u64 = 1 << 31;
/// The users below it, the tag above it.
const USERS: u64 = RETIRED - 1;
const EMPTY: u64 = 0;
/// A value is being put in or taken out. No tag is 0, so nobody takes it for a value.
const CLAIMED: u64 = RETIRED;

/// A place for a value with a tag, or for nothing.
pub struct Slot<T> {
    /// The tag, [`RETIRED`], and how many users are inside; or [`EMPTY`], or [`CLAIMED`].
    state: AtomicU64,
    value: UnsafeCell<MaybeUninit<T>>,
}

// SAFETY: the value is shared with the threads that use it (`Sync`) and dropped by any of them
// (`Send`); the state sees to it that putting it in and taking it out are nobody else's time.
unsafe impl<T: Send + Sync> Sync for Slot<T> {}

impl<T> Slot<T> {
    pub(crate) const fn empty() -> Self {
        Self {
            state: AtomicU64::new(EMPTY),
            value: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }

    /// One that holds a value from the start. The tag is not 0.
    pub const fn holding(tag: u32, value: T) -> Self {
        debug_assert!(tag != 0);
        Self {
            state: AtomicU64::new(Self::word(tag)),
            value: UnsafeCell::new(MaybeUninit::new(value)),
        }
    }

    const fn word(tag: u32) -> u64 {
        (tag as u64) << 32
    }

    /// Claims an empty slot, to put a value in.
    pub fn claim(&self) -> Option<Claim<'_, T>> {
        self.state
            .compare_exchange(EMPTY, CLAIMED, Acquire, Relaxed)
            .ok()?;
        Some(Claim { slot: self })
    }

    /// Comes in to use the value with this tag, if it is there and not retired.
    pub(crate) fn enter(&self, tag: u32) -> Option<User<'_, T>> {
        self.enter_if(|found| found == tag)
    }

    /// Comes in to use whatever is there.
    pub fn enter_any(&self) -> Option<User<'_, T>> {
        self.enter_if(|_| true)
    }

    fn enter_if(&self, wanted: impl Fn(u32) -> bool) -> Option<User<'_, T>> {
        let mut state = self.state.load(Relaxed);
        loop {
            let tag = tag_of(state);
            if tag == 0 || state & RETIRED != 0 || !wanted(tag) {
                return None;
            }
            match self
                .state
                .compare_exchange_weak(state, state + 1, Acquire, Relaxed)
            {
                Ok(_) => return Some(User { slot: self }),
                Err(now) => state = now,
            }
        }
    }

    /// Takes the value with this tag out, if nobody uses it.
    pub fn take_unused(&self, tag: u32) -> Option<T> {
        self.state
            .compare_exchange(Self::word(tag), CLAIMED, Acquire, Relaxed)
            .ok()?;
        Some(self.take_claimed())
    }

    /// Whether something is there, retired or not.
    pub(crate) fn is_occupied(&self) -> bool {
        self.state.load(SeqCst) != EMPTY
    }

    /// The last user of a retired value has left, and nobody comes in any more.
    #[cold]
    fn drop_retired(&self) {
        // What the others have done to the value comes before the drop.
        self.state.load(Acquire);
        drop(self.take_claimed());
    }

    /// Takes the value out of a slot that this thread has claimed.
    fn take_claimed(&self) -> T {
        let place = self.value.get().cast::<T>();
        // SAFETY: the claim has made this thread the only one that touches the place, and the value
        // that was put in is taken out once.
        let value = unsafe { place.read() };
        self.state.store(EMPTY, Release);
        value
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self::empty()
    }
}

/// The tag of a state; the upper half always fits.
fn tag_of(state: u64) -> u32 {
    u32::try_from(state >> 32).unwrap_or(0)
}

impl<T> Drop for Slot<T> {
    fn drop(&mut self) {
        if self.state.load(Acquire) != EMPTY {
            drop(self.take_claimed()); // no user can be inside any more
        }
    }
}

impl<T> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// An empty slot that nobody else can put a value in. Dropped, it is empty again.
pub struct Claim<'a, T> {
    slot: &'a Slot<T>,
}

impl<T> Claim<'_, T> {
    /// Puts the value in. The tag is not 0.
    pub fn fill(self, tag: u32, value: T) {
        self.fill_with(tag, || value);
    }

    /// Puts the value in that `make` makes, in place as far as the compiler can. The tag is not 0.
    pub(crate) fn fill_with(self, tag: u32, make: impl FnOnce() -> T) {
        debug_assert_ne!(tag, 0);
        let place = self.slot.value.get().cast::<T>();
        let value = make();
        // SAFETY: the claim has made this thread the only one that touches the place, which is empty.
        unsafe { place.write(value) };
        self.slot.state.store(Slot::<T>::word(tag), Release);
        let _ = ManuallyDrop::new(self);
    }
}

impl<T> Drop for Claim<'_, T> {
    fn drop(&mut self) {
        self.slot.state.store(EMPTY, Release);
    }
}

impl<T> fmt::Debug for Claim<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("slot", self.slot)
            .finish_non_exhaustive()
    }
}

/// A user of a slot's value, which stays until the last one has left.
pub struct User<'a, T> {
    slot: &'a Slot<T>,
}

impl<T> User<'_, T> {
    /// Nobody finds the value any more; it is dropped by the last user. True the first time.
    pub fn retire(&self) -> bool {
        self.slot.state.fetch_or(RETIRED, Relaxed) & RETIRED == 0
    }

    /// The value's tag.
    pub(crate) fn tag(&self) -> u32 {
        tag_of(self.slot.state.load(Relaxed))
    }
}

impl<T> Deref for User<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        let place = self.slot.value.get().cast::<T>();
        // SAFETY: while there is a user nobody takes the value out, and nobody has it mutably.
        unsafe { &*place }
    }
}

impl<T> Drop for User<'_, T> {
    fn drop(&mut self) {
        let before = self.slot.state.fetch_sub(1, Release);
        if before & (RETIRED | USERS) == RETIRED | 1 {
            self.slot.drop_retired();
        }
    }
}

impl<T> fmt::Debug for User<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("slot", self.slot)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::SeqCst},
        },
        thread,
    };

    use super::*;

    fn put<T>(slot: &Slot<T>, tag: u32, value: T) -> bool {
        slot.claim().map(|claim| claim.fill(tag, value)).is_some()
    }

    /// Counts how many there are.
    struct Counted(Arc<AtomicUsize>);

    impl Counted {
        fn new(count: &Arc<AtomicUsize>) -> Self {
            count.fetch_add(1, SeqCst);
            Self(Arc::clone(count))
        }
    }

    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_sub(1, SeqCst);
        }
    }

    #[test]
    fn a_value_can_be_there_from_the_start() {
        let count = Arc::default();
        let slot = Slot::holding(3, Counted::new(&count));
        assert!(slot.enter(3).is_some() && slot.enter(4).is_none());
        drop(slot);
        assert_eq!(count.load(SeqCst), 0);
    }

    #[test]
    fn a_value_is_found_by_its_tag_until_it_is_retired() {
        let slot = Slot::empty();
        assert!(slot.enter_any().is_none() && !slot.is_occupied());
        assert!(slot.claim().is_some());
        assert!(put(&slot, 7, "seven"));
        assert!(!put(&slot, 8, "eight"));
        assert!(slot.enter(8).is_none() && slot.is_occupied());
        assert_eq!(*slot.enter(7).unwrap(), "seven");
        let user = slot.enter_any().unwrap();
        user.retire();
        assert!(slot.enter(7).is_none());
        assert_eq!(*user, "seven");
        assert!(!put(&slot, 8, "eight"), "it is still there");
        drop(user);
        assert!(put(&slot, 8, "eight"));
    }

    #[test]
    fn what_nobody_uses_can_be_taken_out() {
        let slot = Slot::empty();
        assert!(put(&slot, 1, 5));
        let user = slot.enter(1).unwrap();
        assert_eq!(slot.take_unused(1), None);
        drop(user);
        assert_eq!(slot.take_unused(2), None);
        assert_eq!(slot.take_unused(1), Some(5));
        assert_eq!(slot.take_unused(1), None);
    }

    #[test]
    fn a_value_is_dropped_once() {
        let count = Arc::default();
        let slot = Slot::empty();
        assert!(put(&slot, 1, Counted::new(&count)));
        let users = [slot.enter(1).unwrap(), slot.enter(1).unwrap()];
        assert!(users[0].retire() && !users[1].retire());
        drop(users);
        assert_eq!(count.load(SeqCst), 0);
        assert!(put(&slot, 2, Counted::new(&count)));
        drop(slot);
        assert_eq!(count.load(SeqCst), 0, "and with its slot");
    }

    #[test]
    fn threads_that_come_and_go_see_whole_values() {
        let count = Arc::default();
        let slot: Arc<Slot<(u32, Counted)>> = Arc::new(Slot::empty());
        let threads = [0, 1, 2, 3].map(|thread| {
            let (slot, count) = (Arc::clone(&slot), Arc::clone(&count));
            thread::spawn(move || {
                for round in 0..5000_u32 {
                    let tag = 1 + (round + thread) % 3;
                    if let Some(user) = slot.enter(tag) {
                        assert_eq!(user.0, tag);
                        if round % 7 == 0 {
                            user.retire();
                        }
                    } else if let Some((found, _)) = slot.take_unused(tag) {
                        assert_eq!(found, tag);
                    } else {
                        put(&slot, tag, (tag, Counted::new(&count)));
                    }
                }
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        drop(slot);
        assert_eq!(count.load(SeqCst), 0);
    }
}
