//! Units by name: of a point in time (`set`, `fromObject`) and of a duration.

use super::error::Error;

/// A field that `DateTime.fromObject` and `set` know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The year.
    Year,
    /// The quarter, accepted and ignored as in luxon.
    Quarter,
    /// The month, 1 to 12.
    Month,
    /// The day of the month.
    Day,
    /// The hour.
    Hour,
    /// The minute.
    Minute,
    /// The second.
    Second,
    /// The millisecond.
    Millisecond,
    /// The ISO weekday.
    Weekday,
    /// The ISO week.
    WeekNumber,
    /// The year the ISO week belongs to.
    WeekYear,
    /// The day of the year.
    Ordinal,
    /// The weekday counted from the locale's first day.
    LocalWeekday,
    /// The week by the locale's rules.
    LocalWeekNumber,
    /// The year that week belongs to.
    LocalWeekYear,
}

impl Field {
    /// The number of fields.
    pub(crate) const COUNT: usize = 15;

    /// Reads a name as `fromObject` and `set` do.
    pub fn parse(name: &str) -> Result<Self, Error> {
        Ok(match name.to_lowercase().as_str() {
            "localweekday" | "localweekdays" => Field::LocalWeekday,
            "localweeknumber" | "localweeknumbers" => Field::LocalWeekNumber,
            "localweekyear" | "localweekyears" => Field::LocalWeekYear,
            _ => return Self::parse_precision(name),
        })
    }

    /// Reads a name as the `precision` option of the ISO formats does.
    pub(crate) fn parse_precision(name: &str) -> Result<Self, Error> {
        Ok(match name.to_lowercase().as_str() {
            "year" | "years" => Field::Year,
            "quarter" | "quarters" => Field::Quarter,
            "month" | "months" => Field::Month,
            "day" | "days" => Field::Day,
            "hour" | "hours" => Field::Hour,
            "minute" | "minutes" => Field::Minute,
            "second" | "seconds" => Field::Second,
            "millisecond" | "milliseconds" => Field::Millisecond,
            "weekday" | "weekdays" => Field::Weekday,
            "weeknumber" | "weeksnumber" | "weeknumbers" => Field::WeekNumber,
            "weekyear" | "weekyears" => Field::WeekYear,
            "ordinal" => Field::Ordinal,
            _ => return Err(Error::unit(name)),
        })
    }
}

/// The fields given to `fromObject` or `set`; NaN and infinities never are values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FieldSet([Option<f64>; Field::COUNT]);

impl FieldSet {
    /// The value of a field, if given.
    pub fn get(&self, field: Field) -> Option<f64> {
        self.0[field as usize]
    }

    /// Gives a field its value; a later one stands for an earlier one.
    pub fn set(&mut self, field: Field, value: f64) {
        self.0[field as usize] = Some(value);
    }

    pub(crate) fn with(mut self, field: Field, value: f64) -> Self {
        self.set(field, value);
        self
    }

    pub(crate) fn clear(&mut self, field: Field) {
        self.0[field as usize] = None;
    }

    pub(crate) fn has(&self, field: Field) -> bool {
        self.get(field).is_some()
    }

    /// The value as JavaScript tests it: not given and 0 are false.
    pub(crate) fn truthy(&self, field: Field) -> bool {
        self.get(field).is_some_and(|value| value != 0.0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

/// A unit of a duration, from large to small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Years.
    Years,
    /// Quarters.
    Quarters,
    /// Months.
    Months,
    /// Weeks.
    Weeks,
    /// Days.
    Days,
    /// Hours.
    Hours,
    /// Minutes.
    Minutes,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
}

impl Unit {
    /// All units, from large to small.
    pub const ALL: [Unit; 9] = [
        Unit::Years,
        Unit::Quarters,
        Unit::Months,
        Unit::Weeks,
        Unit::Days,
        Unit::Hours,
        Unit::Minutes,
        Unit::Seconds,
        Unit::Milliseconds,
    ];

    /// Reads a name, singular or plural, in any case.
    pub fn parse(name: &str) -> Result<Self, Error> {
        let lower = name.to_lowercase();
        Unit::ALL
            .into_iter()
            .find(|unit| lower == unit.name() || lower == unit.singular())
            .ok_or_else(|| Error::unit(name))
    }

    /// luxon's name, in the plural.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Years => "years",
            Unit::Quarters => "quarters",
            Unit::Months => "months",
            Unit::Weeks => "weeks",
            Unit::Days => "days",
            Unit::Hours => "hours",
            Unit::Minutes => "minutes",
            Unit::Seconds => "seconds",
            Unit::Milliseconds => "milliseconds",
        }
    }

    pub(crate) fn singular(self) -> &'static str {
        let name = self.name();
        &name[..name.len() - 1]
    }
}
