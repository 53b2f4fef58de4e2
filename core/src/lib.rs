//! The Winsock 2 service provider for Linux: a server looks at a connection request before it is
//! answered.
//!
//! A [`Listener`] hands the request at the head of its backlog to a *condition function*, which
//! sees who calls and what the caller sent along ([`ConditionArgs`]) and decides ([`Decision`]):
//! accept, reject, or defer. A deferred request keeps the head of the backlog and is shown again to
//! the next accept call.
//!
//! ```
//! use std::thread;
//! use vestibule::{Connector, Decision, Error, InProcessAddress, Listener};
//!
//! # fn main() -> vestibule::Result<()> {
//! let listener = Listener::bind(InProcessAddress::local(0), 5)?;
//! let address = listener.local_address()?;
//! let stranger = thread::spawn(move || Connector::new(address).caller_data(b"let me in").connect());
//!
//! let answer = listener.accept(|caller| match caller.caller_data() {
//!     Some(b"open sesame") => Decision::Accept,
//!     _ => {
//!         let _ = caller.set_callee_data(b"wrong word");
//!         Decision::Reject
//!     }
//! });
//! assert_eq!(answer.unwrap_err(), Error::ConnRefused);
//!
//! let refused = stranger.join().unwrap().unwrap_err();
//! assert_eq!(refused.error, Error::ConnRefused);
//! assert_eq!(refused.data, b"wrong word");
//! # Ok(())
//! # }
//! ```
//!
//! # Entries
//!
//! | entry | address | who decides first | user data |
//! |---|---|---|---|
//! | plain TCP | IPv4, IPv6 | the kernel: a rejected caller sees its connection reset | none |
//! | in-process | [`InProcessAddress`] | the condition function: connect waits for it | yes |
//! | in-process, messages | the same; ask for them with [`Connector::messages`] | the same | yes |
//!
//! # Errors
//!
//! Every operation fails with an [`Error`], which is a Winsock error; it converts into
//! [`std::io::Error`]. Requirement ids such as ACC-19 name rows of the project's specification
//! (`conformance/requirements.toml`).

#![deny(unsafe_code)]

mod address;
mod credentials;
mod error;
mod listener;
mod provider;
mod qos;
mod socket;
mod stream;
mod sys;
mod transport;
mod wait;

#[doc(hidden)]
pub mod rules;
#[doc(hidden)]
pub mod wire;

#[doc(hidden)]
pub mod handles {
    //! Numbers for sockets and processes, for the C library and the Python module.
    pub use crate::provider::{
        objects::{
            FoundObject, close_event, close_port, find_event, find_port, first_set, register_event,
            register_port,
        },
        process::{count_start, starts, take_start_back},
        table::{Found, accept, adopt, close, detach, find, register, reset_all},
        turn::caller_credentials,
    };
    pub use crate::sys::{
        duplicate,
        slot::{Claim, Slot, User},
    };
}

#[doc(hidden)]
pub use address::Sockaddr;
pub use address::{AF_IN_PROCESS, Address, Family, InProcessAddress, Numbering, SOCKADDR_MAX};
pub use credentials::Credentials;
pub use error::{Error, Result};
pub use listener::Listener;
pub use provider::{
    accept::ConditionArgs,
    capabilities::{Capabilities, ProviderFlags, ServiceFlags},
    catalogue::{ByteOrder, Entry, PROVIDER_ID, ProtocolInfo, UserDataLimits},
    event::EventObject,
    options::{Linger, SocketOption},
    port::{Notification, NotificationPort},
    settings::Setting,
    turn::in_condition_function,
    waiting::MAX_WAIT_EVENTS,
};
pub use qos::{FlowSpec, Qos};
pub use rules::{
    condition::Decision,
    connection::Shutdown,
    events::{EventReport, NetworkEvents},
    user_data::UserDataKind,
};
pub use socket::{AdoptError, ConnectData, DetachError, Readiness, Selected, Socket, select};
pub use stream::{ConnectError, Connector, Stream};
pub use transport::{CalleeReceiver, Receive, Received};
pub use wait::{Sleep, Wait};

/// The quick start of the README compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
