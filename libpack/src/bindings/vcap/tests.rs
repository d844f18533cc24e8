use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::bindings::Bindings;

const SERVICES: &str = r#"{
  "elephantsql": [{"name": "db", "label": "postgresql", "plan": "turtle", "tags": ["sql"],
    "credentials": {"host": "127.0.0.1", "port": 5432, "password": "canary \n", "replicas": [1, {"a": null}]}}],
  "user-provided": [
    {"name": "registry", "label": "user-provided", "credentials": {"type": "npmrc", ".npmrc": "registry=x"}},
    {"name": "registry", "label": "user-provided", "credentials": {"provider": "me"}},
    {"name": "../evil/./name", "label": "user-provided", "credentials": {"../up": "1", "..": "2", "a/b": "3", "ok": "4"}}
  ],
  "broken": {"name": "no list"}
}"#;

fn bindings(variables: &[(&str, &str)]) -> Bindings {
    let nowhere = tempfile::tempdir().unwrap();
    Bindings::read(&variables.iter().copied().collect(), nowhere.path()).unwrap()
}

fn start(variables: &[(&str, &str)], place: &Path) -> Result<BTreeMap<String, String>> {
    at_launch(&variables.iter().copied().collect(), place)
}

#[test]
fn services_are_bindings_with_their_credentials_as_entries() {
    let all = bindings(&[(TEXT, SERVICES)]);
    let names: Vec<_> = all.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["-..-evil-.-name", "db", "registry", "registry-2"]);
    let db = all.one("PostgreSQL").unwrap().unwrap();
    assert_eq!((db.kind.as_str(), db.provider.as_deref(), &db.dir), ("postgresql", Some("elephantsql"), &None));
    assert_eq!(db.entries(), ["host", "password", "port", "replicas"]);
    assert_eq!(db.require("port").unwrap().text().unwrap(), "5432");
    assert_eq!(db.require("password").unwrap().bytes(), b"canary \n");
    assert_eq!(db.require("replicas").unwrap().text().unwrap(), r#"[1,{"a":null}]"#);
    assert_eq!(all.warnings().len(), 4, "{:?}", all.warnings());
    assert!(!format!("{all:?}").contains("canary"));
}

#[test]
fn a_type_among_the_credentials_is_found_and_the_label_too() {
    let all = bindings(&[(TEXT, SERVICES)]);
    let found = all.one("npmrc").unwrap().unwrap();
    assert_eq!(found.name, "registry");
    assert!(found.require_path(".npmrc").unwrap().is_file(), "consumers that need a file get one");
    assert_eq!(all.of_type("user-provided").count(), 3);
    assert_eq!(all.one("user-provided").unwrap_err().id(), "binding/ambiguous");
}

#[test]
fn what_is_set_decides_and_folders_stand_before() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().display().to_string();
    fs::write(&place.path().join("a/type"), "x").unwrap();
    fs::write(&place.path().join("vcap.json"), SERVICES).unwrap();
    for name in [ROOT, "CNB_BINDINGS"] {
        let all = bindings(&[(name, &root), (TEXT, SERVICES)]);
        assert_eq!(all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["a"]);
        assert!(start(&[(name, &root), (TEXT, SERVICES)], place.path()).unwrap().is_empty());
    }
    let file = format!("{root}/vcap.json");
    assert_eq!(bindings(&[(FILE, &file)]).iter().count(), 4);
    assert_eq!(bindings(&[(FILE, &file), (TEXT, "")]).iter().count(), 0);
    let platform = tempfile::tempdir().unwrap();
    fs::write(&platform.path().join("bindings/p/type"), "x").unwrap();
    let read = |variables: Variables| Bindings::read(&variables, platform.path()).unwrap().iter().count();
    assert_eq!(read([(TEXT, "{}")].into_iter().collect()), 0);
    assert_eq!(read(Variables::default()), 1);
}

#[test]
fn at_launch_they_become_folders_that_only_the_app_reads() {
    let place = tempfile::tempdir().unwrap();
    let set = start(&[(TEXT, SERVICES)], place.path()).unwrap();
    let root = Path::new(&set[ROOT]);
    assert!(root.starts_with(place.path()));
    assert_eq!(std::fs::metadata(root).unwrap().permissions().mode() & 0o777, 0o700);
    let read = |path: &str| fs::read_text(&root.join(path)).unwrap();
    assert_eq!(
        [read("db/type"), read("db/provider"), read("db/port"), read("db/password")],
        ["postgresql", "elephantsql", "5432", "canary \n"]
    );
    assert_eq!([read("registry/type"), read("registry-2/provider")], ["npmrc", "me"]);
    assert_eq!(fs::list(&root.join("-..-evil-.-name")).unwrap(), ["ok", "provider", "type"]);
    let again: Variables = set.iter().collect();
    assert_eq!(Bindings::read_at_launch(&again).unwrap().one("postgresql").unwrap().unwrap().name, "db");
}

#[test]
fn without_services_nothing_is_made() {
    let place = tempfile::tempdir().unwrap();
    for variables in [vec![], vec![(TEXT, "")], vec![(TEXT, "{}")], vec![(TEXT, r#"{"a":[]}"#)]] {
        assert!(start(&variables, place.path()).unwrap().is_empty());
    }
    assert!(fs::list(place.path()).unwrap().is_empty());
}

#[test]
fn a_text_that_cannot_be_read_is_named_without_a_piece_of_it() {
    let place = tempfile::tempdir().unwrap();
    for text in [r#"{"a": ["canary" "x"]}"#, "[\"canary\"]", "\"canary\"", "canary"] {
        let error = start(&[(TEXT, text)], place.path()).unwrap_err();
        assert_eq!(error.id(), "binding/vcap-invalid");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    assert!(fs::list(place.path()).unwrap().is_empty(), "nothing half done stays");
}

#[test]
fn a_container_starts_where_nothing_can_be_written() {
    let variables: Variables = [(TEXT, SERVICES), ("TMPDIR", "/proc/nowhere")].into_iter().collect();
    assert!(helper(&variables).unwrap().is_empty());
}
