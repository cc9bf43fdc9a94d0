//! ISO 8601, SQL, RFC 2822 and HTTP forms.

use super::{DateTime, Settings};
use crate::luxon::{
    english::{self, Width},
    text::push_padded,
    unit::Field,
    zone::{OffsetFormat, Zone, format_offset},
};

/// Options of the ISO forms.
#[derive(Clone, Debug)]
pub struct IsoOptions {
    /// With dashes and colons.
    pub extended: bool,
    /// Leave seconds out where they are 0.
    pub suppress_seconds: bool,
    /// Leave milliseconds out where they are 0.
    pub suppress_milliseconds: bool,
    /// Write the offset.
    pub include_offset: bool,
    /// Start a time with `T`.
    pub include_prefix: bool,
    /// Write the zone's name in brackets.
    pub extended_zone: bool,
    /// The smallest field written.
    pub precision: Field,
}

impl Default for IsoOptions {
    fn default() -> Self {
        IsoOptions {
            extended: true,
            suppress_seconds: false,
            suppress_milliseconds: false,
            include_offset: true,
            include_prefix: false,
            extended_zone: false,
            precision: Field::Millisecond,
        }
    }
}

/// Options of the SQL forms.
#[derive(Clone, Copy, Debug)]
pub struct SqlTimeOptions {
    /// Write the offset.
    pub include_offset: bool,
    /// Write the zone's name instead.
    pub include_zone: bool,
    /// Put a space before either.
    pub include_offset_space: bool,
}

impl Default for SqlTimeOptions {
    fn default() -> Self {
        SqlTimeOptions { include_offset: true, include_zone: false, include_offset_space: true }
    }
}

impl DateTime {
    /// `2024-03-10T11:45:30.250-04:00`; `None` if invalid.
    pub fn to_iso_default(&self) -> Option<String> {
        self.to_iso(&IsoOptions::default())
    }

    /// The ISO form; `None` if invalid.
    pub fn to_iso(&self, options: &IsoOptions) -> Option<String> {
        self.civil()?;
        let mut out = String::with_capacity(32);
        self.push_date(&mut out, options.extended, options.precision);
        if has_time(options.precision) {
            out.push('T');
        }
        self.push_time(&mut out, options);
        Some(out)
    }

    /// The ISO form of the date; `None` if invalid.
    pub fn to_iso_date(&self, extended: bool, precision: Field) -> Option<String> {
        self.civil()?;
        let mut out = String::with_capacity(12);
        self.push_date(&mut out, extended, precision);
        Some(out)
    }

    /// The ISO form of the time of day; `None` if invalid.
    pub fn to_iso_time(&self, options: &IsoOptions) -> Option<String> {
        self.civil()?;
        let mut out = String::with_capacity(20);
        if options.include_prefix && has_time(options.precision) {
            out.push('T');
        }
        self.push_time(&mut out, options);
        Some(out)
    }

    /// `2024-W10-7`; `None` if invalid.
    pub fn to_iso_week_date(&self) -> Option<String> {
        self.civil()?;
        let mut out = String::with_capacity(10);
        push_padded(&mut out, self.week_year() as i64, 4);
        out.push_str("-W");
        push_padded(&mut out, self.week_number() as i64, 2);
        out.push('-');
        push_padded(&mut out, self.weekday() as i64, 1);
        Some(out)
    }

    /// `Sun, 10 Mar 2024 11:45:30 -0400`; `None` if invalid.
    pub fn to_rfc2822(&self) -> Option<String> {
        let mut out = self.to_internet_date()?;
        out.push_str(&format_offset(self.zone.offset(self.ts), OffsetFormat::Techie));
        Some(out)
    }

    /// `Sun, 10 Mar 2024 15:45:30 GMT`; `None` if invalid.
    pub fn to_http(&self, settings: &Settings) -> Option<String> {
        let mut out = self.set_zone(&Zone::UTC, false, settings).to_internet_date()?;
        out.push_str("GMT");
        Some(out)
    }

