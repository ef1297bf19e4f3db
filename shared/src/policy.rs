//! The text of a policy as a tree of sections and clauses.
//!
//! The source is numbered plain text or Markdown, a block a line, blank lines between blocks as one likes:
//!
//! ```text
//! Политика конфиденциальности                       the title; in Markdown `# Политика …`
//! 1. ОБЩИЕ ПОЛОЖЕНИЯ                                a section; in Markdown `## 1. ОБЩИЕ …`
//! 1.1. ТОО «BTS Digital» … [сайт](https://…) …      a clause, which may hold links
//! ```
//!
//! Numbers are kept as written: they must rise, and may have gaps (a repealed clause leaves one).
//! Links are Markdown's inline links, with `\[`, `\]`, `\(`, `\)`, `\*` and `\\` for the characters themselves.
//! Whatever cannot be placed is an error that names its line; nothing is dropped or guessed.
//!
//! Of Markdown (CommonMark, sections 4.2 and 6.3) that is headings and links, and there is no HTML: the tree holds text
//! only, so it can be shown without sanitising. Emphasis is refused, for it would be shown as asterisks.

mod inline;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

pub use inline::{HttpsUrl, Inline};

/// A policy: a title and one or more sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    title: String,
    sections: Vec<Section>,
}

/// A numbered section with one or more clauses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    number: u16,
    heading: String,
    clauses: Vec<Clause>,
}

/// A numbered clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    number: ClauseNumber,
    body: Vec<Inline>,
}

/// The number of a clause, such as `2.6`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClauseNumber {
    /// Number of the section, 1 to 999.
    pub section: u16,
    /// Number within the section, 1 to 999.
    pub clause: u16,
}

impl Policy {
    /// Parses a policy's source.
    ///
    /// # Errors
    /// See [`PolicyErrorKind`]; the error names the line.
    pub fn parse(source: &str) -> Result<Self, PolicyError> {
        let mut title = None;
        let mut sections: Vec<Section> = Vec::new();
        let mut last_line = 1;
        for (line, text) in (1..).zip(source.lines()) {
            last_line = line;
            let at = |kind| PolicyError { line, kind };
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            if let Some(character) = text
                .chars()
                .find(|&character| crate::text::is_hidden(character))
            {
                return Err(at(PolicyErrorKind::HiddenCharacter(u32::from(character))));
            }
            match (&title, Block::of(text).map_err(at)?) {
                (None, Block::Text(text)) => title = Some(inline::plain(text).map_err(at)?),
                (None, _) => return Err(at(PolicyErrorKind::TitleMissing)),
                (Some(_), Block::Text(_)) => return Err(at(PolicyErrorKind::Unnumbered)),
                (Some(_), Block::Section { number, heading }) => {
                    open_section(&mut sections, number, heading).map_err(at)?;
                }
                (Some(_), Block::Clause { number, body }) => {
                    push_clause(&mut sections, number, body).map_err(at)?;
                }
            }
        }
        let at_end = |kind| PolicyError {
            line: last_line,
            kind,
        };
        let title = title.ok_or_else(|| at_end(PolicyErrorKind::TitleMissing))?;
        match sections.last() {
            None => Err(at_end(PolicyErrorKind::SectionMissing)),
            Some(last) if last.clauses.is_empty() => {
                Err(at_end(PolicyErrorKind::SectionEmpty(last.number)))
            }
            Some(_) => Ok(Self { title, sections }),
        }
    }

    /// The title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The sections, at least one.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }
}

impl Section {
    /// The number, 1 to 999.
    #[must_use]
    pub const fn number(&self) -> u16 {
        self.number
    }

    /// The heading, without the number.
    #[must_use]
    pub fn heading(&self) -> &str {
        &self.heading
    }

    /// The clauses, at least one.
    #[must_use]
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }
}

impl Clause {
    /// The number.
    #[must_use]
    pub const fn number(&self) -> ClauseNumber {
        self.number
    }

    /// The body, without the number: text and links.
    #[must_use]
    pub fn body(&self) -> &[Inline] {
        &self.body
    }
}

impl fmt::Display for ClauseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.section, self.clause)
    }
}

impl FromStr for ClauseNumber {
    type Err = PolicyErrorKind;

