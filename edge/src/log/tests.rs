use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use kelisim_shared::{
    jwk::PublicKey,
    jws::{Algorithm, CryptoUnavailable},
    log::{
        checkpoint::VerifiedCheckpoint,
        note::{self, Kind, Name, Signed, cosigned},
    },
    software::{SoftwareEd25519Signer, SoftwareVerifier},
};
use pollster::block_on;

use super::*;

/// Where a store fails, once: before the write takes place, or after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    BeforeAppend,
    AfterAppend,
    BeforePut(usize),
    AfterPut(usize),
    BeforePublish,
    AfterPublish,
}

#[derive(Default)]
struct Memory {
    entries: RefCell<Vec<Vec<u8>>>,
    indices: RefCell<BTreeMap<Vec<u8>, u64>>,
    nodes: RefCell<BTreeMap<(u8, u64), Sha256Digest>>,
    published: RefCell<Option<Published>>,
    witnessed: RefCell<BTreeMap<String, u64>>,
    files: RefCell<BTreeMap<String, Vec<u8>>>,
    puts: Cell<usize>,
    fault: Cell<Option<Fault>>,
}

impl Memory {
    fn fails(&self, fault: Fault) -> Result<(), Unavailable> {
        if self.fault.get() == Some(fault) {
            self.fault.set(None);
            return Err(Unavailable);
        }
        Ok(())
    }
}

impl LogStore for Memory {
    fn size(&self) -> Result<u64, Unavailable> {
        Ok(self.entries.borrow().len() as u64)
    }

    fn index(&self, entry: &[u8]) -> Result<Option<u64>, Unavailable> {
        Ok(self.indices.borrow().get(entry).copied())
    }

    fn entries(&self, first: u64, count: usize) -> Result<Vec<Vec<u8>>, Unavailable> {
        let first = usize::try_from(first).unwrap();
        let entries = self.entries.borrow();
        Ok(entries
            .get(first..first + count)
            .ok_or(Unavailable)?
            .to_vec())
    }

    fn nodes(&self, level: u8, first: u64, count: usize) -> Result<Vec<Sha256Digest>, Unavailable> {
        let nodes = self.nodes.borrow();
        let hashes = (first..)
            .take(count)
            .map(|index| nodes.get(&(level, index)).copied());
        hashes.collect::<Option<_>>().ok_or(Unavailable)
    }

    async fn append(&self, growth: Growth) -> Result<(), Unavailable> {
        self.fails(Fault::BeforeAppend)?;
        assert_eq!(growth.first, self.size()?);
        let indices = growth.entries.iter().cloned().zip(growth.first..);
        self.indices.borrow_mut().extend(indices);
        self.entries.borrow_mut().extend(growth.entries);
        for node in growth.nodes {
            let before = self
                .nodes
                .borrow_mut()
                .insert((node.level, node.index), node.hash);
            assert_eq!(before, None, "no hash is made twice");
        }
        self.fails(Fault::AfterAppend)
    }

    fn published(&self) -> Result<Option<Published>, Unavailable> {
        Ok(self.published.borrow().clone())
    }

    fn publish(&self, published: &Published) -> Result<(), Unavailable> {
        self.fails(Fault::BeforePublish)?;
        let mut known = self.published.borrow_mut();
        if known
            .as_ref()
            .is_none_or(|known| known.size < published.size)
        {
            *known = Some(published.clone());
        }
        self.fails(Fault::AfterPublish)
    }

    fn witnessed(&self, witness: &Name) -> Result<u64, Unavailable> {
        Ok(self
            .witnessed
            .borrow()
            .get(witness.as_str())
            .copied()
            .unwrap_or(0))
    }

    fn set_witnessed(&self, witness: &Name, size: u64) -> Result<(), Unavailable> {
        self.witnessed
            .borrow_mut()
            .insert(witness.to_string(), size);
        Ok(())
    }
}

