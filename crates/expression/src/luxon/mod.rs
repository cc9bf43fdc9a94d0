//! Dates, durations and intervals with luxon's API, equal to npm's luxon 3.7.
//!
//! The types here are plain Rust over jiff's time zones; [`js`] puts them into an engine as the classes
//! `DateTime`, `Duration` and `Interval`. The clock and the default zone come from [`Settings`], so that nothing
//! reads the machine's.
//!
//! What luxon gets from `Intl` is built in for English of the United States; other locales have their names of
//! months and weekdays.

mod civil;
mod datetime;
mod duration;
mod duration_format;
mod english;
mod error;
mod format;
mod interval;
mod intl;
mod locale;
mod math;
mod parse;
mod text;
mod unit;
mod zone;

pub mod js;

#[cfg(test)]
mod tests;

/// Puts `DateTime`, `Duration` and `Interval` on the scope of a context, with the clock and zone of its host.
pub(crate) fn install<'js>(ctx: &rquickjs::Ctx<'js>, scope: &rquickjs::Object<'js>) -> rquickjs::Result<()> {
    let host = crate::sandbox::Host::of(ctx)?;
    let settings = move || Settings { now: host.now_ms(), default_zone: Zone::parse(&host.timezone(), &Zone::System) };
    let classes = js::install(ctx, settings)?;
    scope.set("DateTime", classes.date_time)?;
    scope.set("Duration", classes.duration)?;
    scope.set("Interval", classes.interval)
}

/// Gives Date its methods that depend on a locale, and Intl its DateTimeFormat. After [`install`], and after Intl.
pub(crate) fn install_intl(ctx: &rquickjs::Ctx<'_>) -> rquickjs::Result<()> {
    js::intl::install(ctx)
}

pub use datetime::{
    DateTime, FromObject, INVALID_DATE_TIME, IsoOptions, RelativeOptions, Rounding, Settings, SqlTimeOptions,
};
pub use duration::{Accuracy, Duration, Values};
pub use duration_format::{DurationFormat, HumanFormat, INVALID_DURATION, SignMode};
pub use error::{Error, ErrorKind, Invalid};
pub use interval::{INVALID_INTERVAL, Interval};
pub use intl::number::{ListKind, NumberFormat, SignDisplay, Style};
pub use locale::{Locale, LocaleOptions, WeekSettings};
pub use math::Civil;
pub use parse::ParseOptions;
pub use unit::{Field, FieldSet, Unit};
pub use zone::{OffsetFormat, Zone, format_offset};
