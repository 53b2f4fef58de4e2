//! Quality of service in a CR and a CC: parameters 0x89, 0x86, 0x87 and 0x88.
//!
//! Values of parameter 0x89, throughput (RFC 905 section 13.3.4 k), octets a second, three octets each:
//!
//! | octets | content |
//! |---|---|
//! | 0–2, 3–5 | maximum, calling to called: target, minimum |
//! | 6–8, 9–11 | maximum, called to calling: target, minimum |
//! | 12–23 | the same four for the average; absent means: as the maximum |
//!
//! Values of parameter 0x88, transit delay (RFC 905 section 13.3.4 n), milliseconds, two octets each:
//!
//! | octets | content |
//! |---|---|
//! | 0–1, 2–3 | calling to called: target, maximum |
//! | 4–5, 6–7 | called to calling: target, maximum |
//!
//! Parameter 0x86, residual error rate, is target, minimum (powers of ten) and TSDU size (power of
//! two), an octet each; parameter 0x87, priority, is a number of two octets, 0 the highest.
//!
//! RFC 2126 gives none of it an effect: it is carried and negotiated (QOS-18). Here zero stands for
//! what is not stated.

use super::{EncodeError, Fault, octets::Packet, octets::u16_at};
use crate::{FlowSpec, Qos};

pub(super) const THROUGHPUT: u8 = 0x89;
pub(super) const RESIDUAL_ERROR: u8 = 0x86;
pub(super) const PRIORITY: u8 = 0x87;
pub(super) const TRANSIT_DELAY: u8 = 0x88;

const GROUP: usize = 12;

/// A rate in octets a second, as far as three octets go: 16 777 215. 0 states nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u32);

impl Rate {
    /// The largest rate that can be stated.
    pub const MAX: Self = Self(0x00FF_FFFF);

    /// The rate, or the largest one that can be stated (QOS-16).
    pub fn clamped(octets_a_second: u32) -> Self {
        Self(octets_a_second.min(Self::MAX.0))
    }

    /// Octets a second.
    pub const fn octets_a_second(self) -> u32 {
        self.0
    }

    fn from_member(rate: u32) -> Self {
        if rate == FlowSpec::NOT_SPECIFIED {
            Self(0)
        } else {
            Self::clamped(rate)
        }
    }

    const fn to_member(self) -> u32 {
        if self.0 == 0 {
            FlowSpec::NOT_SPECIFIED
        } else {
            self.0
        }
    }
}

/// What is wished for in one direction, and the worst that is still good enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wish<T> {
    /// What is wished for.
    pub target: T,
    /// The lowest throughput, or the longest delay, that is acceptable.
    pub limit: T,
}

/// A wish for each direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Directions<T> {
    /// From the calling to the called side.
    pub to_called: Wish<T>,
    /// From the called to the calling side.
    pub to_calling: Wish<T>,
}

/// Parameter 0x89.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Throughput {
    /// The highest throughput.
    pub maximum: Directions<Rate>,
    /// The average throughput; absent means that it is as the maximum.
    pub average: Option<Directions<Rate>>,
}

/// Parameter 0x86: the share of lost and damaged data, as negative powers of ten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResidualError {
    /// The power of ten that is wished for.
    pub target: u8,
    /// The power of ten that is still good enough.
    pub minimum: u8,
    /// The size of TSDU that this is about, as a power of two.
    pub tsdu_size: u8,
}

/// All of it, absent where nothing is stated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quality {
    /// Parameter 0x89.
    pub throughput: Option<Throughput>,
    /// Parameter 0x86.
    pub residual_error: Option<ResidualError>,
    /// Parameter 0x87; 0 is the highest.
    pub priority: Option<u16>,
    /// Parameter 0x88, milliseconds for TSDUs of 128 octets.
    pub transit_delay: Option<Directions<u16>>,
}

