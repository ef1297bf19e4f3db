//! The seed edition: the real policy, in the shape that the edge publishes.
//!
//! A folder holds `edition.json`, which is the publish request except that each entry of `texts` names a `file` in place
//! of its `body`, and those files beside it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::root;

/// What [`publish_if_missing`] found to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The edition was published.
    Published,
    /// An edition was in force already; nothing was done.
    AlreadyThere,
}

/// The folder of the first edition.
#[must_use]
pub fn first_edition() -> PathBuf {
    root().join("www/editions/first")
}

/// The publish request that a folder holds: each text's file is read, byte for byte, into its `body`.
///
/// # Errors
/// When a file cannot be read, is not UTF-8, or `edition.json` does not have the shape.
pub fn publish_request(folder: &Path) -> Result<Value> {
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let mut request: Value =
        serde_json::from_str(&read("edition.json")?).context("edition.json is not well-formed")?;
    let texts = request["texts"]
        .as_array_mut()
        .context("edition.json has no list of texts")?;
    for text in texts {
        let text = text.as_object_mut().context("a text is not an object")?;
        let file = text.remove("file").context("a text names no file")?;
        let file = file.as_str().context("a text's file is not a string")?;
        text.insert("body".to_owned(), read(file)?.into());
    }
    Ok(request)
}

/// Publishes the edition in `folder` on a preview server unless one is in force there.
///
/// # Errors
/// When the server does not answer, or refuses; the error holds its answer.
pub fn publish_if_missing(url: &str, folder: &Path) -> Result<Outcome> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let current = agent.get(format!("{url}/v1/editions/current")).call()?;
    if current.status() == 200 {
        return Ok(Outcome::AlreadyThere);
    }

    let answer = agent
        .post(format!("{url}/preview/token?role=publisher"))
        .send_empty()?;
    let token: Value = serde_json::from_str(&accepted("a publisher's token", answer)?)?;
    let token = token["token"]
        .as_str()
        .context("the preview issuer's answer has no token")?;
    let answer = agent
        .post(format!("{url}/v1/admin/editions"))
        .header("Authorization", format!("Bearer {token}"))
        .send_json(publish_request(folder)?)?;
    accepted("the edition", answer)?;
    Ok(Outcome::Published)
}

fn accepted(what: &str, mut answer: ureq::http::Response<ureq::Body>) -> Result<String> {
    let status = answer.status();
    let body = answer.body_mut().read_to_string()?;
    ensure!(
        status.is_success(),
        "the edge refused {what} ({status}): {body}"
    );
    Ok(body)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_holds_each_file_byte_for_byte() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let edition =
            r#"{ "number": 1, "texts": [{ "language": "ru", "file": "policy.ru.txt" }] }"#;
        fs::write(folder.path().join("edition.json"), edition)?;
        fs::write(folder.path().join("policy.ru.txt"), "\u{feff}1.\r\n")?;

        assert_eq!(
            publish_request(folder.path())?,
            json!({ "number": 1, "texts": [{ "language": "ru", "body": "\u{feff}1.\r\n" }] })
        );
        Ok(())
    }
}
