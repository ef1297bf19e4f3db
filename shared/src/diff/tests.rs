use std::fmt::Display;

use super::*;
use crate::{
    edition::{Channel, Draft, DraftChange, DraftText, Operator},
    policy::Section,
    time::Timestamp,
};

const SEED: &str = include_str!("../../../www/editions/first/privacy.ru.txt");

#[test]
fn a_text_and_itself_differ_in_nothing() {
    let policy = parse(SEED);
    assert_eq!(changes(&policy, &policy), []);
    let windows = SEED.replace('\n', "\r\n\r\n");
    assert_eq!(changes(&policy, &parse(&windows)), []);
}

#[test]
fn no_clause_of_the_first_edition_passes_for_another() {
    let policy = parse(SEED);
    let bodies: Vec<_> = policy
        .sections()
        .iter()
        .flat_map(Section::clauses)
        .collect();
    for old in &bodies {
        for new in bodies.iter().filter(|new| new.number() > old.number()) {
            let mut vocabulary = Vocabulary::default();
            let tokens = [vocabulary.body(old.body()), vocabulary.body(new.body())];
            let [old_words, new_words] = tokens.map(|tokens| vocabulary.words(&tokens));
            let similar = matching::similarity(&old_words, &new_words);
            assert_eq!(similar, None, "{} and {}", old.number(), new.number());
        }
    }
}

#[test]
fn names_what_changed_in_the_first_edition() {
    let clause_4_3 = line_of("4.3. ");
    let clause_3_1 = line_of("3.1. ");
    let clause_3_3 = line_of("3.3. ");
    for (case, edits, expected) in [
        ("a word", &[("трех лет", "пяти лет")][..], "~2.4"),
        (
            "a clause in the gap",
            &[("2.6. ", "2.5. Новый пункт о хранении.\n2.6. ")],
            "+2.5",
        ),
        ("the last clause removed", &[(clause_4_3, "")], "-4.3"),
        (
            "a clause removed and its number left",
            &[(line_of("3.4. "), "")],
            "-3.4",
        ),
        (
            "a link's address",
            &[(
                "](https://smartaqkol.chat/privacy)",
                "](https://smartaqkol.kz/privacy)",
            )],
            "~1.2",
        ),
        ("a heading", &[("ОБЩИЕ ПОЛОЖЕНИЯ", "ОБЩИЕ УСЛОВИЯ")], "~§1"),
        (
            "a heading with no word in common",
            &[("ОБЩИЕ ПОЛОЖЕНИЯ", "ТЕРМИНЫ")],
            "-§1 +§1",
        ),
        (
            "the title",
            &[("Политика конфиденциальности\n", "Политика приватности\n")],
            "title",
        ),
        (
            "two clauses swapped",
            &[
                (clause_3_1, "X"),
                (clause_3_3, clause_3_1),
                ("X", clause_3_3),
                ("3.1. ", "Y. "),
                ("3.3. ", "3.1. "),
                ("Y. ", "3.3. "),
            ],
            "3.3>3.1 3.1>3.3",
        ),
        (
            "another clause under the number",
            &[(clause_3_3, "3.3. Совсем другой текст.")],
            "-3.3 +3.3",
        ),
        (
            "a clause inserted and the rest renumbered",
            &[
                ("1.5. ", "1.6. "),
                ("1.4. ", "1.5. "),
                ("1.3. ", "1.4. "),
                ("1.2. ", "1.3. "),
                ("1.3. Пол", "1.2. Новый пункт.\n1.3. Пол"),
            ],
            "+1.2 1.2>1.3 1.3>1.4 1.4>1.5 1.5>1.6",
        ),
        (
            "a clause removed and the rest renumbered",
            &[
                (line_of("1.3. "), ""),
                ("1.4. ", "1.3. "),
                ("1.5. ", "1.4. "),
            ],
            "-1.3 1.4>1.3 1.5>1.4",
        ),
        (
            "a clause renumbered and edited",
            &[("2.6. ", "2.5. "), ("письменное заявление", "заявление")],
            "2.6>2.5~",
        ),
        (
            "a section in front",
            &[
                ("\n4. ", "\n5. "),
                ("\n4.1. ", "\n5.1. "),
                ("\n4.2. ", "\n5.2. "),
                ("\n4.3. ", "\n5.3. "),
                ("\n5. ", "\n4. СРОКИ\n4.1. Год.\n5. "),
            ],
            "+§4 +4.1 §4>§5 4.1>5.1 4.2>5.2 4.3>5.3",
        ),
    ] {
        let new = edits.iter().fold(SEED.to_owned(), |text, (from, to)| {
            assert_eq!(text.matches(from).count(), 1, "{case}: {from}");
            text.replace(from, to)
        });
        assert_eq!(
            written(&changes(&parse(SEED), &parse(&new))),
            expected,
            "{case}"
        );
    }
}

