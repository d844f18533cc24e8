//! What packaging needs to know of `[[metadata.dependencies]]` (paketo-buildpacks/packit `postal`).

use std::fmt;

use libpack::target::go_arch;
use libpack::{Error, Result};
use semver::{Version, VersionReq};
use sha2::{Digest as _, Sha256, Sha512};
use toml::Table;

use crate::arguments::Platform;

/// One dependency, with the places that it can be had from.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: String,
    pub version: String,
    os: Option<String>,
    arch: Option<String>,
    /// The row's own place first, then its further `sources`.
    pub sources: Vec<Source>,
}

/// A place that a dependency can be had from.
#[derive(Debug, Clone)]
pub struct Source {
    /// The index in the row's `sources`; none is the row itself.
    pub further: Option<usize>,
    pub uri: Option<String>,
    pub purl: Option<String>,
    pub checksum: Checksum,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.version)
    }
}

impl Row {
    /// Reads one row. A place without a checksum is an error: nobody could tell what it gave.
    pub fn read(table: &Table) -> Result<Self> {
        let text = |key: &str| text_of(table, key);
        let required = |key: &'static str| {
            text(key).ok_or_else(|| {
                Error::user("dependency/incomplete", format!("a dependency has no `{key}`"))
                    .hint("Give every [[metadata.dependencies]] an id, a version and a checksum.")
            })
        };
        let (id, version) = (required("id")?, required("version")?);
        let name = format!("{id} {version}");
        let further = table.get("sources").and_then(toml::Value::as_array);
        let further = further.map_or(&[][..], Vec::as_slice);
        let mut sources = Vec::new();
        // A purl beside further sources and without a checksum says what it is, not where it is.
        if text("uri").is_some() || (is_registry_purl(text("purl")) && (further.is_empty() || has_checksum(table))) {
            sources.push(Source::read(table, None, &name)?);
        }
        for (index, source) in further.iter().enumerate() {
            if let Some(source) = source.as_table() {
                sources.push(Source::read(source, Some(index), &name)?);
            }
        }
        if sources.is_empty() {
            return Err(Error::user(
                "dependency/no-source",
                format!("{name} has neither a `uri` nor a purl of a registry"),
            )
            .hint("Give the row a `uri`, or a purl of type npm, golang or maven."));
        }
        Ok(Self { os: text("os"), arch: text("arch").or_else(|| purl_arch(table)), id, version, sources })
    }

    /// Whether the row is for this platform; what it leaves open matches anything.
    pub fn is_for(&self, platform: &Platform) -> bool {
        let open = |value: &Option<String>, wanted: &str| value.as_deref().is_none_or(|value| go_arch(value) == wanted);
        open(&self.os, &platform.os) && open(&self.arch, &platform.arch)
    }
}

impl Source {
    fn read(table: &Table, further: Option<usize>, name: &str) -> Result<Self> {
        let checksum = text_of(table, "sha256").or_else(|| text_of(table, "checksum")).ok_or_else(|| {
            Error::user("dependency/no-checksum", format!("{name} has a source without a checksum"))
                .hint("Add `checksum = \"sha256:…\"` beside its uri or purl.")
        })?;
        Ok(Self {
            further,
            uri: text_of(table, "uri"),
            purl: text_of(table, "purl"),
            checksum: Checksum::parse(&checksum, name)?,
        })
    }
}

fn text_of(table: &Table, key: &str) -> Option<String> {
    let text = table.get(key)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn has_checksum(table: &Table) -> bool {
    table.contains_key("checksum") || table.contains_key("sha256")
}

fn is_registry_purl(purl: Option<String>) -> bool {
    purl.is_some_and(|purl| crate::purl::is_of_registry(&purl))
}

/// libpak's rows say the architecture only in the purl: `?arch=arm64`.
fn purl_arch(table: &Table) -> Option<String> {
    let purl = text_of(table, "purl")?;
    let (_, qualifiers) = purl.split_once('?')?;
    let arch = qualifiers.split(['&', '#']).find_map(|pair| pair.strip_prefix("arch="))?;
    Some(arch.to_owned())
}

/// What the bytes must hash to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    algorithm: Algorithm,
    hex: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Sha256,
    Sha512,
}

