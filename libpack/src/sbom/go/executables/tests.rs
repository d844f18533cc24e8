use super::*;
use crate::sbom::{Sbom, Subject};

fn module(path: &str, version: &str, sum: Option<&str>) -> Module {
    Module { path: path.to_owned(), version: version.to_owned(), sum: sum.map(str::to_owned), replace: None }
}

fn replaced(path: &str, by: Module) -> Module {
    Module { replace: Some(Box::new(by)), ..module(path, "v1.0.0", None) }
}

fn shop(settings: &[(&str, &str)]) -> BuildInfo {
    let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    BuildInfo {
        go_version: "go1.26.7".to_owned(),
        path: "example.com/shop/cmd/web".to_owned(),
        main: Some(module("example.com/shop", "(devel)", None)),
        modules: vec![module("a.b/c", "v1.2.0", Some("h1:c="))],
        settings,
    }
}

fn purls(infos: &[(&str, &BuildInfo)]) -> Vec<String> {
    let sbom = Sbom::new(Subject::directory("/bin"), from_executables(infos.iter().copied()));
    sbom.components().iter().map(|one| one.package_url().unwrap_or_default().to_owned()).collect()
}

fn main_version(settings: &[(&str, &str)]) -> String {
    main(&shop(settings), "bin/web").unwrap().version().to_owned()
}

#[test]
fn modules_the_main_module_and_the_standard_library_are_listed() {
    let info = shop(&[("GOARCH", "amd64")]);
    assert_eq!(
        purls(&[("web", &info)]),
        ["pkg:golang/a.b/c@v1.2.0", "pkg:golang/example.com/shop", "pkg:golang/stdlib@1.26.7"]
    );
    let catalog = from_executables([("web", &info)]);
    let main = catalog.components.iter().find(|one| one.name() == "example.com/shop").unwrap();
    assert_eq!((catalog.direct.as_slice(), main.depends_on.len()), ([main.id()].as_slice(), 2));
    assert_eq!(
        main.metadata.as_ref().unwrap().fields["goBuildSettings"],
        json!([{ "key": "GOARCH", "value": "amd64" }])
    );
    let stdlib = catalog.components.iter().find(|one| one.name() == "stdlib").unwrap();
    assert_eq!((stdlib.version(), stdlib.cpes[0].as_str()), ("go1.26.7", "cpe:2.3:a:golang:go:1.26.7:-:*:*:*:*:*:*"));
}

#[test]
fn a_replacement_from_elsewhere_is_what_is_linked_and_a_folder_has_no_version() {
    let mut info = shop(&[]);
    info.modules = vec![
        replaced("a.b/far", module("fork.example/far", "v1.0.1", Some("h1:far="))),
        replaced("a.b/near", module("./near", "(devel)", None)),
    ];
    let catalog = from_executables([("web", &info)]);
    let of = |name: &str| catalog.components.iter().find(|one| one.name() == name);
    assert_eq!(of("fork.example/far").unwrap().metadata.as_ref().unwrap().fields["h1Digest"], "h1:far=");
    assert_eq!(of("a.b/near").unwrap().package_url(), Some("pkg:golang/a.b/near"));
    assert!(of("a.b/far").is_none() && of("./near").is_none());
}

#[test]
fn the_main_modules_version_is_the_first_that_is_known() {
    let commit = [("vcs.revision", "0123456789abcdef0123"), ("vcs.time", "2026-02-03T04:05:06Z")];
    assert_eq!(main_version(&[]), "");
    assert_eq!(main_version(&commit), "v0.0.0-20260203040506-0123456789ab");
    let flags = |flags| main_version(&[commit[0], commit[1], ("-ldflags", flags)]);
    for one in
        ["-s -X main.version=1.4.2", "-X 'main.Version=v1.4.2' -w", "-X \"example.com/shop/build.appVersion=1.4.2\""]
    {
        assert_eq!(flags(one), "v1.4.2", "{one}");
    }
    for one in [
        "-X main.version=dev",
        "-X example.com/shopping.version=1.4.2",
        "-X a.b/c.version=1.4.2",
        "-X main.commit=1.4.2",
        "-X main.version=",
        "-s -w",
    ] {
        assert_eq!(flags(one), "v0.0.0-20260203040506-0123456789ab", "{one}");
    }
    assert_eq!(main_version(&[("vcs.revision", "abc"), ("vcs.time", "yesterday")]), "");
    let mut tagged = shop(&[("-ldflags", "-X main.version=1.4.2")]);
    tagged.main = Some(module("example.com/shop", "v2.0.0", None));
    assert_eq!(main(&tagged, "web").unwrap().version(), "v2.0.0");
}

#[test]
fn several_executables_share_their_modules_and_keep_their_places() {
    let web = shop(&[]);
    let mut worker = BuildInfo { path: "example.com/shop/cmd/worker".to_owned(), ..shop(&[]) };
    worker.modules.push(module("a.b/d", "v0.1.0", None));
    let sbom = |order: [(&'static str, &BuildInfo); 2]| Sbom::new(Subject::directory("/bin"), from_executables(order));
    let one = sbom([("web", &web), ("worker", &worker)]);
    assert_eq!(one, sbom([("worker", &worker), ("web", &web)]));
    let places: Vec<_> = one.components().iter().map(|one| (one.name(), one.locations.join(" "))).collect();
    let both = || "web worker".to_owned();
    assert_eq!(
        places,
        [("a.b/c", both()), ("a.b/d", "worker".to_owned()), ("example.com/shop", both()), ("stdlib", both())]
    );
}

#[test]
fn an_app_without_modules_stands_under_its_import_path() {
    let info = BuildInfo { go_version: "go1.27rc1 X:arenas".into(), path: "workspace".into(), ..BuildInfo::default() };
    assert_eq!(purls(&[("workspace", &info)]), ["pkg:golang/stdlib@1.27rc1", "pkg:golang/workspace"]);
    let stdlib = stdlib(&info, "workspace").unwrap();
    assert_eq!(stdlib.cpes, ["cpe:2.3:a:golang:go:1.27:rc1:*:*:*:*:*:*"]);
    let nameless = BuildInfo { path: String::new(), ..info };
    assert_eq!(purls(&[("x", &nameless)]), ["pkg:golang/stdlib@1.27rc1"]);
    let unversioned = BuildInfo { go_version: "devel +abc".into(), ..nameless };
    assert!(purls(&[("x", &unversioned)]).is_empty());
}
