//! The tree and its entries as static files: C2SP tlog-tiles.
//!
//! ```text
//! tile/0/x001/067          256 hashes of leaves: those of the entries from 1,067 · 256 on
//! tile/1/004.p/43          43 hashes, each of a full tile of the level below
//! tile/entries/x001/067    256 entries, each after its length in two bytes
//! ```

use std::{fmt, str::FromStr};

use thiserror::Error;

use super::decimal;
use crate::digest::Sha256Digest;

/// How many heights of the tree a tile spans.
pub(super) const HEIGHT: u32 = 8;

/// How many hashes a full tile has.
pub const WIDTH: u16 = 256;

/// A file of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// What is in it.
    pub kind: Kind,
    /// Its number among those of its kind.
    pub number: u64,
    /// How many hashes or entries there are in it: 1 to [`WIDTH`].
    pub width: u16,
}

/// What a file of the log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Hashes of that level: 0 for those of leaves.
    Hashes(u8),
    /// Entries.
    Entries,
}

impl Kind {
    const fn level(self) -> u8 {
        match self {
            Self::Hashes(level) => level,
            Self::Entries => 0,
        }
    }
}

impl Tile {
    /// The file of that number, as it is in a tree of that size; nothing where it would be empty.
    #[must_use]
    pub fn in_tree(kind: Kind, number: u64, size: u64) -> Option<Self> {
        let hashes = size >> (HEIGHT * u32::from(kind.level()));
        let left = hashes.checked_sub(number.checked_mul(u64::from(WIDTH))?)?;
        let width = u16::try_from(left.min(u64::from(WIDTH))).expect("at most 256");
        (width > 0).then_some(Self {
            kind,
            number,
            width,
        })
    }

    /// The files that a tree of `size` has and one of `old` had not, or not so wide.
    pub fn added(old: u64, size: u64) -> impl Iterator<Item = Self> {
        let levels = (0..LEVELS).take_while(move |&level| size >> (HEIGHT * u32::from(level)) > 0);
        let kinds = levels.map(Kind::Hashes).chain([Kind::Entries]);
        kinds.flat_map(move |kind| {
            let height = HEIGHT * u32::from(kind.level());
            let (old, new) = (old >> height, size >> height);
            let numbers = old / u64::from(WIDTH)..new.div_ceil(u64::from(WIDTH));
            let numbers = if old == new { 0..0 } else { numbers };
            numbers.filter_map(move |number| Self::in_tree(kind, number, size))
        })
    }

    /// The first hash or entry in it.
    #[must_use]
    pub const fn first(&self) -> u64 {
        self.number * WIDTH as u64
    }

    /// Whether it will change no more.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.width == WIDTH
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Hashes(level) => write!(f, "tile/{level}")?,
            Kind::Entries => f.write_str("tile/entries")?,
        }
        let digits = format!("{:03}", self.number);
        let digits = format!(
            "{digits:0>width$}",
            width = digits.len().next_multiple_of(3)
        );
        let groups = digits.len() / 3;
        for group in 0..groups {
            let mark = if group + 1 < groups { "x" } else { "" };
            write!(f, "/{mark}{}", &digits[group * 3..group * 3 + 3])?;
        }
        if self.is_full() {
            Ok(())
        } else {
            write!(f, ".p/{}", self.width)
        }
    }
}

impl FromStr for Tile {
    type Err = InvalidTile;

    fn from_str(path: &str) -> Result<Self, InvalidTile> {
        parse(path)
            // A number has one spelling.
            .filter(|tile| tile.to_string() == path)
            .ok_or(InvalidTile)
    }
}

fn parse(path: &str) -> Option<Tile> {
    let rest = path.strip_prefix("tile/")?;
    if rest.len() > MAX_PATH_BYTES {
        return None;
    }
    let (kind, rest) = rest.split_once('/')?;
    let kind = match kind {
        "entries" => Kind::Entries,
        level => {
            let level = decimal(level)?.try_into().ok()?;
            Some(Kind::Hashes(level)).filter(|_| level < LEVELS)?
        }
    };
    let (number, width) = match rest.split_once(".p/") {
        None => (rest, WIDTH),
        Some((number, width)) => (number, decimal(width)?.try_into().ok()?),
    };
    if !(1..=WIDTH).contains(&width) {
        return None;
    }
    let digits: String = number
        .split('/')
        .map(|group| group.trim_start_matches('x'))
        .collect();
    let number = decimal(match digits.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    })?;
    Some(Tile {
        kind,
        number,
        width,
    })
}

/// Levels that a tree below 2^53 leaves has.
const LEVELS: u8 = 7;

/// Longer than any path of a tile.
const MAX_PATH_BYTES: usize = 64;

/// The path is none of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not the path of a tile: tile/<level or `entries`>/<number>[.p/<width>] (C2SP tlog-tiles)")]
pub struct InvalidTile;

