//! What turns the schemas of Rust types into schemas for readers of JSON.

use serde_json::{Map, Value};

/// Tidies the schema of something that the edge reads.
pub(crate) fn request(schema: &mut Value) {
    walk(schema, &mut describe);
}

/// Tidies the schema of something that the edge writes. It leaves members out rather than writing `null`.
pub(crate) fn response(schema: &mut Value) {
    walk(schema, &mut describe);
    walk(schema, &mut never_null);
}

/// The same JSON with every object's members in the order of their names, whatever `serde_json` was built to keep.
pub(crate) fn sorted(json: Value) -> Value {
    match json {
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            let sorted = members
                .into_iter()
                .map(|(name, value)| (name, sorted(value)));
            Value::Object(sorted.collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

fn walk(schema: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match schema {
        Value::Object(members) => {
            change(members);
            members.values_mut().for_each(|member| walk(member, change));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, change)),
        _ => {}
    }
}

/// Rewrites a description from rustdoc: its lines are joined, and its links to Rust items become their names.
fn describe(schema: &mut Map<String, Value>) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text
            .split("\n\n")
            .map(|paragraph| plain(&paragraph.replace('\n', " ")))
            .collect::<Vec<_>>()
            .join("\n\n");
    }
}

/// Markdown without links to Rust items: of ``[`path::Item`](target)`` stays `` `Item` ``.
fn plain(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some((before, (path, after))) = rest
        .split_once("[`")
        .and_then(|(before, link)| Some((before, link.split_once("`]")?)))
    {
        let item = path.rsplit("::").next().unwrap_or(path);
        text.extend([before, "`", item, "`"]);
        rest = match after
            .strip_prefix('(')
            .and_then(|target| target.split_once(')'))
        {
            Some((_, after)) => after,
            None => after,
        };
    }
    text + rest
}

fn never_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
        choices.retain(|choice| choice["type"] != "null");
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            for (name, value) in only {
                schema.entry(name).or_insert(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_description_names_items_and_links_to_none() {
        let mut schema = json!({ "description": "A [`crate::receipt`],\nsee\n[`Draft`](crate::edition::Draft).\n\n[1] `x`" });
        request(&mut schema);
        assert_eq!(
            schema["description"],
            "A `receipt`, see `Draft`.\n\n[1] `x`"
        );
    }

    #[test]
    fn nothing_that_is_written_is_null() {
        let mut schema = json!({ "properties": {
            "a": { "type": ["string", "null"] },
            "b": { "anyOf": [{ "$ref": "#/x" }, { "type": "null" }], "description": "b" },
        }});
        response(&mut schema);
        let expected = json!({ "properties": {
            "a": { "type": "string" },
            "b": { "$ref": "#/x", "description": "b" },
        }});
        assert_eq!(schema, expected);
    }
}
