//! Compiles a buildpack to a static executable whose bytes do not tell where it was made.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libpack::{Error, Result};
use serde_json::Value;

use crate::arguments::{Platform, Profile};
use crate::progress::Task;

/// A Cargo package with the executable that becomes `bin/build`.
pub struct Crate {
    manifest: PathBuf,
    package: String,
    bin: String,
    workspace: PathBuf,
    target: PathBuf,
}

/// How an executable for a platform is made.
#[derive(Debug, PartialEq, Eq)]
struct Toolchain {
    triple: String,
    /// What links for another architecture; also what compiles C.
    cross: Option<PathBuf>,
}

impl Crate {
    /// Finds the crate of a folder; none when it has no `Cargo.toml`.
    pub fn find(folder: &Path) -> Result<Option<Self>> {
        let manifest = folder.join("Cargo.toml");
        if !manifest.is_file() {
            return Ok(None);
        }
        let mut command = cargo();
        command
            .args([
                "metadata",
                "--no-deps",
                "--format-version",
                "1",
                "--manifest-path",
            ])
            .arg(&manifest);
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .map_err(no_cargo)?;
        let metadata: Option<Value> = serde_json::from_slice(&output.stdout).ok();
        let found = metadata
            .filter(|_| output.status.success())
            .and_then(|metadata| read(&metadata, &manifest));
        let (package, bins, workspace, target) = found.ok_or_else(|| {
            Error::user(
                "package/crate-invalid",
                format!("cargo cannot read {}", manifest.display()),
            )
            .hint("Run `cargo metadata` in the folder and mend what it says.")
        })?;
        let bin = match &bins[..] {
            [only] => Some(only),
            many => many.iter().find(|bin| **bin == package),
        };
        let bin = bin.cloned().ok_or_else(|| {
            Error::user(
                "package/no-binary",
                format!(
                    "{package} has {} executables, none of its own name",
                    bins.len()
                ),
            )
            .hint("Give the package one executable, or one that is called as the package.")
        })?;
        Ok(Some(Self {
            manifest,
            package,
            bin,
            workspace,
            target,
        }))
    }

    /// Compiles for a platform and gives the executable.
    pub fn build(&self, platform: &Platform, profile: Profile) -> Result<PathBuf> {
        let toolchain = Toolchain::choose(platform)?;
        let (name, folder) = match profile {
            Profile::Release => ("release", "release"),
            Profile::Dev => ("dev", "debug"),
        };
        let mut command = cargo();
        command.args([
            "build",
            "--profile",
            name,
            "--target",
            &toolchain.triple,
            "--manifest-path",
        ]);
        command
            .arg(&self.manifest)
            .args(["--package", &self.package, "--bin", &self.bin]);
        if profile == Profile::Release && self.workspace.join("Cargo.lock").is_file() {
            command.arg("--locked");
        }
        toolchain.prepare(&mut command);
        command.env("CARGO_ENCODED_RUSTFLAGS", self.flags().join("\x1f"));
        // Incremental state of earlier builds would decide how code is cut into units.
        command
            .env("CARGO_INCREMENTAL", "0")
            .env_remove("RUSTFLAGS");
        let task = Task::spinner(format!(
            "Compiling {} for {platform} ({})",
            self.package, toolchain.triple
        ));
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
        Ok(self
            .target
            .join(&toolchain.triple)
            .join(folder)
            .join(&self.bin))
    }

    fn flags(&self) -> Vec<String> {
        let home = env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
        // rustc takes the last rule that fits: the target folder may lie inside the workspace.
        let paths = [
            (home, "/cargo"),
            (Some(self.workspace.clone()), "/source"),
            (Some(self.target.clone()), "/target"),
        ];
        let remap = paths.iter().filter_map(|(from, to)| {
            let from = from.as_ref()?;
            Some(format!("--remap-path-prefix={}={to}", from.display()))
        });
        ["-C".to_owned(), "target-feature=+crt-static".to_owned()]
            .into_iter()
            .chain(remap)
            .collect()
    }
}

