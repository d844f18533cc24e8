//! Which Go toolchains the module proxy serves, asked through the Go command.
//!
//! They are the module that the Go command itself fetches where go.mod wants another Go (golang/go,
//! `src/cmd/go/internal/toolchain/select.go`). Nobody serves a list of its versions, so patches are asked for one after the
//! other.

use std::path::Path;

use anyhow::{Context, Result, bail};
use semver::Version;
use serde::Deserialize;

use super::published::Published;
use super::wanted::Line;
use crate::digest;
use crate::home::make_folder;
use crate::progress::step;
use crate::shell::{Call, call, find};

/// The served patches of these lines, upward; the newest `keep` of each with their checksums.
pub fn published(module: &str, lines: &[Line], keep: usize) -> Result<Vec<Published>> {
    if find("go").is_none() {
        bail!("go is missing: the module proxy is asked through the Go command, so install Go");
    }
    let scratch = tempfile::tempdir()?;
    let mut all = Vec::new();
    for line in lines {
        let patches = patches(line.first, |patch| is_served(&at(module, &line.prefix, patch), scratch.path()))?;
        for (index, patch) in patches.iter().enumerate() {
            let module = at(module, &line.prefix, *patch);
            let is_kept = index + keep >= patches.len();
            all.push(Published {
                purl: format!("pkg:golang/{module}"),
                version: Version::parse(&format!("{}.{patch}", line.prefix))
                    .with_context(|| format!("the line {} of Go has no number in the middle", line.prefix))?,
                checksum: is_kept.then(|| checksum(&module)).transpose()?,
                license: None,
            });
        }
    }
    Ok(all)
}

/// The module with its version, for one version of Go.
fn at(module: &str, line: &str, patch: u64) -> String {
    module.replace("{version}", &format!("{line}.{patch}"))
}

/// What proxies answer for a version that is not there; they differ in which they say.
const ABSENT: [&str; 3] = ["404 Not Found", "410 Gone", "403 Forbidden"];

/// Asks for patch after patch, up to the first that is missing. A proxy need not have the very first: it serves for one
/// architecture what it does not for another.
fn patches(first: u64, is_served: impl Fn(u64) -> Result<bool>) -> Result<Vec<u64>> {
    let mut served = Vec::new();
    for patch in first.. {
        if is_served(patch)? {
            served.push(patch);
        } else if patch > first {
            break;
        }
    }
    Ok(served)
}

/// What `go list -m -e -json` and `go mod download -json` tell.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    zip: Option<String>,
    error: Option<Failure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Failure {
    err: String,
}

fn is_served(module: &str, cache: &Path) -> Result<bool> {
    answer(module, &go(cache).args(["list", "-m", "-e", "-json", module]).output()?)
}

/// Tells a version that does not exist from a proxy that does not work.
fn answer(module: &str, text: &str) -> Result<bool> {
    let told: Told = serde_json::from_str(text).with_context(|| format!("the answer of `go list -m {module}`"))?;
    match told.error {
        None => Ok(true),
        Some(error) if ABSENT.iter().any(|status| error.err.contains(status)) => Ok(false),
        Some(error) => bail!("the module proxy does not answer: {}", error.err),
    }
}

/// `sha256:<hexadecimal>` of a module's zip, which the Go command checks against the checksum database.
fn checksum(module: &str) -> Result<String> {
    step("catalog", &format!("fetch {module}"), || {
        let cache = tempfile::tempdir()?;
        // Where it finds the unpacked module it unpacks none: nobody needs its 15,000 files.
        make_folder(&cache.path().join(module))?;
        let text = go(cache.path()).args(["mod", "download", "-json", module]).output()?;
        let told: Told = serde_json::from_str(&text).context("the answer of `go mod download`")?;
        let zip = told.zip.with_context(|| format!("`go mod download {module}` tells no zip"))?;
        Ok(format!("sha256:{}", digest::of_file(Path::new(&zip))?))
    })
}

/// The installed Go, whatever go.mod is near, with a module cache of its own that can be deleted.
fn go(cache: &Path) -> Call {
    call("go")
        .env("GOMODCACHE", cache)
        .env("GOFLAGS", "-mod=mod -modcacherw")
        .env("GOTOOLCHAIN", "local")
        .env("GOWORK", "off")
        .dir(cache)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_are_asked_for_upward_to_the_first_gap_though_the_first_may_be_missing() {
        let served = |of: &'static [u64], first| patches(first, |patch| Ok(of.contains(&patch))).unwrap();
        assert_eq!(served(&[6, 7, 8, 10], 6), [6, 7, 8]);
        assert_eq!(served(&[14], 13), [14]);
        assert!(served(&[], 0).is_empty());
        assert!(patches(0, |_| bail!("no network")).is_err());
    }

    #[test]
    fn a_version_that_is_missing_is_no_broken_proxy() {
        let told = |why: &str| format!("{{\"Path\": \"m\", \"Error\": {{\"Err\": \"m@v1: reading x.info: {why}\"}}}}");
        assert!(answer("m@v1", "{\"Path\": \"m\", \"Version\": \"v1\"}").unwrap());
        assert!(!answer("m@v1", &told("404 Not Found")).unwrap());
        assert!(!answer("m@v1", &told("410 Gone")).unwrap());
        assert!(answer("m@v1", &told("connection refused")).is_err());
        assert!(answer("m@v1", "").is_err());
    }

    #[test]
    fn the_version_stands_where_the_template_says() {
        let module = "example.com/tool@v0.0.1-go{version}.linux-arm64";
        assert_eq!(at(module, "1.26", 8), "example.com/tool@v0.0.1-go1.26.8.linux-arm64");
    }
}
