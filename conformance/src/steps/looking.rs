//! Looking at sockets: options, modes, addresses, data, descriptors.

use cucumber::{given, then, when};

use crate::{
    names::{Actor, Socket},
    phrases::{self, Value},
    protocol::{Fields, Outcome},
    scene::{Scene, Step},
    stage::Side,
    steps::deciding::same,
};

#[then(
    regex = r"^(\w+) of (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) is (\S+)$"
)]
fn option_is(scene: &mut Scene, option: String, socket: Socket, wanted: String) -> Step {
    let found = scene.option(&socket, &option)?;
    same(&option, &found, &wanted)
}

#[then(
    regex = r"^(\w+) of (the accepted socket(?: of [A-Z])?) equals that of (the (?:second )?listener)$"
)]
fn options_equal(scene: &mut Scene, option: String, socket: Socket, other: Socket) -> Step {
    let wanted = scene.option(&other, &option)?;
    let found = scene.option(&socket, &option)?;
    same(&option, &found, &wanted)
}

#[then(regex = r"^(the accepted socket of [A-Z]) is non-blocking$")]
fn non_blocking(scene: &mut Scene, socket: Socket) -> Step {
    let name = scene.name(&socket)?;
    let arguments = Fields::from([("name", name.as_str()), ("max", "16")]);
    let lane = Actor {
        side: socket.side,
        lane: "probe".to_owned(),
    };
    scene.begin(&lane, "recv", arguments)?;
    match scene.outcome_so_far(&lane)? {
        Some(outcome) => outcome.failed_with("WSAEWOULDBLOCK"),
        None => Err("recv blocks".to_owned()),
    }
}

/// The same of a socket that has no name of its own; its caller is known.
#[then(regex = r"^the socket accepted from caller ([A-Z]) is (non-blocking|blocking)$")]
fn accepted_mode(scene: &mut Scene, caller: String, mode: String) -> Step {
    let latest = scene.name(&"the accepted socket".parse()?)?;
    if mode == "blocking" {
        return scene.check_blocking(&latest, &caller);
    }
    non_blocking(scene, Socket::server(&latest))
}

/// A receive blocks until the caller has sent something.
#[then(regex = r"^the accepted socket of ([A-Z]) is blocking$")]
fn blocking(scene: &mut Scene, caller: String) -> Step {
    let name = scene.name(&Socket::accepted_from(&caller))?;
    scene.check_blocking(&name, &caller)
}

#[then(
    regex = r"^(getsockname|getpeername) of (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z]) is (.+)$"
)]
fn address_is(scene: &mut Scene, function: String, socket: Socket, wanted: String) -> Step {
    let place = phrases::place(&wanted).ok_or_else(|| format!("`{wanted}` is no address"))?;
    let wanted = scene.arguments(socket.side, vec![("addr", Value::At(place))])?;
    let found = scene.query(&socket, &function, Fields::default())?;
    same(&function, found.need("addr")?, wanted.need("addr")?)
}

#[then(regex = r"^getsockname of (the (?:second )?listener|(?:caller|socket) [A-Z]) has a port$")]
fn has_port(scene: &mut Scene, socket: Socket) -> Step {
    let found = scene.query(&socket, "getsockname", Fields::default())?;
    let address = found.need("addr")?;
    let port = address.rsplit_once(':').map_or("", |(_, port)| port);
    match port.parse::<u32>() {
        Ok(1..) => Ok(()),
        _ => Err(format!("the address is {address}; it should have a port")),
    }
}

#[then(regex = r"^(the accepted socket(?: of [A-Z])?|caller [A-Z]) receives (.+)$")]
fn receives(scene: &mut Scene, socket: Socket, data: String) -> Step {
    let wanted = phrases::bytes(&data).ok_or_else(|| format!("`{data}` is no data"))?;
    let outcome = scene.receive(&socket)?;
    same("the data", outcome.succeeded()?.need("data")?, &wanted)
}

