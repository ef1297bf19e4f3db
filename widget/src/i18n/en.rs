//! English.

use kelisim_shared::language::Language;

use super::{Failures, Messages, Receipt};

pub(super) const MESSAGES: Messages = Messages {
    title: "Privacy policy",
    lead: "Read what data about you is processed and why, and accept the edition of the policy that is in force.",
    published: "Published {}",
    published_at: "Time of publication",
    edition: "Edition {}",
    edition_id: "Full edition number",
    interface_language: "Interface language",
    no_text: "This edition has not been published in English. Below is the text that has legal force, {}.",
    in_language: |language| match language {
        Language::En => "in English",
        Language::Kk => "in Kazakh",
        Language::Ru => "in Russian",
    },
    purposes: "Why data is processed",
    data_categories: "What data is processed",
    in_full: "In full in clause {}",
    contents: "Contents",
    what_is_recorded: "The button records that you accepted this edition: who, in which language, and when.",
    what_is_not: "Your phone number, e-mail and messages do not go into the record.",
    accept: "Accept this edition",
    retry: "Try again",
    recording: "Recording…",
    own_page: "Open on its own page, or print",
    new_tab: "(in a new tab)",
    replaced: "A new edition came into force while you were reading, and is shown below. Your press does not count for it: read it and decide afresh.",
    failures: Failures {
        unreachable: "The server did not answer, so nothing is confirmed as recorded. Check your connection and try again: there will be no second record.",
        refused: "The server refused the request, and nothing was recorded. Reload the page and try again. Code for support: {}",
        token: "Your sign-in could not be confirmed, and nothing was recorded. Sign in to the app again and retry.",
        unreadable: "The server's answer could not be read, so nothing is confirmed as recorded. Try again: there will be no second record.",
        crypto: "This browser cannot protect your answer, and nothing was recorded. Open the app in an up-to-date browser. The link below leads to the policy.",
    },
    receipt: Receipt {
        title: "Edition accepted",
        lead: "It has been recorded. The receipt confirms what you accepted and when: keep a copy of it.",
        accepted: "What was accepted",
        when: "When",
        server_clock: "by the server's clock",
        language: "Text shown",
        record: "Record number",
        save: "Save the receipt",
        close: "Close",
    },
};
