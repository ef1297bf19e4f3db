//! What there is to read: what has changed, purposes and data first, then the whole text.

use kelisim_shared::{
    date,
    edition::{Operator, TextManifest},
    language::Language,
    notice::{Ask, Place},
    policy::{Clause, Policy, Section},
    text::Line,
};
use yew::prelude::*;

use super::{Scene, changes, policy};
use crate::{
    i18n::{self, fill},
    view::short,
};

/// The clause that names the purposes, and the one that names the data, in the first edition and every one that keeps its
/// numbers. A reference to a clause that is not there is not shown.
const PURPOSES: (u16, u16) = (2, 1);
const DATA_CATEGORIES: (u16, u16) = (2, 2);

pub(super) fn view(scene: &Scene<'_>) -> Html {
    let notice = scene.notice;
    let (manifest, policy) = scene.edition.text(notice.language);
    if notice.place == Place::First {
        return if notice.ask.can_leave() {
            // No more than its style speaks of.
            html! {
                <div part="content">
                    { heading(scene) }
                    <p>{ lead(scene) }</p>
                    { operators_summary(manifest) }
                </div>
            }
        } else {
            html! { <div class="scroll" part="content">{ whole(scene, manifest, None) }</div> }
        };
    }
    html! {
        <div class="scroll" part="content" data-edition={scene.edition.id().to_string()} data-standing={notice.ask.name()}
            data-text={manifest.language.code()} data-sha256={manifest.sha256.to_string()}
            data-messages={i18n::lines(notice.language)}>
            { whole(scene, manifest, Some(policy)) }
        </div>
    }
}

fn whole(scene: &Scene<'_>, manifest: &TextManifest, policy: Option<&Policy>) -> Html {
    let words = scene.words;
    let clause = |number| policy.and_then(|policy| reference(policy, number));
    html! {
        <>
            { header(scene) }
            if let Some(why) = why_again(scene) {
                <p class="note" part="note">{ why }</p>
            }
            if let Some(diff) = &scene.notice.changes {
                <section class="change" part="change">
                    // It tells of the edition before, which need not be the one that was accepted.
                    if scene.supersedes() == Some(diff.from) {
                        <h3>{ words.change.heading }</h3>
                        { operators_summary(manifest) }
                    }
                    { changes::view(scene, diff, manifest.language) }
                </section>
            }
            if manifest.language != scene.notice.language {
                <p class="note" part="note">
                    { fill(words.no_text, scene.messages.in_language(manifest.language)) }
                </p>
            }
            <div class="summary">
                { list(scene, words.purposes, &manifest.purposes, manifest.language, clause(PURPOSES)) }
                { list(scene, words.data_categories, &manifest.data_categories, manifest.language, clause(DATA_CATEGORIES)) }
            </div>
            if let Some(policy) = policy {
                { text(scene, policy, manifest.language) }
            }
        </>
    }
}

/// The whole text. To a page of its own it comes when what is asked has been painted, by a script (`www/loader/page.js`). Where
/// none runs, and until the script gets it, the page of the edition is there in a frame.
fn text(scene: &Scene<'_>, policy: &Policy, language: Language) -> Html {
    let notice = scene.notice;
    if !matches!(notice.place, Place::Page { .. }) {
        return policy::view(scene, policy, language);
    }
    let id = scene.edition.id().to_string();
    let lang = notice.language.code();
    let page = [&notice.edge, "/privacy/editions/", &id, "?lang=", lang].concat();
    html! {
        <noscript>
            <iframe src={page} title={policy.title().to_owned()} lang={language.code()} width="100%" height="600" />
        </noscript>
    }
}

fn header(scene: &Scene<'_>) -> Html {
    let (words, messages) = (scene.words, &scene.messages);
    let edition = scene.edition;
    let manifest = edition.manifest();
    let language = scene.notice.language;
    let published = manifest.published_at;
    html! {
        <header>
            <p class="operator" lang={manifest.authoritative.code()}>{ operator(scene, &manifest.operator) }</p>
            { heading(scene) }
            { languages(scene) }
            <p class="lead">{ lead(scene) }</p>
            <details class="edition">
                <summary>
                    <span>{ fill(messages.published(), &date::day(language, published)) }</span>
                    <span>{ fill(messages.edition(), &short(edition.id())) }</span>
                </summary>
                <dl>
                    <dt>{ words.published_at }</dt>
                    <dd>{ date::moment(language, published) }</dd>
                    <dt>{ words.edition_id }</dt>
                    <dd><code>{ edition.id().to_string() }</code></dd>
                </dl>
            </details>
        </header>
    }
}

