//! The words of the catalogue: what an entry can do, as sets of bits.

use bitflags::bitflags;

bitflags! {
    /// What an entry can do, in the words of the requirements. What is not in the set does not work
    /// on the entry, and the calls that would need it say so.
    ///
    /// The numbers are those of the C header (`VESTIBULE_CAP_*`) and stay what they are.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Capabilities: u32 {
        /// User data travels with the connect request and with its acceptance.
        const CONNECT_DATA = 1 << 0;
        /// User data travels with the teardown, in both directions.
        const DISCONNECT_DATA = 1 << 1;
        /// User data travels with a refusal.
        const REFUSAL_DATA = 1 << 2;
        /// Flow specifications travel with the connect request and its acceptance. They are carried
        /// and negotiated, not enforced (QOS-18).
        const QOS = 1 << 3;
        /// The client's connect completes only with the server's decision.
        const DECIDED_CONNECT = 1 << 4;
        /// A rejected client sees its connect fail with [`Error::ConnRefused`](crate::Error).
        const REFUSAL_VISIBLE = 1 << 5;
        /// A request that cannot be queued is refused at once.
        const ACTIVE_REFUSAL = 1 << 6;
        /// The provider learns that a waiting client has given up, and removes the request.
        const WITHDRAWAL_VISIBLE = 1 << 7;
        /// The number of undecided requests, a deferred one included, equals the effective backlog.
        const EXACT_BACKLOG = 1 << 8;
        /// `SO_CONDITIONAL_ACCEPT` can be set and read.
        const CONDITIONAL_ACCEPT = 1 << 9;
        /// The caller's uid, gid and pid are part of the caller information.
        const PEER_CREDENTIALS = 1 << 10;
        /// The SOCKET is the kernel socket itself (HND-31).
        const KERNEL_HANDLE = 1 << 11;
        /// After the peer has ended its direction, this side may go on sending.
        const HALF_CLOSE = 1 << 12;
        /// A connection can be reset, and the peer can tell a reset from a graceful end.
        const ABORT = 1 << 13;
        /// Messages keep their boundaries (`SOCK_SEQPACKET`).
        const MESSAGE_ORIENTED = 1 << 14;
        /// The protocol has urgent data, which [`Socket::send_urgent`](crate::Socket::send_urgent)
        /// sends and a receive with [`Receive::urgent`](crate::Receive::urgent) takes.
        /// [`SocketOption::OobInline`](crate::SocketOption) keeps it in the stream.
        const URGENT_DATA = 1 << 15;
        /// Addresses have a port: 0 means choose one, and an all-zero destination is not valid.
        const PORT_ADDRESSES = 1 << 16;
        /// A network or a host can be unreachable.
        const NETWORK_ERRORS = 1 << 17;
        /// A request that its caller has reset is noticed, at the latest when it would be presented.
        const RESET_VISIBLE = 1 << 18;
        /// A request whose caller has closed in an orderly way is noticed.
        const CLOSE_VISIBLE = 1 << 19;
        /// The kernel's queue is the backlog: as many requests as it says complete their connect,
        /// and a deferred one no longer counts.
        const KERNEL_BACKLOG = 1 << 20;
        /// Datagrams: each is sent to an address and may be lost, and there is nothing to listen to or
        /// to accept (`SOCK_DGRAM`).
        const CONNECTIONLESS = 1 << 21;
    }
}

bitflags! {
    /// Service flags of an entry: `dwServiceFlags1` of Winsock's `WSAPROTOCOL_INFO`, with its
    /// numbers (LAY-29). Here are those that an entry of this provider may have.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct ServiceFlags: u32 {
        /// `XP1_CONNECTIONLESS`: datagrams.
        const CONNECTIONLESS = 0x1;
        /// `XP1_GUARANTEED_DELIVERY`: what was sent arrives, or the connection ends.
        const GUARANTEED_DELIVERY = 0x2;
        /// `XP1_GUARANTEED_ORDER`: what arrives does so in order, and once.
        const GUARANTEED_ORDER = 0x4;
        /// `XP1_MESSAGE_ORIENTED`: messages keep their boundaries.
        const MESSAGE_ORIENTED = 0x8;
        /// `XP1_GRACEFUL_CLOSE`: closing is negotiated.
        const GRACEFUL_CLOSE = 0x20;
        /// `XP1_EXPEDITED_DATA`: the protocol has urgent data.
        const EXPEDITED_DATA = 0x40;
        /// `XP1_CONNECT_DATA`: user data travels with a connect (UDA-08).
        const CONNECT_DATA = 0x80;
        /// `XP1_DISCONNECT_DATA`: user data travels with a disconnect (UDA-08).
        const DISCONNECT_DATA = 0x100;
        /// `XP1_SUPPORT_BROADCAST`: a datagram can go to everybody.
        const SUPPORT_BROADCAST = 0x200;
        /// `XP1_QOS_SUPPORTED`: flow specifications travel with a connect.
        const QOS_SUPPORTED = 0x2000;
        /// `XP1_IFS_HANDLES`: the SOCKET is the kernel socket itself (HND-31).
        const IFS_HANDLES = 0x2_0000;
    }
}

bitflags! {
    /// Provider flags of an entry: `dwProviderFlags` of Winsock's `WSAPROTOCOL_INFO`, with its
    /// numbers (LAY-30).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct ProviderFlags: u32 {
        /// `PFL_HIDDEN`: not enumerated (HND-22).
        const HIDDEN = 0x4;
        /// `PFL_MATCHES_PROTOCOL_ZERO`: created with protocol 0, too (HND-21).
        const MATCHES_PROTOCOL_ZERO = 0x8;
    }
}

impl Capabilities {
    /// The service flags that say the same; they follow from the capabilities, so that the two
    /// cannot contradict each other (UDA-08, UDA-26, HND-31). Every entry with connections is reliable,
    /// ordered and closes gracefully; every other can broadcast.
    pub(super) const fn service_flags(self) -> ServiceFlags {
        const SAME: [(Capabilities, ServiceFlags); 6] = [
            (
                Capabilities::MESSAGE_ORIENTED,
                ServiceFlags::MESSAGE_ORIENTED,
            ),
            (Capabilities::URGENT_DATA, ServiceFlags::EXPEDITED_DATA),
            (Capabilities::CONNECT_DATA, ServiceFlags::CONNECT_DATA), // UDA-08
            (Capabilities::DISCONNECT_DATA, ServiceFlags::DISCONNECT_DATA), // UDA-08
            (Capabilities::QOS, ServiceFlags::QOS_SUPPORTED),         // QOS-10
            (Capabilities::KERNEL_HANDLE, ServiceFlags::IFS_HANDLES), // HND-31
        ];
        let mut flags = if self.contains(Self::CONNECTIONLESS) {
            ServiceFlags::CONNECTIONLESS.union(ServiceFlags::SUPPORT_BROADCAST)
        } else {
            ServiceFlags::GUARANTEED_DELIVERY
                .union(ServiceFlags::GUARANTEED_ORDER)
                .union(ServiceFlags::GRACEFUL_CLOSE)
        };
        let mut index = 0;
        while index < SAME.len() {
            let (capability, flag) = SAME[index];
            if self.contains(capability) {
                flags = flags.union(flag);
            }
            index += 1;
        }
        flags
    }
}
