//! Reading the HTML that was rendered.

/// The opening tags, and the closing ones with their slash: no text and no attribute has the character `<` in it.
pub(super) fn tags(html: &str) -> impl Iterator<Item = &str> + Clone {
    let tags = html.split('<').skip(1);
    tags.map(|rest| rest.split('>').next().unwrap_or_default())
}

pub(super) fn name(tag: &str) -> &str {
    tag.split(' ').next().unwrap_or_default()
}

/// The names of the attributes: nothing else in a tag has quotes.
pub(super) fn attributes(tag: &str) -> Vec<&str> {
    tag.split('"')
        .step_by(2)
        .filter_map(|piece| piece.strip_suffix('=')?.split(' ').next_back())
        .collect()
}

/// The value of an attribute, as a browser has it.
pub(super) fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    let references = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ];
    let value = value.to_owned();
    Some(
        references
            .into_iter()
            .fold(value, |value, (from, to)| value.replace(from, to)),
    )
}

/// A text as HTML has it.
pub(super) fn escaped(text: &str) -> String {
    let references = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")];
    let text = text.to_owned();
    references
        .into_iter()
        .fold(text, |text, (from, to)| text.replace(from, to))
}

/// The tag of the one element of that part.
pub(super) fn part<'a>(html: &'a str, part: &str) -> &'a str {
    the_one(html, "part", part)
}

/// The tag of the one element of that id.
pub(super) fn tag_of<'a>(html: &'a str, id: &str) -> &'a str {
    the_one(html, "id", id)
}

fn the_one<'a>(html: &'a str, name: &str, value: &str) -> &'a str {
    let found: Vec<_> = tags(html)
        .filter(|tag| attribute(tag, name).as_deref() == Some(value))
        .collect();
    match found[..] {
        [tag] => tag,
        _ => panic!("{name}={value}: {found:?}"),
    }
}

/// The language of the first element that begins with these words: the one that it, or the nearest one around it, names.
pub(super) fn language_of(html: &str, words: &str) -> String {
    let place = html
        .find(&format!(">{words}"))
        .unwrap_or_else(|| panic!("{words}\n{html}"));
    let mut around = vec![];
    for tag in tags(&html[..place]) {
        if tag.starts_with('/') {
            around.pop();
        } else if name(tag) != "input" {
            around.push(attribute(tag, "lang"));
        }
    }
    around.into_iter().flatten().next_back().unwrap()
}

/// Without the elements that hide words from sight.
pub(super) fn said(html: &str) -> String {
    html.split("<span")
        .map(|piece| match piece.split_once('>') {
            Some((tag, rest)) if tag.contains("class=\"unseen\"") => {
                rest.replacen("</span>", "", 1)
            }
            _ => piece.to_owned(),
        })
        .collect()
}
