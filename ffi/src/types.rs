//! The types and constants of `vestibule.h`.
//!
//! The structures have the layout of their Winsock counterparts (group LAY). Apart from socket
//! addresses, which are Linux' own, so have the numbers.

#![expect(non_camel_case_types, reason = "the names of the C header")]
#![expect(clippy::doc_markdown, reason = "the texts are those of the C header")]

use std::ffi::{c_char, c_int};

use provider::{FlowSpec, Qos};

/// A socket: the descriptor of the kernel socket on plain TCP, otherwise a number from 2^30 up that
/// no descriptor can have (HND-12). 0 is a valid socket.
pub type vestibule_handle = usize;

/// The only value that is never a socket.
pub const VESTIBULE_INVALID_SOCKET: vestibule_handle = usize::MAX;

/// What functions that return `int` return on failure.
pub const VESTIBULE_ERROR: c_int = -1;

/// A length and a pointer: Winsock's WSABUF (LAY-03).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct vestibule_buffer {
    /// How many bytes `buf` points to.
    pub len: u32,
    /// The bytes.
    pub buf: *mut c_char,
}

/// The flow specification of one direction: Winsock's FLOWSPEC (LAY-04). Rates are bytes per
/// second, sizes bytes, times microseconds (QOS-16); 0xFFFFFFFF means not specified. Flow
/// specifications are carried, not enforced (QOS-18).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct vestibule_flowspec {
    /// Sustained rate.
    pub token_rate: u32,
    /// Size of the token bucket.
    pub token_bucket_size: u32,
    /// Highest rate.
    pub peak_bandwidth: u32,
    /// Longest delay that is acceptable.
    pub latency: u32,
    /// Largest variation of the delay.
    pub delay_variation: u32,
    /// Kind of service: 0 none, 1 best effort, 2 controlled load, 3 guaranteed.
    pub service_type: u32,
    /// Largest packet.
    pub max_sdu_size: u32,
    /// Smallest size that packets are accounted with.
    pub minimum_policed_size: u32,
}

/// The flow specifications of both directions, from the point of view of whoever holds them:
/// Winsock's QOS (LAY-05).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct vestibule_qos {
    /// What this side sends.
    pub sending: vestibule_flowspec,
    /// What this side receives.
    pub receiving: vestibule_flowspec,
    /// Provider-specific data; there is none: NULL and 0 (QOS-12).
    pub provider_specific: vestibule_buffer,
}

/// An address of the in-process entry. All numbers are in the byte order of the machine.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct vestibule_sockaddr {
    /// VESTIBULE_AF_IN_PROCESS.
    pub family: u16,
    /// 0.
    pub reserved0: u16,
    /// 1, the node of this process; 0 means any node when binding.
    pub node: u32,
    /// The port; 0 asks for a free one when binding.
    pub port: u32,
    /// 0.
    pub reserved1: u32,
}

/// The value of VESTIBULE_SO_LINGER: Winsock's struct linger (LAY-11).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct vestibule_linger {
    /// Whether closing waits until what was sent is out.
    pub on: u16,
    /// How long it waits, in seconds; 0 means that closing resets the connection.
    pub seconds: u16,
}

/// Who calls, where the entry knows it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct vestibule_credentials {
    /// The effective user id.
    pub uid: u32,
    /// The effective group id.
    pub gid: u32,
    /// The process id.
    pub pid: u32,
}

