//! What belongs to one process.
//!
//! A forked child inherits memory, but not the threads that were about to change it: a lock may be
//! held for ever, and a socket in memory has its other end in the parent. So a child starts with
//! nothing. What it inherited fails with [`Error::NotInitialised`], and with [`Error::NotSock`] once
//! the child has made a socket of its own, which starts the provider anew. Kernel sockets can be
//! taken along: see [`crate::Socket::adopt`].

use std::{
    ptr,
    sync::atomic::{AtomicPtr, AtomicU32, Ordering::SeqCst},
};

use super::{intake::Intake, monitor::Monitor, selecting::Selecting, table::Handles};
use crate::{Error, Result, sys::PerProcess, transport::in_process::Network};

/// The provider as one process has it.
#[derive(Debug)]
pub(crate) struct Provider {
    #[cfg_attr(
        all(test, feature = "shuttle"),
        expect(
            dead_code,
            reason = "every explored interleaving has a network of its own"
        )
    )]
    network: Monitor<Network>,
    pub(crate) handles: Handles,
    pub(crate) intake: Intake,
    pub(crate) selecting: Selecting,
    /// How many `WSAStartup` calls are outstanding (HND-08).
    pub(crate) starts: AtomicU32,
    /// What the parent had. Nobody looks at it; a leak checker finds it here.
    _inherited: AtomicPtr<Self>,
}

static CURRENT: PerProcess<Provider> = PerProcess::new();

static FIRST: Provider = Provider {
    network: Monitor::new(Network::new()),
    handles: Handles::first(),
    intake: Intake::new(),
    selecting: Selecting::new(),
    starts: AtomicU32::new(0),
    _inherited: AtomicPtr::new(ptr::null_mut()),
};

/// The last one made, in this process or before it was forked; none means the first.
static LATEST: AtomicPtr<Provider> = AtomicPtr::new(ptr::null_mut());

impl Provider {
    /// The provider of this process, started if need be.
    pub(crate) fn start() -> &'static Self {
        CURRENT.get_or_start(&FIRST, || {
            // Once for every forked child that uses the library; it stays for the child's life.
            let provider = Box::leak(Box::new(Self {
                network: Monitor::new(Network::new()),
                handles: Handles::new(),
                intake: Intake::new(),
                selecting: Selecting::new(),
                starts: AtomicU32::new(0),
                _inherited: AtomicPtr::new(LATEST.load(SeqCst)),
            }));
            LATEST.store(provider, SeqCst);
            provider
        })
    }

    /// The in-process network. A socket that was inherited over a fork never gets here.
    #[cfg(not(all(test, feature = "shuttle")))]
    pub(crate) fn network() -> &'static Monitor<Network> {
        &Self::start().network
    }

    /// The network of an explored interleaving.
    #[cfg(all(test, feature = "shuttle"))]
    pub(crate) fn network() -> &'static Monitor<Network> {
        shuttle::lazy_static! {
            static ref NETWORK: Monitor<Network> = Monitor::new(Network::new());
        }
        &NETWORK
    }

    /// The provider of this process.
    ///
    /// # Errors
    /// [`Error::NotInitialised`] in a forked child that has not started anew; [`Error::NotSock`] in
    /// a process that has never made a socket, and so has none that a call could name.
    pub(crate) fn current() -> Result<&'static Self> {
        CURRENT.get().ok_or_else(|| {
            if CURRENT.is_lost() {
                Error::NotInitialised
            } else {
                Error::NotSock
            }
        })
    }

    /// Whether this is the provider of the calling process.
    ///
    /// # Errors
    /// In a forked child, what became of what it inherited.
    pub(crate) fn check_process(&'static self) -> Result<()> {
        if CURRENT.is(self) {
            Ok(())
        } else {
            Err(Self::inherited())
        }
    }

    /// What became of what a forked child has inherited.
    #[cold]
    fn inherited() -> Error {
        Self::current().err().unwrap_or(Error::NotSock)
    }
}

/// Starts the provider, in a forked child anew, and counts it for `WSAStartup` (HND-08).
///
/// # Errors
/// [`Error::ProcLim`] if there are more than can be counted (ERR-41).
pub fn count_start() -> Result<()> {
    raise(&Provider::start().starts)
}

fn raise(starts: &AtomicU32) -> Result<()> {
    let raised = starts.fetch_update(SeqCst, SeqCst, |starts| starts.checked_add(1));
    raised.map(drop).map_err(|_| Error::ProcLim)
}

/// How many counted starts are outstanding in this process (HND-01).
pub fn starts() -> u32 {
    CURRENT
        .get()
        .map_or(0, |provider| provider.starts.load(SeqCst))
}

/// Takes a counted start back and says how many are left (HND-08).
///
/// # Errors
/// [`Error::NotInitialised`] if there is none (HND-10).
pub fn take_start_back() -> Result<u32> {
    let provider = CURRENT.get().ok_or(Error::NotInitialised)?;
    let lowered = provider
        .starts
        .fetch_update(SeqCst, SeqCst, |starts| starts.checked_sub(1));
    lowered
        .map(|before| before - 1)
        .map_err(|_| Error::NotInitialised)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_end_to_starts() {
        let starts = AtomicU32::new(u32::MAX - 1);
        assert_eq!(raise(&starts), Ok(()));
        assert_eq!(raise(&starts), Err(Error::ProcLim)); // ERR-41
        assert_eq!(starts.into_inner(), u32::MAX, "none is forgotten");
    }
}
