//! Dates of mail (RFC 2822) and HTTP (RFC 1123, RFC 850, asctime).

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{Parsed, compile, integer, signed_offset, untruncate_year};
use crate::luxon::{
    english::{self, Width},
    unit::{Field, FieldSet},
    zone::Zone,
};

const MONTH: &str = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const DAY: &str = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const TIME: &str = "([0-9][0-9]):([0-9][0-9]):([0-9][0-9])";

/// Where a pattern has its groups.
struct Groups {
    weekday: usize,
    day: usize,
    month: usize,
    year: usize,
    hour: usize,
}

pub(super) fn rfc2822(text: &str) -> Option<Parsed> {
    static COMMENT: LazyLock<Regex> = LazyLock::new(|| compile(r"\([^()]*\)|[\n\t]"));
    static BLANKS: LazyLock<Regex> = LazyLock::new(|| compile(r"\s\s+"));
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        compile(&format!(
            r"^(?:{DAY},\s)?([0-9]{{1,2}})\s{MONTH}\s([0-9]{{2,4}})\s([0-9][0-9]):([0-9][0-9])(?::([0-9][0-9]))?\s(?:(UT|GMT|[ECMP][SD]T)|([Zz])|(?:([+-][0-9][0-9])([0-9][0-9])))$"
        ))
    });
    let text = COMMENT.replace_all(text, " ");
    let text = BLANKS.replace_all(&text, " ");
    let captures = DATE.captures(text.trim())?;
    let group = |index: usize| captures.get(index).map(|found| found.as_str());
    let offset = match (group(8), group(9)) {
        (Some(name), _) => obsolete_offset(name),
        (None, Some(_)) => 0.0,
        (None, None) => signed_offset(group(10), group(11)),
    };
    let fields = fields(&captures, &Groups { weekday: 1, day: 2, month: 3, year: 4, hour: 5 });
    Some(Parsed { fields, zone: Some(Zone::Fixed(offset)), specific_offset: None })
}

pub(super) fn http(text: &str) -> Option<Parsed> {
    static PATTERNS: LazyLock<[(Regex, Groups); 3]> = LazyLock::new(|| {
        let long = "(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)";
        let day_first = || Groups { weekday: 1, day: 2, month: 3, year: 4, hour: 5 };
        [
            (compile(&format!("^{DAY}, ([0-9][0-9]) {MONTH} ([0-9]{{4}}) {TIME} GMT$")), day_first()),
            (compile(&format!("^{long}, ([0-9][0-9])-{MONTH}-([0-9][0-9]) {TIME} GMT$")), day_first()),
            (
                compile(&format!("^{DAY} {MONTH} ( [0-9]|[0-9][0-9]) {TIME} ([0-9]{{4}})$")),
                Groups { weekday: 1, month: 2, day: 3, hour: 4, year: 7 },
            ),
        ]
    });
    PATTERNS.iter().find_map(|(regex, groups)| {
        let captures = regex.captures(text)?;
        Some(Parsed { fields: fields(&captures, groups), zone: Some(Zone::UTC), specific_offset: None })
    })
}

fn fields(captures: &Captures<'_>, groups: &Groups) -> FieldSet {
    let text = |group: usize| captures.get(group).map_or("", |found| found.as_str());
    let mut fields = FieldSet::default();
    let mut put = |field, value: Option<f64>| {
        if let Some(value) = value {
            fields.set(field, value);
        }
    };
    let year = integer(captures, groups.year);
    put(Field::Year, if text(groups.year).len() == 2 { year.map(untruncate_year) } else { year });
    put(Field::Month, position(english::months(Width::Short), text(groups.month)));
    put(Field::Day, text(groups.day).trim().parse().ok());
    put(Field::Hour, integer(captures, groups.hour));
    put(Field::Minute, integer(captures, groups.hour + 1));
    put(Field::Second, integer(captures, groups.hour + 2));
    let weekday = text(groups.weekday);
    if !weekday.is_empty() {
        let width = if weekday.len() > 3 { Width::Long } else { Width::Short };
        put(Field::Weekday, position(english::weekdays(width), weekday));
    }
    fields
}

fn position(mut names: impl Iterator<Item = &'static str>, name: &str) -> Option<f64> {
    names.position(|known| known == name).map(|index| index as f64 + 1.0)
}

/// Minutes of the zones RFC 2822 still knows by name; `None` of luxon's table is NaN.
fn obsolete_offset(name: &str) -> f64 {
    let hours = match name {
        "GMT" => 0.0,
        "EDT" => -4.0,
        "EST" | "CDT" => -5.0,
        "CST" | "MDT" => -6.0,
        "MST" | "PDT" => -7.0,
        "PST" => -8.0,
        _ => f64::NAN,
    };
    hours * 60.0
}
