//! The hosts a credential belongs to.

use url::Url;

use super::policy::without_dot;

/// A set of hosts: exact ones, with or without a port, and `*.example.com` for all below a domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostSet {
    any: bool,
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    /// Lower case, without `*.` and a trailing dot.
    name: String,
    below: bool,
    port: Option<u16>,
}

impl HostSet {
    /// Every host.
    #[must_use]
    pub fn any() -> Self {
        Self { any: true, patterns: Vec::new() }
    }

    /// No host until some are added.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether every host is in the set.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.any
    }

    /// Whether no host is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.any && self.patterns.is_empty()
    }

    /// Adds the host and port of a URL.
    pub fn add_url(&mut self, url: &Url) {
        if let Some(host) = url.host_str() {
            self.push(Pattern { name: normal(host), below: false, port: url.port_or_known_default() });
        }
    }

    /// Adds one entry of n8n's allowed domains: `*`, `example.com`, `*.example.com`, `localhost:8080`, or a URL.
    pub fn add_pattern(&mut self, text: &str) {
        let text = text.trim();
        if text == "*" {
            self.any = true;
        } else if let Some((_, rest)) = text.split_once("://") {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
            self.add_authority(authority);
        } else if !text.is_empty() {
            self.add_authority(text);
        }
    }

    /// Adds n8n's list: entries separated by commas or blanks.
    pub fn add_list(&mut self, text: &str) {
        text.split([',', ' ', '\n']).for_each(|entry| self.add_pattern(entry));
    }

    /// Whether a URL's host is in the set.
    #[must_use]
    pub fn contains(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        if self.any {
            return true;
        }
        let (host, port) = (normal(host), url.port_or_known_default());
        self.patterns.iter().any(|pattern| {
            let same = if pattern.below {
                host.strip_suffix(&pattern.name).is_some_and(|front| front.ends_with('.'))
            } else {
                host == pattern.name
            };
            same && pattern.port.is_none_or(|wanted| port == Some(wanted))
        })
    }

    fn add_authority(&mut self, text: &str) {
        let (below, rest) = text.strip_prefix("*.").map_or((false, text), |rest| (true, rest));
        let (name, port) = match rest.rsplit_once(':') {
            Some((name, port)) if !rest.ends_with(']') => match port.parse() {
                Ok(port) => (name, Some(port)),
                Err(_) => return,
            },
            _ => (rest, None),
        };
        if !name.is_empty() {
            self.push(Pattern { name: normal(name), below, port });
        }
    }

    fn push(&mut self, pattern: Pattern) {
        if !self.patterns.contains(&pattern) {
            self.patterns.push(pattern);
        }
    }
}

fn normal(host: &str) -> String {
    without_dot(host).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(list: &str, url: &str) -> bool {
        let mut hosts = HostSet::none();
        hosts.add_list(list);
        hosts.contains(&url.parse().unwrap())
    }

    #[test]
    fn patterns_match_whole_names() {
        assert!(contains("example.com", "https://EXAMPLE.com./x"));
        assert!(contains("a.com, example.com", "http://example.com:8080"));
        assert!(!contains("example.com", "https://api.example.com"));
        assert!(!contains("example.com", "https://example.com.evil.org"));
        assert!(!contains("example.com", "https://example.com@evil.org"));
        assert!(contains("*.example.com", "https://a.b.example.com"));
        assert!(!contains("*.example.com", "https://example.com"));
        assert!(!contains("*.example.com", "https://badexample.com"));
        assert!(contains("localhost:8080", "http://localhost:8080"));
        assert!(!contains("localhost:8080", "http://localhost:8081"));
        assert!(contains("https://example.com/api", "https://example.com/other"));
        assert!(contains("*", "https://anything.org"));
        assert!(!contains("", "https://anything.org"));
    }

    #[test]
    fn a_url_stands_for_its_port() {
        let mut hosts = HostSet::none();
        hosts.add_url(&"https://halo.example/api".parse().unwrap());
        assert!(hosts.contains(&"https://halo.example:443/x".parse().unwrap()));
        assert!(!hosts.contains(&"https://halo.example:8443/x".parse().unwrap()));
    }
}
