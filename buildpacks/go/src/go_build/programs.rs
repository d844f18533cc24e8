//! Which executable came of which target, and the processes that start them.

use std::path::{Path, PathBuf};

use libpack::Result;
use libpack::context::{BuildCx, Layer};
use libpack::launch::Process;
use libpack::sbom::go::BuildInfo;

use super::compile::BIN;
use super::configuration::Configuration;

/// The layer's value: names of executables, one per line, the default process first.
pub const VALUE: &str = "programs";
/// The process that platforms start and route to.
const WEB: &str = "web";

/// The executables' names, those of the targets first and in their order. A target that is no program
/// has none; Paketo gives it a process all the same.
pub fn in_order(configuration: &Configuration, executables: &[(PathBuf, BuildInfo)]) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for target in &configuration.targets {
        let wanted = configuration.import_path_of(target)?;
        let made = executables.iter().filter(|(_, info)| info.path == wanted);
        names.extend(made.map(|(path, _)| name(path)));
    }
    names.extend(executables.iter().map(|(path, _)| name(path)));
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    Ok(names)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Adds a process for each executable, and `web`, the default, for the first one: platforms start that
/// one. An executable called `web` is it, wherever it stands.
pub fn assign(cx: &BuildCx<'_>, configuration: &Configuration, layer: &Layer) {
    let names: Vec<&str> = layer.value(VALUE).unwrap_or_default().lines().collect();
    let bin = layer.path().join(BIN);
    for name in &names {
        let command = bin.join(name).to_string_lossy().into_owned();
        let kind = process_type(name);
        if configuration.reload {
            cx.process(Process::new(&format!("reload-{kind}"), reloading(cx, &bin, &command)));
        }
        cx.process(Process::new(&kind, [command]));
    }
    let Some(first) = names.iter().find(|name| **name == WEB).or(names.first()) else { return };
    let command = bin.join(first).to_string_lossy().into_owned();
    let web = if configuration.reload { reloading(cx, &bin, &command) } else { vec![command] };
    cx.process(Process::new(WEB, web).default());
}

/// watchexec in front: it restarts the program when the app's files or the program itself change.
fn reloading(cx: &BuildCx<'_>, bin: &Path, command: &str) -> Vec<String> {
    let (app, bin) = (cx.app().to_string_lossy(), bin.to_string_lossy());
    let words = ["watchexec", "--restart", "--watch", &app, "--watch", &bin, "--shell", "none", "--", command];
    words.map(str::to_owned).into()
}

/// A name in the letters that a process type may have (buildpacks/spec, buildpack.md, "launch.toml").
fn process_type(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    name.chars().map(|letter| if plain(letter) { letter } else { '-' }).collect()
}
