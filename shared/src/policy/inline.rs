//! The body of a clause: text and links.

use super::PolicyErrorKind;

/// A piece of a clause's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// A link.
    Link {
        /// What is shown.
        text: String,
        /// Where it leads.
        href: HttpsUrl,
    },
}

impl Inline {
    /// What is shown.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Link { text, .. } => text,
        }
    }
}

/// An address that starts with `https://` and a host, and holds printable ASCII only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpsUrl(String);

impl HttpsUrl {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes an address.
    ///
    /// # Errors
    /// [`PolicyErrorKind::LinkAddress`].
    pub fn parse(text: String) -> Result<Self, PolicyErrorKind> {
        let host = text.strip_prefix("https://").unwrap_or_default();
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !br#"<>"\^`{|}"#.contains(&byte));
        if plain && host.starts_with(|first: char| first.is_ascii_alphanumeric()) {
            Ok(Self(text))
        } else {
            Err(PolicyErrorKind::LinkAddress)
        }
    }
}

/// Splits a clause's body into text and links.
pub(super) fn parse(body: &str) -> Result<Vec<Inline>, PolicyErrorKind> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut characters = body.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.push(escaped(&mut characters)?),
            '[' => {
                let link = link(&mut characters)?;
                if !text.is_empty() {
                    pieces.push(Inline::Text(std::mem::take(&mut text)));
                }
                pieces.push(link);
            }
            ']' => return Err(PolicyErrorKind::Bracket),
            '*' if characters.as_str().starts_with('*') => return Err(PolicyErrorKind::Emphasis),
            other => text.push(other),
        }
    }
    if !text.is_empty() {
        pieces.push(Inline::Text(text));
    }
    Ok(pieces)
}

/// The text of a title or heading, which holds no link.
pub(super) fn plain(text: &str) -> Result<String, PolicyErrorKind> {
    match parse(text)?.as_slice() {
        [Inline::Text(text)] => Ok(text.clone()),
        _ => Err(PolicyErrorKind::Link),
    }
}

/// The rest of a link, after its `[`.
fn link(characters: &mut std::str::Chars<'_>) -> Result<Inline, PolicyErrorKind> {
    let text = until(']', characters)?;
    if text.trim().is_empty() {
        return Err(PolicyErrorKind::LinkText);
    }
    if characters.next() != Some('(') {
        return Err(PolicyErrorKind::Bracket);
    }
    let href = HttpsUrl::parse(until(')', characters)?)?;
    Ok(Inline::Link { text, href })
}

fn until(end: char, characters: &mut std::str::Chars<'_>) -> Result<String, PolicyErrorKind> {
    let mut text = String::new();
    loop {
        match characters.next() {
            None | Some('[') => return Err(PolicyErrorKind::Bracket),
            Some('\\') => text.push(escaped(characters)?),
            Some(character) if character == end => return Ok(text),
            Some(character) => text.push(character),
        }
    }
}

fn escaped(characters: &mut std::str::Chars<'_>) -> Result<char, PolicyErrorKind> {
    characters
        .next()
        .filter(|character| matches!(character, '[' | ']' | '(' | ')' | '*' | '\\'))
        .ok_or(PolicyErrorKind::Escape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_text_and_links() {
        let pieces = parse(r"a \[b\] [c](https://d.kz/e\(f\)) g (h)").unwrap();
        assert_eq!(
            pieces,
            [
                Inline::Text("a [b] ".into()),
                Inline::Link {
                    text: "c".into(),
                    href: HttpsUrl("https://d.kz/e(f)".into())
                },
                Inline::Text(" g (h)".into()),
            ]
        );
    }

    #[test]
    fn refuses_what_is_no_whole_link() {
        use PolicyErrorKind as Kind;
        for (body, kind) in [
            ("[a", Kind::Bracket),
            ("a]", Kind::Bracket),
            ("[a] (https://b.kz)", Kind::Bracket),
            ("[a](https://b.kz", Kind::Bracket),
            ("[[a](https://b.kz)", Kind::Bracket),
            ("[ ](https://b.kz)", Kind::LinkText),
            ("[a]()", Kind::LinkAddress),
            ("[a](http://b.kz)", Kind::LinkAddress),
            ("[a](javascript:alert(1))", Kind::LinkAddress),
            ("[a](https://)", Kind::LinkAddress),
            ("[a](https://b.kz/ c)", Kind::LinkAddress),
            ("[a](https://б.kz)", Kind::LinkAddress),
            (r"a \n", Kind::Escape),
            (r"a \", Kind::Escape),
        ] {
            assert_eq!(parse(body), Err(kind), "{body}");
        }
    }
}
