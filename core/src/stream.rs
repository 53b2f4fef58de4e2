//! The typed connection.

use std::{
    io::{self, IoSlice, IoSliceMut, Read, Write},
    os::fd::{AsFd, BorrowedFd},
    time::Duration,
};

use crate::{
    Address, ConnectData, Entry, Error, Linger, Qos, Receive, Result, Shutdown, Socket,
    SocketOption, Wait, rules::user_data::UserData,
};

/// A connection.
///
/// Reading and writing go through [`Read`] and [`Write`], also on a shared reference.
///
/// On a message-oriented entry ([`Connector::messages`]) each [`send`](Self::send) is a message and
/// each [`receive`](Self::receive) takes one, and so do [`Write`] and [`Read`] as far as their
/// contracts allow: `read` returns 0 at the graceful end and only there, so it leaves out messages of
/// no bytes, and of a message that is longer than its buffer it takes the part that fits.
///
/// ```
/// use std::{io::{Read, Write}, thread};
/// use vestibule::{Decision, InProcessAddress, Listener, Stream};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = Listener::bind(InProcessAddress::local(0), 5)?;
/// let address = listener.local_address()?;
/// let client = thread::spawn(move || {
///     let mut stream = Stream::connect(address)?; // waits for the decision
///     stream.write_all(b"hello")
/// });
/// let mut text = String::new();
/// listener.accept(|_| Decision::Accept)?.read_to_string(&mut text)?;
/// assert_eq!(text, "hello");
/// client.join().unwrap()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Stream {
    socket: Socket,
}

/// A connect with everything that can be said about it.
#[derive(Clone, Debug)]
pub struct Connector {
    address: Address,
    caller_data: UserData,
    qos: Option<Qos>,
    timeout: Option<Duration>,
    messages: bool,
}

/// A connect that has failed, with the data that a refusal may carry (ACC-44).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectError {
    /// Why.
    pub error: Error,
    /// What the server sent with its refusal; empty if nothing.
    pub data: Vec<u8>,
}

impl Connector {
    /// A connect to an address.
    pub fn new(address: impl Into<Address>) -> Self {
        Self {
            address: address.into(),
            caller_data: UserData::new(),
            qos: None,
            timeout: None,
            messages: false,
        }
    }

    /// Sends caller data along; empty means none.
    #[must_use]
    pub fn caller_data(mut self, data: &[u8]) -> Self {
        self.caller_data = UserData::from_slice(data);
        self
    }

    /// Asks for a quality of service.
    #[must_use]
    pub const fn qos(mut self, qos: Qos) -> Self {
        self.qos = Some(qos);
        self
    }

    /// Waits no longer than this for the decision.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Connects a message-oriented socket, to a listener of [`Listener::bind_messages`]; every other
    /// one refuses. The connection keeps the boundaries of what is sent.
    ///
    /// ```
    /// use std::thread;
    /// use vestibule::{Connector, Error, InProcessAddress, Listener, Wait};
    ///
    /// # fn main() -> vestibule::Result<()> {
    /// let listener = Listener::bind_messages(InProcessAddress::local(0), 5)?;
    /// let address = listener.local_address()?;
    /// let client = thread::spawn(move || {
    ///     let stream = Connector::new(address).messages().connect()?;
    ///     for message in ["one", "", "two"] {
    ///         stream.send(message.as_bytes(), &Wait::FOREVER)?;
    ///     }
    ///     stream.send_disconnect(b"that is all")
    /// });
    /// let stream = listener.accept_any()?;
    /// let mut buffer = [0; 100];
    /// for length in [3, 0, 3] {
    ///     assert_eq!(stream.receive(&mut buffer, &Wait::FOREVER), Ok(length));
    /// }
    /// assert_eq!(stream.receive(&mut buffer, &Wait::FOREVER), Err(Error::Discon));
    /// assert_eq!(stream.receive_disconnect()?, b"that is all");
    /// client.join().unwrap()
    /// # }
    /// ```
    ///
    /// [`Listener::bind_messages`]: crate::Listener::bind_messages
    #[must_use]
    pub const fn messages(mut self) -> Self {
        self.messages = true;
        self
    }

