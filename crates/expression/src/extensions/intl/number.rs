//! `Intl.NumberFormat`: a number in the conventions of a locale.

use super::{
    decimal::{Decimal, Rounding},
    locales::Conventions,
};

/// Resolved options, as ECMA-402 names them.
#[derive(Clone, Debug, Default)]
pub(crate) struct NumberOptions {
    /// A resolved tag.
    pub(crate) locale: String,
    /// `decimal`, `percent`, `currency`.
    pub(crate) style: String,
    pub(crate) currency: String,
    /// `symbol`, `narrowSymbol`, `code`, `name`.
    pub(crate) currency_display: String,
    /// `standard` or `accounting`.
    pub(crate) currency_sign: String,
    pub(crate) minimum_integer_digits: i32,
    /// Minimum and maximum, where digits of the fraction are counted.
    pub(crate) fraction_digits: Option<(i32, i32)>,
    /// Minimum and maximum, where significant digits are counted.
    pub(crate) significant_digits: Option<(i32, i32)>,
    /// Where both are given: whether the one that keeps more counts.
    pub(crate) more_precision: bool,
    pub(crate) rounding_mode: String,
    pub(crate) strips_zeros: bool,
    /// `auto`, `always`, `min2`, `false`.
    pub(crate) grouping: String,
    /// `standard`, `compact`, `scientific`, `engineering`.
    pub(crate) notation: String,
    pub(crate) is_long_compact: bool,
    /// `auto`, `always`, `never`, `exceptZero`, `negative`.
    pub(crate) sign_display: String,
}

/// A piece of a formatted number: its type and its text.
pub(crate) type Part = (&'static str, String);

/// The parts of a number, given as JavaScript writes it.
pub(crate) fn format(text: &str, options: &NumberOptions) -> Vec<Part> {
    let conventions = Conventions::of(&options.locale);
    let formatter = Formatter { options, conventions };
    match text {
        "NaN" => formatter.framed(vec![("nan", conventions.nan.to_owned())], false, true),
        "Infinity" | "-Infinity" => {
            formatter.framed(vec![("infinity", conventions.infinity.to_owned())], text.starts_with('-'), false)
        }
        _ => Decimal::read(text).map_or_else(Vec::new, |number| formatter.number(number)),
    }
}

struct Formatter<'a> {
    options: &'a NumberOptions,
    conventions: &'static Conventions,
}