#[then(regex = r"^(the accepted socket(?: of [A-Z])?|caller [A-Z]) reaches the end of the stream$")]
fn end_of_stream(scene: &mut Scene, socket: Socket) -> Step {
    let outcome = scene.receive(&socket)?;
    same("the data", outcome.succeeded()?.need("data")?, "\"\"")
}

#[then(
    regex = r"^nothing is there to receive on (the accepted socket(?: of [A-Z])?|caller [A-Z])$"
)]
fn nothing_to_receive(scene: &mut Scene, socket: Socket) -> Step {
    scene.settle()?;
    let readable = scene.wait_readable(&socket, 0)?;
    same("readable", if readable { "1" } else { "0" }, "0")
}

#[then(regex = r"^the connection of caller ([A-Z]) is reset$")]
fn reset(scene: &mut Scene, caller: String) -> Step {
    scene
        .receive(&Socket::caller(&caller))?
        .failed_with("WSAECONNRESET")
}

#[then(regex = r"^the server has as many descriptors open as before$")]
fn descriptors(scene: &mut Scene) -> Step {
    let before = scene
        .remembered
        .get("descriptors")
        .cloned()
        .ok_or("nothing was counted")?;
    same(
        "the number of open descriptors",
        &scene.open_descriptors()?,
        &before,
    )
}

#[then(
    regex = r"^(\w+) on (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z])(?: with (.+))? fails with (\w+)$"
)]
fn call_fails(
    scene: &mut Scene,
    function: String,
    socket: Socket,
    with: String,
    error: String,
) -> Step {
    scene
        .call_on(&function, &socket, &with)?
        .failed_with(&error)
}

#[then(
    regex = r"^(\w+) on (the (?:second )?listener|the accepted socket(?: of [A-Z])?|(?:caller|socket) [A-Z])(?: with (.+))? succeeds$"
)]
fn call_succeeds(scene: &mut Scene, function: String, socket: Socket, with: String) -> Step {
    scene
        .call_on(&function, &socket, &with)?
        .succeeded()
        .map(drop)
}

/// Calls `WSARecvDisconnect` and expects exactly these bytes.
#[then(
    regex = r"^WSARecvDisconnect on (the accepted socket(?: of [A-Z])?|caller [A-Z]) hands over (.+)$"
)]
fn hands_over(scene: &mut Scene, socket: Socket, data: String) -> Step {
    let wanted = phrases::bytes(&data).ok_or_else(|| format!("`{data}` is no data"))?;
    let outcome = scene.call_on("WSARecvDisconnect", &socket, "room for 64 bytes")?;
    same(
        "the disconnect data",
        outcome.succeeded()?.need("data")?,
        &wanted,
    )
}

#[then(regex = r"^the limits of (the listener) are (\d+) and (\d+)$")]
fn limits(scene: &mut Scene, socket: Socket, connect: String, disconnect: String) -> Step {
    let found = scene.query(&socket, "limits", Fields::default())?;
    same(
        "the limit of connect data",
        found.need("connect-data")?,
        &connect,
    )?;
    same(
        "the limit of disconnect data",
        found.need("disconnect-data")?,
        &disconnect,
    )
}

#[then(regex = r"^the connect time-out of (caller [A-Z]) is (\d+) ms$")]
fn time_out(scene: &mut Scene, socket: Socket, wanted: String) -> Step {
    let found = scene.query(&socket, "connect-timeout", Fields::default())?;
    same("the connect time-out", found.need("value")?, &wanted)
}

#[given(regex = r"^the address of (caller [A-Z]) is remembered$")]
#[when(regex = r"^the address of (caller [A-Z]) is remembered$")]
fn remember(scene: &mut Scene, socket: Socket) -> Step {
    let address = scene.address_of(&socket)?;
    scene.remembered.insert("address".to_owned(), address);
    Ok(())
}

