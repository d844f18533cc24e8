//! The buildpacks by language, and what their offline packages carry.

use std::path::PathBuf;

use anyhow::Result;

use super::jdk;
use super::newest::Catalog;
use crate::home::workspace;

/// A language with a buildpack of its own in `buildpacks/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Language {
    /// Node.js
    Node,
    /// Go
    Go,
    /// Java
    Java,
}

/// All of them, in the order of their names.
pub const ALL: [Language; 3] = [Language::Go, Language::Java, Language::Node];

impl Language {
    /// The name of its folders and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Go => "go",
            Self::Java => "java",
        }
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Node => "Node.js",
            Self::Go => "Go",
            Self::Java => "Java",
        }
    }

    /// The id of its buildpack.
    pub fn id(self) -> String {
        format!("libpack/{}", self.name())
    }

    /// The folder of its buildpack in the workspace.
    pub fn folder(self) -> String {
        format!("buildpacks/{}", self.name())
    }

    /// The name of its packaged folder.
    pub fn package(self) -> String {
        self.id().replace('/', "_")
    }

    /// The file with the toolchains that package registries serve; for Java also those of this machine.
    pub fn catalog(self) -> Result<PathBuf> {
        match self {
            Self::Java => jdk::catalog(&self.published()),
            _ => Ok(self.published()),
        }
    }

    /// The file with what is the same for every machine.
    fn published(self) -> PathBuf {
        workspace().join("xtask/catalog").join(self.name()).with_extension("toml")
    }

    /// What goes into the offline package, as dependency ids and lines: compressing a toolchain takes half a minute once per
    /// machine, so that not all of them do.
    fn carried(self) -> &'static [(&'static str, Option<&'static str>)] {
        match self {
            // The buildpack takes the newest npm that it carries, whatever the line of Node.js.
            Self::Node => &[("node", Some("24")), ("node", Some("22")), ("npm", None)],
            // The default line, and the one that most `go` lines of go.mod lead to.
            Self::Go => &[("go", Some("1.26")), ("go", Some("1.25"))],
            // JDKs and runtimes are those of the machine. One Tomcat for each generation of the servlet API.
            Self::Java => &[
                ("maven", Some("3")),
                ("tomcat", Some("9")),
                ("tomcat", Some("10.1")),
                ("spring-cloud-bindings", Some("1")),
                ("spring-cloud-bindings", Some("2")),
            ],
        }
    }

    /// `id@version` of each dependency that goes into the offline package.
    pub fn dependencies(self) -> Result<Vec<String>> {
        let catalog = Catalog::read(&self.catalog()?)?;
        let mut all: Vec<_> =
            self.carried().iter().map(|(id, line)| catalog.newest(id, *line)).collect::<Result<_>>()?;
        if self == Self::Java {
            for line in jdk::lines()? {
                all.push(catalog.newest("jdk", Some(&line))?);
                all.push(catalog.newest("jre", Some(&line))?);
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::super::newest::buildpack_id;
    use super::*;

    #[test]
    fn every_offline_package_lies_where_the_builder_looks_for_it() {
        let builder = crate::home::read(&workspace().join("builder.toml")).unwrap();
        for language in ALL {
            assert!(builder.contains(&format!("uri = \"build/{}\"", language.package())), "{language:?}");
            let id = buildpack_id(&workspace().join(language.folder()).join("buildpack.toml")).unwrap();
            assert_eq!(id, language.id());
        }
    }

    #[test]
    fn the_catalogs_have_what_the_offline_packages_carry() {
        for language in ALL {
            let catalog = Catalog::read(&language.published()).unwrap();
            for (id, line) in language.carried() {
                let dependency = catalog.newest(id, *line).unwrap();
                assert!(dependency.starts_with(&format!("{id}@{}", line.unwrap_or_default())), "{dependency}");
            }
        }
    }

    #[test]
    fn no_buildpack_of_the_workspace_is_left_out() {
        let folders = std::fs::read_dir(workspace().join("buildpacks")).unwrap();
        let mut names: Vec<_> = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ALL.map(Language::name));
    }
}
