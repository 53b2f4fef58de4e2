//! The conformance suite of vestibule: one set of feature files, one runner, many drivers.
//!
//! Every scenario is played on every *cell*: a pair of driver programs over a catalogue entry.
//! `PROTOCOL.md` says how a driver is spoken to, `requirements.toml` what the scenarios show.

#![forbid(unsafe_code)]

mod cell;
mod cli;
mod coverage;
mod driver;
mod expectations;
mod faults;
mod ledger;
mod named;
mod names;
mod parallel;
mod phrases;
mod protocol;
mod report;
mod requirements;
mod run;
mod scene;
mod stage;
mod steps;
mod tags;

use std::{
    io::{self, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    process::ExitCode,
};

use cell::Cell;
use cli::Options;
use expectations::Expectations;
use faults::Fault;
use ledger::{Record, Status};
use named::NamedTests;
use requirements::Requirements;
use run::{CellRun, Plan, Selection};
use stage::Patience;

fn main() -> ExitCode {
    match conformance() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            say_error(&error);
            ExitCode::from(2)
        }
    }
}

/// Runs what the command line asks for; whether all is as expected.
fn conformance() -> Result<bool, String> {
    let mut options = Options::parse(std::env::args().skip(1))?;
    if options.help {
        say(cli::HELP.trim_end());
        return Ok(true);
    }
    options.complete(std::env::current_exe().ok().as_deref());
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().unwrap_or(here);
    let requirements = Requirements::load(&here.join("requirements.toml"))?;
    let named = NamedTests::load(&here.join("named-tests.toml"), root, &requirements)?;
    let plan = plan(&options, root)?;
    run::check_features(&plan.features, &requirements)?;
    let faults = if options.faults {
        faults::load(&here.join("faults.toml"), &requirements)?
    } else {
        vec![]
    };

    let (cells, absent) = cells(&options);
    parallel::quiet_players();
    let mut played = Vec::new();
    let on_stage = |cell: &Cell| -> Result<_, String> {
        let list = format!("expectations/{}.toml", cell.file_name());
        let expectations = Expectations::load(&here.join(list), &requirements)?;
        let run = run::cell(&plan, cell, &expectations)?;
        Ok((run, expectations))
    };
    parallel::each(&cells, on_stage, |_, played_cell| {
        let (run, expectations) = played_cell?;
        tell(&run, &expectations, options.verbose);
        played.push((run, expectations));
        Ok(())
    })?;
    let nothing = played
        .iter()
        .all(|(run, _): &(CellRun, _)| run.records.is_empty());
    if nothing && !played.is_empty() {
        return Err("no scenario was played".to_owned());
    }
    let mut tried = Vec::new();
    let seed = |fault: &Fault| faults::try_fault(&plan, fault.clone());
    parallel::each(&faults, seed, |fault, result| {
        let result = result?;
        if result.noticed.is_empty() {
            say(&format!("  UNNOTICED fault {}: {}", fault.name, fault.what));
        }
        tried.push(result);
        Ok(())
    })?;
    conclude(&requirements, &named, &played, &absent, &tried, &plan)
}

/// The cells to play, and those whose drivers cannot be had, with the reason.
fn cells(options: &Options) -> (Vec<Cell>, Vec<(String, String)>) {
    let wanted = if options.cells.is_empty() {
        cell::all()
    } else {
        options.cells.clone()
    };
    let mut present = Vec::new();
    let mut absent = Vec::new();
    for cell in wanted {
        match options.absence(&cell) {
            Some(reason) => {
                say(&format!("skipped  {cell}: {reason}"));
                absent.push((cell.to_string(), reason));
            }
            None => present.push(cell),
        }
    }
    (present, absent)
}

fn plan(options: &Options, root: &Path) -> Result<Plan, String> {
    let output = options
        .output
        .clone()
        .unwrap_or_else(|| target(root).join("conformance"));
    std::fs::create_dir_all(&output)
        .map_err(|error| format!("cannot make {}: {error}", output.display()))?;
    let no_ipv6 = TcpListener::bind("[::1]:0").err();
    Ok(Plan {
        features: root.join("features"),
        output,
        commands: options.commands.clone(),
        patience: Patience::from_environment(),
        selection: Selection {
            wanted: options.only.clone(),
        },
        no_ipv6: no_ipv6.map(|error| format!("no IPv6 on this machine: {error}")),
    })
}

fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// Says how a cell went: one line, and one for each surprise.
fn tell(run: &CellRun, expectations: &Expectations, verbose: bool) {
    let [mut passed, mut failed, mut skipped] = [0; 3];
    for record in &run.records {
        let place = report::place(record);
        match (&record.status, expectations.excuse(record)) {
            (Status::Passed, _) => {
                passed += 1;
                if verbose {
                    say(&format!("  passed   {place}"));
                }
            }
            (Status::Skipped(reason), _) => {
                skipped += 1;
                say(&format!("  skipped  {place}: {reason}"));
            }
            (Status::Failed(_), Some(reason)) => {
                passed += 1;
                say(&format!("  expected {place}: {reason}"));
            }
            (Status::Failed(why), None) => {
                failed += 1;
                say(&format!("  FAILED   {place}\n           {why}"));
            }
        }
    }
    say(&format!(
        "{}: {passed} passed, {failed} failed, {skipped} skipped",
        run.cell
    ));
}

/// Draws up and writes the report; whether all is as expected.
fn conclude(
    requirements: &Requirements,
    named: &NamedTests,
    played: &[(CellRun, Expectations)],
    absent: &[(String, String)],
    tried: &[faults::Tried],
    plan: &Plan,
) -> Result<bool, String> {
    let runs: Vec<CellRun> = played.iter().map(|(run, _)| run.clone()).collect();
    let excuse = |run: &CellRun, record: &Record| {
        let of_cell = played.iter().find(|(other, _)| other.cell == run.cell);
        of_cell.and_then(|(_, expectations)| expectations.excuse(record))
    };
    let rows = coverage::rows(
        requirements,
        &runs,
        &|run, record| excuse(run, record).is_some(),
        named,
    );
    let mut excused = Vec::new();
    let mut unexpected_passes = Vec::new();
    for (run, expectations) in played {
        unexpected_passes.extend(expectations.unexpected_passes(&run.records));
        for record in run
            .records
            .iter()
            .filter(|r| matches!(r.status, Status::Failed(_)))
        {
            if let Some(reason) = expectations.excuse(record) {
                let place = format!("{}: {}", run.cell, report::place(record));
                excused.push((place, reason));
            }
        }
    }
    for pass in &unexpected_passes {
        say(&format!("  UNEXPECTED {pass}"));
    }
    let report = report::Run {
        requirements,
        cells: &runs,
        absent,
        rows: &rows,
        unexpected_passes: &unexpected_passes,
        faults: tried,
        excused: &excused,
    };
    report.write(&plan.output)?;
    let summary = report.summary();
    say(&format!(
        "report: {}",
        plan.output.join("report.md").display()
    ));
    say(&summary.in_words());
    say(&format!(
        "{} passed, {} failed, {} skipped",
        summary.passed, summary.failed, summary.skipped
    ));
    Ok(summary.failed == 0)
}

fn say(text: &str) {
    // A closed terminal is no reason to stop.
    let _ = writeln!(io::stdout(), "{text}");
}

fn say_error(text: &str) {
    let _ = writeln!(io::stderr(), "vestibule-conformance: {text}");
}
