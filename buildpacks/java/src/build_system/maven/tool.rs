//! Which Maven builds (paketo-buildpacks/maven, `maven/build.go`).

use std::path::Path;

use libpack::Result;
use libpack::context::BuildCx;
use libpack::exec::search;
use libpack::plan::{Candidate, Choice};

use super::super::program::{Program, provide};
use super::{MAVEN, PACKAGE};

/// The daemon's layer, and its row.
const MVND: &str = "mvnd";
/// The app's own script.
pub const WRAPPER: &str = "mvnw";
/// The version of the one that we bring.
const VERSION: &str = "BP_MAVEN_VERSION";
const DAEMON: &str = "BP_MAVEN_DAEMON_ENABLED";

/// Which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Maven's daemon, ours.
    Daemon,
    /// The app's wrapper.
    Wrapper,
    /// The image's, or an earlier buildpack's.
    OnPath,
    /// Ours.
    Ours,
}

impl Tool {
    /// The first that applies: the daemon that the user wants, the wrapper, what is on the `PATH`, ours.
    pub fn of(cx: &BuildCx<'_>) -> Result<Self> {
        if cx.entries(MAVEN).is_empty() {
            return Ok(Self::OnPath);
        }
        Ok(if cx.settings().flag(DAEMON)? {
            Self::Daemon
        } else if cx.app().join(WRAPPER).is_file() {
            Self::Wrapper
        } else if search("mvn", &cx.environment()).is_some() {
            Self::OnPath
        } else {
            Self::Ours
        })
    }

    /// The program.
    pub fn program(self, cx: &BuildCx<'_>) -> Result<Program> {
        match self {
            Self::Daemon => Program::ours(cx, MVND, "bin/mvnd"),
            Self::Wrapper => Ok(Program::wrapper(cx, WRAPPER)),
            Self::OnPath => Program::on_path(cx, "mvn"),
            Self::Ours => Program::ours(cx, MAVEN, "bin/mvn"),
        }
    }
}

/// Readies the one that we bring, if it is wanted.
pub fn ready(cx: &BuildCx<'_>) -> Result<()> {
    if cx.entries(MAVEN).is_empty() {
        cx.log().debug("Maven is supplied by another buildpack");
        return Ok(());
    }
    // Whoever else asks for Maven wants to find one, whatever the app brings.
    let builds = !cx.entries(PACKAGE).is_empty();
    match Tool::of(cx)? {
        Tool::Daemon if builds => provide(cx, MVND, &Choice { chosen: None, candidates: Vec::new() }, keep_daemon),
        Tool::Ours => provide(cx, MAVEN, &choice(cx), keep),
        _ if !builds => provide(cx, MAVEN, &choice(cx), keep),
        _ => Ok(()),
    }
}

fn choice(cx: &BuildCx<'_>) -> Choice {
    let candidate = cx.setting(VERSION).map(|version| Candidate { source: VERSION.to_owned(), version });
    Choice { chosen: candidate.clone(), candidates: candidate.into_iter().collect() }
}

/// Maven without what people read, and what other systems run.
fn keep(path: &Path) -> bool {
    let other = ["cmd", "license"].iter().any(|ending| path.extension().is_some_and(|own| own == *ending));
    let native = path.iter().any(|part| part == "jansi-native") && path.iter().all(|part| part != "Linux");
    !(other || path == Path::new("README.txt") || (native && path.extension().is_some()))
}

fn keep_daemon(_path: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_here_is_unpacked_and_what_people_read_is_not() {
        for path in ["bin/mvn", "lib/maven-core-3.9.16.jar", "conf/settings.xml", "boot/plexus-classworlds.license"] {
            assert_eq!(keep(Path::new(path)), !path.ends_with("license"), "{path}");
        }
        assert!(keep(Path::new("lib/jansi-native/Linux/x86_64/libjansi.so")));
        for path in ["bin/mvn.cmd", "README.txt", "lib/jansi-native/Windows/x86_64/jansi.dll"] {
            assert!(!keep(Path::new(path)), "{path}");
        }
    }
}
