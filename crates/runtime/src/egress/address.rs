//! What kind of address an IP address is: public, or one of those that the policy refuses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Why an address is not a public one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressKind {
    /// 127.0.0.0/8 and ::1: this machine.
    Loopback,
    /// 10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7 and fec0::/10: this network.
    Private,
    /// 169.254/16 and fe80::/10: this link.
    LinkLocal,
    /// Where clouds serve a machine's own credentials.
    Metadata,
    /// 0.0.0.0/8 and ::, which systems take for this machine.
    Unspecified,
    /// Multicast and broadcast.
    Multicast,
    /// Reserved, documentation, benchmarking and translation ranges.
    Reserved,
}

impl fmt::Display for AddressKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Loopback => "a loopback address",
            Self::Private => "a private address",
            Self::LinkLocal => "a link-local address",
            Self::Metadata => "a cloud metadata address",
            Self::Unspecified => "an unspecified address",
            Self::Multicast => "a multicast address",
            Self::Reserved => "a reserved address",
        })
    }
}

/// The kind of an address that is not public, `None` for a public one. IPv4 inside IPv6 counts as IPv4.
pub(crate) fn special_kind(address: IpAddr) -> Option<AddressKind> {
    let inner = match canonical(address) {
        IpAddr::V4(v4) => special_v4(v4),
        IpAddr::V6(v6) => special_v6(v6),
    };
    match address {
        // ISATAP is but the end of an address: what it begins with says which network it is in.
        IpAddr::V6(v6) if is_isatap(v6) => inner.or_else(|| special_v6(v6)),
        _ => inner,
    }
}

fn is_isatap(v6: Ipv6Addr) -> bool {
    matches!(v6.segments(), [_, _, _, _, 0 | 0x200, 0x5efe, _, _])
}

/// The IPv4 address inside an IPv6 one (mapped, compatible, translated, NAT64, 6to4, ISATAP), else the address itself.
pub(crate) fn canonical(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => embedded_v4(v6).map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

fn embedded_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = v6.segments();
    let join = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match s {
        // `::` and `::1` are addresses of their own, not IPv4-compatible ones.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0xffff | 0, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => join(high, low),
        [.., high, low] if is_isatap(v6) => join(high, low),
        _ => None,
    }
}

const V4_RANGES: [([u8; 4], u8, AddressKind); 20] = [
    ([100, 100, 100, 200], 32, AddressKind::Metadata),
    ([168, 63, 129, 16], 32, AddressKind::Metadata),
    ([169, 254, 169, 254], 32, AddressKind::Metadata),
    ([169, 254, 170, 2], 32, AddressKind::Metadata),
    ([192, 0, 0, 192], 32, AddressKind::Metadata),
    ([0, 0, 0, 0], 8, AddressKind::Unspecified),
    ([10, 0, 0, 0], 8, AddressKind::Private),
    ([100, 64, 0, 0], 10, AddressKind::Private),
    ([127, 0, 0, 0], 8, AddressKind::Loopback),
    ([169, 254, 0, 0], 16, AddressKind::LinkLocal),
    ([172, 16, 0, 0], 12, AddressKind::Private),
    ([192, 0, 0, 0], 24, AddressKind::Reserved),
    ([192, 0, 2, 0], 24, AddressKind::Reserved),
    ([192, 88, 99, 0], 24, AddressKind::Reserved),
    ([192, 168, 0, 0], 16, AddressKind::Private),
    ([198, 18, 0, 0], 15, AddressKind::Reserved),
    ([198, 51, 100, 0], 24, AddressKind::Reserved),
    ([203, 0, 113, 0], 24, AddressKind::Reserved),
    ([224, 0, 0, 0], 4, AddressKind::Multicast),
    ([240, 0, 0, 0], 4, AddressKind::Reserved),
];

fn special_v4(v4: Ipv4Addr) -> Option<AddressKind> {
    V4_RANGES
        .iter()
        .find(|(network, length, _)| Ipv4Net::new_assert((*network).into(), *length).contains(&v4))
        .map(|(_, _, kind)| *kind)
}

const V6_RANGES: [([u16; 8], u8, AddressKind); 11] = [
    ([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128, AddressKind::Metadata),
    ([0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254], 128, AddressKind::Metadata),
    ([0; 8], 128, AddressKind::Unspecified),
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, AddressKind::Loopback),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, AddressKind::Private),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, AddressKind::Private),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, AddressKind::LinkLocal),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, AddressKind::Multicast),
    // Protocol assignments, among them Teredo, which carries an IPv4 address in disguise.
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, AddressKind::Reserved),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, AddressKind::Reserved),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, AddressKind::Reserved),
];

fn special_v6(v6: Ipv6Addr) -> Option<AddressKind> {
    let listed = V6_RANGES
        .iter()
        .find(|(network, length, _)| Ipv6Net::new_assert((*network).into(), *length).contains(&v6))
        .map(|(_, _, kind)| *kind);
    // Only 2000::/3 is handed out for the internet; whatever else there is stays inside.
    listed.or_else(|| (v6.segments()[0] & 0xe000 != 0x2000).then_some(AddressKind::Reserved))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<AddressKind> {
        special_kind(text.parse().unwrap())
    }

    #[test]
    fn public_addresses_are_not_special() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
            "2606:4700::5efe:8.8.8.8",
        ] {
            assert_eq!(kind(address), None, "{address}");
        }
    }

    #[test]
    fn special_addresses_have_a_kind() {
        use AddressKind::*;
        for (address, expected) in [
            ("127.0.0.1", Loopback),
            ("127.255.255.254", Loopback),
            ("0.0.0.0", Unspecified),
            ("0.1.2.3", Unspecified),
            ("10.0.0.1", Private),
            ("172.16.0.1", Private),
            ("172.31.255.255", Private),
            ("192.168.1.1", Private),
            ("100.64.0.1", Private),
            ("169.254.0.1", LinkLocal),
            ("169.254.169.254", Metadata),
            ("168.63.129.16", Metadata),
            ("224.0.0.1", Multicast),
            ("255.255.255.255", Reserved),
            ("198.18.0.1", Reserved),
            ("::", Unspecified),
            ("::1", Loopback),
            ("::127.0.0.1", Loopback),
            ("::ffff:127.0.0.1", Loopback),
            ("::ffff:0:10.0.0.1", Private),
            ("64:ff9b::169.254.169.254", Metadata),
            ("64:ff9b:1::1", Reserved),
            ("2002:7f00:1::", Loopback),
            ("2002:a00:1::1", Private),
            ("2001:470::5efe:10.0.0.1", Private),
            ("fd00::5efe:8.8.8.8", Private),
            ("fe80::200:5efe:8.8.8.8", LinkLocal),
            ("2001:0:1::1", Reserved),
            ("fe80::1", LinkLocal),
            ("fd00::1", Private),
            ("fd00:ec2::254", Metadata),
            ("fec0::1", Private),
            ("ff02::1", Multicast),
            ("2001:db8::1", Reserved),
            ("100::1", Reserved),
        ] {
            assert_eq!(kind(address), Some(expected), "{address}");
        }
    }
}
