//! Paths as texts: nothing here looks at the disk.

use std::path::{Component, Path, PathBuf};

/// The path without `.` and `..` steps.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

/// The way from one absolute folder to an absolute path, for links that go on leading there when both are put
/// elsewhere together (docs/platforms.md R13).
pub fn relative(from: &Path, to: &Path) -> PathBuf {
    let (from, to) = (normal(from), normal(to));
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(to.components().skip(shared)).collect();
    if way.as_os_str().is_empty() { PathBuf::from(".") } else { way }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_goes_up_as_far_as_it_must() {
        for (from, to, way) in [
            ("/workspace", "/layers/java/application/app.jar", "../layers/java/application/app.jar"),
            ("/layers/a/x/y", "/layers/a/b", "../../b"),
            ("/a/./b/../c", "/a/c", "."),
            ("/a", "/a/b", "b"),
        ] {
            assert_eq!(relative(Path::new(from), Path::new(to)), Path::new(way), "{from} {to}");
        }
    }
}
