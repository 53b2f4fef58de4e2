//! Closing.

use std::sync::atomic::Ordering::SeqCst;

use super::Socket;
use crate::{Error, Linger, Result, Wait, provider::turn::Phase};

impl Socket {
    /// Closes it. With linger on and a time it first waits until what was sent is out, no longer than
    /// that time; then the connection is reset (DIS-39 to DIS-41). A drop never waits. Calls of other
    /// threads that are waiting in it end with [`Error::Intr`] (ACC-56,
    /// ACC-57); requests in its backlog are refused (LSN-28); its own undecided request is
    /// withdrawn (LSN-31, CON-30). A kernel socket is closed, too; its descriptor's number stays
    /// taken until the drop, so that nobody can meet another file under it.
    ///
    /// # Errors
    /// [`Error::NotSock`] the second time; [`Error::InProgress`] inside its own condition function
    /// (ACC-51); [`Error::WouldBlock`] if it is non-blocking and would have to wait, and then it stays
    /// open (DIS-42).
    pub fn close(&self) -> Result<()> {
        self.close_within(&Wait::FOREVER)
    }

    /// The same, with a bound for the lingering: when the deadline passes before the linger time has,
    /// the connection is reset then.
    ///
    /// # Errors
    /// As [`close`](Self::close); [`Error::Intr`] if the hook of [`Wait`] has ended the lingering: the
    /// socket stays open, with its sending direction ended, and closing it again lingers again.
    pub fn close_within(&self, wait: &Wait<'_>) -> Result<()> {
        self.close_and_drop_soon(wait)?;
        self.transport().release();
        Ok(())
    }

    /// The same for a caller that drops the socket right afterwards, which closes the kernel
    /// socket.
    pub(crate) fn close_and_drop_soon(&self, wait: &Wait<'_>) -> Result<()> {
        self.check_not_served_here()?;
        let linger = self.linger();
        if linger.on && linger.seconds > 0 {
            self.transport()
                .linger_before_close(linger, self.mode(wait))?; // DIS-41 DIS-42
        }
        if self.closed.swap(true, SeqCst) {
            return Err(Error::NotSock);
        }
        self.close_transport();
        self.provider.selecting.ring(); // EVT-64
        Ok(())
    }

    /// Closes it with a reset, whatever linger says (HND-09).
    pub(crate) fn abort(&self) {
        const RESET: Linger = Linger {
            on: true,
            seconds: 0,
        };
        // If the option cannot be set the peer sees the end of the stream; there is no better way.
        let _ = self.transport().set_linger(RESET);
        if !self.closed.swap(true, SeqCst) {
            self.transport().close(self.close_turn(), RESET);
            self.provider.selecting.ring(); // EVT-64
        }
    }

    /// Ends accept calls, and says how they stood.
    fn close_turn(&self) -> Phase {
        self.extra
            .get()
            .map_or(Phase::Idle, |extra| extra.turn.close())
    }

    fn close_transport(&self) {
        self.transport().close(self.close_turn(), self.linger());
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // What a forked child inherited is the parent's: only its descriptor is closed there.
        let is_ours = self.provider.check_process().is_ok();
        if !self.closed.swap(true, SeqCst) && is_ours {
            self.close_transport();
        }
    }
}
