//! Intervals between two points in time: the start belongs to them, the end does not.

use std::sync::Arc;

use super::{
    datetime::{DateTime, IsoOptions, Settings},
    duration::{Accuracy, Duration, Values},
    error::{Error, Invalid},
    parse::{self, ParseOptions},
    unit::{Field, Unit},
};

/// The text of an invalid interval.
pub const INVALID_INTERVAL: &str = "Invalid Interval";

/// An interval, or the reason there is none.
#[derive(Clone, Debug)]
pub struct Interval {
    ends: Option<Arc<(DateTime, DateTime)>>,
    invalid: Option<Arc<Invalid>>,
}

impl Interval {
    /// The interval between two times; invalid where one is, or where the end is first.
    pub fn new(start: DateTime, end: DateTime) -> Self {
        if !start.is_valid() {
            return Interval::invalid(Invalid::new("missing or invalid start"));
        }
        if !end.is_valid() {
            return Interval::invalid(Invalid::new("missing or invalid end"));
        }
        if end.ts() < start.ts() {
            let iso = |date: &DateTime| date.to_iso_default().unwrap_or_default();
            return Interval::invalid(Invalid::explained(
                "end before start",
                format!(
                    "The end of an interval must be after its start, but you had start={} and end={}",
                    iso(&start),
                    iso(&end)
                ),
            ));
        }
        Interval { ends: Some(Arc::new((start, end))), invalid: None }
    }

    /// An invalid interval.
    pub fn invalid(invalid: Invalid) -> Self {
        Interval { ends: None, invalid: Some(Arc::new(invalid)) }
    }

    /// Reads two times or a time and a duration, with a slash between.
    pub fn from_iso(text: &str, options: &ParseOptions, settings: &Settings) -> Self {
        let unparsable = || {
            let explanation = format!("the input \"{text}\" can't be parsed as ISO 8601");
            Interval::invalid(Invalid::explained("unparsable", explanation))
        };
        let mut halves = text.split('/');
        let (Some(first), Some(second)) = (halves.next(), halves.next()) else { return unparsable() };
        if first.is_empty() || second.is_empty() {
            return unparsable();
        }
        let date = |text| DateTime::from_iso(text, options, settings).ok().filter(DateTime::is_valid);
        let duration = |text| parse::duration(text).map(Duration::from_values);
        match (date(first), date(second)) {
            (Some(start), Some(end)) => Interval::new(start, end),
            (Some(start), None) => match duration(second) {
                Some(duration) => Interval::after(start, &duration),
                None => unparsable(),
            },
            (None, Some(end)) => match duration(first) {
                Some(duration) => Interval::before(end, &duration),
                None => unparsable(),
            },
            (None, None) => unparsable(),
        }
    }

    /// The interval from a time on.
    pub fn after(start: DateTime, duration: &Duration) -> Self {
        let end = start.plus(duration);
        Interval::new(start, end)
    }

    /// The interval up to a time.
    pub fn before(end: DateTime, duration: &Duration) -> Self {
        Interval::new(end.minus(duration), end)
    }

    /// Whether it is an interval at all.
    pub fn is_valid(&self) -> bool {
        self.ends.is_some()
    }

    /// Why it is none.
    pub fn invalid_reason(&self) -> Option<&Invalid> {
        self.invalid.as_deref()
    }

    /// The first moment.
    pub fn start(&self) -> Option<&DateTime> {
        self.ends.as_deref().map(|(start, _)| start)
    }

    /// The moment after the last.
    pub fn end(&self) -> Option<&DateTime> {
        self.ends.as_deref().map(|(_, end)| end)
    }

    /// The last moment that belongs to it.
    pub fn last_date_time(&self) -> Option<DateTime> {
        self.end().map(|end| end.minus(&Duration::from_millis(1.0)))
    }

    /// Start and end as time values, NaN if invalid.
    pub fn bounds(&self) -> (f64, f64) {
        self.ends.as_deref().map_or((f64::NAN, f64::NAN), |(start, end)| (start.ts(), end.ts()))
    }

