//! One acceptance as a consent record in formats of others, for whoever reads those.
//!
//! | format | module | media type |
//! |---|---|---|
//! | `iso27560` | [`iso27560`] | `application/ld+json` |
//! | `kantara` | [`kantara`] | `application/json` |
//!
//! All that is in an export comes from the receipt, from the manifest of the edition that the receipt names, and from what the
//! operator says of itself ([`Imprint`]). Neither format is signed, and neither proves anything: the receipt does, and an
//! export leads to it.
//!
//! - Implied acceptance is not consent. Both formats are about consent; each module tells how an acceptance that is none is
//!   written there.
//! - A manifest lists purposes and data categories, but not which of them belong together. So both stand in one place, and no
//!   pairs are made up.
//! - It does not say where data is stored and for how long, who gets it, or which rights there are: the text of the policy
//!   does. Where a standard demands such a member, it leads to the edition's page, which never changes.
//! - The jurisdiction is Kazakhstan, by whose law deadlines and terms are computed here ([`crate::deadline`]).

mod imprint;
pub mod iso27560;
pub mod kantara;
#[cfg(test)]
mod tests;

use std::{fmt, str::FromStr};

use serde::Serialize;
use thiserror::Error;

use crate::{
    edition::{Edition, Manifest, Succession, TextManifest},
    receipt::Claims,
    record::{self, Acceptance, Event, Place, Source},
    statement::Control,
};

pub use imprint::{Email, Imprint, InvalidEmail, InvalidTelephone, Telephone};

/// A format to export to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A consent record of ISO/IEC TS 27560:2023 in JSON-LD, with terms of the Data Privacy Vocabulary.
    Iso27560,
    /// A consent receipt of the Kantara Initiative, version 1.1.0, in JSON.
    Kantara,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Iso27560, Self::Kantara];

    /// Its name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Iso27560 => "iso27560",
            Self::Kantara => "kantara",
        }
    }

    /// The media type, from the registry of IANA. There is none for Kantara's receipts in particular, and `application/json`
    /// has no parameter that could tell (RFC 8259, section 11).
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Iso27560 => "application/ld+json",
            Self::Kantara => "application/json",
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or(UnknownFormat)
    }
}

/// Not a format to export to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the format is one of iso27560, kantara")]
pub struct UnknownFormat;

/// An acceptance that can be exported: a receipt, and the edition that was accepted, which agree.
#[derive(Clone, Debug)]
pub struct Exportable<'a> {
    claims: &'a Claims,
    acceptance: &'a Acceptance,
    ground: Ground<'a>,
    manifest: &'a Manifest,
    /// The text that was shown, or the one that decides where no button was pressed.
    text: &'a TextManifest,
}

/// Why the edition counts as accepted, with what the manifest says to that.
#[derive(Clone, Debug)]
enum Ground<'a> {
    Explicit {
        control: Control,
    },
    Implied {
        place: &'a Place,
        succession: &'a Succession,
    },
}

impl<'a> Exportable<'a> {
    /// Holds the claims of a verified receipt against the edition that its record names.
    ///
    /// # Errors
    /// See [`NotExportable`].
    pub fn of(claims: &'a Claims, edition: &'a Edition) -> Result<Self, NotExportable> {
        let Event::Accepted(acceptance) = &claims.record.event else {
            return Err(NotExportable::NotAnAcceptance);
        };
        if acceptance.edition != edition.id() {
            return Err(NotExportable::OtherEdition);
        }
        let manifest = edition.manifest();
        let (ground, text) = match &acceptance.ground {
            record::Ground::Explicit { shown, control } => {
                let text = manifest
                    .text(shown.language)
                    .filter(|text| text.sha256 == shown.text_sha256);
                (
                    Ground::Explicit { control: *control },
                    text.ok_or(NotExportable::Contradiction)?,
                )
            }
            record::Ground::Implied { deadline, place } => {
                let succession = manifest
                    .change
                    .succession()
                    .filter(|succession| succession.deadline == *deadline)
                    .ok_or(NotExportable::Contradiction)?;
                let (text, _) = edition.text(manifest.authoritative);
                (Ground::Implied { place, succession }, text)
            }
        };
        Ok(Self {
            claims,
            acceptance,
            ground,
            manifest,
            text,
        })
    }

    /// The export, as JSON in UTF-8. What is configured besides has to be there for [`Format::Kantara`].
    ///
    /// # Errors
    /// See [`Incomplete`].
    pub fn export(&self, format: Format, imprint: Option<&Imprint>) -> Result<Vec<u8>, Incomplete> {
        Ok(match format {
            Format::Iso27560 => json(&iso27560::Record::of(self, imprint)),
            Format::Kantara => json(&kantara::ConsentReceipt::of(self, imprint)?),
        })
    }

    /// Where the edge that issued the receipt has it.
    fn receipt_address(&self) -> String {
        format!("{}/v1/receipts/{}", self.claims.iss, self.claims.jti)
    }

    /// Where that edge shows the edition, whatever is in force.
    fn edition_address(&self) -> String {
        edition_address(self.claims, &self.acceptance.edition)
    }

    /// Where that edge shows the edition before, if there is one.
    fn address_before(&self) -> Option<String> {
        let succession = self.manifest.change.succession()?;
        Some(edition_address(self.claims, &succession.supersedes))
    }

    /// What was done, and how the edge knows: a sentence.
    fn method(&self) -> String {
        let source = match &self.acceptance.source {
            Source::Device { .. } => "stated with a key of the device",
            Source::Session { .. } => "sent by the form of the edge, without a key of the device",
            Source::Service { .. } => "reported by the backend of the host",
        };
        match &self.ground {
            Ground::Explicit { control } => {
                format!("The button {} was pressed: {source}.", control.name())
            }
            Ground::Implied { place, .. } => {
                let place = match place {
                    Place::Web { origin } => origin,
                    Place::App { app } => app,
                };
                format!("Nothing was pressed. The app was used, at {place}: {source}.")
            }
        }
    }

    /// Why use counts by that edition (policy, clause 1.2): a sentence.
    fn reason(&self, succession: &Succession) -> String {
        let Succession {
            deadline,
            rule,
            calendar,
            ..
        } = succession;
        format!(
            "The user agreement {} counts use of the app at or after {} as acceptance of this change of the policy by who has \
             accepted an earlier edition. That deadline is by the rule {} and the calendar {calendar}.",
            self.acceptance.agreement,
            deadline.instant(),
            rule.name(),
        )
    }
}

/// Why an acceptance cannot be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotExportable {
    /// The caller's fault: the receipt is of another event, such as a withdrawal.
    #[error("the receipt is not of an acceptance")]
    NotAnAcceptance,
    /// Ours: this is not the edition that was accepted.
    #[error("the receipt names another edition")]
    OtherEdition,
    /// Ours: the edition has no such text, or not that deadline.
    #[error("the receipt contradicts the edition that it names")]
    Contradiction,
}

/// What has to be configured before there can be an export of that format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Incomplete {
    /// The [`Imprint`].
    #[error("the operator has no imprint")]
    Imprint,
    /// The operator's postal address. A receipt issued before it was configured has none either.
    #[error("the operator has no postal address")]
    Address,
}

fn edition_address(claims: &Claims, edition: &impl fmt::Display) -> String {
    format!("{}/privacy/editions/{edition}", claims.iss)
}

fn json(export: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(export).expect("exports have string keys only")
}
