//! Requirements that a named test shows instead of a scenario: `named-tests.toml`.

use std::{collections::BTreeMap, path::Path};

use crate::requirements::Requirements;

/// Tests by requirement, each `file::function`.
#[derive(Clone, Debug, Default)]
pub(crate) struct NamedTests(BTreeMap<String, Vec<String>>);

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
        let tests: BTreeMap<String, Vec<String>> =
            toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        for (id, named) in &tests {
            if requirements.row(id).is_none() {
                return Err(wrong(format!("unknown requirement {id}")));
            }
            for test in named {
                look_up(test, root).map_err(|error| wrong(format!("{id}: {error}")))?;
            }
        }
        Ok(Self(tests))
    }

    /// The tests that show a requirement.
    pub(crate) fn of(&self, id: &str) -> &[String] {
        self.0.get(id).map_or(&[], Vec::as_slice)
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

    #[test]
    fn the_committed_names_exist() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let requirements = Requirements::load(&here.join("requirements.toml")).unwrap();
        let tests = NamedTests::load(
            &here.join("named-tests.toml"),
            &here.join(".."),
            &requirements,
        );
        assert!(tests.is_ok(), "{tests:?}");
    }
}
