//! The tokens of a date.

/// A piece of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A value, of which nine digits count, and how many digits it is written with.
    Number(i64, usize),
    /// One of `:-+.)`.
    Symbol(char),
    /// A word, and its length.
    Word(Keyword, usize),
    Space,
    /// Anything else: punctuation, or text in parentheses.
    Other,
    End,
}

/// What a word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Month(i64),
    /// Hours to add for AM or PM.
    Meridiem(i64),
    /// Hours from UTC.
    Zone(i64),
    TimeSeparator,
    Unknown,
}

impl Token {
    /// 1 or -1 for a sign.
    pub(super) fn sign(self) -> Option<i64> {
        match self {
            Self::Symbol('+') => Some(1),
            Self::Symbol('-') => Some(-1),
            _ => None,
        }
    }

    /// A number of exactly so many digits.
    pub(super) fn fixed_number(self, digits: usize) -> Option<i64> {
        match self {
            Self::Number(number, length) if length == digits => Some(number),
            _ => None,
        }
    }

    pub(super) fn is_z(self) -> bool {
        matches!(self, Self::Word(Keyword::Zone(_), 1))
    }

    /// The number as the digits after a decimal point.
    pub(super) fn milliseconds(self) -> Option<i64> {
        let Self::Number(number, length) = self else { return None };
        let power = u32::try_from(length.min(SIGNIFICANT_DIGITS)).unwrap_or(0);
        Some(if power < 3 { number * 10_i64.pow(3 - power) } else { number / 10_i64.pow(power - 3) })
    }
}

const SIGNIFICANT_DIGITS: usize = 9;

/// Reads tokens, with one token of look-ahead.
pub(super) struct Scanner {
    chars: Vec<char>,
    position: usize,
    peeked: Token,
}

impl Scanner {
    pub(super) fn new(text: &str) -> Self {
        let mut scanner = Self { chars: text.chars().collect(), position: 0, peeked: Token::End };
        scanner.peeked = scanner.scan();
        scanner
    }

    pub(super) fn peek(&self) -> Token {
        self.peeked
    }

    pub(super) fn next(&mut self) -> Token {
        let token = self.peeked;
        self.peeked = self.scan();
        token
    }

    /// Goes past a symbol, if it is the next token.
    pub(super) fn skip(&mut self, symbol: char) -> bool {
        let found = self.peeked == Token::Symbol(symbol);
        if found {
            self.next();
        }
        found
    }

    fn scan(&mut self) -> Token {
        let Some(&char) = self.chars.get(self.position) else { return Token::End };
        match char {
            '0'..='9' => self.number(),
            ':' | '-' | '+' | '.' | ')' => {
                self.position += 1;
                Token::Symbol(char)
            }
            _ if is_space(char) => {
                self.position += 1;
                Token::Space
            }
            'A'.. => self.word(),
            '(' => {
                self.skip_parentheses();
                Token::Other
            }
            _ => {
                self.position += 1;
                Token::Other
            }
        }
    }

    fn number(&mut self) -> Token {
        let digits = self.run(|char| char.is_ascii_digit());
        let length = digits.len();
        let significant = digits.iter().skip_while(|digit| **digit == '0').take(SIGNIFICANT_DIGITS);
        let number = significant.fold(0, |number, digit| number * 10 + i64::from(digit.to_digit(10).unwrap_or(0)));
        Token::Number(number, length)
    }

    fn word(&mut self) -> Token {
        let word = self.run(|char| char >= 'A' && !is_space(char));
        let length = word.iter().map(|char| char.len_utf16()).sum();
        let start: String = word.iter().take(3).map(char::to_ascii_lowercase).collect();
        Token::Word(keyword(&start, length), length)
    }

    fn run(&mut self, belongs: impl Fn(char) -> bool) -> &[char] {
        let rest = &self.chars[self.position..];
        let length = rest.iter().position(|char| !belongs(*char)).unwrap_or(rest.len());
        self.position += length;
        &rest[..length]
    }

    fn skip_parentheses(&mut self) {
        let mut depth = 0;
        while let Some(char) = self.chars.get(self.position) {
            self.position += 1;
            match char {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
}

/// A word may be longer than its keyword only if that is a month.
fn keyword(start: &str, length: usize) -> Keyword {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if let Some(month) = MONTHS.iter().position(|name| *name == start) {
        return Keyword::Month(i64::try_from(month).unwrap_or(0) + 1);
    }
    match start {
        _ if length > 3 => Keyword::Unknown,
        "am" => Keyword::Meridiem(0),
        "pm" => Keyword::Meridiem(12),
        "ut" | "utc" | "z" | "gmt" => Keyword::Zone(0),
        "edt" => Keyword::Zone(-4),
        "est" | "cdt" => Keyword::Zone(-5),
        "cst" | "mdt" => Keyword::Zone(-6),
        "mst" | "pdt" => Keyword::Zone(-7),
        "pst" => Keyword::Zone(-8),
        "t" => Keyword::TimeSeparator,
        _ => Keyword::Unknown,
    }
}

/// JavaScript's white space and line ends.
fn is_space(char: char) -> bool {
    (char.is_whitespace() && char != '\u{85}') || char == '\u{feff}'
}
