//! The one table of errors: variant, Winsock number, Winsock name, Linux errno, text.

use std::{fmt, io};

use rustix::io::Errno;

/// What an operation of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! errors {
    ($($(#[$id:meta])* $variant:ident = $code:literal, $name:literal, $errno:ident, $text:literal;)*) => {
        /// A Winsock error. Every error that the library reports is one of these.
        ///
        /// [`code`](Self::code) is the Winsock number, [`errno`](Self::errno) the nearest Linux
        /// number, [`name`](Self::name) the spelling of the Winsock headers. Conversion into
        /// [`io::Error`] keeps the error as its source.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Error {
            $(#[doc = $text] $(#[$id])* $variant,)*
        }

        impl Error {
            /// Every error, in the order of the Winsock numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The Winsock number, as `WSAGetLastError` reports it.
            pub const fn code(self) -> i32 {
                match self { $(Self::$variant => $code,)* }
            }

            /// The name in the Winsock headers.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The nearest Linux error number.
            pub const fn errno(self) -> i32 {
                match self { $(Self::$variant => Errno::$errno.raw_os_error(),)* }
            }

            /// One sentence for a person.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The error with this Winsock number.
            pub const fn from_code(code: i32) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

errors! {
    InvalidHandle = 6, "WSA_INVALID_HANDLE", BADF, "The event object handle is not valid."; // ERR-01
    NotEnoughMemory = 8, "WSA_NOT_ENOUGH_MEMORY", NOMEM, "There is not enough memory."; // ERR-02
    InvalidParameter = 87, "WSA_INVALID_PARAMETER", INVAL, "A parameter of the wait is not valid."; // ERR-03
    OperationAborted = 995, "WSA_OPERATION_ABORTED", CANCELED, "The overlapped operation was cancelled."; // ERR-04
    IoIncomplete = 996, "WSA_IO_INCOMPLETE", AGAIN, "The overlapped operation is still running."; // ERR-05
    IoPending = 997, "WSA_IO_PENDING", INPROGRESS, "The overlapped operation was started."; // ERR-06
    Intr = 10004, "WSAEINTR", INTR, "The blocking call was ended from outside."; // ERR-07
    BadF = 10009, "WSAEBADF", BADF, "The descriptor is not valid."; // ERR-08
    Acces = 10013, "WSAEACCES", ACCESS, "The connection request that was offered has timed out or been withdrawn."; // ERR-09
    Fault = 10014, "WSAEFAULT", FAULT, "A pointer is not valid, a buffer is too short, or user data is too long."; // ERR-10
    Inval = 10022, "WSAEINVAL", INVAL, "The call is not valid in this state, or an argument has a bad value."; // ERR-11
    MFile = 10024, "WSAEMFILE", MFILE, "No handle is free."; // ERR-12
    WouldBlock = 10035, "WSAEWOULDBLOCK", WOULDBLOCK, "The non-blocking call cannot finish now."; // ERR-13
    InProgress = 10036, "WSAEINPROGRESS", BUSY, "The socket is being served by a condition function of this thread."; // ERR-14
    Already = 10037, "WSAEALREADY", ALREADY, "A connect attempt is already under way."; // ERR-15
    NotSock = 10038, "WSAENOTSOCK", NOTSOCK, "The handle is not a socket."; // ERR-16
    DestAddrReq = 10039, "WSAEDESTADDRREQ", DESTADDRREQ, "No destination was given."; // ERR-17
    MsgSize = 10040, "WSAEMSGSIZE", MSGSIZE, "The message is larger than the buffer or than the limit."; // ERR-18
    Prototype = 10041, "WSAEPROTOTYPE", PROTOTYPE, "The protocol contradicts the socket type."; // ERR-19
    NoProtoOpt = 10042, "WSAENOPROTOOPT", NOPROTOOPT, "The option, ioctl or kind of data is not supported."; // ERR-20
    ProtoNoSupport = 10043, "WSAEPROTONOSUPPORT", PROTONOSUPPORT, "The protocol, or connect data, is not supported."; // ERR-21
    SocktNoSupport = 10044, "WSAESOCKTNOSUPPORT", SOCKTNOSUPPORT, "The socket type is not supported."; // ERR-22
    OpNotSupp = 10045, "WSAEOPNOTSUPP", OPNOTSUPP, "The operation is not possible here."; // ERR-23
    PfNoSupport = 10046, "WSAEPFNOSUPPORT", PFNOSUPPORT, "The protocol family is not supported."; // ERR-24
    AfNoSupport = 10047, "WSAEAFNOSUPPORT", AFNOSUPPORT, "The address family is not supported."; // ERR-25
    AddrInUse = 10048, "WSAEADDRINUSE", ADDRINUSE, "The address is in use."; // ERR-26
    AddrNotAvail = 10049, "WSAEADDRNOTAVAIL", ADDRNOTAVAIL, "The address cannot be used."; // ERR-27
    NetDown = 10050, "WSAENETDOWN", NETDOWN, "The network subsystem has failed."; // ERR-28
    NetUnreach = 10051, "WSAENETUNREACH", NETUNREACH, "The network is unreachable."; // ERR-29
    NetReset = 10052, "WSAENETRESET", NETRESET, "Keep-alive has dropped the connection."; // ERR-30
    ConnAborted = 10053, "WSAECONNABORTED", CONNABORTED, "The connection was ended by a local failure."; // ERR-31
    ConnReset = 10054, "WSAECONNRESET", CONNRESET, "The peer has reset the connection."; // ERR-32
    NoBufs = 10055, "WSAENOBUFS", NOBUFS, "There is no buffer space."; // ERR-33
    IsConn = 10056, "WSAEISCONN", ISCONN, "The socket is already connected."; // ERR-34
    NotConn = 10057, "WSAENOTCONN", NOTCONN, "The socket is not connected."; // ERR-35
    Shutdown = 10058, "WSAESHUTDOWN", SHUTDOWN, "This direction has been shut down."; // ERR-36
    TimedOut = 10060, "WSAETIMEDOUT", TIMEDOUT, "The time allowed has passed."; // ERR-37
    ConnRefused = 10061, "WSAECONNREFUSED", CONNREFUSED, "The connection request was refused."; // ERR-38
    HostDown = 10064, "WSAEHOSTDOWN", HOSTDOWN, "The host is down."; // ERR-39
    HostUnreach = 10065, "WSAEHOSTUNREACH", HOSTUNREACH, "The host is unreachable."; // ERR-40
    ProcLim = 10067, "WSAEPROCLIM", USERS, "Too many processes use the library."; // ERR-41
    SysNotReady = 10091, "WSASYSNOTREADY", NETDOWN, "The network is not ready."; // ERR-42
    VerNotSupported = 10092, "WSAVERNOTSUPPORTED", OPNOTSUPP, "This version of Winsock is not supported."; // ERR-43
    NotInitialised = 10093, "WSANOTINITIALISED", PERM, "`WSAStartup` has not been called."; // ERR-44
    Discon = 10101, "WSAEDISCON", PIPE, "The peer is shutting the connection down gracefully."; // ERR-45
    Cancelled = 10103, "WSAECANCELLED", CANCELED, "The call was cancelled."; // ERR-46
    InvalidProcTable = 10104, "WSAEINVALIDPROCTABLE", INVAL, "The procedure table is incomplete."; // ERR-47
    InvalidProvider = 10105, "WSAEINVALIDPROVIDER", INVAL, "The provider has the wrong version."; // ERR-48
    ProviderFailedInit = 10106, "WSAEPROVIDERFAILEDINIT", IO, "The provider could not be started."; // ERR-49
    SyscallFailure = 10107, "WSASYSCALLFAILURE", IO, "A system call that should not fail has failed."; // ERR-50
    TryAgain = 11002, "WSATRY_AGAIN", AGAIN, "The condition function has deferred the connection request."; // ERR-51
    QosAdmissionFailure = 11010, "WSA_QOS_ADMISSION_FAILURE", PERM, "Reserved for quality of service."; // ERR-52
    QosServiceType = 11016, "WSA_QOS_ESERVICETYPE", INVAL, "Reserved for quality of service."; // ERR-53
    QosFlowSpec = 11017, "WSA_QOS_EFLOWSPEC", INVAL, "Reserved for quality of service."; // ERR-54
    QosProviderBuffer = 11018, "WSA_QOS_EPROVSPECBUF", INVAL, "Reserved for quality of service."; // ERR-55
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.name(), self.code(), self.text())
    }
}

impl std::error::Error for Error {}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = Self::from_raw_os_error(error.errno()).kind();
        Self::new(kind, error)
    }
}

