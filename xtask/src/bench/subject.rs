//! What is measured: an app, the builder that builds it, and how its files change between builds.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Scenario;
use crate::product::language::Language;
use crate::shell::call;

/// Versions of the small module that the Go sample uses, none the one before: every round gets another one.
const UUID_VERSIONS: [&str; 5] = ["v1.5.0", "v1.4.0", "v1.3.1", "v1.3.0", "v1.6.0"];

/// The main class of the samples in Java.
const MAIN_CLASS: &str = "src/main/java/app/Main.java";

/// An app and its builder.
#[derive(Debug, Clone)]
pub struct Subject {
    pub name: String,
    pub builder: String,
    /// The folder of the app; it is copied, never changed.
    pub app: PathBuf,
    /// Whose buildpack builds it.
    pub language: Option<Language>,
    /// What changes the source alone.
    pub source: Option<Edit>,
    /// What changes the dependencies.
    pub dependency: Option<Edit>,
}

/// A change of one file or two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// An empty line more, which JSON, TOML and programs bear.
    Line(String),
    /// A function more in a file of package main: another program, not only another file.
    Function(String),
    /// A class more in a file of Java.
    Class(String),
    /// Another version of a module in go.mod and go.sum.
    Module(&'static str, &'static [&'static str]),
}

impl Subject {
    /// An app with the changes that its files allow: a file that is named is given a line, others are guessed.
    pub fn new(name: String, app: PathBuf, builder: String, source: Option<&str>, dependency: Option<&str>) -> Self {
        let there = |files: &[&str]| files.iter().find(|file| app.join(file).is_file()).map(|file| (*file).to_owned());
        let edits = |files: &[&str]| {
            there(files).map(|file| match file {
                file if has_suffix(&file, "go") => Edit::Function(file),
                file if has_suffix(&file, "java") => Edit::Class(file),
                file => Edit::Line(file),
            })
        };
        let dependency_edit = match dependency {
            None if name == "go-mod" => Some(Edit::Module("github.com/google/uuid", &UUID_VERSIONS)),
            None => edits(&["package-lock.json", "go.mod", "pom.xml"]),
            Some(file) => edits(&[file]),
        };
        Self {
            language: there(&["go.mod", "go.work", "main.go"])
                .map(|_| Language::Go)
                .or_else(|| there(&["pom.xml", "build.gradle", "META-INF/MANIFEST.MF"]).map(|_| Language::Java))
                .or_else(|| there(&["package.json", "server.js"]).map(|_| Language::Node)),
            source: edits(&source.map_or(vec!["server.js", "main.go", MAIN_CLASS], |file| vec![file])),
            dependency: dependency_edit,
            name,
            builder,
            app,
        }
    }

    /// Whether a scenario can be played with it.
    pub fn knows(&self, scenario: Scenario) -> bool {
        match scenario {
            Scenario::Cold | Scenario::Unchanged => true,
            Scenario::Source => self.source.is_some(),
            Scenario::Dependency => self.dependency.is_some(),
        }
    }

    /// Changes a copy of the app as the scenario wants it, in each round in another way.
    pub fn change(&self, scenario: Scenario, copy: &Path, round: u32) -> Result<()> {
        let edit = match scenario {
            Scenario::Cold | Scenario::Unchanged => return Ok(()),
            Scenario::Source => &self.source,
            Scenario::Dependency => &self.dependency,
        };
        edit.as_ref().context("the scenario has no file to change")?.apply(copy, round)
    }
}

impl Edit {
    fn apply(&self, copy: &Path, round: u32) -> Result<()> {
        match self {
            Self::Line(file) => append(&copy.join(file), "\n"),
            Self::Function(file) => {
                append(&copy.join(file), &format!("\nfunc init() {{ println(\"round {round}\") }}\n"))
            }
            Self::Class(file) => append(&copy.join(file), &format!("\nclass Round{round} {{}}\n")),
            Self::Module(module, versions) => {
                let index = (round.max(1) - 1) as usize % versions.len();
                call("go")
                    .args(["get", &format!("{module}@{}", versions[index])])
                    .env("GOFLAGS", "-mod=mod")
                    .env("GOTOOLCHAIN", "local")
                    .dir(copy)
                    .run()
            }
        }
    }
}

fn has_suffix(file: &str, suffix: &str) -> bool {
    Path::new(file).extension().is_some_and(|extension| extension == suffix)
}

fn append(path: &Path, text: &str) -> Result<()> {
    let mut open =
        OpenOptions::new().append(true).open(path).with_context(|| format!("cannot open {}", path.display()))?;
    write!(open, "{text}").with_context(|| format!("cannot change {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home::{read, workspace, write};

    fn subject(app: &Path) -> Subject {
        Subject::new("app".into(), app.to_owned(), "builder".into(), None, None)
    }

    #[test]
    fn each_change_makes_another_file_and_unchanged_makes_none() {
        let copy = tempfile::tempdir().unwrap();
        let file = copy.path().join("server.js");
        write(&file, "run()\n").unwrap();
        let subject = subject(copy.path());
        subject.change(Scenario::Unchanged, copy.path(), 1).unwrap();
        assert_eq!(read(&file).unwrap(), "run()\n");
        subject.change(Scenario::Source, copy.path(), 1).unwrap();
        subject.change(Scenario::Source, copy.path(), 2).unwrap();
        assert_eq!(read(&file).unwrap(), "run()\n\n\n");
        assert!(!subject.knows(Scenario::Dependency));
        assert!(subject.change(Scenario::Dependency, copy.path(), 1).is_err());
    }

    #[test]
    fn a_program_in_go_does_something_else_after_every_change() {
        let copy = tempfile::tempdir().unwrap();
        let file = copy.path().join("main.go");
        write(&file, "package main\n").unwrap();
        let subject = subject(copy.path());
        assert_eq!(subject.language, Some(Language::Go));
        subject.change(Scenario::Source, copy.path(), 1).unwrap();
        subject.change(Scenario::Source, copy.path(), 2).unwrap();
        let text = read(&file).unwrap();
        assert!(text.contains("println(\"round 1\")") && text.contains("println(\"round 2\")"), "{text}");
    }

    #[test]
    fn a_program_in_java_has_another_class_after_every_change() {
        let copy = tempfile::tempdir().unwrap();
        write(&copy.path().join("pom.xml"), "<project/>\n").unwrap();
        write(&copy.path().join(MAIN_CLASS), "class Main {}\n").unwrap();
        let subject = subject(copy.path());
        assert_eq!(subject.language, Some(Language::Java));
        subject.change(Scenario::Source, copy.path(), 2).unwrap();
        assert_eq!(read(&copy.path().join(MAIN_CLASS)).unwrap(), "class Main {}\n\nclass Round2 {}\n");
    }

    #[test]
    fn the_samples_know_every_scenario() {
        for (sample, language) in [("npm", Language::Node), ("go-mod", Language::Go), ("java-spring", Language::Java)] {
            let app = workspace().join("samples").join(sample);
            let subject = Subject::new(sample.into(), app, "builder".into(), None, None);
            assert_eq!(subject.language, Some(language));
            assert!(subject.knows(Scenario::Source) && subject.knows(Scenario::Dependency), "{sample}");
        }
        let go_mod = read(&workspace().join("samples/go-mod/go.mod")).unwrap();
        // The first round must not ask for what is there.
        assert!(go_mod.contains(&format!("github.com/google/uuid {}", UUID_VERSIONS[4])), "{go_mod}");
    }

    #[test]
    fn a_file_that_is_named_is_the_one_that_changes() {
        let copy = tempfile::tempdir().unwrap();
        for file in ["server.js", "lib.js", "pnpm-lock.yaml"] {
            write(&copy.path().join(file), "").unwrap();
        }
        let named = |source, dependency| {
            Subject::new("app".into(), copy.path().to_owned(), "builder".into(), Some(source), Some(dependency))
        };
        assert_eq!(named("lib.js", "pnpm-lock.yaml").source, Some(Edit::Line("lib.js".into())));
        assert_eq!(named("lib.js", "pnpm-lock.yaml").dependency, Some(Edit::Line("pnpm-lock.yaml".into())));
        assert_eq!(named("none.js", "none").source, None);
    }
}