impl Checksum {
    /// Reads `sha256:…`, `sha512:…`, or bare hex, which is sha256.
    fn parse(text: &str, name: &str) -> Result<Self> {
        let (algorithm, hex) = match text.split_once(':') {
            None => (Algorithm::Sha256, text),
            Some(("sha256", hex)) => (Algorithm::Sha256, hex),
            Some(("sha512", hex)) => (Algorithm::Sha512, hex),
            Some((other, _)) => {
                return Err(Error::user("checksum/unknown", format!("{name} has a checksum of kind {other}"))
                    .hint("Use sha256 or sha512."));
            }
        };
        let length = if algorithm == Algorithm::Sha256 { 64 } else { 128 };
        if hex.len() != length || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Error::user(
                "checksum/invalid",
                format!("{name} has a checksum that is not {length} hex digits"),
            )
            .hint("Copy the checksum again from where the dependency is published."));
        }
        Ok(Self { algorithm, hex: hex.to_ascii_lowercase() })
    }

    /// The kind alone, for hashing what has no expected value.
    pub fn any_sha256() -> Self {
        Self { algorithm: Algorithm::Sha256, hex: String::new() }
    }

    pub fn hex(&self) -> &str {
        &self.hex
    }

    pub fn hasher(&self) -> Hasher {
        match self.algorithm {
            Algorithm::Sha256 => Hasher::Sha256(Sha256::new()),
            Algorithm::Sha512 => Hasher::Sha512(Sha512::new()),
        }
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.algorithm == Algorithm::Sha256 { "sha256" } else { "sha512" };
        write!(f, "{name}:{}", self.hex)
    }
}

/// Hashes what is written to it.
pub enum Hasher {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Hasher {
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    pub fn hex(self) -> String {
        match self {
            Self::Sha256(hasher) => hex(&hasher.finalize()),
            Self::Sha512(hasher) => hex(&hasher.finalize()),
        }
    }
}

/// Bytes as lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// `--dependency id[@constraint]`.
#[derive(Debug)]
pub struct Filter {
    text: String,
    id: String,
    constraint: VersionReq,
}

impl Filter {
    pub fn parse(text: &str) -> Result<Self> {
        let (id, constraint) = text.split_once('@').unwrap_or((text, "*"));
        // In a buildpack.toml a bare `22` means 22.x.x, where Cargo's grammar would take 23 neither but 22.1 for ^22.1.
        let bare = constraint.starts_with(|first: char| first.is_ascii_digit());
        let constraint = VersionReq::parse(&if bare { format!("={constraint}") } else { constraint.to_owned() })
            .map_err(|error| {
                Error::user("package/filter-invalid", format!("--dependency {text} has no constraint that can be read"))
                    .hint("Write it as `node`, `node@22`, `node@22.23.3` or `node@>=22, <25`.")
                    .because(error)
            })?;
        Ok(Self { text: text.to_owned(), id: id.to_owned(), constraint })
    }

    pub fn matches(&self, row: &Row) -> bool {
        let any = self.constraint == VersionReq::STAR;
        self.id == row.id
            && (any || Version::parse(&row.version).is_ok_and(|version| self.constraint.matches(&version)))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str) -> Result<Row> {
        Row::read(&toml::from_str(text).unwrap())
    }

    fn amd64() -> Platform {
        "linux/amd64".parse().unwrap()
    }

    #[test]
    fn a_purl_that_only_names_the_thing_is_no_place_to_get_it_from() {
        let sum = "a".repeat(64);
        let row = row(&format!(
            "id = 'node'\nversion = '22.1.0'\npurl = 'pkg:generic/node@22.1.0?arch=arm64'\n\
             sources = [{{ purl = 'pkg:npm/node@22.1.0', checksum = 'sha256:{sum}' }}]"
        ))
        .unwrap();
        assert_eq!(row.sources.len(), 1);
        assert_eq!(row.sources[0].further, Some(0));
        assert!(!row.is_for(&amd64()), "libpak's rows say the architecture in the purl");
    }

    #[test]
    fn a_source_without_a_checksum_is_refused() {
        let error = row("id = 'node'\nversion = '22.1.0'\nuri = 'https://example.com/node.tgz'").unwrap_err();
        assert_eq!(error.id(), "dependency/no-checksum");
    }

    #[test]
    fn a_bare_constraint_means_the_line_that_it_names() {
        let sum = "a".repeat(64);
        let row = |version: &str| {
            row(&format!("id = 'node'\nversion = '{version}'\nuri = 'https://example.com/n'\nsha256 = '{sum}'"))
                .unwrap()
        };
        let line = Filter::parse("node@22.1").unwrap();
        assert!(line.matches(&row("22.1.9")));
        assert!(!line.matches(&row("22.2.0")));
        assert!(Filter::parse("node").unwrap().matches(&row("17")), "no constraint takes any version");
        assert!(!Filter::parse("npm").unwrap().matches(&row("22.1.9")));
    }
}
