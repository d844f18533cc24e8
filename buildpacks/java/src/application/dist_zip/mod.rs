//! What Gradle's `distZip` packs: a start script beside its libraries (paketo-buildpacks/dist-zip).

use std::path::{Path, PathBuf};

use libpack::context::{BuildCx, Surroundings};
use libpack::{Result, fs};
use serde::{Deserialize, Serialize};

use super::process::{self, RELOAD};
use super::{Assembly, Facts, Kind, Part, pattern};

/// The setting that names the script.
const SCRIPT: &str = "BP_APPLICATION_SCRIPT";

/// The kind.
pub struct DistZip;

/// What is known of it at launch.
#[derive(Debug, Serialize, Deserialize)]
struct Known {
    /// The script, relative to the app folder.
    script: PathBuf,
}

impl Kind for DistZip {
    fn name(&self) -> &'static str {
        "dist-zip"
    }

    fn looks_for(&self) -> &'static str {
        "one start script (*/bin/*)"
    }

    fn settings(&self) -> &'static [&'static str] {
        &[SCRIPT, RELOAD]
    }

    fn find(&self, around: &Surroundings) -> Result<bool> {
        Ok(script(around)?.is_some())
    }

    fn assemble(&self, cx: &BuildCx<'_>, app: &mut Assembly<'_>) -> Result<()> {
        let Some(script) = script(cx)? else { return Ok(()) };
        fs::make_executable(&app.folder().join(&script))?;
        if process::reloads(cx)? {
            process::let_group_write(app.folder())?;
        }
        // <name>/bin/<script> beside <name>/lib.
        let home = script.parent().and_then(Path::parent).unwrap_or(Path::new(""));
        let own = script.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let libraries = fs::list(&app.folder().join(home).join("lib"))?.into_iter();
        let libraries = libraries
            .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "jar") && !is_own(name, &own));
        let libraries: Vec<_> = libraries.map(|name| home.join("lib").join(name)).collect();
        for part in Part::of_libraries(libraries) {
            app.part(part.with_neighbours());
        }
        app.keep(Known { script })
    }

    fn launch(&self, cx: &BuildCx<'_>, facts: &Facts) -> Result<()> {
        let known: Known = facts.detail()?;
        process::assign(cx, &[self.name()], &[cx.app().join(known.script).to_string_lossy().into_owned()])
    }
}

/// The app's own JAR is called as its script is, with its version behind.
fn is_own(jar: &str, script: &str) -> bool {
    jar.strip_prefix(script).is_some_and(|rest| rest.starts_with(['-', '.']))
}

/// The script, relative to the app folder, when there is exactly one.
fn script(around: &Surroundings) -> Result<Option<PathBuf>> {
    // Paketo leaves every second one of several in.
    let is_script = |path: &PathBuf| path.is_file() && path.extension().is_none_or(|ending| ending != "bat");
    let mut scripts: Vec<_> = pattern::find(around, SCRIPT)?.into_iter().filter(is_script).collect();
    if scripts.len() > 1 {
        around
            .log()
            .debug(format!("{} files could be the start script: {SCRIPT} names the one that is", scripts.len()));
        return Ok(None);
    }
    let script = scripts.pop();
    Ok(script.and_then(|path| path.strip_prefix(around.app()).ok().map(Path::to_path_buf)))
}
