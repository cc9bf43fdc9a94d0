//! Between month and day, ISO (or local) weeks and days of the year; and which values are out of range.

use super::{
    error::Invalid,
    math::{Civil, day_of_week, days_in_month, days_in_year, integer_between, is_integer, is_leap_year},
};

/// When a week starts and how many days of January make it the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WeekRules {
    pub(crate) min_days: u8,
    pub(crate) start: u8,
}

impl WeekRules {
    pub(crate) const ISO: WeekRules = WeekRules { min_days: 4, start: 1 };
}

/// A date as year, week and weekday.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Week {
    pub(crate) year: f64,
    pub(crate) number: f64,
    pub(crate) weekday: f64,
}

/// A date whose fields need not be in range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Date {
    pub(crate) year: f64,
    pub(crate) month: f64,
    pub(crate) day: f64,
}

pub(crate) fn to_week(civil: &Civil, rules: WeekRules) -> Week {
    let year = f64::from(civil.year);
    let weekday = local_weekday(day_of_week(year, civil.month.into(), civil.day.into()), rules.start);
    let number = ((to_ordinal(civil) - weekday + 14.0 - f64::from(rules.min_days)) / 7.0).floor();
    if number < 1.0 {
        Week { year: year - 1.0, number: weeks_in_year(year - 1.0, rules), weekday }
    } else if number > weeks_in_year(year, rules) {
        Week { year: year + 1.0, number: 1.0, weekday }
    } else {
        Week { year, number, weekday }
    }
}

pub(crate) fn from_week(week: Week, rules: WeekRules) -> Date {
    let first = local_weekday(day_of_week(week.year, 1.0, rules.min_days.into()), rules.start);
    let ordinal = week.number * 7.0 + week.weekday - first - 7.0 + f64::from(rules.min_days);
    let days = days_in_year(week.year);
    let (year, ordinal) = if ordinal < 1.0 {
        (week.year - 1.0, ordinal + days_in_year(week.year - 1.0))
    } else if ordinal > days {
        (week.year + 1.0, ordinal - days)
    } else {
        (week.year, ordinal)
    };
    from_ordinal(year, ordinal)
}

pub(crate) fn to_ordinal(civil: &Civil) -> f64 {
    const BEFORE: [u16; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let leap = civil.month > 2 && is_leap_year(civil.year.into());
    f64::from(BEFORE[usize::from(civil.month) - 1]) + f64::from(civil.day) + f64::from(u8::from(leap))
}

/// The day of the year as a day of January (the date arithmetic carries it on), as luxon has it.
pub(crate) fn from_ordinal(year: f64, ordinal: f64) -> Date {
    if ordinal > 0.0 { Date { year, month: 1.0, day: ordinal } } else { Date { year, month: 0.0, day: f64::NAN } }
}

pub(crate) fn weeks_in_year(year: f64, rules: WeekRules) -> f64 {
    let offset = |year| {
        let weekday = local_weekday(day_of_week(year, 1.0, rules.min_days.into()), rules.start);
        f64::from(rules.min_days) - weekday - 1.0
    };
    (days_in_year(year) - offset(year) + offset(year + 1.0)) / 7.0
}

fn local_weekday(weekday: f64, start: u8) -> f64 {
    (weekday - f64::from(start) + 7.0) % 7.0 + 1.0
}

pub(crate) fn check_week(week: Week, rules: WeekRules) -> Result<(), Invalid> {
    check(is_integer(week.year), "weekYear", week.year)?;
    check(integer_between(week.number, 1.0, weeks_in_year(week.year, rules)), "week", week.number)?;
    check(integer_between(week.weekday, 1.0, 7.0), "weekday", week.weekday)
}

pub(crate) fn check_ordinal(year: f64, ordinal: f64) -> Result<(), Invalid> {
    check(is_integer(year), "year", year)?;
    check(integer_between(ordinal, 1.0, days_in_year(year)), "ordinal", ordinal)
}

pub(crate) fn check_date(date: Date) -> Result<(), Invalid> {
    check(is_integer(date.year), "year", date.year)?;
    check(integer_between(date.month, 1.0, 12.0), "month", date.month)?;
    check(integer_between(date.day, 1.0, days_in_month(date.year, date.month)), "day", date.day)
}

pub(crate) fn check_time(hour: f64, minute: f64, second: f64, millisecond: f64) -> Result<(), Invalid> {
    let midnight = hour == 24.0 && minute == 0.0 && second == 0.0 && millisecond == 0.0;
    check(integer_between(hour, 0.0, 23.0) || midnight, "hour", hour)?;
    check(integer_between(minute, 0.0, 59.0), "minute", minute)?;
    check(integer_between(second, 0.0, 59.0), "second", second)?;
    check(integer_between(millisecond, 0.0, 999.0), "millisecond", millisecond)
}

fn check(valid: bool, unit: &str, value: f64) -> Result<(), Invalid> {
    if valid { Ok(()) } else { Err(Invalid::unit_out_of_range(unit, value)) }
}
