//! What packaging needs of `[[metadata.dependencies]]` beside what the rows say: the places that a
//! dependency can be had from, and which rows somebody asked for.

use std::fmt;

use libpack::checksum::Checksum;
use libpack::dependency::Dependency;
use libpack::version::Constraint;
use libpack::{Error, Result};
use toml::Table;

use crate::arguments::Platform;

/// One dependency, with the places that it can be had from.
#[derive(Debug, Clone)]
pub struct Row {
    pub dependency: Dependency,
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
        write!(f, "{} {}", self.dependency.id, self.dependency.version.as_str())
    }
}

impl Row {
    /// Reads one row. A place without a checksum is an error: nobody could tell what it gave.
    pub fn read(table: &Table) -> Result<Self> {
        let dependency = Dependency::from_row(table)?;
        let mut row = Self { dependency, sources: Vec::new() };
        let Dependency { uri, purls, checksum, sources: further, .. } = &row.dependency;
        let purl = purls.iter().find(|purl| crate::purl::is_of_registry(purl)).cloned();
        let mut places = Vec::new();
        // A purl beside further sources and without a checksum says what it is, not where it is.
        if uri.is_some() || (purl.is_some() && (further.is_empty() || checksum.is_some())) {
            places.push((None, uri.clone(), purl, checksum.clone()));
        }
        for (index, source) in further.iter().enumerate() {
            places.push((Some(index), source.uri.clone(), source.purl.clone(), source.checksum.clone()));
        }
        if places.is_empty() {
            return Err(Error::user(
                "dependency/no-source",
                format!("{row} has neither a `uri` nor a purl of a registry"),
            )
            .hint("Give the row a `uri`, or a purl of type npm, golang or maven."));
        }
        for (further, uri, purl, checksum) in places {
            let checksum = checksum.ok_or_else(|| {
                Error::user("dependency/no-checksum", format!("{row} has a source without a checksum"))
                    .hint("Add `checksum = \"sha256:…\"` beside its uri or purl.")
            })?;
            row.sources.push(Source { further, uri, purl, checksum });
        }
        Ok(row)
    }

    /// Whether the row is for this platform; what it leaves open matches anything.
    pub fn is_for(&self, platform: &Platform) -> bool {
        let open = |value: &Option<String>, wanted: &str| value.as_deref().is_none_or(|value| value == wanted);
        open(&self.dependency.os, &platform.os) && open(&self.dependency.arch, &platform.arch)
    }
}

impl Source {
    /// Whether a zip from there is a tree that builds unpack: a jar is a zip too, and wanted as it is.
    pub fn is_tree(&self) -> bool {
        let path = self.uri.as_deref().map(|uri| uri.split(['?', '#']).next().unwrap_or_default());
        let named = path.is_some_and(|path| path.to_ascii_lowercase().ends_with(".zip"));
        named || self.purl.as_deref().is_some_and(|purl| purl.starts_with("pkg:golang/"))
    }
}

/// `--dependency id[@constraint]`.
#[derive(Debug)]
pub struct Filter {
    text: String,
    id: String,
    /// None takes any version, also one before a release.
    constraint: Option<Constraint>,
}

impl Filter {
    pub fn parse(text: &str) -> Result<Self> {
        let (id, constraint) = text.split_once('@').map_or((text, None), |(id, constraint)| (id, Some(constraint)));
        let constraint = constraint.map(Constraint::parse).transpose().map_err(|error| {
            Error::user("package/filter-invalid", format!("--dependency {text} has no constraint that can be read"))
                .hint("Write it as `node`, `node@22`, `node@22.23.3` or `node@>=22, <25`.")
                .because(error)
        })?;
        Ok(Self { text: text.to_owned(), id: id.to_owned(), constraint })
    }

    pub fn matches(&self, row: &Row) -> bool {
        let constraint = self.constraint.as_ref();
        self.id == row.dependency.id && constraint.is_none_or(|constraint| constraint.matches(&row.dependency.version))
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
    fn a_zip_is_a_tree_where_its_name_or_its_registry_says_so() {
        for (place, tree) in [
            ("uri = 'https://example.com/tool.ZIP?download=1'", true),
            ("uri = 'https://example.com/agent.jar'", false),
            ("uri = 'https://example.com/download?file=tool.zip'", false),
            ("purl = 'pkg:golang/golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64'", true),
            ("purl = 'pkg:maven/org.example/agent@1.0.0'", false),
        ] {
            let sum = "a".repeat(64);
            let row = row(&format!("id = 'x'\nversion = '1.0.0'\nsha256 = '{sum}'\n{place}")).unwrap();
            assert_eq!(row.sources[0].is_tree(), tree, "{place}");
        }
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
