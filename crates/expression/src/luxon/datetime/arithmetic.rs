//! Moving in time: plus, minus, startOf, endOf, hasSame.

use super::{DateTime, Settings, fix_offset};
use crate::luxon::{
    duration::{Duration, Values},
    error::Error,
    math::{Fields, days_in_month},
    unit::{Field, FieldSet, Unit},
};

impl DateTime {
    /// This time moved by a duration: days and more by the calendar, hours and less by the clock.
    pub fn plus(&self, duration: &Duration) -> Self {
        if !self.is_valid() {
            return self.clone();
        }
        self.at_ts(self.moved(duration))
    }

    /// This time moved back.
    pub fn minus(&self, duration: &Duration) -> Self {
        self.plus(&duration.negate())
    }

    fn moved(&self, duration: &Duration) -> f64 {
        let amount = |unit| duration.get(unit);
        let whole = |unit| amount(unit).trunc();
        let year = f64::from(self.civil.year) + whole(Unit::Years);
        let month = f64::from(self.civil.month) + whole(Unit::Months) + whole(Unit::Quarters) * 3.0;
        let day =
            f64::from(self.civil.day).min(days_in_month(year, month)) + whole(Unit::Days) + whole(Unit::Weeks) * 7.0;
        let fields = Fields { year, month, day, ..self.civil.into() };
        let (ts, _) = fix_offset(fields.to_local_ts(), self.offset, &self.zone);
        if !duration.is_valid() {
            return f64::NAN;
        }
        let rest =
            Unit::ALL.map(|unit| (unit, if unit <= Unit::Days { amount(unit) - whole(unit) } else { amount(unit) }));
        if rest.iter().all(|(_, amount)| *amount == 0.0) {
            return ts;
        }
        ts + Duration::from_values(Values::from_iter(rest)).as_unit(Unit::Milliseconds)
    }

    /// The first moment of the unit this time is in.
    pub fn start_of(&self, unit: Unit, locale_weeks: bool) -> Self {
        if !self.is_valid() {
            return self.clone();
        }
        let mut fields = FieldSet::default();
        let clear = [
            (Unit::Years, Field::Month, 1.0),
            (Unit::Months, Field::Day, 1.0),
            (Unit::Days, Field::Hour, 0.0),
            (Unit::Hours, Field::Minute, 0.0),
            (Unit::Minutes, Field::Second, 0.0),
            (Unit::Seconds, Field::Millisecond, 0.0),
        ];
        for (from, field, first) in clear {
            if unit <= from {
                fields.set(field, first);
            }
        }
        match unit {
            Unit::Weeks => {
                let start = if locale_weeks { self.locale.start_of_week() } else { 1 };
                if self.weekday() < f64::from(start) {
                    fields.set(Field::WeekNumber, self.week_number() - 1.0);
                }
                fields.set(Field::Weekday, start.into());
            }
            Unit::Quarters => fields.set(Field::Month, (self.quarter() - 1.0) * 3.0 + 1.0),
            _ => {}
        }
        // Weeks and months are never named together here, so that nothing can conflict.
        self.set(&fields).unwrap_or_else(|_| self.clone())
    }

    /// The last millisecond of the unit this time is in.
    pub fn end_of(&self, unit: Unit, locale_weeks: bool) -> Self {
        if !self.is_valid() {
            return self.clone();
        }
        self.plus(&Duration::from_values(Values::from_iter([(unit, 1.0)])))
            .start_of(unit, locale_weeks)
            .minus(&Duration::from_millis(1.0))
    }

    /// Whether the other time is in the same unit, by the other's zone.
    pub fn has_same(&self, other: &DateTime, unit: Unit, locale_weeks: bool, settings: &Settings) -> bool {
        if !self.is_valid() {
            return false;
        }
        let here = self.set_zone(other.zone(), true, settings);
        let at = other.to_millis();
        here.start_of(unit, locale_weeks).to_millis() <= at && at <= here.end_of(unit, locale_weeks).to_millis()
    }

    /// The earliest of some times, or the latest.
    pub fn best(times: &[DateTime], latest: bool) -> Option<&DateTime> {
        times.iter().reduce(|best, next| {
            let keep = if latest { best.to_millis() >= next.to_millis() } else { best.to_millis() <= next.to_millis() };
            if keep { best } else { next }
        })
    }

    /// Adds a plain number of milliseconds, as `toRelative` does with its padding.
    pub(super) fn plus_millis(&self, millis: f64) -> Result<Self, Error> {
        Ok(self.plus(&Duration::from_millis(millis)))
    }
}
