//! Options and control codes.

use std::ffi::{c_char, c_int, c_void};

use super::{NUMBERING, connections::check_synchronous, status};
use crate::{
    calls::{
        catalogue::{self, Text},
        control::{self, Data, FIONBIO},
        find, length, length_of_bytes, options,
    },
    memory::{Bytes, Room, Variable},
    types::{VESTIBULE_SOL_SOCKET, vestibule_handle},
};

const SO_PROTOCOL_INFOA: c_int = 0x2004;
const SO_PROTOCOL_INFOW: c_int = 0x2005;

/// `getsockopt`.
///
/// # Safety
/// The pointers are NULL or valid, `value` for `*len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_getsockopt(
    socket: vestibule_handle,
    level: c_int,
    option: c_int,
    value: *mut c_char,
    len: *mut c_int,
) -> c_int {
    // SAFETY: the program promises it.
    let variable = unsafe { Variable::new(len) };
    let room = length(variable.required().unwrap_or(0));
    // SAFETY: the program promises it.
    let room = unsafe { Room::new(value.cast(), room) };
    status(|| match protocol_info(level, option) {
        Some(text) => catalogue::of_socket(socket, text, room, variable, NUMBERING),
        None => options::get(socket, (level, option), room, variable),
    })
}

/// Which protocol structure of the socket's entry an option stands for.
fn protocol_info(level: c_int, option: c_int) -> Option<Text> {
    match (level, option) {
        (VESTIBULE_SOL_SOCKET, SO_PROTOCOL_INFOA) => Some(Text::Narrow),
        (VESTIBULE_SOL_SOCKET, SO_PROTOCOL_INFOW) => Some(Text::Wide),
        _ => None,
    }
}

/// `setsockopt`.
///
/// # Safety
/// `value` is NULL or points to `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_setsockopt(
    socket: vestibule_handle,
    level: c_int,
    option: c_int,
    value: *const c_char,
    len: c_int,
) -> c_int {
    // SAFETY: the program promises it.
    let value = unsafe { Bytes::new(value.cast(), length_of_bytes(len)) };
    status(|| options::set(socket, (level, option), value))
}

/// `ioctlsocket`: FIONBIO, FIONREAD and SIOCATMARK; every other code is `WSAEOPNOTSUPP`.
///
/// # Safety
/// `argument` is NULL or valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_ioctlsocket(
    socket: vestibule_handle,
    code: u32,
    argument: *mut u32,
) -> c_int {
    // SAFETY: the program promises it.
    let argument = unsafe { Variable::new(argument) };
    status(|| {
        if code == FIONBIO {
            let found = find(socket)?;
            return found.set_nonblocking(argument.required()? != 0);
        }
        argument.give(control::number(&*find(socket)?, code)?)
    })
}

/// `WSAIoctl`. Overlapped calls are not offered: `WSAEOPNOTSUPP`.
///
/// # Safety
/// The pointers are NULL or valid, `input` and `output` for their lengths.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_wsaioctl(
    socket: vestibule_handle,
    code: u32,
    input: *const c_void,
    input_len: u32,
    output: *mut c_void,
    output_len: u32,
    written: *mut u32,
    overlapped: *const c_void,
    completion: *const c_void,
) -> c_int {
    // SAFETY: the program promises it.
    let input = unsafe { Bytes::new(input, input_len as usize) };
    // SAFETY: the program promises it.
    let output = unsafe { Room::new(output, output_len as usize) };
    // SAFETY: the program promises it.
    let written = unsafe { Variable::new(written) };
    let data = Data {
        input,
        output,
        written,
    };
    status(|| {
        check_synchronous(socket, overlapped, completion)?;
        control::control(socket, code, &data)
    })
}
