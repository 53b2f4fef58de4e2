//! Accepting.

use provider::{ConditionArgs, Error, NetworkEvents, Numbering, Result, Sockaddr, Wait, handles};

use super::{
    condition::Condition,
    find, handle,
    names::{Length, NameOut},
};
use crate::types::vestibule_handle;

/// Accepts the request at the head of the backlog if the condition function says so.
///
/// The caller's address is written after an acceptance, and after a rejection and a deferral as
/// well (ACC-49, ACC-50).
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Inval`] if the socket does not listen (ACC-16); [`Error::Fault`] if
/// the room for the address is too short, before anything is taken (ACC-47, ACC-48); otherwise as
/// [`provider::Socket::accept`] and [`Condition::ask`].
pub(crate) fn accept<L: Length>(
    listener: vestibule_handle,
    name: NameOut<'_, L>,
    condition: Condition,
    numbering: Numbering,
    wait: &Wait<'_>,
) -> Result<vestibule_handle> {
    let listener = find(listener)?;
    let is_named = name.is_wanted();
    if is_named && listener.is_listening() {
        let wrong = |_: &Error| listener.arguments_were_wrong(NetworkEvents::ACCEPT);
        name.check(listener.entry().family()).inspect_err(wrong)?; // ACC-47 ACC-48 EVT-13
    }
    let mut caller = Sockaddr::NONE;
    let ask = |args: &mut ConditionArgs<'_>| {
        if is_named {
            caller = *args.caller_sockaddr();
        }
        condition.ask(args)
    };
    let accepted = handles::accept(&listener, ask, wait, numbering).and_then(handle);
    let decided = matches!(accepted, Ok(_) | Err(Error::ConnRefused | Error::TryAgain));
    if decided && is_named {
        name.write(&caller, numbering); // ACC-49 ACC-50
    }
    accepted
}