impl Quality {
    /// What of the caller's flow specifications has a place on this wire; `qos` is from the calling
    /// side's point of view.
    ///
    /// Peak bandwidth is the target of the maximum throughput, the token rate the target of the
    /// average and the minimum of the maximum, latency target and maximum of the transit delay. Rates
    /// are clamped to 16 777 215 octets a second, delays rounded up to milliseconds and clamped to
    /// 65 535. Service type, bucket size, delay variation and sizes are lost, and a stated 0 cannot be
    /// told from nothing. Somebody who asks for a quality of service without a number is still
    /// somebody who asks (QOS-03): the transit delay is sent then, all zero.
    pub fn of_caller(qos: &Qos) -> Self {
        let rates = |flow: &FlowSpec| {
            (
                Rate::from_member(flow.peak_bandwidth),
                Rate::from_member(flow.token_rate),
            )
        };
        let ((peak, token), (peak_back, token_back)) = (rates(&qos.sending), rates(&qos.receiving));
        let delays = Directions {
            to_called: delay(&qos.sending),
            to_calling: delay(&qos.receiving),
        };
        let states_rates = [peak, token, peak_back, token_back] != [Rate::default(); 4];
        let throughput = states_rates.then_some(Throughput {
            maximum: Directions {
                to_called: wish(peak, token),
                to_calling: wish(peak_back, token_back),
            },
            // Without it the average would be as the maximum.
            average: Some(Directions {
                to_called: wish(token, Rate::default()),
                to_calling: wish(token_back, Rate::default()),
            }),
        });
        Self {
            throughput,
            transit_delay: (throughput.is_none() || delays != Directions::default())
                .then_some(delays),
            ..Self::default()
        }
    }

    /// The flow specifications that this states, from the calling side's point of view; nothing if
    /// neither throughput nor transit delay is there (QOS-03).
    pub fn caller_qos(&self) -> Option<Qos> {
        if self.throughput.is_none() && self.transit_delay.is_none() {
            return None;
        }
        let throughput = self.throughput.unwrap_or_default();
        let average = throughput.average.unwrap_or(throughput.maximum);
        let delay = self.transit_delay.unwrap_or_default();
        let flow = |peak: Wish<Rate>, token: Wish<Rate>, delay: Wish<u16>| FlowSpec {
            peak_bandwidth: peak.target.to_member(),
            token_rate: token.target.to_member(),
            latency: match delay.target {
                0 => FlowSpec::NOT_SPECIFIED,
                milliseconds => u32::from(milliseconds) * 1000,
            },
            ..FlowSpec::default()
        };
        Some(Qos {
            sending: flow(
                throughput.maximum.to_called,
                average.to_called,
                delay.to_called,
            ),
            receiving: flow(
                throughput.maximum.to_calling,
                average.to_calling,
                delay.to_calling,
            ),
        })
    }

    /// The answer to this proposal that comes nearest to `supplied`: a target may only be made worse,
    /// and not beyond the limit that was stated; what was not proposed is not answered. Without
    /// `supplied` the proposal is echoed.
    #[must_use]
    pub fn answered(&self, supplied: Option<&Self>) -> Self {
        let Some(supplied) = supplied else {
            return *self;
        };
        let throughput = self.throughput.map(|proposed| {
            let Some(answer) = supplied.throughput else {
                return proposed;
            };
            let average = proposed
                .average
                .map(|average| lowered(average, answer.average.unwrap_or(answer.maximum)));
            Throughput {
                maximum: lowered(proposed.maximum, answer.maximum),
                average,
            }
        });
        let transit_delay = self.transit_delay.map(|proposed| {
            supplied
                .transit_delay
                .map_or(proposed, |answer| delayed(proposed, answer))
        });
        Self {
            throughput,
            transit_delay,
            ..*self
        }
    }

    pub(super) fn encode(&self, packet: &mut Packet<'_>) -> Result<(), EncodeError> {
        if let Some(throughput) = &self.throughput {
            let mut value = [0; 2 * GROUP];
            put_rates(&mut value[..GROUP], &throughput.maximum);
            let length = match &throughput.average {
                Some(average) => {
                    put_rates(&mut value[GROUP..], average);
                    2 * GROUP
                }
                None => GROUP,
            };
            packet.parameter(THROUGHPUT, &value[..length])?;
        }
        if let Some(rate) = self.residual_error {
            packet.parameter(RESIDUAL_ERROR, &[rate.target, rate.minimum, rate.tsdu_size])?;
        }
        if let Some(priority) = self.priority {
            packet.parameter(PRIORITY, &priority.to_be_bytes())?;
        }
        if let Some(delay) = self.transit_delay {
            let mut value = [0; 8];
            let numbers = [
                delay.to_called.target,
                delay.to_called.limit,
                delay.to_calling.target,
                delay.to_calling.limit,
            ];
            for (octets, number) in value.chunks_exact_mut(2).zip(numbers) {
                octets.copy_from_slice(&number.to_be_bytes());
            }
            packet.parameter(TRANSIT_DELAY, &value)?;
        }
        Ok(())
    }

