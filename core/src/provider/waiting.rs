//! Waiting for event objects (`WSAWaitForMultipleEvents`).
//!
//! A thread announces itself to every object, looks at them, and sleeps; whoever sets one looks for
//! sleepers afterwards, so one of the two sees the other. If a kernel socket reports to any of them, one
//! such thread, the leader, sleeps in the kernel's set and takes in what it reports, for all.

use std::sync::Arc;

use smallvec::SmallVec;

use super::{
    event::{EventObject, Look},
    intake::Intake,
    waiter::Waiter,
};
use crate::{Error, Result, Wait};

/// So many event objects can be waited for at once, `WSA_MAXIMUM_WAIT_EVENTS` (EVT-43).
pub const MAX_WAIT_EVENTS: usize = 64;

type Looks = SmallVec<[Look; 8]>;

impl EventObject {
    /// Waits until one of the objects is set, and says which: the first in the slice, if there are
    /// several (EVT-40). They stay set (EVT-47). A deadline that has passed still looks once (EVT-42).
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for no object, or more than [`MAX_WAIT_EVENTS`] (EVT-43);
    /// [`Error::InvalidHandle`] if one is closed, before or meanwhile (EVT-44, EVT-62);
    /// [`Error::TimedOut`] and [`Error::Intr`] as [`Wait`] says.
    pub fn wait_any(objects: &[&Self], wait: &Wait<'_>) -> Result<usize> {
        Waiting::new(objects, For::Any)?.run(wait)
    }

    /// Waits until all of the objects are set at the same moment (EVT-41).
    ///
    /// # Errors
    /// As [`wait_any`](Self::wait_any); [`Error::InvalidParameter`] if one is named twice (EVT-45).
    pub fn wait_all(objects: &[&Self], wait: &Wait<'_>) -> Result<()> {
        Waiting::new(objects, For::All)?.run(wait).map(drop)
    }

    /// What a wait for one of the objects, or for all, would return at once; nothing if it would have to
    /// look further. For a binding that reads the clock to make a [`Wait`], which costs more than this.
    ///
    /// # Errors
    /// As [`wait_any`](Self::wait_any) and [`wait_all`](Self::wait_all).
    #[doc(hidden)]
    pub fn satisfied_at_once(objects: &[&Self], all: bool) -> Result<Option<usize>> {
        Waiting::new(objects, if all { For::All } else { For::Any })?.at_once()
    }

    /// Waits until this one is set.
    ///
    /// # Errors
    /// As [`wait_any`](Self::wait_any).
    pub fn wait(&self, wait: &Wait<'_>) -> Result<()> {
        Self::wait_any(&[self], wait).map(drop)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    Any,
    All,
}

/// What a look at the objects has shown.
#[derive(Default)]
struct Seen {
    /// What the wait would return.
    satisfied: Option<usize>,
    /// Something may have happened in the kernel that changes that.
    takes_in: bool,
}

/// A wait call.
struct Waiting<'a> {
    objects: &'a [&'a EventObject],
    wanted: For,
    intake: &'static Intake,
}

