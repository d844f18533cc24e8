//! The first build: what runs, what it makes, and how it starts.

use libpack::testing::Neighbour;

use super::{MAIN, MOD, commands, go_archive, go_row, module_app, plain_app, rig};

#[test]
fn a_first_build_as_people_read_it() {
    let built = module_app().build().unwrap();
    insta::assert_snapshot!("first_build_log", built.log);
    insta::assert_snapshot!("first_build_layers", built.tree());
    insta::assert_snapshot!("first_build_launch", built.launch_text());
    assert_eq!(built.app_tree(), "", "the sources are gone");
}

#[test]
fn the_plan_speaks_paketos_names() {
    insta::assert_debug_snapshot!("plan_of_a_module", module_app().plan().unwrap()[0]);
}

#[test]
fn an_app_without_modules_is_built_below_a_gopath_and_called_workspace() {
    let built = plain_app().build().unwrap();
    assert_eq!(built.command("workspace"), "/layers/targets/bin/workspace");
    assert_eq!(built.command("web"), "/layers/targets/bin/workspace");
    assert!(built.children[0].env.text("GOPATH").is_some());
    assert_eq!(built.children[0].env.text("GO111MODULE").as_deref(), Some("auto"));
    let named = plain_app().env("BP_GO_BUILD_IMPORT_PATH", "example.com/other").build().unwrap();
    assert_eq!(named.command("other"), "/layers/targets/bin/other");
}

#[test]
fn the_root_of_a_second_major_version_starts_what_go_made() {
    // Paketo's process points to `v2`, which is not there (golang/go issue 26047).
    let mut rig = module_app();
    rig.file("go.mod", &MOD.replace("example.com/app", "example.com/app/v2"));
    let built = rig.build().unwrap();
    assert_eq!(built.command("web"), "/layers/targets/bin/app");
    assert_eq!(built.command("app"), "/layers/targets/bin/app");
    assert!(built.process("v2").is_none());
}

#[test]
fn every_program_becomes_a_process_and_the_first_one_is_web() {
    let mut rig = rig();
    rig.file("go.mod", MOD).file("cmd/script/main.go", MAIN).file("cmd/worker/main.go", MAIN);
    let built = rig.build().unwrap();
    assert_eq!(built.command("web"), "/layers/targets/bin/script");
    assert_eq!(built.command("worker"), "/layers/targets/bin/worker");
    let defaults: Vec<_> = built.launch.processes().iter().filter(|one| one.default).collect();
    assert_eq!(defaults.len(), 1);
    assert_eq!(defaults[0].kind, "web");
}

#[test]
fn a_program_called_web_is_web_wherever_it_stands() {
    let mut rig = rig();
    rig.file("go.mod", MOD).file("cmd/admin/main.go", MAIN).file("cmd/web/main.go", MAIN);
    let built = rig.build().unwrap();
    assert_eq!(built.command("web"), "/layers/targets/bin/web");
    assert!(built.process("web").unwrap().default);
}

#[test]
fn the_targets_setting_decides_order_and_default() {
    let mut rig = rig();
    rig.file("go.mod", MOD).file("first/main.go", MAIN).file("second/main.go", MAIN).file("third/main.go", MAIN);
    let built = rig.env("BP_GO_TARGETS", "second:./first").build().unwrap();
    assert_eq!(built.command("web"), "/layers/targets/bin/second");
    assert!(built.process("first").is_some() && built.process("third").is_none());
    assert!(built.ran[0].ends_with("./second ./first"), "{:?}", built.ran);
}

#[test]
fn a_target_that_is_no_program_gets_no_process() {
    // Paketo gives it one, which cannot start.
    let mut rig = rig();
    rig.file("go.mod", MOD).file("lib/lib.go", "package lib\n").file("tool/main.go", MAIN);
    let built = rig.env("BP_GO_TARGETS", "lib:tool").build().unwrap();
    assert!(built.process("lib").is_none());
    assert_eq!(built.command("web"), "/layers/targets/bin/tool");
}

#[test]
fn flags_reach_go_in_paketos_order() {
    let mut rig = module_app();
    rig.env("VALUE", "some-value").env("BP_GO_BUILD_FLAGS", "-buildmode=default -tags=paketo");
    let built = rig.env("BP_GO_BUILD_LDFLAGS", "-X main.variable=$VALUE").build().unwrap();
    assert_eq!(
        built.ran[0],
        "go build -o /layers/targets/bin -buildmode=default -tags=paketo -ldflags=-X main.variable=some-value -trimpath ."
    );
}