/// A condition function: it is shown the connection request at the head of the backlog and answers
/// VESTIBULE_ACCEPT, VESTIBULE_REJECT or VESTIBULE_DEFER; any other answer makes the accept call
/// fail with WSAEINVAL and leaves the request where it is (ACC-20, ACC-21).
///
/// It has the parameters of Winsock's LPCONDITIONPROC (LAY-12):
///
/// - `caller_id`: the address of the caller (a sockaddr and its size); never NULL (ACC-30);
/// - `caller_data`: what the caller has sent with its request; NULL if nothing (ACC-31, ACC-32);
/// - `sqos`: what the caller asks for, from the server's point of view; NULL if it asks for nothing
///   (ACC-33). What an accepting function leaves in it is what the connection gets (QOS-06);
/// - `gqos`: NULL (ACC-34);
/// - `callee_id`: the local address that was called; never NULL (ACC-35);
/// - `callee_data`: never NULL. Its `buf` is a zero-filled buffer of the library, its `len` the
///   capacity, 0 where the entry carries no data (ACC-36, ACC-37). Write the answer to `buf` and
///   its length to `len`. Left untouched there is no answer (ACC-41), a length above the capacity
///   makes the accept call fail with WSAEFAULT (ACC-39), and another `buf` is ignored (ACC-40);
/// - `group`: 0; anything else makes an acceptance fail with WSAEINVAL (GRP-04);
/// - `callback_data`: what was given to the accept call (ACC-29).
///
/// It runs on the thread that called accept, before that call returns (ACC-25). What the pointers
/// point to belongs to the library and is valid until the function returns (ACC-42); changes to
/// the in-parameters have no effect (ACC-43). It must return: no longjmp, no C++ exception and no
/// pthread_exit through it. It may call the library; calls that would change the listener being
/// served fail with WSAEINPROGRESS (ACC-51 to ACC-54).
pub type vestibule_condition = Option<
    unsafe extern "C" fn(
        caller_id: *mut vestibule_buffer,
        caller_data: *mut vestibule_buffer,
        sqos: *mut vestibule_qos,
        gqos: *mut vestibule_qos,
        callee_id: *mut vestibule_buffer,
        callee_data: *mut vestibule_buffer,
        group: *mut u32,
        callback_data: usize,
    ) -> c_int,
>;

/// Condition function: create a socket for the connection.
pub const VESTIBULE_ACCEPT: c_int = 0;
/// Condition function: refuse the request.
pub const VESTIBULE_REJECT: c_int = 1;
/// Condition function: decide nothing; the next accept call is shown the same request.
pub const VESTIBULE_DEFER: c_int = 2;

/// The address family of the in-process entry.
pub const VESTIBULE_AF_IN_PROCESS: c_int = 0x5645;

/// vestibule_shutdown: no more receiving.
pub const VESTIBULE_SHUT_RECEIVE: c_int = 0;
/// vestibule_shutdown: no more sending.
pub const VESTIBULE_SHUT_SEND: c_int = 1;
/// vestibule_shutdown: neither.
pub const VESTIBULE_SHUT_BOTH: c_int = 2;

/// vestibule_send: the last byte is urgent. vestibule_recv: take the urgent byte. TCP only.
pub const VESTIBULE_MSG_OOB: c_int = 0x1;
/// vestibule_recv: leave what is read in place.
pub const VESTIBULE_MSG_PEEK: c_int = 0x2;
/// vestibule_send: accepted, without effect.
pub const VESTIBULE_MSG_DONTROUTE: c_int = 0x4;
/// vestibule_recv: wait until the buffer is full or the stream ends; streams only.
pub const VESTIBULE_MSG_WAITALL: c_int = 0x8;
/// vestibule_recv: take a part of a message; message-oriented sockets only.
pub const VESTIBULE_MSG_PARTIAL: c_int = 0x8000;

