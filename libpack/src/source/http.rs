//! The real way to the outside: `https`, `http` and `file`.

use std::io::Read;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Proxy};

use super::mask::masked;
use super::proxy::Proxies;
use super::roots::Roots;
use crate::world::{Fetch, Variables};
use crate::{Error, Result};

/// How often a server may send us elsewhere, as in Go's client.
const MOST_REDIRECTS: usize = 10;
/// A body that stands still this long will not come any more.
const STALLED: Duration = Duration::from_secs(30);

/// Gets bytes over the network, through the proxies and with the trust that the variables name.
///
/// A proxy is asked to connect through, also for `http`. Certificates are read at the first `https` request.
pub struct HttpFetch {
    user_agent: String,
    connect: Option<Duration>,
    respond: Option<Duration>,
    proxies: Proxies,
    roots: Roots,
    plain: OnceLock<Agent>,
    secure: OnceLock<Agent>,
}

/// A body on its way.
pub struct Body {
    /// Its bytes.
    pub reader: Box<dyn Read + Send>,
    /// How many bytes it has, when that is known.
    pub length: Option<u64>,
}

impl HttpFetch {
    /// Reads `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE`, `SSL_CERT_DIR`, and libpak's
    /// timeouts in seconds (paketo-buildpacks/libpak, `dependency_cache.go`; 0 is none). The error
    /// is `fetch/timeout`, when one of those is no number.
    pub fn new(variables: &Variables) -> Result<Self> {
        let dial = seconds(variables, "BP_DIALER_TIMEOUT", 6)?;
        let handshake = seconds(variables, "BP_TLS_HANDSHAKE_TIMEOUT", 5)?;
        Ok(Self {
            user_agent: concat!("libpack/", env!("CARGO_PKG_VERSION")).to_owned(),
            // The client counts the handshake into the connection.
            connect: dial.zip(handshake).map(|(dial, handshake)| dial + handshake),
            respond: seconds(variables, "BP_RESPONSE_HEADER_TIMEOUT", 5)?,
            proxies: Proxies::new(variables),
            roots: Roots::new(variables),
            plain: OnceLock::new(),
            secure: OnceLock::new(),
        })
    }

    /// Introduces itself as `<buildpack id>/<buildpack version>`.
    pub fn user_agent(mut self, id: &str, version: &str) -> Self {
        self.user_agent = format!("{id}/{version}");
        self
    }

    /// Also trusts the certificates in these PEM files, as those of a `ca-certificates` binding.
    pub fn trusting(mut self, files: Vec<PathBuf>) -> Self {
        self.roots.add(files);
        self
    }

    fn agent(&self, is_https: bool) -> Result<&Agent> {
        let kept = if is_https { &self.secure } else { &self.plain };
        if let Some(agent) = kept.get() {
            return Ok(agent);
        }
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(self.user_agent.as_str())
            .timeout_resolve(self.connect)
            .timeout_connect(self.connect)
            .timeout_recv_response(self.respond)
            .timeout_per_read(Some(STALLED));
        if is_https {
            let roots = RootCerts::new_with_certs(&self.roots.load()?);
            config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        Ok(kept.get_or_init(|| config.build().new_agent()))
    }

    /// Opens a URI; as [`Fetch::get`], for whoever shows how far it is.
    pub fn open(&self, uri: &str) -> Result<Body> {
        match uri.split_once("://").map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest)) {
            Some((scheme, path)) if scheme == "file" => {
                let path = file_path(path).ok_or_else(|| invalid(uri))?;
                let file = std::fs::File::open(&path).map_err(|error| {
                    Error::user("fetch/file", format!("{} cannot be opened", path.display())).because(error)
                })?;
                let length = file.metadata().ok().map(|metadata| metadata.len());
                Ok(Body { reader: Box::new(file), length })
            }
            Some((scheme, _)) if scheme == "http" || scheme == "https" => self.follow(uri),
            _ => Err(invalid(uri)),
        }
    }

    fn follow(&self, start: &str) -> Result<Body> {
        let mut uri = start.to_owned();
        for _ in 0..=MOST_REDIRECTS {
            let response = self.ask(&uri)?;
            let status = response.status();
            if let Some(next) = status.is_redirection().then(|| response.headers().get("location")).flatten() {
                let next = next.to_str().map_err(|error| failed(&uri, "redirects to what is no URI").because(error))?;
                uri = redirect(&uri, next)?;
                continue;
            }
            if !status.is_success() {
                return Err(unwelcome(&uri, status.as_u16()));
            }
            let body = response.into_body();
            let length = body.content_length();
            return Ok(Body { reader: Box::new(body.into_reader()), length });
        }
        Err(failed(start, &format!("redirects more than {MOST_REDIRECTS} times")))
    }

    fn ask(&self, uri: &str) -> Result<ureq::http::Response<ureq::Body>> {
        let parsed: Uri = uri.parse().map_err(|error| invalid(uri).because(error))?;
        let (Some(scheme), Some(host)) = (parsed.scheme_str(), parsed.host()) else {
            return Err(invalid(uri));
        };
        let is_https = scheme == "https";
        let port = parsed.port_u16().unwrap_or(if is_https { 443 } else { 80 });
        let through = self.proxies.of(is_https, host, port);
        let proxy = through.map(Proxy::new).transpose().map_err(|_| {
            let shown = through.map(masked).unwrap_or_default();
            Error::user("fetch/proxy", format!("{shown:?} cannot be used as a proxy for {host}"))
                .hint("Set HTTP_PROXY and HTTPS_PROXY to something like http://proxy.example:3128.")
        })?;
        let request = self.agent(is_https)?.get(uri).config().proxy(proxy).build();
        // Archives as they lie there: their checksums were taken like that.
        request.header("accept-encoding", "identity").call().map_err(|error| {
            let way = through.map_or(String::new(), |proxy| format!(" through the proxy {}", masked(proxy)));
            Error::network("fetch/unreachable", format!("{host} could not be reached{way}: {error}"))
                .hint("Check the network and the variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY.")
        })
    }
}

