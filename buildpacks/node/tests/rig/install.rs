//! The modules: which command, where npm works, what the image gets.

use super::{PACKAGE, commands, lock, npm_app, plain_app, with_scripts};

#[test]
fn a_first_build_as_people_read_it() {
    let built = npm_app().build().unwrap();
    insta::assert_snapshot!("first_build_log", built.log);
    insta::assert_snapshot!("first_build_layers", built.tree());
    insta::assert_snapshot!("first_build_app", built.app_tree());
    insta::assert_snapshot!("first_build_launch", built.launch_text());
}

#[test]
fn the_plan_of_an_npm_app() {
    let alternatives = npm_app().plan().unwrap();
    let shown: Vec<_> = alternatives.iter().map(|one| format!("{:?}", one.provides)).collect();
    insta::assert_snapshot!(shown.join("\n"));
    let last = alternatives.last().unwrap();
    insta::assert_snapshot!(
        last.requires.iter().map(|one| format!("{} {}\n", one.name, one.metadata)).collect::<String>()
    );
}

#[test]
fn the_table_of_commands_by_what_the_app_brings() {
    for (with_lock, modules, cache, wanted) in [
        (false, false, false, vec!["npm install"]),
        (false, false, true, vec!["npm install"]),
        (false, true, false, vec!["npm list", "npm run-script", "npm rebuild", "npm run-script"]),
        (true, false, false, vec!["npm ci"]),
        (true, false, true, vec!["npm ci"]),
        (true, true, false, vec!["npm list", "npm run-script", "npm rebuild", "npm run-script"]),
        (true, true, true, vec!["npm ci"]),
    ] {
        let mut rig = npm_app();
        if !with_lock {
            rig.remove("package-lock.json");
        }
        if modules {
            rig.file("node_modules/express/index.js", "vendored");
        }
        if cache {
            rig.file("npm-cache/_cacache/x", "");
        }
        let built = rig.build().unwrap();
        assert_eq!(commands(&built), wanted, "lock {with_lock}, modules {modules}, cache {cache}");
        assert!(built.layer("launch-modules").unwrap().folder().join("node_modules/express").is_dir());
        assert!(!built.app.join("npm-cache").exists() || !cache, "{}", built.app_tree());
    }
}

#[test]
fn a_shrinkwrap_is_a_lock() {
    let mut rig = npm_app();
    rig.remove("package-lock.json").file("npm-shrinkwrap.json", &lock("5.1.0"));
    assert_eq!(commands(&rig.build().unwrap()), ["npm ci"]);
}

#[test]
fn without_a_lock_every_build_installs_and_says_so() {
    let mut rig = npm_app();
    rig.remove("package-lock.json");
    let first = rig.build().unwrap();
    assert!(first.log.contains("WARNING: There is no lock"), "{}", first.log);
    let again = rig.build().unwrap();
    assert_eq!(commands(&again), ["npm install"]);
    assert!(again.log.contains("without a lock every install may differ"), "{}", again.log);
}

#[test]
fn registry_packages_without_scripts_are_installed_in_the_layer_itself() {
    let built = npm_app().build().unwrap();
    assert!(built.children[0].cwd.ends_with("layers/launch-modules"), "{:?}", built.children[0].cwd);
    assert_eq!(
        built.layer("launch-modules").unwrap().tree().join("\n"),
        "node_modules/.cache -> /tmp/node_modules_cache\nnode_modules/express/index.js"
    );
}

