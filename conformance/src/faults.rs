//! The negative control: faults that the Rust driver can have, and that the suite must catch.

use std::path::Path;

use serde::Deserialize;

use crate::{
    cell::Cell,
    expectations::Expectations,
    ledger::Status,
    requirements::Requirements,
    run::{self, Plan, Selection},
};

/// The driver that can have faults.
const DRIVER: &str = "rust";

/// A fault.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// What the driver calls it.
    pub(crate) name: String,
    /// What it does.
    pub(crate) what: String,
    /// Requirements whose scenarios should notice.
    breaks: Vec<String>,
    /// The entry on which it shows.
    entry: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fault: Vec<Fault>,
}

/// A fault and whether a scenario noticed it.
#[derive(Clone, Debug)]
pub(crate) struct Tried {
    /// The fault.
    pub(crate) fault: Fault,
    /// The scenarios that failed.
    pub(crate) noticed: Vec<String>,
}

/// Reads the list of faults.
///
/// # Errors
/// The file cannot be read or names an unknown requirement.
pub(crate) fn load(path: &Path, requirements: &Requirements) -> Result<Vec<Fault>, String> {
    let wrong = |error: String| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let file: File = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    for fault in &file.fault {
        if let Some(id) = fault
            .breaks
            .iter()
            .find(|id| requirements.row(id).is_none())
        {
            return Err(wrong(format!("{}: unknown requirement {id}", fault.name)));
        }
    }
    Ok(file.fault)
}

/// Runs the scenarios of the fault's requirements on a driver that has the fault.
///
/// # Errors
/// The driver did not start.
pub(crate) fn try_fault(plan: &Plan, fault: Fault) -> Result<Tried, String> {
    let mut plan = plan.clone();
    let command = plan
        .commands
        .get_mut(DRIVER)
        .ok_or("faults need the Rust driver")?;
    command.extend(["--fault".to_owned(), fault.name.clone()]);
    plan.selection = Selection {
        wanted: fault.breaks.clone(),
    };
    let cell = Cell {
        server: DRIVER.into(),
        client: DRIVER.into(),
        entry: fault.entry.clone(),
    };
    let run = run::cell(&plan, &cell, &Expectations::default())?;
    let noticed = run
        .records
        .into_iter()
        .filter(|record| matches!(record.status, Status::Failed(_)))
        .map(|record| record.scenario)
        .collect();
    Ok(Tried { fault, noticed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_faults_are_in_order() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let requirements = Requirements::load(&here.join("requirements.toml")).unwrap();
        let faults = load(&here.join("faults.toml"), &requirements).unwrap();
        assert!(faults.len() >= 20);
        assert!(faults.iter().all(|fault| !fault.breaks.is_empty()));
    }
}
