//! Eight threads that do anything with sixty-four sockets, and with event objects that many of them share.
//!
//! `VESTIBULE_SOAK_SECONDS` says for how long. Nobody may wait for ever, and at the end there are as many
//! descriptors and threads as at the beginning.

mod common;

use std::{
    array, fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use common::{loopback, soon, until};
use parking_lot::Mutex; // ThreadSanitizer does not see the whole of std's
use vestibule::{
    ConnectData, Decision, Entry, Error, EventObject, Linger, NetworkEvents, NotificationPort,
    Receive, Result, Shutdown, Socket, Wait,
};

const THREADS: u64 = 8;
const SOCKETS: usize = 64;
const OBJECTS: usize = 8;
const ENTRIES: [Entry; 3] = [Entry::InProcess, Entry::InProcessMessages, Entry::Tcp4];

/// Random enough, and the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    fn mask(&mut self) -> NetworkEvents {
        match self.below(4) {
            0 => NetworkEvents::empty(),
            1 => NetworkEvents::all(),
            _ => NetworkEvents::from_bits_truncate(u32::try_from(self.below(64)).expect("6 bits")),
        }
    }
}

/// What every thread can reach.
struct World {
    sockets: [Mutex<Arc<Socket>>; SOCKETS],
    objects: [Mutex<EventObject>; OBJECTS],
    port: NotificationPort,
    done: Done,
}

/// That something has happened at all.
#[derive(Debug, Default)]
struct Done {
    accepted: AtomicUsize,
    received: AtomicUsize,
    enumerated: AtomicUsize,
    woken: AtomicUsize,
    posted: AtomicUsize,
}

fn look<T: Clone>(place: &Mutex<T>) -> T {
    place.lock().clone()
}

fn replace<T>(place: &Mutex<T>, next: T) -> T {
    std::mem::replace(&mut *place.lock(), next)
}

/// A socket that never blocks; every other one listens.
fn fresh(dice: &mut Dice) -> Arc<Socket> {
    let entry = dice.one_of(&ENTRIES);
    let socket = Socket::new(entry).expect("there is room");
    socket.set_nonblocking(true).expect("it is new");
    if dice.below(2) == 0 {
        socket.bind(&loopback(entry)).expect("a port is free");
        socket.listen(4).expect("it is bound");
    }
    Arc::new(socket)
}

fn a_little(dice: &mut Dice) -> Wait<'static> {
    Wait::at_most(Duration::from_millis(dice.below(4) as u64))
}

fn count(counter: &AtomicUsize, result: &Result<impl Sized>) {
    counter.fetch_add(usize::from(result.is_ok()), Relaxed);
}

impl World {
    fn new(dice: &mut Dice) -> Self {
        Self {
            sockets: array::from_fn(|_| Mutex::new(fresh(dice))),
            objects: array::from_fn(|_| Mutex::new(EventObject::new().expect("there is memory"))),
            port: NotificationPort::new().expect("there is memory"),
            done: Done::default(),
        }
    }

    /// Closes whatever stands there, which other threads may be using, and puts another one there.
    fn put(&self, place: usize, socket: Arc<Socket>, dice: &mut Dice) {
        let old = replace(&self.sockets[place], socket);
        let linger = Linger {
            on: dice.below(2) == 0,
            seconds: 0,
        };
        let _ = old.set_linger(linger);
        let _ = old.close();
    }

    /// One call, which may fail: anybody may have closed anything.
    fn step(&self, dice: &mut Dice) {
        let place = dice.below(SOCKETS);
        let socket = look(&self.sockets[place]);
        let object = look(&self.objects[dice.below(OBJECTS)]);
        match dice.below(32) {
            0 => self.put(place, fresh(dice), dice),
            1..=5 => self.connect(dice),
            6..=10 => self.accept(&socket, place, dice),
            11..=13 => drop(socket.send(&[7; 40][..dice.below(40)], &a_little(dice))),
            14..=17 => {
                let flags = Receive {
                    peek: dice.below(8) == 0,
                    ..Receive::default()
                };
                let room = dice.below(60);
                let received = socket.receive(&mut vec![0; room], flags, &a_little(dice));
                count(&self.done.received, &received);
            }
            18 => {
                let how = dice.one_of(&[Shutdown::Receive, Shutdown::Send, Shutdown::Both]);
                let _ = socket.shutdown(how);
            }
            19..=21 => drop(socket.event_select(Some(&object), dice.mask())),
            22 => {
                socket.set_message_name(place as u64);
                let _ = socket.async_select(Some(&self.port), 1, dice.mask());
            }
            23..=25 => {
                let reset = Some(&object).filter(|_| dice.below(4) > 0);
                if let Ok(report) = socket.enumerate_events(reset) {
                    let told = report.iter().count();
                    self.done.enumerated.fetch_add(told, Relaxed);
                }
            }
            26 | 27 => self.wait(dice),
            28 => drop(if dice.below(2) == 0 {
                object.set()
            } else {
                object.reset()
            }),
            29 => count(&self.done.posted, &self.port.next(&a_little(dice))),
            30 => drop(object.descriptor().map(drop)),
            _ if dice.below(16) == 0 => {
                let next = EventObject::new().expect("there is memory");
                let old = replace(&self.objects[dice.below(OBJECTS)], next);
                let _ = old.close();
            }
            _ => drop(object.is_set()),
        }
    }

