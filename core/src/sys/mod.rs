//! The one place for what cannot be said without `unsafe`.
#![allow(
    unsafe_code,
    reason = "some things have no safe form: a descriptor's number is given another open file in \
              place, a number is duplicated that may not be open, ioctls tell what a socket has \
              not sent yet and whether it is at the mark, an address is read as it was written, a page is wiped in a forked child, functions of C tell whether the \
              process is privileged and when the clock has ticked, and a value is shared in place"
)]

pub(crate) mod slot;

use std::{
    ffi::{c_int, c_long, c_ulong},
    mem::ManuallyDrop,
    os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd},
    ptr,
    sync::{
        OnceLock,
        atomic::{AtomicPtr, Ordering::SeqCst},
    },
};

use rustix::{
    event::{EventfdFlags, eventfd},
    io::{DupFlags, dup3, fcntl_dupfd_cloexec},
    ioctl::{Getter, Opcode, Updater, ioctl},
    mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous},
    net::SocketAddrAny,
};

use crate::{Error, Result};

/// The first words of an address that a system call has written; nothing if it is shorter.
pub(crate) fn leading<const N: usize>(address: &SocketAddrAny) -> Option<[u32; N]> {
    if (address.addr_len() as usize) < N * size_of::<u32>() {
        return None;
    }
    let first = address.as_ptr().cast::<[u32; N]>();
    // SAFETY: so many bytes were written, and any bytes are words.
    Some(unsafe { first.read_unaligned() })
}

/// A value of which every process has its own: a forked child does not see its parent's.
///
/// The word that knows the value stands on a page that the kernel wipes in a child
/// (`MADV_WIPEONFORK`), however the child came about. Where the kernel cannot do that a fork goes
/// unnoticed.
pub(crate) struct PerProcess<T: 'static> {
    word: OnceLock<&'static AtomicPtr<T>>,
}

impl<T> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self {
            word: OnceLock::new(),
        }
    }

    /// The value of this process, if it has one.
    pub(crate) fn get(&self) -> Option<&'static T> {
        let value = self.word.get()?.load(SeqCst);
        // SAFETY: the word is null or was set from a reference that is valid for ever, and nobody
        // has it mutably.
        unsafe { value.as_ref() }
    }

    /// Whether this is the value of this process.
    pub(crate) fn is(&self, value: &T) -> bool {
        (self.word.get()).is_some_and(|word| ptr::eq(word.load(SeqCst), value))
    }

    /// Whether an ancestor has a value and this process has none.
    pub(crate) fn is_lost(&self) -> bool {
        self.word
            .get()
            .is_some_and(|word| word.load(SeqCst).is_null())
    }

    /// The value of this process; if it has none, `first` in the first process that asks, and what
    /// `later` makes in a forked child.
    pub(crate) fn get_or_start(
        &self,
        first: &'static T,
        later: impl FnOnce() -> &'static T,
    ) -> &'static T {
        let word = self.word.get_or_init(|| {
            let word = wiped_on_fork();
            word.store(ptr::from_ref(first).cast_mut(), SeqCst);
            word
        });
        if let Some(value) = self.get() {
            return value;
        }
        let mine = ptr::from_ref(later()).cast_mut();
        // Another thread of the child may have been faster.
        let _ = word.compare_exchange(ptr::null_mut(), mine, SeqCst, SeqCst);
        self.get().unwrap_or(first)
    }
}

/// A word that a forked child finds null.
fn wiped_on_fork<T>() -> &'static AtomicPtr<T> {
    const LENGTH: usize = 4096;
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: a mapping at an address of the kernel's choice disturbs nothing.
    let page = unsafe { mmap_anonymous(ptr::null_mut(), LENGTH, access, MapFlags::PRIVATE) };
    let Ok(page) = page else {
        return Box::leak(Box::default());
    };
    // SAFETY: the page is ours. If the kernel does not know the advice a fork goes unnoticed.
    let _ = unsafe { madvise(page, LENGTH, Advice::LinuxWipeOnFork) };
    // SAFETY: the page is aligned and zero, which is a null word; it is never unmapped.
    unsafe { &*page.cast::<AtomicPtr<T>>() }
}

/// Closes the open file behind a descriptor while the number stays taken, so that whoever still
/// knows the number cannot meet somebody else's file. From then on it stands for an event counter
/// that never becomes ready.
///
/// # Errors
/// [`Error::MFile`] if there is no descriptor for the counter; nothing has changed then.
pub(crate) fn sever(fd: BorrowedFd<'_>) -> Result<()> {
    let inert = eventfd(0, EventfdFlags::CLOEXEC)?;
    // SAFETY: the number is open, because it is borrowed, and stays open; `ManuallyDrop` keeps this
    // second owner from closing it.
    let owner = unsafe { OwnedFd::from_raw_fd(fd.as_raw_fd()) };
    let mut owner = ManuallyDrop::new(owner);
    Ok(dup3(&inert, &mut owner, DupFlags::CLOEXEC)?)
}

