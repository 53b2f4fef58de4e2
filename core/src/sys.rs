//! The one place for what cannot be said without `unsafe`.
#![allow(
    unsafe_code,
    reason = "a descriptor's number is given another open file in place"
)]

use std::{
    mem::ManuallyDrop,
    os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd},
};

use rustix::{
    event::{EventfdFlags, eventfd},
    io::{DupFlags, dup3},
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