impl Error {
    /// The Winsock error for an error number of the kernel.
    pub(crate) fn from_errno(errno: Errno) -> Self {
        match errno {
            Errno::INTR => Self::Intr,
            Errno::ACCESS | Errno::PERM => Self::Acces,
            Errno::FAULT => Self::Fault,
            Errno::INVAL => Self::Inval,
            Errno::MFILE | Errno::NFILE => Self::MFile,
            Errno::WOULDBLOCK | Errno::INPROGRESS => Self::WouldBlock,
            Errno::ALREADY => Self::Already,
            Errno::BADF | Errno::NOTSOCK => Self::NotSock,
            Errno::DESTADDRREQ => Self::DestAddrReq,
            Errno::MSGSIZE => Self::MsgSize,
            Errno::PROTOTYPE => Self::Prototype,
            Errno::NOPROTOOPT => Self::NoProtoOpt,
            Errno::PROTONOSUPPORT => Self::ProtoNoSupport,
            Errno::SOCKTNOSUPPORT => Self::SocktNoSupport,
            Errno::OPNOTSUPP => Self::OpNotSupp,
            Errno::PFNOSUPPORT => Self::PfNoSupport,
            Errno::AFNOSUPPORT => Self::AfNoSupport,
            Errno::ADDRINUSE => Self::AddrInUse,
            Errno::ADDRNOTAVAIL => Self::AddrNotAvail,
            Errno::NETDOWN => Self::NetDown,
            Errno::NETUNREACH => Self::NetUnreach,
            Errno::NETRESET => Self::NetReset,
            Errno::CONNABORTED => Self::ConnAborted,
            Errno::CONNRESET | Errno::PIPE => Self::ConnReset,
            Errno::NOBUFS | Errno::NOMEM => Self::NoBufs,
            Errno::ISCONN => Self::IsConn,
            Errno::NOTCONN => Self::NotConn,
            Errno::SHUTDOWN => Self::Shutdown,
            Errno::TIMEDOUT => Self::TimedOut,
            Errno::CONNREFUSED => Self::ConnRefused,
            Errno::HOSTDOWN => Self::HostDown,
            Errno::HOSTUNREACH => Self::HostUnreach,
            _ => Self::SyscallFailure,
        }
    }
}

