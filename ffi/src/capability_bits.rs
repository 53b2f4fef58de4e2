//! The capability bits of `vestibule.h`: the name of each capability behind `VESTIBULE_CAP_`.

#![expect(clippy::doc_markdown, reason = "the texts are those of the C header")]

/// Capability: user data travels with the connect request and with its acceptance.
pub const VESTIBULE_CAP_CONNECT_DATA: u32 = 1 << 0;
/// Capability: user data travels with the teardown, in both directions.
pub const VESTIBULE_CAP_DISCONNECT_DATA: u32 = 1 << 1;
/// Capability: user data travels with a refusal.
pub const VESTIBULE_CAP_REFUSAL_DATA: u32 = 1 << 2;
/// Capability: flow specifications travel with the connect request and its acceptance. They are
/// carried and negotiated, not enforced (QOS-18).
pub const VESTIBULE_CAP_QOS: u32 = 1 << 3;
/// Capability: the client's connect completes only with the server's decision.
pub const VESTIBULE_CAP_DECIDED_CONNECT: u32 = 1 << 4;
/// Capability: a rejected client sees its connect fail with WSAECONNREFUSED.
pub const VESTIBULE_CAP_REFUSAL_VISIBLE: u32 = 1 << 5;
/// Capability: a request that cannot be queued is refused at once.
pub const VESTIBULE_CAP_ACTIVE_REFUSAL: u32 = 1 << 6;
/// Capability: the provider learns that a waiting client has given up, and removes the request.
pub const VESTIBULE_CAP_WITHDRAWAL_VISIBLE: u32 = 1 << 7;
/// Capability: the number of undecided requests, a deferred one included, equals the effective
/// backlog.
pub const VESTIBULE_CAP_EXACT_BACKLOG: u32 = 1 << 8;
/// Capability: VESTIBULE_SO_CONDITIONAL_ACCEPT can be set and read.
pub const VESTIBULE_CAP_CONDITIONAL_ACCEPT: u32 = 1 << 9;
/// Capability: the caller's uid, gid and pid are part of the caller information.
pub const VESTIBULE_CAP_PEER_CREDENTIALS: u32 = 1 << 10;
/// Capability: the SOCKET is the kernel socket itself (HND-31).
pub const VESTIBULE_CAP_KERNEL_HANDLE: u32 = 1 << 11;
/// Capability: after the peer has ended its direction, this side may go on sending.
pub const VESTIBULE_CAP_HALF_CLOSE: u32 = 1 << 12;
/// Capability: a connection can be reset, and the peer can tell a reset from a graceful end.
pub const VESTIBULE_CAP_ABORT: u32 = 1 << 13;
/// Capability: messages keep their boundaries (SOCK_SEQPACKET).
pub const VESTIBULE_CAP_MESSAGE_ORIENTED: u32 = 1 << 14;
/// Capability: the protocol has urgent data. VESTIBULE_MSG_OOB sends and receives it,
/// VESTIBULE_SO_OOBINLINE keeps it in the stream.
pub const VESTIBULE_CAP_URGENT_DATA: u32 = 1 << 15;
/// Capability: addresses have a port: 0 means choose one, and an all-zero destination is not
/// valid.
pub const VESTIBULE_CAP_PORT_ADDRESSES: u32 = 1 << 16;
/// Capability: a network or a host can be unreachable.
pub const VESTIBULE_CAP_NETWORK_ERRORS: u32 = 1 << 17;
/// Capability: a request that its caller has reset is noticed, at the latest when it would be
/// presented.
pub const VESTIBULE_CAP_RESET_VISIBLE: u32 = 1 << 18;
/// Capability: a request whose caller has closed in an orderly way is noticed.
pub const VESTIBULE_CAP_CLOSE_VISIBLE: u32 = 1 << 19;
/// Capability: the kernel's queue is the backlog: as many requests as it says complete their
/// connect, and a deferred one no longer counts.
pub const VESTIBULE_CAP_KERNEL_BACKLOG: u32 = 1 << 20;
/// Capability: datagrams: each is sent to an address and may be lost, and there is nothing to listen
/// to or to accept (SOCK_DGRAM).
pub const VESTIBULE_CAP_CONNECTIONLESS: u32 = 1 << 21;

#[cfg(test)]
mod tests {
    use provider::Capabilities;

    #[test]
    fn the_constants_are_the_capabilities() {
        let source = include_str!("capability_bits.rs");
        for (name, capability) in Capabilities::all().iter_names() {
            let row = format!(
                "pub const VESTIBULE_CAP_{name}: u32 = 1 << {};",
                capability.bits().trailing_zeros()
            );
            assert!(source.contains(&row), "{row} is missing");
        }
        assert_eq!(
            source.matches("\npub const VESTIBULE_CAP_").count(),
            Capabilities::all().iter_names().count()
        );
    }
}
