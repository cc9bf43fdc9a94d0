//! English names of time zones: `EST`, `Central European Summer Time`, `GMT+5:30`.

use std::{collections::HashMap, sync::OnceLock};

use crate::luxon::{english::Width, math::time_clip, zone::Zone};

/// CLDR's names. `N` lines: a long and a short name (empty: the offset is written). `Z` lines: zones that share
/// their names, then periods, each the minute it starts at and the names by offset: `from:offset=name,...`.
const TABLE: &str = include_str!("zone_names.tsv");

const UTC: &str = "Coordinated Universal Time";

/// Names of summer time that belong to one zone: they stand at any time, those of regions from 1970 to 9999.
const OWN: [&str; 2] = ["British Summer Time", "Irish Standard Time"];

/// 27 October 1968: from then into 1971 the zones with names of their own were ahead of Greenwich all year round.
const BRITISH_STANDARD_TIME: f64 = -37_242_000_000.0;

struct Table {
    names: Vec<(&'static str, &'static str)>,
    zones: HashMap<String, &'static str>,
}

/// The name of a zone's offset at a time, as `Intl` writes it for en-US.
pub(crate) fn offset_name(zone: &Zone, ts: f64, width: Width) -> String {
    match zone {
        Zone::Fixed(_) => zone.name(),
        Zone::System if width == Width::Long => UTC.into(),
        Zone::System => "UTC".into(),
        Zone::Invalid(_) => String::new(),
        // luxon gives Intl no zone where its name is empty, and Intl then takes the system's.
        Zone::Iana(_) if zone.name().is_empty() => offset_name(&Zone::System, ts, width),
        Zone::Iana(_) => {
            let ts = time_clip(ts);
            let offset = zone.raw_offset(ts);
            named(&zone.name(), ts, offset, width).unwrap_or_else(|| offset_text(offset, width))
        }
    }
}

/// `GMT-3`, or `GMT-03:00` where it is long.
pub(crate) fn offset_text(offset: f64, width: Width) -> String {
    let seconds = (offset.abs() * 60.0).round() as i64;
    let sign = if offset < 0.0 { '-' } else { '+' };
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut out = match width {
        Width::Long => format!("GMT{sign}{hours:02}:{minutes:02}"),
        _ if minutes == 0 && seconds == 0 => format!("GMT{sign}{hours}"),
        _ => format!("GMT{sign}{hours}:{minutes:02}"),
    };
    if seconds != 0 {
        out.push_str(&format!(":{seconds:02}"));
    }
    out
}

fn named(zone: &str, ts: f64, offset: f64, width: Width) -> Option<String> {
    let table = table();
    let periods = table.zones.get(zone).or_else(|| table.zones.get(&zone.to_ascii_lowercase()))?;
    if !(0.0..253_402_300_743_588.0).contains(&ts) {
        return own_name(table, periods, ts, offset, width);
    }
    let minute = ts / 60_000.0;
    let (_, names) = periods
        .split(' ')
        .filter_map(|period| period.split_once(':'))
        .take_while(|(from, _)| *from == "0" || from.parse::<f64>().is_ok_and(|from| from <= minute))
        .last()?;
    let index = names.split(',').filter_map(|entry| entry.split_once('=')).find_map(|(of, index)| {
        let matches = of.parse::<f64>().is_ok_and(|of| (of - offset).abs() < 0.01);
        if matches { index.parse::<usize>().ok() } else { None }
    })?;
    chosen(table.names.get(index)?, width)
}

/// A name before 1970 or after 9999.
fn own_name(table: &Table, periods: &str, ts: f64, offset: f64, width: Width) -> Option<String> {
    let last = periods.rsplit([' ', ':']).next()?;
    let names = last.split(',').filter_map(|entry| table.names.get(entry.split_once('=')?.1.parse::<usize>().ok()?));
    let is_summer = offset > 0.0 && !(BRITISH_STANDARD_TIME..0.0).contains(&ts);
    let mut own = names.filter(|(long, _)| *long == UTC || is_summer && OWN.contains(long));
    chosen(own.next()?, width)
}

fn chosen((long, short): &(&str, &str), width: Width) -> Option<String> {
    let name = if width == Width::Long { long } else { short };
    (!name.is_empty()).then(|| (*name).to_owned())
}

fn table() -> &'static Table {
    static PARSED: OnceLock<Table> = OnceLock::new();
    PARSED.get_or_init(|| {
        let mut parsed = Table { names: Vec::new(), zones: HashMap::new() };
        for line in TABLE.lines() {
            let mut fields = line.split('\t');
            match (fields.next(), fields.next(), fields.next()) {
                (Some("N"), Some(long), Some(short)) => parsed.names.push((long, short)),
                (Some("Z"), Some(zones), Some(periods)) => {
                    for zone in zones.split(' ') {
                        parsed.zones.insert(zone.to_owned(), periods);
                        parsed.zones.insert(zone.to_ascii_lowercase(), periods);
                    }
                }
                _ => {}
            }
        }
        parsed
    })
}
