//! Lanes: threads that take their lines in order, inside a condition function too.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

use crate::{
    calls,
    process::{Process, say},
    words::{End, Words},
};

/// The lanes of the process.
pub(crate) struct Lanes {
    process: Arc<Process>,
    inboxes: BTreeMap<String, Sender<String>>,
}

/// One lane, on its own thread.
pub(crate) struct Lane {
    /// Its name.
    pub(crate) name: String,
    /// What all lanes share.
    pub(crate) process: Arc<Process>,
    inbox: Receiver<String>,
}

/// What a condition function is told.
pub(crate) struct Told {
    /// What it returns.
    pub(crate) answer: String,
    /// What it does before.
    pub(crate) effects: Words,
}

impl Lanes {
    /// No lanes yet.
    pub(crate) const fn new(process: Arc<Process>) -> Self {
        Self {
            process,
            inboxes: BTreeMap::new(),
        }
    }

    /// Puts a line into the inbox of its lane.
    pub(crate) fn route(&mut self, line: String) {
        let place = usize::from(line.starts_with('!')) + 1;
        let Some(name) = line.split(' ').nth(place).map(str::to_owned) else {
            return say(&format!("0 error no lane in: {line}"));
        };
        let process = &self.process;
        let inbox = self
            .inboxes
            .entry(name.clone())
            .or_insert_with(|| start(name, process));
        // A lane ends only with the process.
        let _ = inbox.send(line);
    }
}

fn start(name: String, process: &Arc<Process>) -> Sender<String> {
    let (sender, inbox) = mpsc::channel();
    let lane = Lane {
        name,
        process: Arc::clone(process),
        inbox,
    };
    thread::spawn(move || while lane.serve().is_some() {});
    sender
}

impl Lane {
    /// Carries out requests until a condition function is told something, or the input ends.
    pub(crate) fn serve(&self) -> Option<Told> {
        loop {
            let line = self.inbox.recv().ok()?;
            let line = line.trim_end();
            if let Some(told) = line.strip_prefix("! ") {
                let mut words = told.splitn(4, ' ');
                let answer = words.nth(2).unwrap_or_default().to_owned();
                let effects = Words::parse(words.next().unwrap_or_default());
                return Some(Told { answer, effects });
            }
            self.perform(line);
        }
    }

    fn perform(&self, line: &str) {
        let mut words = line.splitn(4, ' ');
        let id = words.next().unwrap_or_default();
        let verb = words.nth(1).unwrap_or_default();
        let arguments = Words::parse(words.next().unwrap_or_default());
        let reply = match calls::call(self, id, verb, &arguments) {
            Ok(results) => format!("{id} ok {results}"),
            Err(End::Fail(error, results)) => format!("{id} fail {} {results}", error.name()),
            Err(End::Raised) => format!("{id} raised"),
            Err(End::Unsupported) => format!("{id} unsupported"),
            Err(End::Nonsense(text)) => format!("{id} error {text}"),
        };
        say(reply.trim_end());
        if verb == "quit" {
            std::process::exit(0);
        }
    }
}
