//! Packages of the Debian machine that xtask runs on.

use anyhow::{Result, bail};

use crate::progress::{note, step};
use crate::shell::{call, find};

/// Installs `packages` when `program` is not on PATH.
pub fn ensure(program: &str, packages: &[&str]) -> Result<()> {
    if find(program).is_some() {
        return Ok(());
    }
    let names = packages.join(" ");
    if find("apt-get").is_none() {
        bail!("`{program}` is missing, and this is no Debian machine: install it with what your system has");
    }
    if !is_root()? {
        bail!("`{program}` is missing: run `cargo xtask setup` as root, or `apt-get install {names}` before it");
    }
    step("debian", &format!("install {names}"), || {
        update()?;
        // Recommended packages bring services that nobody asked for (needrestart, apparmor).
        apt().args(["install", "--yes", "--no-install-recommends"]).args(packages).run()
    })
}

/// Unpacks a package into a folder without installing it: no service of it starts, the machine stays as it is.
pub fn unpack(package: &str, folder: &std::path::Path) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    // Lists are there already where something was installed before; asking again needs root.
    if !apt().args(["download", package]).dir(scratch.path()).succeeds() {
        update()?;
        apt().args(["download", package]).dir(scratch.path()).run()?;
    }
    for entry in std::fs::read_dir(scratch.path())? {
        crate::home::make_folder(folder)?;
        call("dpkg-deb").arg("--extract").arg(entry?.path()).arg(folder).run()?;
        note("debian", &format!("{package} lies in {}", folder.display()));
    }
    Ok(())
}

/// Whether we may install packages and start an engine.
pub fn is_root() -> Result<bool> {
    Ok(call("id").arg("-u").output()? == "0")
}

fn update() -> Result<()> {
    apt().arg("update").run()
}

fn apt() -> crate::shell::Call {
    // Another apt may be at work on a machine that has just started.
    call("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(["-qq", "-o", "DPkg::Lock::Timeout=120"])
}
