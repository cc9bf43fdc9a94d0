//! Any text as a date, an interval with a duration, a zone and a format: an answer, never a panic.
//!
//! The input is a text and a format, with a NUL byte between them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use nodehost_expression::luxon::{
    Accuracy, DateTime, DurationFormat, Interval, Locale, LocaleOptions, ParseOptions, Settings, Unit, Zone,
};
use nodehost_expression::parse_date;

fuzz_target!(|input: &str| {
    let (text, format) = input.split_once('\0').unwrap_or((input, input));
    let settings = Settings { now: 1.7e12, default_zone: Zone::parse(text, &Zone::UTC) };
    let locale = Locale::new(LocaleOptions { locale: Some(format.to_owned()), ..LocaleOptions::default() });
    if let Some(moment) = parse_date(text) {
        _ = DateTime::from_millis(moment, Zone::UTC, locale.clone(), &settings).to_format(format, &locale);
    }
    for set_zone in [true, false] {
        let options = ParseOptions { zone: Zone::UTC, set_zone, locale: locale.clone() };
        let parsers = [DateTime::from_iso, DateTime::from_sql, DateTime::from_rfc2822, DateTime::from_http];
        let dates = parsers.into_iter().map(|parse| parse(text, &options, &settings));
        for date in dates.chain([DateTime::from_format(text, format, &locale, &options, &settings)]).flatten() {
            _ = (date.to_format(format, &locale), date.to_iso_default(), date.to_iso_week_date());
            _ = date.set_zone(&Zone::parse(format, &Zone::UTC), set_zone, &settings).to_rfc2822();
        }
        // With a duration for its end, this is how texts are read as durations.
        for text in [text.to_owned(), format!("2024-02-29/{text}")] {
            let interval = Interval::from_iso(&text, &options, &settings);
            let duration = interval.to_duration(&[Unit::Months, Unit::Days, Unit::Hours], Accuracy::Casual);
            _ = (interval.to_text(), duration.to_iso(), duration.to_format(format, &DurationFormat::default()));
        }
    }
});
