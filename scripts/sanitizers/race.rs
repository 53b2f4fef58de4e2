//! Two threads that write to one variable with nothing between them: what ThreadSanitizer has to
//! catch. It is not part of any crate; `tsan.sh` compiles it.

use std::{cell::UnsafeCell, thread};

struct Racy(UnsafeCell<u64>);

// SAFETY: it is not; that is the point.
unsafe impl Sync for Racy {}

impl Racy {
    fn add(&self) {
        // SAFETY: there is none.
        unsafe { *self.0.get() += 1 }
    }
}

fn main() {
    let shared = Racy(UnsafeCell::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..1000).for_each(|_| shared.add()));
        }
    });
    println!("{}", shared.0.into_inner());
}