    fn connect(&self, dice: &mut Dice) {
        let listener = look(&self.sockets[dice.below(SOCKETS)]);
        if !listener.is_listening() {
            return;
        }
        let Ok(address) = listener.local_address() else {
            return;
        };
        let client = Socket::new(listener.entry()).expect("there is room");
        client.set_nonblocking(true).expect("it is new");
        if dice.below(2) == 0 {
            let object = look(&self.objects[dice.below(OBJECTS)]);
            let _ = client.event_select(Some(&object), dice.mask());
        }
        let _ = client.connect(&address, ConnectData::default(), &Wait::FOREVER);
        self.put(dice.below(SOCKETS), Arc::new(client), dice);
    }

    fn accept(&self, listener: &Socket, place: usize, dice: &mut Dice) {
        let decision = dice.one_of(&[
            Decision::Accept,
            Decision::Accept,
            Decision::Reject,
            Decision::Defer,
        ]);
        let accepted = listener.accept(|_| Ok(decision), &a_little(dice));
        count(&self.done.accepted, &accepted);
        if let Ok(accepted) = accepted {
            // Next to its listener, mostly.
            self.put((place + 1) % SOCKETS, Arc::new(accepted), dice);
        }
    }

    fn wait(&self, dice: &mut Dice) {
        let objects: Vec<EventObject> = (0..=dice.below(3))
            .map(|index| look(&self.objects[index]))
            .collect();
        let objects: Vec<&EventObject> = objects.iter().collect();
        let woken = if dice.below(4) == 0 {
            EventObject::wait_all(&objects, &a_little(dice)).map(|()| 0)
        } else {
            EventObject::wait_any(&objects, &a_little(dice))
        };
        count(&self.done.woken, &woken);
    }
}

/// Those of the kinds that the library makes; a sanitizer may open a pipe at any time.
fn count_descriptors() -> usize {
    let descriptors = fs::read_dir("/proc/self/fd").expect("Linux has it");
    let links = descriptors.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    let is_ours = |link: &std::path::PathBuf| {
        let link = link.to_string_lossy();
        link.starts_with("socket:") || link.starts_with("anon_inode:")
    };
    links.filter(is_ours).count()
}

fn count_threads() -> usize {
    let threads = fs::read_dir("/proc/self/task");
    threads.expect("Linux has it").count()
}

fn seconds() -> u64 {
    let set = std::env::var("VESTIBULE_SOAK_SECONDS").ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(3)
}

/// Descriptors are counted: one test at a time.
static ALONE: Mutex<()> = parking_lot::const_mutex(());

/// What the process makes once and keeps: the set of what reports.
fn make_the_set() {
    let kept = Socket::new(Entry::Tcp4).expect("there is room");
    let object = EventObject::new().expect("there is memory");
    let selected = kept.event_select(Some(&object), NetworkEvents::all());
    selected.expect("the object is open");
}

#[test]
fn a_registration_that_meets_a_close_is_not_left_over() {
    let _alone = ALONE.lock();
    make_the_set();
    let descriptors = count_descriptors();
    for entry in [Entry::Tcp4, Entry::InProcess].repeat(1000) {
        let socket = Socket::new(entry).unwrap();
        let object = EventObject::new().unwrap();
        object.descriptor().unwrap();
        thread::scope(|scope| {
            let selecting =
                scope.spawn(|| socket.event_select(Some(&object), NetworkEvents::all()));
            let closing = scope.spawn(|| socket.close().unwrap());
            let selected = selecting.join().unwrap();
            assert!(
                matches!(selected, Ok(()) | Err(Error::NotSock)),
                "{selected:?}"
            );
            closing.join().unwrap();
        });
    }
    assert_eq!(count_descriptors(), descriptors);
}

#[test]
fn nothing_is_left_of_anything_that_eight_threads_do() {
    let _alone = ALONE.lock();
    make_the_set();
    let descriptors = count_descriptors();
    let threads = count_threads();

    let world = Arc::new(World::new(&mut Dice(0x5645)));
    let end = Instant::now() + Duration::from_secs(seconds());
    let (over, is_over) = mpsc::channel();
    let workers: Vec<_> = (1..=THREADS)
        .map(|seed| {
            let (world, over) = (Arc::clone(&world), over.clone());
            thread::spawn(move || {
                let mut dice = Dice(seed << 32 | 0x9e37_79b9);
                while Instant::now() < end {
                    world.step(&mut dice);
                }
                drop(world);
                over.send(()).expect("the test waits for it");
            })
        })
        .collect();
    for _ in &workers {
        let patience = end.saturating_duration_since(Instant::now()) + soon();
        is_over
            .recv_timeout(patience)
            .expect("a thread waits for ever");
    }
    for worker in workers {
        worker.join().unwrap();
    }
    let world = Arc::into_inner(world).expect("the threads have let go of it");
    let done = format!("{:?}", world.done);
    for happened in [
        &world.done.accepted,
        &world.done.received,
        &world.done.enumerated,
        &world.done.woken,
        &world.done.posted,
    ] {
        assert!(happened.load(Relaxed) > 10, "{done}");
    }
    drop(world);
    assert_eq!(count_descriptors(), descriptors, "{done}");
    // The harness's own, of a test that has ended, may go meanwhile.
    until("the threads are gone", || count_threads() <= threads);
    println!("{done}");
}
