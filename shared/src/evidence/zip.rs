//! Archives that every unzip program opens, and that are written in one way only.
//!
//! A ZIP archive may say the same thing in many ways, and two programs may read different files out of one archive. So this
//! is as little of the format as there is (PKWARE APPNOTE 6.3.10): files are stored, in the order of their names, without
//! dates, comments or extra fields.
//!
//! ```text
//! for each file    local header (4.3.7), content
//! for each file    central header (4.3.12)
//! once             end of central directory (4.3.16)
//! ```
//!
//! [`read`] takes an archive only if [`write()`] would make the same bytes of the same files. So there is nothing in an
//! archive but its files: whatever byte is changed, it is found.

use std::collections::BTreeMap;

use thiserror::Error;

/// Files by their paths.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Writes an archive.
///
/// # Errors
/// [`NotAnArchive`]: too many files, too many bytes, or a path that no archive has.
pub fn write(files: &Files) -> Result<Vec<u8>, NotAnArchive> {
    let names: usize = files.keys().map(String::len).sum();
    let contents: usize = files.values().map(Vec::len).sum();
    let headers = files.len() * (LOCAL_BYTES + CENTRAL_BYTES) + END_BYTES;
    let size = headers + 2 * names + contents;
    if files.len() > MAX_FILES || size > MAX_BYTES || !files.keys().all(|path| is_path(path)) {
        return Err(NotAnArchive);
    }
    let mut archive = Vec::with_capacity(size);
    let mut directory = Vec::with_capacity(size - contents);
    for (path, content) in files {
        let offset = number(archive.len());
        let entry = entry(path, content);
        archive.extend(LOCAL_SIGNATURE);
        archive.extend(&entry);
        archive.extend(path.as_bytes());
        archive.extend(content);

        directory.extend(CENTRAL_SIGNATURE);
        directory.extend(VERSION); // made by: MS-DOS, whose attributes are none
        directory.extend(&entry);
        directory.extend([0; 10]); // comment, disk, attributes
        directory.extend(offset);
        directory.extend(path.as_bytes());
    }
    let (start, length) = (number(archive.len()), number(directory.len()));
    let count = u16::try_from(files.len()).expect("at most `MAX_FILES`");
    archive.extend(directory);
    archive.extend(END_SIGNATURE);
    archive.extend([0; 4]); // this is the only disk
    archive.extend(count.to_le_bytes());
    archive.extend(count.to_le_bytes());
    archive.extend(length);
    archive.extend(start);
    archive.extend([0; 2]); // no comment
    Ok(archive)
}

/// Reads an archive.
///
/// # Errors
/// [`NotAnArchive`]: it is not what [`write()`] makes.
pub fn read(archive: &[u8]) -> Result<Files, NotAnArchive> {
    if archive.len() > MAX_BYTES {
        return Err(NotAnArchive);
    }
    let mut files = Files::new();
    let mut rest = archive;
    while let Some(entry) = rest.strip_prefix(&LOCAL_SIGNATURE) {
        let (path, content, after) = file(entry).ok_or(NotAnArchive)?;
        if files.len() == MAX_FILES || files.insert(path, content).is_some() {
            return Err(NotAnArchive);
        }
        rest = after;
    }
    if write(&files)? == archive {
        Ok(files)
    } else {
        Err(NotAnArchive)
    }
}

/// Whether bytes begin or end as those of an archive, so that they are meant to be one.
#[must_use]
pub(super) fn is_meant(bytes: &[u8]) -> bool {
    let end = bytes.len().checked_sub(END_BYTES);
    let end = end.and_then(|start| bytes.get(start..));
    bytes.starts_with(&LOCAL_SIGNATURE) || end.is_some_and(|end| end.starts_with(&END_SIGNATURE))
}

/// The bytes are not an archive as it is written here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "not an archive as Kelisim writes it, of at most 20,000 files and 64 MiB: it was changed, or packed by another program"
)]
pub struct NotAnArchive;

/// The most files in an archive; the format itself allows 65,535.
const MAX_FILES: usize = 20_000;

/// The longest archive, in bytes: 64 MiB.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The longest path, in bytes.
const MAX_PATH_BYTES: usize = 200;

const LOCAL_SIGNATURE: [u8; 4] = *b"PK\x03\x04";
const CENTRAL_SIGNATURE: [u8; 4] = *b"PK\x01\x02";
const END_SIGNATURE: [u8; 4] = *b"PK\x05\x06";

/// How long the headers are, without names.
const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;

/// The oldest version of the format, 1.0 (4.4.3): it has all that this needs.
const VERSION: [u8; 2] = [10, 0];

