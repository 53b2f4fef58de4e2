//! The corpora of the fuzz targets (`core/fuzz`) as ordinary tests: what a fuzzer has ever found
//! interesting holds.

use std::{fs, panic, path::Path};

#[path = "../fuzz/checks.rs"]
mod checks;

fn replay(target: &str, check: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut files = 0;
    for entry in fs::read_dir(&corpus).expect("the corpus is there") {
        let path = entry.expect("a file").path();
        let octets = fs::read(&path).expect("a file that can be read");
        let outcome = panic::catch_unwind(|| check(&octets));
        assert!(outcome.is_ok(), "{}", path.display());
        files += 1;
    }
    assert!(files >= 5, "{} has {files} files", corpus.display());
}

#[test]
fn tpdus_are_read_and_written() {
    replay("tpdu", checks::tpdu);
}

#[test]
fn streams_mean_the_same_in_pieces() {
    replay("stream", checks::stream);
}

#[test]
fn a_side_of_a_connection_comes_to_an_end() {
    replay("machine", checks::machine);
}
