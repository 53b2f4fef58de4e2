//! What the methods of the socket classes do, apart from reading their arguments.

use std::ffi::CString;

use provider::{
    Address, ConnectData, Decision, Entry, Error, Qos, Receive, Socket, SocketOption, UserDataKind,
};
use pyo3::{
    exceptions::{PyResourceWarning, PyTypeError},
    prelude::*,
    pybacked::PyBackedBytes,
};

use crate::{
    errors::{exception, refusal},
    request::{NoDecision, ask},
    values,
    waiting::{Deadline, detached, sleeping_detached, waiting},
};

/// Makes a listener, as the Rust `Listener` does.
pub(crate) fn listen_at(
    address: &Address,
    backlog: i32,
    messages: bool,
) -> provider::Result<Socket> {
    let socket = Socket::new(entry_of(address, messages)?)?;
    if socket.entry().is_kernel_socket() {
        socket.set_option(SocketOption::ReuseAddress, 1)?;
    }
    socket.bind(address)?;
    socket.listen(backlog)?;
    Ok(socket)
}

/// The entry for connections to an address.
pub(crate) fn entry_of(address: &Address, messages: bool) -> provider::Result<Entry> {
    if messages {
        Entry::messages(address.family())
    } else {
        Ok(Entry::stream(address.family()))
    }
}

/// Accepts; the condition function runs on this thread. The interpreter is free for other threads
/// while the call sleeps, and only then.
pub(crate) fn accept(
    py: Python<'_>,
    socket: &Socket,
    condition: Option<&Bound<'_, PyAny>>,
    deadline: Deadline,
) -> PyResult<Socket> {
    if condition.is_some_and(|condition| !condition.is_callable()) {
        return Err(PyTypeError::new_err("condition must be callable or None"));
    }
    let mut undecided = None;
    let accepted = sleeping_detached(py, deadline, |wait| {
        socket.accept(
            |args| match condition {
                None => Ok(Decision::Accept), // ACC-27
                Some(condition) => ask(condition, args).map_err(|why| {
                    undecided = Some(why);
                    Error::Inval // ACC-21 ACC-59
                }),
            },
            wait,
        )
    })?;
    accepted.map_err(|error| match undecided {
        Some(NoDecision::Raised(raised)) => raised, // ACC-59: unchanged
        Some(NoDecision::Invalid(invalid)) if error == Error::Inval => invalid,
        _ => exception(py, error),
    })
}

/// What a connect sends along.
pub(crate) struct Hello {
    data: Option<PyBackedBytes>,
    qos: Option<Qos>,
}

impl Hello {
    pub(crate) fn from_python(
        data: Option<&Bound<'_, PyAny>>,
        qos: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Ok(Self {
            data: data.map(values::bytes_from_python).transpose()?,
            qos: qos.map(values::qos_from_python).transpose()?,
        })
    }
}

pub(crate) fn connect_to(
    py: Python<'_>,
    socket: &Socket,
    address: &Address,
    hello: &Hello,
    deadline: Deadline,
) -> PyResult<()> {
    let data = ConnectData {
        caller_data: hello.data.as_deref().unwrap_or_default(),
        qos: hello.qos.as_ref(),
    };
    detached(py, deadline, |wait| socket.connect(address, data, wait))?
        .map_err(|error| attempt_failed(py, socket, error))
}

pub(crate) fn finish_connect(py: Python<'_>, socket: &Socket, deadline: Deadline) -> PyResult<()> {
    detached(py, deadline, |wait| socket.finish_connect(wait))?
        .map_err(|error| attempt_failed(py, socket, error))
}

/// The exception for a connect attempt that has failed, with the data of a refusal (ACC-44).
pub(crate) fn attempt_failed(py: Python<'_>, socket: &Socket, error: Error) -> PyErr {
    let data = if error == Error::ConnRefused {
        receive_disconnect(socket, None).unwrap_or_default()
    } else {
        Vec::new()
    };
    refusal(py, error, &data)
}

