//! `tests/bench/RESULTS.md`: a section for each bench, which its command writes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread::available_parallelism;

use anyhow::{Context, Result};

use crate::process::stdout;
use crate::root;

/// Puts a bench's section into the file, in place of an earlier one. The file is written as a whole; the sections of other
/// benches stay as they are.
///
/// # Errors
/// When the file cannot be read or written.
pub fn write(title: &str, body: &str) -> Result<()> {
    let path = path();
    let present = if path.exists() {
        fs::read_to_string(&path)?
    } else {
        String::new()
    };
    fs::write(&path, with_section(&present, title, body))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// The machine and the day, in one line: results mean nothing without.
///
/// # Errors
/// When the system does not tell.
pub fn circumstances() -> Result<String> {
    let cores = available_parallelism()?;
    let system = stdout(Command::new("uname").args(["-s", "-r", "-m"]))?;
    let day = stdout(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
    Ok(format!("{}, {cores} cores; {system}; {day}", processor()?))
}

/// A table in Markdown whose columns are aligned, so that it can be read as text too. The first column holds words, the
/// others numbers.
#[must_use]
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
        widest.max(header[column].chars().count()).max(3)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::from("|");
        for (column, (cell, width)) in cells.zip(&widths).enumerate() {
            // Writing to a string does not fail.
            let _ = match column {
                0 => write!(line, " {cell:<width$} |"),
                _ => write!(line, " {cell:>width$} |"),
            };
        }
        line + "\n"
    };
    let rules: Vec<String> = widths
        .iter()
        .map(|width| "-".repeat(width - 1) + ":")
        .collect();
    let first = "-".repeat(widths[0]);
    let rules = std::iter::once(first.as_str()).chain(rules.iter().skip(1).map(String::as_str));

    let mut table = line(&mut header.iter().copied());
    table += &line(&mut { rules });
    for row in rows {
        table += &line(&mut row.iter().map(String::as_str));
    }
    table
}

fn path() -> PathBuf {
    root().join("tests/bench/RESULTS.md")
}

fn with_section(present: &str, title: &str, body: &str) -> String {
    let mut sections: BTreeMap<&str, &str> = present
        .split("\n## ")
        .skip(1)
        .filter_map(|section| section.split_once('\n'))
        .collect();
    sections.insert(title, body);
    let mut file = HEAD.to_owned();
    for (title, body) in sections {
        // Writing to a string does not fail.
        let _ = write!(file, "\n## {title}\n\n{}\n", body.trim());
    }
    file
}

/// What the machine calculates with.
fn processor() -> Result<String> {
    let Ok(description) = fs::read_to_string("/proc/cpuinfo") else {
        return stdout(Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"]));
    };
    let model = description.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == "model name").then(|| value.trim().to_owned())
    });
    Ok(model.unwrap_or_else(|| std::env::consts::ARCH.to_owned()))
}

const HEAD: &str = "\
# Results of the benches

Written by `cargo xtask bench`: each section by its bench, on the machine that it names. Other machines give other numbers;
what counts is how those of one run compare.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_takes_the_place_of_its_predecessor_and_of_no_other() {
        let first = with_section("", "Widget", "old\n\n### Part\n\nold");
        let second = with_section(&first, "Log", "log");
        let third = with_section(&second, "Widget", "new");

        assert_eq!(
            third,
            format!("{HEAD}\n## Log\n\nlog\n\n## Widget\n\nnew\n")
        );
    }

    #[test]
    fn a_table_is_aligned() {
        let rows = [vec!["а".to_owned(), "1,000".to_owned()]];

        assert_eq!(
            table(&["what", "ms"], &rows),
            "| what |    ms |\n| ---- | ----: |\n| а    | 1,000 |\n"
        );
    }
}