#[test]
fn matches_clauses_by_number_then_text_then_likeness() {
    for (case, old, new, expected) in [
        (
            "likes keep their numbers",
            "1:a b c|2:a b d",
            "1:a b e|2:a b f",
            "~1.1 ~1.2",
        ),
        (
            "the most alike go together",
            "1:a b c d|2:a b x y",
            "3:a b x z|4:a b c d e",
            "1.2>1.3~ 1.1>1.4~",
        ),
        (
            "twins stay where they are",
            "1:a b|2:a b",
            "1:a b|2:a b",
            "",
        ),
        ("one of two twins goes", "1:a b|2:a b", "2:a b", "-1.1"),
        ("a twin comes", "1:a b", "1:a b|2:a b", "+1.2"),
        (
            "twins move in order",
            "1:a b|2:a b",
            "3:a b|4:a b",
            "1.1>1.3 1.2>1.4",
        ),
        (
            "twins pushed down by one",
            "1:a b|2:a b",
            "1:x|2:a b|3:a b",
            "+1.1 1.1>1.3",
        ),
        ("nothing alike", "1:a b c", "1:d e f", "-1.1 +1.1"),
        ("half of the words", "1:a b", "1:a c", "~1.1"),
        (
            "less than half of the words",
            "1:a b c",
            "1:a d e",
            "-1.1 +1.1",
        ),
        (
            "punctuation makes nothing alike",
            "1:. , -",
            "1:. , !",
            "-1.1 +1.1",
        ),
        ("punctuation counts as a change", "1:a, b", "1:a b", "~1.1"),
        ("so does space", "1:a b", "1:a\u{A0}b", "~1.1"),
        (
            "removed clauses stay between their neighbours",
            "1:a|2:b|3:c|4:d|5:e",
            "1:a|2:e|3:x",
            "-1.2 -1.3 -1.4 1.5>1.2 +1.3",
        ),
        (
            "a clause goes to the end and the next is removed",
            "1:a|2:b|3:c|4:d",
            "2:c|3:d|4:a",
            "-1.2 1.3>1.2 1.4>1.3 1.1>1.4",
        ),
        (
            "a clause comes to the front and another is removed",
            "1:a|2:b|3:c|4:d",
            "1:d|2:a|3:c",
            "1.4>1.1 1.1>1.2 -1.2",
        ),
        (
            "nothing is left before what was removed",
            "1:a|2:b|3:c",
            "3:c",
            "-1.1 -1.2",
        ),
    ] {
        let changes = changes(&parse(&clauses(old)), &parse(&clauses(new)));
        assert_eq!(written(&changes), expected, "{case}");
    }
}

#[test]
fn a_link_never_counts_as_the_same_as_other_text() {
    let bodies = [
        "a",
        "[a](https://b.kz)",
        "[a](https://c.kz)",
        "a (https://b.kz)",
        r"[a \(https://b.kz](https://b.kz)",
        "[a](https://b.kz)[a](https://b.kz)",
        r"[a \(https://b.kz\)a](https://b.kz)",
        r"\[a\](https://b.kz)",
    ];
    for old in bodies {
        for new in bodies {
            let source = |body| format!("T\n1. S\n1.1. same words here {body}");
            let changes = changes(&parse(&source(old)), &parse(&source(new)));
            let expected = if old == new { "" } else { "~1.1" };
            assert_eq!(written(&changes), expected, "{old} → {new}");
        }
    }
}