impl Fetch for HttpFetch {
    fn get(&self, uri: &str) -> Result<Box<dyn Read + Send>> {
        self.open(uri).map(|body| body.reader)
    }
}

/// The path of a file URI, from what follows `file://`; hosts are not served.
pub(super) fn file_path(rest: &str) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    let path = rest.strip_prefix("localhost").filter(|path| path.starts_with('/')).unwrap_or(rest);
    let bytes: Vec<u8> = percent_encoding::percent_decode_str(path).collect();
    path.starts_with('/').then(|| PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

/// The address that a server sends us to: never from https to http, and never to a file.
fn redirect(from: &str, location: &str) -> Result<String> {
    let next = if location.contains("://") {
        location.to_owned()
    } else {
        let base: Uri = from.parse().map_err(|error| invalid(from).because(error))?;
        let scheme = base.scheme_str().unwrap_or_default();
        // Without the user information: a server does not decide where a password goes.
        let host = base.authority().map(|authority| authority.as_str().rsplit('@').next().unwrap_or_default());
        let host = host.unwrap_or_default();
        if let Some(other_host) = location.strip_prefix("//") {
            format!("{scheme}://{other_host}")
        } else if location.starts_with('/') {
            format!("{scheme}://{host}{location}")
        } else {
            let folder = base.path().rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{scheme}://{host}{folder}/{location}")
        }
    };
    let scheme = |uri: &str| uri.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    match (scheme(from).as_deref(), scheme(&next).as_deref()) {
        (_, Some("https")) | (Some("http"), Some("http")) => Ok(next),
        _ => Err(Error::network(
            "fetch/redirect",
            format!("{} redirects to {}, which is not safe", masked(from), masked(&next)),
        )
        .hint("Ask those who run the site to redirect to https, or use a mirror.")),
    }
}

fn seconds(variables: &Variables, name: &str, default: u64) -> Result<Option<Duration>> {
    let seconds = match variables.text(name) {
        None => default,
        Some(text) => text.trim().parse().map_err(|_| {
            Error::user("fetch/timeout", format!("{name}={text:?} is not a number of seconds"))
                .hint(format!("Set {name} to a whole number such as {default}; 0 waits without end."))
        })?,
    };
    Ok((seconds > 0).then(|| Duration::from_secs(seconds)))
}

/// Only what passes is the site's fault: nothing but another address or credentials helps against the rest.
fn unwelcome(uri: &str, status: u16) -> Error {
    let of = if matches!(status, 408 | 429 | 500..) { Error::network } else { Error::user };
    of("fetch/status", format!("{} answered with status {status}", masked(uri)))
        .hint("Look whether the address is right and whether the site wants credentials.")
}

fn invalid(uri: &str) -> Error {
    Error::user("fetch/uri", format!("{:?} is not a URI that can be fetched", masked(uri)))
        .hint("Use one that begins with https://, http:// or file:///.")
}

fn failed(uri: &str, what: &str) -> Error {
    Error::network("fetch/redirect", format!("{} {what}", masked(uri)))
}

#[cfg(test)]
mod tests;
