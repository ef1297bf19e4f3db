//! What the pages say around a policy, in each language of the interface.

mod en;
mod kk;
mod ru;

use kelisim_shared::language::Language;
use maud::{Markup, Render, html};

/// The words of one language.
pub(super) struct Words {
    pub(super) languages: &'static str,
    pub(super) in_force: &'static str,
    pub(super) published: &'static str,
    pub(super) purposes: &'static str,
    pub(super) data_categories: &'static str,
    pub(super) edition: &'static str,
    pub(super) logged: Logged,
    pub(super) text_hash: &'static str,
    pub(super) authoritative: &'static str,
    pub(super) data: &'static str,
    pub(super) history: &'static str,
    /// By the text's language: that there is none in this one.
    pub(super) text_only_in: ByLanguage,
    pub(super) former: Former,
    pub(super) class: Class,
    pub(super) term: Term,
    pub(super) changes: Changes,
    pub(super) standing: Standing,
    pub(super) consent: Consent,
    pub(super) outcome: Outcome,
    pub(super) trouble: Trouble,
}

/// That an edition is in the log.
pub(super) struct Logged {
    pub(super) heading: &'static str,
    pub(super) meaning: &'static str,
    pub(super) log: &'static str,
    /// Before the entry's place and the size of the log.
    pub(super) place: &'static str,
    pub(super) proof: &'static str,
}

/// Of an edition that is not in force.
pub(super) struct Former {
    pub(super) is: &'static str,
    pub(super) to_current: &'static str,
}

/// How an edition relates to earlier ones.
pub(super) struct Class {
    pub(super) initial: &'static str,
    pub(super) material: &'static str,
    pub(super) editorial: &'static str,
}

/// From when going on to use the app counts as acceptance of an edition's changes, around that instant. Clause 1.2 is the
/// one ground for that, and it is never called consent.
pub(super) struct Term {
    pub(super) name: &'static str,
    pub(super) material: Around,
    pub(super) editorial: Around,
    pub(super) former: Around,
}

/// What differs between two editions.
pub(super) struct Changes {
    pub(super) since_superseded: &'static str,
    pub(super) compared_with: &'static str,
    pub(super) in_detail: &'static str,
    pub(super) text_is_new: &'static str,
    /// Around the authoritative language's name for itself.
    pub(super) authoritative_text: Around,
    pub(super) none: &'static str,
    /// Before the names of languages.
    pub(super) dropped: &'static str,
    pub(super) title: &'static str,
    pub(super) section: Around,
    pub(super) clause: Around,
    pub(super) added: &'static str,
    pub(super) removed: &'static str,
    pub(super) changed: &'static str,
    pub(super) renumbered: Around,
    pub(super) lines_added: &'static str,
    pub(super) lines_removed: &'static str,
    /// Around words, for who does not see how they are marked.
    pub(super) inserted_words: Around,
    pub(super) deleted_words: Around,
}

/// Where a person stands who has not accepted the edition in force.
pub(super) struct Standing {
    pub(super) pending: &'static str,
    pub(super) pending_until: Around,
    pub(super) withdrawn: Around,
    pub(super) terminated: Around,
    pub(super) button_only: &'static str,
}

/// The form of consent.
pub(super) struct Consent {
    pub(super) whole_text: &'static str,
    pub(super) recorded: &'static str,
    pub(super) not_recorded: &'static str,
    pub(super) accept: &'static str,
}

/// What is on record.
pub(super) struct Outcome {
    pub(super) explicit: &'static str,
    pub(super) explicit_lead: &'static str,
    pub(super) implied: &'static str,
    pub(super) implied_lead: &'static str,
    pub(super) wording_only: &'static str,
    pub(super) not_accepted: &'static str,
    pub(super) erased: &'static str,
    pub(super) erased_lead: Around,
    pub(super) ground: &'static str,
    pub(super) by_button: &'static str,
    pub(super) by_use: &'static str,
    pub(super) recorded_at: &'static str,
    pub(super) record: &'static str,
    pub(super) receipt: &'static str,
    pub(super) receipt_lead: &'static str,
    pub(super) keys: &'static str,
}

/// Why the form could not be opened or taken.
pub(super) struct Trouble {
    pub(super) title: &'static str,
    pub(super) form: &'static str,
    pub(super) erased: &'static str,
    pub(super) later: &'static str,
    pub(super) reopen: &'static str,
    pub(super) nothing_recorded: &'static str,
    pub(super) policy: &'static str,
}

/// A text with a gap: what stands before it and after it.
pub(super) struct Around(&'static str, &'static str);

/// A text for each language, in the order kk, ru, en.
pub(super) struct ByLanguage([&'static str; 3]);

/// The words of `language`.
pub(super) const fn of(language: Language) -> &'static Words {
    match language {
        Language::Kk => &kk::WORDS,
        Language::Ru => &ru::WORDS,
        Language::En => &en::WORDS,
    }
}

impl Around {
    /// The text with its gap filled.
    pub(super) fn with(&self, inner: &impl Render) -> Markup {
        html! { (self.0) (inner) (self.1) }
    }

    /// What stands before the gap.
    pub(super) const fn before(&self) -> &'static str {
        self.0
    }

    /// What stands after the gap.
    pub(super) const fn after(&self) -> &'static str {
        self.1
    }
}

impl ByLanguage {
    /// The text for `language`.
    pub(super) const fn of(&self, language: Language) -> &'static str {
        let [kk, ru, en] = self.0;
        match language {
            Language::Kk => kk,
            Language::Ru => ru,
            Language::En => en,
        }
    }
}
