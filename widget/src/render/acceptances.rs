//! What a person has accepted, with the receipts to keep; and the application by which it is withdrawn (policy, clause 2.6).
//!
//! The application is filled in on the device, with what the host passes to `open("withdrawal", fields)`: every
//! `[data-field]` is a blank, and nothing of what is written there is sent anywhere.

use kelisim_shared::{
    date,
    edition::Edition,
    jws::Unverified,
    notice::Acceptances,
    receipt::Claims,
    record::{Acceptance, Event, Ground},
    subject::State,
};
use yew::prelude::*;

use super::words::{self, Account};
use crate::{
    i18n::{Messages, fill},
    view::short,
};

pub(super) fn view(acceptances: &Acceptances, edition: &Edition) -> Html {
    let receipts = receipts(acceptances);
    let words = &words::of(acceptances.language).account;
    html! {
        <dialog part="dialog" class="frame modal" aria-labelledby="account" lang={acceptances.language.code()}>
            <div class="scroll account" part="content" tabindex="0">
                <section part="acceptances">
                    <h2 id="account" part="title" tabindex="-1" autofocus=true>{ words.title }</h2>
                    <p class="note" part="note">{ standing(acceptances, words) }</p>
                    // It speaks when a receipt is saved.
                    <p part="verdict" role="status" data-logged={words.verdict.logged} data-unlogged={words.verdict.unlogged}
                        data-unchecked={words.verdict.unchecked} data-refuted={words.verdict.refuted}
                        data-unreachable={words.verdict.unreachable}></p>
                    { for receipts.iter().map(|receipt| entry(acceptances, words, receipt)) }
                </section>
                <section part="application" class="application" hidden=true>{ application(acceptances, edition, &receipts, words) }</section>
            </div>
            <footer part="footer">
                <div class="actions">
                    <button type="button" class="primary" part="print" hidden=true>{ words.print }</button>
                    <button type="button" class="secondary" part="close">
                        { Messages::of(acceptances.language).close() }
                    </button>
                </div>
            </footer>
        </dialog>
    }
}

/// Where the person stands, in a sentence.
fn standing(acceptances: &Acceptances, words: &Account) -> String {
    let moment = |instant| date::moment(acceptances.language, instant);
    match acceptances.state {
        State::New {} => words.new.to_owned(),
        State::Pending { deadline, .. } => fill(words.pending, &moment(deadline.instant())),
        State::Accepted { .. } => words.settled.to_owned(),
        State::Withdrawn { effective_at, .. } => fill(words.withdrawn, &moment(effective_at)),
        State::Terminated { erase_at, .. } => fill(words.terminated, &moment(erase_at)),
        State::Erased { erased_at } => fill(words.erased, &moment(erased_at)),
    }
}

fn entry(acceptances: &Acceptances, words: &Account, receipt: &Receipt) -> Html {
    let Receipt { claims, acceptance } = receipt;
    let language = acceptances.language;
    let messages = Messages::of(language);
    let edition = acceptance.edition;
    let ground = match &acceptance.ground {
        Ground::Explicit { .. } => words.by_button.to_owned(),
        Ground::Implied { deadline, .. } => fill(
            messages.use_since(),
            &date::moment(language, deadline.instant()),
        ),
    };
    let text = [
        &*acceptances.edge,
        "/privacy/editions/",
        &edition.to_string(),
        "?lang=",
        language.code(),
    ]
    .concat();
    html! {
        <article>
            <h3>{ fill(messages.edition(), &short(edition)) }</h3>
            <dl>
                <div><dt>{ messages.when().clone() }</dt><dd>{ date::moment(language, claims.record.recorded_at) }</dd></div>
                <div><dt>{ messages.ground().clone() }</dt><dd>{ ground }</dd></div>
                <div><dt>{ messages.record().clone() }</dt><dd><code>{ claims.jti.to_string() }</code></dd></div>
            </dl>
            <p>
                <button type="button" class="link" part="save" data-record={claims.jti.to_string()}>{ messages.save().clone() }</button>
                { " " }
                <a class="link" href={text} target="_blank" rel="noopener">
                    { words.text }{ " " }<span class="unseen">{ messages.new_tab().clone() }</span>
                </a>
            </p>
        </article>
    }
}

/// A written application to the operator, for printing.
fn application(
    acceptances: &Acceptances,
    edition: &Edition,
    receipts: &[Receipt],
    words: &Account,
) -> Html {
    let manifest = edition.manifest();
    let (text, policy) = edition.text(acceptances.language);
    let operator = &manifest.operator;
    let blank = |label: &'static str, field: &'static str| {
        html! { <p>{ label }{ ": " }<span class="blank" data-field={field}></span></p> }
    };
    html! {
        <>
            <p>{ words.to }{ ": " }<span lang={manifest.authoritative.code()}>{ operator.name.as_str() }</span></p>
            if let Some(address) = &operator.address {
                <p>{ address.as_str() }</p>
            }
            { blank(words.from, "name") }
            { blank(words.phone, "phone") }
            { blank(words.address, "address") }
            <h2>{ words.application }</h2>
            <p>{ words.request }{ " " }<q lang={text.language.code()}>{ policy.title().to_owned() }</q>{ "." }</p>
            <p>{ words.consequence }</p>
            if let Some(last) = receipts.first() {
                <p>
                    { words.last }{ ": " }<code>{ last.acceptance.edition.to_string() }</code>{ ", " }
                    { date::moment(acceptances.language, last.claims.record.recorded_at) }
                </p>
            }
            <p class="signature">
                { words.date }{ ": " }<span class="blank"></span>{ " " }{ words.signature }{ ": " }<span class="blank"></span>
            </p>
        </>
    }
}

/// A receipt of an acceptance.
struct Receipt {
    claims: Claims,
    acceptance: Acceptance,
}

/// The receipts of acceptances, by what they say: whoever asks to render them has verified them.
fn receipts(acceptances: &Acceptances) -> Vec<Receipt> {
    let read = |compact: &String| {
        let claims: Claims = Unverified::parse(compact).ok()?.unsigned_claims().ok()?;
        match claims.record.event.clone() {
            Event::Accepted(acceptance) => Some(Receipt { claims, acceptance }),
            _ => None,
        }
    };
    acceptances.receipts.iter().filter_map(read).collect()
}
