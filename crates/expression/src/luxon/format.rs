//! `toFormat`: luxon's tokens.

use super::{
    datetime::{DateTime, INVALID_DATE_TIME},
    english::Width,
    intl::{self, names::Names},
    locale::Locale,
    math::Civil,
    text::{js_number, pad_number, push_padded},
    zone::{OffsetFormat, Zone, format_offset},
};

/// A run of one letter of a format, or a literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) literal: bool,
    pub(crate) text: String,
}

/// The tokens of a format: runs of the same character, and what stands between quotes.
pub(crate) struct Tokens<'a> {
    rest: std::str::Chars<'a>,
    run: String,
    quoted: bool,
    done: bool,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(format: &'a str) -> Self {
        Tokens { rest: format.chars(), run: String::new(), quoted: false, done: false }
    }

    fn take(&mut self, literal: bool) -> Token {
        let text = std::mem::take(&mut self.run);
        // JavaScript's \s is Unicode's white space with the byte order mark and without NEL.
        let blank = |c: char| (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}';
        Token { literal: literal || (!text.is_empty() && text.chars().all(blank)), text }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        if self.done {
            return None;
        }
        for c in self.rest.by_ref() {
            if c == '\'' {
                let quoted = self.quoted;
                self.quoted = !quoted;
                if quoted && self.run.is_empty() {
                    return Some(Token { literal: true, text: "'".into() });
                }
                if !self.run.is_empty() {
                    return Some(self.take(quoted));
                }
            } else if self.quoted || self.run.is_empty() || self.run.ends_with(c) {
                self.run.push(c);
            } else {
                let token = self.take(false);
                self.run.push(c);
                return Some(token);
            }
        }
        self.done = true;
        (!self.run.is_empty()).then(|| self.take(self.quoted))
    }
}

impl DateTime {
    /// Writes the time by a format of luxon's tokens.
    pub fn to_format(&self, format: &str, locale: &Locale) -> String {
        let Some(civil) = self.civil() else {
            return INVALID_DATE_TIME.into();
        };
        let names = Names::of(locale);
        let writer = Writer { date: self, civil, locale, names };
        let mut out = String::with_capacity(format.len() + 16);
        for token in Tokens::new(format) {
            if token.literal || !writer.push(&mut out, &token.text) {
                out.push_str(&token.text);
            }
        }
        out
    }
}

struct Writer<'a> {
    date: &'a DateTime,
    civil: &'a Civil,
    locale: &'a Locale,
    names: Names,
}

