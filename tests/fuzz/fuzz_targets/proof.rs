//! A proof by the log: what parses is written as it was read, and is checked without a panic.

#![no_main]

use kelisim_shared::log::{merkle, proof::LogProof};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(proof) = LogProof::parse(text) {
        assert_eq!(proof.to_string(), text);
        let tree = proof.checkpoint.unverified();
        let leaf = merkle::leaf_hash(b"entry");
        let _ = merkle::verify_inclusion(&leaf, proof.index, tree.size, &proof.hashes, &tree.root);
        let _ = merkle::verify_consistency((proof.index, &leaf), (tree.size, &tree.root), &proof.hashes);
    }
});
