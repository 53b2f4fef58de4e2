#![no_main]

#[allow(dead_code, reason = "the other target has the rest")]
#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| checks::stream(octets));
