//! What the tests are given: `cargo xtask test` brings it and names it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::files;

/// Who runs the phases when we are root, which they refuse: the user of our images.
pub const USER: (u32, u32) = (1001, 1000);

/// The phases of the lifecycle, in a folder that every user can read.
pub fn lifecycle() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| readable_copy(&required("LIBPACK_LIFECYCLE_DIR"))).path()
}

/// The newest Platform API that this lifecycle speaks, as its descriptor says: 15 of `0.15`.
pub fn newest_platform_api() -> u32 {
    let text = files::read(&required("LIBPACK_LIFECYCLE_DIR").join("../lifecycle.toml"));
    let descriptor: toml::Table = text.parse().expect("the descriptor of a lifecycle");
    let supported = descriptor["apis"]["platform"]["supported"].as_array().expect("a list of APIs");
    let minors = supported.iter().filter_map(|api| api.as_str()?.strip_prefix("0.")?.parse().ok());
    minors.max().expect("a Platform API")
}

/// The packaged Node.js buildpack with its dependencies inside, in a folder that every user can read.
pub fn node_package() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| readable_copy(&required("LIBPACK_PACKAGE"))).path()
}

/// The packaged Go buildpack with its dependencies inside, in a folder that every user can read.
pub fn go_package() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| readable_copy(&required("LIBPACK_GO_PACKAGE"))).path()
}

/// The packaged Java buildpack with its dependencies inside, in a folder that every user can read.
pub fn java_package() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| readable_copy(&required("LIBPACK_JAVA_PACKAGE"))).path()
}

/// The workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A sample app.
pub fn sample(name: &str) -> PathBuf {
    workspace().join("samples").join(name)
}

/// A variable of the environment that the tests cannot do without.
pub fn required(name: &str) -> PathBuf {
    match std::env::var_os(name) {
        Some(value) if Path::new(&value).exists() => PathBuf::from(value),
        Some(value) => panic!("{name} names {}, which is not there: run `cargo xtask test`", value.display()),
        None => panic!("{name} is not set: run `cargo xtask test`"),
    }
}

/// The folder may lie in somebody's home, which other users cannot enter.
fn readable_copy(from: &Path) -> tempfile::TempDir {
    let folder = files::scratch();
    files::copy(from, folder.path());
    folder
}

/// Whether we are root.
pub fn is_root() -> bool {
    own_ids().0 == 0
}

/// The user and group that the phases run as.
pub fn user() -> (u32, u32) {
    if is_root() { USER } else { own_ids() }
}

fn own_ids() -> (u32, u32) {
    use std::os::unix::fs::MetadataExt as _;
    let meta = std::fs::metadata("/proc/self").expect("a process of our own");
    (meta.uid(), meta.gid())
}
