//! Hashes, base64 and URLs, as the libraries n8n uses write them.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use sha2::Digest as _;

/// The hash of the text's UTF-8 bytes in lower-case hexadecimal; `None` for an unknown algorithm.
pub(crate) fn hash(algorithm: &str, text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    Some(match algorithm {
        "md5" => hex(&md5::Md5::digest(bytes)),
        "sha1" => hex(&sha1::Sha1::digest(bytes)),
        "sha224" => hex(&sha2::Sha224::digest(bytes)),
        "sha256" => hex(&sha2::Sha256::digest(bytes)),
        "sha384" => hex(&sha2::Sha384::digest(bytes)),
        "sha512" => hex(&sha2::Sha512::digest(bytes)),
        "sha3" => hex(&sha3::Sha3_512::digest(bytes)),
        _ => return None,
    })
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

pub(crate) fn base64_encode(text: &str) -> String {
    STANDARD.encode(text)
}

/// Reads base64 of either alphabet, padded or not, past anything that is not a digit; bytes that are no UTF-8
/// become U+FFFD.
pub(crate) fn base64_decode(text: &str) -> String {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::RequireNone),
    );
    let mut digits: Vec<u8> = text
        .bytes()
        .filter_map(|byte| match byte {
            b'-' => Some(b'+'),
            b'_' => Some(b'/'),
            b'+' | b'/' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => Some(byte),
            _ => None,
        })
        .collect();
    if digits.len() % 4 == 1 {
        digits.pop(); // six bits are no byte
    }
    let bytes = LENIENT.decode(&digits).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The path of an absolute URL.
pub(crate) fn url_path(text: &str) -> Option<String> {
    url::Url::parse(text).ok().map(|url| url.path().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes() {
        for (algorithm, start) in [
            ("md5", "5d41402abc4b2a76b9719d911017c592"),
            ("sha1", "aaf4c61ddcc5e8a2"),
            ("sha224", "ea09ae9cc6768c50"),
            ("sha256", "2cf24dba5fb0a30e"),
            ("sha384", "59e1748777448c69"),
            ("sha512", "9b71d224bd62f378"),
            ("sha3", "75d527c368f2efe8"),
        ] {
            assert!(hash(algorithm, "hello").unwrap().starts_with(start), "{algorithm}");
        }
        assert_eq!(hash("crc", "hello"), None);
    }

    #[test]
    fn base64_is_read_leniently() {
        assert_eq!(base64_encode("déjà"), "ZMOpasOg");
        for (text, plain) in [
            ("aGVsbG8=", "hello"),
            ("aGVsbG8", "hello"),
            ("aGVs\n bG8=", "hello"),
            ("aGVsb", "hel"),
            ("_-8", "\u{fffd}\u{fffd}"),
            ("", ""),
        ] {
            assert_eq!(base64_decode(text), plain, "{text}");
        }
    }
}
