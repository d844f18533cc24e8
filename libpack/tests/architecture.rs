//! Who may use whom: read from the sources, so that it stays true.

use std::path::{Path, PathBuf};

use regex::Regex;
use walkdir::WalkDir;

/// The rooms by depth: a room may use those of its own depth and deeper ones, never upward.
const DEPTHS: [(&str, usize); 28] = [
    ("serve", 1),
    ("testing", 1),
    ("components", 1),
    ("component", 2),
    ("context", 2),
    ("phase", 2),
    ("cache", 2),
    ("plan", 3),
    ("dependency", 3),
    ("layer", 3),
    ("env", 3),
    ("launch", 3),
    ("sbom", 3),
    ("source", 4),
    ("archive", 4),
    ("exec", 4),
    ("settings", 4),
    ("bindings", 4),
    ("log", 4),
    ("report", 4),
    ("world", 5),
    ("fs", 5),
    ("glob", 5),
    ("users", 5),
    ("checksum", 5),
    ("version", 5),
    ("target", 5),
    ("descriptor", 5),
];

/// Rooms of one depth that must not know each other all the same.
const STRANGERS: [(&str, &str); 3] = [("layer", "dependency"), ("plan", "dependency"), ("plan", "layer")];

fn depth(room: &str) -> Option<usize> {
    DEPTHS.iter().find(|(name, _)| *name == room).map(|(_, depth)| *depth)
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let files = WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    let rust = files.filter(|file| file.path().extension().is_some_and(|extension| extension == "rs"));
    let tests = |path: &Path| path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("tests"));
    rust.filter(|file| !tests(file.path()))
        .map(|file| {
            let text = std::fs::read_to_string(file.path()).unwrap_or_default();
            // What only tests use, and what comments speak of, binds nobody.
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let code = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            (file.into_path(), code)
        })
        .collect()
}

#[test]
fn no_room_uses_one_above_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let used = Regex::new(r"\bcrate::(?:\{([^}]*)\}|([a-z_]+))").unwrap();
    let mut wrong = Vec::new();
    for (path, code) in sources(&root) {
        let below = path.strip_prefix(&root).unwrap();
        let name_of_room = below.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        if ["lib", "error"].contains(&name_of_room.as_str()) {
            continue;
        }
        let own =
            depth(&name_of_room).unwrap_or_else(|| panic!("{name_of_room} has no place in the table of this test"));
        for found in used.captures_iter(&code) {
            let names = found.get(1).or(found.get(2)).map_or("", |names| names.as_str());
            for name in names.split(',').map(|name| name.trim().split("::").next().unwrap_or_default()) {
                let upward = depth(name).is_some_and(|depth| depth < own);
                if upward || STRANGERS.contains(&(&*name_of_room, name)) {
                    wrong.push(format!("{} uses {name}", below.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn libcnb_is_known_to_serve_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let knows = |(path, code): &(PathBuf, String)| code.contains("libcnb::").then(|| path.clone());
    let mut all: Vec<_> = sources(&root.join("src")).iter().filter_map(knows).collect();
    all.extend(sources(&root.join("../buildpacks")).iter().filter_map(knows));
    assert_eq!(all, [root.join("src/serve.rs")]);
}

#[test]
fn buildpacks_reach_the_outside_through_the_sdk() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../buildpacks");
    let direct = ["ureq::", "std::process::Command", "std::net::Tcp", "std::net::Udp"];
    for (path, code) in sources(&root).iter().filter(|(path, _)| path.iter().any(|part| part == "src")) {
        for one in direct {
            assert!(!code.contains(one), "{} uses {one}", path.display());
        }
    }
}
