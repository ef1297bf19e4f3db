//! The notice as a page of its own. Its form works without JavaScript; where scripts run and the page was opened by a token, the
//! widget takes it over.
//!
//! | route | from | with |
//! |---|---|---|
//! | `GET /consent?lang=` | an app's webview | the subject token in the header `Authorization` |
//! | `POST /consent` | a form on a page of the host | the subject token as field `token`; `lang` |
//! | `POST /consent` | the page itself, for another language | `ticket`, `lang` |
//! | `POST /consent/accept?lang=` | the page itself | `ticket` |
//!
//! There is no cookie: whoever holds the ticket is whom the page was made for ([`crate::ticket`]). The form is taken from
//! no other origin than the edge's own.

use std::rc::Rc;

use http::StatusCode;
use kelisim_shared::{
    api::MessageReply,
    language::Language,
    notice::{Ask, Notice, Place, Rendering},
    problem::{Problem, ProblemType},
    record::{Source, SubjectId},
    statement::{Control, Shown},
    subject::{Message, Occurrence},
    text::Line,
    time::Timestamp,
};

use super::{
    changes_since_accepted, in_force, notices, standing, statements, status, submit, unavailable,
};
use crate::{
    auth,
    config::Config,
    limits,
    nonce::Verdict,
    pages::{self, Access, ConsentPage},
    ports::Platform,
    registry::InForce,
    reply::{self, Reply},
    router::{Body, Call},
    subject::Submission,
    ticket::{InvalidTicket, Ticket},
};

/// `GET /consent`
pub(super) async fn open(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let token = auth::bearer(call.headers)?;
    let subject = auth::subject_of(token, config, platform).await?;
    let person = Person::of(&subject, token, call.language(), platform.now())?;
    page(person, false, call, config, platform).await
}

/// `POST /consent`
pub(super) async fn open_by_form(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let fields = call.form(MAX_FORM_BYTES).await?;
    let language = fields
        .get("lang")
        .and_then(|tags| Language::negotiate(tags))
        .unwrap_or_else(|| call.language());
    if let Some(sealed) = fields.get("ticket") {
        demand_own_page(call)?;
        let ticket = open_ticket(sealed, config, platform).await?;
        return page(
            Person::of_ticket(ticket, language),
            false,
            call,
            config,
            platform,
        )
        .await;
    }
    let token = fields.get("token").ok_or(ProblemType::TokenMissing)?;
    let subject = auth::subject_of(token, config, platform).await?;
    let person = Person::of(&subject, token, language, platform.now())?;
    page(person, false, call, config, platform).await
}

/// `POST /consent/accept`
pub(super) async fn accept(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    demand_own_page(call)?;
    let fields = call.form(MAX_FORM_BYTES).await?;
    let sealed = fields.get("ticket").ok_or(ProblemType::FormInvalid)?;
    let ticket = open_ticket(sealed, config, platform).await?;
    let in_force = in_force(platform).await?;
    let language = ticket.shown.interface_language;
    let occurrence = Occurrence::Accepted {
        edition: ticket.edition,
        shown: ticket.shown,
        control: Control::FormAccept,
    };
    let submission = submission(&ticket, sealed, occurrence, &in_force);
    let outcome = match submit(&submission, platform).await {
        Ok(outcome) => outcome,
        Err(problem) if problem.r#type == ProblemType::EditionNotInForce => {
            // Another came into force while this one was being read: that one waits for a press of its own.
            return page(
                Person::of_ticket(ticket, language),
                true,
                call,
                config,
                platform,
            )
            .await;
        }
        Err(problem) if problem.r#type == ProblemType::NonceExpired => {
            return Err(ProblemType::FormExpired.into());
        }
        Err(problem) => return Err(problem),
    };
    let (state, receipt) = match &outcome.reply {
        MessageReply::Accepted { state, receipt, .. } => (state, Some(receipt.as_str())),
        MessageReply::Presented { state, .. } | MessageReply::Unchanged { state } => (state, None),
    };
    let html = pages::accepted(&in_force.edition, state, receipt, language);
    Ok(reply::form(status(&outcome), html))
}

/// Whom a page is for.
struct Person {
    subject: SubjectId,
    agreement: Line<64>,
    language: Language,
    /// When they were last known by a token.
    known_at: Timestamp,
    /// The token, where they come with one.
    token: Option<String>,
}

impl Person {
    /// Whom a token speaks of, unless it asks for the proof of a device key.
    fn of(
        subject: &auth::Subject,
        token: &str,
        language: Language,
        known_at: Timestamp,
    ) -> Result<Self, ProblemType> {
        if subject.token.key_thumbprint().is_some() {
            return Err(ProblemType::TokenBound);
        }
        Ok(Self {
            subject: subject.id,
            agreement: subject.token.agreement().clone(),
            language,
            known_at,
            token: Some(token.to_owned()),
        })
    }

