//! The committed header is the one that the sources make, and it names what the library exports.

use std::{collections::BTreeSet, env, fs, path::PathBuf};

/// The sources of `vestibule.h`, in the order of the header.
const SOURCES: [&str; 16] = [
    "types.rs",
    "event_types.rs",
    "error_numbers.rs",
    "capability_bits.rs",
    "exports/catalogue.rs",
    "exports/sockets.rs",
    "exports/accept.rs",
    "exports/connect.rs",
    "exports/data.rs",
    "exports/datagrams.rs",
    "exports/events.rs",
    "exports/options.rs",
    "exports/qos.rs",
    "exports/adopt.rs",
    "exports/errors.rs",
    "exports/process.rs",
];

fn crate_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn header_path() -> PathBuf {
    crate_dir().join("../include/vestibule.h")
}

fn generate() -> String {
    let config = cbindgen::Config::from_file(crate_dir().join("cbindgen.toml"))
        .expect("cbindgen.toml can be read");
    let sources = crate_dir().join("src");
    let builder = SOURCES.iter().fold(
        cbindgen::Builder::new().with_config(config),
        |builder, source| builder.with_src(sources.join(source)),
    );
    let mut text = Vec::new();
    builder
        .generate()
        .expect("cbindgen understands the sources")
        .write(&mut text);
    String::from_utf8(text)
        .expect("a header is text")
        .replace("# Safety", "Pointers:") // the word of C for what the heading is about
}

#[test]
fn the_committed_header_is_up_to_date() {
    let generated = generate();
    if env::var_os("VESTIBULE_BLESS").is_some() {
        fs::write(header_path(), generated).expect("the header can be written");
        return;
    }
    let committed = fs::read_to_string(header_path()).unwrap_or_default();
    assert!(
        committed == generated,
        "include/vestibule.h is not what ffi/src makes. If the change of the C interface is \
         intended, run `VESTIBULE_BLESS=1 cargo test -p vestibule-ffi --test header` and commit the \
         header with it."
    );
}

/// The names that the library exports, as `vestibule.map` lists them.
fn exported() -> BTreeSet<String> {
    let map = fs::read_to_string(crate_dir().join("vestibule.map")).expect("the map can be read");
    map.lines()
        .filter_map(|line| line.trim().strip_suffix(';'))
        .filter(|name| name.starts_with("vestibule_"))
        .map(str::to_owned)
        .collect()
}

/// The functions that the sources define for C.
fn defined() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in ["exports", "winsock"] {
        let entries = fs::read_dir(crate_dir().join("src").join(folder)).expect("sources exist");
        for entry in entries {
            let path = entry.expect("sources can be listed").path();
            let text = fs::read_to_string(path).expect("sources can be read");
            let after_mark = text.split("#[unsafe(no_mangle)]").skip(1);
            names.extend(after_mark.filter_map(|text| {
                let (_, name) = text.split_once("extern \"C\" fn ")?;
                name.split_once('(').map(|(name, _)| name.to_owned())
            }));
        }
    }
    names
}

#[test]
fn the_map_lists_what_the_sources_define() {
    assert_eq!(exported(), defined());
}

#[test]
fn every_export_is_declared_in_a_header() {
    let winsock = fs::read_to_string(crate_dir().join("../include/vestibule/winsock2.h"))
        .expect("the Winsock header exists");
    let ours = generate();
    for name in exported() {
        let found = match name.strip_prefix("vestibule_ws_") {
            Some(call) => winsock.contains(&format!("VESTIBULE_SYMBOL(\"{call}\")")),
            None => ours.contains(&format!("{name}(")),
        };
        assert!(found, "{name} is exported but in no header");
    }
}
