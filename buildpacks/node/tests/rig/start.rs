//! How the image starts.

use libpack::testing::{Built, Neighbour, Rig};

use super::{npm_app, plain_app, with_scripts};

fn started(scripts: &str) -> Built {
    npm_app().file("package.json", &with_scripts(scripts)).build().unwrap()
}

#[test]
fn a_plain_line_runs_as_it_is_without_npm() {
    let built = started(r#"{"start":"node --enable-source-maps server.js"}"#);
    assert_eq!(built.command("web"), "node --enable-source-maps server.js");
    assert!(built.process("web").unwrap().default);
    assert_eq!(built.script("start-web"), None);
}

#[test]
fn anything_else_becomes_a_script_and_the_command_is_its_name() {
    for line in [
        r#"{"start":"node a.js && node b.js"}"#,
        r#"{"start":"PORT=$PORT node server.js"}"#,
        r#"{"start":"node 'my server.js'"}"#,
        r#"{"prestart":"echo before","start":"node server.js"}"#,
        r#"{"start":"node server.js","poststart":"echo after"}"#,
        r#"{"start":"cd dist"}"#,
    ] {
        let built = started(line);
        assert_eq!(built.command("web"), "start-web", "{line}");
        assert!(built.script("start-web").unwrap().starts_with("#!/bin/sh\n"), "{line}");
    }
}

#[test]
fn a_start_line_with_all_three_scripts_as_people_read_it() {
    let built = started(r#"{"prestart":"echo a","start":"node server.js --name 'it is'","poststart":"echo c"}"#);
    let line = "Start script: echo a && node server.js --name 'it is' && echo c";
    assert!(built.log.contains(line), "{}", built.log);
    let script = built.script("start-web").unwrap();
    let runs: Vec<_> = script.lines().filter(|line| line.starts_with("run ")).collect();
    insta::assert_snapshot!(runs.join("\n"));
}

#[test]
fn an_app_file_called_start_sh_is_run_and_not_overwritten() {
    let mut rig = npm_app();
    rig.file("package.json", &with_scripts(r#"{"start":"sh start.sh"}"#)).file("start.sh", "exec node server.js\n");
    let built = rig.build().unwrap();
    assert_eq!(built.command("web"), "sh start.sh");
    assert_eq!(std::fs::read_to_string(built.app.join("start.sh")).unwrap(), "exec node server.js\n");
}

#[test]
fn the_setting_names_another_script_and_prestart_still_runs_before_it() {
    let mut rig = npm_app();
    rig.file("package.json", &with_scripts(r#"{"prestart":"echo a","start":"node x.js","serve:dev":"node y.js"}"#));
    let built = rig.env("BP_NPM_START_SCRIPT", "serve:dev").build().unwrap();
    assert!(built.log.contains("Start script: echo a && node y.js"), "{}", built.log);
}

#[test]
fn without_a_start_script_the_file_is_started() {
    let built = started("{}");
    assert_eq!(built.command("web"), "node server.js");
}

#[test]
fn a_plain_app_starts_by_its_file_in_the_order_of_names() {
    let mut rig = super::rig();
    for (file, command) in [
        ("index.mjs", "node index.mjs"),
        ("main.cjs", "node main.cjs"),
        ("app.js", "node app.js"),
        ("server.js", "node server.js"),
    ] {
        assert_eq!(rig.file(file, "").build().unwrap().command("web"), command);
    }
}

#[test]
fn a_launchpoint_beats_every_name() {
    let mut rig = plain_app();
    rig.file("src/launch.js", "").env("BP_LAUNCHPOINT", "./src/launch.js");
    assert_eq!(rig.build().unwrap().command("web"), "node src/launch.js");
}

#[test]
fn a_launchpoint_that_a_build_script_makes_need_not_be_there() {
    let mut rig = plain_app();
    rig.env("BP_LAUNCHPOINT", "dist/main.js").env("BP_VERIFY_LAUNCHPOINT", "false");
    assert_eq!(rig.build().unwrap().command("web"), "node dist/main.js");
}

#[test]
fn a_file_whose_name_a_shell_would_split_is_started_by_a_script() {
    let mut rig = plain_app();
    rig.file("my server.js", "").env("BP_LAUNCHPOINT", "my server.js");
    let built = rig.build().unwrap();
    assert_eq!(built.command("web"), "start-web");
    assert_eq!(built.script("start-web").unwrap(), "#!/bin/sh\nexec 'node' 'my server.js' \"$@\"\n");
}

#[test]
fn a_project_below_the_app_starts_there() {
    let mut rig = super::rig();
    rig.file("web/server.js", "").env("BP_NODE_PROJECT_PATH", "web");
    assert_eq!(rig.build().unwrap().command("web"), "node web/server.js");
    rig.file("web/package.json", r#"{"name":"web","scripts":{"start":"node server.js"}}"#);
    let built = rig.build().unwrap();
    assert_eq!(built.command("web"), "start-web");
    assert!(built.script("start-web").unwrap().contains("cd './web' || exit 1"));
}

#[test]
fn a_procfile_alone_is_a_reason_for_node() {
    let mut rig = super::rig();
    rig.file("Procfile", "worker: node jobs.js\nrelease: ./migrate.sh\n");
    let built = rig.build().unwrap();
    assert!(built.layer("node").unwrap().flags.launch);
    insta::assert_snapshot!(built.launch_text());
    let mut other = super::rig();
    assert_eq!(other.file("Procfile", "web: ./app\n").build().unwrap_err().id(), "rig/no-group");
}

#[test]
fn a_procfile_beats_the_start_script_which_beats_the_file() {
    let mut rig = npm_app();
    rig.file("package.json", &with_scripts(r#"{"start":"node from-script.js"}"#));
    assert_eq!(rig.build().unwrap().command("web"), "node from-script.js");
    rig.file("Procfile", "web: node from-procfile.js\nworker: node 'a b.js'\n");
    let built = rig.build().unwrap();
    insta::assert_snapshot!(built.launch_text());
    assert!(built.script("start-worker").unwrap().contains("a b.js"));
}

fn with_runners(rig: &mut Rig) -> &mut Rig {
    for program in ["watchexec", "tini"] {
        rig.before(Neighbour::new(&format!("acme/{program}"), &[program], Vec::new()).optional());
    }
    rig
}

#[test]
fn live_reload_wraps_the_command_and_keeps_it_beside() {
    for (mut rig, name) in [(npm_app(), "npm"), (plain_app(), "plain")] {
        let built = with_runners(&mut rig).env("BP_LIVE_RELOAD_ENABLED", "true").build().unwrap();
        insta::assert_snapshot!(format!("live_reload_{name}"), built.launch_text());
    }
}

#[test]
fn tini_stands_before_the_command_also_below_live_reload() {
    let mut rig = npm_app();
    let built = with_runners(&mut rig).env("BP_LAUNCH_WITH_TINI", "true").build().unwrap();
    assert_eq!(built.command("web"), "tini -g -- node server.js");
    let both = rig.env("BP_LIVE_RELOAD_ENABLED", "true").build().unwrap();
    insta::assert_snapshot!(both.launch_text());
}

#[test]
fn without_anybody_who_has_tini_the_group_does_not_pass() {
    let mut rig = npm_app();
    assert_eq!(rig.env("BP_LAUNCH_WITH_TINI", "true").build().unwrap_err().id(), "rig/no-group");
}

#[test]
fn changed_start_lines_take_effect_without_an_install() {
    let mut rig = npm_app();
    rig.build().unwrap();
    let built = rig.file("Procfile", "web: node other.js\n").build().unwrap();
    super::assert_idle(&built);
    assert_eq!(built.command("web"), "node other.js");
}

#[test]
fn what_the_image_sets_for_an_npm_app() {
    let built = npm_app().build().unwrap();
    let shown: Vec<_> = ["NODE_HOME", "NODE_ENV", "NODE_OPTIONS", "NODE_VERBOSE", "NPM_CONFIG_LOGLEVEL", "PATH"]
        .map(|name| format!("{name}={}", built.variable(name)))
        .into();
    insta::assert_snapshot!(shown.join("\n"));
    assert_eq!(built.helpers(), ["ca-certificates-helper", "optimize-memory", "inspector", "module-cache"]);
}

#[test]
fn the_inspector_and_the_heap_are_set_when_the_container_starts() {
    let mut rig = plain_app();
    let built = rig.build().unwrap();
    let options = |given: &[(&str, &str)]| {
        let given: Vec<_> = given.iter().copied().chain([("MEMORY_AVAILABLE", "134217728")]).collect();
        rig.start(&built, &given).unwrap().text("NODE_OPTIONS").unwrap()
    };
    assert_eq!(options(&[]), "--use-openssl-ca");
    assert_eq!(options(&[("BPL_DEBUG_ENABLED", "true")]), "--use-openssl-ca --inspect");
    let port = [("BPL_DEBUG_ENABLED", "true"), ("BPL_DEBUG_PORT", "9000"), ("NODE_OPTIONS", "--no-warnings")];
    assert_eq!(options(&port), "--no-warnings --inspect=127.0.0.1:9000");
    let heap = [("OPTIMIZE_MEMORY", ""), ("NODE_OPTIONS", "--no-warnings")];
    assert_eq!(options(&heap), "--no-warnings --max_old_space_size=96");
}
