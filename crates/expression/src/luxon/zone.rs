//! Time zones as luxon has them: IANA names, fixed offsets, the system's, and invalid ones.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};

use super::{
    math::{MAX_TIME, MS_PER_DAY, time_clip},
    text::push_padded,
};

/// A time zone; cheap to clone.
#[derive(Clone, Debug)]
pub enum Zone {
    /// An offset in minutes, `UTC+3` for example.
    Fixed(f64),
    /// A zone of the tz database by the name it was asked for; its rules may be missing (invalid).
    Iana(Arc<IanaZone>),
    /// The machine's zone: UTC here, whatever the machine says.
    System,
    /// Something that cannot be a zone, as text.
    Invalid(Arc<str>),
}

/// A named zone and its rules.
#[derive(Debug)]
pub struct IanaZone {
    name: String,
    rules: Option<Rules>,
}

#[derive(Debug)]
enum Rules {
    Database(TimeZone),
    /// `+05:30`, which Intl takes as a name.
    Offset(i32),
}

/// How an offset is written: luxon's `narrow`, `short` and `techie`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetFormat {
    /// `+5`, `+5:30`.
    Narrow,
    /// `+05:30`.
    Short,
    /// `+0530`.
    Techie,
}

impl Zone {
    /// UTC.
    pub const UTC: Zone = Zone::Fixed(0.0);

    /// Reads a zone as luxon's normalizeZone reads text: `utc+3`, `local`, an IANA name.
    pub fn parse(text: &str, default: &Zone) -> Zone {
        match text.to_lowercase().as_str() {
            "default" => default.clone(),
            "local" | "system" => Zone::System,
            "utc" | "gmt" => Zone::UTC,
            lower => parse_specifier(lower).map_or_else(|| Zone::iana(text), Zone::Fixed),
        }
    }

    /// The zone of that IANA name; not valid if there is none.
    pub fn iana(name: &str) -> Zone {
        const KEPT: usize = 512;
        thread_local! {
            static ZONES: RefCell<HashMap<String, Arc<IanaZone>>> = RefCell::default();
        }
        ZONES.with_borrow_mut(|zones| {
            if let Some(zone) = zones.get(name) {
                return Zone::Iana(zone.clone());
            }
            let zone = Arc::new(IanaZone { name: name.into(), rules: find_rules(name) });
            if zones.len() >= KEPT || name.len() > 64 {
                zones.clear();
            }
            zones.insert(name.into(), zone.clone());
            Zone::Iana(zone)
        })
    }

    /// Whether `name` is a zone Intl knows.
    pub fn is_valid_iana(name: &str) -> bool {
        Zone::iana(name).is_valid()
    }

    /// Whether times in this zone can be computed.
    pub fn is_valid(&self) -> bool {
        match self {
            Zone::Fixed(_) | Zone::System => true,
            Zone::Iana(zone) => zone.rules.is_some(),
            Zone::Invalid(_) => false,
        }
    }

    /// luxon's type of zone: fixed, iana, system or invalid.
    pub fn kind(&self) -> &'static str {
        match self {
            Zone::Fixed(_) => "fixed",
            Zone::Iana(_) => "iana",
            Zone::System => "system",
            Zone::Invalid(_) => "invalid",
        }
    }

    /// The name, `UTC+5:30` for a fixed offset.
    pub fn name(&self) -> String {
        match self {
            Zone::Fixed(0.0) | Zone::System => "UTC".into(),
            Zone::Fixed(offset) => format!("UTC{}", format_offset(*offset, OffsetFormat::Narrow)),
            Zone::Iana(zone) => zone.name.clone(),
            Zone::Invalid(name) => name.to_string(),
        }
    }

    /// The name an IANA zone has, `Etc/GMT-3` for a fixed offset.
    pub fn iana_name(&self) -> String {
        match self {
            Zone::Fixed(0.0) => "Etc/UTC".into(),
            Zone::Fixed(offset) => format!("Etc/GMT{}", format_offset(-offset, OffsetFormat::Narrow)),
            _ => self.name(),
        }
    }

    /// Whether the offset never changes by its type.
    pub fn is_universal(&self) -> bool {
        matches!(self, Zone::Fixed(_))
    }

    /// Minutes east of UTC at a time, as `Intl` has it; NaN if there is no answer.
    pub(crate) fn raw_offset(&self, ts: f64) -> f64 {
        match self {
            Zone::Fixed(offset) => *offset,
            Zone::System if ts.is_nan() => f64::NAN,
            // As JavaScript's `-date.getTimezoneOffset()`.
            Zone::System => -0.0,
            Zone::Invalid(_) => f64::NAN,
            Zone::Iana(zone) => match &zone.rules {
                Some(rules) => rules.offset(ts),
                None => f64::NAN,
            },
        }
    }

    /// Minutes east of UTC at a time. NaN if there is no answer, which also is so where the local time is out of range:
    /// luxon finds offsets by the local time.
    pub fn offset(&self, ts: f64) -> f64 {
        let offset = self.raw_offset(ts);
        let local = ts + offset * 60_000.0;
        if matches!(self, Zone::Iana(_)) && time_clip(local).is_nan() { f64::NAN } else { offset }
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Zone::Fixed(a), Zone::Fixed(b)) => a == b,
            (Zone::Iana(a), Zone::Iana(b)) => Arc::ptr_eq(a, b) || a.name == b.name,
            (Zone::System, Zone::System) => true,
            _ => false,
        }
    }
}

