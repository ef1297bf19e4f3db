//! The log's formats, against another implementation of them: the crates `signed_note` and `tlog_tiles` of cloudflare/azul,
//! which are ports of Go's.

#![expect(
    clippy::unwrap_used,
    reason = "what is unwrapped here is what is tested"
)]

use std::cell::RefCell;

use kelisim_shared::{
    digest::Sha256Digest,
    jws::Ed25519Signer,
    log::{
        checkpoint::{Checkpoint, SignedCheckpoint},
        merkle::{self, Tiles, Tree},
        note::{Kind, Note, Signature, Signed, VerifierKey},
        tile::{Kind as TileKind, Tile, write_hashes},
    },
    software::{SoftwareEd25519Signer, SoftwareVerifier},
};
use pollster::block_on;
use proptest::{
    prelude::{Strategy, any, prop},
    prop_assert, prop_assert_eq, proptest,
};
use signed_note::{StandardSigner, StandardVerifier, VerifierList};
use tlog_tiles::{Hash, HashReader, tlog};

/// A tree as they have it.
#[derive(Default)]
struct TheirTree(RefCell<Vec<Hash>>);

/// A tree as both have it.
fn trees(entries: impl Iterator<Item = Vec<u8>>) -> (Tree, TheirTree) {
    let (mut tree, their_tree) = (Tree::default(), TheirTree::default());
    for (index, entry) in (0..).zip(entries) {
        tree.push(merkle::leaf_hash(&entry));
        let stored = tlog::stored_hashes(index, &entry, &their_tree).unwrap();
        their_tree.0.borrow_mut().extend(stored);
    }
    (tree, their_tree)
}

impl HashReader for TheirTree {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let hashes = self.0.borrow();
        Ok(indexes
            .iter()
            .map(|&index| hashes[usize::try_from(index).unwrap()])
            .collect())
    }
}

fn theirs(hashes: &[Sha256Digest]) -> Vec<Hash> {
    hashes.iter().map(|hash| Hash(*hash.as_bytes())).collect()
}

fn ours(hashes: &[Hash]) -> Vec<Sha256Digest> {
    hashes
        .iter()
        .map(|hash| Sha256Digest::from_bytes(hash.0))
        .collect()
}

/// The size of a tree, of an older one, and the place of a leaf in it.
fn sizes() -> impl Strategy<Value = (u64, u64, u64)> {
    let size = proptest::prop_oneof![1..20_u64, 250..260_u64, 500..530_u64, 1..2_000_u64];
    (size, any::<u64>(), any::<u64>())
        .prop_map(|(size, old, index)| (size, 1 + old % size, index % size))
}

fn entries(size: u64, seed: u8) -> impl Iterator<Item = Vec<u8>> {
    (0..size).map(move |number| [&[seed][..], &number.to_be_bytes()].concat())
}