    /// Octets that [`encode`](Self::encode) writes.
    pub(super) fn encoded_length(&self) -> usize {
        let throughput = self.throughput.map_or(0, |throughput| {
            2 + GROUP + throughput.average.map_or(0, |_| GROUP)
        });
        throughput
            + self.residual_error.map_or(0, |_| 5)
            + self.priority.map_or(0, |_| 4)
            + self.transit_delay.map_or(0, |_| 10)
    }

    /// Leaves parameters out until no more than `room` octets are needed: 0x86 first, then 0x87, 0x88
    /// and 0x89.
    #[must_use]
    pub(super) fn fitting(mut self, room: usize) -> Self {
        let drops: [fn(&mut Self); 4] = [
            |quality| quality.residual_error = None,
            |quality| quality.priority = None,
            |quality| quality.transit_delay = None,
            |quality| quality.throughput = None,
        ];
        for drop in drops {
            if self.encoded_length() <= room {
                break;
            }
            drop(&mut self);
        }
        self
    }

    /// Takes in a parameter; says whether its code is one of these.
    pub(super) fn decode(&mut self, code: u8, value: &[u8]) -> Result<bool, Fault> {
        match (code, value.len()) {
            (THROUGHPUT, GROUP) => {
                self.throughput = Some(Throughput {
                    maximum: rates(value),
                    average: None,
                });
            }
            (THROUGHPUT, length) if length == 2 * GROUP => {
                self.throughput = Some(Throughput {
                    maximum: rates(&value[..GROUP]),
                    average: Some(rates(&value[GROUP..])),
                });
            }
            (RESIDUAL_ERROR, 3) => {
                self.residual_error = Some(ResidualError {
                    target: value[0],
                    minimum: value[1],
                    tsdu_size: value[2],
                });
            }
            (PRIORITY, 2) => self.priority = Some(u16_at(value, 0)),
            (TRANSIT_DELAY, 8) => {
                self.transit_delay = Some(Directions {
                    to_called: wish(u16_at(value, 0), u16_at(value, 2)),
                    to_calling: wish(u16_at(value, 4), u16_at(value, 6)),
                });
            }
            (THROUGHPUT | RESIDUAL_ERROR | PRIORITY | TRANSIT_DELAY, _) => {
                return Err(Fault::ParameterLength);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

const fn wish<T: Copy>(target: T, limit: T) -> Wish<T> {
    Wish { target, limit }
}

/// Latency in milliseconds, rounded up.
fn delay(flow: &FlowSpec) -> Wish<u16> {
    let milliseconds = match flow.latency {
        FlowSpec::NOT_SPECIFIED => 0,
        microseconds => u16::try_from(microseconds.div_ceil(1000)).unwrap_or(u16::MAX),
    };
    wish(milliseconds, milliseconds)
}

/// Throughput gets worse by falling.
fn lowered(proposed: Directions<Rate>, answer: Directions<Rate>) -> Directions<Rate> {
    let lower = |proposed: Wish<Rate>, answer: Wish<Rate>| {
        if [proposed.target, answer.target].contains(&Rate::default()) {
            return proposed;
        }
        let lowest = proposed.limit.min(proposed.target);
        wish(answer.target.clamp(lowest, proposed.target), proposed.limit)
    };
    Directions {
        to_called: lower(proposed.to_called, answer.to_called),
        to_calling: lower(proposed.to_calling, answer.to_calling),
    }
}

/// A delay gets worse by growing.
fn delayed(proposed: Directions<u16>, answer: Directions<u16>) -> Directions<u16> {
    let longer = |proposed: Wish<u16>, answer: Wish<u16>| {
        if proposed.target == 0 || answer.target == 0 {
            return proposed;
        }
        let longest = proposed.limit.max(proposed.target);
        wish(
            answer.target.clamp(proposed.target, longest),
            proposed.limit,
        )
    };
    Directions {
        to_called: longer(proposed.to_called, answer.to_called),
        to_calling: longer(proposed.to_calling, answer.to_calling),
    }
}

fn put_rates(value: &mut [u8], rates: &Directions<Rate>) {
    let numbers = [
        rates.to_called.target,
        rates.to_called.limit,
        rates.to_calling.target,
        rates.to_calling.limit,
    ];
    for (octets, rate) in value.chunks_exact_mut(3).zip(numbers) {
        octets.copy_from_slice(&rate.0.to_be_bytes()[1..]);
    }
}

fn rates(value: &[u8]) -> Directions<Rate> {
    let rate = |at: usize| {
        Rate(u32::from_be_bytes([
            0,
            value[at],
            value[at + 1],
            value[at + 2],
        ]))
    };
    Directions {
        to_called: wish(rate(0), rate(3)),
        to_calling: wish(rate(6), rate(9)),
    }
}
