//! The database server of tests.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::debian;
use crate::home::write;

/// Where Debian puts the programs of each version.
const FOLDER: &str = "/usr/lib/postgresql";
/// Whether installing makes a database and starts a server for it.
const SETTINGS: &str = "/etc/postgresql-common/createcluster.conf";

/// The folder with `initdb` and `postgres`; installed where it is missing, without a server that starts by itself.
pub fn programs() -> Result<PathBuf> {
    if let Some(found) = newest(Path::new(FOLDER)) {
        return Ok(found);
    }
    if !Path::new(SETTINGS).exists() {
        write(Path::new(SETTINGS), "create_main_cluster = false\n")?;
    }
    debian::ensure("pg_createcluster", &["postgresql"])?;
    newest(Path::new(FOLDER)).with_context(|| format!("no server in {FOLDER} after it was installed"))
}

fn newest(folder: &Path) -> Option<PathBuf> {
    let versions = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path().join("bin"));
    versions.filter(|programs| programs.join("initdb").is_file() && programs.join("postgres").is_file()).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_alone_is_no_server() {
        let root = tempfile::tempdir().unwrap();
        write(&root.path().join("15/bin/psql"), "").unwrap();
        assert_eq!(newest(root.path()), None);
        for program in ["initdb", "postgres"] {
            write(&root.path().join("15/bin").join(program), "").unwrap();
        }
        assert_eq!(newest(root.path()), Some(root.path().join("15/bin")));
    }
}
