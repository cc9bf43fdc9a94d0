//! Any text as a URL to reach, an allowed host and a list of hosts: allowed or refused, never a panic, and never a
//! private address that nobody allowed.

#![no_main]

use std::net::IpAddr;

use libfuzzer_sys::fuzz_target;
use nodehost_runtime::egress::{AllowedHost, HostSet, Policy};
use url::{Host, Url};

fuzz_target!(|input: &str| {
    let (text, entry) = input.split_once('\0').unwrap_or((input, input));
    let allowed: Option<AllowedHost> = entry.parse().ok();
    let mut hosts = HostSet::none();
    hosts.add_list(entry);
    let Ok(url) = Url::parse(text).or_else(|_| Url::parse(&format!("http://{text}/"))) else { return };
    _ = hosts.contains(&url);
    hosts.add_url(&url);
    assert!(!url.has_host() || hosts.contains(&url), "a URL is among the hosts it was added to");
    _ = Policy::new(allowed.into_iter().collect()).check(&url);
    let address = match url.host() {
        Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
        Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
        _ => return,
    };
    let plain = Policy::default().check(&url);
    assert!(plain.is_err() || !(address.is_loopback() || address.is_unspecified()), "{url} is not public");
});