    fn to_internet_date(&self) -> Option<String> {
        let civil = self.civil()?;
        let mut out = String::with_capacity(32);
        out.push_str(english::weekday(self.weekday() as u8, Width::Short));
        out.push_str(", ");
        push_padded(&mut out, civil.day.into(), 2);
        out.push(' ');
        out.push_str(english::month(civil.month, Width::Short));
        out.push(' ');
        push_padded(&mut out, civil.year.into(), 4);
        for (separator, value) in [(' ', civil.hour), (':', civil.minute), (':', civil.second)] {
            out.push(separator);
            push_padded(&mut out, value.into(), 2);
        }
        out.push(' ');
        Some(out)
    }

    /// `2024-03-10 11:45:30.250 -04:00`; `None` if invalid.
    pub fn to_sql(&self, options: &SqlTimeOptions) -> Option<String> {
        let date = self.to_iso_date(true, Field::Millisecond)?;
        Some(format!("{date} {}", self.to_sql_time(options)?))
    }

    /// The time of day as SQL writes it; `None` if invalid.
    pub fn to_sql_time(&self, options: &SqlTimeOptions) -> Option<String> {
        let mut out = self.to_iso_time(&IsoOptions { include_offset: false, ..IsoOptions::default() })?;
        if !options.include_zone && !options.include_offset {
            return Some(out);
        }
        // luxon's format has the tokens side by side, "SSSz": still two tokens.
        if options.include_offset_space {
            out.push(' ');
        }
        if options.include_zone {
            out.push_str(&self.zone.name());
        } else if self.zone.is_universal() && self.offset == 0.0 {
            out.push('Z');
        } else {
            out.push_str(&format_offset(self.zone.offset(self.ts), OffsetFormat::Short));
        }
        Some(out)
    }

    fn push_date(&self, out: &mut String, extended: bool, precision: Field) {
        let civil = &self.civil;
        let long = civil.year > 9999 || civil.year < 0;
        if long && civil.year >= 0 {
            out.push('+');
        }
        push_padded(out, civil.year.into(), if long { 6 } else { 4 });
        if precision == Field::Year {
            return;
        }
        if extended {
            out.push('-');
        }
        push_padded(out, civil.month.into(), 2);
        if precision == Field::Month {
            return;
        }
        if extended {
            out.push('-');
        }
        push_padded(out, civil.day.into(), 2);
    }

    fn push_time(&self, out: &mut String, options: &IsoOptions) {
        self.push_clock(out, options);
        if options.include_offset {
            if self.zone.is_universal() && self.offset == 0.0 && !options.extended_zone {
                out.push('Z');
            } else {
                let magnitude = self.offset.abs();
                out.push(if self.offset < 0.0 { '-' } else { '+' });
                push_padded(out, (magnitude / 60.0) as i64, 2);
                out.push(':');
                push_padded(out, (magnitude % 60.0) as i64, 2);
            }
        }
        if options.extended_zone {
            out.push('[');
            out.push_str(&self.zone.iana_name());
            out.push(']');
        }
    }

    fn push_clock(&self, out: &mut String, options: &IsoOptions) {
        let civil = &self.civil;
        let precision = options.precision;
        if matches!(precision, Field::Year | Field::Month | Field::Day) {
            return;
        }
        let colon = if options.extended { ":" } else { "" };
        push_padded(out, civil.hour.into(), 2);
        if precision == Field::Hour {
            return;
        }
        out.push_str(colon);
        push_padded(out, civil.minute.into(), 2);
        let seconds = !options.suppress_seconds || civil.millisecond != 0 || civil.second != 0;
        if precision == Field::Minute || !seconds {
            return;
        }
        out.push_str(colon);
        push_padded(out, civil.second.into(), 2);
        if precision != Field::Second && (!options.suppress_milliseconds || civil.millisecond != 0) {
            out.push('.');
            push_padded(out, civil.millisecond.into(), 3);
        }
    }
}

/// Whether a precision has a time of day. Weeks and quarters have none: luxon does not order them.
fn has_time(precision: Field) -> bool {
    matches!(precision, Field::Hour | Field::Minute | Field::Second | Field::Millisecond)
}