impl Formatter<'_> {
    fn number(&self, number: Decimal) -> Vec<Part> {
        let number = if self.options.style == "percent" { number.scaled(2) } else { number };
        let negative = number.negative;
        let (rounded, exponent) = self.rounded(number);
        let mut parts = self.digits(&rounded);
        match self.options.notation.as_str() {
            "scientific" | "engineering" => {
                parts.push(("exponentSeparator", "E".to_owned()));
                if exponent < 0 {
                    parts.push(("exponentMinusSign", self.conventions.minus.to_owned()));
                }
                parts.push(("exponentInteger", self.localized(&exponent.abs().to_string())));
            }
            "compact" => {
                if let Some(suffix) = compact_suffix(exponent, self.options.is_long_compact) {
                    if self.options.is_long_compact {
                        parts.push(("literal", " ".to_owned()));
                    }
                    parts.push(("compact", suffix.to_owned()));
                }
            }
            _ => {}
        }
        self.framed(parts, negative, rounded.is_zero())
    }

    /// The number rounded and scaled to its notation, and the power of ten it was scaled by.
    fn rounded(&self, number: Decimal) -> (Decimal, i32) {
        let exponent = self.exponent(number.magnitude());
        let rounded = self.round(number.clone().scaled(-exponent));
        // Rounding up may lead to the next exponent: 999 999 is 1M and not 1000K.
        let next = self.exponent(rounded.magnitude() + exponent);
        if next == exponent { (rounded, exponent) } else { (self.round(number.scaled(-next)), next) }
    }

    fn exponent(&self, magnitude: i32) -> i32 {
        match self.options.notation.as_str() {
            "scientific" => magnitude,
            "engineering" => magnitude.div_euclid(3) * 3,
            "compact" => (magnitude.div_euclid(3) * 3).clamp(0, 12),
            _ => 0,
        }
    }

    fn round(&self, number: Decimal) -> Decimal {
        let by_fraction = self.options.fraction_digits.map(|(_, maximum)| -maximum);
        let by_significance = self.options.significant_digits.map(|(_, maximum)| number.magnitude() + 1 - maximum);
        let power = match (by_fraction, by_significance) {
            (Some(fraction), Some(significance)) if self.options.more_precision => fraction.min(significance),
            (Some(fraction), Some(significance)) => fraction.max(significance),
            (one, other) => one.or(other).unwrap_or(0),
        };
        number.rounded(power, Rounding::named(&self.options.rounding_mode))
    }

    fn digits(&self, number: &Decimal) -> Vec<Part> {
        let is_money = self.options.style == "currency";
        let mut whole = number.whole();
        while whole.len() < usize::try_from(self.options.minimum_integer_digits).unwrap_or(1) {
            whole.insert(0, '0');
        }
        let group = if is_money { self.conventions.currency_group } else { self.conventions.group };
        let mut parts = self.grouped(&whole, group);
        let fraction = number.fraction(self.minimum_fraction(number));
        let is_stripped = self.options.strips_zeros && fraction.bytes().all(|digit| digit == b'0');
        if !fraction.is_empty() && !is_stripped {
            let decimal = if is_money { self.conventions.currency_decimal } else { self.conventions.decimal };
            parts.push(("decimal", decimal.to_owned()));
            parts.push(("fraction", self.localized(&fraction)));
        }
        parts
    }

    fn minimum_fraction(&self, number: &Decimal) -> i32 {
        match (self.options.fraction_digits, self.options.significant_digits) {
            (None, Some((minimum, _))) => minimum - 1 - number.magnitude(),
            (Some((minimum, _)), _) => minimum,
            (None, None) => 0,
        }
    }

    fn grouped(&self, whole: &str, separator: &str) -> Vec<Part> {
        let (first, others) = self.conventions.group_sizes;
        let minimum = match self.options.grouping.as_str() {
            "always" => 1,
            "min2" => 2,
            "auto" => self.conventions.minimum_grouping,
            _ => usize::MAX - first,
        };
        let mut groups = Vec::new();
        let mut rest = whole;
        if whole.len() >= first + minimum {
            let mut size = first;
            while rest.len() > size {
                let (start, group) = rest.split_at(rest.len() - size);
                groups.push(group);
                rest = start;
                size = others;
            }
        }
        groups.push(rest);
        let mut parts = Vec::new();
        for group in groups.into_iter().rev() {
            if !parts.is_empty() {
                parts.push(("group", separator.to_owned()));
            }
            parts.push(("integer", self.localized(group)));
        }
        parts
    }

    /// Digits of the locale's own numbering.
    fn localized(&self, digits: &str) -> String {
        let zero = self.conventions.zero;
        if zero == '0' {
            return digits.to_owned();
        }
        digits
            .chars()
            .map(|char| char.to_digit(10).and_then(|digit| char::from_u32(u32::from(zero) + digit)).unwrap_or(char))
            .collect()
    }

    /// The number with its sign and with the symbols of its style.
    fn framed(&self, number: Vec<Part>, negative: bool, is_zero: bool) -> Vec<Part> {
        let sign = match self.options.sign_display.as_str() {
            "never" => None,
            "always" => Some(negative),
            "exceptZero" => (!is_zero).then_some(negative),
            "negative" => (negative && !is_zero).then_some(true),
            _ => negative.then_some(true),
        };
        let patterns = match self.options.style.as_str() {
            "percent" => self.conventions.percent,
            "currency" if self.options.currency_display == "name" => ["# ¤", "-# ¤"],
            "currency" => self.conventions.currency,
            _ => ["#", "-#"],
        };
        let is_accounting = self.options.style == "currency" && self.options.currency_sign == "accounting";
        if is_accounting && sign == Some(true) && self.options.locale.starts_with("en") {
            let mut parts = vec![("literal", "(".to_owned())];
            parts.extend(self.filled(patterns[0], number, ""));
            parts.push(("literal", ")".to_owned()));
            return parts;
        }
        match sign {
            None => self.filled(patterns[0], number, ""),
            Some(true) => self.filled(patterns[1], number, self.conventions.minus),
            Some(false) => self.filled(patterns[1], number, "+"),
        }
    }

    fn filled(&self, pattern: &'static str, number: Vec<Part>, sign: &str) -> Vec<Part> {
        let sign_type = if sign == "+" { "plusSign" } else { "minusSign" };
        let mut parts: Vec<Part> = Vec::new();
        let mut number = Some(number);
        for char in pattern.chars() {
            match char {
                '#' => parts.extend(number.take().unwrap_or_default()),
                '-' => parts.push((sign_type, sign.to_owned())),
                '%' => parts.push(("percentSign", self.conventions.percent_sign.to_owned())),
                '¤' => parts.push(("currency", self.currency())),
                literal => match parts.last_mut() {
                    Some(("literal", text)) => text.push(literal),
                    _ => parts.push(("literal", literal.to_string())),
                },
            }
        }
        set_apart(&mut parts);
        parts
    }

    fn currency(&self) -> String {
        let code = self.options.currency.as_str();
        match self.options.currency_display.as_str() {
            "code" | "name" => code,
            "narrowSymbol" => narrow_symbol(code).unwrap_or_else(|| self.conventions.currency_symbol(code)),
            _ => self.conventions.currency_symbol(code),
        }
        .to_owned()
    }
}

