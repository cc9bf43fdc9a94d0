//! `Intl.DateTimeFormat` for en-US: CLDR's English patterns, put together as its pattern generator does.

use super::{
    names::Names,
    options::{DateFormat, Digits, HourCycle, Month, ZoneStyle},
    patterns, zone_names,
};
use crate::luxon::{
    datetime::DateTime,
    english::Width,
    locale::Locale,
    math::{Civil, MS_PER_MINUTE, civil_from_millis, day_of_week, time_clip},
    text::push_padded,
    zone::Zone,
};

/// A piece of a formatted date, as `formatToParts` answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its type: `year`, `literal`, ...
    pub(crate) kind: &'static str,
    /// Its text.
    pub(crate) value: String,
}

/// Writes a date. V8 writes a plain space before AM and PM where it writes in one piece; luxon has it write in pieces
/// where it names the zone itself.
pub(crate) fn format(date: &DateTime, options: &DateFormat, locale: &Locale) -> String {
    let text: String = parts(date, options, locale).into_iter().map(|part| part.value).collect();
    if names_zone_itself(date, options) { text } else { text.replace('\u{202f}', " ") }
}

/// Whether luxon stands in for the zone: UTC and fixed offsets for which the tz database has no zone.
fn names_zone_itself(date: &DateTime, options: &DateFormat) -> bool {
    options.time_zone.is_none() && !has_own_zone(date.zone())
}

/// Whether Intl has a zone for it: for offsets there is `Etc/GMT+n`, but luxon does not use that of 0.
pub(super) fn has_own_zone(zone: &Zone) -> bool {
    match zone {
        Zone::Fixed(minutes) => *minutes != 0.0 && minutes % 60.0 == 0.0 && (-720.0..=840.0).contains(minutes),
        _ => true,
    }
}

/// Writes a date, in pieces.
pub(crate) fn parts(date: &DateTime, options: &DateFormat, locale: &Locale) -> Vec<Part> {
    let zone = options.time_zone.clone().unwrap_or_else(|| date.zone().clone());
    let offset = zone.raw_offset(date.ts());
    let civil = civil_from_millis((time_clip(date.ts()) + offset * MS_PER_MINUTE).floor() as i64);
    let weekday = day_of_week(civil.year.into(), civil.month.into(), civil.day.into()) as u8;
    let mut options = options.clone();
    if !options.has_date() && !options.has_time() {
        options.year = Some(Digits::Numeric);
        options.month = Some(Month::Number(Digits::Numeric));
        options.day = Some(Digits::Numeric);
    }
    let itself = names_zone_itself(date, &options);
    let has_time = options.has_time();
    let mut pattern =
        Pattern { parts: Vec::new(), options: &options, civil: &civil, weekday, names: Names::of(locale) };
    match patterns::parts(&options, &civil, weekday, locale) {
        Some(parts) => {
            pattern.parts = parts;
            if options.zone_name.is_some() && !has_time {
                pattern.literal(", ");
            }
        }
        None => {
            pattern.date();
            if !pattern.parts.is_empty() && (has_time || options.zone_name.is_some()) {
                pattern.literal(options.date_time_separator());
            }
            pattern.time();
        }
    }
    if let Some(style) = options.zone_name {
        if has_time {
            pattern.literal(" ");
        }
        let name = if itself { zone.name() } else { zone_name(&zone, time_clip(date.ts()), style) };
        pattern.push("timeZoneName", name);
    }
    pattern.parts
}

impl DateFormat {
    fn date_time_separator(&self) -> &'static str {
        let only_weekday = self.year.is_none() && self.month.is_none() && self.day.is_none();
        match self.month {
            Some(Month::Name(Width::Long)) => " at ",
            _ if only_weekday && self.weekday.is_some() && self.fraction == 0 => " ",
            _ => ", ",
        }
    }
}

struct Pattern<'a> {
    parts: Vec<Part>,
    options: &'a DateFormat,
    civil: &'a Civil,
    weekday: u8,
    names: Names,
}

