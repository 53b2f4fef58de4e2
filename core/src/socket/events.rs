//! Registering for network events (group EVT).

use std::sync::Arc;

use super::Socket;
use crate::{
    Error, EventObject, EventReport, NetworkEvents, NotificationPort, Result,
    provider::watch::{Target, Watch},
    rules::events::Indication,
};

impl Socket {
    /// Has network events set an event object: `WSAEventSelect`. It replaces every earlier
    /// registration of the socket (EVT-07, EVT-08, EVT-54); an empty mask cancels it, and then the
    /// object is not looked at (EVT-09). The socket is non-blocking from then on, whatever the mask
    /// (EVT-06).
    ///
    /// What happened before and was not enumerated sets the object at once (EVT-15). Sockets that are
    /// accepted from a listener inherit its registration (SKT-07).
    ///
    /// # Errors
    /// [`Error::Inval`] for a mask without an object, or with one that is closed (EVT-10): the earlier
    /// registration stays; [`Error::InProgress`] inside its own condition function (ACC-51);
    /// [`Error::MFile`] if there is no descriptor for the set of the process.
    pub fn event_select(&self, object: Option<&EventObject>, mask: NetworkEvents) -> Result<()> {
        self.check_not_served_here()?;
        let target = match object {
            _ if mask.is_empty() => Target::Nobody, // EVT-09
            Some(object) => {
                object.check().map_err(|_| Error::Inval)?; // EVT-10
                Target::Object(object.clone())
            }
            None => return Err(Error::Inval), // EVT-10
        };
        self.register(target, mask)
    }

    /// Has network events posted to a notification port, each as a message with this number:
    /// `WSAAsyncSelect`. As [`event_select`](Self::event_select) otherwise; the rules differ in that a
    /// message for an event is followed by the next one only after its re-enabling call (EVT-51), and
    /// that every registration posts what holds, but for `CONNECT` (EVT-16, EVT-21).
    ///
    /// Messages name the socket by the number that [`set_message_name`](Self::set_message_name) has
    /// given it, or by its kernel descriptor. One that has neither is silent until it has a name.
    ///
    /// # Errors
    /// [`Error::Inval`] for a mask without a port, or with one that is closed (EVT-53); otherwise as
    /// [`event_select`](Self::event_select).
    pub fn async_select(
        &self,
        port: Option<&NotificationPort>,
        message: u32,
        mask: NetworkEvents,
    ) -> Result<()> {
        self.check_not_served_here()?;
        let target = match port {
            _ if mask.is_empty() => Target::Nobody,
            Some(port) => {
                port.check()?; // EVT-53
                Target::Port(port.clone(), message)
            }
            None => return Err(Error::Inval), // EVT-53
        };
        self.register(target, mask)
    }

    /// The number that messages name this socket by. An accepted socket that is not a kernel socket
    /// has none at first; what is to be posted waits for it.
    pub fn set_message_name(&self, name: u64) {
        if let Some(watch) = self.watch() {
            watch.set_name(name).now();
        } else {
            let _ = self.extra().message_name.set(name);
        }
    }

    /// Whether messages about this socket wait for [`set_message_name`](Self::set_message_name). A
    /// binding whose sockets have numbers of its own asks this of one that was accepted.
    pub fn lacks_message_name(&self) -> bool {
        self.watch().is_some_and(|watch| watch.lacks_name())
    }

    /// Hands over what has happened since the last call, as far as it is in the mask, clears that, and
    /// resets the given object, as one step: `WSAEnumNetworkEvents` (EVT-22, EVT-25, EVT-26).
    /// Without a registration for an event object there is nothing, and nothing is cleared (EVT-28).
    ///
    /// # Errors
    /// [`Error::Inval`] for an object that is closed; nothing has changed then (EVT-24, EVT-27).
    pub fn enumerate_events(&self, reset: Option<&EventObject>) -> Result<EventReport> {
        self.check_open()?;
        if let Some(object) = reset {
            object.check().map_err(|_| Error::Inval)?; // EVT-27
        }
        let Some(watch) = self.watch() else {
            if let Some(object) = reset {
                object.unmark();
            }
            return Ok(EventReport::default()); // EVT-28
        };
        self.provider.intake.take_in();
        Ok(watch.enumerate(reset))
    }

    /// A call that enables `event` again has failed in its argument checks. In message mode that
    /// enables it, too; with an event object it does not (EVT-13).
    #[doc(hidden)]
    pub fn arguments_were_wrong(&self, event: NetworkEvents) {
        if self.watch().is_some_and(|watch| watch.posts_messages()) {
            self.enable_event(event);
            self.endpoint.look_again(event); // EVT-14
        }
    }

    /// Whether somebody has registered for its events, or for those of its listener.
    pub(crate) fn is_watched(&self) -> bool {
        self.watch().is_some()
    }

    pub(super) fn watch(&self) -> Option<&Arc<Watch>> {
        self.extra.get()?.watch.get()
    }

    fn register(&self, target: Target, mask: NetworkEvents) -> Result<()> {
        self.transport().set_nonblocking(true)?;
        self.nonblocking
            .store(true, std::sync::atomic::Ordering::SeqCst); // EVT-06
        if self.watch().is_none() && mask.is_empty() {
            return Ok(()); // nothing to cancel
        }
        let extra = self.extra();
        let watch = extra
            .watch
            .get_or_init(|| Arc::new(Watch::new(self.message_name())));
        self.endpoint
            .watch(&self.provider.intake, watch, target, mask)
    }

    fn message_name(&self) -> Option<u64> {
        let given = self.extra.get().and_then(|extra| extra.message_name.get());
        let descriptor = || u64::try_from(self.kernel_descriptor()?).ok();
        given.copied().or_else(descriptor)
    }

    /// The listener's registration is this socket's, too (SKT-02, SKT-07, SKT-08).
    pub(super) fn inherit_watch(&self, listener: &Watch) {
        let (watch, told) = listener.inherited(self.message_name());
        let watch = self.extra().watch.get_or_init(|| watch);
        self.endpoint.inherit_watch(&self.provider.intake, watch);
        told.now(); // SKT-09
    }

    /// Passes the result of a send or receive on; one that would have blocked enables its event again
    /// (EVT-12).
    pub(super) fn enable_unless_done<T>(
        &self,
        result: Result<T>,
        event: NetworkEvents,
    ) -> Result<T> {
        if matches!(result, Err(Error::WouldBlock)) && self.watch().is_some() {
            self.endpoint.would_block(event);
        }
        result
    }

    pub(super) fn enable_event(&self, event: NetworkEvents) {
        if let Some(watch) = self.watch() {
            let enable = watch.change(|record| {
                record.enable(event);
                Indication::NOTHING
            });
            enable.now();
        }
    }
}
