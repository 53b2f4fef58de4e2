//! One cell: every scenario that applies, on its drivers.

use std::{
    cell::RefCell,
    io,
    path::{Path, PathBuf},
    rc::Rc,
};

use cucumber::{World as _, WriterExt as _, writer};
use futures::FutureExt as _;

use crate::{
    cell::Cell,
    expectations::Expectations,
    ledger::{Book, Ledger, Record, Status},
    protocol::Greeting,
    scene::Scene,
    stage::{Commands, Patience, Stage},
    tags::Tags,
};

/// Which scenarios of those that apply are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// Ids of requirements, or parts of scenario names; none: all.
    pub(crate) wanted: Vec<String>,
}

impl Selection {
    fn takes(&self, tags: &Tags, name: &str) -> bool {
        let wanted = |word: &String| tags.ids.contains(word) || name.contains(word.as_str());
        self.wanted.is_empty() || self.wanted.iter().any(wanted)
    }
}

/// What a run needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Folder of the features.
    pub(crate) features: PathBuf,
    /// Folder for the output.
    pub(crate) output: PathBuf,
    /// Commands of the drivers.
    pub(crate) commands: Commands,
    /// Deadlines.
    pub(crate) patience: Patience,
    /// Which scenarios.
    pub(crate) selection: Selection,
    /// Why there is no IPv6, if there is none.
    pub(crate) no_ipv6: Option<String>,
}

/// What became of a cell.
#[derive(Clone, Debug)]
pub(crate) struct CellRun {
    /// The cell.
    pub(crate) cell: Cell,
    /// Who played.
    pub(crate) greetings: Vec<Greeting>,
    /// What the cell can show.
    pub(crate) capabilities: Vec<String>,
    /// The scenarios.
    pub(crate) records: Vec<Record>,
    /// The report of cucumber's own `JUnit` writer.
    pub(crate) junit: String,
}

/// Plays all scenarios on a cell.
///
/// # Errors
/// A driver did not start, or a feature cannot be read.
pub(crate) fn cell(
    plan: &Plan,
    cell: &Cell,
    expectations: &Expectations,
) -> Result<CellRun, String> {
    let stage = Stage::start(
        cell.clone(),
        plan.commands.clone(),
        plan.output.clone(),
        plan.patience.on(cell),
    )?;
    let greetings = stage.greetings().cloned().collect();
    let capabilities = stage.capabilities();
    let stage = Rc::new(RefCell::new(stage));
    let book = Rc::new(RefCell::new(Book::default()));
    let junit = Shared::default();
    play(
        plan,
        expectations,
        &stage,
        &book,
        &capabilities,
        junit.clone(),
    );
    let Book { records, errors } = book.take();
    match errors.first() {
        Some(error) => Err(error.clone()),
        None => Ok(CellRun {
            cell: cell.clone(),
            greetings,
            capabilities,
            records,
            junit: junit.text(),
        }),
    }
}

fn play(
    plan: &Plan,
    expectations: &Expectations,
    stage: &Rc<RefCell<Stage>>,
    book: &Rc<RefCell<Book>>,
    capabilities: &[String],
    junit: Shared,
) {
    let ledger = Ledger::new(Rc::clone(book));
    let writer = ledger.tee(writer::JUnit::new(junit, writer::Verbosity::Default));
    let expectations = expectations.clone();
    let (entering, leaving) = (Rc::clone(stage), Rc::clone(stage));
    let gate = Gate {
        book: Rc::clone(book),
        capabilities: capabilities.to_vec(),
        selection: plan.selection.clone(),
        no_ipv6: plan.no_ipv6.clone(),
    };
    let run = Scene::cucumber()
        .with_writer(writer)
        .with_default_cli()
        .max_concurrent_scenarios(1)
        .fail_on_skipped()
        .before(move |feature, rule, scenario, scene| {
            let tags = Tags::of(feature, rule, scenario).unwrap_or_default();
            let doomed = expectations.doom(&tags.ids, &scenario.name);
            entering.borrow_mut().begin(doomed);
            scene.enter(Rc::clone(&entering), tags.ipv6);
            async {}.boxed_local()
        })
        .after(move |_, _, _, _, _| {
            let cleared = leaving.borrow_mut().clear();
            async move {
                if let Err(error) = cleared {
                    // A hook has no other way to fail.
                    panic!("{error}");
                }
            }
            .boxed_local()
        })
        .filter_run(plan.features.clone(), move |feature, rule, scenario| {
            gate.opens_for(feature, rule, scenario)
        });
    futures::executor::block_on(run);
}

