//! Addresses that the library hands out.

use provider::{Address, Error, Family, Numbering, Result, Sockaddr};

use super::find;
use crate::{
    memory::{Room, Variable},
    types::vestibule_handle,
};

/// A length variable: C's `int` in the Winsock headers, `socklen_t` in ours.
pub(crate) trait Length: Copy {
    fn into_usize(self) -> usize;
    fn from_usize(length: usize) -> Self;
}

impl Length for i32 {
    fn into_usize(self) -> usize {
        super::length(self)
    }

    fn from_usize(length: usize) -> Self {
        Self::try_from(length).unwrap_or(Self::MAX)
    }
}

impl Length for u32 {
    fn into_usize(self) -> usize {
        self as usize
    }

    fn from_usize(length: usize) -> Self {
        Self::try_from(length).unwrap_or(Self::MAX)
    }
}

/// Where a program wants an address: the room, and the variable with its length.
#[derive(Clone, Copy)]
pub(crate) struct NameOut<'a, L> {
    pub(crate) room: Room<'a>,
    pub(crate) length: Variable<'a, L>,
}

impl<L: Length> NameOut<'_, L> {
    /// Whether an address of this family fits.
    ///
    /// # Errors
    /// [`Error::Fault`] for a NULL and for too little room (ACC-47).
    pub(crate) fn check(&self, family: Family) -> Result<()> {
        if self.room.is_null() || self.length.required()?.into_usize() < family.sockaddr_len() {
            return Err(Error::Fault);
        }
        Ok(())
    }

    /// Whether an address is wanted; a NULL means that none is (ACC-46).
    pub(crate) fn is_wanted(&self) -> bool {
        !self.room.is_null() && !self.length.is_null()
    }

    /// Writes the address and its size, if both are wanted.
    pub(crate) fn write(&self, address: &Sockaddr, numbering: Numbering) {
        if self.is_wanted() {
            let length = address.length();
            self.room
                .write_at(0, &address.to_bytes(numbering)[..length]);
            self.length.set(L::from_usize(length)); // ACC-49
        }
    }
}

/// The local address of a socket.
///
/// # Errors
/// In this order (HND-37): [`Error::NotSock`]; [`Error::Inval`] if it was never bound (LSN-10);
/// [`Error::Fault`] for a NULL or too little room.
pub(crate) fn local<L: Length>(
    socket: vestibule_handle,
    name: NameOut<'_, L>,
    numbering: Numbering,
) -> Result<()> {
    let address = find(socket)?.local_address()?;
    hand_out(&address, name, numbering)
}

/// The address of a socket's peer.
///
/// # Errors
/// In this order (HND-37): [`Error::NotSock`]; [`Error::NotConn`]; [`Error::Fault`] for a NULL or
/// too little room.
pub(crate) fn peer<L: Length>(
    socket: vestibule_handle,
    name: NameOut<'_, L>,
    numbering: Numbering,
) -> Result<()> {
    let address = find(socket)?.peer_address()?;
    hand_out(&address, name, numbering)
}

fn hand_out<L: Length>(
    address: &Address,
    name: NameOut<'_, L>,
    numbering: Numbering,
) -> Result<()> {
    name.check(address.family())?;
    name.write(&address.into(), numbering);
    Ok(())
}
