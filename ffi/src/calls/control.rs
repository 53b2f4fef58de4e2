//! Control codes: `ioctlsocket` and `WSAIoctl`.

use std::{array, mem::offset_of};

use provider::{Error, FlowSpec, Qos, Result, Socket};

use super::{find, qos::NO_PARAMETERS};
use crate::{
    memory::{Bytes, Room, Variable},
    types::{vestibule_handle, vestibule_qos},
};

pub(crate) const FIONBIO: u32 = 0x8004_667E;
const FIONREAD: u32 = 0x4004_667F;
const SIOCATMARK: u32 = 0x4004_7307;
const SIO_GET_QOS: u32 = 0xC800_0007;
const SIO_GET_GROUP_QOS: u32 = 0xC800_0008;
const SIO_SET_QOS: u32 = 0x8800_000B;
const SIO_SET_GROUP_QOS: u32 = 0x8800_000C;

const QOS_SIZE: usize = size_of::<vestibule_qos>();
/// Which of the numbers in a QOS structure is the length of the provider-specific data.
const PROVIDER_SPECIFIC_LENGTH: usize = offset_of!(vestibule_qos, provider_specific.len) / 4;

/// The data of a control call.
#[derive(Clone, Copy)]
pub(crate) struct Data<'a> {
    pub(crate) input: Bytes<'a>,
    pub(crate) output: Room<'a>,
    /// How many bytes of output there are.
    pub(crate) written: Variable<'a, u32>,
}

/// Carries out a control code.
///
/// # Errors
/// [`Error::NotSock`]; [`Error::Fault`] for a NULL and for data that is too short (HND-38, QOS-13);
/// [`Error::NoProtoOpt`] for groups (GRP-08) and for quality of service where the entry has none
/// (QOS-10); [`Error::OpNotSupp`] for every other code; otherwise as the operation says.
pub(crate) fn control(socket: vestibule_handle, code: u32, data: &Data<'_>) -> Result<()> {
    let socket = find(socket)?;
    if data.written.is_null() {
        return Err(Error::Fault); // HND-38
    }
    let written = match code {
        FIONBIO => set_mode(&socket, data)?,
        FIONREAD | SIOCATMARK => give_number(&socket, code, data.output)?,
        SIO_GET_GROUP_QOS | SIO_SET_GROUP_QOS => return Err(Error::NoProtoOpt), // GRP-08
        SIO_GET_QOS | SIO_SET_QOS if !socket.entry().has_qos() => {
            return Err(Error::NoProtoOpt); // QOS-10
        }
        SIO_SET_QOS => write_qos(&socket, data.input)?,
        SIO_GET_QOS => read_qos(&socket, data.output)?,
        _ => return Err(Error::OpNotSupp),
    };
    data.written.set(written);
    Ok(())
}

/// The answer to a code that asks for a number.
///
/// # Errors
/// [`Error::OpNotSupp`] for any other code; otherwise as [`Socket::bytes_readable`] and
/// [`Socket::is_at_mark`].
pub(crate) fn number(socket: &Socket, code: u32) -> Result<u32> {
    match code {
        FIONREAD => Ok(u32::try_from(socket.bytes_readable()?).unwrap_or(u32::MAX)),
        SIOCATMARK => Ok(socket.is_at_mark()?.into()),
        _ => Err(Error::OpNotSupp),
    }
}

/// FIONREAD and SIOCATMARK, with room for a `u_long`.
fn give_number(socket: &Socket, code: u32, output: Room<'_>) -> Result<u32> {
    let answer = number(socket, code)?.to_ne_bytes();
    if !output.fits(answer.len()) {
        return Err(Error::Fault);
    }
    output.write_at(0, &answer);
    u32::try_from(answer.len()).map_err(|_| Error::Fault)
}

/// FIONBIO (HND-29, HND-38). If the socket refuses, the call says that there is no output (HND-30).
fn set_mode(socket: &Socket, data: &Data<'_>) -> Result<u32> {
    let value = data.input.required()?.first_chunk::<4>();
    let nonblocking = u32::from_ne_bytes(*value.ok_or(Error::Fault)?) != 0;
    socket
        .set_nonblocking(nonblocking)
        .inspect_err(|_| data.written.set(0))?;
    Ok(0)
}

/// `SIO_SET_QOS`: needs no room for output (QOS-13).
fn write_qos(socket: &Socket, input: Bytes<'_>) -> Result<u32> {
    let bytes = input.required()?.first_chunk().ok_or(Error::Fault)?;
    socket.set_qos(&from_bytes(bytes)?)?;
    Ok(0)
}

/// `SIO_GET_QOS`: what was negotiated, or nothing but best effort (QOS-07, QOS-13, QOS-14). Input is
/// not looked at (AMB-42).
fn read_qos(socket: &Socket, output: Room<'_>) -> Result<u32> {
    if !output.fits(QOS_SIZE) {
        return Err(Error::Fault); // QOS-13
    }
    output.write_at(0, &to_bytes(&socket.negotiated_qos()?));
    u32::try_from(QOS_SIZE).map_err(|_| Error::Fault)
}

/// Reads a QOS structure (LAY-05).
fn from_bytes(bytes: &[u8; QOS_SIZE]) -> Result<Qos> {
    let number = |index: usize| u32::from_ne_bytes(bytes.as_chunks().0[index]);
    if number(PROVIDER_SPECIFIC_LENGTH) > 0 {
        return Err(NO_PARAMETERS);
    }
    Ok(Qos {
        sending: FlowSpec::from_array(array::from_fn(number)),
        receiving: FlowSpec::from_array(array::from_fn(|index| number(8 + index))),
    })
}

/// A QOS structure without provider-specific data (LAY-05, QOS-12).
fn to_bytes(qos: &Qos) -> [u8; QOS_SIZE] {
    let mut bytes = [0; QOS_SIZE];
    let flows = [qos.sending, qos.receiving].map(FlowSpec::to_array);
    for (place, number) in bytes.chunks_exact_mut(4).zip(flows.as_flattened()) {
        place.copy_from_slice(&number.to_ne_bytes());
    }
    bytes
}
