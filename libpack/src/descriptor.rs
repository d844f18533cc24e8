//! `buildpack.toml`: the facts of a buildpack, which the code, the packager and the docs all read.
//!
//! `[buildpack]` is strict, as the specification has it (buildpacks/spec, buildpack.md);
//! `[metadata]` is Paketo's convention and lenient: keys that others use are left alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{Error, Result};

/// A whole `buildpack.toml`.
#[derive(Debug, Clone, Deserialize)]
pub struct Descriptor {
    /// The Buildpack API, `0.10`.
    pub api: String,
    /// Who the buildpack is.
    pub buildpack: Identity,
    /// What it runs on; none means anything.
    #[serde(default)]
    pub targets: Vec<DescriptorTarget>,
    /// Paketo's conventions.
    #[serde(default)]
    pub metadata: Metadata,
}

/// `[buildpack]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Identity {
    /// `<namespace>/<name>`.
    pub id: String,
    /// `X.Y.Z`.
    pub version: String,
    /// What people call it; the log's title.
    #[serde(default)]
    pub name: Option<String>,
    /// Where it lives.
    #[serde(default)]
    pub homepage: Option<String>,
    /// Media types of the SBOM files that it may write.
    #[serde(default)]
    pub sbom_formats: Vec<String>,
}

/// `[[targets]]`; what is absent matches anything.
#[derive(Debug, Clone, Deserialize)]
pub struct DescriptorTarget {
    /// `linux`.
    #[serde(default)]
    pub os: Option<String>,
    /// `amd64` or `arm64`.
    #[serde(default)]
    pub arch: Option<String>,
}

/// `[metadata]`, as far as we read it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Metadata {
    /// Files that go into a package, beside `buildpack.toml`.
    #[serde(default)]
    pub include_files: Vec<String>,
    /// A shell command that the packager runs first.
    #[serde(default)]
    pub pre_package: Option<String>,
    /// Constraint per dependency id, used when nobody asks for a version.
    #[serde(default)]
    pub default_versions: BTreeMap<String, String>,
    /// What can be installed: see [`crate::dependency`].
    #[serde(default)]
    pub dependencies: Vec<toml::Table>,
    /// The ids of dependencies whose executables lose their symbol tables when they are packaged. Ours.
    #[serde(default)]
    pub strip_symbols: Vec<String>,
    /// Lines of versions that release tooling keeps up to date.
    #[serde(default)]
    pub dependency_constraints: Vec<toml::Table>,
    /// What the packager prepares once, so that no build has to. Ours.
    #[serde(default)]
    pub seeds: Vec<DescriptorSeed>,
    /// Settings: see [`crate::settings`].
    #[serde(default)]
    pub configurations: Vec<Configuration>,
}

/// What an offline package prepares from a dependency that it carries: `[[metadata.seeds]]`. The result lies
/// in the package as a folder, and a build uses it where it lies. Ours.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DescriptorSeed {
    /// `go-build-cache`: what the executable and the folder are called.
    pub id: String,
    /// What people call it; the id when there is none.
    #[serde(default)]
    pub name: Option<String>,
    /// The id of the dependency that it is made from.
    pub from: String,
    /// Raised when the same dependency gives another seed: packagers keep what they made.
    #[serde(default = "first_format")]
    pub format: u32,
    /// Programs of the packager's machine that shape it, such as a compiler; one of another version makes
    /// it anew.
    #[serde(default)]
    pub programs: Vec<String>,
}

fn first_format() -> u32 {
    1
}

/// Where a seed lies below the buildpack's folder: by its id, the version of the dependency that it was made
/// from, and the architecture that it is for.
pub fn seed_folder(id: &str, version: &str, arch: &str) -> PathBuf {
    Path::new("seeds").join(id).join(format!("{version}-{arch}"))
}

/// A setting: `[[metadata.configurations]]`.
#[derive(Debug, Clone, Deserialize)]
pub struct Configuration {
    /// The variable's name, `BP_…` or `BPL_…`.
    pub name: String,
    /// One line for the reference.
    #[serde(default)]
    pub description: String,
    /// Used when the variable is not set.
    #[serde(default)]
    pub default: Option<String>,
    /// Read while building.
    #[serde(default)]
    pub build: bool,
    /// Read when the image starts.
    #[serde(default)]
    pub launch: bool,
}

impl Descriptor {
    /// Reads `<folder>/buildpack.toml`.
    pub fn read(folder: &Path) -> Result<Self> {
        let path: PathBuf = folder.join("buildpack.toml");
        let text = crate::fs::read_text(&path)?;
        Self::parse(&text).map_err(|error| {
            Error::user("descriptor/invalid", format!("{} cannot be read", path.display()))
                .hint("Compare it with the specification's buildpack.toml: buildpacks/spec, buildpack.md.")
                .because(error)
        })
    }

    /// Reads the text of a `buildpack.toml`. The error names line and key.
    pub fn parse(text: &str) -> std::result::Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}
