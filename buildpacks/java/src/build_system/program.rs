//! The program of a build tool: one of the app's own, one of the image, or ours.

use std::ffi::OsString;
use std::path::Path;

use libpack::context::{BuildCx, Install, Toolchain};
use libpack::dependency::Dependency;
use libpack::exec::search;
use libpack::layer::Flags;
use libpack::plan::Choice;
use libpack::sbom::{Sbom, Subject};
use libpack::{Error, Result, fs};

/// What is called.
pub struct Program {
    /// By its path.
    pub path: OsString,
    /// Ours, unpacked when somebody calls it.
    pub toolchain: Option<Toolchain>,
    /// Which one it is, for the key.
    pub identity: String,
}

impl Program {
    /// A script of the app, whose content is part of the sources.
    pub fn wrapper(cx: &BuildCx<'_>, script: &str) -> Self {
        Self { path: cx.app().join(script).into(), toolchain: None, identity: script.to_owned() }
    }

    /// One on the `PATH`. Errors: `java/build-tool-missing`.
    pub fn on_path(cx: &BuildCx<'_>, name: &str) -> Result<Self> {
        let path = search(name, &cx.environment()).ok_or_else(|| {
            Error::user("java/build-tool-missing", format!("another buildpack supplies {name}, but it is not on the PATH"))
                .hint(format!("Let the buildpack that provides `{name}` put it on the PATH while building, or remove it from the group."))
        })?;
        let identity = version_of(&path).map_or_else(|| path.display().to_string(), |jar| format!("{name}: {jar}"));
        Ok(Self { path: path.into(), toolchain: None, identity })
    }

    /// Ours, which [`provide`] readied. `program` is its path below the layer.
    pub fn ours(cx: &BuildCx<'_>, id: &str, program: &str) -> Result<Self> {
        let bug = || Error::bug("java/build-tool-unready", format!("nobody readied {id}"));
        let toolchain = cx.toolchain(id).ok_or_else(bug)?;
        let fact = |field: &str| toolchain.fact(field).unwrap_or_default();
        let identity = format!("{id} {} {}", fact("version"), fact("dependency-sha"));
        Ok(Self { path: toolchain.path().join(program).into(), toolchain: Some(toolchain), identity })
    }
}

/// The jar that carries a tool's version, beside the program that starts it.
fn version_of(program: &Path) -> Option<String> {
    let home = program.canonicalize().ok()?.parent()?.parent()?.to_path_buf();
    let jars = fs::list(&home.join("lib")).ok()?;
    let core = |name: &&String| name.starts_with("maven-core-") || name.starts_with("gradle-launcher-");
    jars.iter().find(core).cloned()
}

/// Chooses a tool of ours. It is unpacked when a step calls it, or for another buildpack that wants it.
pub fn provide(cx: &BuildCx<'_>, id: &str, choice: &Choice, keep: fn(&Path) -> bool) -> Result<()> {
    let tool = cx.resolve(id, choice)?;
    let ours = |by: Option<&str>| by == Some(cx.id());
    let build = cx.entries(id).iter().any(|entry| !ours(entry.text("by")));
    let app = Subject::directory(cx.app().to_string_lossy());
    cx.describe_build(Sbom::of_component(app, tool.component()));
    let flags = Flags { build, ..Flags::default() };
    cx.layer(id).flags(flags).keyed_by(tool.key()).provide(move |layer| install(layer, &tool, keep))?;
    Ok(())
}

fn install(layer: &libpack::context::NewLayer, tool: &Dependency, keep: fn(&Path) -> bool) -> Result<()> {
    layer.install(tool, Install { keep: Some(&keep), ..Install::default() })?;
    layer.describe(Sbom::of_component(Subject::directory(layer.path().to_string_lossy()), tool.component()));
    Ok(())
}

/// Makes a script of the app run here: executable, and without the line ends of Windows, which are part of no
/// command (Paketo leaves those of `gradlew`). What cannot be changed is said, and tried as it is.
pub fn ready_wrapper(cx: &BuildCx<'_>, files: &[&str]) {
    let ready = |file: &str| -> Result<()> {
        let path = cx.app().join(file);
        let bytes = fs::read_bytes(&path)?;
        if bytes.contains(&b'\r') {
            fs::write(&path, bytes.into_iter().filter(|byte| *byte != b'\r').collect::<Vec<_>>())?;
        }
        Ok(())
    };
    for (at, file) in files.iter().enumerate() {
        let path = cx.app().join(file);
        if !path.exists() {
            continue;
        }
        let run = if at == 0 { fs::make_executable(&path) } else { Ok(()) };
        if let Err(error) = run.and(ready(file)) {
            cx.log().warning(format!("{file} stays as it is: {error}"));
        }
    }
}
