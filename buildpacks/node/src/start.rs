//! What the start components share: tini, live reload, and commands that are no plain words.

use std::path::Path;

use libpack::Result;
use libpack::context::{BuildCx, Surroundings};
use libpack::launch::{Process, line};
use libpack::plan::{Plan, Require};

const LIVE_RELOAD: &str = "BP_LIVE_RELOAD_ENABLED";
const TINI: &str = "BP_LAUNCH_WITH_TINI";

/// What live reload watches.
pub struct Watched<'a> {
    /// Everything below it.
    pub folder: &'a Path,
    /// Names in it that do not count.
    pub ignored: &'a [&'a str],
}

/// Asks other buildpacks for the programs that the settings want around the app.
/// Errors: `settings/not-a-boolean`.
pub fn require_runners(around: &Surroundings, mut plan: Plan) -> Result<Plan> {
    for (setting, program) in [(LIVE_RELOAD, "watchexec"), (TINI, "tini")] {
        if around.settings().flag(setting)? {
            plan = plan.requires(Require::new(program).launch());
        }
    }
    Ok(plan)
}

/// Whether tini stands in front of the app: then nothing runs before or after it (npm-start 2.5.0).
/// Errors: `settings/not-a-boolean`.
pub fn under_tini(around: &Surroundings) -> Result<bool> {
    around.settings().flag(TINI)
}

/// Makes `command` the process `web`, below tini or watchexec where the settings say so.
pub fn add_web(cx: &BuildCx<'_>, command: Vec<String>, watched: &Watched<'_>) -> Result<()> {
    let mut command = command;
    if under_tini(cx)? {
        command.splice(0..0, ["tini", "-g", "--"].map(str::to_owned));
    }
    if !cx.settings().flag(LIVE_RELOAD)? {
        cx.process(Process::new("web", command).default());
        return Ok(());
    }
    let path = |path: &Path| path.to_string_lossy().into_owned();
    let mut reload: Vec<String> = ["watchexec", "--restart", "--watch"].map(str::to_owned).into();
    reload.push(path(watched.folder));
    for name in watched.ignored {
        reload.extend(["--ignore".to_owned(), path(&watched.folder.join(name))]);
    }
    reload.extend(["--shell", "none", "--"].map(str::to_owned));
    reload.extend(command.iter().cloned());
    cx.process(Process::new("web", reload).default());
    cx.process(Process::new("no-reload", command));
    Ok(())
}

/// The command itself, or a script of ours when a shell would read it differently.
pub fn plain_or_script(cx: &BuildCx<'_>, command: Vec<String>) -> Vec<String> {
    if command.iter().all(|word| line::is_plain_word(word)) {
        return command;
    }
    let words: Vec<_> = command.iter().map(|word| format!("'{}'", word.replace('\'', r"'\''"))).collect();
    vec![cx.script("start-web", &format!("#!/bin/sh\nexec {} \"$@\"\n", words.join(" ")))]
}
