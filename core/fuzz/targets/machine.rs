#![no_main]

#[allow(dead_code, reason = "the other targets have the rest")]
#[path = "../checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| checks::machine(octets));
