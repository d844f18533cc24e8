//! From sources to executables: the commands of one compilation, in their order.

use std::path::{Path, PathBuf};

use libpack::context::{BuildCx, NewLayer};
use libpack::exec::Run;
use libpack::sbom::go::{BuildInfo, from_executables};
use libpack::sbom::{Sbom, Subject};
use libpack::version::Version;
use libpack::{Result, fs};
use tempfile::TempDir;

use super::build_cache::BuildCache;
use super::configuration::Configuration;
use super::{module_cache, programs};
use crate::go_version::pins_toolchain;
use crate::project::Mode;
use crate::toolchain::Go;
use crate::vendoring::Vendoring;
use crate::{failure, netrc};

/// Below the layer: the executables. The lifecycle puts it on the image's `PATH`.
pub const BIN: &str = "bin";

/// Everything that the commands share.
struct Compiler<'a> {
    cx: &'a BuildCx<'a>,
    configuration: &'a Configuration,
    go: &'a Go,
    /// What `GOCACHE` and `GOMODCACHE` name.
    build_cache: BuildCache,
    module_cache: PathBuf,
    /// What `GOPATH` names, and the copy of the app in it where there are no modules.
    gopath: TempDir,
}

/// Fills the layer with executables, and keeps their names with it.
pub fn compile(cx: &BuildCx<'_>, configuration: &Configuration, go: &Go, layer: &NewLayer) -> Result<()> {
    cx.log().process("Executing build process");
    let module_cache = module_cache::path(cx);
    cx.discard_at_end(&module_cache);
    let open_caches = |cx: &BuildCx<'_>| {
        if !configuration.vendoring.is_used() {
            module_cache::open(cx)?;
        }
        BuildCache::open(cx, go)
    };
    let ((), build_cache) = cx.beside(|| go.ready(), open_caches)?;
    let compiler = Compiler { cx, configuration, go, build_cache, module_cache, gopath: fs::scratch()? };
    compiler.prepare_workspace()?;
    if configuration.vendors() {
        compiler.vendor()?;
    }
    let bin = layer.path().join(BIN);
    compiler.build(&bin)?;
    let executables = executables(&bin)?;
    let programs = programs::in_order(configuration, &executables)?;
    layer.keep(programs::VALUE, &programs.join("\n"));
    if layer.is_described() {
        let named: Vec<_> = executables.iter().map(|(path, info)| (path.to_string_lossy(), info)).collect();
        let catalog = from_executables(named.iter().map(|(path, info)| (&**path, *info)));
        layer.describe(Sbom::new(Subject::directory(bin.to_string_lossy()), catalog));
    }
    compiler.finish()
}

/// The executables of a folder by name, with what Go wrote into them.
fn executables(bin: &Path) -> Result<Vec<(PathBuf, BuildInfo)>> {
    let mut all = Vec::new();
    for name in fs::list(bin)? {
        let path = bin.join(name);
        // Other build modes make libraries beside their headers, which carry none.
        if let Some(info) = BuildInfo::read(&path)? {
            all.push((path, info));
        }
    }
    Ok(all)
}

impl Compiler<'_> {
    /// `BP_GO_WORK_USE`, into the app's own workspace where it has one.
    fn prepare_workspace(&self) -> Result<()> {
        let project = &self.configuration.project;
        if project.work_use.is_empty() {
            return Ok(());
        }
        if !project.has_workspace_file() {
            self.run(&["work", "init"])?;
        }
        let words: Vec<&str> = ["work", "use"].into_iter().chain(project.work_use.iter().map(String::as_str)).collect();
        self.run(&words)
    }

    /// Modules into the app's folder, where somebody wants to see them there.
    fn vendor(&self) -> Result<()> {
        match self.configuration.project.mode() {
            Mode::Workspace => self.run(&["work", "vendor"]),
            _ => self.run(&["mod", "vendor"]),
        }
    }

    fn build(&self, bin: &Path) -> Result<()> {
        // A folder that is there makes Go write one file per executable into it.
        fs::create_dir(bin)?;
        let bin = bin.to_string_lossy();
        let mut words = vec!["build", "-o", &bin];
        words.extend(self.configuration.flags.words.iter().map(String::as_str));
        words.extend(self.configuration.targets.iter().map(String::as_str));
        self.run(&words)
    }

    fn run(&self, words: &[&str]) -> Result<()> {
        let pinned = self.is_pinned();
        let mut outcome = self.call(pinned)?.args(words).call()?;
        if pinned && failure::wants_newer_toolchain(&outcome) {
            // A module may ask for more than the app's own files do.
            self.cx.log().subprocess("Trying again, with the Go that a module requires");
            outcome = self.call(false)?.args(words).call()?;
        }
        if outcome.success() { Ok(()) } else { Err(failure::explain(&format!("go {}", words[0]), &outcome)) }
    }

    /// Whether the Go that is there does, so that it need not look for another one on the network.
    fn is_pinned(&self) -> bool {
        let Ok(version) = Version::parse(self.go.version()) else { return false };
        let user = self.cx.environment().text("GOTOOLCHAIN");
        pins_toolchain(self.configuration.project.need().as_ref(), &version, user.as_deref())
    }

    /// A call of Go in the build's folder, where everything that it keeps is in folders of ours.
    fn call(&self, pinned: bool) -> Result<Run<'_>> {
        let folder = self.folder()?;
        let variables = self.cx.environment();
        let flags = variables.text("GOFLAGS").unwrap_or_default();
        // Unpacked modules are read-only otherwise, and nobody could take them away again.
        let readonly = if self.configuration.vendoring == Vendoring::Unlisted { " -mod=readonly" } else { "" };
        let flags = format!("{flags} -modcacherw{readonly}");
        let mut call = self
            .go
            .call(self.cx)?
            .cwd(&folder)
            .env("GOCACHE", self.build_cache.path())
            .env("GOMODCACHE", &self.module_cache)
            .env("GOFLAGS", flags.trim());
        if self.configuration.project.mode() == Mode::Gopath {
            call = call.env("GOPATH", self.gopath.path()).env("GO111MODULE", "auto");
        } else {
            call = call.env_default("GOPATH", self.gopath.path());
        }
        if self.configuration.flags.without_cgo {
            call = call.env("CGO_ENABLED", "0");
        }
        if let Some(netrc) = netrc::file(self.cx)? {
            call = call.env_default("NETRC", netrc);
        }
        if pinned {
            call = call.env("GOTOOLCHAIN", "local");
        }
        Ok(call)
    }

    /// Without modules Go only finds packages below the GOPATH, so the app is copied to there.
    fn folder(&self) -> Result<PathBuf> {
        let project = &self.configuration.project;
        if project.mode() != Mode::Gopath {
            return Ok(project.folder.clone());
        }
        let folder = self.gopath.path().join("src").join(&self.configuration.import_path);
        if !folder.exists() {
            fs::copy_tree(&project.folder, &folder, &|_, _| None)?;
        }
        Ok(folder)
    }

    fn finish(self) -> Result<()> {
        if !self.configuration.vendoring.is_used() {
            module_cache::trim(&self.module_cache, self.cx.app())?;
        }
        self.build_cache.keep()
    }
}
