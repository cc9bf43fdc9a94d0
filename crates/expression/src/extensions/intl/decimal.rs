//! Decimal numbers of any length, and their rounding.

/// A number as its decimal digits: 0.d₁d₂d₃… times a power of ten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) negative: bool,
    /// Without zeros at either end; empty for zero.
    digits: Vec<u8>,
    /// How many digits stand before the decimal point; negative for zeros after it.
    point: i32,
}

/// What becomes of digits that are cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Rounding {
    Ceil,
    Floor,
    Expand,
    Trunc,
    HalfCeil,
    HalfFloor,
    #[default]
    HalfExpand,
    HalfTrunc,
    HalfEven,
}

impl Rounding {
    pub(super) fn named(name: &str) -> Self {
        match name {
            "ceil" => Self::Ceil,
            "floor" => Self::Floor,
            "expand" => Self::Expand,
            "trunc" => Self::Trunc,
            "halfCeil" => Self::HalfCeil,
            "halfFloor" => Self::HalfFloor,
            "halfTrunc" => Self::HalfTrunc,
            "halfEven" => Self::HalfEven,
            _ => Self::HalfExpand,
        }
    }
}

impl Decimal {
    /// Reads a finite number as JavaScript writes it: `-12.5`, `1e+21`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: Option<Vec<u8>> =
            whole.chars().chain(fraction.chars()).map(|char| u8::try_from(char.to_digit(10)?).ok()).collect();
        let exponent: i32 = exponent.parse().ok()?;
        let mut decimal =
            Self { negative, digits: digits?, point: i32::try_from(whole.len()).ok()?.checked_add(exponent)? };
        decimal.trim();
        Some(decimal)
    }

    fn trim(&mut self) {
        let zeros = self.digits.iter().take_while(|digit| **digit == 0).count();
        self.digits.drain(..zeros);
        self.point -= i32::try_from(zeros).unwrap_or(0);
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// The power of ten of the first digit; 0 for zero.
    pub(super) fn magnitude(&self) -> i32 {
        if self.is_zero() { 0 } else { self.point - 1 }
    }

    /// The number times a power of ten.
    pub(super) fn scaled(mut self, power: i32) -> Self {
        if !self.is_zero() {
            self.point += power;
        }
        self
    }

    /// The number rounded to a multiple of a power of ten.
    pub(super) fn rounded(mut self, power: i32, rounding: Rounding) -> Self {
        let kept = self.point - power;
        let Ok(length) = i32::try_from(self.digits.len()) else { return self };
        if kept >= length {
            return self;
        }
        let position = usize::try_from(kept).unwrap_or(0);
        let up = self.rounds_up(kept, rounding);
        self.digits.truncate(position);
        if kept < 0 {
            self.point = power;
        }
        if up {
            self.increment();
        }
        self.trim();
        self
    }

    /// Whether the digits from `kept` on round the rest away from zero.
    fn rounds_up(&self, kept: i32, rounding: Rounding) -> bool {
        use std::cmp::Ordering::{Equal, Greater, Less};
        let cut = usize::try_from(kept).map(|position| &self.digits[position..]).unwrap_or_default();
        let against_half = match cut {
            [] | [0..5, ..] => Less,
            [5] => Equal,
            _ => Greater,
        };
        let is_odd = kept > 0 && self.digits[usize::try_from(kept).unwrap_or(1) - 1] % 2 == 1;
        match rounding {
            Rounding::Ceil => !self.negative,
            Rounding::Floor => self.negative,
            Rounding::Expand => true,
            Rounding::Trunc => false,
            Rounding::HalfCeil => against_half == Greater || (against_half == Equal && !self.negative),
            Rounding::HalfFloor => against_half == Greater || (against_half == Equal && self.negative),
            Rounding::HalfExpand => against_half != Less,
            Rounding::HalfTrunc => against_half == Greater,
            Rounding::HalfEven => against_half == Greater || (against_half == Equal && is_odd),
        }
    }

    /// Adds one at the last digit.
    fn increment(&mut self) {
        while let Some(digit) = self.digits.pop() {
            if digit < 9 {
                self.digits.push(digit + 1);
                return;
            }
        }
        self.digits.push(1);
        self.point += 1;
    }

    /// The digits before the decimal point, at least one.
    pub(super) fn whole(&self) -> String {
        if self.point <= 0 {
            return "0".to_owned();
        }
        (0..self.point).map(|position| self.digit(position)).collect()
    }

    /// The digits after the decimal point, at least so many.
    pub(super) fn fraction(&self, at_least: i32) -> String {
        let length = i32::try_from(self.digits.len()).unwrap_or(0);
        let end = (length - self.point).max(at_least).max(0);
        (0..end).map(|position| self.digit(self.point + position)).collect()
    }

    fn digit(&self, position: i32) -> char {
        let digit = usize::try_from(position).ok().and_then(|position| self.digits.get(position));
        char::from(b'0' + digit.copied().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::{Decimal, Rounding};

    #[test]
    fn rounds() {
        for (text, power, expected) in [
            ("1.005", -2, "1.01"),
            ("-2.5", 0, "-3."),
            ("999.999", -2, "1000."),
            ("0.04", -1, "0."),
            ("0.05", -1, "0.1"),
            ("0.0005", -1, "0."),
            ("1e+21", 0, "1000000000000000000000."),
            ("1.5e-7", -7, "0.0000002"),
            ("150", 2, "200."),
        ] {
            let rounded = Decimal::read(text).unwrap().rounded(power, Rounding::HalfExpand);
            let sign = if rounded.negative { "-" } else { "" };
            assert_eq!(format!("{sign}{}.{}", rounded.whole(), rounded.fraction(0)), expected, "{text}");
        }
    }

    #[test]
    fn rounds_in_every_direction() {
        for (name, positive, negative) in [
            ("ceil", "3", "2"),
            ("floor", "2", "3"),
            ("expand", "3", "3"),
            ("trunc", "2", "2"),
            ("halfCeil", "3", "2"),
            ("halfFloor", "2", "3"),
            ("halfExpand", "3", "3"),
            ("halfTrunc", "2", "2"),
            ("halfEven", "2", "2"),
        ] {
            let round = |text| Decimal::read(text).unwrap().rounded(0, Rounding::named(name)).whole();
            assert_eq!((round("2.5").as_str(), round("-2.5").as_str()), (positive, negative), "{name}");
        }
    }
}
