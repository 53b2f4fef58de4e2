//! The requirements file: rows, capabilities, catalogue entries.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

/// How binding a requirement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// Holds wherever the capabilities are.
    Must,
    /// May be missed with a written reason.
    Should,
    /// Optional, but whole if offered.
    May,
}

impl Level {
    /// The word of the requirements file.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::May => "may",
        }
    }
}

/// One row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Requirement {
    /// The id, as in `ACC-07`.
    pub(crate) id: String,
    /// The group, as in `ACC`.
    pub(crate) group: String,
    /// How binding it is.
    pub(crate) level: Level,
    /// Capabilities that it needs; `!name` asks for the absence.
    pub(crate) needs: Vec<String>,
    /// Where it comes from.
    pub(crate) source: String,
    /// The sentence.
    pub(crate) text: String,
    /// What the row, or a part of it, still waits for.
    pub(crate) waits_for: Option<String>,
    /// The row has been dropped.
    #[serde(default)]
    pub(crate) withdrawn: bool,
}

impl Requirement {
    /// Whether the row applies to something with these capabilities.
    pub(crate) fn applies_to(&self, capabilities: &[String]) -> bool {
        self.needs.iter().all(|need| satisfied(need, capabilities))
    }
}

/// Whether a need, `name` or `!name`, is met.
pub(crate) fn satisfied(need: &str, capabilities: &[String]) -> bool {
    match need.strip_prefix('!') {
        Some(absent) => !capabilities.iter().any(|capability| capability == absent),
        None => capabilities.iter().any(|capability| capability == need),
    }
}

/// One entry of the catalogue; what it is and has in part, the file tells its readers.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Entry {
    /// Its capabilities.
    pub(crate) has: Vec<String>,
    /// Why it is not offered yet.
    pub(crate) waits_for: Option<String>,
}

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Requirements {
    capabilities: BTreeMap<String, String>,
    api: BTreeMap<String, String>,
    /// Catalogue entries by name.
    pub(crate) entries: BTreeMap<String, Entry>,
    /// Titles of the groups.
    pub(crate) groups: BTreeMap<String, String>,
    /// The rows, in their order.
    #[serde(rename = "requirement")]
    pub(crate) rows: Vec<Requirement>,
}

impl Requirements {
    /// Reads the file and checks it against itself.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file.
    pub(crate) fn load(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        Self::parse(&text).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        file.check()?;
        Ok(file)
    }

    fn check(&self) -> Result<(), String> {
        let mut seen = std::collections::BTreeSet::new();
        for row in &self.rows {
            if !seen.insert(&row.id) {
                return Err(format!("{} stands there twice", row.id));
            }
            if !self.groups.contains_key(&row.group) {
                return Err(format!("{} is in an unknown group {}", row.id, row.group));
            }
            let unknown = row
                .needs
                .iter()
                .find(|need| !self.knows_capability(bare(need)));
            if let Some(need) = unknown {
                return Err(format!("{} needs an unknown capability {need}", row.id));
            }
        }
        for (name, entry) in &self.entries {
            if let Some(unknown) = entry.has.iter().find(|has| !self.knows_capability(has)) {
                return Err(format!("entry {name} has an unknown capability {unknown}"));
            }
        }
        Ok(())
    }

    /// Whether a capability of that name is defined.
    pub(crate) fn knows_capability(&self, name: &str) -> bool {
        self.capabilities.contains_key(name) || self.api.contains_key(name)
    }

    /// The row with that id.
    pub(crate) fn row(&self, id: &str) -> Option<&Requirement> {
        self.rows.iter().find(|row| row.id == id)
    }
}

fn bare(need: &str) -> &str {
    need.strip_prefix('!').unwrap_or(need)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"
        [capabilities]
        abort = "…"
        [api]
        raise = "…"
        [entries.tcp]
        what = "…"
        has = ["abort"]
        [groups]
        ACC = "Accept"
        [[requirement]]
        id = "ACC-01"
        group = "ACC"
        level = "must"
        needs = ["!abort"]
        source = "[seed]"
        text = "…"
    "#;

    fn committed() -> Requirements {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("requirements.toml");
        Requirements::load(&path).unwrap()
    }

    #[test]
    fn the_committed_file_is_whole() {
        let file = committed();
        assert_eq!(file.rows.len(), 484);
        let must = file
            .rows
            .iter()
            .filter(|row| row.level == Level::Must)
            .count();
        assert_eq!(must, 448);
        assert_eq!(file.groups.len(), 12);
        assert!(file.entries["in-process"].waits_for.is_none());
    }

    #[test]
    fn a_need_can_ask_for_the_absence() {
        let row = &Requirements::parse(SMALL).unwrap().rows[0];
        assert!(!row.applies_to(&["abort".into()]));
        assert!(row.applies_to(&["raise".into()]));
    }

    #[test]
    fn unknown_capabilities_and_groups_are_refused() {
        assert!(Requirements::parse(&SMALL.replace("!abort", "abrot")).is_err());
        assert!(Requirements::parse(&SMALL.replace("group = \"ACC\"", "group = \"ABC\"")).is_err());
        assert!(Requirements::parse(&SMALL.replace("has = [\"abort\"]", "has = [\"x\"]")).is_err());
    }

    #[test]
    fn an_id_stands_there_once() {
        let row = SMALL.split_once("[[requirement]]").unwrap().1;
        assert!(Requirements::parse(&format!("{SMALL}[[requirement]]{row}")).is_err());
    }
}
