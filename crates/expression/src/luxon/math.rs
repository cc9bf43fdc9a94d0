//! JavaScript's number and date arithmetic: the parts of `Date` that luxon computes with.

/// The largest time value a JavaScript date can have, in milliseconds from the epoch.
pub(crate) const MAX_TIME: f64 = 8.64e15;
pub(crate) const MS_PER_DAY: f64 = 86_400_000.0;
pub(crate) const MS_PER_MINUTE: f64 = 60_000.0;

/// A broken-down local time, as luxon keeps in `dt.c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Astronomical year: 0 is 1 BC.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999.
    pub millisecond: u16,
}

impl Default for Civil {
    /// The epoch, so that every Civil is a date.
    fn default() -> Self {
        Civil { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 }
    }
}

/// A local time whose fields need not be in range yet (`set({ month: 14 })`, `plus`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fields {
    pub(crate) year: f64,
    pub(crate) month: f64,
    pub(crate) day: f64,
    pub(crate) hour: f64,
    pub(crate) minute: f64,
    pub(crate) second: f64,
    pub(crate) millisecond: f64,
}

impl From<Civil> for Fields {
    fn from(c: Civil) -> Self {
        Fields {
            year: c.year.into(),
            month: c.month.into(),
            day: c.day.into(),
            hour: c.hour.into(),
            minute: c.minute.into(),
            second: c.second.into(),
            millisecond: c.millisecond.into(),
        }
    }
}

impl Fields {
    /// The fields as milliseconds, read as UTC; NaN where `Date.UTC` answers NaN.
    pub(crate) fn to_local_ts(self) -> f64 {
        let time = make_time(self.hour, self.minute, self.second, self.millisecond);
        let year = if (0.0..=99.0).contains(&self.year.trunc()) { 1900.0 + self.year.trunc() } else { self.year };
        let ts = time_clip(make_day(year, self.month - 1.0, self.day) * MS_PER_DAY + time);
        if self.year < 100.0 && self.year >= 0.0 {
            // Date.UTC takes 0 to 99 as 1900 to 1999: luxon sets the date again, and keeps the time of day. Where 1900 years
            // more lead past the end of time there is none to keep, and JavaScript begins at midnight.
            let day = make_day(self.year, self.month - 1.0, self.day);
            let time = if ts.is_nan() { 0.0 } else { ts.rem_euclid(MS_PER_DAY) };
            return time_clip(day * MS_PER_DAY + time);
        }
        ts
    }
}

/// Breaks a time value down; `None` where `new Date(ts)` is an invalid date.
pub(crate) fn civil_from_ts(ts: f64) -> Option<Civil> {
    let ts = time_clip(ts);
    if ts.is_nan() { None } else { Some(civil_from_millis(ts as i64)) }
}

/// Breaks milliseconds down, also a little out of JavaScript's range.
pub(crate) fn civil_from_millis(ms: i64) -> Civil {
    let days = ms.div_euclid(86_400_000);
    let time = ms.rem_euclid(86_400_000);
    let (year, month, day) = civil_from_days(days);
    Civil {
        year: year as i32,
        month,
        day,
        hour: (time / 3_600_000) as u8,
        minute: (time / 60_000 % 60) as u8,
        second: (time / 1000 % 60) as u8,
        millisecond: (time % 1000) as u16,
    }
}

/// JavaScript's TimeClip: truncates, and answers NaN out of range.
pub(crate) fn time_clip(ts: f64) -> f64 {
    if ts.is_finite() && ts.abs() <= MAX_TIME { ts.trunc() + 0.0 } else { f64::NAN }
}

fn make_time(hour: f64, minute: f64, second: f64, millisecond: f64) -> f64 {
    if !(hour.is_finite() && minute.is_finite() && second.is_finite() && millisecond.is_finite()) {
        return f64::NAN;
    }
    hour.trunc() * 3_600_000.0 + minute.trunc() * 60_000.0 + second.trunc() * 1000.0 + millisecond.trunc()
}

fn make_day(year: f64, month0: f64, day: f64) -> f64 {
    if !(year.is_finite() && month0.is_finite() && day.is_finite()) {
        return f64::NAN;
    }
    let (year, month0, day) = (year.trunc(), month0.trunc(), day.trunc());
    let year = year + (month0 / 12.0).floor();
    if year.abs() > 400_000.0 {
        return f64::NAN;
    }
    let month = month0.rem_euclid(12.0) as u8 + 1;
    days_from_civil(year as i64, month, 1) as f64 + day - 1.0
}

/// Days from the epoch of a date of the proleptic Gregorian calendar.
pub(crate) fn days_from_civil(year: i64, month: u8, day: u8) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month0 = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * month0 + 2) / 5 + 1) as u8;
    let month = if month0 < 10 { month0 + 3 } else { month0 - 9 } as u8;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// ISO weekday (Monday is 1) of a date whose fields may be out of range; NaN if there is no such date.
pub(crate) fn day_of_week(year: f64, month: f64, day: f64) -> f64 {
    let days = make_day(year, month - 1.0, day);
    if time_clip(days * MS_PER_DAY).is_nan() {
        return f64::NAN;
    }
    (days + 3.0).rem_euclid(7.0) + 1.0
}

pub(crate) fn is_leap_year(year: f64) -> bool {
    year % 4.0 == 0.0 && (year % 100.0 != 0.0 || year % 400.0 == 0.0)
}

pub(crate) fn days_in_year(year: f64) -> f64 {
    if is_leap_year(year) { 366.0 } else { 365.0 }
}

/// Days of a month; month 13 is January of the next year. NaN where luxon answers undefined.
pub(crate) fn days_in_month(year: f64, month: f64) -> f64 {
    let month_in_year = floor_mod(month - 1.0, 12.0) + 1.0;
    let year = year + (month - month_in_year) / 12.0;
    match month_in_year {
        2.0 if is_leap_year(year) => 29.0,
        2.0 => 28.0,
        4.0 | 6.0 | 9.0 | 11.0 => 30.0,
        m if m.fract() == 0.0 => 31.0,
        _ => f64::NAN,
    }
}

pub(crate) fn floor_mod(x: f64, n: f64) -> f64 {
    x - n * (x / n).floor()
}

/// `Math.round`: halves go up.
pub(crate) fn js_round(x: f64) -> f64 {
    let floor = x.floor();
    if x - floor >= 0.5 { floor + 1.0 } else { floor }
}

/// `Math.min`, which answers NaN where either is NaN.
pub(crate) fn js_min(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }
}

pub(crate) fn is_integer(x: f64) -> bool {
    x % 1.0 == 0.0
}

pub(crate) fn integer_between(x: f64, low: f64, high: f64) -> bool {
    is_integer(x) && x >= low && x <= high
}
