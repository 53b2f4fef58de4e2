//! The report: `report.json`, `report.md`, `junit.xml` and the words on the terminal.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use serde::Serialize;

use crate::{
    coverage::{Row, RowStatus},
    faults::Tried,
    ledger::{Record, Status},
    requirements::{Level, Requirements},
    run::CellRun,
};

/// The numbers that sum a run up.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Summary {
    must: usize,
    must_covered: usize,
    scenarios: usize,
    /// Scenarios and faults that ended as they should; expected failures are among them.
    pub(crate) passed: usize,
    /// Everything unexpected.
    pub(crate) failed: usize,
    /// What could have run elsewhere.
    pub(crate) skipped: usize,
    expected_failures: usize,
    faults_seeded: usize,
    faults_caught: usize,
}

impl Summary {
    /// The line above the closing line.
    pub(crate) fn in_words(&self) -> String {
        format!(
            "{} of {} must requirements covered, {} expected failures, {} of {} faults caught",
            self.must_covered,
            self.must,
            self.expected_failures,
            self.faults_caught,
            self.faults_seeded,
        )
    }
}

/// A finished run, as the report sees it.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    /// The requirements.
    pub(crate) requirements: &'a Requirements,
    /// Cells that were played.
    pub(crate) cells: &'a [CellRun],
    /// Cells that could not be played, with the reason.
    pub(crate) absent: &'a [(String, String)],
    /// The ledger.
    pub(crate) rows: &'a [Row<'a>],
    /// Listed failures that did not happen.
    pub(crate) unexpected_passes: &'a [String],
    /// The negative control.
    pub(crate) faults: &'a [Tried],
    /// Failures that were expected: cell and scenario, with the reason.
    pub(crate) excused: &'a [(String, String)],
}

#[derive(Serialize)]
struct Json<'a> {
    summary: Summary,
    cells: BTreeMap<String, CellJson<'a>>,
    absent: BTreeMap<&'a str, &'a str>,
    rows: Vec<RowJson<'a>>,
    failures: Vec<FailureJson>,
    unexpected_passes: &'a [String],
    expected_failures: BTreeMap<&'a str, &'a str>,
    skipped: Vec<FailureJson>,
    faults: Vec<FaultJson<'a>>,
}

#[derive(Serialize)]
struct CellJson<'a> {
    drivers: Vec<String>,
    capabilities: &'a [String],
    not_announced: Vec<&'a str>,
    scenarios: usize,
}

#[derive(Serialize)]
struct RowJson<'a> {
    id: &'a str,
    level: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for: Option<&'a str>,
    needs: &'a [String],
    source: &'a str,
    text: &'a str,
    cells: BTreeMap<&'a str, &'static str>,
    scenarios: &'a [String],
    named_tests: &'a [String],
}

#[derive(Serialize)]
struct FailureJson {
    cell: String,
    scenario: String,
    ids: Vec<String>,
    why: String,
}

#[derive(Serialize)]
struct FaultJson<'a> {
    name: &'a str,
    what: &'a str,
    noticed_by: &'a [String],
}

