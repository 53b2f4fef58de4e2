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
mod closable;
mod errors;
mod events;
mod opening;
mod port;
mod request;
mod selecting;
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
        events::{EventObject, wait_all, wait_any},
        opening::{Connection, Listener, adopt, connect, listen},
        port::NotificationPort,
        request::ConnectionRequest,
        selecting::select,
        socket::Socket,
        values::{configure, setting},
    };

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
