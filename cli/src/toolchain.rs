//! Which of Rust's targets makes a static executable for a platform on this machine.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use libpack::{Error, Result};

use crate::arguments::Platform;
use crate::compile::no_cargo;

/// A target of Rust with what links and compiles C for it.
#[derive(Debug)]
pub struct Toolchain {
    pub triple: String,
    /// Only when the compiler's own default would not do.
    linker: Option<PathBuf>,
    /// Only when it is not the machine's `cc`.
    c_compiler: Option<PathBuf>,
}

impl Toolchain {
    /// musl where its standard library and a C compiler for it are installed; else glibc, linked
    /// statically.
    pub fn choose(platform: &Platform) -> Result<Self> {
        let libraries = sysroot()?.join("lib/rustlib");
        let cpu = if platform.arch == "arm64" { "aarch64" } else { "x86_64" };
        let native = *platform == Platform::of_machine();
        for libc in ["musl", "gnu"] {
            let triple = format!("{cpu}-unknown-linux-{libc}");
            let compilers = match (libc, native) {
                ("musl", true) => vec![format!("{cpu}-linux-musl-gcc"), "musl-gcc".to_owned()],
                (_, true) => vec!["cc".to_owned()],
                _ => vec![format!("{cpu}-linux-{libc}-gcc")],
            };
            let compiler = compilers.iter().find_map(|name| on_path(name));
            let linker = env::var_os(linker_variable(&triple)).map(PathBuf::from);
            if libraries.join(&triple).is_dir() && (compiler.is_some() || linker.is_some()) {
                return Ok(Self {
                    linker: compiler.clone().filter(|_| !native),
                    c_compiler: compiler.filter(|_| !native || libc == "musl"),
                    triple,
                });
            }
        }
        let package = format!("gcc-{}-linux-gnu", cpu.replace('_', "-"));
        Err(Error::user("package/toolchain-missing", format!("nothing on this machine compiles for {platform}")).hint(
            format!(
                "Run `rustup target add {cpu}-unknown-linux-gnu` and install the linker {cpu}-linux-gnu-gcc (Debian's \
             package {package}), or leave the platform out: `--target {}`.",
                Platform::of_machine()
            ),
        ))
    }

    /// Tells cargo and the C compilers of build scripts; what the user set stays.
    pub fn prepare(&self, command: &mut Command, c_flags: &[String]) {
        let name = self.triple.replace('-', "_");
        let mut set_if_none = |variable: String, value: Option<&PathBuf>| {
            if let Some(value) = value.filter(|_| env::var_os(&variable).is_none()) {
                command.env(variable, value);
            }
        };
        set_if_none(linker_variable(&self.triple), self.linker.as_ref());
        set_if_none(format!("CC_{name}"), self.c_compiler.as_ref());
        let variable = format!("CFLAGS_{name}");
        let own = env::var(&variable).or_else(|_| env::var("CFLAGS"));
        let flags: Vec<_> = own.into_iter().chain(c_flags.iter().cloned()).collect();
        command.env(variable, flags.join(" "));
    }
}

fn linker_variable(triple: &str) -> String {
    format!("CARGO_TARGET_{}_LINKER", triple.replace('-', "_").to_uppercase())
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn sysroot() -> Result<PathBuf> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "sysroot"]).output();
    let output = output.map_err(no_cargo)?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}
