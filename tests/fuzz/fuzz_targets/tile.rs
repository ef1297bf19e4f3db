//! The path of a tile, and what is in one.

#![no_main]

use kelisim_shared::log::{
    Entry,
    tile::{self, Tile},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(path) = str::from_utf8(bytes)
        && let Ok(tile) = path.parse::<Tile>()
    {
        assert_eq!(tile.to_string(), path);
    }
    let Some((width, rest)) = bytes.split_first() else {
        return;
    };
    let width = u16::from(*width) + 1;
    if let Some(entries) = tile::read_entries(rest, width) {
        assert_eq!(tile::write_entries(entries.iter().copied()), rest);
        for entry in entries {
            if let Some(parsed) = Entry::parse(entry) {
                assert_eq!(parsed.to_bytes().as_deref(), Ok(entry));
            }
        }
    }
    if let Some(hashes) = tile::read_hashes(rest, width) {
        assert_eq!(tile::write_hashes(&hashes), rest);
    }
});
