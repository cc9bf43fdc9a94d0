//! Names of months, weekdays, eras and halves of the day, by locale.

use std::{collections::HashMap, sync::OnceLock};

use crate::luxon::{
    english::{self, Width},
    locale::Locale,
};

/// CLDR's names, a line per locale: its tag, then months (long, short, narrow, each alone and within a date),
/// weekdays alike, halves of the day, eras (short, long, narrow).
const TABLE: &str = include_str!("locale_names.tsv");

type Row = Vec<Vec<&'static str>>;

/// The names of one locale.
#[derive(Clone, Copy)]
pub(crate) enum Names {
    English,
    Table(&'static Row),
}

impl Names {
    /// The names of a locale; English where the table has none.
    pub(crate) fn of(locale: &Locale) -> Names {
        if locale.is_plain_english() {
            return Names::English;
        }
        let tag = locale.tag().split("-u-").next().unwrap_or_default().to_ascii_lowercase();
        let table = table();
        match table.get(tag.as_str()).or_else(|| table.get(locale.language().as_str())) {
            Some(row) => Names::Table(row),
            None => Names::English,
        }
    }

    pub(crate) fn month(&self, month: u8, width: Width, standalone: bool) -> &'static str {
        match self {
            Names::English => english::month(month, width),
            Names::Table(row) => pick(row, column(0, width, standalone), month),
        }
    }

    pub(crate) fn weekday(&self, weekday: u8, width: Width, standalone: bool) -> &'static str {
        match self {
            Names::English => english::weekday(weekday, width),
            Names::Table(row) => pick(row, column(6, width, standalone), weekday),
        }
    }

    pub(crate) fn meridiem(&self, hour: u8) -> &'static str {
        match self {
            Names::English => english::meridiem(hour),
            Names::Table(row) => pick(row, 12, if hour < 12 { 1 } else { 2 }),
        }
    }

    pub(crate) fn era(&self, year: i32, width: Width) -> &'static str {
        let column = match width {
            Width::Short => 13,
            Width::Long => 14,
            Width::Narrow => 15,
        };
        match self {
            Names::English => english::era(year, width),
            Names::Table(row) => pick(row, column, if year <= 0 { 1 } else { 2 }),
        }
    }

    /// All months, for parsing.
    pub(crate) fn months(&self, width: Width, standalone: bool) -> Vec<&'static str> {
        (1..=12).map(|month| self.month(month, width, standalone)).collect()
    }

    /// All weekdays from Monday, for parsing.
    pub(crate) fn weekdays(&self, width: Width, standalone: bool) -> Vec<&'static str> {
        (1..=7).map(|weekday| self.weekday(weekday, width, standalone)).collect()
    }
}

fn column(first: usize, width: Width, standalone: bool) -> usize {
    let width = match width {
        Width::Long => 0,
        Width::Short => 2,
        Width::Narrow => 4,
    };
    first + width + usize::from(!standalone)
}

fn pick(row: &'static Row, column: usize, number: u8) -> &'static str {
    row.get(column).and_then(|names| names.get(usize::from(number).saturating_sub(1))).copied().unwrap_or_default()
}

fn table() -> &'static HashMap<String, Row> {
    static PARSED: OnceLock<HashMap<String, Row>> = OnceLock::new();
    PARSED.get_or_init(|| {
        TABLE
            .lines()
            .filter_map(|line| {
                let (tag, names) = line.split_once('\t')?;
                Some((tag.to_ascii_lowercase(), names.split('\t').map(|list| list.split('|').collect()).collect()))
            })
            .collect()
    })
}