/// Uses a number for what it stands for at this moment. It may be asked something, or be told what
/// does no harm, but not be closed.
pub(crate) fn with_number<R>(number: RawFd, ask: impl FnOnce(BorrowedFd<'_>) -> R) -> Option<R> {
    if number < 0 {
        return None;
    }
    // SAFETY: the borrow ends with this one call. The caller knows the number to be open; where the
    // program has closed it by other means, system calls fail or ask another file.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    Some(ask(borrowed))
}

/// Another descriptor for what a number stands for, for bindings that know descriptors as numbers.
///
/// # Errors
/// [`Error::NotSock`] if the number is not open, [`Error::MFile`].
pub fn duplicate(number: RawFd) -> Result<OwnedFd> {
    if number < 0 {
        return Err(Error::NotSock);
    }
    // SAFETY: the borrow ends with this one call, which fails for a number that is not open and
    // changes nothing about one that is.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    Ok(fcntl_dupfd_cloexec(borrowed, 0)?)
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

/// Whether the next byte of the stream is the one behind the urgent byte, or that byte itself where
/// it stays in the stream (`SIOCATMARK`).
///
/// # Errors
/// Those of the kernel.
pub(crate) fn is_at_mark(fd: BorrowedFd<'_>) -> Result<bool> {
    const SIOCATMARK: Opcode = 0x8905;
    // Checkers of memory take the request for one that reads the int, too; so it has a value.
    let mut is_at_mark = 0;
    // SAFETY: the request writes one int, which is what there is room for.
    let request = unsafe { Updater::<SIOCATMARK, i32>::new(&mut is_at_mark) };
    // SAFETY: it is what the kernel expects with this number.
    unsafe { ioctl(fd, request)? };
    Ok(is_at_mark != 0)
}

unsafe extern "C" {
    /// Of the C library: reads what the kernel has told the process at its start.
    safe fn getauxval(kind: c_ulong) -> c_ulong;
    /// Of the C library: reads a clock, most of them without a system call.
    fn clock_gettime(clock: c_int, time: *mut Tick) -> c_int;
}

/// When the kernel's timer has ticked last; a `timespec`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Tick {
    seconds: c_long,
    nanoseconds: c_long,
}

/// Seconds of the monotonic clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seconds(pub(crate) u32);

impl Seconds {
    /// Those of the last tick.
    pub(crate) fn now() -> Self {
        last_tick().seconds()
    }

    /// How many have passed since.
    pub(crate) fn elapsed(self) -> u32 {
        Self::now().0.saturating_sub(self.0)
    }
}

impl Tick {
    pub(crate) fn seconds(self) -> Seconds {
        Seconds(u32::try_from(self.seconds).unwrap_or(u32::MAX))
    }
}

/// The kernel's last tick: the monotonic clock, a few milliseconds behind at most, for a quarter of
/// the price.
pub(crate) fn last_tick() -> Tick {
    const CLOCK_MONOTONIC_COARSE: c_int = 6;
    let mut tick = Tick::default();
    // SAFETY: the pointer is to a timespec that may be written. Every kernel has this clock.
    let _ = unsafe { clock_gettime(CLOCK_MONOTONIC_COARSE, &raw mut tick) };
    tick
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
        io::{self, Read, pipe},
        os::{fd::AsFd, unix::process::CommandExt},
        process::Command,
    };

    use super::*;

    /// Runs `check` in a forked child; its error comes back.
    fn in_a_forked_child(
        check: impl FnMut() -> io::Result<()> + Send + Sync + 'static,
    ) -> io::Result<()> {
        let mut command = Command::new("true");
        // SAFETY: the checks of these tests look at atomics and allocate at most.
        unsafe { command.pre_exec(check) };
        command.status().map(drop)
    }

    #[test]
    fn a_forked_child_has_nothing_until_it_starts() {
        static PER_PROCESS: PerProcess<u32> = PerProcess::new();
        static FIRST: u32 = 1;
        assert!(PER_PROCESS.get().is_none() && !PER_PROCESS.is_lost());
        let start = |later| *PER_PROCESS.get_or_start(&FIRST, || Box::leak(Box::new(later)));
        assert!(!PER_PROCESS.is(&FIRST));
        assert_eq!(start(2), 1);
        assert_eq!(start(2), 1);
        assert!(PER_PROCESS.is(&FIRST));
        assert!(!PER_PROCESS.is_lost());
        in_a_forked_child(move || {
            let was_lost = PER_PROCESS.is_lost() && !PER_PROCESS.is(&FIRST);
            let started = start(2) == 2 && start(3) == 2 && !PER_PROCESS.is_lost();
            if was_lost && started {
                Ok(())
            } else {
                Err(io::Error::from_raw_os_error(if was_lost { 2 } else { 1 }))
            }
        })
        .unwrap();
        assert_eq!(PER_PROCESS.get(), Some(&1), "the parent notices nothing");
    }

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
