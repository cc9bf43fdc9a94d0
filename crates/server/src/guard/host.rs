//! The `Host` a request must carry: a loopback name or address, or one the operator configured.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::{HeaderMap, Uri, header};

use crate::problem::Problem;
use nodehost_runtime::ErrorCode;

/// The names under which the runner answers.
#[derive(Debug, Clone)]
pub(crate) struct HostNames(Vec<String>);

impl HostNames {
    pub(crate) fn new(configured: &[String]) -> Self {
        Self(configured.iter().map(|name| canonical(host_of(name))).collect())
    }

    /// Refuses a request whose host is neither loopback nor configured.
    pub(crate) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
        let host = requested_host(uri, headers)?;
        if is_loopback(&host) || self.0.contains(&host) {
            return Ok(());
        }
        Err(Problem::new(
            ErrorCode::MisdirectedHost,
            format!("this runner does not answer as `{host}`; to allow it, start the runner with `--host-name {host}`"),
        ))
    }
}

/// HTTP/2 names the host in the URI, HTTP/1 in a header that must be there once.
fn requested_host(uri: &Uri, headers: &HeaderMap) -> Result<String, Problem> {
    if let Some(authority) = uri.authority() {
        return Ok(canonical(host_of(authority.as_str())));
    }
    let mut values = headers.get_all(header::HOST).iter();
    let malformed = |why: &str| Problem::new(ErrorCode::Malformed, format!("the Host header {why}"));
    let value = values.next().ok_or_else(|| malformed("is missing"))?;
    if values.next().is_some() {
        return Err(malformed("occurs more than once"));
    }
    let text = value.to_str().map_err(|_| malformed("is not ASCII"))?;
    Ok(canonical(host_of(text)))
}

/// The host of `host`, `host:port`, `[v6]` or `[v6]:port`.
fn host_of(authority: &str) -> &str {
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split_once(']').map_or(rest, |(host, _)| host);
    }
    match authority.rsplit_once(':') {
        // More than one colon and no brackets: a bare IPv6 address.
        Some((host, _)) if !host.contains(':') => host,
        _ => authority,
    }
}

fn canonical(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => Ipv4Addr::is_loopback(&address),
            Ok(IpAddr::V6(address)) => address == Ipv6Addr::LOCALHOST,
            Err(_) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(configured: &[&str], host: &str) -> Result<(), ErrorCode> {
        let configured: Vec<String> = configured.iter().map(|&name| name.to_owned()).collect();
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        HostNames::new(&configured).check(&Uri::from_static("/"), &headers).map_err(|problem| problem.code())
    }

    #[test]
    fn loopback_needs_no_configuration() {
        for host in ["localhost", "LOCALHOST:7420", "localhost.", "127.0.0.1:1", "127.8.9.1", "[::1]:7420", "[::1]"] {
            assert_eq!(check(&[], host), Ok(()), "{host}");
        }
    }

    #[test]
    fn other_hosts_are_misdirected() {
        for host in
            ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "[::2]", "0.0.0.0", ""]
        {
            assert_eq!(check(&[], host), Err(ErrorCode::MisdirectedHost), "{host}");
        }
    }

    #[test]
    fn configured_names_match_whatever_the_port_and_case() {
        assert_eq!(check(&["Runner.internal"], "runner.internal:80"), Ok(()));
        assert_eq!(check(&["runner.internal:8080"], "RUNNER.INTERNAL"), Ok(()));
        assert_eq!(check(&["10.1.2.3"], "10.1.2.3:7420"), Ok(()));
        assert_eq!(check(&["runner.internal"], "other.internal"), Err(ErrorCode::MisdirectedHost));
    }

    #[test]
    fn a_host_header_must_be_there_once() {
        let names = HostNames::new(&[]);
        let mut headers = HeaderMap::new();
        let code = |headers: &HeaderMap| names.check(&Uri::from_static("/"), headers).unwrap_err().code();
        assert_eq!(code(&headers), ErrorCode::Malformed);
        headers.append(header::HOST, "localhost".parse().unwrap());
        headers.append(header::HOST, "localhost".parse().unwrap());
        assert_eq!(code(&headers), ErrorCode::Malformed);
    }
}
