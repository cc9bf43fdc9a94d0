//! Patterns of dates in locales other than en-US.

use std::{collections::HashMap, sync::OnceLock};

use super::{
    date::Part,
    names::Names,
    options::{DateFormat, Digits, HourCycle, Month},
};
use crate::luxon::{english::Width, locale::Locale, math::Civil, text::push_padded};

/// CLDR's patterns, a line per locale: its tag, then `key=pattern`. A key names the parts (`EEEyMMMd`; `jm` is a time
/// in the locale's own hours, `Hjm` and `hjm` in 24 and 12). A key that is missing follows from a simpler one.
const TABLE: &str = include_str!("locale_patterns.tsv");

type Patterns = HashMap<&'static str, &'static str>;

/// The parts of a date without its zone, if the table has the locale and the combination.
pub(super) fn parts(options: &DateFormat, civil: &Civil, weekday: u8, locale: &Locale) -> Option<Vec<Part>> {
    let patterns = patterns_of(locale)?;
    let date = if options.has_date() { Some(find(patterns, &date_key(options)?)?) } else { None };
    let time = if options.has_time() { Some(find(patterns, &time_key(options)?)?) } else { None };
    let pattern = match (date, time) {
        (Some(date), Some(time)) => format!("{date}{}{time}", joint(patterns, options)),
        (date, time) => date.or(time)?,
    };
    Some(fill(&pattern, civil, weekday, Names::of(locale)))
}

fn patterns_of(locale: &Locale) -> Option<&'static Patterns> {
    static PARSED: OnceLock<HashMap<String, Patterns>> = OnceLock::new();
    if locale.is_plain_english() {
        return None;
    }
    let table = PARSED.get_or_init(|| {
        TABLE
            .lines()
            .filter_map(|line| {
                let (tag, patterns) = line.split_once('\t')?;
                Some((tag.to_ascii_lowercase(), patterns.split('\t').filter_map(|one| one.split_once('=')).collect()))
            })
            .collect()
    });
    let tag = locale.tag().split("-u-").next().unwrap_or_default().to_ascii_lowercase();
    table.get(&tag).or_else(|| table.get(&locale.language()))
}

/// A pattern by its key, or made from that of a simpler key.
fn find(patterns: &Patterns, key: &str) -> Option<String> {
    if let Some(pattern) = patterns.get(key) {
        return Some((*pattern).to_owned());
    }
    if key.starts_with("style") {
        return None;
    }
    let numeric_month = key.contains("MM") && !key.contains("MMM");
    if let Some(base) = key.strip_suffix("dd") {
        return Some(find(patterns, &format!("{base}d"))?.replacen("{d}", "{dd}", 1));
    }
    if numeric_month {
        return Some(find(patterns, &key.replacen("MM", "M", 1))?.replacen("{M}", "{MM}", 1));
    }
    if key.starts_with("EEEE") {
        let base = find(patterns, &key[1..])?;
        return Some(base.replacen("{EEE}", "{EEEE}", 1).replacen("{ccc}", "{cccc}", 1));
    }
    if key.starts_with("yy") {
        return Some(find(patterns, &key[1..])?.replacen("{y}", "{yy}", 1));
    }
    if key.contains("jj") {
        let base = find(patterns, &key.replacen("jj", "j", 1))?;
        return Some(base.replacen("{h}", "{hh}", 1).replacen("{H}", "{HH}", 1));
    }
    None
}

fn date_key(options: &DateFormat) -> Option<String> {
    if options.era.is_some() {
        return None;
    }
    if let Some(style) = options.date_style {
        return Some(format!("style-{style}"));
    }
    let weekday = match options.weekday {
        None => "",
        Some(Width::Short) => "EEE",
        Some(Width::Long) => "EEEE",
        Some(Width::Narrow) => return None,
    };
    let year = options.year.map_or("", |digits| pick(digits, "y", "yy"));
    let month = match options.month {
        None => "",
        Some(Month::Number(digits)) => pick(digits, "M", "MM"),
        Some(Month::Name(Width::Short)) => "MMM",
        Some(Month::Name(Width::Long)) => "MMMM",
        Some(Month::Name(Width::Narrow)) => return None,
    };
    let day = options.day.map_or("", |digits| pick(digits, "d", "dd"));
    Some(format!("{weekday}{year}{month}{day}"))
}

fn pick(digits: Digits, numeric: &'static str, two: &'static str) -> &'static str {
    if digits == Digits::Numeric { numeric } else { two }
}

fn time_key(options: &DateFormat) -> Option<String> {
    let hour = pick(options.hour?, "j", "jj");
    if options.fraction > 0 || options.day_period || (options.second && !options.minute) {
        return None;
    }
    let cycle = match options.hour_cycle {
        None => "",
        Some(HourCycle::H11 | HourCycle::H12) => "h",
        Some(HourCycle::H23 | HourCycle::H24) => "H",
    };
    let (minute, second) = (if options.minute { "m" } else { "" }, if options.second { "s" } else { "" });
    Some(format!("{cycle}{hour}{minute}{second}"))
}

/// What stands between date and time.
fn joint(patterns: &Patterns, options: &DateFormat) -> &'static str {
    let key = match options.month {
        Some(Month::Name(Width::Long)) => "join-long",
        Some(Month::Name(_)) => "join-medium",
        _ => "join",
    };
    patterns.get(key).or_else(|| patterns.get("join")).copied().unwrap_or(", ")
}

fn fill(pattern: &str, civil: &Civil, weekday: u8, names: Names) -> Vec<Part> {
    let mut parts = Vec::new();
    for piece in pattern.split('{') {
        let (field, literal) = piece.split_once('}').unwrap_or(("", piece));
        if let Some((kind, value)) = field_text(field, civil, weekday, names) {
            parts.push(Part { kind, value });
        }
        if !literal.is_empty() {
            parts.push(Part { kind: "literal", value: literal.to_owned() });
        }
    }
    parts
}

fn field_text(field: &str, civil: &Civil, weekday: u8, names: Names) -> Option<(&'static str, String)> {
    let year = if civil.year <= 0 { 1 - i64::from(civil.year) } else { civil.year.into() };
    let hour12 = (i64::from(civil.hour) + 11) % 12 + 1;
    let number = |kind: &'static str, value: i64| {
        let mut text = String::new();
        push_padded(&mut text, value, if field.len() == 2 { 2 } else { 1 });
        Some((kind, text))
    };
    let name = |kind: &'static str, name: &'static str| Some((kind, name.to_owned()));
    let width = match field.len() {
        3 => Width::Short,
        4 => Width::Long,
        _ => Width::Narrow,
    };
    match field {
        "d" | "dd" => number("day", civil.day.into()),
        "M" | "MM" => number("month", civil.month.into()),
        "y" => number("year", year),
        "yy" => number("year", year % 100),
        "H" | "HH" => number("hour", civil.hour.into()),
        "h" | "hh" => number("hour", hour12),
        "m" | "mm" => number("minute", civil.minute.into()),
        "s" | "ss" => number("second", civil.second.into()),
        "a" => name("dayPeriod", names.meridiem(civil.hour)),
        "" => None,
        _ if field.starts_with('L') => name("month", names.month(civil.month, width, true)),
        _ if field.starts_with('M') => name("month", names.month(civil.month, width, false)),
        _ if field.starts_with('c') => name("weekday", names.weekday(weekday, width, true)),
        _ => name("weekday", names.weekday(weekday, width, false)),
    }
}
