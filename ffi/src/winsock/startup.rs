//! `WSAStartup`, `WSACleanup` and the last error.

use std::ffi::{c_int, c_void};

use provider::{Error, Result, handles, in_condition_function};

use super::NUMBERING;
use crate::{boundary, calls::sockets, memory::Room, types::vestibule_handle};

/// Version 2.2, the highest there is (HND-03).
const HIGHEST: u16 = 0x0202;

/// Whether a start is outstanding in this process; that of a parent does not count.
///
/// # Errors
/// [`Error::NotInitialised`] (HND-01).
pub(super) fn check() -> Result<()> {
    if handles::starts() == 0 {
        return Err(Error::NotInitialised); // HND-01
    }
    Ok(())
}

/// A socket that was made while another thread may have called [`vestibule_ws_cleanup`]: after the
/// last one no socket is left.
///
/// # Errors
/// [`Error::NotInitialised`], and the socket is closed.
pub(super) fn still_started(socket: vestibule_handle) -> Result<vestibule_handle> {
    check().map(|()| socket).inspect_err(|_| {
        // The other thread may have closed it already.
        let _ = sockets::close(socket); // HND-09
    })
}

/// The version that a request for `requested` gets; nothing below 1.0 (HND-04 to HND-06).
fn negotiate(requested: u16) -> Option<u16> {
    let [major, minor] = requested.to_le_bytes(); // HND-03
    match (major, minor) {
        (0, _) => None,
        (1, 0..=1) | (2, 0..=2) => Some(requested),
        (1, _) => Some(0x0101),
        _ => Some(HIGHEST), // HND-05
    }
}

/// Where the members of WSADATA are (LAY-10).
mod wsadata {
    pub(super) const SIZE: usize = 408;
    pub(super) const VERSION: usize = 0;
    pub(super) const HIGHEST: usize = 2;
    pub(super) const MAX_SOCKETS: usize = 4;
    pub(super) const MAX_DATAGRAM: usize = 6;
    pub(super) const DESCRIPTION: usize = 16;
    pub(super) const STATUS: usize = 273;
}

/// `WSAStartup`: counts a start and fills WSADATA. Returns 0 or the error itself (HND-02).
///
/// # Safety
/// `data` is NULL or points to a WSADATA.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vestibule_ws_startup(version: u16, data: *mut c_void) -> c_int {
    // SAFETY: the program promises it.
    let data = unsafe { Room::new(data, wsadata::SIZE) };
    boundary::value(Error::SyscallFailure.code(), || Ok(start(version, data)))
}

fn start(version: u16, data: Room<'_>) -> c_int {
    let Some(negotiated) = negotiate(version) else {
        write_versions(data, HIGHEST);
        if check().is_err() {
            boundary::set_last_error(Error::NotInitialised.code());
        }
        return Error::VerNotSupported.code(); // HND-06
    };
    if data.is_null() {
        return Error::Fault.code(); // HND-07
    }
    write_versions(data, negotiated);
    let (sockets, datagram): (u16, u16) = match negotiated {
        0x0001 | 0x0101 => (32_767, 65_467),
        _ => (0, 0),
    };
    data.write_at(wsadata::MAX_SOCKETS, &sockets.to_ne_bytes()); // HND-11
    data.write_at(wsadata::MAX_DATAGRAM, &datagram.to_ne_bytes());
    let description = concat!("vestibule ", env!("CARGO_PKG_VERSION"), "\0");
    data.write_at(wsadata::DESCRIPTION, description.as_bytes());
    data.write_at(wsadata::STATUS, b"Running\0");
    handles::count_start(); // HND-08
    0
}

fn write_versions(data: Room<'_>, negotiated: u16) {
    data.write_at(wsadata::VERSION, &negotiated.to_ne_bytes()); // HND-04
    data.write_at(wsadata::HIGHEST, &HIGHEST.to_ne_bytes());
}

/// `WSACleanup`: takes a start back. The last one resets the sockets that are still open, which
/// ends the calls that wait in them; those of `vestibule_*` stay.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_cleanup() -> c_int {
    boundary::status(|| {
        check()?; // HND-10
        if in_condition_function() {
            return Err(Error::InProgress); // ACC-52
        }
        if handles::take_start_back()? == 0 {
            handles::reset_all(NUMBERING); // HND-09
        }
        Ok(())
    })
}

/// `WSAGetLastError`; it needs no start (HND-24).
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_get_last_error() -> c_int {
    boundary::last_error()
}

/// `WSASetLastError`; it needs no start (HND-25).
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_ws_set_last_error(error: c_int) {
    boundary::set_last_error(error);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_negotiated() {
        for same in [0x0001, 0x0101, 0x0002, 0x0102, 0x0202] {
            assert_eq!(negotiate(same), Some(same), "{same:#06x}");
        }
        assert_eq!(negotiate(0x6301), Some(0x0101)); // 1.99
        assert_eq!(negotiate(0x0302), Some(HIGHEST)); // 2.3
        assert_eq!(negotiate(0x0003), Some(HIGHEST)); // 3.0
        assert_eq!(negotiate(0x0000), None);
        assert_eq!(negotiate(0x0900), None); // 0.9
    }

    #[test]
    fn wsadata_is_filled_as_far_as_the_version_wants() {
        let mut data = [0xA5_u8; wsadata::SIZE];
        // SAFETY: it is of the size of a WSADATA.
        let result = unsafe { vestibule_ws_startup(0x0202, data.as_mut_ptr().cast()) };
        assert_eq!(result, 0);
        assert_eq!(data[..8], [2, 2, 2, 2, 0, 0, 0, 0]);
        assert_eq!(data[8..16], [0xA5; 8], "lpVendorInfo is left alone");
        assert!(data[wsadata::DESCRIPTION..].starts_with(b"vestibule "));
        assert!(data[wsadata::STATUS..].starts_with(b"Running\0"));
        assert_eq!(vestibule_ws_cleanup(), 0);
    }
}
