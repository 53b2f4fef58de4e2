//! Options that every kernel socket has.

use std::{os::fd::AsFd, time::Duration};

use rustix::net::sockopt;

use crate::{Error, Family, Result, provider::options::SocketOption};

/// Sets an option.
///
/// # Errors
/// [`Error::NoProtoOpt`] for one that not every kernel socket of the family has; those of the kernel.
pub(super) fn set(fd: impl AsFd, family: Family, option: SocketOption, value: u32) -> Result<()> {
    let on = value != 0;
    let limit = (value > 0).then(|| Duration::from_millis(value.into()));
    match option {
        SocketOption::ReuseAddress => sockopt::set_socket_reuseaddr(fd, on)?,
        SocketOption::SendBuffer => sockopt::set_socket_send_buffer_size(fd, value as usize)?,
        SocketOption::ReceiveBuffer => sockopt::set_socket_recv_buffer_size(fd, value as usize)?,
        SocketOption::SendTimeout => {
            sockopt::set_socket_timeout(fd, sockopt::Timeout::Send, limit)?;
        }
        SocketOption::ReceiveTimeout => {
            sockopt::set_socket_timeout(fd, sockopt::Timeout::Recv, limit)?;
        }
        SocketOption::V6Only if family == Family::Inet6 => sockopt::set_ipv6_v6only(fd, on)?,
        // What only has to be kept.
        SocketOption::DontRoute | SocketOption::Debug | SocketOption::ExclusiveAddress => {}
        _ => return Err(Error::NoProtoOpt),
    }
    Ok(())
}

/// The kernel's value of an option, or that of an option that nobody has set.
///
/// # Errors
/// [`Error::NoProtoOpt`] for one that not every kernel socket of the family has; those of the kernel.
pub(super) fn get(fd: impl AsFd, family: Family, option: SocketOption) -> Result<u32> {
    let millis = |limit: Option<Duration>| {
        limit.map_or(0, |limit| {
            u32::try_from(limit.as_millis()).unwrap_or(u32::MAX)
        })
    };
    let bytes = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
    Ok(match option {
        SocketOption::ReuseAddress => sockopt::socket_reuseaddr(fd)?.into(),
        SocketOption::SendBuffer => bytes(sockopt::socket_send_buffer_size(fd)?),
        SocketOption::ReceiveBuffer => bytes(sockopt::socket_recv_buffer_size(fd)?),
        SocketOption::SendTimeout => millis(sockopt::socket_timeout(fd, sockopt::Timeout::Send)?),
        SocketOption::ReceiveTimeout => {
            millis(sockopt::socket_timeout(fd, sockopt::Timeout::Recv)?)
        }
        SocketOption::V6Only if family == Family::Inet6 => sockopt::ipv6_v6only(fd)?.into(),
        SocketOption::DontRoute | SocketOption::Debug | SocketOption::ExclusiveAddress => 0,
        _ => return Err(Error::NoProtoOpt),
    })
}