/// The bytes that came with the acceptance.
pub(crate) fn callee_data(socket: &Socket) -> Vec<u8> {
    let mut buffer = vec![0; socket.user_data_limits().connect];
    let length = socket.callee_data(&mut buffer);
    buffer.truncate(length);
    buffer
}

/// No entry can be set to carry more user data.
const MAX_USER_DATA: usize = 4096;

/// The disconnect data; without a size as much as there is.
pub(crate) fn receive_disconnect(
    socket: &Socket,
    size: Option<usize>,
) -> provider::Result<Vec<u8>> {
    if size.is_none() && socket.user_data_limits().disconnect == 0 {
        return socket.receive_disconnect(None).map(|_| Vec::new());
    }
    let mut buffer = vec![0; size.unwrap_or(MAX_USER_DATA).min(MAX_USER_DATA)];
    let length = socket.receive_disconnect(Some(&mut buffer))?;
    buffer.truncate(length);
    Ok(buffer)
}

/// The user data that has arrived.
pub(crate) fn user_data(socket: &Socket, kind: UserDataKind) -> provider::Result<Vec<u8>> {
    let mut buffer = vec![0; MAX_USER_DATA];
    let length = socket.user_data(kind, &mut buffer)?;
    buffer.truncate(length);
    Ok(buffer)
}

/// Sends all of the data, in as many calls as it takes until the deadline.
pub(crate) fn send_all(
    py: Python<'_>,
    socket: &Socket,
    mut data: &[u8],
    deadline: Deadline,
) -> PyResult<()> {
    loop {
        // An empty message is sent, too.
        let taken = waiting(py, deadline, |wait| socket.send(data, wait))?;
        data = &data[taken..];
        if data.is_empty() {
            return Ok(());
        }
    }
}

/// One call receives no more than this, however much is asked for.
const MAX_RECEIVE: usize = 16 << 20;

pub(crate) fn receive(
    py: Python<'_>,
    socket: &Socket,
    size: usize,
    flags: Receive,
    deadline: Deadline,
) -> PyResult<Vec<u8>> {
    let mut buffer = vec![0; size.min(MAX_RECEIVE)];
    let length = waiting(py, deadline, |wait| {
        socket.receive(&mut buffer, flags, wait)
    })?;
    buffer.truncate(length);
    Ok(buffer)
}

/// The same, with the sender of a datagram.
pub(crate) fn receive_from(
    py: Python<'_>,
    socket: &Socket,
    size: usize,
    peek: bool,
    deadline: Deadline,
) -> PyResult<(Vec<u8>, Option<Address>)> {
    let flags = Receive {
        peek,
        ..Receive::default()
    };
    let mut buffer = vec![0; size.min(MAX_RECEIVE)];
    let (length, from) = waiting(py, deadline, |wait| {
        socket.receive_from(&mut buffer, flags, wait)
    })?;
    buffer.truncate(length);
    Ok((buffer, from))
}

/// Entry and addresses, for a person.
pub(crate) fn describe(socket: &Socket) -> String {
    let named = |before, address: provider::Result<Address>| {
        address.map_or_else(|_| String::new(), |address| format!("{before}{address}"))
    };
    let local = named(" ", socket.local_address());
    let peer = named(" -> ", socket.peer_address());
    format!("{}{local}{peer}", values::entry_name(socket.entry()))
}

/// Warns of a socket that is dropped open, as Python's sockets do.
pub(crate) fn warn_unclosed(py: Python<'_>, socket: &Socket) {
    if socket.option(SocketOption::Type) == Err(Error::NotInitialised) {
        return; // a parent's socket, which a forked child has not opened
    }
    // A drop may happen while an exception is on its way.
    let pending = PyErr::take(py);
    let text = format!("unclosed vestibule socket: {}", describe(socket));
    let warned = CString::new(text)
        .map_err(PyErr::from)
        .and_then(|text| PyErr::warn(py, &py.get_type::<PyResourceWarning>(), &text, 1));
    if let Err(error) = warned {
        error.write_unraisable(py, None);
    }
    if let Some(pending) = pending {
        pending.restore(py);
    }
}
