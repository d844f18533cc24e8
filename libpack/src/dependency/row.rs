//! One `[[metadata.dependencies]]` row, in any of the spellings that packit, libpak 1 and libpak 2
//! use (paketo-buildpacks/packit `postal/buildpack.go`, paketo-buildpacks/libpak
//! `buildpack.go`, Paketo RFC 0059).

use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;
use crate::target::go_arch;
use crate::version::Version;
use crate::{Error, Result};

/// What can be installed, and where it comes from.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Dependency {
    /// `node`.
    pub id: String,
    /// What people call it, `Node Engine`; the id when the row has none.
    pub name: String,
    /// Its version.
    pub version: Version,
    /// Where its archive lies; absent when the row has only a purl or further sources.
    pub uri: Option<String>,
    /// The archive's checksum.
    pub checksum: Option<Checksum>,
    /// The checksum of the archive that the packager repacked, under which it is vendored. Ours.
    pub vendored_checksum: Option<Checksum>,
    /// Where the source code lies.
    pub source: Option<String>,
    /// The source code's checksum, as written.
    pub source_checksum: Option<String>,
    /// Stack ids; none or `*` means any.
    pub stacks: Vec<String>,
    /// `linux`; absent means any.
    pub os: Option<String>,
    /// `amd64` or `arm64`; absent means any.
    pub arch: Option<String>,
    /// Distributions; none means any.
    pub distros: Vec<Distro>,
    /// Names for vulnerability scanners.
    pub cpes: Vec<String>,
    /// Package URLs.
    pub purls: Vec<String>,
    /// Licences.
    pub licenses: Vec<License>,
    /// Leading folders that are cut off each entry of the archive.
    pub strip_components: usize,
    /// When its maintainers stop: RFC 3339, or a date that begins in UTC.
    #[serde(rename = "deprecation_date")]
    pub deprecation_date: Option<jiff::Timestamp>,
    /// How the archive is laid out beyond leading folders; `go-module` is known. Ours.
    pub layout: Option<String>,
    /// Further places, tried in order. Ours.
    pub sources: Vec<FurtherSource>,
}

/// A distribution that a row is made for; what is absent matches any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distro {
    /// `debian`.
    #[serde(default)]
    pub name: Option<String>,
    /// `12`.
    #[serde(default)]
    pub version: Option<String>,
}

/// A licence by its SPDX id, a link, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct License {
    /// SPDX id, `MIT`.
    #[serde(rename = "type")]
    pub id: Option<String>,
    /// Its text.
    pub uri: Option<String>,
}

/// Another place for the same dependency: `[[metadata.dependencies.sources]]`. Ours.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FurtherSource {
    /// Where it lies; absent when only the purl names it.
    pub uri: Option<String>,
    /// The package that it is in a registry.
    pub purl: Option<String>,
    /// Its own checksum: another archive has another one.
    pub checksum: Option<Checksum>,
    /// As on the row.
    pub vendored_checksum: Option<Checksum>,
    /// As on the row.
    pub strip_components: usize,
    /// As on the row.
    pub layout: Option<String>,
}