/// Writes hashes one after another, 32 bytes each.
#[must_use]
pub fn write_hashes(hashes: &[Sha256Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// Reads hashes; nothing where the bytes are not that many.
#[must_use]
pub fn read_hashes(bytes: &[u8], width: u16) -> Option<Vec<Sha256Digest>> {
    let (hashes, []) = bytes.as_chunks::<32>() else {
        return None;
    };
    let fits = hashes.len() == usize::from(width);
    fits.then(|| {
        hashes
            .iter()
            .copied()
            .map(Sha256Digest::from_bytes)
            .collect()
    })
}

/// Writes entries, each after its length: two bytes, big-endian. None is longer than 65,535 bytes.
#[must_use]
pub fn write_entries<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).expect("`Entry::to_bytes` refuses longer ones");
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    bytes
}

/// Reads entries; nothing where the bytes are not that many.
#[must_use]
pub fn read_entries(mut bytes: &[u8], width: u16) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::with_capacity(usize::from(width));
    for _ in 0..width {
        let (length, rest) = bytes.split_first_chunk()?;
        let (entry, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        entries.push(entry);
        bytes = rest;
    }
    bytes.is_empty().then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(kind: Kind, number: u64, width: u16) -> Tile {
        Tile {
            kind,
            number,
            width,
        }
    }

    #[test]
    fn paths_are_those_of_the_specification() {
        for (path, tile) in [
            (
                "tile/0/x001/x234/067",
                tile(Kind::Hashes(0), 1_234_067, 256),
            ),
            ("tile/1/000.p/17", tile(Kind::Hashes(1), 0, 17)),
            ("tile/entries/x001/000", tile(Kind::Entries, 1000, 256)),
            ("tile/entries/999.p/1", tile(Kind::Entries, 999, 1)),
        ] {
            assert_eq!(tile.to_string(), path);
            assert_eq!(path.parse(), Ok(tile));
        }
    }

    #[test]
    fn every_other_spelling_is_refused() {
        for path in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "tile/0/1",
            "tile/0/0001",
            "tile/00/001",
            "tile/7/001",
            "tile/64/001",
            "tile/-1/001",
            "tile/0/x000/001",
            "tile/0/001/001",
            "tile/0/x001",
            "tile/0/001.p/0",
            "tile/0/001.p/256",
            "tile/0/001.p/01",
            "tile/0/001.p/",
            "tile/0/001.p/1/2",
            "tile/0/xx01",
            "tile/data/001",
            "tile/0/+01",
            "/tile/0/001",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
            "tile/0/00\u{661}",
        ] {
            assert_eq!(path.parse::<Tile>(), Err(InvalidTile), "{path}");
        }
    }

    #[test]
    fn a_tree_of_70_000_has_the_tiles_of_the_specification() {
        let added: Vec<Tile> = Tile::added(0, 70_000).collect();
        let of = |kind| {
            added
                .iter()
                .filter(move |tile| tile.kind == kind)
                .copied()
                .collect::<Vec<_>>()
        };
        let leaves = of(Kind::Hashes(0));
        assert_eq!(leaves.len(), 274);
        assert_eq!(leaves[273], tile(Kind::Hashes(0), 273, 112));
        assert_eq!(
            of(Kind::Hashes(1)),
            [tile(Kind::Hashes(1), 0, 256), tile(Kind::Hashes(1), 1, 17)]
        );
        assert_eq!(of(Kind::Hashes(2)), [tile(Kind::Hashes(2), 0, 1)]);
        assert_eq!(of(Kind::Entries).len(), 274);
        assert_eq!(added.len(), 274 + 2 + 1 + 274);
    }

    #[test]
    fn only_what_has_changed_is_added() {
        let added = |old, size| {
            Tile::added(old, size)
                .map(|tile| tile.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(added(5, 5), [""; 0]);
        assert_eq!(added(5, 6), ["tile/0/000.p/6", "tile/entries/000.p/6"]);
        assert_eq!(
            added(255, 257),
            [
                "tile/0/000",
                "tile/0/001.p/1",
                "tile/1/000.p/1",
                "tile/entries/000",
                "tile/entries/001.p/1"
            ]
        );
        assert_eq!(added(256, 257), ["tile/0/001.p/1", "tile/entries/001.p/1"]);
    }

    #[test]
    fn hashes_and_entries_read_back_and_nothing_else_does() {
        let hashes = [Sha256Digest::of(b"a"), Sha256Digest::of(b"b")];
        let bytes = write_hashes(&hashes);
        assert_eq!(read_hashes(&bytes, 2), Some(hashes.to_vec()));
        assert_eq!(read_hashes(&bytes, 1), None);
        assert_eq!(read_hashes(&bytes[1..], 2), None);

        let entries = [&b"one"[..], b"", b"three"];
        let bytes = write_entries(entries);
        assert_eq!(bytes, b"\0\x03one\0\0\0\x05three");
        assert_eq!(read_entries(&bytes, 3), Some(entries.to_vec()));
        assert_eq!(read_entries(&bytes, 2), None);
        assert_eq!(read_entries(&bytes, 4), None);
        assert_eq!(read_entries(&bytes[..10], 3), None);
    }
}
