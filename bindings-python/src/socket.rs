//! The class of every socket.

use std::{
    io::IoSlice,
    os::fd::{AsRawFd, IntoRawFd},
};

use provider::{
    Entry, Error, Linger, Receive,
    handles::{Slot, User},
};
use pyo3::{
    prelude::*,
    types::{PyBytes, PyIterator},
};

use crate::{
    address, calls,
    errors::{OrRaise as _, exception},
    events::{self, EventObject},
    opening::Connection,
    port::{self, MessageName, NotificationPort},
    values,
    waiting::{Deadline, detached, waiting},
};

/// A socket of any entry, in any state: what `listen` and `connect` are built on.
///
/// Sockets can be used from several threads at once. Where a method takes `timeout`, that is how
/// many seconds it may wait on a blocking socket, None meaning without limit. A closed socket raises
/// WinsockError (WSAENOTSOCK). One that is dropped unclosed is closed, with a ResourceWarning.
///
/// In a forked child a socket of the parent raises WinsockError (WSANOTINITIALISED, and WSAENOTSOCK
/// once the child has made one of its own); closing it closes the child's descriptor and says
/// nothing to the peer. Its kernel socket can be taken along: `adopt(socket.detach())`.
#[pyclass(frozen, subclass, weakref, module = "vestibule")]
#[derive(Debug)]
pub(crate) struct Socket {
    /// Nothing once it is closed, so that the kernel's descriptor goes at once. A place for the socket
    /// itself: one allocation, Python's, is all that a connection costs.
    open: Slot<provider::Socket>,
    entry: Entry,
    /// What messages name it by, unless it is a kernel socket.
    name: MessageName,
}

/// There is one socket in a place, so any tag will do.
const TAG: u32 = 1;

impl Socket {
    pub(crate) fn from_provider(socket: provider::Socket) -> Self {
        let name = MessageName::default();
        if socket.lacks_message_name() {
            socket.set_message_name(name.get()); // SKT-08
        }
        Self {
            entry: socket.entry(),
            open: Slot::holding(TAG, socket),
            name,
        }
    }

    /// The provider's socket, for one call; nothing once it is closed.
    fn if_open(&self) -> Option<User<'_, provider::Socket>> {
        self.open.enter_any()
    }

    pub(crate) fn get(&self, py: Python<'_>) -> PyResult<User<'_, provider::Socket>> {
        self.if_open().ok_or_else(|| exception(py, Error::NotSock)) // HND-15
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Some(socket) = self.if_open() {
            // Without an interpreter there is nobody to warn.
            let _ = Python::try_attach(|py| calls::warn_unclosed(py, &socket));
        }
    }
}

#[pymethods]
impl Socket {
    /// Makes an unbound, blocking socket (HND-17).
    ///
    /// Raises WinsockError: WSAEMFILE, WSAENOBUFS, WSAEAFNOSUPPORT (HND-19).
    #[new]
    #[pyo3(signature = (entry, /))]
    fn new(py: Python<'_>, entry: &Bound<'_, PyAny>) -> PyResult<Self> {
        let entry = values::entry_from_python(entry)?;
        Ok(Self::from_provider(
            provider::Socket::new(entry).or_raise(py)?,
        ))
    }

