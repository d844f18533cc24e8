//! JDKs for offline packages, where no download site is reached: those of this machine, as the archives that a vendor
//! would publish, and a catalog with their rows.
//!
//! A build from elsewhere is another file than the vendor's, with another checksum; so the catalog is made on the
//! machine and not kept in the repository. The archives lie in the cache of downloads by their checksum, as if they
//! had been fetched.

mod archive;
mod runtime;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;

use super::{architecture, cache};
use crate::home::{Home, read, write};
use crate::progress::{note, step};
use crate::{digest, setup};

/// Where Debian's packages and Adoptium's put JDKs.
const FOLDER: &str = "/usr/lib/jvm";
/// The lines that our packages carry: the oldest and the newest that frameworks ask for today.
pub const LINES: [&str; 2] = ["25", "17"];
/// Raised when what is in an archive changes.
const RECIPE: &str = "1";

/// A JDK of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Jdk {
    home: PathBuf,
    /// `17.0.15`.
    version: String,
    /// Who built it: `Debian`, `Eclipse Adoptium`.
    vendor: String,
    /// Tells it from every other build.
    build: String,
}

/// What stands in the catalog.
#[derive(Serialize)]
struct Catalog {
    metadata: Metadata,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Metadata {
    /// The newest line that is there, in place of the published default.
    default_versions: BTreeMap<&'static str, String>,
    dependencies: Vec<toml::Table>,
}

/// The catalog of the Java buildpack for this machine: the rows of the repository's, and those of the machine's JDKs,
/// whose archives are made when they are not there. `setup` has seen to it that there is a JDK.
pub fn catalog(published: &Path) -> Result<PathBuf> {
    let mut rows = rows_of(published)?;
    let mut default_versions = BTreeMap::new();
    for jdk in wanted()? {
        let line = format!("{}.*", jdk.major());
        for id in ["jdk", "jre"] {
            default_versions.entry(id).or_insert_with(|| line.clone());
        }
        rows.push(row("jdk", &jdk, archive::jdk)?);
        rows.push(row("jre", &jdk, runtime::jre)?);
    }
    let path = Home::find()?.join("catalog/java.toml");
    write(&path, toml::to_string(&Catalog { metadata: Metadata { default_versions, dependencies: rows } })?)?;
    Ok(path)
}

/// The newest of each line that is there.
fn wanted() -> Result<Vec<Jdk>> {
    let mut found: BTreeMap<&str, Jdk> = BTreeMap::new();
    for home in folders(Path::new(FOLDER)) {
        let Some(jdk) = Jdk::of(&home)? else { continue };
        let Some(line) = LINES.iter().find(|line| jdk.major() == **line) else { continue };
        let known = found.entry(line).or_insert_with(|| jdk.clone());
        if known.numbers() < jdk.numbers() {
            *known = jdk;
        }
    }
    Ok(LINES.iter().filter_map(|line| found.remove(line)).collect())
}

/// The lines of which this machine has a JDK, newest first.
pub fn lines() -> Result<Vec<String>> {
    Ok(wanted()?.iter().map(|jdk| jdk.major().to_owned()).collect())
}

/// Brings a JDK where there is none.
pub fn ensure() -> Result<()> {
    if wanted()?.is_empty() {
        setup::debian::ensure("jlink", &["openjdk-17-jdk-headless"])?;
    }
    for line in LINES {
        if !lines()?.iter().any(|there| there == line) {
            note("jdk", &format!("no JDK {line} in {FOLDER}: offline packages go without it"));
        }
    }
    Ok(())
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let mut all: Vec<_> = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).collect();
    all.sort_by_key(std::fs::DirEntry::file_name);
    all.into_iter().map(|entry| entry.path()).collect()
}

impl Jdk {
    /// The version for comparing: as text 17.0.9 would stand above 17.0.15.
    fn numbers(&self) -> Vec<u64> {
        self.version.split('.').map(|part| part.parse().unwrap_or_default()).collect()
    }

    /// `17`.
    fn major(&self) -> &str {
        self.version.split('.').next().unwrap_or(&self.version)
    }

    /// What `release` says of a folder. None when it is no JDK that can link runtimes.
    fn of(home: &Path) -> Result<Option<Self>> {
        if !home.join("bin/jlink").is_file() || !home.join("release").is_file() {
            return Ok(None);
        }
        let text = read(&home.join("release"))?;
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.map(|value| value.trim_matches('"').to_owned())
        };
        let Some(version) = value("JAVA_VERSION") else { return Ok(None) };
        let vendor = value("IMPLEMENTOR").unwrap_or_else(|| "OpenJDK".to_owned());
        let build = digest::of([text.as_bytes(), home.as_os_str().as_encoded_bytes(), RECIPE.as_bytes()]);
        Ok(Some(Self { home: home.to_owned(), version, vendor, build }))
    }
}

