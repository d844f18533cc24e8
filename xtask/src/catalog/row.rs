//! The rows, in the form of a buildpack.toml (spec common 8.2).

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::registry::Published;
use crate::home::read;

/// `wanted.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    pub package: Vec<Package>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    id: String,
    name: String,
    pub npm: String,
    arch: Option<String>,
    cpe: String,
    keep: usize,
    lines: Vec<Line>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    line: String,
    /// The day of its end of life, `2028-04-30`.
    ends: Option<String>,
}

impl Wanted {
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(&read(path)?).with_context(|| format!("cannot read {}", path.display()))
    }

    pub fn parse(text: &str) -> Result<Self> {
        Ok(toml::from_str(text)?)
    }
}

impl Package {
    pub fn lines(&self) -> Vec<&str> {
        self.lines.iter().map(|line| line.line.as_str()).collect()
    }
}

/// One dependency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub id: String,
    name: String,
    version: String,
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
            let mut served: Vec<&Published> = versions.iter().filter(|version| is_of(version, &line.line)).collect();
            if served.is_empty() {
                bail!("{} {}.x is not served: take the line out of wanted.toml", package.npm, line.line);
            }
            served.sort_by(|one, other| other.version.cmp(&one.version));
            rows.extend(served.into_iter().take(package.keep).map(|version| row(package, line, version)));
        }
    }
    Ok(rows)
}

fn is_of(version: &Published, line: &str) -> bool {
    version.version.to_string().strip_prefix(line).is_some_and(|rest| rest.starts_with('.'))
}

fn row(package: &Package, line: &Line, published: &Published) -> Row {
    let version = published.version.to_string();
    Row {
        id: package.id.clone(),
        name: package.name.clone(),
        purl: published.purl(),
        checksum: published.checksum.clone(),
        cpes: vec![package.cpe.replace("{version}", &version)],
        licenses: published.license.iter().cloned().collect(),
        deprecation_date: line.ends.as_ref().map(|day| format!("{day}T00:00:00Z")),
        os: package.arch.as_ref().map(|_| "linux".to_owned()),
        arch: package.arch.clone(),
        stacks: vec!["*".to_owned()],
        // npm's archives have everything in one folder, `package`.
        strip_components: 1,
        version,
    }
}

const HEAD: &str = "\
# Toolchains that the npm registry serves, for `libpack package --catalog`: written by `cargo xtask catalog` from
# wanted.toml beside this file, not by hand.
#
# A Node row has `bin/node` and `LICENSE` but no npm (`include/` and `share/` are headers and manuals). An `npm` row is what
# belongs into `lib/node_modules/npm` below it, with `bin/npm` and `bin/npx` as links to
# `../lib/node_modules/npm/bin/npm-cli.js` and `npx-cli.js`.

";

pub fn print(rows: &[Row]) -> Result<String> {
    let catalog = Catalog { metadata: Metadata { dependencies: rows.to_vec() } };
    Ok(format!("{HEAD}{}", toml::to_string(&catalog)?))
}

pub fn parse(text: &str) -> Result<Vec<Row>> {
    Ok(toml::from_str::<Catalog>(text)?.metadata.dependencies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_newest_versions_by_number_not_by_letters() {
        let wanted = Wanted::parse(
            "[[package]]\nid = 'node'\nname = 'Node'\nnpm = 'n'\narch = 'amd64'\ncpe = 'c:{version}'\nkeep = 2\n\
             lines = [{ line = '2' }, { line = '24', ends = '2028-04-30' }]\n",
        )
        .unwrap();
        let version = |version: &str| Published {
            package: "n".into(),
            version: version.parse().unwrap(),
            checksum: "sha512:00".into(),
            license: None,
        };
        let served = ["24.9.0", "24.21.0", "24.10.1", "2.0.0"].map(version).to_vec();
        let rows = rows(&wanted.package, &[served]).unwrap();
        let versions: Vec<&str> = rows.iter().map(|row| row.version.as_str()).collect();
        assert_eq!(versions, ["24.21.0", "24.10.1", "2.0.0"]);
        assert_eq!(rows[0].deprecation_date.as_deref(), Some("2028-04-30T00:00:00Z"));
        assert_eq!(rows[0].cpes, ["c:24.21.0"]);
        assert_eq!(parse(&print(&rows).unwrap()).unwrap(), rows);
    }

    #[test]
    fn a_line_that_is_no_longer_served_is_told() {
        let wanted = Wanted::parse(
            "[[package]]\nid = 'a'\nname = 'A'\nnpm = 'a'\ncpe = ''\nkeep = 1\nlines = [{ line = '9' }]\n",
        );
        let error = rows(&wanted.unwrap().package, &[Vec::new()]).unwrap_err();
        assert_eq!(error.to_string(), "a 9.x is not served: take the line out of wanted.toml");
    }
}
