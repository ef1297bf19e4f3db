//! The log, read whole and hashed again.

use std::{io::IsTerminal, panic::resume_unwind, thread};

use anyhow::{Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use kelisim_shared::{
    edition::Manifest,
    evidence::{Check, Logged, Report, Verdict},
    log::{
        Entry,
        checkpoint::Checkpoint,
        merkle::{self, Tiles, Tree},
        tile::{self, Kind, Tile, WIDTH},
    },
};

use super::site::{Answer, Site};

/// The entries of a log: what they hash to, and what is in them.
pub(super) struct Entries {
    tree: Tree,
    /// The editions, and their places.
    pub(super) editions: Vec<(u64, Manifest)>,
    /// How many commitments there are.
    pub(super) commitments: u64,
}

impl Entries {
    /// Reads everything that a checkpoint is of, and checks it; nothing where something is wrong, which the report tells then.
    pub(super) fn read(
        site: &Site,
        checkpoint: &Checkpoint,
        report: &mut Report,
    ) -> Result<Option<Self>> {
        let count = checkpoint.size;
        ensure!(
            count <= MOST_ENTRIES,
            "the log has {count} entries, and this program takes {MOST_ENTRIES}"
        );
        let mut reader = Reader {
            site,
            size: count,
            entries: Self {
                tree: Tree::default(),
                editions: Vec::new(),
                commitments: 0,
            },
            progress: progress(count),
        };
        let read = reader.read();
        reader.progress.finish_and_clear();
        match read {
            Ok(()) => {}
            Err(Stop::Refuted(check, about, reason)) => {
                report.refute(check, about, &reason);
                return Ok(None);
            }
            Err(Stop::Failed(error)) => return Err(error),
        }
        let entries = reader.entries;
        report.add(Check::Tiles, "log", Verdict::Proven, "");
        let is_root = merkle::root(&entries.tree, count).is_ok_and(|root| root == checkpoint.root);
        let result = if is_root {
            Ok(format!("{count} entries"))
        } else {
            Err("they have another root than the log has signed".to_owned())
        };
        report.add_result(Check::Entries, "log", result);
        Ok(is_root.then_some(entries))
    }

    /// How many there are.
    pub(super) fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Whether this tree begins with that one.
    pub(super) fn follows(&self, before: &Checkpoint) -> Result<String, String> {
        let Checkpoint { size, root, .. } = before;
        if *size > self.size() {
            return Err(format!(
                "it had {size} entries at the last audit, and has {} now",
                self.size()
            ));
        }
        if merkle::root(&self.tree, *size).is_ok_and(|now| now == *root) {
            Ok(format!(
                "{size} entries at the last audit, {} now",
                self.size()
            ))
        } else {
            Err(format!(
                "its first {size} entries are others than at the last audit: there are two logs of one name"
            ))
        }
    }

    /// Whether this tree has what a proof says, and begins with the tree that it was proven by.
    pub(super) fn has(&self, logged: &Logged) -> Result<String, String> {
        let leaf = self.tree.hashes(0, logged.index, 1);
        if logged.size > self.size() {
            Err(format!(
                "the proof is by a log of {} entries, and it has {} now",
                logged.size,
                self.size()
            ))
        } else if leaf.is_ok_and(|leaf| leaf == [logged.leaf]) {
            if merkle::root(&self.tree, logged.size).is_ok_and(|root| root == logged.root) {
                Ok(format!("entry {}", logged.index))
            } else {
                Err("the proof is by another log of the same name".to_owned())
            }
        } else {
            Err(format!("entry {} of the log is another", logged.index))
        }
    }
}

/// Why a log is not read to its end.
enum Stop {
    /// A check fails: which one, of which file, and why.
    Refuted(Check, String, String),
    /// Something could not be fetched.
    Failed(anyhow::Error),
}

struct Reader<'a> {
    site: &'a Site,
    size: u64,
    entries: Entries,
    progress: ProgressBar,
}

