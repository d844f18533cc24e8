//! The same rebuild in the rig and in the real lifecycle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use libpack::testing::{Built, Rig};

use crate::lifecycle::Lifecycle;
use crate::outcome::{LayerState, Outcome};
use crate::probe;

/// What happens between two builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// Nothing.
    Nothing,
    /// The build cache is gone.
    ForgetCache,
    /// The image is gone.
    ForgetImage,
    /// `--clear-cache`.
    ClearCache,
    /// Another image name.
    NewName,
    /// Another layers folder.
    LayersFolder,
    /// The image moved to another run image.
    Rebase,
    /// A file of the app changed that no key knows.
    Source,
    /// What every key holds changed.
    Key,
    /// No SBOM is wanted any more.
    WithoutSbom,
}

/// What a build decided: which layers were made, and how it left each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decisions {
    /// The names that the log says were made.
    pub made: BTreeSet<String>,
    /// Whether the cache was found.
    pub cache: String,
    /// The layers.
    pub layers: BTreeMap<String, LayerState>,
}

impl Decisions {
    /// Those of a real build.
    pub fn of(outcome: &Outcome) -> Self {
        Self::new(outcome.log("builder"), outcome.layers_of(probe::ID))
    }

    /// Those of a build in the rig.
    pub fn of_rig(built: &Built) -> Self {
        let state = |layer: &libpack::testing::LayerView| LayerState {
            flags: layer.flags.to_string(),
            reused: layer.reused,
            sboms: layer.sboms.keys().cloned().collect(),
        };
        Self::new(&built.log, built.layers.iter().map(|layer| (layer.name.clone(), state(layer))).collect())
    }

    fn new(log: &str, layers: BTreeMap<String, LayerState>) -> Self {
        let after = |start: &'static str| {
            log.lines().filter_map(move |line| line.split_once(start).map(|(_, rest)| rest.trim().to_owned()))
        };
        Self { made: after("made: ").collect(), cache: after("cache: ").collect(), layers }
    }
}

/// A real platform with the probe.
pub fn real(api: &str, executable: &Path) -> Lifecycle {
    let mut real = Lifecycle::new(api);
    real.file("source.txt", "one").executable(probe::ID, probe::DESCRIPTOR, executable);
    real.group(&[(probe::ID, "1.0.0", false)]);
    real
}

/// The same in the rig. `minor` is the Platform API's.
pub fn rig(minor: u32) -> Rig {
    let mut rig = Rig::new(probe::buildpack(), probe::DESCRIPTOR);
    rig.file("source.txt", "one").platform_api(minor);
    rig
}

/// Does to a real platform what happens between two builds.
pub fn happen(real: &mut Lifecycle, between: Between) {
    match between {
        Between::Nothing => real,
        Between::ForgetCache => real.forget_cache(),
        Between::ForgetImage => real.forget_image(),
        Between::ClearCache => real.clear_cache(),
        Between::NewName => real.image_name("app-2"),
        Between::LayersFolder => real.layers_folder("elsewhere"),
        Between::Rebase => {
            let phase = real.rebase();
            assert_eq!(phase.code, 0, "{}", phase.log);
            real
        }
        Between::Source => real.file("source.txt", "two"),
        Between::Key => real.env("BP_PROBE_KEY", "2"),
        Between::WithoutSbom => real.env("BP_DISABLE_SBOM", "true"),
    };
}

/// Does the same to the rig.
pub fn happen_in_rig(rig: &mut Rig, between: Between) {
    match between {
        // A rebase changes nothing that the next build reads.
        Between::Nothing | Between::Rebase => rig,
        Between::ForgetCache => rig.forget_cache(),
        Between::ForgetImage | Between::NewName => rig.forget_image(),
        Between::ClearCache => rig.forget_image().forget_cache(),
        Between::LayersFolder => rig.layers_folder("elsewhere"),
        Between::Source => rig.file("source.txt", "two"),
        Between::Key => rig.env("BP_PROBE_KEY", "2"),
        Between::WithoutSbom => rig.env("BP_DISABLE_SBOM", "true"),
    };
}
