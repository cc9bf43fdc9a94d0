//! luxon's named formats (`DateTime.DATE_MED`), and the tokens that stand for them.

use super::options::DateFormat;
use crate::luxon::{datetime::DateTime, format::Token, locale::Locale, zone::Zone};

/// A preset: its name, its token where it has one, and its parts as `Intl` options.
pub(crate) struct Preset {
    pub(crate) name: &'static str,
    pub(crate) token: Option<&'static str>,
    pub(crate) parts: &'static [(&'static str, &'static str)],
}

const YEAR: (&str, &str) = ("year", "numeric");
const MONTH: (&str, &str) = ("month", "numeric");
const MONTH_SHORT: (&str, &str) = ("month", "short");
const MONTH_LONG: (&str, &str) = ("month", "long");
const DAY: (&str, &str) = ("day", "numeric");
const WEEKDAY_SHORT: (&str, &str) = ("weekday", "short");
const WEEKDAY_LONG: (&str, &str) = ("weekday", "long");
const HOUR: (&str, &str) = ("hour", "numeric");
const MINUTE: (&str, &str) = ("minute", "numeric");
const SECOND: (&str, &str) = ("second", "numeric");
const H23: (&str, &str) = ("hourCycle", "h23");
const ZONE_SHORT: (&str, &str) = ("timeZoneName", "short");
const ZONE_LONG: (&str, &str) = ("timeZoneName", "long");

macro_rules! presets {
    ($($name:literal $token:expr => [$($part:expr),*];)*) => {
        /// All presets.
        pub(crate) const ALL: &[Preset] = &[
            $(Preset { name: $name, token: $token, parts: &[$($part),*] }),*
        ];
    };
}

presets! {
    "DATE_SHORT" Some("D") => [YEAR, MONTH, DAY];
    "DATE_MED" Some("DD") => [YEAR, MONTH_SHORT, DAY];
    "DATE_MED_WITH_WEEKDAY" None => [YEAR, MONTH_SHORT, DAY, WEEKDAY_SHORT];
    "DATE_FULL" Some("DDD") => [YEAR, MONTH_LONG, DAY];
    "DATE_HUGE" Some("DDDD") => [YEAR, MONTH_LONG, DAY, WEEKDAY_LONG];
    "TIME_SIMPLE" Some("t") => [HOUR, MINUTE];
    "TIME_WITH_SECONDS" Some("tt") => [HOUR, MINUTE, SECOND];
    "TIME_WITH_SHORT_OFFSET" Some("ttt") => [HOUR, MINUTE, SECOND, ZONE_SHORT];
    "TIME_WITH_LONG_OFFSET" Some("tttt") => [HOUR, MINUTE, SECOND, ZONE_LONG];
    "TIME_24_SIMPLE" Some("T") => [HOUR, MINUTE, H23];
    "TIME_24_WITH_SECONDS" Some("TT") => [HOUR, MINUTE, SECOND, H23];
    "TIME_24_WITH_SHORT_OFFSET" Some("TTT") => [HOUR, MINUTE, SECOND, H23, ZONE_SHORT];
    "TIME_24_WITH_LONG_OFFSET" Some("TTTT") => [HOUR, MINUTE, SECOND, H23, ZONE_LONG];
    "DATETIME_SHORT" Some("f") => [YEAR, MONTH, DAY, HOUR, MINUTE];
    "DATETIME_SHORT_WITH_SECONDS" Some("F") => [YEAR, MONTH, DAY, HOUR, MINUTE, SECOND];
    "DATETIME_MED" Some("ff") => [YEAR, MONTH_SHORT, DAY, HOUR, MINUTE];
    "DATETIME_MED_WITH_SECONDS" Some("FF") => [YEAR, MONTH_SHORT, DAY, HOUR, MINUTE, SECOND];
    "DATETIME_MED_WITH_WEEKDAY" None => [YEAR, MONTH_SHORT, DAY, WEEKDAY_SHORT, HOUR, MINUTE];
    "DATETIME_FULL" Some("fff") => [YEAR, MONTH_LONG, DAY, HOUR, MINUTE, ZONE_SHORT];
    "DATETIME_FULL_WITH_SECONDS" Some("FFF") => [YEAR, MONTH_LONG, DAY, HOUR, MINUTE, SECOND, ZONE_SHORT];
    "DATETIME_HUGE" Some("ffff") => [YEAR, MONTH_LONG, DAY, WEEKDAY_LONG, HOUR, MINUTE, ZONE_LONG];
    "DATETIME_HUGE_WITH_SECONDS" Some("FFFF") => [YEAR, MONTH_LONG, DAY, WEEKDAY_LONG, HOUR, MINUTE, SECOND, ZONE_LONG];
}

impl Preset {
    pub(crate) fn format(&self) -> DateFormat {
        let mut format = DateFormat::default();
        for (option, value) in self.parts {
            // The options above are all in range.
            drop(format.set(option, value));
        }
        format
    }
}

/// The parts a macro token stands for, `DDD` for example.
pub(crate) fn of_token(token: &str) -> Option<DateFormat> {
    ALL.iter().find(|preset| preset.token == Some(token)).map(Preset::format)
}

/// The tokens that read what a macro token writes.
pub(crate) fn parse_tokens(token: &str) -> Option<Vec<Token>> {
    let preset = ALL.iter().find(|preset| preset.token == Some(token))?;
    let part = |name: &str| preset.parts.iter().find(|(part, _)| *part == name).map(|(_, value)| *value);
    // Any date will do: what stands between its parts is always the same.
    let sample = DateTime::new(1_555_555_555_555.0, Zone::UTC, Locale::default());
    let tokens = super::date::parts(&sample, &preset.format(), &Locale::default()).into_iter().map(|piece| {
        let text = match (piece.kind, part(piece.kind)) {
            ("literal", _) => {
                let blank = piece.value.chars().all(char::is_whitespace);
                return Token { literal: !blank, text: if blank { " ".into() } else { piece.value } };
            }
            ("year", _) => "yyyyy",
            ("month", Some("numeric")) => "M",
            ("month", Some("short")) => "MMM",
            ("month", _) => "MMMM",
            ("day", _) => "d",
            ("weekday", Some("short")) => "EEE",
            ("weekday", _) => "EEEE",
            ("dayPeriod", _) => "a",
            ("hour", _) if part("hourCycle") == Some("h23") => "H",
            ("hour", _) => "h",
            ("minute", _) => "m",
            ("second", _) => "s",
            ("timeZoneName", Some("short")) => "ZZZ",
            _ => "ZZZZZ",
        };
        Token { literal: false, text: text.into() }
    });
    Some(tokens.collect())
}
