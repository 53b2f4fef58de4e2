//! What all lanes share: the named sockets, the output, used-up handles.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Write as _},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use provider::{EventObject, Notification, NotificationPort, Setting, Socket};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{
    faults::{Fault, telling::Registered},
    words::End,
};

/// The entries and what each has.
const ENTRIES: [(&str, &str); 2] = [
    (
        "in-process",
        "connect-data,disconnect-data,refusal-data,qos,decided-connect,refusal-visible,\
         active-refusal,withdrawal-visible,reset-visible,close-visible,exact-backlog,\
         conditional-accept,peer-credentials,half-close,abort,message-oriented,port-addresses,\
         datagram-free,connect-timeout",
    ),
    (
        "tcp",
        "kernel-handle,half-close,abort,port-addresses,network-errors,urgent-data,reset-visible,\
         kernel-backlog,connect-timeout",
    ),
];

/// What the API has, whatever the entry.
const API: &str = "raise,raise-propagates,qos-parameter,timed-accept,descriptor-limit,settings,data-options,\
     events,event-descriptors,message-mode,select";

/// The most descriptors that may be open while they are to run out.
const FEW_DESCRIPTORS: u64 = 256;

/// The first line.
pub(crate) fn greeting() -> String {
    let entries = ENTRIES.map(|(name, _)| name).join(",");
    let capabilities = ENTRIES
        .map(|(name, has)| format!("caps.{name}={has},{API}"))
        .join(" ");
    let version = env!("CARGO_PKG_VERSION");
    format!("hello protocol=1 impl=rust version={version} entries={entries} {capabilities}")
}

/// A socket with a name.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// The socket.
    pub(crate) socket: Arc<Socket>,
    /// The capacity of the callee structure of its latest connect.
    pub(crate) callee: Option<usize>,
    /// It has been closed.
    closed: bool,
}

/// What all lanes share.
#[derive(Debug)]
pub(crate) struct Process {
    sockets: Mutex<BTreeMap<String, Named>>,
    objects: Mutex<BTreeMap<String, EventObject>>,
    ports: Mutex<BTreeMap<String, NotificationPort>>,
    /// The sockets that messages name.
    numbers: Mutex<BTreeMap<u64, String>>,
    registered: Mutex<BTreeMap<String, Registered>>,
    /// Messages that should have been dropped.
    pub(crate) kept_messages: Mutex<Vec<Notification>>,
    exhausted: Mutex<Option<(Rlimit, Vec<File>)>>,
    /// Settings that were changed, with what they were before.
    configured: Mutex<Vec<(Setting, u32)>>,
    fault: Option<Fault>,
}

impl Process {
    /// A process without sockets.
    pub(crate) fn new(fault: Option<Fault>) -> Self {
        Self {
            sockets: Mutex::default(),
            objects: Mutex::default(),
            ports: Mutex::default(),
            numbers: Mutex::default(),
            registered: Mutex::default(),
            kept_messages: Mutex::default(),
            exhausted: Mutex::default(),
            configured: Mutex::default(),
            fault,
        }
    }

    /// Whether the driver has that fault.
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// Gives a socket a name, and the number that messages name it by.
    pub(crate) fn name(&self, name: &str, socket: Socket) {
        static NEXT: AtomicU64 = AtomicU64::new(1 << 32);

        let number = socket
            .kernel_descriptor()
            .and_then(|descriptor| u64::try_from(descriptor).ok())
            .unwrap_or_else(|| NEXT.fetch_add(1, Relaxed));
        lock(&self.numbers).insert(number, name.to_owned());
        socket.set_message_name(number);
        let named = Named {
            socket: Arc::new(socket),
            callee: None,
            closed: false,
        };
        lock(&self.sockets).insert(name.to_owned(), named);
    }

    /// The socket of that name.
    pub(crate) fn find(&self, name: &str) -> Result<Named, String> {
        lock(&self.sockets)
            .get(name)
            .cloned()
            .ok_or_else(|| format!("no socket {name}"))
    }

    /// The name of the socket that messages name by a number.
    pub(crate) fn name_of(&self, number: u64) -> Result<String, String> {
        lock(&self.numbers)
            .get(&number)
            .cloned()
            .ok_or_else(|| format!("no socket has the number {number}"))
    }

    /// Gives an event object a name.
    pub(crate) fn name_object(&self, name: &str, object: EventObject) {
        lock(&self.objects).insert(name.to_owned(), object);
    }

    /// The event object of that name.
    pub(crate) fn find_object(&self, name: &str) -> Result<EventObject, String> {
        lock(&self.objects)
            .get(name)
            .cloned()
            .ok_or_else(|| format!("no event object {name}"))
    }

    /// Gives a notification port a name.
    pub(crate) fn name_port(&self, name: &str, port: NotificationPort) {
        lock(&self.ports).insert(name.to_owned(), port);
    }

