//! The verbs, but for accept and connect.

use std::time::Duration;

use provider::{Entry, Error, Receive, Shutdown, Socket, Wait};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::{
    accepting, connecting, events,
    faults::{self, ending, telling},
    lanes::Lane,
    options,
    process::{self, Named, Process},
    selecting,
    words::{Answer, End, Words, hex, qos_text},
};

/// The most that one receive takes.
const MOST: usize = 1 << 20;

/// Carries out a verb.
pub(crate) fn call(lane: &Lane, id: &str, verb: &str, words: &Words) -> Answer {
    if let Some(answer) = events::call(lane, verb, words) {
        return answer;
    }
    let process = &lane.process;
    let done = |()| String::new();
    match verb {
        "socket" => socket(lane, words),
        "accept" => accepting::accept(lane, id, words),
        "connect" => connecting::connect(lane, words),
        "callee" => connecting::callee(lane, &named(lane, words)?),
        "thread" => Ok(format!("thread={:?}", std::thread::current().id())),
        "settle" => {
            process::settle();
            Ok(String::new())
        }
        "descriptors" => {
            process.drop_closed();
            Ok(format!("open={}", process::open_descriptors()?))
        }
        "configure" => process
            .configure(words.need("setting")?, words.number("value")?)
            .map(done),
        "exhaust" => process.exhaust(words.need("entry")?).map(done),
        "release" => {
            process.release();
            Ok(String::new())
        }
        "clear" => {
            process.clear();
            Ok(String::new())
        }
        "quit" => Ok(String::new()),
        "select" => selecting::select(lane, words),
        "handle" | "last-error" | "cleanup" | "ioctl" => Err(End::Unsupported),
        _ => on_socket(lane, verb, words, &named(lane, words)?.socket),
    }
}

fn on_socket(lane: &Lane, verb: &str, words: &Words, socket: &Socket) -> Answer {
    let process = &*lane.process;
    let done = |()| String::new();
    match verb {
        "bind" => bind(words, socket),
        "listen" => {
            let backlog = faults::backlog(process, words.number("backlog")?, socket);
            Ok(socket.listen(backlog).map(done)?)
        }
        "send" => {
            let data = words.bytes("data")?.unwrap_or_default();
            let sent = if words.is_set("urgent") {
                socket.send_urgent(&data, &Wait::FOREVER)?
            } else {
                ending::send(process, socket, &data)?
            };
            telling::sent(process, words.need("name")?);
            Ok(format!("n={sent}"))
        }
        "recv" => {
            let mut buffer = vec![0; words.number::<usize>("max")?.min(MOST)];
            let flags = Receive {
                peek: words.is_set("peek"),
                partial: words.is_set("partial"),
                urgent: words.is_set("urgent"),
                ..Receive::default()
            };
            let length = ending::receive(process, socket, &mut buffer, flags)?;
            if length == 0 {
                telling::ended(process, words.need("name")?);
            }
            Ok(format!("data={}", hex(&buffer[..length])))
        }
        "shutdown" => {
            let how = match words.need("how")? {
                "receive" => Shutdown::Receive,
                "send" => Shutdown::Send,
                "both" => Shutdown::Both,
                _ => return Err(End::Unsupported),
            };
            Ok(ending::shutdown(process, socket, how).map(done)?)
        }
        "send-disconnect" => {
            let data = words.bytes("data")?;
            Ok(ending::send_disconnect(process, socket, data).map(done)?)
        }
        "recv-disconnect" => receive_disconnect(process, words, socket),
        "getsockname" if words.get("len").is_none() => {
            Ok(format!("addr={}", socket.local_address()?))
        }
        "getpeername" if words.get("len").is_none() => {
            Ok(format!("addr={}", socket.peer_address()?))
        }
        "getopt" => options::get(process, words, socket),
        "setopt" => options::set(words, socket),
        "nonblocking" => {
            let nonblocking = words.need("value")? != "0";
            Ok(faults::set_nonblocking(process, socket, nonblocking).map(done)?)
        }
        "close" => {
            telling::closing(process, words.need("name")?);
            ending::close(process, socket)?;
            process.note_closed(words.need("name")?);
            Ok(String::new())
        }
        "wait" => wait(words, socket),
        "limits" => {
            let limits = faults::limits(process, socket.user_data_limits());
            Ok(format!(
                "connect-data={} disconnect-data={}",
                limits.connect, limits.disconnect
            ))
        }
        "connect-timeout" => options::connect_timeout(words, socket),
        "get-qos" => Ok(format!("sqos={}", qos_text(Some(socket.negotiated_qos()?)))),
        "set-qos" => {
            let qos = words.qos("sqos")?.ok_or(End::Unsupported)?;
            Ok(socket.set_qos(&qos).map(done)?)
        }
        _ => Err(End::Unsupported),
    }
}

/// The socket that the verb is about.
pub(crate) fn named(lane: &Lane, words: &Words) -> Result<Named, End> {
    Ok(lane.process.find(words.need("name")?)?)
}

fn socket(lane: &Lane, words: &Words) -> Answer {
    let kind = (words.get("family"), words.get("type"));
    let entry = match (words.need("entry")?, kind) {
        ("in-process", (_, None)) => Entry::InProcess,
        ("in-process", (_, Some("seqpacket"))) => Entry::InProcessMessages,
        ("tcp", (None | Some("inet"), None)) => Entry::Tcp4,
        ("tcp", (Some("inet6"), None)) => Entry::Tcp6,
        ("tcp", (None | Some("inet"), Some("dgram"))) => Entry::Udp4,
        ("tcp", (Some("inet6"), Some("dgram"))) => Entry::Udp6,
        _ => return Err(End::Unsupported),
    };
    if words.has_any(&["group"]) {
        return Err(End::Unsupported);
    }
    lane.process.name(words.need("name")?, Socket::new(entry)?);
    Ok(String::new())
}

fn bind(words: &Words, socket: &Socket) -> Answer {
    if words.has_any(&["len"]) {
        return Err(End::Unsupported);
    }
    let address = words.address("addr")?.ok_or(End::Unsupported)?;
    socket.bind(&address)?;
    Ok(String::new())
}

fn receive_disconnect(process: &Process, words: &Words, socket: &Socket) -> Answer {
    if words.need("capacity")? == "-" {
        socket.receive_disconnect(None)?;
        return Ok("data=-".to_owned());
    }
    let mut buffer = vec![0; words.number::<usize>("capacity")?.min(MOST)];
    let length = ending::receive_disconnect(process, socket, &mut buffer)?;
    Ok(format!("data={}", hex(&buffer[..length])))
}

fn wait(words: &Words, socket: &Socket) -> Answer {
    let patience = Duration::from_millis(words.number("timeout")?);
    let ended = match words.need("for")? {
        "connect" => match socket.finish_connect(&Wait::at_most(patience)) {
            Ok(()) => true,
            // Either the attempt has timed out or this wait has.
            Err(Error::TimedOut) if options::socket_error(socket)? == 0 => false,
            Err(error) => return Err(error.into()),
        },
        "read" => {
            let descriptor = socket.read_descriptor()?;
            let mut waiting = [PollFd::new(&descriptor, PollFlags::IN)];
            let patience = Timespec::try_from(patience).map_err(|error| error.to_string())?;
            poll(&mut waiting, Some(&patience)).map_err(|error| error.to_string())? > 0
        }
        other => return Err(End::Nonsense(format!("for={other}"))),
    };
    Ok(format!("ended={}", u8::from(ended)))
}
