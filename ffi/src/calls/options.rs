//! Socket options: Winsock's numbers, and their values as bytes.

use std::ffi::c_int;

use provider::{Error, Linger, Result, Socket, SocketOption, UserDataKind};

use super::{find, names::Length};
use crate::{
    memory::{Bytes, Room, Variable},
    types::{
        VESTIBULE_IPPROTO_IPV6, VESTIBULE_IPPROTO_TCP, VESTIBULE_IPV6_V6ONLY,
        VESTIBULE_SO_ACCEPTCONN, VESTIBULE_SO_BROADCAST, VESTIBULE_SO_CALLER_CHECK,
        VESTIBULE_SO_CONDITIONAL_ACCEPT, VESTIBULE_SO_CONNDATA, VESTIBULE_SO_CONNDATALEN,
        VESTIBULE_SO_CONNECT_TIME, VESTIBULE_SO_CONNECT_TIMEOUT, VESTIBULE_SO_DEBUG,
        VESTIBULE_SO_DISCDATA, VESTIBULE_SO_DISCDATALEN, VESTIBULE_SO_DONTLINGER,
        VESTIBULE_SO_DONTROUTE, VESTIBULE_SO_ERROR, VESTIBULE_SO_EXCLUSIVEADDRUSE,
        VESTIBULE_SO_KEEPALIVE, VESTIBULE_SO_LINGER, VESTIBULE_SO_MAX_MSG_SIZE,
        VESTIBULE_SO_OOBINLINE, VESTIBULE_SO_RCVBUF, VESTIBULE_SO_RCVTIMEO, VESTIBULE_SO_REUSEADDR,
        VESTIBULE_SO_SNDBUF, VESTIBULE_SO_SNDTIMEO, VESTIBULE_SO_TYPE, VESTIBULE_SOL_SOCKET,
        VESTIBULE_SOL_VESTIBULE, VESTIBULE_TCP_KEEPCNT, VESTIBULE_TCP_KEEPIDLE,
        VESTIBULE_TCP_KEEPINTVL, VESTIBULE_TCP_NODELAY, vestibule_handle,
    },
};

/// Every option's value has this size, `struct linger` included (LAY-11), except user data.
const VALUE: usize = 4;

/// No entry can be set to carry more user data.
const MAX_USER_DATA: usize = 4096;

const IPPROTO_IP: c_int = 0;

/// An option as C knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Plain(SocketOption),
    Linger,
    DontLinger,
    UserData(UserDataKind),
    UserDataRoom(UserDataKind),
}

/// The option with these numbers. Groups (GRP-07), connect options (UDA-23) and everything else
/// that is not offered has none.
///
/// # Errors
/// [`Error::NoProtoOpt`], and [`Error::Inval`] for an unknown level.
fn named(level: c_int, name: c_int) -> Result<Named> {
    let option = match level {
        VESTIBULE_SOL_SOCKET => match name {
            VESTIBULE_SO_LINGER => return Ok(Named::Linger),
            VESTIBULE_SO_DONTLINGER => return Ok(Named::DontLinger),
            VESTIBULE_SO_CONNDATA => return Ok(Named::UserData(UserDataKind::Connect)),
            VESTIBULE_SO_DISCDATA => return Ok(Named::UserData(UserDataKind::Disconnect)),
            VESTIBULE_SO_CONNDATALEN => return Ok(Named::UserDataRoom(UserDataKind::Connect)),
            VESTIBULE_SO_DISCDATALEN => return Ok(Named::UserDataRoom(UserDataKind::Disconnect)),
            _ => socket_level(name),
        },
        VESTIBULE_IPPROTO_TCP => match name {
            VESTIBULE_TCP_NODELAY => Some(SocketOption::NoDelay),
            VESTIBULE_TCP_KEEPIDLE => Some(SocketOption::KeepAliveIdle),
            VESTIBULE_TCP_KEEPINTVL => Some(SocketOption::KeepAliveInterval),
            VESTIBULE_TCP_KEEPCNT => Some(SocketOption::KeepAliveCount),
            _ => None,
        },
        VESTIBULE_IPPROTO_IPV6 => (name == VESTIBULE_IPV6_V6ONLY).then_some(SocketOption::V6Only),
        VESTIBULE_SOL_VESTIBULE => match name {
            VESTIBULE_SO_CONNECT_TIMEOUT => Some(SocketOption::ConnectTimeout),
            VESTIBULE_SO_CALLER_CHECK => Some(SocketOption::CallerCheck),
            _ => None,
        },
        IPPROTO_IP => None,
        _ => return Err(Error::Inval),
    };
    option.map(Named::Plain).ok_or(Error::NoProtoOpt)
}