#[test]
fn the_address_of_a_link_is_shown_apart_from_its_text() {
    let new = SEED.replace(
        "](https://smartaqkol.chat/privacy)",
        "](https://smartaqkol.kz)",
    );
    let changes = changes(&parse(SEED), &parse(&new));
    let [Change::Clause(Edit::Changed { spans, .. })] = changes.as_slice() else {
        panic!("{changes:?}");
    };
    let [kept, deleted, inserted, end] = spans.as_slice() else {
        panic!("{spans:?}");
    };
    assert!(
        kept.text
            .ends_with("ссылке: [https://smartaqkol.chat/privacy] (")
    );
    assert_eq!(deleted.text, "https://smartaqkol.chat/privacy");
    assert_eq!(inserted.text, "https://smartaqkol.kz");
    assert_eq!(end.text, ").");
}

#[test]
fn thousands_of_clauses_that_are_all_alike_are_compared_within_bounds() {
    let policy = |word: &str| {
        let section = |section| {
            let clause = |clause| format!("{section}.{clause}. a b c {word}{section}.{clause}");
            let clauses: Vec<_> = (1..500).map(clause).collect();
            format!("{section}. S\n{}", clauses.join("\n"))
        };
        let sections: Vec<_> = (1..40).map(section).collect();
        parse(&format!("T\n{}", sections.join("\n")))
    };
    assert_eq!(changes(&policy("x"), &policy("y")).len(), 39 * 499);
    let clause = |clause| format!("900.{clause}. a b c {clause}");
    let moved: Vec<_> = (1..999).map(clause).collect();
    let moved = parse(&format!("T\n900. S\n{}", moved.join("\n")));
    let (there, back) = (changes(&policy("x"), &moved), changes(&moved, &policy("x")));
    assert_eq!(there.len(), back.len());
    let is_moved = |change: &&Change| matches!(change, Change::Clause(Edit::Moved { .. }));
    assert_eq!(there.iter().filter(is_moved).count(), 998);
}

#[test]
fn an_edition_and_the_next_differ_by_language() {
    use Language::{En, Kk, Ru};
    let old = edition(&[(En, "1:a b"), (Ru, "1:a b")], "исполнение");
    let new = edition(&[(Kk, "1:a"), (Ru, "1:a c")], "реклама");
    let diff = EditionDiff::between(&old, &new);
    let json = serde_json::to_string(&diff).unwrap();
    let expected = [
        r#"{"from":""#,
        &old.id().to_string(),
        r#"","to":""#,
        &new.id().to_string(),
        r#"","dropped":["en"],"texts":[{"status":"new","language":"kk"},"#,
        r#"{"status":"compared","language":"ru","#,
        r#""purposes":{"added":["реклама"],"removed":["исполнение"]},"#,
        r#""data_categories":{"added":[],"removed":[]},"#,
        r#""changes":[{"part":"clause","change":"changed","number":"1.1","spans":["#,
        r#"{"kind":"kept","text":"a "},{"kind":"deleted","text":"b"},"#,
        r#"{"kind":"inserted","text":"c"}]}]}]}"#,
    ];
    assert_eq!(json, expected.concat());
    assert_eq!(serde_json::from_str::<EditionDiff>(&json).unwrap(), diff);

    let none = EditionDiff::between(&new, &new);
    let unchanged =
        |text: &TextDiff| matches!(text, TextDiff::Compared { changes, .. } if changes.is_empty());
    assert!(none.texts.iter().all(unchanged) && none.dropped.is_empty());
}

