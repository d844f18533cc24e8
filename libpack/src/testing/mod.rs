//! The rig: detect, build and rebuild in process, in milliseconds.
//!
//! A [`Rig`] holds an app, a buildpack and fakes for everything outside, and a model of the lifecycle:
//! how it resolves plans, what it brings back of layers, how it applies environment files. The model
//! is held against the real lifecycle by the end-to-end tests, so what passes here holds there.
//!
//! ```
//! use libpack::component::{Buildpack, Component, Verdict, must};
//! use libpack::context::{BuildCx, DetectCx};
//! use libpack::launch::Process;
//! use libpack::plan::Plan;
//! use libpack::testing::Rig;
//!
//! struct Hello;
//! impl Component for Hello {
//!     fn name(&self) -> &'static str {
//!         "hello"
//!     }
//!     fn detect(&self, _: &DetectCx<'_>) -> libpack::Result<Verdict> {
//!         Ok(Plan::new().into())
//!     }
//!     fn build(&self, cx: &BuildCx<'_>) -> libpack::Result<()> {
//!         cx.process(Process::new("web", ["hello"]).default());
//!         Ok(())
//!     }
//! }
//!
//! let descriptor = "api = '0.10'\n[buildpack]\nid = 'me/hello'\nversion = '1.0.0'";
//! let mut rig = Rig::new(Buildpack::new("me/hello").group([must(Hello)]), descriptor);
//! let built = rig.build().unwrap();
//! assert_eq!(built.command("web"), "hello");
//! ```
//!
//! Children and downloads are taught, dependencies made on the spot, and a second build finds what the
//! first one left:
//!
//! ```
//! # use libpack::component::{Buildpack, Component, Verdict, must};
//! # use libpack::context::{BuildCx, DetectCx, Install};
//! # use libpack::plan::{Choice, Plan};
//! use libpack::testing::{Archive, Rig, Row};
//!
//! # struct Tool;
//! # impl Component for Tool {
//! #     fn name(&self) -> &'static str {
//! #         "tool"
//! #     }
//! #     fn detect(&self, _: &DetectCx<'_>) -> libpack::Result<Verdict> {
//! #         Ok(Plan::new().into())
//! #     }
//! #     fn build(&self, cx: &BuildCx<'_>) -> libpack::Result<()> {
//! #         let tool = cx.resolve("tool", &Choice { chosen: None, candidates: Vec::new() })?;
//! #         let layer = cx.layer("tool").keyed_by(tool.key());
//! #         layer.create(|layer| layer.install(&tool, Install::default()))?;
//! #         cx.run("tool").call().map(drop)
//! #     }
//! # }
//! # let descriptor = "api = '0.10'\n[buildpack]\nid = 'me/tool'\nversion = '1.0.0'";
//! let mut rig = Rig::new(Buildpack::new("me/tool").group([must(Tool)]), descriptor);
//! rig.file("app.txt", "an app");
//! rig.offer(Row::new("tool", "1.2.3"), Archive::new().program("bin/tool", "#!/bin/sh").zst());
//! rig.exec.teach_text("tool", "done");
//!
//! let first = rig.build().unwrap();
//! assert_eq!(first.layer("tool").unwrap().tree(), ["bin/tool*"]);
//! assert_eq!(first.fetched, ["https://downloads.example/tool-1.2.3"]);
//!
//! let again = rig.build().unwrap();
//! assert_eq!(again.reused(), ["tool"]);
//! assert!(again.fetched.is_empty());
//! ```

mod archive;
mod arrange;
mod built;
mod fakes;
mod group;
mod images;
mod normal;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub use archive::{Archive, Row, tree};
pub use built::Built;
pub use fakes::{FakeExec, FakeFetch, Page};
pub use group::{Neighbour, Resolved, resolve};
use images::Stores;
pub use images::{LayerView, Platform};
use normal::Places;

use crate::component::Buildpack;
use crate::context::Surroundings;
use crate::descriptor::Descriptor;
use crate::phase::{self, BuildInput, Detected, SeedInput};
use crate::plan::Alternative;
use crate::world::{Variables, World};
use crate::{Error, Result, fs};

