//! Asking a condition function that is written in C.

use std::{
    ffi::{c_char, c_int},
    ptr,
};

use provider::{
    ConditionArgs, Decision, Numbering, Qos, Result, SOCKADDR_MAX, Sockaddr,
    rules::{condition::RawAnswer, user_data::UserData},
};

use crate::types::{vestibule_buffer, vestibule_condition, vestibule_qos};

/// A condition function that is not NULL.
type Function = unsafe extern "C" fn(
    *mut vestibule_buffer,
    *mut vestibule_buffer,
    *mut vestibule_qos,
    *mut vestibule_qos,
    *mut vestibule_buffer,
    *mut vestibule_buffer,
    *mut u32,
    usize,
) -> c_int;

/// A condition function with its callback data.
#[derive(Clone, Copy)]
pub(crate) struct Condition {
    function: vestibule_condition,
    callback_data: usize,
    numbering: Numbering,
}

impl Condition {
    /// # Safety
    /// `function` can be called as the documentation of `vestibule_condition` says.
    pub(crate) const unsafe fn new(
        function: vestibule_condition,
        callback_data: usize,
        numbering: Numbering,
    ) -> Self {
        Self {
            function,
            callback_data,
            numbering,
        }
    }

    /// Asks; a NULL function accepts whatever comes (ACC-27).
    ///
    /// # Errors
    /// Each leaves the request at the head, undecided: [`Error::Inval`] for an answer that is none
    /// (ACC-20) or a group (GRP-04), [`Error::Fault`] for callee data beyond the capacity (ACC-39),
    /// [`Error::OpNotSupp`] for a flow specification that cannot be carried.
    pub(crate) fn ask(self, args: &mut ConditionArgs<'_>) -> Result<Decision> {
        let Some(function) = self.function else {
            return Ok(Decision::Accept); // ACC-27
        };
        if args.has_only_addresses() {
            self.ask_about_addresses(function, args)
        } else {
            self.ask_about_everything(function, args)
        }
    }

    /// The question as it is on plain TCP, where it must not cost more than it has to (P1).
    fn ask_about_addresses(self, function: Function, args: &ConditionArgs<'_>) -> Result<Decision> {
        let mut caller = SocketAddress::new(args.caller_sockaddr(), self.numbering);
        let mut callee = SocketAddress::new(args.callee_sockaddr(), self.numbering);
        let (mut caller_id, mut callee_id) = (caller.buffer(), callee.buffer());
        let mut callee_data = buffer(&mut []);
        let mut group = 0; // ACC-45
        // SAFETY: as in `call`.
        let value = unsafe {
            function(
                &raw mut caller_id, // ACC-30
                ptr::null_mut(),    // ACC-31
                ptr::null_mut(),    // QOS-10
                ptr::null_mut(),    // ACC-34 GRP-06
                &raw mut callee_id,
                &raw mut callee_data, // ACC-37
                &raw mut group,
                self.callback_data, // ACC-29
            )
        };
        let answer = RawAnswer {
            value,
            group,
            capacity: 0,
            length: callee_data.len as usize, // ACC-39
            touched: false,
        };
        Ok(answer.read()?.decision)
    }

    #[inline(never)] // its frame is large
    fn ask_about_everything(
        self,
        function: Function,
        args: &mut ConditionArgs<'_>,
    ) -> Result<Decision> {
        let mut shown = Shown::new(args, self.numbering);
        let value = self.call(function, &mut shown);
        let decision = shown.read_answer(value, args)?;
        if decision == Decision::Accept {
            shown.read_qos(args)?; // QOS-06 QOS-20
        }
        Ok(decision)
    }

    /// Calls the function with pointers into `shown`.
    fn call(self, function: Function, shown: &mut Shown) -> c_int {
        let mut caller_id = shown.caller.buffer();
        let mut callee_id = shown.callee.buffer();
        let mut caller_data = shown.caller_data.as_deref_mut().map(buffer);
        let mut callee_data = buffer(&mut shown.callee_data);
        // SAFETY: the function may be called, as `new` was promised; every pointer is NULL or
        // points to something that lives until it returns and that nobody else uses meanwhile.
        let value = unsafe {
            function(
                &raw mut caller_id, // ACC-30
                pointer(&mut caller_data),
                pointer(&mut shown.qos),
                ptr::null_mut(), // ACC-34 GRP-06
                &raw mut callee_id,
                &raw mut callee_data, // ACC-37
                &raw mut shown.group, // ACC-45
                self.callback_data,   // ACC-29
            )
        };
        shown.callee_length = callee_data.len as usize; // ACC-38; a new `buf` is not looked at: ACC-40
        value
    }
}

/// Copies of everything that a condition function is shown, and what it has left in them (ACC-43).
struct Shown {
    caller: SocketAddress,
    callee: SocketAddress,
    caller_data: Option<UserData>,
    callee_data: UserData,
    callee_length: usize,
    qos: Option<vestibule_qos>,
    group: u32,
}

impl Shown {
    fn new(args: &ConditionArgs<'_>, numbering: Numbering) -> Self {
        Self {
            caller: SocketAddress::new(args.caller_sockaddr(), numbering),
            callee: SocketAddress::new(args.callee_sockaddr(), numbering),
            caller_data: args.caller_data().map(UserData::from_slice),
            callee_data: UserData::from_elem(0, args.callee_capacity()), // ACC-41
            callee_length: 0,
            qos: args.qos().map(vestibule_qos::from),
            group: 0, // ACC-45
        }
    }

    /// Reads the decision, and supplies the callee data that belongs to it.
    fn read_answer(&self, value: c_int, args: &mut ConditionArgs<'_>) -> Result<Decision> {
        let answer = RawAnswer {
            value,
            group: self.group,
            capacity: self.callee_data.len(),
            length: self.callee_length,
            touched: self.callee_data.iter().any(|byte| *byte != 0),
        }
        .read()?;
        if let Some(supplied) = answer
            .callee_length
            .and_then(|length| self.callee_data.get(..length))
        {
            args.set_callee_data(supplied)?;
        }
        Ok(answer.decision)
    }

    /// Takes over the quality of service, if the function has changed it.
    fn read_qos(&self, args: &mut ConditionArgs<'_>) -> Result<()> {
        match self.qos.map(Qos::from) {
            Some(qos) if args.qos() != Some(qos) => args.set_qos(qos),
            _ => Ok(()),
        }
    }
}

/// A socket address that C code may read as whatever structure it takes it for.
#[repr(C, align(8))]
struct SocketAddress {
    bytes: [u8; SOCKADDR_MAX],
    length: usize,
}

impl SocketAddress {
    fn new(address: &Sockaddr, numbering: Numbering) -> Self {
        Self {
            bytes: address.to_bytes(numbering),
            length: address.length(),
        }
    }

    fn buffer(&mut self) -> vestibule_buffer {
        buffer(&mut self.bytes[..self.length])
    }
}

fn buffer(bytes: &mut [u8]) -> vestibule_buffer {
    vestibule_buffer {
        len: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        buf: bytes.as_mut_ptr().cast::<c_char>(),
    }
}

fn pointer<T>(value: &mut Option<T>) -> *mut T {
    value.as_mut().map_or(ptr::null_mut(), ptr::from_mut)
}
