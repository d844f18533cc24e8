use std::os::unix::fs::{PermissionsExt as _, symlink};

use libpack::fs;
use libpack::testing::Archive;

use super::*;

fn jar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    entries.iter().fold(Archive::new(), |archive, (name, content)| archive.file(name, *content)).zip()
}

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(&self.at(path), content).unwrap();
        self
    }

    fn link(&self, path: &str, target: &str) -> &Self {
        fs::create_dir(self.at(path).parent().unwrap()).unwrap();
        symlink(target, self.at(path)).unwrap();
        self
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn count(&self) -> u64 {
        of_folder(&self.at("app")).unwrap()
    }

    fn fingerprint(&self) -> String {
        Inventory::of(&self.at("app")).unwrap().fingerprint()
    }
}

#[test]
fn classes_count_in_folders_in_jars_and_one_level_inside_of_jars() {
    let place = Place::new();
    let deepest = jar(&[("x/Deepest.class", b"")]);
    let inner = jar(&[("x/A.class", b""), ("x/B.kts", b""), ("deepest.jar", &deepest)]);
    let outer = jar(&[("Main.class", b""), ("notes.txt", b""), ("lib/inner.jar", &inner), ("lib/broken.jar", b"?")]);
    place.put("app/One.class", "").put("app/a/two.clj", "").put("app/a/three.groovy", "").put("app/a/Four.java", "");
    place.put("app/a/five.classdata", "").put("app/outer.jar", outer).put("app/folder.jar/Six.class", "");
    place.put("app/none.jar", "").put("app/text.jar", "no archive");
    assert_eq!(place.count(), 5 + 3);
    assert_eq!(of_archive(&place.at("app/outer.jar")), Some(3));
    assert_eq!(of_archive(&place.at("app/gone.jar")), None);
    assert_eq!(of_folder(&place.at("gone")).unwrap(), 0);
}

#[test]
fn links_lead_to_layers_and_never_around_in_circles() {
    let place = Place::new();
    let library = jar(&[("A.class", b""), ("B.class", b"")]);
    place.put("layers/application/BOOT-INF/classes/Main.class", "").put("layers/dependencies/lib/a.jar", library);
    place.put("elsewhere/Other.class", "");
    place.link("layers/application/BOOT-INF/lib", "../../dependencies/lib");
    place.link("app/BOOT-INF", "../layers/application/BOOT-INF");
    place.link("app/b.jar", "BOOT-INF/lib/a.jar").link("app/Linked.class", "../elsewhere/Other.class");
    place.link("app/dangling.jar", "nowhere").link("app/loop", "loop");
    assert_eq!(place.count(), 1 + 2 + 2 + 1);
    place.link("app/self", ".").link("app/up", "..").link("app/root", "/").link("app/again", "BOOT-INF");
    place.link("layers/application/BOOT-INF/back", "../../../app");
    assert_eq!(place.count(), 1 + 2 + 2 + 1);
}

#[test]
fn the_state_changes_with_names_and_sizes_and_with_nothing_else() {
    let place = Place::new();
    place.put("app/lib/a.jar", "1").put("app/A.class", "1").put("app/notes.txt", "1");
    let first = place.fingerprint();
    let old = std::fs::File::options().write(true).open(place.at("app/lib/a.jar")).unwrap();
    old.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    std::fs::set_permissions(place.at("app/lib/a.jar"), std::fs::Permissions::from_mode(0o640)).unwrap();
    place.put("app/notes.txt", "longer").put("app/A.class", "longer");
    assert_eq!(place.fingerprint(), first);

    let mut seen = BTreeSet::from([first.clone()]);
    for (path, content) in [("app/B.class", "1"), ("app/lib/a.jar", "22"), ("app/lib/b.jar", "1")] {
        place.put(path, content);
        assert!(seen.insert(place.fingerprint()), "{path}");
    }
    fs::rename(&place.at("app/lib/b.jar"), &place.at("app/lib/c.jar")).unwrap();
    assert!(seen.insert(place.fingerprint()));

    fs::rename(&place.at("app"), &place.at("moved")).unwrap();
    place.link("app", "moved");
    assert!(!seen.insert(place.fingerprint()), "where it lies does not matter");
}
