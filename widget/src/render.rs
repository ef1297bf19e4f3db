//! What the edge renders: above all the notice of an edition as HTML, for the shadow root of `<kelisim-consent>`.
//!
//! ```html
//! <dialog part="dialog" class="frame modal" lang="ru">          a blocking notice; or
//! <section part="dialog" class="frame region" lang="ru">        one that leaves the page usable, of a change before its deadline; or
//! <main part="dialog" class="frame page" lang="ru">             a page of its own, with a form
//!   <div part="content" class="scroll" data-edition="…" data-standing="pending" data-text="ru" data-sha256="…" data-messages="…">…</div>
//!   <footer part="footer">…</footer>
//! ```
//!
//! The content is rendered here only, and stays in the page when the app takes over; the footer is replaced by the app's own,
//! which is made by the same function ([`crate::view::footer`]). Nothing here is about one person: what they are asked, and
//! which edition they accepted, is all that it depends on.

mod acceptances;
mod changes;
mod content;
mod policy;
mod words;

use kelisim_shared::{
    edition::{Edition, EditionDocument, EditionError, EditionId},
    notice::{Ask, Notice, Place, Rendering},
};
use yew::{LocalServerRenderer, prelude::*};

use crate::{
    i18n::Messages,
    model::Progress,
    view::{Context, Footer, buttons, footer, terms},
};
use words::Words;

/// Renders.
///
/// # Errors
/// The edition does not hold together.
pub async fn render(rendering: Rendering) -> Result<String, EditionError> {
    let document = match &rendering {
        Rendering::Notice(notice) => &notice.edition,
        Rendering::Acceptances(acceptances) => &acceptances.edition,
    };
    let edition = Edition::from_document(EditionDocument::clone(document))?;
    let html = render_once(move || match &rendering {
        Rendering::Notice(notice) => view(&Scene {
            notice,
            edition: &edition,
            messages: Messages::of(notice.language),
            words: words::of(notice.language),
        }),
        Rendering::Acceptances(acceptances) => acceptances::view(acceptances, &edition),
    });
    Ok(html.await)
}

/// What the parts of a notice need.
struct Scene<'a> {
    notice: &'a Notice,
    edition: &'a Edition,
    messages: Messages,
    words: &'static Words,
}

fn view(scene: &Scene<'_>) -> Html {
    let notice = scene.notice;
    let lang = notice.language.code();
    let body = html! { <>{ content::view(scene) }{ foot(scene) }</> };
    match (&notice.place, notice.ask) {
        (Place::Page { .. }, _) => html! {
            <main part="dialog" class="frame page" aria-labelledby="title" {lang}>{ body }</main>
        },
        (_, Ask::Pending { .. }) => html! {
            <section part="dialog" class="frame region" aria-labelledby="title" {lang}>{ body }</section>
        },
        _ => html! {
            <dialog part="dialog" class="frame modal" role="dialog" aria-modal="true" aria-labelledby="title"
                closedby="none" {lang}>{ body }</dialog>
        },
    }
}

fn foot(scene: &Scene<'_>) -> Html {
    let notice = scene.notice;
    let dispatch = Callback::noop();
    let context = Context {
        language: notice.language,
        messages: &scene.messages,
        dispatch: &dispatch,
        edge: &notice.edge,
    };
    let (ticket, replaced) = match &notice.place {
        // Nothing can be told before the app is there, which brings a footer of its own.
        Place::First if notice.ask.can_leave() => {
            return html! {
                <footer part="footer">
                    { terms(&context, notice.ask, None) }
                    { buttons(&context, notice.ask, &Progress::Idle) }
                </footer>
            };
        }
        Place::Page { ticket, replaced } => (Some(&**ticket), *replaced),
        Place::Host | Place::First => (None, false),
    };
    footer(
        &context,
        &Footer {
            ask: notice.ask,
            progress: &Progress::Idle,
            remaining: None,
            replaced,
            ticket,
        },
    )
}

impl Scene<'_> {
    /// The edition before.
    fn supersedes(&self) -> Option<EditionId> {
        let change = &self.edition.manifest().change;
        change.succession().map(|succession| succession.supersedes)
    }
}

/// Renders what a function gives, in a component of its own.
async fn render_once(view: impl Fn() -> Html + 'static) -> String {
    let view = Callback::from(move |()| view());
    LocalServerRenderer::<Once>::with_props(OnceProperties { view })
        .hydratable(false)
        .render()
        .await
}

struct Once;

#[derive(Clone, PartialEq, Properties)]
struct OnceProperties {
    view: Callback<(), Html>,
}

impl Component for Once {
    type Message = ();
    type Properties = OnceProperties;

    fn create(_: &yew::Context<Self>) -> Self {
        Self
    }

    fn view(&self, context: &yew::Context<Self>) -> Html {
        context.props().view.emit(())
    }
}

#[cfg(test)]
mod tests;
