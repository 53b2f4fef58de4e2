//! Socket options: which there are, what is recorded, what an accepted socket inherits.

use std::{
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    time::Duration,
};

use parking_lot::Mutex;

use crate::{Error, Result, Setting};

/// A socket option. Booleans are numbers: 0 is false, anything else true, and true reads as 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(usize)]
#[non_exhaustive]
pub enum SocketOption {
    /// `SO_REUSEADDR`, a boolean. No effect on the in-process entry.
    ReuseAddress,
    /// `SO_KEEPALIVE`, a boolean. No effect on the in-process entry.
    KeepAlive,
    /// `SO_OOBINLINE`, a boolean; TCP only.
    OobInline,
    /// `SO_SNDBUF`, in bytes. Reads back what was set.
    SendBuffer,
    /// `SO_RCVBUF`, in bytes. Reads back what was set.
    ReceiveBuffer,
    /// `SO_SNDTIMEO`, in milliseconds; 0 means without limit.
    SendTimeout,
    /// `SO_RCVTIMEO`, in milliseconds; 0 means without limit.
    ReceiveTimeout,
    /// `TCP_NODELAY`, a boolean; TCP only.
    NoDelay,
    /// `SO_CONDITIONAL_ACCEPT`, a boolean, before listen (ACC-69). On the in-process entry it
    /// changes nothing, because there a connection is always decided first; plain TCP has no way
    /// to keep a caller waiting yet and refuses it.
    ConditionalAccept,
    /// How long a connect waits, in milliseconds (CON-33). In-process it waits for a decision; 1 or
    /// more, and unless it is set [`Setting::ConnectTimeout`] counts. On plain TCP it waits for the
    /// handshake; 0, the default, leaves the time to the kernel.
    ConnectTimeout,
    /// Whether this listener looks if a caller has reset its request, a boolean; overrides
    /// [`Setting::CallerCheck`]. TCP only.
    CallerCheck,
    /// `SO_DONTROUTE`, a boolean. It is kept and has no effect, as on Windows.
    DontRoute,
    /// `SO_DEBUG`, a boolean. It is kept and has no effect, as on Windows.
    Debug,
    /// `SO_EXCLUSIVEADDRUSE`, a boolean, before bind: nobody else may use the address. On Linux that is
    /// so unless [`ReuseAddress`](Self::ReuseAddress) is set, and the two exclude each other.
    ExclusiveAddress,
    /// `TCP_KEEPIDLE`, in seconds: how long a connection is idle before it is probed; TCP only.
    KeepAliveIdle,
    /// `TCP_KEEPINTVL`, in seconds: the time between two probes; TCP only.
    KeepAliveInterval,
    /// `TCP_KEEPCNT`: how many probes are not answered before the connection is lost; TCP only.
    KeepAliveCount,
    /// `IPV6_V6ONLY`, a boolean, before bind: whether an IPv6 socket takes no IPv4; IPv6 only.
    V6Only,
    /// `SO_BROADCAST`, a boolean: whether datagrams may go to everybody; datagrams only.
    Broadcast,
    /// `SO_ACCEPTCONN`, a boolean: whether the socket listens. Read only (LSN-30).
    AcceptConn,
    /// `SO_ERROR`: the Winsock number of the socket's own error, 0 if there is none. Read only;
    /// reading does not clear it (HND-27).
    Error,
    /// `SO_TYPE`: the `SOCK_*` number of the entry: 1 for a stream, 2 for datagrams, 5 for messages.
    /// Read only.
    Type,
    /// `SO_MAX_MSG_SIZE`: the longest message that can be sent, in bytes: the receive buffer of the
    /// peer, or what a peer has by default while there is none; of datagrams, what IP carries. Read only,
    /// message-oriented entries only.
    MaxMessageSize,
    /// `SO_CONNECT_TIME`: for how many seconds it has been connected; 0xFFFFFFFF if it is not. An
    /// adopted socket counts from then on. Read only, not of datagrams (SKT-20).
    ConnectTime,
}

/// The settable options come first; these many.
const RECORDED: usize = SocketOption::AcceptConn as usize;