/// Level of the VESTIBULE_SO_ options. Levels and options have Winsock's numbers, not Linux'.
pub const VESTIBULE_SOL_SOCKET: c_int = 0xFFFF;
/// Whether the socket listens; read only.
pub const VESTIBULE_SO_ACCEPTCONN: c_int = 0x2;
/// Whether an address may be used again right after a restart; 0 or 1.
pub const VESTIBULE_SO_REUSEADDR: c_int = 0x4;
/// Whether the kernel probes an idle connection; 0 or 1.
pub const VESTIBULE_SO_KEEPALIVE: c_int = 0x8;
/// Kept, without effect; 0 or 1.
pub const VESTIBULE_SO_DEBUG: c_int = 0x1;
/// Kept, without effect; 0 or 1.
pub const VESTIBULE_SO_DONTROUTE: c_int = 0x10;
/// Whether nobody else may use the address; 0 or 1, before bind. So it is unless
/// VESTIBULE_SO_REUSEADDR is set, and the two exclude each other.
pub const VESTIBULE_SO_EXCLUSIVEADDRUSE: c_int = -5;
/// Whether datagrams may go to everybody; 0 or 1; SOCK_DGRAM only.
pub const VESTIBULE_SO_BROADCAST: c_int = 0x20;
/// What closing does with data that is not out; a struct vestibule_linger.
pub const VESTIBULE_SO_LINGER: c_int = 0x80;
/// The opposite of the linger setting's `on`; 0 or 1.
pub const VESTIBULE_SO_DONTLINGER: c_int = -129;
/// Whether urgent data stays in the stream; 0 or 1; TCP only.
pub const VESTIBULE_SO_OOBINLINE: c_int = 0x100;
/// Size of the send buffer, bytes.
pub const VESTIBULE_SO_SNDBUF: c_int = 0x1001;
/// Size of the receive buffer, bytes.
pub const VESTIBULE_SO_RCVBUF: c_int = 0x1002;
/// How long a send may wait, milliseconds; 0 means without limit.
pub const VESTIBULE_SO_SNDTIMEO: c_int = 0x1005;
/// How long a receive may wait, milliseconds; 0 means without limit.
pub const VESTIBULE_SO_RCVTIMEO: c_int = 0x1006;
/// The error of the last failed non-blocking connect, 0 if none; reading does not clear it; read
/// only.
pub const VESTIBULE_SO_ERROR: c_int = 0x1007;
/// SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET; read only.
pub const VESTIBULE_SO_TYPE: c_int = 0x1008;
/// The longest message that can be sent, bytes: the peer's receive buffer, or the size that one has
/// by default while there is no peer; of datagrams what IP carries; read only, message-oriented sockets
/// and datagrams only.
pub const VESTIBULE_SO_MAX_MSG_SIZE: c_int = 0x2003;
/// For how many seconds the socket has been connected, 0xFFFFFFFF if it is not; an adopted one counts
/// from then on; read only (SKT-20).
pub const VESTIBULE_SO_CONNECT_TIME: c_int = 0x700C;
/// Whether nothing is established before the condition function has accepted; 0 or 1, before
/// listen. In-process this is so in any case; plain TCP cannot and refuses 1 with WSAENOPROTOOPT.
pub const VESTIBULE_SO_CONDITIONAL_ACCEPT: c_int = 0x3002;

/// Connect data, bytes: before connect what the request carries, on a listener the answer to every
/// client that it accepts from then on; read, what has arrived. Only where the entry carries it.
pub const VESTIBULE_SO_CONNDATA: c_int = 0x7000;
/// Disconnect data, bytes: what goes with the end of sending; read, what the peer has sent with its
/// disconnect or its refusal. Only where the entry carries it.
pub const VESTIBULE_SO_DISCDATA: c_int = 0x7002;
/// How much connect data is kept of what arrives, on a listener for each request; set only.
pub const VESTIBULE_SO_CONNDATALEN: c_int = 0x7004;
/// How much disconnect data is kept of what arrives; set only.
pub const VESTIBULE_SO_DISCDATALEN: c_int = 0x7006;
/// Level of the VESTIBULE_TCP_ options; TCP only.
pub const VESTIBULE_IPPROTO_TCP: c_int = 6;
/// Whether small segments are sent at once; 0 or 1; TCP only.
pub const VESTIBULE_TCP_NODELAY: c_int = 1;
/// With VESTIBULE_SO_KEEPALIVE: how long a connection is idle before it is probed, seconds, 1 to 32767.
pub const VESTIBULE_TCP_KEEPIDLE: c_int = 3;
/// The time between two probes, seconds, 1 to 32767.
pub const VESTIBULE_TCP_KEEPINTVL: c_int = 17;
/// How many probes are not answered before the connection is lost, 1 to 127.
pub const VESTIBULE_TCP_KEEPCNT: c_int = 16;
/// Level of VESTIBULE_IPV6_V6ONLY; IPv6 only.
pub const VESTIBULE_IPPROTO_IPV6: c_int = 41;
/// Whether an IPv6 socket takes no IPv4; 0 or 1, before bind.
pub const VESTIBULE_IPV6_V6ONLY: c_int = 27;

