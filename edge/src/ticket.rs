//! Tickets: what the form `/consent` carries from the edge to the edge, by way of a browser.
//!
//! ```text
//! BASE64URL(payload) "." BASE64URL(HMAC-SHA256(NONCE_KEY, "kelisim-ticket/v1" ‖ payload))
//! ```
//!
//! The payload is canonical JSON of [`Ticket`]. A ticket is given to nobody but the subject, in a page that no other site
//! can read or frame; it is not a cookie, so no other site can have the browser send it. It is good for an hour and leads
//! to one record, however often the form is sent.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, Mac};
use kelisim_shared::{
    canonical, digest::Sha256Digest, edition::EditionId, record::SubjectId, statement::Shown,
    text::Line, time::Timestamp,
};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::config::SecretBytes;

/// What the form is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ticket {
    /// Whom it was made for.
    pub subject: SubjectId,
    /// The version of the user agreement.
    pub agreement: Line<64>,
    /// The edition that the page shows.
    pub edition: EditionId,
    /// How it shows it.
    pub shown: Shown,
    /// When the person was last known by a token: a ticket made for the holder of another keeps its time.
    pub issued_at: Timestamp,
}

/// Why a ticket is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidTicket {
    /// This edge did not make it.
    Forged,
    /// It is older than an hour.
    Expired,
}

impl Ticket {
    /// The ticket as the form carries it.
    #[must_use]
    pub fn seal(&self, key: &SecretBytes) -> String {
        let payload =
            canonical::encode(self).expect("a ticket has string keys only, and no floats");
        let tag = mac(key, &payload).finalize().into_bytes();
        let [payload, tag] = [&payload[..], &tag[..]].map(Base64UrlUnpadded::encode_string);
        format!("{payload}.{tag}")
    }

    /// Reads a ticket that comes back at `now`.
    ///
    /// # Errors
    /// [`InvalidTicket`].
    pub fn open(sealed: &str, key: &SecretBytes, now: Timestamp) -> Result<Self, InvalidTicket> {
        let (payload, tag) = sealed.split_once('.').ok_or(InvalidTicket::Forged)?;
        let decode = |part| Base64UrlUnpadded::decode_vec(part).map_err(|_| InvalidTicket::Forged);
        let [payload, tag] = [decode(payload)?, decode(tag)?];
        mac(key, &payload)
            .verify_slice(&tag)
            .map_err(|_| InvalidTicket::Forged)?;
        let ticket: Self = canonical::decode(&payload).map_err(|_| InvalidTicket::Forged)?;
        let age = now.unix_milliseconds() - ticket.issued_at.unix_milliseconds();
        if age <= LIFETIME_MILLISECONDS {
            Ok(ticket)
        } else {
            Err(InvalidTicket::Expired)
        }
    }

    /// By what a record names it.
    #[must_use]
    pub fn digest(&self) -> Sha256Digest {
        Sha256Digest::of(
            &canonical::encode(self).expect("a ticket has string keys only, and no floats"),
        )
    }
}

/// How long a form is good: an hour, time enough to read a policy.
const LIFETIME_MILLISECONDS: i64 = 3_600_000;

fn mac(key: &SecretBytes, payload: &[u8]) -> Hmac<Sha256> {
    key.mac("kelisim-ticket/v1").chain_update(payload)
}

#[cfg(test)]
mod tests {
    use kelisim_shared::language::Language;

    use super::*;

    #[test]
    fn comes_back_as_it_was_made_for_an_hour_and_with_no_character_changed() {
        let key = SecretBytes::from_bytes([1; 32]);
        let at = |milliseconds| Timestamp::from_unix_milliseconds(milliseconds).unwrap();
        let digest = |name: &[u8]| Sha256Digest::of(name);
        let ticket = Ticket {
            subject: SubjectId::new(digest(b"subject")),
            agreement: "2026-01".parse().unwrap(),
            edition: EditionId::new(digest(b"edition")),
            shown: Shown {
                language: Language::Ru,
                text_sha256: digest(b"text"),
                interface_language: Language::Kk,
            },
            issued_at: at(1_000),
        };
        let sealed = ticket.seal(&key);
        let open = |sealed: &str, now| Ticket::open(sealed, &key, at(now));
        assert_eq!(open(&sealed, 3_601_000), Ok(ticket));
        assert_eq!(open(&sealed, 3_601_001), Err(InvalidTicket::Expired));
        let other = SecretBytes::from_bytes([2; 32]);
        let forged = Err(InvalidTicket::Forged);
        assert_eq!(Ticket::open(&sealed, &other, at(1_000)), forged);
        for position in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[position] = if changed[position] == b'A' {
                b'B'
            } else {
                b'A'
            };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(open(&changed, 1_000), forged, "{position}");
        }
        for malformed in ["", ".", "a", &format!("{sealed}.")] {
            assert_eq!(open(malformed, 1_000), forged, "{malformed}");
        }
    }
}