    /// Reads `2.6`, in the one way it is written.
    fn from_str(text: &str) -> Result<Self, PolicyErrorKind> {
        let (section, clause) = text.split_once('.').ok_or(PolicyErrorKind::Number)?;
        Ok(Self {
            section: part(section)?,
            clause: part(clause)?,
        })
    }
}

impl Serialize for ClauseNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClauseNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Why a source is not a policy, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {kind}")]
pub struct PolicyError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub kind: PolicyErrorKind,
}

/// What is wrong in a policy's source.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PolicyErrorKind {
    /// The first block is not an unnumbered line.
    #[error("the title is missing")]
    TitleMissing,
    /// There is no section at all.
    #[error("there is no section")]
    SectionMissing,
    /// A section has no clause.
    #[error("section {0} has no clause")]
    SectionEmpty(u16),
    /// A block after the title starts with no number.
    #[error("the paragraph is neither a section nor a clause: it starts with no number")]
    Unnumbered,
    /// A number is not 1 to 999 without leading zeros, or has more than two parts, or no full stop
    /// and space after it.
    #[error("a number is written `1. ` or `1.1. `, with parts from 1 to 999")]
    Number,
    /// A number with nothing behind it.
    #[error("there is no text after the number")]
    Empty,
    /// A section's number does not follow the one before it.
    #[error("section {found} comes after section {previous}")]
    SectionOrder {
        /// The section before.
        previous: u16,
        /// The section found.
        found: u16,
    },
    /// A clause's number does not follow the one before it.
    #[error("clause {found} comes after clause {previous}")]
    ClauseOrder {
        /// The clause before.
        previous: ClauseNumber,
        /// The clause found.
        found: ClauseNumber,
    },
    /// A clause stands in another section than its number says.
    #[error("clause {0} stands outside its section")]
    ClauseOutsideSection(ClauseNumber),
    /// A bracket that is no part of a link, and not escaped.
    #[error("a bracket is neither part of a link nor escaped with a backslash")]
    Bracket,
    /// A backslash before a character that needs none.
    #[error("a backslash stands before none of [ ] ( ) * \\")]
    Escape,
    /// A clause written as a heading.
    #[error("a heading of Markdown is the title or a section")]
    Heading,
    /// Two asterisks, as for bold text.
    #[error("emphasis is not supported: write `\\*` for an asterisk")]
    Emphasis,
    /// A link in the title or a heading.
    #[error("a title or heading holds a link")]
    Link,
    /// A link with no text.
    #[error("a link has no text")]
    LinkText,
    /// A link to something other than an `https` address.
    #[error("a link leads to no https:// address")]
    LinkAddress,
    /// A control or bidirectional formatting character, which could hide or reorder text.
    #[error("the character U+{0:04X} is not allowed")]
    HiddenCharacter(u32),
}

