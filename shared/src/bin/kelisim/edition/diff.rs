//! `kelisim edition diff`

use std::fmt::Display;

use anyhow::{Result, bail};
use kelisim_shared::{
    diff::{self, Change, Edit, EditionDiff, LinesDiff, Span, SpanKind, TextDiff},
    language::Language,
};
use serde_json::json;

use super::source::Source;
use crate::output;

pub(super) fn run(
    old: &Source,
    new: &Source,
    language: Option<Language>,
    json: bool,
) -> Result<()> {
    if let (Some(from), Some(to)) = (&old.edition, &new.edition) {
        let mut difference = EditionDiff::between(from, to);
        difference
            .texts
            .retain(|text| language.is_none_or(|language| language_of(text) == language));
        if json {
            return output::print_json("edition diff", &difference);
        }
        for language in &difference.dropped {
            println!("The text in {language} is gone.");
        }
        difference.texts.iter().for_each(print_text);
        return Ok(());
    }
    let mut compared = Vec::new();
    for text in &new.texts {
        let wanted =
            |other: Option<Language>| language.is_none() || other.is_none() || other == language;
        let counterpart = old.texts.iter().find(|other| {
            other.language == text.language || other.language.is_none() || text.language.is_none()
        });
        if let Some(other) = counterpart.filter(|_| wanted(text.language)) {
            compared.push((text.language, diff::changes(&other.policy, &text.policy)));
        }
    }
    if compared.is_empty() {
        bail!("the files have no text in the same language");
    }
    if json {
        let texts = compared
            .iter()
            .map(|(language, changes)| json!({ "language": language, "changes": changes }));
        return output::print_json(
            "edition diff",
            json!({ "texts": texts.collect::<Vec<_>>() }),
        );
    }
    for (language, changes) in &compared {
        print_changes(language.map_or("text", Language::code), changes);
    }
    Ok(())
}

const fn language_of(text: &TextDiff) -> Language {
    match text {
        TextDiff::New { language } | TextDiff::Compared { language, .. } => *language,
    }
}

fn print_text(text: &TextDiff) {
    match text {
        TextDiff::New { language } => println!("The text in {language} is new."),
        TextDiff::Compared {
            language,
            purposes,
            data_categories,
            changes,
        } => {
            print_changes(language.code(), changes);
            print_lines("purpose", purposes);
            print_lines("data", data_categories);
        }
    }
}

fn print_lines(what: &str, lines: &LinesDiff) {
    for line in &lines.removed {
        println!("  {what}: [-{line}-]");
    }
    for line in &lines.added {
        println!("  {what}: {{+{line}+}}");
    }
}

fn print_changes(title: &str, changes: &[Change]) {
    println!("{title}: {} changes", changes.len());
    for change in changes {
        match change {
            Change::Title { spans } => println!("  title: {}", inline(spans)),
            Change::Section(edit) => print_edit("section ", edit),
            Change::Clause(edit) => print_edit("", edit),
        }
    }
}

fn print_edit<N: Display>(part: &str, edit: &Edit<N>) {
    match edit {
        Edit::Added { number, text } => println!("  {part}{number} is new: {{+{text}+}}"),
        Edit::Removed { number, text } => println!("  {part}{number} is gone: [-{text}-]"),
        Edit::Changed { number, spans } => println!("  {part}{number}: {}", inline(spans)),
        Edit::Moved { from, to, spans } if spans.is_empty() => {
            println!("  {part}{from} is {to} now");
        }
        Edit::Moved { from, to, spans } => {
            println!("  {part}{from} is {to} now: {}", inline(spans));
        }
    }
}

fn inline(spans: &[Span]) -> String {
    let span = |span: &Span| match span.kind {
        SpanKind::Kept => span.text.clone(),
        SpanKind::Inserted => format!("{{+{}+}}", span.text),
        SpanKind::Deleted => format!("[-{}-]", span.text),
    };
    spans.iter().map(span).collect()
}
