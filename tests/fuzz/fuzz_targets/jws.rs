//! A compact JWS, and keys in JSON.

#![no_main]

use kelisim_shared::{
    jwk::JwkSet,
    jws::Unverified,
    receipt::Claims,
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    if let Ok(jws) = Unverified::parse(text) {
        let _ = jws.header::<Value>();
        if let Ok(claims) = jws.unsigned_claims::<Claims>() {
            // Whatever it says, it can be hashed.
            let _ = claims.record.id();
        }
    }
    let _ = JwkSet::parse(text.as_bytes());
});
