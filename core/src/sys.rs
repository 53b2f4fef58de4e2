//! The one place for what cannot be said without `unsafe`.
#![allow(
    unsafe_code,
    reason = "what has no safe form: a descriptor's number is given another open file in place, an \
              ioctl tells what a socket has not sent yet, and a function of C tells whether the \
              process is privileged"
)]

use std::{
    ffi::c_ulong,
    mem::ManuallyDrop,
    os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd},
};

use rustix::{
    event::{EventfdFlags, eventfd},
    io::{DupFlags, dup3},
    ioctl::{Getter, Opcode, ioctl},
};

use crate::Result;

/// Closes the open file behind a descriptor while the number stays taken, so that whoever still
/// knows the number cannot meet somebody else's file. From then on it stands for an event counter
/// that never becomes ready.
///
/// # Errors
/// [`crate::Error::MFile`] if there is no descriptor for the counter; nothing has changed then.
pub(crate) fn sever(fd: BorrowedFd<'_>) -> Result<()> {
    let inert = eventfd(0, EventfdFlags::CLOEXEC)?;
    // SAFETY: the number is open, because it is borrowed, and stays open; `ManuallyDrop` keeps this
    // second owner from closing it.
    let owner = unsafe { OwnedFd::from_raw_fd(fd.as_raw_fd()) };
    let mut owner = ManuallyDrop::new(owner);
    Ok(dup3(&inert, &mut owner, DupFlags::CLOEXEC)?)
}

/// How much of what was sent the peer has not acknowledged yet, in bytes (`SIOCOUTQ`).
///
/// # Errors
/// Those of the kernel.
pub(crate) fn unsent(fd: BorrowedFd<'_>) -> Result<usize> {
    const SIOCOUTQ: Opcode = 0x5411;
    // SAFETY: the request writes one int, which is what the getter has room for.
    let request = unsafe { Getter::<SIOCOUTQ, i32>::new() };
    // SAFETY: it is what the kernel expects with this number.
    let bytes = unsafe { ioctl(fd, request)? };
    Ok(usize::try_from(bytes).unwrap_or(0))
}

unsafe extern "C" {
    /// Of the C library: reads what the kernel has told the process at its start.
    safe fn getauxval(kind: c_ulong) -> c_ulong;
}

/// Whether the process has more privilege than the user who has started it, so that the environment
/// is not to be trusted; what `secure_getenv` asks.
pub(crate) fn is_privileged() -> bool {
    const AT_SECURE: c_ulong = 23;
    getauxval(AT_SECURE) != 0
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, pipe},
        os::fd::AsFd,
    };

    use super::*;

    #[test]
    fn the_file_is_closed_and_the_number_stays() {
        let (mut reader, writer) = pipe().unwrap();
        sever(writer.as_fd()).unwrap();
        assert_eq!(
            reader.read(&mut [0; 1]).unwrap(),
            0,
            "the other end sees it closed"
        );
        assert!(
            rustix::io::fcntl_getfd(&writer)
                .unwrap()
                .contains(rustix::io::FdFlags::CLOEXEC)
        );
    }
}
