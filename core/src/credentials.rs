//! Who the calling process is.

use rustix::process;

/// The user, group and process of a caller (ACC-73).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The effective user id.
    pub uid: u32,
    /// The effective group id.
    pub gid: u32,
    /// The process id.
    pub pid: u32,
}

impl Credentials {
    /// Those of this process.
    pub(crate) fn own() -> Self {
        Self {
            uid: process::geteuid().as_raw(),
            gid: process::getegid().as_raw(),
            pid: process::getpid().as_raw_nonzero().get().unsigned_abs(),
        }
    }
}