/// Names that are one of ours and one of theirs.
const NAME: &str = "[a-z0-9./-]{1,40}";

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn roots_and_proofs_are_the_same((size, old, index) in sizes(), seed: u8, flip in any::<prop::sample::Index>()) {
        let (tree, their_tree) = trees(entries(size, seed));
        let (root, old_root) = (merkle::root(&tree, size).unwrap(), merkle::root(&tree, old).unwrap());
        prop_assert_eq!(tlog::tree_hash(size, &their_tree).unwrap().0, *root.as_bytes());
        prop_assert_eq!(tlog::tree_hash(old, &their_tree).unwrap().0, *old_root.as_bytes());

        let proof = merkle::prove_inclusion(&tree, index, size).unwrap();
        prop_assert_eq!(ours(&tlog::prove_record(size, index, &their_tree).unwrap()), proof.clone());
        let consistency = merkle::prove_consistency(&tree, old, size).unwrap();
        // Theirs has the old root in a proof that needs none.
        if old < size {
            prop_assert_eq!(ours(&tlog::prove_tree(size, old, &their_tree).unwrap()), consistency.clone());
        }

        // What one of us refuses, the other does, too.
        let leaf = tree.hashes(0, index, 1).unwrap()[0];
        let mut changed = proof.clone();
        if !changed.is_empty() {
            let place = flip.index(changed.len());
            changed[place] = Sha256Digest::of(b"other");
        }
        for proof in [&proof, &changed, &consistency] {
            let by_ours = merkle::verify_inclusion(&leaf, index, size, proof, &root).is_ok();
            let root = Hash(*root.as_bytes());
            let by_theirs = tlog::check_record(&theirs(proof), size, root, index, Hash(*leaf.as_bytes())).is_ok();
            prop_assert_eq!(by_ours, by_theirs);
        }
        let mut changed = consistency.clone();
        if !changed.is_empty() {
            let place = flip.index(changed.len());
            changed[place] = Sha256Digest::of(b"other");
        }
        for proof in [&proof, &changed, &consistency] {
            if old == size {
                continue;
            }
            let by_ours = merkle::verify_consistency((old, &old_root), (size, &root), proof).is_ok();
            let (root, old_root) = (Hash(*root.as_bytes()), Hash(*old_root.as_bytes()));
            let by_theirs = tlog::check_tree(&theirs(proof), size, root, old, old_root).is_ok();
            prop_assert_eq!(by_ours, by_theirs);
        }
    }

    #[test]
    fn tiles_are_the_same((size, old, _) in sizes()) {
        let (tree, their_tree) = trees(entries(size, 0));
        let expected = tlog_tiles::Tile::new_tiles(8, old, size);
        let added: Vec<_> = Tile::added(old, size).filter(|tile| tile.kind != TileKind::Entries).collect();
        prop_assert_eq!(added.len(), expected.len());
        for tile in added {
            let TileKind::Hashes(level) = tile.kind else { continue };
            let other = tlog_tiles::Tile::new(8, level, tile.number, tile.width.into(), false);
            prop_assert!(expected.contains(&other));
            let hashes = tree.hashes(level, tile.first(), tile.width.into()).unwrap();
            prop_assert_eq!(other.read_data(&their_tree).unwrap(), write_hashes(&hashes));
        }
    }

    /// Theirs has the height in the path, and calls entries data.
    #[test]
    fn paths_are_the_same(level in 0..7_u8, number in 0..(1_u64 << 53), width in 1..=256_u16, entries: bool) {
        let (kind, level) = if entries { (TileKind::Entries, 0) } else { (TileKind::Hashes(level), level) };
        let ours = Tile { kind, number, width };
        let theirs = tlog_tiles::Tile::new(8, level, number, width.into(), entries);
        let path = theirs.path().replacen("tile/8/data", "tile/entries", 1).replacen("tile/8/", "tile/", 1);
        prop_assert_eq!(ours.to_string(), path.clone());
        prop_assert_eq!(path.parse(), Ok(ours));
    }

    /// But for a width of 0, at which theirs panics.
    #[test]
    fn what_is_no_path_is_none_to_both(path in "tile/(0|1|63|01|entries)/(x?[0-9]{1,4}/){0,2}x?[0-9]{2,4}(\\.p/0?[1-9][0-9]{0,2})?") {
        let other = path.replacen("tile/entries", "tile/8/data", 1);
        let other = if other == path { path.replacen("tile/", "tile/8/", 1) } else { other };
        let by_theirs = tlog_tiles::Tile::from_path(&other);
        match path.parse::<Tile>() {
            Ok(tile) => {
                let by_theirs = by_theirs.unwrap();
                prop_assert_eq!((by_theirs.level_index(), by_theirs.width()), (tile.number, tile.width.into()));
            }
            // Theirs has levels up to 63; a tree of ours has seven.
            Err(_) => prop_assert!(by_theirs.is_err() || path.starts_with("tile/63/")),
        }
    }

    #[test]
    fn checkpoints_are_the_same(origin in NAME, size in 0..(1_u64 << 53), root: [u8; 32]) {
        let ours = Checkpoint { origin: origin.parse().unwrap(), size, root: Sha256Digest::from_bytes(root) };
        let theirs = tlog_tiles::Checkpoint::new(&origin, size, Hash(root), "").unwrap();
        prop_assert_eq!(ours.to_string().into_bytes(), theirs.to_bytes());
    }

    #[test]
    fn each_takes_the_notes_of_the_other(name in NAME, key: [u8; 32], size in 0..(1_u64 << 53), root: [u8; 32], at in any::<prop::sample::Index>()) {
        let checkpoint = Checkpoint {
            origin: name.parse().unwrap(),
            size,
            root: Sha256Digest::from_bytes(root),
        };
        let text = checkpoint.to_string();
        let signer = SoftwareEd25519Signer::from_bytes(&key);
        let ours = VerifierKey { name: name.parse().unwrap(), kind: Kind::Log, public_key: signer.public_key() };
        let signature = block_on(signer.sign(text.as_bytes())).unwrap();
        let note = Note::new(text.clone(), vec![Signature::new(&ours, &signature)]).to_string();

        let known = || VerifierList::new(vec![Box::new(StandardVerifier::new(&ours.to_string()).unwrap())]);
        let by_theirs = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
        prop_assert_eq!(by_theirs.text(), text.as_bytes());
        prop_assert_eq!(by_theirs.verify(&known()).unwrap().0.len(), 1);

        let private = private_key(&name, &key, &ours);
        let mut signed = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
        signed.add_sigs(&[&StandardSigner::new(&private).unwrap()]).unwrap();
        let signed = String::from_utf8(signed.to_bytes()).unwrap();
        prop_assert_eq!(&signed, &note, "Ed25519 is deterministic");
        let parsed = Note::parse(&signed).unwrap();
        prop_assert_eq!(block_on(parsed.verify(&ours, &SoftwareVerifier)), Ok(Some(Signed::Plainly)));
        let verified = SignedCheckpoint::parse(&signed).unwrap();
        let verified = block_on(verified.verify(&ours, &[], &SoftwareVerifier)).unwrap();
        prop_assert_eq!(verified.checkpoint(), &checkpoint);

        // Whatever is changed, neither takes it.
        let mut changed = note.into_bytes();
        let place = at.index(changed.len());
        changed[place] ^= 1;
        let by_theirs = signed_note::Note::from_bytes(&changed).is_ok_and(|note| note.verify(&known()).is_ok());
        prop_assert!(!by_theirs);
        let by_ours = String::from_utf8(changed).ok().and_then(|note| Note::parse(&note).ok());
        let by_ours = by_ours.is_some_and(|note| {
            matches!(block_on(note.verify(&ours, &SoftwareVerifier)), Ok(Some(_)))
        });
        prop_assert!(!by_ours);
    }
}

/// `PRIVATE+KEY+<name>+<id>+<base64 of signature type and key>`, as Go has it.
fn private_key(name: &str, key: &[u8; 32], public: &VerifierKey) -> String {
    use base64ct::{Base64, Encoding};
    let public = public.to_string();
    let id = public.split('+').nth(1).unwrap();
    let typed = Base64::encode_string(&[&[1][..], key].concat());
    format!("PRIVATE+KEY+{name}+{id}+{typed}")
}
