//! Waiting until calls would not block.

use provider::{Readiness, Selected, handles::User};
use pyo3::{prelude::*, types::PyList};

use crate::{
    socket::Socket,
    waiting::{Deadline, waiting},
};

/// What `rlist`, `wlist` and `xlist` have become.
type Lists<'py> = (Bound<'py, PyList>, Bound<'py, PyList>, Bound<'py, PyList>);

/// Waits until a call on one of the sockets would not block, and returns three lists: those of `rlist`,
/// `wlist` and `xlist` that are ready, as `select.select` does. All are empty when `timeout` seconds
/// have passed; 0 looks once, None is without limit. A socket may be named more than once.
///
/// In `rlist` a socket is ready when it can accept or receive, or the connection has ended; in `wlist`
/// when there is room to send or a connect attempt has succeeded; in `xlist` when an attempt has failed
/// (CON-18) or urgent data waits. Unlike `select.select` it takes sockets of every entry, and does not
/// report a listener whose oldest request is deferred (EVT-63).
///
/// Raises WinsockError: WSAENOTSOCK if a socket is closed, before or by another thread meanwhile
/// (EVT-64); WSAEINVAL if there is no socket; WSAEMFILE.
#[pyfunction]
#[pyo3(signature = (rlist, wlist, xlist, /, timeout = None))]
pub(crate) fn select<'py>(
    py: Python<'py>,
    rlist: &Bound<'py, PyAny>,
    wlist: &Bound<'py, PyAny>,
    xlist: &Bound<'py, PyAny>,
    timeout: Option<f64>,
) -> PyResult<Lists<'py>> {
    let deadline = Deadline::after(timeout)?;
    let named = [sockets(rlist)?, sockets(wlist)?, sockets(xlist)?];
    let wants = [Readiness::READ, Readiness::WRITE, Readiness::EXCEPT];
    let wanted: Vec<_> = named
        .iter()
        .zip(wants)
        .flat_map(|(sockets, wanted)| sockets.iter().map(move |socket| (socket, wanted)))
        .collect();
    let open: PyResult<Vec<User<'_, _>>> = wanted
        .iter()
        .map(|(socket, _)| socket.get().get(py))
        .collect();
    let open = open?;
    let mut selected: Vec<_> = open
        .iter()
        .zip(&wanted)
        .map(|(socket, (_, wanted))| Selected {
            socket,
            wanted: *wanted,
            ready: Readiness::empty(),
        })
        .collect();
    waiting(py, deadline, |wait| provider::select(&mut selected, wait))?;
    let ready = |readiness: Readiness| {
        let is_ready = |selected: &Selected<'_>| selected.ready.contains(readiness);
        let ready = selected.iter().zip(&wanted).filter(|row| is_ready(row.0));
        PyList::new(py, ready.map(|(_, (socket, _))| socket).collect::<Vec<_>>())
    };
    let [read, write, except] = wants.map(ready);
    Ok((read?, write?, except?))
}

/// # Errors
/// `TypeError` for what is no iterable of sockets.
fn sockets<'py>(sockets: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, Socket>>> {
    let socket = |socket: PyResult<Bound<'py, PyAny>>| Ok(socket?.cast_into::<Socket>()?);
    sockets.try_iter()?.map(socket).collect()
}
