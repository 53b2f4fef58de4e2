//! Which requirements are covered, cell by cell.

use std::collections::BTreeMap;

use crate::{
    ledger::{Record, Status},
    named::NamedTests,
    requirements::{Requirement, Requirements},
    run::CellRun,
};

/// A requirement on a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellStatus {
    /// Every scenario of it passed.
    Passed,
    /// One failed, as expected.
    Excused,
    /// One failed.
    Failed,
    /// All were skipped.
    Skipped,
    /// The row does not apply to the entry.
    NotApplicable,
    /// No scenario of it applies to the cell.
    NotShown,
}

impl CellStatus {
    /// The word of the report.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Excused => "excused",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::NotApplicable => "not applicable",
            Self::NotShown => "not shown",
        }
    }
}

/// A requirement as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowStatus {
    /// Shown wherever it applies.
    Covered,
    /// A scenario of it fails.
    Failed,
    /// It, or a part of it, needs something that is not offered yet.
    Waiting,
    /// It applies to no entry that is offered.
    NotApplicable,
    /// Nothing shows it, on one entry at least.
    NotCovered,
}

impl RowStatus {
    /// The word of the report.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::Failed => "failed",
            Self::Waiting => "waiting",
            Self::NotApplicable => "not applicable",
            Self::NotCovered => "not covered",
        }
    }
}

/// A line of the ledger.
#[derive(Clone, Debug)]
pub(crate) struct Row<'a> {
    /// The requirement.
    pub(crate) requirement: &'a Requirement,
    /// Its status as a whole.
    pub(crate) status: RowStatus,
    /// Its status by cell.
    pub(crate) cells: BTreeMap<String, CellStatus>,
    /// Its scenarios.
    pub(crate) scenarios: Vec<String>,
    /// Named tests that show it.
    pub(crate) tests: Vec<String>,
}

/// Draws up the ledger.
pub(crate) fn rows<'a>(
    requirements: &'a Requirements,
    runs: &[CellRun],
    excused: &dyn Fn(&CellRun, &Record) -> bool,
    named: &NamedTests,
) -> Vec<Row<'a>> {
    requirements
        .rows
        .iter()
        .filter(|row| !row.withdrawn)
        .map(|requirement| row(requirement, requirements, runs, excused, named))
        .collect()
}

fn row<'a>(
    requirement: &'a Requirement,
    requirements: &Requirements,
    runs: &[CellRun],
    excused: &dyn Fn(&CellRun, &Record) -> bool,
    named: &NamedTests,
) -> Row<'a> {
    let entries: Vec<&str> = requirements
        .entries
        .iter()
        .filter(|(_, entry)| entry.waits_for.is_none() && requirement.applies_to(&entry.has))
        .map(|(name, _)| name.as_str())
        .collect();
    let status_on = |run: &CellRun| {
        let applies = entries.contains(&run.cell.entry.as_str());
        on_cell(requirement, run, applies, excused)
    };
    let cells: BTreeMap<String, CellStatus> = runs
        .iter()
        .map(|run| (run.cell.to_string(), status_on(run)))
        .collect();
    // Another implementation shows what it does itself, not what this one does.
    let ours = || runs.iter().filter(|run| !run.cell.is_foreign());
    let shown_on = |entry: &str| {
        ours().any(|run| run.cell.entry == entry && status_on(run) == CellStatus::Passed)
    };
    let values = named.value_of(&requirement.id);
    let whole = named.of(&requirement.id);
    let status = if ours().any(|run| status_on(run) == CellStatus::Failed) {
        RowStatus::Failed
    } else if requirement.waits_for.is_some() {
        RowStatus::Waiting
    } else if !whole.is_empty() {
        RowStatus::Covered
    } else if !values.is_empty() && entries.iter().any(|entry| shown_on(entry)) {
        // What a name is used for is a matter of the library: one entry shows it.
        RowStatus::Covered
    } else if entries.is_empty() {
        RowStatus::NotApplicable
    } else if entries.iter().all(|entry| shown_on(entry)) {
        RowStatus::Covered
    } else {
        RowStatus::NotCovered
    };
    Row {
        requirement,
        status,
        cells,
        scenarios: scenarios(requirement, ours()),
        tests: [whole, values].concat(),
    }
}

fn on_cell(
    requirement: &Requirement,
    run: &CellRun,
    applies: bool,
    excused: &dyn Fn(&CellRun, &Record) -> bool,
) -> CellStatus {
    let mut shown = None;
    for record in run
        .records
        .iter()
        .filter(|record| record.ids.contains(&requirement.id))
    {
        let status = match &record.status {
            Status::Passed => CellStatus::Passed,
            Status::Skipped(_) => CellStatus::Skipped,
            Status::Failed(_) if excused(run, record) => CellStatus::Excused,
            Status::Failed(_) => return CellStatus::Failed,
        };
        shown = Some(match (shown, status) {
            (Some(CellStatus::Excused), _) => CellStatus::Excused,
            (Some(CellStatus::Passed), CellStatus::Skipped) => CellStatus::Passed,
            (_, status) => status,
        });
    }
    match shown {
        Some(status) if applies => status,
        // The part of the row that needs less than the whole was shown; it does not count.
        _ if !applies => CellStatus::NotApplicable,
        _ => CellStatus::NotShown,
    }
}

