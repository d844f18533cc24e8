use std::io::{Cursor, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::from_folder;
use crate::fs;
use crate::sbom::{Catalog, Component, Sbom, Subject};

/// A zip archive as it is written; stored, as Spring Boot's libraries are, but for what is to be small.
fn jar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        let method = if content.len() > 4096 { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn properties(artifact: &str, version: &str) -> (String, String) {
    let path = format!("META-INF/maven/org.example/{artifact}/pom.properties");
    (path, format!("groupId=org.example\nartifactId={artifact}\nversion={version}\n"))
}

/// A jar of Maven's.
fn library(artifact: &str, version: &str) -> Vec<u8> {
    let (path, text) = properties(artifact, version);
    jar(&[("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\n"), (&path, text.as_bytes()), ("A.class", b"...")])
}

fn put(root: &Path, path: &str, content: &[u8]) {
    fs::write(&root.join(path), content).unwrap();
}

/// Each component with its places and what it needs.
fn listed(catalog: &Catalog) -> Vec<String> {
    let sbom = Sbom::new(Subject::directory("app"), catalog.clone());
    let name = |one: &Component| one.purl.clone().unwrap().trim_start_matches("pkg:maven/").to_owned();
    let of = |id| sbom.components().iter().find(|one| one.id() == id).map_or("?".to_owned(), name);
    let lines = sbom.components().iter().map(|one| {
        let needs: Vec<String> = one.depends_on.iter().cloned().map(of).collect();
        let direct = if catalog.direct.contains(&one.id()) { "* " } else { "" };
        let needs = if needs.is_empty() { String::new() } else { format!(" needs {}", needs.join(", ")) };
        format!("{direct}{} in {}{needs}", name(one), one.locations.join(", "))
    });
    lines.collect()
}

#[test]
fn an_application_is_listed_with_the_libraries_within_it() {
    let root = fs::scratch().unwrap();
    let (own, text) = properties("demo", "0.0.1");
    let manifest = b"Implementation-Title: demo\nImplementation-Version: 0.0.1\n";
    let inner = jar(&[("lib/deep-2.jar", &library("deep", "2")), ("x", b"")]);
    let app = jar(&[
        ("META-INF/MANIFEST.MF", manifest),
        (&own, text.as_bytes()),
        ("BOOT-INF/lib/one-1.0.jar", &library("one", "1.0")),
        ("BOOT-INF/lib/outer-3.jar", &inner),
        ("BOOT-INF/classes/one.txt", b"no jar"),
    ]);
    put(root.path(), "target/app.jar", &app);
    let catalog = from_folder(root.path()).unwrap();
    assert_eq!(
        listed(&catalog),
        [
            "org.example/deep@2 in target/app.jar:BOOT-INF/lib/outer-3.jar:lib/deep-2.jar",
            "* org.example/demo@0.0.1 in target/app.jar needs outer/outer@3, org.example/one@1.0",
            "org.example/one@1.0 in target/app.jar:BOOT-INF/lib/one-1.0.jar",
            "outer/outer@3 in target/app.jar:BOOT-INF/lib/outer-3.jar needs org.example/deep@2",
        ]
    );
    assert_eq!(catalog.unread, Vec::<String>::new());
    let one = catalog.components.iter().find(|one| one.name() == "one").unwrap();
    let hashes: Vec<_> = one.hashes.iter().map(|hash| (hash.algorithm().name(), hash.hex().len())).collect();
    assert_eq!(hashes, [("sha1", 40), ("sha256", 64)]);
}

#[test]
fn an_exploded_archive_is_the_folder_and_links_to_files_are_files() {
    let root = fs::scratch().unwrap();
    let elsewhere = fs::scratch().unwrap();
    let (own, text) = properties("demo", "0.0.1");
    put(root.path(), &own, text.as_bytes());
    put(root.path(), "META-INF/MANIFEST.MF", b"Main-Class: App\n");
    put(elsewhere.path(), "one-1.0.jar", &library("one", "1.0"));
    put(elsewhere.path(), "lib/other-1.0.jar", &library("other", "1.0"));
    fs::create_dir(&root.path().join("BOOT-INF/lib")).unwrap();
    symlink(elsewhere.path().join("one-1.0.jar"), root.path().join("BOOT-INF/lib/one-1.0.jar")).unwrap();
    symlink("nowhere", root.path().join("BOOT-INF/lib/gone.jar")).unwrap();
    symlink(elsewhere.path().join("lib"), root.path().join("all-there-is")).unwrap();
    symlink("..", root.path().join("BOOT-INF/up")).unwrap();
    fs::create_dir(&root.path().join("folder.jar")).unwrap();
    let listed = listed(&from_folder(root.path()).unwrap());
    let own = "* org.example/demo@0.0.1 in . needs org.example/one@1.0";
    assert_eq!(listed, [own, "org.example/one@1.0 in BOOT-INF/lib/one-1.0.jar"]);
}

#[test]
fn what_was_shaded_is_listed_without_a_checksum_also_without_a_manifest_syft_409() {
    let root = fs::scratch().unwrap();
    let (own, own_text) = properties("one", "1.0");
    let (other, other_text) = properties("shaded", "2.0");
    let bytes = jar(&[(&own, own_text.as_bytes()), (&other, other_text.as_bytes())]);
    put(root.path(), "one-1.0.jar", &bytes);
    let catalog = from_folder(root.path()).unwrap();
    let needs = "* org.example/one@1.0 in one-1.0.jar needs org.example/shaded@2.0";
    assert_eq!(listed(&catalog), [needs, "org.example/shaded@2.0 in one-1.0.jar"]);
    let shaded = catalog.components.iter().find(|one| one.name() == "shaded").unwrap();
    assert!(shaded.hashes.is_empty());
}

#[test]
fn equal_folders_give_equal_finds_and_missing_ones_none() {
    let root = fs::scratch().unwrap();
    for name in ["b-1.jar", "a-1.jar", "c/a-1.jar"] {
        put(root.path(), name, &library("a", "1"));
    }
    let first = from_folder(root.path()).unwrap();
    assert_eq!(first, from_folder(root.path()).unwrap());
    assert_eq!(
        listed(&first),
        ["* org.example/a@1 in a-1.jar, b-1.jar, c/a-1.jar", "* b/b@1 in b-1.jar needs org.example/a@1",]
    );
    assert_eq!(from_folder(&root.path().join("none")).unwrap(), Catalog::default());
}

#[test]
fn what_is_broken_is_listed_by_its_name() {
    let root = fs::scratch().unwrap();
    let mut cut = library("cut", "1.0");
    cut.truncate(cut.len() / 2);
    put(root.path(), "cut-1.0.jar", &cut);
    put(root.path(), "empty-2.0.jar", b"");
    put(root.path(), "app.war", &jar(&[("WEB-INF/lib/cut-3.0.jar", &cut), ("WEB-INF/lib/.jar", b"")]));
    let catalog = from_folder(root.path()).unwrap();
    assert_eq!(catalog.unread, [r#""app.war:WEB-INF/lib/cut-3.0.jar""#, r#""cut-1.0.jar""#, r#""empty-2.0.jar""#]);
    let [app, nested, cut, empty] = &listed(&catalog)[..] else { panic!("{catalog:?}") };
    assert_eq!(app, "* app/app in app.war needs cut/cut@3.0");
    assert_eq!(nested, "* cut/cut@1.0 in cut-1.0.jar");
    assert_eq!(cut, "cut/cut@3.0 in app.war:WEB-INF/lib/cut-3.0.jar");
    assert_eq!(empty, "* empty/empty@2.0 in empty-2.0.jar");
}

/// Every byte that can be turned is turned once: whatever comes of it, it is an answer.
#[test]
fn no_damage_ends_the_build() {
    let root = fs::scratch().unwrap();
    let whole = jar(&[("lib/one-1.0.jar", &library("one", "1.0"))]);
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        put(root.path(), "app.jar", &bytes);
        assert!(!from_folder(root.path()).unwrap().components.is_empty(), "byte {at}");
    }
}

#[test]
fn names_that_are_no_text_are_names_all_the_same() {
    let root = fs::scratch().unwrap();
    put(root.path(), "kept", b"");
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9-1.0.jar");
    put(root.path(), "x/kept", b"");
    fs::write(&root.path().join("x").join(name), library("cafe", "1.0")).unwrap();
    let placeholder = b"caf_-2.0.jar";
    let mut outer = jar(&[(std::str::from_utf8(placeholder).unwrap(), &library("other", "2.0"))]);
    for at in 0..outer.len() - placeholder.len() {
        if outer[at..].starts_with(placeholder) {
            outer[at + 3] = 0xe9;
        }
    }
    put(root.path(), "app.jar", &outer);
    let catalog = from_folder(root.path()).unwrap();
    assert_eq!(catalog.unread, Vec::<String>::new());
    let names: Vec<_> = catalog.components.iter().map(Component::name).collect();
    assert!(names.contains(&"other") && names.contains(&"cafe"), "{names:?}");
}

/// 300 MB of zeros in 300 kB: they are never held in memory, and the rest is found.
#[test]
fn bombs_are_left_alone() {
    let root = fs::scratch().unwrap();
    let zeros = vec![0; 300 << 20];
    let bomb = jar(&[("bomb-1.0.jar", &zeros), ("META-INF/MANIFEST.MF", &zeros[..2 << 20])]);
    drop(zeros);
    put(root.path(), "app.jar", &jar(&[("lib/outer-1.jar", &bomb), ("lib/one-1.0.jar", &library("one", "1.0"))]));
    let catalog = from_folder(root.path()).unwrap();
    assert_eq!(catalog.unread, [r#""app.jar:lib/outer-1.jar:bomb-1.0.jar""#]);
    assert_eq!(catalog.components.len(), 4);
}

#[test]
fn archives_within_archives_without_end_are_read_to_a_depth() {
    let root = fs::scratch().unwrap();
    let mut bytes = library("core", "1");
    for _ in 0..30 {
        bytes = jar(&[("same.jar", &bytes)]);
    }
    put(root.path(), "same.jar", &bytes);
    let catalog = from_folder(root.path()).unwrap();
    assert_eq!(catalog.unread.len(), 1);
    assert_eq!(listed(&catalog).len(), 1, "they are all the same");
}

#[test]
fn a_hundred_thousand_entries_are_looked_through() {
    let root = fs::scratch().unwrap();
    let names: Vec<String> = (0..100_000).map(|at| format!("org/example/classes/of/Class{at}.class")).collect();
    let mut entries: Vec<(&str, &[u8])> = names.iter().map(|name| (&**name, &b""[..])).collect();
    let one = library("one", "1.0");
    entries.push(("lib/one-1.0.jar", &one));
    put(root.path(), "large-1.jar", &jar(&entries));
    let catalog = from_folder(root.path()).unwrap();
    assert_eq!(catalog.unread, Vec::<String>::new());
    assert_eq!(catalog.components.len(), 2);
}