    /// How many whole or partial units of the calendar it touches.
    pub fn count(&self, unit: Unit, locale_weeks: bool) -> f64 {
        let Some((start, end)) = self.ends.as_deref() else { return f64::NAN };
        let first = start.start_of(unit, locale_weeks);
        let end_here = if locale_weeks { end.with_locale(start.locale().clone()) } else { end.clone() };
        let last = end_here.start_of(unit, locale_weeks);
        let units = last.diff(&first, &[unit], None, Accuracy::Casual).get(unit).floor();
        units + if last.to_millis() == end.to_millis() { 0.0 } else { 1.0 }
    }

    /// Whether it lies within one unit.
    pub fn has_same(&self, unit: Unit, settings: &Settings) -> bool {
        match self.ends.as_deref() {
            Some((start, end)) => {
                self.is_empty() || end.minus(&Duration::from_millis(1.0)).has_same(start, unit, false, settings)
            }
            None => false,
        }
    }

    /// Whether start and end are the same moment.
    pub fn is_empty(&self) -> bool {
        let (start, end) = self.bounds();
        start == end
    }

    /// Whether a time value is in it.
    pub fn contains(&self, at: f64) -> bool {
        let (start, end) = self.bounds();
        start <= at && end > at
    }

    /// Cuts it at these times.
    pub fn split_at(&self, times: &[DateTime]) -> Vec<Interval> {
        let Some((start, end)) = self.ends.as_deref() else { return Vec::new() };
        let mut cuts: Vec<&DateTime> = times.iter().filter(|time| self.contains(time.to_millis())).collect();
        cuts.sort_by(|a, b| a.ts().total_cmp(&b.ts()));
        let mut pieces = Vec::new();
        let mut from = start;
        for next in cuts.into_iter().chain([end]) {
            if from.ts() >= end.ts() {
                break;
            }
            pieces.push(Interval::new(from.clone(), next.clone()));
            from = next;
        }
        pieces
    }

    /// Cuts it in steps of a duration, counted from the start. Steps that do not move on are refused, and so are
    /// more than `limit` pieces: luxon goes on for ever.
    pub fn split_by(&self, duration: &Duration, limit: usize) -> Result<Vec<Interval>, Error> {
        let Some((start, end)) = self.ends.as_deref() else { return Ok(Vec::new()) };
        if !duration.is_valid() || duration.as_unit(Unit::Milliseconds) == 0.0 {
            return Ok(Vec::new());
        }
        let mut pieces = Vec::new();
        let mut from = start.clone();
        while from.ts() < end.ts() {
            if pieces.len() >= limit {
                return Err(Error::range("Invalid array length"));
            }
            let times = pieces.len() as f64 + 1.0;
            let step: Values = duration.values().iter().map(|(unit, amount)| (unit, amount * times)).collect();
            let next = start.plus(&duration.with_values(step));
            let next = if next.to_millis() > end.ts() { end.clone() } else { next };
            let stuck = next.to_millis().is_nan() || next.ts() < start.ts();
            pieces.push(Interval::new(from, next.clone()));
            if stuck {
                return Err(Error::range("Invalid array length"));
            }
            from = next;
        }
        Ok(pieces)
    }

    /// Whether any moment belongs to both.
    pub fn overlaps(&self, other: &Interval) -> bool {
        let ((start, end), (other_start, other_end)) = (self.bounds(), other.bounds());
        end > other_start && start < other_end
    }

    /// Whether all of the other one belongs to this one.
    pub fn engulfs(&self, other: &Interval) -> bool {
        let ((start, end), (other_start, other_end)) = (self.bounds(), other.bounds());
        start <= other_start && end >= other_end
    }

    /// Whether both have the same ends.
    pub fn equals(&self, other: &Interval) -> bool {
        match (self.ends.as_deref(), other.ends.as_deref()) {
            (Some((start, end)), Some((other_start, other_end))) => start.equals(other_start) && end.equals(other_end),
            _ => false,
        }
    }

    /// What belongs to both; `None` if nothing does.
    pub fn intersection(&self, other: &Interval) -> Option<Interval> {
        let (Some((start, end)), Some((other_start, other_end))) = (self.ends.as_deref(), other.ends.as_deref()) else {
            return Some(self.clone());
        };
        let start = if start.ts() > other_start.ts() { start } else { other_start };
        let end = if end.ts() < other_end.ts() { end } else { other_end };
        (start.ts() < end.ts()).then(|| Interval::new(start.clone(), end.clone()))
    }

