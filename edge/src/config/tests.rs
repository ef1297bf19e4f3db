use super::*;

const JWK: &str = r#"{"kty":"EC","crv":"P-256","kid":"2026-11",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

const LOG_KEY: &str = r#"{"kty":"OKP","crv":"Ed25519","kid":"log-1",
    "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}"#;

#[test]
fn a_log_key_has_a_name_and_is_of_its_kind() {
    for (from, to) in [
        ("log-1", ""),
        ("OKP", "EC"),
        ("Ed25519", "X25519"),
        ("11qYAYK", ""),
    ] {
        let key = LOG_KEY.replace(from, to);
        assert_eq!(
            parse(&[("LOG_KEY", Some(&key))]).unwrap_err(),
            ConfigError::Invalid("LOG_KEY"),
            "{to}"
        );
    }
    let key = LOG_KEY.replace("log-1", "preview-1");
    assert_eq!(
        parse(&[("LOG_KEY", Some(&key))]).unwrap_err(),
        ConfigError::PreviewInProduction("LOG_KEY")
    );
    for witnesses in [
        r#"[{"key":"w+1+AA","url":"https://w.example"}]"#,
        r#"[{"key":"w","url":"http://w.example"}]"#,
        "{}",
    ] {
        assert_eq!(
            parse(&[("WITNESSES", Some(witnesses))]).unwrap_err(),
            ConfigError::Invalid("WITNESSES"),
            "{witnesses}"
        );
    }
}

fn parse(changes: &[(&str, Option<&str>)]) -> Result<Config, ConfigError> {
    let issuers = format!(r#"[{{"issuer":"https://id.example","jwks":{{"keys":[{JWK}]}}}}]"#);
    let key = "A".repeat(43);
    let good = [
        ("ENVIRONMENT", "production"),
        ("AUDIENCE", "https://consent.example"),
        ("OPERATOR", r#"{"name":"T"}"#),
        ("POLICY_URL", "https://example.kz/privacy"),
        ("ALLOWED_ORIGINS", "[]"),
        ("SUBJECT_ISSUERS", &issuers),
        ("STAFF_ISSUERS", "[]"),
        ("RECEIPT_KEY", JWK),
        ("PSEUDONYM_KEY", &key),
        ("NONCE_KEY", &key),
        ("LOG_ORIGIN", "consent.example/log"),
        ("LOG_KEY", LOG_KEY),
    ];
    Config::parse(|name| {
        let other = changes.iter().find(|(other, _)| *other == name);
        let given = good
            .iter()
            .find(|(given, _)| *given == name)
            .map(|(_, value)| *value);
        other.map_or(given, |(_, value)| *value).map(str::to_owned)
    })
}

#[test]
fn publishes_public_keys_only() {
    let mut retired: Value = serde_json::from_str(JWK).unwrap();
    retired.as_object_mut().unwrap().remove("d");
    retired["kid"] = "2026-10".into();
    let retired = json!({ "keys": [retired] }).to_string();
    let config = parse(&[("RETIRED_RECEIPT_KEYS", Some(&retired))]).unwrap();
    let kids: Vec<_> = config.published_keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .collect();
    assert_eq!(kids.len(), 2);
    assert!(kids.iter().all(|key| key.get("d").is_none()));
    assert!(
        !format!("{config:?}").contains("jpsQ"),
        "a secret is never shown"
    );
    let same_kid = format!(r#"{{"keys":[{JWK}]}}"#);
    assert_eq!(
        parse(&[("RETIRED_RECEIPT_KEYS", Some(&same_kid))]).unwrap_err(),
        ConfigError::Invalid("RETIRED_RECEIPT_KEYS")
    );
}

#[test]
fn refuses_what_is_missing_malformed_or_of_the_preview() {
    use ConfigError::{Invalid, Missing, PreviewInProduction, WrongBuild};
    let preview_key = JWK.replace("2026-11", "preview-1");
    let preview_issuer = format!(r#"[{{"issuer":"{PREVIEW_ISSUER}","jwks":{{"keys":[{JWK}]}}}}]"#);
    for (name, value, expected) in [
        (
            "PREVIEW_ISSUER_KEY",
            Some(JWK),
            PreviewInProduction("PREVIEW_ISSUER_KEY"),
        ),
        (
            "RECEIPT_KEY",
            Some(preview_key.as_str()),
            PreviewInProduction("RECEIPT_KEY"),
        ),
        ("ENVIRONMENT", Some("preview"), WrongBuild),
        ("ENVIRONMENT", Some("staging"), Invalid("ENVIRONMENT")),
        ("ENVIRONMENT", None, Missing("ENVIRONMENT")),
        ("RECEIPT_KEY", None, Missing("RECEIPT_KEY")),
        ("RECEIPT_KEY", Some("{}"), Invalid("RECEIPT_KEY")),
        ("PSEUDONYM_KEY", Some("AAAA"), Invalid("PSEUDONYM_KEY")),
        ("NONCE_KEY", Some("?"), Invalid("NONCE_KEY")),
        ("AUDIENCE", Some("consent.example"), Invalid("AUDIENCE")),
        (
            "POLICY_URL",
            Some("http://example.kz"),
            Invalid("POLICY_URL"),
        ),
        (
            "ALLOWED_ORIGINS",
            Some(r#"["null"]"#),
            Invalid("ALLOWED_ORIGINS"),
        ),
        (
            "ALLOWED_ORIGINS",
            Some(r#"["https://a.kz/"]"#),
            Invalid("ALLOWED_ORIGINS"),
        ),
        (
            "ALLOWED_ORIGINS",
            Some(r#"["http://a.kz"]"#),
            Invalid("ALLOWED_ORIGINS"),
        ),
        (
            "STAFF_ISSUERS",
            Some(preview_issuer.as_str()),
            PreviewInProduction("STAFF_ISSUERS"),
        ),
        (
            "SUBJECT_ISSUERS",
            Some(r#"[{"issuer":"a","jwks":{"keys":[]}}]"#),
            Invalid("SUBJECT_ISSUERS"),
        ),
        (
            "RETIRED_RECEIPT_KEYS",
            Some(r#"{"keys":[{"kty":"oct","kid":"a","k":"AA"}]}"#),
            Invalid("RETIRED_RECEIPT_KEYS"),
        ),
        (
            "OPERATOR",
            Some(r#"{"name":"T","x":1}"#),
            Invalid("OPERATOR"),
        ),
        (
            "ALLOWED_ORIGINS",
            Some("https://example.kz"),
            Invalid("ALLOWED_ORIGINS"),
        ),
        ("SUBJECT_ISSUERS", Some("[]"), Invalid("SUBJECT_ISSUERS")),
        (
            "SUBJECT_ISSUERS",
            Some(r#"[{"issuer":"a","jwks":{}}]"#),
            Invalid("SUBJECT_ISSUERS"),
        ),
    ] {
        assert_eq!(
            parse(&[(name, value)]).unwrap_err(),
            expected,
            "{name} {value:?}"
        );
    }
}
