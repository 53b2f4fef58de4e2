//! The Python module `vestibule._vestibule`: the provider's sockets as Python classes.
//!
//! The package around it (`python/vestibule`) has the plain values and the exceptions; this crate
//! has what talks to the provider. Doc comments of classes and methods are Python docstrings.

#![expect(
    clippy::doc_markdown,
    reason = "doc comments are Python docstrings, which are no Markdown"
)]

mod address;
mod calls;
mod catalogue;
mod errors;
mod opening;
mod request;
mod socket;
mod values;
mod waiting;

use pyo3::prelude::*;

/// The provider's sockets. Use the package `vestibule`, which exports everything here.
#[pymodule]
mod _vestibule {
    use super::{Bound, PyModule, PyModuleMethods, PyResult};
    #[pymodule_export]
    use super::{
        catalogue::catalogue,
        errors::error_table,
        opening::{Connection, Listener, adopt, connect, listen},
        request::ConnectionRequest,
        socket::Socket,
        values::{configure, setting},
    };

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
