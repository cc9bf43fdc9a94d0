//! `requestOptions`, the user's own settings of requests.

use nodehost_expression::data;
use serde_json::Value;

use super::build::truthy;
use super::{RequestOptions, failure};
use crate::ItemError;
use crate::parameters::{Checked, Resolved};

/// As long as n8n waits, whatever the descriptor says.
const TIMEOUT_MS: u64 = 300_000;

/// What the user says about proxy, timeout and certificates.
pub(super) struct RequestSettings {
    proxy: Option<Value>,
    timeout: Option<Value>,
    unverified: bool,
}

impl RequestSettings {
    pub(super) fn read(checked: &Checked, parameters: &Resolved) -> Self {
        let value = request_options(checked, parameters);
        let get = |key: &str| value.and_then(|value| value.get(key)).filter(|value| truthy(Some(value))).cloned();
        Self { proxy: get("proxy"), timeout: get("timeout"), unverified: get("allowUnauthorizedCerts").is_some() }
    }

    pub(super) fn apply(self, options: &mut RequestOptions) -> Result<(), ItemError> {
        if let Some(proxy) = self.proxy {
            options.set("proxy", Some(Value::String(read_proxy(&data::to_js_string(&proxy))?)));
        }
        if self.unverified {
            options.set("skipSslCertificateValidation", Some(Value::Bool(true)));
        }
        options.set("timeout", Some(self.timeout.unwrap_or_else(|| Value::from(TIMEOUT_MS))));
        Ok(())
    }
}

/// The value of `requestOptions` for an item.
pub(super) fn request_options<'p>(checked: &'p Checked, parameters: &'p Resolved) -> Option<&'p Value> {
    let index = checked.values.iter().position(|(name, _)| name == "requestOptions")?;
    checked.value(parameters, index)
}

/// A proxy's URL, which has to name host and port as Node's `url.parse` finds them.
fn read_proxy(text: &str) -> Result<String, ItemError> {
    let host = host_of(text.trim()).ok_or_else(|| failure::invalid_proxy("host"))?;
    let port = host.rsplit_once(':').map(|(_, port)| port);
    if port.is_none_or(|port| port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(failure::invalid_proxy("port"));
    }
    let parsed = url::Url::parse(text).map_err(|_| failure::invalid_proxy("host"))?;
    if parsed.host_str().is_none_or(str::is_empty) {
        return Err(failure::invalid_proxy("host"));
    }
    Ok(parsed.into())
}

/// What stands for host and port: without slashes only after a scheme that does not ask for them.
fn host_of(text: &str) -> Option<&str> {
    const SLASHED: [&str; 7] = ["http", "https", "ftp", "gopher", "file", "ws", "wss"];
    let (scheme, rest) = text.split_once(':')?;
    let known = |char: char| char.is_ascii_alphanumeric() || ".+-".contains(char);
    if scheme.is_empty() || !scheme.chars().all(known) {
        return None;
    }
    let rest = match rest.strip_prefix("//") {
        Some(rest) => rest,
        None if SLASHED.contains(&scheme.to_ascii_lowercase().as_str()) => return None,
        None => rest,
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    Some(host.rsplit('@').next().unwrap_or(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_names_host_and_port() {
        let wrong = |text: &str| read_proxy(text).err().and_then(|error| error.description).unwrap_or_default();
        assert_eq!(read_proxy("http://user:pass@proxy.test:8080/").unwrap(), "http://user:pass@proxy.test:8080/");
        assert!(read_proxy("http://proxy.test:80").is_ok());
        for text in ["no proxy", "http:proxy", "proxy.test", "//proxy.test:80"] {
            assert!(wrong(text).contains("\"host\""), "{text}");
        }
        for text in ["http://", "http://proxy.test", "http://proxy.test/:80", "localhost:8080", "http://proxy.test:"] {
            assert!(wrong(text).contains("\"port\""), "{text}");
        }
    }
}
