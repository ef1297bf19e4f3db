//! Whether the site publishes the editions that are in the log, and no others.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use kelisim_shared::{
    api::{EditionSummary, Editions},
    edition::{Edition, EditionDocument, EditionId},
    evidence::{Check, Report, Verdict, deadline},
};

use super::{
    entries::Entries,
    site::{Answer, Site},
};

/// Checks every edition, of the site and of the log.
pub(super) fn examine(site: &Site, entries: &Entries, report: &mut Report) -> Result<()> {
    let listed = match site.get("/v1/editions", MAX_LIST_BYTES)? {
        Answer::Found(list) => {
            serde_json::from_slice::<Editions>(&list).context("/v1/editions is malformed")?
        }
        Answer::Missing => bail!("{site} lists no editions"),
        Answer::Contradiction(reason) => bail!("/v1/editions: {reason}"),
    };
    let logged = entries
        .editions
        .iter()
        .map(|(index, manifest)| (manifest.id(), (*index, manifest)));
    let mut logged: BTreeMap<EditionId, _> = logged.collect();
    let mut last = None;
    for summary in &listed.editions {
        let about = format!("edition {}", summary.id);
        let Some((index, manifest)) = logged.remove(&summary.id) else {
            report.add(
                Check::Listed,
                about,
                Verdict::Refuted,
                "it is not in the log",
            );
            continue;
        };
        let result = if *summary != EditionSummary::from(manifest) {
            Err("the site says something else of it than the log".to_owned())
        } else if last.is_some_and(|last| last > index) {
            Err("it is in the log before the edition that it came after".to_owned())
        } else {
            Ok(format!("entry {index}"))
        };
        last = Some(index);
        report.add_result(Check::Listed, &about, result);
        report.add_result(Check::Edition, &about, served(site, summary.id)?);
        if let Some((verdict, detail)) = deadline(manifest, &[]) {
            report.add(Check::Deadline, &about, verdict, detail);
        }
    }
    for (id, (index, manifest)) in logged {
        let detail = format!(
            "entry {index} is an edition of {} that the site does not list: it is about to be, or has been withheld",
            manifest.published_at
        );
        report.add(
            Check::Published,
            format!("edition {id}"),
            Verdict::Unproven,
            detail,
        );
    }
    Ok(())
}

/// Whether the site serves an edition to the letter.
fn served(site: &Site, id: EditionId) -> Result<Result<String, String>> {
    let document = match site.get(&format!("/v1/editions/{id}"), MAX_EDITION_BYTES)? {
        Answer::Found(document) => serde_json::from_slice::<EditionDocument>(&document),
        Answer::Missing => return Ok(Err("the site lists it, and does not serve it".to_owned())),
        Answer::Contradiction(reason) => return Ok(Err(reason)),
    };
    let document = match document {
        Ok(document) if document.id == id => document,
        Ok(_) => return Ok(Err("the site serves another in its place".to_owned())),
        Err(error) => return Ok(Err(error.to_string())),
    };
    Ok(match Edition::from_document(document) {
        Ok(_) => Ok(String::new()),
        Err(error) => Err(error.to_string()),
    })
}

/// The longest list of editions, in bytes: some ten thousand of them.
const MAX_LIST_BYTES: u64 = 8 * 1024 * 1024;

/// The longest edition, in bytes: three texts of 256 KiB, each character escaped, and the manifest.
const MAX_EDITION_BYTES: u64 = 8 * 1024 * 1024;
