//! What the npm registry serves, asked through npm.

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use semver::Version;
use serde_json::Value;

use super::published::Published;
use super::wanted::Line;
use crate::digest::hexadecimal;
use crate::shell::{call, find};

/// The released versions of these lines (`24` is every 24.x.y).
pub fn published(package: &str, lines: &[Line]) -> Result<Vec<Published>> {
    if find("npm").is_none() {
        bail!("npm is missing: the registry is asked through its own client, so install Node with npm");
    }
    let mut all = Vec::new();
    for line in lines {
        let wanted = format!("{package}@{}", line.prefix);
        let text = call("npm").args(["view", "--json", &wanted, "version", "dist.integrity", "license"]).output()?;
        all.extend(read(package, &text).with_context(|| format!("the answer of `npm view {wanted}`"))?);
    }
    Ok(all)
}

/// npm answers with one object for one version, with a list for several, with nothing for none.
fn read(package: &str, text: &str) -> Result<Vec<Published>> {
    let versions = match text {
        "" => Vec::new(),
        text => match serde_json::from_str(text)? {
            Value::Array(versions) => versions,
            version => vec![version],
        },
    };
    let mut published = Vec::new();
    for entry in versions {
        let field = |name: &str| entry.get(name).and_then(Value::as_str);
        let version: Version = field("version").context("a version without its number")?.parse()?;
        if !version.pre.is_empty() {
            continue;
        }
        published.push(Published {
            purl: format!("pkg:npm/{package}@{version}"),
            checksum: Some(checksum(field("dist.integrity").context("a version without integrity")?)?),
            license: field("license").map(str::to_owned),
            version,
        });
    }
    Ok(published)
}

/// Turns `sha512-<base64>` into `sha512:<hexadecimal>`.
fn checksum(integrity: &str) -> Result<String> {
    let encoded = integrity.split_whitespace().find_map(|one| one.strip_prefix("sha512-"));
    let bytes = STANDARD.decode(encoded.with_context(|| format!("no SHA-512 in `{integrity}`"))?)?;
    if bytes.len() != 64 {
        bail!("a SHA-512 of {} bytes in `{integrity}`", bytes.len());
    }
    Ok(format!("sha512:{}", hexadecimal(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integrity() -> String {
        format!("sha512-{}", STANDARD.encode([0xab; 64]))
    }

    #[test]
    fn one_version_and_several_are_told_apart_and_previews_stay_out() {
        let entry =
            |version: &str| format!(r#"{{"version":"{version}","dist.integrity":"{}","license":"MIT"}}"#, integrity());
        assert_eq!(read("tool", &entry("1.2.3")).unwrap().len(), 1);
        let several = format!("[{},{}]", entry("1.2.3"), entry("1.3.0-rc.1"));
        let found = read("tool", &several).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].purl, "pkg:npm/tool@1.2.3");
        assert_eq!(found[0].checksum, Some(format!("sha512:{}", "ab".repeat(64))));
        assert_eq!(read("tool", "").unwrap(), []);
    }

    #[test]
    fn an_integrity_without_a_whole_sha512_is_refused() {
        assert!(checksum("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=").is_err());
        assert!(checksum("sha512-AAAA").is_err());
        assert!(checksum(&format!("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= {}", integrity())).is_ok());
    }
}