#[then(regex = r"^the address of (caller [A-Z]) is as remembered$")]
fn as_remembered(scene: &mut Scene, socket: Socket) -> Step {
    let wanted = scene
        .remembered
        .get("address")
        .cloned()
        .ok_or("nothing was remembered")?;
    same("the address", &scene.address_of(&socket)?, &wanted)
}

#[then(regex = r"^the data of (\w+) of (the accepted socket(?: of [A-Z])?|caller [A-Z]) is (.+)$")]
fn data_option(scene: &mut Scene, option: String, socket: Socket, wanted: String) -> Step {
    let wanted = scene.value(socket.side, phrases::wanted(&wanted))?;
    let found = scene.option(&socket, &option)?;
    same(&option, &found, &wanted)
}

#[then(regex = r"^the header defines (\w+) as (-?\d+)$")]
fn constant(scene: &mut Scene, name: String, wanted: String) -> Step {
    let arguments = Fields::from([("name", name.as_str())]);
    let outcome = scene.ask(Side::Server, "constant", &arguments)?;
    same(&name, outcome.succeeded()?.need("value")?, &wanted)
}

/// The negotiated QOS, from the point of view of the socket's own side.
#[then(regex = r"^the QOS of (the accepted socket|caller [A-Z]) is (.+)$")]
fn qos(scene: &mut Scene, socket: Socket, wanted: String) -> Step {
    let wanted = match wanted.as_str() {
        "its own" => phrases::FLOW.to_owned(),
        "that of the caller, turned round" => phrases::turned_round(phrases::FLOW),
        "the changed one" => phrases::CHANGED_FLOW.to_owned(),
        "the changed one, turned round" => phrases::turned_round(phrases::CHANGED_FLOW),
        _ => return Err(format!("`{wanted}` is no QOS")),
    };
    let found = scene.query(&socket, "get-qos", Fields::default())?;
    same("the QOS", found.need("sqos")?, &wanted)
}

/// An option that may be missing, but that says this where it is there.
#[then(regex = r"^(\w+) of (socket [A-Z]) is (\S+), if it is offered$")]
fn option_if_offered(scene: &mut Scene, option: String, socket: Socket, wanted: String) -> Step {
    let arguments = format!("option {option}");
    match scene.call_on("getsockopt", &socket, &arguments)? {
        Outcome::Fail(error, _) if error == "WSAENOPROTOOPT" => Ok(()),
        outcome => same("the value", outcome.succeeded()?.need("value")?, &wanted),
    }
}

impl Scene {
    /// A receive blocks until the caller has sent something.
    fn check_blocking(&mut self, accepted: &str, caller: &str) -> Step {
        let arguments = Fields::from([("name", accepted), ("max", "16")]);
        let lane = Actor {
            side: Side::Server,
            lane: "probe".to_owned(),
        };
        self.begin(&lane, "recv", arguments)?;
        if let Some(outcome) = self.outcome_so_far(&lane)? {
            return Err(format!("a receive without data {outcome}; it should block"));
        }
        self.query(
            &Socket::caller(caller),
            "send",
            Fields::from([("data", "2a")]),
        )?;
        let outcome = self.outcome(&lane)?;
        same("the data", outcome.succeeded()?.need("data")?, "2a")
    }

    fn option(&mut self, socket: &Socket, option: &str) -> Step<String> {
        let found = self.query(socket, "getopt", Fields::from([("option", option)]))?;
        found.need("value").map(str::to_owned)
    }

    /// A call on a socket by somebody who does nothing else.
    fn call_on(&mut self, function: &str, socket: &Socket, with: &str) -> Step<Outcome> {
        let (verb, mut arguments) = super::acting::verb(function)?;
        let given = phrases::arguments(with)?;
        arguments.extend(self.arguments(socket.side, given)?);
        arguments.set("name", self.name(socket)?);
        let lane = Actor {
            side: socket.side,
            lane: "probe".to_owned(),
        };
        self.begin(&lane, verb, arguments)?;
        self.outcome(&lane)
    }
}
