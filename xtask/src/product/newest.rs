//! Which rows of a catalog are the newest.

use std::path::Path;

use anyhow::{Context, Result};
use semver::Version;
use serde::Deserialize;

use super::architecture;
use crate::home::read;

/// The dependencies of a catalog that are for this machine.
#[derive(Debug)]
pub struct Catalog(Vec<Row>);

#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    version: Version,
    arch: Option<String>,
}

#[derive(Deserialize)]
struct File {
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    dependencies: Vec<Row>,
}

impl Catalog {
    /// Reads a catalog.
    pub fn read(path: &Path) -> Result<Self> {
        let file: File = toml::from_str(&read(path)?).with_context(|| format!("{} is no catalog", path.display()))?;
        let ours = |row: &Row| row.arch.as_deref().is_none_or(|arch| arch == architecture());
        Ok(Self(file.metadata.dependencies.into_iter().filter(ours).collect()))
    }

    /// `id@version` of the newest row, in a line when one is given.
    /// A line is all versions that begin alike: `24`, `1.26`.
    pub fn newest(&self, id: &str, line: Option<&str>) -> Result<String> {
        let is_of = |version: &Version, line: &str| version.to_string().starts_with(&format!("{line}."));
        let fits = |row: &&Row| row.id == id && line.is_none_or(|line| is_of(&row.version, line));
        let newest = self.0.iter().filter(fits).map(|row| &row.version).max();
        let newest = newest.with_context(|| format!("the catalog has no {id} {}", line.unwrap_or_default()))?;
        Ok(format!("{id}@{newest}"))
    }
}

/// The id in a `buildpack.toml`.
pub fn buildpack_id(path: &Path) -> Result<String> {
    let descriptor: toml::Table = toml::from_str(&read(path)?)?;
    let id = descriptor.get("buildpack").and_then(|buildpack| buildpack.get("id")?.as_str());
    id.map(str::to_owned).with_context(|| format!("{} has no buildpack.id", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, version: &str) -> Row {
        Row { id: id.into(), version: Version::parse(version).unwrap(), arch: None }
    }

    #[test]
    fn versions_are_compared_as_numbers_and_only_within_their_line() {
        let catalog = Catalog(vec![row("node", "22.9.1"), row("node", "22.10.0"), row("node", "24.1.0")]);
        assert_eq!(catalog.newest("node", Some("22")).unwrap(), "node@22.10.0");
        assert_eq!(catalog.newest("node", Some("22.9")).unwrap(), "node@22.9.1");
        assert_eq!(catalog.newest("node", None).unwrap(), "node@24.1.0");
        assert!(catalog.newest("node", Some("20")).is_err());
        assert!(catalog.newest("node", Some("22.1")).is_err(), "22.10 is another line");
    }
}
