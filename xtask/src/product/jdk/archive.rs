//! A folder as a vendor's archive.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Jdk;
use crate::shell::call;

/// Level 9 packs a JDK in a few seconds; the packager leaves what is zstd already as it is.
const LEVEL: i32 = 9;
/// What no build needs.
const LEFT_OUT: [&str; 5] = ["docs", "man", "demo", "sample", "lib/src.zip"];

/// Packs a JDK.
pub fn jdk(jdk: &Jdk, file: &Path) -> Result<()> {
    pack(&jdk.home, file)
}

/// Packs what lies below a folder, in the order of the names, with what its links lead to: Debian's JDKs have their
/// settings and certificates elsewhere.
pub fn pack(root: &Path, file: &Path) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let copy = scratch.path().join("copy");
    call("cp").args(["--recursive", "--dereference", "--preserve=mode"]).arg(root).arg(&copy).run().or_else(
        |error| {
            // Links to what another package would bring (`src.zip`) lead nowhere.
            if copy.join("release").is_file() { Ok(()) } else { Err(error) }
        },
    )?;
    for path in LEFT_OUT {
        call("rm").args(["--recursive", "--force"]).arg(copy.join(path)).run()?;
    }
    let mut encoder = zstd::Encoder::new(File::create(file)?, LEVEL)?;
    encoder.multithread(u32::try_from(std::thread::available_parallelism()?.get())?)?;
    let mut tar = tar::Builder::new(encoder);
    // No owners and times: the same JDK gives the same archive.
    tar.mode(tar::HeaderMode::Deterministic);
    for path in sorted(&copy)? {
        let name = path.strip_prefix(&copy)?;
        tar.append_path_with_name(&path, name).with_context(|| format!("cannot pack {}", path.display()))?;
    }
    tar.into_inner()?.finish()?.flush()?;
    Ok(())
}

/// All paths below a folder, folders before what is in them.
fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<std::io::Result<_>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        all.push(entry.path());
        if entry.file_type()?.is_dir() {
            all.extend(sorted(&entry.path())?);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest;
    use crate::home::write;

    #[test]
    fn links_are_followed_and_the_bytes_are_the_same_each_time() {
        let root = tempfile::tempdir().unwrap();
        write(&root.path().join("etc/security"), "settings").unwrap();
        write(&root.path().join("jdk/release"), "JAVA_VERSION").unwrap();
        write(&root.path().join("jdk/man/java.1"), "manual").unwrap();
        std::os::unix::fs::symlink("../etc", root.path().join("jdk/conf")).unwrap();
        std::os::unix::fs::symlink("../gone", root.path().join("jdk/src.zip")).unwrap();
        let (one, two) = (root.path().join("one"), root.path().join("two"));
        pack(&root.path().join("jdk"), &one).unwrap();
        pack(&root.path().join("jdk"), &two).unwrap();
        assert_eq!(digest::of_file(&one).unwrap(), digest::of_file(&two).unwrap());
        let mut archive = tar::Archive::new(zstd::Decoder::new(File::open(&one).unwrap()).unwrap());
        let names: Vec<_> =
            archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string()).collect();
        assert_eq!(names, ["conf", "conf/security", "release"]);
    }
}
