//! `wanted.toml`: what the catalogs have rows for.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::published::Published;
use super::{golang, npm};
use crate::home::read;

/// Packages by the name of the catalog in which their rows stand.
#[derive(Debug, Deserialize)]
pub struct Wanted(pub BTreeMap<String, Vec<Package>>);

/// A package and the lines of it that are wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    pub id: String,
    pub name: String,
    pub source: Source,
    pub arch: Option<String>,
    pub cpe: String,
    /// Licences, where the registry does not tell them.
    #[serde(default)]
    pub licenses: Vec<String>,
    /// How many of the newest versions a line keeps.
    pub keep: usize,
    pub lines: Vec<Line>,
}

/// The registry that serves a package, and its name there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A package of the npm registry.
    Npm(String),
    /// A module of the Go module proxy with its version, in which `{version}` is the toolchain's.
    Go(String),
}

/// All versions that begin alike.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// `24` or `1.26`.
    #[serde(rename = "line")]
    pub prefix: String,
    /// The day of its end of life, `2028-04-30`.
    pub ends: Option<String>,
    /// The lowest patch that is asked for, where a registry has no list of versions.
    #[serde(default)]
    pub first: u64,
}

impl Wanted {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(&read(path)?).with_context(|| format!("cannot read {}", path.display()))
    }

    /// Reads the file's text.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(toml::from_str(text)?)
    }
}

impl Package {
    /// What it is called where it comes from.
    pub fn package(&self) -> &str {
        match &self.source {
            Source::Npm(name) | Source::Go(name) => name,
        }
    }

    /// What its registry serves of the wanted lines; the newest versions with their checksums.
    pub fn published(&self) -> Result<Vec<Published>> {
        match &self.source {
            Source::Npm(name) => npm::published(name, &self.lines),
            Source::Go(module) => golang::published(module, &self.lines, self.keep),
        }
    }
}

impl Line {
    /// Whether a version belongs to it: `1.26.3` to `1.26`, and not to `1.2`.
    pub fn has(&self, version: &semver::Version) -> bool {
        version.to_string().strip_prefix(&self.prefix).is_some_and(|rest| rest.starts_with('.'))
    }
}
