use std::path::{Path, PathBuf};

use libpack::cache::{AppOutput, Cache};
use libpack::checksum;
use libpack::context::{BuildCx, NewLayer, Toolchain};
use libpack::exec::Run;
use libpack::layer::Key;
use libpack::sbom::{Catalog, Sbom, Subject, npm};
use libpack::{Error, Result, fs};

use super::{cache, failure, tree};
use crate::node_engine;
use crate::npm_inputs::{scripts_in_app, shaping_files, shaping_variables};
use crate::npm_process::{Inputs, Modules, NpmProcess, Step, prune};
use crate::npmrc::{self, GlobalConfig};
use crate::project::Project;
use crate::workspace::Links;

/// One project's way to its modules.
pub(super) struct Installer<'a> {
    cx: &'a BuildCx<'a>,
    project: &'a Path,
    inputs: Inputs,
    process: NpmProcess,
    lock: Option<String>,
    links: Links,
    /// What npm runs in the app's own folders.
    scripts: Vec<String>,
    global: GlobalConfig,
    node: Option<Toolchain>,
    npm: Option<Toolchain>,
    cache: Cache,
}

impl<'a> Installer<'a> {
    pub fn new(cx: &'a BuildCx<'a>, project: &'a Project) -> Result<Self> {
        let project = &*project.path;
        let inputs = Inputs::find(project);
        let lock = match inputs.lock {
            Some(lock) => fs::read_text_if_any(&project.join(lock.file()))?,
            None => None,
        };
        let links = lock.as_deref().map(Links::parse).transpose()?.unwrap_or_default();
        let binding = cx.bindings().one("npmrc")?.map(|binding| binding.require_path(".npmrc")).transpose()?;
        let global = npmrc::global_config(cx.variables(), binding);
        Ok(Self {
            cx,
            project,
            process: inputs.process(),
            scripts: scripts_in_app(project, &links)?,
            node: cx.toolchain(node_engine::NODE),
            npm: crate::npm_version::provide(cx, &global)?,
            global,
            cache: cx.cache("npm", Key::new()),
            inputs,
            lock,
            links,
        })
    }

    pub fn project(&self) -> &Path {
        self.project
    }

    /// What was found, and what is done about it.
    pub fn announce(&self) {
        let log = self.cx.log();
        log.process("Process inputs:");
        self.inputs.log_lines().iter().for_each(|line| log.subprocess(line));
        log.blank();
        log.subprocess(self.process.log_line());
        log.blank();
        if self.global == (GlobalConfig::Variable { hides_binding: true }) {
            log.warning("NPM_CONFIG_GLOBALCONFIG is set, so the npmrc binding is not used");
        }
        for link in self.links.by_existence(self.project).1 {
            log.warning(format!("{} links to {}, which is not in the app (npm-install#712)", link.at, link.to));
        }
        if self.lock.is_none() && self.process == NpmProcess::Install {
            log.warning(
                "There is no lock: every build installs anew, and maybe something else. Commit package-lock.json.",
            );
        }
    }

    /// Everything that shapes the modules.
    pub fn key(&self, modules: Modules) -> Result<Key> {
        let mut files = shaping_files(self.project, self.inputs.lock, &self.links);
        if self.process == NpmProcess::Rebuild {
            files.push("node_modules".to_owned());
        }
        let mut settings = shaping_variables(&self.cx.environment());
        if let GlobalConfig::Binding(path) = &self.global {
            settings.push(("globalconfig".to_owned(), fs::read_text(path)?));
        }
        let settings = format!("{settings:?}");
        let sha = [fs::digest(self.project, &files)?, checksum::sha256(settings.as_bytes()).hex().to_owned()].concat();
        Ok(Key::new()
            .with("cache_sha", checksum::sha256(sha.as_bytes()).hex())
            .with("command", self.process.command())
            .with("modules", if modules == Modules::All { "all" } else { "production" })
            .with("node", self.version(self.node.as_ref(), "version", "node")?)
            .with("npm", self.version(self.npm.as_ref(), "version", "npm")?))
    }

