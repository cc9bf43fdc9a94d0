//! `Date.parse` as V8 reads dates: ISO 8601, else almost anything with a day in it. Local time is UTC.

mod parts;
mod scanner;

use parts::{Day, Time, Zone, is_hour, is_minute, is_month, is_month_day, is_second};
use scanner::{Keyword, Scanner, Token};

/// Milliseconds since 1970, `None` where the text is no date.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let mut parser = Parser { scanner: Scanner::new(text), day: Day::new(), time: Time::new(), zone: Zone::new() };
    match parser.iso() {
        Iso::Complete => {}
        Iso::Invalid => return None,
        Iso::Rest(first) => parser.legacy(first)?,
    }
    let Parser { day, time, zone, .. } = parser;
    let milliseconds = day.value()? * 86_400_000.0 + time.value()? - zone.offset_seconds() * 1000.0;
    (milliseconds.abs() <= 8.64e15).then_some(milliseconds)
}

struct Parser {
    scanner: Scanner,
    day: Day,
    time: Time,
    zone: Zone,
}

/// How far the text is ISO 8601.
enum Iso {
    Complete,
    /// A time that breaks the rules, which nothing else reads.
    Invalid,
    /// The first token that does not belong; what was read of the day stays read.
    Rest(Token),
}

impl Parser {
    fn iso(&mut self) -> Iso {
        if let Some(sign) = self.scanner.peek().sign() {
            let token = self.scanner.next();
            let Some(year) = self.scanner.peek().fixed_number(6) else { return Iso::Rest(token) };
            self.scanner.next();
            if sign < 0 && year == 0 {
                return Iso::Rest(token);
            }
            self.day.add(sign * year);
        } else if let Some(year) = self.scanner.peek().fixed_number(4) {
            self.scanner.next();
            self.day.add(year);
        } else {
            return Iso::Rest(self.scanner.next());
        }
        for is_valid in [is_month, is_month_day] {
            if !self.scanner.skip('-') {
                break;
            }
            match self.scanner.peek().fixed_number(2).filter(|number| is_valid(*number)) {
                Some(number) => self.day.add(number),
                None => return Iso::Rest(self.scanner.next()),
            };
            self.scanner.next();
        }
        if matches!(self.scanner.peek(), Token::Word(Keyword::TimeSeparator, _)) {
            self.scanner.next();
            if self.iso_time().is_none() || self.iso_zone().is_none() || self.scanner.peek() != Token::End {
                return Iso::Invalid;
            }
        } else if self.scanner.peek() != Token::End {
            return Iso::Rest(self.scanner.next());
        }
        self.day.set_iso();
        Iso::Complete
    }

    /// `HH:mm[:ss[.sss]]`; the hour 24 is the end of the day.
    fn iso_time(&mut self) -> Option<()> {
        let hour = self.two_digits(|hour| hour <= 24)?;
        self.time.add(hour);
        if !self.scanner.skip(':') {
            return None;
        }
        let minute = self.two_digits(|minute| is_minute(minute) && (hour < 24 || minute == 0))?;
        self.time.add(minute);
        if self.scanner.skip(':') {
            let second = self.two_digits(|second| is_second(second) && (hour < 24 || second == 0))?;
            self.time.add(second);
            if self.scanner.skip('.') {
                let fraction = self.scanner.next();
                let Token::Number(number, _) = fraction else { return None };
                if hour == 24 && number > 0 {
                    return None;
                }
                self.time.add(fraction.milliseconds()?);
            }
        }
        Some(())
    }

    /// `Z`, `+hh:mm`, `+hhmm` or nothing.
    fn iso_zone(&mut self) -> Option<()> {
        if self.scanner.peek().is_z() {
            self.scanner.next();
            self.zone.set_hours(0);
        } else if let Some(sign) = self.scanner.peek().sign() {
            self.scanner.next();
            let (hour, minute) = if let Some(both) = self.scanner.peek().fixed_number(4) {
                self.scanner.next();
                (both / 100, both % 100)
            } else {
                let hour = self.two_digits(is_hour)?;
                if !self.scanner.skip(':') {
                    return None;
                }
                (hour, self.two_digits(is_minute)?)
            };
            if !is_hour(hour) || !is_minute(minute) {
                return None;
            }
            self.zone.set(sign, hour, Some(minute));
        }
        Some(())
    }

