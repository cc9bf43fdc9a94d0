//! Text in ASCII: every character by its closest ASCII spelling.

use std::sync::LazyLock;

/// The spellings of the basic plane by high and low byte of the character.
static SPELLINGS: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    let mut rows = vec![Vec::new(); 256];
    for line in include_str!("data/transliteration.tsv").lines() {
        let mut fields = line.split('\t');
        let row = fields.next().and_then(|high| usize::from_str_radix(high, 16).ok());
        if let Some(row) = row.and_then(|row| rows.get_mut(row)) {
            *row = fields.map(unescaped).collect();
        }
    }
    rows
});

fn unescaped(field: &'static str) -> &'static str {
    match field {
        r"\n" => "\n",
        r"\n\n" => "\n\n",
        field => field,
    }
}

/// The text in ASCII. A character without a spelling becomes `?`, and a Chinese character is set apart from what
/// follows it.
pub(crate) fn transliterate(text: &str) -> String {
    let spaced = text.chars().any(is_chinese);
    let mut result = String::with_capacity(text.len());
    let mut after_chinese = false;
    for char in text.chars() {
        let start = result.len();
        spell(char, &mut result);
        if after_chinese && !result[start..].contains(is_punctuation_or_space) {
            result.insert(start, ' ');
        }
        after_chinese = spaced && is_chinese(char);
    }
    result
}

fn spell(char: char, result: &mut String) {
    let code = u32::from(char);
    match code {
        0..=0x7f => result.push(char),
        0xac00..=0xd7a3 => spell_hangul(code as usize - 0xac00, result),
        _ => {
            let spelling = SPELLINGS.get(code as usize >> 8).and_then(|row| row.get(code as usize & 0xff));
            result.push_str(spelling.filter(|spelling| !spelling.is_empty()).unwrap_or(&"?"));
        }
    }
}

/// A Hangul syllable is composed of an initial, a vowel and a final.
fn spell_hangul(index: usize, result: &mut String) {
    const INITIALS: [&str; 19] =
        ["g", "gg", "n", "d", "dd", "r", "m", "b", "bb", "s", "ss", "", "j", "jj", "c", "k", "t", "p", "h"];
    const VOWELS: [&str; 21] = [
        "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "weo", "we", "wi", "yu",
        "eu", "yi", "i",
    ];
    const FINALS: [&str; 28] = [
        "", "g", "gg", "gs", "n", "nj", "nh", "d", "l", "lg", "lm", "lb", "ls", "lt", "lp", "lh", "m", "b", "bs", "s",
        "ss", "ng", "j", "c", "k", "t", "p", "h",
    ];
    result.push_str(INITIALS[index / (21 * 28) % 19]);
    result.push_str(VOWELS[index / 28 % 21]);
    result.push_str(FINALS[index % 28]);
}

fn is_chinese(char: char) -> bool {
    matches!(u32::from(char),
        0x2e80..=0x2e99 | 0x2e9b..=0x2ef3 | 0x2f00..=0x2fd5 | 0x3005 | 0x3007 | 0x3021..=0x3029 | 0x3038..=0x303b
        | 0x3400..=0x4dbf | 0x4e00..=0x9ffc | 0xf900..=0xfa6d | 0xfa70..=0xfad9 | 0x16ff0 | 0x16ff1
        | 0x20000..=0x2a6dd | 0x2a700..=0x2b734 | 0x2b740..=0x2b81d | 0x2b820..=0x2cea1 | 0x2ceb0..=0x2ebe0
        | 0x2f800..=0x2fa1d | 0x30000..=0x3134a)
}

/// Of ASCII, since that is what a spelling consists of.
fn is_punctuation_or_space(char: char) -> bool {
    (char.is_ascii_punctuation() && !"$+<=>^`|~".contains(char)) || char.is_ascii_whitespace() || char == '\u{b}'
}

#[cfg(test)]
mod tests {
    use super::transliterate;

    #[test]
    fn spells_in_ascii() {
        for (text, ascii) in [
            ("déjà vu", "deja vu"),
            ("Straße", "Strasse"),
            ("Ünïcödé ☃ 日本", "Unicode ? Ri Ben"),
            ("你好，世界", "Ni Hao,Shi Jie"),
            ("中a国", "Zhong aGuo"),
            ("한국어 닭", "hangugeo dalg"),
            ("Привет €5", "Privet EU5"),
            ("a\u{10ffff}😀", "a??"),
            ("\u{2028}", "\n"),
        ] {
            assert_eq!(transliterate(text), ascii, "{text}");
        }
    }
}
