#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| mdcloud_c_fuzzing::fuzzing::c_strings(data));
