//! A point in time with its zone and locale.

mod arithmetic;
mod diff;
mod iso;
mod object;
mod relative;

use std::sync::Arc;

use super::{
    civil::{WeekRules, to_ordinal, to_week, weeks_in_year},
    error::Invalid,
    locale::Locale,
    math::{Civil, Fields, MAX_TIME, MS_PER_MINUTE, civil_from_ts, days_in_month, days_in_year, is_leap_year},
    zone::Zone,
};

pub use iso::{IsoOptions, SqlTimeOptions};
pub use object::FromObject;
pub use relative::{RelativeOptions, Rounding};

/// The text of an invalid DateTime.
pub const INVALID_DATE_TIME: &str = "Invalid DateTime";

/// What luxon reads from outside: the clock and the default zone.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The time now, in milliseconds from the epoch.
    pub now: f64,
    /// The zone dates have unless told otherwise.
    pub default_zone: Zone,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { now: 0.0, default_zone: Zone::UTC }
    }
}

/// A point in time, or the reason there is none.
#[derive(Clone, Debug)]
pub struct DateTime {
    ts: f64,
    offset: f64,
    civil: Civil,
    zone: Zone,
    locale: Locale,
    invalid: Option<Arc<Invalid>>,
}

impl DateTime {
    /// The time value `ts` (milliseconds) in a zone; invalid where the zone or the time is.
    pub fn new(ts: f64, zone: Zone, locale: Locale) -> Self {
        let offset = if ts.is_nan() || !zone.is_valid() { f64::NAN } else { zone.offset(ts) };
        DateTime::with_offset(ts, offset, zone, locale)
    }

    /// As [`DateTime::new`], where the offset is known.
    fn with_offset(ts: f64, offset: f64, zone: Zone, locale: Locale) -> Self {
        let invalid = if ts.is_nan() {
            Some(Invalid::input())
        } else if !zone.is_valid() {
            Some(unsupported_zone(&zone))
        } else {
            None
        };
        let civil = civil_from_ts(ts + offset * MS_PER_MINUTE);
        let invalid = invalid.or_else(|| civil.is_none().then(Invalid::input));
        let civil = civil.unwrap_or_default();
        DateTime { ts, offset, civil, zone, locale, invalid: invalid.map(Arc::new) }
    }

    /// The time now.
    pub fn now(settings: &Settings) -> Self {
        DateTime::new(settings.now, settings.default_zone.clone(), Locale::default())
    }

    /// An invalid DateTime.
    pub fn invalid(invalid: Invalid, settings: &Settings) -> Self {
        DateTime {
            ts: settings.now,
            offset: f64::NAN,
            civil: Civil::default(),
            zone: settings.default_zone.clone(),
            locale: Locale::default(),
            invalid: Some(Arc::new(invalid)),
        }
    }

    /// `fromMillis`: invalid beyond JavaScript's range of time.
    pub fn from_millis(millis: f64, zone: Zone, locale: Locale, settings: &Settings) -> Self {
        if !(-MAX_TIME..=MAX_TIME).contains(&millis) && !millis.is_nan() {
            return DateTime::invalid(Invalid::new("Timestamp out of range"), settings);
        }
        DateTime::new(millis, zone, locale)
    }

    /// `local` and `utc` with parts: year, month, day, hour, minute, second, millisecond.
    pub fn from_parts(parts: &[f64], zone: Zone, locale: Locale, settings: &Settings) -> Self {
        if !zone.is_valid() {
            return DateTime::invalid(unsupported_zone(&zone), settings);
        }
        let Some(year) = parts.first() else {
            return DateTime::new(settings.now, zone, locale);
        };
        let part = |index: usize, default: f64| parts.get(index).copied().unwrap_or(default);
        let fields = Fields {
            year: *year,
            month: part(1, 1.0),
            day: part(2, 1.0),
            hour: part(3, 0.0),
            minute: part(4, 0.0),
            second: part(5, 0.0),
            millisecond: part(6, 0.0),
        };
        if let Err(invalid) = object::check_fields(&fields) {
            return DateTime::invalid(invalid, settings);
        }
        let (ts, offset) = fix_offset(fields.to_local_ts(), zone.offset(settings.now), &zone);
        DateTime::with_offset(ts, offset, zone, locale)
    }

