//! Text to dates and durations.

mod iso;
mod rfc;
mod tokens;

use std::sync::Arc as Shared;

use regex::{Captures, Regex};

use super::{
    datetime::{DateTime, FromObject, Settings},
    error::{Error, Invalid},
    locale::Locale,
    text::parse_integer,
    unit::FieldSet,
    zone::Zone,
};

pub(crate) use iso::{duration, duration_of_time};
use tokens::FormatParser;

/// What a text said: fields, and the zone where it named one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) fields: FieldSet,
    pub(crate) zone: Option<Zone>,
    /// The offset it named beside a zone.
    pub(crate) specific_offset: Option<f64>,
}

/// Options of the parsers.
#[derive(Clone, Debug)]
pub struct ParseOptions {
    /// The zone of the result, and of the text where it names none.
    pub zone: Zone,
    /// Keep the zone the text names.
    pub set_zone: bool,
    /// The locale of the result.
    pub locale: Locale,
}

impl DateTime {
    /// What luxon answers for a text that does not have the form.
    pub(crate) fn unparsable(text: &str, form: &str, settings: &Settings) -> Self {
        let explanation = format!("the input \"{text}\" can't be parsed as {form}");
        DateTime::invalid(Invalid::explained("unparsable", explanation), settings)
    }

    /// Reads ISO 8601.
    pub fn from_iso(text: &str, options: &ParseOptions, settings: &Settings) -> Result<Self, Error> {
        finish(iso::date(text)?, "ISO 8601", text, options, settings)
    }

    /// Reads SQL's form.
    pub fn from_sql(text: &str, options: &ParseOptions, settings: &Settings) -> Result<Self, Error> {
        finish(iso::sql(text)?, "SQL", text, options, settings)
    }

    /// Reads RFC 2822.
    pub fn from_rfc2822(text: &str, options: &ParseOptions, settings: &Settings) -> Result<Self, Error> {
        finish(rfc::rfc2822(text), "RFC 2822", text, options, settings)
    }

    /// Reads the forms of HTTP.
    pub fn from_http(text: &str, options: &ParseOptions, settings: &Settings) -> Result<Self, Error> {
        // luxon names its options here in place of the text.
        finish(rfc::http(text), "HTTP", "[object Object]", options, settings)
    }

    /// Reads a text by a format of tokens; `words` is the locale its words are in.
    pub fn from_format(
        text: &str,
        format: &str,
        words: &Locale,
        options: &ParseOptions,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let parsed = FormatParser::cached(format, words).parse(text)?;
        finish(parsed, &format!("format {format}"), text, options, settings)
    }
}

fn finish(
    parsed: Option<Parsed>,
    format: &str,
    text: &str,
    options: &ParseOptions,
    settings: &Settings,
) -> Result<DateTime, Error> {
    let Some(parsed) = parsed.filter(|parsed| parsed.zone.is_some() || !parsed.fields.is_empty()) else {
        return Ok(DateTime::unparsable(text, format, settings));
    };
    let from = FromObject {
        zone: parsed.zone.unwrap_or_else(|| options.zone.clone()),
        locale: options.locale.clone(),
        specific_offset: parsed.specific_offset,
    };
    let date = DateTime::from_object(&parsed.fields, &from, settings)?;
    Ok(if options.set_zone { date } else { date.set_zone(&options.zone, false, settings) })
}

/// A regular expression of this crate; it is compiled once.
fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern written here compiles")
}

fn integer(captures: &Captures<'_>, group: usize) -> Option<f64> {
    captures.get(group).map(|found| parse_integer(found.as_str()))
}

/// An offset in minutes, from its hours with sign and its minutes.
fn signed_offset(hours: Option<&str>, minutes: Option<&str>) -> f64 {
    let hours = hours.map_or(0.0, parse_integer);
    let minutes = minutes.map_or(0.0, parse_integer);
    hours * 60.0 + if hours.is_sign_negative() { -minutes } else { minutes }
}

/// A year of two digits: luxon's cut is after 60.
fn untruncate_year(year: f64) -> f64 {
    if year > 99.0 {
        year
    } else if year > 60.0 {
        1900.0 + year
    } else {
        2000.0 + year
    }
}
