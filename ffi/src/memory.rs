//! Arguments that are pointers.
//!
//! A wrapper turns each pointer that it was given into one of these, which is where the program's
//! promise about the pointer is recorded; from then on they are used without further `unsafe`.
//! NULL is never followed: it is absence or [`Error::Fault`] (HND-32). Nothing is assumed about
//! alignment.

use std::{
    array,
    ffi::{c_int, c_void},
    io::{IoSlice, IoSliceMut},
    marker::PhantomData,
    ptr, slice,
};

use provider::{Error, Result};

use crate::types::vestibule_buffer;

/// A value that the program passes by pointer.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a, T> {
    pointer: *const T,
    call: PhantomData<&'a T>,
}

impl<T: Copy> Input<'_, T> {
    /// # Safety
    /// `pointer` is NULL or points to a `T` that is valid and not changed during the call.
    pub(crate) const unsafe fn new(pointer: *const T) -> Self {
        Self {
            pointer,
            call: PhantomData,
        }
    }

    /// The value, if there is one.
    pub(crate) fn get(self) -> Option<T> {
        if self.pointer.is_null() {
            return None;
        }
        // SAFETY: not NULL, so it points to a valid T, as `new` was promised.
        Some(unsafe { self.pointer.read_unaligned() })
    }

    /// The value.
    ///
    /// # Errors
    /// [`Error::Fault`] for NULL.
    pub(crate) fn required(self) -> Result<T> {
        self.get().ok_or(Error::Fault)
    }
}

/// A variable of the program that a call reads or writes.
#[derive(Clone, Copy)]
pub(crate) struct Variable<'a, T> {
    pointer: *mut T,
    call: PhantomData<&'a mut T>,
}

impl<T: Copy> Variable<'_, T> {
    /// # Safety
    /// `pointer` is NULL or points to a `T` that the call may write, and read if it is one whose
    /// value on entry matters.
    pub(crate) const unsafe fn new(pointer: *mut T) -> Self {
        Self {
            pointer,
            call: PhantomData,
        }
    }

    pub(crate) fn is_null(self) -> bool {
        self.pointer.is_null()
    }

    /// The value on entry.
    ///
    /// # Errors
    /// [`Error::Fault`] for NULL.
    pub(crate) fn required(self) -> Result<T> {
        if self.is_null() {
            return Err(Error::Fault);
        }
        // SAFETY: not NULL, so it points to a T that may be read, as `new` was promised.
        Ok(unsafe { self.pointer.read_unaligned() })
    }

    /// Writes a value that the program has to take.
    ///
    /// # Errors
    /// [`Error::Fault`] for NULL.
    pub(crate) fn give(self, value: T) -> Result<()> {
        if self.is_null() {
            return Err(Error::Fault);
        }
        self.set(value);
        Ok(())
    }

    /// Writes the value, if the program wants it.
    pub(crate) fn set(self, value: T) {
        if !self.is_null() {
            // SAFETY: not NULL, so it points to a T that may be written, as `new` was promised.
            unsafe { self.pointer.write_unaligned(value) }
        }
    }
}

/// Bytes that the program passes.
#[derive(Clone, Copy)]
pub(crate) struct Bytes<'a> {
    pointer: *const u8,
    length: usize,
    call: PhantomData<&'a [u8]>,
}

impl<'a> Bytes<'a> {
    /// # Safety
    /// `pointer` is NULL or points to `length` bytes that are valid and not changed during the
    /// call.
    pub(crate) const unsafe fn new(pointer: *const c_void, length: usize) -> Self {
        Self {
            pointer: pointer.cast(),
            length,
            call: PhantomData,
        }
    }

    pub(crate) fn is_null(self) -> bool {
        self.pointer.is_null()
    }

