//! Tests of the classes as JavaScript sees them: tables of expressions and what npm's luxon 3.7 answers.

use proptest::prelude::*;
use rquickjs::{CatchResultExt, Coerced, Context, Runtime};

use super::{
    DateTime, Duration, HumanFormat, Interval, Locale, LocaleOptions, ParseOptions, RelativeOptions, Settings,
    SqlTimeOptions, Unit, Values, Zone, js, parse,
};

/// Sunday, 10 March 2024, 11:45:30.250 in New York: the day its clocks go forward.
const NOW: f64 = 1_710_085_530_250.0;

/// Evaluates with the clock stopped at [`NOW`] and New York as default zone; an error is its message.
fn evaluate(expressions: &[&str]) -> Vec<String> {
    let runtime = Runtime::new().expect("a runtime");
    let context = Context::full(&runtime).expect("a context");
    context.with(|ctx| {
        let settings = Settings { now: NOW, default_zone: Zone::iana("America/New_York") };
        let classes = js::install(&ctx, move || settings.clone()).expect("the classes");
        let globals = ctx.globals();
        globals.set("Intl", rquickjs::Object::new(ctx.clone()).expect("an object")).expect("a global");
        super::install_intl(&ctx).expect("Intl.DateTimeFormat");
        globals.set("DateTime", classes.date_time).expect("a global");
        globals.set("Duration", classes.duration).expect("a global");
        globals.set("Interval", classes.interval).expect("a global");
        expressions
            .iter()
            .map(|source| match ctx.eval::<Coerced<String>, _>(*source).catch(&ctx) {
                Ok(text) => text.0,
                Err(rquickjs::CaughtError::Exception(error)) => error.message().unwrap_or_default(),
                Err(error) => error.to_string(),
            })
            .collect()
    })
}

