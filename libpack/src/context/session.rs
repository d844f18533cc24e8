use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Surroundings;
use super::toolchain::ToolchainState;
use crate::cache::{CacheState, Downloads};
use crate::env::Change;
use crate::launch::Launch;
use crate::layer::{Flags, Key, Store};
use crate::plan::{Entry, Memory};
use crate::sbom::{self, Format, Sbom, Tool};
use crate::source::Sources;
use crate::{Result, checksum};

/// One build: what all its components share.
pub(crate) struct Session {
    pub around: Surroundings,
    pub entries: Vec<Entry>,
    pub memory: Memory,
    pub store: Store,
    pub sources: Sources,
    /// What was fetched, for the next build; none when the user wants nothing kept.
    pub downloads: Option<Downloads>,
    /// The wanted SBOM formats; none with `BP_DISABLE_SBOM`.
    pub formats: Vec<Format>,
    pub sbom_options: sbom::Options,
    /// The executable itself, for the helper layer.
    pub executable: PathBuf,
    /// The names of the helpers that the executable knows.
    pub known_helpers: Vec<&'static str>,
    state: Mutex<State>,
}

/// What the components leave behind, in their order.
#[derive(Default)]
pub(crate) struct State {
    pub changes: Vec<Change>,
    pub launch: Launch,
    pub helpers: Vec<&'static str>,
    pub scripts: BTreeMap<String, String>,
    pub toolchains: BTreeMap<String, Arc<ToolchainState>>,
    pub caches: BTreeMap<String, Arc<CacheState>>,
    pub discarded: Vec<PathBuf>,
    /// Names of the plan that later buildpacks shall get the entries of.
    pub unmet: BTreeSet<String>,
    /// What `build.sbom.*` says.
    pub build_sbom: Option<Sbom>,
}

impl Session {
    pub fn new(
        around: Surroundings,
        entries: Vec<Entry>,
        memory: Memory,
        store: Store,
        sources: Sources,
        executable: PathBuf,
        known_helpers: Vec<&'static str>,
    ) -> Result<Self> {
        let formats = wanted_formats(&around)?;
        let sbom_options = sbom_options(&around)?;
        let downloads = Downloads::open(&around, &store)?;
        let sources = match &downloads {
            Some(downloads) => sources.keep_in(downloads.folder()),
            None => sources,
        };
        Ok(Self {
            around,
            entries,
            memory,
            store,
            sources,
            downloads,
            formats,
            sbom_options,
            executable,
            known_helpers,
            state: Mutex::default(),
        })
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is part of every layer's key, whoever makes it.
    pub fn common_key(&self, flags: Flags) -> Key {
        let target = self.around.target();
        let distro = |part: &Option<String>| part.clone().unwrap_or_else(|| "any".to_owned());
        let formats: Vec<_> = self.formats.iter().map(|format| format.extension()).collect();
        let key = Key::new()
            .with("flags", flags)
            .with(
                "target",
                format!(
                    "{}/{} {} {}",
                    target.os,
                    target.arch,
                    distro(&target.distro_name),
                    distro(&target.distro_version)
                ),
            )
            // Image layers hold absolute paths: under another layers folder they are of no use.
            .with("layers-folder", digest(self.store.root().as_os_str().as_encoded_bytes()))
            .with("sbom", if formats.is_empty() { "none".to_owned() } else { formats.join(" ") });
        match self.around.execution_environment().as_str() {
            "production" => key,
            other => key.with("execution-environment", other),
        }
    }

    /// A document in all wanted formats, each with its file name ending.
    pub fn documents(&self, sbom: &Sbom) -> Result<Vec<(&'static str, Vec<u8>)>> {
        let write = |format: &Format| Ok((format.extension(), sbom::write(sbom, *format, &self.sbom_options)?));
        self.formats.iter().map(write).collect()
    }

    /// The file name endings of the wanted SBOM formats.
    pub fn sbom_endings(&self) -> Vec<&'static str> {
        self.formats.iter().map(|format| format.extension()).collect()
    }
}

/// The first 16 hex digits of the SHA-256.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let digest = checksum::sha256(bytes);
    digest.hex().chars().take(16).collect()
}

/// Documents name the buildpack as their writer, and take their date from `SOURCE_DATE_EPOCH`.
fn sbom_options(around: &Surroundings) -> Result<sbom::Options> {
    let identity = &around.descriptor().buildpack;
    let tool = Tool { name: identity.id.replace('/', "-"), version: identity.version.clone() };
    let options = sbom::Options::default().by(tool);
    match around.variable("SOURCE_DATE_EPOCH") {
        Some(date) => options.source_date_epoch(&date),
        None => Ok(options),
    }
}

fn wanted_formats(around: &Surroundings) -> Result<Vec<Format>> {
    if around.settings().flag("BP_DISABLE_SBOM")? {
        return Ok(Vec::new());
    }
    let declared = &around.descriptor().buildpack.sbom_formats;
    declared.iter().map(|media_type| Format::parse(media_type)).collect()
}
