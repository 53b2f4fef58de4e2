//! Quality of service at connect time: carried and negotiated, never enforced (QOS-18).

use crate::{Error, Result};

/// A flow specification, laid out as in the Winsock headers (LAY-04).
///
/// Rates are bytes per second, sizes bytes, times microseconds (QOS-16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct FlowSpec {
    /// Sustained rate, bytes per second.
    pub token_rate: u32,
    /// Size of the token bucket, bytes.
    pub token_bucket_size: u32,
    /// Highest rate, bytes per second.
    pub peak_bandwidth: u32,
    /// Longest delay that is acceptable, microseconds.
    pub latency: u32,
    /// Largest variation of the delay, microseconds.
    pub delay_variation: u32,
    /// One of the `SERVICETYPE_*` numbers.
    pub service_type: u32,
    /// Largest packet, bytes.
    pub max_sdu_size: u32,
    /// Smallest size that packets are accounted with, bytes.
    pub minimum_policed_size: u32,
}

impl FlowSpec {
    /// The value of a member that states nothing, `QOS_NOT_SPECIFIED`.
    pub const NOT_SPECIFIED: u32 = u32::MAX;

    /// The service types `SERVICETYPE_*` that a flow specification may name.
    const SERVICE_TYPES: [u32; 6] = [
        NO_TRAFFIC,
        BEST_EFFORT,
        CONTROLLED_LOAD,
        GUARANTEED,
        NETWORK_CONTROL,
        QUALITATIVE,
    ];

    /// The flow specification with these members, in the order of the structure (LAY-04).
    pub const fn from_array(members: [u32; 8]) -> Self {
        let [
            token_rate,
            token_bucket_size,
            peak_bandwidth,
            latency,
            delay_variation,
            service_type,
            max_sdu_size,
            minimum_policed_size,
        ] = members;
        Self {
            token_rate,
            token_bucket_size,
            peak_bandwidth,
            latency,
            delay_variation,
            service_type,
            max_sdu_size,
            minimum_policed_size,
        }
    }

    /// The members, in the order of the structure (LAY-04).
    pub const fn to_array(self) -> [u32; 8] {
        [
            self.token_rate,
            self.token_bucket_size,
            self.peak_bandwidth,
            self.latency,
            self.delay_variation,
            self.service_type,
            self.max_sdu_size,
            self.minimum_policed_size,
        ]
    }

    fn check(&self, sends: bool) -> Result<()> {
        if !Self::SERVICE_TYPES.contains(&self.service_type) {
            return Err(Error::OpNotSupp); // QOS-15
        }
        if self.service_type == NO_TRAFFIC {
            return Ok(()); // QOS-11: this direction is not used
        }
        let rate = Some(self.token_rate).filter(|rate| *rate != Self::NOT_SPECIFIED);
        let free = [BEST_EFFORT, NETWORK_CONTROL, QUALITATIVE].contains(&self.service_type);
        let must_state = if sends {
            !free
        } else {
            self.service_type == GUARANTEED
        };
        if must_state && rate.is_none_or(|rate| rate == 0) {
            return Err(Error::OpNotSupp); // QOS-15
        }
        let peak = self.peak_bandwidth;
        if rate.is_some_and(|rate| peak < rate) {
            return Err(Error::OpNotSupp); // QOS-15; an unspecified peak is the largest number
        }
        Ok(())
    }
}

const NO_TRAFFIC: u32 = 0;
const BEST_EFFORT: u32 = 1;
const CONTROLLED_LOAD: u32 = 2;
const GUARANTEED: u32 = 3;
const NETWORK_CONTROL: u32 = 0xA;
const QUALITATIVE: u32 = 0xD;

impl Default for FlowSpec {
    /// States nothing but best effort.
    fn default() -> Self {
        Self {
            token_rate: Self::NOT_SPECIFIED,
            token_bucket_size: Self::NOT_SPECIFIED,
            peak_bandwidth: Self::NOT_SPECIFIED,
            latency: Self::NOT_SPECIFIED,
            delay_variation: Self::NOT_SPECIFIED,
            service_type: BEST_EFFORT,
            max_sdu_size: Self::NOT_SPECIFIED,
            minimum_policed_size: Self::NOT_SPECIFIED,
        }
    }
}

/// The flow specifications of both directions, from the point of view of whoever holds them. They
/// are carried and negotiated, not enforced (QOS-18).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Qos {
    /// What this side sends.
    pub sending: FlowSpec,
    /// What this side receives.
    pub receiving: FlowSpec,
}

impl Qos {
    /// The same from the peer's point of view (QOS-05, AMB-41).
    #[must_use]
    pub const fn turned_round(&self) -> Self {
        Self {
            sending: self.receiving,
            receiving: self.sending,
        }
    }

    /// Checks that the flow specifications can be carried.
    ///
    /// # Errors
    /// [`Error::OpNotSupp`] (CON-29, QOS-15).
    pub fn check(&self) -> Result<()> {
        self.sending.check(true)?;
        self.receiving.check(false)
    }

    /// What counts on a socket after it was set to `asked`. A direction that the socket does not use
    /// any more keeps what it has; what is asked for it is not even checked (QOS-11).
    ///
    /// # Errors
    /// [`Error::OpNotSupp`] for a direction that is used (QOS-09, QOS-15).
    pub(crate) fn replaced_by(&self, asked: &Self, sends: bool, receives: bool) -> Result<Self> {
        let mut qos = *self;
        if sends {
            asked.sending.check(true)?;
            qos.sending = asked.sending;
        }
        if receives {
            asked.receiving.check(false)?;
            qos.receiving = asked.receiving;
        }
        Ok(qos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sending(service_type: u32, token_rate: u32, peak_bandwidth: u32) -> Qos {
        let sending = FlowSpec {
            token_rate,
            peak_bandwidth,
            service_type,
            ..FlowSpec::default()
        };
        Qos {
            sending,
            receiving: FlowSpec::default(),
        }
    }

    #[test]
    fn flow_specifications_are_checked() {
        assert_eq!(Qos::default().check(), Ok(()));
        assert_eq!(sending(CONTROLLED_LOAD, 1000, 2000).check(), Ok(()));
        assert_eq!(
            sending(CONTROLLED_LOAD, 0, 2000).check(),
            Err(Error::OpNotSupp)
        );
        assert_eq!(
            sending(GUARANTEED, FlowSpec::NOT_SPECIFIED, 1).check(),
            Err(Error::OpNotSupp)
        );
        assert_eq!(
            sending(BEST_EFFORT, 2000, 1000).check(),
            Err(Error::OpNotSupp)
        );
        assert_eq!(sending(0x77, 1, 2).check(), Err(Error::OpNotSupp));
        assert_eq!(sending(NO_TRAFFIC, 0, 0).check(), Ok(()));
    }

    #[test]
    fn a_guaranteed_receiver_states_its_rate() {
        assert_eq!(sending(GUARANTEED, 5, 9).turned_round().check(), Ok(()));
        let silent = sending(GUARANTEED, FlowSpec::NOT_SPECIFIED, FlowSpec::NOT_SPECIFIED);
        assert_eq!(silent.turned_round().check(), Err(Error::OpNotSupp));
    }
}