fn scenarios<'a>(
    requirement: &Requirement,
    runs: impl Iterator<Item = &'a CellRun>,
) -> Vec<String> {
    let mut names: Vec<String> = runs
        .flat_map(|run| &run.records)
        .filter(|record| record.ids.contains(&requirement.id))
        .map(|record| format!("{}: {}", record.file, record.scenario))
        .collect();
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn requirements() -> Requirements {
        Requirements::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("requirements.toml"))
            .unwrap()
    }

    fn run(cell: &str, id: &str, statuses: &[Status]) -> CellRun {
        let record = |status: &Status| Record {
            file: "f.feature".into(),
            scenario: "s".into(),
            line: 1,
            ids: vec![id.into()],
            status: status.clone(),
        };
        CellRun {
            cell: cell.parse().unwrap(),
            greetings: vec![],
            capabilities: vec![],
            records: statuses.iter().map(record).collect(),
            junit: String::new(),
        }
    }

    fn status(id: &str, runs: &[CellRun]) -> RowStatus {
        status_with(id, runs, &NamedTests::default())
    }

    fn status_with(id: &str, runs: &[CellRun], named: &NamedTests) -> RowStatus {
        let requirements = requirements();
        let rows = rows(&requirements, runs, &|_, _| false, named);
        rows.iter()
            .find(|row| row.requirement.id == id)
            .unwrap()
            .status
    }

    const PASSED: &[Status] = &[Status::Passed];

    #[test]
    fn a_row_is_covered_when_it_is_shown_on_every_entry_it_applies_to() {
        let memory = run("rust/rust/in-process", "ACC-06", PASSED);
        let tcp = run("c/c/tcp", "ACC-06", PASSED);
        assert_eq!(status("ACC-06", &[memory.clone(), tcp]), RowStatus::Covered);
        assert_eq!(status("ACC-06", &[memory]), RowStatus::NotCovered);
        assert_eq!(status("ACC-06", &[]), RowStatus::NotCovered);
    }

    #[test]
    fn needs_limit_the_entries() {
        let memory = run("rust/rust/in-process", "ACC-36", PASSED);
        assert_eq!(status("ACC-36", &[memory]), RowStatus::Covered);
        let tcp = run("rust/rust/tcp", "ACC-37", PASSED);
        assert_eq!(status("ACC-37", &[tcp]), RowStatus::Covered);
    }

    #[test]
    fn one_failure_anywhere_fails_the_row() {
        let memory = run("rust/rust/in-process", "ACC-06", PASSED);
        let tcp = run(
            "c/c/tcp",
            "ACC-06",
            &[Status::Passed, Status::Failed("why".into())],
        );
        assert_eq!(status("ACC-06", &[memory, tcp]), RowStatus::Failed);
    }

    #[test]
    fn a_skipped_scenario_shows_nothing() {
        let memory = run("rust/rust/in-process", "ACC-06", PASSED);
        let tcp = run("c/c/tcp", "ACC-06", &[Status::Skipped("no IPv6".into())]);
        assert_eq!(status("ACC-06", &[memory, tcp]), RowStatus::NotCovered);
    }

    #[test]
    fn another_implementation_shows_nothing() {
        let memory = run("rust/rust/in-process", "ACC-06", PASSED);
        let tcp = run("c/c/tcp", "ACC-06", PASSED);
        let foreign = |status| run("wine/wine/tcp", "ACC-06", &[status]);
        let passed = foreign(Status::Passed);
        assert_eq!(
            status("ACC-06", &[memory.clone(), passed]),
            RowStatus::NotCovered
        );
        let failed = foreign(Status::Failed("why".into()));
        assert_eq!(status("ACC-06", &[memory, tcp, failed]), RowStatus::Covered);
    }

    #[test]
    fn a_value_needs_a_scenario_of_its_use_on_some_entry() {
        let named = NamedTests::of_value("ERR-09", "ffi/tests/layout.c::main");
        let tcp = run("c/c/tcp", "ERR-09", PASSED);
        assert_eq!(status_with("ERR-09", &[], &named), RowStatus::NotCovered);
        assert_eq!(status_with("ERR-09", &[tcp], &named), RowStatus::Covered);
    }

    #[test]
    fn a_waiting_row_is_never_covered() {
        let runs = [
            run("rust/rust/in-process", "LSN-36", PASSED),
            run("rust/rust/tcp", "LSN-36", PASSED),
        ];
        assert_eq!(status("LSN-36", &runs), RowStatus::Waiting);
    }
}