    fn two_digits(&mut self, is_valid: impl Fn(i64) -> bool) -> Option<i64> {
        let number = self.scanner.next().fixed_number(2)?;
        is_valid(number).then_some(number)
    }

    /// Anything else: numbers, names of months and zones, in almost any order.
    fn legacy(&mut self, first: Token) -> Option<()> {
        let mut has_number = !self.day.is_empty();
        let mut token = first;
        while token != Token::End {
            match token {
                Token::Number(number, _) => {
                    has_number = true;
                    self.legacy_number(number)?;
                }
                Token::Word(keyword, _) => self.legacy_word(keyword, has_number)?,
                Token::Symbol('+' | '-') if self.zone.is_utc() || !self.time.is_empty() => {
                    self.legacy_offset(token.sign()?)?;
                    has_number = true;
                }
                Token::Symbol('+' | '-' | ')') if has_number => return None,
                _ => {}
            }
            token = self.scanner.next();
        }
        Some(())
    }

    fn legacy_number(&mut self, number: i64) -> Option<()> {
        if self.scanner.skip(':') {
            if self.scanner.skip(':') {
                if !self.time.is_empty() {
                    return None;
                }
                self.time.add(number);
                self.time.add(0);
            } else {
                if !self.time.add(number) {
                    return None;
                }
                self.scanner.skip('.');
            }
        } else if self.scanner.skip('.') && self.time.is_expecting(number) {
            self.time.add(number);
            let milliseconds = self.scanner.next().milliseconds()?;
            self.time.finish(milliseconds);
        } else if self.zone.is_expecting(number) {
            self.zone.set_minute(number);
        } else if self.time.is_expecting(number) {
            self.time.finish(number);
            let next = self.scanner.peek();
            if next != Token::End && next != Token::Space && !next.is_z() && next.sign().is_none() {
                return None;
            }
        } else {
            if !self.day.add(number) {
                return None;
            }
            self.scanner.skip('-');
        }
        Some(())
    }

    fn legacy_word(&mut self, keyword: Keyword, has_number: bool) -> Option<()> {
        match keyword {
            Keyword::Meridiem(offset) if !self.time.is_empty() => self.time.set_hour_offset(offset),
            Keyword::Month(month) => {
                self.day.set_named_month(month);
                self.scanner.skip('-');
            }
            Keyword::Zone(hours) if has_number => self.zone.set_hours(hours),
            // Other words may only stand before the first number, and apart from it.
            _ if has_number || matches!(self.scanner.peek(), Token::Number(..)) => return None,
            _ => {}
        }
        Some(())
    }

    /// An offset from UTC, after `UTC` or a time.
    fn legacy_offset(&mut self, sign: i64) -> Option<()> {
        let (number, length) = match self.scanner.peek() {
            Token::Number(number, length) => {
                self.scanner.next();
                (number, length)
            }
            _ => (0, 0),
        };
        match length {
            _ if self.scanner.peek() == Token::Symbol(':') => self.zone.set(sign, number, None),
            1 | 2 => self.zone.set(sign, number, Some(0)),
            3 | 4 => self.zone.set(sign, number / 100, Some(number % 100)),
            _ => return None,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_what_v8_reads() {
        for (text, expected) in [
            ("1970-01-01", Some(0.0)),
            ("1970-01-01T00:00", Some(0.0)),
            ("2024-02-29T12:30:45.123Z", Some(1_709_209_845_123.0)),
            ("2024-06-15T08:00:00+02:00", Some(1_718_431_200_000.0)),
            ("2024-02-30", Some(1_709_251_200_000.0)),
            ("Thu, 01 Jan 1970 00:00:01 GMT", Some(1000.0)),
            ("Jan 2 1970 (a comment) 1:00 pm", Some(133_200_000.0)),
            ("1/2/70", Some(86_400_000.0)),
            ("1.5", Some(978_652_800_000.0)),
            ("Thu Jan 01 1970 01:00:00 GMT+0100 (CET)", Some(0.0)),
            ("1970-01-01T24:00:00Z", Some(86_400_000.0)),
            ("+275760-09-13T00:00:00.000Z", Some(8.64e15)),
            ("+275760-09-13T00:00:00.001Z", None),
            ("-000000-01-01T00:00:00Z", None),
            ("2024-02-29T25:00", None),
            ("hello", None),
            ("", None),
            ("1 2 3 4", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
