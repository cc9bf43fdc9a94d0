//! Durations: amounts per unit, and luxon's conversions between them.

use std::sync::Arc;

use super::{error::Invalid, locale::Locale, unit::Unit};

/// The amounts of a duration in the order they were given, as JavaScript's objects keep them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Values {
    amounts: [Option<f64>; 9],
    order: [u8; 9],
    len: u8,
}

impl Values {
    /// The amount of a unit, if it has one.
    pub fn get(&self, unit: Unit) -> Option<f64> {
        self.amounts[unit as usize]
    }

    /// Sets an amount; a unit keeps its first place.
    pub fn set(&mut self, unit: Unit, amount: f64) {
        if self.amounts[unit as usize].replace(amount).is_none() {
            self.order[usize::from(self.len)] = unit as u8;
            self.len += 1;
        }
    }

    /// The units and amounts, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (Unit, f64)> + '_ {
        self.order[..usize::from(self.len)].iter().filter_map(|index| {
            let unit = Unit::ALL[usize::from(*index)];
            self.get(unit).map(|amount| (unit, amount))
        })
    }

    fn map(&self, change: impl Fn(f64) -> f64) -> Values {
        self.iter().map(|(unit, amount)| (unit, change(amount))).collect()
    }

    fn add(&mut self, unit: Unit, amount: f64) {
        self.set(unit, self.get(unit).unwrap_or(0.0) + amount);
    }
}

impl FromIterator<(Unit, f64)> for Values {
    fn from_iter<I: IntoIterator<Item = (Unit, f64)>>(amounts: I) -> Self {
        let mut values = Values::default();
        for (unit, amount) in amounts {
            values.set(unit, amount);
        }
        values
    }
}

/// How months and years count as days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accuracy {
    /// A month has 30 days, a year 365.
    #[default]
    Casual,
    /// The averages over 400 years.
    Longterm,
}

impl Accuracy {
    /// luxon's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Accuracy::Casual => "casual",
            Accuracy::Longterm => "longterm",
        }
    }

    /// How many of the smaller unit make one of the larger.
    fn factor(self, large: Unit, small: Unit) -> f64 {
        match (large, small) {
            (Unit::Years, Unit::Quarters) => return 4.0,
            (Unit::Years, Unit::Months) => return 12.0,
            (Unit::Quarters, Unit::Months) => return 3.0,
            _ => {}
        }
        let days = match (self, large, small) {
            (Accuracy::Casual, Unit::Years, Unit::Weeks) => return 52.0,
            (Accuracy::Casual, Unit::Quarters, Unit::Weeks) => return 13.0,
            (Accuracy::Casual, Unit::Months, Unit::Weeks) => return 4.0,
            (Accuracy::Longterm, Unit::Quarters, Unit::Weeks) => return DAYS_IN_YEAR / 28.0,
            (Accuracy::Casual, Unit::Years, _) => 365.0,
            (Accuracy::Casual, Unit::Quarters, _) => 91.0,
            (Accuracy::Casual, Unit::Months, _) => 30.0,
            (Accuracy::Longterm, Unit::Years, _) => DAYS_IN_YEAR,
            (Accuracy::Longterm, Unit::Months, _) => DAYS_IN_MONTH,
            // luxon divides a quarter of a year last; a power of two, so that it makes no difference.
            (Accuracy::Longterm, Unit::Quarters, _) => DAYS_IN_YEAR / 4.0,
            _ => return unit_millis(large) / unit_millis(small),
        };
        match small {
            Unit::Weeks => days / 7.0,
            Unit::Days => days,
            Unit::Hours => days * 24.0,
            Unit::Minutes => days * 24.0 * 60.0,
            Unit::Seconds => days * 24.0 * 60.0 * 60.0,
            _ => days * 24.0 * 60.0 * 60.0 * 1000.0,
        }
    }
}

const DAYS_IN_YEAR: f64 = 146_097.0 / 400.0;
const DAYS_IN_MONTH: f64 = 146_097.0 / 4800.0;

