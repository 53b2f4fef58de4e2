//! The error numbers of `vestibule.h`: the Winsock name of each error behind `VESTIBULE_`.

use std::ffi::c_int;

/// The event object handle is not valid.
pub const VESTIBULE_WSA_INVALID_HANDLE: c_int = 6;
/// There is not enough memory.
pub const VESTIBULE_WSA_NOT_ENOUGH_MEMORY: c_int = 8;
/// A parameter of the wait is not valid.
pub const VESTIBULE_WSA_INVALID_PARAMETER: c_int = 87;
/// The overlapped operation was cancelled.
pub const VESTIBULE_WSA_OPERATION_ABORTED: c_int = 995;
/// The overlapped operation is still running.
pub const VESTIBULE_WSA_IO_INCOMPLETE: c_int = 996;
/// The overlapped operation was started.
pub const VESTIBULE_WSA_IO_PENDING: c_int = 997;
/// The blocking call was ended from outside.
pub const VESTIBULE_WSAEINTR: c_int = 10004;
/// The descriptor is not valid.
pub const VESTIBULE_WSAEBADF: c_int = 10009;
/// The connection request that was offered has timed out or been withdrawn.
pub const VESTIBULE_WSAEACCES: c_int = 10013;
/// A pointer is not valid, a buffer is too short, or user data is too long.
pub const VESTIBULE_WSAEFAULT: c_int = 10014;
/// The call is not valid in this state, or an argument has a bad value.
pub const VESTIBULE_WSAEINVAL: c_int = 10022;
/// No handle is free.
pub const VESTIBULE_WSAEMFILE: c_int = 10024;
/// The non-blocking call cannot finish now.
pub const VESTIBULE_WSAEWOULDBLOCK: c_int = 10035;
/// The socket is being served by a condition function of this thread.
pub const VESTIBULE_WSAEINPROGRESS: c_int = 10036;
/// A connect attempt is already under way.
pub const VESTIBULE_WSAEALREADY: c_int = 10037;
/// The handle is not a socket.
pub const VESTIBULE_WSAENOTSOCK: c_int = 10038;
/// No destination was given.
pub const VESTIBULE_WSAEDESTADDRREQ: c_int = 10039;
/// The message is larger than the buffer or than the limit.
pub const VESTIBULE_WSAEMSGSIZE: c_int = 10040;
/// The protocol contradicts the socket type.
pub const VESTIBULE_WSAEPROTOTYPE: c_int = 10041;
/// The option, ioctl or kind of data is not supported.
pub const VESTIBULE_WSAENOPROTOOPT: c_int = 10042;
/// The protocol, or connect data, is not supported.
pub const VESTIBULE_WSAEPROTONOSUPPORT: c_int = 10043;
/// The socket type is not supported.
pub const VESTIBULE_WSAESOCKTNOSUPPORT: c_int = 10044;
/// The operation is not possible here.
pub const VESTIBULE_WSAEOPNOTSUPP: c_int = 10045;
/// The protocol family is not supported.
pub const VESTIBULE_WSAEPFNOSUPPORT: c_int = 10046;
/// The address family is not supported.
pub const VESTIBULE_WSAEAFNOSUPPORT: c_int = 10047;
/// The address is in use.
pub const VESTIBULE_WSAEADDRINUSE: c_int = 10048;
/// The address cannot be used.
pub const VESTIBULE_WSAEADDRNOTAVAIL: c_int = 10049;
/// The network subsystem has failed.
pub const VESTIBULE_WSAENETDOWN: c_int = 10050;
/// The network is unreachable.
pub const VESTIBULE_WSAENETUNREACH: c_int = 10051;
/// Keep-alive has dropped the connection.
pub const VESTIBULE_WSAENETRESET: c_int = 10052;
/// The connection was ended by a local failure.
pub const VESTIBULE_WSAECONNABORTED: c_int = 10053;
/// The peer has reset the connection.
pub const VESTIBULE_WSAECONNRESET: c_int = 10054;
/// There is no buffer space.
pub const VESTIBULE_WSAENOBUFS: c_int = 10055;
/// The socket is already connected.
pub const VESTIBULE_WSAEISCONN: c_int = 10056;
/// The socket is not connected.
pub const VESTIBULE_WSAENOTCONN: c_int = 10057;
/// This direction has been shut down.
pub const VESTIBULE_WSAESHUTDOWN: c_int = 10058;
/// The time allowed has passed.
pub const VESTIBULE_WSAETIMEDOUT: c_int = 10060;
/// The connection request was refused.
pub const VESTIBULE_WSAECONNREFUSED: c_int = 10061;
/// The host is down.
pub const VESTIBULE_WSAEHOSTDOWN: c_int = 10064;
/// The host is unreachable.
pub const VESTIBULE_WSAEHOSTUNREACH: c_int = 10065;
/// Too many processes use the library.
pub const VESTIBULE_WSAEPROCLIM: c_int = 10067;
/// The network is not ready.
pub const VESTIBULE_WSASYSNOTREADY: c_int = 10091;
/// This version of Winsock is not supported.
pub const VESTIBULE_WSAVERNOTSUPPORTED: c_int = 10092;
/// `WSAStartup` has not been called.
pub const VESTIBULE_WSANOTINITIALISED: c_int = 10093;
/// The peer is shutting the connection down gracefully.
pub const VESTIBULE_WSAEDISCON: c_int = 10101;
/// The call was cancelled.
pub const VESTIBULE_WSAECANCELLED: c_int = 10103;
/// The procedure table is incomplete.
pub const VESTIBULE_WSAEINVALIDPROCTABLE: c_int = 10104;
/// The provider has the wrong version.
pub const VESTIBULE_WSAEINVALIDPROVIDER: c_int = 10105;
/// The provider could not be started.
pub const VESTIBULE_WSAEPROVIDERFAILEDINIT: c_int = 10106;
/// A system call that should not fail has failed.
pub const VESTIBULE_WSASYSCALLFAILURE: c_int = 10107;
/// The condition function has deferred the connection request.
pub const VESTIBULE_WSATRY_AGAIN: c_int = 11002;
/// Reserved for quality of service.
pub const VESTIBULE_WSA_QOS_ADMISSION_FAILURE: c_int = 11010;
/// Reserved for quality of service.
pub const VESTIBULE_WSA_QOS_ESERVICETYPE: c_int = 11016;
/// Reserved for quality of service.
pub const VESTIBULE_WSA_QOS_EFLOWSPEC: c_int = 11017;
/// Reserved for quality of service.
pub const VESTIBULE_WSA_QOS_EPROVSPECBUF: c_int = 11018;

#[cfg(test)]
mod tests {
    use provider::Error;

    #[test]
    fn the_constants_are_the_table() {
        let source = include_str!("error_numbers.rs");
        for error in Error::ALL {
            let row = format!(
                "pub const VESTIBULE_{}: c_int = {};",
                error.name(),
                error.code()
            );
            assert!(source.contains(&row), "{row} is missing");
        }
        assert_eq!(
            source.matches("\npub const VESTIBULE_").count(),
            Error::ALL.len()
        );
    }
}
