//! The environment layer: what components set, in their order, at build and at launch.

use libpack::component::{Buildpack, must};
use libpack::env::Scope;
use libpack::layer::Flags;
use libpack::testing::Rig;
use libpack::{Result, fs};

use super::{DESCRIPTOR, ID, rig, step};

#[test]
fn an_append_to_a_default_needs_a_second_folder_and_the_image_reads_both() {
    let mut rig = rig(|cx| {
        cx.env(Scope::Launch).default("WORDS", "zero").append("WORDS", "one", ":").set("HOME_OF", "/x");
        Ok(())
    });
    let built = rig.build().unwrap();
    assert_eq!(built.variable("WORDS"), "zero:one");
    insta::assert_snapshot!(built.tree(), @r"
    environment [launch]
      env.launch/HOME_OF.override = /x
      env.launch/WORDS.default = zero
    environment-2 [launch]
      env.launch/WORDS.append = one
      env.launch/WORDS.delim = :
    ");
    assert_eq!(built.environment(&[("WORDS", "mine")]).text("WORDS").unwrap(), "mine:one");
}

#[test]
fn a_default_after_an_append_fits_into_one_folder() {
    let mut rig = rig(|cx| {
        cx.env(Scope::Launch).append("WORDS", "one", ":").default("WORDS", "never");
        Ok(())
    });
    let built = rig.build().unwrap();
    assert!(built.layer("environment-2").is_none());
    assert_eq!(built.variable("WORDS"), "one");
    assert_eq!(built.environment(&[("WORDS", "")]).text("WORDS").unwrap(), "one");
}

#[test]
fn two_delimiters_of_one_variable_need_two_folders() {
    let mut rig = rig(|cx| {
        cx.env(Scope::Launch).append("OPTIONS", "-a", " ").append("OPTIONS", "-b", ",");
        Ok(())
    });
    let built = rig.build().unwrap();
    assert!(built.layer("environment-2").is_some());
    assert_eq!(built.environment(&[("OPTIONS", "-z")]).text("OPTIONS").unwrap(), "-z -a,-b");
}

#[test]
fn a_later_component_sees_what_an_earlier_one_set_as_the_image_will() {
    let first = step("first", |cx| {
        cx.env(Scope::Both).default("HOME_OF", "/one").prepend("PATH", "/one/bin", ":");
        cx.env(Scope::Launch).set("ONLY", "launch");
        Ok(())
    });
    let second = step("second", |cx| {
        cx.env(Scope::Both).default("HOME_OF", "/two");
        let seen = cx.environment();
        for name in ["HOME_OF", "PATH", "ONLY"] {
            cx.label(name, &seen.text(name).unwrap_or("none".to_owned()));
        }
        Ok(())
    });
    let mut rig = Rig::new(Buildpack::new(ID).group([must(first), must(second)]), DESCRIPTOR);
    let built = rig.build().unwrap();
    let labels = built.launch.labels();
    assert_eq!(labels["HOME_OF"], "/one");
    assert_eq!(labels["PATH"], "/one/bin:/usr/local/bin:/usr/bin:/bin");
    assert_eq!(labels["ONLY"], "none");
    assert_eq!(built.variable("HOME_OF"), "/one");
    assert_eq!(built.variable("ONLY"), "launch");
}

#[test]
fn a_changed_setting_takes_effect_without_remaking_the_heavy_layer() {
    let mut rig = rig(|cx| {
        cx.layer("heavy").create(|layer| fs::write(&layer.path().join("x"), "")).map(drop)?;
        cx.env(Scope::Launch).set("WORD", cx.setting("BP_WORD").unwrap());
        Ok(())
    });
    assert_eq!(rig.build().unwrap().variable("WORD"), "hello");
    let built = rig.env("BP_WORD", "bye").build().unwrap();
    assert_eq!(built.variable("WORD"), "bye");
    assert_eq!(built.reused(), ["heavy"]);
}

#[test]
fn build_variables_reach_other_buildpacks_only_with_a_layer_that_they_see() {
    let mut rig = rig(|cx| {
        let build = cx.setting("BP_BUILD").is_some();
        let flags = Flags { build, cache: false, launch: true };
        cx.layer("heavy").flags(flags).create(|layer| fs::write(&layer.path().join("x"), "")).map(drop)?;
        cx.env(Scope::Both).about("heavy").set("HEAVY_HOME", cx.layer_path("heavy"));
        Ok(())
    });
    insta::assert_snapshot!(rig.build().unwrap().tree(), @r"
    environment [launch]
      env.launch/HEAVY_HOME.override = /layers/heavy
    heavy [launch]
      x
    ");
    insta::assert_snapshot!(rig.env("BP_BUILD", "1").build().unwrap().tree(), @r"
    environment [build,launch]
      env.build/HEAVY_HOME.override = /layers/heavy
      env.launch/HEAVY_HOME.override = /layers/heavy
    heavy [build,launch]
      x
    ");
}

fn greet(variables: &libpack::world::Variables) -> Result<std::collections::BTreeMap<String, String>> {
    let name = variables.text("NAME").unwrap_or_default();
    Ok([("GREETING".to_owned(), format!("hello {name}"))].into())
}

fn shout(variables: &libpack::world::Variables) -> Result<std::collections::BTreeMap<String, String>> {
    let greeting = variables.text("GREETING").unwrap_or_default();
    Ok([("GREETING".to_owned(), format!("{}!", greeting.to_uppercase()))].into())
}

fn with_helpers() -> Rig {
    let both = step("both", |cx| {
        cx.helper("shout")?;
        cx.helper("greet")?;
        cx.helper("shout")
    });
    let buildpack = Buildpack::new(ID).group([must(both)]).helper("greet", greet).helper("shout", shout);
    Rig::new(buildpack, DESCRIPTOR)
}

#[test]
fn helpers_run_once_each_in_the_buildpacks_order_each_seeing_the_ones_before() {
    let mut rig = with_helpers();
    let built = rig.build().unwrap();
    assert_eq!(built.helpers(), ["greet", "shout"]);
    let started = rig.start(&built, &[("NAME", "app")]).unwrap();
    assert_eq!(started.text("GREETING").unwrap(), "HELLO APP!");
    assert!(built.log.contains("Running at launch: greet, shout"), "{}", built.log);
}

#[test]
fn one_executable_in_a_layer_of_its_own_serves_exec_d_by_a_relative_link() {
    let mut rig = with_helpers();
    let built = rig.build().unwrap();
    insta::assert_snapshot!(built.tree(), @r"
    environment [launch]
      exec.d/helper -> ../../helper/helper
      helpers
    helper [launch]
      helper*
    ");
    // The image leads there: layers move together.
    let link = rig.layers().join("environment/exec.d/helper");
    assert!(std::fs::canonicalize(link).unwrap().ends_with("layers/helper/helper"));
    assert_eq!(rig.build().unwrap().reused(), ["helper"]);
}

#[test]
fn another_executable_makes_only_the_helper_layer_anew() {
    let mut rig = with_helpers();
    rig.build().unwrap();
    let path = rig.buildpack_folder().join("buildpack.toml");
    fs::write(&path, "another release").unwrap();
    let built = rig.build().unwrap();
    assert!(built.reused().is_empty());
    assert_eq!(built.layer("helper").unwrap().text("helper").unwrap(), "another release");
}

#[test]
fn a_start_script_lies_on_the_path_and_is_written_at_every_build() {
    let mut rig = rig(|cx| {
        let script = cx.script("start-web", &format!("#!/bin/sh\necho {}\n", cx.setting("BP_WORD").unwrap()));
        cx.process(libpack::launch::Process::new("web", [script]).default());
        Ok(())
    });
    let built = rig.build().unwrap();
    assert_eq!(built.command("web"), "start-web");
    assert_eq!(built.tree(), "environment [launch]\n  bin/start-web*\n");
    let changed = rig.env("BP_WORD", "bye").build().unwrap();
    assert_eq!(changed.script("start-web").unwrap(), "#!/bin/sh\necho bye\n");
}

#[test]
fn a_build_that_leaves_nothing_has_no_environment_layer() {
    let mut rig = rig(|_| Ok(()));
    assert!(rig.build().unwrap().layers.is_empty());
}