impl Run<'_> {
    /// Counts.
    pub(crate) fn summary(&self) -> Summary {
        let must = || {
            self.rows
                .iter()
                .filter(|row| row.requirement.level == Level::Must)
        };
        let records = || self.cells.iter().flat_map(|run| &run.records);
        let count =
            |wanted: fn(&Status) -> bool| records().filter(|record| wanted(&record.status)).count();
        let all_failed = count(|status| matches!(status, Status::Failed(_)));
        let caught = self
            .faults
            .iter()
            .filter(|tried| !tried.noticed.is_empty())
            .count();
        let expected = self.excused.len();
        Summary {
            must: must().count(),
            must_covered: must()
                .filter(|row| row.status == RowStatus::Covered)
                .count(),
            scenarios: records().count(),
            passed: count(|status| *status == Status::Passed) + expected + caught,
            failed: all_failed - expected
                + self.unexpected_passes.len()
                + (self.faults.len() - caught),
            skipped: count(|status| matches!(status, Status::Skipped(_))) + self.absent.len(),
            expected_failures: expected,
            faults_seeded: self.faults.len(),
            faults_caught: caught,
        }
    }

    /// Writes all files.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), String> {
        let json = serde_json::to_string_pretty(&self.json()).map_err(|error| error.to_string())?;
        write(&folder.join("report.json"), &json)?;
        write(&folder.join("report.md"), &self.markdown())?;
        write(&folder.join("junit.xml"), &self.junit())
    }

    fn json(&self) -> Json<'_> {
        let entries = |status: fn(&Status) -> Option<&String>| {
            let mut found = Vec::new();
            for run in self.cells {
                for record in &run.records {
                    if let Some(why) = status(&record.status) {
                        found.push(FailureJson {
                            cell: run.cell.to_string(),
                            scenario: place(record),
                            ids: record.ids.clone(),
                            why: why.clone(),
                        });
                    }
                }
            }
            found
        };
        Json {
            summary: self.summary(),
            cells: self
                .cells
                .iter()
                .map(|run| (run.cell.to_string(), self.cell(run)))
                .collect(),
            absent: pairs(self.absent),
            rows: self.rows.iter().map(row).collect(),
            failures: entries(|status| match status {
                Status::Failed(why) => Some(why),
                _ => None,
            }),
            unexpected_passes: self.unexpected_passes,
            expected_failures: pairs(self.excused),
            skipped: entries(|status| match status {
                Status::Skipped(why) => Some(why),
                _ => None,
            }),
            faults: self.faults.iter().map(fault).collect(),
        }
    }

    fn cell<'a>(&'a self, run: &'a CellRun) -> CellJson<'a> {
        let entry = self.requirements.entries.get(&run.cell.entry);
        let has = entry.map_or(&[][..], |entry| &entry.has);
        CellJson {
            drivers: run
                .greetings
                .iter()
                .map(|greeting| format!("{} {}", greeting.implementation, greeting.version))
                .collect(),
            capabilities: &run.capabilities,
            not_announced: has
                .iter()
                .filter(|name| !run.capabilities.contains(name))
                .map(String::as_str)
                .collect(),
            scenarios: run.records.len(),
        }
    }

    fn markdown(&self) -> String {
        let summary = self.summary();
        let mut text = format!(
            "# Conformance report\n\n{} of {} must requirements covered. {} scenarios played. {} of \
             {} seeded faults caught. {} passed, {} failed, {} skipped.\n\n",
            summary.must_covered,
            summary.must,
            summary.scenarios,
            summary.faults_caught,
            summary.faults_seeded,
            summary.passed,
            summary.failed,
            summary.skipped,
        );
        let mut cells: Vec<String> = self.cells.iter().map(|run| run.cell.to_string()).collect();
        cells.sort();
        line(&mut text, "| Cell | Drivers | Scenarios |\n|---|---|---|");
        let mut runs: Vec<&CellRun> = self.cells.iter().collect();
        runs.sort_by_key(|run| &run.cell);
        for run in runs {
            let mut drivers = self.cell(run).drivers;
            drivers.dedup();
            let (drivers, scenarios) = (drivers.join(", "), run.records.len());
            line(
                &mut text,
                &format!("| {} | {drivers} | {scenarios} |", run.cell),
            );
        }
        for (name, reason) in self.absent {
            line(&mut text, &format!("| {name} | {reason} | skipped |"));
        }
        line(&mut text, "");
        for (group, title) in &self.requirements.groups {
            line(&mut text, &format!("## {title} ({group})\n"));
            line(
                &mut text,
                &format!("| ID | Level | Status | {} | Shown by |", cells.join(" | ")),
            );
            line(
                &mut text,
                &format!("|---|---|---|{}---|", "---|".repeat(cells.len())),
            );
            for row in self
                .rows
                .iter()
                .filter(|row| row.requirement.group == *group)
            {
                line(&mut text, &markdown_row(row, &cells));
            }
            line(&mut text, "");
        }
        text
    }

    /// Joins the reports of cucumber's own writer, the suites named by their cells.
    fn junit(&self) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites>\n");
        for run in self.cells {
            let begin = run.junit.find("<testsuite ");
            let end = run.junit.rfind("</testsuites>");
            if let (Some(begin), Some(end)) = (begin, end) {
                let suites = run.junit[begin..end].trim_end();
                let named = format!(" name=\"{}: Feature:", run.cell);
                text.push_str(&suites.replace(" name=\"Feature:", &named));
                text.push('\n');
            }
        }
        text.push_str("</testsuites>\n");
        text
    }
}

fn row<'a>(row: &'a Row<'_>) -> RowJson<'a> {
    RowJson {
        id: &row.requirement.id,
        level: row.requirement.level.as_str(),
        status: row.status.as_str(),
        waits_for: row.requirement.waits_for.as_deref(),
        needs: &row.requirement.needs,
        source: &row.requirement.source,
        text: &row.requirement.text,
        cells: row
            .cells
            .iter()
            .map(|(cell, status)| (cell.as_str(), status.as_str()))
            .collect(),
        scenarios: &row.scenarios,
        named_tests: &row.tests,
    }
}

fn fault(tried: &Tried) -> FaultJson<'_> {
    FaultJson {
        name: &tried.fault.name,
        what: &tried.fault.what,
        noticed_by: &tried.noticed,
    }
}

fn pairs(list: &[(String, String)]) -> BTreeMap<&str, &str> {
    list.iter()
        .map(|(name, why)| (name.as_str(), why.as_str()))
        .collect()
}

/// A scenario's file, line and name.
pub(crate) fn place(record: &Record) -> String {
    format!("{}:{}: {}", record.file, record.line, record.scenario)
}

fn markdown_row(row: &Row<'_>, cells: &[String]) -> String {
    let on = |cell: &String| row.cells.get(cell).map_or("", |status| status.as_str());
    let columns: Vec<&str> = cells.iter().map(on).collect();
    let mut shown: Vec<&str> = row
        .scenarios
        .iter()
        .chain(&row.tests)
        .map(String::as_str)
        .collect();
    let waits = row
        .requirement
        .waits_for
        .as_ref()
        .map(|what| format!("(waits for {what})"));
    shown.extend(waits.as_deref());
    format!(
        "| {} | {} | {} | {} | {} |",
        row.requirement.id,
        row.requirement.level.as_str(),
        row.status.as_str(),
        columns.join(" | "),
        shown.join("<br>").replace('|', "\\|"),
    )
}

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
