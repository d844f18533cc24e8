//! From the name of a package in a registry to a URI, by the settings of the registry's own client.
//!
//! A row names its package by purl and never a host: who mirrors a registry has already told the
//! client, and what is in a package stays true elsewhere.

mod golang;
mod maven;
mod npm;

use std::process::Command;
use std::str::FromStr as _;

use libpack::{Error, Result};
use packageurl::PackageUrl;

/// Where a package lies, and what the publisher's settings say about getting in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Without credentials: this may stand in a package.
    pub uri: String,
    /// `user:password` of the registry's URL; for the download only.
    pub credentials: Option<String>,
}

const REGISTRIES: [&str; 3] = ["npm", "golang", "maven"];

/// Whether a purl is of a type that [`locate`] knows.
pub fn is_of_registry(purl: &str) -> bool {
    PackageUrl::from_str(purl).is_ok_and(|purl| REGISTRIES.contains(&purl.ty()))
}

/// Where the package of a purl lies.
pub fn locate(purl: &str) -> Result<Location> {
    let invalid = |why: &str| {
        Error::user("purl/invalid", format!("{purl} {why}"))
            .hint("Write purls as pkg:npm/name@1.2.3, pkg:golang/host/path@v1.2.3 or pkg:maven/group/artifact@1.2.3.")
    };
    let parsed = PackageUrl::from_str(purl).map_err(|error| invalid("cannot be read").because(error))?;
    let version = parsed.version().ok_or_else(|| invalid("names no version"))?;
    match parsed.ty() {
        "npm" => npm::locate(&parsed, version),
        "golang" => golang::locate(purl, version),
        "maven" => maven::locate(&parsed, version),
        _ => Err(invalid("is of a type that has no registry")),
    }
}

/// Runs a registry's client and gives its one line of output.
fn ask(program: &str, args: &[&str]) -> Result<String> {
    // Where the client runs decides which project file it reads: the publisher's own settings are asked for.
    let output = Command::new(program).args(args).current_dir(std::env::temp_dir()).output().map_err(|error| {
        Error::user("purl/client-missing", format!("{program} could not be started, and it knows the registry"))
            .hint(format!("Install {program}, or give the dependency a `uri`."))
            .because(error)
    })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(Error::user("purl/client-failed", format!("`{program} {}` failed", args.join(" ")))
            .hint(format!("Mend the settings of {program}, or give the dependency a `uri`."))
            .because(said));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The base of a registry from its client's settings. Queries, where some registries take tokens,
/// are dropped.
fn base(url: &str) -> Location {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    Location::of(url.trim_end_matches('/'))
}

impl Location {
    /// Takes the user name and password out of a URI.
    pub fn of(uri: &str) -> Self {
        let found = uri.split_once("://").and_then(|(scheme, rest)| {
            let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
            let (user, host) = authority.rsplit_once('@')?;
            Some((format!("{scheme}://{host}{path}"), user.to_owned()))
        });
        let (uri, credentials) = found.map_or((uri.to_owned(), None), |(uri, user)| (uri, Some(user)));
        Self { uri, credentials }
    }

    fn join(mut self, path: &str) -> Self {
        self.uri = format!("{}/{path}", self.uri);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_a_registry_do_not_stay_in_the_uri() {
        let location = base("https://me:secret@registry.example/npm/?token=abc").join("left-pad");
        assert_eq!(location.uri, "https://registry.example/npm/left-pad");
        assert_eq!(location.credentials.as_deref(), Some("me:secret"));
    }

    #[test]
    fn what_is_no_registry_says_so() {
        assert!(!is_of_registry("pkg:generic/node@22.1.0"));
        assert_eq!(locate("pkg:generic/node@22.1.0").unwrap_err().id(), "purl/invalid");
        assert_eq!(locate("pkg:npm/node").unwrap_err().id(), "purl/invalid");
    }
}