    /// The Entry that it was made with.
    #[getter]
    fn entry<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        values::entry_to_python(py, self.entry)
    }

    /// Whether it has been closed.
    #[getter]
    fn closed(&self) -> bool {
        self.if_open().is_none()
    }

    /// Whether it listens.
    #[getter]
    fn listening(&self) -> bool {
        self.if_open().is_some_and(|socket| socket.is_listening())
    }

    /// How much user data it can send: UserDataLimits(connect, disconnect), in bytes (UDA-27).
    #[getter]
    fn user_data_limits<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        values::limits_to_python(py, self.get(py)?.user_data_limits())
    }

    /// Binds it to a local address; port 0 asks for a free one (LSN-13).
    ///
    /// Raises WinsockError: WSAEAFNOSUPPORT for another family (LSN-11); WSAEINVAL if it is bound
    /// already, WSAEADDRINUSE, WSAEADDRNOTAVAIL (LSN-12); AccessDenied.
    #[pyo3(signature = (address, /))]
    fn bind(&self, py: Python<'_>, address: &Bound<'_, PyAny>) -> PyResult<()> {
        let address = address::from_python(address, self.entry.family())?;
        self.get(py)?.bind(&address).or_raise(py)
    }

    /// Makes it listen, or gives a listener a new backlog (LSN-01, LSN-25).
    ///
    /// `backlog` is how many undecided requests may wait; 0 means 1, a negative number is a hint
    /// (LSN-18 to LSN-20). Raises WinsockError: WSAEINVAL if it is unbound (LSN-15), WSAEISCONN
    /// (LSN-16), WSAEINPROGRESS in its own condition function (ACC-51), WSAEADDRINUSE.
    #[pyo3(signature = (backlog = 128, /))]
    fn listen(&self, py: Python<'_>, backlog: i32) -> PyResult<()> {
        self.get(py)?.listen(backlog).or_raise(py)
    }

    /// Accepts the oldest connection request, if the condition function says so (ACC-01).
    ///
    /// The condition function is called at most once, on this thread, with a ConnectionRequest, and
    /// returns a Decision. While it runs, other threads that accept on this socket wait. If it
    /// raises, the request keeps the head of the backlog, undecided, and the exception is raised
    /// here (ACC-59). Without one the request is accepted unasked, a deferred one too (ACC-27).
    ///
    /// Raises ConnectionRefused after a rejection (ACC-18), RequestDeferred after a deferral
    /// (ACC-19), InvalidDecision for another answer (ACC-20), AccessDenied if an offered request has
    /// been withdrawn (ACC-22), ConnectionReset if it was reset (ACC-23), WouldBlock (ACC-15,
    /// ACC-55), TimedOut, Interrupted if another thread closes it (ACC-57); WinsockError: WSAEINVAL
    /// if it does not listen (ACC-16), WSAEMFILE (ACC-24), WSAEINPROGRESS in its own condition
    /// function (ACC-51).
    #[pyo3(signature = (condition = None, *, timeout = None))]
    fn accept(
        &self,
        py: Python<'_>,
        condition: Option<&Bound<'_, PyAny>>,
        timeout: Option<f64>,
    ) -> PyResult<Py<Connection>> {
        let deadline = Deadline::after(timeout)?;
        let accepted = calls::accept(py, &*self.get(py)?, condition, deadline)?;
        Connection::wrap(py, accepted)
    }

    /// Connects. A blocking socket waits for the decision where the entry has one (CON-02).
    ///
    /// `data` is shown to the condition function (CON-22), `qos` is the quality of service asked for
    /// (QOS-03). If the wait ends early the request is withdrawn.
    ///
    /// Raises ConnectionRefused, with the data of the refusal (CON-08, CON-09, ACC-44); WouldBlock
    /// if it is non-blocking and the attempt goes on (CON-05); TimedOut (CON-10); Interrupted;
    /// WinsockError: WSAEALREADY (CON-06), WSAEISCONN (CON-07), WSAEINVAL on a listener (LSN-29),
    /// WSAEADDRNOTAVAIL (CON-12), WSAEAFNOSUPPORT (CON-13), WSAENETUNREACH, WSAEHOSTUNREACH
    /// (CON-14), WSAEFAULT for data beyond the limit (CON-26), WSAEPROTONOSUPPORT for data where the
    /// entry carries none (CON-27), WSAEOPNOTSUPP for a qos that cannot be carried (CON-29).
    #[pyo3(signature = (address, /, *, data = None, qos = None, timeout = None))]
    fn connect(
        &self,
        py: Python<'_>,
        address: &Bound<'_, PyAny>,
        data: Option<&Bound<'_, PyAny>>,
        qos: Option<&Bound<'_, PyAny>>,
        timeout: Option<f64>,
    ) -> PyResult<()> {
        let address = address::from_python(address, self.entry.family())?;
        let hello = calls::Hello::from_python(data, qos)?;
        let deadline = Deadline::after(timeout)?;
        calls::connect_to(py, &*self.get(py)?, &address, &hello, deadline)
    }

    /// Waits until the attempt of a non-blocking connect has ended; the mode does not matter here.
    ///
    /// Raises the error of the attempt, TimedOut if it still goes on; WinsockError (WSAENOTCONN) if
    /// there was none.
    #[pyo3(signature = (*, timeout = None))]
    fn finish_connect(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<()> {
        let deadline = Deadline::after(timeout)?;
        calls::finish_connect(py, &*self.get(py)?, deadline)
    }

    /// Sends data and returns how many bytes were taken: all of them on a blocking socket, unless
    /// the call ended early. On a message-oriented socket the data is one message, which may be empty,
    /// and is sent whole or not at all.
    ///
    /// With `urgent` the last byte is urgent, on TCP; if fewer bytes were taken it is not sent yet. TCP
    /// keeps one urgent byte: if it was not taken when the next arrives it becomes an ordinary one.
    ///
    /// Raises WouldBlock, TimedOut, ConnectionReset, DirectionShutDown (DIS-16), WinsockError:
    /// WSAENOTCONN, WSAECONNABORTED and WSAENETRESET after a failure on this side (DIS-37),
    /// WSAEMSGSIZE for a message longer than SocketOption.MAX_MESSAGE_SIZE (ERR-18),
    /// WSAEOPNOTSUPP for `urgent` where there is no urgent data.
    #[pyo3(signature = (data, /, *, urgent = false, timeout = None))]
    fn send(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        urgent: bool,
        timeout: Option<f64>,
    ) -> PyResult<usize> {
        let data = values::bytes_from_python(data)?;
        let (socket, deadline) = (self.get(py)?, Deadline::after(timeout)?);
        waiting(py, deadline, |wait| {
            if urgent {
                socket.send_urgent(&data, wait)
            } else {
                socket.send(&data, wait)
            }
        })
    }

    /// Sends the data of several bytes-like objects, in their order, and returns how many bytes were
    /// taken: one message on a message-oriented socket, one system call on TCP as far as there is room.
    ///
    /// Raises as `send` does.
    #[pyo3(signature = (buffers, /, *, timeout = None))]
    fn sendmsg(
        &self,
        py: Python<'_>,
        buffers: &Bound<'_, PyAny>,
        timeout: Option<f64>,
    ) -> PyResult<usize> {
        let parts = buffers
            .try_iter()?
            .map(|part| values::bytes_from_python(&part?))
            .collect::<PyResult<Vec<_>>>()?;
        let data: Vec<_> = parts.iter().map(|part| IoSlice::new(part)).collect();
        let (socket, deadline) = (self.get(py)?, Deadline::after(timeout)?);
        waiting(py, deadline, |wait| socket.send_vectored(&data, wait))
    }

    /// Sends all of the data, or raises as `send` does; how much was sent is then unknown.
    #[pyo3(signature = (data, /, *, timeout = None))]
    fn sendall(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        timeout: Option<f64>,
    ) -> PyResult<()> {
        let data = values::bytes_from_python(data)?;
        let (socket, deadline) = (self.get(py)?, Deadline::after(timeout)?);
        calls::send_all(py, &socket, &data, deadline)
    }

    /// Receives up to `size` bytes; b"" means that the peer has ended the stream (DIS-33).
    ///
    /// `peek` leaves them in place; `wait_all` waits until there are `size` bytes or the stream
    /// ends.
    ///
    /// On a message-oriented socket it takes one message, b"" is an empty one, and at the end it
    /// raises Disconnected (DIS-34). With `partial` it takes up to `size` bytes of the message and
    /// leaves the rest for the next call, and b"" may be the end (DIS-35).
    ///
    /// With `urgent` it takes the urgent byte instead, on TCP, and waits only for one that was announced
    /// and has not arrived.
    ///
    /// Raises WouldBlock, TimedOut, ConnectionReset (DIS-36), DirectionShutDown (DIS-25),
    /// WinsockError: WSAENOTCONN; WSAECONNABORTED and WSAENETRESET (DIS-37); WSAEMSGSIZE if the
    /// message is longer than `size`, and it stays (ERR-18); WSAEOPNOTSUPP for `partial` on a stream,
    /// `wait_all` with messages and `urgent` where there is no urgent data; WSAEINVAL for `urgent` if no
    /// urgent byte waits or SocketOption.OOB_INLINE has left it in the stream.
    #[pyo3(signature = (
        size, /, *, peek = false, wait_all = false, partial = false, urgent = false, timeout = None
    ))]
    #[expect(
        clippy::too_many_arguments,
        clippy::fn_params_excessive_bools,
        reason = "those of the method in Python"
    )]
    fn recv<'py>(
        &self,
        py: Python<'py>,
        size: usize,
        peek: bool,
        wait_all: bool,
        partial: bool,
        urgent: bool,
        timeout: Option<f64>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let flags = Receive {
            peek,
            all: wait_all,
            partial,
            urgent,
        };
        let deadline = Deadline::after(timeout)?;
        let data = calls::receive(py, &*self.get(py)?, size, flags, deadline)?;
        Ok(PyBytes::new(py, &data))
    }

    /// Receives into a writable buffer and returns the number of bytes; otherwise as `recv`.
    #[pyo3(signature = (
        buffer, /, *, peek = false, wait_all = false, partial = false, urgent = false, timeout = None
    ))]
    #[expect(
        clippy::too_many_arguments,
        clippy::fn_params_excessive_bools,
        reason = "those of the method in Python"
    )]
    fn recv_into(
        &self,
        py: Python<'_>,
        buffer: &Bound<'_, PyAny>,
        peek: bool,
        wait_all: bool,
        partial: bool,
        urgent: bool,
        timeout: Option<f64>,
    ) -> PyResult<usize> {
        let room = values::Room::in_buffer(buffer)?;
        let flags = Receive {
            peek,
            all: wait_all,
            partial,
            urgent,
        };
        let deadline = Deadline::after(timeout)?;
        let data = calls::receive(py, &*self.get(py)?, room.size()?, flags, deadline)?;
        room.fill(&data)?;
        Ok(data.len())
    }

    /// Sends a datagram to an address, and binds the socket if it was not bound. On a socket with
    /// connections the address is ignored.
    ///
    /// Raises WinsockError: WSAEMSGSIZE for more than SocketOption.MAX_MESSAGE_SIZE (ERR-18),
    /// WSAEAFNOSUPPORT for another family, WSAEADDRNOTAVAIL for an address that is all zero or port 0
    /// (CON-12); AccessDenied for a broadcast without SocketOption.BROADCAST; ConnectionReset if nobody
    /// had an earlier datagram, and this one was not sent; otherwise as `send`.
    #[pyo3(signature = (data, address, /, *, timeout = None))]
    fn sendto(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        address: &Bound<'_, PyAny>,
        timeout: Option<f64>,
    ) -> PyResult<usize> {
        let data = values::bytes_from_python(data)?;
        let to = address::from_python(address, self.entry.family())?;
        let (socket, deadline) = (self.get(py)?, Deadline::after(timeout)?);
        waiting(py, deadline, |wait| socket.send_to(&data, &to, wait))
    }

    /// Receives a datagram of up to `size` bytes and returns it with the address of its sender, which on
    /// a socket with connections is None. `peek` leaves it in place.
    ///
    /// Raises WinsockError: WSAEMSGSIZE for a longer datagram, which is lost (ERR-18), WSAEINVAL on a
    /// socket that was never bound; ConnectionReset if nobody had an earlier datagram; otherwise as
    /// `recv`.
    #[pyo3(signature = (size, /, *, peek = false, timeout = None))]
    fn recvfrom<'py>(
        &self,
        py: Python<'py>,
        size: usize,
        peek: bool,
        timeout: Option<f64>,
    ) -> PyResult<(Bound<'py, PyBytes>, Option<Bound<'py, PyAny>>)> {
        let deadline = Deadline::after(timeout)?;
        let (data, from) = calls::receive_from(py, &*self.get(py)?, size, peek, deadline)?;
        let from = from.map(|from| address::to_python(py, from)).transpose()?;
        Ok((PyBytes::new(py, &data), from))
    }

    /// How many bytes one `recv` would get now: on a stream what has arrived, up to the mark if an urgent
    /// byte is ahead; on a message-oriented socket the length of the first message. 0 is nothing, the
    /// end, or an empty message. Raises WinsockError (WSAEINVAL) on a listener.
    fn bytes_readable(&self, py: Python<'_>) -> PyResult<usize> {
        self.get(py)?.bytes_readable().or_raise(py)
    }

    /// Whether no urgent byte lies ahead in the stream; False means that one has arrived and that
    /// ordinary data stands before it, which the next `recv` gets and nothing beyond the mark.
    ///
    /// Raises WinsockError: WSAEOPNOTSUPP where there is no urgent data, WSAEINVAL on a listener.
    fn at_mark(&self, py: Python<'_>) -> PyResult<bool> {
        self.get(py)?.is_at_mark().or_raise(py)
    }

    /// Ends one direction or both; `how` is a Shutdown. Neither waits nor closes (DIS-46).
    ///
    /// Raises WinsockError: WSAENOTCONN (DIS-45), WSAEINVAL for another `how`.
    #[pyo3(signature = (how = 2, /))]
    fn shutdown(&self, py: Python<'_>, how: i64) -> PyResult<()> {
        let how = values::shutdown_from_python(py, how)?;
        self.get(py)?.shutdown(how).or_raise(py)
    }

    /// Ends the sending direction, with disconnect data where the entry carries it (DIS-01, DIS-02).
    ///
    /// Raises DirectionShutDown the second time (DIS-24); WinsockError: WSAENOTCONN (DIS-22),
    /// WSAENOPROTOOPT for data where the entry carries none (DIS-21), WSAEFAULT beyond the limit
    /// (DIS-23).
    #[pyo3(signature = (data = None, /))]
    fn send_disconnect(&self, py: Python<'_>, data: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let data = data.map(values::bytes_from_python).transpose()?;
        self.get(py)?.send_disconnect(data.as_deref()).or_raise(py)
    }

    /// Ends the receiving direction and returns the disconnect data that the peer has sent, or the
    /// data of a refusal (DIS-03, DIS-25, ACC-44); b"" if there is none.
    ///
    /// `size` is the room for it; None means as much as needed. Raises WinsockError: WSAENOTCONN
    /// (DIS-30); WSAEFAULT if the room is too small, the data stays (DIS-27); WSAENOPROTOOPT for a
    /// size where the entry carries none (DIS-29).
    #[pyo3(signature = (size = None, /))]
    fn recv_disconnect<'py>(
        &self,
        py: Python<'py>,
        size: Option<usize>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let data = calls::receive_disconnect(&*self.get(py)?, size).or_raise(py)?;
        Ok(PyBytes::new(py, &data))
    }

    /// The bytes that came with the acceptance; b"" before, after a failure, and if there are none
    /// (CON-24, CON-32).
    #[getter]
    fn callee_data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &calls::callee_data(&*self.get(py)?)))
    }

    /// Sets user data as an option: the caller data of the next connect, what a listener answers
    /// every client from then on, or what goes with the end of sending. `kind` is a UserDataKind.
    /// Data that a call or a condition function gives wins (UDA-15, UDA-18, UDA-19, DIS-52, DIS-54).
    ///
    /// Raises WinsockError: WSAENOPROTOOPT where the entry carries none (UDA-22), WSAEFAULT beyond
    /// the limit (UDA-24), WSAEINVAL for connect data once it connects (UDA-25).
    #[pyo3(signature = (kind, data, /))]
    fn set_user_data(
        &self,
        py: Python<'_>,
        kind: &Bound<'_, PyAny>,
        data: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (kind, data) = (
            values::user_data_kind_from_python(kind)?,
            values::bytes_from_python(data)?,
        );
        self.get(py)?.set_user_data(kind, &data).or_raise(py)
    }

    /// The user data that has arrived: with the connect or the acceptance (UDA-16, UDA-17), or with
    /// the peer's disconnect or refusal (DIS-53, ACC-44). Raises WinsockError (WSAENOPROTOOPT).
    #[pyo3(signature = (kind, /))]
    fn get_user_data<'py>(
        &self,
        py: Python<'py>,
        kind: &Bound<'_, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let kind = values::user_data_kind_from_python(kind)?;
        let data = calls::user_data(&*self.get(py)?, kind).or_raise(py)?;
        Ok(PyBytes::new(py, &data))
    }

    /// Reserves `size` bytes for incoming user data, on a listener for each request; what is longer
    /// is cut (UDA-16, UDA-17, UDA-20). Raises WinsockError (WSAENOPROTOOPT).
    #[pyo3(signature = (kind, size, /))]
    fn reserve_user_data(
        &self,
        py: Python<'_>,
        kind: &Bound<'_, PyAny>,
        size: usize,
    ) -> PyResult<()> {
        let kind = values::user_data_kind_from_python(kind)?;
        self.get(py)?.reserve_user_data(kind, size).or_raise(py)
    }

    /// The Qos of the connection from this side's point of view, or None (QOS-06, QOS-07).
    ///
    /// Assigning to it says what the next connect asks for unless it says so itself (QOS-08), or
    /// changes that of the connection; what is asked for a direction that was shut down is ignored
    /// (QOS-11). It is carried and negotiated, not enforced (QOS-18). Raises WinsockError:
    /// WSAENOPROTOOPT where the entry has none (QOS-10), WSAEOPNOTSUPP if it cannot be carried
    /// (QOS-09).
    #[getter]
    fn qos<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let qos = self.get(py)?.qos();
        qos.map(|qos| values::qos_to_python(py, qos)).transpose()
    }

    #[setter]
    fn set_qos(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let qos = values::qos_from_python(value)?;
        self.get(py)?.set_qos(&qos).or_raise(py)
    }

    /// The Qos in force: best effort if nothing else was agreed (QOS-06, QOS-07).
    ///
    /// Raises WinsockError: WSAENOPROTOOPT where the entry has none (QOS-10), WSAEINVAL on a socket
    /// that is neither bound nor connected (QOS-14).
    fn negotiated_qos<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let qos = self.get(py)?.negotiated_qos().or_raise(py)?;
        values::qos_to_python(py, qos)
    }

    /// The local address. Raises WinsockError (WSAEINVAL) if it was never bound (LSN-10).
    fn getsockname<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        address::to_python(py, self.get(py)?.local_address().or_raise(py)?)
    }

    /// The peer's address: the destination from the connect call on (CON-31). Raises WinsockError
    /// (WSAENOTCONN).
    fn getpeername<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        address::to_python(py, self.get(py)?.peer_address().or_raise(py)?)
    }

    /// Makes it blocking or non-blocking; sockets that a listener accepts from then on are the same
    /// (HND-29, SKT-06). Raises WinsockError: WSAEINVAL for blocking while a registration for network
    /// events is in force (HND-30), WSAEINPROGRESS in its own condition function.
    #[pyo3(signature = (blocking, /))]
    fn setblocking(&self, py: Python<'_>, blocking: bool) -> PyResult<()> {
        self.get(py)?.set_nonblocking(!blocking).or_raise(py)
    }

    /// Whether it is blocking.
    fn getblocking(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(!self.get(py)?.is_nonblocking())
    }

    /// The value of a SocketOption. Raises WinsockError (WSAENOPROTOOPT) if the entry lacks it.
    #[pyo3(signature = (option, /))]
    fn getsockopt(&self, py: Python<'_>, option: &Bound<'_, PyAny>) -> PyResult<u32> {
        let option = values::option_from_python(option)?;
        self.get(py)?.option(option).or_raise(py)
    }

    /// Sets a SocketOption; a listener's accepted sockets inherit it (SKT-03).
    ///
    /// Raises WinsockError: WSAENOPROTOOPT if the entry lacks it or it cannot be set, WSAEINVAL for
    /// a value out of range, WSAEINPROGRESS in its own condition function (ACC-51).
    #[pyo3(signature = (option, value, /))]
    fn setsockopt(&self, py: Python<'_>, option: &Bound<'_, PyAny>, value: u32) -> PyResult<()> {
        let option = values::option_from_python(option)?;
        self.get(py)?.set_option(option, value).or_raise(py)
    }

    /// What closing does with data that is not out yet: Linger(on, seconds) (DIS-40).
    #[getter]
    fn linger<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        values::linger_to_python(py, self.get(py)?.linger())
    }

    #[setter]
    fn set_linger(&self, py: Python<'_>, value: (bool, u16)) -> PyResult<()> {
        let (on, seconds) = value;
        self.get(py)?
            .set_linger(Linger { on, seconds })
            .or_raise(py)
    }

    /// Has network events set an event object; `mask` says which ones (EVT-05). It replaces every
    /// earlier registration of the socket (EVT-07, EVT-08, EVT-54); NetworkEvents(0) cancels it, and
    /// then the object is not looked at (EVT-09). The socket is non-blocking from then on (EVT-06).
    ///
    /// What has happened already sets the object at once (EVT-15). Sockets that a listener accepts
    /// report to its object as it does, until they are told otherwise (SKT-07). While its condition
    /// function has deferred a request, a listener is silent (ACC-09).
    ///
    /// Raises WinsockError: WSAEINVAL for a mask without an object, for a closed one, and for a bit
    /// that is no event, and the earlier registration stays (EVT-10); WSAEINPROGRESS in its own
    /// condition function (ACC-51); WSAEMFILE.
    #[pyo3(signature = (event, mask, /))]
    fn event_select(
        &self,
        py: Python<'_>,
        event: Option<&Bound<'_, EventObject>>,
        mask: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (socket, mask) = (self.get(py)?, events::mask_from_python(mask)?);
        let event = event.filter(|_| !mask.is_empty()); // EVT-09
        let event = events::named(py, event)?;
        socket.event_select(event.as_deref(), mask).or_raise(py)
    }

    /// What has happened since the last call, as far as it is in the mask: an iterator over pairs of
    /// one of NetworkEvents and its error, a WinsockError or None (EVT-22, EVT-25, EVT-29). `reset` is
    /// an EventObject that is reset in the same step, so that nothing is lost between the two. Without
    /// a registration by `event_select` there is nothing (EVT-28).
    ///
    /// Raises WinsockError (WSAEINVAL) for an object that is closed; nothing has changed then
    /// (EVT-24, EVT-27).
    #[pyo3(signature = (reset = None))]
    fn network_events<'py>(
        &self,
        py: Python<'py>,
        reset: Option<&Bound<'py, EventObject>>,
    ) -> PyResult<Bound<'py, PyIterator>> {
        let (socket, reset) = (self.get(py)?, events::named(py, reset)?);
        let report = socket.enumerate_events(reset.as_deref()).or_raise(py)?;
        events::report_to_python(py, report, |error| {
            calls::attempt_failed(py, &socket, error)
        })
    }

    /// Has network events posted to a notification port; `message` is a number that each Notification
    /// carries, and `mask` says which events (EVT-50). It replaces every earlier registration of the
    /// socket; NetworkEvents(0) cancels it. Messages that were posted and not taken are dropped
    /// (EVT-52). The socket is non-blocking from then on (EVT-54).
    ///
    /// A Notification names the socket by its `message_name`. Each registration posts what holds, but
    /// for a connect that has ended (EVT-16, EVT-21). Sockets that a listener accepts post to its port
    /// as it does (SKT-08). Raises as `event_select` does (EVT-53).
    #[pyo3(signature = (port, message, mask, /))]
    fn async_select(
        &self,
        py: Python<'_>,
        port: Option<&Bound<'_, NotificationPort>>,
        message: u32,
        mask: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (socket, mask) = (self.get(py)?, events::mask_from_python(mask)?);
        let port = port.filter(|_| !mask.is_empty());
        let port = port::named(py, port)?;
        if !self.entry.is_kernel_socket() {
            socket.set_message_name(self.name.get());
        }
        let port = port.as_deref();
        socket.async_select(port, message, mask).or_raise(py)
    }

    /// The number that each Notification about this socket has as its `socket`: `fileno()` on plain
    /// TCP, otherwise a number that is no descriptor and is not used again.
    #[getter]
    fn message_name(&self, py: Python<'_>) -> PyResult<u64> {
        let socket = self.get(py)?;
        if !self.entry.is_kernel_socket() {
            return Ok(self.name.get());
        }
        let descriptor = socket.read_descriptor().or_raise(py)?;
        Ok(descriptor.as_raw_fd().unsigned_abs().into())
    }

    /// A descriptor that polls readable while there is something to accept or receive, or the stream
    /// has ended; -1 once closed. On plain TCP it is the kernel's socket. Otherwise it is made at the
    /// first call and belongs to the socket: do not read, write or close it (HND-31).
    ///
    /// A program that defers must not select on the descriptor of a TCP listener: the kernel goes on
    /// reporting the requests behind the deferred one. That of an EventObject, or of a
    /// NotificationPort, is silent then: see `event_select`.
    fn fileno(&self, py: Python<'_>) -> PyResult<i32> {
        self.if_open().map_or(Ok(-1), |socket| {
            let descriptor = socket.read_descriptor().or_raise(py)?;
            Ok(descriptor.as_raw_fd())
        })
    }

    /// A descriptor that tells when there is room to send or a connect attempt has ended; -1 once
    /// closed. On plain TCP poll it for output; otherwise for input (HND-31).
    fn write_fileno(&self, py: Python<'_>) -> PyResult<i32> {
        self.if_open().map_or(Ok(-1), |socket| {
            let descriptor = socket.write_descriptor().or_raise(py)?;
            Ok(descriptor.as_raw_fd())
        })
    }

    /// Closes it; a second time nothing happens. Calls of other threads that wait in it raise
    /// Interrupted (ACC-56, ACC-57), the requests in its backlog are refused (LSN-28), its own
    /// undecided request is withdrawn (LSN-31). With `linger` on it may wait (DIS-41).
    ///
    /// Raises WinsockError (WSAEINPROGRESS) in its own condition function (ACC-51), WouldBlock if it
    /// is non-blocking and would have to wait; it is open then (DIS-42), and if a signal handler
    /// raises while it waits.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let Some(socket) = self.if_open() else {
            return Ok(());
        };
        match detached(py, Deadline::NEVER, |wait| socket.close_within(wait))? {
            // Another thread may have closed it at the same time; a parent's socket is only dropped.
            Ok(()) | Err(Error::NotSock | Error::NotInitialised) => {
                socket.retire();
                py.detach(|| drop(socket)); // the last call that is inside closes the descriptor
                Ok(())
            }
            still_open => still_open.or_raise(py),
        }
    }

    /// Closes the socket without closing the kernel's, and returns the descriptor of that, which is
    /// the program's from then on; works in a forked child too. See `adopt` for the way back.
    ///
    /// Raises WinsockError: WSAENOTSOCK if it is closed, WSAEOPNOTSUPP if it is no kernel socket,
    /// WSAEINVAL for a listener that holds a deferred request, WSAEINPROGRESS while a call on it is
    /// under way in any thread. It is open then as before.
    fn detach(&self, py: Python<'_>) -> PyResult<i32> {
        // Attached to the interpreter all the time, so nobody sees the place empty in between.
        let Some(open) = self.open.take_unused(TAG) else {
            self.get(py)?;
            return Err(exception(py, Error::InProgress));
        };
        open.into_descriptor()
            .map(IntoRawFd::into_raw_fd)
            .map_err(|refused| {
                if let Some(place) = self.open.claim() {
                    place.fill(TAG, *refused.socket);
                }
                exception(py, refused.error)
            })
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (exc_type = None, exc_value = None, traceback = None, /))]
    fn __exit__(
        &self,
        py: Python<'_>,
        exc_type: Option<&Bound<'_, PyAny>>,
        exc_value: Option<&Bound<'_, PyAny>>,
        traceback: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let _ = (exc_type, exc_value, traceback);
        self.close(py)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let class = slf.get_type().qualname()?;
        let state = match slf.get().if_open() {
            Some(socket) => calls::describe(&socket),
            None => "closed".to_owned(),
        };
        Ok(format!("<vestibule.{class} {state}>"))
    }
}
