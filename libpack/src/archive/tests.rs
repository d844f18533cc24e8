//! Good archives: what comes out is what went in.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// A tree with everything that toolchains have.
fn sample() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    crate::fs::write(&root.join("node/bin/node"), vec![7; 300_000]).unwrap();
    crate::fs::make_executable(&root.join("node/bin/node")).unwrap();
    crate::fs::write(&root.join("node/lib/npm/cli.js"), "cli").unwrap();
    crate::fs::write(&root.join(format!("node/lib/{}/deep.txt", "long-name/".repeat(30))), "deep").unwrap();
    crate::fs::write(&root.join("node/include/node.h"), "header").unwrap();
    crate::fs::symlink(Path::new("../lib/npm/cli.js"), &root.join("node/bin/npm")).unwrap();
    crate::fs::symlink(Path::new("missing"), &root.join("node/lib/dangling")).unwrap();
    crate::fs::create_dir(&root.join("node/empty")).unwrap();
    folder
}

fn packed(root: &Path) -> Vec<u8> {
    pack(root, Pack::default(), Vec::new()).unwrap()
}

fn tar_of(root: &Path) -> Vec<u8> {
    let mut tree = TreeWriter::new(Vec::new());
    tree.tree(root, Path::new(""), None).unwrap();
    tree.finish().unwrap()
}

/// Paths, kinds, permissions and contents, sorted.
fn listing(root: &Path) -> Vec<(PathBuf, String)> {
    walkdir::WalkDir::new(root)
        .min_depth(1)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| {
            let entry = entry.unwrap();
            let what = if entry.path_is_symlink() {
                format!("-> {}", fs::read_link(entry.path()).unwrap().display())
            } else if entry.file_type().is_dir() {
                format!("{:o}/", mode(entry.path()))
            } else {
                format!("{:o} {}", mode(entry.path()), crate::checksum::sha256_file(entry.path()).unwrap())
            };
            (entry.path().strip_prefix(root).unwrap().to_owned(), what)
        })
        .collect()
}

#[test]
fn a_tree_comes_back_as_it_was_in_every_compression() {
    let source = sample();
    let tar = tar_of(source.path());
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
    xz.write_all(&tar).unwrap();
    let (front, back) = tar.split_at(tar.len() / 2);
    for archive in [
        tar.clone(),
        gzip(&tar),
        [gzip(front), gzip(back)].concat(),
        xz.finish().unwrap(),
        zstd::encode_all(tar.as_slice(), 1).unwrap(),
        [zstd::encode_all(front, 1).unwrap(), zstd::encode_all(back, 1).unwrap()].concat(),
        packed(source.path()),
    ] {
        let target = tempfile::tempdir().unwrap();
        let root = target.path().join("a/layer");
        unpack(archive.as_slice(), &root, Unpack::default()).unwrap();
        assert_eq!(listing(&root), listing(source.path()));
        assert_eq!(mode(&root), 0o755);
        assert_eq!(fs::read_dir(root.parent().unwrap()).unwrap().count(), 1, "no scratch folder stays");
    }
}

#[test]
fn equal_trees_pack_into_equal_bytes() {
    let (one, two) = (sample(), sample());
    let later = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1);
    fs::File::open(two.path().join("node/lib/npm/cli.js")).unwrap().set_modified(later).unwrap();
    assert_eq!(packed(one.path()), packed(two.path()));
    let tar = tar_of(one.path());
    let mut archive = tar::Archive::new(tar.as_slice());
    for entry in archive.entries().unwrap() {
        let header = entry.unwrap().header().clone();
        assert_eq!((header.mtime().unwrap(), header.uid().unwrap(), header.gid().unwrap()), (MODIFIED, 0, 0));
    }
}

#[test]
fn stripping_and_the_filter_decide_before_anything_is_written() {
    let source = sample();
    let target = tempfile::tempdir().unwrap();
    let keep = |path: &Path| !path.starts_with("include") && !path.starts_with("lib");
    let options = Unpack { strip_components: 1, keep: Some(&keep), ..Unpack::default() };
    let root = target.path().join("node");
    crate::fs::create_dir(&root).unwrap();
    unpack(packed(source.path()).as_slice(), &root, options).unwrap();
    let names: Vec<PathBuf> = listing(&root).into_iter().map(|(path, _)| path).collect();
    assert_eq!(names, ["bin", "bin/node", "bin/npm", "empty"].map(PathBuf::from));
}

#[test]
fn the_packer_leaves_out_what_is_not_kept_and_what_is_no_file() {
    let source = sample();
    let _socket = std::os::unix::net::UnixListener::bind(source.path().join("socket")).unwrap();
    let keep = |path: &Path| !path.ends_with("lib");
    let bytes = pack(source.path(), Pack { keep: Some(&keep), level: 1 }, Vec::new()).unwrap();
    let target = tempfile::tempdir().unwrap();
    unpack(bytes.as_slice(), target.path(), Unpack::default()).unwrap();
    assert!(target.path().join("node/include/node.h").exists());
    assert!(!target.path().join("node/lib").exists() && !target.path().join("socket").exists());
}

#[test]
fn a_folder_that_holds_something_is_not_replaced() {
    let source = sample();
    let target = tempfile::tempdir().unwrap();
    crate::fs::write(&target.path().join("layer/mine"), "mine").unwrap();
    let error = unpack(packed(source.path()).as_slice(), &target.path().join("layer"), Unpack::default()).unwrap_err();
    assert!(error.message().contains("layer") || error.message().contains("rename"), "{error:?}");
    assert_eq!(fs::read_to_string(target.path().join("layer/mine")).unwrap(), "mine");
    assert_eq!(fs::read_dir(target.path()).unwrap().count(), 1);
}

#[test]
fn links_of_our_own_trees_may_lead_anywhere() {
    let source = tempfile::tempdir().unwrap();
    crate::fs::symlink(Path::new("/usr/bin/env"), &source.path().join("env")).unwrap();
    let bytes = packed(source.path());
    let target = tempfile::tempdir().unwrap();
    let anywhere = Unpack { links: Links::Anywhere, ..Unpack::default() };
    assert_eq!(
        unpack(bytes.as_slice(), &target.path().join("a"), Unpack::default()).unwrap_err().id(),
        "archive/unsafe-entry"
    );
    unpack(bytes.as_slice(), &target.path().join("b"), anywhere).unwrap();
    assert_eq!(fs::read_link(target.path().join("b/env")).unwrap(), Path::new("/usr/bin/env"));
}
