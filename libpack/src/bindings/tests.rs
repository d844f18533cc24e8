use std::os::unix::fs::symlink;

use super::*;

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(&self.0.path().join(path), content).unwrap();
        self
    }

    fn read(&self, variables: &[(&str, &str)]) -> Bindings {
        let variables = variables
            .iter()
            .map(|(name, value)| (*name, value.replace('@', &self.0.path().display().to_string())))
            .collect();
        Bindings::read(&variables, &self.0.path().join("platform")).unwrap()
    }
}

fn names(bindings: &Bindings) -> Vec<&str> {
    bindings.iter().map(|binding| binding.name.as_str()).collect()
}

#[test]
fn the_first_variable_that_is_set_decides_even_without_a_folder() {
    let place = Place::new();
    place.put("root/a/type", "x").put("cnb/b/type", "x").put("platform/bindings/c/type", "x");
    assert_eq!(names(&place.read(&[])), ["c"]);
    assert_eq!(names(&place.read(&[("CNB_BINDINGS", "@/cnb")])), ["b"]);
    let both = [("CNB_BINDINGS", "@/cnb"), ("SERVICE_BINDING_ROOT", "@/root")];
    assert_eq!(names(&place.read(&both)), ["a"]);
    let missing = [("CNB_BINDINGS", "@/cnb"), ("SERVICE_BINDING_ROOT", "@/nowhere")];
    assert!(names(&place.read(&missing)).is_empty());
    assert!(names(&place.read(&[("SERVICE_BINDING_ROOT", "")])).is_empty());
}

#[test]
fn a_container_without_a_variable_has_no_bindings() {
    assert_eq!(Bindings::read_at_launch(&Variables::default()).unwrap().iter().count(), 0);
    let place = Place::new();
    place.put("root/a/type", "x");
    let root = place.0.path().join("root");
    let variables = [("SERVICE_BINDING_ROOT", root)].into_iter().collect();
    assert_eq!(names(&Bindings::read_at_launch(&variables).unwrap()), ["a"]);
}

#[test]
fn both_layouts_give_the_same_binding() {
    let place = Place::new();
    place
        .put("platform/bindings/new/type", " npmrc\r\n")
        .put("platform/bindings/new/provider", "me\n")
        .put("platform/bindings/new/token", "t")
        .put("platform/bindings/old/metadata/kind", "npmrc\n")
        .put("platform/bindings/old/metadata/provider", "me")
        .put("platform/bindings/old/secret/token", "t");
    let bindings = place.read(&[]);
    assert_eq!(names(&bindings), ["new", "old"]);
    for binding in bindings.of_type("NPMRC") {
        assert_eq!((binding.kind.as_str(), binding.provider.as_deref()), ("npmrc", Some("me")));
        assert_eq!(binding.entries(), ["token"]);
        assert_eq!(binding.entry("token").unwrap().unwrap().bytes(), b"t");
        assert_eq!(binding.entry("Token").unwrap(), None);
        assert!(binding.path("token").unwrap().ends_with("token"));
    }
}

#[test]
fn a_secret_called_type_in_the_older_layout_is_an_entry() {
    let place = Place::new();
    place.put("platform/bindings/db/metadata/kind", "postgres").put("platform/bindings/db/secret/type", "replica");
    let bindings = place.read(&[]);
    let binding = bindings.one("postgres").unwrap().unwrap();
    assert_eq!(binding.require("type").unwrap().text().unwrap(), "replica");
}

#[test]
fn a_volume_of_kubernetes_shows_its_keys_once() {
    let place = Place::new();
    place
        .put("platform/bindings/ca/..2026_08_01/type", "ca-certificates")
        .put("platform/bindings/ca/..2026_08_01/ca.pem", "pem")
        .put("platform/bindings/ca/folder/inside", "no entry")
        .put("platform/bindings/..2026/x/type", "hidden");
    let dir = place.0.path().join("platform/bindings/ca");
    symlink("..2026_08_01", dir.join("..data")).unwrap();
    symlink("..data/type", dir.join("type")).unwrap();
    symlink("..data/ca.pem", dir.join("ca.pem")).unwrap();
    symlink("nowhere", dir.join("dangling")).unwrap();
    symlink(dir.parent().unwrap().join("ca"), dir.parent().unwrap().join("linked")).unwrap();
    let bindings = place.read(&[]);
    assert_eq!(names(&bindings), ["ca", "linked"]);
    for binding in bindings.of_type("ca-certificates") {
        assert_eq!(binding.entries(), ["ca.pem"]);
        assert_eq!(binding.require("ca.pem").unwrap().bytes(), b"pem");
    }
}

#[test]
fn a_hidden_key_is_not_listed_but_found_by_its_name() {
    let place = Place::new();
    place
        .put("platform/bindings/npm/type", "npmrc")
        .put("platform/bindings/npm/.npmrc", "registry=https://registry.example");
    let bindings = place.read(&[]);
    let binding = bindings.one("npmrc").unwrap().unwrap();
    assert!(binding.entries().is_empty());
    assert!(binding.require_path(".npmrc").unwrap().is_file());
    let error = binding.require(".yarnrc").unwrap_err();
    assert_eq!(error.id(), "binding/entry-missing");
    assert_eq!(error.message(), "unable to find `.yarnrc` from binding `npm` of the type `npmrc`");
}

#[test]
fn a_binding_without_a_type_is_ignored_with_a_warning() {
    let place = Place::new();
    place
        .put("platform/bindings/a/token", "canary")
        .put("platform/bindings/b/type", " \n")
        .put("platform/bindings/c/metadata/provider", "me")
        .put("platform/bindings/d/type", b"\xff\xfe")
        .put("platform/bindings/e/type", "kept")
        .put("platform/bindings/README", "a file");
    let bindings = place.read(&[]);
    assert_eq!(names(&bindings), ["e"]);
    assert_eq!(
        bindings.warnings(),
        [
            "Binding `a` is ignored: its `type` is missing or empty",
            "Binding `b` is ignored: its `type` is missing or empty",
            "Binding `c` is ignored: its `metadata/kind` is missing or empty",
            "Binding `d` is ignored: its `type` is missing or empty",
        ]
    );
}

#[test]
fn two_bindings_where_one_may_be_are_named() {
    let place = Place::new();
    place.put("platform/bindings/a/type", "npmrc").put("platform/bindings/b/type", "NpmRC");
    let bindings = place.read(&[]);
    let error = bindings.one("npmrc").unwrap_err();
    assert_eq!(error.id(), "binding/ambiguous");
    assert_eq!(error.message(), "multiple bindings matched the type `npmrc`: `a`, `b`");
    assert_eq!(bindings.one("other").unwrap(), None);
}

#[test]
fn debug_of_bindings_shows_no_value() {
    let place = Place::new();
    place.put("platform/bindings/a/type", "x").put("platform/bindings/a/token", "canary");
    let bindings = place.read(&[]);
    let secret = bindings.one("x").unwrap().unwrap().entry("token").unwrap();
    assert!(!format!("{bindings:?} {secret:?}").contains("canary"));
}
