//! Addresses of the catalogue's families, and their `sockaddr` forms.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
    str::FromStr,
};

use rustix::net::SocketAddrAny;

use crate::{Error, Result, sys::leading};

/// The family number of in-process addresses, in C and in the Winsock headers alike.
///
/// No Linux and no Windows family has this number.
pub const AF_IN_PROCESS: u16 = 0x5645;

/// The longest `sockaddr` that an [`Address`] needs.
pub const SOCKADDR_MAX: usize = 28;

const AF_INET: u16 = Family::Inet.number(Numbering::Linux);
const AF_INET6: u16 = Family::Inet6.number(Numbering::Linux);

const SOCKADDR_IN_LEN: usize = 16;
const SOCKADDR_IN6_LEN: usize = 28;
const SOCKADDR_IN_PROCESS_LEN: usize = 16;
const SOCKADDR_WORDS: usize = SOCKADDR_MAX / 4;

/// An address family of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// IPv4, `AF_INET`.
    Inet,
    /// IPv6, `AF_INET6`.
    Inet6,
    /// In memory, inside one process: [`AF_IN_PROCESS`].
    InProcess,
}

/// Whose numbers the family field of a `sockaddr` has (AMB-59).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// Linux: `AF_INET6` is 10.
    Linux,
    /// The Winsock headers: `AF_INET6` is 23.
    Winsock,
}

impl Family {
    /// The number of the family.
    pub const fn number(self, numbering: Numbering) -> u16 {
        match (self, numbering) {
            (Self::Inet, _) => 2,
            (Self::Inet6, Numbering::Linux) => 10,
            (Self::Inet6, Numbering::Winsock) => 23, // LAY-38
            (Self::InProcess, _) => AF_IN_PROCESS,
        }
    }

    /// The family with this number.
    pub fn from_number(number: u16, numbering: Numbering) -> Option<Self> {
        [Self::Inet, Self::Inet6, Self::InProcess]
            .into_iter()
            .find(|family| family.number(numbering) == number)
    }

    /// The size of the family's `sockaddr`, in bytes.
    pub const fn sockaddr_len(self) -> usize {
        match self {
            Self::Inet => SOCKADDR_IN_LEN,
            Self::Inet6 => SOCKADDR_IN6_LEN,
            Self::InProcess => SOCKADDR_IN_PROCESS_LEN,
        }
    }
}

/// An address of the in-process entry: a node and a port.
///
/// The only node that exists is [`LOCAL`](Self::LOCAL); [`ANY`](Self::ANY) stands for every local
/// node when binding and is no destination. Port 0 asks for a free port when binding.
///
/// In C it is `struct vestibule_sockaddr` (16 bytes): `u16 family` ([`AF_IN_PROCESS`]), `u16`
/// reserved (0), `u32 node`, `u32 port`, `u32` reserved (0), all in the byte order of the machine.
/// As text it is `@node:port`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InProcessAddress {
    /// The node.
    pub node: u32,
    /// The port.
    pub port: u32,
}

impl InProcessAddress {
    /// Every local node; what a wildcard is for IP.
    pub const ANY: u32 = 0;
    /// The one node of the process.
    pub const LOCAL: u32 = 1;

    /// The address of a port on the local node.
    pub const fn local(port: u32) -> Self {
        Self {
            node: Self::LOCAL,
            port,
        }
    }
}

impl fmt::Display for InProcessAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}:{}", self.node, self.port)
    }
}

impl FromStr for InProcessAddress {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (node, port) = text
            .strip_prefix('@')
            .and_then(|rest| rest.split_once(':'))
            .ok_or(Error::Inval)?;
        let number = |digits: &str| digits.parse().map_err(|_| Error::Inval);
        Ok(Self {
            node: number(node)?,
            port: number(port)?,
        })
    }
}

/// An address of any family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Address {
    /// IPv4 or IPv6.
    Ip(SocketAddr),
    /// In-process.
    InProcess(InProcessAddress),
}

impl Address {
    /// The family.
    pub const fn family(&self) -> Family {
        match self {
            Self::Ip(SocketAddr::V4(_)) => Family::Inet,
            Self::Ip(SocketAddr::V6(_)) => Family::Inet6,
            Self::InProcess(_) => Family::InProcess,
        }
    }

