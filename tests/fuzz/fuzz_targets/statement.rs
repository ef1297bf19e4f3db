//! What a widget states, what staff order, and an edition as it travels: JSON that is read as a type.

#![no_main]

use kelisim_shared::{
    api::{StatementRequest, UseReport, staff::WithdrawalOrder},
    edition::{Draft, Edition, EditionDocument},
    statement::Claims,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &[u8]| {
    if let Ok(claims) = serde_json::from_slice::<Claims>(json) {
        let written = serde_json::to_vec(&claims).expect("it was read from JSON");
        assert_eq!(serde_json::from_slice::<Claims>(&written).ok(), Some(claims));
    }
    let _ = serde_json::from_slice::<StatementRequest>(json);
    let _ = serde_json::from_slice::<UseReport>(json);
    let _ = serde_json::from_slice::<WithdrawalOrder>(json);
    let _ = serde_json::from_slice::<Draft>(json);
    if let Ok(document) = serde_json::from_slice::<EditionDocument>(json) {
        let _ = Edition::from_document(document);
    }
});
