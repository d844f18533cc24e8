//! What is wrong, said in one line with the next step. Every id of the buildpack has a story here.

use libpack::testing::{Archive, Rig};

use super::{PACKAGE, failure, lock, node_archive, node_row, npm_app, plain_app, rig, with_scripts};

const END: &str = "2028-04-30T00:00:00Z";

macro_rules! says {
    ($name:ident, $rig:expr) => {
        #[test]
        fn $name() {
            let mut rig: Rig = $rig;
            insta::assert_snapshot!(failure(&mut rig));
        }
    };
}

fn changed(mut rig: Rig, change: impl FnOnce(&mut Rig)) -> Rig {
    change(&mut rig);
    rig
}

fn with_file(rig: Rig, path: &str, text: &str) -> Rig {
    changed(rig, |rig| {
        rig.file(path, text);
    })
}

fn with_env(rig: Rig, name: &str, value: &str) -> Rig {
    changed(rig, |rig| {
        rig.env(name, value);
    })
}

/// A plain app whose only Node.js is this archive, served as it is.
fn with_archive(archive: Vec<u8>) -> Rig {
    changed(plain_app(), |rig| {
        rig.no_dependencies().offer(node_row("24.18.1", END), archive);
    })
}

fn served(bytes: Vec<u8>) -> Rig {
    changed(with_archive(node_archive("24.18.1").zst()), |rig| {
        rig.fetch.serve(&node_row("24.18.1", END).uri(), bytes);
    })
}

