//! accept and the condition function.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, panic_any},
    time::Duration,
};

use provider::{ConditionArgs, Decision, Error, Result, Socket, Wait};

use crate::{
    calls::named,
    faults::{self, Fault, telling},
    lanes::{Lane, Told},
    process::say,
    words::{Answer, End, Words, hex, qos_text},
};

/// What a condition function raises.
struct Raised;

/// Accepts, with or without a condition function.
pub(crate) fn accept(lane: &Lane, id: &str, words: &Words) -> Answer {
    if words.has_any(&["addr", "addrlen", "context"]) {
        return Err(End::Unsupported);
    }
    let listener = named(lane, words)?.socket;
    let wait = match words.get("timeout") {
        None => Wait::FOREVER,
        Some(_) => Wait::at_most(Duration::from_millis(words.number("timeout")?)),
    };
    let asks = words.need("condition")? == "ask";
    let call = || {
        listener.accept(
            |args| {
                if asks {
                    ask(lane, id, args)
                } else {
                    Ok(Decision::Accept)
                }
            },
            &wait,
        )
    };
    let called = catch_unwind(AssertUnwindSafe(call));
    if let Ok(accepted) = &called {
        telling::accepted(&lane.process, words.need("name")?, accepted);
    }
    let accepted = match called {
        Ok(Ok(socket)) => socket,
        Ok(Err(error)) => return Err(faults::accept_error(&lane.process, error).into()),
        Err(_) => return Err(End::Raised),
    };
    finish(lane, words, accepted)
}

fn finish(lane: &Lane, words: &Words, accepted: Socket) -> Answer {
    if faults::breaks_rejection(&lane.process) {
        drop(accepted);
        return Err(Error::ConnRefused.into());
    }
    faults::spoil_accepted(&lane.process, &accepted);
    lane.process.name(words.need("as")?, accepted);
    Ok(String::new())
}

/// The condition function: says what it was given, and does what it is told.
fn ask(lane: &Lane, id: &str, args: &mut ConditionArgs<'_>) -> Result<Decision> {
    let shown = shown(lane, args);
    say(&format!("? {id} {} condition {shown}", lane.name));
    // The end of the input ends the process; until then there will be an answer.
    let told = lane.serve().ok_or(Error::Intr)?;
    carry_out(lane, &told, args)?;
    match told.answer.as_str() {
        "accept" => Ok(Decision::Accept),
        "reject" => Ok(faults::rejection(&lane.process)),
        "defer" => Ok(Decision::Defer),
        "raise" => panic_any(Raised),
        _ => Err(Error::Inval),
    }
}

fn shown(lane: &Lane, args: &ConditionArgs<'_>) -> String {
    let data = args
        .caller_data()
        .filter(|_| !lane.process.has(Fault::HideCallerData));
    let credentials = args.credentials().map_or_else(String::new, |of| {
        format!(" uid={} gid={} pid={}", of.uid, of.gid, of.pid)
    });
    format!(
        "caller-id={} callee-id={} caller-data={} callee-capacity={} sqos={} thread={:?}{}",
        args.caller_id(),
        args.callee_id(),
        data.map_or_else(|| "-".to_owned(), hex),
        args.callee_capacity(),
        qos_text(args.qos()),
        std::thread::current().id(),
        credentials,
    )
}

fn carry_out(lane: &Lane, told: &Told, args: &mut ConditionArgs<'_>) -> Result<()> {
    let wrong = |_| Error::Inval;
    let reply = told.effects.bytes("reply").map_err(wrong)?;
    if let Some(reply) = faults::reply(&lane.process, reply, &told.answer) {
        args.set_callee_data(&reply)?;
    }
    let qos = told.effects.qos("sqos").map_err(wrong)?;
    if let Some(qos) = faults::set_qos(&lane.process, qos) {
        args.set_qos(qos)?;
    }
    Ok(())
}
