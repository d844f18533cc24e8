//! The helper `inspector`: turns on the debugger of Node.js at launch (paketo-buildpacks/node-engine, `cmd/inspector`).

use std::collections::BTreeMap;
use std::path::Path;

use libpack::world::Variables;
use libpack::{Error, Result};

use crate::memory::with_option;

/// What to set: `NODE_OPTIONS` with `--inspect` when `BPL_DEBUG_ENABLED` is true and the options
/// have none yet. Reads no file.
/// Errors: `node/debug-port-invalid`, `node/debug-host-invalid`.
pub fn inspect(variables: &Variables, _read: &dyn Fn(&Path) -> Option<String>) -> Result<BTreeMap<String, String>> {
    let text = |name| variables.text(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let options = variables.text("NODE_OPTIONS").unwrap_or_default();
    if !text("BPL_DEBUG_ENABLED").is_some_and(|value| is_true(&value)) || options.contains("--inspect") {
        return Ok(BTreeMap::new());
    }
    let host = text("BPL_DEBUG_HOST").map(|host| checked_host(&host)).transpose()?;
    let port = text("BPL_DEBUG_PORT").map(|port| checked_port(&port)).transpose()?;
    let option = match (host, port) {
        (None, None) => "--inspect".to_owned(),
        (Some(host), None) => format!("--inspect={host}"),
        (host, Some(port)) => format!("--inspect={}:{port}", host.as_deref().unwrap_or("127.0.0.1")),
    };
    Ok(BTreeMap::from([("NODE_OPTIONS".to_owned(), with_option(&options, &option))]))
}

/// Every spelling of true that the settings know; anything else is off, never an error.
fn is_true(value: &str) -> bool {
    ["1", "t", "true", "y", "yes", "on"].iter().any(|known| value.eq_ignore_ascii_case(known))
}

fn checked_port(port: &str) -> Result<u16> {
    port.parse().map_err(|error: std::num::ParseIntError| {
        let message = format!("BPL_DEBUG_PORT [{port}] is not a port");
        Error::user("node/debug-port-invalid", message)
            .hint("Set BPL_DEBUG_PORT to a number from 0 to 65535, or unset it for 9229.")
            .because(error)
    })
}

/// A name or an address without anything that would start another option; an address of IPv6 in
/// brackets, as Node.js wants it.
fn checked_host(host: &str) -> Result<String> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if bare.parse::<std::net::Ipv6Addr>().is_ok() {
        return Ok(format!("[{bare}]"));
    }
    if host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')) {
        return Ok(host.to_owned());
    }
    Err(Error::user("node/debug-host-invalid", format!("BPL_DEBUG_HOST [{host}] is not a host"))
        .hint("Set BPL_DEBUG_HOST to an address such as 0.0.0.0, without a port, or unset it for 127.0.0.1."))
}

/// [`inspect`] with the files of this container, for the buildpack.
/// Errors: as there.
pub fn helper(variables: &Variables) -> Result<BTreeMap<String, String>> {
    inspect(variables, &|path| std::fs::read_to_string(path).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(variables: &[(&str, &str)]) -> Result<Option<String>> {
        let variables: Variables = variables.iter().copied().collect();
        inspect(&variables, &|_| None).map(|mut set| set.remove("NODE_OPTIONS"))
    }

    const ON: (&str, &str) = ("BPL_DEBUG_ENABLED", "true");
    const SSL: (&str, &str) = ("NODE_OPTIONS", "--use-openssl-ca");

    #[test]
    fn off_means_nothing() {
        assert_eq!(run(&[SSL]).unwrap(), None);
        for value in ["false", "", "0", "maybe"] {
            assert_eq!(run(&[("BPL_DEBUG_ENABLED", value), ("BPL_DEBUG_PORT", "x")]).unwrap(), None);
        }
    }

    #[test]
    fn on_adds_the_inspector_to_the_options() {
        assert_eq!(run(&[ON, SSL]).unwrap().unwrap(), "--use-openssl-ca --inspect");
        assert_eq!(run(&[("BPL_DEBUG_ENABLED", "1")]).unwrap().unwrap(), "--inspect");
        let options = ("NODE_OPTIONS", "--no-warnings");
        let port = ("BPL_DEBUG_PORT", "9000");
        assert_eq!(run(&[ON, options, port]).unwrap().unwrap(), "--no-warnings --inspect=127.0.0.1:9000");
    }

    #[test]
    fn an_inspector_of_the_user_stays() {
        for option in ["--inspect", "--inspect=0.0.0.0:1", "--inspect-brk"] {
            assert_eq!(run(&[ON, ("NODE_OPTIONS", option)]).unwrap(), None);
        }
    }

    #[test]
    fn the_host_can_be_chosen() {
        let with = |host, port| run(&[ON, ("BPL_DEBUG_HOST", host), ("BPL_DEBUG_PORT", port)]).unwrap().unwrap();
        assert_eq!(with("0.0.0.0", "9000"), "--inspect=0.0.0.0:9000");
        assert_eq!(with("0.0.0.0", ""), "--inspect=0.0.0.0");
        assert_eq!(with("::1", "9000"), "--inspect=[::1]:9000");
        assert_eq!(with("[::]", "9000"), "--inspect=[::]:9000");
    }

    #[test]
    fn what_would_smuggle_in_an_option_is_refused() {
        let port = run(&[ON, ("BPL_DEBUG_PORT", "9000 --require=x")]).unwrap_err();
        assert_eq!(port.id(), "node/debug-port-invalid");
        let host = run(&[ON, ("BPL_DEBUG_HOST", "0.0.0.0 --require=x")]).unwrap_err();
        assert_eq!(host.id(), "node/debug-host-invalid");
    }
}
