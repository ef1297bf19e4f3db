mod html;
mod world;

use std::collections::BTreeSet;

use kelisim_shared::{
    date,
    deadline::Rule,
    diff::{Change, Edit, EditionDiff, LinesDiff, Span, SpanKind, TextDiff},
    edition::{Channel, Draft, DraftChange, DraftSuccession, DraftText, Operator},
    language::Language,
    time::Timestamp,
};

use self::{html::*, world::*};
use super::*;
use crate::i18n::fill;

#[test]
fn the_frame_says_whether_it_blocks_the_page() {
    let edition = &EDITIONS[1];
    for notice in every_notice(edition) {
        let html = html_of(&notice);
        let frame = tags(&html).next().unwrap();
        let (element, class) = match (&notice.place, notice.ask) {
            (Place::Page { .. }, _) => ("main", "frame page"),
            (_, Ask::Pending { .. }) => ("section", "frame region"),
            _ => ("dialog", "frame modal"),
        };
        let is_dialog = element == "dialog";
        assert_eq!(name(frame), element);
        assert!(html.ends_with(&format!("</footer></{element}>")));
        for (attribute, expected) in [
            ("part", Some("dialog")),
            ("class", Some(class)),
            ("lang", Some(notice.language.code())),
            ("aria-labelledby", Some("title")),
            ("role", is_dialog.then_some("dialog")),
            ("aria-modal", is_dialog.then_some("true")),
            ("closedby", is_dialog.then_some("none")),
            ("open", None),
        ] {
            let found = self::attribute(frame, attribute);
            assert_eq!(found.as_deref(), expected, "{attribute} of {frame}");
        }
        let heading = tag_of(&html, "title");
        assert_eq!(name(heading), "h2");
        assert_eq!(attribute(heading, "tabindex").as_deref(), Some("-1"));
    }
}

#[test]
fn the_content_says_what_it_is() {
    let edition = &EDITIONS[1];
    for notice in every_notice(edition) {
        let html = html_of(&notice);
        let content = part(&html, "content");
        if notice.place == Place::First {
            assert_eq!(
                attribute(content, "data-edition"),
                None,
                "it cannot be taken over"
            );
            continue;
        }
        let (manifest, _) = edition.text(notice.language);
        for (attribute, expected) in [
            ("data-edition", edition.id().to_string()),
            ("data-standing", notice.ask.name().to_owned()),
            ("data-text", manifest.language.to_string()),
            ("data-sha256", manifest.sha256.to_string()),
        ] {
            let found = self::attribute(content, attribute);
            assert_eq!(found, Some(expected), "{attribute}");
        }
        let messages = attribute(content, "data-messages").unwrap();
        let expected = Messages::of(notice.language);
        assert_eq!(Messages::of_lines(&messages), Some(expected));
    }
}

#[test]
fn operator_purposes_and_data_come_before_the_button() {
    let edition = &EDITIONS[1];
    for notice in every_notice(edition) {
        if notice.place == Place::First && notice.ask.can_leave() {
            continue;
        }
        let html = html_of(&notice);
        let words = words::of(notice.language);
        let place = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text}\n{html}"));
        let (manifest, _) = edition.text(notice.language);
        let button = place(part(&html, "accept"));
        let text = match notice.place {
            Place::Host => Some(("<article", "</article>")),
            Place::Page { .. } => Some(("<iframe", "</iframe>")),
            Place::First => None,
        };
        for shown_before in [
            escaped(OPERATOR),
            format!(">{}</h3>", words.purposes),
            format!("<li>{}</li>", escaped(manifest.purposes[0].as_str())),
            format!(">{}</h3>", words.data_categories),
            format!("<li>{}</li>", manifest.data_categories[0].as_str()),
            format!(">{}</h3>", words.change.since_accepted),
        ] {
            assert!(place(&shown_before) < button, "{shown_before}");
            if let Some((text, _)) = text {
                assert!(place(&shown_before) < place(text), "{shown_before}");
            }
        }
        if let Some((_, end)) = text {
            assert!(place(end) < button, "the whole text does, too");
        }
    }
}

