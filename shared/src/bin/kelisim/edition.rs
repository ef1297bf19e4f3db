//! `kelisim edition`

mod diff;
mod source;

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;
use kelisim_shared::{language::Language, policy::Inline};
use serde_json::{Value, json};

use crate::output::{self, Outcome};
use source::Source;

/// Hash, read and compare editions
///
/// A file is an edition as /v1/editions/{id} gives it, a draft, or the plain text of a policy.
#[derive(Subcommand)]
#[command(after_help = super::EXIT_CODES, after_long_help = super::EXIT_CODES)]
pub(crate) enum Command {
    /// Print the ids of editions, and the SHA-256 and length of each text.
    Hash {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Read policies, and print their sections and clauses; or the line where one is wrong.
    Parse {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Print what changed from one file to another, clause by clause: [-what went-] and {+what came+}.
    Diff {
        /// The old one.
        old: PathBuf,
        /// The new one.
        new: PathBuf,
        /// In one language only.
        #[arg(long)]
        language: Option<Language>,
    },
}

pub(crate) fn run(command: &Command, json: bool) -> Result<Outcome> {
    match command {
        Command::Hash { files } => each(files, json, "edition hash", Source::hashes, print_hashes),
        Command::Parse { files } => each(files, json, "edition parse", outline, print_outline),
        Command::Diff { old, new, language } => {
            diff::run(&Source::read(old)?, &Source::read(new)?, *language, json)?;
            Ok(Outcome::Proven)
        }
    }
}

/// Does something with each file, and prints what came of it.
fn each(
    files: &[PathBuf],
    json: bool,
    command: &str,
    make: fn(&Source) -> Value,
    print: fn(&Value),
) -> Result<Outcome> {
    let mut contents = Vec::new();
    for file in files {
        let value = make(&Source::read(file)?);
        if json {
            contents.push(json!({ "file": file, "content": value }));
        } else {
            println!("{}", file.display());
            print(&value);
        }
    }
    if json {
        output::print_json(command, json!({ "files": contents }))?;
    }
    Ok(Outcome::Proven)
}

fn print_hashes(hashes: &Value) {
    if let Some(id) = hashes["id"].as_str() {
        println!("  edition {id}");
    }
    for text in hashes["texts"].as_array().into_iter().flatten() {
        let language = text["language"].as_str().unwrap_or("text");
        println!(
            "  {language} {} {} bytes",
            text["sha256"].as_str().unwrap_or_default(),
            text["bytes"]
        );
    }
}

/// Sections and clauses as JSON.
fn outline(source: &Source) -> Value {
    let texts = source.texts.iter().map(|text| {
        let sections = text.policy.sections().iter().map(|section| {
            let clauses = section.clauses().iter().map(|clause| {
                let body: String = clause.body().iter().map(Inline::text).collect();
                json!({ "number": clause.number(), "text": body })
            });
            json!({
                "number": section.number(),
                "heading": section.heading(),
                "clauses": clauses.collect::<Vec<_>>(),
            })
        });
        json!({
            "language": text.language,
            "title": text.policy.title(),
            "sections": sections.collect::<Vec<_>>(),
        })
    });
    json!({ "texts": texts.collect::<Vec<_>>() })
}

fn print_outline(outline: &Value) {
    let words = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for text in outline["texts"].as_array().into_iter().flatten() {
        println!("  {}", words(&text["title"]));
        for section in text["sections"].as_array().into_iter().flatten() {
            println!("  {}. {}", section["number"], words(&section["heading"]));
            for clause in section["clauses"].as_array().into_iter().flatten() {
                println!(
                    "    {}. {}",
                    words(&clause["number"]),
                    words(&clause["text"])
                );
            }
        }
    }
}
