//! Settings of the provider: process-wide values, some of them overridden per socket.

use std::{
    env,
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use crate::{Error, Result, sys};

/// A setting of the process. Sockets take their values when they are created.
///
/// For programs that cannot be changed each setting has an environment variable
/// ([`variable`](Self::variable)), a decimal number. All of them are read once, before the first
/// use of any setting; [`set`](Self::set) overrides them. A value that is no number or out of range
/// is ignored, so that the default counts; a process that runs with more privilege than its user
/// (set-user-ID, file capabilities) ignores all of them. As the environment is not safe from changes
/// by other threads in C, a program that calls `setenv` does so before its first socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
#[non_exhaustive]
pub enum Setting {
    /// How long a connect on the in-process entry waits for a decision, in milliseconds; 1 or
    /// more, default 30 000 (CON-33). Plain TCP has the kernel's own time-out.
    ConnectTimeout = 1,
    /// The largest effective backlog; 1 or more, default 65 535 (LSN-05). On plain TCP the kernel's
    /// `net.core.somaxconn` is a second ceiling.
    BacklogCeiling = 2,
    /// How many in-process sockets may exist at once; 0 to 1 000 000, default 1 000 000. Beyond it
    /// creating and accepting fail with [`Error::MFile`].
    MaxInProcessSockets = 3,
    /// Whether a listener looks if a caller has reset its request before it is shown: 1 (default)
    /// or 0 (LSN-37).
    CallerCheck = 4,
    /// The largest connect data of the in-process entry, each way, in bytes; 0 to 4096, default 32
    /// (UDA-09, UDA-10).
    ConnectDataLimit = 5,
    /// The largest disconnect data of the in-process entry, in bytes; 0 to 4096, default 64
    /// (UDA-09, UDA-10).
    DisconnectDataLimit = 6,
}

/// What the library knows about a setting.
struct Row {
    setting: Setting,
    variable: &'static str,
    lowest: u32,
    highest: u32,
    default: u32,
}

const fn row(
    setting: Setting,
    variable: &'static str,
    (lowest, highest): (u32, u32),
    default: u32,
) -> Row {
    Row {
        setting,
        variable,
        lowest,
        highest,
        default,
    }
}

#[rustfmt::skip] // one line a setting
const SETTINGS: [Row; 6] = [
    row(Setting::ConnectTimeout, "VESTIBULE_CONNECT_TIMEOUT", (1, u32::MAX), 30_000),
    row(Setting::BacklogCeiling, "VESTIBULE_BACKLOG_CEILING", (1, 1 << 20), 65_535),
    row(Setting::MaxInProcessSockets, "VESTIBULE_MAX_IN_PROCESS_SOCKETS", (0, MAX_IN_PROCESS_SOCKETS),
        MAX_IN_PROCESS_SOCKETS),
    row(Setting::CallerCheck, "VESTIBULE_CALLER_CHECK", (0, 1), 1),
    row(Setting::ConnectDataLimit, "VESTIBULE_CONNECT_DATA_LIMIT", (0, 4096), 32), // UDA-09 UDA-10
    row(Setting::DisconnectDataLimit, "VESTIBULE_DISCONNECT_DATA_LIMIT", (0, 4096), 64), // UDA-09 UDA-10
];

/// The table of handles has room for a few more than these.
pub(crate) const MAX_IN_PROCESS_SOCKETS: u32 = 1_000_000;

/// Read from the environment at the first use of any of them.
static VALUES: LazyLock<[AtomicU32; SETTINGS.len()]> = LazyLock::new(|| {
    let privileged = sys::is_privileged();
    SETTINGS.each_ref().map(|row| {
        let text = env::var(row.variable).ok().filter(|_| !privileged);
        AtomicU32::new(row.initial(text.as_deref()))
    })
});

impl Row {
    /// The value to begin with, given the text of the environment variable.
    fn initial(&self, text: Option<&str>) -> u32 {
        text.and_then(|text| text.parse().ok())
            .filter(|value| self.allows(*value))
            .unwrap_or(self.default)
    }

    fn allows(&self, value: u32) -> bool {
        (self.lowest..=self.highest).contains(&value)
    }
}

impl Setting {
    /// The setting with this number.
    pub fn from_raw(number: u32) -> Option<Self> {
        SETTINGS
            .iter()
            .map(|row| row.setting)
            .find(|setting| *setting as u32 == number)
    }

    const fn index(self) -> usize {
        self as usize - 1
    }

    /// The environment variable that it begins with, such as `VESTIBULE_CONNECT_TIMEOUT`.
    pub const fn variable(self) -> &'static str {
        SETTINGS[self.index()].variable
    }

    /// The value in force.
    pub fn get(self) -> u32 {
        VALUES[self.index()].load(Relaxed)
    }

    /// Sets the value for what is created from now on, in the whole process.
    ///
    /// # Errors
    /// [`Error::Inval`] outside the range that the setting states.
    pub fn set(self, value: u32) -> Result<()> {
        if !SETTINGS[self.index()].allows(value) {
            return Err(Error::Inval);
        }
        VALUES[self.index()].store(value, Relaxed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_its_row() {
        for row in SETTINGS {
            assert_eq!(SETTINGS[row.setting.index()].setting, row.setting);
            assert_eq!(Setting::from_raw(row.setting as u32), Some(row.setting));
            assert!(row.allows(row.default));
            assert!(row.setting.variable().starts_with("VESTIBULE_"));
        }
        assert_eq!(Setting::from_raw(0), None);
        assert_eq!(Setting::from_raw(99), None);
    }

    #[test]
    fn the_documentation_has_the_table() {
        let document = include_str!("../../../docs/c-api.md");
        for row in SETTINGS {
            let (name, default) = (row.variable, row.default);
            let text = format!(
                "| `{name}` | {} to {} | {default} |",
                row.lowest, row.highest
            );
            assert!(document.contains(&text), "{text} is missing");
        }
    }

    #[test]
    fn the_environment_is_believed_as_far_as_it_makes_sense() {
        let row = &SETTINGS[Setting::ConnectDataLimit.index()];
        assert_eq!(row.initial(None), 32);
        assert_eq!(row.initial(Some("16")), 16); // UDA-10
        assert_eq!(row.initial(Some("4096")), 4096); // UDA-09
        for nonsense in ["", "4097", "-1", "0x10", "16 ", "sixteen", "99999999999"] {
            assert_eq!(row.initial(Some(nonsense)), 32, "{nonsense:?}");
        }
    }

    #[test]
    fn values_outside_the_range_are_refused() {
        assert_eq!(Setting::CallerCheck.set(2), Err(Error::Inval));
        assert_eq!(Setting::BacklogCeiling.set(0), Err(Error::Inval));
        assert_eq!(Setting::CallerCheck.get(), 1);
    }
}
