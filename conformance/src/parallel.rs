//! Several cells at a time: they share nothing but the machine.

use std::{
    num::NonZero,
    panic,
    sync::{
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    thread,
};

/// The name of the threads that play.
const PLAYER: &str = "player";

/// Keeps the panics of players quiet: a failed step is a panic, and the ledger tells it. The hook
/// of cucumber does the same, but for one run at a time.
pub(crate) fn quiet_players() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().name() != Some(PLAYER) {
            usual(info);
        }
    }));
}

/// Does the work for every item, as many at a time as there are processors, and hands over each
/// result when it is there.
///
/// # Errors
/// The first error of `done`; the work that has begun is finished first.
pub(crate) fn each<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut done: impl FnMut(&T, R) -> Result<(), String>,
) -> Result<(), String> {
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..workers.min(items.len()) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            let play = move || {
                while let Some(item) = items.get(next.fetch_add(1, Relaxed)) {
                    // Nobody listens any more after an error.
                    let _ = sender.send((item, work(item)));
                }
            };
            let player = thread::Builder::new().name(PLAYER.to_owned());
            player
                .spawn_scoped(scope, play)
                .map_err(|error| error.to_string())?;
        }
        drop(sender);
        let outcome = results
            .iter()
            .try_for_each(|(item, result)| done(item, result));
        if outcome.is_err() {
            next.store(items.len(), Relaxed);
        }
        outcome
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once() {
        let mut seen = Vec::new();
        let items: Vec<usize> = (0..50).collect();
        let all = each(
            &items,
            |item| item * 2,
            |item, result| {
                assert_eq!(result, item * 2);
                seen.push(*item);
                Ok(())
            },
        );
        assert_eq!(all, Ok(()));
        seen.sort_unstable();
        assert_eq!(seen, items);
    }

    #[test]
    fn an_error_ends_it() {
        let items = [1, 2, 3];
        let all = each(&items, |_| (), |_, ()| Err("no".to_owned()));
        assert_eq!(all, Err("no".to_owned()));
    }
}