/// Decides beforehand which scenarios run: a step could not say "skip me".
struct Gate {
    book: Rc<RefCell<Book>>,
    capabilities: Vec<String>,
    selection: Selection,
    no_ipv6: Option<String>,
}

impl Gate {
    fn opens_for(
        &self,
        feature: &cucumber::gherkin::Feature,
        rule: Option<&cucumber::gherkin::Rule>,
        scenario: &cucumber::gherkin::Scenario,
    ) -> bool {
        let Ok(tags) = Tags::of(feature, rule, scenario) else {
            return false;
        };
        if !tags.apply_to(&self.capabilities) || !self.selection.takes(&tags, &scenario.name) {
            return false;
        }
        match (&self.no_ipv6, tags.ipv6) {
            (Some(reason), true) => {
                let status = Status::Skipped(reason.clone());
                let record = Record::new(feature, scenario, tags.ids, status);
                self.book.borrow_mut().records.push(record);
                false
            }
            _ => true,
        }
    }
}

/// Checks every feature's tags before anything runs.
///
/// # Errors
/// A feature cannot be read, or a tag makes no sense.
pub(crate) fn check_features(
    folder: &Path,
    requirements: &crate::requirements::Requirements,
) -> Result<(), String> {
    let entries = std::fs::read_dir(folder)
        .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        if path
            .extension()
            .is_none_or(|extension| extension != "feature")
        {
            continue;
        }
        let environment = cucumber::gherkin::GherkinEnv::default();
        let feature = cucumber::gherkin::Feature::parse_path(&path, environment)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        check_feature(&feature, requirements)
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

fn check_feature(
    feature: &cucumber::gherkin::Feature,
    requirements: &crate::requirements::Requirements,
) -> Result<(), String> {
    let direct = feature.scenarios.iter().map(|scenario| (None, scenario));
    let ruled = feature.rules.iter().flat_map(|rule| {
        rule.scenarios
            .iter()
            .map(move |scenario| (Some(rule), scenario))
    });
    for (rule, scenario) in direct.chain(ruled) {
        for examples in scenario.examples.iter().map(Some).chain([None]) {
            let mut expanded = scenario.clone();
            expanded
                .tags
                .extend(examples.iter().flat_map(|examples| examples.tags.clone()));
            let tags = Tags::of(feature, rule, &expanded)?;
            // The ids of an outline may stand at its examples only.
            if examples.is_some() || scenario.examples.is_empty() {
                tags.check(requirements)
                    .map_err(|error| format!("{}: {error}", scenario.name))?;
            }
        }
    }
    Ok(())
}

/// A buffer that a writer fills and that can be read afterwards.
#[derive(Clone, Debug, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow()).into_owned()
    }
}

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use cucumber::gherkin::{Feature, GherkinEnv};

    use super::*;
    use crate::requirements::Requirements;

    fn requirements() -> Requirements {
        Requirements::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("requirements.toml"))
            .unwrap()
    }

    fn feature(text: &str) -> Feature {
        Feature::parse(text, GherkinEnv::default()).unwrap()
    }

    #[test]
    fn the_committed_features_are_in_order() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../features");
        assert_eq!(check_features(&folder, &requirements()), Ok(()));
    }

    #[test]
    fn an_unknown_id_stops_the_run() {
        let wrong = feature("Feature: f\n  @ACC-99 @must\n  Scenario: s\n    Given a listener\n");
        assert!(check_feature(&wrong, &requirements()).is_err());
        let right = feature("Feature: f\n  @ACC-07 @must\n  Scenario: s\n    Given a listener\n");
        assert_eq!(check_feature(&right, &requirements()), Ok(()));
    }

    #[test]
    fn examples_bring_their_own_ids() {
        let text = "Feature: f\n  @must\n  Scenario Outline: s\n    Given a listener\n\
                    \n    @ACC-06\n    Examples:\n      | x |\n      | 1 |\n";
        assert_eq!(check_feature(&feature(text), &requirements()), Ok(()));
        assert!(
            check_feature(&feature(&text.replace("ACC-06", "ACC-99")), &requirements()).is_err()
        );
    }

    #[test]
    fn a_selection_takes_ids_and_names() {
        let tags = Tags::parse(["ACC-07"].into_iter()).unwrap();
        let select = |word: &str| Selection {
            wanted: vec![word.to_owned()],
        };
        assert!(Selection::default().takes(&tags, "deferred twice"));
        assert!(select("ACC-07").takes(&tags, "deferred twice"));
        assert!(select("twice").takes(&tags, "deferred twice"));
        assert!(!select("ACC-08").takes(&tags, "deferred twice"));
    }
}
