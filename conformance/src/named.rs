//! Requirements that a named test shows instead of a scenario: `named-tests.toml`.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use crate::requirements::Requirements;

type ByRequirement = BTreeMap<String, Vec<String>>;

/// Tests by requirement, each `file::function`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct NamedTests {
    /// Tests of the value that a row about a name gives it. What the value is used for has to be shown
    /// by a scenario.
    #[serde(default)]
    values: ByRequirement,
    /// Tests that show the whole row.
    #[serde(flatten)]
    whole: ByRequirement,
}

impl NamedTests {
    /// Reads the file and looks every test up.
    ///
    /// # Errors
    /// The file cannot be read, names an unknown requirement or a test that does not exist.
    pub(crate) fn load(
        path: &Path,
        root: &Path,
        requirements: &Requirements,
    ) -> Result<Self, String> {
        let wrong = |error: String| format!("{}: {error}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let tests: Self = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        for (id, named) in tests.whole.iter().chain(&tests.values) {
            if requirements.row(id).is_none() {
                return Err(wrong(format!("unknown requirement {id}")));
            }
            for test in named {
                look_up(test, root).map_err(|error| wrong(format!("{id}: {error}")))?;
            }
        }
        let twice = tests.values.keys().find(|id| tests.whole.contains_key(*id));
        match twice {
            Some(id) => Err(wrong(format!("{id} is shown as a whole and in part"))),
            None => Ok(tests),
        }
    }

    /// One test of a value.
    #[cfg(test)]
    pub(crate) fn of_value(id: &str, test: &str) -> Self {
        let values = [(id.to_owned(), vec![test.to_owned()])].into();
        Self {
            values,
            ..Self::default()
        }
    }

    /// The tests that show a requirement as a whole.
    pub(crate) fn of(&self, id: &str) -> &[String] {
        self.whole.get(id).map_or(&[], Vec::as_slice)
    }

    /// The tests that show the value of a requirement's name, and nothing more.
    pub(crate) fn value_of(&self, id: &str) -> &[String] {
        self.values.get(id).map_or(&[], Vec::as_slice)
    }
}

fn look_up(named: &str, root: &Path) -> Result<(), String> {
    let (file, function) = named
        .rsplit_once("::")
        .ok_or_else(|| format!("`{named}` is not file::function"))?;
    let source = std::fs::read_to_string(root.join(file))
        .map_err(|error| format!("cannot read {file}: {error}"))?;
    if defines(&source, function) {
        Ok(())
    } else {
        Err(format!("{file} has no function {function}"))
    }
}

/// Whether a source text defines the function: in Rust, in Python, or in C at the begin of a line.
fn defines(text: &str, function: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        [
            "fn ",
            "pub fn ",
            "def ",
            "int ",
            "static int ",
            "void ",
            "static void ",
        ]
        .iter()
        .filter_map(|before| line.strip_prefix(before)?.strip_prefix(function))
        .any(|rest| rest.starts_with('('))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_found_by_its_definition() {
        let text = "    fn waits() {\n def test_it():\nstatic void check(void)\n// fn gone()";
        assert!(defines(text, "waits"));
        assert!(defines(text, "test_it"));
        assert!(defines(text, "check"));
        assert!(!defines(text, "gone"));
        assert!(!defines(text, "wait"));
    }

    /// A row about an error says what its value is, and some scenario or test has to look.
    #[test]
    fn every_error_has_its_value_checked() {
        let (tests, requirements) = committed();
        let errors = requirements.rows.iter().filter(|row| row.group == "ERR");
        for row in errors {
            let named = tests.of(&row.id).iter().chain(tests.value_of(&row.id));
            let layout = "ffi/tests/layout.c::main";
            assert!(named.clone().any(|test| test == layout), "{}", row.id);
        }
    }

    #[test]
    fn the_committed_names_exist() {
        committed();
    }

    fn committed() -> (NamedTests, Requirements) {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let requirements = Requirements::load(&here.join("requirements.toml")).unwrap();
        let path = here.join("named-tests.toml");
        let tests = NamedTests::load(&path, &here.join(".."), &requirements).unwrap();
        (tests, requirements)
    }
}
