//! The ledger: a writer of cucumber that keeps what became of each scenario.

use std::{cell::RefCell, rc::Rc};

use cucumber::{Event, Writer, cli, event, gherkin, parser, writer};

use crate::{scene::Scene, tags::Tags};

/// What became of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// It passed.
    Passed,
    /// It failed; where and why.
    Failed(String),
    /// It could run elsewhere; why not here.
    Skipped(String),
}

/// One scenario on one cell.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// File of the feature, without folders.
    pub(crate) file: String,
    /// Name of the scenario.
    pub(crate) scenario: String,
    /// Its line, or that of its row of examples.
    pub(crate) line: usize,
    /// The requirements that it shows.
    pub(crate) ids: Vec<String>,
    /// What became of it.
    pub(crate) status: Status,
}

impl Record {
    /// A scenario with its place and ids.
    pub(crate) fn new(
        feature: &gherkin::Feature,
        scenario: &gherkin::Scenario,
        ids: Vec<String>,
        status: Status,
    ) -> Self {
        let file = feature.path.as_ref().and_then(|path| path.file_name());
        Self {
            file: file
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            scenario: scenario.name.clone(),
            line: scenario.position.line,
            ids,
            status,
        }
    }
}

/// What all parts of a run write to.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// The scenarios that ran or were skipped.
    pub(crate) records: Vec<Record>,
    /// Features that could not be read.
    pub(crate) errors: Vec<String>,
}

/// The writer.
#[derive(Debug)]
pub(crate) struct Ledger {
    book: Rc<RefCell<Book>>,
    failure: Option<String>,
}

impl Ledger {
    /// A ledger that writes to that book.
    pub(crate) const fn new(book: Rc<RefCell<Book>>) -> Self {
        Self {
            book,
            failure: None,
        }
    }

    fn scenario(
        &mut self,
        feature: &gherkin::Feature,
        rule: Option<&gherkin::Rule>,
        scenario: &gherkin::Scenario,
        event: event::Scenario<Scene>,
    ) {
        match event {
            event::Scenario::Started => self.failure = None,
            event::Scenario::Step(step, event) | event::Scenario::Background(step, event) => {
                if let event::Step::Failed(_, _, _, error) = event {
                    self.fail(&step.value, &error.to_string());
                }
            }
            event::Scenario::Hook(which, event::Hook::Failed(_, info)) => {
                self.fail(&format!("{which} hook"), &panic_text(&info));
            }
            event::Scenario::Hook(..) | event::Scenario::Log(_) => {}
            event::Scenario::Finished => {
                let status = self.failure.take().map_or(Status::Passed, Status::Failed);
                let ids = Tags::of(feature, rule, scenario).map_or_else(|_| Vec::new(), |t| t.ids);
                let record = Record::new(feature, scenario, ids, status);
                self.book.borrow_mut().records.push(record);
            }
        }
    }

    /// The first failure of a scenario is the one that is told.
    fn fail(&mut self, place: &str, why: &str) {
        let why = why.trim_start_matches("Step panicked. Captured output: ");
        self.failure
            .get_or_insert_with(|| format!("{place}: {why}"));
    }
}

fn panic_text(info: &event::Info) -> String {
    info.downcast_ref::<String>()
        .cloned()
        .or_else(|| info.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "panicked".to_owned())
}

impl Writer<Scene> for Ledger {
    type Cli = cli::Empty;

    async fn handle_event(
        &mut self,
        event: parser::Result<Event<event::Cucumber<Scene>>>,
        _cli: &Self::Cli,
    ) {
        let feature_event = match event.map(Event::into_inner) {
            Ok(event::Cucumber::Feature(feature, event)) => Some((feature, event)),
            Ok(_) => None,
            Err(error) => {
                self.book.borrow_mut().errors.push(error.to_string());
                None
            }
        };
        match feature_event {
            Some((feature, event::Feature::Scenario(scenario, event))) => {
                self.scenario(&feature, None, &scenario, event.event);
            }
            Some((feature, event::Feature::Rule(rule, event::Rule::Scenario(scenario, event)))) => {
                self.scenario(&feature, Some(&rule), &scenario, event.event);
            }
            _ => {}
        }
    }
}

impl writer::NonTransforming for Ledger {}

impl writer::Normalized for Ledger {}
