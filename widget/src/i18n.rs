//! Every sentence of the interface, in every language: one that is missing does not compile.
//!
//! These are the product's own words. The policy's words are shown as published, in the languages in which they
//! were published. A press of the button is called an acceptance of the edition: never a signature, and never a
//! consent to more than that. Nor is use of the app after a deadline: it counts as acceptance, and is called that.

mod en;
mod kk;
mod ru;

use kelisim_shared::language::Language;

/// The sentences. A `{}` stands for what the field's documentation says.
pub struct Messages {
    /// Heading of the dialog.
    pub title: &'static str,
    /// What the person is asked for.
    pub lead: &'static str,
    /// When the edition was published; `{}`: the day.
    pub published: &'static str,
    /// Before the moment at which it was published.
    pub published_at: &'static str,
    /// Name of the edition; `{}`: the first digits of its id.
    pub edition: &'static str,
    /// Before the whole id.
    pub edition_id: &'static str,
    /// Name of the group of languages.
    pub interface_language: &'static str,
    /// There is no text in this language; `{}`: the language of the authoritative text, from `in_language`.
    pub no_text: &'static str,
    /// "In that language", as `no_text` wants it, and on its own in a receipt.
    pub in_language: fn(Language) -> &'static str,
    /// Heading of the purposes.
    pub purposes: &'static str,
    /// Heading of the data categories.
    pub data_categories: &'static str,
    /// Reference from a list to the clause that it is taken from; `{}`: the clause's number.
    pub in_full: &'static str,
    /// Heading of the table of contents.
    pub contents: &'static str,
    /// What the button records.
    pub what_is_recorded: &'static str,
    /// What it does not.
    pub what_is_not: &'static str,
    /// The button of acceptance.
    pub accept: &'static str,
    /// The button after a failure.
    pub retry: &'static str,
    /// The button while the answer is awaited.
    pub recording: &'static str,
    /// Link to the policy's page, which can be printed.
    pub own_page: &'static str,
    /// That a link opens in a new tab, for a screen reader.
    pub new_tab: &'static str,
    /// Why a person who has withdrawn is asked again.
    pub withdrawn: &'static str,
    /// Why a person whose user agreement had ended is asked again.
    pub terminated: &'static str,
    /// Another edition has taken the place of the one that was read.
    pub replaced: &'static str,
    /// For a person who has accepted an earlier edition.
    pub change: Change,
    /// Why nothing came of the press.
    pub failures: Failures,
    /// What was recorded.
    pub receipt: Receipt,
}

/// What is said of a change to a person who has accepted an earlier edition.
pub struct Change {
    /// What the person is asked for.
    pub lead: &'static str,
    /// Heading of what has changed, in the operator's words.
    pub heading: &'static str,
    /// Heading of what differs from the edition that the person accepted.
    pub since_accepted: &'static str,
    /// That edition had no text in this language.
    pub text_is_new: &'static str,
    /// There is no difference.
    pub none: &'static str,
    /// The title of the policy.
    pub title: &'static str,
    /// A section; `{}`: its number.
    pub section: &'static str,
    /// A clause; `{}`: its number.
    pub clause: &'static str,
    /// It is new.
    pub added: &'static str,
    /// It is gone.
    pub removed: &'static str,
    /// It reads otherwise.
    pub changed: &'static str,
    /// It has another number; `{}`: the former.
    pub moved: &'static str,
    /// Before inserted words, for a screen reader; `]` follows them.
    pub inserted: &'static str,
    /// Before deleted words.
    pub deleted: &'static str,
    /// What follows at the deadline; `{}`: the deadline.
    pub until: &'static str,
    /// What follows now that the deadline has come; `{}`: the deadline.
    pub since: &'static str,
    /// The button that puts it off, before the deadline.
    pub later: &'static str,
    /// The button that goes on using the app, from the deadline on.
    pub go_on: &'static str,
}

/// Why nothing came of the press: what is known of the record, and a way on.
pub struct Failures {
    /// No answer.
    pub unreachable: &'static str,
    /// The edge refused; `{}`: the kind of problem, for support.
    pub refused: &'static str,
    /// The host's backend gave no token, or the edge took none.
    pub token: &'static str,
    /// The answer cannot be understood.
    pub unreadable: &'static str,
    /// The browser cannot sign.
    pub crypto: &'static str,
}

/// What was recorded.
pub struct Receipt {
    /// Heading.
    pub title: &'static str,
    /// What the receipt is good for.
    pub lead: &'static str,
    /// Heading where the app was used at or after the deadline.
    pub implied_title: &'static str,
    /// What the receipt is good for then.
    pub implied_lead: &'static str,
    /// Before what was accepted.
    pub accepted: &'static str,
    /// Before date and time.
    pub when: &'static str,
    /// Whose clock it is.
    pub server_clock: &'static str,
    /// Before the language of the text.
    pub language: &'static str,
    /// Before the ground of an acceptance without a press.
    pub ground: &'static str,
    /// That ground; `{}`: the deadline.
    pub use_since: &'static str,
    /// Before the record's id.
    pub record: &'static str,
    /// Button that keeps the receipt as a file.
    pub save: &'static str,
    /// Button that closes the dialog.
    pub close: &'static str,
}

/// The sentences in a language.
#[must_use]
pub const fn messages(language: Language) -> &'static Messages {
    match language {
        Language::En => &en::MESSAGES,
        Language::Kk => &kk::MESSAGES,
        Language::Ru => &ru::MESSAGES,
    }
}

/// A sentence with its `{}` filled in.
#[must_use]
pub fn fill(sentence: &str, value: &str) -> String {
    // By a character: the search for a text takes more bytes than all of this module's code.
    match sentence.split_once('{') {
        Some((before, after)) => [before, value, after.trim_start_matches('}')].concat(),
        None => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_its_placeholders() {
        for language in Language::ALL {
            let messages = messages(language);
            for sentence in [
                messages.published,
                messages.edition,
                messages.no_text,
                messages.in_full,
                messages.change.section,
                messages.change.clause,
                messages.change.moved,
                messages.change.until,
                messages.change.since,
                messages.failures.refused,
                messages.receipt.use_since,
            ] {
                assert_eq!(sentence.matches("{}").count(), 1, "{language}: {sentence}");
            }
        }
    }

    #[test]
    fn no_sentence_calls_acceptance_a_signature_or_a_consent() {
        for language in Language::ALL {
            let messages = messages(language);
            for sentence in [
                messages.accept,
                messages.lead,
                messages.what_is_recorded,
                messages.withdrawn,
                messages.change.lead,
                messages.change.until,
                messages.change.since,
                messages.change.later,
                messages.change.go_on,
                messages.receipt.title,
                messages.receipt.lead,
                messages.receipt.implied_title,
                messages.receipt.implied_lead,
                messages.receipt.ground,
                messages.receipt.use_since,
            ] {
                for word in [
                    "подпис",
                    "согла",
                    "қол қой",
                    "келіс",
                    "sign",
                    "consent",
                    "agree",
                ] {
                    assert!(!sentence.to_lowercase().contains(word), "{sentence}");
                }
            }
        }
    }
}
