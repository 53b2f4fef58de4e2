//! Errors of the provider as the package's exceptions.

use provider::Error;
use pyo3::{
    prelude::*,
    sync::PyOnceLock,
    types::{PyBytes, PyFunction},
};

/// Every error as (Winsock number, name, Linux number, text).
#[pyfunction]
pub(crate) fn error_table() -> Vec<(i32, &'static str, i32, &'static str)> {
    Error::ALL
        .iter()
        .map(|error| (error.code(), error.name(), error.errno(), error.text()))
        .collect()
}

/// The exception for an error.
pub(crate) fn exception(py: Python<'_>, error: Error) -> PyErr {
    refusal(py, error, &[])
}

/// The exception for an error, with the data of a refusal.
pub(crate) fn refusal(py: Python<'_>, error: Error, data: &[u8]) -> PyErr {
    static MAKE: PyOnceLock<Py<PyFunction>> = PyOnceLock::new();
    MAKE.import(py, "vestibule._errors", "make_error")
        .and_then(|make| make.call1((error.code(), PyBytes::new(py, data))))
        .map_or_else(|failure| failure, PyErr::from_value)
}

/// The exception for an answer of a condition function that is no decision (ACC-20).
pub(crate) fn invalid_decision(answer: &Bound<'_, PyAny>) -> PyErr {
    static MAKE: PyOnceLock<Py<PyFunction>> = PyOnceLock::new();
    MAKE.import(answer.py(), "vestibule._errors", "make_invalid_decision")
        .and_then(|make| make.call1((answer,)))
        .map_or_else(|failure| failure, PyErr::from_value)
}

/// What a call of the provider returned, for Python.
pub(crate) trait OrRaise<T> {
    /// The result, or the exception for the error.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for provider::Result<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| exception(py, error))
    }
}
