//! Compiles a buildpack to a static executable whose bytes do not tell where it was made.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libpack::{Error, Result};
use serde_json::Value;

use crate::arguments::{Platform, Profile};
use crate::progress::Task;
use crate::toolchain::Toolchain;

/// A Cargo package with the executable that becomes `bin/build`, and perhaps one that becomes
/// `bin/helper`: it goes into every image, so it is a small one of its own.
pub struct Crate {
    manifest: PathBuf,
    package: String,
    bin: String,
    helper: Option<String>,
    workspace: PathBuf,
    target: PathBuf,
}

/// What the compiler made for one platform.
#[derive(Clone)]
pub struct Executables {
    /// `bin/build`, which is `bin/detect` too.
    pub build: PathBuf,
    /// `bin/helper`.
    pub helper: Option<PathBuf>,
}

impl Crate {
    /// Finds the crate of a folder; none when it has no `Cargo.toml`.
    pub fn find(folder: &Path) -> Result<Option<Self>> {
        let manifest = folder.join("Cargo.toml");
        if !manifest.is_file() {
            return Ok(None);
        }
        let mut command = cargo();
        command.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]).arg(&manifest);
        let output = command.stderr(Stdio::inherit()).output().map_err(no_cargo)?;
        let metadata: Option<Value> = serde_json::from_slice(&output.stdout).ok();
        let found = metadata.filter(|_| output.status.success()).and_then(|metadata| read(&metadata, &manifest));
        let (package, bins, workspace, target) = found.ok_or_else(|| {
            Error::user("package/crate-invalid", format!("cargo cannot read {}", manifest.display()))
                .hint("Run `cargo metadata` in the folder and mend what it says.")
        })?;
        let (helpers, bins): (Vec<_>, Vec<_>) = bins.into_iter().partition(|bin| *bin == format!("{package}-helper"));
        let bin = match &bins[..] {
            [only] => Some(only),
            many => many.iter().find(|bin| **bin == package),
        };
        let bin = bin.cloned().ok_or_else(|| {
            Error::user("package/no-binary", format!("{package} has {} executables, none of its own name", bins.len()))
                .hint("Give the package one executable, or one that is called as the package.")
        })?;
        Ok(Some(Self { manifest, package, bin, helper: helpers.into_iter().next(), workspace, target }))
    }

    /// Compiles for each platform and gives the executables in that order.
    pub fn build(&self, platforms: &[Platform], profile: Profile) -> Result<Vec<Executables>> {
        // All are looked up first: a missing toolchain should not wait for the others' compiler.
        let toolchains = platforms.iter().map(Toolchain::choose);
        let toolchains = toolchains.collect::<Result<Vec<_>>>()?;
        let jobs = platforms.iter().zip(&toolchains);
        jobs.map(|(platform, toolchain)| self.build_one(platform, toolchain, profile)).collect()
    }

    fn build_one(&self, platform: &Platform, toolchain: &Toolchain, profile: Profile) -> Result<Executables> {
        let (name, folder) = match profile {
            Profile::Release => ("release", "release"),
            Profile::Dev => ("dev", "debug"),
        };
        let mut command = cargo();
        command.args(["build", "--profile", name, "--target", &toolchain.triple, "--manifest-path"]);
        command.arg(&self.manifest).args(["--package", &self.package, "--bin", &self.bin]);
        command.args(self.helper.iter().flat_map(|helper| ["--bin", helper]));
        if profile == Profile::Release && self.workspace.join("Cargo.lock").is_file() {
            command.arg("--locked");
        }
        self.make_reproducible(&mut command, toolchain);
        let task = Task::spinner(format!("Compiling {} for {platform} ({})", self.package, toolchain.triple));
        let output = command.stdin(Stdio::null()).output().map_err(no_cargo)?;
        if !output.status.success() {
            task.line(&String::from_utf8_lossy(&output.stderr));
            return Err(Error::user(
                "package/compile-failed",
                format!("{} does not compile for {platform}", self.package),
            )
            .hint("Mend what cargo says above."));
        }
        task.done("compiled");
        let folder = self.target.join(&toolchain.triple).join(folder);
        Ok(Executables { build: folder.join(&self.bin), helper: self.helper.as_ref().map(|name| folder.join(name)) })
    }

    /// No path of this machine and no state of an earlier build gets into the executable.
    fn make_reproducible(&self, command: &mut Command, toolchain: &Toolchain) {
        let home = env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
        // The last rule that fits is taken: the target folder may lie inside the workspace.
        let paths =
            [(home, "/cargo"), (Some(self.workspace.clone()), "/source"), (Some(self.target.clone()), "/target")];
        let known = paths.iter().filter_map(|(from, to)| Some((from.as_ref()?.display(), to)));
        let mut rust = vec!["-Ctarget-feature=+crt-static".to_owned()];
        let mut c = Vec::new();
        for (from, to) in known {
            rust.push(format!("--remap-path-prefix={from}={to}"));
            c.push(format!("-ffile-prefix-map={from}={to}"));
        }
        command.env("CARGO_ENCODED_RUSTFLAGS", rust.join("\x1f"));
        command.env_remove("RUSTFLAGS");
        toolchain.prepare(command, &c);
        // Incremental state of earlier builds would decide how code is cut into units.
        command.env("CARGO_INCREMENTAL", "0");
    }
}

type Read = (String, Vec<String>, PathBuf, PathBuf);

fn read(metadata: &Value, manifest: &Path) -> Option<Read> {
    let manifest = manifest.canonicalize().ok()?;
    let packages = metadata["packages"].as_array()?;
    let package =
        packages.iter().find(|package| package["manifest_path"].as_str().map(Path::new) == Some(&manifest))?;
    let is_bin =
        |target: &&Value| target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "bin"));
    let bins = package["targets"].as_array()?.iter().filter(is_bin);
    let bins = bins.filter_map(|bin| bin["name"].as_str().map(str::to_owned)).collect();
    let path = |key: &str| metadata[key].as_str().map(PathBuf::from);
    Some((package["name"].as_str()?.to_owned(), bins, path("workspace_root")?, path("target_directory")?))
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

pub fn no_cargo(error: std::io::Error) -> Error {
    Error::user("package/no-cargo", "cargo could not be started, and the buildpack has a Cargo.toml")
        .hint("Install Rust (rustup), or set CARGO to the cargo executable.")
        .because(error)
}
