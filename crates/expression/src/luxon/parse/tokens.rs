//! `fromFormat`: a format compiled to a regular expression, and what its groups mean.

use std::{cell::RefCell, collections::HashMap};

use regex::Regex;

use super::{Parsed, Shared, signed_offset, untruncate_year};
use crate::luxon::{
    english::Width,
    error::Error,
    format::{Token, Tokens},
    intl::{self, names::Names},
    locale::Locale,
    text::{parse_integer, parse_millis},
    unit::{Field, FieldSet},
    zone::Zone,
};

/// A format, ready to read texts.
#[derive(Debug)]
pub(crate) struct FormatParser {
    /// `None` where the format is too large to compile: nothing matches it.
    regex: Option<Regex>,
    groups: Vec<Group>,
}

/// A group of the expression: the first letter of its token, and how its text is read.
#[derive(Debug)]
struct Group {
    letter: char,
    read: Read,
}

#[derive(Debug)]
enum Read {
    Integer,
    Year,
    /// The place in a list, counted from a number.
    Name(Vec<&'static str>, f64),
    /// Hours and minutes, in two more groups.
    Offset,
    Text,
    /// Text that stands for itself.
    Literal,
}

/// What the groups said, by letter.
#[derive(Debug, Default)]
struct Found {
    /// In the order in which the letters come; of two letters of one field the last stands.
    numbers: Vec<(char, f64)>,
    fraction: Option<f64>,
    zone: Option<String>,
}

impl FormatParser {
    /// The parser of a format, from a small cache of the latest.
    pub(crate) fn cached(format: &str, words: &Locale) -> Shared<FormatParser> {
        const KEPT: usize = 128;
        thread_local! {
            static PARSERS: RefCell<HashMap<(String, String), Shared<FormatParser>>> = RefCell::default();
        }
        PARSERS.with_borrow_mut(|parsers| {
            let key = (format.to_owned(), words.tag().to_owned());
            if let Some(parser) = parsers.get(&key) {
                return parser.clone();
            }
            if parsers.len() >= KEPT {
                parsers.clear();
            }
            let parser = Shared::new(FormatParser::new(format, words));
            parsers.insert(key, parser.clone());
            parser
        })
    }

    fn new(format: &str, words: &Locale) -> Self {
        let names = Names::of(words);
        let mut pattern = String::from("(?i)^");
        let mut groups = Vec::new();
        for token in Tokens::new(format).flat_map(expand_macro) {
            let (source, read) = unit(&token, names);
            pattern.push('(');
            pattern.push_str(&source);
            pattern.push(')');
            groups.push(Group { letter: token.text.chars().next().unwrap_or(' '), read });
        }
        pattern.push('$');
        let regex = regex::RegexBuilder::new(&pattern).size_limit(1 << 20).build().ok();
        FormatParser { regex, groups }
    }

    /// Reads a text; `None` if it does not have this format.
    pub(crate) fn parse(&self, text: &str) -> Result<Option<Parsed>, Error> {
        let Some(captures) = self.regex.as_ref().and_then(|regex| regex.captures(text)) else {
            return Ok(None);
        };
        let mut found = Found::default();
        let mut index = 1;
        for group in &self.groups {
            let text = |index: usize| captures.get(index).map(|found| found.as_str());
            found.read(group, text(index).unwrap_or_default(), text(index + 1), text(index + 2));
            index += if matches!(group.read, Read::Offset) { 3 } else { 1 };
        }
        found.finish().map(Some)
    }
}

impl Found {
    fn read(&mut self, group: &Group, text: &str, hours: Option<&str>, minutes: Option<&str>) {
        let number = match &group.read {
            Read::Integer => parse_integer(text),
            Read::Year => untruncate_year(parse_integer(text)),
            Read::Name(names, first) => {
                let plain = |text: &str| text.replace('.', "").replace('\u{a0}', " ").to_lowercase();
                let place = names.iter().position(|name| plain(name) == plain(text));
                place.map_or(-1.0, |place| place as f64) + first
            }
            Read::Offset => signed_offset(hours, minutes),
            Read::Text if group.letter == 'z' => {
                self.zone = Some(text.to_owned());
                return;
            }
            Read::Text if group.letter == 'u' => {
                self.fraction = Some(parse_millis(text));
                return;
            }
            Read::Text | Read::Literal => return,
        };
        if group.letter == 'u' {
            // `uuu` is read as a number, and then as digits of a fraction.
            self.fraction = Some(parse_millis(text));
        } else {
            self.set(group.letter, number);
        }
    }

    fn get(&self, letter: char) -> Option<f64> {
        self.numbers.iter().find(|(known, _)| *known == letter).map(|(_, number)| *number)
    }

    /// Sets a number; a letter keeps its first place.
    fn set(&mut self, letter: char, number: f64) {
        match self.numbers.iter_mut().find(|(known, _)| *known == letter) {
            Some((_, known)) => *known = number,
            None => self.numbers.push((letter, number)),
        }
    }

