//! connect and the callee structure.

use provider::{ConnectData, Wait};

use crate::{
    calls::named,
    faults,
    lanes::Lane,
    process::Named,
    words::{Answer, End, Words, hex},
};

/// Connects; with a callee structure the answer comes along, after a failure too.
pub(crate) fn connect(lane: &Lane, words: &Words) -> Answer {
    if words.has_any(&["len", "gqos"]) {
        return Err(End::Unsupported);
    }
    let name = words.need("name")?;
    let callee = match words.get("callee") {
        None | Some("-") => None,
        Some(_) => Some(words.number("callee")?),
    };
    lane.process.set_callee(name, callee);
    let named = named(lane, words)?;
    let address = words.address("addr")?.ok_or(End::Unsupported)?;
    let caller_data = faults::caller_data(&lane.process, words.bytes("caller-data")?);
    let qos = faults::asked_qos(&lane.process, words.qos("sqos")?);
    let data = ConnectData {
        caller_data: &caller_data,
        qos: qos.as_ref(),
    };
    let result = named.socket.connect(&address, data, &Wait::FOREVER);
    let answer = if callee.is_some() {
        self::callee(lane, &named)?
    } else {
        String::new()
    };
    match result {
        Ok(()) => Ok(answer),
        Err(error) => Err(End::Fail(
            faults::connect_error(&lane.process, error),
            answer,
        )),
    }
}

/// The callee structure as it is now.
pub(crate) fn callee(lane: &Lane, named: &Named) -> Answer {
    let capacity = named
        .callee
        .ok_or_else(|| "no callee structure".to_owned())?;
    let mut buffer = vec![0xA5; capacity];
    let length = faults::callee_length(&lane.process, named.socket.callee_data(&mut buffer));
    Ok(format!(
        "callee-len={length} callee-data={}",
        hex(&buffer[..length])
    ))
}
