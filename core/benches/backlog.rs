//! What the queue of undecided requests costs by itself, among many requests: P20.
//!
//! The goals are about the queue: sending a request puts it at the tail, deciding takes it from the
//! head, a client that gives up takes it out from anywhere. What the calls of the C library cost in
//! which that happens is measured beside it, by `ffi/benches/in_process.c`. A request is as large as
//! what the provider keeps in the queue, the client's name and a pointer; all else stands at the
//! client.
//!
//! It prints rows as `ffi/benches/bench.h` says, for `scripts/bench.py`.

#![expect(clippy::print_stdout, reason = "the rows are the output")]

use std::{env, hint::black_box, time::Instant};

use vestibule::rules::backlog::{Backlog, Gone, Head};

type Request = [u64; 2];

/// Nanoseconds an operation.
struct Costs {
    push: f64,
    withdraw: f64,
    decide: f64,
}

impl Costs {
    fn sum(&self) -> f64 {
        self.push + self.withdraw + self.decide
    }
}

fn main() {
    let rounds = setting("BENCH_ROUNDS", 9);
    let many = setting("BENCH_CROWD", 100_000);
    measure(many / 10);
    let (small, large): (Vec<Costs>, Vec<Costs>) = (0..rounds)
        .map(|_| (measure(many / 10), measure(many)))
        .unzip();
    let of = |cost: fn(&Costs) -> f64| large.iter().map(cost).collect();
    let growth = small
        .iter()
        .zip(&large)
        .map(|(small, large)| large.sum() / small.sum());
    row(
        "P20-push",
        "nanoseconds to queue a request",
        "a nanosecond",
        of(|costs| costs.push),
    );
    row(
        "P20-decide",
        "nanoseconds to take the head and decide it",
        "a nanosecond",
        of(|costs| costs.decide),
    );
    row(
        "P20-withdraw",
        "nanoseconds to withdraw one anywhere",
        "a nanosecond",
        of(|costs| costs.withdraw),
    );
    row(
        "P20-growth",
        "an operation of the queue among 100 000",
        "the same among 10 000",
        growth.collect(),
    );
}

/// Fills a queue, withdraws every other request in random order, and decides the rest.
fn measure(count: usize) -> Costs {
    let mut backlog = Backlog::<Request>::new(count);
    let mut ids = Vec::with_capacity(count);
    let push = nanoseconds(count, || {
        for number in 0..count as u64 {
            ids.extend(backlog.push(black_box([number; 2])).ok());
        }
    });
    assert_eq!((ids.len(), backlog.len()), (count, count));
    let mut leaving: Vec<_> = ids.into_iter().step_by(2).collect();
    shuffle(&mut leaving);
    let withdraw = nanoseconds(leaving.len(), || {
        for id in &leaving {
            black_box(backlog.withdraw(*id, Gone::Withdrawn));
        }
    });
    let left = backlog.len();
    assert_eq!(left, count - leaving.len());
    let decide = nanoseconds(left, || {
        for _ in 0..left {
            if let Head::Taken(id) = backlog.take() {
                let _ = black_box(backlog.decide(id));
            }
        }
    });
    assert!(backlog.is_empty());
    Costs {
        push,
        withdraw,
        decide,
    }
}

fn nanoseconds(count: usize, run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64() * 1e9 / f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Random, and the same every time.
fn shuffle<T>(items: &mut [T]) {
    let mut random: u64 = 1;
    for last in (1..items.len()).rev() {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let chosen = (random >> 33) % (last as u64 + 1);
        items.swap(last, usize::try_from(chosen).unwrap_or(last));
    }
}

/// The median with the least and the greatest.
fn row(id: &str, name: &str, against: &str, mut values: Vec<f64>) {
    values.sort_by(f64::total_cmp);
    let median = values[(values.len() - 1) / 2];
    let (least, greatest) = (values[0], values[values.len() - 1]);
    println!("{id}\t{name}\t{against}\t{median:.4}\t{least:.4}\t{greatest:.4}\t{median:.2}");
}

/// A number from the environment, for a short form.
fn setting(name: &str, otherwise: usize) -> usize {
    let text = env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}