    /// Whether it is a point in time at all.
    pub fn is_valid(&self) -> bool {
        self.invalid.is_none()
    }

    /// Why it is none.
    pub fn invalid_reason(&self) -> Option<&Invalid> {
        self.invalid.as_deref()
    }

    /// The time value, also of an invalid DateTime.
    pub fn ts(&self) -> f64 {
        self.ts
    }

    /// Milliseconds from the epoch, NaN if invalid.
    pub fn to_millis(&self) -> f64 {
        if self.is_valid() { self.ts } else { f64::NAN }
    }

    /// Minutes east of UTC, NaN if invalid.
    pub fn offset(&self) -> f64 {
        if self.is_valid() { self.offset } else { f64::NAN }
    }

    /// The local date and time; `None` if invalid.
    pub fn civil(&self) -> Option<&Civil> {
        self.is_valid().then_some(&self.civil)
    }

    /// The zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The locale.
    pub fn locale(&self) -> &Locale {
        &self.locale
    }

    /// The same time in another locale.
    pub fn with_locale(&self, locale: Locale) -> Self {
        DateTime { locale, ..self.clone() }
    }

    /// The same time in another zone, or with `keep_local_time` the same local time.
    pub fn set_zone(&self, zone: &Zone, keep_local_time: bool, settings: &Settings) -> Self {
        if *zone == self.zone {
            return self.clone();
        }
        if !zone.is_valid() {
            return DateTime::invalid(unsupported_zone(zone), settings);
        }
        let mut ts = self.ts;
        if keep_local_time {
            let local = self.civil().map_or(f64::NAN, |civil| Fields::from(*civil).to_local_ts());
            (ts, _) = fix_offset(local, zone.offset(self.ts), zone);
        }
        self.at(ts, zone.clone())
    }

    /// Another time in this zone and locale; what is invalid stays so.
    fn at_ts(&self, ts: f64) -> Self {
        self.at(ts, self.zone.clone())
    }

    fn at(&self, ts: f64, zone: Zone) -> Self {
        if self.is_valid() {
            DateTime::new(ts, zone, self.locale.clone())
        } else {
            DateTime { ts, zone, ..self.clone() }
        }
    }

    /// The quarter, 1 to 4.
    pub fn quarter(&self) -> f64 {
        self.field(|civil| f64::from(civil.month.div_ceil(3)))
    }

    /// The day of the year.
    pub fn ordinal(&self) -> f64 {
        self.field(to_ordinal)
    }

    /// A number of the local date and time, NaN if invalid.
    pub fn field(&self, read: impl Fn(&Civil) -> f64) -> f64 {
        self.civil().map_or(f64::NAN, read)
    }

    /// The ISO weekday, Monday is 1.
    pub fn weekday(&self) -> f64 {
        self.field(|civil| to_week(civil, WeekRules::ISO).weekday)
    }

    /// The ISO week.
    pub fn week_number(&self) -> f64 {
        self.field(|civil| to_week(civil, WeekRules::ISO).number)
    }

    /// The year that week belongs to.
    pub fn week_year(&self) -> f64 {
        self.field(|civil| to_week(civil, WeekRules::ISO).year)
    }

    /// The weekday counted from the locale's first day of a week.
    pub fn local_weekday(&self) -> f64 {
        self.field(|civil| to_week(civil, self.local_week_rules()).weekday)
    }

    /// The week by the locale's rules.
    pub fn local_week_number(&self) -> f64 {
        self.field(|civil| to_week(civil, self.local_week_rules()).number)
    }

    /// The year that week belongs to.
    pub fn local_week_year(&self) -> f64 {
        self.field(|civil| to_week(civil, self.local_week_rules()).year)
    }

    /// ISO weeks of the ISO week's year.
    pub fn weeks_in_week_year(&self) -> f64 {
        self.field(|civil| weeks_in_year(to_week(civil, WeekRules::ISO).year, WeekRules::ISO))
    }

