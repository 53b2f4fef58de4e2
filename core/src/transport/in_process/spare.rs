//! What closed sockets leave for the next ones, so that connections come and go without allocating.

use std::{collections::VecDeque, sync::Arc};

use crate::provider::monitor::Signal;

/// So many of each kind are kept.
const MOST: usize = 64;
/// A longer buffer is not kept.
const LONGEST: usize = 4096;

/// Signals and buffers that are free.
#[derive(Debug)]
pub(super) struct Spare {
    signals: Vec<Arc<Signal>>,
    buffers: Vec<VecDeque<u8>>,
}

impl Spare {
    pub(super) const fn new() -> Self {
        Self {
            signals: Vec::new(),
            buffers: Vec::new(),
        }
    }

    pub(super) fn signal(&mut self) -> Arc<Signal> {
        self.signals.pop().unwrap_or_default()
    }

    /// Keeps a signal. A thread that still has it may wake or sleep once more; whoever sleeps looks
    /// again afterwards, so that does no harm.
    pub(super) fn keep_signal(&mut self, signal: Arc<Signal>) {
        if self.signals.len() < MOST {
            self.signals.push(signal);
        }
    }

    pub(super) fn buffer(&mut self) -> VecDeque<u8> {
        self.buffers.pop().unwrap_or_default()
    }

    /// Keeps a buffer if it is one, and not a large one.
    pub(super) fn keep_buffer(&mut self, mut buffer: VecDeque<u8>) {
        if (1..=LONGEST).contains(&buffer.capacity()) && self.buffers.len() < MOST {
            buffer.clear();
            self.buffers.push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_empty_and_a_large_one_does_not() {
        let mut spare = Spare::new();
        spare.keep_buffer(VecDeque::from([1, 2, 3]));
        spare.keep_buffer(VecDeque::with_capacity(LONGEST + 1));
        spare.keep_buffer(VecDeque::new());
        let buffer = spare.buffer();
        assert!(buffer.is_empty() && buffer.capacity() > 0);
        assert_eq!(spare.buffer().capacity(), 0);
    }

    #[test]
    fn there_is_an_end_to_what_is_kept() {
        let mut spare = Spare::new();
        for _ in 0..2 * MOST {
            spare.keep_buffer(VecDeque::from([0]));
            spare.keep_signal(Arc::default());
        }
        assert_eq!(spare.buffers.len(), MOST);
        assert_eq!(spare.signals.len(), MOST);
    }
}
