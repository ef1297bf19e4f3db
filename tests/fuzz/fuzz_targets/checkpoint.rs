//! A checkpoint, and the request to a witness that has one in it.

#![no_main]

use kelisim_shared::log::{
    checkpoint::SignedCheckpoint,
    witness::{AddCheckpoint, Answer},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(checkpoint) = SignedCheckpoint::parse(text) {
        assert_eq!(checkpoint.to_string(), text);
        assert_eq!(checkpoint.unverified().to_string(), checkpoint.note().text());
    }
    if let Some(request) = AddCheckpoint::parse(text) {
        assert_eq!(request.to_body(), text);
    }
    let _ = Answer::read(200, text);
    let _ = Answer::read(409, text);
});
