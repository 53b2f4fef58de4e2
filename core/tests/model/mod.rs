//! The in-process entry once more, as simply as it can be written: sockets are numbered by their
//! making, queues are vectors, and nothing is ever freed.

use vestibule::{Decision, Error, Shutdown};

const CONNECT_DATA: usize = 32;
const DISCONNECT_DATA: usize = 64;

/// A call of the program. Sockets are named by any number, see [`Call::on_one_of`].
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Socket,
    Bind(usize, u32),
    Listen(usize, i32),
    Connect(usize, u32, Vec<u8>),
    /// With a decision, or with none: the condition function fails.
    Accept(usize, Option<Decision>, Vec<u8>),
    FinishConnect(usize),
    Send(usize, Vec<u8>),
    Receive(usize, usize),
    Shutdown(usize, Shutdown),
    SendDisconnect(usize, Vec<u8>),
    ReceiveDisconnect(usize, Option<usize>),
    Close(usize, bool),
}

impl Call {
    /// The same call on one of the sockets that there are; nothing if there are none.
    pub(crate) fn on_one_of(mut self, count: usize) -> Option<Self> {
        match &mut self {
            Self::Socket => return Some(self),
            Self::Bind(socket, _)
            | Self::Listen(socket, _)
            | Self::Connect(socket, ..)
            | Self::Accept(socket, ..)
            | Self::FinishConnect(socket)
            | Self::Send(socket, _)
            | Self::Receive(socket, _)
            | Self::Shutdown(socket, _)
            | Self::SendDisconnect(socket, _)
            | Self::ReceiveDisconnect(socket, _)
            | Self::Close(socket, _) => *socket = socket.checked_rem(count)?,
        }
        Some(self)
    }
}

/// What a call leads to: its result, with the bytes that it moved, and what a condition function
/// was shown on the way.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) result: Result<Vec<u8>, Error>,
    pub(crate) shown: Option<Shown>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) caller_port: u32,
    pub(crate) callee_port: u32,
    pub(crate) caller_data: Option<Vec<u8>>,
}

/// What can be asked of a socket at any time.
pub(crate) struct View<'a> {
    pub(crate) listening: bool,
    pub(crate) local: Result<u32, Error>,
    pub(crate) peer: Result<u32, Error>,
    pub(crate) error: Result<u32, Error>,
    pub(crate) callee_data: &'a [u8],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Is {
    Fresh,
    Listening,
    Connecting,
    Connected,
    Closed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Graceful,
    /// By the peer.
    Reset,
    /// By this side.
    Aborted,
}

struct Request {
    client: usize,
    data: Vec<u8>,
    /// A condition function has seen it and not decided.
    seen: bool,
}

struct Sock {
    is: Is,
    bound_port: Option<u32>,
    local: Option<u32>,
    remote: u32,
    // of a listener
    limit: usize,
    queue: Vec<Request>,
    lost_head: Option<Error>,
    // of a connection
    peer: Option<usize>,
    unread: Vec<u8>,
    end: Option<End>,
    goodbye: Option<Vec<u8>>,
    sends: bool,
    receives: bool,
    callee_data: Vec<u8>,
    error: Option<Error>,
}

impl Sock {
    fn new(is: Is) -> Self {
        Self {
            is,
            bound_port: None,
            local: None,
            remote: 0,
            limit: 0,
            queue: Vec::new(),
            lost_head: None,
            peer: None,
            unread: Vec::new(),
            end: None,
            goodbye: None,
            sends: true,
            receives: true,
            callee_data: Vec::new(),
            error: None,
        }
    }

    fn check_connected(&self) -> Result<(), Error> {
        match self.is {
            Is::Connected => Ok(()),
            _ => Err(Error::NotConn),
        }
    }

    fn check_sends(&self) -> Result<(), Error> {
        self.check_connected()?;
        self.sends.then_some(()).ok_or(Error::Shutdown)
    }

    fn reset(&mut self) {
        if self.end != Some(End::Aborted) {
            self.end = Some(End::Reset);
        }
        self.unread.clear();
    }