#[test]
fn an_image_without_a_libc_gets_an_executable_without_a_loader() {
    for (name, value) in [("CNB_STACK_ID", "io.buildpacks.stacks.noble.static"), ("CGO_ENABLED", "0")] {
        let built = module_app().env(name, value).build().unwrap();
        assert!(built.ran[0].contains("-buildmode default -trimpath"), "{:?}", built.ran);
        assert_eq!(built.children[0].env.text("CGO_ENABLED").as_deref(), Some("0"));
    }
}

#[test]
fn a_workspace_is_made_of_the_modules_that_the_setting_names() {
    let mut rig = rig();
    rig.file("cmd/cli/go.mod", "module example.com/binary\n\ngo 1.25\n").file("cmd/cli/main.go", MAIN);
    rig.file("go.mod", MOD);
    let built = rig.env("BP_GO_WORK_USE", "./cmd/cli").env("BP_GO_TARGETS", "./cmd/cli").build().unwrap();
    assert_eq!(commands(&built), ["go work", "go work", "go build"]);
    assert_eq!(built.command("web"), "/layers/targets/bin/binary");
}

#[test]
fn a_workspace_without_a_module_at_its_root_is_one() {
    // paketo-buildpacks/go-build issue 397.
    let mut rig = rig();
    rig.file("go.work", "go 1.25\n\nuse (\n\t./lib\n\t./web\n)\n");
    rig.file("lib/go.mod", "module example.com/lib\n\ngo 1.25\n").file("lib/lib.go", "package lib\n");
    rig.file("web/go.mod", "module example.com/web\n\ngo 1.25\n").file("web/main.go", MAIN);
    let built = rig.build().unwrap();
    assert_eq!(commands(&built), ["go build"]);
    assert_eq!(built.command("web"), "/layers/targets/bin/web");
    assert!(built.children[0].env.text("GO111MODULE").is_none());
}

#[test]
fn a_workdir_holds_for_everything() {
    // paketo-buildpacks/go-build issues 879 and 901.
    let mut rig = rig();
    rig.file("service/go.mod", "module example.com/service\n\ngo 1.26\n").file("service/main.go", MAIN);
    let built = rig.env("BP_GO_WORKDIR", "service").build().unwrap();
    assert!(built.log.contains("Using BP_GO_WORKDIR variable, build subdirectory is '/workspace/service'"));
    assert!(built.log.contains("Selected Go version (using go.mod): 1.26.7"), "{}", built.log);
    assert_eq!(built.command("web"), "/layers/targets/bin/service");
    assert!(built.children[0].cwd.ends_with("workspace/service"));
}

#[test]
fn live_reload_watches_the_app_and_the_program() {
    let mut rig = module_app();
    rig.after(Neighbour::new("acme/watchexec", &["watchexec"], vec![]));
    assert!(rig.env("BP_LIVE_RELOAD_ENABLED", "true").build().is_err(), "a later buildpack cannot provide it");
    let mut rig = module_app();
    rig.before(Neighbour::new("acme/watchexec", &["watchexec"], vec![]));
    let built = rig.env("BP_LIVE_RELOAD_ENABLED", "true").build().unwrap();
    insta::assert_snapshot!("live_reload", built.launch_text());
}

#[test]
fn a_borrowed_go_has_only_what_compiles() {
    let mut rig = rig();
    rig.no_dependencies().vendor(go_row("1.26.7"), go_archive("1.26.7").zst());
    rig.file("go.mod", MOD).file("main.go", MAIN);
    rig.exec.teach("go", |child| {
        let path = child.env.text("PATH").unwrap_or_default();
        let root = std::path::Path::new(path.split(':').next().unwrap()).parent().unwrap().to_path_buf();
        if child.args[0] == "build" {
            let tree = libpack::testing::tree(&root).join(" ");
            assert_eq!(tree, "bin/go* go.env pkg/tool/linux_amd64/compile* src/fmt/print.go");
        }
        super::go::go(child)
    });
    let built = rig.build().unwrap();
    assert!(!rig.layers().join("go").exists(), "nobody gets it");
    assert_eq!(built.layers.iter().filter(|layer| layer.name == "go").count(), 0);
}

#[test]
fn a_procfile_stands_above_our_processes() {
    let mut rig = module_app();
    let built = rig.file("Procfile", "web: app --port 8080\n").build().unwrap();
    assert!(built.process("app").is_some());
    assert_ne!(built.command("web"), "/layers/targets/bin/app");
}
