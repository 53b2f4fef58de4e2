//! Quality of service.

use provider::{Error, Qos, Result};

use super::find;
use crate::{
    memory::{Input, Variable},
    types::{vestibule_handle, vestibule_qos},
};

/// What is said to provider-specific parameters: there are none, and none are dropped.
pub(super) const NO_PARAMETERS: Error = Error::OpNotSupp;

/// The flow specifications that a program asks for.
///
/// # Errors
/// [`NO_PARAMETERS`].
pub(super) fn asked(qos: vestibule_qos) -> Result<Qos> {
    if qos.provider_specific.len > 0 {
        return Err(NO_PARAMETERS);
    }
    Ok(qos.into())
}

/// Sets the quality of service of a socket.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::NoProtoOpt`] where the entry has none (QOS-10); [`Error::Fault`] for
/// NULL; [`NO_PARAMETERS`]; otherwise as [`provider::Socket::set_qos`].
pub(crate) fn set(socket: vestibule_handle, qos: Input<'_, vestibule_qos>) -> Result<()> {
    let socket = find(socket)?;
    if !socket.entry().has_qos() {
        return Err(Error::NoProtoOpt); // QOS-10
    }
    socket.set_qos(&asked(qos.required()?)?)
}

/// Reads the quality of service in force.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Fault`] for NULL; otherwise as [`provider::Socket::negotiated_qos`].
pub(crate) fn get(socket: vestibule_handle, qos: Variable<'_, vestibule_qos>) -> Result<()> {
    let negotiated = find(socket)?.negotiated_qos()?;
    qos.give(negotiated.into())
}