/// Rows that are the same on every machine.
fn rows_of(published: &Path) -> Result<Vec<toml::Table>> {
    let whole: toml::Table = toml::from_str(&read(published)?).context("the catalog of Java cannot be read")?;
    let rows = whole.get("metadata").and_then(|metadata| metadata.get("dependencies")?.as_array().cloned());
    Ok(rows.into_iter().flatten().filter_map(|row| row.as_table().cloned()).collect())
}

/// The row of a JDK or of its runtime, with the archive in the cache of downloads.
fn row(id: &str, jdk: &Jdk, make: fn(&Jdk, &Path) -> Result<()>) -> Result<toml::Table> {
    let hash = archived(id, jdk, make)?;
    let file = download(&hash)?;
    let mut row = toml::Table::new();
    let purl = format!("pkg:generic/{}-{id}@{}", jdk.vendor.to_lowercase().replace(' ', "-"), jdk.version);
    for (key, value) in [
        ("id", id.to_owned()),
        ("name", format!("{} {}", jdk.vendor, id.to_uppercase())),
        ("version", jdk.version.clone()),
        ("uri", format!("file://{}", file.display())),
        ("checksum", format!("sha256:{hash}")),
        ("purl", purl),
        ("os", "linux".to_owned()),
        ("arch", architecture().to_owned()),
    ] {
        row.insert(key.to_owned(), value.into());
    }
    row.insert("cpes".to_owned(), vec![format!("cpe:2.3:a:oracle:{id}:{}:*:*:*:*:*:*:*", jdk.version)].into());
    row.insert("licenses".to_owned(), vec!["GPL-2.0-only WITH Classpath-exception-2.0"].into());
    row.insert("stacks".to_owned(), vec!["*"].into());
    Ok(row)
}

/// Where the packager looks for what has this SHA-256 before it fetches anything.
fn download(hash: &str) -> Result<PathBuf> {
    Ok(cache()?.join("downloads").join(format!("sha256-{hash}")))
}

/// The checksum of the archive, which is made once per JDK.
fn archived(id: &str, jdk: &Jdk, make: fn(&Jdk, &Path) -> Result<()>) -> Result<String> {
    let cache = cache()?;
    let known = cache.join("jdk").join(format!("{id}-{}-{}", jdk.version, &jdk.build[..16]));
    if let Ok(hash) = read(&known)
        && download(&hash)?.is_file()
    {
        return Ok(hash);
    }
    step("jdk", &format!("pack the {id} {} of this machine", jdk.version), || {
        crate::home::make_folder(&cache.join("downloads"))?;
        let scratch = tempfile::tempdir_in(&cache)?;
        let file = scratch.path().join("archive");
        make(jdk, &file)?;
        let hash = digest::of_file(&file)?;
        std::fs::rename(&file, download(&hash)?).context("the archive cannot be kept")?;
        write(&known, &hash)?;
        Ok(hash)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jdk_folder(root: &Path, name: &str, release: &str) {
        write(&root.join(name).join("bin/jlink"), "").unwrap();
        write(&root.join(name).join("release"), release).unwrap();
    }

    #[test]
    fn a_jdk_is_known_by_its_release_file() {
        let root = tempfile::tempdir().unwrap();
        jdk_folder(root.path(), "one", "IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"17.0.15\"\nX=\"y\"\n");
        jdk_folder(root.path(), "two", "IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"17.0.15\"\nX=\"z\"\n");
        write(&root.path().join("jre/release"), "JAVA_VERSION=\"17.0.15\"\n").unwrap();
        let found: Vec<_> = folders(root.path()).iter().map(|home| Jdk::of(home).unwrap()).collect();
        assert_eq!(found[0], None, "no jlink");
        let (one, two) = (found[1].clone().unwrap(), found[2].clone().unwrap());
        assert_eq!((one.version.as_str(), one.vendor.as_str()), ("17.0.15", "Debian"));
        assert_ne!(one.build, two.build, "another build has another archive");
        let older = Jdk { version: "17.0.9".to_owned(), ..one.clone() };
        assert!(older.numbers() < one.numbers());
    }
}