/// Whose policy it is: the name, with number and address where they are known.
fn operator(scene: &Scene<'_>, operator: &Operator) -> String {
    let mut text = operator.name.to_string();
    if let Some(bin) = &operator.bin {
        text.push_str(&[", ", scene.words.bin, " ", bin.as_str()].concat());
    }
    if let Some(address) = &operator.address {
        text.push_str(", ");
        text.push_str(address.as_str());
    }
    text
}

fn heading(scene: &Scene<'_>) -> Html {
    // Where the page can be used, its focus is its own.
    let takes_focus = match scene.notice.ask {
        Ask::Pending { .. } => false,
        Ask::Due { .. } => scene.notice.place != Place::First,
        _ => true,
    };
    html! { <h2 id="title" part="title" tabindex="-1" autofocus={takes_focus}>{ scene.messages.title() }</h2> }
}

fn lead(scene: &Scene<'_>) -> &'static str {
    if scene.notice.ask.can_leave() {
        scene.words.change.lead
    } else {
        scene.words.lead
    }
}

/// Why a person who has accepted before is asked as if for the first time.
fn why_again(scene: &Scene<'_>) -> Option<&'static str> {
    match scene.notice.ask {
        Ask::Withdrawn => Some(scene.words.withdrawn),
        Ask::Terminated => Some(scene.words.terminated),
        _ => None,
    }
}

/// What has changed, in the operator's words; in every edition but the initial one.
fn operators_summary(manifest: &TextManifest) -> Html {
    match &manifest.summary {
        Some(summary) => html! { <p lang={manifest.language.code()}>{ summary.as_str() }</p> },
        None => Html::default(),
    }
}

/// The languages of the interface. On a page of its own they are buttons of a form, which the app takes over as well.
fn languages(scene: &Scene<'_>) -> Html {
    let ticket = match &scene.notice.place {
        Place::Page { ticket, .. } => Some(ticket.clone()),
        Place::Host | Place::First => None,
    };
    let kind = if ticket.is_some() { "submit" } else { "button" };
    let button = |language: Language| {
        let code = language.code();
        let pressed = if language == scene.notice.language {
            "true"
        } else {
            "false"
        };
        html! {
            <button type={kind} name="lang" value={code} lang={code} aria-pressed={pressed}>{ language.autonym() }</button>
        }
    };
    let buttons = Language::ALL.into_iter().map(button);
    let label = scene.words.interface_language;
    match ticket {
        // A browser that fills a form in again after a reload would bring back a ticket of before.
        Some(ticket) => html! {
            <form class="languages" part="languages" role="group" aria-label={label} method="post" action="/consent"
                autocomplete="off">
                <input type="hidden" name="ticket" value={ticket} />
                { for buttons }
            </form>
        },
        None => html! {
            <div class="languages" part="languages" role="group" aria-label={label}>{ for buttons }</div>
        },
    }
}

fn list(
    scene: &Scene<'_>,
    heading: &'static str,
    lines: &[Line<300>],
    language: Language,
    clause: Option<String>,
) -> Html {
    html! {
        <section part="summary">
            <h3>{ heading }</h3>
            <ul lang={language.code()}>
                { for lines.iter().map(|line| html! { <li>{ line.as_str() }</li> }) }
            </ul>
            if let Some(number) = clause {
                <button type="button" class="link" data-jump={policy::clause_id(&number)}>
                    { fill(scene.words.in_full, &number) }
                </button>
            }
        </section>
    }
}

/// The clause's number, if the policy has it.
fn reference(policy: &Policy, (section, clause): (u16, u16)) -> Option<String> {
    policy
        .sections()
        .iter()
        .flat_map(Section::clauses)
        .map(Clause::number)
        .find(|number| (number.section, number.clause) == (section, clause))
        .map(|number| number.to_string())
}