    /// The bytes. NULL with length 0 is no bytes.
    ///
    /// # Errors
    /// [`Error::Fault`] for NULL with another length, and for a length that no object has.
    pub(crate) fn get(self) -> Result<&'a [u8]> {
        if self.length == 0 {
            return Ok(&[]);
        }
        check(self.pointer, self.length)?;
        // SAFETY: not NULL and of a possible length, so it points to so many valid bytes, as `new`
        // was promised.
        Ok(unsafe { slice::from_raw_parts(self.pointer, self.length) })
    }

    /// The bytes; NULL is an error whatever its length.
    ///
    /// # Errors
    /// [`Error::Fault`].
    pub(crate) fn required(self) -> Result<&'a [u8]> {
        if self.pointer.is_null() {
            return Err(Error::Fault);
        }
        self.get()
    }
}

/// A list of numbers that the program passes, with a 0 as its end.
#[derive(Clone, Copy)]
pub(crate) struct List<'a> {
    first: *const c_int,
    call: PhantomData<&'a [c_int]>,
}

impl List<'_> {
    /// The list, if there is one.
    ///
    /// # Safety
    /// `first` is NULL or points to numbers that are valid and not changed during the call, and one
    /// of them is 0.
    pub(crate) unsafe fn new(first: *const c_int) -> Option<Self> {
        let call = PhantomData;
        (!first.is_null()).then_some(Self { first, call })
    }

    /// Whether a number stands in the list, before its end.
    pub(crate) fn contains(self, number: c_int) -> bool {
        let mut place = self.first;
        loop {
            // SAFETY: no number before this one was 0, so it is one of those that `new` was promised.
            match unsafe { place.read_unaligned() } {
                0 => return false,
                found if found == number => return true,
                _ => {}
            }
            // SAFETY: this was not the end.
            place = unsafe { place.add(1) };
        }
    }
}

/// Values that the program passes one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Array<'a, T> {
    first: *const T,
    count: usize,
    call: PhantomData<&'a [T]>,
}

impl<'a, T: Copy> Array<'a, T> {
    /// # Safety
    /// `first` is NULL or points to `count` values that are valid and not changed during the call.
    pub(crate) const unsafe fn new(first: *const T, count: usize) -> Self {
        Self {
            first,
            count,
            call: PhantomData,
        }
    }

    pub(crate) fn count(self) -> usize {
        self.count
    }

    /// The values, if there is an array.
    pub(crate) fn values(self) -> Option<impl Iterator<Item = T> + use<'a, T>> {
        let value = move |index| {
            // SAFETY: the index is below the count that `new` was promised.
            let place = unsafe { self.first.add(index) };
            // SAFETY: there is a valid value, as `new` was promised.
            unsafe { place.read_unaligned() }
        };
        (!self.first.is_null()).then(|| (0..self.count).map(value))
    }
}

/// A buffer structure that the program has left to the library beyond the call that named it, with the
/// room that it described then.
#[derive(Clone, Copy)]
pub(crate) struct Kept {
    buffer: *mut vestibule_buffer,
    room: Room<'static>,
}

// SAFETY: whoever has it writes to memory that the program has left to it, whatever the thread.
unsafe impl Send for Kept {}

impl Kept {
    /// # Safety
    /// `buffer` is NULL or points to a structure that can be read and written, and whose bytes can be
    /// written, until the last copy of this has gone; and nobody uses them until then.
    pub(crate) unsafe fn new(buffer: *mut vestibule_buffer) -> Option<Self> {
        if buffer.is_null() {
            return None;
        }
        // SAFETY: not NULL, so it can be read.
        let described = unsafe { buffer.read_unaligned() };
        // SAFETY: that is the promise.
        let room = unsafe { Room::new(described.buf.cast(), described.len as usize) };
        Some(Self { buffer, room })
    }

    /// Puts as much of the data in as there is room for, and says how much that is.
    pub(crate) fn fill(self, data: &[u8]) {
        let length = data.len().min(self.room.length);
        self.room.write_at(0, data);
        // SAFETY: the structure is the library's, as `new` was promised.
        let receiver = unsafe { Receiver::new(self.buffer) };
        receiver.set_length(length);
    }
}

