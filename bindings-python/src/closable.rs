//! What a program can close while other threads are still inside.

use provider::{
    Error,
    handles::{Slot, User},
};
use pyo3::prelude::*;

use crate::errors::exception;

/// Holds an object until it is closed, so that its descriptor goes as soon as nobody else has it.
#[derive(Debug)]
pub(crate) struct Closable<T>(Slot<T>);

impl<T> Closable<T> {
    pub(crate) fn new(object: T) -> Self {
        const TAG: u32 = 1; // there is one object in the place, so any will do
        Self(Slot::holding(TAG, object))
    }

    /// The object, unless it is closed.
    pub(crate) fn if_open(&self) -> Option<User<'_, T>> {
        self.0.enter_any()
    }

    /// # Errors
    /// WSA_INVALID_HANDLE if it is closed (EVT-39).
    pub(crate) fn get(&self, py: Python<'_>) -> PyResult<User<'_, T>> {
        self.open_or(py, Error::InvalidHandle)
    }

    /// For a registration or an enumeration.
    ///
    /// # Errors
    /// WSAEINVAL if it is closed (EVT-10, EVT-27, EVT-53).
    pub(crate) fn named(&self, py: Python<'_>) -> PyResult<User<'_, T>> {
        self.open_or(py, Error::Inval)
    }

    fn open_or(&self, py: Python<'_>, error: Error) -> PyResult<User<'_, T>> {
        self.if_open().ok_or_else(|| exception(py, error))
    }

    /// Closes it by `close`; a second time nothing happens.
    pub(crate) fn close(&self, close: impl FnOnce(&T) -> provider::Result<()>) {
        if let Some(object) = self.if_open()
            && object.retire()
        {
            let _ = close(&object); // what a forked child has of its parent is only dropped
        }
    }
}
