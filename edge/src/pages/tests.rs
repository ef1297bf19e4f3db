use std::rc::Rc;

use kelisim_shared::{
    deadline::Rule,
    diff::EditionDiff,
    digest::Sha256Digest,
    edition::{Channel, Draft, DraftChange, DraftSuccession, DraftText},
    problem::ProblemType,
    record::{Basis, RecordId},
    subject::State,
};

use super::*;

const SEED: &str = include_str!("../../../www/editions/first/privacy.ru.txt");

#[test]
fn marks_the_word_that_changed_for_eyes_and_for_ears() {
    let (first, second) = editions();
    let diff = EditionDiff::between(&first, &second);
    let html = policy(&second, Standing::InForce, Some(&diff), None, Language::Ru);
    for expected in [
        "<a href=\"#c2.4\">Пункт 2.4</a>: изменён",
        "<del><span class=\"unseen\" lang=\"ru\">[удалено: </span>трех<span class=\"unseen\" lang=\"ru\">]</span></del>",
        "<ins><span class=\"unseen\" lang=\"ru\">[добавлено: </span>пяти<span class=\"unseen\" lang=\"ru\">]</span></ins>",
        "Пункт 4.3: исключён",
        "Исключено: <span lang=\"ru\"><del>участие в конкурсах</del></span>",
        "Существенное изменение.",
        "с <time datetime=\"2026-11-30T19:00:00.000Z\">1 декабря 2026 г. в 00:00 (UTC+5)</time> продолжение пользования",
    ] {
        assert!(html.contains(expected), "{expected}\n{html}");
    }
}

#[test]
fn a_text_that_is_new_in_its_language_does_not_hide_what_changed() {
    let (first, second) = editions();
    let diff = EditionDiff::between(&first, &second);
    let html = policy(&second, Standing::InForce, Some(&diff), None, Language::Kk);
    let words = words::of(Language::Kk);
    assert!(html.contains(words.changes.text_is_new));
    assert!(html.contains("[жойылды: </span>трех<span"));
    let html = policy(&second, Standing::InForce, Some(&diff), None, Language::Ru);
    assert!(!html.contains(words::of(Language::Ru).changes.text_is_new));
}

#[test]
fn every_text_says_its_language_and_none_is_markup() {
    let (_, second) = editions();
    for (language, text) in [(Language::En, "ru"), (Language::Kk, "kk")] {
        let html = policy(&second, Standing::Former, None, None, language);
        assert!(html.contains(&format!("<html lang=\"{language}\">")));
        assert!(html.contains(&format!("<article lang=\"{text}\">")));
        assert!(html.contains(&format!("<ul lang=\"{text}\">")));
        assert!(html.contains(&format!("<h1 lang=\"{text}\">")));
        assert!(html.contains("&lt;b&gt;") && !html.contains("<b>"));
    }
}

#[test]
fn the_page_of_the_notice_allows_its_own_style_and_script_only() {
    let (_, second) = editions();
    let page = |access| ConsentPage {
        edition: &second,
        language: Language::Kk,
        style: ".frame{color:red}",
        script: "(()=>1)",
        notice: "<main>the notice</main>",
        notice_address: "/v1/editions/0a/notice?standing=new&lang=kk",
        ticket: "a\"><b>.c",
        access,
    };
    let access = Access {
        token: "x.y.z",
        status: r#"{"state":{"name":"new"}}"#,
    };
    let (html, policy) = consent(&page(Some(access)));
    for expected in [
        "<html lang=\"kk\">",
        "<template shadowrootmode=\"open\"><style>.frame{color:red}</style><main>the notice</main></template>",
        "<script type=\"module\" id=\"follow\" data-notice=\"/v1/editions/0a/notice?standing=new&amp;lang=kk\" \
         data-token=\"x.y.z\" data-status=\"{&quot;state&quot;:{&quot;name&quot;:&quot;new&quot;}}\">(()=>1)()</script>",
        "<input type=\"hidden\" name=\"ticket\" value=\"a&quot;&gt;&lt;b&gt;.c\">",
    ] {
        assert!(html.contains(expected), "{expected}\n{html}");
    }
    for absent in ["checked", "selected", "required", " style=", "onclick"] {
        assert!(!html.contains(absent), "{absent}");
    }
    // printf 'body{margin:0}' | openssl dgst -sha256 -binary | base64, and the same of the style and the script above
    for hash in HASHES {
        assert!(policy.contains(hash), "{hash} in {policy}");
    }
    assert!(!policy.contains("unsafe-inline") && policy.contains("form-action 'self'"));

    let (html, _) = consent(&page(None));
    assert!(html.contains("data-notice") && !html.contains("data-token"));
}