fn socket_level(name: c_int) -> Option<SocketOption> {
    Some(match name {
        VESTIBULE_SO_ACCEPTCONN => SocketOption::AcceptConn,
        VESTIBULE_SO_REUSEADDR => SocketOption::ReuseAddress,
        VESTIBULE_SO_KEEPALIVE => SocketOption::KeepAlive,
        VESTIBULE_SO_OOBINLINE => SocketOption::OobInline,
        VESTIBULE_SO_BROADCAST => SocketOption::Broadcast,
        VESTIBULE_SO_DEBUG => SocketOption::Debug,
        VESTIBULE_SO_DONTROUTE => SocketOption::DontRoute,
        VESTIBULE_SO_EXCLUSIVEADDRUSE => SocketOption::ExclusiveAddress,
        VESTIBULE_SO_SNDBUF => SocketOption::SendBuffer,
        VESTIBULE_SO_RCVBUF => SocketOption::ReceiveBuffer,
        VESTIBULE_SO_SNDTIMEO => SocketOption::SendTimeout,
        VESTIBULE_SO_RCVTIMEO => SocketOption::ReceiveTimeout,
        VESTIBULE_SO_ERROR => SocketOption::Error,
        VESTIBULE_SO_TYPE => SocketOption::Type,
        VESTIBULE_SO_MAX_MSG_SIZE => SocketOption::MaxMessageSize,
        VESTIBULE_SO_CONDITIONAL_ACCEPT => SocketOption::ConditionalAccept,
        VESTIBULE_SO_CONNECT_TIME => SocketOption::ConnectTime,
        _ => return None,
    })
}

/// Reads an option.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Inval`] for an unknown level; [`Error::NoProtoOpt`];
/// [`Error::Fault`] for a NULL or less room than the value needs.
pub(crate) fn get<L: Length>(
    socket: vestibule_handle,
    (level, name): (c_int, c_int),
    room: Room<'_>,
    length: Variable<'_, L>,
) -> Result<()> {
    let socket = find(socket)?;
    let mut user_data = [0; MAX_USER_DATA];
    let four;
    let value = match named(level, name)? {
        Named::UserData(kind) => {
            let length = socket.user_data(kind, &mut user_data)?;
            &user_data[..length]
        }
        option => {
            four = read(&socket, option)?;
            &four
        }
    };
    if room.is_null() || length.required()?.into_usize() < value.len() {
        return Err(Error::Fault);
    }
    room.write_at(0, value);
    length.set(L::from_usize(value.len()));
    Ok(())
}

/// The value of an option that has four bytes.
fn read(socket: &Socket, option: Named) -> Result<[u8; VALUE]> {
    Ok(match option {
        Named::UserData(_) | Named::UserDataRoom(_) => return Err(Error::NoProtoOpt), // UDA-21
        Named::Plain(option) => socket.option(option)?.to_ne_bytes(),
        Named::DontLinger => u32::from(!socket.linger().on).to_ne_bytes(), // DIS-43
        Named::Linger => {
            let Linger { on, seconds } = socket.linger();
            let [a, b] = u16::from(on).to_ne_bytes();
            let [c, d] = seconds.to_ne_bytes();
            [a, b, c, d]
        }
    })
}

/// Sets an option.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Inval`] for an unknown level; [`Error::Fault`] for a NULL or a
/// value that is too short (ACC-69); otherwise as [`Socket::set_option`].
pub(crate) fn set(
    socket: vestibule_handle,
    (level, name): (c_int, c_int),
    value: Bytes<'_>,
) -> Result<()> {
    let socket = find(socket)?;
    let option = named(level, name)?;
    if let Named::UserData(kind) = option {
        return socket.set_user_data(kind, value.get()?); // UDA-15 UDA-18 UDA-24 DIS-52
    }
    let bytes = value
        .required()?
        .first_chunk::<VALUE>()
        .ok_or(Error::Fault)?; // ACC-69
    let number = u32::from_ne_bytes(*bytes);
    match option {
        Named::Plain(option) => socket.set_option(option, number),
        Named::UserData(_) => Err(Error::NoProtoOpt), // set above
        Named::UserDataRoom(kind) => socket.reserve_user_data(kind, number as usize), // UDA-16
        Named::DontLinger => socket.set_linger(Linger {
            on: number == 0, // DIS-43
            ..socket.linger()
        }),
        Named::Linger => {
            let [a, b, c, d] = *bytes;
            socket.set_linger(Linger {
                on: u16::from_ne_bytes([a, b]) != 0,
                seconds: u16::from_ne_bytes([c, d]),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_offered_has_no_name() {
        let socket = |name| named(VESTIBULE_SOL_SOCKET, name);
        assert_eq!(socket(0x2001), Err(Error::NoProtoOpt)); // SO_GROUP_ID
        assert_eq!(socket(0x7001), Err(Error::NoProtoOpt)); // SO_CONNOPT
        assert_eq!(named(VESTIBULE_IPPROTO_IPV6, 4), Err(Error::NoProtoOpt));
        assert_eq!(named(1, VESTIBULE_SO_ERROR), Err(Error::Inval)); // Linux' SOL_SOCKET
        assert_eq!(
            socket(VESTIBULE_SO_ERROR),
            Ok(Named::Plain(SocketOption::Error))
        );
    }
}
