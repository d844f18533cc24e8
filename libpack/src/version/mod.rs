//! Versions as people write them, and the constraints that choose among them.
//!
//! Both follow Masterminds semver 3.5.0, which packit and libpak use (spec: Masterminds/semver,
//! `version.go` and `constraints.go`), so that a constraint chooses the same version here as in
//! Paketo's buildpacks.

mod constraint;
mod scan;

use std::cmp::Ordering;
use std::fmt;

pub use constraint::Constraint;

use crate::{Error, Result};

/// A version with one to three numbers and an optional leading `v`: `1.2` is `1.2.0`.
///
/// Keeps what was written; compares as semver, with build metadata as the last resort.
#[derive(Debug, Clone)]
pub struct Version {
    written: String,
    parsed: semver::Version,
}

impl Version {
    /// Reads a version. The error is `version/invalid`.
    pub fn parse(text: &str) -> Result<Self> {
        let parsed = scan::version(text).and_then(|scanned| {
            if !scanned.rest.is_empty() {
                return None;
            }
            let [major, minor, patch] = scanned.numbers.map(|number| scan::number(number.unwrap_or("0")));
            Some(semver::Version {
                major: major?,
                minor: minor?,
                patch: patch?,
                pre: semver::Prerelease::new(scanned.pre.unwrap_or_default()).ok()?,
                build: semver::BuildMetadata::new(scanned.build.unwrap_or_default()).ok()?,
            })
        });
        let parsed = parsed.ok_or_else(|| {
            Error::user("version/invalid", format!("{text:?} is not a version"))
                .hint("Write one to three numbers with dots between them, such as 1.2.3 or 1.2.3-rc.1.")
        })?;
        Ok(Self { written: text.to_owned(), parsed })
    }

    /// The first number.
    pub fn major(&self) -> u64 {
        self.parsed.major
    }

    /// The second number.
    pub fn minor(&self) -> u64 {
        self.parsed.minor
    }

    /// The third number.
    pub fn patch(&self) -> u64 {
        self.parsed.patch
    }

    /// Whether it comes before a release, as `1.2.3-rc.1` does.
    pub fn is_prerelease(&self) -> bool {
        !self.parsed.pre.is_empty()
    }

    /// What was written, `v1.2`.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The whole form, `1.2.0`.
    pub fn semver(&self) -> &semver::Version {
        &self.parsed
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl std::str::FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl serde::Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.written)
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.parsed == other.parsed
    }
}

impl Eq for Version {}

impl std::hash::Hash for Version {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.parsed.hash(state);
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parsed.cmp(&other.parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_versions_get_the_numbers_that_they_leave_out() {
        for (text, whole) in [
            ("1", "1.0.0"),
            ("1.2", "1.2.0"),
            ("v1.2.3", "1.2.3"),
            ("01.02", "1.2.0"),
            ("1.2-rc.1", "1.2.0-rc.1"),
            ("1.2.3-rc.1+build.7", "1.2.3-rc.1+build.7"),
            ("17.0.9+9", "17.0.9+9"),
        ] {
            let version = Version::parse(text).unwrap();
            assert_eq!(version.semver().to_string(), whole);
            assert_eq!(version.as_str(), text);
        }
    }

    #[test]
    fn what_is_no_version_is_refused_with_an_example() {
        for text in [
            "",
            " 1.2.3",
            "1.2.3 ",
            "latest",
            "1.x",
            "*",
            "1.2rc1",
            "1.2.3.4",
            "1.",
            "1.2.3-",
            "V1",
            "99999999999999999999",
            "1.2.3-01",
        ] {
            let error = Version::parse(text).unwrap_err();
            assert_eq!(error.id(), "version/invalid", "{text}");
            assert!(error.next_step().unwrap().contains("1.2.3"));
        }
    }

    #[test]
    fn versions_sort_by_number_and_prereleases_come_first() {
        let mut versions: Vec<Version> =
            ["1.10.0", "1.9", "v1.10.0-rc.1", "1.10.0-rc.2"].iter().map(|text| Version::parse(text).unwrap()).collect();
        versions.sort();
        let sorted: Vec<&str> = versions.iter().map(Version::as_str).collect();
        assert_eq!(sorted, ["1.9", "v1.10.0-rc.1", "1.10.0-rc.2", "1.10.0"]);
    }
}
