//! `--catalog`: another list of dependencies over the buildpack's own.

use std::collections::BTreeSet;
use std::path::Path;

use libpack::{Error, Result, fs};
use toml_edit::{ArrayOfTables, Item, Table};

use crate::manifest::Manifest;

/// Rows of an id that the catalog has replace the buildpack's rows of that id; default versions
/// replace those of the same name.
pub fn overlay(manifest: &mut Manifest, file: &Path) -> Result<()> {
    let mut catalog = Manifest::parse(file, &fs::read_text(file)?)?;
    let versions = catalog.default_versions().cloned();
    let rows: Vec<Table> = catalog.dependencies_mut().map(|rows| rows.iter().cloned().collect()).unwrap_or_default();
    if rows.is_empty() && versions.is_none() {
        return Err(Error::user("catalog/empty", format!("{} has no dependencies", file.display()))
            .hint("A catalog has [[metadata.dependencies]] tables, as a buildpack.toml has."));
    }
    replace_rows(manifest, rows);
    if let Some(versions) = versions {
        let mut merged = manifest.default_versions().cloned().unwrap_or_default();
        for (id, version) in &versions {
            merged.insert(id, version.clone());
        }
        manifest.set_metadata("default-versions", Item::Table(merged));
    }
    Ok(())
}

fn replace_rows(manifest: &mut Manifest, rows: Vec<Table>) {
    let id_of = |row: &Table| row.get("id").and_then(Item::as_str).map(str::to_owned);
    let replaced: BTreeSet<_> = rows.iter().filter_map(id_of).collect();
    let mut all = ArrayOfTables::new();
    let own = manifest.dependencies_mut().map(|rows| rows.iter().cloned().collect()).unwrap_or_default();
    let kept = |row: &Table| id_of(row).is_none_or(|id| !replaced.contains(&id));
    for mut row in Vec::<Table>::into_iter(own).filter(kept).chain(rows) {
        forget_position(&mut row);
        all.push(row);
    }
    if !all.is_empty() {
        manifest.set_metadata("dependencies", Item::ArrayOfTables(all));
    }
}

/// A table remembers where in its file it stood, and would be printed there in the other file too.
fn forget_position(table: &mut Table) {
    table.set_position(None);
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(child) => forget_position(child),
            Item::ArrayOfTables(children) => children.iter_mut().for_each(forget_position),
            Item::None | Item::Value(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = r#"api = "0.10"

[buildpack]
id = "example/node" # the id

[metadata.default-versions]
node = "22.*"
yarn = "1.*"

[[metadata.dependencies]]
id = "node"
version = "20.0.0"

[[metadata.dependencies.sources]]
uri = "https://example.com/node"

[[metadata.dependencies]]
id = "yarn"
version = "1.0.0"

[[targets]]
os = "linux"
"#;

    const CATALOG: &str = r#"
[metadata.default-versions]
node = "24.*"

[[metadata.dependencies]]
id = "node"
version = "24.1.0"

[[metadata.dependencies.sources]]
uri = "https://mirror.example/node"
"#;

    #[test]
    fn a_catalog_replaces_the_rows_of_its_ids_and_leaves_the_rest_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("catalog.toml");
        std::fs::write(&file, CATALOG).unwrap();
        let mut manifest = Manifest::parse(Path::new("buildpack.toml"), OWN).unwrap();
        overlay(&mut manifest, &file).unwrap();

        let text = manifest.text();
        assert!(text.contains("id = \"example/node\" # the id"), "{text}");
        let table = manifest.table().unwrap();
        let metadata = table["metadata"].as_table().unwrap();
        let rows = metadata["dependencies"].as_array().unwrap();
        let versions: Vec<_> = rows.iter().map(|row| row["version"].as_str().unwrap()).collect();
        assert_eq!(versions, ["1.0.0", "24.1.0"]);
        let source = &rows[1]["sources"][0];
        assert_eq!(source["uri"].as_str(), Some("https://mirror.example/node"));
        assert_eq!(metadata["default-versions"]["node"].as_str(), Some("24.*"));
        assert_eq!(metadata["default-versions"]["yarn"].as_str(), Some("1.*"));
        assert_eq!(table["targets"][0]["os"].as_str(), Some("linux"));
    }

    #[test]
    fn a_catalog_without_rows_is_a_mistake() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("catalog.toml");
        std::fs::write(&file, "[metadata]\n").unwrap();
        let mut manifest = Manifest::parse(Path::new("buildpack.toml"), "api = '0.10'").unwrap();
        assert_eq!(overlay(&mut manifest, &file).unwrap_err().id(), "catalog/empty");
    }
}
