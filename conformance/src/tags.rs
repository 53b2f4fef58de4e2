//! Tags of scenarios: which requirements they show and where they apply.

use cucumber::gherkin::{Feature, Rule, Scenario};

use crate::requirements::{Level, Requirements, satisfied};

/// What the tags of a feature, its rule and a scenario say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tags {
    /// Requirement ids.
    pub(crate) ids: Vec<String>,
    /// Needs, in the form of the requirements file: `name` or `!name`.
    pub(crate) needs: Vec<String>,
    /// The scenario speaks of IPv6.
    pub(crate) ipv6: bool,
    levels: Vec<Level>,
}

impl Tags {
    /// The tags of a scenario as cucumber hands it over (examples' tags are the scenario's then).
    ///
    /// # Errors
    /// A sentence that names the tag that makes no sense.
    pub(crate) fn of(
        feature: &Feature,
        rule: Option<&Rule>,
        scenario: &Scenario,
    ) -> Result<Self, String> {
        let tags = feature
            .tags
            .iter()
            .chain(rule.iter().flat_map(|rule| &rule.tags));
        Self::parse(tags.chain(&scenario.tags).map(String::as_str))
            .map_err(|error| format!("{}: {error}", scenario.name))
    }

    /// Reads single tags, without the `@`.
    ///
    /// # Errors
    /// A sentence that names the tag that makes no sense.
    pub(crate) fn parse<'a>(tags: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let mut parsed = Self::default();
        for tag in tags {
            if let Some(need) = tag.strip_prefix("needs:") {
                parsed.needs.push(need.to_owned());
            } else if let Some(absent) = tag.strip_prefix("needs-not:") {
                parsed.needs.push(format!("!{absent}"));
            } else if looks_like_id(tag) {
                parsed.ids.push(tag.to_owned());
            } else {
                match tag {
                    "must" => parsed.levels.push(Level::Must),
                    "should" => parsed.levels.push(Level::Should),
                    "may" => parsed.levels.push(Level::May),
                    "ipv6" => parsed.ipv6 = true,
                    _ => return Err(format!("unknown tag @{tag}")),
                }
            }
        }
        Ok(parsed)
    }

    /// Checks the tags against the requirements.
    ///
    /// # Errors
    /// A sentence about an unknown id or capability, or about a level that no named row has.
    pub(crate) fn check(&self, requirements: &Requirements) -> Result<(), String> {
        let mut levels = Vec::new();
        for id in &self.ids {
            let row = requirements
                .row(id)
                .ok_or_else(|| format!("unknown requirement @{id}"))?;
            if row.withdrawn {
                return Err(format!("requirement @{id} is withdrawn"));
            }
            levels.push(row.level);
        }
        if let Some(level) = self.levels.iter().find(|level| !levels.contains(level)) {
            return Err(format!(
                "@{}, but no row of that level is named",
                level.as_str()
            ));
        }
        let unknown = self
            .needs
            .iter()
            .find(|need| !requirements.knows_capability(need.strip_prefix('!').unwrap_or(need)));
        match unknown {
            Some(need) => Err(format!("unknown capability in @needs: {need}")),
            None if self.ids.is_empty() => Err("no requirement is named".to_owned()),
            None => Ok(()),
        }
    }

    /// Whether the scenario applies to a cell with these capabilities.
    pub(crate) fn apply_to(&self, capabilities: &[String]) -> bool {
        self.needs.iter().all(|need| satisfied(need, capabilities))
    }
}

/// Whether a word has the form of a requirement id, as in `ACC-07`.
pub(crate) fn looks_like_id(word: &str) -> bool {
    word.split_once('-').is_some_and(|(group, number)| {
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        digits && !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_uppercase())
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn parse(tags: &[&str]) -> Result<Tags, String> {
        Tags::parse(tags.iter().copied())
    }

    fn requirements() -> Requirements {
        Requirements::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("requirements.toml"))
            .unwrap()
    }

    #[test]
    fn ids_needs_and_levels_are_told_apart() {
        let tags = parse(&[
            "ACC-07",
            "must",
            "needs:abort",
            "needs-not:decided-connect",
            "ipv6",
        ]);
        let tags = tags.unwrap();
        assert_eq!(tags.ids, ["ACC-07"]);
        assert_eq!(tags.needs, ["abort", "!decided-connect"]);
        assert!(tags.ipv6);
        assert_eq!(tags.levels, [Level::Must]);
    }

    #[test]
    fn a_misspelt_tag_is_an_error() {
        assert!(parse(&["need:abort"]).is_err());
        assert!(parse(&["acc-07"]).is_err());
    }

    #[test]
    fn an_unknown_id_level_or_capability_is_an_error() {
        let requirements = requirements();
        assert_eq!(
            parse(&["ACC-07", "must"]).unwrap().check(&requirements),
            Ok(())
        );
        assert!(parse(&["ACC-99"]).unwrap().check(&requirements).is_err());
        assert!(
            parse(&["ACC-07", "may"])
                .unwrap()
                .check(&requirements)
                .is_err()
        );
        assert!(
            parse(&["ACC-07", "needs:abrot"])
                .unwrap()
                .check(&requirements)
                .is_err()
        );
        assert!(parse(&["must"]).unwrap().check(&requirements).is_err());
    }

    #[test]
    fn every_need_has_to_be_met() {
        let tags = parse(&["ACC-07", "needs:abort", "needs-not:qos"]).unwrap();
        assert!(tags.apply_to(&["abort".into()]));
        assert!(!tags.apply_to(&["abort".into(), "qos".into()]));
        assert!(!tags.apply_to(&[]));
    }

    #[test]
    fn ids_are_told_from_other_tags() {
        assert!(looks_like_id("ACC-07"));
        for word in ["must", "needs:abort", "ACC-", "acc-07", "ipv6", "ACC-07a"] {
            assert!(!looks_like_id(word), "{word}");
        }
    }
}
