//! Which addresses requests may go to.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use url::{Host, Url};

use super::address::{AddressKind, canonical, special_kind};

/// Which addresses requests may go to: every public one, and of the others those that are allowed.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    allowed: Vec<AllowedHost>,
}

/// An entry of `--allow-host`: a host (`halo.internal`, `127.0.0.1`), a host and port (`localhost:8080`), or a network (`10.1.0.0/16`).
///
/// A host name allows whatever it resolves to. An address without a port is a network of one address, and so allows the
/// names that resolve to it, too; with a port it allows URLs that contain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedHost {
    /// A host as it stands in the URL; with a port, only that port.
    Host {
        /// The host, normalised as in a URL.
        host: Host<String>,
        /// The only port allowed, if there is one.
        port: Option<u16>,
    },
    /// Addresses, in the URL or resolved from a name.
    Network(IpNet),
}

/// An entry of `--allow-host` that is neither host, host:port nor network.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0:?} is not a host, a host:port or a network such as 10.0.0.0/8")]
pub struct InvalidAllowedHost(String);

/// Why the policy refused a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The URL is neither http nor https.
    Scheme(String),
    /// The URL names no host.
    NoHost,
    /// The address, in the URL or resolved from its host name, is not a public one.
    Address {
        /// The address.
        address: IpAddr,
        /// What kind of address it is.
        kind: AddressKind,
    },
}

/// What the policy says of a URL before anything is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The host is allowed by name: what it resolves to is not checked.
    Listed,
    /// A name: the addresses it resolves to decide.
    Resolve,
    /// An address, which may be connected to.
    Address,
}

impl Policy {
    /// The policy that allows public addresses and `allowed`.
    #[must_use]
    pub fn new(allowed: Vec<AllowedHost>) -> Self {
        Self { allowed }
    }

    /// Whether a request may go to a URL, as far as that can be told before its name is resolved.
    ///
    /// # Errors
    /// [`Refusal`] with what speaks against it. A name may still be refused later, for the address it resolves to.
    pub fn check(&self, url: &Url) -> Result<(), Refusal> {
        self.check_url(url).map(|_| ())
    }

    /// Checks a URL: scheme, and host as far as it can be told without resolving it.
    pub(crate) fn check_url(&self, url: &Url) -> Result<Verdict, Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme(url.scheme().to_owned()));
        }
        let host = url.host().ok_or(Refusal::NoHost)?;
        let port = url.port_or_known_default();
        if self.allowed.iter().any(|entry| entry.lists(&host, port)) {
            return Ok(Verdict::Listed);
        }
        let address = match host {
            Host::Domain("") => return Err(Refusal::NoHost),
            Host::Domain(_) => return Ok(Verdict::Resolve),
            Host::Ipv4(v4) => IpAddr::V4(v4),
            Host::Ipv6(v6) => IpAddr::V6(v6),
        };
        self.check_address(address).map(|()| Verdict::Address)
    }

    /// Checks an address that is about to be connected to.
    pub(crate) fn check_address(&self, address: IpAddr) -> Result<(), Refusal> {
        let Some(kind) = special_kind(address) else { return Ok(()) };
        let inner = canonical(address);
        let allowed = self.allowed.iter().any(|entry| match entry {
            AllowedHost::Network(network) => network.contains(&address) || network.contains(&inner),
            AllowedHost::Host { .. } => false,
        });
        if allowed { Ok(()) } else { Err(Refusal::Address { address, kind }) }
    }
}

impl AllowedHost {
    /// Whether this entry names the host and port of a URL.
    fn lists(&self, url_host: &Host<&str>, url_port: Option<u16>) -> bool {
        let Self::Host { host, port } = self else { return false };
        let same_host = match (host, url_host) {
            (Host::Domain(listed), Host::Domain(name)) => listed == without_dot(name),
            (Host::Ipv4(listed), Host::Ipv4(address)) => listed == address,
            (Host::Ipv6(listed), Host::Ipv6(address)) => listed == address,
            _ => false,
        };
        same_host && port.is_none_or(|port| url_port == Some(port))
    }
}

impl FromStr for AllowedHost {
    type Err = InvalidAllowedHost;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidAllowedHost(text.to_owned());
        let entry = text.trim();
        if let Ok(network) = entry.parse::<IpNet>() {
            return Ok(Self::Network(network.trunc()));
        }
        if let Ok(address) = entry.parse::<IpAddr>() {
            return Ok(Self::Network(address.into()));
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) if !entry.ends_with(']') => (host, Some(port.parse::<u16>().map_err(|_| invalid())?)),
            _ => (entry, None),
        };
        let host = match Host::parse(host).map_err(|_| invalid())? {
            Host::Domain(name) if without_dot(&name).is_empty() => return Err(invalid()),
            Host::Domain(name) => Host::Domain(without_dot(&name).to_ascii_lowercase()),
            Host::Ipv4(address) if port.is_none() => return Ok(Self::Network(IpAddr::V4(address).into())),
            Host::Ipv6(address) if port.is_none() => return Ok(Self::Network(IpAddr::V6(address).into())),
            address => address,
        };
        Ok(Self::Host { host, port })
    }
}