fn check(table: &[(&str, &str)]) {
    let answers = evaluate(&table.iter().map(|(source, _)| *source).collect::<Vec<_>>());
    let wrong: Vec<_> = table
        .iter()
        .zip(&answers)
        .filter(|((_, expected), answer)| expected != answer)
        .map(|((source, expected), answer)| format!("{source}\n  expected {expected}\n  answered {answer}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn dates_are_made_from_every_form() {
    check(&[
        ("DateTime.now()", "2024-03-10T11:45:30.250-04:00"),
        ("DateTime.fromISO('2024-02-29T12:30:45.123Z')", "2024-02-29T07:30:45.123-05:00"),
        ("DateTime.fromISO('2024-02-29T12:30:45.123+05:30', { setZone: true })", "2024-02-29T12:30:45.123+05:30"),
        ("DateTime.fromISO('2024-W10-3')", "2024-03-06T00:00:00.000-05:00"),
        ("DateTime.fromISO('2024-060T06')", "2024-02-29T06:00:00.000-05:00"),
        ("DateTime.fromISO('bad').invalidExplanation", "the input \"bad\" can't be parsed as ISO 8601"),
        ("DateTime.fromSQL('2024-01-02 03:04:05.6 Asia/Tokyo')", "2024-01-01T13:04:05.600-05:00"),
        ("DateTime.fromHTTP('Sun, 06 Nov 1994 08:49:37 GMT').toHTTP()", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("DateTime.fromRFC2822('25 Nov 2016 13:23:12 +0600').toRFC2822()", "Fri, 25 Nov 2016 02:23:12 -0500"),
        ("DateTime.fromFormat('31 January 2024, 5:07 PM', 'd MMMM yyyy, h:mm a')", "2024-01-31T17:07:00.000-05:00"),
        ("DateTime.fromFormat('x', 'yyyy').invalidReason", "unparsable"),
        ("DateTime.fromObject({ year: 2024, month: 2, day: 30 }).invalidReason", "unit out of range"),
        (
            "DateTime.fromObject({ ordinal: 60, weekYear: 1 })",
            "Can't mix weekYear/weekNumber units with year/month/day or ordinals",
        ),
        ("DateTime.fromMillis('5')", "fromMillis requires a numerical input, but received a string with value 5"),
        ("DateTime.local(2024, 3, 10, 2, 30)", "2024-03-10T03:30:00.000-04:00"),
        ("DateTime.utc(2024)", "2024-01-01T00:00:00.000Z"),
    ]);
}

#[test]
fn dates_move_by_calendar_and_clock() {
    check(&[
        ("DateTime.fromISO('2024-03-09T02:30').plus({ days: 1 })", "2024-03-10T03:30:00.000-04:00"),
        ("DateTime.fromISO('2024-03-09T02:30').plus({ hours: 24 })", "2024-03-10T03:30:00.000-04:00"),
        ("DateTime.fromISO('2024-01-31').plus({ months: 1 })", "2024-02-29T00:00:00.000-05:00"),
        ("DateTime.now().startOf('week')", "2024-03-04T00:00:00.000-05:00"),
        ("DateTime.now().endOf('quarter')", "2024-03-31T23:59:59.999-04:00"),
        ("DateTime.now().set({ weekNumber: 1 })", "2024-01-07T11:45:30.250-05:00"),
        ("DateTime.now().setZone('Asia/Kathmandu', { keepLocalTime: true })", "2024-03-10T11:45:30.250+05:45"),
        ("DateTime.now().setZone('nowhere').invalidExplanation", "the zone \"nowhere\" is not supported"),
        ("DateTime.now().diff(DateTime.fromISO('2023-01-31'), ['months', 'days']).toISO()", "P13M10.467756642512077D"),
        ("DateTime.now().hasSame(DateTime.fromMillis(0, { zone: 'nowhere/land' }), '')", "false"),
        ("DateTime.now().hasSame(DateTime.invalid('x'), '')", "Invalid unit "),
        ("DateTime.now().hasSame(DateTime.fromObject({month: 13}), '')", "Invalid unit "),
        ("DateTime.fromMillis(1e15, { zone: 'Europe/Dublin' }).toFormat('ZZZZZ')", "Irish Standard Time"),
        ("DateTime.fromMillis(-17e9, { zone: 'Europe/Dublin' }).toFormat('ZZZZZ')", "GMT+01:00"),
        ("DateTime.fromMillis(-3e11, { zone: 'GB' }).toFormat('ZZZZZ ZZZZ')", "British Summer Time GMT+1"),
        ("DateTime.fromMillis(1e15, { zone: 'America/New_York' }).toFormat('ZZZZZ')", "GMT-04:00"),
        ("DateTime.fromMillis(1e15, { zone: 'Etc/UTC' }).toFormat('ZZZZZ ZZZZ')", "Coordinated Universal Time UTC"),
        ("DateTime.fromMillis(8639999913600000).diff(DateTime.fromISO('2024-06-30T20:00'), ['months'])", "P3284835M"),
        (
            "DateTime.fromMillis(8639999913600000).diff(DateTime.fromISO('2024-06-30T20:00'), ['months', 'days'])",
            "Invalid unit value NaN",
        ),
        (
            "DateTime.fromMillis(8639999913600000).diff(DateTime.fromISO('2024-06-30T20:00'), ['quarters', 'weeks'])",
            "Invalid unit value NaN",
        ),
        (
            "DateTime.fromMillis(8639999913600000).diff(DateTime.fromISO('2024-06-30T20:00'), ['weeks', 'days'])",
            "P14282870W4D",
        ),
        ("DateTime.utc(15, 1, 9, 23, 40).plus({ weeks: 14387720 }).toISO()", "+275760-09-12T00:00:00.000Z"),
        ("DateTime.utc(115, 1, 9, 23, 40).plus({ weeks: 14382000 }).toISO()", "+275751-01-27T23:40:00.000Z"),
        ("DateTime.fromMillis(0, { zone: 'GMT+5' }).zone.offsetName(0, {})", "Invalid time zone specified: GMT+5"),
        ("DateTime.fromMillis(-8.64e15, { zone: 'utc+14' }).startOf('day').toLocaleString()", "Invalid time value"),
        ("DateTime.fromMillis(-8.64e15, { zone: 'utc+14' }).startOf('day').toLocaleParts()", "Invalid time value"),
        ("String(DateTime.fromMillis(8.64e15, { zone: 'Europe/Dublin' }).invalidExplanation)", "undefined"),
        ("String(DateTime.invalid('invalid input').invalidExplanation)", "null"),
        ("DateTime.now().startOf()", "Invalid unit undefined"),
        ("DateTime.now().plus('1')", "Unknown duration argument 1 of type string"),
    ]);
}

#[test]
fn dates_are_written_in_every_form() {
    check(&[
        (
            "DateTime.now().toFormat(\"yyyy-MM-dd'T'HH 'o''clock' ccc LLL ooo ZZZZ z q\")",
            "2024-03-10T11 oclock Sun Mar 070 EDT America/New_York 1",
        ),
        ("DateTime.now().toLocaleString(DateTime.DATETIME_FULL)", "March 10, 2024 at 11:45 AM EDT"),
        ("DateTime.now().toLocaleString()", "3/10/2024"),
        ("DateTime.now().setLocale('fr').toFormat('EEEE d MMMM')", "dimanche 10 mars"),
        ("DateTime.now().toSQL()", "2024-03-10 11:45:30.250 -04:00"),
        ("DateTime.now().minus({ days: 3 }).toRelative()", "3 days ago"),
        ("DateTime.now().plus({ days: 1 }).toRelativeCalendar()", "tomorrow"),
        ("JSON.stringify({ now: DateTime.now() })", "{\"now\":\"2024-03-10T11:45:30.250-04:00\"}"),
    ]);
}

#[test]
fn durations_convert_and_are_written() {
    check(&[
        ("Duration.fromISO('P1DT2H').as('hours')", "26"),
        (
            "JSON.stringify(Duration.fromObject({ minutes: 90 }).shiftTo('hours', 'minutes').toObject())",
            "{\"hours\":1,\"minutes\":30}",
        ),
        ("Duration.fromObject({ months: 1 }).as('days')", "30"),
        ("Duration.fromObject({ months: 1 }, { conversionAccuracy: 'longterm' }).as('days')", "30.436875"),
        ("Duration.fromObject({ years: 2.5, days: -70, hours: 45 }).normalize().toISO()", "P1Y478DT33H"),
        ("Duration.fromObject({ hours: 50, minutes: 0 }).rescale()", "P2DT2H"),
        ("Duration.fromMillis(90061001).toFormat('d hh:mm:ss.SSS')", "1 01:01:01.001"),
        ("Duration.fromObject({ seconds: -90 }).toFormat('m:ss', { signMode: 'negativeLargestOnly' })", "-1:30"),
        ("Duration.fromObject({ days: 1, hours: 3.25 }).toHuman({ listStyle: 'long' })", "1 day and 3.25 hours"),
        ("Duration.fromObject({ quarters: 1 }).toHuman()", "Invalid unit argument for Intl.NumberFormat() 'quarter'"),
        ("Duration.fromMillis(1).toFormat('h'.repeat(22))", "minimumIntegerDigits value is out of range."),
        ("Duration.fromISO('bad').invalidReason", "unparsable"),
        ("Duration.fromObject({ days: 'x' })", "Invalid unit value x"),
        ("Duration.fromObject(null)", "Duration.fromObject: argument expected to be an object, got null"),
    ]);
}

#[test]
fn intervals_divide_and_combine() {
    check(&[
        ("Interval.fromISO('2024-03-09/P2D')", "[2024-03-09T00:00:00.000-05:00 – 2024-03-11T00:00:00.000-04:00)"),
        ("Interval.fromISO('2024-03-09/P2D').length('hours')", "47"),
        ("Interval.fromISO('2024-03-09T12:00/P2D').count('days')", "3"),
        (
            "Interval.fromISO('2024-01-01/P1W').splitBy({ days: 3 }).map((i) => i.toISODate()).join()",
            "2024-01-01/2024-01-04,2024-01-04/2024-01-07,2024-01-07/2024-01-08",
        ),
        ("Interval.fromISO('2024-01-01/P1D').divideEqually(2).length", "2"),
        (
            "Interval.merge([Interval.fromISO('2024-01-03/P2D'), Interval.fromISO('2024-01-01/P2D')]).join()",
            "[2024-01-01T00:00:00.000-05:00 – 2024-01-05T00:00:00.000-05:00)",
        ),
        (
            "Interval.fromISO('2024-01-01/P4D').difference(Interval.fromISO('2024-01-02/P1D')).map((i) => i.toISODate()).join()",
            "2024-01-01/2024-01-02,2024-01-03/2024-01-05",
        ),
        ("Interval.fromISO('2024-01-02/2024-01-01').invalidReason", "end before start"),
        ("Interval.fromISO('2024-01-04/P3D').toLocaleString(DateTime.DATE_MED)", "Jan 4\u{2009}–\u{2009}7, 2024"),
        (
            "JSON.stringify(Interval.invalid('x'))",
            "{\"invalid\":{\"reason\":\"x\",\"explanation\":null},\"isLuxonInterval\":true}",
        ),
        ("Interval.fromISO('2024-01-01/P9Y').splitBy(1)", "Invalid array length"),
    ]);
}

#[test]
fn names_of_zones_follow_their_history() {
    check(&[
        ("DateTime.fromISO('2024-07-01', { zone: 'Europe/Berlin' }).offsetNameLong", "Central European Summer Time"),
        ("DateTime.fromISO('2024-07-01', { zone: 'Europe/Berlin' }).offsetNameShort", "GMT+2"),
        ("DateTime.fromISO('1969-07-01', { zone: 'America/New_York' }).offsetNameShort", "GMT-4"),
        ("DateTime.fromISO('2024-07-01', { zone: 'utc+5:30' }).offsetNameShort", "UTC+5:30"),
        ("DateTime.fromISO('2024-07-01', { zone: 'PST' }).offset", "-420"),
        ("DateTime.fromMillis(0, { zone: '' }).zone.offsetName(0, { format: 'long' })", "Coordinated Universal Time"),
        ("DateTime.fromMillis(0, { zone: '' }).zone.offsetName(0, {})", "UTC"),
    ]);
}

#[test]
fn dates_are_written_in_other_locales() {
    check(&[
        ("DateTime.now().setLocale('de').toLocaleString(DateTime.DATETIME_MED)", "10. M\u{e4}rz 2024, 11:45"),
        ("DateTime.now().toLocaleString(DateTime.DATE_FULL, { locale: 'fr' })", "10 mars 2024"),
        ("DateTime.now().setLocale('en-GB').toLocaleString()", "10/03/2024"),
        ("DateTime.now().setLocale('es').monthLong", "marzo"),
        ("new Date(0).toLocaleDateString('de-DE')", "1.1.1970"),
        ("new Date(0).toLocaleDateString('de-DE', { timeZone: 'America/New_York', dateStyle: 'short' })", "31.12.69"),
        ("new Date(0).toLocaleString()", "1/1/1970, 12:00:00 AM"),
        ("new Date(0).toLocaleTimeString('en-US', { hour: '2-digit', minute: '2-digit' })", "12:00 AM"),
        ("new Date(NaN).toLocaleString()", "Invalid Date"),
        ("new Date(0).toLocaleDateString('x')", "Incorrect locale information provided"),
        ("new Intl.DateTimeFormat('en-US', { timeZone: 'UTC' }).format(new Date(0))", "1/1/1970"),
        ("new Intl.DateTimeFormat('fr', { dateStyle: 'full' }).format(0)", "jeudi 1 janvier 1970"),
        ("new Intl.DateTimeFormat('en', { timeZone: 'nowhere' })", "Invalid time zone specified: nowhere"),
    ]);
}

/// Anything as a time value, with those at the ends of JavaScript's time.
fn any_time() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), -8.64e15..8.64e15, Just(8.64e15), Just(-8.64e15), -1e12..3e12]
}

