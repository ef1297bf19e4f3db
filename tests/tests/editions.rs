//! Publishing against a real edge: now and later, one at a time, and what differs.

use anyhow::Result;
use kelisim_shared::{
    api::{
        EditionSummary, Editions,
        staff::{ScheduledEdition, ScheduledEditions},
    },
    diff::EditionDiff,
    edition::Change,
    problem::ProblemType as P,
};
use kelisim_tests::{Answer, Edge, Person};
use serde_json::{Value, json};
use xtask::seed;

/// Monday, 23 November 2026, 10:00 in Almaty.
const MONDAY: &str = "2026-11-23T05:00:00.000Z";

fn start() -> Result<Edge> {
    let edge = Edge::start_empty(&[])?;
    edge.set_clock("2026-11-02T05:00:00.000Z")?;
    seed::publish_if_missing(edge.url(), &seed::first_edition())?;
    edge.set_clock(MONDAY)?;
    Ok(edge)
}

fn publish(edge: &Edge, draft: &Value) -> Result<Answer> {
    edge.order("publisher", "POST", "/v1/admin/editions", draft)
}

fn history(edge: &Edge) -> Result<Vec<EditionSummary>> {
    let editions: Editions = edge.get("/v1/editions")?.parsed(200)?;
    Ok(editions.editions)
}