    /// The port.
    pub const fn port(&self) -> u32 {
        match self {
            Self::Ip(ip) => ip.port() as u32,
            Self::InProcess(address) => address.port,
        }
    }

    /// Whether the address part is all zero.
    pub fn is_unspecified(&self) -> bool {
        match self {
            Self::Ip(ip) => ip.ip().is_unspecified(),
            Self::InProcess(address) => address.node == InProcessAddress::ANY,
        }
    }

    /// The wildcard address of a family with port 0.
    pub const fn unspecified(family: Family) -> Self {
        match family {
            Family::Inet => Self::Ip(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0)),
            Family::Inet6 => Self::Ip(SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0)),
            Family::InProcess => Self::InProcess(InProcessAddress {
                node: InProcessAddress::ANY,
                port: 0,
            }),
        }
    }

    /// Checks that the address can be connected to.
    ///
    /// # Errors
    /// [`Error::AddrNotAvail`] for an all-zero address part or port 0 (CON-12).
    pub(crate) fn check_destination(&self) -> Result<()> {
        if self.is_unspecified() || self.port() == 0 {
            return Err(Error::AddrNotAvail); // CON-12
        }
        Ok(())
    }

    /// The `sockaddr` form: the bytes and how many of them count.
    pub fn to_sockaddr(&self, numbering: Numbering) -> ([u8; SOCKADDR_MAX], usize) {
        let mut bytes = [0; SOCKADDR_MAX];
        bytes[..2].copy_from_slice(&self.family().number(numbering).to_ne_bytes());
        match self {
            Self::Ip(SocketAddr::V4(v4)) => {
                bytes[2..4].copy_from_slice(&v4.port().to_be_bytes());
                bytes[4..8].copy_from_slice(&v4.ip().octets());
            }
            Self::Ip(SocketAddr::V6(v6)) => {
                bytes[2..4].copy_from_slice(&v6.port().to_be_bytes());
                bytes[4..8].copy_from_slice(&v6.flowinfo().to_be_bytes());
                bytes[8..24].copy_from_slice(&v6.ip().octets());
                bytes[24..28].copy_from_slice(&v6.scope_id().to_ne_bytes());
            }
            Self::InProcess(address) => {
                bytes[4..8].copy_from_slice(&address.node.to_ne_bytes());
                bytes[8..12].copy_from_slice(&address.port.to_ne_bytes());
            }
        }
        (bytes, self.family().sockaddr_len())
    }

    /// Reads a `sockaddr` that must be of `family`; bytes beyond the family's size are ignored.
    ///
    /// # Errors
    /// [`Error::Fault`] if it is shorter than the family needs (LSN-11, CON-13);
    /// [`Error::AfNoSupport`] if its family field is another one (LSN-11, CON-13).
    pub fn from_sockaddr(bytes: &[u8], family: Family, numbering: Numbering) -> Result<Self> {
        let bytes = bytes.get(..family.sockaddr_len()).ok_or(Error::Fault)?; // LSN-11 CON-13
        if u16::from_ne_bytes(part(bytes, 0)) != family.number(numbering) {
            return Err(Error::AfNoSupport); // LSN-11 CON-13
        }
        Ok(Self::read(bytes, family))
    }

    /// Reads a `sockaddr` of this family, which is long enough.
    fn read(bytes: &[u8], family: Family) -> Self {
        let port = u16::from_be_bytes(part(bytes, 2));
        match family {
            Family::Inet => {
                Self::Ip(SocketAddrV4::new(Ipv4Addr::from(part::<4>(bytes, 4)), port).into())
            }
            Family::Inet6 => {
                let flow = u32::from_be_bytes(part(bytes, 4));
                let scope = u32::from_ne_bytes(part(bytes, 24));
                let ip = Ipv6Addr::from(part::<16>(bytes, 8));
                Self::Ip(SocketAddrV6::new(ip, port, flow, scope).into())
            }
            Family::InProcess => Self::InProcess(InProcessAddress {
                node: u32::from_ne_bytes(part(bytes, 4)),
                port: u32::from_ne_bytes(part(bytes, 8)),
            }),
        }
    }
}

