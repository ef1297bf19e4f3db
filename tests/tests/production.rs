//! The production build, under its own configuration: what it refuses to do.

use std::fs;

use anyhow::{Context, Result};
use kelisim_shared::problem::ProblemType as P;
use kelisim_tests::Edge;
use xtask::{environment::Environment, secrets::Secrets};

#[test]
fn production_refuses_to_start_with_keys_of_the_preview() -> Result<()> {
    let preview = Secrets::for_preview()?;
    let only_its_receipt_key = Secrets {
        preview_issuer_key: None,
        ..preview.clone()
    };
    let only_its_issuer = Secrets {
        preview_issuer_key: preview.preview_issuer_key,
        ..Secrets::for_production()?
    };
    for secrets in [only_its_receipt_key, only_its_issuer] {
        let edge = Edge::start_as(Environment::Production, &secrets, &[issuers(&secrets)?])?;
        for path in ["/healthz", "/privacy", "/v1/status", "/preview/token"] {
            assert_eq!(edge.get(path)?.problem()?, P::Misconfigured, "{path}");
        }
    }
    Ok(())
}

#[test]
fn production_serves_nothing_over_plain_http() -> Result<()> {
    let secrets = Secrets::for_production()?;
    let edge = Edge::start_as(Environment::Production, &secrets, &[issuers(&secrets)?])?;
    for path in ["/healthz", "/privacy", "/v1/status", "/preview/token"] {
        let answer = edge.get(path)?;
        assert_eq!(answer.problem()?, P::HttpsRequired, "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
    }
    Ok(())
}

/// What only the preview may do is not switched off in production: it is not there.
#[test]
fn production_holds_nothing_of_the_preview() -> Result<()> {
    let marks = ["PREVIEW_CLOCK", "demo_user", "PreviewClock"];
    let has = |environment: &str, mark: &str| -> Result<bool> {
        let folder = xtask::target()
            .join("dist")
            .join(environment)
            .join("worker");
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_file()
                && fs::read(path)?
                    .windows(mark.len())
                    .any(|part| part == mark.as_bytes())
            {
                return Ok(true);
            }
        }
        Ok(false)
    };
    for mark in marks {
        assert!(has("preview", mark)?, "{mark} is no mark of the preview");
        assert!(!has("production", mark)?, "{mark}");
    }
    for page in ["demo", "preview"] {
        let has = |environment: Environment| environment.assets_folder().join(page).exists();
        assert!(
            has(Environment::Preview),
            "{page} is no page of the preview"
        );
        assert!(!has(Environment::Production), "{page}");
    }
    let headers = fs::read_to_string(Environment::Production.assets_folder().join("_headers"))?;
    assert!(!headers.contains("/demo/"), "{headers}");
    Ok(())
}

/// Some issuer, without whom production would refuse to start for that reason.
fn issuers(secrets: &Secrets) -> Result<(&'static str, String)> {
    let mut key: serde_json::Value = serde_json::from_str(&secrets.receipt_key)?;
    key.as_object_mut()
        .context("a JWK is an object")?
        .remove("d");
    let issuers =
        serde_json::json!([{ "issuer": "https://id.example", "jwks": { "keys": [key] } }]);
    Ok(("SUBJECT_ISSUERS", issuers.to_string()))
}
