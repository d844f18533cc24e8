//! What a registry says about one version of a package.

use semver::Version;

/// One version of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The package URL, without a host.
    pub purl: String,
    pub version: Version,
    /// `<algorithm>:<hexadecimal>` of the archive; absent where it is served and was not looked at, because newer ones
    /// are wanted.
    pub checksum: Option<String>,
    pub license: Option<String>,
}