/// An address as the kernel writes it: a `sockaddr` with Linux' numbers.
///
/// What is on its way from the kernel to a condition function written in C stays in this form: taking
/// it apart and putting it together again costs more than everything else that is done with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sockaddr {
    /// As the bytes follow each other in memory.
    words: [u32; SOCKADDR_WORDS],
    /// How many bytes count.
    length: u32,
}

impl Sockaddr {
    /// No address.
    pub const NONE: Self = Self {
        words: [0; SOCKADDR_WORDS],
        length: 0,
    };

    /// What the kernel has written.
    ///
    /// # Errors
    /// [`Error::AfNoSupport`] if it is no IP address.
    pub(crate) fn from_kernel(written: &SocketAddrAny) -> Result<Self> {
        let mut sockaddr = Self::NONE;
        sockaddr.take_from_kernel(written)?;
        Ok(sockaddr)
    }

    /// The same in place.
    pub(crate) fn take_from_kernel(&mut self, written: &SocketAddrAny) -> Result<()> {
        let first: [u32; SOCKADDR_IN_LEN / 4] = leading(written).ok_or(Error::AfNoSupport)?;
        match family_of(first[0]) {
            AF_INET => {
                let (words, rest) = self.words.split_at_mut(first.len());
                words.copy_from_slice(&first);
                rest.fill(0);
                self.length = Self::narrow(SOCKADDR_IN_LEN);
            }
            AF_INET6 => {
                self.words = leading(written).ok_or(Error::AfNoSupport)?;
                self.length = Self::narrow(SOCKADDR_IN6_LEN);
            }
            _ => return Err(Error::AfNoSupport),
        }
        Ok(())
    }

    #[expect(clippy::cast_possible_truncation, reason = "it is 28 at most")]
    const fn narrow(length: usize) -> u32 {
        length as u32
    }

    const fn family(&self) -> u16 {
        family_of(self.words[0])
    }

    pub(crate) const fn is_none(&self) -> bool {
        self.length == 0
    }

    pub(crate) const fn is_in_process(&self) -> bool {
        self.family() == AF_IN_PROCESS
    }

    /// How many bytes count.
    pub const fn length(&self) -> usize {
        self.length as usize
    }

    /// The bytes, with the numbers of a surface.
    pub fn to_bytes(&self, numbering: Numbering) -> [u8; SOCKADDR_MAX] {
        let mut bytes = [0; SOCKADDR_MAX];
        for (bytes, word) in bytes.chunks_exact_mut(4).zip(self.words) {
            bytes.copy_from_slice(&word.to_ne_bytes());
        }
        if numbering == Numbering::Winsock {
            renumber(&mut bytes);
        }
        bytes
    }

    /// The address in the form that programs in Rust have it.
    pub(crate) fn address(&self) -> Address {
        let family = match self.family() {
            AF_INET => Family::Inet,
            AF_INET6 => Family::Inet6,
            _ => Family::InProcess,
        };
        Address::read(&self.to_bytes(Numbering::Linux), family)
    }
}

/// Gives the bytes of a `sockaddr` the numbers of the Winsock headers.
#[cold]
fn renumber(bytes: &mut [u8; SOCKADDR_MAX]) {
    if u16::from_ne_bytes(part(bytes, 0)) == AF_INET6 {
        let family = Family::Inet6.number(Numbering::Winsock); // LAY-38
        bytes[..2].copy_from_slice(&family.to_ne_bytes());
    }
}

/// The family number that a `sockaddr` begins with.
const fn family_of(word: u32) -> u16 {
    let [low, high, ..] = word.to_ne_bytes();
    u16::from_ne_bytes([low, high])
}

impl From<&Address> for Sockaddr {
    fn from(address: &Address) -> Self {
        let mut words = [0; SOCKADDR_WORDS];
        let (bytes, length) = address.to_sockaddr(Numbering::Linux);
        for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(4)) {
            *word = u32::from_ne_bytes(part(bytes, 0));
        }
        let length = Self::narrow(length);
        Self { words, length }
    }
}

impl From<InProcessAddress> for Sockaddr {
    fn from(address: InProcessAddress) -> Self {
        Self::from(&Address::InProcess(address))
    }
}

impl fmt::Debug for Sockaddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address().fmt(f)
    }
}

/// `N` bytes at `offset`; the caller has checked the length.
fn part<const N: usize>(bytes: &[u8], offset: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[offset..offset + N]);
    out
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(ip) => ip.fmt(f),
            Self::InProcess(address) => address.fmt(f),
        }
    }
}

