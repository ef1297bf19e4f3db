//! What a file holds of an edition.

use std::path::Path;

use anyhow::{Context, Result};
use kelisim_shared::{
    digest::Sha256Digest,
    edition::{Draft, Edition, EditionDocument},
    language::Language,
    policy::Policy,
};
use serde_json::{Value, json};

use crate::files;

/// The texts in a file, and the edition if it is one.
pub(super) struct Source {
    pub(super) edition: Option<Edition>,
    pub(super) texts: Vec<SourceText>,
}

/// A text.
pub(super) struct SourceText {
    /// None where the file is nothing but the text.
    pub(super) language: Option<Language>,
    pub(super) body: String,
    pub(super) policy: Policy,
}

impl Source {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = files::read_text(path)?;
        Self::parse(&text).with_context(|| format!("{} is no edition", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        if !text.trim_start().starts_with('{') {
            let texts = vec![SourceText::parse(None, text.to_owned())?];
            return Ok(Self {
                edition: None,
                texts,
            });
        }
        let json: Value = serde_json::from_str(text)?;
        if json.get("manifest").is_none() {
            let draft: Draft = serde_json::from_str(text)?;
            let texts = draft
                .texts
                .into_iter()
                .map(|text| SourceText::parse(Some(text.language), text.body));
            let texts = texts.collect::<Result<_>>()?;
            return Ok(Self {
                edition: None,
                texts,
            });
        }
        let document: EditionDocument = serde_json::from_str(text)?;
        let edition = Edition::from_document(document)?;
        let document = edition.document();
        let texts = document.manifest.texts.iter().zip(&document.texts);
        let texts = texts.map(|(text, body)| SourceText::parse(Some(text.language), body.clone()));
        Ok(Self {
            texts: texts.collect::<Result<_>>()?,
            edition: Some(edition),
        })
    }

    /// Ids and hashes as JSON.
    pub(super) fn hashes(&self) -> Value {
        let texts = self.texts.iter().map(|text| {
            let digest = Sha256Digest::of(text.body.as_bytes());
            json!({ "language": text.language, "sha256": digest, "bytes": text.body.len() })
        });
        json!({
            "id": self.edition.as_ref().map(Edition::id),
            "texts": texts.collect::<Vec<_>>(),
        })
    }
}

impl SourceText {
    fn parse(language: Option<Language>, body: String) -> Result<Self> {
        let policy = Policy::parse(&body)?;
        Ok(Self {
            language,
            body,
            policy,
        })
    }
}
