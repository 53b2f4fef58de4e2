//! The last error, and what error numbers mean.

use std::{
    ffi::{CString, c_char, c_int},
    ptr,
    sync::OnceLock,
};

use provider::Error;

use crate::boundary;

/// The error of the calling thread's last call that failed: one of the VESTIBULE_WSA numbers, 0 if
/// none has failed yet (HND-23). A call that succeeds does not change it.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_last_error() -> c_int {
    boundary::last_error()
}

/// Sets the calling thread's last error (HND-25).
///
/// `error`: any number.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_set_last_error(error: c_int) {
    boundary::set_last_error(error);
}

/// The Winsock name of an error, such as "WSAECONNREFUSED".
///
/// Returns a string that belongs to the library and is valid for ever, or NULL for a number that is
/// no error of the library.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_error_name(error: c_int) -> *const c_char {
    text(error).map_or(ptr::null(), |text| text.name.as_ptr())
}

/// One English sentence about an error.
///
/// Returns a string that belongs to the library and is valid for ever, or NULL for a number that is
/// no error of the library.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_error_text(error: c_int) -> *const c_char {
    text(error).map_or(ptr::null(), |text| text.sentence.as_ptr())
}

/// The Linux error number that is nearest to an error, such as ECONNREFUSED.
///
/// Returns it, or 0 for a number that is no error of the library.
///
/// Thread-safe.
#[unsafe(no_mangle)]
pub extern "C" fn vestibule_error_errno(error: c_int) -> c_int {
    boundary::value(0, || Ok(Error::from_code(error).map_or(0, Error::errno)))
}

/// The texts of an error, as C wants them.
struct Text {
    code: i32,
    name: CString,
    sentence: CString,
}

fn text(code: c_int) -> Option<&'static Text> {
    static TEXTS: OnceLock<Vec<Text>> = OnceLock::new();
    boundary::value(None, || {
        let texts = TEXTS.get_or_init(|| Error::ALL.iter().copied().map(of).collect());
        Ok(texts.iter().find(|text| text.code == code))
    })
}

/// The table of errors has no NUL in it, so nothing is lost.
fn of(error: Error) -> Text {
    Text {
        code: error.code(),
        name: CString::new(error.name()).unwrap_or_default(),
        sentence: CString::new(error.text()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_texts() {
        for error in Error::ALL {
            let text = text(error.code()).unwrap();
            assert_eq!(text.name.to_str().unwrap(), error.name());
            assert_eq!(text.sentence.to_str().unwrap(), error.text());
        }
        assert!(vestibule_error_name(1).is_null());
        assert!(vestibule_error_text(-1).is_null());
        assert_eq!(vestibule_error_errno(10061), Error::ConnRefused.errno());
        assert_eq!(vestibule_error_errno(1), 0);
    }
}