impl TileFiles for Memory {
    async fn put(&self, tile: Tile, bytes: Vec<u8>) -> Result<(), Unavailable> {
        self.puts.set(self.puts.get() + 1);
        self.fails(Fault::BeforePut(self.puts.get()))?;
        let before = self
            .files
            .borrow_mut()
            .insert(tile.to_string(), bytes.clone());
        assert!(
            before.is_none_or(|before| before == bytes),
            "a tile never changes"
        );
        self.fails(Fault::AfterPut(self.puts.get()))
    }

    async fn remove_partial(&self, full: Tile) -> Result<(), Unavailable> {
        let prefix = format!("{full}.p/");
        self.files
            .borrow_mut()
            .retain(|path, _| !path.starts_with(&prefix));
        Ok(())
    }
}

/// A witness that is right, unless it is told to be something else.
#[derive(Default)]
struct Witnessing {
    known: RefCell<Option<(u64, Sha256Digest)>>,
    asked: Cell<u32>,
    signs_wrongly: Cell<bool>,
    is_away: Cell<bool>,
}

impl Witnesses for Witnessing {
    async fn ask(&self, _: &Witness, body: String) -> Result<(u16, String), Unavailable> {
        self.asked.set(self.asked.get() + 1);
        if self.is_away.get() {
            return Err(Unavailable);
        }
        let request = AddCheckpoint::parse(&body).ok_or(Unavailable)?;
        let (size, root) = self.known.borrow().unwrap_or((0, Sha256Digest::of(b"")));
        if request.old != size {
            return Ok((409, format!("{size}\n")));
        }
        let tree = request.checkpoint.unverified();
        let verdict =
            merkle::verify_consistency((size, &root), (tree.size, &tree.root), &request.proof);
        if verdict.is_err() {
            return Ok((422, String::new()));
        }
        *self.known.borrow_mut() = Some((tree.size, tree.root));
        let time = if self.signs_wrongly.get() {
            1
        } else {
            1_795_410_000
        };
        let message = cosigned(request.checkpoint.note().text(), 1_795_410_000);
        let signature =
            block_on(witness_signer().sign(message.as_bytes())).map_err(|_| Unavailable)?;
        let bytes = [&u64::to_be_bytes(time)[..], &signature].concat();
        Ok((200, Signature::new(&witness().key, &bytes).to_string()))
    }
}

impl SignatureVerifier for Witnessing {
    async fn verify(
        &self,
        algorithm: Algorithm,
        key: &PublicKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, CryptoUnavailable> {
        SoftwareVerifier
            .verify(algorithm, key, message, signature)
            .await
    }
}

fn witness_signer() -> SoftwareEd25519Signer {
    SoftwareEd25519Signer::from_bytes(&[2; 32])
}

fn witness() -> Witness {
    Witness {
        key: VerifierKey {
            name: "witness.example/1".parse().unwrap(),
            kind: note::Kind::Witness,
            public_key: witness_signer().public_key(),
        },
        url: "https://witness.example".into(),
    }
}

struct World {
    memory: Memory,
    network: Witnessing,
    signer: SoftwareEd25519Signer,
    key: VerifierKey,
    witnesses: Vec<Witness>,
}

impl World {
    fn new() -> Self {
        let signer = SoftwareEd25519Signer::from_bytes(&[1; 32]);
        let key = VerifierKey {
            name: "consent.example/log".parse().unwrap(),
            kind: Kind::Log,
            public_key: signer.public_key(),
        };
        Self {
            memory: Memory::default(),
            network: Witnessing::default(),
            signer,
            key,
            witnesses: Vec::new(),
        }
    }

    fn witnessed() -> Self {
        Self {
            witnesses: vec![witness()],
            ..Self::new()
        }
    }

    fn object(&self) -> LogObject<'_, Memory, Memory, SoftwareEd25519Signer, Witnessing> {
        LogObject {
            store: &self.memory,
            files: &self.memory,
            signer: &self.signer,
            key: &self.key,
            witnesses: &self.witnesses,
            network: &self.network,
        }
    }

    fn append(&self, entries: &[Vec<u8>]) -> Vec<u64> {
        block_on(self.object().append(entries)).unwrap().unwrap()
    }

    fn publish(&self) {
        block_on(self.object().publish()).unwrap().unwrap();
    }

