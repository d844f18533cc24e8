//! The rows, in the form of a buildpack.toml (spec common 8.2).

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::published::Published;
use super::wanted::{Line, Package, Source};

/// One dependency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub id: String,
    name: String,
    pub version: String,
    pub purl: String,
    pub checksum: String,
    cpes: Vec<String>,
    licenses: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecation_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    os: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arch: Option<String>,
    /// packit takes a missing list for no stack at all.
    stacks: Vec<String>,
    #[serde(rename = "strip-components")]
    strip_components: u32,
    /// How the archive is laid out, in words that the buildpack interprets.
    #[serde(skip_serializing_if = "Option::is_none")]
    layout: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Catalog {
    metadata: Metadata,
}

#[derive(Serialize, Deserialize)]
struct Metadata {
    dependencies: Vec<Row>,
}

/// The newest versions of each wanted line, newest first.
pub fn rows(packages: &[Package], published: &[Vec<Published>]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (package, versions) in packages.iter().zip(published) {
        for line in package.lines.iter().rev() {
            let mut served: Vec<&Published> = versions.iter().filter(|version| line.has(&version.version)).collect();
            if served.is_empty() {
                bail!("{} {}.x is not served: take the line out of wanted.toml", package.package(), line.prefix);
            }
            served.sort_by(|one, other| other.version.cmp(&one.version));
            for version in served.into_iter().take(package.keep) {
                rows.push(row(package, line, version)?);
            }
        }
    }
    Ok(rows)
}

fn row(package: &Package, line: &Line, published: &Published) -> Result<Row> {
    let version = published.version.to_string();
    let checksum = published.checksum.clone();
    let (strip_components, layout) = shape(&package.source);
    Ok(Row {
        id: package.id.clone(),
        name: package.name.clone(),
        purl: published.purl.clone(),
        checksum: checksum.with_context(|| format!("{} has no checksum", published.purl))?,
        cpes: vec![package.cpe.replace("{version}", &version)],
        licenses: published.license.as_ref().map_or_else(|| package.licenses.clone(), |license| vec![license.clone()]),
        deprecation_date: line.ends.as_ref().map(|day| format!("{day}T00:00:00Z")),
        os: package.arch.as_ref().map(|_| "linux".to_owned()),
        arch: package.arch.clone(),
        stacks: vec!["*".to_owned()],
        strip_components,
        layout: layout.map(str::to_owned),
        version,
    })
}

/// How many leading folders an archive of a registry has, and what else is peculiar to it.
fn shape(source: &Source) -> (u32, Option<&'static str>) {
    match source {
        // Everything is in one folder, `package`.
        Source::Npm(_) => (1, None),
        // Everything is below `golang.org/toolchain@<version>`, and no file of a module may be called go.mod, so that
        // they are called `_go.mod` (golang/go, `src/cmd/distpack/pack.go`).
        Source::Go(_) => (2, Some("go-module")),
    }
}

const HEAD: &str = "\
# Toolchains that package registries serve, for `libpack package --catalog`: written by `cargo xtask catalog` from
# wanted.toml beside this file, which says what is in them, and not by hand.

";

/// The text of a catalog.
pub fn print(rows: &[Row]) -> Result<String> {
    let catalog = Catalog { metadata: Metadata { dependencies: rows.to_vec() } };
    Ok(format!("{HEAD}{}", toml::to_string(&catalog)?))
}

/// The rows of a catalog.
pub fn parse(text: &str) -> Result<Vec<Row>> {
    Ok(toml::from_str::<Catalog>(text)?.metadata.dependencies)
}

#[cfg(test)]
mod tests {
    use super::super::wanted::Wanted;
    use super::*;

    fn packages(text: &str) -> Vec<Package> {
        Wanted::parse(text).unwrap().0.into_values().flatten().collect()
    }

    #[test]
    fn a_line_keeps_its_newest_versions_by_number_not_by_letters() {
        let wanted = packages(
            "[[node]]\nid = 'node'\nname = 'Node'\nsource = { npm = 'n' }\narch = 'amd64'\ncpe = 'c:{version}'\nkeep = 2\n\
             lines = [{ line = '2' }, { line = '24', ends = '2028-04-30' }]\n",
        );
        let version = |version: &str| Published {
            purl: format!("pkg:npm/n@{version}"),
            version: version.parse().unwrap(),
            checksum: Some("sha512:00".into()),
            license: None,
        };
        let served = ["24.9.0", "24.21.0", "24.10.1", "2.0.0"].map(version).to_vec();
        let rows = rows(&wanted, &[served]).unwrap();
        let versions: Vec<&str> = rows.iter().map(|row| row.version.as_str()).collect();
        assert_eq!(versions, ["24.21.0", "24.10.1", "2.0.0"]);
        assert_eq!(rows[0].deprecation_date.as_deref(), Some("2028-04-30T00:00:00Z"));
        assert_eq!(rows[0].cpes, ["c:24.21.0"]);
        assert_eq!((rows[0].strip_components, rows[0].layout.as_deref()), (1, None));
        assert_eq!(parse(&print(&rows).unwrap()).unwrap(), rows);
    }

    #[test]
    fn a_module_is_kept_with_the_licence_that_its_proxy_does_not_tell() {
        let wanted = packages(
            "[[go]]\nid = 'go'\nname = 'Go'\nsource = { go = 'm@v{version}' }\ncpe = ''\nlicenses = ['BSD-3-Clause']\n\
             keep = 1\nlines = [{ line = '1.2' }]\n",
        );
        let version = |version: &str, checksum: Option<&str>| Published {
            purl: format!("pkg:golang/m@v{version}"),
            version: version.parse().unwrap(),
            checksum: checksum.map(str::to_owned),
            license: None,
        };
        // 1.20.1 is of another line, and 1.2.8 was not looked at because 1.2.9 is newer.
        let served = vec![version("1.2.8", None), version("1.2.9", Some("sha256:00")), version("1.20.1", None)];
        let rows = rows(&wanted, &[served]).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].purl, "pkg:golang/m@v1.2.9");
        assert_eq!(rows[0].licenses, ["BSD-3-Clause"]);
        assert_eq!((rows[0].strip_components, rows[0].layout.as_deref()), (2, Some("go-module")));
    }

    #[test]
    fn a_line_that_is_no_longer_served_is_told() {
        let wanted = packages(
            "[[a]]\nid = 'a'\nname = 'A'\nsource = { npm = 'a' }\ncpe = ''\nkeep = 1\nlines = [{ line = '9' }]\n",
        );
        let error = rows(&wanted, &[Vec::new()]).unwrap_err();
        assert_eq!(error.to_string(), "a 9.x is not served: take the line out of wanted.toml");
    }
}
