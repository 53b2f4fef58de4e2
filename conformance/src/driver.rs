//! One driver process: start it, talk to it, notice that it died or hangs.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use crate::protocol::{self, Fields, Greeting, Message, Outcome};

/// How long a driver may take to start; an interpreter on a busy machine needs its time.
const START: Duration = Duration::from_secs(10);

/// The variable that says how many times longer things may take.
pub(crate) const SLOW: &str = "VESTIBULE_TEST_SLOW";

/// The number of a call.
pub(crate) type CallId = u64;

/// A condition function that is open and waits for its answer.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    /// The accept call that it belongs to.
    pub(crate) call: CallId,
    /// What it was given.
    pub(crate) given: Fields,
}

/// A running driver.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    greeting: Greeting,
    next: CallId,
    waiting: BTreeMap<CallId, String>,
    done: BTreeMap<CallId, Outcome>,
    open: BTreeMap<String, Vec<Open>>,
    broken: bool,
}

impl Driver {
    /// Starts a driver and reads its greeting.
    ///
    /// # Errors
    /// A sentence that says why there is no usable driver.
    pub(crate) fn start(command: &[String], log: &Path, scale: u32) -> Result<Self, String> {
        let shown = command.join(" ");
        let (program, arguments) = command.split_first().ok_or("a driver without a command")?;
        let log = File::options()
            .create(true)
            .append(true)
            .open(log)
            .map_err(|error| format!("cannot write {}: {error}", log.display()))?;
        let mut child = Command::new(program)
            .args(arguments)
            .env(SLOW, scale.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|error| format!("cannot start `{shown}`: {error}"))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(format!("`{shown}` has no pipes"));
        };
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let first = lines.recv_timeout(START * scale);
        let greeting = first
            .map_err(|_| "no greeting".to_owned())
            .and_then(|line| protocol::parse_greeting(&line))
            .map_err(|error| format!("`{shown}` did not start: {error}"));
        let greeting = match greeting {
            Ok(greeting) => greeting,
            Err(error) => {
                end(&mut child);
                return Err(error);
            }
        };
        Ok(Self {
            child,
            input,
            lines,
            greeting,
            next: 0,
            waiting: BTreeMap::new(),
            done: BTreeMap::new(),
            open: BTreeMap::new(),
            broken: false,
        })
    }

    /// What the driver said about itself.
    pub(crate) const fn greeting(&self) -> &Greeting {
        &self.greeting
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Whether it can go on serving: it is alive, and no call is under way.
    pub(crate) fn is_idle(&mut self) -> bool {
        !self.broken && self.waiting.is_empty() && matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends a request.
    ///
    /// # Errors
    /// The driver is gone.
    pub(crate) fn send(
        &mut self,
        lane: &str,
        verb: &str,
        arguments: &Fields,
    ) -> Result<CallId, String> {
        self.next += 1;
        let request = protocol::request(self.next, lane, verb, arguments);
        self.write(&request)?;
        self.waiting.insert(self.next, request);
        Ok(self.next)
    }

    /// Answers the innermost open condition function of a lane.
    ///
    /// # Errors
    /// No condition function is open there, or the driver is gone.
    pub(crate) fn answer(
        &mut self,
        lane: &str,
        answer: &str,
        effects: &Fields,
    ) -> Result<(), String> {
        let open = self.open.get_mut(lane).and_then(Vec::pop);
        let open = open.ok_or("no condition function is open there")?;
        self.write(&protocol::answer(open.call, lane, answer, effects))
    }

    fn write(&mut self, line: &str) -> Result<(), String> {
        let written = writeln!(self.input, "{line}").and_then(|()| self.input.flush());
        written.map_err(|error| {
            self.broken = true;
            format!("the driver is gone: {error}")
        })
    }

    /// Waits until the call has ended.
    ///
    /// # Errors
    /// The driver is gone or has said something that cannot be read.
    pub(crate) fn outcome(
        &mut self,
        call: CallId,
        patience: Duration,
    ) -> Result<Option<Outcome>, String> {
        self.pump(patience, |driver| driver.done.contains_key(&call))?;
        Ok(self.done.get(&call).cloned())
    }

    /// Waits until the call has ended or has opened its condition function.
    ///
    /// # Errors
    /// As [`outcome`](Self::outcome).
    pub(crate) fn progress(
        &mut self,
        call: CallId,
        lane: &str,
        patience: Duration,
    ) -> Result<(), String> {
        self.pump(patience, |driver| {
            driver.done.contains_key(&call) || driver.opened(lane).is_some_and(|o| o.call == call)
        })
    }

    /// The innermost open condition function of a lane.
    pub(crate) fn opened(&self, lane: &str) -> Option<&Open> {
        self.open.get(lane).and_then(|open| open.last())
    }

    fn pump(&mut self, patience: Duration, enough: impl Fn(&Self) -> bool) -> Result<(), String> {
        let deadline = Instant::now() + patience;
        while !enough(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.take_in(&line)?,
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => {
                    self.broken = true;
                    return Err("the driver has died".to_owned());
                }
            }
        }
        Ok(())
    }

    fn take_in(&mut self, line: &str) -> Result<(), String> {
        let message = protocol::parse_message(line).inspect_err(|_| self.broken = true)?;
        let (id, known) = match &message {
            Message::Reply(id, _) => (*id, self.waiting.remove(id).is_some()),
            Message::Condition { id, .. } => (*id, self.waiting.contains_key(id)),
        };
        if !known {
            self.broken = true;
            return Err(format!(
                "the driver speaks of call {id}, which is not under way: {line}"
            ));
        }
        match message {
            Message::Reply(id, outcome) => {
                self.done.insert(id, outcome);
            }
            Message::Condition { id, lane, given } => {
                self.open
                    .entry(lane)
                    .or_default()
                    .push(Open { call: id, given });
            }
        }
        Ok(())
    }

    /// Ends a scenario: open condition functions return, sockets are closed, calls end.
    ///
    /// # Errors
    /// Something stayed under way; the driver has to be restarted.
    pub(crate) fn clear(&mut self, patience: Duration) -> Result<(), String> {
        while let Some(lane) = self.lane_with_open_function() {
            self.answer(&lane, "reject", &Fields::default())?;
        }
        let call = self.send("control", "clear", &Fields::default())?;
        self.pump(patience, |driver| driver.waiting.is_empty())?;
        let cleared = self.done.remove(&call);
        self.done.clear();
        match cleared {
            Some(Outcome::Ok(_)) if self.waiting.is_empty() => Ok(()),
            _ => Err(format!("calls did not end: {:?}", self.waiting.values())),
        }
    }

    fn lane_with_open_function(&self) -> Option<String> {
        self.open
            .iter()
            .find(|(_, open)| !open.is_empty())
            .map(|(lane, _)| lane.clone())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Ends a child whatever it is doing; it may have ended by itself.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