    /// Connects, and waits for the decision where the entry has one.
    ///
    /// # Errors
    /// As [`Socket::connect`] says, with the data of a refusal; [`Error::SocktNoSupport`] if messages
    /// were asked for and the family has no message-oriented entry.
    pub fn connect(&self) -> Result<Stream, ConnectError> {
        let wait = self.timeout.map_or(Wait::FOREVER, Wait::at_most);
        let family = self.address.family();
        let entry = if self.messages {
            Entry::messages(family)?
        } else {
            Entry::stream(family)
        };
        let socket = Socket::new(entry)?;
        let data = ConnectData {
            caller_data: &self.caller_data,
            qos: self.qos.as_ref(),
        };
        match socket.connect(&self.address, data, &wait) {
            Ok(()) => Ok(Stream { socket }),
            Err(error) => Err(ConnectError {
                error,
                data: refusal_data(&socket),
            }),
        }
    }
}

/// What came with a refusal, if the entry carries it.
fn refusal_data(socket: &Socket) -> Vec<u8> {
    let mut buffer = vec![0; MAX_USER_DATA];
    let length = socket.receive_disconnect(Some(&mut buffer)).unwrap_or(0);
    buffer.truncate(length);
    buffer
}

/// No entry can be set to carry more.
const MAX_USER_DATA: usize = 4096;

impl From<Error> for ConnectError {
    fn from(error: Error) -> Self {
        Self {
            error,
            data: Vec::new(),
        }
    }
}

impl From<ConnectError> for Error {
    fn from(failure: ConnectError) -> Self {
        failure.error
    }
}

impl From<ConnectError> for io::Error {
    fn from(failure: ConnectError) -> Self {
        failure.error.into()
    }
}

impl std::fmt::Display for ConnectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for ConnectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl Stream {
    /// Connects. With caller data, quality of service or a time-out use [`Connector`].
    ///
    /// # Errors
    /// As [`Socket::connect`] says.
    pub fn connect(address: impl Into<Address>) -> Result<Self> {
        Ok(Connector::new(address).connect()?)
    }

    /// The same, waiting no longer than `timeout`.
    ///
    /// # Errors
    /// Also [`Error::TimedOut`], and then the request is withdrawn.
    pub fn connect_timeout(address: impl Into<Address>, timeout: Duration) -> Result<Self> {
        Ok(Connector::new(address).timeout(timeout).connect()?)
    }

    pub(crate) const fn from_connected(socket: Socket) -> Self {
        Self { socket }
    }

    /// Sends; see [`Socket::send`].
    ///
    /// # Errors
    /// As [`Socket::send`] says.
    pub fn send(&self, data: &[u8], wait: &Wait<'_>) -> Result<usize> {
        self.socket.send(data, wait)
    }

    /// Receives; 0 means the end of a stream, or a message of no bytes.
    ///
    /// # Errors
    /// As [`Socket::receive`] says.
    pub fn receive(&self, buffer: &mut [u8], wait: &Wait<'_>) -> Result<usize> {
        self.socket.receive(buffer, Receive::default(), wait)
    }

