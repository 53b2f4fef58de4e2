//! Socket options.

use provider::{Linger, Socket, SocketOption, UserDataKind};

use crate::{
    faults,
    process::Process,
    words::{Answer, End, Words, error_name, hex},
};

fn named(option: &str) -> Result<SocketOption, End> {
    Ok(match option {
        "SO_REUSEADDR" => SocketOption::ReuseAddress,
        "SO_KEEPALIVE" => SocketOption::KeepAlive,
        "SO_OOBINLINE" => SocketOption::OobInline,
        "SO_SNDBUF" => SocketOption::SendBuffer,
        "SO_RCVBUF" => SocketOption::ReceiveBuffer,
        "SO_SNDTIMEO" => SocketOption::SendTimeout,
        "SO_RCVTIMEO" => SocketOption::ReceiveTimeout,
        "TCP_NODELAY" => SocketOption::NoDelay,
        "SO_CONDITIONAL_ACCEPT" => SocketOption::ConditionalAccept,
        "SO_ACCEPTCONN" => SocketOption::AcceptConn,
        "SO_ERROR" => SocketOption::Error,
        "SO_TYPE" => SocketOption::Type,
        "SO_MAX_MSG_SIZE" => SocketOption::MaxMessageSize,
        _ => return Err(End::Unsupported),
    })
}

/// Reads an option.
pub(crate) fn get(process: &Process, words: &Words, socket: &Socket) -> Answer {
    if words.has_any(&["len"]) {
        return Err(End::Unsupported);
    }
    let option = words.need("option")?;
    let value = match option {
        "SO_LINGER" => {
            let linger = socket.linger();
            format!("{}:{}", u8::from(linger.on), linger.seconds)
        }
        "SO_ERROR" => error_name(faults::socket_error(process, socket_error(socket)?)),
        "SO_CONNDATA" => user_data(socket, UserDataKind::Connect)?,
        "SO_DISCDATA" => user_data(socket, UserDataKind::Disconnect)?,
        _ => socket.option(named(option)?)?.to_string(),
    };
    Ok(format!("value={value}"))
}

/// Sets an option.
pub(crate) fn set(words: &Words, socket: &Socket) -> Answer {
    if words.has_any(&["len"]) {
        return Err(End::Unsupported);
    }
    match words.need("option")? {
        "SO_LINGER" => socket.set_linger(linger(words.need("value")?)?)?,
        "SO_CONNDATA" => set_user_data(socket, UserDataKind::Connect, words)?,
        "SO_DISCDATA" => set_user_data(socket, UserDataKind::Disconnect, words)?,
        "SO_CONNDATALEN" => {
            socket.reserve_user_data(UserDataKind::Connect, words.number("value")?)?;
        }
        "SO_DISCDATALEN" => {
            socket.reserve_user_data(UserDataKind::Disconnect, words.number("value")?)?;
        }
        option => socket.set_option(named(option)?, words.number("value")?)?,
    }
    Ok(String::new())
}

/// The most that a buffer for user data has to hold.
const MOST: usize = 4096;

fn user_data(socket: &Socket, kind: UserDataKind) -> Answer {
    let mut buffer = vec![0; MOST];
    let length = socket.user_data(kind, &mut buffer)?;
    Ok(hex(&buffer[..length]))
}

fn set_user_data(socket: &Socket, kind: UserDataKind, words: &Words) -> Result<(), End> {
    let data = words.bytes("value")?.unwrap_or_default();
    Ok(socket.set_user_data(kind, &data)?)
}

fn linger(text: &str) -> Result<Linger, String> {
    let wrong = || format!("value={text} is not ONOFF:SECONDS");
    let (on, seconds) = text.split_once(':').ok_or_else(wrong)?;
    Ok(Linger {
        on: on != "0",
        seconds: seconds.parse().map_err(|_| wrong())?,
    })
}

/// The number of the socket's own error.
pub(crate) fn socket_error(socket: &Socket) -> Result<u32, End> {
    Ok(socket.option(SocketOption::Error)?)
}

/// Sets or reads the connect time-out.
pub(crate) fn connect_timeout(words: &Words, socket: &Socket) -> Answer {
    if words.has_any(&["value"]) {
        socket.set_option(SocketOption::ConnectTimeout, words.number("value")?)?;
        return Ok(String::new());
    }
    Ok(format!(
        "value={}",
        socket.option(SocketOption::ConnectTimeout)?
    ))
}
