//! The connection request as a condition function sees it.

use std::sync::{Mutex, PoisonError};

use provider::{Address, ConditionArgs, Credentials, Decision, Error, Qos};
use pyo3::{
    exceptions::PyRuntimeError,
    prelude::*,
    types::{PyBool, PyBytes, PyInt},
};

use crate::{
    address,
    errors::{OrRaise as _, exception, invalid_decision},
    values,
};

/// A connection request that waits for its decision.
///
/// It is valid while the condition function runs; afterwards its attributes raise RuntimeError
/// (ACC-42).
#[pyclass(frozen, module = "vestibule")]
#[derive(Debug)]
pub(crate) struct ConnectionRequest {
    /// Nothing once the condition function has returned.
    shown: Mutex<Option<Shown>>,
}

/// What the request says, and what the condition function has supplied so far. It is a copy, because
/// a Python object cannot be kept from outliving the request.
#[derive(Clone, Debug)]
struct Shown {
    caller_id: Address,
    callee_id: Address,
    caller_data: Option<Vec<u8>>,
    callee_capacity: usize,
    credentials: Option<Credentials>,
    qos: Option<Qos>,
    /// Nothing until the condition function assigns it.
    callee_data: Option<Vec<u8>>,
}

impl ConnectionRequest {
    fn new(args: &ConditionArgs<'_>) -> Self {
        Self {
            shown: Mutex::new(Some(Shown {
                caller_id: args.caller_id(),
                callee_id: args.callee_id(),
                caller_data: args.caller_data().map(<[u8]>::to_vec),
                callee_capacity: args.callee_capacity(),
                credentials: args.credentials(),
                qos: args.qos(),
                callee_data: None,
            })),
        }
    }

    /// Looks at the request, or changes it; no Python code runs meanwhile.
    fn with<R>(&self, look: impl FnOnce(&mut Shown) -> R) -> PyResult<R> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.as_mut().map(look).ok_or_else(|| {
            PyRuntimeError::new_err(
                "a connection request can be used only while its condition function runs",
            )
        })
    }

    fn end(&self) -> Option<Shown> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.take()
    }
}

#[pymethods]
impl ConnectionRequest {
    /// The address of the caller (ACC-12, ACC-30).
    #[getter]
    fn caller_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        address::to_python(py, self.with(|shown| shown.caller_id)?)
    }

    /// The local address that the caller has connected to; the connection will have it (ACC-35).
    #[getter]
    fn callee_id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        address::to_python(py, self.with(|shown| shown.callee_id)?)
    }

    /// The bytes that the caller sent along, or None if there are none (ACC-13, ACC-31, ACC-32).
    #[getter]
    fn caller_data<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        self.with(|shown| {
            let data = shown.caller_data.as_ref();
            data.map(|data| PyBytes::new(py, data))
        })
    }

    /// How many bytes of callee data can be sent back; 0 where the entry carries none (ACC-36,
    /// ACC-37).
    #[getter]
    fn callee_capacity(&self) -> PyResult<usize> {
        self.with(|shown| shown.callee_capacity)
    }

    /// The user of the calling process (uid, gid, pid), or None where the entry does not know it
    /// (ACC-73).
    #[getter]
    fn credentials<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let credentials = self.with(|shown| shown.credentials)?;
        credentials
            .map(|credentials| values::credentials_to_python(py, credentials))
            .transpose()
    }

    /// The quality of service that the caller asks for, from the server's point of view, or None if
    /// it asked for none (ACC-33, QOS-05).
    ///
    /// Assigning to it says what is granted; that takes effect with an acceptance (QOS-02, QOS-06).
    /// Raises WinsockError (WSAEOPNOTSUPP) if the caller asked for none or it cannot be carried.
    #[getter]
    fn qos<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let qos = self.with(|shown| shown.qos)?;
        qos.map(|qos| values::qos_to_python(py, qos)).transpose()
    }

    #[setter]
    fn set_qos(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let granted = values::qos_from_python(value)?;
        granted.check().or_raise(py)?;
        self.with(|shown| {
            shown.qos.ok_or(Error::OpNotSupp)?;
            shown.qos = Some(granted);
            Ok(())
        })?
        .or_raise(py)
    }

    /// The bytes to send back: with an acceptance, or as the data of a refusal; dropped with a
    /// deferral (ACC-38, ACC-44). Empty means none, and so does assigning None.
    ///
    /// Raises WinsockError (WSAEFAULT) beyond `callee_capacity`; the value stays (ACC-39).
    #[getter]
    fn callee_data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.with(|shown| PyBytes::new(py, shown.callee_data.as_deref().unwrap_or_default()))
    }

    #[setter]
    fn set_callee_data(&self, py: Python<'_>, value: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let data = value.map(values::bytes_from_python).transpose()?;
        let data = data.as_deref().unwrap_or_default();
        self.with(|shown| {
            if data.len() > shown.callee_capacity {
                return Err(Error::Fault); // ACC-39
            }
            shown.callee_data = Some(data.to_vec());
            Ok(())
        })?
        .or_raise(py)
    }

    fn __repr__(&self) -> String {
        match self.with(|shown| shown.clone()) {
            Ok(shown) => format!(
                "<vestibule.ConnectionRequest from {} to {}>",
                shown.caller_id, shown.callee_id
            ),
            Err(_) => "<vestibule.ConnectionRequest, decided>".to_owned(),
        }
    }
}

/// Why a condition function gave no decision.
#[derive(Debug)]
pub(crate) enum NoDecision {
    /// It raised an exception (ACC-59).
    Raised(PyErr),
    /// It returned something else (ACC-20).
    Invalid(PyErr),
}

/// Calls the condition function with the request, and tells the provider what it has supplied.
pub(crate) fn ask(
    condition: &Bound<'_, PyAny>,
    args: &mut ConditionArgs<'_>,
) -> Result<Decision, NoDecision> {
    let py = condition.py();
    let request = Bound::new(py, ConnectionRequest::new(args)).map_err(NoDecision::Raised)?;
    let answer = condition.call1((&request,));
    let supplied = request.get().end();
    let decision = decision(&answer.map_err(NoDecision::Raised)?).map_err(NoDecision::Invalid)?;
    if let Some(supplied) = supplied {
        supply(args, &supplied).map_err(|error| NoDecision::Raised(exception(py, error)))?;
    }
    Ok(decision)
}

fn supply(args: &mut ConditionArgs<'_>, supplied: &Shown) -> provider::Result<()> {
    if let Some(data) = &supplied.callee_data {
        args.set_callee_data(data)?;
    }
    match supplied.qos {
        Some(qos) if args.qos() != Some(qos) => args.set_qos(qos),
        _ => Ok(()),
    }
}

/// Reads an answer: one of three numbers. A bool is none of them, because a function that returns
/// True or False means something else by it.
fn decision(answer: &Bound<'_, PyAny>) -> PyResult<Decision> {
    let number = if answer.is_instance_of::<PyInt>() && !answer.is_instance_of::<PyBool>() {
        answer.extract().ok()
    } else {
        None
    };
    number
        .and_then(Decision::from_raw)
        .ok_or_else(|| invalid_decision(answer)) // ACC-20
}