const HASHES: [&str; 3] = [
    "'sha256-uhfP2jNrogzEQ+QL1UFVMAPUUhOeeqRcND8lhH3+kTI='",
    "'sha256-IAdwN3biDCQ3brrgp1m8kBEsPQYyqfREKOEfeoREopc='",
    "'sha256-Vx9e2j2DN7XveZTFkfH0qMsx+pzRKpLItshNFs2b/uc='",
];

#[test]
fn says_on_which_ground_an_edition_is_accepted() {
    let (first, second) = editions();
    let record = RecordId::new(Sha256Digest::of(b"record"));
    for (basis, heading) in [
        (Basis::Explicit, "<h1>Edition accepted</h1>"),
        (Basis::Implied, "<h1>Edition counted as accepted</h1>"),
    ] {
        let state = State::Accepted {
            edition: second.id(),
            basis,
            record,
            recorded_at: second.manifest().published_at,
        };
        let html = accepted(&second, &state, Some("e.y.J"), Language::En);
        assert!(html.contains(heading));
        assert!(html.contains(">e.y.J</textarea>") && html.contains(&record.to_string()));
        let note = words::of(Language::En).outcome.wording_only;
        assert!(!html.contains(note));
        assert!(accepted(&first, &state, None, Language::En).contains(note));
    }
    let erased_at = second.manifest().published_at;
    let html = accepted(&second, &State::Erased { erased_at }, None, Language::En);
    assert!(html.contains("The records were erased") && !html.contains("<textarea"));
}

#[test]
fn no_word_calls_use_consent_or_a_press_a_signature() {
    for language in Language::ALL {
        let words = words::of(language);
        for term in [
            &words.term.material,
            &words.term.editorial,
            &words.term.former,
        ] {
            let sentence = term.with(&"").into_string().to_lowercase();
            for absent in ["соглас", "consent", "келісім"] {
                assert!(!sentence.contains(absent), "{sentence}");
            }
        }
        for text in [words.consent.recorded, words.outcome.implied_lead] {
            for absent in ["подпис", "signature", "қолтаңба"] {
                assert!(!text.contains(absent), "{text}");
            }
        }
    }
}

#[test]
fn lists_every_edition_and_marks_the_one_in_force() {
    let (first, second) = editions();
    let ids = [second.id(), first.id()];
    let html = history(&[Rc::new(second), Rc::new(first)], Language::Kk);
    for id in ids {
        assert!(html.contains(&format!("href=\"/privacy/editions/{id}?lang=kk\"")));
    }
    assert_eq!(html.matches(words::of(Language::Kk).in_force).count(), 1);
    assert!(html.contains("<span lang=\"kk\">Сақтау мерзімі ұзартылды.</span>"));
}

#[test]
fn lists_every_problem_once_by_its_slug() {
    let html = problems();
    for &problem in ProblemType::ALL {
        let slug = problem.uri().trim_start_matches("urn:kelisim:problem:");
        let section = format!("<section id=\"{slug}\">");
        assert_eq!(html.matches(&section).count(), 1, "{slug}");
    }
    assert!(html.contains("<code>Authorization: Bearer</code>"));
    assert!(!html.contains('`'));
}

/// The first edition, and one that changes it: a word, a clause, a purpose, and a language more.
fn editions() -> (Edition, Edition) {
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
                &["a <b>"],
                Some("Срок <b> продлён."),
            ),
        ],
    );
    (first, second)
}

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
        name: "ТОО «BTS Digital»".parse().unwrap(),
        bin: Some("123456789012".parse().unwrap()),
        address: None,
    };
    let url = "https://smartaqkol.chat/privacy".parse().unwrap();
    draft.publish(at.parse().unwrap(), operator, url).unwrap()
}
