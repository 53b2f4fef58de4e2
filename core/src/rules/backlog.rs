//! The backlog queue of a listening socket (groups LSN and ACC).
//!
//! A request enters at the tail, waits, and becomes the head. [`Backlog::take`] shows the head to
//! one accept call at a time; that call then [decides](Backlog::decide) it or
//! [puts it back](Backlog::put_back). [`Backlog::hand_out`] gives a request away as a value that is
//! decided later and out of order. A request can be withdrawn in every one of these states.
//!
//! ```text
//!            take                    decide
//! Waiting ─────────▶ Deciding ──────────────▶ (gone: admitted or refused)
//!    ▲                  │ put_back
//!    │                  ▼
//!    │  head only    Deferred / Undecided ──take──▶ Deciding
//!    └─hand_out─▶ Out ─────────decide────▶ (gone)
//! ```

use std::num::NonZeroU32;

use slab::Slab;

/// The hint that a negative backlog carries is clipped to this range (LSN-19).
const HINT_RANGE: std::ops::RangeInclusive<u32> = 200..=65535;

/// The effective backlog for the argument of listen, never above `ceiling`.
///
/// 0 becomes 1 (LSN-20), a negative number is a hint (LSN-19), `SOMAXCONN` becomes the ceiling
/// (LSN-05, LSN-18).
pub fn effective(requested: i32, ceiling: u32) -> u32 {
    let wanted = match requested {
        0 => 1, // LSN-20
        hint if hint < 0 => {
            hint.unsigned_abs()
                .clamp(*HINT_RANGE.start(), *HINT_RANGE.end()) // LSN-19
        }
        backlog => backlog.unsigned_abs(),
    };
    wanted.min(ceiling.max(1)) // LSN-05 LSN-18
}

/// Names one request of one backlog for as long as it is undecided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId {
    index: usize,
    serial: u64,
}

/// Why a request left the queue without a decision (AMB-22).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// Its client gave up in an orderly way: a time-out or a close.
    Withdrawn,
    /// Its client broke the connection.
    Reset,
}

/// What an accept call meets at the head of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// This request is now being decided by the caller.
    Taken(RequestId),
    /// Nothing waits.
    Empty,
    /// Another call is deciding the head.
    Busy,
    /// The request that was the head has gone; reported once.
    Gone(Gone),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In the queue; only the head can have been offered before.
    Queued { offered: bool },
    /// The head, being shown to a condition function.
    Deciding,
    /// Handed out as a value.
    Out,
    /// Withdrawn while it was being decided or was out; the decision will be void.
    Void(Gone),
}

#[derive(Debug)]
struct Slot<R> {
    request: Option<R>,
    serial: u64,
    place: Place,
    before: Link,
    after: Link,
}

/// A neighbour in the queue, in four bytes: 100 000 slots are then a third smaller (P20).
#[derive(Clone, Copy, Debug)]
struct Link(Option<NonZeroU32>);

impl Link {
    /// A queue is never as long as this can tell apart, because [`effective`] is not.
    fn to(index: Option<usize>) -> Self {
        let number = index.and_then(|index| u32::try_from(index + 1).ok());
        Self(number.and_then(NonZeroU32::new))
    }

    fn index(self) -> Option<usize> {
        self.0.map(|number| number.get() as usize - 1)
    }
}

/// The queue of undecided requests, first in, first out (LSN-07).
#[derive(Debug)]
pub struct Backlog<R> {
    slots: Slab<Slot<R>>,
    head: Option<usize>,
    tail: Option<usize>,
    limit: usize,
    undecided: usize,
    out: usize,
    deferred: bool,
    report: Option<Gone>,
    next_serial: u64,
}

impl<R> Backlog<R> {
    /// An empty queue for at most `limit` undecided requests.
    pub const fn new(limit: usize) -> Self {
        Self {
            slots: Slab::new(),
            head: None,
            tail: None,
            limit,
            undecided: 0,
            out: 0,
            deferred: false,
            report: None,
            next_serial: 0,
        }
    }

    /// How many requests are undecided: queued, deferred, being decided or out (LSN-23).
    pub const fn len(&self) -> usize {
        self.undecided
    }