#[test]
fn nothing_is_preselected_and_nothing_runs() {
    let edition = &EDITIONS[1];
    for notice in every_notice(edition) {
        let html = html_of(&notice);
        let inputs = tags(&html).filter(|tag| name(tag) == "input");
        let expected = if is_page(&notice) { 2 } else { 0 };
        assert_eq!(inputs.clone().count(), expected);
        for input in inputs {
            assert_eq!(attribute(input, "type").as_deref(), Some("hidden"));
        }
        for tag in tags(&html) {
            assert!(!["script", "select", "textarea", "style"].contains(&name(tag)));
            for absent in ["checked", "selected", "required", "style", "disabled"] {
                assert_eq!(attribute(tag, absent), None, "{tag}");
            }
            let names = attributes(tag);
            assert!(
                !names.into_iter().any(|name| name.starts_with("on")),
                "{tag}"
            );
            if attribute(tag, "autofocus").is_some() {
                assert_eq!(name(tag), "h2", "no button is at hand unread");
            }
        }
    }
}

#[test]
fn the_buttons_and_their_terms_are_those_of_the_question() {
    let edition = &EDITIONS[1];
    for notice in every_notice(edition) {
        let html = html_of(&notice);
        let messages = Messages::of(notice.language);
        let moment = date::moment(notice.language, deadline());
        let recorded = [messages.what_is_recorded(), " ", messages.what_is_not()].concat();
        let (terms, leave) = match notice.ask {
            Ask::Pending { .. } => (fill(messages.until(), &moment), Some(messages.later())),
            Ask::Due { .. } => (fill(messages.since(), &moment), Some(messages.go_on())),
            _ => (recorded, None),
        };
        assert!(html.contains(&format!(">{terms}</p>")), "{terms}\n{html}");
        let button = part(&html, "accept");
        assert!(html.contains(&format!("<{button}>{}</button>", messages.accept())));
        assert!(attribute(button, "aria-disabled").is_none());
        let beside = tags(&html).find(|tag| attribute(tag, "part").as_deref() == Some("leave"));
        match leave {
            Some(leave) if !is_page(&notice) => {
                let beside = beside.unwrap_or_else(|| panic!("{html}"));
                assert!(html.contains(&format!("<{beside}>{leave}</button>")));
            }
            _ => assert_eq!(beside, None),
        }
        if notice.place != Place::First || !notice.ask.can_leave() {
            let page = format!("{EDGE}/privacy?lang={}", notice.language);
            assert_eq!(attribute(part(&html, "page"), "href"), Some(page));
        }
    }
}

#[test]
fn the_first_notice_of_somebody_new_is_the_whole_but_for_the_text() {
    let edition = &EDITIONS[0];
    for language in Language::ALL {
        let mut first = notice(edition, Ask::New, language, Place::First);
        first.changes = None;
        let html = html_of(&first);
        assert!(html.len() < 5_000, "{} bytes\n{html}", html.len());
        assert_eq!(name(part(&html, "dialog")), "dialog");
        assert!(attribute(tag_of(&html, "title"), "autofocus").is_some());
        let page = format!("{EDGE}/privacy?lang={language}");
        assert_eq!(
            attribute(part(&html, "page"), "href"),
            Some(page),
            "where the text is"
        );
        for absent in ["<article", "<nav", "<form", "<ins", "data-jump"] {
            assert!(!html.contains(absent), "{absent}");
        }
    }
}

#[test]
fn the_first_notice_of_a_change_is_short_and_can_be_answered() {
    let [_, second] = &*EDITIONS;
    for ask in [pending(), due()] {
        for language in Language::ALL {
            let mut notice = notice(second, ask, language, Place::First);
            notice.changes = None;
            let html = html_of(&notice);
            assert!(html.len() < 1_900, "{} bytes\n{html}", html.len());
            let words = words::of(language);
            let (manifest, _) = second.text(language);
            let summary = escaped(manifest.summary.as_ref().unwrap().as_str());
            for expected in [words.change.lead, &summary] {
                assert!(html.contains(&format!(">{expected}</")), "{expected}");
            }
            assert_eq!(language_of(&html, &summary), manifest.language.code());
            for control in ["accept", "leave"] {
                let button = part(&html, control);
                assert_eq!(attribute(button, "type").as_deref(), Some("button"));
            }
            for absent in [words.purposes, "<article", "<nav", "<form", "<ins", "<a "] {
                assert!(!html.contains(absent), "{absent}");
            }
        }
    }
}