    /// The notification port of that name.
    pub(crate) fn find_port(&self, name: &str) -> Result<NotificationPort, String> {
        lock(&self.ports)
            .get(name)
            .cloned()
            .ok_or_else(|| format!("no port {name}"))
    }

    /// What faults need to know of the registration of the socket of that name.
    pub(crate) fn with_registered<R>(
        &self,
        name: &str,
        look: impl FnOnce(&mut Registered) -> R,
    ) -> R {
        look(lock(&self.registered).entry(name.to_owned()).or_default())
    }

    /// Notes that a socket has been closed. It stays, for calls that name it.
    pub(crate) fn note_closed(&self, name: &str) {
        if let Some(named) = lock(&self.sockets).get_mut(name) {
            named.closed = true;
        }
    }

    /// Drops what has been closed: the number of a kernel socket goes with its last owner.
    pub(crate) fn drop_closed(&self) {
        lock(&self.sockets).retain(|_, named| !named.closed);
    }

    /// Notes the capacity of a socket's callee structure.
    pub(crate) fn set_callee(&self, name: &str, callee: Option<usize>) {
        if let Some(named) = lock(&self.sockets).get_mut(name) {
            named.callee = callee;
        }
    }

    /// Closes everything and forgets it.
    pub(crate) fn clear(&self) {
        self.release();
        for (setting, before) in lock(&self.configured).drain(..).rev() {
            // It was in force before.
            let _ = setting.set(before);
        }
        let sockets = std::mem::take(&mut *lock(&self.sockets));
        for named in sockets.values() {
            // Whatever it says: the socket is dropped.
            let _ = named.socket.close();
        }
        lock(&self.numbers).clear();
        lock(&self.registered).clear();
        lock(&self.kept_messages).clear();
        for object in std::mem::take(&mut *lock(&self.objects)).values() {
            let _ = object.close();
        }
        for port in std::mem::take(&mut *lock(&self.ports)).values() {
            let _ = port.close();
        }
    }

    /// Changes a setting until the end of the scenario.
    pub(crate) fn configure(&self, setting: &str, value: u32) -> Result<(), End> {
        let setting = match setting {
            "backlog-ceiling" => Setting::BacklogCeiling,
            "caller-check" => Setting::CallerCheck,
            "connect-data-limit" => Setting::ConnectDataLimit,
            "disconnect-data-limit" => Setting::DisconnectDataLimit,
            _ => return Err(End::Unsupported),
        };
        lock(&self.configured).push((setting, setting.get()));
        Ok(setting.set(value)?)
    }

    /// Lets the handles of an entry run out.
    pub(crate) fn exhaust(&self, entry: &str) -> Result<(), End> {
        if entry == "in-process" {
            return Setting::MaxInProcessSockets.set(0).map_err(End::from);
        }
        let before = getrlimit(Resource::Nofile);
        let few = before
            .current
            .map_or(FEW_DESCRIPTORS, |now| now.min(FEW_DESCRIPTORS));
        setrlimit(
            Resource::Nofile,
            Rlimit {
                current: Some(few),
                maximum: before.maximum,
            },
        )
        .map_err(|error| format!("cannot set the limit: {error}"))?;
        let mut files = Vec::new();
        while let Ok(file) = File::open("/dev/null") {
            files.push(file);
        }
        *lock(&self.exhausted) = Some((before, files));
        Ok(())
    }

    /// Undoes [`exhaust`](Self::exhaust).
    pub(crate) fn release(&self) {
        // Both can only fail for values that were not in force before.
        let _ = Setting::MaxInProcessSockets.set(MAX_SOCKETS);
        if let Some((before, files)) = lock(&self.exhausted).take() {
            drop(files);
            let _ = setrlimit(Resource::Nofile, before);
        }
    }
}

/// The default of the setting.
const MAX_SOCKETS: u32 = 1_000_000;

/// Writes a line.
pub(crate) fn say(line: &str) {
    let mut output = io::stdout().lock();
    // Without a reader there is nothing left to do; the end of the input will end the process.
    let _ = writeln!(output, "{line}").and_then(|()| output.flush());
}

/// How many descriptors are open.
pub(crate) fn open_descriptors() -> Result<usize, String> {
    let entries = std::fs::read_dir("/proc/self/fd").map_err(|error| error.to_string())?;
    // The listing has one open itself.
    Ok(entries.count().saturating_sub(1))
}

/// Waits until nothing more can be on its way; the library has no way to tell.
pub(crate) fn settle() {
    let scale = std::env::var("VESTIBULE_TEST_SLOW")
        .ok()
        .and_then(|text| text.parse().ok());
    std::thread::sleep(Duration::from_millis(30) * scale.unwrap_or(1u32).max(1));
}

/// A lock that survives the panics of condition functions.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