    /// What [`Read`] can make of a message: 0 is the end there, and what is read is gone.
    fn read_message(&self, buffer: &mut [u8]) -> Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match self.receive(buffer, &Wait::FOREVER) {
                Ok(0) => {}                         // a message of no bytes
                Err(Error::Discon) => return Ok(0), // DIS-34
                Err(Error::MsgSize) => {
                    let partial = Receive {
                        partial: true,
                        ..Receive::default()
                    };
                    match self.socket.receive(buffer, partial, &Wait::FOREVER) {
                        Ok(0) => {} // another thread has taken the message
                        outcome => return outcome,
                    }
                }
                outcome => return outcome,
            }
        }
    }

    /// The callee data that came with the acceptance; empty if none (UDA-05).
    pub fn callee_data(&self) -> Vec<u8> {
        let mut buffer = vec![0; self.socket.user_data_limits().connect];
        let length = self.socket.callee_data(&mut buffer);
        buffer.truncate(length);
        buffer
    }

    /// The quality of service of the connection, from this side's point of view.
    pub fn qos(&self) -> Option<Qos> {
        self.socket.qos()
    }

    /// The local address.
    ///
    /// # Errors
    /// Those of the kernel.
    pub fn local_address(&self) -> Result<Address> {
        self.socket.local_address()
    }

    /// The peer's address.
    ///
    /// # Errors
    /// None once connected.
    pub fn peer_address(&self) -> Result<Address> {
        self.socket.peer_address()
    }

    /// Makes it non-blocking, or blocking again.
    ///
    /// # Errors
    /// Those of the kernel.
    pub fn set_nonblocking(&self, nonblocking: bool) -> Result<()> {
        self.socket.set_nonblocking(nonblocking)
    }

    /// Whether it is non-blocking.
    pub fn is_nonblocking(&self) -> bool {
        self.socket.is_nonblocking()
    }

    /// The value of an option.
    ///
    /// # Errors
    /// As [`Socket::option`] says.
    pub fn option(&self, option: SocketOption) -> Result<u32> {
        self.socket.option(option)
    }

    /// Sets an option.
    ///
    /// # Errors
    /// As [`Socket::set_option`] says.
    pub fn set_option(&self, option: SocketOption, value: u32) -> Result<()> {
        self.socket.set_option(option, value)
    }

    /// The linger setting.
    pub fn linger(&self) -> Linger {
        self.socket.linger()
    }

    /// Sets what closing does with data that is not out yet.
    ///
    /// # Errors
    /// As [`Socket::set_linger`] says.
    pub fn set_linger(&self, linger: Linger) -> Result<()> {
        self.socket.set_linger(linger)
    }

    /// Ends one direction or both.
    ///
    /// # Errors
    /// As [`Socket::shutdown`] says.
    pub fn shutdown(&self, how: Shutdown) -> Result<()> {
        self.socket.shutdown(how)
    }

    /// Ends the sending direction, with disconnect data where the entry carries it; empty data is
    /// none.
    ///
    /// # Errors
    /// As [`Socket::send_disconnect`] says.
    pub fn send_disconnect(&self, data: &[u8]) -> Result<()> {
        self.socket
            .send_disconnect(Some(data).filter(|data| !data.is_empty()))
    }

    /// Ends the receiving direction and returns the peer's disconnect data; empty if none.
    ///
    /// # Errors
    /// As [`Socket::receive_disconnect`] says.
    pub fn receive_disconnect(&self) -> Result<Vec<u8>> {
        if self.socket.user_data_limits().disconnect == 0 {
            return self.socket.receive_disconnect(None).map(|_| Vec::new());
        }
        let mut buffer = vec![0; MAX_USER_DATA];
        let length = self.socket.receive_disconnect(Some(&mut buffer))?;
        buffer.truncate(length);
        Ok(buffer)
    }

    /// The socket itself.
    pub fn into_socket(self) -> Socket {
        self.socket
    }
}

impl TryFrom<Socket> for Stream {
    type Error = Error;

    /// # Errors
    /// [`Error::NotConn`] if the socket is not connected.
    fn try_from(socket: Socket) -> Result<Self> {
        socket.peer_address()?;
        Ok(Self { socket })
    }
}

impl AsFd for Stream {
    /// The descriptor to poll: see [`Socket::read_descriptor`].
    ///
    /// # Panics
    /// On the in-process entry, if no descriptor is free at the first call.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.read_descriptor().expect("a descriptor is free")
    }
}

impl Read for &Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.socket.entry().is_message_oriented() {
            return Ok(self.read_message(buffer)?);
        }
        Ok(self
            .socket
            .receive(buffer, Receive::default(), &Wait::FOREVER)?)
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        if self.socket.entry().is_message_oriented() {
            let first = buffers.iter_mut().find(|buffer| !buffer.is_empty());
            return first.map_or(Ok(0), |buffer| self.read(buffer));
        }
        let received = self
            .socket
            .receive_vectored(buffers, Receive::default(), &Wait::FOREVER)?;
        Ok(received.bytes)
    }
}

impl Write for &Stream {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        Ok(self.socket.send(data, &Wait::FOREVER)?)
    }

    fn write_vectored(&mut self, data: &[IoSlice<'_>]) -> io::Result<usize> {
        Ok(self.socket.send_vectored(data, &Wait::FOREVER)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buffer)
    }

    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        (&*self).read_vectored(buffers)
    }
}

impl Write for Stream {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        (&*self).write(data)
    }

    fn write_vectored(&mut self, data: &[IoSlice<'_>]) -> io::Result<usize> {
        (&*self).write_vectored(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