fn any_zone() -> impl Strategy<Value = String> {
    let known =
        prop::sample::select(vec!["America/New_York", "utc+14", "UTC", "local", "Australia/Lord_Howe", "+05:30"]);
    prop_oneof![known.prop_map(str::to_owned), ".{0,12}"]
}

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in "\\PC*|[-+0-9TWZ:., /]{0,40}", format in "[a-zA-Z' :/.-]{0,20}|\\PC{0,20}") {
        let settings = Settings { now: NOW, default_zone: Zone::iana("America/New_York") };
        let options = ParseOptions { zone: Zone::UTC, set_zone: true, locale: Locale::default() };
        let french = Locale::new(LocaleOptions { locale: Some("fr".into()), ..LocaleOptions::default() });
        for parser in [DateTime::from_iso, DateTime::from_sql, DateTime::from_http, DateTime::from_rfc2822] {
            drop(parser(&text, &options, &settings));
        }
        drop(DateTime::from_format(&text, &format, &french, &options, &settings));
        drop(Interval::from_iso(&text, &options, &settings));
        let _ = (parse::duration(&text), parse::duration_of_time(&text));
    }

    #[test]
    fn every_time_can_be_written_and_moved(ts in any_time(), zone in any_zone(), format in "[a-zA-Z']{0,12}", amounts in prop::array::uniform9(any::<f64>())) {
        let settings = Settings::default();
        let date = DateTime::new(ts, Zone::parse(&zone, &Zone::UTC), Locale::default());
        let values: Values = Unit::ALL.into_iter().zip(amounts).collect();
        let duration = Duration::from_values(values);
        for date in [date.plus(&duration), date.set_zone(&Zone::iana("Asia/Tokyo"), true, &settings), date] {
            prop_assert_eq!(date.to_iso_default().is_some(), date.is_valid());
            drop(date.to_format(&format, &Locale::default()));
            drop((date.to_sql(&SqlTimeOptions::default()), date.to_http(&settings), date.to_iso_week_date(), date.possible_offsets()));
            for unit in Unit::ALL {
                drop((date.start_of(unit, true), date.end_of(unit, false)));
            }
            drop(date.to_relative(&RelativeOptions::default(), &settings));
        }
        drop((duration.to_iso(), duration.rescale(), duration.to_human(&HumanFormat::default())));
    }

    #[test]
    fn what_iso_writes_it_reads(ts in -6.0e13_f64..2.5e14, zone in prop::sample::select(vec!["Asia/Kathmandu", "UTC", "America/New_York"])) {
        let settings = Settings::default();
        let date = DateTime::new(ts.trunc(), Zone::iana(zone), Locale::default());
        let options = ParseOptions { zone: Zone::iana(zone), set_zone: false, locale: Locale::default() };
        let text = date.to_iso_default().unwrap_or_default();
        let read = DateTime::from_iso(&text, &options, &settings).expect("no error");
        // Offsets of seconds, before there was standard time, are not written.
        if date.offset().fract() == 0.0 {
            prop_assert_eq!(read.ts(), date.ts(), "{}", text);
        }
    }
}
