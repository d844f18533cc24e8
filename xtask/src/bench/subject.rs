//! What is measured: an app and the builder that builds it.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Scenario;

/// An app and its builder.
#[derive(Debug, Clone)]
pub struct Subject {
    pub name: String,
    pub builder: String,
    /// The folder of the app; it is copied, never changed.
    pub app: PathBuf,
    /// A file whose change is a change of the source alone.
    pub source: Option<String>,
    /// A file whose change is one of the dependencies.
    pub dependency: Option<String>,
}

impl Subject {
    /// Whether a scenario can be played with it.
    pub fn knows(&self, scenario: Scenario) -> bool {
        match scenario {
            Scenario::Cold | Scenario::Unchanged => true,
            Scenario::Source => self.source.is_some(),
            Scenario::Dependency => self.dependency.is_some(),
        }
    }

    /// Changes a copy of the app as the scenario wants it: an empty line more, which JSON, TOML and programs bear.
    pub fn change(&self, scenario: Scenario, copy: &Path) -> Result<()> {
        let file = match scenario {
            Scenario::Cold | Scenario::Unchanged => return Ok(()),
            Scenario::Source => &self.source,
            Scenario::Dependency => &self.dependency,
        };
        let path = copy.join(file.as_ref().context("the scenario has no file to change")?);
        let mut open =
            OpenOptions::new().append(true).open(&path).with_context(|| format!("cannot open {}", path.display()))?;
        writeln!(open).with_context(|| format!("cannot change {}", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_makes_another_file_and_unchanged_makes_none() {
        let copy = tempfile::tempdir().unwrap();
        let file = copy.path().join("main.js");
        crate::home::write(&file, "run()\n").unwrap();
        let subject = Subject {
            name: "app".into(),
            builder: "builder".into(),
            app: "/app".into(),
            source: Some("main.js".into()),
            dependency: None,
        };
        subject.change(Scenario::Unchanged, copy.path()).unwrap();
        assert_eq!(crate::home::read(&file).unwrap(), "run()\n");
        subject.change(Scenario::Source, copy.path()).unwrap();
        subject.change(Scenario::Source, copy.path()).unwrap();
        assert_eq!(crate::home::read(&file).unwrap(), "run()\n\n\n");
        assert!(!subject.knows(Scenario::Dependency));
        assert!(subject.change(Scenario::Dependency, copy.path()).is_err());
    }
}
