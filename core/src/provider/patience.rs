//! Whether to spin before going to sleep.
//!
//! To wake a thread on another core takes tens of microseconds; one that still looks sees a change at
//! once. On a single core spinning only keeps the other side from running. (To yield instead is no
//! way out: with a busy third program on the core the yielding thread gets it back a time slice later,
//! milliseconds instead of microseconds.)

use std::{
    hint,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::{Duration, Instant},
};

use super::sync::cores;

/// How long a thread spins.
const SPIN: Duration = Duration::from_micros(15);
/// So many spins in vain end the spinning.
const CREDIT: u32 = 4;
/// One wait in so many tries whether it pays by now.
const TRIAL: u32 = 256;

/// What the last spins have brought.
#[derive(Debug)]
pub(super) struct Patience {
    credit: AtomicU32,
    waits: AtomicU32,
}

impl Patience {
    pub(super) const fn new() -> Self {
        Self {
            credit: AtomicU32::new(0),
            waits: AtomicU32::new(0),
        }
    }

    /// Whether the next wait should spin first.
    pub(super) fn pays(&self) -> bool {
        self.credit.load(Relaxed) > 0
            || (self.waits.fetch_add(1, Relaxed).is_multiple_of(TRIAL) && cores() > 1)
    }

    /// Spins until `is_over`, but not for long; says whether it was.
    pub(super) fn spin(&self, is_over: impl Fn() -> bool) -> bool {
        const LOOKS: u32 = 16;
        let start = Instant::now();
        loop {
            for _ in 0..LOOKS {
                if is_over() {
                    self.credit.store(CREDIT, Relaxed);
                    return true;
                }
                hint::spin_loop();
            }
            if start.elapsed() >= SPIN {
                let credit = self.credit.load(Relaxed);
                self.credit.store(credit.saturating_sub(1), Relaxed);
                return false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spins_in_vain_end_the_spinning_until_the_next_trial() {
        let patience = Patience::new();
        assert!(patience.spin(|| true));
        for _ in 0..CREDIT {
            assert!(patience.pays());
            assert!(!patience.spin(|| false));
        }
        let tried = (0..10 * TRIAL).filter(|_| patience.pays()).count();
        assert_eq!(tried, if cores() > 1 { 10 } else { 0 });
    }
}
