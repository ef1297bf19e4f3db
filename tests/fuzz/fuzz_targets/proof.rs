//! A proof by the log: what parses is written as it was read, and is checked without a panic.

#![no_main]

use kelisim_shared::log::{merkle, proof::LogProof};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(proof) = LogProof::parse(text) {
        assert_eq!(proof.to_string(), text);
        let tree = proof.checkpoint.unverified();
        let leaf = merkle::leaf_hash(b"entry");
        let verdict = merkle::verify_inclusion(&leaf, proof.index, tree.size, &proof.hashes, &tree.root);
        // Nobody finds a way from this leaf to the root that they have chosen before.
        assert!(verdict.is_err() || tree.size > 0);
        let _ = merkle::verify_consistency((proof.index, &leaf), (tree.size, &tree.root), &proof.hashes);
    }
});
