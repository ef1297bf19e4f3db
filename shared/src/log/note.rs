//! Signed notes: C2SP signed-note, with the two Ed25519 signature types that logs use.
//!
//! ```text
//! the text, one or more lines
//! (an empty line)
//! — consent.example/log cV2IXz…     the key's name; base64 of its id in four bytes, and of the signature
//! ```

use std::{fmt, str::FromStr};

use base64ct::{Base64, Encoding};
use thiserror::Error;

use crate::{
    digest::Sha256Digest,
    jwk::PublicKey,
    jws::{Algorithm, CryptoUnavailable, SignatureVerifier},
};

/// A note, whose signatures nobody has checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// A signature line of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    name: Name,
    id: KeyId,
    /// What the id's key has made; how it is to be read depends on the key's [`Kind`].
    bytes: Vec<u8>,
}

/// The first four bytes of the hash of a key and its name.
type KeyId = [u8; 4];

impl Note {
    /// A note of that text, which ends with a line feed and holds no other control character.
    #[must_use]
    pub fn new(text: String, signatures: Vec<Signature>) -> Self {
        debug_assert!(is_text(&text) && text.ends_with('\n'));
        Self { text, signatures }
    }

    /// Reads a note with 1 to 16 signatures, of at most 64 KiB.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_BYTES || !is_text(note) {
            return Err(NoteError::Malformed);
        }
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let signatures = signatures(lines)?;
        if signatures.is_empty() {
            return Err(NoteError::Malformed);
        }
        Ok(Self {
            text: [text, "\n"].concat(),
            signatures,
        })
    }

    /// The text, its last line feed included. Unless a signature has been verified, anybody may have written it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Adds signatures by keys that have not signed it yet.
    pub fn add(&mut self, signatures: impl IntoIterator<Item = Signature>) {
        for signature in signatures {
            let is_known =
                |known: &Signature| known.name == signature.name && known.id == signature.id;
            if !self.signatures.iter().any(is_known) {
                self.signatures.push(signature);
            }
        }
    }

    /// Whether that key has signed the note: nothing if it has not, and of a witness's the time that its signature tells, in
    /// seconds since 1970.
    ///
    /// # Errors
    /// [`NoteError::Signature`]: a signature says that it is the key's and is not. [`NoteError::Unavailable`].
    pub async fn verify(
        &self,
        key: &VerifierKey,
        verifier: &impl SignatureVerifier,
    ) -> Result<Option<Signed>, NoteError> {
        let is_by_key =
            |signature: &&Signature| signature.name == key.name && signature.id == key.id();
        let Some(signature) = self.signatures.iter().find(is_by_key) else {
            return Ok(None);
        };
        let (message, bytes, signed) = match key.kind {
            Kind::Log => (
                self.text.clone(),
                signature.bytes.as_slice(),
                Signed::Plainly,
            ),
            Kind::Witness => {
                let (time, bytes) = signature
                    .bytes
                    .split_first_chunk()
                    .ok_or(NoteError::Signature)?;
                let time = u64::from_be_bytes(*time);
                (cosigned(&self.text, time), bytes, Signed::At(time))
            }
        };
        let public_key = PublicKey::Ed25519(key.public_key);
        let is_valid = verifier
            .verify(Algorithm::EdDsa, &public_key, message.as_bytes(), bytes)
            .await?;
        if is_valid {
            Ok(Some(signed))
        } else {
            Err(NoteError::Signature)
        }
    }
}

/// How a key has signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// The text.
    Plainly,
    /// The text and the time, in seconds since 1970.
    At(u64),
}

/// What a witness signs (C2SP tlog-cosignature): the text of a checkpoint, and when it saw it, in seconds since 1970.
#[must_use]
pub fn cosigned(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// Reads signature lines.
///
/// # Errors
/// [`NoteError::Malformed`].
pub fn signatures(lines: &str) -> Result<Vec<Signature>, NoteError> {
    let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?;
    let signatures: Vec<Signature> = lines
        .split('\n')
        .map(|line| Signature::parse(line).ok_or(NoteError::Malformed))
        .collect::<Result<_, _>>()?;
    if signatures.len() > MAX_SIGNATURES {
        return Err(NoteError::Malformed);
    }
    Ok(signatures)
}

impl Signature {
    /// The signature of a note's text that a key has made.
    #[must_use]
    pub fn new(key: &VerifierKey, bytes: &[u8]) -> Self {
        Self {
            name: key.name.clone(),
            id: key.id(),
            bytes: bytes.to_vec(),
        }
    }

    /// Whether it says that it is that key's.
    #[must_use]
    pub fn is_by(&self, key: &VerifierKey) -> bool {
        self.name == key.name && self.id == key.id()
    }

    fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
        let decoded = Base64::decode_vec(signature).ok()?;
        let (id, bytes) = decoded.split_first_chunk()?;
        (!bytes.is_empty()).then_some(Self {
            name: name.parse().ok()?,
            id: *id,
            bytes: bytes.to_vec(),
        })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signature = Base64::encode_string(&[self.id.as_slice(), &self.bytes].concat());
        writeln!(f, "— {} {signature}", self.name)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|signature| signature.fmt(f))
    }
}