    fn abort(&mut self) {
        self.end = Some(End::Aborted);
        self.unread.clear();
    }

    fn peer_ends(&mut self, goodbye: Vec<u8>) {
        if self.end.is_none() {
            self.end = Some(End::Graceful);
            self.goodbye = Some(goodbye);
        }
    }
}

/// All sockets.
#[derive(Default)]
pub(crate) struct World {
    sockets: Vec<Sock>,
    /// The port that the library has chosen for a client that connects unbound.
    pub(crate) chosen_port: u32,
}

type Bytes = Result<Vec<u8>, Error>;

impl World {
    pub(crate) fn view(&self, socket: usize) -> View<'_> {
        let socket = &self.sockets[socket];
        if socket.is == Is::Closed {
            return View {
                listening: false,
                local: Err(Error::NotSock),
                peer: Err(Error::NotSock),
                error: Err(Error::NotSock),
                callee_data: &[],
            };
        }
        View {
            listening: socket.is == Is::Listening,
            local: match socket.is {
                Is::Fresh => socket.bound_port.ok_or(Error::Inval),
                _ => socket.local.ok_or(Error::Inval),
            },
            peer: match socket.is {
                Is::Connecting | Is::Connected => Ok(socket.remote),
                _ => Err(Error::NotConn),
            },
            error: Ok(socket.error.map_or(0, |error| error.code().unsigned_abs())),
            callee_data: &socket.callee_data,
        }
    }

    /// What the call should do.
    pub(crate) fn make(&mut self, call: &Call) -> Expected {
        if let Call::Accept(listener, decision, data) = call {
            let mut shown = None;
            let result = self.accept(*listener, *decision, data, &mut shown);
            return Expected { result, shown };
        }
        let result = match call {
            Call::Socket => {
                self.sockets.push(Sock::new(Is::Fresh));
                Ok(Vec::new())
            }
            Call::Bind(socket, port) => self.bind(*socket, *port),
            Call::Listen(socket, backlog) => self.listen(*socket, *backlog),
            Call::Connect(socket, port, data) => self.connect(*socket, *port, data),
            Call::Accept(..) => unreachable!("see above"),
            Call::FinishConnect(socket) => self.finish_connect(*socket),
            Call::Send(socket, data) => self.send(*socket, data),
            Call::Receive(socket, room) => self.receive(*socket, *room),
            Call::Shutdown(socket, how) => self.shutdown(*socket, *how),
            Call::SendDisconnect(socket, data) => self.send_disconnect(*socket, data),
            Call::ReceiveDisconnect(socket, room) => self.receive_disconnect(*socket, *room),
            Call::Close(socket, abort) => self.close(*socket, *abort),
        };
        Expected {
            result,
            shown: None,
        }
    }

    fn open(&mut self, socket: usize) -> Result<&mut Sock, Error> {
        match &mut self.sockets[socket] {
            socket if socket.is == Is::Closed => Err(Error::NotSock),
            socket => Ok(socket),
        }
    }

    fn bind(&mut self, socket: usize, port: u32) -> Bytes {
        let it = self.open(socket)?;
        if it.is != Is::Fresh || it.bound_port.is_some() {
            return Err(Error::Inval);
        }
        if self
            .sockets
            .iter()
            .any(|other| other.bound_port == Some(port))
        {
            return Err(Error::AddrInUse);
        }
        self.sockets[socket].bound_port = Some(port);
        self.sockets[socket].local = Some(port);
        Ok(Vec::new())
    }

    fn listen(&mut self, socket: usize, backlog: i32) -> Bytes {
        let it = self.open(socket)?;
        match it.is {
            Is::Connecting | Is::Connected => return Err(Error::IsConn),
            Is::Fresh if it.bound_port.is_none() => return Err(Error::Inval),
            _ => {}
        }
        it.is = Is::Listening;
        it.limit = usize::try_from(backlog).expect("the test uses positive ones");
        while self.sockets[socket].queue.len() > self.sockets[socket].limit {
            let newest = self.sockets[socket].queue.pop().expect("it is not empty");
            self.refuse(newest.client, &[]);
        }
        Ok(Vec::new())
    }

    fn refuse(&mut self, client: usize, goodbye: &[u8]) {
        let client = &mut self.sockets[client];
        client.is = Is::Fresh;
        client.error = Some(Error::ConnRefused);
        if !goodbye.is_empty() {
            client.goodbye = Some(goodbye.to_vec());
        }
    }

    fn connect(&mut self, socket: usize, port: u32, data: &[u8]) -> Bytes {
        let chosen = self.chosen_port;
        let it = self.open(socket)?;
        if data.len() > CONNECT_DATA {
            return Err(Error::Fault);
        }
        match it.is {
            Is::Listening => return Err(Error::Inval),
            Is::Connecting => return Err(Error::Already),
            Is::Connected => return Err(Error::IsConn),
            Is::Fresh | Is::Closed => {}
        }
        it.local = it.bound_port.or(Some(chosen));
        it.remote = port;
        it.callee_data.clear();
        it.goodbye = None;
        let listener = self.sockets.iter_mut().find(|other| {
            other.is == Is::Listening
                && other.bound_port == Some(port)
                && other.queue.len() < other.limit
        });
        let Some(listener) = listener else {
            self.refuse(socket, &[]);
            return Err(Error::ConnRefused);
        };
        listener.queue.push(Request {
            client: socket,
            data: data.to_vec(),
            seen: false,
        });
        self.sockets[socket].is = Is::Connecting;
        Err(Error::WouldBlock)
    }

    fn accept(
        &mut self,
        listening: usize,
        decision: Option<Decision>,
        data: &[u8],
        shown: &mut Option<Shown>,
    ) -> Bytes {
        let it = self.open(listening)?;
        if it.is != Is::Listening {
            return Err(Error::Inval);
        }
        if let Some(error) = it.lost_head.take() {
            return Err(error);
        }
        let Some(head) = it.queue.first_mut() else {
            return Err(Error::WouldBlock);
        };
        head.seen = true;
        let (client, caller_data) = (head.client, head.data.clone());
        let at = it.local.expect("a listener is bound");
        let from = self.sockets[client].local.expect("a client is bound");
        *shown = Some(Shown {
            caller_port: from,
            callee_port: at,
            caller_data: (!caller_data.is_empty()).then_some(caller_data),
        });
        if data.len() > CONNECT_DATA {
            return Err(Error::Fault); // the condition function fails
        }
        match decision {
            None => Err(Error::Inval),
            Some(Decision::Defer) => Err(Error::TryAgain),
            Some(Decision::Reject) => {
                self.sockets[listening].queue.remove(0);
                self.refuse(client, data);
                Err(Error::ConnRefused)
            }
            Some(Decision::Accept) => {
                self.sockets[listening].queue.remove(0);
                let accepted = self.sockets.len();
                let mut socket = Sock::new(Is::Connected);
                socket.local = Some(at);
                socket.remote = from;
                socket.peer = Some(client);
                self.sockets.push(socket);
                let client = &mut self.sockets[client];
                client.is = Is::Connected;
                client.peer = Some(accepted);
                client.error = None;
                client.callee_data = data.to_vec();
                Ok(Vec::new())
            }
        }
    }

    fn finish_connect(&mut self, socket: usize) -> Bytes {
        let it = self.open(socket)?;
        match it.is {
            Is::Connecting => Err(Error::TimedOut),
            Is::Connected => Ok(Vec::new()),
            _ => Err(it.error.unwrap_or(Error::NotConn)),
        }
    }

    fn send(&mut self, socket: usize, data: &[u8]) -> Bytes {
        let it = self.open(socket)?;
        it.check_sends()?;
        if data.is_empty() {
            return Ok(Vec::new());
        }
        if it.end == Some(End::Aborted) {
            return Err(Error::ConnAborted);
        }
        let Some(peer) = it.peer.filter(|_| it.end != Some(End::Reset)) else {
            return Err(Error::ConnReset);
        };
        if !self.sockets[peer].receives {
            self.sockets[peer].abort();
            self.sockets[socket].reset();
            return Err(Error::ConnReset);
        }
        self.sockets[peer].unread.extend(data);
        Ok(data.to_vec())
    }

    fn receive(&mut self, socket: usize, room: usize) -> Bytes {
        let it = self.open(socket)?;
        it.check_connected()?;
        if !it.receives {
            return Err(Error::Shutdown);
        }
        if room == 0 {
            return Ok(Vec::new());
        }
        if it.unread.is_empty() {
            return match it.end {
                None => Err(Error::WouldBlock),
                Some(End::Graceful) => Ok(Vec::new()),
                Some(End::Reset) => Err(Error::ConnReset),
                Some(End::Aborted) => Err(Error::ConnAborted),
            };
        }
        let count = room.min(it.unread.len());
        Ok(it.unread.drain(..count).collect())
    }

    fn end_sending(&mut self, socket: usize, goodbye: &[u8]) {
        self.sockets[socket].sends = false;
        if let Some(peer) = self.sockets[socket].peer {
            self.sockets[peer].peer_ends(goodbye.to_vec());
        }
    }

    fn end_receiving(&mut self, socket: usize) {
        let it = &mut self.sockets[socket];
        it.receives = false;
        let unread = !it.unread.is_empty();
        it.unread.clear();
        if let (true, None, Some(peer)) = (unread, it.end, it.peer) {
            it.abort();
            self.sockets[peer].reset();
        }
    }

    fn shutdown(&mut self, socket: usize, how: Shutdown) -> Bytes {
        let it = self.open(socket)?;
        it.check_connected()?;
        if it.sends && how != Shutdown::Receive {
            self.end_sending(socket, &[]);
        }
        if how != Shutdown::Send {
            self.end_receiving(socket);
        }
        Ok(Vec::new())
    }

    fn send_disconnect(&mut self, socket: usize, goodbye: &[u8]) -> Bytes {
        let it = self.open(socket)?;
        if goodbye.len() > DISCONNECT_DATA {
            return Err(Error::Fault);
        }
        it.check_sends()?;
        self.end_sending(socket, goodbye);
        Ok(Vec::new())
    }

    fn receive_disconnect(&mut self, socket: usize, room: Option<usize>) -> Bytes {
        let it = self.open(socket)?;
        let was_refused = it.is == Is::Fresh && it.goodbye.is_some();
        if !was_refused {
            it.check_connected()?;
        }
        let goodbye = it.goodbye.clone().unwrap_or_default();
        let bytes = match room {
            None => Vec::new(),
            Some(room) if room < goodbye.len() => return Err(Error::Fault),
            Some(_) => goodbye,
        };
        if !was_refused {
            self.end_receiving(socket);
        }
        Ok(bytes)
    }

    fn close(&mut self, socket: usize, abort: bool) -> Bytes {
        self.open(socket)?;
        self.withdraw(socket, abort);
        let it = &mut self.sockets[socket];
        it.is = Is::Closed;
        it.bound_port = None;
        let queue = std::mem::take(&mut it.queue);
        let peer = it.peer.take();
        for request in queue {
            self.refuse(request.client, &[]);
        }
        if let Some(peer) = peer {
            let peer = &mut self.sockets[peer];
            peer.peer = None;
            if abort {
                peer.reset();
            } else {
                peer.peer_ends(Vec::new());
            }
        }
        Ok(Vec::new())
    }

    /// Takes a client's request out of whatever queue it is in.
    fn withdraw(&mut self, client: usize, abort: bool) {
        for listener in &mut self.sockets {
            let Some(place) = listener
                .queue
                .iter()
                .position(|request| request.client == client)
            else {
                continue;
            };
            let request = listener.queue.remove(place);
            if request.seen || (place == 0 && abort) {
                let error = if abort {
                    Error::ConnReset
                } else {
                    Error::Acces
                };
                listener.lost_head.get_or_insert(error);
            }
        }
    }
}
