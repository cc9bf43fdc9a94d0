//! ISO 8601 dates and durations, and SQL's near relative.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{Parsed, compile, integer, signed_offset};
use crate::luxon::{
    duration::Values,
    error::Error,
    text::parse_millis,
    unit::{Field, FieldSet, Unit},
    zone::Zone,
};

const OFFSET: &str = r"(?:([Zz])|([+-][0-9][0-9])(?::?([0-9][0-9]))?)";
const IANA: &str = r"[A-Za-z_+-]{1,256}(?::?/[A-Za-z0-9_+-]{1,256}(?:/[A-Za-z0-9_+-]{1,256})?)?";
const TIME_BASE: &str = r"([0-9][0-9])(?::?([0-9][0-9])(?::?([0-9][0-9])(?:[.,]([0-9]{1,30}))?)?)?";

fn iso_time() -> String {
    format!(r"{TIME_BASE}(?:{OFFSET}?(?:\[({IANA})\])?)?")
}

fn sql_time() -> String {
    format!(r"{TIME_BASE} ?(?:{OFFSET}|({IANA}))?")
}

/// How a pattern names the date, before the groups of the time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Date {
    YearMonthDay,
    Week,
    Ordinal,
    Today,
}

struct Pattern {
    regex: Regex,
    date: Date,
}

/// Reads an ISO 8601 date, time or both.
pub(super) fn date(text: &str) -> Result<Option<Parsed>, Error> {
    static PATTERNS: LazyLock<[Pattern; 4]> = LazyLock::new(|| {
        let time = iso_time();
        let pattern = |date, source: &str| {
            let regex = match date {
                Date::Today => format!("^{time}$"),
                _ => format!("^{source}(?:[Tt]{time})?$"),
            };
            Pattern { regex: compile(&regex), date }
        };
        [
            pattern(Date::YearMonthDay, r"([+-][0-9]{6}|[0-9]{4})(?:-?([0-9][0-9])(?:-?([0-9][0-9]))?)?"),
            pattern(Date::Week, r"([0-9]{4})-?W([0-9][0-9])(?:-?([0-9]))?"),
            pattern(Date::Ordinal, r"([0-9]{4})-?([0-9]{3})"),
            pattern(Date::Today, ""),
        ]
    });
    first_match(&*PATTERNS, text)
}

/// Reads a date, a time or both as SQL writes them.
pub(super) fn sql(text: &str) -> Result<Option<Parsed>, Error> {
    static PATTERNS: LazyLock<[Pattern; 2]> = LazyLock::new(|| {
        let time = sql_time();
        let date = r"([0-9]{4})-([0-9][0-9])-([0-9][0-9])";
        [
            Pattern { regex: compile(&format!("^{date}(?: {time})?$")), date: Date::YearMonthDay },
            Pattern { regex: compile(&format!("^{time}$")), date: Date::Today },
        ]
    });
    first_match(&*PATTERNS, text)
}

fn first_match(patterns: &[Pattern], text: &str) -> Result<Option<Parsed>, Error> {
    for pattern in patterns {
        if let Some(captures) = pattern.regex.captures(text) {
            return extract(&captures, pattern.date).map(Some);
        }
    }
    Ok(None)
}

fn extract(captures: &Captures<'_>, date: Date) -> Result<Parsed, Error> {
    let mut fields = FieldSet::default();
    let mut put = |field, group: usize, default: Option<f64>| {
        if let Some(value) = integer(captures, group).or(default) {
            fields.set(field, value);
        }
    };
    let time = match date {
        Date::YearMonthDay => {
            put(Field::Year, 1, None);
            put(Field::Month, 2, Some(1.0));
            put(Field::Day, 3, Some(1.0));
            4
        }
        Date::Week => {
            put(Field::WeekYear, 1, None);
            put(Field::WeekNumber, 2, None);
            put(Field::Weekday, 3, None);
            4
        }
        Date::Ordinal => {
            put(Field::Year, 1, None);
            put(Field::Ordinal, 2, None);
            3
        }
        Date::Today => 1,
    };
    put(Field::Hour, time, Some(0.0));
    put(Field::Minute, time + 1, Some(0.0));
    put(Field::Second, time + 2, Some(0.0));
    if let Some(digits) = captures.get(time + 3) {
        fields.set(Field::Millisecond, parse_millis(digits.as_str()));
    }
    let group = |index: usize| captures.get(time + index).map(|found| found.as_str());
    let zone = if let Some(name) = group(7) {
        Some(Zone::iana(name))
    } else if group(4).is_some() || group(5).is_some() {
        Some(Zone::Fixed(signed_offset(group(5), group(6))))
    } else {
        None
    };
    Ok(Parsed { fields, zone, specific_offset: None })
}

/// Reads an ISO 8601 duration.
pub(crate) fn duration(text: &str) -> Option<Values> {
    static DURATION: LazyLock<Regex> = LazyLock::new(|| {
        let number = r"(-?[0-9]{1,20}(?:\.[0-9]{1,20})?)";
        compile(&format!(
            r"^-?P(?:(?:{number}Y)?(?:{number}M)?(?:{number}W)?(?:{number}D)?(?:T(?:{number}H)?(?:{number}M)?(?:(-?[0-9]{{1,20}})(?:[.,](-?[0-9]{{1,20}}))?S)?)?)$"
        ))
    });
    let captures = DURATION.captures(text)?;
    let negated = text.starts_with('-');
    let group = |index: usize| captures.get(index).map(|found| found.as_str());
    let seconds = group(7);
    let negative_seconds = seconds.is_some_and(|text| text.starts_with('-'));
    const UNITS: [Unit; 7] =
        [Unit::Years, Unit::Months, Unit::Weeks, Unit::Days, Unit::Hours, Unit::Minutes, Unit::Seconds];
    let mut values = Values::default();
    for (index, unit) in UNITS.into_iter().enumerate() {
        if let Some(number) = group(index + 1).and_then(|text| text.parse::<f64>().ok()) {
            let force = unit == Unit::Seconds && seconds == Some("-0");
            values.set(unit, maybe_negate(number, negated, force));
        }
    }
    if let Some(digits) = group(8) {
        values.set(Unit::Milliseconds, maybe_negate(parse_millis(digits), negated, negative_seconds));
    }
    Some(values)
}

fn maybe_negate(number: f64, negated: bool, force: bool) -> f64 {
    if force || (number != 0.0 && negated) { -number } else { number }
}

/// Reads an ISO 8601 time of day as a duration.
pub(crate) fn duration_of_time(text: &str) -> Option<Values> {
    static TIME: LazyLock<Regex> = LazyLock::new(|| compile(&format!("^T?{TIME_BASE}$")));
    let captures = TIME.captures(text)?;
    let mut values = Values::default();
    for (index, unit) in [Unit::Hours, Unit::Minutes, Unit::Seconds].into_iter().enumerate() {
        values.set(unit, integer(&captures, index + 1).unwrap_or(0.0));
    }
    if let Some(digits) = captures.get(4) {
        values.set(Unit::Milliseconds, parse_millis(digits.as_str()));
    }
    Some(values)
}