/// A file of the log as it was fetched.
struct File {
    tile: Tile,
    bytes: Vec<u8>,
    /// The width of what was fetched, which may be more than the tile's.
    width: u16,
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), Stop> {
        let files = self.files(Kind::Entries).zip(self.files(Kind::Hashes(0)));
        let files: Vec<Tile> = files
            .flat_map(|(entries, hashes)| [entries, hashes])
            .collect();
        for files in files.chunks(AT_ONCE) {
            for file in self.fetch(files) {
                let file = file?;
                match file.tile.kind {
                    Kind::Entries => self.entries(&file)?,
                    Kind::Hashes(_) => self.hashes(&file)?,
                }
            }
            self.progress.set_position(self.entries.size());
        }
        for level in 1.. {
            let files: Vec<Tile> = self.files(Kind::Hashes(level)).collect();
            if files.is_empty() {
                break;
            }
            for files in files.chunks(AT_ONCE) {
                for file in self.fetch(files) {
                    self.hashes(&file?)?;
                }
            }
        }
        Ok(())
    }

    /// The files of a kind that the log has.
    fn files(&self, kind: Kind) -> impl Iterator<Item = Tile> + use<> {
        let size = self.size;
        (0..).map_while(move |number| Tile::in_tree(kind, number, size))
    }

    /// Reads a bundle of entries.
    fn entries(&mut self, file: &File) -> Result<(), Stop> {
        let tile = file.tile;
        let Some(entries) = tile::read_entries(&file.bytes, file.width) else {
            return Err(refuted(Check::Entries, &tile, "it is malformed"));
        };
        for (index, bytes) in (tile.first()..).zip(entries).take(tile.width.into()) {
            self.entries.tree.push(merkle::leaf_hash(bytes));
            match Entry::parse(bytes) {
                Some(Entry::Commitment(_)) => self.entries.commitments += 1,
                Some(Entry::Edition(manifest)) => self.entries.editions.push((index, *manifest)),
                None => {
                    let entry = format!("entry {index}");
                    let reason = "it is neither a commitment to a record nor an edition";
                    return Err(refuted(Check::Entries, &entry, reason));
                }
            }
        }
        Ok(())
    }

    /// Holds a tile against the hashes that were computed.
    fn hashes(&self, File { tile, bytes, width }: &File) -> Result<(), Stop> {
        let Kind::Hashes(level) = tile.kind else {
            return Ok(());
        };
        let computed = self
            .entries
            .tree
            .hashes(level, tile.first(), tile.width.into());
        let served = tile::read_hashes(bytes, *width);
        let is_same = match (served, computed) {
            (Some(served), Ok(computed)) => served.starts_with(&computed),
            _ => false,
        };
        if is_same {
            Ok(())
        } else {
            let reason = "its hashes are not those of the entries";
            Err(refuted(Check::Tiles, tile, reason))
        }
    }

    /// Fetches files at once: most of the time of an audit is waiting.
    fn fetch(&self, tiles: &[Tile]) -> Vec<Result<File, Stop>> {
        thread::scope(|scope| {
            let threads: Vec<_> = tiles
                .iter()
                .map(|&tile| scope.spawn(move || fetch(self.site, tile)))
                .collect();
            let join = |thread: thread::ScopedJoinHandle<'_, _>| {
                thread.join().unwrap_or_else(|panic| resume_unwind(panic))
            };
            threads.into_iter().map(join).collect()
        })
    }
}

/// Fetches a file of the log; in place of one that is not full, the full one, which may have taken its place since
/// (tlog-tiles, "Partial tiles").
fn fetch(site: &Site, tile: Tile) -> Result<File, Stop> {
    let limit = match tile.kind {
        Kind::Entries => MAX_BUNDLE_BYTES,
        Kind::Hashes(_) => MAX_TILE_BYTES,
    };
    let full = Tile {
        width: WIDTH,
        ..tile
    };
    let widths: &[Tile] = if tile.is_full() {
        &[full]
    } else {
        &[tile, full]
    };
    for Tile { width, .. } in widths {
        let path = format!(
            "/log/{}",
            Tile {
                width: *width,
                ..tile
            }
        );
        match site.get(&path, limit).map_err(Stop::Failed)? {
            Answer::Found(bytes) => {
                return Ok(File {
                    tile,
                    bytes,
                    width: *width,
                });
            }
            Answer::Missing => {}
            Answer::Contradiction(reason) => {
                return Err(refuted(Check::Checkpoint, "log", &reason));
            }
        }
    }
    let reason = "the log has signed a tree with it, and has not got it";
    Err(refuted(Check::Tiles, &tile, reason))
}

fn refuted(check: Check, about: &(impl ToString + ?Sized), reason: &str) -> Stop {
    Stop::Refuted(check, about.to_string(), reason.to_owned())
}

/// How many files are fetched at once. It is even, so that a bundle and its tile come together.
pub(super) const AT_ONCE: usize = 8;

/// A bar on a terminal, on standard error; nothing elsewhere, and nothing for what is done at once.
fn progress(size: u64) -> ProgressBar {
    if size <= u64::from(WIDTH) || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} entries, {eta} left");
    ProgressBar::new(size).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The most entries that an audit takes: 1.6 GB of hashes.
const MOST_ENTRIES: u64 = 50_000_000;

/// The longest bundle, in bytes: 256 entries of 65,535 bytes, and their lengths.
const MAX_BUNDLE_BYTES: u64 = 256 * (65_535 + 2);

/// The longest tile, in bytes: 256 hashes.
const MAX_TILE_BYTES: u64 = 256 * 32;
