//! The JVM that the image runs on.

use std::path::Path;

use libpack::context::BuildCx;

use super::layout::Purpose;
use super::{JDK, JLINK, JRE, release, version};

/// Its major version: of ours, else of the one of `JAVA_HOME`, which another buildpack set while building. None when
/// nobody says what the image runs on.
pub fn runtime_major(cx: &BuildCx<'_>) -> Option<u64> {
    let mut toolchains = [JLINK, JRE, JDK].into_iter().filter_map(|name| cx.toolchain(name));
    match toolchains.find(|one| one.fact("use") == Some(Purpose::Runtime.name())) {
        Some(ours) => ours.fact("version").and_then(version::major),
        None => cx.environment().text("JAVA_HOME").and_then(|home| release::major(Path::new(&home))),
    }
}