    /// Whether no request is undecided.
    pub const fn is_empty(&self) -> bool {
        self.undecided == 0
    }

    /// Whether a further request would be refused (LSN-22).
    pub const fn is_full(&self) -> bool {
        self.undecided >= self.limit
    }

    /// Whether the head is a deferred request.
    pub const fn is_deferred(&self) -> bool {
        self.deferred
    }

    /// Whether a pending request may be indicated: there is a head that nobody is deciding and
    /// that is not deferred (ACC-09), or the loss of a head is still to be reported (ACC-64).
    pub fn indicates(&self) -> bool {
        self.report.is_some() || (!self.deferred && self.free_head().is_some())
    }

    /// The request that stands at the head, if it is not being decided.
    pub fn peek(&self) -> Option<(RequestId, &R)> {
        let index = self.free_head()?;
        Some((self.id(index), self.slots[index].request.as_ref()?))
    }

    /// The ids of the queued requests, oldest first; the head counts unless it is being decided.
    pub fn queued(&self) -> impl Iterator<Item = RequestId> + '_ {
        std::iter::successors(self.head, |index| self.slots[*index].after.index())
            .filter(|index| matches!(self.slots[*index].place, Place::Queued { .. }))
            .map(|index| self.id(index))
    }

    /// The request with this id, as long as it is undecided.
    pub fn get(&self, id: RequestId) -> Option<&R> {
        self.slot(id)?.request.as_ref()
    }

    /// Puts a new request at the tail (LSN-07).
    ///
    /// # Errors
    /// Gives the request back if the queue is full (LSN-22).
    pub fn push(&mut self, request: R) -> Result<RequestId, R> {
        if self.is_full() {
            return Err(request);
        }
        let serial = self.next_serial;
        self.next_serial += 1;
        let index = self.slots.insert(Slot {
            request: Some(request),
            serial,
            place: Place::Queued { offered: false },
            before: Link::to(self.tail),
            after: Link::to(None),
        });
        match self.tail {
            Some(tail) => self.slots[tail].after = Link::to(Some(index)),
            None => self.head = Some(index),
        }
        self.tail = Some(index);
        self.undecided += 1;
        Ok(RequestId { index, serial })
    }

    /// Takes the head to be decided by the caller (ACC-02, ACC-55).
    pub fn take(&mut self) -> Head {
        if let Some(gone) = self.report.take() {
            return Head::Gone(gone); // ACC-22 ACC-23 ACC-64
        }
        let Some(index) = self.head else {
            return Head::Empty;
        };
        if self.slots[index].place == Place::Deciding {
            return Head::Busy; // ACC-55
        }
        self.slots[index].place = Place::Deciding;
        self.deferred = false;
        Head::Taken(self.id(index))
    }

    /// Hands the head out as a value, to be decided later and out of order, unless `cap` requests
    /// are out already. A deferred head keeps its place and is not handed out.
    pub fn hand_out(&mut self, cap: usize) -> Option<RequestId> {
        if self.out >= cap || self.deferred {
            return None;
        }
        let index = self.free_head()?;
        self.unlink(index);
        self.slots[index].place = Place::Out;
        self.out += 1;
        Some(self.id(index))
    }

    /// Puts a request that was taken back to the head, undecided: deferred (ACC-07), or because the
    /// answer was not valid (ACC-21, ACC-59).
    ///
    /// # Errors
    /// [`Gone`] if it has been withdrawn meanwhile.
    pub fn put_back(&mut self, id: RequestId, deferred: bool) -> Result<(), Gone> {
        self.settle(id)?;
        if let Some(slot) = self.slots.get_mut(id.index) {
            slot.place = Place::Queued { offered: true };
        }
        self.deferred = deferred;
        Ok(())
    }

    /// Ends the life of a request that was taken or is out: it has been admitted or refused, and
    /// its slot is free (LSN-24).
    ///
    /// # Errors
    /// [`Gone`] if it has been withdrawn meanwhile (ACC-22, LSN-32).
    pub fn decide(&mut self, id: RequestId) -> Result<R, Gone> {
        self.settle(id)?;
        self.remove(id.index).ok_or(Gone::Withdrawn)
    }

    /// Withdraws an undecided request and gives its slot back (LSN-04, LSN-31).
    ///
    /// The loss of an offered head is reported to the next accept call (ACC-64); so is the reset of
    /// any head (ACC-23). Other requests vanish (LSN-33). Returns nothing if it had been decided.
    pub fn withdraw(&mut self, id: RequestId, why: Gone) -> Option<R> {
        let is_head = self.head == Some(id.index);
        let slot = self
            .slots
            .get_mut(id.index)
            .filter(|slot| slot.serial == id.serial)?;
        match slot.place {
            Place::Queued { offered } => {
                if offered || (is_head && why == Gone::Reset) {
                    self.report.get_or_insert(why); // ACC-23 ACC-64
                }
                if is_head {
                    self.deferred = false; // ACC-64
                }
                self.remove(id.index)
            }
            Place::Deciding | Place::Out => {
                let was_out = slot.place == Place::Out;
                slot.place = Place::Void(why);
                let request = slot.request.take();
                if was_out {
                    self.out -= 1;
                } else {
                    self.unlink(id.index);
                }
                self.undecided -= 1;
                request
            }
            Place::Void(_) => None,
        }
    }

    /// Sets a new limit and returns the newest excess requests (LSN-25, AMB-19), newest first. A
    /// request that is being decided or out is not dropped.
    pub fn set_limit(&mut self, limit: usize) -> Vec<R> {
        self.limit = limit;
        let mut dropped = Vec::new();
        while self.undecided > limit {
            let Some(tail) = self.tail else { break };
            let Place::Queued { .. } = self.slots[tail].place else {
                break;
            };
            if self.head == Some(tail) {
                self.deferred = false;
            }
            dropped.extend(self.remove(tail));
        }
        dropped
    }

    /// Takes every undecided request out, oldest first, because the listener closes (LSN-28). What
    /// was being decided is void from now on (ACC-58).
    pub fn drain(&mut self) -> Vec<R> {
        let mut ids: Vec<RequestId> = self.slots.iter().map(|(index, _)| self.id(index)).collect();
        ids.sort_unstable_by_key(|id| id.serial);
        let requests = ids
            .into_iter()
            .filter_map(|id| self.withdraw(id, Gone::Withdrawn))
            .collect();
        self.report = None;
        requests
    }

    /// The slot of a request that was taken or is out. A void one is freed and reported.
    fn settle(&mut self, id: RequestId) -> Result<(), Gone> {
        match self.slot(id).map(|slot| slot.place) {
            Some(Place::Void(why)) => {
                self.slots.remove(id.index);
                Err(why)
            }
            Some(Place::Deciding | Place::Out) => Ok(()),
            Some(Place::Queued { .. }) | None => Err(Gone::Withdrawn),
        }
    }

    fn free_head(&self) -> Option<usize> {
        self.head
            .filter(|index| matches!(self.slots[*index].place, Place::Queued { .. }))
    }

    fn id(&self, index: usize) -> RequestId {
        RequestId {
            index,
            serial: self.slots[index].serial,
        }
    }

    fn slot(&self, id: RequestId) -> Option<&Slot<R>> {
        self.slots
            .get(id.index)
            .filter(|slot| slot.serial == id.serial)
    }

    fn remove(&mut self, index: usize) -> Option<R> {
        if self.slots[index].place == Place::Out {
            self.out -= 1;
        } else {
            self.unlink(index);
        }
        self.undecided -= 1;
        self.slots.remove(index).request
    }

    fn unlink(&mut self, index: usize) {
        let (before, after) = (self.slots[index].before, self.slots[index].after);
        match before.index() {
            Some(before) => self.slots[before].after = after,
            None => self.head = after.index(),
        }
        match after.index() {
            Some(after) => self.slots[after].before = before,
            None => self.tail = before.index(),
        }
        self.slots[index].before = Link::to(None);
        self.slots[index].after = Link::to(None);
    }
}

#[cfg(test)]
#[path = "backlog_tests.rs"]
mod tests;
