//! The catalogue of entries: what can be created, and what each entry can do.

use crate::{Error, Family, Result, Setting};

/// An entry of the catalogue, with its address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Entry {
    /// Plain TCP over IPv4: the kernel socket itself.
    Tcp4,
    /// Plain TCP over IPv6: the kernel socket itself.
    Tcp6,
    /// In memory, inside one process.
    InProcess,
}

/// How much user data an entry carries, in bytes; 0 where it carries none (UDA-27).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserDataLimits {
    /// Connect data, each way.
    pub connect: usize,
    /// Disconnect data, each way, also that of a refusal.
    pub disconnect: usize,
}

const SOCK_STREAM: i32 = 1;
#[cfg(test)]
const SOCK_DGRAM: i32 = 2;
const SOCK_TYPES: std::ops::RangeInclusive<i32> = 1..=5;
const IPPROTO_TCP: i32 = 6;
const IPPROTO_UDP: i32 = 17;

impl Entry {
    /// The address family.
    pub const fn family(self) -> Family {
        match self {
            Self::Tcp4 => Family::Inet,
            Self::Tcp6 => Family::Inet6,
            Self::InProcess => Family::InProcess,
        }
    }

    /// The stream entry of a family.
    pub const fn stream(family: Family) -> Self {
        match family {
            Family::Inet => Self::Tcp4,
            Family::Inet6 => Self::Tcp6,
            Family::InProcess => Self::InProcess,
        }
    }

    /// The protocol number: `IPPROTO_TCP`, or 0 for in-process.
    pub const fn protocol(self) -> i32 {
        match self {
            Self::Tcp4 | Self::Tcp6 => IPPROTO_TCP,
            Self::InProcess => 0,
        }
    }

    /// The entry for the arguments of a socket call; protocol 0 means the entry's own (HND-21).
    ///
    /// # Errors
    /// [`Error::SocktNoSupport`] for a type, [`Error::Prototype`] for a protocol that belongs to
    /// another type, [`Error::ProtoNoSupport`] for any other protocol (HND-19).
    pub fn find(family: Family, kind: i32, protocol: i32) -> Result<Self> {
        let entry = Self::stream(family);
        if kind != SOCK_STREAM {
            let of_another_type = protocol == IPPROTO_TCP && SOCK_TYPES.contains(&kind);
            let contradicts = entry != Self::InProcess && of_another_type;
            return Err(if contradicts {
                Error::Prototype
            } else {
                Error::SocktNoSupport
            });
        }
        match protocol {
            0 => Ok(entry), // HND-21
            number if number == entry.protocol() => Ok(entry),
            IPPROTO_UDP if entry != Self::InProcess => Err(Error::Prototype),
            _ => Err(Error::ProtoNoSupport),
        }
    }

    /// The user data limits in force for new sockets (UDA-09, UDA-26).
    pub fn user_data_limits(self) -> UserDataLimits {
        match self {
            Self::Tcp4 | Self::Tcp6 => UserDataLimits::default(), // UDA-26
            Self::InProcess => UserDataLimits {
                connect: Setting::ConnectDataLimit.get() as usize,
                disconnect: Setting::DisconnectDataLimit.get() as usize,
            },
        }
    }

    /// Whether the SOCKET is the kernel socket itself (HND-31).
    pub const fn is_kernel_socket(self) -> bool {
        matches!(self, Self::Tcp4 | Self::Tcp6)
    }

    /// Whether flow specifications travel with the request.
    pub const fn has_qos(self) -> bool {
        matches!(self, Self::InProcess)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn creation_finds_an_entry_or_names_the_fault() {
        let find = Entry::find;
        assert_eq!(find(Family::Inet, SOCK_STREAM, 0), Ok(Entry::Tcp4));
        assert_eq!(
            find(Family::Inet6, SOCK_STREAM, IPPROTO_TCP),
            Ok(Entry::Tcp6)
        );
        assert_eq!(
            find(Family::InProcess, SOCK_STREAM, 0),
            Ok(Entry::InProcess)
        );
        assert_eq!(
            find(Family::Inet, SOCK_DGRAM, 0),
            Err(Error::SocktNoSupport)
        );
        assert_eq!(
            find(Family::Inet, SOCK_DGRAM, IPPROTO_TCP),
            Err(Error::Prototype)
        );
        assert_eq!(
            find(Family::Inet, SOCK_STREAM, IPPROTO_UDP),
            Err(Error::Prototype)
        );
        assert_eq!(
            find(Family::Inet, SOCK_STREAM, 99),
            Err(Error::ProtoNoSupport)
        );
        assert_eq!(
            find(Family::Inet, 77, IPPROTO_TCP),
            Err(Error::SocktNoSupport)
        );
        assert_eq!(
            find(Family::InProcess, SOCK_STREAM, IPPROTO_TCP),
            Err(Error::ProtoNoSupport)
        );
    }
}
