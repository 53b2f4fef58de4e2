//! What a condition function may answer, and what its answer means (group ACC).

use crate::{Error, Result};

/// The decision of a condition function. The numbers are those of `CF_ACCEPT`, `CF_REJECT` and
/// `CF_DEFER` (LAY-19).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum Decision {
    /// Create a socket for the connection (ACC-05).
    Accept = 0,
    /// Refuse the request (ACC-06).
    Reject = 1,
    /// Decide nothing: the request stays at the head of the backlog (ACC-07).
    Defer = 2,
}

impl Decision {
    /// The decision with this number.
    pub const fn from_raw(value: i32) -> Option<Self> {
        match value {
            0 => Some(Self::Accept),
            1 => Some(Self::Reject),
            2 => Some(Self::Defer),
            _ => None,
        }
    }
}

/// What a condition function written in C leaves behind.
#[derive(Clone, Copy, Debug)]
pub struct RawAnswer {
    /// Its return value.
    pub value: i32,
    /// The group variable, 0 on entry.
    pub group: u32,
    /// The capacity of the callee data buffer.
    pub capacity: usize,
    /// The length in `lpCalleeData` on return.
    pub length: usize,
    /// Whether any byte of the zero-filled callee buffer has changed.
    pub touched: bool,
}

/// A valid answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The decision.
    pub decision: Decision,
    /// How many bytes of callee data were supplied; nothing if none were.
    pub callee_length: Option<usize>,
}

impl RawAnswer {
    /// Reads the answer; nothing but the return value selects the outcome (ACC-10).
    ///
    /// # Errors
    /// Each leaves the request at the head, undecided: [`Error::Inval`] for a value that is no
    /// decision (ACC-20) and for a group (GRP-04), [`Error::Fault`] for callee data beyond the
    /// capacity (ACC-39).
    pub fn read(&self) -> Result<Answer> {
        let decision = Decision::from_raw(self.value).ok_or(Error::Inval)?; // ACC-20
        if self.length > self.capacity {
            return Err(Error::Fault); // ACC-39
        }
        if decision == Decision::Accept && self.group != 0 {
            return Err(Error::Inval); // GRP-04
        }
        let untouched = self.length == self.capacity && !self.touched; // ACC-41
        let supplied = self.length > 0 && !untouched; // ACC-38
        Ok(Answer {
            decision,
            callee_length: supplied.then_some(self.length),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNTOUCHED: RawAnswer = RawAnswer {
        value: 0,
        group: 0,
        capacity: 32,
        length: 32,
        touched: false,
    };

    fn callee_length(answer: RawAnswer) -> Result<Option<usize>> {
        answer.read().map(|answer| answer.callee_length)
    }

    #[test]
    fn only_three_values_are_decisions() {
        for (value, decision) in [
            (0, Decision::Accept),
            (1, Decision::Reject),
            (2, Decision::Defer),
        ] {
            assert_eq!(
                RawAnswer { value, ..UNTOUCHED }.read().unwrap().decision,
                decision
            );
        }
        for value in [-1, 3, i32::MIN, i32::MAX, 0x100] {
            assert_eq!(RawAnswer { value, ..UNTOUCHED }.read(), Err(Error::Inval));
        }
    }

    #[test]
    fn an_untouched_buffer_supplies_no_callee_data() {
        assert_eq!(callee_length(UNTOUCHED), Ok(None));
        assert_eq!(
            callee_length(RawAnswer {
                touched: true,
                ..UNTOUCHED
            }),
            Ok(Some(32))
        );
        assert_eq!(
            callee_length(RawAnswer {
                length: 31,
                ..UNTOUCHED
            }),
            Ok(Some(31))
        );
        assert_eq!(
            callee_length(RawAnswer {
                length: 0,
                touched: true,
                ..UNTOUCHED
            }),
            Ok(None)
        );
    }

    #[test]
    fn a_length_above_the_capacity_is_a_fault() {
        assert_eq!(
            callee_length(RawAnswer {
                length: 33,
                ..UNTOUCHED
            }),
            Err(Error::Fault)
        );
        let unsupported = RawAnswer {
            capacity: 0,
            length: 1,
            ..UNTOUCHED
        };
        assert_eq!(callee_length(unsupported), Err(Error::Fault));
    }

    #[test]
    fn a_group_makes_an_acceptance_invalid_and_nothing_else() {
        assert_eq!(
            RawAnswer {
                group: 1,
                ..UNTOUCHED
            }
            .read(),
            Err(Error::Inval)
        );
        let rejected = RawAnswer {
            group: 1,
            value: 1,
            ..UNTOUCHED
        }
        .read()
        .unwrap();
        assert_eq!(rejected.decision, Decision::Reject);
    }
}