fn unit_millis(unit: Unit) -> f64 {
    match unit {
        Unit::Weeks => 604_800_000.0,
        Unit::Days => 86_400_000.0,
        Unit::Hours => 3_600_000.0,
        Unit::Minutes => 60_000.0,
        Unit::Seconds => 1000.0,
        _ => 1.0,
    }
}

/// A duration, or the reason there is none.
#[derive(Clone, Debug)]
pub struct Duration {
    pub(crate) values: Values,
    pub(crate) locale: Locale,
    pub(crate) accuracy: Accuracy,
    /// What conversions go by: `reconfigure` changes the name of the accuracy alone.
    pub(crate) matrix: Accuracy,
    pub(crate) invalid: Option<Arc<Invalid>>,
}

impl Duration {
    /// A duration of these amounts.
    pub fn new(values: Values, locale: Locale, accuracy: Accuracy) -> Self {
        Duration { values, locale, accuracy, matrix: accuracy, invalid: None }
    }

    /// A duration of these amounts, casual and in the default locale.
    pub fn from_values(values: Values) -> Self {
        Duration::new(values, Locale::default(), Accuracy::Casual)
    }

    /// A duration of milliseconds.
    pub fn from_millis(millis: f64) -> Self {
        Duration::from_values(Values::from_iter([(Unit::Milliseconds, millis)]))
    }

    /// An invalid duration.
    pub fn invalid(invalid: Invalid) -> Self {
        Duration { invalid: Some(Arc::new(invalid)), ..Duration::from_values(Values::default()) }
    }

    /// Whether it is a duration at all.
    pub fn is_valid(&self) -> bool {
        self.invalid.is_none()
    }

    /// Why it is none.
    pub fn invalid_reason(&self) -> Option<&Invalid> {
        self.invalid.as_deref()
    }

    /// The amounts, in their order.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// How months and years count.
    pub fn accuracy(&self) -> Accuracy {
        self.accuracy
    }

    /// The locale it is written in.
    pub fn locale(&self) -> &Locale {
        &self.locale
    }

    /// The amount of one unit: 0 where it has none, NaN if invalid.
    pub fn get(&self, unit: Unit) -> f64 {
        if !self.is_valid() {
            return f64::NAN;
        }
        // As `values.years || 0`: NaN is 0.
        self.values.get(unit).filter(|amount| !amount.is_nan() && *amount != 0.0).unwrap_or(0.0)
    }

    /// The same duration in another locale and with another name of its accuracy, which changes no conversion. What is
    /// invalid becomes an empty duration, as in luxon.
    pub fn reconfigure(&self, locale: Locale, accuracy: Accuracy) -> Self {
        Duration { locale, accuracy, invalid: None, ..self.clone() }
    }

    pub(crate) fn with_values(&self, values: Values) -> Self {
        Duration { values, ..self.clone() }
    }

    /// The whole length in milliseconds, NaN if invalid.
    pub fn to_millis(&self) -> f64 {
        if self.is_valid() { millis(self.matrix, &self.values) } else { f64::NAN }
    }

    /// The whole length in one unit.
    pub fn as_unit(&self, unit: Unit) -> f64 {
        if self.is_valid() { self.shift_to(&[unit]).get(unit) } else { f64::NAN }
    }

    /// Adds another duration, unit by unit.
    pub fn plus(&self, other: &Duration) -> Self {
        if !self.is_valid() {
            return self.clone();
        }
        let has = |unit| self.values.get(unit).is_some() || other.values.get(unit).is_some();
        let sums = Unit::ALL.into_iter().filter(|unit| has(*unit)).map(|unit| (unit, other.get(unit) + self.get(unit)));
        self.with_values(sums.collect())
    }

    /// Takes another duration away, unit by unit.
    pub fn minus(&self, other: &Duration) -> Self {
        self.plus(&other.negate())
    }

    /// The opposite.
    pub fn negate(&self) -> Self {
        self.with_values(self.values.map(|amount| if amount == 0.0 { 0.0 } else { -amount }))
    }

