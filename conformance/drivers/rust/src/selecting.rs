//! select.

use std::{sync::Arc, time::Duration};

use provider::{Readiness, Selected, Socket, Wait, select as select_sockets};

use crate::{
    faults,
    lanes::Lane,
    words::{Answer, Words},
};

const SETS: [(&str, Readiness); 3] = [
    ("read", Readiness::READ),
    ("write", Readiness::WRITE),
    ("except", Readiness::EXCEPT),
];

/// Waits until one of the named sockets is ready, and says which are.
pub(crate) fn select(lane: &Lane, words: &Words) -> Answer {
    let asked = asked(lane, words)?;
    let wait = match words.get("timeout") {
        None => Wait::FOREVER,
        Some(_) => Wait::at_most(Duration::from_millis(words.number("timeout")?)),
    };
    let mut selected: Vec<Selected<'_>> = asked
        .iter()
        .map(|(_, wanted, socket)| Selected {
            socket,
            wanted: *wanted,
            ready: Readiness::empty(),
        })
        .collect();
    select_sockets(&mut selected, &wait)?;
    faults::select(&lane.process, &mut selected);
    let ready = |wanted: Readiness| {
        let names: Vec<&str> = asked
            .iter()
            .zip(&selected)
            .filter(|((_, of, _), selected)| *of == wanted && selected.ready.contains(wanted))
            .map(|((name, ..), _)| *name)
            .collect();
        if names.is_empty() {
            "-".to_owned()
        } else {
            names.join(",")
        }
    };
    let sets = SETS.map(|(key, wanted)| format!("{key}={}", ready(wanted)));
    Ok(sets.join(" "))
}

type Named<'a> = (&'a str, Readiness, Arc<Socket>);

fn asked<'a>(lane: &Lane, words: &'a Words) -> Result<Vec<Named<'a>>, String> {
    let mut all = Vec::new();
    for (key, wanted) in SETS {
        let names = words
            .get(key)
            .into_iter()
            .flat_map(|names| names.split(','));
        for name in names {
            all.push((name, wanted, lane.process.find(name)?.socket));
        }
    }
    Ok(all)
}