#[test]
fn on_a_page_of_its_own_every_press_is_of_a_form_with_the_ticket() {
    let edition = &EDITIONS[1];
    for language in Language::ALL {
        for replaced in [false, true] {
            let ticket = TICKET.to_owned();
            let place = Place::Page { ticket, replaced };
            let html = html_of(&notice(edition, Ask::New, language, place));
            let forms: Vec<_> = html.split("<form").skip(1).collect();
            let [languages, accept] = &forms[..] else {
                panic!("{html}");
            };
            for (form, action) in [
                (languages, "/consent".to_owned()),
                (accept, format!("/consent/accept?lang={language}")),
            ] {
                let (form, _) = form.split_once("</form>").unwrap();
                for (attribute, expected) in [
                    ("method", "post"),
                    ("action", &*action),
                    ("autocomplete", "off"),
                ] {
                    let found = self::attribute(form, attribute);
                    assert_eq!(found.as_deref(), Some(expected), "{form}");
                }
                let input = tags(form).find(|tag| name(tag) == "input").unwrap();
                assert_eq!(attribute(input, "name").as_deref(), Some("ticket"));
                assert_eq!(attribute(input, "value").as_deref(), Some(TICKET));
            }
            for other in Language::ALL {
                let button = tags(languages)
                    .find(|tag| attribute(tag, "value").as_deref() == Some(other.code()))
                    .unwrap();
                let pressed = (other == language).to_string();
                for (attribute, expected) in [
                    ("type", "submit"),
                    ("name", "lang"),
                    ("lang", other.code()),
                    ("aria-pressed", &*pressed),
                ] {
                    let found = self::attribute(button, attribute);
                    assert_eq!(found.as_deref(), Some(expected), "{button}");
                }
            }
            let button = part(accept, "accept");
            assert_ne!(attribute(button, "type").as_deref(), Some("button"));
            let messages = Messages::of(language);
            let says_so = html.contains(&format!(">{}</p>", messages.replaced()));
            assert_eq!(says_so, replaced);
        }
    }
    let html = html_of(&notice(edition, due(), Language::Ru, Place::Host));
    assert!(!html.contains("<form"));
    assert_eq!(html.matches("name=\"lang\"").count(), Language::ALL.len());
}

#[test]
fn marks_the_word_that_changed_for_eyes_and_for_ears() {
    let second = &EDITIONS[1];
    let html = html_of(&notice(second, pending(), Language::Ru, Place::Host));
    for expected in [
        "<h4>Пункт 2.4: изменено</h4><p lang=\"ru\">Хранение Персональных данных",
        " и <del>[удалено: трех]</del><ins>[добавлено: пяти]</ins> лет после",
        "<h4>Пункт 4.3: исключено</h4><p lang=\"ru\"><del>[удалено: В случае",
        "<h4>Зачем обрабатываются данные: добавлено</h4><p lang=\"ru\"><ins>[добавлено: a &lt;b&gt; \"c\"]</ins></p>",
        "<h4>Зачем обрабатываются данные: исключено</h4><p lang=\"ru\"><del>[удалено: участие в конкурсах]</del></p>",
    ] {
        assert!(said(&html).contains(expected), "{expected}\n{html}");
    }
    for marked in ["[удалено: ", "[добавлено: "] {
        let place = html.find(marked).unwrap();
        let hidden = tags(&html[..place]).last().unwrap();
        assert_eq!(attribute(hidden, "class").as_deref(), Some("unseen"));
    }
    for marked in ["ins", "del"] {
        let count = html.matches(&format!("<{marked}>")).count();
        let closed = format!("<span class=\"unseen\">]</span></{marked}>");
        assert_eq!(html.matches(&closed).count(), count, "{marked}");
    }
}

