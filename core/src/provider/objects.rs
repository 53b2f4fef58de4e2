//! Handles of what is no socket: event objects and notification ports.
//!
//! They share the space of numbers with the sockets that are not kernel sockets, so a number comes
//! back no sooner (EVT-39), and have tables of their own, so that a socket call finds none of them
//! ([`Error::NotSock`], HND-16) and a call for them no socket ([`Error::InvalidHandle`]).

use std::ops::Deref;

use super::{
    event::Look,
    pages::Pages,
    process::Provider,
    table::{Handles, index_of, tag_of},
};
use crate::{
    Error, EventObject, NotificationPort, Result,
    sys::slot::{Slot, User},
};

/// An object of the table, for one call. It stays where it is until the last call has left it.
#[derive(Debug)]
pub struct FoundObject<T: 'static>(User<'static, T>);

impl<T> Deref for FoundObject<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Gives an event object a handle, which is never 0 (EVT-37). It stays valid until it is closed or
/// the process ends (EVT-48).
///
/// # Errors
/// [`Error::NotEnoughMemory`] if no number is left; [`Error::NotInitialised`] in a forked child that
/// has not started anew.
pub fn register_event(object: EventObject) -> Result<u64> {
    register(object)
}

/// The first of the event objects with these handles that is set, where a look at each of their words
/// is enough to tell (EVT-40): all of them are open, and the kernel has no say in one before it. Nothing
/// means that it has to be found out with the objects themselves, as errors have to be.
///
/// The words stand side by side, each with the tag of its handle, and no object is entered.
pub fn first_set(mut events: impl Iterator<Item = u64>) -> Option<usize> {
    let words = handles().ok()?.words;
    let look_at = |handle| {
        let look = Look::of(words.place(index_of(handle))?);
        look.has_handle(handle).then_some(look)
    };
    let mut first = 0;
    loop {
        let look = look_at(events.next()?)?;
        if look.is_set() {
            break;
        }
        if look.takes_in() {
            return None;
        }
        first += 1;
    }
    // Those behind it have to be open only (EVT-44).
    events
        .all(|handle| look_at(handle).is_some())
        .then_some(first)
}

/// The event object with this handle.
///
/// # Errors
/// [`Error::InvalidHandle`] for a number that is none, or is closed (EVT-38, EVT-39);
/// [`Error::NotInitialised`] in a forked child that has not started anew.
pub fn find_event(handle: u64) -> Result<FoundObject<EventObject>> {
    find(handle)
}

/// Closes the event object with this handle; the handle is free afterwards. Calls of other threads
/// that wait for it end with [`Error::InvalidHandle`] (EVT-62).
///
/// # Errors
/// As [`find_event`].
pub fn close_event(handle: u64) -> Result<()> {
    close::<EventObject>(handle)
}

/// Gives a notification port a handle, as [`register_event`] does.
///
/// # Errors
/// As [`register_event`].
pub fn register_port(port: NotificationPort) -> Result<u64> {
    register(port)
}

/// The notification port with this handle.
///
/// # Errors
/// As [`find_event`].
pub fn find_port(handle: u64) -> Result<FoundObject<NotificationPort>> {
    find(handle)
}

/// Closes the notification port with this handle, as [`close_event`] does.
///
/// # Errors
/// As [`find_event`].
pub fn close_port(handle: u64) -> Result<()> {
    close::<NotificationPort>(handle)
}

/// A kind of object.
trait Object: Sized + 'static {
    fn place(handles: &Handles) -> &Pages<Slot<Self>>;

    /// It is about to have a handle.
    fn named(self, _handles: &'static Handles, _handle: u64) -> Self {
        self
    }

    /// Whether it gives its number back itself, when it goes.
    fn keeps_number(&self) -> bool {
        false
    }

    fn end(&self) -> Result<()>;
}

impl Object for EventObject {
    fn place(handles: &Handles) -> &Pages<Slot<Self>> {
        &handles.events
    }

    fn named(mut self, handles: &'static Handles, handle: u64) -> Self {
        if let Some(place) = handles.words.place_or_new(index_of(handle)) {
            self.move_word(place, handle);
        }
        self
    }

    fn keeps_number(&self) -> bool {
        self.has_word_of_handle()
    }

    fn end(&self) -> Result<()> {
        self.close()
    }
}

impl Object for NotificationPort {
    fn place(handles: &Handles) -> &Pages<Slot<Self>> {
        &handles.ports
    }

    fn end(&self) -> Result<()> {
        self.close()
    }
}

fn register<T: Object>(object: T) -> Result<u64> {
    register_among(handles()?, object)
}

fn register_among<T: Object>(handles: &'static Handles, object: T) -> Result<u64> {
    let make = |handle| object.named(handles, handle);
    let given = handles.give_number(T::place(handles), make);
    given.map_err(|_| Error::NotEnoughMemory) // EVT-37 ERR-02
}

fn find<T: Object>(handle: u64) -> Result<FoundObject<T>> {
    Handles::numbered_slot_of(T::place(handles()?), handle)
        .and_then(|slot| slot.enter(tag_of(handle)))
        .map(FoundObject)
        .ok_or(Error::InvalidHandle)
}

fn close<T: Object>(handle: u64) -> Result<()> {
    let object = find::<T>(handle)?;
    if !object.0.retire() {
        return Err(Error::InvalidHandle); // another thread was faster
    }
    object.end()?;
    if !object.keeps_number() {
        handles()?.take_number_back(handle);
    }
    Ok(())
}