impl FromStr for Address {
    type Err = Error;

    /// Reads `127.0.0.1:80`, `[::1]:80` or `@1:80`.
    fn from_str(text: &str) -> Result<Self> {
        if text.starts_with('@') {
            return text.parse().map(Self::InProcess);
        }
        text.parse().map(Self::Ip).map_err(|_| Error::Inval)
    }
}

impl From<SocketAddr> for Address {
    fn from(ip: SocketAddr) -> Self {
        Self::Ip(ip)
    }
}

impl From<(Ipv4Addr, u16)> for Address {
    fn from(ip: (Ipv4Addr, u16)) -> Self {
        Self::Ip(ip.into())
    }
}

impl From<(Ipv6Addr, u16)> for Address {
    fn from(ip: (Ipv6Addr, u16)) -> Self {
        Self::Ip(ip.into())
    }
}

impl From<InProcessAddress> for Address {
    fn from(address: InProcessAddress) -> Self {
        Self::InProcess(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLES: [&str; 4] = ["127.0.0.1:80", "[::1]:443", "[fe80::1%3]:9", "@1:70000"];

    #[test]
    fn text_and_sockaddr_round_trip_in_both_numberings() {
        for text in EXAMPLES {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string(), text);
            for numbering in [Numbering::Linux, Numbering::Winsock] {
                let (bytes, len) = address.to_sockaddr(numbering);
                let family = address.family();
                assert_eq!(
                    Address::from_sockaddr(&bytes[..len], family, numbering),
                    Ok(address)
                );
            }
        }
    }

    #[test]
    fn what_the_kernel_writes_is_the_address_it_means() {
        for text in ["127.0.0.1:80", "[fe80::1%3]:9"] {
            let address: Address = text.parse().unwrap();
            let (bytes, len) = address.to_sockaddr(Numbering::Linux);
            let written = SocketAddrAny::from(text.parse::<SocketAddr>().unwrap());
            let sockaddr = Sockaddr::from_kernel(&written).unwrap();
            assert_eq!(sockaddr.address(), address);
            assert_eq!(
                (sockaddr.to_bytes(Numbering::Linux), sockaddr.length()),
                (bytes, len)
            );
            let (bytes, _) = address.to_sockaddr(Numbering::Winsock);
            assert_eq!(sockaddr.to_bytes(Numbering::Winsock), bytes);
            assert_eq!(Sockaddr::from(&address), sockaddr);
        }
        let in_process = "@1:7".parse::<Address>().unwrap();
        assert_eq!(Sockaddr::from(&in_process).address(), in_process);
        assert!(Sockaddr::NONE.is_none() && !Sockaddr::from(&in_process).is_none());
        let local = rustix::net::SocketAddrUnix::new_unnamed();
        assert_eq!(
            Sockaddr::from_kernel(&local.into()),
            Err(Error::AfNoSupport)
        );
    }

    #[test]
    fn ipv6_has_another_number_in_the_winsock_headers() {
        let (bytes, _) = "[::1]:1"
            .parse::<Address>()
            .unwrap()
            .to_sockaddr(Numbering::Winsock);
        assert_eq!(bytes[0], 23);
        assert_eq!(Family::from_number(10, Numbering::Winsock), None);
    }

    #[test]
    fn a_short_sockaddr_is_a_fault_and_a_foreign_family_is_not_supported() {
        let (bytes, len) = "127.0.0.1:1"
            .parse::<Address>()
            .unwrap()
            .to_sockaddr(Numbering::Linux);
        let read = |bytes, family| Address::from_sockaddr(bytes, family, Numbering::Linux);
        assert_eq!(read(&bytes[..len - 1], Family::Inet), Err(Error::Fault));
        assert_eq!(read(&bytes, Family::Inet6), Err(Error::AfNoSupport));
        assert_eq!(read(&bytes, Family::InProcess), Err(Error::AfNoSupport));
    }

    #[test]
    fn text_that_is_no_address_is_refused() {
        for text in ["", "@", "@1", "@1:x", "127.0.0.1", "::1:80", "@-1:2"] {
            assert_eq!(text.parse::<Address>(), Err(Error::Inval), "{text}");
        }
    }
}
