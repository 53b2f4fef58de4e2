//! Control codes: `WSAIoctl`.

use provider::{Error, Qos, Result, Socket};

use super::find;
use crate::{
    memory::{Bytes, Room, Variable},
    types::{vestibule_handle, vestibule_qos},
};

pub(crate) const FIONBIO: u32 = 0x8004_667E;
const SIO_GET_QOS: u32 = 0xC800_0007;
const SIO_GET_GROUP_QOS: u32 = 0xC800_0008;
const SIO_SET_QOS: u32 = 0x8800_000B;
const SIO_SET_GROUP_QOS: u32 = 0x8800_000C;

const QOS_SIZE: usize = size_of::<vestibule_qos>();

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
        FIONBIO => set_mode(&socket, data.input)?,
        SIO_GET_GROUP_QOS | SIO_SET_GROUP_QOS => return Err(Error::NoProtoOpt), // GRP-08
        SIO_GET_QOS | SIO_SET_QOS if !socket.entry().has_qos() => {
            return Err(Error::NoProtoOpt); // QOS-10
        }
        SIO_GET_QOS => read_qos(&socket, data)?,
        _ => return Err(Error::OpNotSupp),
    };
    data.written.set(written);
    Ok(())
}

/// FIONBIO (HND-29, HND-38).
fn set_mode(socket: &Socket, input: Bytes<'_>) -> Result<u32> {
    let value = input.required()?.first_chunk::<4>().ok_or(Error::Fault)?;
    socket.set_nonblocking(u32::from_ne_bytes(*value) != 0)?;
    Ok(0)
}

/// `SIO_GET_QOS`: what was negotiated, or nothing but best effort (QOS-07, QOS-13, QOS-14).
fn read_qos(socket: &Socket, data: &Data<'_>) -> Result<u32> {
    if !data.output.fits(QOS_SIZE) {
        return Err(Error::Fault); // QOS-13
    }
    if socket.qos().is_none() && socket.local_address().is_err() {
        return Err(Error::Inval); // QOS-14
    }
    let qos = socket.qos().unwrap_or_default();
    data.output.write_at(0, &bytes_of(&qos));
    u32::try_from(QOS_SIZE).map_err(|_| Error::Fault)
}

/// A QOS structure without provider-specific data (LAY-05, QOS-12).
fn bytes_of(qos: &Qos) -> [u8; QOS_SIZE] {
    let mut bytes = [0; QOS_SIZE];
    let numbers = [qos.sending, qos.receiving].map(|flow| {
        [
            flow.token_rate,
            flow.token_bucket_size,
            flow.peak_bandwidth,
            flow.latency,
            flow.delay_variation,
            flow.service_type,
            flow.max_sdu_size,
            flow.minimum_policed_size,
        ]
    });
    for (place, number) in bytes.chunks_exact_mut(4).zip(numbers.as_flattened()) {
        place.copy_from_slice(&number.to_ne_bytes());
    }
    bytes
}