    /// Weeks of the local week's year.
    pub fn weeks_in_local_week_year(&self) -> f64 {
        let rules = self.local_week_rules();
        self.field(|civil| weeks_in_year(to_week(civil, rules).year, rules))
    }

    /// Days of the month.
    pub fn days_in_month(&self) -> f64 {
        self.field(|civil| days_in_month(civil.year.into(), civil.month.into()))
    }

    /// Days of the year.
    pub fn days_in_year(&self) -> f64 {
        self.field(|civil| days_in_year(civil.year.into()))
    }

    /// Whether the year has a 29 February.
    pub fn is_in_leap_year(&self) -> bool {
        self.civil().is_some_and(|civil| is_leap_year(civil.year.into()))
    }

    /// Whether the locale has this weekday on the weekend.
    pub fn is_weekend(&self) -> bool {
        self.is_valid() && self.locale.is_weekend(self.weekday() as u8)
    }

    /// Whether daylight saving time holds, told as luxon tells it: more than in January or May.
    pub fn is_in_dst(&self) -> bool {
        use super::unit::{Field, FieldSet};
        if !self.is_valid() || self.zone.is_universal() {
            return false;
        }
        let offset_at = |fields: FieldSet| self.set(&fields).map_or(f64::NAN, |other| other.offset());
        let month = |month: f64| FieldSet::default().with(Field::Month, month);
        self.offset > offset_at(month(1.0).with(Field::Day, 1.0)) || self.offset > offset_at(month(5.0))
    }

    /// The times this local time can mean: two in the hour that summer time repeats.
    pub fn possible_offsets(&self) -> Vec<DateTime> {
        if !self.is_valid() || self.zone.is_universal() {
            return vec![self.clone()];
        }
        let local = Fields::from(self.civil).to_local_ts();
        let offset = |ts: f64| self.zone.offset(ts);
        let earlier = offset(local - offset(local - 86_400_000.0) * MS_PER_MINUTE);
        let later = offset(local - offset(local + 86_400_000.0) * MS_PER_MINUTE);
        if earlier == later {
            return vec![self.clone()];
        }
        let (first, second) = (local - earlier * MS_PER_MINUTE, local - later * MS_PER_MINUTE);
        let time = |ts: f64, offset: f64| {
            civil_from_ts(ts + offset * MS_PER_MINUTE).map(|c| (c.hour, c.minute, c.second, c.millisecond))
        };
        if time(first, earlier) == time(second, later) {
            return vec![self.at_ts(first), self.at_ts(second)];
        }
        vec![self.clone()]
    }

    pub(super) fn local_week_rules(&self) -> WeekRules {
        let week = self.locale.week();
        WeekRules { min_days: week.minimal_days, start: week.first_day }
    }

    /// Whether both are the same instant in the same zone and locale.
    pub fn equals(&self, other: &DateTime) -> bool {
        self.is_valid()
            && other.is_valid()
            && self.ts == other.ts
            && self.zone == other.zone
            && self.locale == other.locale
    }
}

pub(crate) fn unsupported_zone(zone: &Zone) -> Invalid {
    Invalid::explained("unsupported zone", format!("the zone \"{}\" is not supported", zone.name()))
}

/// Finds the instant of a local time: luxon's own rule for times that summer time skips or repeats, which
/// starts from a guessed offset and takes the earlier offset of a gap.
fn fix_offset(local: f64, guess: f64, zone: &Zone) -> (f64, f64) {
    let mut utc = local - guess * MS_PER_MINUTE;
    let second = zone.offset(utc);
    if guess == second {
        return (utc, guess);
    }
    utc -= (second - guess) * MS_PER_MINUTE;
    let third = zone.offset(utc);
    if second == third {
        return (utc, second);
    }
    let (low, high) =
        if second.is_nan() || third.is_nan() { (f64::NAN, f64::NAN) } else { (second.min(third), second.max(third)) };
    (local - low * MS_PER_MINUTE, high)
}