fn handles() -> Result<&'static Handles> {
    match Provider::current() {
        Ok(provider) => Ok(&provider.handles),
        Err(Error::NotSock) => Err(Error::InvalidHandle), // nothing was ever made
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Entry, Numbering, Socket, Wait, provider::table};

    #[test]
    fn without_a_number_there_is_no_object() {
        let handles = Box::leak(Box::new(Handles::new()));
        let object = || EventObject::new().unwrap();
        let last = register_among(handles, object()).unwrap();
        handles.exhaust();
        assert_eq!(
            register_among(handles, object()),
            Err(Error::NotEnoughMemory)
        ); // EVT-37 ERR-02
        handles.take_number_back(last + 1);
        assert!(register_among(handles, object()).is_ok());
    }

    fn event() -> u64 {
        register_event(EventObject::new().unwrap()).unwrap()
    }

    #[test]
    fn an_object_is_found_by_its_handle_until_it_is_closed() {
        let handle = event();
        assert!(handle >= 1 << 30);
        find_event(handle).unwrap().set().unwrap();
        assert!(find_event(handle).unwrap().is_set().unwrap());
        close_event(handle).unwrap();
        assert_eq!(find_event(handle).unwrap_err(), Error::InvalidHandle);
        assert_eq!(close_event(handle), Err(Error::InvalidHandle));
    }

    #[test]
    fn one_kind_is_never_taken_for_another() {
        let event = event();
        let port = register_port(NotificationPort::new().unwrap()).unwrap();
        let socket = Socket::new(Entry::InProcess).unwrap();
        let socket = table::register(socket, Numbering::Linux).unwrap();
        assert!(event != port && port != socket && socket != event);
        for number in [port, socket, 0, 1, u64::MAX] {
            let found = find_event(number);
            assert_eq!(found.unwrap_err(), Error::InvalidHandle, "{number}"); // EVT-38
        }
        assert_eq!(find_port(event).unwrap_err(), Error::InvalidHandle);
        assert_eq!(table::find(event).unwrap_err(), Error::NotSock); // HND-16
        assert_eq!(table::close(port), Err(Error::NotSock)); // HND-16
        table::close(socket).unwrap();
        close_port(port).unwrap();
        close_event(event).unwrap();
    }

    #[test]
    fn a_look_at_the_words_tells_what_the_objects_would() {
        let events = [event(), event(), event()];
        let first = |events: &[u64]| first_set(events.iter().copied());
        assert_eq!(first(&events), None);
        find_event(events[1]).unwrap().set().unwrap();
        find_event(events[2]).unwrap().set().unwrap();
        assert_eq!(first(&events), Some(1)); // EVT-40
        let words = handles().unwrap().words;
        let _ = words.place_or_new(index_of(u64::MAX)); // the page of the greatest number exists
        for number in [0, 1, events[2] + (1 << 20), u64::MAX] {
            assert_eq!(first(&[events[1], number]), None, "{number}"); // EVT-44
            assert_eq!(first(&[number, events[1]]), None, "{number}");
        }
        find_event(events[0]).unwrap().takes_in_from_kernel();
        assert_eq!(first(&events), None, "the kernel may have set the first");
        assert_eq!(first(&events[1..]), Some(0));
        for _ in 0..1 << 12 {
            let second = find_event(events[1]).unwrap();
            second.reset().unwrap();
            second.set().unwrap();
        }
        assert_eq!(first(&events[1..]), Some(0), "it is the same object");
        let held = EventObject::clone(&find_event(events[1]).unwrap());
        close_event(events[1]).unwrap();
        assert_eq!(first(&events[1..]), None); // EVT-39
        assert_eq!(held.set(), Err(Error::InvalidHandle));
        close_event(events[2]).unwrap();
        assert_eq!(first(&events[2..]), None);
    }

    #[test]
    fn an_object_that_is_held_elsewhere_keeps_its_word() {
        let object = EventObject::new().unwrap();
        let handle = register_event(object.clone()).unwrap();
        object.set().unwrap();
        assert_eq!(first_set([handle].into_iter()), None);
        assert_eq!(find_event(handle).unwrap().is_set(), Ok(true));
        close_event(handle).unwrap();
        let object = EventObject::new().unwrap();
        object.set().unwrap();
        let handle = register_event(object).unwrap();
        assert_eq!(
            first_set([handle].into_iter()),
            Some(0),
            "it was set before"
        );
        close_event(handle).unwrap();
    }

    /// The number is not given out while somebody can still set the closed object's word.
    #[test]
    fn a_number_does_not_come_back_before_its_object_has_gone() {
        let first = event();
        let held = EventObject::clone(&find_event(first).unwrap());
        close_event(first).unwrap();
        let index = index_of(first);
        for _ in 0..1 << 10 {
            let handle = event();
            assert_ne!(index_of(handle), index);
            assert!(!held.mark());
            held.unmark();
            close_event(handle).unwrap();
        }
    }

    #[test]
    fn a_number_of_an_object_comes_back_after_many_others() {
        let first = event();
        close_event(first).unwrap();
        for _ in 0..1 << 16 {
            let handle = event();
            assert_ne!(handle, first); // EVT-39
            close_event(handle).unwrap();
        }
    }

    #[test]
    fn closing_ends_the_wait_of_another_thread() {
        let handle = event();
        let object = find_event(handle).unwrap();
        let waiting = std::thread::spawn(move || object.wait(&Wait::FOREVER));
        std::thread::sleep(std::time::Duration::from_millis(20));
        close_event(handle).unwrap();
        assert_eq!(waiting.join().unwrap(), Err(Error::InvalidHandle)); // EVT-62
    }
}
