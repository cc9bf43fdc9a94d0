//! `in 3 days`, `2 hours ago`, `yesterday`.

use super::{DateTime, FromObject, Settings};
use crate::luxon::{
    duration::Accuracy,
    english::relative_time,
    error::Error,
    math::js_round,
    unit::{FieldSet, Unit},
};

/// How the number of a relative time is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rounding {
    /// Towards zero.
    #[default]
    Trunc,
    /// Away from zero.
    Expand,
    /// To the nearest.
    Round,
    /// Down.
    Floor,
    /// Up.
    Ceil,
}

impl Rounding {
    /// Reads luxon's name of it.
    pub fn parse(name: &str) -> Result<Self, Error> {
        Ok(match name {
            "trunc" => Rounding::Trunc,
            "expand" => Rounding::Expand,
            "round" => Rounding::Round,
            "floor" => Rounding::Floor,
            "ceil" => Rounding::Ceil,
            _ => return Err(Error::range(format!("Value rounding {name} is out of range"))),
        })
    }

    fn apply(self, number: f64, factor: f64) -> f64 {
        let scaled = number * factor;
        let rounded = match self {
            Rounding::Trunc => scaled.trunc(),
            Rounding::Expand if number > 0.0 => scaled.ceil(),
            Rounding::Expand | Rounding::Floor => scaled.floor(),
            Rounding::Round => js_round(scaled),
            Rounding::Ceil => scaled.ceil(),
        };
        rounded / factor
    }
}

/// Options of `toRelative` and `toRelativeCalendar`.
#[derive(Clone, Debug)]
pub struct RelativeOptions {
    /// The time it is relative to; now, if there is none.
    pub base: Option<DateTime>,
    /// The unit to tell it in; the largest that fits, if there is none.
    pub unit: Option<Unit>,
    /// The units to choose from.
    pub units: Vec<Unit>,
    /// Whole numbers, else two digits after the point.
    pub round: bool,
    /// Which way.
    pub rounding: Rounding,
    /// Milliseconds to move the time away from the base before it is told.
    pub padding: f64,
    /// `yr.` in place of `year`.
    pub narrow: bool,
}

impl Default for RelativeOptions {
    fn default() -> Self {
        RelativeOptions {
            base: None,
            unit: None,
            units: vec![Unit::Years, Unit::Months, Unit::Days, Unit::Hours, Unit::Minutes, Unit::Seconds],
            round: true,
            rounding: Rounding::Trunc,
            padding: 0.0,
            narrow: false,
        }
    }
}

impl DateTime {
    /// `in 3 days`; `None` if invalid.
    pub fn to_relative(&self, options: &RelativeOptions, settings: &Settings) -> Result<Option<String>, Error> {
        if !self.is_valid() {
            return Ok(None);
        }
        let base = self.base(options, settings)?;
        let padding = if self.to_millis() < base.to_millis() { -options.padding } else { options.padding };
        let end = self.plus_millis(padding)?;
        let count = |unit: Unit| difference(&end, &base, unit);
        let factor = if options.round { 1.0 } else { 100.0 };
        let format = |count: f64, unit: Unit| {
            relative_time(unit.name(), options.rounding.apply(count, factor), false, options.narrow)
        };
        if let Some(unit) = options.unit {
            return Ok(Some(format(count(unit)?, unit)));
        }
        for unit in &options.units {
            let count = count(*unit)?;
            if count.abs() >= 1.0 {
                return Ok(Some(format(count, *unit)));
            }
        }
        let zero = if base.to_millis() > end.to_millis() { -0.0 } else { 0.0 };
        Ok(options.units.last().map(|unit| format(zero, *unit)))
    }

    /// `yesterday`, `next month`; `None` if invalid.
    pub fn to_relative_calendar(
        &self,
        options: &RelativeOptions,
        settings: &Settings,
    ) -> Result<Option<String>, Error> {
        if !self.is_valid() {
            return Ok(None);
        }
        let base = self.base(options, settings)?;
        let count = |unit: Unit| {
            if self.has_same(&base, unit, false, settings) {
                return Ok(0.0);
            }
            let start = base.start_of(unit, false);
            difference(&self.start_of(unit, false), &start, unit)
        };
        let format = |count: f64, unit: Unit| relative_time(unit.name(), js_round(count), true, options.narrow);
        if let Some(unit) = options.unit {
            return Ok(Some(format(count(unit)?, unit)));
        }
        for unit in [Unit::Years, Unit::Months, Unit::Days] {
            let count = count(unit)?;
            if count.abs() >= 1.0 {
                return Ok(Some(format(count, unit)));
            }
        }
        let zero = if base.to_millis() > self.to_millis() { -0.0 } else { 0.0 };
        Ok(Some(format(zero, Unit::Days)))
    }

    fn base(&self, options: &RelativeOptions, settings: &Settings) -> Result<DateTime, Error> {
        match &options.base {
            Some(base) => Ok(base.clone()),
            None => {
                let from = FromObject { zone: self.zone().clone(), locale: Default::default(), specific_offset: None };
                DateTime::from_object(&FieldSet::default(), &from, settings)
            }
        }
    }
}

/// The time between two points in one unit; past the end of time there is none.
fn difference(end: &DateTime, start: &DateTime, unit: Unit) -> Result<f64, Error> {
    let duration = end.diff(start, &[unit], None, Accuracy::Casual);
    if duration.values().iter().any(|(_, amount)| amount.is_nan()) {
        return Err(Error::argument("Invalid unit value NaN"));
    }
    Ok(duration.get(unit))
}
