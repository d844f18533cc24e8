//! Certificates that this machine trusts and a base image does not: those of a proxy that signs anew what comes from
//! outside. Builds get them as a service binding, as users behind such a proxy give them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::home::{Home, read, write};
use crate::setup::engine::Engine;
use crate::setup::images;

/// Where Debian keeps all trusted certificates in one file.
const BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The folder of a `ca-certificates` binding; none when the build image trusts all that this machine does.
pub fn binding(home: &Home, engine: &Engine) -> Result<Option<PathBuf>> {
    let Some(bundle) = bundle() else {
        return Ok(None);
    };
    let inside = engine
        .docker()
        .args(["run", "--rm", "--network", "none", "--entrypoint", "cat", images::BUILD, BUNDLE])
        .output()
        // An image without the file trusts nothing yet.
        .unwrap_or_default();
    let further = further(&read(&bundle)?, &inside);
    if further.is_empty() {
        return Ok(None);
    }
    let folder = home.join("bindings/ca-certificates");
    write(&folder.join("type"), "ca-certificates\n")?;
    write(&folder.join("ca-certificates.crt"), further)?;
    Ok(Some(folder))
}

/// The flags with which `pack build` takes a binding.
pub fn flags(binding: Option<&Path>) -> Vec<String> {
    binding.map_or_else(Vec::new, |folder| {
        vec!["--volume".to_owned(), format!("{}:/platform/bindings/ca-certificates", folder.display())]
    })
}

fn bundle() -> Option<PathBuf> {
    let named = std::env::var_os("SSL_CERT_FILE").filter(|path| !path.is_empty()).map(PathBuf::from);
    named.into_iter().chain([PathBuf::from(BUNDLE)]).find(|file| file.is_file())
}

/// The certificates of the first text that are not in the second one.
fn further(ours: &str, theirs: &str) -> String {
    let known: BTreeSet<String> = certificates(theirs).collect();
    certificates(ours).filter(|certificate| !known.contains(certificate)).collect()
}

fn certificates(text: &str) -> impl Iterator<Item = String> {
    text.split(BEGIN).skip(1).filter_map(|rest| {
        let lines: Vec<&str> = rest.split(END).next()?.split_whitespace().collect();
        Some(format!("{BEGIN}\n{}\n{END}\n", lines.join("\n")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_image_does_not_trust_is_handed_on() {
        let ours = "# Company\n-----BEGIN CERTIFICATE-----\r\nAAA\r\nBBB\r\n-----END CERTIFICATE-----\n\
                    -----BEGIN CERTIFICATE-----\nCCC\n-----END CERTIFICATE-----\n";
        let theirs = "-----BEGIN CERTIFICATE-----\nCCC\n-----END CERTIFICATE-----\n";
        assert_eq!(further(ours, theirs), "-----BEGIN CERTIFICATE-----\nAAA\nBBB\n-----END CERTIFICATE-----\n");
        assert_eq!(further(theirs, theirs), "");
    }

    #[test]
    fn a_binding_lies_where_buildpacks_look() {
        let flags = flags(Some(Path::new("/state/ca")));
        assert_eq!(flags, ["--volume", "/state/ca:/platform/bindings/ca-certificates"]);
    }
}