/// Puts a space between a digit and a currency written in letters.
fn set_apart(parts: &mut Vec<Part>) {
    let Some(at) = parts.iter().position(|(kind, _)| *kind == "currency") else { return };
    let is_digit = |part: Option<&Part>| part.is_some_and(|(kind, _)| matches!(*kind, "integer" | "fraction"));
    let is_letter = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || char == '.');
    let symbol = &parts[at].1;
    if is_letter(symbol.chars().next_back()) && is_digit(parts.get(at + 1)) {
        parts.insert(at + 1, ("literal", "\u{a0}".to_owned()));
    } else if at > 0 && is_letter(symbol.chars().next()) && is_digit(parts.get(at - 1)) {
        parts.insert(at, ("literal", "\u{a0}".to_owned()));
    }
}

fn compact_suffix(exponent: i32, is_long: bool) -> Option<&'static str> {
    Some(match (exponent, is_long) {
        (3, false) => "K",
        (6, false) => "M",
        (9, false) => "B",
        (12, false) => "T",
        (3, true) => "thousand",
        (6, true) => "million",
        (9, true) => "billion",
        (12, true) => "trillion",
        _ => return None,
    })
}

/// Symbols that are short and leave the country open.
fn narrow_symbol(code: &str) -> Option<&'static str> {
    const SYMBOLS: &str = "AFN؋;AMD֏;AOAKz;ARS$;AUD$;AZN₼;BAMKM;BBD$;BDT৳;BMD$;BND$;BOBBs;BRLR$;BSD$;BWPP;BZD$;CAD$;CLP$;\
        CNY¥;COP$;CRC₡;CUC$;CUP$;CZKKč;DKKkr;DOP$;EGPE£;EUR€;FJD$;FKP£;GBP£;GEL₾;GHSGH₵;GIP£;GNFFG;GTQQ;GYD$;HKD$;HNLL;\
        HRKkn;HUFFt;IDRRp;ILS₪;INR₹;ISKkr;JMD$;JPY¥;KGS⃀;KHR៛;KMFCF;KPW₩;KRW₩;KYD$;KZT₸;LAK₭;LBPL£;LKRRs;LRD$;MGAAr;\
        MMKK;MNT₮;MURRs;MXN$;MYRRM;NAD$;NGN₦;NIOC$;NOKkr;NPRRs;NZD$;PHP₱;PKRRs;PLNzł;PYG₲;RONlei;RUB₽;RWFRF;SBD$;SEKkr;\
        SGD$;SHP£;SRD$;SSP£;STNDb;SYP£;THB฿;TOPT$;TRY₺;TTD$;TWD$;UAH₴;USD$;UYU$;VND₫;XCD$;ZARR;ZMWZK";
    SYMBOLS.split(';').find_map(|entry| entry.strip_prefix(code))
}
