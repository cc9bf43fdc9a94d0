//! Dates as n8n reads them: ISO 8601, HTTP, RFC 2822, SQL, and what JavaScript's `Date.parse` takes.

use nodehost_expression::luxon::{DateTime, Locale, ParseOptions, Settings, Zone};
use nodehost_expression::parse_date;

use crate::js::{Js, text};

/// The moment, in the zone the text names or else in `zone`; on the day of `now` where it names none.
pub(super) fn parse(value: Js<'_>, zone: &Zone, now: f64) -> Option<DateTime> {
    let whole = value.to_text().ok()?;
    let text = text::trim(&whole);
    let settings = Settings { now, default_zone: zone.clone() };
    let options = ParseOptions { zone: zone.clone(), set_zone: true, locale: Locale::default() };
    let forms = [DateTime::from_iso, DateTime::from_http, DateTime::from_rfc2822, DateTime::from_sql];
    let mut parsed = forms.iter().filter_map(|form| form(text, &options, &settings).ok());
    parsed.find(DateTime::is_valid).or_else(|| {
        let moment = DateTime::from_millis(parse_date(text)?, zone.clone(), Locale::default(), &settings);
        moment.is_valid().then_some(moment)
    })
}
