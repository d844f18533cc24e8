//! A JRE, as vendors link it from their JDK.

use std::path::Path;

use anyhow::Result;

use super::{Jdk, archive};
use crate::shell::call;

/// What vendors' JREs hold beside the modules of Java SE.
const MODULES: [&str; 23] = [
    "jdk.accessibility",
    "jdk.charsets",
    "jdk.crypto.cryptoki",
    "jdk.crypto.ec",
    "jdk.dynalink",
    "jdk.httpserver",
    "jdk.incubator.vector",
    "jdk.jdwp.agent",
    "jdk.jfr",
    "jdk.jsobject",
    "jdk.localedata",
    "jdk.management",
    "jdk.management.agent",
    "jdk.management.jfr",
    "jdk.naming.dns",
    "jdk.naming.rmi",
    "jdk.net",
    "jdk.nio.mapmode",
    "jdk.sctp",
    "jdk.security.auth",
    "jdk.security.jgss",
    "jdk.unsupported",
    "jdk.zipfs",
];

/// Links a runtime and packs it.
pub fn jre(jdk: &Jdk, file: &Path) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let image = scratch.path().join("jre");
    let known = call(jdk.home.join("bin/java")).arg("--list-modules").output()?;
    let known: Vec<_> = known.lines().map(|line| line.split('@').next().unwrap_or(line)).collect();
    let modules: Vec<_> = MODULES.into_iter().filter(|module| known.contains(module)).collect();
    call(jdk.home.join("bin/jlink"))
        .args(["--no-header-files", "--no-man-pages", "--strip-debug", "--compress=2", "--add-modules"])
        .arg(format!("java.se,{}", modules.join(",")))
        .arg("--output")
        .arg(&image)
        .run()?;
    // The base archive of the runtime's own classes, which every vendor's JRE has.
    call(image.join("bin/java")).arg("-Xshare:dump").run()?;
    archive::pack(&image, file)
}