/// The name of a key: what a checkpoint's origin is to its log. 1 to 200 bytes, no white space, no `+`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = NoteError;

    fn from_str(name: &str) -> Result<Self, NoteError> {
        let fits = (1..=200).contains(&name.len());
        if fits && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+') {
            Ok(Self(name.to_owned()))
        } else {
            Err(NoteError::Malformed)
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Notes (signature type `0x01`).
    Log,
    /// Checkpoints of logs, with the time (signature type `0x04`).
    Witness,
}

/// A public Ed25519 key with its name. As text: `<name>+<id in hexadecimal>+<base64 of signature type and key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    /// Its name.
    pub name: Name,
    /// What it signs.
    pub kind: Kind,
    /// The key (RFC 8032, section 5.1.5).
    pub public_key: [u8; 32],
}

impl VerifierKey {
    /// The first four bytes of `SHA-256(name ‖ line feed ‖ signature type ‖ key)`.
    fn id(&self) -> KeyId {
        let bytes = [self.name.0.as_bytes(), b"\n", &self.typed_key()].concat();
        let [a, b, c, d, ..] = *Sha256Digest::of(&bytes).as_bytes();
        [a, b, c, d]
    }

    fn typed_key(&self) -> [u8; 33] {
        let mut bytes = [0; 33];
        bytes[0] = match self.kind {
            Kind::Log => 1,
            Kind::Witness => 4,
        };
        bytes[1..].copy_from_slice(&self.public_key);
        bytes
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(self.id());
        let key = Base64::encode_string(&self.typed_key());
        write!(f, "{}+{id:08x}+{key}", self.name)
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let read = || {
            // The key may contain `+`, the name may not.
            let (name, rest) = text.split_once('+')?;
            let (_, key) = rest.split_once('+')?;
            let (kind, public_key) = Base64::decode_vec(key)
                .ok()?
                .split_first()
                .map(|(kind, key)| (*kind, key.to_vec()))?;
            let key = Self {
                name: name.parse().ok()?,
                kind: match kind {
                    1 => Kind::Log,
                    4 => Kind::Witness,
                    _ => return None,
                },
                public_key: public_key.try_into().ok()?,
            };
            (key.to_string() == text).then_some(key)
        };
        read().ok_or(NoteError::Malformed)
    }
}

/// Why a note is not what it seems to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoteError {
    /// Not of the documented form.
    #[error("not a signed note, or a key, of the form of C2SP signed-note")]
    Malformed,
    /// A signature is wrong.
    #[error("a signature of the note is not by the key that it names")]
    Signature,
    /// Nobody could check a signature.
    #[error(transparent)]
    Unavailable(#[from] CryptoUnavailable),
}

/// Whether there is no control character in a text but line feeds.
fn is_text(text: &str) -> bool {
    text.bytes().all(|byte| byte >= b' ' || byte == b'\n')
}

const MAX_BYTES: usize = 65_536;

/// As many as every verifier takes (C2SP signed-note, "Format").
const MAX_SIGNATURES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of C2SP signed-note.
    const NOTE: &str = "Ognuno sta solo sul cuor della terra\n\
        trafitto da un raggio di sole:\n\ned è subito sera.\n\n\
        — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

    #[test]
    fn reads_and_writes_the_example_of_the_specification() {
        let note = Note::parse(NOTE).unwrap();
        assert_eq!(note.to_string(), NOTE);
        assert!(note.text().ends_with(":\n\ned è subito sera.\n"));
    }

    #[test]
    fn refuses_what_is_no_note() {
        for (from, to) in [
            ("sera.\n\n", "sera.\n"),
            ("— quasi", "- quasi"),
            ("— quasi", "—  quasi"),
            ("salvatore ", "salvatore+1 "),
            ("tIc=\n", "tIc="),
            ("tIc=\n", "tIc=\n\n"),
            ("tIc=", "tId="),
            ("NnugSzTjtV", "N"),
            ("Ognuno", "Ognuno\t"),
            ("Ognuno", "Ognuno\r"),
        ] {
            let changed = NOTE.replace(from, to);
            assert_ne!(changed, NOTE);
            assert_eq!(Note::parse(&changed), Err(NoteError::Malformed), "{to:?}");
        }
        assert!(Note::parse("").is_err());
        assert!(Note::parse("a\n\n").is_err());
        let (text, line) = NOTE.rsplit_once("\n\n").unwrap();
        assert!(Note::parse(&[text, "\n\n", &line.repeat(16)].concat()).is_ok());
        assert!(Note::parse(&[text, "\n\n", &line.repeat(17)].concat()).is_err());
    }

    /// The key of Go's checksum database, as the `go` command has it.
    #[test]
    fn reads_and_writes_keys() {
        let text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
        let key: VerifierKey = text.parse().unwrap();
        assert_eq!(key.kind, Kind::Log);
        assert_eq!(key.to_string(), text);
        for changed in [
            text.replace("033de0ae", "033de0af"),
            text.replace("sum", "sun"),
            text.replace("+033de0ae+", "+"),
            text.replace("Ac4z", "Bc4z"),
            text.replace("Ac4zctda", ""),
            String::new(),
        ] {
            assert!(changed.parse::<VerifierKey>().is_err(), "{changed}");
        }
    }
}
