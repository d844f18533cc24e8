//! Which proxy a URI goes through: `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` as Go reads them
//! (golang/net, `http/httpproxy/proxy.go`), because Paketo's buildpacks are written in it.

use std::net::IpAddr;

use crate::world::Variables;

/// The variables, read once.
#[derive(Default)]
pub(super) struct Proxies {
    http: Option<String>,
    https: Option<String>,
    exceptions: Vec<Exception>,
}

enum Exception {
    Everything,
    Network(IpAddr, u32),
    Host { suffix: String, with_itself: bool, port: Option<u16> },
}

impl Proxies {
    /// Upper case before lower case; an empty value is none.
    pub fn new(variables: &Variables) -> Self {
        let read = |upper: &str| {
            let given =
                |name: &str| variables.text(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            given(upper).or_else(|| given(&upper.to_ascii_lowercase()))
        };
        let exceptions = read("NO_PROXY").unwrap_or_default();
        Self {
            http: read("HTTP_PROXY"),
            https: read("HTTPS_PROXY"),
            exceptions: exceptions.split(',').filter_map(|text| Exception::parse(text.trim())).collect(),
        }
    }

    /// The proxy for a host, if it goes through one.
    pub fn of(&self, is_https: bool, host: &str, port: u16) -> Option<&str> {
        let proxy = if is_https { &self.https } else { &self.http };
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
        let address: Option<IpAddr> = host.parse().ok();
        let is_local = host == "localhost" || address.is_some_and(|address| address.is_loopback());
        if is_local || self.exceptions.iter().any(|exception| exception.holds(&host, address, port)) {
            return None;
        }
        proxy.as_deref()
    }
}

impl Exception {
    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        if text == "*" {
            return Some(Self::Everything);
        }
        let text = text.to_ascii_lowercase();
        if let Some((address, bits)) = text.split_once('/') {
            return Some(Self::Network(address.parse().ok()?, bits.parse().ok()?));
        }
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Some(Self::Network(address, 128));
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (text.as_str(), None),
        };
        let host = host.trim_start_matches('*');
        let with_itself = !host.starts_with('.');
        Some(Self::Host { suffix: host.trim_start_matches('.').to_owned(), with_itself, port })
    }

    fn holds(&self, host: &str, address: Option<IpAddr>, port: u16) -> bool {
        match self {
            Self::Everything => true,
            Self::Network(network, bits) => address.is_some_and(|address| is_within(address, *network, *bits)),
            Self::Host { suffix, with_itself, port: only } => {
                only.is_none_or(|only| only == port)
                    && ((*with_itself && host == suffix)
                        || host.strip_suffix(suffix.as_str()).is_some_and(|rest| rest.ends_with('.')))
            }
        }
    }
}

fn is_within(address: IpAddr, network: IpAddr, bits: u32) -> bool {
    let same = |left: u128, right: u128, width: u32| {
        let drop = width.saturating_sub(bits);
        left.checked_shr(drop).unwrap_or(0) == right.checked_shr(drop).unwrap_or(0)
    };
    match (address, network) {
        (IpAddr::V4(left), IpAddr::V4(right)) => same(left.to_bits().into(), right.to_bits().into(), 32),
        (IpAddr::V6(left), IpAddr::V6(right)) => same(left.to_bits(), right.to_bits(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)], is_https: bool, host: &str) -> Option<String> {
        let proxies = Proxies::new(&variables.iter().copied().collect());
        proxies.of(is_https, host, if is_https { 443 } else { 80 }).map(str::to_owned)
    }

    #[test]
    fn each_scheme_has_its_proxy_in_both_cases_and_empty_is_none() {
        assert_eq!(of(&[("https_proxy", "http://p:1")], true, "example.com").as_deref(), Some("http://p:1"));
        assert_eq!(
            of(&[("HTTPS_PROXY", ""), ("https_proxy", "http://p:2")], true, "example.com").as_deref(),
            Some("http://p:2")
        );
        assert_eq!(of(&[("HTTPS_PROXY", "http://p:1")], false, "example.com"), None);
        assert_eq!(of(&[("HTTP_PROXY", "")], false, "example.com"), None);
        assert_eq!(of(&[("HTTPS_PROXY", "http://p:1")], true, "localhost"), None);
        assert_eq!(of(&[("HTTPS_PROXY", "http://p:1")], true, "127.0.0.9"), None);
    }

    #[test]
    fn no_proxy_knows_domains_ports_networks_and_the_star() {
        for (exceptions, host, direct) in [
            ("example.com", "example.com", true),
            ("example.com", "a.example.com", true),
            ("example.com", "badexample.com", false),
            (".example.com", "a.example.com", true),
            (".example.com", "example.com", false),
            ("*.example.com", "A.EXAMPLE.com", true),
            ("example.com:443", "example.com", true),
            ("example.com:8443", "example.com", false),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("0.0.0.0/0", "11.1.2.3", true),
            ("10.1.2.3", "10.1.2.3", true),
            ("fd00::/8", "[fd12::1]", true),
            ("*", "anything.example", true),
            (" , other.example , example.com", "example.com", true),
            ("", "example.com", false),
        ] {
            let variables = [("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", exceptions)];
            assert_eq!(of(&variables, true, host).is_none(), direct, "{exceptions} {host}");
        }
    }
}