/// An app, a buildpack, a platform of fakes.
pub struct Rig {
    buildpack: Buildpack,
    descriptor: Descriptor,
    root: Arc<tempfile::TempDir>,
    variables: Variables,
    before: Vec<Neighbour>,
    after: Vec<Neighbour>,
    stores: Stores,
    layers_name: String,
    /// Answers to downloads.
    pub fetch: Arc<FakeFetch>,
    /// Answers to children.
    pub exec: Arc<FakeExec>,
    /// The time, fixed.
    pub now: SystemTime,
}

/// 2026-01-01, so that end-of-life notices are stable.
const NEW_YEAR: u64 = 1_767_225_600;

impl Rig {
    /// A rig for a buildpack and the text of its `buildpack.toml`.
    ///
    /// # Panics
    /// When the descriptor cannot be read or no temporary folder can be made: a test has nothing better
    /// to do.
    #[allow(clippy::expect_used)]
    pub fn new(buildpack: Buildpack, descriptor: &str) -> Self {
        let root = fs::scratch().expect("a temporary folder");
        for folder in ["app", "platform/env", "buildpack"] {
            fs::create_dir(&root.path().join(folder)).expect("a folder");
        }
        fs::write(&root.path().join("buildpack/buildpack.toml"), descriptor).expect("a file");
        let path = "/usr/local/bin:/usr/bin:/bin";
        Self {
            buildpack,
            descriptor: Descriptor::parse(descriptor).expect("a buildpack.toml"),
            variables: [("PATH", path), ("CNB_TARGET_OS", "linux"), ("CNB_TARGET_ARCH", "amd64")].into_iter().collect(),
            before: Vec::new(),
            after: Vec::new(),
            stores: Stores::new(root.path()),
            layers_name: "layers".to_owned(),
            fetch: Arc::default(),
            exec: Arc::default(),
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(NEW_YEAR),
            root: Arc::new(root),
        }
    }

    /// The app's sources.
    pub fn app(&self) -> PathBuf {
        self.root.path().join("app")
    }

    /// The buildpack's folder, for vendored dependencies.
    pub fn buildpack_folder(&self) -> PathBuf {
        self.root.path().join("buildpack")
    }

    /// The platform's folder, for bindings.
    pub fn platform(&self) -> PathBuf {
        self.root.path().join("platform")
    }

    /// The home folder of the user that builds; it is not there unless a test or a step makes it.
    pub fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// The layers folder of the next build and, after a build that failed, of the last one.
    pub fn layers(&self) -> PathBuf {
        self.root.path().join(&self.layers_name)
    }

    /// Runs detect.
    pub fn detect(&mut self) -> Result<Detected> {
        let page = Arc::new(Page::default());
        phase::detect(&self.buildpack, &self.surroundings(&self.app(), &page)?)
    }

    /// Runs detect and gives the plan's alternatives; none when the buildpack does not take the app.
    pub fn plan(&mut self) -> Result<Vec<Alternative>> {
        match self.detect()? {
            Detected::Pass(alternatives) => Ok(alternatives),
            Detected::Fail(_) => Ok(Vec::new()),
        }
    }

    /// Runs detect, resolves the group's plan, restores, builds and exports.
    ///
    /// A group that does not pass is an error with the id `rig/no-group`.
    pub fn build(&mut self) -> Result<Built> {
        let resolved = self.resolve()?;
        let entries = resolved.entries_of(self.buildpack.id);
        let workspace = self.root.path().join("workspace");
        fs::remove(&workspace)?;
        images::copy(&self.app(), &workspace)?;
        let layers = self.layers();
        self.stores.restore(&layers)?;
        let page = Arc::new(Page::default());
        let (children, fetched) = (self.exec.ran().len(), self.fetch.fetched().len());
        let around = self.surroundings(&workspace, &page)?;
        let executable = self.root.path().join("buildpack/buildpack.toml");
        let input = BuildInput { layers: layers.clone(), entries: entries.clone(), executable };
        let launch = phase::build(&self.buildpack, around, input)?;
        let unmet = unmet(&layers)?;
        let layers = self.stores.export(&layers)?;
        Ok(Built {
            log: self.normalise(&page.text()),
            launch,
            layers,
            app: workspace,
            entries,
            unmet,
            ran: self.exec.ran().split_off(children).iter().map(|line| self.normalise(line)).collect(),
            children: self.exec.children().split_off(children),
            fetched: self.fetch.fetched().split_off(fetched),
            places: self.places(),
            root: Arc::clone(&self.root),
        })
    }

