//! Cells of the matrix: which driver serves, which one calls, over which catalogue entry.

use std::{fmt, str::FromStr};

/// The driver over Wine's Winsock.
const FOREIGN: &str = "wine";

/// A cell: server driver, client driver, catalogue entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cell {
    /// The driver of the server's side.
    pub(crate) server: String,
    /// The driver of the callers' side.
    pub(crate) client: String,
    /// The catalogue entry.
    pub(crate) entry: String,
}

impl Cell {
    /// Whether both sides are one process: in memory, they have to be one library instance.
    pub(crate) fn is_one_process(&self) -> bool {
        self.entry == "in-process"
    }

    /// Whether a driver is over another implementation, which is only compared with this one.
    pub(crate) fn is_foreign(&self) -> bool {
        self.drivers().contains(&FOREIGN)
    }

    /// The drivers, each once.
    pub(crate) fn drivers(&self) -> Vec<&str> {
        let mut drivers = vec![self.server.as_str()];
        if self.client != self.server {
            drivers.push(&self.client);
        }
        drivers
    }

    /// A name without slashes, for files.
    pub(crate) fn file_name(&self) -> String {
        self.to_string().replace('/', "-")
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.server, self.client, self.entry)
    }
}

impl FromStr for Cell {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('/').collect();
        let [server, client, entry] = parts[..] else {
            return Err(format!("`{text}` is not SERVER/CLIENT/ENTRY"));
        };
        if [server, client, entry].contains(&"") {
            return Err(format!("`{text}` is not SERVER/CLIENT/ENTRY"));
        }
        let cell = Self {
            server: server.into(),
            client: client.into(),
            entry: entry.into(),
        };
        if cell.is_one_process() && server != client {
            return Err(format!("`{text}`: in-process, both ends are one driver"));
        }
        Ok(cell)
    }
}

/// The cells of a full run.
pub(crate) fn all() -> Vec<Cell> {
    let alone = ["rust", "c", "python"];
    let pairs = [
        ("rust", "c"),
        ("c", "python"),
        ("python", "rust"),
        ("c", "rust"),
        ("python", "c"),
        ("rust", "python"),
    ];
    let cell = |server: &str, client: &str, entry: &str| Cell {
        server: server.to_owned(),
        client: client.to_owned(),
        entry: entry.to_owned(),
    };
    // It takes longest, mostly waiting.
    let mut cells = vec![cell(FOREIGN, FOREIGN, "tcp")];
    for driver in alone {
        cells.push(cell(driver, driver, "in-process"));
        cells.push(cell(driver, driver, "tcp"));
    }
    cells.extend(pairs.map(|(server, client)| cell(server, client, "tcp")));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_reads_back_as_it_is_written() {
        for cell in all() {
            assert_eq!(cell.to_string().parse(), Ok(cell));
        }
    }

    #[test]
    fn two_drivers_cannot_meet_in_one_process() {
        assert!("rust/c/in-process".parse::<Cell>().is_err());
        assert!("rust/c/tcp".parse::<Cell>().is_ok());
    }

    #[test]
    fn one_cell_is_foreign() {
        assert_eq!(all().iter().filter(|cell| cell.is_foreign()).count(), 1);
    }

    #[test]
    fn a_cell_has_three_parts() {
        for text in ["", "rust", "rust/tcp", "rust//tcp", "rust/c/tcp/x"] {
            assert!(text.parse::<Cell>().is_err(), "{text}");
        }
    }
}
