//! `Intl.NumberFormat` and `Intl.ListFormat` in English, as far as durations use them.

use crate::luxon::{Error, unit::Unit};

/// When a sign is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignDisplay {
    /// Negative numbers, -0 too.
    #[default]
    Auto,
    /// Every number.
    Always,
    /// No number.
    Never,
    /// Every number but 0.
    ExceptZero,
    /// Negative numbers, but not -0.
    Negative,
}

/// How a number is written.
#[derive(Clone, Copy, Debug)]
pub struct NumberFormat {
    /// At least so many digits before the point.
    pub minimum_integer_digits: usize,
    /// At least so many digits after the point.
    pub minimum_fraction_digits: usize,
    /// At most so many digits after the point, the rest rounded half away from zero.
    pub maximum_fraction_digits: usize,
    /// Commas between thousands.
    pub use_grouping: bool,
    /// When a sign is written.
    pub sign_display: SignDisplay,
}

impl Default for NumberFormat {
    fn default() -> Self {
        NumberFormat {
            minimum_integer_digits: 1,
            minimum_fraction_digits: 0,
            maximum_fraction_digits: 3,
            use_grouping: false,
            sign_display: SignDisplay::Auto,
        }
    }
}

impl NumberFormat {
    pub(crate) fn format(&self, number: f64) -> String {
        if number.is_nan() {
            return if self.sign_display == SignDisplay::Always { "+NaN".into() } else { "NaN".into() };
        }
        let digits = if number.is_infinite() { "∞".to_owned() } else { self.digits(number.abs()) };
        let zero = !digits.contains(|c: char| matches!(c, '1'..='9' | '∞'));
        let negative = number.is_sign_negative();
        let sign = match self.sign_display {
            SignDisplay::Never => "",
            SignDisplay::Negative | SignDisplay::ExceptZero if zero => "",
            _ if negative => "-",
            SignDisplay::Always | SignDisplay::ExceptZero => "+",
            _ => "",
        };
        format!("{sign}{digits}")
    }

    fn digits(&self, magnitude: f64) -> String {
        // Display writes the shortest digits that are this number, as Intl rounds from.
        let text = format!("{magnitude}");
        let (integer, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let (integer, fraction) = round(integer, fraction, self.maximum_fraction_digits);
        let mut fraction = fraction.trim_end_matches('0').to_owned();
        while fraction.len() < self.minimum_fraction_digits {
            fraction.push('0');
        }
        let integer = format!("{integer:0>width$}", width = self.minimum_integer_digits);
        let integer = if self.use_grouping { group(&integer) } else { integer };
        if fraction.is_empty() { integer } else { format!("{integer}.{fraction}") }
    }
}

/// Rounds decimal digits half up.
fn round(integer: &str, fraction: &str, keep: usize) -> (String, String) {
    if fraction.len() <= keep {
        return (integer.to_owned(), fraction.to_owned());
    }
    let mut digits: Vec<u8> = integer.bytes().chain(fraction.bytes().take(keep)).collect();
    if fraction.as_bytes()[keep] >= b'5' {
        let mut carried = true;
        for digit in digits.iter_mut().rev() {
            if *digit == b'9' {
                *digit = b'0';
            } else {
                *digit += 1;
                carried = false;
                break;
            }
        }
        if carried {
            digits.insert(0, b'1');
        }
    }
    let text: String = digits.into_iter().map(char::from).collect();
    let (integer, fraction) = text.split_at(text.len() - keep);
    (integer.to_owned(), fraction.to_owned())
}

fn group(integer: &str) -> String {
    let mut out = String::with_capacity(integer.len() * 4 / 3);
    for (index, digit) in integer.chars().enumerate() {
        if index > 0 && (integer.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// How long a unit or the joints of a list are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `2 years`; `a, b, and c`.
    Long,
    /// `2 yrs`; `a, b, & c`.
    Short,
    /// `2y`; `a, b, c`.
    Narrow,
}

/// A number with its unit.
pub(crate) fn format_unit(number: f64, unit: Unit, style: Style, format: &NumberFormat) -> Result<String, Error> {
    let digits = format.format(number);
    let one = matches!(digits.as_str(), "1" | "-1" | "+1");
    let (long, short, short_plural, narrow) = match unit {
        Unit::Years => ("year", "yr", "yrs", "y"),
        Unit::Quarters => {
            return Err(Error::range("Invalid unit argument for Intl.NumberFormat() 'quarter'"));
        }
        Unit::Months => ("month", "mth", "mths", "m"),
        Unit::Weeks => ("week", "wk", "wks", "w"),
        Unit::Days => ("day", "day", "days", "d"),
        Unit::Hours => ("hour", "hr", "hr", "h"),
        Unit::Minutes => ("minute", "min", "min", "m"),
        Unit::Seconds => ("second", "sec", "sec", "s"),
        Unit::Milliseconds => ("millisecond", "ms", "ms", "ms"),
    };
    Ok(match style {
        Style::Narrow => format!("{digits}{narrow}"),
        Style::Short => format!("{digits} {}", if one { short } else { short_plural }),
        Style::Long => format!("{digits} {long}{}", if one { "" } else { "s" }),
    })
}

/// What a list stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// All of it.
    Conjunction,
    /// One of it.
    Disjunction,
    /// Parts of a measure.
    Unit,
}

/// Joins a list as English does.
pub(crate) fn format_list(items: &[String], kind: ListKind, style: Style) -> String {
    let (between, two, last) = match (kind, style) {
        (ListKind::Conjunction, Style::Long) => (", ", " and ", ", and "),
        (ListKind::Conjunction, Style::Short) => (", ", " & ", ", & "),
        (ListKind::Disjunction, _) => (", ", " or ", ", or "),
        (ListKind::Unit, Style::Narrow) => (" ", " ", " "),
        _ => (", ", ", ", ", "),
    };
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first, second] => format!("{first}{two}{second}"),
        [rest @ .., end] => format!("{}{last}{end}", rest.join(between)),
    }
}
