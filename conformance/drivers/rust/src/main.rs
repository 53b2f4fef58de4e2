//! Drives the Rust core for the conformance suite; `conformance/PROTOCOL.md` says how.
//!
//! With `--fault NAME` the driver misbehaves in one way, and the suite has to notice.

#![forbid(unsafe_code)]

mod accepting;
mod calls;
mod connecting;
mod events;
mod faults;
mod lanes;
mod options;
mod process;
mod selecting;
mod words;

use std::{
    io::{self, BufRead as _},
    process::ExitCode,
    sync::Arc,
};

use faults::Fault;
use lanes::Lanes;
use process::Process;

fn main() -> ExitCode {
    let fault = match Fault::from_arguments(std::env::args().skip(1)) {
        Ok(fault) => fault,
        Err(error) => {
            // The log of the runner.
            eprintln!("vestibule-driver-rust: {error}");
            return ExitCode::from(2);
        }
    };
    let process = Arc::new(Process::new(fault));
    process::say(&process::greeting());
    let mut lanes = Lanes::new(process);
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        lanes.route(line);
    }
    // Lanes may be blocked; their calls end with the process.
    ExitCode::SUCCESS
}
