//! English words of dates, and relative times in English.

use super::text::js_number;

/// How long a name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// `January`.
    Long,
    /// `Jan`.
    Short,
    /// `J`.
    Narrow,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The name of a month, 1 to 12.
pub(crate) fn month(month: u8, width: Width) -> &'static str {
    shorten(MONTHS[usize::from(month.clamp(1, 12)) - 1], width)
}

/// The name of an ISO weekday, 1 to 7.
pub(crate) fn weekday(weekday: u8, width: Width) -> &'static str {
    shorten(WEEKDAYS[usize::from(weekday.clamp(1, 7)) - 1], width)
}

/// The names of all months.
pub(crate) fn months(width: Width) -> impl Iterator<Item = &'static str> {
    MONTHS.into_iter().map(move |name| shorten(name, width))
}

/// The names of all weekdays, from Monday.
pub(crate) fn weekdays(width: Width) -> impl Iterator<Item = &'static str> {
    WEEKDAYS.into_iter().map(move |name| shorten(name, width))
}

pub(crate) fn meridiem(hour: u8) -> &'static str {
    if hour < 12 { "AM" } else { "PM" }
}

/// The era of a year as luxon's own words say it: year 0 counts as AD.
pub(crate) fn era(year: i32, width: Width) -> &'static str {
    match (year < 0, width) {
        (true, Width::Long) => "Before Christ",
        (true, Width::Short) => "BC",
        (true, Width::Narrow) => "B",
        (false, Width::Long) => "Anno Domini",
        (false, Width::Short) => "AD",
        (false, Width::Narrow) => "A",
    }
}

fn shorten(name: &'static str, width: Width) -> &'static str {
    match width {
        Width::Long => name,
        Width::Short => &name[..3],
        Width::Narrow => &name[..1],
    }
}

/// `in 3 days`, `2 hours ago`; with `auto` also `yesterday` and `next month`. `unit` is luxon's plural name.
pub(crate) fn relative_time(unit: &str, count: f64, auto: bool, narrow: bool) -> String {
    let (singular, short, short_plural) = match unit {
        "years" => ("year", "yr.", "yr."),
        "quarters" => ("quarter", "qtr.", "qtr."),
        "months" => ("month", "mo.", "mo."),
        "weeks" => ("week", "wk.", "wk."),
        "days" => ("day", "day", "days"),
        "hours" => ("hour", "hr.", "hr."),
        "minutes" => ("minute", "min.", "min."),
        _ => ("second", "sec.", "sec."),
    };
    if auto && !matches!(unit, "hours" | "minutes" | "seconds") {
        let is_day = unit == "days";
        if count == 1.0 {
            return if is_day { "tomorrow".into() } else { format!("next {singular}") };
        }
        if count == -1.0 {
            return if is_day { "yesterday".into() } else { format!("last {singular}") };
        }
        if count == 0.0 {
            return if is_day { "today".into() } else { format!("this {singular}") };
        }
    }
    let past = count < 0.0 || (count == 0.0 && count.is_sign_negative());
    let magnitude = count.abs();
    let word = match (narrow, magnitude == 1.0) {
        (true, true) => short,
        (true, false) => short_plural,
        (false, true) => singular,
        (false, false) => unit,
    };
    let magnitude = js_number(magnitude);
    if past { format!("{magnitude} {word} ago") } else { format!("in {magnitude} {word}") }
}