says!(a_manifest_with_a_comma_too_many, with_file(npm_app(), "package.json", "{\n  \"name\": \"app\",\n}"));
says!(a_manifest_with_a_merge_conflict, with_file(npm_app(), "package.json", "<<<<<<< HEAD\n{}"));
says!(an_empty_manifest, with_file(npm_app(), "package.json", ""));
says!(a_manifest_that_is_a_list, with_file(npm_app(), "package.json", "[1, 2]"));
says!(
    engines_that_no_version_satisfies,
    with_file(
        npm_app(),
        "package.json",
        &PACKAGE.replace("\"dependencies\"", r#""engines":{"node":"^19.1"},"dependencies""#)
    )
);
says!(
    engines_that_are_no_constraint,
    with_file(
        npm_app(),
        "package.json",
        &PACKAGE.replace("\"dependencies\"", r#""engines":{"node":"latest"},"dependencies""#)
    )
);
says!(a_setting_that_is_no_constraint, with_env(plain_app(), "BP_NODE_VERSION", "twenty"));
says!(an_nvmrc_with_an_alias_that_nobody_knows, with_file(plain_app(), ".nvmrc", "lts/unobtainium"));
says!(an_nvmrc_that_is_empty, with_file(plain_app(), ".nvmrc", "\n"));
says!(an_nvmrc_with_two_versions, with_file(plain_app(), ".nvmrc", "22\n24\n"));
says!(an_nvmrc_that_is_no_version, with_file(plain_app(), ".nvmrc", "24.x.y.z"));
says!(a_node_version_with_an_alias, with_file(plain_app(), ".node-version", "lts/*"));
says!(a_download_with_another_checksum, served(b"<html>please log in</html>".to_vec()));
says!(a_download_that_broke_off, {
    let mut half = node_archive("24.18.1").zst();
    half.truncate(half.len() / 2);
    served(half)
});
says!(
    a_download_site_that_does_not_answer,
    changed(plain_app(), |rig| {
        rig.no_dependencies().offer(node_row("24.18.1", END), node_archive("24.18.1").zst());
        rig.fetch = std::sync::Arc::default();
    })
);
says!(an_archive_that_climbs_out_of_its_root, with_archive(Archive::new().file("node/../../../evil", "x").zst()));
says!(an_archive_that_is_damaged_though_its_checksum_holds, {
    let mut half = node_archive("24.18.1").zst();
    half.truncate(half.len() / 2);
    with_archive(half)
});
says!(a_row_whose_archive_is_none, with_archive(b"#!/bin/sh\n".to_vec()));
says!(
    a_vendored_archive_that_is_damaged,
    changed(plain_app(), |rig| {
        rig.no_dependencies().vendor(node_row("24.18.1", END), node_archive("24.18.1").zst());
        let folder = rig.buildpack_folder().join("dependencies");
        let name = libpack::fs::list(&folder).unwrap().remove(0);
        libpack::fs::write(&folder.join(name), "damaged").unwrap();
    })
);
says!(
    a_row_that_cannot_be_read,
    changed(plain_app(), |rig| {
        rig.no_dependencies().offer(node_row("24.18.1", END).set("checksum", "md5:1234"), "x");
    })
);
says!(
    two_rows_for_one_version,
    changed(plain_app(), |rig| {
        rig.no_dependencies().offer(node_row("24.18.1", END), "x").offer(node_row("24.18.1", END), "y");
    })
);
says!(a_project_that_is_missing, with_env(plain_app(), "BP_NODE_PROJECT_PATH", "frontend"));
says!(a_project_outside_of_the_app, with_env(plain_app(), "BP_NODE_PROJECT_PATH", "../elsewhere"));
says!(a_lock_out_of_step, with_file(npm_app(), "package-lock.json", &lock("4.0.0")));
says!(a_lock_that_is_no_json, with_file(npm_app(), "package-lock.json", "<<<<<<< HEAD"));
says!(
    two_bindings_for_npm,
    changed(npm_app(), |rig| {
        rig.binding("one", "npmrc", &[(".npmrc", "")]).binding("two", "npmrc", &[(".npmrc", "")]);
    })
);
says!(
    a_binding_for_npm_without_its_file,
    changed(npm_app(), |rig| {
        rig.binding("one", "npmrc", &[("npmrc", "")]);
    })
);
says!(live_reload_that_is_no_boolean, with_env(plain_app(), "BP_LIVE_RELOAD_ENABLED", "yes"));
says!(tini_that_is_no_boolean, with_env(npm_app(), "BP_LAUNCH_WITH_TINI", "on"));
says!(a_start_script_that_does_not_exist, with_env(npm_app(), "BP_NPM_START_SCRIPT", "serve"));
says!(a_launchpoint_that_does_not_exist, with_env(plain_app(), "BP_LAUNCHPOINT", "src/none.js"));
says!(a_launchpoint_outside_of_the_app, with_env(plain_app(), "BP_LAUNCHPOINT", "../none.js"));
says!(a_procfile_without_a_command, with_file(plain_app(), "Procfile", "web:\n"));
says!(
    a_procfile_that_is_a_program,
    changed(plain_app(), |rig| {
        libpack::fs::write(&rig.app().join("Procfile"), b"\x7fELF\0\0").unwrap();
    })
);
says!(a_procfile_that_is_a_folder, with_file(plain_app(), "Procfile/web", "node"));
says!(
    a_procfile_with_a_line_without_end,
    with_file(plain_app(), "Procfile", &format!("web: node {}", "x".repeat(70_000)))
);
says!(a_procfile_of_five_megabytes, with_file(plain_app(), "Procfile", &"# comment\n".repeat(500_000)));
says!(a_procfile_that_needs_a_shell_where_there_is_none, {
    let rig = with_file(plain_app(), "Procfile", "web: node 'server.js\n");
    with_env(rig, "BP_DIRECT_PROCESS", "true")
});
says!(a_default_process_of_blanks, with_env(plain_app(), "BP_PROCFILE_DEFAULT_PROCESS", "  "));
says!(an_npm_that_the_registry_does_not_have, with_env(npm_app(), "BP_NPM_VERSION", "99"));
says!(
    modules_with_a_dependency_missing,
    changed(npm_app(), |rig| {
        rig.remove("package-lock.json").file("node_modules/left/index.js", "");
    })
);
says!(
    modules_that_do_not_compile,
    changed(npm_app(), |rig| {
        rig.file("node_modules/express/index.js", "").file("node_modules/broken/binding.gyp", "");
    })
);
says!(
    vendored_and_a_preinstall_script_that_fails,
    changed(npm_app(), |rig| {
        rig.file("node_modules/express/index.js", "");
        rig.file("package.json", &with_scripts(r#"{"start":"node server.js","preinstall":"fail"}"#));
    })
);
says!(
    vendored_and_a_postinstall_script_that_fails,
    changed(npm_app(), |rig| {
        rig.file("node_modules/express/index.js", "");
        rig.file("package.json", &with_scripts(r#"{"start":"node server.js","postinstall":"fail"}"#));
    })
);
says!(
    an_install_script_that_fails_without_a_lock,
    changed(npm_app(), |rig| {
        rig.remove("package-lock.json");
        rig.file("package.json", &with_scripts(r#"{"start":"node server.js","postinstall":"fail"}"#));
    })
);
says!(
    a_prune_that_fails,
    changed(npm_app(), |rig| {
        rig.file("prune-fails", "");
        let wants = libpack::plan::Require::new("node_modules").build();
        rig.after(libpack::testing::Neighbour::new("acme/bundler", &[], vec![wants]));
    })
);
says!(
    a_registry_that_wants_a_login,
    changed(npm_app(), |rig| {
        rig.exec.teach("npm", |_| libpack::world::Outcome { code: 1, output: "npm error code E401\n".to_owned() });
    })
);
says!(
    certificates_that_are_none,
    changed(plain_app(), |rig| {
        rig.binding("ca", "ca-certificates", &[("ca.pem", "not a certificate")]);
    })
);
says!(an_app_that_is_not_for_us, with_file(rig(), "main.go", ""));

/// Errors of helpers stop a container, so they say what to set.
fn starts(given: &[(&str, &str)]) -> String {
    let mut rig = plain_app();
    let built = rig.build().unwrap();
    let given: Vec<_> = given.iter().copied().chain([("MEMORY_AVAILABLE", "134217728")]).collect();
    let given: Vec<_> = given.into_iter().rev().collect();
    match rig.start(&built, &given) {
        Ok(variables) => format!("started with NODE_OPTIONS={}", variables.text("NODE_OPTIONS").unwrap_or_default()),
        Err(error) => libpack::report::report(&error),
    }
}

#[test]
fn a_heap_share_that_is_none() {
    insta::assert_snapshot!(starts(&[("OPTIMIZE_MEMORY", "true"), ("BPL_NODE_HEAP_PERCENT", "most")]));
}

#[test]
fn an_amount_of_memory_that_is_none() {
    insta::assert_snapshot!(starts(&[("MEMORY_AVAILABLE", "plenty")]));
}

#[test]
fn an_inspector_port_that_is_none() {
    insta::assert_snapshot!(starts(&[("BPL_DEBUG_ENABLED", "true"), ("BPL_DEBUG_PORT", "http")]));
}

#[test]
fn an_inspector_host_that_is_none() {
    insta::assert_snapshot!(starts(&[("BPL_DEBUG_ENABLED", "true"), ("BPL_DEBUG_HOST", "a b")]));
}