#[test]
fn names_every_kind_of_change() {
    let [first, second] = &*EDITIONS;
    let mut notice = notice(second, pending(), Language::Ru, Place::Host);
    notice.changes = Some(every_kind(first, second));
    let html = html_of(&notice);
    let words = "в течение <del>[удалено: трех]</del><ins>[добавлено: пяти]</ins>";
    let (_, section) = said(&html)
        .split_once("Отличия от редакции, которую вы приняли</h3>")
        .map(|(before, after)| (before.to_owned(), after.to_owned()))
        .unwrap();
    let (section, _) = section.split_once("</section>").unwrap();
    let expected = [
        (
            "Зачем обрабатываются данные: добавлено",
            "<ins>[добавлено: исследования]</ins>",
        ),
        (
            "Какие данные обрабатываются: исключено",
            "<del>[удалено: адрес]</del>",
        ),
        ("Заголовок: изменено", words),
        ("Раздел 3: новый номер (прежде 2)", ""),
        ("Пункт 2.1: исключено", "<del>[удалено: было]</del>"),
        ("Пункт 3.1: добавлено", "<ins>[добавлено: стало]</ins>"),
        ("Пункт 3.3: новый номер (прежде 2.3)", words),
        ("Пункт 4.1: изменено", words),
    ]
    .map(|(heading, text)| match text {
        "" => format!("<h4>{heading}</h4>"),
        _ => format!("<h4>{heading}</h4><p lang=\"ru\">{text}</p>"),
    });
    assert_eq!(section, expected.concat());
}

#[test]
fn shows_the_changes_of_the_text_that_is_shown() {
    let [first, second] = &*EDITIONS;
    let mut changes = every_kind(first, second);
    let text = "сақтау".to_owned();
    let number = "1.1".parse().unwrap();
    let unchanged = LinesDiff {
        added: vec![],
        removed: vec![],
    };
    changes.texts[0] = TextDiff::Compared {
        language: Language::Kk,
        purposes: unchanged.clone(),
        data_categories: unchanged,
        changes: vec![Change::Clause(Edit::Added { number, text })],
    };
    let mut notice = notice(second, pending(), Language::Kk, Place::Host);
    notice.changes = Some(changes);
    let html = html_of(&notice);
    let expected =
        "<h4>1.1-тармақ: қосылды</h4><p lang=\"kk\"><ins>[қосылды: сақтау]</ins></p></section>";
    assert!(said(&html).contains(expected), "{html}");
    assert!(!html.contains("трех"));
}

#[test]
fn a_text_that_is_new_in_its_language_does_not_hide_what_changed() {
    let [first, second] = &*EDITIONS;
    let is_new = |language: Language| words::of(language).change.text_is_new;
    let html = html_of(&notice(second, pending(), Language::Kk, Place::Host));
    assert!(html.contains(is_new(Language::Kk)));
    assert!(said(&html).contains("<del>[жойылды: трех]</del>"));
    assert_eq!(language_of(&html, "трех"), "ru");
    for language in [Language::Ru, Language::En] {
        let html = html_of(&notice(second, pending(), language, Place::Host));
        assert!(!html.contains(is_new(language)));
    }
    let unchanged = EditionDiff::between(first, first);
    let mut notice = notice(first, Ask::Withdrawn, Language::Ru, Place::Host);
    for changes in [Some(unchanged), None] {
        notice.changes.clone_from(&changes);
        let html = html_of(&notice);
        let none = words::of(Language::Ru).change.none;
        assert_eq!(html.contains(none), changes.is_some());
        assert!(!html.contains("<ins>") && !html.contains("<del>"));
    }
}

#[test]
fn every_text_says_its_language_and_none_is_markup() {
    let second = &EDITIONS[1];
    for (language, text) in [
        (Language::En, "ru"),
        (Language::Kk, "kk"),
        (Language::Ru, "ru"),
    ] {
        let html = html_of(&notice(second, Ask::Withdrawn, language, Place::Host));
        let (words, messages) = (words::of(language), Messages::of(language));
        let (manifest, policy) = second.text(language);
        let own = language.code();
        for (sentence, expected) in [
            (OPERATOR, "ru"),
            (messages.title(), own),
            (words.lead, own),
            (words.withdrawn, own),
            (words.change.heading, own),
            (words.change.since_accepted, own),
            (words.change.inserted, own),
            (words.change.deleted, own),
            ("трех", "ru"),
            (manifest.summary.as_ref().unwrap().as_str(), text),
            (words.purposes, own),
            (words.data_categories, own),
            (manifest.data_categories[0].as_str(), text),
            (words.contents, own),
            (policy.sections()[0].heading(), text),
            (messages.accept(), own),
            ("Қазақша", "kk"),
            ("Русский", "ru"),
            ("English", "en"),
        ] {
            let found = language_of(&html, &escaped(sentence));
            assert_eq!(found, expected, "{sentence} in {language}");
        }
        let article = &html[html.find("<article").unwrap()..];
        assert_eq!(language_of(article, policy.title()), text);
        if text == "ru" {
            let clause = &article[article.find("id=\"clause-1.2\"").unwrap()..];
            assert_eq!(language_of(clause, messages.new_tab()), own, "of its links");
        }
        assert!(html.contains("&lt;b&gt;"));
        assert!(!tags(&html).any(|tag| name(tag) == "b"), "{html}");
        for tag in tags(&html) {
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        }
    }
}

