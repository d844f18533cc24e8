//! Where things lie: the workspace, and the folder in which `setup` keeps what it brought.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folder of the workspace, as it was when xtask was compiled.
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}

/// The state folder: `LIBPACK_HOME`, or `libpack/` in cargo's target folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home(PathBuf);

impl Home {
    /// The state folder of this environment; it need not exist yet.
    pub fn find() -> Result<Self> {
        let root = choose(std::env::var_os("LIBPACK_HOME"), std::env::var_os("CARGO_TARGET_DIR"), &workspace());
        // Engines and build tools are given paths in it and run in other folders.
        let root = std::path::absolute(&root).with_context(|| format!("no such place: {}", root.display()))?;
        Ok(Self(root))
    }

    /// A path in the state folder.
    pub fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.0.join(path)
    }

    /// The state folder.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

fn choose(home: Option<OsString>, target: Option<OsString>, workspace: &Path) -> PathBuf {
    match (home, target) {
        (Some(home), _) if !home.is_empty() => PathBuf::from(home),
        (_, Some(target)) if !target.is_empty() => workspace.join(target).join("libpack"),
        _ => workspace.join("target/libpack"),
    }
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, text: impl AsRef<[u8]>) -> Result<()> {
    if let Some(parent) = path.parent() {
        make_folder(parent)?;
    }
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Reads a text file.
pub fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Makes a folder and those above it.
pub fn make_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path).with_context(|| format!("cannot make the folder {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_folder_follows_cargos_target_folder_unless_it_is_named() {
        let workspace = Path::new("/project");
        let some = |text: &str| Some(OsString::from(text));
        assert_eq!(choose(None, None, workspace), Path::new("/project/target/libpack"));
        assert_eq!(choose(None, some("/fast"), workspace), Path::new("/fast/libpack"));
        assert_eq!(choose(None, some("out"), workspace), Path::new("/project/out/libpack"));
        assert_eq!(choose(some("/state"), some("/fast"), workspace), Path::new("/state"));
        assert_eq!(choose(some(""), some(""), workspace), Path::new("/project/target/libpack"));
    }
}
