//! The catalogue of entries: what can be created, and what each entry can do.

use super::capabilities::{Capabilities, ProviderFlags, ServiceFlags};
use crate::{Error, Family, Result, Setting};

/// An entry of the catalogue, with its address family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Entry {
    /// Plain TCP over IPv4: the kernel socket itself.
    Tcp4,
    /// Plain TCP over IPv6: the kernel socket itself.
    Tcp6,
    /// Streams in memory, inside one process.
    InProcess,
    /// Messages in memory, inside one process: a send is one message, a receive takes one.
    InProcessMessages,
    /// Datagrams over IPv4 (UDP): the kernel socket itself.
    Udp4,
    /// Datagrams over IPv6 (UDP): the kernel socket itself.
    Udp6,
}

/// What the catalogue says about an entry: Winsock's `WSAPROTOCOL_INFO`, as far as entries differ
/// (LAY-08), and what the entry can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProtocolInfo {
    /// The entry.
    pub entry: Entry,
    /// Its name (`szProtocol`), at most 255 ASCII characters.
    pub name: &'static str,
    /// Its number in the catalogue (`dwCatalogEntryId`), which it keeps.
    pub catalogue_id: u32,
    /// Its provider flags (`dwProviderFlags`).
    pub provider_flags: ProviderFlags,
    /// The version of the protocol (`iVersion`).
    pub version: i32,
    /// Its address family (`iAddressFamily`); all addresses have
    /// [`sockaddr_len`](Family::sockaddr_len) bytes.
    pub family: Family,
    /// The socket type (`iSocketType`), a `SOCK_*` number.
    pub socket_type: i32,
    /// The protocol number (`iProtocol`); 0 if it has none.
    pub protocol: i32,
    /// The byte order of its addresses (`iNetworkByteOrder`).
    pub byte_order: ByteOrder,
    /// The longest message, in bytes (`dwMessageSize`): 0 where the notion has no meaning, because
    /// the entry is a stream; 1 where it depends on the connection.
    pub message_size: u32,
    /// What it can do.
    pub capabilities: Capabilities,
}

/// A byte order; the numbers are those of `BIGENDIAN` and `LITTLEENDIAN` (LAY-31).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum ByteOrder {
    /// `BIGENDIAN`.
    Big = 0,
    /// `LITTLEENDIAN`.
    Little = 1,
}

impl ByteOrder {
    const NATIVE: Self = if cfg!(target_endian = "big") {
        Self::Big
    } else {
        Self::Little
    };
}

/// The id of this provider (`ProviderId`): the GUID `f33a1ee8-4185-4815-951a-6dbb50332ffc`, its first
/// digit highest. It never changes.
pub const PROVIDER_ID: u128 = 0xF33A_1EE8_4185_4815_951A_6DBB_5033_2FFC;

/// How much user data an entry carries, in bytes; 0 where it carries none (UDA-27).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserDataLimits {
    /// Connect data, each way.
    pub connect: usize,
    /// Disconnect data, each way, also that of a refusal.
    pub disconnect: usize,
}

const SOCK_STREAM: i32 = 1;
const SOCK_DGRAM: i32 = 2;
const SOCK_SEQPACKET: i32 = 5;
const SOCK_TYPES: std::ops::RangeInclusive<i32> = 1..=5;
const IPPROTO_TCP: i32 = 6;
const IPPROTO_UDP: i32 = 17;

const TCP: Capabilities = Capabilities::KERNEL_HANDLE // HND-31
    .union(Capabilities::HALF_CLOSE)
    .union(Capabilities::ABORT)
    .union(Capabilities::URGENT_DATA)
    .union(Capabilities::PORT_ADDRESSES)
    .union(Capabilities::NETWORK_ERRORS)
    .union(Capabilities::RESET_VISIBLE)
    .union(Capabilities::KERNEL_BACKLOG);