#[test]
fn says_in_the_language_of_the_interface_that_there_is_no_text_in_it() {
    let second = &EDITIONS[1];
    let html = html_of(&notice(second, pending(), Language::En, Place::Host));
    let note = "This edition has not been published in English. \
                Below is the text that has legal force, in Russian.";
    assert_eq!(language_of(&html, note), "en");
    assert_eq!(name(part(&html, "policy")), "article");
    assert_eq!(attribute(part(&html, "policy"), "lang").unwrap(), "ru");
    for language in [Language::Kk, Language::Ru] {
        let html = html_of(&notice(second, pending(), language, Place::Host));
        let (before, _) = words::of(language).no_text.split_once("{}").unwrap();
        assert!(!html.contains(before), "{language}");
    }
}

#[test]
fn says_why_a_person_is_asked_again() {
    let edition = &EDITIONS[1];
    for language in Language::ALL {
        let words = words::of(language);
        for ask in asks() {
            let html = html_of(&notice(edition, ask, language, Place::Host));
            for (sentence, expected) in [
                (words.withdrawn, ask == Ask::Withdrawn),
                (words.terminated, ask == Ask::Terminated),
                (words.change.lead, ask.can_leave()),
                (words.lead, !ask.can_leave()),
            ] {
                assert_eq!(html.contains(sentence), expected, "{ask:?}: {sentence}");
            }
        }
    }
}

#[test]
fn every_button_that_jumps_leads_to_an_element_that_can_have_the_focus() {
    let edition = &EDITIONS[1];
    for language in Language::ALL {
        let html = html_of(&notice(edition, pending(), language, Place::Host));
        let ids: Vec<_> = tags(&html).filter_map(|tag| attribute(tag, "id")).collect();
        let distinct: BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{ids:?}");
        let (_, policy) = edition.text(language);
        let jumps: Vec<_> = tags(&html)
            .filter_map(|tag| attribute(tag, "data-jump"))
            .collect();
        for id in &jumps {
            let target = tag_of(&html, id);
            assert_eq!(attribute(target, "tabindex").as_deref(), Some("-1"), "{id}");
        }
        // The Kazakh text has no such clauses.
        let references = ["clause-2.1", "clause-2.2"].map(str::to_owned);
        let has_references = references.iter().all(|id| jumps.contains(id));
        assert_eq!(has_references, language != Language::Kk);
        let references = if has_references { 2 } else { 0 };
        assert_eq!(jumps.len(), policy.sections().len() + references);
    }
}

#[test]
fn an_edition_that_does_not_hold_together_is_not_rendered() {
    let edition = &EDITIONS[1];
    let mut notice = notice(edition, Ask::New, Language::Ru, Place::Host);
    notice.edition.texts[1] = notice.edition.texts[1].replace("пяти лет", "трех лет");
    let rendered = pollster::block_on(render(Rendering::Notice(notice)));
    assert_eq!(rendered, Err(EditionError::TextMismatch(Language::Ru)));
}

#[test]
fn what_is_to_be_rendered_travels_as_json() {
    let edition = &EDITIONS[1];
    for notice in every_notice(edition) {
        let rendering = Rendering::Notice(notice);
        let json = serde_json::to_string(&rendering).unwrap();
        assert_eq!(serde_json::from_str::<Rendering>(&json).unwrap(), rendering);
    }
}
