//! The command line, which is also its help.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Makes and ships Cloud Native Buildpacks.
#[derive(Debug, Parser)]
#[command(name = "libpack", version, about)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Turns a buildpack's folder into a package: a folder, a .cnb file, an OCI layout.
    Package(Package),
}

/// What `libpack package` takes.
#[derive(Debug, Args)]
pub struct Package {
    /// The buildpack: a folder with buildpack.toml.
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub folder: PathBuf,
    /// Where the packages go.
    #[arg(long, value_name = "DIR", default_value = "build")]
    pub out: PathBuf,
    /// Sets the buildpack's version.
    #[arg(long, value_name = "X.Y.Z")]
    pub version: Option<String>,
    /// A target; may be repeated [default: those of buildpack.toml].
    #[arg(long = "target", value_name = "OS/ARCH")]
    pub targets: Vec<Platform>,
    /// Puts the dependencies into the package.
    #[arg(long)]
    pub offline: bool,
    /// With --offline: only these dependencies; may be repeated.
    #[arg(long = "dependency", value_name = "ID[@CONSTRAINT]", requires = "offline")]
    pub dependencies: Vec<String>,
    /// With --offline: keeps archives as they were published instead of compressing them again.
    #[arg(long, requires = "offline")]
    pub no_repack: bool,
    /// With --offline: leaves out what [[metadata.seeds]] would prepare for builds.
    #[arg(long, requires = "offline")]
    pub no_seeds: bool,
    /// Lays another file's dependencies and default versions over the buildpack's own.
    #[arg(long, value_name = "FILE")]
    pub catalog: Option<PathBuf>,
    /// What is made.
    #[arg(long, value_delimiter = ',', default_value = "folder,cnb,oci")]
    pub format: Vec<Format>,
    /// Cargo's profile, when the buildpack is compiled.
    #[arg(long, default_value = "release")]
    pub profile: Profile,
    /// Keeps downloads and what was made of them between runs [default: target/libpack/downloads].
    #[arg(long, value_name = "DIR", env = "LIBPACK_CACHE")]
    pub cache: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A folder that `pack builder create` takes by its path.
    Folder,
    /// A file that `pack` takes by its path.
    Cnb,
    /// A folder in OCI image layout, for pushing to a registry.
    Oci,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    Release,
    Dev,
}

/// `linux/amd64` and the like.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Platform {
    pub os: String,
    pub arch: String,
}

impl Platform {
    /// The platform that this machine is.
    pub fn of_machine() -> Self {
        Self { os: std::env::consts::OS.to_owned(), arch: libpack::target::go_arch(std::env::consts::ARCH).to_owned() }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.arch)
    }
}

impl FromStr for Platform {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split('/').collect::<Vec<_>>()[..] {
            ["linux", arch @ ("amd64" | "arm64")] => Ok(Self { os: "linux".to_owned(), arch: arch.to_owned() }),
            _ => Err("targets are linux/amd64 and linux/arm64".to_owned()),
        }
    }
}