    /// A version that the key of a toolchain of ours knows, else what the program says.
    fn version(&self, ours: Option<&Toolchain>, fact: &str, program: &str) -> Result<String> {
        let of_node = || self.node.as_ref().filter(|_| program == "npm");
        let known = ours.and_then(|toolchain| toolchain.fact(fact)).map(str::to_owned);
        let known = known.or_else(|| Some(of_node()?.fact("npm-version").unwrap_or("of node").to_owned()));
        match known {
            Some(known) => Ok(known),
            None => Ok(self.child(program)?.arg("--version").quiet().call()?.output.trim().to_owned()),
        }
    }

    /// Why an earlier outcome says nothing about the next one.
    pub fn never_the_same(&self) -> Option<&'static str> {
        (self.process == NpmProcess::Install).then_some("without a lock every install may differ")
    }

    /// The record of what scripts write into the app beside the modules.
    pub fn app_output(&self) -> AppOutput {
        let trees: Vec<PathBuf> = self.links.trees().iter().map(|tree| self.project.join(tree)).collect();
        let mut except: Vec<&Path> = trees.iter().map(PathBuf::as_path).collect();
        let vendored_cache = self.project.join("npm-cache");
        except.push(&vendored_cache);
        self.cx.app_output("npm-install", &except)
    }

    /// Fills a layer with modules.
    pub fn install(&self, layer: &NewLayer, modules: Modules) -> Result<()> {
        self.cx.log().process("Executing build process");
        let cache = self.open_cache()?;
        let headers = self.headers()?;
        let steps = self.process.steps(modules, &cache, headers.as_deref());
        if self.can_stage() {
            tree::stage(self.project, layer.path(), &shaping_files(self.project, self.inputs.lock, &self.links))?;
            self.run_all(&steps, layer.path(), modules)?;
            tree::unstage(layer.path())?;
        } else {
            self.run_all(&steps, self.project, modules)?;
            tree::take(self.project, layer.path(), &self.links)?;
        }
        if let Some(lock) = self.lock.as_deref().filter(|_| self.process == NpmProcess::Ci) {
            cache::trim(&cache, lock)?;
        }
        self.describe(layer, modules)
    }

    /// Fills a layer with a copy of all modules, without the development ones.
    pub fn prune_copy(&self, layer: &NewLayer, build: &Path) -> Result<()> {
        self.cx.log().process("Executing launch environment install process");
        tree::unlink(self.project, &self.links)?;
        tree::give_back(self.project, build, &self.links)?;
        self.run_all(&[prune()], self.project, Modules::AsNodeEnvSays)?;
        tree::take(self.project, layer.path(), &self.links)?;
        self.describe(layer, Modules::AsNodeEnvSays)
    }

    fn describe(&self, layer: &NewLayer, modules: Modules) -> Result<()> {
        // Reading every manifest takes its time, and nobody would read the list.
        let catalog = if layer.is_described() { self.catalog(layer, modules)? } else { Catalog::default() };
        layer.describe(Sbom::new(Subject::directory(self.project.to_string_lossy()), catalog));
        Ok(())
    }

    fn catalog(&self, layer: &NewLayer, modules: Modules) -> Result<Catalog> {
        let production = self.cx.environment().text("NODE_ENV").is_some_and(|value| value == "production");
        let scope = if production && modules != Modules::All { npm::Scope::Production } else { npm::Scope::All };
        match (&self.lock, self.inputs.lock) {
            (Some(text), Some(lock)) if self.process == NpmProcess::Ci => {
                npm::from_lock(text, lock.file(), scope, self.cx.target())
            }
            _ => npm::from_installed(layer.path()),
        }
    }

    /// Whether npm may work in the layer itself instead of in the app: nothing of the app is linked, no
    /// package runs a script that might look for the app's files, nothing is read from the app. It
    /// saves moving every file from one volume to another.
    fn can_stage(&self) -> bool {
        let plain = self.lock.as_deref().is_some_and(tree::only_registry_packages);
        self.process == NpmProcess::Ci && plain && self.scripts.is_empty() && self.links.all.is_empty()
    }

    /// npm's download cache: the app's own takes the place of ours.
    fn open_cache(&self) -> Result<PathBuf> {
        let cache = self.cache.open()?;
        let vendored = self.project.join("npm-cache");
        if self.inputs.npm_cache && vendored.is_dir() {
            self.cx.log().subprocess("Using the npm-cache of the app");
            fs::remove(&cache)?;
            fs::move_tree(&vendored, &cache, &|_, _| None)?;
        }
        Ok(cache)
    }

    /// The app's cache has done its work: the image does not need it.
    pub fn drop_vendored_cache(&self) -> Result<()> {
        if self.inputs.npm_cache { fs::remove(&self.project.join("npm-cache")) } else { Ok(()) }
    }

    fn run_all(&self, steps: &[Step], folder: &Path, modules: Modules) -> Result<()> {
        steps.iter().try_for_each(|step| self.run(step, folder, modules))
    }

    fn run(&self, step: &Step, folder: &Path, modules: Modules) -> Result<()> {
        let mut child = self.child("npm")?.args(&step.args).cwd(folder);
        if step.quiet {
            child = child.env_default("NPM_CONFIG_LOGLEVEL", "error");
        }
        if modules == Modules::AsNodeEnvSays && self.process == NpmProcess::Ci {
            // A locked archive is the same wherever it comes from.
            child = child.env_default("npm_config_prefer_offline", "true");
        }
        let outcome = child.call()?;
        if outcome.success() { Ok(()) } else { Err(failure::explain(step, &outcome)) }
    }

    /// npm or node, with the toolchain, the binding's settings, and nothing that costs a request or
    /// writes into somebody's home.
    fn child(&self, program: &str) -> Result<Run<'a>> {
        let mut child = self.cx.run(program).cwd(self.project);
        for toolchain in [&self.node, &self.npm].into_iter().flatten() {
            child = child.path_first(&toolchain.ready()?.join("bin"));
        }
        if let Some(headers) = self.headers()? {
            child = child.env_default("npm_config_nodedir", headers.as_os_str());
        }
        if let GlobalConfig::Binding(path) = &self.global {
            child = child.env(npmrc::VARIABLE, path.as_os_str());
        }
        let quiet = [("audit", "false"), ("fund", "false"), ("update_notifier", "false"), ("logs_max", "0")];
        Ok(quiet.iter().fold(child, |child, (name, value)| child.env_default(&format!("npm_config_{name}"), *value)))
    }

    /// Where Node's headers are, which are there only once Node is.
    fn headers(&self) -> Result<Option<PathBuf>> {
        let Some(node) = &self.node else { return Ok(None) };
        let path = node.ready()?;
        Ok([node_engine::headers(path), path.to_path_buf()].into_iter().find(|path| path.join("include").is_dir()))
    }

    pub fn bound_npmrc(&self) -> Option<&Path> {
        match &self.global {
            GlobalConfig::Binding(path) => Some(path),
            _ => None,
        }
    }

    /// Puts links to a layer's trees into the app.
    pub fn link_project(&self, layer: &Path) -> Result<()> {
        tree::link(self.project, layer, &self.links)
    }

    /// Puts a link into the app that leads to the build's modules now and to the image's at launch.
    pub fn link_through(&self, build: &Path, launch: &Path) -> Result<()> {
        if !self.links.nested.is_empty() {
            return Err(Error::user(
                "npm/nested-modules",
                "linked packages have modules of their own, and another buildpack wants node_modules while building",
            )
            .hint("Move the versions closer together so that npm hoists them: see `npm dedupe`."));
        }
        tree::link_through(self.project, build, launch)
    }
}