#[test]
fn reads_back_every_kind_of_change_and_nothing_else() {
    let old = "Old\n1. A B\n1.1. a b\n1.2. e f\n1.3. c d\n1.4. g h i\n2. C\n2.1. j";
    let new = "New\n1. A C\n1.1. a x\n1.2. y z\n1.5. g h k\n1.7. c d\n3. C\n3.1. j";
    let changes = changes(&parse(old), &parse(new));
    assert_eq!(
        written(&changes),
        "title ~§1 ~1.1 -1.2 +1.2 1.4>1.5~ 1.3>1.7 §2>§3 2.1>3.1"
    );
    let json = serde_json::to_string(&changes).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Change>>(&json).unwrap(), changes);
    assert!(json.contains(r#"{"part":"clause","change":"moved","from":"1.3","to":"1.7"}"#));
    assert!(json.contains(r#"{"part":"section","change":"moved","from":2,"to":3}"#));
    for (from, to) in [
        (r#""part":"title""#, r#""part":"title","x":1"#),
        (r#""change":"added""#, r#""change":"added","x":1"#),
        (r#""change":"added""#, r#""change":"gone""#),
        (r#""number":"1.2""#, r#""number":"01.2""#),
        (r#""kind":"kept""#, r#""kind":"kept","x":1"#),
    ] {
        let broken = json.replacen(from, to, 1);
        assert_ne!(broken, json, "{from}");
        assert!(
            serde_json::from_str::<Vec<Change>>(&broken).is_err(),
            "{to}"
        );
    }
}

#[test]
fn lines_are_told_apart_by_their_text_and_their_count() {
    let lines = |text: &str| -> Vec<Line<300>> {
        text.split_whitespace()
            .map(|line| line.parse().unwrap())
            .collect()
    };
    for (old, new, added, removed) in [
        ("a b", "a b", "", ""),
        ("a b", "b a", "", ""),
        ("a b", "c b d", "c d", "a"),
        ("a a", "a", "", "a"),
        ("a", "a a", "a", ""),
    ] {
        let diff = LinesDiff::between(&lines(old), &lines(new));
        let expected = LinesDiff {
            added: lines(added),
            removed: lines(removed),
        };
        assert_eq!(diff, expected, "{old} → {new}");
    }
}

fn parse(source: &str) -> Policy {
    Policy::parse(source).unwrap()
}

/// The line of the first edition that starts with a number.
fn line_of(number: &str) -> &'static str {
    SEED.lines().find(|line| line.starts_with(number)).unwrap()
}

/// A policy with one section, of clauses written `1:text|2:text`.
fn clauses(clauses: &str) -> String {
    clauses
        .split('|')
        .fold("T\n1. S".to_owned(), |source, clause| {
            let (number, text) = clause.split_once(':').unwrap();
            format!("{source}\n1.{number}. {text}")
        })
}

/// Changes in short: `+1.1` added, `-1.1` removed, `~1.1` changed, `1.1>1.2` moved, `1.1>1.2~` both.
fn written(changes: &[Change]) -> String {
    let written = changes.iter().map(|change| match change {
        Change::Title { .. } => "title".to_owned(),
        Change::Section(edit) => in_short("§", edit),
        Change::Clause(edit) => in_short("", edit),
    });
    written.collect::<Vec<_>>().join(" ")
}

fn in_short<N: Display>(sign: &str, edit: &Edit<N>) -> String {
    match edit {
        Edit::Added { number, .. } => format!("+{sign}{number}"),
        Edit::Removed { number, .. } => format!("-{sign}{number}"),
        Edit::Changed { number, .. } => format!("~{sign}{number}"),
        Edit::Moved { from, to, spans } => {
            let edited = if spans.is_empty() { "" } else { "~" };
            format!("{sign}{from}>{sign}{to}{edited}")
        }
    }
}

fn edition(texts: &[(Language, &str)], purpose: &str) -> Edition {
    let draft = Draft {
        authoritative: Language::Ru,
        channels: vec![Channel::Site],
        change: DraftChange::Initial {},
        publish_at: None,
        texts: texts
            .iter()
            .map(|&(language, text)| DraftText {
                language,
                body: clauses(text),
                purposes: vec![purpose.parse().unwrap()],
                data_categories: vec!["номер телефона".parse().unwrap()],
                summary: None,
            })
            .collect(),
    };
    let operator = Operator {
        name: "ТОО".parse().unwrap(),
        bin: None,
        address: None,
    };
    let at = Timestamp::from_unix_milliseconds(1_795_410_000_000).unwrap();
    draft
        .publish(at, operator, "https://example.kz/privacy".parse().unwrap())
        .unwrap()
}