    /// From the first start to the last end.
    pub fn union(&self, other: &Interval) -> Interval {
        let (Some((start, end)), Some((other_start, other_end))) = (self.ends.as_deref(), other.ends.as_deref()) else {
            return self.clone();
        };
        let start = if start.ts() < other_start.ts() { start } else { other_start };
        let end = if end.ts() > other_end.ts() { end } else { other_end };
        Interval::new(start.clone(), end.clone())
    }

    /// Joins those that overlap or touch; in order of their starts.
    pub fn merge(mut intervals: Vec<Interval>) -> Vec<Interval> {
        intervals.sort_by(|a, b| a.bounds().0.total_cmp(&b.bounds().0));
        let mut merged: Vec<Interval> = Vec::new();
        for next in intervals {
            match merged.last_mut() {
                Some(last) if last.overlaps(&next) || last.bounds().1 == next.bounds().0 => *last = last.union(&next),
                _ => merged.push(next),
            }
        }
        merged
    }

    /// The times that belong to exactly one of them.
    pub fn xor(intervals: &[Interval]) -> Vec<Interval> {
        let mut ends: Vec<(&DateTime, i32)> =
            intervals.iter().filter_map(|one| one.ends.as_deref()).flat_map(|(s, e)| [(s, 1), (e, -1)]).collect();
        ends.sort_by(|a, b| a.0.ts().total_cmp(&b.0.ts()));
        let mut results = Vec::new();
        let mut open = 0;
        let mut start: Option<&DateTime> = None;
        for (time, step) in ends {
            open += step;
            if open == 1 {
                start = Some(time);
            } else if let Some(from) = start.take().filter(|from| from.ts() != time.ts()) {
                results.push(Interval::new(from.clone(), time.clone()));
            }
        }
        Interval::merge(results)
    }

    /// What is left of this one without the others.
    pub fn difference(&self, others: &[Interval]) -> Vec<Interval> {
        let all: Vec<Interval> = std::iter::once(self).chain(others).cloned().collect();
        Interval::xor(&all).iter().filter_map(|one| self.intersection(one)).filter(|one| !one.is_empty()).collect()
    }

    /// `[start – end)`.
    pub fn to_text(&self) -> String {
        self.join(" – ", |date| date.to_iso_default()).map_or(INVALID_INTERVAL.into(), |text| format!("[{text})"))
    }

    /// Both ends in ISO 8601, with a slash between.
    pub fn to_iso(&self, options: &IsoOptions) -> String {
        self.join("/", |date| date.to_iso(options)).unwrap_or(INVALID_INTERVAL.into())
    }

    /// The dates of both ends.
    pub fn to_iso_date(&self) -> String {
        self.join("/", |date| date.to_iso_date(true, Field::Day)).unwrap_or(INVALID_INTERVAL.into())
    }

    /// The times of day of both ends.
    pub fn to_iso_time(&self, options: &IsoOptions) -> String {
        self.join("/", |date| date.to_iso_time(options)).unwrap_or(INVALID_INTERVAL.into())
    }

    /// Both ends by a format.
    pub fn to_format(&self, format: &str, separator: &str) -> String {
        self.join(separator, |date| Some(date.to_format(format, date.locale()))).unwrap_or(INVALID_INTERVAL.into())
    }

    /// How long it is, in these units.
    pub fn to_duration(&self, units: &[Unit], accuracy: Accuracy) -> Duration {
        match (self.ends.as_deref(), self.invalid.as_deref()) {
            (Some((start, end)), _) => end.diff(start, units, None, accuracy),
            (None, Some(invalid)) => Duration::invalid(Invalid::new(&invalid.reason)),
            (None, None) => Duration::invalid(Invalid::new("missing or invalid start")),
        }
    }

    fn join(&self, separator: &str, write: impl Fn(&DateTime) -> Option<String>) -> Option<String> {
        let (start, end) = self.ends.as_deref()?;
        Some(format!("{}{separator}{}", write(start)?, write(end)?))
    }
}
