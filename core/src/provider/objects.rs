//! Handles of what is no socket: event objects and notification ports.
//!
//! They share the space of numbers with the sockets that are not kernel sockets, so a number comes
//! back no sooner (EVT-39), and have tables of their own, so that a socket call finds none of them
//! ([`Error::NotSock`], HND-16) and a call for them no socket ([`Error::InvalidHandle`]).

use std::ops::Deref;

use super::{
    pages::Pages,
    process::Provider,
    table::{Handles, tag_of},
};
use crate::{Error, EventObject, NotificationPort, Result, sys::slot::User};

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
    fn place(handles: &Handles) -> &Pages<Self>;
    fn end(&self) -> Result<()>;
}

impl Object for EventObject {
    fn place(handles: &Handles) -> &Pages<Self> {
        &handles.events
    }

    fn end(&self) -> Result<()> {
        self.close()
    }
}

impl Object for NotificationPort {
    fn place(handles: &Handles) -> &Pages<Self> {
        &handles.ports
    }

    fn end(&self) -> Result<()> {
        self.close()
    }
}

fn register<T: Object>(object: T) -> Result<u64> {
    let handles = handles()?;
    let given = handles.give_number(T::place(handles), || object);
    given.map_err(|_| Error::NotEnoughMemory)
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
    handles()?.take_number_back(handle);
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
