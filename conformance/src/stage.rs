//! Where scenarios play: the drivers of one cell, kept running from scenario to scenario.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use crate::{
    cell::Cell,
    driver::{CallId, Driver, Open, SLOW},
    protocol::{Fields, Greeting, Outcome},
};

/// One of the two ends of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    /// Where the listener is.
    Server,
    /// Where the callers are.
    Client,
}

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    scale: u32,
    hopeful: bool,
}

impl Patience {
    /// Deadlines times the number in `VESTIBULE_TEST_SLOW`.
    pub(crate) fn from_environment() -> Self {
        let scale = std::env::var(SLOW).ok();
        Self {
            scale: scale.and_then(|text| text.parse().ok()).unwrap_or(1).max(1),
            hopeful: true,
        }
    }

    /// On a cell of another implementation, everything may take longer.
    pub(crate) fn on(self, cell: &Cell) -> Self {
        let scale = self.scale * if cell.is_foreign() { 5 } else { 1 };
        Self { scale, ..self }
    }

    /// Without hope: what is expected not to happen is not waited for any longer than elsewhere.
    fn without_hope(self) -> Self {
        Self {
            hopeful: false,
            ..self
        }
    }

    /// What must happen has happened by then.
    pub(crate) fn deadline(self) -> Duration {
        Duration::from_secs(2) * if self.hopeful { self.scale } else { 1 }
    }

    /// A call that has not ended by then is taken to be blocked.
    pub(crate) fn quiet(self) -> Duration {
        Duration::from_millis(40) * self.scale
    }

    /// The factor.
    pub(crate) const fn scale(self) -> u32 {
        self.scale
    }
}

/// The commands that start the drivers, by name.
pub(crate) type Commands = BTreeMap<String, Vec<String>>;

/// The drivers of one cell.
#[derive(Debug)]
pub(crate) struct Stage {
    cell: Cell,
    commands: Commands,
    logs: PathBuf,
    patience: Patience,
    doomed: bool,
    server: Driver,
    client: Option<Driver>,
}

impl Stage {
    /// Starts the drivers of a cell.
    ///
    /// # Errors
    /// A driver did not start or does not have the entry.
    pub(crate) fn start(
        cell: Cell,
        commands: Commands,
        logs: PathBuf,
        patience: Patience,
    ) -> Result<Self, String> {
        let server = start(&cell, Side::Server, &commands, &logs, patience)?;
        let client = if cell.is_one_process() {
            None
        } else {
            Some(start(&cell, Side::Client, &commands, &logs, patience)?)
        };
        let stage = Self {
            cell,
            commands,
            logs,
            patience,
            doomed: false,
            server,
            client,
        };
        for greeting in stage.greetings() {
            if !greeting.entries.contains_key(&stage.cell.entry) {
                let (driver, entry) = (&greeting.implementation, &stage.cell.entry);
                return Err(format!("driver {driver} does not have the entry {entry}"));
            }
        }
        Ok(stage)
    }

    /// The cell.
    pub(crate) const fn cell(&self) -> &Cell {
        &self.cell
    }

    /// Begins a scenario, perhaps one that is expected to fail.
    pub(crate) const fn begin(&mut self, doomed: bool) {
        self.doomed = doomed;
    }

    /// How long things may take in this scenario.
    pub(crate) fn patience(&self) -> Patience {
        if self.doomed {
            self.patience.without_hope()
        } else {
            self.patience
        }
    }

    /// What the drivers said about themselves.
    pub(crate) fn greetings(&self) -> impl Iterator<Item = &Greeting> {
        std::iter::once(&self.server)
            .chain(&self.client)
            .map(Driver::greeting)
    }

    /// What the cell can show: the capabilities that both ends have.
    pub(crate) fn capabilities(&self) -> Vec<String> {
        let of = |greeting: &Greeting| greeting.entries.get(&self.cell.entry).cloned();
        let mut common = of(self.server.greeting()).unwrap_or_default();
        if let Some(client) = &self.client {
            let other = of(client.greeting()).unwrap_or_default();
            common.retain(|capability| other.contains(capability));
        }
        common
    }

