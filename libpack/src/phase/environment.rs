//! The layer `environment`: env files, start scripts and the one exec.d entry of a buildpack.
//!
//! At launch the lifecycle applies the env files and exec.d of one buildpack's layers by layer name. So
//! they do not go into the heavy layers, where re-use would freeze them and a changed flag would remake
//! them, but into one small layer, written anew at every build. What one env folder cannot say goes
//! into `environment-2`; the users' own variables sort behind both (`environment-variables`).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::context::{Session, State};
use crate::env::{Change, EnvFile, Scope, folders};
use crate::launch::Launch;
use crate::layer::{Decision, Flags, Key};
use crate::{Result, checksum, fs};

/// The file in `environment` that lists the helpers, one per line.
pub(crate) const HELPERS: &str = "helpers";
/// The layer and the file of the executable behind exec.d.
const HELPER: &str = "helper";

/// Writes what the components left, and returns the launch data.
pub(super) fn write(session: &Arc<Session>) -> Result<Launch> {
    let state = std::mem::take(&mut *session.state());
    let launch = folders(&state.changes, Scope::Launch);
    let build = folders(&seen_outside(session, &state), Scope::Build);
    let extras = !state.helpers.is_empty() || !state.scripts.is_empty();
    let count = launch.len().max(build.len()).max(usize::from(extras));
    for at in 0..count {
        let name = if at == 0 { "environment".to_owned() } else { format!("environment-{}", at + 1) };
        let in_image = launch.len() > at || (at == 0 && extras);
        let flags = Flags { build: build.len() > at, cache: false, launch: in_image };
        let layer = session.store.clear(&name)?;
        write_files(&layer.join("env.launch"), launch.get(at))?;
        write_files(&layer.join("env.build"), build.get(at))?;
        if at == 0 {
            write_extras(session, &state, &layer)?;
        }
        session.store.finish(&name, flags, &Key::new(), &BTreeMap::new(), false)?;
    }
    report(session, &state, &launch);
    Ok(state.launch)
}

/// The changes that later buildpacks shall see: those of layers that are theirs to use, and those of no
/// layer as soon as there is one of these.
fn seen_outside(session: &Session, state: &State) -> Vec<Change> {
    let touched = session.store.touched();
    let shared = |layer: &String| touched.get(layer).is_some_and(|flags| flags.build);
    let any = touched.values().any(|flags| flags.build);
    let seen = state.changes.iter().filter(|change| change.about.as_ref().map_or(any, shared));
    seen.cloned().collect()
}

fn write_files(folder: &Path, files: Option<&Vec<EnvFile>>) -> Result<()> {
    files.into_iter().flatten().try_for_each(|(name, value)| fs::write(&folder.join(name), value))
}

fn write_extras(session: &Arc<Session>, state: &State, layer: &Path) -> Result<()> {
    for (name, text) in &state.scripts {
        let path = layer.join("bin").join(name);
        fs::write(&path, text)?;
        fs::make_executable(&path)?;
    }
    if state.helpers.is_empty() {
        return Ok(());
    }
    write_helper(session)?;
    fs::write(&layer.join(HELPERS), state.helpers.join("\n"))?;
    // Relative, because layers move together: Cloud Foundry unpacks them elsewhere.
    fs::symlink(&Path::new("../..").join(HELPER).join(HELPER), &layer.join("exec.d").join(HELPER))
}

/// The executable itself, in a layer that lasts as long as the executable does.
fn write_helper(session: &Arc<Session>) -> Result<()> {
    let program = fs::read_bytes(&session.executable)?;
    let digest = checksum::sha256(&program);
    let key = Key::new().with("sha256", digest.hex()).and(session.common_key(Flags::LAUNCH));
    if session.store.decide(HELPER, Flags::LAUNCH, &key, &[]) == Decision::Reuse {
        return session.store.keep(HELPER, Flags::LAUNCH);
    }
    let path = session.store.clear(HELPER)?.join(HELPER);
    fs::write(&path, program)?;
    fs::make_executable(&path)?;
    session.store.finish(HELPER, Flags::LAUNCH, &key, &BTreeMap::new(), false)
}

fn report(session: &Session, state: &State, folders: &[Vec<EnvFile>]) {
    let log = session.around.log();
    let lines = folders.iter().flat_map(|folder| folder.iter().filter_map(|file| show(file, folder)));
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    if !lines.is_empty() {
        log.process("Configuring launch environment");
        for line in &lines {
            log.subprocess(line);
        }
        log.blank();
    }
    if !state.helpers.is_empty() {
        log.process(format!("Running at launch: {}", state.helpers.join(", ")));
        log.blank();
    }
    let processes = state.launch.processes();
    if !processes.is_empty() {
        log.process("Assigning launch processes:");
        let title = |kind: &str, default: bool| if default { format!("{kind} (default):") } else { format!("{kind}:") };
        let titles: Vec<_> = processes.iter().map(|one| title(&one.kind, one.default)).collect();
        let width = titles.iter().map(String::len).max().unwrap_or_default();
        for (title, process) in titles.iter().zip(processes) {
            log.subprocess(format!("{title:width$} {}", process.command.join(" ")));
        }
        log.blank();
    }
}

/// `NAME -> "value"`, the old value shown where it stays.
fn show((file, value): &EnvFile, folder: &[EnvFile]) -> Option<String> {
    let (name, suffix) = file.rsplit_once('.')?;
    let delimiter = folder.iter().find(|(file, _)| *file == format!("{name}.delim")).map_or("", |(_, text)| text);
    let value = match suffix {
        "append" => format!("${name}{delimiter}{value}"),
        "prepend" => format!("{value}{delimiter}${name}"),
        "delim" => return None,
        _ => value.clone(),
    };
    Some(format!("{name} -> {value:?}"))
}
