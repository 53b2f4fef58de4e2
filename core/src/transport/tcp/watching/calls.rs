//! What the calls on a watched socket say: which events they use up, enable again or are.

use std::sync::{Arc, atomic::Ordering::SeqCst};

use super::{Doubt, KernelWatch, Stage};
use crate::{
    Error, Result,
    provider::intake::Source,
    rules::events::{Indication, NetworkEvents},
    transport::tcp::{History, connect::Outcome},
};

impl KernelWatch {
    /// The socket may have begun to listen before it could be seen that somebody registers.
    pub(super) fn is_at_least(&self, now: Stage) {
        let mut state = self.state.lock();
        if matches!(state.stage, Stage::Idle) && matches!(now, Stage::Listening) {
            state.stage = now;
        }
    }

    /// The socket has come to another stage.
    pub(in crate::transport::tcp) fn enter(&self, stage: Stage) {
        self.state.lock().stage = stage;
        self.look_again();
    }

    pub(in crate::transport::tcp) fn attempt_begins(&self, history: Arc<History>) {
        self.watch
            .change(|record| {
                record.attempt_begins();
                Indication::NOTHING
            })
            .now();
        let mut state = self.state.lock();
        state.remember_file();
        state.stage = Stage::Connecting(history);
    }

    /// The connect call returns; a non-blocking attempt may go on.
    pub(in crate::transport::tcp) fn attempt_returned(
        self: &Arc<Self>,
        result: Result<()>,
        blocking: bool,
        history: &Arc<History>,
    ) {
        {
            // Somebody may have registered since the attempt began.
            let mut state = self.state.lock();
            if matches!(state.stage, Stage::Idle) {
                state.remember_file();
                state.stage = Stage::Connecting(Arc::clone(history));
            }
        }
        match result {
            Ok(()) => self.attempt_ended(Outcome::Connected),
            Err(Error::WouldBlock) if !blocking => self.set_deadline(history),
            Err(_) if blocking => self.state.lock().stage = Stage::Idle, // the caller is told
            Err(error) => self.attempt_ended(Outcome::Failed(error)),
        }
        self.look_again();
    }

    pub(super) fn set_deadline(self: &Arc<Self>, history: &History) {
        if let Some(expires) = history.attempt.expires() {
            let source = Arc::clone(self) as Arc<dyn Source>;
            self.intake.add_deadline(expires, source);
            self.watch.awaited().now(); // they have to sleep shorter
        }
    }

    /// An attempt has ended; whoever finds out first tells.
    pub(in crate::transport::tcp) fn attempt_ended(&self, outcome: Outcome) {
        let (next, error) = match outcome {
            Outcome::Pending => return,
            Outcome::Connected | Outcome::Broken => (Stage::Connected, None),
            Outcome::Failed(error) => (Stage::Idle, Some(error)),
        };
        let mut state = self.state.lock();
        if !matches!(state.stage, Stage::Connecting(_)) {
            return;
        }
        state.stage = next;
        let told = self.watch.change(|record| {
            let ended = record.occur(NetworkEvents::CONNECT, error); // EVT-29
            if error.is_none() {
                ended.and(record.occur(NetworkEvents::WRITE, None)) // EVT-17
            } else {
                ended
            }
        });
        drop(state);
        told.now();
        self.look_again();
    }

    /// A send has returned.
    pub(in crate::transport) fn sent(&self, sent: Result<usize>) {
        match sent {
            Err(Error::WouldBlock) => {
                self.state.lock().wants_room = true; // EVT-12 EVT-17
                self.look_again();
            }
            Err(Error::ConnReset | Error::ConnAborted | Error::NetReset) => self.broke(),
            _ => {}
        }
    }

    /// A receive has returned, with `room` for so many bytes.
    pub(in crate::transport::tcp) fn received(
        &self,
        received: Result<usize>,
        room: usize,
        peek: bool,
    ) {
        match received {
            Ok(1..) if !peek => {
                let in_doubt = {
                    let mut state = self.state.lock();
                    state.unread = None;
                    let doubt = state.doubt;
                    if doubt == Doubt::Once {
                        state.doubt = Doubt::None;
                    }
                    doubt != Doubt::None
                };
                let told = self
                    .watch
                    .change(|record| record.used_up(NetworkEvents::READ)); // EVT-18
                told.now();
                // Less than there was room for was all; what comes later is reported by itself.
                if received == Ok(room) || in_doubt {
                    self.look_again(); // EVT-14
                }
            }
            Err(Error::ConnReset | Error::ConnAborted | Error::NetReset) => self.broke(),
            _ => {
                self.state.lock().unread = None; // EVT-13
                self.watch
                    .change(|record| {
                        record.enable(NetworkEvents::READ);
                        Indication::NOTHING
                    })
                    .now();
                if received.is_ok() {
                    self.look_again();
                }
            }
        }
        self.enable_urgent();
    }

    /// Every receive enables `FD_OOB` again, too (EVT-12).
    fn enable_urgent(&self) {
        if self.state.lock().doubt == Doubt::AtMark {
            self.watch
                .change(|record| {
                    record.enable(NetworkEvents::OOB);
                    Indication::NOTHING
                })
                .now();
            self.look_again(); // EVT-14
        }
    }

    /// A receive of the urgent byte has returned; whether it has taken it.
    pub(in crate::transport::tcp) fn urgent_received(&self, taken: bool) {
        let told = self.watch.change(|record| {
            record.enable(NetworkEvents::READ); // EVT-12
            if taken {
                return record.used_up(NetworkEvents::OOB); // EVT-18
            }
            record.enable(NetworkEvents::OOB); // EVT-13
            Indication::NOTHING
        });
        told.now();
        self.state.lock().unread = None;
        self.look_again(); // EVT-14
    }

    /// A call was told that the connection is broken, and has taken the error from the kernel.
    fn broke(&self) {
        let told = self
            .watch
            .change(|record| record.occur(NetworkEvents::CLOSE, Some(Error::ConnAborted))); // DIS-38
        told.now();
    }

    /// This side has ended receiving: data that comes now resets the connection.
    pub(in crate::transport::tcp) fn end_receiving(&self) {
        {
            let mut state = self.state.lock();
            state.remember_file();
            state.receive_ended = true;
        }
        self.watch
            .change(|record| {
                record.vanished(NetworkEvents::READ);
                Indication::NOTHING
            })
            .now();
    }

    /// A call of this side resets the connection, which is no event (DIS-48).
    pub(in crate::transport::tcp) fn reset(&self) {
        self.watch
            .change(|record| {
                record.ended_here();
                Indication::NOTHING
            })
            .now();
    }

    /// Whether the intake has reset the connection.
    pub(in crate::transport::tcp) fn is_aborted(&self) -> bool {
        self.aborted.load(SeqCst)
    }

    /// A receive on a datagram socket has returned; whether it has used a datagram up.
    pub(in crate::transport) fn datagram_received(&self, used: bool) {
        let told = self.watch.change(|record| {
            if used {
                return record.used_up(NetworkEvents::READ); // EVT-18
            }
            record.enable(NetworkEvents::READ); // EVT-13
            Indication::NOTHING
        });
        told.now();
        self.look_again(); // EVT-14
    }
}