impl<'a> Waiting<'a> {
    fn new(objects: &'a [&'a EventObject], wanted: For) -> Result<Self> {
        let (Some(first), 1..=MAX_WAIT_EVENTS) = (objects.first(), objects.len()) else {
            return Err(Error::InvalidParameter); // EVT-43
        };
        for object in objects {
            object.check()?; // EVT-44
        }
        if wanted == For::All {
            check_distinct(objects)?;
        }
        Ok(Self {
            objects,
            wanted,
            intake: first.intake(),
        })
    }

    /// The answer, if there is nothing to take in that could change it.
    fn at_once(&self) -> Result<Option<usize>> {
        let seen = self.look()?;
        Ok(seen.satisfied.filter(|_| !seen.takes_in))
    }

    fn run(&self, wait: &Wait<'_>) -> Result<usize> {
        let seen = self.look()?;
        match seen.satisfied {
            Some(satisfied) if !seen.takes_in => return Ok(satisfied),
            None if !seen.takes_in || wait.remaining().is_ok() => {}
            _ => {
                self.intake.take_in();
                if let Some(satisfied) = self.look()?.satisfied {
                    return Ok(satisfied);
                }
            }
        }
        wait.remaining()?; // EVT-42: a time-out of 0 has looked once
        self.sleep(wait)
    }

    fn sleep(&self, wait: &Wait<'_>) -> Result<usize> {
        let mut asleep = Asleep::announce(self);
        loop {
            asleep.waiter.look();
            self.intake.run_due();
            let seen = self.look()?;
            if let Some(satisfied) = seen.satisfied {
                return Ok(satisfied);
            }
            if let Err(error) = wait.remaining() {
                self.intake.take_in();
                return self.look()?.satisfied.ok_or(error);
            }
            if seen.takes_in {
                self.intake.arm_waiting();
            }
            let slept = if seen.takes_in && asleep.leads() {
                self.intake.sleep(&asleep.waiter, wait)
            } else {
                asleep
                    .waiter
                    .park(&wait.no_later_than(self.intake.next_deadline()))
            };
            match slept {
                Ok(()) | Err(Error::TimedOut) => {} // looked at again, and then given up
                Err(Error::Intr) => {
                    // The hook may run code of the program, which may wait itself: neither the lead nor
                    // this thread's waiter is kept from others meanwhile.
                    drop(asleep);
                    wait.interrupted()?;
                    asleep = Asleep::announce(self);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn look(&self) -> Result<Seen> {
        match self.wanted {
            For::Any => self.first_set(),
            For::All => self.all_set(),
        }
    }

    /// The first that is set (EVT-40). An object before it may have to be set first, by what has happened
    /// in the kernel: otherwise one that is always set would keep the kernel from being looked at.
    fn first_set(&self) -> Result<Seen> {
        let mut seen = Seen::default();
        for (index, object) in self.objects.iter().enumerate() {
            let look = object.look();
            if look.is_closed() {
                return Err(Error::InvalidHandle); // EVT-62
            }
            if look.is_set() {
                seen.satisfied = Some(index);
                break;
            }
            seen.takes_in |= look.takes_in();
        }
        Ok(seen)
    }

    /// Whether all are set at the same moment: two looks at each, and none was reset in between
    /// (EVT-41).
    fn all_set(&self) -> Result<Seen> {
        let looks: Looks = self.objects.iter().map(|object| object.look()).collect();
        if looks.iter().any(|look| look.is_closed()) {
            return Err(Error::InvalidHandle); // EVT-62
        }
        let is_set = looks.iter().all(|look| look.is_set())
            && self
                .objects
                .iter()
                .zip(&looks)
                .all(|(object, look)| object.look().is_same_setting(*look));
        Ok(Seen {
            satisfied: is_set.then_some(0),
            takes_in: !is_set && looks.iter().any(|look| look.takes_in()),
        })
    }
}

/// The same object twice can never be told apart (EVT-45).
fn check_distinct(objects: &[&EventObject]) -> Result<()> {
    for (index, object) in objects.iter().enumerate() {
        if objects[..index].iter().any(|other| object.is(other)) {
            return Err(Error::InvalidParameter);
        }
    }
    Ok(())
}

/// A waiting thread, announced to every object that it waits for.
struct Asleep<'a> {
    waiting: &'a Waiting<'a>,
    waiter: Arc<Waiter>,
    follows: bool,
    leads: bool,
}

impl<'a> Asleep<'a> {
    fn announce(waiting: &'a Waiting<'a>) -> Self {
        let waiter = Waiter::own();
        for object in waiting.objects {
            object.add_sleeper(&waiter);
        }
        Self {
            waiting,
            waiter,
            follows: false,
            leads: false,
        }
    }

    /// Takes the lead if nobody has it, and queues for it otherwise.
    fn leads(&mut self) -> bool {
        if !self.leads {
            self.leads = self.waiting.intake.try_lead(&self.waiter, self.follows);
            self.follows = !self.leads;
        }
        self.leads
    }
}

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        for object in self.waiting.objects {
            object.remove_sleeper(&self.waiter);
        }
        if self.leads || self.follows {
            self.waiting.intake.leave(&self.waiter, self.leads);
        }
    }
}
