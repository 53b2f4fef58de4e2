//! The command line.

use std::path::{Path, PathBuf};

use crate::{cell::Cell, stage::Commands};

/// The help text.
pub(crate) const HELP: &str = "\
Runs the conformance suite.

vestibule-conformance [--driver NAME=COMMAND]… [--absent NAME=REASON]… [--cell S/C/ENTRY]…
                      [--only ID or part of a name]… [--faults] [--output DIR] [--verbose]

  --driver NAME=COMMAND   how to start a driver; the command is split at spaces. Also from the
                          environment: VESTIBULE_DRIVER_NAME. The Rust driver is looked for beside
                          this program.
  --absent NAME=REASON    this driver cannot be had here; its cells count as skipped
  --cell S/C/ENTRY        only this cell, as in rust/c/tcp; may be given more than once
  --only WORD             only scenarios of that requirement, or with that in their name
  --faults                the negative control, too: faulty drivers must be noticed
  --output DIR            where the report goes (target/conformance)
  --verbose               name every scenario

Exit status: 0 all as expected, 1 not so, 2 usage, a driver that did not start, a wrong file.
";

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// Commands of drivers.
    pub(crate) commands: Commands,
    /// Drivers that cannot be had, with the reason.
    pub(crate) absent: Vec<(String, String)>,
    /// The cells; none: all.
    pub(crate) cells: Vec<Cell>,
    /// The scenarios; none: all.
    pub(crate) only: Vec<String>,
    /// Whether faults are tried.
    pub(crate) faults: bool,
    /// Where the report goes.
    pub(crate) output: Option<PathBuf>,
    /// Whether every scenario is named.
    pub(crate) verbose: bool,
    /// Whether only help is wanted.
    pub(crate) help: bool,
}

impl Options {
    /// Reads the words of the command line.
    ///
    /// # Errors
    /// A sentence that names the word that makes no sense.
    pub(crate) fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--driver" => {
                    let (name, command) = pair(&value()?)?;
                    options.commands.insert(name, split(&command));
                }
                "--absent" => options.absent.push(pair(&value()?)?),
                "--cell" => options.cells.push(value()?.parse()?),
                "--only" => options.only.push(value()?),
                "--output" => options.output = Some(value()?.into()),
                "--faults" => options.faults = true,
                "--verbose" => options.verbose = true,
                "--help" | "-h" => options.help = true,
                _ => return Err(format!("unknown option {word}")),
            }
        }
        Ok(options)
    }

    /// Adds drivers of the environment, and the Rust driver beside this program.
    pub(crate) fn complete(&mut self, program: Option<&Path>) {
        for name in ["rust", "c", "python", "wine"] {
            let variable = format!("VESTIBULE_DRIVER_{}", name.to_uppercase());
            if let Ok(command) = std::env::var(variable) {
                self.commands
                    .entry(name.to_owned())
                    .or_insert_with(|| split(&command));
            }
        }
        let beside = program
            .and_then(Path::parent)
            .map(|dir| dir.join("vestibule-driver-rust"));
        if let Some(driver) = beside.filter(|driver| driver.exists()) {
            let command = vec![driver.to_string_lossy().into_owned()];
            self.commands.entry("rust".to_owned()).or_insert(command);
        }
    }

    /// Why a cell cannot be played, if one of its drivers is absent.
    pub(crate) fn absence(&self, cell: &Cell) -> Option<String> {
        let absent = |driver: &&str| self.absent.iter().find(|(name, _)| name == driver);
        let (name, reason) = cell.drivers().iter().find_map(absent)?;
        Some(format!("driver {name}: {reason}"))
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => {
            Ok((name.to_owned(), value.to_owned()))
        }
        _ => Err(format!("`{text}` is not NAME=VALUE")),
    }
}

fn split(command: &str) -> Vec<String> {
    command.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Options, String> {
        Options::parse(words.iter().map(|word| (*word).to_owned()))
    }

    #[test]
    fn drivers_cells_and_scenarios_are_read() {
        let options = parse(&[
            "--driver",
            "python=python3 driver.py",
            "--cell",
            "c/python/tcp",
            "--only",
            "ACC-07",
        ])
        .unwrap();
        assert_eq!(options.commands["python"], ["python3", "driver.py"]);
        assert_eq!(options.cells[0].client, "python");
        assert_eq!(options.only, ["ACC-07"]);
    }

    #[test]
    fn an_absent_driver_takes_its_cells_along() {
        let options = parse(&["--absent", "python=no interpreter"]).unwrap();
        let reason = options.absence(&"c/python/tcp".parse().unwrap());
        assert_eq!(reason.as_deref(), Some("driver python: no interpreter"));
        assert_eq!(options.absence(&"c/c/tcp".parse().unwrap()), None);
    }

    #[test]
    fn nonsense_is_refused() {
        for words in [
            &["--drivers"][..],
            &["--driver"],
            &["--driver", "rust"],
            &["--cell", "tcp"],
        ] {
            assert!(parse(words).is_err(), "{words:?}");
        }
    }
}
