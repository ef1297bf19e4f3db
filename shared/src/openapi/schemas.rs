//! Schemas of the types that serde reads and writes by hand-written code.

use std::{borrow::Cow, fmt::Write as _, marker::PhantomData, sync::LazyLock};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::{
    digest::Sha256Digest,
    policy::ClauseNumber,
    text::{Line, is_hidden},
    time::{Day, Timestamp},
};

/// A compact JWS with claims of that type.
#[derive(Debug)]
pub struct Jws<C>(PhantomData<C>);

/// The form that opens `/consent`.
#[derive(Debug)]
pub(super) struct ConsentForm;

/// The form of the page `/consent`.
#[derive(Debug)]
pub(super) struct AcceptanceForm;

/// A JWK Set (RFC 7517) of the keys that receipts verify with.
#[derive(Debug)]
pub(super) struct PublishedKeys;

impl JsonSchema for Sha256Digest {
    fn schema_name() -> Cow<'static, str> {
        "Sha256Digest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A SHA-256 digest (FIPS 180-4) as 64 lower-case hexadecimal digits.",
            "type": "string",
            "minLength": 64,
            "maxLength": 64,
            "pattern": "^[0-9a-f]{64}$",
        })
    }
}

impl<const MAX: usize> JsonSchema for Line<MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Line{MAX}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let Characters { edge, inner } = &*CHARACTERS;
        let between = MAX - 2;
        json_schema!({
            "description": format!(
                "One line of text of 1 to {MAX} bytes in UTF-8, without hidden characters, and without space at either end."
            ),
            "type": "string",
            "minLength": 1,
            "maxLength": MAX,
            "pattern": format!("^[^{edge}](?:[^{inner}]{{0,{between}}}[^{edge}])?$"),
        })
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let day = day_pattern(
            "(?:19[7-9][0-9]|[2-9][0-9]{3})",
            "19(?:[79][26]|8[048])|[2-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[3579][26])00",
        );
        json_schema!({
            "description": "An instant in UTC, to the millisecond, within the years 1970 to 9999; RFC 3339 in this one spelling.",
            "type": "string",
            "format": "date-time",
            "minLength": 24,
            "maxLength": 24,
            "pattern": format!(r"^{day}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{{3}}Z$"),
        })
    }
}

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let day = day_pattern(
            "[0-9]{4}",
            "[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00",
        );
        json_schema!({
            "description": "A day of the Gregorian calendar (RFC 3339, full-date).",
            "type": "string",
            "format": "date",
            "minLength": 10,
            "maxLength": 10,
            "pattern": format!("^{day}$"),
        })
    }
}

impl JsonSchema for ClauseNumber {
    fn schema_name() -> Cow<'static, str> {
        "ClauseNumber".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The number of a clause: that of its section, and its own within the section, each 1 to 999.",
            "type": "string",
            "pattern": r"^[1-9][0-9]{0,2}\.[1-9][0-9]{0,2}$",
        })
    }
}

impl<C: JsonSchema> JsonSchema for Jws<C> {
    fn schema_name() -> Cow<'static, str> {
        format!("Signed{}", C::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let claims = generator.subschema_for::<C>();
        json_schema!({
            "description": "A compact JWS (RFC 7515, section 3.1), signed with ES256.",
            "type": "string",
            "minLength": 5,
            "maxLength": MAX_JWS_BYTES,
            "pattern": r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$",
            "contentMediaType": "application/jwt",
            "contentSchema": {
                "type": "array",
                "prefixItems": [{ "type": "object" }, claims],
                "items": false,
                "minItems": 2,
            },
        })
    }
}

impl JsonSchema for PublishedKeys {
    fn schema_name() -> Cow<'static, str> {
        "PublishedKeys".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let coordinate = json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$" });
        json_schema!({
            "description": "A JWK Set (RFC 7517, section 5) of P-256 public keys (RFC 7518, section 6.2).",
            "type": "object",
            "required": ["keys"],
            "properties": { "keys": {
                "description": "The key that signs now first, then retired ones.",
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["kid", "kty", "crv", "x", "y", "alg", "use"],
                    "properties": {
                        "kid": { "type": "string", "minLength": 1 },
                        "kty": { "const": "EC" },
                        "crv": { "const": "P-256" },
                        "x": coordinate,
                        "y": coordinate,
                        "alg": { "const": "ES256" },
                        "use": { "const": "sig" },
                    },
                },
            }},
        })
    }
}

impl JsonSchema for ConsentForm {
    fn schema_name() -> Cow<'static, str> {
        "ConsentForm".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "token": { "type": "string", "description": "A subject token." },
                "ticket": { "type": "string", "description": "The ticket of a form that the edge made." },
                "lang": {
                    "type": "string",
                    "description": "The language of the page: a tag of `kk`, `ru` or `en`, such as `kk-KZ`. Anything else counts as nothing.",
                },
            },
            "anyOf": [{ "required": ["token"] }, { "required": ["ticket"] }],
        })
    }
}

impl JsonSchema for AcceptanceForm {
    fn schema_name() -> Cow<'static, str> {
        "AcceptanceForm".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "ticket": { "type": "string", "description": "The ticket of the form." },
            },
            "required": ["ticket"],
        })
    }
}

/// The longest compact JWS that the edge reads: [`crate::jws`] refuses longer ones.
const MAX_JWS_BYTES: usize = 16 * 1024;

/// The pattern of a day in years of that pattern, some of which are leap years.
fn day_pattern(year: &str, leap_year: &str) -> String {
    [
        "(?:",
        year,
        "-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))",
        "|(?:",
        leap_year,
        ")-02-29)",
    ]
    .concat()
}

/// What a [`Line`] must not have, as it stands within the brackets of a pattern.
struct Characters {
    /// At either end.
    edge: String,
    /// Anywhere.
    inner: String,
}

static CHARACTERS: LazyLock<Characters> = LazyLock::new(|| Characters {
    edge: class(|character| is_hidden(character) || character.is_whitespace()),
    inner: class(is_hidden),
});

/// The characters that a rule holds for, as ranges.
fn class(rule: impl Fn(char) -> bool) -> String {
    let mut ranges: Vec<(char, char)> = Vec::new();
    for character in ('\0'..=char::MAX).filter(|&character| rule(character)) {
        match ranges.last_mut() {
            Some((_, last)) if u32::from(*last) + 1 == u32::from(character) => *last = character,
            _ => ranges.push((character, character)),
        }
    }
    let mut class = String::new();
    for (first, last) in ranges {
        push(&mut class, first);
        if first != last {
            class.push('-');
            push(&mut class, last);
        }
    }
    class
}

/// A character as every dialect of patterns takes it. Above U+FFFF that is the character itself: dialects escape it in
/// different ways, as JSON and YAML do.
fn push(class: &mut String, character: char) {
    let code = u32::from(character);
    if code <= 0xFFFF {
        let _ = write!(class, "\\u{code:04X}");
    } else {
        class.push(character);
    }
}
