//! The catalogue, as Python sees it.

use provider::{Numbering, ProtocolInfo};
use pyo3::{prelude::*, types::PyTuple};

use crate::values::{class, entry_to_python, limits_to_python};

/// The entries of the catalogue, in the order of registration: a tuple of ProtocolInfo.
#[pyfunction]
#[pyo3(text_signature = "()")]
pub(crate) fn catalogue(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    let rows: PyResult<Vec<_>> = provider::Entry::catalogue()
        .iter()
        .map(|info| info_to_python(py, info))
        .collect();
    PyTuple::new(py, rows?)
}

fn info_to_python<'py>(py: Python<'py>, info: &ProtocolInfo) -> PyResult<Bound<'py, PyAny>> {
    let flags = class!(py, "ServiceFlags")?.call1((info.service_flags().bits(),))?;
    let capabilities = class!(py, "Capability")?.call1((info.capabilities.bits(),))?;
    class!(py, "ProtocolInfo")?.call1((
        entry_to_python(py, info.entry)?,
        info.name,
        info.catalogue_id,
        info.family.number(Numbering::Linux),
        info.socket_type,
        info.protocol,
        flags,
        capabilities,
        limits_to_python(py, info.entry.user_data_limits())?,
        info.message_size,
    ))
}
