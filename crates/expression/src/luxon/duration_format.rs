//! How a duration is written: ISO 8601, by a format, for people.

use super::{
    Error,
    datetime::{DateTime, IsoOptions},
    duration::Duration,
    format::Tokens,
    intl::number::{ListKind, NumberFormat, SignDisplay, Style, format_list, format_unit},
    locale::Locale,
    math::js_round,
    text::js_number,
    unit::Unit,
    zone::Zone,
};

/// The text of an invalid duration.
pub const INVALID_DURATION: &str = "Invalid Duration";

/// Which amounts of a negative duration carry a sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignMode {
    /// Each negative amount.
    #[default]
    Negative,
    /// The largest unit alone.
    NegativeLargestOnly,
    /// All amounts.
    All,
}

/// Options of [`Duration::to_format`].
#[derive(Clone, Copy, Debug)]
pub struct DurationFormat {
    /// Whether amounts are rounded down to whole numbers.
    pub floor: bool,
    /// Which amounts carry a sign.
    pub sign_mode: SignMode,
    /// How numbers are written.
    pub number: NumberFormat,
}

/// Options of [`Duration::to_human`].
#[derive(Clone, Copy, Debug)]
pub struct HumanFormat {
    /// Whether units whose amount is 0 are written.
    pub show_zeros: bool,
    /// How long units are written.
    pub unit_display: Style,
    /// How the parts are joined.
    pub list_style: Style,
    /// What kind of list it is.
    pub list_kind: ListKind,
    /// How numbers are written.
    pub number: NumberFormat,
}

impl Default for HumanFormat {
    fn default() -> Self {
        HumanFormat {
            show_zeros: true,
            unit_display: Style::Long,
            list_style: Style::Narrow,
            list_kind: ListKind::Conjunction,
            number: NumberFormat::default(),
        }
    }
}

impl Duration {
    /// `P1DT2H`; `None` if invalid.
    pub fn to_iso(&self) -> Option<String> {
        if !self.is_valid() {
            return None;
        }
        let mut out = String::from("P");
        let mut push = |amount: f64, present: bool, designator: &str| {
            if present {
                out.push_str(&js_number(amount));
                out.push_str(designator);
            }
        };
        let get = |unit| self.get(unit);
        let (months, quarters) = (get(Unit::Months), get(Unit::Quarters));
        push(get(Unit::Years), get(Unit::Years) != 0.0, "Y");
        push(months + quarters * 3.0, months != 0.0 || quarters != 0.0, "M");
        push(get(Unit::Weeks), get(Unit::Weeks) != 0.0, "W");
        push(get(Unit::Days), get(Unit::Days) != 0.0, "D");
        let (hours, minutes) = (get(Unit::Hours), get(Unit::Minutes));
        let (seconds, millis) = (get(Unit::Seconds), get(Unit::Milliseconds));
        let has_seconds = seconds != 0.0 || millis != 0.0;
        if hours != 0.0 || minutes != 0.0 || has_seconds {
            out.push('T');
        }
        let mut push = |amount: f64, present: bool, designator: &str| {
            if present {
                out.push_str(&js_number(amount));
                out.push_str(designator);
            }
        };
        push(hours, hours != 0.0, "H");
        push(minutes, minutes != 0.0, "M");
        push(js_round((seconds + millis / 1000.0) * 1000.0) / 1000.0, has_seconds, "S");
        if out == "P" {
            out.push_str("T0S");
        }
        Some(out)
    }

    /// The duration as a time of day; `None` if it is none.
    pub fn to_iso_time(&self, options: &IsoOptions) -> Option<String> {
        let millis = self.to_millis();
        if !(0.0..86_400_000.0).contains(&millis) {
            return None;
        }
        let options = IsoOptions { include_offset: false, ..options.clone() };
        DateTime::new(millis, Zone::UTC, Locale::default()).to_iso_time(&options)
    }

    /// Writes the duration by a format, `hh:mm:ss` for example. No number has more than 21 digits as its least.
    pub fn to_format(&self, format: &str, options: &DurationFormat) -> Result<String, Error> {
        const MOST_DIGITS: usize = 21;
        if !self.is_valid() {
            return Ok(INVALID_DURATION.into());
        }
        let tokens: Vec<_> = Tokens::new(format).collect();
        let units: Vec<_> = tokens.iter().filter(|t| !t.literal).filter_map(|t| unit_of_token(&t.text)).collect();
        let shifted = self.shift_to(&units);
        let negative = shifted.to_millis() < 0.0;
        let largest = shifted.values.iter().next().map(|(unit, _)| unit);
        let mut out = String::new();
        for token in tokens {
            match unit_of_token(&token.text).filter(|_| !token.literal) {
                None => out.push_str(&token.text),
                Some(unit) => {
                    let is_largest = Some(unit) == largest;
                    let width = token.text.chars().count();
                    if width > MOST_DIGITS {
                        return Err(Error::range("minimumIntegerDigits value is out of range."));
                    }
                    out.push_str(&options.amount(shifted.get(unit), width, is_largest, negative));
                }
            }
        }
        Ok(out)
    }

    /// `1 day, 3 hours`; an error for quarters, which Intl has no words for.
    pub fn to_human(&self, options: &HumanFormat) -> Result<String, Error> {
        if !self.is_valid() {
            return Ok(INVALID_DURATION.into());
        }
        let parts = Unit::ALL
            .into_iter()
            .filter_map(|unit| self.values.get(unit).map(|amount| (unit, amount)))
            .filter(|(_, amount)| options.show_zeros || *amount != 0.0)
            .map(|(unit, amount)| format_unit(amount, unit, options.unit_display, &options.number))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(format_list(&parts, options.list_kind, options.list_style))
    }
}

impl Default for DurationFormat {
    fn default() -> Self {
        DurationFormat { floor: true, sign_mode: SignMode::Negative, number: NumberFormat::default() }
    }
}

impl DurationFormat {
    fn amount(&self, amount: f64, width: usize, is_largest: bool, negative: bool) -> String {
        let largest_only = self.sign_mode == SignMode::NegativeLargestOnly;
        let inverted = largest_only && negative && !is_largest;
        let amount = if inverted { -amount } else { amount };
        let sign_display = match self.sign_mode {
            SignMode::NegativeLargestOnly if !is_largest => SignDisplay::Never,
            SignMode::All => SignDisplay::Always,
            _ => SignDisplay::Auto,
        };
        let number = NumberFormat { minimum_integer_digits: width, sign_display, ..self.number };
        number.format(if self.floor { amount.floor() } else { amount })
    }
}

fn unit_of_token(token: &str) -> Option<Unit> {
    Some(match token.chars().next()? {
        'S' => Unit::Milliseconds,
        's' => Unit::Seconds,
        'm' => Unit::Minutes,
        'h' => Unit::Hours,
        'd' => Unit::Days,
        'w' => Unit::Weeks,
        'M' => Unit::Months,
        'y' => Unit::Years,
        _ => return None,
    })
}
