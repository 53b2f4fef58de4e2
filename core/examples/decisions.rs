//! A server that accepts one caller, rejects a second and defers a third, in-process: here a caller
//! waits in its connect until the server has decided. Exits 0 only if everything went as announced.

#![allow(clippy::print_stdout, reason = "it is a demonstration")]

use std::{
    io::{Read, Write},
    process::ExitCode,
    thread,
};

use vestibule::{
    ConditionArgs, ConnectError, Connector, Decision, Error, InProcessAddress, Listener, Result,
    Stream,
};

type Outcome = std::result::Result<String, ConnectError>;

/// The condition function: what the caller sends along is its name.
fn decide(caller: &mut ConditionArgs<'_>, ready_for_carol: bool) -> Decision {
    let name = String::from_utf8_lossy(caller.caller_data().unwrap_or(b"nobody")).into_owned();
    let decision = match name.as_str() {
        "alice" => Decision::Accept,
        "carol" if ready_for_carol => Decision::Accept,
        "carol" => Decision::Defer,
        _ => Decision::Reject,
    };
    if decision == Decision::Reject {
        let reason = format!("{name} is not on the list");
        caller
            .set_callee_data(reason.as_bytes())
            .expect("the reason fits");
    }
    println!(
        "  server: {name} calls from {}: {decision:?}",
        caller.caller_id()
    );
    decision
}

/// A caller: says its name, waits for the decision, and reads the server's greeting.
fn call(address: InProcessAddress, name: &str) -> Outcome {
    let mut stream = Connector::new(address)
        .caller_data(name.as_bytes())
        .connect()?;
    let mut greeting = String::new();
    stream
        .read_to_string(&mut greeting)
        .map_err(|_| Error::ConnReset)?;
    Ok(greeting)
}

fn greet(mut stream: Stream) -> Result<()> {
    stream.write_all(b"welcome").map_err(|_| Error::ConnReset)
}

fn serve() -> Result<bool> {
    let listener = Listener::bind(InProcessAddress::local(0), 5)?;
    let vestibule::Address::InProcess(address) = listener.local_address()? else {
        return Err(Error::AfNoSupport);
    };
    println!("  server: listening on {address}");
    let mut as_announced = true;
    let mut check = |what: &str, holds: bool| {
        println!(
            "  {} {what}",
            if holds {
                "as announced:"
            } else {
                "NOT as announced:"
            }
        );
        as_announced &= holds;
    };

    let alice = thread::spawn(move || call(address, "alice"));
    greet(listener.accept(|caller| decide(caller, false))?)?;
    let outcome = alice.join().expect("no panic");
    check("alice is greeted", outcome == Ok("welcome".into()));

    let bob = thread::spawn(move || call(address, "bob"));
    let rejected = listener.accept(|caller| decide(caller, false)).map(drop);
    check(
        "accept fails with WSAECONNREFUSED",
        rejected == Err(Error::ConnRefused),
    );
    let refusal = bob.join().expect("no panic").err();
    let (error, reason) = refusal.map_or((None, Vec::new()), |e| (Some(e.error), e.data));
    println!(
        "  bob: {error:?}, because {:?}",
        String::from_utf8_lossy(&reason)
    );
    check(
        "bob's connect fails with the server's reason",
        error == Some(Error::ConnRefused),
    );
    check(
        "the reason arrives whole",
        reason == b"bob is not on the list",
    );

    let carol = thread::spawn(move || call(address, "carol"));
    let deferred = listener.accept(|caller| decide(caller, false)).map(drop);
    check(
        "accept fails with WSATRY_AGAIN",
        deferred == Err(Error::TryAgain),
    );
    check("carol still waits in her connect", !carol.is_finished());
    greet(listener.accept(|caller| decide(caller, true))?)?;
    let outcome = carol.join().expect("no panic");
    check(
        "carol is greeted after the later call",
        outcome == Ok("welcome".into()),
    );
    Ok(as_announced)
}

fn main() -> ExitCode {
    match serve() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("  server: {error}");
            ExitCode::FAILURE
        }
    }
}
