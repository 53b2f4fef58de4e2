//! What was reported of a socket last, and what to make of the next report.

use std::os::fd::{BorrowedFd, RawFd};

use rustix::{
    event::epoll::EventFlags,
    fs::fstat,
    io::ioctl_fionread,
    net::{self, RecvFlags},
};

use super::Stage;
use crate::{provider::intake::Key, sys};

/// What a watched socket wants to be told.
const EVERYTHING: EventFlags = EventFlags::IN
    .union(EventFlags::OUT)
    .union(EventFlags::PRI)
    .union(EventFlags::RDHUP);

#[derive(Debug)]
pub(super) struct Reported {
    /// None once the socket is closed: then the number may be somebody else's.
    pub(super) number: Option<RawFd>,
    /// Its place in the set, once it is there.
    pub(super) key: Option<Key>,
    pub(super) stage: Stage,
    /// How much was unread when that was told last, until a receive enables it again.
    pub(super) unread: Option<u64>,
    pub(super) doubt: Doubt,
    /// A send has found no room (EVT-17).
    pub(super) wants_room: bool,
    pub(super) receive_ended: bool,
    /// The file that the number stands for, where it may have to be acted on by somebody who has not
    /// named the socket.
    pub(super) file: Option<File>,
}

/// Whether a receive that got less than it had room for may have left something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// It has not: what comes later is reported by itself.
    None,
    /// As much as before was reported once more: data may have come just when a receive had taken as
    /// much, which only that receive can tell.
    Once,
    /// There was urgent data: a receive stops at its mark.
    AtMark,
}

/// Names an open socket of the system.
type File = (u64, u64);

fn file_of(fd: BorrowedFd<'_>) -> Option<File> {
    let found = fstat(fd).ok()?;
    Some((found.st_dev, found.st_ino))
}

impl Reported {
    /// What it wants to be told. Every send of a datagram makes room, which is not told unless it is
    /// waited for; so each report of a datagram socket tells of an arrival.
    pub(super) fn interest(&self) -> EventFlags {
        match self.stage {
            Stage::Datagrams if self.wants_room => EventFlags::IN | EventFlags::OUT,
            Stage::Datagrams => EventFlags::IN,
            _ => EVERYTHING,
        }
    }

    pub(super) fn with_socket<R>(&self, ask: impl FnOnce(BorrowedFd<'_>) -> R) -> Option<R> {
        sys::with_number(self.number?, ask)
    }

    /// How much is unread. At the mark of urgent data the kernel counts nothing of what is behind.
    pub(super) fn unread_bytes(&self) -> u64 {
        let count = |fd: BorrowedFd<'_>| ioctl_fionread(fd).unwrap_or(0);
        let peek = |fd: BorrowedFd<'_>| {
            let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
            net::recv(fd, &mut [0; 1][..], flags).map_or(0, |(count, _)| count as u64)
        };
        match self.with_socket(count).unwrap_or(0) {
            0 if self.doubt == Doubt::AtMark => self.with_socket(peek).unwrap_or(0),
            unread => unread,
        }
    }

    /// The program may have closed the number by other means, and it may be another file's now (HND-35).
    pub(super) fn remember_file(&mut self) {
        self.file = self.with_socket(file_of).flatten();
    }

    pub(super) fn is_intact(&self) -> bool {
        self.file.is_some() && self.with_socket(file_of).flatten() == self.file
    }
}
