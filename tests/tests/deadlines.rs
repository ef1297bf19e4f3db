//! Deadlines and working days, against vectors and against the Python package `holidays`.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, Days, FixedOffset, NaiveDate};
use kelisim_shared::{
    deadline::{Calendar, Deadline, Rule},
    time::Timestamp,
};
use serde::Deserialize;

#[test]
fn every_vector_holds() -> Result<()> {
    #[derive(Deserialize)]
    struct Vectors {
        cases: Vec<Case>,
    }
    #[derive(Deserialize)]
    struct Case {
        name: String,
        published_at: DateTime<FixedOffset>,
        deadline: DateTime<FixedOffset>,
    }
    let vectors: Vectors = serde_json::from_str(include_str!("../vectors/deadlines.json"))?;
    ensure!(vectors.cases.len() == 7, "{} vectors", vectors.cases.len());
    for Case {
        name,
        published_at,
        deadline,
    } in vectors.cases
    {
        assert_eq!(compute(published_at)?, deadline, "{name}");
    }
    Ok(())
}

#[test]
fn every_day_of_the_calendar_is_that_of_the_package_holidays() -> Result<()> {
    let calendar = Calendar::kazakhstan();
    for (day, works) in working_days()? {
        assert_eq!(calendar.is_working_day(day)?, works, "{day}");
    }
    Ok(())
}

/// The rule, computed once more from the package's days in the plainest way.
#[test]
fn every_deadline_is_the_one_that_the_package_holidays_leads_to() -> Result<()> {
    let days = working_days()?;
    let (first, last): (NaiveDate, NaiveDate) = ("2024-01-01".parse()?, "2026-12-20".parse()?);
    for published_on in first.iter_days().take_while(|day| *day <= last) {
        let mut end = published_on + Days::new(7);
        while !days[&end] {
            end = end + Days::new(1);
        }
        let expected = almaty(end + Days::new(1), "00:00:00")?;
        for time in ["00:00:00", "12:00:00", "23:59:59"] {
            let published_at = almaty(published_on, time)?;
            assert_eq!(compute(published_at)?, expected, "{published_at}");
        }
    }
    Ok(())
}

fn compute(published_at: DateTime<FixedOffset>) -> Result<DateTime<FixedOffset>> {
    let published_at = Timestamp::from_unix_milliseconds(published_at.timestamp_millis())?;
    let deadline = Deadline::of(published_at, Rule::NextWorkingDay, Calendar::kazakhstan())?;
    Ok(deadline.instant().to_almaty())
}

/// An instant in Almaty by the offset that its date has.
fn almaty(day: NaiveDate, time: &str) -> Result<DateTime<FixedOffset>> {
    let offset = if day < "2024-03-01".parse()? {
        "+06:00"
    } else {
        "+05:00"
    };
    Ok(format!("{day}T{time}{offset}").parse()?)
}

/// What the package says of each day of the calendar's years.
fn working_days() -> Result<BTreeMap<NaiveDate, bool>> {
    let years = Calendar::kazakhstan().years();
    let output = xtask::python::command()?
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/python/working_days.py"
        ))
        .args([
            format!("{}-01-01", years.start()),
            format!("{}-12-31", years.end()),
        ])
        .output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let days: BTreeMap<NaiveDate, bool> = String::from_utf8(output.stdout)?
        .lines()
        .map(|line| {
            let (day, kind) = line.split_once(' ').context("a day and its kind")?;
            Ok((day.parse()?, kind == "work"))
        })
        .collect::<Result<_>>()?;
    ensure!(days.len() == 1461, "{} days", days.len());
    Ok(days)
}