/// Room for bytes that the program provides.
#[derive(Clone, Copy)]
pub(crate) struct Room<'a> {
    pointer: *mut u8,
    length: usize,
    call: PhantomData<&'a mut [u8]>,
}

impl<'a> Room<'a> {
    /// # Safety
    /// `pointer` is NULL or points to `length` bytes that nobody else uses during the call.
    pub(crate) const unsafe fn new(pointer: *mut c_void, length: usize) -> Self {
        Self {
            pointer: pointer.cast(),
            length,
            call: PhantomData,
        }
    }

    pub(crate) fn is_null(self) -> bool {
        self.pointer.is_null()
    }

    /// Whether there is room for so many bytes.
    pub(crate) fn fits(self, length: usize) -> bool {
        !self.is_null() && self.length >= length
    }

    /// The room as a slice. NULL with length 0 is no room.
    ///
    /// # Errors
    /// [`Error::Fault`] for NULL with another length, and for a length that no object has.
    pub(crate) fn into_slice(self) -> Result<&'a mut [u8]> {
        if self.length == 0 {
            return Ok(&mut []);
        }
        check(self.pointer, self.length)?;
        // SAFETY: not NULL and of a possible length, so it points to so many bytes of our own, as
        // `new` was promised.
        Ok(unsafe { slice::from_raw_parts_mut(self.pointer, self.length) })
    }

    /// Writes `bytes` at `offset`; what is outside the room is not written.
    pub(crate) fn write_at(self, offset: usize, bytes: &[u8]) {
        let room = self.length.saturating_sub(offset);
        if self.is_null() || room == 0 {
            return;
        }
        // SAFETY: `offset` lies inside the object that `new` was promised.
        let target = unsafe { self.pointer.add(offset) };
        // SAFETY: so many bytes are left in that object, and a program's buffer cannot overlap a
        // slice of ours.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), target, bytes.len().min(room)) }
    }
}

fn check(pointer: *const u8, length: usize) -> Result<()> {
    if pointer.is_null() || isize::try_from(length).is_err() {
        return Err(Error::Fault); // HND-32
    }
    Ok(())
}

/// The data that a buffer structure describes; nothing if there is no structure.
///
/// # Errors
/// [`Error::Fault`] for a structure with a length but no data.
pub(crate) fn data(buffer: Input<'_, vestibule_buffer>) -> Result<Option<&[u8]>> {
    let Some(buffer) = buffer.get() else {
        return Ok(None);
    };
    // SAFETY: a program that passes the structure promises the same of the bytes it describes.
    let bytes = unsafe { Bytes::new(buffer.buf.cast(), buffer.len as usize) };
    bytes.get().map(Some)
}

/// One call takes no more buffers.
const MAX_BUFFERS: u32 = 1024;
/// So many need no allocation.
const FEW: usize = 16;

/// An array of buffer structures.
#[derive(Clone, Copy)]
pub(crate) struct Buffers<'a> {
    first: *const vestibule_buffer,
    count: u32,
    call: PhantomData<&'a mut [u8]>,
}

