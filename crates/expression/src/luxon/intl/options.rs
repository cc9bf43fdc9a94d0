//! The options of `Intl.DateTimeFormat`.

use crate::luxon::{Error, english::Width, zone::Zone};

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digits {
    /// As many digits as it has.
    Numeric,
    /// Two digits.
    TwoDigit,
}

/// How a month is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Month {
    /// As a number.
    Number(Digits),
    /// By name.
    Name(Width),
}

/// Which hours there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HourCycle {
    /// 0 to 11.
    H11,
    /// 1 to 12.
    H12,
    /// 0 to 23.
    H23,
    /// 1 to 24.
    H24,
}

/// How a zone is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ZoneStyle {
    /// `EST`.
    Short,
    /// `Eastern Standard Time`.
    Long,
    /// `GMT-5`.
    ShortOffset,
    /// `GMT-05:00`.
    LongOffset,
}

/// The parts to write.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct DateFormat {
    /// The weekday.
    pub(crate) weekday: Option<Width>,
    /// The era.
    pub(crate) era: Option<Width>,
    /// The year.
    pub(crate) year: Option<Digits>,
    /// The month.
    pub(crate) month: Option<Month>,
    /// The day.
    pub(crate) day: Option<Digits>,
    /// `in the afternoon`, in place of AM and PM.
    pub(crate) day_period: bool,
    /// The hour.
    pub(crate) hour: Option<Digits>,
    /// The minute.
    pub(crate) minute: bool,
    /// The second.
    pub(crate) second: bool,
    /// Digits of the second's fraction.
    pub(crate) fraction: usize,
    /// The zone.
    pub(crate) zone_name: Option<ZoneStyle>,
    /// Which hours there are, 1 to 12 unless told.
    pub(crate) hour_cycle: Option<HourCycle>,
    /// The `dateStyle` the parts come from.
    pub(crate) date_style: Option<&'static str>,
    /// A zone other than the date's own.
    pub(crate) time_zone: Option<Zone>,
}

impl DateFormat {
    pub(crate) fn has_date(&self) -> bool {
        self.weekday.is_some() || self.year.is_some() || self.month.is_some() || self.day.is_some()
    }

    pub(crate) fn has_time(&self) -> bool {
        self.day_period || self.hour.is_some() || self.minute || self.second || self.fraction > 0
    }

    /// Sets the parts of `dateStyle`.
    pub(crate) fn set_date_style(&mut self, style: &str) -> Result<(), Error> {
        let name = |width| Some(Month::Name(width));
        (self.month, self.year) = match style {
            "full" | "long" => (name(Width::Long), Some(Digits::Numeric)),
            "medium" => (name(Width::Short), Some(Digits::Numeric)),
            "short" => (Some(Month::Number(Digits::Numeric)), Some(Digits::TwoDigit)),
            _ => return Err(out_of_range("dateStyle", style)),
        };
        self.date_style = ["full", "long", "medium", "short"].into_iter().find(|known| *known == style);
        self.weekday = (style == "full").then_some(Width::Long);
        self.day = Some(Digits::Numeric);
        Ok(())
    }

    /// Sets the parts of `timeStyle`.
    pub(crate) fn set_time_style(&mut self, style: &str) -> Result<(), Error> {
        self.zone_name = match style {
            "full" => Some(ZoneStyle::Long),
            "long" => Some(ZoneStyle::Short),
            "medium" | "short" => None,
            _ => return Err(out_of_range("timeStyle", style)),
        };
        self.hour = Some(Digits::Numeric);
        self.minute = true;
        self.second = style != "short";
        Ok(())
    }

    /// Sets one of the options that are words.
    pub(crate) fn set(&mut self, option: &str, value: &str) -> Result<(), Error> {
        let bad = || out_of_range(option, value);
        let width = || match value {
            "long" => Ok(Width::Long),
            "short" => Ok(Width::Short),
            "narrow" => Ok(Width::Narrow),
            _ => Err(bad()),
        };
        let digits = || match value {
            "numeric" => Ok(Digits::Numeric),
            "2-digit" => Ok(Digits::TwoDigit),
            _ => Err(bad()),
        };
        match option {
            "weekday" => self.weekday = Some(width()?),
            "era" => self.era = Some(width()?),
            "year" => self.year = Some(digits()?),
            "month" => {
                self.month = Some(match digits() {
                    Ok(digits) => Month::Number(digits),
                    Err(_) => Month::Name(width()?),
                });
            }
            "day" => self.day = Some(digits()?),
            "dayPeriod" => self.day_period = width().map(|_| true)?,
            "hour" => self.hour = Some(digits()?),
            "minute" => self.minute = digits().map(|_| true)?,
            "second" => self.second = digits().map(|_| true)?,
            "timeZoneName" => {
                self.zone_name = Some(match value {
                    "short" | "shortGeneric" => ZoneStyle::Short,
                    "long" | "longGeneric" => ZoneStyle::Long,
                    "shortOffset" => ZoneStyle::ShortOffset,
                    "longOffset" => ZoneStyle::LongOffset,
                    _ => return Err(bad()),
                });
            }
            "hourCycle" => {
                self.hour_cycle = Some(match value {
                    "h11" => HourCycle::H11,
                    "h12" => HourCycle::H12,
                    "h23" => HourCycle::H23,
                    "h24" => HourCycle::H24,
                    _ => return Err(bad()),
                });
            }
            "dateStyle" => self.set_date_style(value)?,
            "timeStyle" => self.set_time_style(value)?,
            _ => {}
        }
        Ok(())
    }
}

fn out_of_range(option: &str, value: &str) -> Error {
    Error::range(format!("Value {value} out of range for Intl.DateTimeFormat options property {option}"))
}