    fn finish(mut self) -> Result<Parsed, Error> {
        if self.get('a').is_some() && self.get('H').is_some() {
            return Err(Error::conflict("Can't include meridiem when specifying 24-hour format"));
        }
        if let Some(quarter) = self.get('q') {
            self.set('M', (quarter - 1.0) * 3.0 + 1.0);
        }
        match (self.get('h'), self.get('a')) {
            (Some(hour), Some(1.0)) if hour < 12.0 => self.set('h', hour + 12.0),
            (Some(12.0), Some(0.0)) => self.set('h', 0.0),
            _ => {}
        }
        if let (Some(0.0), Some(year)) = (self.get('G'), self.get('y')) {
            self.set('y', -year);
        }
        if let Some(fraction) = self.fraction {
            self.set('S', fraction);
        }
        let specific_offset = self.get('Z');
        let zone = match &self.zone {
            Some(name) => Some(Zone::iana(name)),
            None => specific_offset.map(Zone::Fixed),
        };
        let mut fields = FieldSet::default();
        for (letter, number) in &self.numbers {
            if let Some(field) = field(*letter) {
                fields.set(field, *number);
            }
        }
        Ok(Parsed { fields, zone, specific_offset })
    }
}

/// The field a letter stands for.
fn field(letter: char) -> Option<Field> {
    Some(match letter {
        'S' => Field::Millisecond,
        's' => Field::Second,
        'm' => Field::Minute,
        'h' | 'H' => Field::Hour,
        'd' => Field::Day,
        'o' => Field::Ordinal,
        'L' | 'M' => Field::Month,
        'y' => Field::Year,
        'E' | 'c' => Field::Weekday,
        'W' => Field::WeekNumber,
        'k' => Field::WeekYear,
        'q' => Field::Quarter,
        _ => return None,
    })
}

/// The tokens a macro token stands for.
fn expand_macro(token: Token) -> Vec<Token> {
    if !token.literal
        && let Some(tokens) = intl::presets::parse_tokens(&token.text)
    {
        return tokens;
    }
    vec![token]
}

/// The expression of a token, and how to read what it matches.
fn unit(token: &Token, names: Names) -> (String, Read) {
    let literal = || (regex::escape(&token.text), Read::Literal);
    if token.literal {
        return (regex::escape(&token.text), Read::Literal);
    }
    let integer = |count: &str| (format!("[0-9]{count}"), Read::Integer);
    match token.text.as_str() {
        "y" => integer("{1,6}"),
        "yy" | "kk" => ("[0-9]{2,4}".into(), Read::Year),
        "yyyy" | "kkkk" => integer("{4}"),
        "yyyyy" => integer("{4,6}"),
        "yyyyyy" => integer("{6}"),
        "M" | "L" | "d" | "H" | "h" | "m" | "q" | "s" | "W" => integer("{1,2}"),
        "MM" | "LL" | "dd" | "HH" | "hh" | "mm" | "qq" | "ss" | "WW" => integer("{2}"),
        "o" | "S" => integer("{1,3}"),
        "ooo" | "SSS" => integer("{3}"),
        "E" | "c" | "uuu" => integer(""),
        "u" => ("[0-9]{1,9}".into(), Read::Text),
        "uu" => ("[0-9]{1,2}".into(), Read::Text),
        "Z" | "ZZ" => (r"([+-][0-9]{1,2})(?::([0-9]{2}))?".into(), Read::Offset),
        "ZZZ" => (r"([+-][0-9]{1,2})([0-9]{2})?".into(), Read::Offset),
        "z" => (r"[a-z_+\-,./]{1,256}?".into(), Read::Text),
        " " => (r"[^\S\n\r]".into(), Read::Literal),
        other => words(other, names).unwrap_or_else(literal),
    }
}

/// Tokens that stand for words.
fn words(token: &str, names: Names) -> Option<(String, Read)> {
    let (list, first) = match token {
        "G" => (vec![names.era(-1, Width::Short), names.era(1, Width::Short)], 0.0),
        "GG" => (vec![names.era(-1, Width::Long), names.era(1, Width::Long)], 0.0),
        "MMM" => (names.months(Width::Short, false), 1.0),
        "MMMM" => (names.months(Width::Long, false), 1.0),
        "LLL" => (names.months(Width::Short, true), 1.0),
        "LLLL" => (names.months(Width::Long, true), 1.0),
        "EEE" => (names.weekdays(Width::Short, true), 1.0),
        "EEEE" => (names.weekdays(Width::Long, true), 1.0),
        "ccc" => (names.weekdays(Width::Short, false), 1.0),
        "cccc" => (names.weekdays(Width::Long, false), 1.0),
        "a" => (vec![names.meridiem(0), names.meridiem(12)], 0.0),
        _ => return None,
    };
    let alternatives: Vec<_> = list
        .iter()
        .map(|name| {
            let escaped = regex::escape(name).replace(r"\.", r"\.?");
            escaped.replace([' ', '\u{a0}'], "[ \u{a0}]")
        })
        .collect();
    Some((alternatives.join("|"), Read::Name(list, first)))
}