impl Pattern<'_> {
    fn push(&mut self, kind: &'static str, value: impl Into<String>) {
        self.parts.push(Part { kind, value: value.into() });
    }

    fn literal(&mut self, text: &str) {
        match self.parts.last_mut() {
            Some(part) if part.kind == "literal" => part.value.push_str(text),
            _ => self.push("literal", text),
        }
    }

    fn number(&mut self, kind: &'static str, value: i64, digits: Digits) {
        let mut text = String::new();
        push_padded(&mut text, value, if digits == Digits::TwoDigit { 2 } else { 1 });
        self.push(kind, text);
    }

    fn date(&mut self) {
        let options = self.options;
        let full = options.month.is_some() && options.day.is_some();
        match options.weekday {
            Some(width) if full => {
                self.weekday_name(width);
                self.literal(", ");
                self.calendar_date();
                self.era();
            }
            Some(width) => {
                self.day_month_or_year_with_weekday(width);
            }
            None => {
                self.calendar_date();
                self.era();
            }
        }
    }

    fn weekday_name(&mut self, width: Width) {
        self.push("weekday", self.names.weekday(self.weekday, width, false));
    }

    /// A weekday without a full date stands last; between day and year, where there is no month.
    fn day_month_or_year_with_weekday(&mut self, width: Width) {
        match (self.options.year, self.options.month, self.options.day) {
            (None, None, None) => self.era(),
            (Some(year), None, Some(day)) => {
                self.day(day);
                self.literal(" ");
                self.weekday_name(width);
                self.literal(" ");
                self.year(year);
                self.era();
                return;
            }
            _ => {
                self.calendar_date();
                if self.options.day.is_none() {
                    self.era();
                }
            }
        }
        if !self.parts.is_empty() {
            self.literal(" ");
        }
        self.weekday_name(width);
        if self.options.day.is_some() {
            self.era();
        }
    }

    fn calendar_date(&mut self) {
        let options = self.options;
        let numeric = matches!(options.month, Some(Month::Number(_)));
        match options.month {
            Some(Month::Number(digits)) => self.number("month", self.civil.month.into(), digits),
            Some(Month::Name(width)) => {
                let standalone = options.day.is_none();
                self.push("month", self.names.month(self.civil.month, width, standalone));
            }
            None => {
                self.year_and_day();
                return;
            }
        }
        if let Some(day) = options.day {
            self.literal(if numeric { "/" } else { " " });
            self.day(day);
        }
        if let Some(year) = options.year {
            self.literal(match (numeric, options.day) {
                (true, _) => "/",
                (false, Some(_)) => ", ",
                (false, None) => " ",
            });
            self.year(year);
        }
    }

    fn year_and_day(&mut self) {
        match (self.options.year, self.options.day) {
            (Some(Digits::TwoDigit), Some(Digits::Numeric)) => {
                self.day(Digits::Numeric);
                self.literal(" ");
                self.year(Digits::TwoDigit);
            }
            (Some(year), Some(day)) => {
                self.year(year);
                self.literal(" (day: ");
                self.day(day);
                self.literal(")");
            }
            (Some(year), None) => self.year(year),
            (None, Some(day)) => self.day(day),
            (None, None) => {}
        }
    }

    fn day(&mut self, digits: Digits) {
        self.number("day", self.civil.day.into(), digits);
    }

    /// Years before 1 are counted backwards where the era is written, and else not at all: 1 BC is 1.
    fn year(&mut self, digits: Digits) {
        let year = i64::from(self.civil.year);
        let year = if year <= 0 { 1 - year } else { year };
        match digits {
            Digits::TwoDigit => self.number("year", year % 100, digits),
            Digits::Numeric => self.number("year", year, digits),
        }
    }

    fn era(&mut self) {
        if let Some(width) = self.options.era {
            if !self.parts.is_empty() {
                self.literal(" ");
            }
            let before = self.civil.year <= 0;
            self.push("era", self.names.era(if before { -1 } else { 1 }, width));
        }
    }

    fn time(&mut self) {
        let options = self.options;
        let cycle = options.hour_cycle.unwrap_or(HourCycle::H12);
        let civil = self.civil;
        if let Some(digits) = options.hour {
            let hour = i64::from(civil.hour);
            let (hour, digits) = match cycle {
                HourCycle::H11 => (hour % 12, digits),
                HourCycle::H12 => ((hour + 11) % 12 + 1, digits),
                HourCycle::H23 => (hour, Digits::TwoDigit),
                HourCycle::H24 => ((hour + 23) % 24 + 1, Digits::TwoDigit),
            };
            self.number("hour", hour, digits);
        }
        let digits = |alone: bool| if alone { Digits::Numeric } else { Digits::TwoDigit };
        if options.minute {
            let alone = options.hour.is_none() && !options.second;
            self.joint(":", "hour");
            self.number("minute", civil.minute.into(), digits(alone));
        }
        let second_apart = options.second && options.hour.is_some() && !options.minute;
        if options.second && !second_apart {
            self.joint(":", "minute");
            self.number("second", civil.second.into(), digits(!options.minute));
        }
        if options.fraction > 0 {
            self.joint(".", "second");
            let millis = format!("{:03}", civil.millisecond);
            self.push("fractionalSecond", millis[..options.fraction.min(3)].to_owned());
        }
        self.half_day(cycle);
        if second_apart {
            self.literal(" (second: ");
            self.number("second", civil.second.into(), Digits::Numeric);
            self.literal(")");
        }
    }

    fn joint(&mut self, text: &str, after: &str) {
        if self.parts.last().is_some_and(|part| part.kind == after) {
            self.literal(text);
        }
    }

    fn half_day(&mut self, cycle: HourCycle) {
        let twelve = matches!(cycle, HourCycle::H11 | HourCycle::H12);
        if self.options.day_period && (twelve || self.options.hour.is_none()) {
            if self.options.hour.is_some() {
                self.literal(" ");
            }
            self.push("dayPeriod", day_period(self.civil.hour));
        } else if self.options.hour.is_some() && twelve {
            self.literal("\u{202f}");
            self.push("dayPeriod", self.names.meridiem(self.civil.hour));
        }
    }
}

fn day_period(hour: u8) -> &'static str {
    match hour {
        12 => "noon",
        6..=11 => "in the morning",
        13..=17 => "in the afternoon",
        18..=20 => "in the evening",
        _ => "at night",
    }
}

/// The name of a zone in a formatted date.
fn zone_name(zone: &Zone, ts: f64, style: ZoneStyle) -> String {
    let offset = zone.raw_offset(ts);
    let width = match style {
        ZoneStyle::Short | ZoneStyle::ShortOffset => Width::Short,
        ZoneStyle::Long | ZoneStyle::LongOffset => Width::Long,
    };
    let plain = zone_names::offset_text(offset, width);
    match (style, zone) {
        (ZoneStyle::ShortOffset | ZoneStyle::LongOffset, _) | (_, Zone::Fixed(_)) => plain,
        _ => zone_names::offset_name(zone, ts, width),
    }
}
