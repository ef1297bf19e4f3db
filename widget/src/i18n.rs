//! Every sentence of the interface, in every language: one that is missing does not compile.
//!
//! These are the product's own words. The policy's words are shown as published, in the languages in which they
//! were published. A press of the button is called an acceptance of the edition: never a signature, and never a
//! consent to more than that.

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
    /// Another edition has taken the place of the one that was read.
    pub replaced: &'static str,
    /// Why nothing came of the press.
    pub failures: Failures,
    /// What was recorded.
    pub receipt: Receipt,
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
    /// Before what was accepted.
    pub accepted: &'static str,
    /// Before date and time.
    pub when: &'static str,
    /// Whose clock it is.
    pub server_clock: &'static str,
    /// Before the language of the text.
    pub language: &'static str,
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
    sentence.replacen("{}", value, 1)
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
                messages.failures.refused,
            ] {
                assert_eq!(sentence.matches("{}").count(), 1, "{language}: {sentence}");
            }
        }
    }

    #[test]
    fn no_sentence_calls_a_press_a_signature() {
        for language in Language::ALL {
            let messages = messages(language);
            for sentence in [
                messages.accept,
                messages.lead,
                messages.what_is_recorded,
                messages.receipt.lead,
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