    /// Whether the cell has a capability.
    pub(crate) fn has(&self, capability: &str) -> bool {
        self.capabilities().iter().any(|name| name == capability)
    }

    /// The process of one side.
    pub(crate) fn process(&mut self, side: Side) -> u32 {
        self.driver(side).process()
    }

    /// Sends a request to one side.
    ///
    /// # Errors
    /// The driver is gone.
    pub(crate) fn send(
        &mut self,
        side: Side,
        lane: &str,
        verb: &str,
        arguments: &Fields,
    ) -> Result<CallId, String> {
        self.driver(side).send(lane, verb, arguments)
    }

    /// Sends a request and waits for its end.
    ///
    /// # Errors
    /// The call did not end in time, or the driver is gone.
    pub(crate) fn call(
        &mut self,
        side: Side,
        lane: &str,
        verb: &str,
        arguments: &Fields,
    ) -> Result<Outcome, String> {
        let call = self.send(side, lane, verb, arguments)?;
        self.finish(side, call)
            .map_err(|error| format!("{verb}: {error}"))
    }

    /// Waits for the end of a call.
    ///
    /// # Errors
    /// It did not end in time, or the driver is gone.
    pub(crate) fn finish(&mut self, side: Side, call: CallId) -> Result<Outcome, String> {
        let deadline = self.patience().deadline();
        let outcome = self.driver(side).outcome(call, deadline)?;
        outcome.ok_or_else(|| "the call has not ended in time".to_owned())
    }

    /// How a call ended, if it has.
    ///
    /// # Errors
    /// The driver is gone.
    pub(crate) fn peek(&mut self, side: Side, call: CallId) -> Result<Option<Outcome>, String> {
        self.driver(side).outcome(call, Duration::ZERO)
    }

    /// Waits until a call has ended or has opened its condition function.
    ///
    /// # Errors
    /// The driver is gone.
    pub(crate) fn progress(
        &mut self,
        side: Side,
        call: CallId,
        lane: &str,
        patience: Duration,
    ) -> Result<(), String> {
        self.driver(side).progress(call, lane, patience)
    }

    /// The innermost open condition function of a lane.
    pub(crate) fn opened(&mut self, side: Side, lane: &str) -> Option<Open> {
        self.driver(side).opened(lane).cloned()
    }

    /// Answers the innermost open condition function of a lane.
    ///
    /// # Errors
    /// None is open, or the driver is gone.
    pub(crate) fn answer(
        &mut self,
        side: Side,
        lane: &str,
        answer: &str,
        effects: &Fields,
    ) -> Result<(), String> {
        self.driver(side).answer(lane, answer, effects)
    }

    /// Makes the drivers ready for the next scenario; one that cannot be cleared is restarted.
    ///
    /// # Errors
    /// Calls did not end although every socket was closed, or a driver cannot be started again.
    pub(crate) fn clear(&mut self) -> Result<(), String> {
        let server = self.clear_side(Side::Server);
        let client = if self.client.is_some() {
            self.clear_side(Side::Client)
        } else {
            Ok(())
        };
        server.and(client)
    }

    fn clear_side(&mut self, side: Side) -> Result<(), String> {
        let deadline = self.patience.deadline();
        let cleared = self.driver(side).clear(deadline);
        if !self.driver(side).is_idle() {
            let fresh = start(&self.cell, side, &self.commands, &self.logs, self.patience)?;
            *self.driver(side) = fresh;
        }
        cleared
    }

    fn driver(&mut self, side: Side) -> &mut Driver {
        match (side, &mut self.client) {
            (Side::Client, Some(client)) => client,
            _ => &mut self.server,
        }
    }
}

fn start(
    cell: &Cell,
    side: Side,
    commands: &Commands,
    logs: &std::path::Path,
    patience: Patience,
) -> Result<Driver, String> {
    let (name, role) = match side {
        Side::Server => (&cell.server, "server"),
        Side::Client => (&cell.client, "client"),
    };
    let command = commands
        .get(name)
        .ok_or_else(|| format!("no command for driver {name}"))?;
    let log = logs.join(format!("{}-{role}.log", cell.file_name()));
    Driver::start(command, &log, patience.scale())
}
