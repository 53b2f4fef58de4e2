//! Messages: which calls keep their boundaries.

use crate::{Error, Result};

/// Whether a receive acts as message-oriented: it takes one whole message and tells the graceful end
/// apart from a message of no bytes (DIS-34). Otherwise it takes bytes.
///
/// `message_oriented` and `pseudo_stream` are the service flags `XP1_MESSAGE_ORIENTED` and
/// `XP1_PSEUDO_STREAM` of the entry, `partial` is the flag `MSG_PARTIAL` of the call.
pub const fn receives_whole(message_oriented: bool, pseudo_stream: bool, partial: bool) -> bool {
    message_oriented && !pseudo_stream && !partial // DIS-35
}

/// Checks the flags of a receive against the kind of the socket.
///
/// # Errors
/// [`Error::OpNotSupp`] for `MSG_PARTIAL` on a stream, which has no messages to take a part of, and
/// for `MSG_WAITALL` on a message-oriented socket, where a receive ends with the message.
pub fn check_flags(message_oriented: bool, partial: bool, all: bool) -> Result<()> {
    if (partial && !message_oriented) || (all && message_oriented) {
        return Err(Error::OpNotSupp);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_message_oriented_entry_without_exceptions_keeps_boundaries() {
        for bits in 0..8 {
            let [oriented, pseudo_stream, partial] = [bits & 1 != 0, bits & 2 != 0, bits & 4 != 0];
            let whole = receives_whole(oriented, pseudo_stream, partial);
            assert_eq!(whole, bits == 1, "{oriented} {pseudo_stream} {partial}");
        }
    }

    #[test]
    fn each_kind_refuses_the_flag_of_the_other() {
        assert_eq!(check_flags(false, false, true), Ok(()));
        assert_eq!(check_flags(true, true, false), Ok(()));
        assert_eq!(check_flags(false, true, false), Err(Error::OpNotSupp));
        assert_eq!(check_flags(true, false, true), Err(Error::OpNotSupp));
        assert_eq!(check_flags(true, true, true), Err(Error::OpNotSupp));
    }
}
