//! What an append and a proof cost in a log of so many entries, in native code, on a store in memory: `cargo xtask bench log` runs it
//! beside the same in workerd. It prints a line for each size: the size, nanoseconds for an append, nanoseconds for a proof.

use std::{cell::RefCell, collections::HashMap, hint::black_box, time::Instant};

use kelisim_edge::{
    config::Witness,
    log::{Growth, LogObject, LogStore, Published},
    ports::{TileFiles, Unavailable, Witnesses},
};
use kelisim_shared::{
    digest::Sha256Digest,
    jwk::PublicKey,
    jws::{Algorithm, CryptoUnavailable, SignatureVerifier},
    log::{
        note::{Kind, Name, VerifierKey},
        tile::Tile,
    },
    software::SoftwareEd25519Signer,
};
use pollster::block_on;

/// How many entries come at once, as from the queue.
const BATCH: u64 = 100;

/// How many batches, and how many proofs, are measured.
const ROUNDS: u64 = 200;

fn main() {
    let signer = SoftwareEd25519Signer::from_bytes(&[7; 32]);
    let key = VerifierKey {
        name: "bench.invalid/log".parse().expect("a name"),
        kind: Kind::Log,
        public_key: signer.public_key(),
    };
    let store = Memory::default();
    let object = LogObject {
        store: &store,
        files: &Nowhere,
        signer: &signer,
        key: &key,
        witnesses: &[],
        network: &Nowhere,
    };
    let grow = |count: u64| {
        let first = store.size().expect("memory");
        let entry = |number: u64| Sha256Digest::of(&number.to_be_bytes()).as_bytes().to_vec();
        let entries: Vec<_> = (first..first + count).map(entry).collect();
        let _ = black_box(block_on(object.append(&entries)));
        let _ = black_box(block_on(object.publish()));
    };
    for size in [1_000, 10_000, 100_000, 1_000_000] {
        while store.size().expect("memory") < size {
            grow(BATCH);
        }
        let begun = now();
        for number in 0..ROUNDS {
            let _ = black_box(object.prove(number * 7_919 % size));
        }
        let proof = begun.elapsed().as_nanos() / u128::from(ROUNDS);
        let begun = now();
        for _ in 0..ROUNDS {
            grow(BATCH);
        }
        let append = begun.elapsed().as_nanos() / u128::from(ROUNDS * BATCH);
        println!("{size} {append} {proof}");
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures")]
fn now() -> Instant {
    Instant::now()
}

#[derive(Default)]
struct Memory {
    entries: RefCell<Vec<Vec<u8>>>,
    indices: RefCell<HashMap<Vec<u8>, u64>>,
    levels: RefCell<Vec<Vec<Sha256Digest>>>,
    published: RefCell<Option<Published>>,
}

impl LogStore for Memory {
    fn size(&self) -> Result<u64, Unavailable> {
        Ok(self.entries.borrow().len() as u64)
    }

    fn index(&self, entry: &[u8]) -> Result<Option<u64>, Unavailable> {
        Ok(self.indices.borrow().get(entry).copied())
    }

    fn entries(&self, first: u64, count: usize) -> Result<Vec<Vec<u8>>, Unavailable> {
        let first = usize::try_from(first).map_err(|_| Unavailable)?;
        Ok(self.entries.borrow()[first..first + count].to_vec())
    }

    fn nodes(&self, level: u8, first: u64, count: usize) -> Result<Vec<Sha256Digest>, Unavailable> {
        let first = usize::try_from(first).map_err(|_| Unavailable)?;
        Ok(self.levels.borrow()[usize::from(level) - 1][first..first + count].to_vec())
    }

    async fn append(&self, growth: Growth) -> Result<(), Unavailable> {
        let indices = growth.entries.iter().cloned().zip(growth.first..);
        self.indices.borrow_mut().extend(indices);
        self.entries.borrow_mut().extend(growth.entries);
        let mut levels = self.levels.borrow_mut();
        for node in growth.nodes {
            let level = usize::from(node.level);
            let missing = level.max(levels.len());
            levels.resize_with(missing, Vec::new);
            levels[level - 1].push(node.hash);
        }
        Ok(())
    }

    fn published(&self) -> Result<Option<Published>, Unavailable> {
        Ok(self.published.borrow().clone())
    }

    fn publish(&self, published: &Published) -> Result<(), Unavailable> {
        *self.published.borrow_mut() = Some(published.clone());
        Ok(())
    }

    fn witnessed(&self, _: &Name) -> Result<u64, Unavailable> {
        Ok(0)
    }

    fn set_witnessed(&self, _: &Name, _: u64) -> Result<(), Unavailable> {
        Ok(())
    }
}

/// Where tiles go: what a disk costs is measured in workerd.
struct Nowhere;

impl TileFiles for Nowhere {
    async fn put(&self, _: Tile, bytes: Vec<u8>) -> Result<(), Unavailable> {
        black_box(bytes);
        Ok(())
    }

    async fn remove_partial(&self, _: Tile) -> Result<(), Unavailable> {
        Ok(())
    }
}

impl Witnesses for Nowhere {
    async fn ask(&self, _: &Witness, _: String) -> Result<(u16, String), Unavailable> {
        Err(Unavailable)
    }
}

impl SignatureVerifier for Nowhere {
    async fn verify(
        &self,
        _: Algorithm,
        _: &PublicKey,
        _: &[u8],
        _: &[u8],
    ) -> Result<bool, CryptoUnavailable> {
        Err(CryptoUnavailable)
    }
}
