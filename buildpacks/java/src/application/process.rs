//! The processes of an application, whatever its kind.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use libpack::context::BuildCx;
use libpack::launch::{Process, line};
use libpack::{Error, Result, fs};

use super::APPLICATION;

/// Whether the processes restart when their files change.
pub const RELOAD: &str = "BP_LIVE_RELOAD_ENABLED";
/// What restarts them, and the plan's name.
pub const WATCHEXEC: &str = "watchexec";
/// A file that a tool outside changes belongs to the same group, not to the same user (Paketo RFC 0045).
const GROUP: u32 = 0o060;

/// Whether the processes restart when their files change.
pub fn reloads(cx: &libpack::context::Surroundings) -> Result<bool> {
    cx.settings().flag(RELOAD)
}

/// The processes that Paketo gives every kind: those of the kind's own names, `task`, and `web`, which starts when none
/// is named; all with one command (docs/platforms.md R11). With live reload, `reload` is the one that starts.
pub fn assign(cx: &BuildCx<'_>, own: &[&str], words: &[String]) -> Result<()> {
    let command = command(cx, own.first().unwrap_or(&"web"), words);
    let reloads = reloads(cx)?;
    for &name in own.iter().chain(&["task", "web"]) {
        let process = Process::new(name, command.clone());
        cx.process(if name == "web" && !reloads { process.default() } else { process });
    }
    if reloads {
        cx.process(Process::new("reload", reloading(cx, &command)).default());
    }
    Ok(())
}

/// The words as they are, or a start script where a platform would read them differently.
fn command(cx: &BuildCx<'_>, kind: &str, words: &[String]) -> Vec<String> {
    if words.iter().all(|word| line::is_plain_word(word)) {
        return words.to_vec();
    }
    let quoted: Vec<String> = words.iter().map(|word| format!("'{}'", word.replace('\'', r"'\''"))).collect();
    vec![cx.script(&format!("start-{kind}"), &format!("#!/bin/sh\nexec {} \"$@\"\n", quoted.join(" ")))]
}

/// Watches the files themselves, not the links to them.
fn reloading(cx: &BuildCx<'_>, command: &[String]) -> Vec<String> {
    let (app, layer) = (cx.app().to_string_lossy(), cx.layer_path(APPLICATION));
    let words = [WATCHEXEC, "--restart", "--watch", &app, "--watch", &layer.to_string_lossy(), "--shell", "none", "--"];
    words.into_iter().map(str::to_owned).chain(command.iter().cloned()).collect()
}

/// Lets the group of the files change them.
pub fn let_group_write(folder: &Path) -> Result<()> {
    for name in fs::list(folder)? {
        let path = folder.join(name);
        let Ok(metadata) = std::fs::symlink_metadata(&path) else { continue };
        if metadata.is_dir() {
            let_group_write(&path)?;
        } else if metadata.is_file() {
            let permissions = std::fs::Permissions::from_mode(metadata.permissions().mode() | GROUP);
            std::fs::set_permissions(&path, permissions).map_err(|error| {
                Error::user("java/permissions", format!("could not change the permissions of {}", path.display()))
                    .hint("Let the user that runs the build own what it uploads.")
                    .because(error)
            })?;
        }
    }
    Ok(())
}
