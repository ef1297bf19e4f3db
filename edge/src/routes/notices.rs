//! The loader, and what is shown in `<kelisim-consent>`: the notice of an edition, which is about nobody in particular, and what
//! a person has accepted.

use std::rc::Rc;

use http::StatusCode;
use kelisim_shared::{
    api::{CarriedNotice, NoticeDocument},
    edition::Edition,
    notice::{Acceptances, Ask, Notice, Place, Rendering},
    problem::{Problem, ProblemType},
    receipt::VerifiedReceipt,
    time::Timestamp,
};

use super::{edition_of, invalid_query, standing, unavailable};
use crate::{
    auth,
    config::Config,
    ports::Platform,
    reply::{self, Caching, Reply},
    router::{Body, Call},
};

/// The loader as it is deployed: a function of the edition in force, and of the notice that it carries.
const LOADER: &str = "/loader.js";

/// What it carries with a notice: the function that shows it.
const SHOW: &str = "/show.js";

/// How many digits of the edition's id tell a loader whether it is the one that was accepted, or whose notice it shows.
const DIGITS: usize = 12;

/// The style of a notice.
pub(super) const STYLE: &str = "/widget/notice.css";

/// As much of it as the notice of a change needs that travels in the loader, at the cost of everybody.
const FIRST_STYLE: &str = "/widget/first.css";

/// For how long after its deadline an edition is news that the loader carries, in days: most people open an app once a month.
const NEWS_DAYS: i64 = 30;

/// `GET /kelisim.js?lang=&standing=`
pub(super) async fn loader(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let loader = platform.asset(LOADER).await.map_err(unavailable)?;
    let arguments = match platform.in_force().await.map_err(unavailable)? {
        None => String::new(),
        Some(in_force) => {
            let id = &in_force.edition.id().to_string()[..DIGITS];
            match carried(&in_force.edition, call, platform).await? {
                None => format!("\"{id}\""),
                Some(notice) => {
                    let notice =
                        serde_json::to_string(&notice).map_err(|_| ProblemType::Internal)?;
                    let show = platform.asset(SHOW).await.map_err(unavailable)?;
                    format!("\"{id}\",{notice},{show}")
                }
            }
        }
    };
    // Whoever previews an edition wants to see it at once.
    let caching = if config.is_preview() {
        Caching::Revalidate
    } else {
        Caching::Briefly
    };
    let reply = reply::script(format!("{loader}({arguments});\n"), caching);
    Ok(reply::with_etag(reply, call.headers))
}

/// `GET /v1/editions/{id}/notice?lang=&standing=&since=`
pub(super) async fn notice(
    id: &str,
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let id = id.parse().map_err(|_| ProblemType::EditionUnknown)?;
    let edition = edition_of(id, platform).await?;
    let ask = call
        .query("standing")
        .and_then(|name| ask_of_name(name, &edition))
        .ok_or_else(|| invalid_query("standing"))?;
    let changes = match call.query("since") {
        None => None,
        Some(since) => {
            let since = since.parse().map_err(|_| invalid_query("since"))?;
            let accepted = edition_of(since, platform).await?;
            Some(platform.diff(&accepted, &edition))
        }
    };
    let notice = Notice {
        edition: edition.document().clone(),
        changes: changes.map(Rc::unwrap_or_clone),
        ask,
        language: call.language(),
        edge: call.own_address(),
        place: Place::Host,
    };
    let document = NoticeDocument {
        style: platform
            .asset(STYLE)
            .await
            .map_err(unavailable)?
            .to_string(),
        html: rendered(Rendering::Notice(notice), platform).await?,
    };
    let reply = reply::json(StatusCode::OK, &document, Caching::Briefly);
    Ok(reply::with_etag(reply, call.headers))
}

/// `GET /v1/acceptances?lang=`
pub(super) async fn acceptances(
    call: &Call<'_, impl Body>,
    config: &Config,
    platform: &impl Platform,
) -> Result<Reply, Problem> {
    let subject = auth::subject(call.headers, config, platform).await?;
    let (state, in_force) = standing(subject.id, platform).await?;
    let mut receipts = platform.receipts(subject.id).await.map_err(unavailable)?;
    for receipt in &receipts {
        // One whose key is no longer published proves nothing to anybody: see `RETIRED_RECEIPT_KEYS`.
        let verified = VerifiedReceipt::verify(receipt, &config.receipt_keys, platform).await;
        verified.map_err(|_| ProblemType::Internal)?;
    }
    receipts.reverse();
    let acceptances = Acceptances {
        state,
        receipts,
        edition: in_force.edition.document().clone(),
        language: call.language(),
        edge: call.own_address(),
    };
    let document = NoticeDocument {
        style: platform
            .asset(STYLE)
            .await
            .map_err(unavailable)?
            .to_string(),
        html: rendered(Rendering::Acceptances(acceptances), platform).await?,
    };
    Ok(reply::json(StatusCode::OK, &document, Caching::NoStore))
}

/// The question of that name that the edition can put.
fn ask_of_name(name: &str, edition: &Edition) -> Option<Ask> {
    let succession = edition.manifest().change.succession();
    let of_change = |has_come| {
        succession.map(|succession| Ask::of_change(succession.deadline.instant(), has_come))
    };
    match name {
        "new" => Some(Ask::New),
        "withdrawn" => Some(Ask::Withdrawn),
        "terminated" => Some(Ask::Terminated),
        "pending" => of_change(false),
        "due" => of_change(true),
        _ => None,
    }
}

/// The notice that the loader carries: for somebody new where the page says that it is one, else for whoever accepted an
/// earlier edition, while that is news.
async fn carried(
    edition: &Rc<Edition>,
    call: &Call<'_, impl Body>,
    platform: &impl Platform,
) -> Result<Option<CarriedNotice>, Problem> {
    let ask = match call.query("standing") {
        None => news(edition, platform.now()),
        Some("new") => Some(Ask::New),
        Some(_) => return Err(invalid_query("standing")),
    };
    let Some(ask) = ask else {
        return Ok(None);
    };
    let is_new = ask == Ask::New;
    let language = call.language();
    let notice = Notice {
        edition: edition.document().clone(),
        changes: None,
        ask,
        language,
        edge: call.own_address(),
        place: Place::First,
    };
    let style = if is_new { STYLE } else { FIRST_STYLE };
    Ok(Some(CarriedNotice {
        language,
        style: platform
            .asset(style)
            .await
            .map_err(unavailable)?
            .to_string(),
        html: rendered(Rendering::Notice(notice), platform).await?,
        is_new,
    }))
}

/// What an edition asks of whoever accepted an earlier one, while that is news.
fn news(edition: &Edition, now: Timestamp) -> Option<Ask> {
    let deadline = edition.manifest().change.succession()?.deadline;
    let age = now.unix_milliseconds() - deadline.instant().unix_milliseconds();
    let is_news = age <= NEWS_DAYS * 24 * 60 * 60 * 1000;
    is_news.then(|| Ask::of_change(deadline.instant(), deadline.has_come(now)))
}

async fn rendered(rendering: Rendering, platform: &impl Platform) -> Result<String, Problem> {
    platform.render(&rendering).await.map_err(unavailable)
}