impl fmt::Display for AllowedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host { host, port: None } => write!(f, "{host}"),
            Self::Host { host, port: Some(port) } => write!(f, "{host}:{port}"),
            Self::Network(network) => write!(f, "{network}"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme(scheme) => write!(f, "only http and https URLs can be requested, not {scheme}"),
            Self::NoHost => f.write_str("the URL names no host"),
            Self::Address { address, kind } => write!(f, "{address} is {kind}"),
        }
    }
}

/// `example.com.` and `example.com` are the same host.
pub(crate) fn without_dot(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(entries: &[&str]) -> Policy {
        Policy::new(entries.iter().map(|entry| entry.parse().unwrap()).collect())
    }

    fn check(policy: &Policy, url: &str) -> Result<Verdict, Refusal> {
        policy.check_url(&Url::parse(url).unwrap())
    }

    /// Every way to write this machine and its network that a URL knows.
    const PRIVATE_URLS: &[&str] = &[
        "http://127.0.0.1/",
        "http://127.0.0.1./",
        "http://127.1/",
        "http://127.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://0177.0x0.1/",
        "http://017700000001/",
        "http://%31%32%37.0.0.1/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http://0/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://10.0.0.1/",
        "http://192.168.0.1:8080/",
        "http://172.20.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2852039166/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[fd00:ec2::254]/",
        "http://100.100.100.200/",
        "http://example.com@127.0.0.1/",
        "http://example.com:80@127.0.0.1:80/",
        "http://example.com%2f@127.0.0.1/",
        "http:\\\\127.0.0.1\\",
        "http:127.0.0.1",
        "https://127.0.0.1#@example.com/",
        "https://127.0.0.1?@example.com/",
    ];

    #[test]
    fn private_addresses_are_refused_however_they_are_written() {
        let policy = Policy::default();
        for url in PRIVATE_URLS {
            assert!(matches!(check(&policy, url), Err(Refusal::Address { .. })), "{url}: {:?}", check(&policy, url));
        }
    }

    #[test]
    fn names_are_left_to_the_resolver() {
        for url in
            ["http://localhost/", "https://example.com@metadata.google.internal/", "http://127.0.0.1.example.com/"]
        {
            assert_eq!(check(&Policy::default(), url), Ok(Verdict::Resolve), "{url}");
        }
        assert_eq!(check(&Policy::default(), "https://1.1.1.1/"), Ok(Verdict::Address));
    }

    #[test]
    fn only_http_is_spoken() {
        for url in ["file:///etc/passwd", "ftp://example.com/", "gopher://127.0.0.1:25/x", "data:,x", "javascript:1"] {
            assert!(matches!(check(&Policy::default(), url), Err(Refusal::Scheme(_))), "{url}");
        }
    }

    #[test]
    fn hosts_are_allowed_by_name_and_port() {
        let policy = policy(&["localhost:8080", "Halo.Internal", "127.0.0.1:9000", "[::1]:9000"]);
        assert_eq!(check(&policy, "http://localhost:8080/"), Ok(Verdict::Listed));
        assert_eq!(check(&policy, "http://localhost:8081/"), Ok(Verdict::Resolve));
        assert_eq!(check(&policy, "https://halo.internal./x"), Ok(Verdict::Listed));
        assert_eq!(check(&policy, "https://halo.internal:8443/x"), Ok(Verdict::Listed));
        assert_eq!(check(&policy, "https://x.halo.internal/"), Ok(Verdict::Resolve));
        assert_eq!(check(&policy, "http://127.1:9000/"), Ok(Verdict::Listed));
        assert_eq!(check(&policy, "http://[::1]:9000/"), Ok(Verdict::Listed));
        assert!(check(&policy, "http://127.0.0.1:9001/").is_err());
        assert!(check(&policy, "http://[::1]/").is_err());
    }

    #[test]
    fn networks_are_allowed_in_urls_and_from_the_resolver() {
        let policy = policy(&["10.1.0.0/16", "127.0.0.1", "fd00::/64"]);
        assert_eq!(check(&policy, "http://10.1.2.3/"), Ok(Verdict::Address));
        assert_eq!(check(&policy, "http://[::ffff:10.1.2.3]/"), Ok(Verdict::Address));
        assert!(check(&policy, "http://10.2.0.1/").is_err());
        assert_eq!(check(&policy, "http://127.0.0.1:1234/"), Ok(Verdict::Address));
        assert!(check(&policy, "http://127.0.0.2/").is_err());
        assert_eq!(policy.check_address("fd00::7".parse().unwrap()), Ok(()));
        assert!(policy.check_address("fd00:0:0:1::7".parse().unwrap()).is_err());
    }

    #[test]
    fn entries_that_mean_nothing_are_errors() {
        for entry in ["", ".", "host:", "host:port", "host:99999", "10.0.0.0/40", "http://host", "a b", "[::1"] {
            assert!(entry.parse::<AllowedHost>().is_err(), "{entry:?}");
        }
        for entry in ["localhost", "localhost:80", "10.0.0.0/8", "[::1]:80", "127.0.0.1:80", "10.0.0.1/32"] {
            assert_eq!(entry.parse::<AllowedHost>().unwrap().to_string(), entry);
        }
    }
}