impl Writer<'_> {
    /// Writes what a token stands for; false if it stands for nothing.
    fn push(&self, out: &mut String, token: &str) -> bool {
        self.push_time(out, token)
            || self.push_date(out, token)
            || self.push_week(out, token)
            || self.push_zone(out, token)
            || self.push_name(out, token)
            || self.push_macro(out, token)
    }

    fn push_time(&self, out: &mut String, token: &str) -> bool {
        let civil = self.civil;
        let hour12 = if civil.hour.is_multiple_of(12) { 12 } else { civil.hour % 12 };
        let (value, width) = match token {
            "S" => (civil.millisecond, 0),
            "u" | "SSS" => (civil.millisecond, 3),
            "uu" => (civil.millisecond / 10, 2),
            "uuu" => (civil.millisecond / 100, 0),
            "s" => (civil.second.into(), 0),
            "ss" => (civil.second.into(), 2),
            "m" => (civil.minute.into(), 0),
            "mm" => (civil.minute.into(), 2),
            "h" => (hour12.into(), 0),
            "hh" => (hour12.into(), 2),
            "H" => (civil.hour.into(), 0),
            "HH" => (civil.hour.into(), 2),
            _ => return false,
        };
        push_padded(out, value.into(), width);
        true
    }

    fn push_date(&self, out: &mut String, token: &str) -> bool {
        let civil = self.civil;
        let (value, width) = match token {
            "d" => (civil.day.into(), 0),
            "dd" => (civil.day.into(), 2),
            "L" | "M" => (civil.month.into(), 0),
            "LL" | "MM" => (civil.month.into(), 2),
            "y" => (i64::from(civil.year), 0),
            "yyyy" => (civil.year.into(), 4),
            "yyyyyy" => (civil.year.into(), 6),
            "yy" => {
                push_last_digits(out, civil.year.into());
                return true;
            }
            "o" => (self.date.ordinal() as i64, 0),
            "ooo" => (self.date.ordinal() as i64, 3),
            "q" => (self.date.quarter() as i64, 0),
            "qq" => (self.date.quarter() as i64, 2),
            "X" => ((self.date.ts() / 1000.0).floor() as i64, 0),
            "x" => {
                // Fractions of a millisecond are rounded to three digits.
                let ts = super::math::js_round(self.date.ts() * 1000.0) / 1000.0;
                out.push_str(&if ts.is_finite() { js_number(ts) } else { js_number(self.date.ts()) });
                return true;
            }
            _ => return false,
        };
        push_padded(out, value, width);
        true
    }

    fn push_week(&self, out: &mut String, token: &str) -> bool {
        let date = self.date;
        let (value, width) = match token {
            "c" | "E" => (date.weekday(), 0),
            "W" => (date.week_number(), 0),
            "WW" => (date.week_number(), 2),
            "kkkk" => (date.week_year(), 4),
            "n" => (date.local_week_number(), 0),
            "nn" => (date.local_week_number(), 2),
            "iiii" => (date.local_week_year(), 4),
            "kk" | "ii" => {
                let year = if token == "kk" { date.week_year() } else { date.local_week_year() };
                push_last_digits(out, year as i64);
                return true;
            }
            _ => return false,
        };
        out.push_str(&pad_number(value, width));
        true
    }

    fn push_zone(&self, out: &mut String, token: &str) -> bool {
        let offset = |format| format_offset(self.date.zone().offset(self.date.ts()), format);
        let text = match token {
            "Z" => offset(OffsetFormat::Narrow),
            "ZZ" => offset(OffsetFormat::Short),
            "ZZZ" => offset(OffsetFormat::Techie),
            "ZZZZ" => intl::zone_names::offset_name(self.date.zone(), self.date.ts(), Width::Short),
            "ZZZZZ" => intl::zone_names::offset_name(self.date.zone(), self.date.ts(), Width::Long),
            "z" => self.date.zone().name(),
            _ => return false,
        };
        out.push_str(&text);
        true
    }

    fn push_name(&self, out: &mut String, token: &str) -> bool {
        let civil = self.civil;
        let weekday = || self.date.weekday() as u8;
        let text = match token {
            "a" => self.names.meridiem(civil.hour),
            "LLL" => self.names.month(civil.month, Width::Short, true),
            "LLLL" => self.names.month(civil.month, Width::Long, true),
            "LLLLL" => self.names.month(civil.month, Width::Narrow, true),
            "MMM" => self.names.month(civil.month, Width::Short, false),
            "MMMM" => self.names.month(civil.month, Width::Long, false),
            "MMMMM" => self.names.month(civil.month, Width::Narrow, false),
            "ccc" => self.names.weekday(weekday(), Width::Short, true),
            "cccc" => self.names.weekday(weekday(), Width::Long, true),
            "ccccc" => self.names.weekday(weekday(), Width::Narrow, true),
            "EEE" => self.names.weekday(weekday(), Width::Short, false),
            "EEEE" => self.names.weekday(weekday(), Width::Long, false),
            "EEEEE" => self.names.weekday(weekday(), Width::Narrow, false),
            "G" => self.names.era(civil.year, Width::Short),
            "GG" => self.names.era(civil.year, Width::Long),
            "GGGGG" => self.names.era(civil.year, Width::Narrow),
            _ => return false,
        };
        out.push_str(text);
        true
    }

    fn push_macro(&self, out: &mut String, token: &str) -> bool {
        match intl::presets::of_token(token) {
            Some(options) => {
                out.push_str(&intl::date::format(self.date, &options, self.locale));
                true
            }
            None => false,
        }
    }
}

/// The last two characters of a year's text, as luxon takes them: of -5 that is its sign too.
fn push_last_digits(out: &mut String, year: i64) {
    push_padded(out, if year > -10 && year < 0 { year } else { year.abs() % 100 }, 2);
}

/// How `offsetNameShort` and `offsetNameLong` read it.
pub(crate) fn offset_name(zone: &Zone, ts: f64, width: Width) -> String {
    intl::zone_names::offset_name(zone, ts, width)
}
