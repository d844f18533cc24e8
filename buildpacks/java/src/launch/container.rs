//! What steps see of the container beside its variables.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use libpack::world::{Clock as _, SystemClock};

/// The container: its files as the kernel and the platform show them, and its clock.
pub struct Container {
    root: PathBuf,
    /// The folder that the process starts in.
    pub folder: PathBuf,
    /// The time of the start.
    pub now: SystemTime,
}

impl Container {
    /// The one that this process runs in.
    pub fn real() -> Self {
        Self { root: PathBuf::from("/"), folder: PathBuf::from("."), now: SystemClock.now() }
    }

    /// One whose files lie below a folder.
    #[cfg(test)]
    pub fn below(root: &Path) -> Self {
        Self { root: root.to_owned(), folder: root.join("workspace"), now: SystemTime::UNIX_EPOCH }
    }

    /// The text of a file by its absolute path; an error says why there is none.
    pub fn read(&self, path: &str) -> std::io::Result<String> {
        std::fs::read_to_string(self.root.join(path.trim_start_matches('/')))
    }

    /// As [`Self::read`] for files that need not be there.
    pub fn text(&self, path: &str) -> Option<String> {
        self.read(path).ok()
    }

    /// Whether a file lies in the folder that the process starts in.
    pub fn has(&self, name: impl AsRef<Path>) -> bool {
        self.folder.join(name).is_file()
    }
}