    /// Whom a ticket was made for. It makes no other last longer.
    fn of_ticket(ticket: Ticket, language: Language) -> Self {
        Self {
            subject: ticket.subject,
            agreement: ticket.agreement,
            language,
            known_at: ticket.issued_at,
            token: None,
        }
    }
}

/// The page for a person: the notice, if there is something to accept. `replaced`: the edition took the place of another that
/// they were reading.
async fn page(
    person: Person,
    replaced: bool,
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let language = person.language;
    let (state, in_force) = standing(person.subject, platform).await?;
    let edition = &in_force.edition;
    let Some(ask) = Ask::of(&state, platform.now()) else {
        let html = pages::accepted(edition, &state, None, language);
        return Ok(reply::form(StatusCode::OK, html));
    };
    let changes = changes_since_accepted(&state, edition, platform).await?;
    let (text, _) = edition.text(language);
    let ticket = Ticket {
        subject: person.subject,
        agreement: person.agreement,
        edition: edition.id(),
        shown: Shown {
            language: text.language,
            text_sha256: text.sha256,
            interface_language: language,
        },
        issued_at: person.known_at,
    };
    let sealed = ticket.seal(&config.nonce_key);
    present(&ticket, &sealed, &in_force, platform).await;
    let notice = Notice {
        edition: edition.document().clone(),
        changes: changes.map(Rc::unwrap_or_clone),
        ask,
        language,
        edge: call.own_address(),
        place: Place::Page {
            ticket: sealed.clone(),
            replaced,
        },
    };
    let mut status = statements::status_of(person.subject, state, &in_force, config, platform);
    // The widget need not ask for it.
    let address = status.notice.take().unwrap_or_default();
    let status = serde_json::to_string(&status).map_err(|_| ProblemType::Internal)?;
    let (html, policy) = pages::consent(&ConsentPage {
        edition,
        language,
        style: &platform.asset(notices::STYLE).await.map_err(unavailable)?,
        script: &platform.asset(SCRIPT).await.map_err(unavailable)?,
        notice: &platform
            .render(&Rendering::Notice(notice))
            .await
            .map_err(unavailable)?,
        notice_address: &format!("{address}{language}"),
        ticket: &sealed,
        access: person.token.as_deref().map(|token| Access {
            token,
            status: &status,
        }),
    });
    Ok(reply::notice(html, &policy))
}

/// Records that the notice was given out, the first time. Where that fails, the person gets to see it all the same.
async fn present(ticket: &Ticket, sealed: &str, in_force: &InForce, platform: &impl Platform) {
    let occurrence = Occurrence::Presented {
        edition: ticket.edition,
        shown: ticket.shown,
    };
    let submission = submission(ticket, sealed, occurrence, in_force);
    // An acceptance that cites no showing is one all the same.
    let _ = submit(&submission, platform).await;
}

fn submission(
    ticket: &Ticket,
    sealed: &str,
    occurrence: Occurrence,
    in_force: &InForce,
) -> Submission {
    Submission {
        subject: ticket.subject,
        message: Message {
            agreement: ticket.agreement.clone(),
            source: Source::Session {
                ticket: ticket.digest(),
                issued_at: ticket.issued_at,
            },
            occurrence,
        },
        text: Some(sealed.to_owned()),
        terms: in_force.terms.clone(),
        nonce: Verdict::Fresh {
            issued_at: ticket.issued_at,
        },
    }
}

/// Opens a ticket that came back, and counts the request by whom it was made for.
async fn open_ticket(
    sealed: &str,
    config: &Config,
    platform: &impl Platform,
) -> Result<Ticket, ProblemType> {
    let ticket =
        Ticket::open(sealed, &config.nonce_key, platform.now()).map_err(
            |invalid| match invalid {
                InvalidTicket::Forged => ProblemType::FormInvalid,
                InvalidTicket::Expired => ProblemType::FormExpired,
            },
        )?;
    limits::by_subject(ticket.subject, platform).await?;
    Ok(ticket)
}

/// Refuses a form that a page of another origin sends, an allowed one included. Browsers name the origin with every POST
/// (Fetch Standard, "append a request `Origin` header").
fn demand_own_page(call: &Call<'_, impl Body>) -> Result<(), ProblemType> {
    if call.is_from_own_origin() {
        Ok(())
    } else {
        Err(ProblemType::OriginNotAllowed)
    }
}

/// What is done in the page.
const SCRIPT: &str = "/page.js";

/// The longest form, in bytes: a token of 16 KiB, or a ticket.
const MAX_FORM_BYTES: usize = 20 * 1024;