impl SocketOption {
    /// The options that are set and recorded.
    pub(crate) const SETTABLE: [Self; RECORDED] = [
        Self::ReuseAddress,
        Self::KeepAlive,
        Self::OobInline,
        Self::SendBuffer,
        Self::ReceiveBuffer,
        Self::SendTimeout,
        Self::ReceiveTimeout,
        Self::NoDelay,
        Self::ConditionalAccept,
        Self::ConnectTimeout,
        Self::CallerCheck,
        Self::DontRoute,
        Self::Debug,
        Self::ExclusiveAddress,
        Self::KeepAliveIdle,
        Self::KeepAliveInterval,
        Self::KeepAliveCount,
        Self::V6Only,
        Self::Broadcast,
    ];

    pub(crate) const fn is_settable(self) -> bool {
        (self as usize) < RECORDED
    }

    /// Whether only kernel sockets have it.
    pub(crate) const fn is_of_kernel_sockets(self) -> bool {
        matches!(
            self,
            Self::OobInline
                | Self::NoDelay
                | Self::CallerCheck
                | Self::KeepAliveIdle
                | Self::KeepAliveInterval
                | Self::KeepAliveCount
                | Self::V6Only
                | Self::Broadcast
        )
    }

    const fn is_boolean(self) -> bool {
        !matches!(
            self,
            Self::SendBuffer
                | Self::ReceiveBuffer
                | Self::SendTimeout
                | Self::ReceiveTimeout
                | Self::ConnectTimeout
                | Self::KeepAliveIdle
                | Self::KeepAliveInterval
                | Self::KeepAliveCount
        )
    }

    /// Whether the kernel hands it on to the sockets that a TCP listener accepts, and has the same
    /// value for it as was set.
    const fn is_kept_by_kernel(self) -> bool {
        matches!(
            self,
            Self::ReuseAddress
                | Self::KeepAlive
                | Self::OobInline
                | Self::NoDelay
                | Self::KeepAliveIdle
                | Self::KeepAliveInterval
                | Self::KeepAliveCount
        )
    }

    /// The value as it is recorded and read back.
    pub(crate) fn normalised(self, value: u32) -> u32 {
        if self.is_boolean() {
            u32::from(value != 0)
        } else {
            value
        }
    }

    /// The value of an option that was never set, where the transport has no better answer.
    pub(crate) fn default_value(self) -> u32 {
        match self {
            Self::SendBuffer | Self::ReceiveBuffer => DEFAULT_BUFFER,
            Self::ConnectTimeout => Setting::ConnectTimeout.get(),
            Self::CallerCheck => Setting::CallerCheck.get(),
            _ => 0,
        }
    }
}

/// Bytes that an in-process socket buffers in each direction unless told otherwise.
pub(crate) const DEFAULT_BUFFER: u32 = 65_536;

/// The linger setting (`SO_LINGER`); off by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Linger {
    /// Whether closing waits until what was sent is out.
    pub on: bool,
    /// How long it waits, in seconds; 0 means that closing resets the connection (DIS-40).
    pub seconds: u16,
}

impl Linger {
    /// What the kernel's option says.
    pub(crate) fn from_duration(duration: Option<Duration>) -> Self {
        Self {
            on: duration.is_some(),
            seconds: duration.map_or(0, |time| u16::try_from(time.as_secs()).unwrap_or(u16::MAX)),
        }
    }

    /// The value of the kernel's option.
    pub(crate) fn duration(self) -> Option<Duration> {
        self.on.then(|| Duration::from_secs(self.seconds.into()))
    }
}

/// What was set on a socket.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    values: [Option<u32>; RECORDED],
    linger: Option<Linger>,
}

impl Options {
    pub(crate) fn get(&self, option: SocketOption) -> Option<u32> {
        self.values.get(option as usize).copied().flatten()
    }

    pub(crate) fn linger(&self) -> Linger {
        self.linger.unwrap_or_default()
    }

    /// What was set, for a transport to apply.
    pub(crate) fn set_values(&self) -> impl Iterator<Item = (SocketOption, u32)> + '_ {
        SocketOption::SETTABLE
            .into_iter()
            .filter_map(|option| Some((option, self.get(option)?)))
    }

    pub(crate) fn set_linger(&self) -> Option<Linger> {
        self.linger
    }
}

