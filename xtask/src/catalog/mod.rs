//! `cargo xtask catalog`: rows of `[[metadata.dependencies]]` for toolchains that package registries serve.
//!
//! Rows name what they mean by purl and checksum, never by host, so that a publisher's own client settings decide where
//! it comes from. What the registry says is asked through its own client, which knows mirrors and credentials.

mod golang;
mod npm;
mod published;
mod row;
mod wanted;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::home::{read, workspace, write};
use crate::progress::{note, step};
use published::Published;
use row::{Row, rows};
use wanted::{Package, Wanted};

const FOLDER: &str = "xtask/catalog";

#[derive(clap::Args)]
pub struct Arguments {
    /// Only these catalogs, such as `go` [default: all that wanted.toml names]
    #[arg(value_name = "NAME")]
    only: Vec<String>,
    /// The folder in which catalogs are written, or read by `--check` [default: xtask/catalog]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Write nothing; fail when a row is wrong, no longer served or no longer the newest
    #[arg(long)]
    check: bool,
}

/// Writes or checks the catalogs.
pub fn run(arguments: &Arguments) -> Result<()> {
    let wanted = Wanted::read(&workspace().join(FOLDER).join("wanted.toml"))?;
    if let Some(unknown) = arguments.only.iter().find(|name| !wanted.0.contains_key(*name)) {
        bail!("wanted.toml names no catalog {unknown}");
    }
    let folder = arguments.out.clone().unwrap_or_else(|| workspace().join(FOLDER));
    let is_chosen = |name: &String| arguments.only.is_empty() || arguments.only.contains(name);
    for (name, packages) in wanted.0.iter().filter(|(name, _)| is_chosen(name)) {
        let path = folder.join(format!("{name}.toml"));
        let mut published = Vec::new();
        for package in packages {
            published.push(step("catalog", &format!("ask for {}", package.package()), || package.published())?);
        }
        if arguments.check {
            check(&path, packages, &published)?;
        } else {
            let fresh = rows(packages, &published)?;
            write(&path, row::print(&fresh)?)?;
            note("catalog", &format!("{} rows in {}", fresh.len(), path.display()));
        }
    }
    Ok(())
}

fn check(path: &Path, packages: &[Package], published: &[Vec<Published>]) -> Result<()> {
    let found = row::parse(&read(path)?).with_context(|| format!("{} is no catalog", path.display()))?;
    let faults = faults(&found, &rows(packages, published)?, &published.concat());
    if !faults.is_empty() {
        bail!("{}:\n  {}", path.display(), faults.join("\n  "));
    }
    note("catalog", &format!("{} rows of {} are current", found.len(), path.display()));
    Ok(())
}

/// What is wrong with the rows `found`, worst first.
fn faults(found: &[Row], fresh: &[Row], published: &[Published]) -> Vec<String> {
    let mut faults = Vec::new();
    for row in found {
        let Some(served) = published.iter().find(|candidate| candidate.purl == row.purl) else {
            faults.push(format!("{} is not served", row.purl));
            continue;
        };
        // One without a checksum is older than what is wanted, and out of date in any case.
        if let Some(checksum) = served.checksum.as_ref().filter(|checksum| **checksum != row.checksum) {
            faults.push(format!("{} is served as {checksum}, the row says {}", row.purl, row.checksum));
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
            purl: format!("pkg:npm/tool@{version}"),
            version: version.parse().unwrap(),
            checksum: Some(checksum.into()),
            license: Some("MIT".into()),
        }
    }

    fn row(version: &str, checksum: &str) -> Row {
        let wanted = Wanted::parse(
            "[[c]]\nid = 'tool'\nname = 'Tool'\nsource = { npm = 'tool' }\ncpe = 'cpe:{version}'\nkeep = 1\n\
             lines = [{ line = '1' }]\n",
        );
        rows(&wanted.unwrap().0["c"], &[vec![published(version, checksum)]]).unwrap().remove(0)
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
    fn a_row_that_is_served_but_not_the_newest_is_out_of_date_and_no_worse() {
        let served = [Published { checksum: None, ..published("1.0.0", "") }, published("1.1.0", "sha512:bb")];
        let told = faults(&[row("1.0.0", "sha512:aa")], &[row("1.1.0", "sha512:bb")], &served);
        assert_eq!(told, ["out of date (missing: pkg:npm/tool@1.1.0): run `cargo xtask catalog`"]);
    }

    #[test]
    fn the_committed_catalogs_name_no_host_and_have_all_that_they_need() {
        let folder = workspace().join(FOLDER);
        let wanted = Wanted::read(&folder.join("wanted.toml")).unwrap();
        for (name, packages) in &wanted.0 {
            let text = read(&folder.join(format!("{name}.toml"))).unwrap();
            assert!(!text.contains("://"), "a row of {name} names a host");
            let rows = row::parse(&text).unwrap();
            assert_eq!(row::print(&rows).unwrap(), text, "{name} was edited by hand");
            for package in packages {
                let of_package = |row: &&Row| row.id == package.id && row.arch == package.arch;
                for line in &package.lines {
                    let served = rows.iter().filter(of_package).any(|row| line.has(&row.version.parse().unwrap()));
                    assert!(served, "{} {} {:?}", package.id, line.prefix, package.arch);
                }
            }
        }
    }
}