/// What local and central header have in common, in the one way that it is written.
fn entry(path: &str, content: &[u8]) -> [u8; 26] {
    let length = number(content.len());
    let name = u16::try_from(path.len()).expect("`is_path` has bounded it");
    let mut entry = [0; 26];
    entry[..2].copy_from_slice(&VERSION);
    entry[2..4].copy_from_slice(&[0, 8]); // bit 11: names are UTF-8 (4.4.4)
    entry[4..6].copy_from_slice(&[0, 0]); // stored (4.4.5)
    entry[6..10].copy_from_slice(&[0, 0, 0x21, 0]); // 1980-01-01, 00:00, the first that there is (4.4.6)
    entry[10..14].copy_from_slice(&crc32(content).to_le_bytes());
    entry[14..18].copy_from_slice(&length);
    entry[18..22].copy_from_slice(&length);
    entry[22..24].copy_from_slice(&name.to_le_bytes());
    entry // the last two bytes: no extra field
}

/// Path and content of a file, and what comes after it. What else the header says is not looked at: [`read`] holds it against
/// what is written.
fn file(entry: &[u8]) -> Option<(String, Vec<u8>, &[u8])> {
    let (header, rest) = entry.split_first_chunk::<26>()?;
    let length = u32::from_le_bytes([header[14], header[15], header[16], header[17]]);
    let name = u16::from_le_bytes([header[22], header[23]]);
    let (path, rest) = rest.split_at_checked(name.into())?;
    let (content, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    let path = str::from_utf8(path).ok()?.to_owned();
    Some((path, content.to_vec(), rest))
}

/// Whether an archive has such a path: one or more parts of letters, digits, `-`, `_` and `.` with slashes between, none of
/// which begins with a full stop. So no path leads out of the folder that an archive is unpacked in.
fn is_path(path: &str) -> bool {
    let is_part = |part: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        !part.is_empty() && !part.starts_with('.') && part.bytes().all(fits)
    };
    path.len() <= MAX_PATH_BYTES && path.split('/').all(is_part)
}

/// A size or an offset.
fn number(bytes: usize) -> [u8; 4] {
    let bytes = u32::try_from(bytes).expect("nothing is longer than `MAX_BYTES`");
    bytes.to_le_bytes()
}

/// CRC-32 (4.4.7; ITU-T V.42, section 8.1.1.6.2).
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        let [low, ..] = (crc ^ u32::from(*byte)).to_le_bytes();
        TABLE[usize::from(low)] ^ crc >> 8
    };
    !bytes.iter().fold(!0, step)
}

/// What each byte adds to a CRC-32.
static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte: u32 = 0;
    while byte < 256 {
        let mut crc = byte;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[byte as usize] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        [
            ("a.txt", &b"one"[..]),
            ("folder/b.json", b""),
            ("folder/c", b"PK\x03\x04 within a file is nothing special"),
        ]
        .map(|(path, content)| (path.to_owned(), content.to_vec()))
        .into()
    }

    #[test]
    fn files_read_back() {
        let archive = write(&files()).unwrap();
        assert_eq!(read(&archive), Ok(files()));
        assert!(is_meant(&archive));
        let empty = write(&Files::new()).unwrap();
        assert_eq!(empty.len(), END_BYTES);
        assert_eq!(read(&empty), Ok(Files::new()));
    }

    #[test]
    fn no_bit_can_be_changed_and_no_byte_added_or_dropped() {
        let archive = write(&files()).unwrap();
        for place in 0..archive.len() {
            for bit in 0..8 {
                let mut changed = archive.clone();
                changed[place] ^= 1 << bit;
                assert_eq!(
                    read(&changed),
                    Err(NotAnArchive),
                    "bit {bit} of byte {place}"
                );
                assert!(is_meant(&changed));
            }
            let mut changed = archive.clone();
            changed.remove(place);
            assert_eq!(read(&changed), Err(NotAnArchive), "without byte {place}");
            assert_eq!(read(&archive[..place]), Err(NotAnArchive));
        }
        assert_eq!(read(&[&archive[..], b"\0"].concat()), Err(NotAnArchive));
    }

    #[test]
    fn a_path_stays_within_its_folder() {
        for path in [
            "/a", "../a", "a/../b", "a//b", "a/", "", ".a", "a b", "a\\b", "ә", "C:a",
        ] {
            let files = Files::from([(path.to_owned(), Vec::new())]);
            assert_eq!(write(&files), Err(NotAnArchive), "{path}");
        }
        let long = Files::from([("a".repeat(201), Vec::new())]);
        assert_eq!(write(&long), Err(NotAnArchive));
    }

    /// The check value of CRC-32 in the catalogue of parametrised CRC algorithms.
    #[test]
    fn the_checksum_is_crc_32() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
