//! Files of items: JSON, NDJSON, CSV.

use anyhow::{Context, Result, anyhow, bail};
use nodehost_expression::data;
use serde_json::{Map, Value, json};

/// How a file holds items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A list of items, or one item.
    Json,
    /// An item a line.
    Ndjson,
    /// A row an item, its values text under the names of the header.
    Csv,
}

impl Format {
    /// The format that a file's ending tells; NDJSON where it tells none.
    pub(crate) fn of(name: &str) -> Self {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref() {
            Some("csv") => Self::Csv,
            Some("json") => Self::Json,
            _ => Self::Ndjson,
        }
    }
}

/// Reads the items of a file of this name.
pub(crate) fn read(text: &[u8], format: Format, name: &str) -> Result<Vec<Value>> {
    // Spreadsheets put a byte order mark in front.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    match format {
        Format::Csv => csv_items(text).with_context(|| format!("{name} is not CSV with a header line")),
        Format::Json => match data::parse(text).map_err(|wrong| anyhow!("{name} is {wrong}"))? {
            Value::Array(items) => Ok(items),
            item => Ok(vec![item]),
        },
        Format::Ndjson => lines(text, name),
    }
}

fn lines(text: &[u8], name: &str) -> Result<Vec<Value>> {
    let lines = text.split(|byte| *byte == b'\n').enumerate();
    lines
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .map(|(index, line)| {
            data::parse(line).map_err(|wrong| {
                let wrong = wrong.to_string().replace(" at line 1 column ", " at column ");
                anyhow!("line {} of {name} is {wrong}; NDJSON has an item on each line", index + 1)
            })
        })
        .collect()
}

fn csv_items(text: &[u8]) -> Result<Vec<Value>> {
    let mut reader = csv::Reader::from_reader(text);
    let header = reader.headers()?.clone();
    if let Some(twice) =
        header.iter().enumerate().find_map(|(at, name)| header.iter().take(at).find(|one| *one == name))
    {
        bail!("two columns are named \"{twice}\"; give each a name of its own");
    }
    let mut items = Vec::new();
    for row in reader.records() {
        let row = row?;
        let fields = header.iter().zip(&row).map(|(name, value)| (name.to_owned(), Value::from(value)));
        items.push(json!({ "json": fields.collect::<Map<_, _>>() }));
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_csv_become_items() {
        let items = read(b"\xef\xbb\xbfname,url\nA,https://a\n\"B, b\",\n", Format::of("x.CSV"), "x").unwrap();
        assert_eq!(
            items,
            [json!({"json": {"name": "A", "url": "https://a"}}), json!({"json": {"name": "B, b", "url": ""}})]
        );
        let wrong = |text: &[u8]| format!("{:#}", read(text, Format::Csv, "x.csv").unwrap_err());
        assert!(wrong(b"a,b\n1\n").contains("line: 2"), "{}", wrong(b"a,b\n1\n"));
        assert!(wrong(b"a,a\n1,2\n").contains("two columns are named \"a\""));
    }

    #[test]
    fn lines_tell_where_they_are_wrong() {
        let read = |text: &[u8]| read(text, Format::of("-"), "x");
        assert_eq!(read(b"{\"a\":1}\n\n2").unwrap(), [json!({"a": 1}), json!(2)]);
        assert!(
            format!("{:#}", read(b"1\n\n{").unwrap_err())
                .starts_with("line 3 of x is invalid JSON: EOF while parsing an object at column 1;")
        );
    }

    #[test]
    fn a_json_file_holds_a_list_or_one_item() {
        let read = |text: &[u8]| read(text, Format::of("a.b.json"), "x");
        assert_eq!(read(b"[{\"a\":1}]").unwrap(), [json!({"a": 1})]);
        assert_eq!(read(b"{\"a\":1}").unwrap(), [json!({"a": 1})]);
        assert!(format!("{:#}", read(b"{").unwrap_err()).contains("line 1 column 1"));
    }
}