/// A line, told apart by its number.
enum Block<'a> {
    Text(&'a str),
    Section { number: u16, heading: &'a str },
    Clause { number: ClauseNumber, body: &'a str },
}

impl<'a> Block<'a> {
    fn of(line: &'a str) -> Result<Self, PolicyErrorKind> {
        let text = heading(line);
        match Self::numbered(text)? {
            Self::Clause { .. } if text != line => Err(PolicyErrorKind::Heading),
            block => Ok(block),
        }
    }

    fn numbered(text: &'a str) -> Result<Self, PolicyErrorKind> {
        if !text.starts_with(|first: char| first.is_ascii_digit()) {
            return Ok(Self::Text(text));
        }
        let (number, rest) = match text.split_once(char::is_whitespace) {
            Some((number, rest)) => (number, rest.trim_start()),
            None => (text, ""),
        };
        let number = number.strip_suffix('.').ok_or(PolicyErrorKind::Number)?;
        if rest.is_empty() {
            return Err(PolicyErrorKind::Empty);
        }
        Ok(if number.contains('.') {
            Self::Clause {
                number: number.parse()?,
                body: rest,
            }
        } else {
            Self::Section {
                number: part(number)?,
                heading: rest,
            }
        })
    }
}

/// The text of a heading of Markdown, which begins with one to six number signs and a space; the line itself, if it is none.
fn heading(line: &str) -> &str {
    let text = line.trim_start_matches('#');
    let marks = line.len() - text.len();
    if (1..=6).contains(&marks) && text.starts_with(' ') {
        text.trim_start()
    } else {
        line
    }
}

fn part(digits: &str) -> Result<u16, PolicyErrorKind> {
    let plain = (1..=3).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && !digits.starts_with('0');
    if plain {
        digits.parse().map_err(|_| PolicyErrorKind::Number)
    } else {
        Err(PolicyErrorKind::Number)
    }
}

fn open_section(
    sections: &mut Vec<Section>,
    number: u16,
    heading: &str,
) -> Result<(), PolicyErrorKind> {
    if let Some(previous) = sections.last() {
        if previous.clauses.is_empty() {
            return Err(PolicyErrorKind::SectionEmpty(previous.number));
        }
        if number <= previous.number {
            return Err(PolicyErrorKind::SectionOrder {
                previous: previous.number,
                found: number,
            });
        }
    }
    sections.push(Section {
        number,
        heading: inline::plain(heading)?,
        clauses: Vec::new(),
    });
    Ok(())
}

fn push_clause(
    sections: &mut [Section],
    number: ClauseNumber,
    body: &str,
) -> Result<(), PolicyErrorKind> {
    let section = sections
        .last_mut()
        .filter(|section| section.number == number.section)
        .ok_or(PolicyErrorKind::ClauseOutsideSection(number))?;
    if let Some(previous) = section.clauses.last()
        && number <= previous.number
    {
        return Err(PolicyErrorKind::ClauseOrder {
            previous: previous.number,
            found: number,
        });
    }
    section.clauses.push(Clause {
        number,
        body: inline::parse(body)?,
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: &str = include_str!("../../www/editions/first/privacy.ru.txt");

    #[test]
    fn reads_the_first_edition_whole() {
        let policy = Policy::parse(SEED).unwrap();
        assert_eq!(policy.title(), "Политика конфиденциальности");
        let numbers: Vec<String> = policy
            .sections()
            .iter()
            .flat_map(|section| {
                section
                    .clauses()
                    .iter()
                    .map(|clause| clause.number().to_string())
            })
            .collect();
        assert_eq!(
            numbers.join(" "),
            "1.1 1.2 1.3 1.4 1.5 2.1 2.2 2.3 2.4 2.6 3.1 3.2 3.3 3.4 3.5 4.1 4.2 4.3"
        );
        let headings: Vec<_> = policy.sections().iter().map(Section::heading).collect();
        assert_eq!(headings[0], "ОБЩИЕ ПОЛОЖЕНИЯ");
        assert_eq!(
            headings[3],
            "ПРЕДОСТАВЛЕНИЕ ПЕРСОНАЛЬНЫХ ДАННЫХ ТРЕТЬИМ ЛИЦАМ"
        );
    }

    #[test]
    fn makes_one_link_of_the_escaped_link_in_clause_1_2() {
        let policy = Policy::parse(SEED).unwrap();
        let body = policy.sections()[0].clauses()[1].body();
        let [
            Inline::Text(_),
            Inline::Link { text, href },
            Inline::Text(end),
        ] = body
        else {
            panic!("{body:?}");
        };
        assert_eq!(text, "[https://smartaqkol.chat/privacy]");
        assert_eq!(href.as_str(), "https://smartaqkol.chat/privacy");
        assert_eq!(end, ".");
    }

    #[test]
    fn loses_no_word_of_the_first_edition() {
        let policy = Policy::parse(SEED).unwrap();
        let mut words = vec![policy.title().to_owned()];
        for section in policy.sections() {
            words.push(format!("{}. {}", section.number(), section.heading()));
            for clause in section.clauses() {
                let body: String = clause.body().iter().map(Inline::text).collect();
                words.push(format!("{}. {body}", clause.number()));
            }
        }
        let shown: Vec<&str> = words
            .iter()
            .flat_map(|block| block.split_whitespace())
            .collect();
        let source = SEED.replace(
            r"[\[https://smartaqkol.chat/privacy\]](https://smartaqkol.chat/privacy)",
            "[https://smartaqkol.chat/privacy]",
        );
        assert_eq!(shown, source.split_whitespace().collect::<Vec<_>>());
    }

    #[test]
    fn names_the_line_that_it_cannot_place() {
        use PolicyErrorKind as Kind;
        let clause = |section, clause| ClauseNumber { section, clause };
        for (source, line, kind) in [
            ("", 1, Kind::TitleMissing),
            ("1. A\n1.1. b", 1, Kind::TitleMissing),
            ("T", 1, Kind::SectionMissing),
            ("T\n1. A", 2, Kind::SectionEmpty(1)),
            ("T\n1. A\n2. B\n2.1. c", 3, Kind::SectionEmpty(1)),
            ("T\n1. A\n\nb", 4, Kind::Unnumbered),
            ("T\n1. A\n1.1. b\nmore of b", 4, Kind::Unnumbered),
            ("T\n1 A", 2, Kind::Number),
            ("T\n01. A", 2, Kind::Number),
            ("T\n0. A", 2, Kind::Number),
            ("T\n1000. A", 2, Kind::Number),
            ("T\n1. A\n1.1.1. b", 3, Kind::Number),
            ("T\n1.", 2, Kind::Empty),
            (
                "T\n2. A\n2.1. b\n2. C",
                4,
                Kind::SectionOrder {
                    previous: 2,
                    found: 2,
                },
            ),
            (
                "T\n1. A\n1.2. b\n1.1. c",
                4,
                Kind::ClauseOrder {
                    previous: clause(1, 2),
                    found: clause(1, 1),
                },
            ),
            (
                "T\n1. A\n2.1. b",
                3,
                Kind::ClauseOutsideSection(clause(2, 1)),
            ),
            ("T\n1.1. b", 2, Kind::ClauseOutsideSection(clause(1, 1))),
            ("T\n1. A\n1.1. b [c", 3, Kind::Bracket),
            ("T [a](https://b.kz)\n1. A\n1.1. b", 1, Kind::Link),
            ("T\n1. A [b](https://c.kz)\n1.1. d", 2, Kind::Link),
            ("T\n1. A [b\n1.1. d", 2, Kind::Bracket),
            ("T\n1. A\n1.1. b\u{61C}c", 3, Kind::HiddenCharacter(0x61C)),
            ("T\n1. A\n1.1. b\u{202E}c", 3, Kind::HiddenCharacter(0x202E)),
            ("T\n1. A\n### 1.1. b", 3, Kind::Heading),
            ("T\n1. A\n1.1. **b**", 3, Kind::Emphasis),
            ("T\n## A\n1.1. b", 2, Kind::Unnumbered),
            ("####### T\n#1. A\n1.1. b", 2, Kind::Unnumbered),
            ("T\n1. A\n1.1. b\0c", 3, Kind::HiddenCharacter(0)),
        ] {
            assert_eq!(
                Policy::parse(source),
                Err(PolicyError { line, kind }),
                "{source}"
            );
        }
    }

    #[test]
    fn a_clause_number_has_one_spelling() {
        let number = ClauseNumber {
            section: 2,
            clause: 10,
        };
        assert_eq!(number.to_string(), "2.10");
        assert_eq!("2.10".parse(), Ok(number));
        for text in [
            "", "2", "2.", ".1", "2.0", "2.01", "2.1.1", "2.1000", "+2.1", "2.1.",
        ] {
            let number = text.parse::<ClauseNumber>();
            assert_eq!(number, Err(PolicyErrorKind::Number), "{text}");
        }
    }

    #[test]
    fn reads_lines_that_end_as_on_windows() {
        assert_eq!(
            Policy::parse("T\r\n\r\n1. A\r\n1.1. b\r\n"),
            Policy::parse("T\n1. A\n1.1. b")
        );
    }

    #[test]
    fn reads_markdown_as_the_same_policy() {
        let markdown = "# T\n\n## 1. A\n\n1.1. b \\* [c](https://d.kz)\n\n###### 2. E\n2.1. f * g";
        let plain = "T\n1. A\n1.1. b * [c](https://d.kz)\n2. E\n2.1. f * g";
        assert_eq!(Policy::parse(markdown), Policy::parse(plain));
        assert_eq!(Policy::parse(markdown).unwrap().title(), "T");
    }
}