const IN_PROCESS: Capabilities = Capabilities::CONNECT_DATA
    .union(Capabilities::DISCONNECT_DATA)
    .union(Capabilities::REFUSAL_DATA)
    .union(Capabilities::QOS)
    .union(Capabilities::DECIDED_CONNECT)
    .union(Capabilities::REFUSAL_VISIBLE)
    .union(Capabilities::ACTIVE_REFUSAL)
    .union(Capabilities::WITHDRAWAL_VISIBLE)
    .union(Capabilities::EXACT_BACKLOG)
    .union(Capabilities::CONDITIONAL_ACCEPT)
    .union(Capabilities::PEER_CREDENTIALS)
    .union(Capabilities::HALF_CLOSE)
    .union(Capabilities::ABORT)
    .union(Capabilities::PORT_ADDRESSES)
    .union(Capabilities::RESET_VISIBLE)
    .union(Capabilities::CLOSE_VISIBLE);

const UDP: Capabilities = Capabilities::KERNEL_HANDLE // HND-31
    .union(Capabilities::MESSAGE_ORIENTED)
    .union(Capabilities::CONNECTIONLESS)
    .union(Capabilities::PORT_ADDRESSES)
    .union(Capabilities::NETWORK_ERRORS);

/// What is left of 65535 bytes when the headers of IPv4 and UDP are taken off.
const UDP4_MESSAGE: u32 = 65_507;
/// IPv6 does not count its own header.
const UDP6_MESSAGE: u32 = 65_527;

/// The catalogue, in the order of registration. The row of an entry stands where its number in
/// [`Entry`] says.
const CATALOGUE: [ProtocolInfo; 6] = [
    ProtocolInfo {
        entry: Entry::Tcp4,
        name: "vestibule TCP/IP",
        catalogue_id: 1001,
        provider_flags: ProviderFlags::MATCHES_PROTOCOL_ZERO,
        version: 2, // that of Winsock's own TCP/IP
        family: Family::Inet,
        socket_type: SOCK_STREAM,
        protocol: IPPROTO_TCP,
        byte_order: ByteOrder::Big,
        message_size: 0,
        capabilities: TCP,
    },
    ProtocolInfo {
        entry: Entry::Tcp6,
        name: "vestibule TCP/IPv6",
        catalogue_id: 1002,
        provider_flags: ProviderFlags::MATCHES_PROTOCOL_ZERO,
        version: 2,
        family: Family::Inet6,
        socket_type: SOCK_STREAM,
        protocol: IPPROTO_TCP,
        byte_order: ByteOrder::Big,
        message_size: 0,
        capabilities: TCP,
    },
    ProtocolInfo {
        entry: Entry::InProcess,
        name: "vestibule in-process",
        catalogue_id: 1003,
        provider_flags: ProviderFlags::MATCHES_PROTOCOL_ZERO,
        version: 1,
        family: Family::InProcess,
        socket_type: SOCK_STREAM,
        protocol: 0,
        byte_order: ByteOrder::NATIVE,
        message_size: 0,
        capabilities: IN_PROCESS,
    },
    ProtocolInfo {
        entry: Entry::InProcessMessages,
        name: "vestibule in-process messages",
        catalogue_id: 1004,
        provider_flags: ProviderFlags::MATCHES_PROTOCOL_ZERO,
        version: 1,
        family: Family::InProcess,
        socket_type: SOCK_SEQPACKET,
        protocol: 0,
        byte_order: ByteOrder::NATIVE,
        message_size: 1, // the receive buffer of the peer
        capabilities: IN_PROCESS.union(Capabilities::MESSAGE_ORIENTED),
    },
    ProtocolInfo {
        entry: Entry::Udp4,
        name: "vestibule UDP/IP",
        catalogue_id: 1005,
        provider_flags: ProviderFlags::MATCHES_PROTOCOL_ZERO,
        version: 2, // that of Winsock's own UDP/IP
        family: Family::Inet,
        socket_type: SOCK_DGRAM,
        protocol: IPPROTO_UDP,
        byte_order: ByteOrder::Big,
        message_size: UDP4_MESSAGE,
        capabilities: UDP,
    },
    ProtocolInfo {
        entry: Entry::Udp6,
        name: "vestibule UDP/IPv6",
        catalogue_id: 1006,
        provider_flags: ProviderFlags::MATCHES_PROTOCOL_ZERO,
        version: 2,
        family: Family::Inet6,
        socket_type: SOCK_DGRAM,
        protocol: IPPROTO_UDP,
        byte_order: ByteOrder::Big,
        message_size: UDP6_MESSAGE,
        capabilities: UDP,
    },
];

