//! Sockets to begin with: listeners, fresh and bound sockets.

use std::time::Duration;

use cucumber::{given, when};

use crate::{
    names::Socket,
    phrases::{self, Place, Value},
    protocol::Fields,
    scene::{Scene, Step},
    stage::Side,
};

/// Backlog of listeners about whose backlog the scenario does not care.
const BACKLOG: &str = "5";

/// What every socket is that is made from here on.
#[given(regex = r"^sockets are (message-oriented|streams|for datagrams)$")]
fn kind_of_sockets(scene: &mut Scene, kind: String) {
    scene.socket_type = match kind.as_str() {
        "message-oriented" => Some("seqpacket"),
        "for datagrams" => Some("dgram"),
        _ => None,
    };
}

#[given(regex = r"^a (non-blocking |blocking )?(second )?listener(?: with a backlog of (-?\d+))?$")]
fn listener(scene: &mut Scene, mode: String, second: String, backlog: String) -> Step {
    let name = if second.is_empty() {
        "listener"
    } else {
        "listener-2"
    };
    let backlog = if backlog.is_empty() {
        BACKLOG
    } else {
        &backlog
    };
    let socket = Socket::server(name);
    scene.bind_new(&socket)?;
    scene.query(&socket, "listen", Fields::from([("backlog", backlog)]))?;
    if mode == "non-blocking " {
        scene.query(&socket, "nonblocking", Fields::from([("value", "1")]))?;
    }
    scene.remember_address(&socket, None)
}

/// Callers reach it at an address of the machine, with the port that it has.
#[given("a listener at the wildcard address")]
fn wildcard_listener(scene: &mut Scene) -> Step {
    let socket = Socket::server("listener");
    scene.create(&socket)?;
    let anywhere = scene.value(socket.side, Value::At(Place::Wildcard))?;
    scene.query(&socket, "bind", Fields::from([("addr", anywhere.as_str())]))?;
    scene.query(&socket, "listen", Fields::from([("backlog", BACKLOG)]))?;
    let local = scene.value(socket.side, Value::At(Place::Local))?;
    scene.remember_address(&socket, Some(&local))
}

#[given(regex = r"^(socket [A-Z]) has the handle (\d+)$")]
fn handle(scene: &mut Scene, socket: Socket, number: String) -> Step {
    scene
        .query(
            &socket,
            "handle",
            Fields::from([("value", number.as_str())]),
        )
        .map(drop)
}

#[when(regex = r"^(\d+) ms pass$")]
fn pass(_: &mut Scene, milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

#[given(regex = r"^a (fresh|bound) (socket [A-Z]|caller [A-Z])$")]
#[when(regex = r"^a (fresh|bound) (socket [A-Z]|caller [A-Z]) is made$")]
fn make(scene: &mut Scene, state: String, socket: Socket) -> Step {
    if state == "bound" {
        scene.bind_new(&socket)
    } else {
        scene.create(&socket)
    }
}

#[given("a fresh listener bound to a local address")]
fn bound_listener(scene: &mut Scene) -> Step {
    scene.bind_new(&Socket::server("listener"))
}

#[given(
    regex = r"^(the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) is (non-blocking|blocking)$"
)]
#[when(
    regex = r"^(the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) is made (non-blocking|blocking)$"
)]
fn set_mode(scene: &mut Scene, socket: Socket, mode: String) -> Step {
    let value = if mode == "non-blocking" { "1" } else { "0" };
    scene
        .query(&socket, "nonblocking", Fields::from([("value", value)]))
        .map(drop)
}

#[given(
    regex = r"^(the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) has (\w+) set to (\S+)$"
)]
#[when(
    regex = r"^(the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) has (\w+) set to (\S+)$"
)]
#[when(
    regex = r"^(\w+) of (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) is set to (\S+)$"
)]
fn option(scene: &mut Scene, first: String, second: String, value: String) -> Step {
    // The two sentences name option and socket in different order.
    let (socket, option) = match first.parse::<Socket>() {
        Ok(socket) => (socket, second),
        Err(_) => (second.parse::<Socket>()?, first),
    };
    let value = scene.value(socket.side, phrases::wanted(&value))?;
    let arguments = Fields::from([("option", option.as_str()), ("value", value.as_str())]);
    scene.query(&socket, "setopt", arguments).map(drop)
}

#[given(
    regex = r"^the (backlog ceiling|caller check|connect data limit|disconnect data limit) is (\d+)$"
)]
fn configure(scene: &mut Scene, setting: String, value: String) -> Step {
    let setting = setting.replace(' ', "-");
    let arguments = Fields::from([("setting", setting.as_str()), ("value", value.as_str())]);
    // Both ends: in memory they are one process, elsewhere a setting of the server's reaches no caller.
    for side in [Side::Server, Side::Client] {
        scene.ask(side, "configure", &arguments)?.succeeded()?;
    }
    Ok(())
}

#[given("no handle is left to the server")]
#[when("no handle is left to the server")]
fn exhaust(scene: &mut Scene) -> Step {
    let entry = scene.stage()?.cell().entry.clone();
    let arguments = Fields::from([("entry", entry.as_str())]);
    scene
        .ask(Side::Server, "exhaust", &arguments)?
        .succeeded()
        .map(drop)
}

#[when("handles are free again")]
fn release(scene: &mut Scene) -> Step {
    scene
        .ask(Side::Server, "release", &Fields::default())?
        .succeeded()
        .map(drop)
}

#[given(regex = r"^the open descriptors of the server are counted$")]
#[when(regex = r"^the open descriptors of the server are counted$")]
fn count(scene: &mut Scene) -> Step {
    let open = scene.open_descriptors()?;
    scene.remembered.insert("descriptors".to_owned(), open);
    Ok(())
}

impl Scene {
    /// Keeps the address of a listener, for callers and for the time after its end.
    fn remember_address(&mut self, socket: &Socket, host: Option<&str>) -> Step {
        let mut address = self.address_of(socket)?;
        if let Some((host, _)) = host.and_then(|host| host.rsplit_once(':')) {
            let (_, port) = address
                .rsplit_once(':')
                .ok_or("an address without a port")?;
            address = format!("{host}:{port}");
        }
        self.listeners.insert(self.name(socket)?, address);
        Ok(())
    }

    /// Makes a socket and binds it to a local address.
    pub(crate) fn bind_new(&mut self, socket: &Socket) -> Step {
        self.create(socket)?;
        let arguments = self.arguments(socket.side, vec![("addr", Value::At(Place::Local))])?;
        self.query(socket, "bind", arguments).map(drop)
    }

    /// How many descriptors the server's process has open.
    pub(crate) fn open_descriptors(&self) -> Step<String> {
        let outcome = self.ask(Side::Server, "descriptors", &Fields::default())?;
        outcome.succeeded()?.need("open").map(str::to_owned)
    }
}
