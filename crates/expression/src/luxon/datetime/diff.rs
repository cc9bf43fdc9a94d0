//! The time between two points, in the units asked for.

use std::cmp::Ordering;

use super::DateTime;
use crate::luxon::{
    duration::{Accuracy, Duration, Values},
    error::Invalid,
    locale::Locale,
    math::{Fields, MS_PER_DAY},
    unit::Unit,
};

impl DateTime {
    /// This time less the other, in these units.
    pub fn diff(&self, other: &DateTime, units: &[Unit], locale: Option<Locale>, accuracy: Accuracy) -> Duration {
        if !self.is_valid() || !other.is_valid() {
            return Duration::invalid(Invalid::new("created by diffing an invalid DateTime"));
        }
        let locale = locale.unwrap_or_else(|| self.locale.clone());
        let negative = other.ts > self.ts;
        let (earlier, later) = if negative { (self, other) } else { (other, self) };
        let duration = between(earlier, later, units, locale, accuracy);
        if negative { duration.negate() } else { duration }
    }
}

fn between(earlier: &DateTime, later: &DateTime, units: &[Unit], locale: Locale, accuracy: Accuracy) -> Duration {
    let mut high = HighOrder::new(earlier, later, units);
    let remaining = later.ts - high.cursor.to_millis();
    let low: Vec<Unit> = units.iter().copied().filter(|unit| *unit > Unit::Days).collect();
    if low.is_empty() {
        high.add_fraction(later, remaining);
    }
    let duration = Duration::new(high.results, locale.clone(), accuracy);
    if low.is_empty() {
        return duration;
    }
    if remaining.is_nan() {
        return duration.with_values(low.into_iter().map(|unit| (unit, f64::NAN)).collect());
    }
    let millis = Values::from_iter([(Unit::Milliseconds, remaining)]);
    Duration::new(millis, locale, accuracy).shift_to(&low).plus(&duration)
}

/// Whole days and more, counted by the calendar.
struct HighOrder {
    cursor: DateTime,
    results: Values,
    high_water: Option<DateTime>,
    /// Whether the cursor is at the high water itself.
    reached: bool,
    lowest: Option<Unit>,
}

impl HighOrder {
    fn new(earlier: &DateTime, later: &DateTime, units: &[Unit]) -> Self {
        let mut this = HighOrder {
            cursor: earlier.clone(),
            results: Values::default(),
            high_water: None,
            reached: false,
            lowest: None,
        };
        for unit in [Unit::Years, Unit::Quarters, Unit::Months, Unit::Weeks, Unit::Days] {
            if units.contains(&unit) {
                this.lowest = Some(unit);
                // Nothing can be counted from past the end of time: luxon refuses the NaN that this makes.
                if this.cursor.to_millis().is_nan() {
                    this.results.set(unit, f64::NAN);
                    break;
                }
                this.results.set(unit, count(unit, &this.cursor, later));
                this.settle(earlier, later, unit);
            }
        }
        this
    }

    /// Takes back what goes past the end: twice, where the day of the month was clamped.
    fn settle(&mut self, earlier: &DateTime, later: &DateTime, unit: Unit) {
        let reach = |results: &Values| earlier.plus(&Duration::from_values(*results));
        let less_one = |results: &mut Values| results.set(unit, results.get(unit).unwrap_or(0.0) - 1.0);
        let reached = reach(&self.results);
        self.high_water = Some(reached.clone());
        // What is past the end of time compares as luxon compares NaN.
        self.reached = reached.to_millis().partial_cmp(&later.ts) != Some(Ordering::Greater);
        if self.reached {
            self.cursor = reached;
            return;
        }
        less_one(&mut self.results);
        self.cursor = reach(&self.results);
        if self.cursor.to_millis() > later.ts {
            self.high_water = Some(self.cursor.clone());
            less_one(&mut self.results);
            self.cursor = reach(&self.results);
        }
    }

    /// Adds what is left as a fraction of the smallest unit.
    fn add_fraction(&mut self, later: &DateTime, remaining: f64) {
        let Some(lowest) = self.lowest else { return };
        let mut high_water = self.high_water.as_ref().map_or(f64::NAN, DateTime::to_millis);
        let mut same = self.reached;
        if high_water < later.ts {
            let step = Duration::from_values(Values::from_iter([(lowest, 1.0)]));
            high_water = self.cursor.plus(&step).to_millis();
            same = false;
        }
        if !same {
            let whole = self.results.get(lowest).unwrap_or(0.0);
            self.results.set(lowest, whole + remaining / (high_water - self.cursor.to_millis()));
        }
    }
}

fn count(unit: Unit, from: &DateTime, to: &DateTime) -> f64 {
    let years = f64::from(to.civil.year) - f64::from(from.civil.year);
    match unit {
        Unit::Years => years,
        Unit::Quarters => to.quarter() - from.quarter() + years * 4.0,
        Unit::Months => f64::from(to.civil.month) - f64::from(from.civil.month) + years * 12.0,
        Unit::Weeks => {
            let days = days(from, to);
            (days - days % 7.0) / 7.0
        }
        _ => days(from, to),
    }
}

/// Days between the local dates.
fn days(from: &DateTime, to: &DateTime) -> f64 {
    let day = |date: &DateTime| {
        let midnight = Fields { hour: 0.0, minute: 0.0, second: 0.0, millisecond: 0.0, ..date.civil.into() };
        midnight.to_local_ts()
    };
    ((day(to) - day(from)) / MS_PER_DAY).floor()
}
