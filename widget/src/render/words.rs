//! What stands around a policy's text in a notice, in every language: a sentence that is missing does not compile.

mod en;
mod kk;
mod ru;

use kelisim_shared::language::Language;

/// The sentences. A `{}` stands for what the field's documentation says.
pub(super) struct Words {
    /// What the person is asked for.
    pub(super) lead: &'static str,
    /// Before the operator's business identification number.
    pub(super) bin: &'static str,
    /// Before the moment at which it was published.
    pub(super) published_at: &'static str,
    /// Before the whole id.
    pub(super) edition_id: &'static str,
    /// Name of the group of languages.
    pub(super) interface_language: &'static str,
    /// There is no text in this language; `{}`: the language of the authoritative text.
    pub(super) no_text: &'static str,
    /// Heading of the purposes.
    pub(super) purposes: &'static str,
    /// Heading of the data categories.
    pub(super) data_categories: &'static str,
    /// Reference from a list to the clause that it is taken from; `{}`: the clause's number.
    pub(super) in_full: &'static str,
    /// Heading of the table of contents.
    pub(super) contents: &'static str,
    /// Why a person who has withdrawn is asked again.
    pub(super) withdrawn: &'static str,
    /// Why a person whose user agreement had ended is asked again.
    pub(super) terminated: &'static str,
    /// For a person who has accepted an earlier edition.
    pub(super) change: Change,
    /// For a person who looks up what they have accepted.
    pub(super) account: Account,
}

/// What is said of a change to a person who has accepted an earlier edition.
pub(super) struct Change {
    /// What the person is asked for.
    pub(super) lead: &'static str,
    /// Heading of what has changed, in the operator's words.
    pub(super) heading: &'static str,
    /// Heading of what differs from the edition that the person accepted.
    pub(super) since_accepted: &'static str,
    /// That edition had no text in this language.
    pub(super) text_is_new: &'static str,
    /// There is no difference.
    pub(super) none: &'static str,
    /// The title of the policy.
    pub(super) title: &'static str,
    /// A section; `{}`: its number.
    pub(super) section: &'static str,
    /// A clause; `{}`: its number.
    pub(super) clause: &'static str,
    /// It is new.
    pub(super) added: &'static str,
    /// It is gone.
    pub(super) removed: &'static str,
    /// It reads otherwise.
    pub(super) changed: &'static str,
    /// It has another number; `{}`: the former.
    pub(super) moved: &'static str,
    /// Before inserted words, for a screen reader; `]` follows them.
    pub(super) inserted: &'static str,
    /// Before deleted words.
    pub(super) deleted: &'static str,
}

/// What is said of a person's acceptances, and in an application to withdraw.
pub(super) struct Account {
    /// Heading.
    pub(super) title: &'static str,
    /// Nothing was accepted yet.
    pub(super) new: &'static str,
    /// An earlier edition is accepted; `{}`: the deadline of the one in force.
    pub(super) pending: &'static str,
    /// The edition in force is accepted.
    pub(super) settled: &'static str,
    /// What a withdrawal means; `{}`: from when it has effect.
    pub(super) withdrawn: &'static str,
    /// The user agreement has ended; `{}`: when the records are erased.
    pub(super) terminated: &'static str,
    /// Everything was erased; `{}`: when.
    pub(super) erased: &'static str,
    /// The ground of an acceptance by a press.
    pub(super) by_button: &'static str,
    /// What came of the check of a file that is saved.
    pub(super) verdict: Verdict,
    /// Link to the text that was accepted.
    pub(super) text: &'static str,
    /// Button that prints the application.
    pub(super) print: &'static str,
    /// Before the operator.
    pub(super) to: &'static str,
    /// Before the name.
    pub(super) from: &'static str,
    /// Before the telephone number.
    pub(super) phone: &'static str,
    /// Before the address.
    pub(super) address: &'static str,
    /// Heading of the application.
    pub(super) application: &'static str,
    /// What is applied for, up to the title of the policy.
    pub(super) request: &'static str,
    /// What follows from it (policy, clause 2.6).
    pub(super) consequence: &'static str,
    /// Before the edition that was accepted last.
    pub(super) last: &'static str,
    /// Before the date.
    pub(super) date: &'static str,
    /// Before the place to sign at.
    pub(super) signature: &'static str,
}

/// The sentences in a language.
pub(super) const fn of(language: Language) -> &'static Words {
    match language {
        Language::En => &en::WORDS,
        Language::Kk => &kk::WORDS,
        Language::Ru => &ru::WORDS,
    }
}

/// What came of the check of a receipt and what proves it, in the browser: see `www/loader/verify.js`.
pub(super) struct Verdict {
    /// Everything holds.
    pub(super) logged: &'static str,
    /// The receipt holds, and is not in the log yet.
    pub(super) unlogged: &'static str,
    /// Everything holds that the browser can check, which is not the log's signature.
    pub(super) unchecked: &'static str,
    /// Something does not hold.
    pub(super) refuted: &'static str,
    /// The file could not be fetched.
    pub(super) unreachable: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::tests::assert_neutral;

    #[test]
    fn every_language_has_its_placeholders() {
        for language in Language::ALL {
            let words = of(language);
            for sentence in [
                words.no_text,
                words.in_full,
                words.change.section,
                words.change.clause,
                words.change.moved,
                words.account.pending,
                words.account.withdrawn,
                words.account.terminated,
                words.account.erased,
            ] {
                assert_eq!(sentence.matches("{}").count(), 1, "{language}: {sentence}");
            }
        }
    }

    #[test]
    fn no_sentence_calls_acceptance_a_signature_or_a_consent() {
        for language in Language::ALL {
            let words = of(language);
            for sentence in [words.lead, words.withdrawn, words.change.lead] {
                assert_neutral(sentence);
            }
        }
    }
}