/// Level of the library's own options.
pub const VESTIBULE_SOL_VESTIBULE: c_int = 0x5645;
/// How long a connect waits, milliseconds. In-process for a decision, 1 or more; on plain TCP for
/// the handshake, where 0, the default, leaves the time to the kernel.
pub const VESTIBULE_SO_CONNECT_TIMEOUT: c_int = 1;
/// Whether a listener looks if a caller has reset its request before it is shown; 0 or 1; TCP
/// only.
pub const VESTIBULE_SO_CALLER_CHECK: c_int = 2;

/// Setting of the process: how long a connect on the in-process entry waits for a decision,
/// milliseconds, 1 or more; 30000.
pub const VESTIBULE_CONNECT_TIMEOUT: u32 = 1;
/// Setting of the process: the largest effective backlog, 1 to 1048576; 65535.
pub const VESTIBULE_BACKLOG_CEILING: u32 = 2;
/// Setting of the process: how many in-process sockets may exist at once, 0 to 1000000; 1000000.
pub const VESTIBULE_MAX_IN_PROCESS_SOCKETS: u32 = 3;
/// Setting of the process: see VESTIBULE_SO_CALLER_CHECK; 0 or 1; 1.
pub const VESTIBULE_CALLER_CHECK: u32 = 4;
/// Setting of the process: the largest connect data of the in-process entry, bytes, 0 to 4096; 32.
pub const VESTIBULE_CONNECT_DATA_LIMIT: u32 = 5;
/// Setting of the process: the largest disconnect data of the in-process entry, bytes, 0 to 4096;
/// 64.
pub const VESTIBULE_DISCONNECT_DATA_LIMIT: u32 = 6;

impl From<FlowSpec> for vestibule_flowspec {
    fn from(flow: FlowSpec) -> Self {
        Self {
            token_rate: flow.token_rate,
            token_bucket_size: flow.token_bucket_size,
            peak_bandwidth: flow.peak_bandwidth,
            latency: flow.latency,
            delay_variation: flow.delay_variation,
            service_type: flow.service_type,
            max_sdu_size: flow.max_sdu_size,
            minimum_policed_size: flow.minimum_policed_size,
        }
    }
}

impl From<vestibule_flowspec> for FlowSpec {
    fn from(flow: vestibule_flowspec) -> Self {
        Self {
            token_rate: flow.token_rate,
            token_bucket_size: flow.token_bucket_size,
            peak_bandwidth: flow.peak_bandwidth,
            latency: flow.latency,
            delay_variation: flow.delay_variation,
            service_type: flow.service_type,
            max_sdu_size: flow.max_sdu_size,
            minimum_policed_size: flow.minimum_policed_size,
        }
    }
}

impl From<Qos> for vestibule_qos {
    fn from(qos: Qos) -> Self {
        Self {
            sending: qos.sending.into(),
            receiving: qos.receiving.into(),
            provider_specific: vestibule_buffer {
                len: 0,
                buf: std::ptr::null_mut(), // QOS-12
            },
        }
    }
}

impl From<vestibule_qos> for Qos {
    fn from(qos: vestibule_qos) -> Self {
        Self {
            sending: qos.sending.into(),
            receiving: qos.receiving.into(),
        }
    }
}
