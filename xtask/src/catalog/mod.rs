//! `cargo xtask catalog`: rows of `[[metadata.dependencies]]` for toolchains that package registries serve.
//!
//! Rows name what they mean by purl and checksum, never by host, so that a publisher's own client settings decide where
//! it comes from. What the registry says is asked through its own client, which knows mirrors and credentials.

mod registry;
mod row;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::home::{read, workspace, write};
use crate::progress::{note, step};
use registry::Published;
use row::{Row, Wanted, rows};

const CATALOG: &str = "xtask/catalog/node.toml";

#[derive(clap::Args)]
pub struct Arguments {
    /// Where the catalog is written, or read by `--check` [default: xtask/catalog/node.toml]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write nothing; fail when a row is wrong, no longer served or no longer the newest
    #[arg(long)]
    check: bool,
}

/// Writes or checks the catalog.
pub fn run(arguments: &Arguments) -> Result<()> {
    let path = arguments.out.clone().unwrap_or_else(|| workspace().join(CATALOG));
    let wanted = Wanted::read(&workspace().join("xtask/catalog/wanted.toml"))?;
    let mut published = Vec::new();
    for package in &wanted.package {
        let doing = format!("ask for {}", package.npm);
        published.push(step("catalog", &doing, || registry::published(&package.npm, &package.lines()))?);
    }
    let fresh = rows(&wanted.package, &published)?;
    if arguments.check {
        let text = read(&path)?;
        let found = row::parse(&text).with_context(|| format!("{} is no catalog", path.display()))?;
        let faults = faults(&found, &fresh, &published.concat());
        if !faults.is_empty() {
            bail!("{}:\n  {}", path.display(), faults.join("\n  "));
        }
        note("catalog", &format!("{} rows of {} are current", found.len(), path.display()));
        return Ok(());
    }
    write(&path, row::print(&fresh)?)?;
    note("catalog", &format!("{} rows in {}", fresh.len(), path.display()));
    Ok(())
}

/// What is wrong with the rows `found`, worst first.
fn faults(found: &[Row], fresh: &[Row], published: &[Published]) -> Vec<String> {
    let mut faults = Vec::new();
    for row in found {
        match published.iter().find(|candidate| candidate.purl() == row.purl) {
            None => faults.push(format!("{} is not served", row.purl)),
            Some(served) if served.checksum != row.checksum => {
                faults.push(format!("{} is served as {}, the row says {}", row.purl, served.checksum, row.checksum));
            }
            Some(_) => {}
        }
    }
    if faults.is_empty() && found != fresh {
        let missing = fresh.iter().filter(|row| !found.contains(row)).map(|row| row.purl.as_str());
        let missing = missing.collect::<Vec<_>>().join(", ");
        faults.push(format!("out of date (missing: {missing}): run `cargo xtask catalog`"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(version: &str, checksum: &str) -> Published {
        Published {
            package: "tool".into(),
            version: version.parse().unwrap(),
            checksum: checksum.into(),
            license: Some("MIT".into()),
        }
    }

    fn row(version: &str, checksum: &str) -> Row {
        let wanted = Wanted::parse(
            "[[package]]\nid = 'tool'\nname = 'Tool'\nnpm = 'tool'\ncpe = 'cpe:{version}'\nkeep = 1\nlines = [{ line = '1' }]\n",
        );
        rows(&wanted.unwrap().package, &[vec![published(version, checksum)]]).unwrap().remove(0)
    }

    #[test]
    fn a_row_of_another_checksum_is_told_before_a_newer_version() {
        let served = [published("1.0.0", "sha512:aa"), published("1.1.0", "sha512:bb")];
        let fresh = [row("1.1.0", "sha512:bb")];
        let told = |rows: &[Row]| faults(rows, &fresh, &served).join("\n");
        assert_eq!(told(&fresh), "");
        assert_eq!(
            told(&[row("1.0.0", "sha512:ee")]),
            "pkg:npm/tool@1.0.0 is served as sha512:aa, the row says sha512:ee"
        );
        assert_eq!(told(&[row("1.0.9", "sha512:aa")]), "pkg:npm/tool@1.0.9 is not served");
        assert_eq!(
            told(&[row("1.0.0", "sha512:aa")]),
            "out of date (missing: pkg:npm/tool@1.1.0): run `cargo xtask catalog`"
        );
    }

    #[test]
    fn the_committed_catalog_names_no_host_and_has_all_it_needs() {
        let text = read(&workspace().join(CATALOG)).unwrap();
        assert!(!text.contains("://"), "a row names a host");
        let rows = row::parse(&text).unwrap();
        assert_eq!(row::print(&rows).unwrap(), text, "edited by hand");
        for (id, arch) in [("node", Some("amd64")), ("node", Some("arm64")), ("npm", None)] {
            assert!(rows.iter().any(|row| row.id == id && row.arch.as_deref() == arch), "{id} {arch:?}");
        }
    }
}