    fn checkpoint(&self) -> VerifiedCheckpoint {
        let note = self.object().checkpoint().unwrap().unwrap().unwrap();
        let keys: Vec<_> = self
            .witnesses
            .iter()
            .map(|witness| witness.key.clone())
            .collect();
        let signed = SignedCheckpoint::parse(&note).unwrap();
        block_on(signed.verify(&self.key, &keys, &SoftwareVerifier)).unwrap()
    }

    /// Reads the whole log from its files, and checks that it is the tree of the checkpoint.
    fn audit(&self) {
        let checkpoint = self.checkpoint();
        let tree = checkpoint.checkpoint();
        let files = self.memory.files.borrow();
        for tile in Tile::added(0, tree.size) {
            let full = Tile {
                width: WIDTH,
                ..tile
            };
            let found = [tile, full].map(|tile| files.get(&tile.to_string()));
            let ([Some(bytes), _] | [None, Some(bytes)]) = found else {
                panic!("{tile} is missing");
            };
            let content = self.object().content(tile).unwrap();
            assert!(bytes.starts_with(&content), "{tile}");
        }
        assert_eq!(merkle::root(&Tree(&self.memory), tree.size), Ok(tree.root));
    }
}

fn entries(range: std::ops::Range<u32>) -> Vec<Vec<u8>> {
    range.map(|number| number.to_be_bytes().repeat(8)).collect()
}

#[test]
fn an_entry_has_one_index_however_often_it_arrives() {
    let world = World::new();
    let [a, b, c] = [0, 1, 2].map(|number| entries(number..number + 1).remove(0));
    assert_eq!(world.append(&[a.clone(), b.clone(), a.clone()]), [0, 1, 0]);
    assert_eq!(world.append(&[b, c, a]), [1, 2, 0]);
    assert_eq!(world.memory.size(), Ok(3));
    assert_eq!(world.append(&[]), [0; 0]);
}

#[test]
fn publishes_a_tree_that_grows_and_proves_every_entry_of_it() {
    let world = World::new();
    assert_eq!(world.object().checkpoint(), Ok(Ok(None)));
    let mut next = 0;
    for count in [1, 3, 252, 1, 255, 300, 700] {
        let new = entries(next..next + count);
        next += count;
        world.append(&new);
        assert_eq!(
            world.object().prove(u64::from(next) - 1),
            Ok(None),
            "it is not published"
        );
        world.publish();
        world.audit();
        assert_eq!(world.checkpoint().checkpoint().size, u64::from(next));
    }
    for index in [0, 255, 256, 511, 512, u64::from(next) - 1] {
        let proof = world.object().prove(index).unwrap().unwrap();
        let proof = LogProof::parse(&proof).unwrap();
        let entry = world.memory.entries(index, 1).unwrap().remove(0);
        let verify = |entry: &[u8]| {
            block_on(
                proof
                    .clone()
                    .verify(entry, &world.key, &[], &SoftwareVerifier),
            )
            .is_ok()
        };
        assert!(verify(&entry));
        assert!(!verify(b"another"));
    }
    let partial = |path: &&String| path.contains(".p/");
    let files = world.memory.files.borrow();
    assert!(
        files
            .keys()
            .filter(partial)
            .all(|path| !path.contains("/000.p/") || path.starts_with("tile/1"))
    );
}

#[test]
fn a_tree_of_many_levels_is_the_same_as_one_that_came_at_once() {
    let (at_once, bit_by_bit) = (World::new(), World::new());
    let all = entries(0..65_800);
    at_once.append(&all);
    for part in all.chunks(9_997) {
        bit_by_bit.append(part);
        bit_by_bit.publish();
    }
    assert_eq!(at_once.memory.nodes, bit_by_bit.memory.nodes);
    at_once.publish();
    bit_by_bit.publish();
    at_once.audit();
    assert_eq!(at_once.checkpoint(), bit_by_bit.checkpoint());
}