    /// Carries each amount over to the next larger unit it has.
    pub fn normalize(&self) -> Self {
        let mut values = self.values;
        normalize(self.matrix, &mut values);
        self.with_values(values)
    }

    /// The shortest form: all units, carried over, without those that are 0.
    pub fn rescale(&self) -> Self {
        self.normalize().shift_to_all().remove_zeros()
    }

    /// Drops the units whose amount is 0.
    pub fn remove_zeros(&self) -> Self {
        self.with_values(self.values.iter().filter(|(_, amount)| *amount != 0.0).collect())
    }

    /// The same length in other units.
    pub fn shift_to(&self, units: &[Unit]) -> Self {
        let Some(last) = units.iter().max().copied().filter(|_| self.is_valid()) else {
            return self.clone();
        };
        let mut built = Values::default();
        let mut rest = Values::default();
        for unit in Unit::ALL {
            let amount = self.values.get(unit);
            if units.contains(&unit) {
                let mut own = 0.0;
                let carried: Vec<_> = rest.iter().collect();
                for (large, left) in carried {
                    own += self.matrix.factor(large, unit) * left;
                    rest.set(large, 0.0);
                }
                own += amount.unwrap_or(0.0);
                let whole = own.trunc();
                built.set(unit, whole);
                rest.set(unit, (own * 1000.0 - whole * 1000.0) / 1000.0);
            } else if let Some(amount) = amount {
                rest.set(unit, amount);
            }
        }
        for (unit, left) in rest.iter().filter(|(_, left)| *left != 0.0) {
            built.add(last, if unit == last { left } else { left / self.matrix.factor(last, unit) });
        }
        normalize(self.matrix, &mut built);
        self.with_values(built)
    }

    /// The same length in all units but quarters.
    pub fn shift_to_all(&self) -> Self {
        let units: Vec<_> = Unit::ALL.into_iter().filter(|unit| *unit != Unit::Quarters).collect();
        self.shift_to(&units)
    }

    /// Whether the other one has the same amounts and locale.
    pub fn equals(&self, other: &Duration) -> bool {
        self.is_valid()
            && other.is_valid()
            && self.locale == other.locale
            && Unit::ALL
                .into_iter()
                .all(|unit| self.values.get(unit).unwrap_or(0.0) == other.values.get(unit).unwrap_or(0.0))
    }
}

fn millis(accuracy: Accuracy, values: &Values) -> f64 {
    let mut sum = values.get(Unit::Milliseconds).unwrap_or(0.0);
    for unit in Unit::ALL.into_iter().rev().skip(1) {
        if let Some(amount) = values.get(unit).filter(|amount| *amount != 0.0 && !amount.is_nan()) {
            sum += amount * accuracy.factor(unit, Unit::Milliseconds);
        }
    }
    sum
}

/// Carries whole larger units up, then fractions of larger units down.
fn normalize(accuracy: Accuracy, values: &mut Values) {
    let sign = if millis(accuracy, values) < 0.0 { -1.0 } else { 1.0 };
    let mut previous: Option<(Unit, f64)> = None;
    for unit in Unit::ALL.into_iter().rev() {
        let Some(mut amount) = values.get(unit) else { continue };
        if let Some((small, small_amount)) = previous {
            let factor = accuracy.factor(unit, small);
            let roll_up = (small_amount * sign / factor).floor();
            amount += roll_up * sign;
            values.set(unit, amount);
            values.set(small, small_amount - roll_up * factor * sign);
        }
        previous = Some((unit, amount));
    }
    let mut previous: Option<(Unit, f64)> = None;
    for unit in Unit::ALL {
        let Some(mut amount) = values.get(unit) else { continue };
        if let Some((large, large_amount)) = previous {
            let fraction = large_amount % 1.0;
            values.set(large, large_amount - fraction);
            amount += fraction * accuracy.factor(large, unit);
            values.set(unit, amount);
        }
        previous = Some((unit, amount));
    }
}
