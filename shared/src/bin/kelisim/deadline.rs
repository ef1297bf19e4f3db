//! `kelisim deadline`

use anyhow::{Result, anyhow};
use chrono::DateTime;
use clap::{Args, ValueEnum};
use kelisim_shared::{
    deadline::{Calendar, Deadline, Rule},
    time::Timestamp,
};
use serde_json::json;

use crate::output::{self, Outcome, moment};

/// Compute from when continued use of the app counts as acceptance of an edition
///
/// As JSON: `{"format":"kelisim-cli/v1", "command":"deadline", "published_at":…, "rule":…, "calendar":…, "deadline":…}`
#[derive(Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES, after_long_help = super::EXIT_CODES)]
pub(crate) struct Arguments {
    /// When the edition is published (RFC 3339), such as `2026-11-23T10:00:00+05:00`.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    published: Timestamp,
    /// By which rule.
    #[arg(long, value_enum, default_value_t = RuleName::NextWorkingDay)]
    rule: RuleName,
}

/// A rule as it is named on the command line.
#[derive(Clone, Copy, ValueEnum)]
enum RuleName {
    /// Seven days, and on to the next working day (kz-7-days-next-working-day/v1).
    NextWorkingDay,
    /// Seven days, whatever day the seventh is (kz-7-days/v1).
    SeventhDay,
}

pub(crate) fn run(arguments: &Arguments, json: bool) -> Result<Outcome> {
    let rule = match arguments.rule {
        RuleName::NextWorkingDay => Rule::NextWorkingDay,
        RuleName::SeventhDay => Rule::SeventhDay,
    };
    let calendar = Calendar::kazakhstan();
    let deadline = Deadline::of(arguments.published, rule, calendar)?;
    if json {
        let value = json!({
            "published_at": arguments.published,
            "rule": rule,
            "calendar": calendar.version(),
            "deadline": deadline,
        });
        output::print_json("deadline", value)?;
    } else {
        println!("{}", deadline.instant());
        println!(
            "Published {}; use counts as acceptance from {} on.",
            moment(arguments.published),
            moment(deadline.instant())
        );
        println!("By the calendar {}.", calendar.version());
    }
    Ok(Outcome::Proven)
}

fn instant(text: &str) -> Result<Timestamp> {
    let instant = DateTime::parse_from_rfc3339(text).map_err(|error| anyhow!("{error}"))?;
    Timestamp::from_unix_milliseconds(instant.timestamp_millis()).map_err(|error| anyhow!(error))
}
