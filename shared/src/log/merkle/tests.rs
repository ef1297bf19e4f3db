use super::*;

fn numbered(count: u64) -> Vec<Sha256Digest> {
    (0..count)
        .map(|number| leaf_hash(&number.to_be_bytes()))
        .collect()
}

/// The inputs and roots by which implementations of Certificate Transparency (RFC 6962) are tested.
#[test]
fn roots_are_those_of_certificate_transparency() {
    let inputs: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    for (size, expected) in (0..).zip(roots) {
        let tree: Tree = inputs[..size]
            .iter()
            .map(|input| leaf_hash(input))
            .collect();
        assert_eq!(
            root(&tree, size as u64).unwrap().to_string(),
            expected,
            "{size}"
        );
    }
}

#[test]
fn every_leaf_of_small_trees_is_proven_and_no_other_is() {
    for size in 1..=70 {
        let leaves = numbered(size);
        let tree: Tree = leaves.iter().copied().collect();
        let root = root(&tree, size).unwrap();
        for index in 0..size {
            let proof = prove_inclusion(&tree, index, size).unwrap();
            for (other, leaf) in (0..).zip(&leaves) {
                let verdict = verify_inclusion(leaf, index, size, &proof, &root);
                assert_eq!(
                    verdict.is_ok(),
                    other == index,
                    "{other} at {index} of {size}"
                );
            }
        }
    }
}

#[test]
fn every_smaller_tree_is_proven_and_no_other_is() {
    let tree: Tree = numbered(70).into_iter().collect();
    let roots: Vec<_> = (0..=70).map(|size| root(&tree, size).unwrap()).collect();
    for size in 1..=70_usize {
        for old in 1..=size {
            let proof = prove_consistency(&tree, old as u64, size as u64).unwrap();
            for other in 1..=70_usize {
                let verify = |old_root, root| {
                    verify_consistency((old as u64, old_root), (size as u64, root), &proof).is_ok()
                };
                assert_eq!(verify(&roots[other], &roots[size]), other == old);
                assert_eq!(verify(&roots[old], &roots[other]), other == size);
            }
        }
    }
}

#[test]
fn proofs_cross_tiles() {
    let size = 70_000;
    let leaves = numbered(size);
    let tree: Tree = leaves.iter().copied().collect();
    let whole = root(&tree, size).unwrap();
    for index in [0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999] {
        let proof = prove_inclusion(&tree, index, size).unwrap();
        let leaf = &leaves[usize::try_from(index).unwrap()];
        assert_eq!(verify_inclusion(leaf, index, size, &proof, &whole), Ok(()));
    }
    for old in [1, 256, 257, 65_536, 65_537, 69_999, 70_000] {
        let proof = prove_consistency(&tree, old, size).unwrap();
        let old = (old, &root(&tree, old).unwrap());
        assert_eq!(verify_consistency(old, (size, &whole), &proof), Ok(()));
    }
}

#[test]
fn a_changed_shortened_or_lengthened_proof_is_none() {
    let tree: Tree = numbered(37).into_iter().collect();
    let (old_root, whole) = (root(&tree, 21).unwrap(), root(&tree, 37).unwrap());
    let inclusion = prove_inclusion(&tree, 20, 37).unwrap();
    let consistency = prove_consistency(&tree, 21, 37).unwrap();
    let leaf = leaf_hash(&20_u64.to_be_bytes());
    let includes = |proof: &[_]| verify_inclusion(&leaf, 20, 37, proof, &whole).is_ok();
    let agrees = |proof: &[_]| verify_consistency((21, &old_root), (37, &whole), proof).is_ok();
    for (proof, holds) in [
        (&inclusion, &includes as &dyn Fn(&[Sha256Digest]) -> bool),
        (&consistency, &agrees),
    ] {
        assert!(holds(proof));
        for place in 0..proof.len() {
            let mut changed = proof.clone();
            changed[place] = Sha256Digest::of(b"other");
            assert!(!holds(&changed), "{place}");
            changed.remove(place);
            assert!(!holds(&changed), "{place}");
            changed.insert(place, proof[place]);
            changed.insert(place, proof[place]);
            assert!(!holds(&changed), "{place}");
        }
        assert!(!holds(&[]));
    }
}

#[test]
fn sizes_that_make_no_sense_are_refused() {
    let hash = Sha256Digest::of(b"");
    assert_eq!(verify_inclusion(&hash, 0, 0, &[], &hash), Err(ProofInvalid));
    assert_eq!(verify_inclusion(&hash, 5, 5, &[], &hash), Err(ProofInvalid));
    assert_eq!(
        verify_inclusion(&hash, u64::MAX, 5, &[], &hash),
        Err(ProofInvalid)
    );
    assert_eq!(
        verify_consistency((6, &hash), (5, &hash), &[]),
        Err(ProofInvalid)
    );
    assert_eq!(verify_consistency((0, &hash), (5, &hash), &[]), Ok(()));
    assert_eq!(
        verify_consistency((0, &hash), (5, &hash), &[hash]),
        Err(ProofInvalid)
    );
}
