//! The time, cheaply.

use std::time::{Duration, Instant};

use crate::sys::{Seconds, Tick, last_tick};

/// More than the kernel's last tick can be behind.
const LAG: Duration = Duration::from_millis(100);

/// Tells whether an attempt has timed out, which is asked at every decision. Mostly the answer is a
/// plain no, and the kernel's last tick is enough for that: a quarter of the price of
/// [`Instant::now`].
#[derive(Debug)]
pub(super) struct Clock(Option<(Tick, Instant)>);

impl Clock {
    pub(super) const fn new() -> Self {
        Self(None)
    }

    pub(super) fn has_passed(&mut self, moment: Instant) -> bool {
        moment <= self.lagging() + LAG && moment <= Instant::now()
    }

    /// The seconds of the last tick that was seen, which costs nothing where a deadline was looked at
    /// right before.
    pub(super) fn seconds(&self) -> Seconds {
        self.0.map_or_else(Seconds::now, |(tick, _)| tick.seconds())
    }

    /// The time when the last tick was first seen, which is at most a tick ago.
    fn lagging(&mut self) -> Instant {
        let tick = last_tick();
        match self.0 {
            Some((seen, now)) if seen == tick => now,
            _ => self.0.insert((tick, Instant::now())).1,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_moment_passes_when_it_comes() {
        let mut clock = Clock::new();
        let now = Instant::now();
        assert!(clock.has_passed(now));
        for distance in [LAG / 10, LAG / 2] {
            let moment = Instant::now() + distance;
            assert!(!clock.has_passed(moment));
            thread::sleep(distance);
            assert!(clock.has_passed(moment));
        }
        assert!(!clock.has_passed(now + 100 * LAG));
    }

    #[test]
    fn the_tick_does_not_stand_still() {
        let mut clock = Clock::new();
        for _ in 0..10 {
            thread::sleep(LAG / 5);
            let before = Instant::now();
            let lagging = clock.lagging();
            assert!(lagging <= Instant::now() && before.saturating_duration_since(lagging) < LAG);
        }
    }
}
