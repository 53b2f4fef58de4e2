//! User data: its bytes and its limits (group UDA).

use smallvec::SmallVec;

use crate::{Error, Result};

/// User data of a connect, an acceptance, a refusal or a disconnect. Up to 64 bytes live inline.
pub type UserData = SmallVec<[u8; 64]>;

/// Which user data an option is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UserDataKind {
    /// Data of a connect or an acceptance: `SO_CONNDATA`.
    Connect,
    /// Data of a disconnect or a refusal: `SO_DISCDATA`.
    Disconnect,
}

/// Checks data that goes out; it is never cut (UDA-28).
///
/// # Errors
/// [`Error::Fault`] above the limit (CON-26, UDA-28, AMB-36).
pub fn check_outgoing(data: &[u8], limit: usize) -> Result<()> {
    if data.len() > limit {
        return Err(Error::Fault); // CON-26 DIS-23 UDA-28
    }
    Ok(())
}

/// The part of incoming data that fits into the receiver's own buffer (UDA-13).
pub fn fitting(data: &[u8], capacity: usize) -> &[u8] {
    &data[..data.len().min(capacity)] // UDA-13
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[test]
    fn outgoing_data_is_sent_whole_or_refused() {
        assert_eq!(check_outgoing(&[0; 32], 32), Ok(()));
        assert_eq!(check_outgoing(&[0; 33], 32), Err(Error::Fault));
        assert_eq!(check_outgoing(b"", 0), Ok(()));
    }

    #[test]
    fn incoming_data_is_cut_to_the_receivers_buffer() {
        assert_eq!(fitting(b"abcdef", 4), b"abcd");
        assert_eq!(fitting(b"ab", 4), b"ab");
        assert_eq!(fitting(b"ab", 0), b"");
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: ProptestConfig::default().cases.max(500), // PROPTEST_CASES raises it
            ..ProptestConfig::default()
        })]

        /// Naively: bytes go out one by one until there are none left, and come in one by one until
        /// there is no room left. What goes out has to go out to the last byte.
        #[test]
        fn agrees_with_bytes_that_are_moved_one_by_one(
            data in vec(any::<u8>(), 0..80),
            limit in 0_usize..80,
            room in 0_usize..80,
        ) {
            let mut to_go = data.clone();
            for _ in 0..limit {
                to_go.pop();
            }
            let refused = if to_go.is_empty() { Ok(()) } else { Err(Error::Fault) };
            prop_assert_eq!(check_outgoing(&data, limit), refused);

            let mut arrived = Vec::new();
            for byte in &data {
                if arrived.len() < room {
                    arrived.push(*byte);
                }
            }
            prop_assert_eq!(fitting(&data, room), arrived);
        }
    }
}