impl Rules {
    fn offset(&self, ts: f64) -> f64 {
        if time_clip(ts).is_nan() {
            return f64::NAN;
        }
        match self {
            Rules::Offset(minutes) => f64::from(*minutes),
            Rules::Database(time_zone) => f64::from(time_zone.to_offset(instant(ts)).seconds()) / 60.0,
        }
    }
}

/// The instant of a time value, moved by whole cycles of the calendar into jiff's range of years.
pub(crate) fn instant(ts: f64) -> Timestamp {
    const CYCLE: f64 = 146_097.0 * MS_PER_DAY;
    const LAST: f64 = 253_000_000_000_000.0;
    const FIRST: f64 = -370_000_000_000_000.0;
    let ts = if ts > LAST { ts - ((ts - LAST) / CYCLE).ceil() * CYCLE } else { ts.max(FIRST) };
    debug_assert!(ts.abs() <= MAX_TIME);
    Timestamp::from_millisecond(ts.floor() as i64).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn find_rules(name: &str) -> Option<Rules> {
    if name.starts_with(['+', '-']) {
        return parse_intl_offset(name).map(Rules::Offset);
    }
    if matches!(name.to_ascii_lowercase().as_str(), "" | "factory" | "etc/unknown" | "local" | "posixrules") {
        return None;
    }
    TimeZone::get(legacy_name(name)).ok().map(Rules::Database)
}

/// Names of ICU that the tz database lacks.
fn legacy_name(name: &str) -> &str {
    const LEGACY: [(&str, &str); 32] = [
        ("CST6CDT", "America/Chicago"),
        ("EST5EDT", "America/New_York"),
        ("MST7MDT", "America/Denver"),
        ("PST8PDT", "America/Los_Angeles"),
        ("ACT", "Australia/Darwin"),
        ("AET", "Australia/Sydney"),
        ("AGT", "America/Argentina/Buenos_Aires"),
        ("ART", "Africa/Cairo"),
        ("AST", "America/Anchorage"),
        ("BET", "America/Sao_Paulo"),
        ("BST", "Asia/Dhaka"),
        ("CAT", "Africa/Harare"),
        ("CNT", "America/St_Johns"),
        ("CST", "America/Chicago"),
        ("CTT", "Asia/Shanghai"),
        ("EAT", "Africa/Addis_Ababa"),
        ("ECT", "Europe/Paris"),
        ("IET", "America/Indiana/Indianapolis"),
        ("IST", "Asia/Kolkata"),
        ("JST", "Asia/Tokyo"),
        ("MIT", "Pacific/Apia"),
        ("NET", "Asia/Yerevan"),
        ("NST", "Pacific/Auckland"),
        ("PLT", "Asia/Karachi"),
        ("PNT", "America/Phoenix"),
        ("PRT", "America/Puerto_Rico"),
        ("PST", "America/Los_Angeles"),
        ("SST", "Pacific/Guadalcanal"),
        ("VST", "Asia/Ho_Chi_Minh"),
        ("SystemV/EST5", "Etc/GMT+5"),
        ("SystemV/PST8", "Etc/GMT+8"),
        ("SystemV/CST6", "Etc/GMT+6"),
    ];
    LEGACY.iter().find(|(legacy, _)| legacy.eq_ignore_ascii_case(name)).map_or(name, |(_, target)| target)
}

/// `+hh`, `+hhmm` or `+hh:mm`, in minutes.
fn parse_intl_offset(name: &str) -> Option<i32> {
    let (sign, digits) = match name.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.len() {
        2 => (digits, "00"),
        4 => digits.split_at_checked(2)?,
        5 => digits.split_once(':')?,
        _ => return None,
    };
    let two = |text: &str| (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?;
    let (hours, minutes): (i32, i32) = (two(hours)?, two(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// `utc`, `utc+3`, `utc-5:30` as minutes.
fn parse_specifier(lower: &str) -> Option<f64> {
    let rest = lower.strip_prefix("utc")?;
    let (sign, digits) = match rest.split_at_checked(1)? {
        ("+", digits) => (1.0, digits),
        ("-", digits) => (-1.0, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':').map_or((digits, None), |(h, m)| (h, Some(m)));
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !matches!(hours.len(), 1 | 2) || !is_number(hours) {
        return None;
    }
    if minutes.is_some_and(|m| m.len() != 2 || !is_number(m)) {
        return None;
    }
    let hours: f64 = hours.parse().ok()?;
    let minutes: f64 = minutes.map_or(Some(0.0), |m| m.parse().ok())?;
    Some(sign * (hours * 60.0 + minutes))
}

/// Writes an offset in minutes.
pub fn format_offset(offset: f64, format: OffsetFormat) -> String {
    if offset.is_nan() {
        let text = match format {
            OffsetFormat::Narrow => "-NaN",
            OffsetFormat::Short => "-NaN:NaN",
            OffsetFormat::Techie => "-NaNNaN",
        };
        return text.into();
    }
    let hours = (offset / 60.0).abs().trunc() as i64;
    let minutes = (offset % 60.0).abs().trunc() as i64;
    let mut out = String::with_capacity(8);
    out.push(if offset >= 0.0 { '+' } else { '-' });
    match format {
        OffsetFormat::Short | OffsetFormat::Techie => {
            push_padded(&mut out, hours, 2);
            if format == OffsetFormat::Short {
                out.push(':');
            }
            push_padded(&mut out, minutes, 2);
        }
        OffsetFormat::Narrow => {
            out.push_str(&hours.to_string());
            if minutes > 0 {
                out.push(':');
                out.push_str(&minutes.to_string());
            }
        }
    }
    out
}
