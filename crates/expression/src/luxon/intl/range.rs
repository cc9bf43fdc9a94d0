//! `Intl.DateTimeFormat.formatRange` for en-US.

use super::{
    date::{format, has_own_zone, parts},
    options::{DateFormat, Digits, HourCycle, Month, ZoneStyle},
};
use crate::luxon::{
    datetime::DateTime,
    locale::Locale,
    math::{Civil, MS_PER_MINUTE, civil_from_millis},
    zone::Zone,
};

const DASH: &str = "\u{2009}–\u{2009}";

/// Writes a range in the zone of its start: once where both ends read the same, else what they share only once.
pub(crate) fn format_range(start: &DateTime, end: &DateTime, options: &DateFormat, locale: &Locale) -> String {
    let zone = options.time_zone.clone().unwrap_or_else(|| zone_of(start));
    let mut options = DateFormat { time_zone: Some(zone.clone()), ..options.clone() };
    if !options.has_date() && !options.has_time() {
        set_numeric_date(&mut options);
    }
    let (first, last) = (format(start, &options, locale), format(end, &options, locale));
    let range = Range { ends: [start, end], civils: [start, end].map(|date| civil(date, &zone)), locale };
    if first == last && (!options.has_time() || range.same_day()) {
        return first;
    }
    match (options.has_date(), options.has_time()) {
        (true, false) => range.dates(&options),
        (true, true) if range.same_day() => {
            let date = date_part(&options);
            let zone_name = options.zone_name.map(|_| ZoneStyle::Short);
            format!("{}, {}", range.text(0, &date), range.times(&time_part(&options), zone_name))
        }
        (true, true) => range.both(&options),
        (false, _) if range.same_day() && options.second => range.both(&options),
        (false, _) if range.same_day() => range.times(&time_part(&options), options.zone_name),
        (false, _) => {
            set_numeric_date(&mut options);
            range.both(&options)
        }
    }
}

/// luxon formats a range in UTC where `Intl` has no zone for a fixed offset.
fn zone_of(date: &DateTime) -> Zone {
    if has_own_zone(date.zone()) { date.zone().clone() } else { Zone::System }
}

fn civil(date: &DateTime, zone: &Zone) -> Civil {
    civil_from_millis((date.ts() + zone.raw_offset(date.ts()) * MS_PER_MINUTE).floor() as i64)
}

fn set_numeric_date(options: &mut DateFormat) {
    options.date_style = None;
    options.year = Some(Digits::Numeric);
    options.month = Some(Month::Number(Digits::Numeric));
    options.day = Some(Digits::Numeric);
}

fn date_part(options: &DateFormat) -> DateFormat {
    DateFormat {
        hour: None,
        minute: false,
        second: false,
        fraction: 0,
        day_period: false,
        zone_name: None,
        ..options.clone()
    }
}

fn time_part(options: &DateFormat) -> DateFormat {
    DateFormat { weekday: None, era: None, year: None, month: None, day: None, zone_name: None, ..options.clone() }
}

struct Range<'a> {
    ends: [&'a DateTime; 2],
    civils: [Civil; 2],
    locale: &'a Locale,
}

impl Range<'_> {
    fn text(&self, end: usize, options: &DateFormat) -> String {
        parts(self.ends[end], options, self.locale).into_iter().map(|part| part.value).collect()
    }

    fn both(&self, options: &DateFormat) -> String {
        format!("{}{DASH}{}", self.text(0, options), self.text(1, options))
    }

    fn same_day(&self) -> bool {
        let [a, b] = self.civils;
        (a.year, a.month, a.day) == (b.year, b.month, b.day)
    }

    /// `Jan 4 – 7, 2024`: with names of months, the year is written once, and so is the month.
    fn dates(&self, options: &DateFormat) -> String {
        let [a, b] = self.civils;
        if !matches!(options.month, Some(Month::Name(_)))
            || a.year != b.year
            || options.year.is_none() && options.day.is_none()
        {
            return self.both(options);
        }
        let first = DateFormat { year: None, era: None, ..options.clone() };
        if options.weekday.is_some() || a.month != b.month || options.day.is_none() {
            return format!("{}{DASH}{}", self.text(0, &first), self.text(1, options));
        }
        let year = match options.year {
            Some(_) => format!(", {}", self.text(1, &DateFormat { month: None, day: None, ..options.clone() })),
            None => String::new(),
        };
        format!("{}{DASH}{}{year}", self.text(0, &first), b.day)
    }

    /// `10:05 – 10:25 AM`: the half of the day is written once where it is shared and there are no seconds.
    fn times(&self, options: &DateFormat, zone_name: Option<ZoneStyle>) -> String {
        let [a, b] = self.civils;
        let twelve = !matches!(options.hour_cycle, Some(HourCycle::H23 | HourCycle::H24));
        let last = self.text(1, &DateFormat { zone_name, ..options.clone() });
        let mut first = self.text(0, options);
        if twelve
            && !options.second
            && (a.hour < 12) == (b.hour < 12)
            && let Some(at) = first.find('\u{202f}')
        {
            first.truncate(at);
        }
        format!("{first}{DASH}{last}")
    }
}
