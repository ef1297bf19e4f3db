//! Editions, and notices of them.

use std::sync::LazyLock;

use super::*;

const SEED: &str = include_str!("../../../../www/editions/first/privacy.ru.txt");

/// What could be taken for markup, as a form's ticket and as an operator's name.
pub(super) const TICKET: &str = "a\"><b>.c&amp;";
pub(super) const OPERATOR: &str = "ТОО «BTS» \"<b>&lt;";

pub(super) const EDGE: &str = "https://consent.example";

/// A notice of every question, in every language and at every place.
pub(super) fn every_notice(edition: &Edition) -> Vec<Notice> {
    let mut notices = vec![];
    for ask in asks() {
        for language in Language::ALL {
            let ticket = TICKET.to_owned();
            let replaced = false;
            for place in [Place::Host, Place::First, Place::Page { ticket, replaced }] {
                notices.push(notice(edition, ask, language, place));
            }
        }
    }
    notices
}

pub(super) fn asks() -> [Ask; 5] {
    [Ask::New, Ask::Withdrawn, Ask::Terminated, pending(), due()]
}

pub(super) fn pending() -> Ask {
    Ask::of_change(deadline(), false)
}

pub(super) fn due() -> Ask {
    Ask::of_change(deadline(), true)
}

pub(super) fn deadline() -> Timestamp {
    "2026-11-30T19:00:00.000Z".parse().unwrap()
}

pub(super) fn is_page(notice: &Notice) -> bool {
    matches!(notice.place, Place::Page { .. })
}

/// A notice of that edition, to a person who has accepted the first one.
pub(super) fn notice(edition: &Edition, ask: Ask, language: Language, place: Place) -> Notice {
    let [first, second] = &*EDITIONS;
    Notice {
        edition: edition.document().clone(),
        changes: (edition == second).then(|| EditionDiff::between(first, second)),
        ask,
        language,
        edge: EDGE.to_owned(),
        place,
    }
}

pub(super) fn html_of(notice: &Notice) -> String {
    let rendering = Rendering::Notice(notice.clone());
    pollster::block_on(render(rendering)).unwrap()
}

/// Every kind of change.
pub(super) fn every_kind(from: &Edition, to: &Edition) -> EditionDiff {
    let span = |kind, text: &str| Span {
        kind,
        text: text.to_owned(),
    };
    let spans = vec![
        span(SpanKind::Kept, "в течение "),
        span(SpanKind::Deleted, "трех"),
        span(SpanKind::Inserted, "пяти"),
    ];
    let number = |number: &str| number.parse().unwrap();
    let line = |text: &str| text.parse().unwrap();
    EditionDiff {
        from: from.id(),
        to: to.id(),
        dropped: vec![Language::En],
        texts: vec![
            TextDiff::New {
                language: Language::Kk,
            },
            TextDiff::Compared {
                language: Language::Ru,
                purposes: LinesDiff {
                    added: vec![line("исследования")],
                    removed: vec![],
                },
                data_categories: LinesDiff {
                    added: vec![],
                    removed: vec![line("адрес")],
                },
                changes: vec![
                    Change::Title {
                        spans: spans.clone(),
                    },
                    Change::Section(Edit::Moved {
                        from: 2,
                        to: 3,
                        spans: vec![],
                    }),
                    Change::Clause(Edit::Removed {
                        number: number("2.1"),
                        text: "было".to_owned(),
                    }),
                    Change::Clause(Edit::Added {
                        number: number("3.1"),
                        text: "стало".to_owned(),
                    }),
                    Change::Clause(Edit::Moved {
                        from: number("2.3"),
                        to: number("3.3"),
                        spans: spans.clone(),
                    }),
                    Change::Clause(Edit::Changed {
                        number: number("4.1"),
                        spans,
                    }),
                ],
            },
        ],
    }
}

/// The first edition, and one that changes it: a word, a clause, a purpose, and a language more.
pub(super) static EDITIONS: LazyLock<[Edition; 2]> = LazyLock::new(|| {
    let first = publish(
        DraftChange::Initial {},
        "2026-01-12T05:00:00.000Z",
        vec![text(Language::Ru, SEED, &["участие в конкурсах"], None)],
    );
    let last_clause = SEED.find("4.3. ").unwrap();
    let changed = SEED[..last_clause].replace("трех лет", "пяти лет");
    let kazakh = "Құпиялылық саясаты\n1. ЖАЛПЫ ЕРЕЖЕЛЕР\n1.1. Мәтін <b>.";
    let second = publish(
        DraftChange::Material(DraftSuccession {
            supersedes: first.id(),
            rule: Rule::NextWorkingDay,
        }),
        "2026-11-23T05:00:00.000Z",
        vec![
            text(
                Language::Kk,
                kazakh,
                &["зерттеу"],
                Some("Сақтау мерзімі ұзартылды."),
            ),
            text(
                Language::Ru,
                &changed,
                &["a <b> \"c\""],
                Some("Срок <b> продлён."),
            ),
        ],
    );
    [first, second]
});

fn text(language: Language, body: &str, purposes: &[&str], summary: Option<&str>) -> DraftText {
    DraftText {
        language,
        body: body.to_owned(),
        purposes: purposes.iter().map(|line| line.parse().unwrap()).collect(),
        data_categories: vec!["IP".parse().unwrap()],
        summary: summary.map(|line| line.parse().unwrap()),
    }
}

fn publish(change: DraftChange, at: &str, texts: Vec<DraftText>) -> Edition {
    let draft = Draft {
        authoritative: Language::Ru,
        channels: vec![Channel::Site],
        change,
        publish_at: None,
        texts,
    };
    let operator = Operator {
        name: OPERATOR.parse().unwrap(),
        bin: Some("123456789012".parse().unwrap()),
        address: None,
    };
    let url = "https://smartaqkol.chat/privacy".parse().unwrap();
    draft.publish(at.parse().unwrap(), operator, url).unwrap()
}