impl Buffers<'_> {
    /// # Safety
    /// `first` is NULL or points to `count` structures that are valid and not changed during the call.
    /// What they describe is valid and not changed meanwhile, or where it is written nobody else uses
    /// it, and no part of it is described twice.
    pub(crate) const unsafe fn new(first: *const vestibule_buffer, count: u32) -> Self {
        Self {
            first,
            count,
            call: PhantomData,
        }
    }

    /// Runs a call with the bytes that the structures describe.
    ///
    /// # Errors
    /// As [`check`](Self::check); [`Error::Fault`] for a length without data; those of the call.
    pub(crate) fn with_data<R>(self, call: impl FnOnce(&[IoSlice<'_>]) -> Result<R>) -> Result<R> {
        let count = self.check()?;
        let mut few = [IoSlice::new(&[]); FEW];
        let mut many = Vec::new();
        let slices = if count <= FEW {
            &mut few[..count]
        } else {
            many.resize(count, IoSlice::new(&[]));
            &mut many[..]
        };
        for (index, slice) in slices.iter_mut().enumerate() {
            let buffer = self.at(index);
            // SAFETY: the bytes are valid and not changed during the call, as `new` was promised.
            let bytes = unsafe { Bytes::new(buffer.buf.cast(), buffer.len as usize) };
            *slice = IoSlice::new(bytes.get()?);
        }
        call(slices)
    }

    /// Runs a call with the room that the structures describe.
    ///
    /// # Errors
    /// As [`check`](Self::check); [`Error::Fault`] for a length without room; those of the call.
    pub(crate) fn with_room<R>(
        self,
        call: impl FnOnce(&mut [IoSliceMut<'_>]) -> Result<R>,
    ) -> Result<R> {
        let count = self.check()?;
        let mut few: [_; FEW] = array::from_fn(|_| IoSliceMut::new(&mut []));
        let mut many = Vec::new();
        let slices = if count <= FEW {
            &mut few[..count]
        } else {
            many.resize_with(count, || IoSliceMut::new(&mut []));
            &mut many[..]
        };
        for (index, slice) in slices.iter_mut().enumerate() {
            let buffer = self.at(index);
            // SAFETY: the bytes belong to the call, as `new` was promised.
            let room = unsafe { Room::new(buffer.buf.cast(), buffer.len as usize) };
            *slice = IoSliceMut::new(room.into_slice()?);
        }
        call(slices)
    }

    /// How many structures there are.
    ///
    /// # Errors
    /// [`Error::Fault`] for NULL, [`Error::Inval`] for none and for too many, [`Error::MsgSize`] if they
    /// describe more bytes than a 32-bit number can count.
    fn check(self) -> Result<usize> {
        if self.first.is_null() {
            return Err(Error::Fault);
        }
        if self.count == 0 || self.count > MAX_BUFFERS {
            return Err(Error::Inval);
        }
        let count = self.count as usize;
        let total: u64 = (0..count).map(|index| u64::from(self.at(index).len)).sum();
        if u32::try_from(total).is_err() {
            return Err(Error::MsgSize);
        }
        Ok(count)
    }

    /// One of the structures, of which there are as many as [`check`](Self::check) says.
    fn at(self, index: usize) -> vestibule_buffer {
        // SAFETY: `index` is below `count`.
        let place = unsafe { self.first.add(index) };
        // SAFETY: it is one of the structures that `new` was promised.
        unsafe { place.read_unaligned() }
    }
}

/// A buffer structure of the program: on entry its length is the room that it describes, on return
/// the number of bytes in it.
#[derive(Clone, Copy)]
pub(crate) struct Receiver<'a>(Variable<'a, vestibule_buffer>);

impl<'a> Receiver<'a> {
    /// # Safety
    /// `buffer` is NULL or points to a structure that the call may read and write, and whose bytes
    /// nobody else uses during the call.
    pub(crate) const unsafe fn new(buffer: *mut vestibule_buffer) -> Self {
        // SAFETY: that is the same promise.
        Self(unsafe { Variable::new(buffer) })
    }

    /// The room; nothing if there is no structure.
    ///
    /// # Errors
    /// [`Error::Fault`] for a structure with a length but no room.
    pub(crate) fn room(self) -> Result<Option<&'a mut [u8]>> {
        if self.0.is_null() {
            return Ok(None);
        }
        let buffer = self.0.required()?;
        // SAFETY: the bytes belong to the call, as `new` was promised.
        let room = unsafe { Room::new(buffer.buf.cast(), buffer.len as usize) };
        room.into_slice().map(Some)
    }

    /// Says how many bytes there are.
    pub(crate) fn set_length(self, length: usize) {
        if let Ok(buffer) = self.0.required() {
            let len = u32::try_from(length).unwrap_or(buffer.len);
            self.0.set(vestibule_buffer { len, ..buffer });
        }
    }
}
