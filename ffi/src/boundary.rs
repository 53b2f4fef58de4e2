//! The boundary to C: no panic leaves the library, and every thread has its last error.

use std::{
    cell::Cell,
    ffi::c_int,
    panic::{AssertUnwindSafe, catch_unwind},
};

use provider::{Error, Result};

use crate::types::{VESTIBULE_ERROR, VESTIBULE_INVALID_SOCKET, vestibule_handle};

thread_local! {
    static LAST_ERROR: Cell<i32> = const { Cell::new(0) };
}

/// The last error of the calling thread (HND-23, HND-24).
pub(crate) fn last_error() -> i32 {
    LAST_ERROR.get()
}

/// Sets the last error of the calling thread (HND-25).
pub(crate) fn set_last_error(code: i32) {
    LAST_ERROR.set(code);
}

/// Runs a call whose result is a value; `failed` stands for failure.
///
/// The last error is set after the call has ended, so it is the call's own whatever a condition
/// function has set meanwhile (HND-28). A panic inside the library is a fault of ours; the program
/// sees `WSASYSCALLFAILURE`.
pub(crate) fn value<T>(failed: T, call: impl FnOnce() -> Result<T>) -> T {
    let result = catch_unwind(AssertUnwindSafe(call)).unwrap_or(Err(Error::SyscallFailure));
    result.unwrap_or_else(|error| {
        set_last_error(error.code());
        failed
    })
}

/// Runs a call that succeeds or not: 0 or -1 (HND-13).
pub(crate) fn status(call: impl FnOnce() -> Result<()>) -> c_int {
    value(VESTIBULE_ERROR, || call().map(|()| 0))
}

/// Runs a call whose result is a socket.
pub(crate) fn socket(call: impl FnOnce() -> Result<vestibule_handle>) -> vestibule_handle {
    value(VESTIBULE_INVALID_SOCKET, call)
}

/// Runs a call whose result is a number of bytes.
pub(crate) fn count(call: impl FnOnce() -> Result<usize>) -> isize {
    value(-1, || isize::try_from(call()?).map_err(|_| Error::Fault))
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn success_leaves_the_last_error_alone() {
        set_last_error(7);
        assert_eq!(status(|| Ok(())), 0);
        assert_eq!(count(|| Ok(3)), 3);
        assert_eq!(last_error(), 7);
    }

    #[test]
    fn failure_has_the_form_of_its_kind_and_sets_the_last_error() {
        assert_eq!(status(|| Err(Error::NotSock)), -1);
        assert_eq!(last_error(), 10038);
        assert_eq!(socket(|| Err(Error::MFile)), usize::MAX);
        assert_eq!(last_error(), 10024);
        assert_eq!(count(|| Err(Error::Fault)), -1);
        assert_eq!(last_error(), 10014);
    }

    #[test]
    fn a_panic_becomes_an_error() {
        assert_eq!(status(|| panic!("on purpose")), -1);
        assert_eq!(last_error(), Error::SyscallFailure.code());
    }

    #[test]
    fn each_thread_has_its_own_last_error() {
        set_last_error(1);
        thread::spawn(|| {
            assert_eq!(last_error(), 0);
            set_last_error(2);
        })
        .join()
        .unwrap();
        assert_eq!(last_error(), 1);
    }
}
