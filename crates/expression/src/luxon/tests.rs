//! Tests of the classes as JavaScript sees them: tables of expressions and what npm's luxon 3.7 answers.

use rquickjs::{CatchResultExt, Coerced, Context, Runtime};

use super::{Settings, Zone, js};

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