    fn resolve(&mut self) -> Result<Resolved> {
        let detected = self.detect()?;
        let Detected::Pass(alternatives) = detected else {
            return Err(Error::user("rig/no-group", format!("we do not take the app: {detected:?}")));
        };
        let us = Neighbour::ours(self.buildpack.id, alternatives);
        let group: Vec<_> = self.before.iter().chain([&us]).chain(&self.after).cloned().collect();
        let resolved = resolve(&group).ok_or_else(|| Error::user("rig/no-group", "no group passed"))?;
        if !resolved.passes(self.buildpack.id) {
            return Err(Error::user("rig/no-group", "the group goes on without us"));
        }
        Ok(resolved)
    }

    /// Makes a seed into a folder, from a dependency that the buildpack carries, and gives the log.
    pub fn seed(&self, id: &str, version: &str, out: &Path) -> Result<String> {
        let page = Arc::new(Page::default());
        let input = SeedInput {
            buildpack: self.buildpack_folder(),
            descriptor: self.descriptor.clone(),
            id: id.to_owned(),
            version: version.to_owned(),
            out: out.to_owned(),
        };
        phase::seed(&self.buildpack, input, &self.variables, self.world(&page))?;
        Ok(self.normalise(&page.text()))
    }

    /// The environment of a container of the image: that of the image over `given`, then what the
    /// joined helpers set. Helpers run for real, so they may write below `/tmp`.
    pub fn start(&self, built: &Built, given: &[(&str, &str)]) -> Result<Variables> {
        let mut variables = built.environment(given);
        for name in built.helpers() {
            let Some((_, helper)) = self.buildpack.helpers.iter().find(|(known, _)| *known == name) else { continue };
            for (key, value) in helper(&variables)? {
                variables.set(key, value);
            }
        }
        Ok(variables)
    }

    /// A text with this rig's folders under the names that a platform gives them.
    pub fn normalise(&self, text: &str) -> String {
        self.places().hide(text)
    }

    fn places(&self) -> Places {
        let below = |name: &str| self.root.path().join(name);
        Places(vec![
            (below("workspace"), "/workspace"),
            (below("app"), "/workspace"),
            (below("buildpack"), "/buildpack"),
            (below("platform"), "/platform"),
            (below("home"), "/home/cnb"),
            (self.layers(), "/layers"),
        ])
    }

    fn surroundings(&self, app: &Path, page: &Arc<Page>) -> Result<Surroundings> {
        let world = self.world(page);
        let variables = self.variables.clone();
        let descriptor = self.descriptor.clone();
        Surroundings::new(app, &self.buildpack_folder(), &self.platform(), variables, descriptor, world)
    }

    fn world(&self, page: &Arc<Page>) -> World {
        World {
            fetch: self.fetch.clone(),
            exec: self.exec.clone(),
            clock: Arc::new(fakes::Stopped(self.now)),
            output: page.clone(),
            home: Some(self.home()),
            in_order: true,
        }
    }
}

/// The names in `build.toml`.
fn unmet(layers: &Path) -> Result<Vec<String>> {
    let text = fs::read_text_if_any(&layers.join("build.toml"))?.unwrap_or_default();
    let file: toml::Table = text.parse().map_err(|error| Error::bug("rig/unmet", text.clone()).because(error))?;
    let all = file.get("unmet").and_then(toml::Value::as_array).into_iter().flatten();
    Ok(all.filter_map(|one| Some(one.get("name")?.as_str()?.to_owned())).collect())
}
