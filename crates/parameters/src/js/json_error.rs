//! The message `JSON.parse` fails with in V8, which n8n shows people as it is.

/// How much of the text stands on each side of a bad character.
const CONTEXT: usize = 10;

/// What V8 says of a text that is not JSON.
pub(crate) fn message(text: &str) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut scanner = Scanner { units: &units, at: 0 };
    let failed = scanner.document().err().unwrap_or(Failure::Token);
    scanner.describe(failed)
}

/// What is wrong at the scanner's position.
#[derive(Clone, Copy)]
enum Failure {
    /// A character that begins nothing.
    Token,
    /// Something else was expected there.
    Expected(&'static str),
}

struct Scanner<'t> {
    units: &'t [u16],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.units.get(self.at).map(|unit| char::from_u32(u32::from(*unit)).unwrap_or('\u{fffd}'))
    }

    /// The next character that is no white space, not taken.
    fn token(&mut self) -> Option<char> {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
        self.peek()
    }

    fn document(&mut self) -> Result<(), Failure> {
        let mut open = Vec::new();
        loop {
            self.value(&mut open)?;
            while let Some(in_object) = open.last().copied() {
                match (self.token(), in_object) {
                    (Some(','), true) => {
                        self.at += 1;
                        self.key("Expected double-quoted property name")?;
                        break;
                    }
                    (Some(','), false) => {
                        self.at += 1;
                        break;
                    }
                    (Some('}'), true) | (Some(']'), false) => {
                        self.at += 1;
                        open.pop();
                    }
                    (_, true) => return Err(Failure::Expected("Expected ',' or '}' after property value")),
                    (_, false) => return Err(Failure::Expected("Expected ',' or ']' after array element")),
                }
            }
            if open.is_empty() {
                return match self.token() {
                    None => Ok(()),
                    Some(_) => Err(Failure::Expected("Unexpected non-whitespace character after JSON")),
                };
            }
        }
    }

    /// Reads a value, or the beginning of one up to where its first inner value stands.
    fn value(&mut self, open: &mut Vec<bool>) -> Result<(), Failure> {
        loop {
            match self.token() {
                Some('"') => return self.string(),
                Some('-' | '0'..='9') => return self.number(),
                Some('t') => return self.word("true"),
                Some('f') => return self.word("false"),
                Some('n') => return self.word("null"),
                Some('{') => {
                    self.at += 1;
                    if self.token() == Some('}') {
                        self.at += 1;
                        return Ok(());
                    }
                    self.key("Expected property name or '}'")?;
                    open.push(true);
                }
                Some('[') => {
                    self.at += 1;
                    if self.token() == Some(']') {
                        self.at += 1;
                        return Ok(());
                    }
                    open.push(false);
                }
                _ => return Err(Failure::Token),
            }
        }
    }

    /// A property's name and colon.
    fn key(&mut self, expected: &'static str) -> Result<(), Failure> {
        if self.token() != Some('"') {
            return Err(Failure::Expected(expected));
        }
        self.string()?;
        if self.token() != Some(':') {
            return Err(Failure::Expected("Expected ':' after property name"));
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<(), Failure> {
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(Failure::Expected("Unterminated string")),
                Some('"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some('\\') => self.escape()?,
                Some(character) if character < ' ' => {
                    return Err(Failure::Expected("Bad control character in string literal"));
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<(), Failure> {
        self.at += 1;
        match self.peek() {
            None => Err(Failure::Token),
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => {
                self.at += 1;
                Ok(())
            }
            Some('u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.peek().is_some_and(|digit| digit.is_ascii_hexdigit()) {
                        return Err(Failure::Expected("Bad Unicode escape"));
                    }
                    self.at += 1;
                }
                Ok(())
            }
            Some(_) => Err(Failure::Expected("Bad escaped character")),
        }
    }

    fn number(&mut self) -> Result<(), Failure> {
        if self.peek() == Some('-') {
            self.at += 1;
            if !self.is_digit() {
                return Err(Failure::Expected("No number after minus sign"));
            }
        }
        if self.peek() == Some('0') {
            self.at += 1;
            if self.is_digit() {
                return Err(Failure::Expected("Unexpected number"));
            }
        }
        self.digits();
        if self.peek() == Some('.') {
            self.at += 1;
            if !self.is_digit() {
                return Err(Failure::Expected("Unterminated fractional number"));
            }
            self.digits();
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            if !self.is_digit() {
                return Err(Failure::Expected("Exponent part is missing a number"));
            }
            self.digits();
        }
        Ok(())
    }

    fn is_digit(&self) -> bool {
        self.peek().is_some_and(|digit| digit.is_ascii_digit())
    }

    fn digits(&mut self) {
        while self.is_digit() {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str) -> Result<(), Failure> {
        for letter in word.chars() {
            if self.peek() != Some(letter) {
                return Err(Failure::Token);
            }
            self.at += 1;
        }
        Ok(())
    }

    fn describe(&self, failure: Failure) -> String {
        match failure {
            Failure::Expected(what) => {
                format!("{what} in JSON{}", self.position()).replace(" after JSON in JSON", " after JSON")
            }
            Failure::Token => self.describe_token(),
        }
    }

    fn position(&self) -> String {
        let before = &self.units[..self.at.min(self.units.len())];
        let lines = before.iter().filter(|unit| **unit == u16::from(b'\n')).count() + 1;
        let column = before.iter().rev().take_while(|unit| **unit != u16::from(b'\n')).count() + 1;
        format!(" at position {} (line {lines} column {column})", self.at)
    }

    fn describe_token(&self) -> String {
        let text = |range: std::ops::Range<usize>| String::from_utf16_lossy(&self.units[range]);
        let length = self.units.len();
        let whole = text(0..length);
        let Some(unexpected) = self.peek() else { return "Unexpected end of JSON input".to_owned() };
        match unexpected {
            '"' => return format!("Unexpected string in JSON{}", self.position()),
            '-' | '0'..='9' => return format!("Unexpected number in JSON{}", self.position()),
            _ if matches!(whole.as_str(), "[object Object]" | "NaN" | "Infinity" | "undefined") => {
                return format!("\"{whole}\" is not valid JSON");
            }
            _ => {}
        }
        let context = if length <= CONTEXT * 2 {
            format!("\"{whole}\"")
        } else if self.at < CONTEXT {
            format!("\"{}\"...", text(0..self.at + CONTEXT))
        } else if self.at < length - CONTEXT {
            format!("...\"{}\"...", text(self.at - CONTEXT..self.at + CONTEXT))
        } else {
            format!("...\"{}\"", text(self.at - CONTEXT..length))
        };
        format!("Unexpected token '{unexpected}', {context} is not valid JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::message;

    /// What Node 24 says.
    #[test]
    fn messages_are_those_of_v8() {
        let cases = [
            ("", "Unexpected end of JSON input"),
            ("{", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"),
            ("[1", "Expected ',' or ']' after array element in JSON at position 2 (line 1 column 3)"),
            ("{\"a\"", "Expected ':' after property name in JSON at position 4 (line 1 column 5)"),
            ("{\"a\":1", "Expected ',' or '}' after property value in JSON at position 6 (line 1 column 7)"),
            ("{\"a\":1,}", "Expected double-quoted property name in JSON at position 7 (line 1 column 8)"),
            ("[1,]", "Unexpected token ']', \"[1,]\" is not valid JSON"),
            ("{a:1}", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"),
            ("[object Object]", "\"[object Object]\" is not valid JSON"),
            ("abc", "Unexpected token 'a', \"abc\" is not valid JSON"),
            ("tru", "Unexpected end of JSON input"),
            ("true x", "Unexpected non-whitespace character after JSON at position 5 (line 1 column 6)"),
            ("01", "Unexpected number in JSON at position 1 (line 1 column 2)"),
            ("-", "No number after minus sign in JSON at position 1 (line 1 column 2)"),
            ("1.", "Unterminated fractional number in JSON at position 2 (line 1 column 3)"),
            ("1e+", "Exponent part is missing a number in JSON at position 3 (line 1 column 4)"),
            ("\"abc", "Unterminated string in JSON at position 4 (line 1 column 5)"),
            ("\"a\\x\"", "Bad escaped character in JSON at position 3 (line 1 column 4)"),
            ("\"a\\u12g\"", "Bad Unicode escape in JSON at position 6 (line 1 column 7)"),
            ("\"a\nb\"", "Bad control character in string literal in JSON at position 2 (line 1 column 3)"),
            ("[1 2]", "Expected ',' or ']' after array element in JSON at position 3 (line 1 column 4)"),
            ("\"\\", "Unexpected end of JSON input"),
            ("not json at all, and rather long text", "Unexpected token 'o', \"not json at\"... is not valid JSON"),
            (
                "[1,2,3,4,5,6,7,8,9,10, oops, 11, 12, 13, 14]",
                "Unexpected token 'o', ...\"7,8,9,10, oops, 11, \"... is not valid JSON",
            ),
            ("[1,2,3,4,5,6,7,8,9,10,11,12,oops]", "Unexpected token 'o', ...\",10,11,12,oops]\" is not valid JSON"),
            ("[1,\n 2,\n x]", "Unexpected token 'x', \"[1,\n 2,\n x]\" is not valid JSON"),
            ("\"a\" \"b\"", "Unexpected non-whitespace character after JSON at position 4 (line 1 column 5)"),
            ("[1 \"b\"]", "Expected ',' or ']' after array element in JSON at position 3 (line 1 column 4)"),
        ];
        for (text, expected) in cases {
            assert_eq!(message(text), expected, "{text}");
        }
    }
}
