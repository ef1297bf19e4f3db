//! Files that somebody brings along: archives, receipt files, whatever they are.

#![no_main]

use kelisim_shared::evidence::{self, Kind};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = Kind::of(bytes);
    if let Ok(files) = evidence::unpack(bytes) {
        assert_eq!(evidence::pack(&files).as_deref().ok(), Some(bytes));
    }
});