#[test]
fn with_scripts_or_native_or_local_packages_npm_works_in_the_app() {
    let with_entry = |key: &str, value: serde_json::Value| {
        let mut lock: serde_json::Value = serde_json::from_str(&lock("5.1.0")).unwrap();
        lock["packages"]["node_modules/express"][key] = value;
        lock.to_string()
    };
    let scripted = with_scripts(r#"{"start":"node server.js","postinstall":"write made.txt"}"#);
    for (file, text) in [
        ("package.json", scripted.as_str()),
        ("package-lock.json", &with_entry("hasInstallScript", true.into())),
        ("package-lock.json", &with_entry("resolved", "file:vendor/express.tgz".into())),
        ("package-lock.json", &with_entry("resolved", "git+ssh://git.example/express".into())),
        ("binding.gyp", "{}"),
    ] {
        let built = npm_app().file(file, text).build().unwrap();
        assert!(built.children[0].cwd.ends_with("workspace"), "{file}: {:?}", built.children[0].cwd);
        assert_eq!(
            std::fs::read_link(built.app.join("node_modules")).unwrap().to_string_lossy(),
            "../layers/launch-modules/node_modules"
        );
        assert!(built.layer("launch-modules").unwrap().folder().join("node_modules/express/index.js").is_file());
    }
}

#[test]
fn development_modules_stay_out_unless_node_env_says_otherwise() {
    let has = |built: &libpack::testing::Built, name: &str| {
        built.layer("launch-modules").unwrap().folder().join("node_modules").join(name).exists()
    };
    let mut rig = npm_app();
    let built = rig.build().unwrap();
    assert!(has(&built, "express") && !has(&built, "typescript"));
    let development = rig.env("NODE_ENV", "development").build().unwrap();
    assert_eq!(commands(&development), ["npm ci"], "NODE_ENV shapes the modules");
    assert!(has(&development, "typescript"));
}

#[test]
fn the_sbom_of_the_modules_names_what_the_image_has() {
    let built = npm_app().build().unwrap();
    let sboms = &built.layer("launch-modules").unwrap().sboms;
    assert_eq!(sboms.len(), 3);
    for (ending, sbom) in sboms {
        let text = String::from_utf8_lossy(sbom);
        assert!(text.contains("pkg:npm/express@5.1.0"), "{ending}");
        assert!(!text.contains("typescript"), "{ending}");
    }
}

#[test]
fn vendored_modules_leave_the_app_and_are_rebuilt() {
    let mut rig = npm_app();
    rig.file("node_modules/express/index.js", "vendored").remove("package-lock.json");
    let built = rig.build().unwrap();
    assert_eq!(commands(&built)[2], "npm rebuild");
    assert!(built.ran[2].contains("--nodedir=/layers/node-headers"), "{:?}", built.ran);
    let layer = built.layer("launch-modules").unwrap();
    assert_eq!(layer.text("node_modules/express/index.js").unwrap(), "vendored");
    assert!(built.app.join("node_modules").is_symlink());
    assert!(rig.build().unwrap().reused().contains(&"launch-modules"));
    rig.file("node_modules/express/index.js", "edited");
    assert_eq!(commands(&rig.build().unwrap())[2], "npm rebuild");
}

#[test]
fn vendored_modules_without_a_manifest_stay_where_they_are() {
    let mut rig = plain_app();
    let built = rig.file("node_modules/express/index.js", "vendored").build().unwrap();
    assert!(built.ran.is_empty());
    assert_eq!(built.app_tree(), "node_modules/express/index.js\nserver.js");
}

#[test]
fn an_npm_cache_of_the_app_is_used_and_does_not_reach_the_image() {
    let mut rig = npm_app();
    let hex = "00".repeat(64);
    let file = format!("npm-cache/_cacache/content-v2/sha512/00/00/{}", &hex[4..]);
    let built = rig.file(&file, "archive").build().unwrap();
    assert!(built.log.contains("Using the npm-cache of the app"), "{}", built.log);
    assert!(built.log.contains("1 of them from the cache"), "{}", built.log);
    assert!(!built.app.join("npm-cache").exists());
    let again = rig.build().unwrap();
    super::assert_idle(&again);
    assert!(!again.app.join("npm-cache").exists());
}

#[test]
fn another_npm_lives_in_a_layer_of_its_own_and_the_app_stays_as_it_is() {
    let mut rig = npm_app();
    let built = rig.env("BP_NPM_VERSION", "10.9.0").build().unwrap();
    assert_eq!(commands(&built), ["npm install", "npm ci"]);
    assert!(built.ran[0].ends_with("npm@10.9.0"), "{:?}", built.ran);
    let path = built.children[1].env.text("PATH").unwrap();
    assert!(rig.normalise(&path).starts_with("/layers/npm/bin:/layers/node/bin:"), "{path}");
    assert_eq!(built.layer("npm").unwrap().tree(), ["bin/npm*"]);
    assert_eq!(std::fs::read_to_string(built.app.join("package.json")).unwrap(), PACKAGE);
    super::assert_idle(&rig.build().unwrap());
    let other = rig.env("BP_NPM_VERSION", "11.0.0").build().unwrap();
    assert_eq!(commands(&other), ["npm install", "npm ci"]);
}

#[test]
fn another_npm_comes_from_the_bound_registry() {
    let mut rig = npm_app();
    rig.binding("npm", "npmrc", &[(".npmrc", "registry=https://registry.example\n")]).env("BP_NPM_VERSION", "10.9.0");
    let built = rig.build().unwrap();
    let config = built.children[0].env.text("NPM_CONFIG_GLOBALCONFIG").unwrap_or_default();
    assert!(config.ends_with("bindings/npm/.npmrc"), "{config:?}");
}

#[test]
fn a_project_below_the_app_has_its_modules_there() {
    let mut rig = super::rig();
    rig.file("server/package.json", PACKAGE)
        .file("server/package-lock.json", &lock("5.1.0"))
        .file("server/server.js", "");
    let built = rig.env("BP_NODE_PROJECT_PATH", "./server").build().unwrap();
    insta::assert_snapshot!(built.app_tree());
    assert_eq!(built.variable("NODE_PROJECT_PATH"), "/workspace/server");
    super::assert_idle(&rig.build().unwrap());
}

#[test]
fn the_cache_of_tools_leads_to_a_temporary_folder_unless_it_is_to_be_kept() {
    let mut rig = npm_app();
    let cache =
        |built: &libpack::testing::Built| built.layer("launch-modules").unwrap().folder().join("node_modules/.cache");
    assert!(cache(&rig.build().unwrap()).is_symlink());
    let kept = rig.env("BP_KEEP_NODE_BUILD_CACHE", "true").build().unwrap();
    assert!(!cache(&kept).is_symlink());
    assert!(!kept.helpers().contains(&"module-cache".to_owned()));
    assert_eq!(rig.build().unwrap().reused(), ["helper", "launch-modules", "node"]);
}

#[test]
fn a_kept_cache_keeps_what_a_script_put_there() {
    let mut rig = npm_app();
    rig.file(
        "package.json",
        &with_scripts(r#"{"start":"node server.js","postinstall":"write node_modules/.cache/x"}"#),
    );
    let built = rig.build().unwrap();
    let tree = built.layer("launch-modules").unwrap().tree();
    assert!(tree.contains(&"node_modules/.cache -> /tmp/node_modules_cache".to_owned()), "{tree:?}");
}

#[test]
fn another_managers_lock_is_left_to_others() {
    let mut rig = npm_app();
    rig.remove("package-lock.json").file("yarn.lock", "");
    assert_eq!(rig.env("BP_LOG_LEVEL", "DEBUG").build().err().map(|error| error.id()), Some("rig/no-group"));
}

#[test]
fn fields_of_a_foreign_type_are_warned_about() {
    let mut rig = npm_app();
    let odd = PACKAGE.replace("\"name\":\"app\"", r#""name":"app","engines":["node >= 0.8"]"#);
    let built = rig.file("package.json", &odd).build().unwrap();
    assert!(built.log.contains("WARNING: package.json: \"engines\" is a list"), "{}", built.log);
}

#[test]
fn a_bill_of_materials_can_be_switched_off_and_on_again() {
    let mut rig = npm_app();
    rig.build().unwrap();
    let off = rig.env("BP_DISABLE_SBOM", "true").build().unwrap();
    assert!(off.layers.iter().all(|layer| layer.sboms.is_empty()));
    assert!(!off.log.contains("Generating SBOM"), "{}", off.log);
    super::assert_idle(&rig.build().unwrap());
    let on = rig.unset("BP_DISABLE_SBOM").build().unwrap();
    assert_eq!(on.layer("launch-modules").unwrap().sboms.len(), 3);
    assert_eq!(on.layer("node").unwrap().sboms.len(), 3);
}
