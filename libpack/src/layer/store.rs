//! The layers folder of one build: what was restored, what may be re-used, what is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::Deserialize;
use toml::{Table, Value};

use super::{Flags, Key};
use crate::{Error, Result, fs};

/// What the lifecycle brought back of a layer.
#[derive(Debug, Clone, Default)]
struct Restored {
    metadata: Table,
    folder: bool,
}

/// Whether a layer can be used as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// As it came back: nothing of it is to be touched.
    Reuse,
    /// To be made, for these reasons.
    Make(Vec<String>),
}

/// The layers folder of one build.
#[derive(Debug)]
pub struct Store {
    root: PathBuf,
    restored: BTreeMap<String, Restored>,
    touched: Mutex<BTreeMap<String, Flags>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Content {
    metadata: Table,
}

/// Why a first build makes a layer.
pub(crate) const NO_EARLIER: &str = "there is no earlier one";
/// The name below `[metadata]` under which what `create` returned is kept.
const VALUES: &str = "values";
/// Whether the layer came with SBOM files, so that their absence means something.
const DESCRIBED: &str = "described";

impl Store {
    /// Reads what was restored. A `.toml` that cannot be read counts as not restored.
    pub fn open(root: &Path) -> Result<Self> {
        let mut restored = BTreeMap::new();
        for name in names(root)? {
            let text = fs::read_text(&root.join(format!("{name}.toml"))).unwrap_or_default();
            let content: Content = toml::from_str(&text).unwrap_or_default();
            let folder = has_content(&root.join(&name));
            restored.insert(name, Restored { metadata: content.metadata, folder });
        }
        Ok(Self { root: root.to_path_buf(), restored, touched: Mutex::default() })
    }

    /// Where a layer lies, whether it is there or not.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The folder that all layers lie in.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether the layer can be used as it came back. `sboms` are the file name endings of the wanted
    /// formats (`cdx.json` …): a layer that was described must still be.
    pub fn decide(&self, name: &str, flags: Flags, key: &Key, sboms: &[&str]) -> Decision {
        let Some(restored) = self.restored.get(name) else {
            return Decision::Make(vec![NO_EARLIER.to_owned()]);
        };
        let mut compared = restored.metadata.clone();
        let described = compared.remove(DESCRIBED).is_some();
        let mut reasons = key.differences(&compared);
        if flags.needs_folder() && !restored.folder {
            reasons.push("its content did not come back".to_owned());
        }
        let missing = |ending: &str| !self.root.join(format!("{name}.sbom.{ending}")).is_file();
        if described && sboms.iter().any(|ending| missing(ending)) {
            reasons.push("its SBOM did not come back".to_owned());
        }
        if reasons.is_empty() { Decision::Reuse } else { Decision::Make(reasons) }
    }

    /// Keeps a layer as it came back: the types are written again, nothing else is touched.
    pub fn keep(&self, name: &str, flags: Flags) -> Result<()> {
        let metadata = self.restored.get(name).map(|one| one.metadata.clone()).unwrap_or_default();
        self.write(name, flags, &metadata)
    }

    /// Makes room for a layer that is to be made: folder, `.toml` and SBOM files of the earlier one go,
    /// so that a build that fails half-way leaves nothing that looks whole.
    pub fn clear(&self, name: &str) -> Result<PathBuf> {
        fs::remove(&self.root.join(format!("{name}.toml")))?;
        for ending in ["cdx.json", "spdx.json", "syft.json"] {
            fs::remove(&self.root.join(format!("{name}.sbom.{ending}")))?;
        }
        let path = self.path(name);
        fs::remove(&path)?;
        fs::create_dir(&path)?;
        Ok(path)
    }

    /// Writes the SBOM files of a layer that was made, or those of the whole build (`build`).
    pub fn describe(&self, name: &str, files: &[(&str, Vec<u8>)]) -> Result<()> {
        files
            .iter()
            .try_for_each(|(ending, content)| fs::write(&self.root.join(format!("{name}.sbom.{ending}")), content))
    }

    /// Ends a layer that was made.
    pub fn finish(
        &self,
        name: &str,
        flags: Flags,
        key: &Key,
        values: &BTreeMap<String, String>,
        described: bool,
    ) -> Result<()> {
        let mut metadata = key.to_table();
        if described {
            metadata.insert(DESCRIBED.to_owned(), Value::String("true".to_owned()));
        }
        if !values.is_empty() {
            let values = values.iter().map(|(k, v)| (k.clone(), Value::String(v.clone()))).collect();
            metadata.insert(VALUES.to_owned(), Value::Table(values));
        }
        self.write(name, flags, &metadata)
    }

    /// What `create` returned when the restored layer was made.
    pub fn values(&self, name: &str) -> BTreeMap<String, String> {
        let values = self.restored.get(name).and_then(|one| one.metadata.get(VALUES));
        let values = values.and_then(Value::as_table).into_iter().flatten();
        values.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect()
    }

    /// Whether a layer's folder came back.
    pub fn folder_restored(&self, name: &str) -> bool {
        self.restored.get(name).is_some_and(|one| one.folder)
    }

