//! Settings of the provider: process-wide values, some of them overridden per socket.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::{Error, Result};

/// A setting of the process. Sockets take their values when they are created.
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

const SETTINGS: [(Setting, u32, u32, u32); 6] = [
    (Setting::ConnectTimeout, 1, u32::MAX, 30_000),
    (Setting::BacklogCeiling, 1, 1 << 20, 65_535),
    (
        Setting::MaxInProcessSockets,
        0,
        MAX_IN_PROCESS_SOCKETS,
        MAX_IN_PROCESS_SOCKETS,
    ),
    (Setting::CallerCheck, 0, 1, 1),
    (Setting::ConnectDataLimit, 0, 4096, 32),
    (Setting::DisconnectDataLimit, 0, 4096, 64),
];

/// The table of handles has room for a few more than these.
pub(crate) const MAX_IN_PROCESS_SOCKETS: u32 = 1_000_000;

static VALUES: [AtomicU32; SETTINGS.len()] = {
    let mut values = [const { AtomicU32::new(0) }; SETTINGS.len()];
    let mut index = 0;
    while index < SETTINGS.len() {
        values[index] = AtomicU32::new(SETTINGS[index].3);
        index += 1;
    }
    values
};

impl Setting {
    /// The setting with this number.
    pub fn from_raw(number: u32) -> Option<Self> {
        SETTINGS
            .iter()
            .map(|row| row.0)
            .find(|setting| *setting as u32 == number)
    }

    const fn index(self) -> usize {
        self as usize - 1
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
        let (_, lowest, highest, _) = SETTINGS[self.index()];
        if !(lowest..=highest).contains(&value) {
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
        for (setting, lowest, highest, default) in SETTINGS {
            assert_eq!(SETTINGS[setting.index()].0, setting);
            assert_eq!(Setting::from_raw(setting as u32), Some(setting));
            assert!((lowest..=highest).contains(&default));
        }
        assert_eq!(Setting::from_raw(0), None);
        assert_eq!(Setting::from_raw(99), None);
    }

    #[test]
    fn values_outside_the_range_are_refused() {
        assert_eq!(Setting::CallerCheck.set(2), Err(Error::Inval));
        assert_eq!(Setting::BacklogCeiling.set(0), Err(Error::Inval));
        assert_eq!(Setting::CallerCheck.get(), 1);
    }
}
