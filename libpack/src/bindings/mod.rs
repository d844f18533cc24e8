//! Service bindings: what the platform hands to a build or a container beside the source
//! (certificates, registry settings, mirrors). Facts: paketo-buildpacks/packit `servicebindings`, servicebinding.io, docs/platforms.md R14.
//!
//! One file per place that bindings come from; this one chooses the place and looks things up.

mod folder;
mod secret;
pub mod vcap;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use secret::Secret;

use crate::world::Variables;
use crate::{Error, Result, fs};

/// All bindings of a build or a container, sorted by name.
#[derive(Debug, Clone, Default)]
pub struct Bindings {
    list: Vec<Binding>,
    warnings: Vec<String>,
    /// The files of those that did not come as files; it vanishes with the last copy.
    #[allow(dead_code, reason = "held, not read")]
    held: Option<Arc<tempfile::TempDir>>,
}

impl Bindings {
    /// Reads the bindings of a build: from `SERVICE_BINDING_ROOT`, else `CNB_BINDINGS`, else `VCAP_SERVICES`,
    /// else the file of `VCAP_SERVICES_FILE_PATH`, else `<platform>/bindings`. The first variable that is set
    /// decides, even when its folder is missing.
    /// `binding/unreadable` when a folder cannot be read, `binding/vcap-invalid` when services cannot.
    pub fn read(variables: &Variables, platform_dir: &Path) -> Result<Self> {
        if let Some(root) = named_root(variables) {
            return Self::from_root(&root);
        }
        match vcap::text(variables)? {
            Some(text) => Self::from_services(&text),
            None => Self::from_root(&platform_dir.join("bindings")),
        }
    }

    /// Reads the bindings of a starting container, which has no platform folder. Services of `VCAP_SERVICES` are
    /// among them when [`vcap::helper`] runs first: they need a folder that outlives the helpers.
    pub fn read_at_launch(variables: &Variables) -> Result<Self> {
        named_root(variables).map_or_else(|| Ok(Self::default()), |root| Self::from_root(&root))
    }

    fn from_root(root: &Path) -> Result<Self> {
        let found = folder::read(root)?;
        Ok(Self { list: found.bindings, warnings: found.warnings, held: None })
    }

    fn from_services(text: &str) -> Result<Self> {
        let held = fs::private_scratch(&std::env::temp_dir())?;
        let found = vcap::lay_out(text, held.path())?;
        Ok(Self { list: found.bindings, warnings: found.warnings, held: Some(Arc::new(held)) })
    }

    /// What was ignored and why, a sentence each, for the log.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// All of them, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Binding> {
        self.list.iter()
    }

    /// Those of a type; upper and lower case are the same.
    pub fn of_type(&self, kind: &str) -> impl Iterator<Item = &Binding> {
        self.list.iter().filter(move |binding| {
            let names = std::iter::once(&binding.kind).chain(&binding.label);
            names.into_iter().any(|name| name.eq_ignore_ascii_case(kind))
        })
    }

    /// The binding of a type that may be given once. `binding/ambiguous` names them when there are more.
    pub fn one(&self, kind: &str) -> Result<Option<&Binding>> {
        let matched: Vec<&Binding> = self.of_type(kind).collect();
        if matched.len() < 2 {
            return Ok(matched.first().copied());
        }
        let names: Vec<String> = matched.iter().map(|binding| format!("`{}`", binding.name)).collect();
        Err(Error::user(
            "binding/ambiguous",
            format!("multiple bindings matched the type `{kind}`: {}", names.join(", ")),
        )
        .hint(format!("Keep one binding of the type `{kind}`.")))
    }
}

fn named_root(variables: &Variables) -> Option<PathBuf> {
    ["SERVICE_BINDING_ROOT", "CNB_BINDINGS"].iter().find_map(|name| variables.get(name)).map(Into::into)
}

/// One binding. Values are read when they are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The name of its folder.
    pub name: String,
    /// Its type, `npmrc`, as it was written.
    pub kind: String,
    /// Who offers the service.
    pub provider: Option<String>,
    /// Its folder; none when the binding did not come as files: then its files last as long as [`Bindings`].
    pub dir: Option<PathBuf>,
    /// What it is called beside its type: the label of a service of Cloud Foundry whose credentials name a type.
    label: Option<String>,
    files: BTreeMap<String, PathBuf>,
}

impl Binding {
    /// The keys, sorted, without the hidden ones (`.x`): those must be asked for by name.
    pub fn entries(&self) -> Vec<&str> {
        self.files.keys().map(String::as_str).filter(|key| !key.starts_with('.')).collect()
    }

    /// The value of a key, whose case counts; `.npmrc` is found too. `fs/failed` when it cannot be read.
    pub fn entry(&self, key: &str) -> Result<Option<Secret>> {
        let Some(path) = self.files.get(key) else {
            return Ok(None);
        };
        Ok(Some(Secret::new(&self.name, key, fs::read_bytes(path)?)))
    }

    /// The file of a key; none when there is no such key.
    pub fn path(&self, key: &str) -> Option<&Path> {
        self.files.get(key).map(PathBuf::as_path)
    }

    /// The value of a key that the binding must have, or else `binding/entry-missing`.
    pub fn require(&self, key: &str) -> Result<Secret> {
        self.entry(key)?.ok_or_else(|| self.missing(key))
    }

    /// The file of a key that the binding must have, or else `binding/entry-missing`.
    pub fn require_path(&self, key: &str) -> Result<&Path> {
        self.path(key).ok_or_else(|| self.missing(key))
    }

    fn missing(&self, key: &str) -> Error {
        Error::user(
            "binding/entry-missing",
            format!("unable to find `{key}` from binding `{}` of the type `{}`", self.name, self.kind),
        )
        .hint(format!("Add an entry with exactly the name `{key}` to the binding."))
    }
}

#[cfg(test)]
mod tests;