/// The keys of a row as they are written.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    id: String,
    name: Option<String>,
    version: String,
    uri: Option<String>,
    checksum: Option<String>,
    sha256: Option<String>,
    vendored_checksum: Option<String>,
    source: Option<String>,
    source_checksum: Option<String>,
    #[serde(rename = "source_sha256")]
    source_sha256: Option<String>,
    #[serde(default)]
    stacks: Vec<String>,
    os: Option<String>,
    arch: Option<String>,
    #[serde(default)]
    distros: Vec<Distro>,
    cpe: Option<String>,
    #[serde(default)]
    cpes: Vec<String>,
    purl: Option<String>,
    #[serde(default)]
    purls: Vec<String>,
    #[serde(default)]
    licenses: Vec<WrittenLicense>,
    #[serde(default)]
    strip_components: usize,
    eol_date: Option<WrittenDate>,
    #[serde(rename = "deprecation_date")]
    deprecation_date: Option<WrittenDate>,
    layout: Option<String>,
    #[serde(default)]
    sources: Vec<WrittenSource>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenLicense {
    Id(String),
    Table {
        #[serde(rename = "type")]
        id: Option<String>,
        uri: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenDate {
    Toml(toml::value::Datetime),
    Text(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenSource {
    uri: Option<String>,
    purl: Option<String>,
    checksum: Option<String>,
    sha256: Option<String>,
    vendored_checksum: Option<String>,
    #[serde(default)]
    strip_components: usize,
    layout: Option<String>,
}

impl Dependency {
    /// Reads a row; keys that nobody knows are left alone. The error is `dependency/row`.
    pub fn from_row(row: &toml::Table) -> Result<Self> {
        let of_row = || match (row.get("id"), row.get("version")) {
            (Some(id), Some(version)) => format!("id = {id}, version = {version}"),
            (Some(id), None) => format!("id = {id}"),
            _ => "without an id".to_owned(),
        };
        let refuse = |error: Box<dyn std::error::Error + Send + Sync>| {
            Error::user("dependency/row", format!("a row of [[metadata.dependencies]] cannot be read: {}", of_row()))
                .hint("Mend the row in buildpack.toml; it needs id, version, checksum, and uri, purl or sources.")
                .because(error)
        };
        let written: Written = row.clone().try_into().map_err(|error| refuse(Box::new(error)))?;
        Self::from_written(written).map_err(|error| refuse(Box::new(error)))
    }

    fn from_written(row: Written) -> Result<Self> {
        let purls = or_one(row.purls, row.purl);
        let arch = given(row.arch).or_else(|| purls.iter().find_map(|purl| arch_of_purl(purl)));
        let dependency = Self {
            name: given(row.name).unwrap_or_else(|| row.id.clone()),
            version: Version::parse(&row.version)?,
            uri: given(row.uri),
            // packit: the old key wins where both stand.
            checksum: checksum(given(row.sha256).or(row.checksum))?,
            vendored_checksum: checksum(row.vendored_checksum)?,
            source: given(row.source),
            source_checksum: given(row.source_checksum).or(given(row.source_sha256)),
            stacks: row.stacks,
            os: given(row.os),
            arch: arch.map(|arch| go_arch(&arch).to_owned()),
            distros: row.distros,
            cpes: or_one(row.cpes, row.cpe),
            purls,
            licenses: row.licenses.into_iter().map(License::from).collect(),
            strip_components: row.strip_components,
            deprecation_date: given_date(row.eol_date)
                .or(given_date(row.deprecation_date))
                .map(|text| date(&text))
                .transpose()?,
            layout: given(row.layout),
            sources: row.sources.into_iter().map(FurtherSource::from_written).collect::<Result<_>>()?,
            id: row.id,
        };
        let nowhere = dependency.uri.is_none() && dependency.purls.is_empty() && dependency.sources.is_empty();
        // A checksum alone names what only the package carries: a seed.
        if nowhere && dependency.checksum.is_none() {
            return Err(Error::user("dependency/row", "it has no uri, no purl, no sources and no checksum"));
        }
        Ok(dependency)
    }
}

impl FurtherSource {
    fn from_written(source: WrittenSource) -> Result<Self> {
        let source = Self {
            uri: given(source.uri),
            purl: given(source.purl),
            checksum: checksum(given(source.sha256).or(source.checksum))?,
            vendored_checksum: checksum(source.vendored_checksum)?,
            strip_components: source.strip_components,
            layout: given(source.layout),
        };
        if source.uri.is_none() && source.purl.is_none() {
            return Err(Error::user("dependency/row", "one of its sources has neither uri nor purl"));
        }
        Ok(source)
    }
}

impl From<WrittenLicense> for License {
    fn from(license: WrittenLicense) -> Self {
        match license {
            WrittenLicense::Id(id) => Self { id: Some(id), uri: None },
            WrittenLicense::Table { id, uri } => Self { id, uri },
        }
    }
}

/// Go's libraries cannot tell an empty string from a missing key, so rows carry empty ones.
fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn given_date(written: Option<WrittenDate>) -> Option<String> {
    given(written.map(|written| match written {
        WrittenDate::Toml(date) => date.to_string(),
        WrittenDate::Text(text) => text,
    }))
}

fn or_one(many: Vec<String>, one: Option<String>) -> Vec<String> {
    if many.is_empty() { given(one).into_iter().collect() } else { many }
}

fn checksum(text: Option<String>) -> Result<Option<Checksum>> {
    given(text).map(|text| Checksum::parse(&text)).transpose()
}

/// libpak 1 keeps the architecture in the purl (`libpak/buildpack.go`, `GetArch`).
fn arch_of_purl(purl: &str) -> Option<String> {
    let (_, qualifiers) = purl.split('#').next()?.split_once('?')?;
    let arch = qualifiers.split('&').find_map(|pair| pair.strip_prefix("arch="))?;
    given(Some(arch.to_owned()))
}

fn date(text: &str) -> Result<jiff::Timestamp> {
    let whole_day = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse()
        .ok()
        .or_else(|| whole_day().map(|day| day.timestamp()))
        .ok_or_else(|| Error::user("dependency/row", format!("{text:?} is not a date such as 2027-04-30T00:00:00Z")))
}
