//! How each locale writes numbers: CLDR's data, as ICU answers it.

use std::{collections::HashMap, sync::LazyLock};

/// A locale's conventions. Patterns have `#` for the number, `-` for the minus sign, `%` and `¤` for the symbols.
#[derive(Debug)]
pub(super) struct Conventions {
    pub(super) decimal: &'static str,
    pub(super) group: &'static str,
    pub(super) minus: &'static str,
    pub(super) zero: char,
    /// Digits of the group before the decimal sign, and of the others.
    pub(super) group_sizes: (usize, usize),
    /// Digits that must stand before the first group.
    pub(super) minimum_grouping: usize,
    pub(super) percent: [&'static str; 2],
    pub(super) percent_sign: &'static str,
    pub(super) currency: [&'static str; 2],
    /// Decimal sign and separator of groups in amounts of money, where they differ.
    pub(super) currency_decimal: &'static str,
    pub(super) currency_group: &'static str,
    pub(super) nan: &'static str,
    pub(super) infinity: &'static str,
    symbols: HashMap<&'static str, &'static str>,
    parent: Option<&'static str>,
}

static LOCALES: LazyLock<HashMap<String, Conventions>> = LazyLock::new(|| {
    let rows = include_str!("../data/numbers.tsv").lines();
    rows.filter_map(|line| Some((line.split('\t').next()?.to_ascii_lowercase(), read(line)?))).collect()
});

fn read(line: &'static str) -> Option<Conventions> {
    let fields: Vec<&str> = line.split('\t').collect();
    let field = |index: usize| fields.get(index).copied().unwrap_or_default();
    let sizes = field(5);
    Some(Conventions {
        parent: field(0).split_once('-').map(|(language, _)| language),
        decimal: field(1),
        group: field(2),
        minus: field(3),
        zero: field(4).chars().next()?,
        group_sizes: (sizes.get(..1)?.parse().ok()?, sizes.get(1..)?.parse().ok()?),
        minimum_grouping: field(6).parse().ok()?,
        percent: [field(7), field(8)],
        percent_sign: field(9),
        currency: [field(10), field(11)],
        currency_decimal: or(field(12), field(1)),
        currency_group: or(field(13), field(2)),
        nan: field(14),
        infinity: field(15),
        symbols: field(16).split(';').filter_map(|entry| entry.split_at_checked(3)).collect(),
    })
}

fn or(text: &'static str, default: &'static str) -> &'static str {
    if text.is_empty() { default } else { text }
}

impl Conventions {
    /// The conventions of a resolved tag.
    pub(super) fn of(tag: &str) -> &'static Conventions {
        resolve(tag).and_then(|tag| LOCALES.get(&tag)).unwrap_or_else(|| &LOCALES["en"])
    }

    /// The symbol of a currency, by default its code.
    pub(super) fn currency_symbol<'a>(&self, code: &'a str) -> &'a str
    where
        'static: 'a,
    {
        match (self.symbols.get(code), self.parent) {
            (Some(symbol), _) => symbol,
            (None, Some(parent)) => LOCALES.get(parent).map_or(code, |parent| parent.currency_symbol(code)),
            (None, None) => code,
        }
    }
}

/// The closest tag whose conventions are known, in lower case; `None` for an unknown language.
pub(crate) fn resolve(tag: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let mut tag = lower.split("-u-").next().unwrap_or_default();
    if matches!(tag, "zh-tw" | "zh-mo") {
        tag = "zh-hant";
    } else if tag == "zh-hk" {
        tag = "zh-hant-hk";
    } else if matches!(tag, "no" | "no-no") {
        tag = "nb";
    }
    loop {
        if LOCALES.contains_key(tag) {
            return Some(tag.to_owned());
        }
        tag = tag.rsplit_once('-')?.0;
    }
}
