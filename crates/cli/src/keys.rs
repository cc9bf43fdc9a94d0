//! The API keys of the settings.

use anyhow::{Context, Result, bail};
use nodehost_server::ApiKey;

use crate::settings::{KeySettings, ServerSettings};

/// All keys: of flags or the environment, of the key file, of the config file.
pub(crate) fn api_keys(settings: &ServerSettings) -> Result<Vec<ApiKey>> {
    let mut secrets = settings.api_key.clone().unwrap_or_default();
    if let Some(path) = &settings.api_key_file {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read the API keys in {}", path.display()))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        secrets.extend(lines.map(str::to_owned));
        if secrets.is_empty() {
            bail!("{} holds no API key", path.display());
        }
    }
    if secrets.iter().any(String::is_empty) {
        bail!("an API key is empty");
    }
    let plain = secrets.iter().enumerate().map(|(index, secret)| Ok(ApiKey::new(format!("key-{}", index + 1), secret)));
    let named = settings.api_keys.iter().flatten().map(named_key);
    plain.chain(named).collect()
}

fn named_key(settings: &KeySettings) -> Result<ApiKey> {
    let name = &settings.name;
    let mut key = match (&settings.key, &settings.sha256) {
        (Some(secret), None) if !secret.is_empty() => ApiKey::new(name, secret),
        (None, Some(hash)) => ApiKey::from_hash(
            name,
            hash_bytes(hash)
                .with_context(|| format!("the sha256 of the API key `{name}` is not 64 hexadecimal digits"))?,
        ),
        _ => bail!("the API key `{name}` needs either key or sha256, not empty"),
    };
    if let Some(nodes) = &settings.nodes {
        key = key.with_nodes(nodes.clone());
    }
    if let Some(most) = settings.max_executions {
        key = key.with_max_executions(most);
    }
    match settings.requests_per_second {
        Some(rate) if rate > 0.0 && rate.is_finite() => Ok(key.with_requests_per_second(rate)),
        Some(rate) => bail!("requests-per-second of the API key `{name}` is {rate}, but must be more than 0"),
        None => Ok(key),
    }
}

fn hash_bytes(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(key: Option<&str>, sha256: Option<&str>) -> KeySettings {
        KeySettings {
            name: "one".into(),
            key: key.map(Into::into),
            sha256: sha256.map(Into::into),
            nodes: None,
            max_executions: Some(1),
            requests_per_second: None,
        }
    }

    #[test]
    fn a_key_has_a_secret_or_its_hash() {
        assert!(named_key(&named(Some("secret"), None)).is_ok());
        assert!(named_key(&named(None, Some(&"0a".repeat(32)))).is_ok());
        for (key, hash) in
            [(None, None), (Some("secret"), Some("0a")), (Some(""), None), (None, Some("0a")), (None, Some("+1"))]
        {
            assert!(named_key(&named(key, hash)).is_err(), "{key:?} {hash:?}");
        }
    }

    #[test]
    fn a_file_of_keys_is_read_line_by_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "# mine\nfirst\n\n  second\n").unwrap();
        let settings = ServerSettings { api_key_file: Some(file.path().into()), ..ServerSettings::default() };
        assert_eq!(api_keys(&settings).unwrap().len(), 2);
        std::fs::write(file.path(), "# none\n").unwrap();
        assert!(api_keys(&settings).is_err());
    }
}