    /// The layers of this build with their flags.
    pub fn touched(&self) -> BTreeMap<String, Flags> {
        self.lock().clone()
    }

    /// Removes what was restored and nobody wanted any more.
    pub fn sweep(&self) -> Result<()> {
        let touched: BTreeSet<String> = self.lock().keys().cloned().collect();
        for name in self.restored.keys().filter(|name| !touched.contains(*name)) {
            self.clear(name)?;
            fs::remove(&self.path(name))?;
        }
        Ok(())
    }

    fn write(&self, name: &str, flags: Flags, metadata: &Table) -> Result<()> {
        let mut types = Table::new();
        for (key, on) in [("build", flags.build), ("cache", flags.cache), ("launch", flags.launch)] {
            types.insert(key.to_owned(), Value::Boolean(on));
        }
        let mut content = Table::new();
        content.insert("types".to_owned(), Value::Table(types));
        content.insert("metadata".to_owned(), Value::Table(metadata.clone()));
        let text = toml::to_string(&content)
            .map_err(|error| Error::bug("layer/metadata", format!("metadata of layer {name}")).because(error))?;
        fs::write(&self.root.join(format!("{name}.toml")), text)?;
        self.lock().insert(name.to_owned(), flags);
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Flags>> {
        self.touched.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The names of the layers that came back. A folder without its `.toml` is not one.
fn names(root: &Path) -> Result<Vec<String>> {
    let files_that_are_no_layers = ["launch", "build", "store"];
    let mut names = Vec::new();
    for entry in fs::list(root)? {
        let Some(name) = entry.strip_suffix(".toml") else { continue };
        if !files_that_are_no_layers.contains(&name) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

fn has_content(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(version: &str) -> Key {
        Key::new().with("version", version)
    }

    /// Makes a layer, then lets it come back as the lifecycle does.
    fn made(root: &Path, flags: Flags, folder: bool) {
        let store = Store::open(root).unwrap();
        let path = store.clear("node").unwrap();
        fs::write(&path.join("bin/node"), "").unwrap();
        store.describe("node", &[("cdx.json", b"{}".to_vec())]).unwrap();
        let values = [("main".to_owned(), "x".to_owned())].into();
        store.finish("node", flags, &key("1"), &values, true).unwrap();
        if !folder {
            fs::remove(&path).unwrap();
        }
        let text = fs::read_text(&root.join("node.toml")).unwrap();
        let kept = text.split_once("[metadata]").unwrap().1;
        fs::write(&root.join("node.toml"), format!("[metadata]{kept}")).unwrap();
    }

    #[test]
    fn a_launch_only_layer_is_reused_by_metadata_alone() {
        let root = tempfile::tempdir().unwrap();
        made(root.path(), Flags::LAUNCH, false);
        let store = Store::open(root.path()).unwrap();
        let decide = |version| store.decide("node", Flags::LAUNCH, &key(version), &["cdx.json"]);
        assert_eq!(decide("1"), Decision::Reuse);
        assert_eq!(store.values("node")["main"], "x");
        store.keep("node", Flags::LAUNCH).unwrap();
        let text = fs::read_text(&root.path().join("node.toml")).unwrap();
        assert!(text.contains("launch = true") && text.contains("version = \"1\""), "{text}");
        let Decision::Make(reasons) = decide("2") else { panic!("reused another version") };
        assert_eq!(reasons, [r#"version changed: "1" -> "2""#]);
    }

    #[test]
    fn a_lost_sbom_never_returns_so_the_layer_is_made_again() {
        let root = tempfile::tempdir().unwrap();
        made(root.path(), Flags::LAUNCH, false);
        fs::remove(&root.path().join("node.sbom.cdx.json")).unwrap();
        let store = Store::open(root.path()).unwrap();
        let wanted = store.decide("node", Flags::LAUNCH, &key("1"), &["cdx.json"]);
        assert_eq!(wanted, Decision::Make(vec!["its SBOM did not come back".to_owned()]));
    }

    #[test]
    fn a_build_layer_without_its_content_is_made_again() {
        let flags = Flags { build: true, cache: false, launch: true };
        let root = tempfile::tempdir().unwrap();
        made(root.path(), flags, false);
        let store = Store::open(root.path()).unwrap();
        assert_ne!(store.decide("node", flags, &key("1"), &[]), Decision::Reuse);
    }

    #[test]
    fn what_nobody_wants_any_more_goes() {
        let root = tempfile::tempdir().unwrap();
        made(root.path(), Flags::LAUNCH, true);
        Store::open(root.path()).unwrap().sweep().unwrap();
        assert_eq!(fs::list(root.path()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn metadata_that_cannot_be_read_is_no_metadata() {
        let root = tempfile::tempdir().unwrap();
        fs::write(&root.path().join("node.toml"), "[metadata\n").unwrap();
        let store = Store::open(root.path()).unwrap();
        assert_ne!(store.decide("node", Flags::LAUNCH, &key("1"), &[]), Decision::Reuse);
    }
}
