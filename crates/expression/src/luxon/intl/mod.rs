//! What luxon takes from JavaScript's `Intl`, for en-US: numbers, lists, dates, names of zones.
//!
//! The names of other locales' months and weekdays and those of time zones are CLDR's, in the two tables here.

pub(crate) mod date;
pub(crate) mod names;
pub(crate) mod number;
pub(crate) mod options;
mod patterns;
pub(crate) mod presets;
pub(crate) mod range;
pub(crate) mod zone_names;