/// The options of one socket, with what an acceptance has to know about them.
#[derive(Debug, Default)]
pub(crate) struct OptionStore {
    record: Mutex<Options>,
    touched: AtomicBool,
    touched_since_listen: AtomicBool,
}

impl OptionStore {
    /// A store for an accepted socket.
    pub(crate) fn inherited(options: Options) -> Self {
        Self {
            record: Mutex::new(options),
            touched: AtomicBool::new(true),
            touched_since_listen: AtomicBool::new(false),
        }
    }

    pub(crate) fn record(&self) -> Options {
        *self.record.lock()
    }

    /// Records a value; `in_kernel` says that it was set on a kernel socket. Everything set on a
    /// listener from then on is set again on the sockets that it accepts, because the kernel copied
    /// the listener's options at the handshake (SKT-03). Before that, those that the kernel keeps need
    /// no record on an accepted socket, which would be an allocation an accept (P23).
    pub(crate) fn set(&self, option: SocketOption, value: u32, in_kernel: bool) -> Result<()> {
        let mut record = self.record.lock();
        *record
            .values
            .get_mut(option as usize)
            .ok_or(Error::NoProtoOpt)? = Some(value);
        if option == SocketOption::CallerCheck {
            return Ok(()); // the listener's own
        }
        self.touch(in_kernel && option.is_kept_by_kernel());
        Ok(())
    }

    pub(crate) fn set_linger(&self, linger: Linger) {
        self.record.lock().linger = Some(linger);
        self.touch(false);
    }

    fn touch(&self, kept_by_kernel: bool) {
        if !kept_by_kernel {
            self.touched.store(true, SeqCst);
        }
        self.touched_since_listen.store(true, SeqCst);
    }

    /// The socket has begun to listen: what was set so far is inherited by itself.
    pub(crate) fn listening(&self) {
        self.touched_since_listen.store(false, SeqCst);
    }

    /// Whether an accepted socket needs the record.
    pub(crate) fn is_touched(&self) -> bool {
        self.touched.load(SeqCst) || self.touched_since_listen()
    }

    /// The record, if an accepted socket needs it.
    pub(crate) fn touched(&self) -> Option<Options> {
        self.is_touched().then(|| self.record())
    }

    pub(crate) fn touched_since_listen(&self) -> bool {
        self.touched_since_listen.load(SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settable_options_are_in_order() {
        for (position, option) in SocketOption::SETTABLE.into_iter().enumerate() {
            assert_eq!(option as usize, position);
            assert!(option.is_settable());
        }
        assert!(!SocketOption::Error.is_settable());
    }

    #[test]
    fn what_is_set_is_recorded_and_inherited() {
        let store = OptionStore::default();
        assert!(store.touched().is_none());
        store.set(SocketOption::SendBuffer, 4096, true).unwrap();
        store.listening();
        assert!(!store.touched_since_listen());
        store.set_linger(Linger {
            on: true,
            seconds: 5,
        });
        assert!(store.touched_since_listen());
        let options = store.touched().unwrap();
        assert_eq!(options.get(SocketOption::SendBuffer), Some(4096));
        assert_eq!(options.linger().seconds, 5);
        assert_eq!(
            store.set(SocketOption::Error, 1, true),
            Err(Error::NoProtoOpt)
        );
    }

    #[test]
    fn what_the_kernel_keeps_is_recorded_for_others_only_when_it_was_set_too_late() {
        let store = OptionStore::default();
        store.set(SocketOption::ReuseAddress, 1, true).unwrap();
        store.listening();
        assert!(store.touched().is_none());
        store.set(SocketOption::CallerCheck, 0, true).unwrap();
        assert!(store.touched().is_none());
        store.set(SocketOption::NoDelay, 1, true).unwrap();
        assert!(store.touched().is_some() && store.touched_since_listen());
        let in_memory = OptionStore::default();
        in_memory.set(SocketOption::KeepAlive, 1, false).unwrap();
        in_memory.listening();
        assert!(in_memory.touched().is_some());
    }
}
