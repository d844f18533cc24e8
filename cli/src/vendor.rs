//! `--offline`: the dependencies go into the package.

use std::path::{Path, PathBuf};

use libpack::checksum::{Checksum, sha256_file};
use libpack::dependency::Dependency;
use libpack::{Error, Result};
use toml_edit::value;

use crate::arguments::{Package, Platform};
use crate::download::Downloads;
use crate::manifest::{Manifest, source_table};
use crate::repack::{self, How};
use crate::rows::{Filter, Row, Source};

/// A file that goes into the package of each platform that it is for.
pub struct Vendored {
    /// `dependencies/<hash>`.
    pub name: String,
    pub file: PathBuf,
    pub platforms: Vec<Platform>,
    /// What it is.
    pub dependency: Dependency,
    /// What its publisher's file hashes to, whatever became of it here.
    pub checksum: Checksum,
}

/// Fetches what the package needs and leaves in the manifest only the rows that it carries.
pub fn vendor(
    manifest: &mut Manifest,
    options: &Package,
    platforms: &[Platform],
    downloads: &Downloads,
) -> Result<Vec<Vendored>> {
    let filters = options.dependencies.iter().map(|text| Filter::parse(text)).collect::<Result<Vec<_>>>()?;
    let (rows, stripped) = (manifest.rows()?, manifest.strip_symbols()?);
    for filter in &filters {
        if !rows.iter().any(|row| filter.matches(row)) {
            return Err(Error::user("package/filter-empty", format!("no dependency matches {filter}"))
                .hint("Compare it with the ids and versions of [[metadata.dependencies]]."));
        }
    }
    let mut all = Vec::new();
    let mut carried = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let platforms: Vec<_> = platforms.iter().filter(|platform| row.is_for(platform)).cloned().collect();
        let wanted = filters.is_empty() || filters.iter().any(|filter| filter.matches(row));
        carried.push(wanted && !platforms.is_empty());
        if wanted && !platforms.is_empty() {
            let (source, original) = fetch(row, downloads)?;
            let how = How { tree: source.is_tree(), strip: stripped.contains(&row.dependency.id) };
            let (file, hash) = if options.no_repack { None } else { smaller(row, source, &original, how, downloads)? }
                .map_or((original, None), |(file, hash)| (file, Some(hash)));
            if let Some(hash) = &hash {
                note(manifest, index, source, hash);
            }
            let name = format!("dependencies/{}", hash.as_ref().unwrap_or(&source.checksum).hex());
            let (dependency, checksum) = (row.dependency.clone(), source.checksum.clone());
            all.push(Vendored { name, file, platforms, dependency, checksum });
        }
    }
    let mut carried = carried.into_iter();
    if let Some(rows) = manifest.dependencies_mut() {
        rows.retain(|_| carried.next().unwrap_or(false));
    }
    Ok(all)
}

/// The first source that can be had. A wrong checksum ends the search: somebody should look at it.
fn fetch<'a>(row: &'a Row, downloads: &Downloads) -> Result<(&'a Source, PathBuf)> {
    let mut first = None;
    for source in &row.sources {
        match downloads.get(row, source) {
            Ok(path) => return Ok((source, path)),
            Err(error) if error.id() == "checksum/mismatch" => return Err(error),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or_else(|| Error::bug("dependency/no-source", format!("{row} has no source"))))
}

/// The archive as zstd with its SHA-256, when it is one that can be compressed again.
fn smaller(
    row: &Row,
    source: &Source,
    original: &Path,
    how: How,
    downloads: &Downloads,
) -> Result<Option<(PathBuf, Checksum)>> {
    let path = downloads.path(how.recipe(), &source.checksum);
    if !path.is_file() && !repack::repack(&row.to_string(), original, &path, how)? {
        return Ok(None);
    }
    let hash = sha256_file(&path)?;
    Ok(Some((path, hash)))
}

fn note(manifest: &mut Manifest, index: usize, source: &Source, hash: &Checksum) {
    let row = manifest.dependencies_mut().and_then(|rows| rows.get_mut(index));
    if let Some(table) = row.and_then(|row| source_table(row, source.further)) {
        table.insert("vendored-checksum", value(hash.to_string()));
    }
}
