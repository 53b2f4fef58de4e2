//! Accepting.

use std::{os::fd::RawFd, sync::atomic::Ordering::Relaxed};

use super::{Extra, Socket};
use crate::{
    ConditionArgs, Decision, Error, Result, Wait,
    provider::{
        accept::Listening,
        options::{OptionStore, Options},
    },
    transport::{Accepting, Endpoint, Request, Transport, in_process::InProcess},
};

impl Socket {
    /// Accepts the oldest connection request, if the condition function says so (ACC-01).
    ///
    /// The function is called at most once, on this thread, with nothing locked. `Err` from it
    /// means that it could not answer: the request stays at the head, undecided, and the error is
    /// returned (ACC-21). If it panics the request stays too, and the panic goes on (ACC-59).
    ///
    /// # Errors
    /// [`Error::ConnRefused`] after a rejection (ACC-18), [`Error::TryAgain`] after a deferral
    /// (ACC-19); [`Error::Acces`] if an offered request has been withdrawn (ACC-22),
    /// [`Error::ConnReset`] if the head was reset (ACC-23); [`Error::WouldBlock`] if the socket is
    /// non-blocking and nothing can be taken (ACC-15, ACC-55); [`Error::Inval`] if it does not
    /// listen (ACC-16), [`Error::OpNotSupp`] for datagrams (ACC-17); [`Error::MFile`] if no handle is free, the request stays (ACC-24);
    /// [`Error::InProgress`] inside its own condition function (ACC-51); [`Error::Intr`] if another
    /// thread closed it (ACC-57); [`Error::TimedOut`] and [`Error::Intr`] as [`Wait`] says.
    pub fn accept(
        &self,
        condition: impl FnOnce(&mut ConditionArgs<'_>) -> Result<Decision>,
        wait: &Wait<'_>,
    ) -> Result<Self> {
        self.accept_into(Returned, condition, wait)
    }

    /// The same, with a place for the accepted socket.
    pub(crate) fn accept_into<P: Place>(
        &self,
        place: P,
        condition: impl FnOnce(&mut ConditionArgs<'_>) -> Result<Decision>,
        wait: &Wait<'_>,
    ) -> Result<P::Placed> {
        self.check_not_served_here()?;
        // One function for each transport: what an accept call does is the same, and what it does it
        // with is known.
        match &self.endpoint {
            Endpoint::Tcp(tcp) => self.accept_on(tcp, place, condition, wait),
            Endpoint::InProcess(in_process) => {
                self.accept_in_process(in_process, place, condition, wait)
            }
            Endpoint::Udp(_) => Err(Error::OpNotSupp), // ACC-17
        }
    }

    /// Apart, so that what is run on plain TCP stands together: after a system call there is little in
    /// the processor's caches.
    #[inline(never)]
    fn accept_in_process<P: Place>(
        &self,
        transport: &InProcess,
        place: P,
        condition: impl FnOnce(&mut ConditionArgs<'_>) -> Result<Decision>,
        wait: &Wait<'_>,
    ) -> Result<P::Placed> {
        self.accept_on(transport, place, condition, wait)
    }

    fn accept_on<A: Accepting, P: Place>(
        &self,
        transport: &A,
        place: P,
        condition: impl FnOnce(&mut ConditionArgs<'_>) -> Result<Decision>,
        wait: &Wait<'_>,
    ) -> Result<P::Placed> {
        if !transport.is_listening() {
            self.check_open()?;
            return Err(Error::Inval); // ACC-16
        }
        let extra = self.extra();
        let listening = Listening {
            provider: self.provider,
            transport,
            turn: &extra.turn,
            capacity: self.limits.connect.into(),
            watch: &extra.watch,
        };
        let mut request = Request::default();
        let accepted = listening.accept(
            condition,
            || self.is_nonblocking(),
            self.mode(wait),
            &mut request,
        )?;
        if extra.options.is_touched() || extra.watch.get().is_some() {
            let socket = self.accepted(transport.endpoint(accepted, &request));
            self.hand_on(&socket, extra)?;
            return place.put(socket.kernel_descriptor(), || socket);
        }
        let descriptor = A::descriptor(&accepted);
        place.put(descriptor, || {
            self.accepted(transport.endpoint(accepted, &request))
        })
    }

    /// The socket of an accepted connection; it has the attributes of this one (SKT-01).
    fn accepted(&self, endpoint: Endpoint) -> Self {
        let socket = Self::of_provider(self.provider, self.entry, endpoint, self.limits);
        socket.nonblocking.store(self.is_nonblocking(), Relaxed); // SKT-06
        socket
    }

    /// Gives an accepted socket the options that were set on this one, and its registration.
    #[cold]
    fn hand_on(&self, accepted: &Self, extra: &Extra) -> Result<()> {
        if extra.options.is_touched() {
            let options = extra.options.record();
            if extra.options.touched_since_listen() || !self.transport().inherits_options() {
                apply(accepted.transport(), &options)?; // SKT-03 SKT-04
            }
            // Nobody else knows the socket yet.
            let _ = accepted.extra.set(Box::new(Extra {
                options: OptionStore::inherited(options),
                ..Extra::default()
            }));
        }
        if let Some(watch) = extra.watch.get() {
            accepted.inherit_watch(watch); // SKT-02
        }
        Ok(())
    }
}

/// Where an accepted socket goes. It is made there and not moved there, since it is large.
pub(crate) trait Place {
    type Placed;

    /// `descriptor` is that of the kernel socket, where `socket` makes one. If it cannot be placed it
    /// closes.
    fn put(
        self,
        descriptor: Option<RawFd>,
        socket: impl FnOnce() -> Socket,
    ) -> Result<Self::Placed>;
}

/// The socket is what the accept call returns.
struct Returned;

impl Place for Returned {
    type Placed = Socket;

    fn put(self, _: Option<RawFd>, socket: impl FnOnce() -> Socket) -> Result<Socket> {
        Ok(socket())
    }
}

fn apply(transport: &dyn Transport, options: &Options) -> Result<()> {
    for (option, value) in options.set_values() {
        transport.set_option(option, value)?;
    }
    options
        .set_linger()
        .map_or(Ok(()), |linger| transport.set_linger(linger))
}