#[test]
fn a_failure_anywhere_leaves_a_log_that_goes_on() {
    let puts = (1..=5).flat_map(|count| [Fault::BeforePut(count), Fault::AfterPut(count)]);
    let others = [
        Fault::BeforeAppend,
        Fault::AfterAppend,
        Fault::BeforePublish,
        Fault::AfterPublish,
    ];
    for fault in puts.chain(others) {
        let world = World::new();
        world.append(&entries(0..250));
        world.publish();
        let before = world.checkpoint();
        world.memory.puts.set(0);
        world.memory.fault.set(Some(fault));
        let new = entries(250..260);
        let attempt = || {
            let appended = block_on(world.object().append(&new))?;
            block_on(world.object().publish())?.unwrap();
            Ok::<_, Unavailable>(appended.unwrap())
        };
        assert_eq!(attempt(), Err(Unavailable), "{fault:?}");
        assert_eq!(world.memory.fault.get(), None, "{fault:?}");
        world.audit();
        let indices = attempt().unwrap();
        assert_eq!(indices, (250..260).collect::<Vec<_>>(), "{fault:?}");
        world.audit();
        let after = world.checkpoint();
        let (old, new) = (before.checkpoint(), after.checkpoint());
        let proof = merkle::prove_consistency(&Tree(&world.memory), old.size, new.size).unwrap();
        let verdict =
            merkle::verify_consistency((old.size, &old.root), (new.size, &new.root), &proof);
        assert_eq!(verdict, Ok(()), "{fault:?}");
    }
}

#[test]
fn signs_nothing_that_contradicts_what_it_signed() {
    let world = World::new();
    world.append(&entries(0..3));
    world.publish();
    world.memory.entries.borrow_mut()[1][0] ^= 1;
    assert_eq!(
        world.object().checkpoint(),
        Ok(Err(LogRefusal::Contradiction))
    );
    world.append(&entries(3..4));
    assert_eq!(
        block_on(world.object().publish()),
        Ok(Err(LogRefusal::Contradiction))
    );
    assert_eq!(world.memory.published().unwrap().unwrap().size, 3);
}

#[test]
fn takes_no_more_than_it_can_publish() {
    let world = World::new();
    world.append(&entries(0..20_001));
    let more = entries(20_001..20_002);
    assert_eq!(
        block_on(world.object().append(&more)),
        Ok(Err(LogRefusal::Behind))
    );
    world.publish();
    assert_eq!(world.append(&more), [20_001]);
}

#[test]
fn a_witness_signs_each_checkpoint_and_is_told_from_where_it_grew() {
    let world = World::witnessed();
    for (range, asked) in [(0..3, 1), (3..300, 2), (300..301, 3)] {
        world.append(&entries(range));
        world.publish();
        let checkpoint = world.checkpoint();
        let [cosignature] = checkpoint.cosignatures() else {
            panic!("{checkpoint:?}");
        };
        assert_eq!(cosignature.witness, witness().key.name);
        assert_eq!(cosignature.time, 1_795_410_000);
        assert_eq!(world.network.asked.get(), asked, "no request is in vain");
    }
    world.memory.witnessed.borrow_mut().clear();
    world.append(&entries(301..302));
    world.publish();
    assert_eq!(world.checkpoint().cosignatures().len(), 1);
    assert_eq!(world.network.asked.get(), 5, "it tells what it knows");
}

#[test]
fn a_checkpoint_waits_for_no_witness_and_takes_no_wrong_signature() {
    let world = World::witnessed();
    world.network.is_away.set(true);
    world.append(&entries(0..1));
    world.publish();
    assert_eq!(world.checkpoint().cosignatures(), []);
    world.network.is_away.set(false);
    world.network.signs_wrongly.set(true);
    world.append(&entries(1..2));
    world.publish();
    let note = world.memory.published().unwrap().unwrap().note;
    let note = Note::parse(&note).unwrap();
    let signed = block_on(note.verify(&witness().key, &SoftwareVerifier));
    assert_eq!(signed, Ok(None));
    let signed = block_on(note.verify(&world.key, &SoftwareVerifier));
    assert_eq!(signed, Ok(Some(Signed::Plainly)));
}