impl From<Errno> for Error {
    fn from(errno: Errno) -> Self {
        Self::from_errno(errno)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_unique_and_round_trip() {
        for (position, error) in Error::ALL.iter().enumerate() {
            assert_eq!(Error::from_code(error.code()), Some(*error));
            for other in &Error::ALL[position + 1..] {
                assert!(error.code() < other.code(), "{error} before {other}");
                assert_ne!(error.name(), other.name());
            }
            assert!(error.name().starts_with("WSA") && error.errno() > 0);
            assert!(error.text().ends_with('.'));
        }
        assert_eq!(Error::ALL.len(), 55); // the rows of group ERR
    }

    #[test]
    fn io_errors_keep_their_source_and_kind() {
        let refused: io::Error = Error::ConnRefused.into();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        let source = refused.get_ref().and_then(|e| e.downcast_ref::<Error>());
        assert_eq!(source, Some(&Error::ConnRefused));
    }

    #[test]
    fn errors_of_the_kernel_become_winsock_errors_of_the_same_meaning() {
        for (errno, error) in [
            (Errno::NETUNREACH, Error::NetUnreach),   // CON-14
            (Errno::HOSTUNREACH, Error::HostUnreach), // CON-14
            (Errno::CONNREFUSED, Error::ConnRefused),
            (Errno::TIMEDOUT, Error::TimedOut),
            (Errno::NOTSOCK, Error::NotSock),
            (Errno::BADF, Error::NotSock),
            (Errno::PIPE, Error::ConnReset),
            (Errno::NOMEM, Error::NoBufs),
            (Errno::NOBUFS, Error::NoBufs),
            (Errno::NETDOWN, Error::NetDown),
            (Errno::DESTADDRREQ, Error::DestAddrReq),
            (Errno::XDEV, Error::SyscallFailure),
        ] {
            assert_eq!(Error::from(errno), error);
        }
    }

    #[test]
    fn a_deferral_and_a_would_block_are_different_errors() {
        assert_ne!(Error::TryAgain.code(), Error::WouldBlock.code());
    }
}
