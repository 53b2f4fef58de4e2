//! The mode and the options.

use std::sync::atomic::Ordering::SeqCst;

use super::Socket;
use crate::{Error, Linger, Result, SocketOption, sys::Seconds};

impl Socket {
    /// Whether it is non-blocking.
    pub fn is_nonblocking(&self) -> bool {
        self.nonblocking.load(SeqCst)
    }

    /// Makes it non-blocking, or blocking again (HND-29).
    ///
    /// # Errors
    /// [`Error::InProgress`] inside its own condition function (ACC-51); [`Error::Inval`] for blocking
    /// while a registration for events is in force (HND-30).
    pub fn set_nonblocking(&self, nonblocking: bool) -> Result<()> {
        self.check_not_served_here()?;
        if !nonblocking && self.watch().is_some_and(|watch| watch.is_registered()) {
            return Err(Error::Inval); // HND-30
        }
        self.transport().set_nonblocking(nonblocking)?;
        self.nonblocking.store(nonblocking, SeqCst);
        Ok(())
    }

    /// The value of an option.
    ///
    /// # Errors
    /// [`Error::NoProtoOpt`] if the entry does not have it.
    pub fn option(&self, option: SocketOption) -> Result<u32> {
        self.check_open()?;
        match option {
            SocketOption::AcceptConn => Ok(self.is_listening().into()), // LSN-30 SKT-15
            SocketOption::Type => Ok(self.entry.info().socket_type.unsigned_abs()),
            SocketOption::MaxMessageSize if !self.entry.is_message_oriented() => {
                Err(Error::NoProtoOpt)
            }
            SocketOption::ConnectTime => self.connect_time(), // SKT-20
            SocketOption::Error => Ok(self.transport().socket_error()?.unsigned_abs()), // HND-27
            option => match self.set_to(option) {
                Some(value) => Ok(value),
                None => self.transport().option(option),
            },
        }
    }

    /// Sets an option.
    ///
    /// # Errors
    /// [`Error::NoProtoOpt`] if the entry does not have it or it cannot be set (LSN-30, ACC-69);
    /// [`Error::Inval`] for [`SocketOption::ConditionalAccept`] on a listener (ACC-69), for
    /// [`SocketOption::ExclusiveAddress`] and [`SocketOption::V6Only`] on a bound socket, for
    /// [`SocketOption::ExclusiveAddress`] together with [`SocketOption::ReuseAddress`], and for a value
    /// out of range; [`Error::InProgress`] inside its own condition function (ACC-51).
    pub fn set_option(&self, option: SocketOption, value: u32) -> Result<()> {
        self.check_not_served_here()?;
        if !option.is_settable() {
            return Err(Error::NoProtoOpt); // LSN-30
        }
        if option == SocketOption::ConditionalAccept && self.is_listening() {
            return Err(Error::Inval); // ACC-69
        }
        if option == SocketOption::ConnectTimeout && value == 0 && !self.entry.is_kernel_socket() {
            return Err(Error::Inval); // somebody has to end the wait
        }
        let value = option.normalised(value);
        self.check_sharing(option, value)?;
        self.transport().set_option(option, value)?;
        if option == SocketOption::V6Only {
            return Ok(()); // the kernel keeps it, and an accepted socket has no use for it
        }
        let in_kernel = self.entry.is_kernel_socket();
        self.extra().options.set(option, value, in_kernel)
    }

    /// An address is shared or exclusive, and that is settled when it is bound.
    fn check_sharing(&self, option: SocketOption, value: u32) -> Result<()> {
        let is_on = |option| self.set_to(option) == Some(1);
        let refused = match option {
            SocketOption::ExclusiveAddress => {
                self.transport().local_address().is_ok()
                    || value == 1 && is_on(SocketOption::ReuseAddress)
            }
            SocketOption::ReuseAddress => value == 1 && is_on(SocketOption::ExclusiveAddress),
            _ => false,
        };
        if refused { Err(Error::Inval) } else { Ok(()) }
    }

    /// For how many seconds it has been connected.
    fn connect_time(&self) -> Result<u32> {
        const NOT_CONNECTED: u32 = u32::MAX;
        let since = self.transport().connected_since()?;
        Ok(since.map_or(NOT_CONNECTED, Seconds::elapsed))
    }

    /// The linger setting.
    pub fn linger(&self) -> Linger {
        self.extra
            .get()
            .map_or_else(Linger::default, |extra| extra.options.record().linger())
    }

    /// Sets what closing does with data that is not out yet.
    ///
    /// # Errors
    /// [`Error::InProgress`] inside its own condition function (ACC-51).
    pub fn set_linger(&self, linger: Linger) -> Result<()> {
        self.check_not_served_here()?;
        self.transport().set_linger(linger)?;
        self.extra().options.set_linger(linger);
        Ok(())
    }
}