type Read = (String, Vec<String>, PathBuf, PathBuf);

fn read(metadata: &Value, manifest: &Path) -> Option<Read> {
    let manifest = manifest.canonicalize().ok()?;
    let packages = metadata["packages"].as_array()?;
    let package = packages
        .iter()
        .find(|package| package["manifest_path"].as_str().map(Path::new) == Some(&manifest))?;
    let is_bin = |target: &&Value| {
        target["kind"]
            .as_array()
            .is_some_and(|kinds| kinds.iter().any(|kind| kind == "bin"))
    };
    let bins = package["targets"].as_array()?.iter().filter(is_bin);
    let bins = bins
        .filter_map(|bin| bin["name"].as_str().map(str::to_owned))
        .collect();
    let path = |key: &str| metadata[key].as_str().map(PathBuf::from);
    Some((
        package["name"].as_str()?.to_owned(),
        bins,
        path("workspace_root")?,
        path("target_directory")?,
    ))
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn no_cargo(error: std::io::Error) -> Error {
    Error::user(
        "package/no-cargo",
        "cargo could not be started, and the buildpack has a Cargo.toml",
    )
    .hint("Install Rust (rustup), or set CARGO to the cargo executable.")
    .because(error)
}

impl Toolchain {
    /// musl where its standard library and a C compiler for it are installed; else glibc, linked statically.
    fn choose(platform: &Platform) -> Result<Self> {
        let libraries = sysroot()?.join("lib/rustlib");
        let cpu = if platform.arch == "arm64" {
            "aarch64"
        } else {
            "x86_64"
        };
        let native = *platform == Platform::of_machine();
        let mut missing = Vec::new();
        for libc in ["musl", "gnu"] {
            let triple = format!("{cpu}-unknown-linux-{libc}");
            let compilers: &[String] = match (libc, native) {
                ("musl", true) => &[format!("{cpu}-linux-musl-gcc"), "musl-gcc".to_owned()],
                (_, true) => &["cc".to_owned()],
                _ => &[format!("{cpu}-linux-{libc}-gcc")],
            };
            let compiler = configured_linker(&triple)
                .or_else(|| compilers.iter().find_map(|name| on_path(name)));
            if !libraries.join(&triple).is_dir() {
                missing.push(format!("`rustup target add {triple}`"));
            } else if compiler.is_none() {
                missing.push(format!("the linker {}", compilers[0]));
            } else {
                return Ok(Self {
                    triple,
                    cross: compiler.filter(|_| !native || libc == "musl"),
                });
            }
        }
        let debian = if cpu == "aarch64" {
            "gcc-aarch64-linux-gnu"
        } else {
            "gcc-x86-64-linux-gnu"
        };
        Err(Error::user(
            "package/toolchain-missing",
            format!("nothing here compiles for {platform}"),
        )
        .hint(format!(
            "Install {} (on Debian: {debian}), or leave the platform out with --target {}.",
            missing.join(" or "),
            Platform::of_machine()
        )))
    }

    fn prepare(&self, command: &mut Command) {
        let Some(cross) = &self.cross else {
            return;
        };
        let name = self.triple.replace('-', "_");
        for variable in [
            format!("CARGO_TARGET_{}_LINKER", name.to_uppercase()),
            format!("CC_{name}"),
        ] {
            if env::var_os(&variable).is_none() {
                command.env(variable, cross);
            }
        }
    }
}

fn configured_linker(triple: &str) -> Option<PathBuf> {
    let variable = format!(
        "CARGO_TARGET_{}_LINKER",
        triple.replace('-', "_").to_uppercase()
    );
    env::var_os(variable).map(PathBuf::from)
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

fn sysroot() -> Result<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--print", "sysroot"])
        .output()
        .map_err(no_cargo)?;
    Ok(PathBuf::from(
        String::from_utf8_lossy(&output.stdout).trim(),
    ))
}