#[test]
fn of_two_publications_at_once_one_is_refused() -> Result<()> {
    let edge = start()?;
    let drafts = [
        edge.changed_draft("material", &[("трех лет после", "пяти лет после")])?,
        edge.changed_draft("material", &[("трех лет после", "двух лет после")])?,
    ];
    let answers: Vec<Result<Answer>> = std::thread::scope(|scope| {
        let running = drafts
            .each_ref()
            .map(|draft| scope.spawn(|| publish(&edge, draft)));
        running.map(|thread| thread.join().unwrap()).into()
    });
    let mut statuses = Vec::new();
    for answer in answers {
        let answer = answer?;
        statuses.push(answer.status);
        if answer.status != 201 {
            assert_eq!(answer.problem()?, P::EditionSuperseded);
            let body: Value = serde_json::from_slice(&answer.body)?;
            assert_eq!(body["current"], json!(edge.edition()?.id()));
        }
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(history(&edge)?.len(), 2);
    Ok(())
}

#[test]
fn a_draft_is_refused_for_every_reason_by_name() -> Result<()> {
    let edge = start()?;
    let good = edge.changed_draft("material", &[("трех лет после", "пяти лет после")])?;
    let refuses = |pointer: &str, value: Value, expected: P| -> Result<()> {
        let mut draft = good.clone();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        draft.pointer_mut(parent).unwrap()[member] = value;
        let answer = publish(&edge, &draft)?;
        assert_eq!(answer.problem()?, expected, "{pointer}");
        Ok(())
    };
    refuses("/publish_at", json!(MONDAY), P::PublicationInPast)?;
    refuses(
        "/publish_at",
        json!("2026-11-22T05:00:00.000Z"),
        P::PublicationInPast,
    )?;
    refuses(
        "/publish_at",
        json!("2031-01-01T00:00:00.000Z"),
        P::EditionInvalid,
    )?;
    refuses("/publish_at", json!("tomorrow"), P::MalformedBody)?;
    refuses("/published_at", json!(MONDAY), P::MalformedBody)?;
    refuses("/change/deadline", json!(MONDAY), P::MalformedBody)?;
    refuses("/change/rule", json!("kz-1-day/v1"), P::MalformedBody)?;
    refuses(
        "/change/supersedes",
        json!("0".repeat(64)),
        P::EditionSuperseded,
    )?;
    refuses(
        "/change",
        json!({ "class": "initial" }),
        P::EditionSuperseded,
    )?;
    refuses("/texts/0/summary", Value::Null, P::EditionInvalid)?;
    refuses("/channels", json!(["site", "site"]), P::EditionInvalid)?;
    assert_eq!(history(&edge)?.len(), 1);
    assert_eq!(publish(&edge, &good)?.status, 201);
    Ok(())
}

#[test]
fn the_rule_of_the_deadline_is_the_drafts_and_stays_with_the_edition() -> Result<()> {
    let edge = start()?;
    // A Saturday, so that the seventh day is one, too.
    edge.set_clock("2026-11-28T05:00:00.000Z")?;
    let mut draft = edge.changed_draft("material", &[("трех лет после", "пяти лет после")])?;
    draft["change"]["rule"] = json!("kz-7-days/v1");
    let strict: EditionSummary = publish(&edge, &draft)?.parsed(201)?;
    let deadline = |summary: &EditionSummary| {
        let succession = summary.change.succession().unwrap();
        assert_eq!(succession.calendar.as_str(), "2026-11");
        succession.deadline.instant().to_string()
    };
    assert_eq!(deadline(&strict), "2026-12-05T19:00:00.000Z");
    let later = edge.publish_changed("material", &[("пяти лет после", "шести лет после")])?;
    assert_eq!(
        deadline(&later.parsed(201)?),
        "2026-12-07T19:00:00.000Z",
        "on to Monday"
    );
    assert_eq!(history(&edge)?[1], strict);
    Ok(())
}

#[test]
fn a_scheduled_edition_comes_out_by_itself_or_is_cancelled_before() -> Result<()> {
    let edge = start()?;
    let mut draft = edge.changed_draft("material", &[("трех лет после", "пяти лет после")])?;
    draft["publish_at"] = json!("2026-11-24T05:00:00.000Z");
    let scheduled: ScheduledEdition = publish(&edge, &draft)?.parsed(202)?;
    let path = "/v1/admin/editions/scheduled";
    let waiting = || -> Result<Vec<ScheduledEdition>> {
        let answer = edge.order("auditor", "GET", path, &json!(null))?;
        Ok(answer.parsed::<ScheduledEditions>(200)?.scheduled)
    };
    let cancel = || {
        edge.order(
            "publisher",
            "DELETE",
            &format!("{path}/{}", scheduled.id),
            &json!(null),
        )
    };
    assert_eq!(waiting()?, [scheduled]);
    assert_eq!(
        publish(&edge, &edge.changed_draft("material", &[("трех", "двух")])?)?.problem()?,
        P::EditionScheduled
    );
    assert_eq!(cancel()?.status, 204);
    assert_eq!(cancel()?.problem()?, P::ScheduleUnknown);
    assert_eq!(waiting()?, []);

    let again: ScheduledEdition = publish(&edge, &draft)?.parsed(202)?;
    assert_eq!(again.id, scheduled.id, "the same draft");
    edge.set_clock("2026-11-24T04:59:50.000Z")?;
    assert_eq!(history(&edge)?.len(), 1);
    edge.set_clock("2026-11-24T05:00:00.000Z")?;
    let published = history(&edge)?[1].clone();
    assert!(published.published_at >= scheduled.publish_at);
    assert_eq!(cancel()?.problem()?, P::ScheduleUnknown, "it is out");
    Ok(())
}

#[test]
fn a_scheduled_edition_needs_nobody_who_asks_for_it() -> Result<()> {
    let mut edge = start()?;
    let mut draft = edge.changed_draft("material", &[("трех лет после", "пяти лет после")])?;
    draft["publish_at"] = json!("2026-11-24T05:00:00.000Z");
    assert_eq!(publish(&edge, &draft)?.status, 202);
    edge.kill();
    edge.restart()?;
    edge.set_clock("2026-11-24T04:59:58.000Z")?;
    // Nobody asks for nine seconds: the object's alarm publishes meanwhile, by the clock as it is then.
    std::thread::sleep(std::time::Duration::from_secs(9));
    let published = history(&edge)?[1].published_at.to_string();
    assert!(
        ("2026-11-24T05:00:00.000Z".."2026-11-24T05:00:06.000Z").contains(&published.as_str()),
        "{published}"
    );
    Ok(())
}

#[test]
fn an_editorial_change_asks_nothing_of_whoever_has_accepted_what_it_changes() -> Result<()> {
    let edge = start()?;
    let (aigerim, berik) = (Person::new(&edge, "aigerim"), Person::new(&edge, "berik"));
    aigerim.accepts()?.accepted(201)?;
    berik.accepts()?.accepted(201)?;
    assert_eq!(
        edge.publish_changed("material", &[("трех лет после", "пяти лет после")])?
            .status,
        201
    );
    aigerim.accepts()?.accepted(201)?;
    assert_eq!(berik.standing()?, "pending");
    let editorial = edge.publish_changed(
        "editorial",
        &[("Республик Казахстан", "Республики Казахстан")],
    )?;
    let editorial: EditionSummary = editorial.parsed(201)?;
    assert!(matches!(editorial.change, Change::Editorial(_)));
    assert_eq!(aigerim.standing()?, "accepted");
    assert_eq!(berik.standing()?, "pending");
    assert_eq!(
        aigerim.accepts()?.status,
        201,
        "pressing the button is recorded all the same"
    );
    Ok(())
}

#[test]
fn what_differs_between_any_two_editions_can_be_read() -> Result<()> {
    let edge = start()?;
    let first = edge.edition()?.id();
    edge.publish_changed("material", &[("трех лет после", "пяти лет после")])?
        .parsed::<EditionSummary>(201)?;
    edge.publish_changed(
        "material",
        &[("письменное заявление", "письменное обращение")],
    )?
    .parsed::<EditionSummary>(201)?;
    let last = edge.edition()?.id();
    let path = format!("/v1/editions/{first}/diff/{last}");
    let answer = edge.get(&path)?;
    let diff: EditionDiff = answer.parsed(200)?;
    assert_eq!((diff.from, diff.to), (first, last));
    assert_eq!(
        answer.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    let text = answer.text()?;
    assert!(
        text.contains(r#""number":"2.4""#) && text.contains(r#""number":"2.6""#),
        "{text}"
    );
    let unknown = format!("/v1/editions/{first}/diff/{}", "0".repeat(64));
    assert_eq!(edge.get(&unknown)?.problem()?, P::EditionUnknown);

    let page = edge.get(&format!("/privacy/editions/{last}?lang=ru"))?;
    let html = page.text()?;
    assert!(html.contains("<ins") && html.contains("<del"), "{html}");
    let former = edge.get(&format!("/privacy/editions/{first}?lang=ru"))?;
    assert!(!former.text()?.contains("<ins"), "there was none before it");
    let all = edge.get("/privacy/editions?lang=kk")?;
    for edition in history(&edge)? {
        let link = format!("/privacy/editions/{}", edition.id);
        assert!(all.text()?.contains(&link), "{link}");
        assert_eq!(edge.get(&link)?.status, 200);
    }
    Ok(())
}