impl ProtocolInfo {
    /// The service flags (`dwServiceFlags1`), which follow from the capabilities (UDA-08, UDA-26,
    /// HND-31).
    pub const fn service_flags(&self) -> ServiceFlags {
        self.capabilities.service_flags()
    }

    /// Whether a socket call with this protocol means the entry.
    fn answers_to(&self, protocol: i32) -> bool {
        match protocol {
            0 => self
                .provider_flags
                .contains(ProviderFlags::MATCHES_PROTOCOL_ZERO), // HND-21
            number => number == self.protocol,
        }
    }
}

impl Entry {
    /// The catalogue, in the order of registration (HND-22).
    pub const fn catalogue() -> &'static [ProtocolInfo] {
        &CATALOGUE
    }

    /// What the catalogue says about it.
    pub const fn info(self) -> &'static ProtocolInfo {
        &CATALOGUE[self as usize]
    }

    /// What it can do.
    pub const fn capabilities(self) -> Capabilities {
        self.info().capabilities
    }

    /// The address family.
    pub const fn family(self) -> Family {
        self.info().family
    }

    /// The stream entry of a family.
    pub const fn stream(family: Family) -> Self {
        match family {
            Family::Inet => Self::Tcp4,
            Family::Inet6 => Self::Tcp6,
            Family::InProcess => Self::InProcess,
        }
    }

    /// The message-oriented entry of a family.
    ///
    /// # Errors
    /// [`Error::SocktNoSupport`] if it has none.
    pub const fn messages(family: Family) -> Result<Self> {
        match family {
            Family::Inet | Family::Inet6 => Err(Error::SocktNoSupport),
            Family::InProcess => Ok(Self::InProcessMessages),
        }
    }

    /// The entry for datagrams of a family.
    ///
    /// # Errors
    /// [`Error::SocktNoSupport`] if it has none.
    pub const fn datagrams(family: Family) -> Result<Self> {
        match family {
            Family::Inet => Ok(Self::Udp4),
            Family::Inet6 => Ok(Self::Udp6),
            Family::InProcess => Err(Error::SocktNoSupport),
        }
    }

    /// Whether it has datagrams and no connections: `XP1_CONNECTIONLESS`.
    pub const fn is_connectionless(self) -> bool {
        self.capabilities().contains(Capabilities::CONNECTIONLESS)
    }

    /// Whether it keeps the boundaries of messages: `XP1_MESSAGE_ORIENTED`.
    pub const fn is_message_oriented(self) -> bool {
        self.capabilities().contains(Capabilities::MESSAGE_ORIENTED)
    }

    /// The protocol number: `IPPROTO_TCP`, `IPPROTO_UDP`, or 0 for in-process.
    pub const fn protocol(self) -> i32 {
        self.info().protocol
    }

    /// The entry for the arguments of a socket call; protocol 0 finds only entries with
    /// [`ProviderFlags::MATCHES_PROTOCOL_ZERO`] (HND-21).
    ///
    /// # Errors
    /// [`Error::SocktNoSupport`] for a type, [`Error::Prototype`] for a protocol that belongs to
    /// another type, [`Error::ProtoNoSupport`] for any other protocol (HND-19).
    pub fn find(family: Family, kind: i32, protocol: i32) -> Result<Self> {
        let of_family = || CATALOGUE.iter().filter(|row| row.family == family);
        let mut of_kind = of_family().filter(|row| row.socket_type == kind);
        if let Some(row) = of_kind.clone().find(|row| row.answers_to(protocol)) {
            return Ok(row.entry);
        }
        let kind_is_offered = of_kind.next().is_some();
        let of_another_kind = protocol != 0
            && SOCK_TYPES.contains(&kind)
            && of_family().any(|row| row.protocol == protocol);
        Err(if of_another_kind {
            Error::Prototype
        } else if kind_is_offered {
            Error::ProtoNoSupport
        } else {
            Error::SocktNoSupport
        })
    }

    /// The user data limits in force for new sockets (UDA-04, UDA-09, UDA-26).
    pub fn user_data_limits(self) -> UserDataLimits {
        let limit = |carries, setting: Setting| {
            if self.capabilities().contains(carries) {
                setting.get() as usize
            } else {
                0 // UDA-26
            }
        };
        UserDataLimits {
            connect: limit(Capabilities::CONNECT_DATA, Setting::ConnectDataLimit),
            disconnect: limit(Capabilities::DISCONNECT_DATA, Setting::DisconnectDataLimit),
        }
    }

    /// Whether the SOCKET is the kernel socket itself (HND-31).
    pub const fn is_kernel_socket(self) -> bool {
        self.capabilities().contains(Capabilities::KERNEL_HANDLE)
    }

    /// Whether flow specifications travel with the request.
    pub const fn has_qos(self) -> bool {
        self.capabilities().contains(Capabilities::QOS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_its_row_and_its_own_number() {
        for (position, row) in Entry::catalogue().iter().enumerate() {
            assert_eq!(row.entry as usize, position);
            assert_eq!(row.entry.info(), row);
            assert!(row.name.is_ascii() && row.name.len() <= 255);
            for other in &Entry::catalogue()[position + 1..] {
                assert!(row.catalogue_id < other.catalogue_id);
                assert_ne!(row.name, other.name);
            }
        }
    }

    #[test]
    fn protocol_zero_finds_entries_that_say_so() {
        for row in Entry::catalogue() {
            assert_eq!(Entry::find(row.family, row.socket_type, 0), Ok(row.entry));
            let silent = ProtocolInfo {
                provider_flags: ProviderFlags::empty(),
                ..*row
            };
            assert!(!silent.answers_to(0), "{}", row.name); // HND-21
        }
        assert!(Entry::Tcp4.info().answers_to(IPPROTO_TCP));
    }

    #[test]
    fn service_flags_follow_from_the_capabilities() {
        assert_eq!(Entry::Tcp4.info().service_flags().bits(), 0x2_0066);
        assert_eq!(Entry::Tcp6.info().service_flags().bits(), 0x2_0066);
        assert_eq!(Entry::InProcess.info().service_flags().bits(), 0x21A6);
        let messages = Entry::InProcessMessages.info();
        assert_eq!(messages.service_flags().bits(), 0x21AE);
        for entry in [Entry::Udp4, Entry::Udp6] {
            assert_eq!(entry.info().service_flags().bits(), 0x2_0209);
        }
        let none = Capabilities::empty().service_flags();
        for (capability, flag) in [
            (Capabilities::CONNECT_DATA, ServiceFlags::CONNECT_DATA),
            (Capabilities::DISCONNECT_DATA, ServiceFlags::DISCONNECT_DATA),
        ] {
            assert_eq!(capability.service_flags(), none | flag); // UDA-08
        }
    }

    #[test]
    fn user_data_is_a_property_of_the_entry() {
        for row in Entry::catalogue() {
            let limits = row.entry.user_data_limits();
            let carries = |capability| row.capabilities.contains(capability);
            assert_eq!(limits.connect > 0, carries(Capabilities::CONNECT_DATA)); // UDA-04
            assert_eq!(
                limits.disconnect > 0,
                carries(Capabilities::DISCONNECT_DATA)
            );
            assert!(limits.connect <= 4096 && limits.disconnect <= 4096); // UDA-04
            let advertised = ServiceFlags::CONNECT_DATA | ServiceFlags::DISCONNECT_DATA;
            if row.protocol == IPPROTO_TCP {
                assert!(!row.service_flags().intersects(advertised)); // UDA-26
            }
        }
    }

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
            find(Family::InProcess, SOCK_SEQPACKET, 0),
            Ok(Entry::InProcessMessages)
        );
        assert_eq!(find(Family::Inet, SOCK_DGRAM, 0), Ok(Entry::Udp4));
        assert_eq!(
            find(Family::Inet6, SOCK_DGRAM, IPPROTO_UDP),
            Ok(Entry::Udp6)
        );
        for (family, kind) in [
            (Family::Inet, SOCK_SEQPACKET),
            (Family::Inet6, SOCK_SEQPACKET),
            (Family::InProcess, SOCK_DGRAM),
        ] {
            assert_eq!(find(family, kind, 0), Err(Error::SocktNoSupport));
        }
        assert_eq!(
            find(Family::Inet, SOCK_SEQPACKET, IPPROTO_TCP),
            Err(Error::Prototype)
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
        for kind in [SOCK_STREAM, SOCK_SEQPACKET] {
            assert_eq!(
                find(Family::InProcess, kind, IPPROTO_TCP),
                Err(Error::ProtoNoSupport)
            );
        }
    }
}
