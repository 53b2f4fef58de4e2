//! What has arrived at a socket and was not received yet.

use std::collections::VecDeque;

use crate::{provider::options::DEFAULT_BUFFER, rules::user_data::UserData};

/// What has arrived at a socket.
#[derive(Debug)]
pub(super) struct Inbox {
    pub(super) bytes: VecDeque<u8>,
    pub(super) limit: usize,
    pub(super) end: Option<End>,
    /// Disconnect data of the peer, or of a refusal.
    pub(super) disconnect_data: Option<UserData>,
}

/// How the peer has ended its direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Graceful,
    Reset,
}

impl Inbox {
    pub(super) fn new() -> Self {
        Self {
            bytes: VecDeque::new(),
            limit: DEFAULT_BUFFER as usize,
            end: None,
            disconnect_data: None,
        }
    }

    /// The peer has ended its direction; the first time counts.
    pub(super) fn end_gracefully(&mut self, disconnect_data: &[u8]) {
        if self.end.is_none() {
            self.end = Some(End::Graceful);
            self.disconnect_data = Some(UserData::from_slice(disconnect_data)); // DIS-02 DIS-52
        }
    }

    pub(super) fn room(&self) -> usize {
        self.limit.saturating_sub(self.bytes.len())
    }
}
