//! What a cell is known to get wrong: `expectations/<cell>.toml`.
//!
//! Anything that is not listed is expected to pass; what is listed and passes is an error too, so
//! that the lists cannot rot.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use crate::{
    ledger::{Record, Status},
    requirements::Requirements,
};

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    expect: Expected,
    reason: String,
    /// The version in which it was first seen.
    since: String,
    /// Only the scenario of that name.
    scenario: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expected {
    Fail,
    /// It depends on chance: either result is fine.
    Varies,
}

/// The expectations of one cell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expectations(BTreeMap<String, Vec<Expectation>>);

impl Expectations {
    /// Reads the file of a cell; none means that everything is expected to pass.
    ///
    /// # Errors
    /// The file cannot be read or names an unknown requirement.
    pub(crate) fn load(path: &Path, requirements: &Requirements) -> Result<Self, String> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string());
        text.and_then(|text| Self::parse(&text, requirements))
            .map_err(|error| format!("{}: {error}", path.display()))
    }

    fn parse(text: &str, requirements: &Requirements) -> Result<Self, String> {
        let listed: BTreeMap<String, Vec<Expectation>> =
            toml::from_str(text).map_err(|error| error.to_string())?;
        match listed.keys().find(|id| requirements.row(id).is_none()) {
            Some(unknown) => Err(format!("unknown requirement {unknown}")),
            None => Ok(Self(listed)),
        }
    }

    /// Why a failure of this scenario is expected, if it is.
    pub(crate) fn excuse(&self, record: &Record) -> Option<String> {
        let mut listed = record.ids.iter().filter_map(|id| self.0.get(id)).flatten();
        let excuse = listed.find(|entry| entry.covers(&record.scenario))?;
        Some(format!("{} (since {})", excuse.reason, excuse.since))
    }

    /// Whether a scenario is bound to fail.
    pub(crate) fn doom(&self, ids: &[String], scenario: &str) -> bool {
        let mut listed = ids.iter().filter_map(|id| self.0.get(id)).flatten();
        listed.any(|entry| entry.expect == Expected::Fail && entry.covers(scenario))
    }

    /// What is listed as a failure and did not fail.
    pub(crate) fn unexpected_passes(&self, records: &[Record]) -> Vec<String> {
        let mut passes = Vec::new();
        for (id, entries) in &self.0 {
            for entry in entries
                .iter()
                .filter(|entry| entry.expect == Expected::Fail)
            {
                let mut ran = records.iter().filter(|record| {
                    record.ids.contains(id)
                        && entry.covers(&record.scenario)
                        && !matches!(record.status, Status::Skipped(_))
                });
                if ran.clone().count() > 0 && ran.all(|record| record.status == Status::Passed) {
                    passes.push(format!(
                        "{id} passes, but is expected to fail: {}",
                        entry.reason
                    ));
                }
            }
        }
        passes
    }
}

impl Expectation {
    fn covers(&self, scenario: &str) -> bool {
        self.scenario.as_ref().is_none_or(|name| name == scenario)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = r#"
        [["DIS-02"]]
        expect = "fail"
        reason = "not there yet"
        since = "0.1"
    "#;

    fn requirements() -> Requirements {
        Requirements::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("requirements.toml"))
            .unwrap()
    }

    fn record(id: &str, status: Status) -> Record {
        Record {
            file: "f.feature".into(),
            scenario: "s".into(),
            line: 1,
            ids: vec![id.into()],
            status,
        }
    }

    #[test]
    fn a_listed_failure_is_excused() {
        let listed = Expectations::parse(LISTED, &requirements()).unwrap();
        let failed = Status::Failed("why".into());
        assert_eq!(
            listed.excuse(&record("DIS-02", failed.clone())),
            Some("not there yet (since 0.1)".to_owned())
        );
        assert_eq!(listed.excuse(&record("DIS-03", failed)), None);
    }

    #[test]
    fn a_listed_pass_is_an_error_and_an_absent_one_is_not() {
        let listed = Expectations::parse(LISTED, &requirements()).unwrap();
        assert_eq!(
            listed
                .unexpected_passes(&[record("DIS-02", Status::Passed)])
                .len(),
            1
        );
        assert_eq!(
            listed
                .unexpected_passes(&[record("DIS-02", Status::Failed("w".into()))])
                .len(),
            0
        );
        assert_eq!(
            listed
                .unexpected_passes(&[record("DIS-02", Status::Skipped("w".into()))])
                .len(),
            0
        );
        assert_eq!(listed.unexpected_passes(&[]).len(), 0);
    }

    #[test]
    fn what_varies_may_pass_and_may_fail() {
        let text = LISTED.replace("\"fail\"", "\"varies\"");
        let listed = Expectations::parse(&text, &requirements()).unwrap();
        let passed = record("DIS-02", Status::Passed);
        assert_eq!(listed.unexpected_passes(&[passed]), Vec::<String>::new());
        let failed = record("DIS-02", Status::Failed("why".into()));
        assert_eq!(
            listed.excuse(&failed),
            Some("not there yet (since 0.1)".to_owned())
        );
    }

    #[test]
    fn only_a_listed_failure_is_bound_to_come() {
        let ids = ["DIS-02".to_owned()];
        let listed = |text: &str| Expectations::parse(text, &requirements()).unwrap();
        assert!(listed(LISTED).doom(&ids, "s"));
        let varies = LISTED.replace("\"fail\"", "\"varies\"");
        assert!(!listed(&varies).doom(&ids, "s"));
        let other = format!("{LISTED}\n        scenario = \"other\"");
        assert!(!listed(&other).doom(&ids, "s"));
    }

    #[test]
    fn the_committed_lists_are_in_order() {
        let lists = Path::new(env!("CARGO_MANIFEST_DIR")).join("expectations");
        for list in std::fs::read_dir(lists).unwrap() {
            let list = list.unwrap().path();
            if list
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                Expectations::load(&list, &requirements()).unwrap();
            }
        }
    }

    #[test]
    fn unknown_ids_and_verdicts_are_refused() {
        let requirements = requirements();
        assert!(Expectations::parse(&LISTED.replace("DIS-02", "DIS-99"), &requirements).is_err());
        assert!(
            Expectations::parse(&LISTED.replace("\"fail\"", "\"pass\""), &requirements).is_err()
        );
    }
}
