//! What has arrived at a socket and was not received yet.

use std::collections::VecDeque;

use crate::{Error, Result, provider::options::DEFAULT_BUFFER, rules::user_data::UserData};

/// What a waiting message costs of the limit besides its bytes: as much as the record of its length
/// takes in a queue that has just grown. So messages of no bytes have a limit, too.
const MESSAGE_COST: usize = 2 * size_of::<usize>();

/// What has arrived at a socket.
#[derive(Debug)]
pub(super) struct Inbox {
    pub(super) bytes: VecDeque<u8>,
    /// The lengths of the messages that the bytes are; nothing on a stream.
    messages: Option<VecDeque<usize>>,
    /// The receive buffer's size; a message can be as long.
    pub(super) limit: usize,
    pub(super) end: Option<End>,
    /// Disconnect data of the peer, or of a refusal.
    pub(super) disconnect_data: Option<UserData>,
}

/// How nothing more comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The peer has ended its direction.
    Graceful,
    /// The peer has reset the connection.
    Reset,
    /// This side has reset it: data came that nobody will read (DIS-32, DIS-37).
    Aborted,
}

impl Inbox {
    pub(super) fn new(message_oriented: bool) -> Self {
        Self {
            bytes: VecDeque::new(),
            messages: message_oriented.then(VecDeque::new),
            limit: DEFAULT_BUFFER as usize,
            end: None,
            disconnect_data: None,
        }
    }

    pub(super) fn is_message_oriented(&self) -> bool {
        self.messages.is_some()
    }

    /// The peer has ended its direction; the first time counts.
    pub(super) fn end_gracefully(&mut self, disconnect_data: &[u8]) {
        if self.end.is_none() {
            self.end = Some(End::Graceful);
            self.disconnect_data = Some(UserData::from_slice(disconnect_data)); // DIS-02 DIS-52
        }
    }

    /// The peer has reset the connection, unless this side has done so before: nothing of what has
    /// arrived will be received.
    pub(super) fn reset(&mut self) {
        if self.end != Some(End::Aborted) {
            self.end = Some(End::Reset);
        }
        self.clear();
    }

    /// Drops what has arrived.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        if let Some(messages) = &mut self.messages {
            messages.clear();
        }
    }

    /// Whether nothing waits, not even a message of no bytes.
    pub(super) fn is_empty(&self) -> bool {
        match &self.messages {
            Some(messages) => messages.is_empty(),
            None => self.bytes.is_empty(),
        }
    }

    /// How many bytes of a stream there is room for.
    pub(super) fn room(&self) -> usize {
        self.limit.saturating_sub(self.bytes.len())
    }

    /// Whether there is room for a message now; for one of no bytes as much is asked as for a byte.
    ///
    /// # Errors
    /// [`Error::MsgSize`] if there never will be (ERR-18).
    pub(super) fn has_room_for(&self, length: usize) -> Result<bool> {
        if length > self.limit {
            return Err(Error::MsgSize); // ERR-18
        }
        let waiting = self.messages.as_ref().map_or(0, VecDeque::len);
        Ok(self.bytes.len() + waiting * MESSAGE_COST + length.max(1) <= self.limit)
    }

    /// Puts a message in.
    pub(super) fn push(&mut self, message: &[u8]) {
        self.bytes.extend(message);
        if let Some(messages) = &mut self.messages {
            messages.push_back(message.len());
        }
    }

    /// The length of the first message, or of what is left of it.
    pub(super) fn first(&self) -> Option<usize> {
        self.messages.as_ref()?.front().copied()
    }

    /// Copies the first bytes; there must be as many.
    pub(super) fn copy_to(&self, buffer: &mut [u8]) {
        let (front, back) = self.bytes.as_slices();
        let (start, rest) = buffer.split_at_mut(front.len().min(buffer.len()));
        start.copy_from_slice(&front[..start.len()]);
        rest.copy_from_slice(&back[..rest.len()]);
    }

    /// Removes the first bytes, and with its last byte the first message.
    pub(super) fn remove(&mut self, count: usize) {
        self.bytes.drain(..count);
        let Some(messages) = &mut self.messages else {
            return;
        };
        match messages.front_mut() {
            Some(first) if *first > count => *first -= count,
            _ => {
                messages.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(limit: usize) -> Inbox {
        Inbox {
            limit,
            ..Inbox::new(true)
        }
    }

    #[test]
    fn a_message_can_be_as_long_as_the_limit() {
        let mut inbox = limited(100);
        assert_eq!(inbox.has_room_for(101), Err(Error::MsgSize));
        assert_eq!(inbox.has_room_for(100), Ok(true));
        inbox.push(&[0; 100]);
        assert_eq!(inbox.has_room_for(0), Ok(false));
        assert_eq!(inbox.has_room_for(101), Err(Error::MsgSize));
    }

    #[test]
    fn messages_of_no_bytes_have_a_limit() {
        let mut inbox = limited(10 * MESSAGE_COST);
        for _ in 0..10 {
            assert_eq!(inbox.has_room_for(0), Ok(true));
            inbox.push(b"");
        }
        assert_eq!(inbox.has_room_for(0), Ok(false));
    }

    #[test]
    fn a_message_goes_with_its_last_byte() {
        let mut inbox = limited(100);
        inbox.push(b"abc");
        inbox.push(b"");
        inbox.push(b"de");
        for (first, take) in [(3, 2), (1, 1), (0, 0), (2, 2)] {
            assert_eq!(inbox.first(), Some(first));
            inbox.remove(take);
        }
        assert!(inbox.is_empty() && inbox.bytes.is_empty());
    }

    #[test]
    fn bytes_that_go_round_the_end_of_the_ring_are_copied_in_order() {
        let mut inbox = Inbox::new(false);
        let capacity = {
            inbox.bytes.reserve(8);
            inbox.bytes.capacity()
        };
        inbox.push(&vec![b'x'; capacity - 2]);
        inbox.remove(capacity - 3);
        inbox.push(b"abcd");
        let mut copied = [0; 4];
        inbox.copy_to(&mut copied);
        assert_eq!(&copied, b"xabc");
        assert!(!inbox.bytes.as_slices().1.is_empty());
    }
}
