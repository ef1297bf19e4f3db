//! What the edge has rendered, and what of it is on the screen.

use std::rc::Rc;

use kelisim_shared::{edition::EditionId, language::Language, statement::Shown};

use super::{Access, Standing};
use crate::i18n::Messages;

/// A notice that the edge has rendered, by what stands in its attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The edition.
    pub edition: EditionId,
    /// The text in it, and the language of the interface.
    pub shown: Shown,
    /// Whom it was rendered for: the name of an [`Ask`](super::Ask).
    pub standing: String,
    /// The sentences of the live part, in the language of the interface.
    pub messages: Rc<Messages>,
}

/// What the edge is asked to render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The edition.
    pub edition: EditionId,
    /// The language of the interface.
    pub language: Language,
    /// Whom for: the name of an [`Ask`](super::Ask).
    pub standing: &'static str,
    /// The edition accepted last, with which it is compared.
    pub since: Option<EditionId>,
}

impl Request {
    /// What a subject who stands so is to be shown; `None` where that is nothing.
    #[must_use]
    pub fn of(access: &Access, language: Language) -> Option<Self> {
        let Standing::Asked(ask) = access.standing else {
            return None;
        };
        Some(Self {
            edition: access.edition,
            language,
            standing: ask.name(),
            since: access.accepted,
        })
    }

    /// Whether that is on the screen already.
    #[must_use]
    pub fn is_met_by(&self, content: &Content) -> bool {
        content.edition == self.edition
            && content.standing == self.standing
            && content.shown.interface_language == self.language
    }
}
