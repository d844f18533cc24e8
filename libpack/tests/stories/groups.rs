//! Groups of components, and other buildpacks beside ours.

use libpack::Result;
use libpack::component::{Buildpack, Component, Verdict, may, must};
use libpack::components::procfile::ProcfileComponent;
use libpack::context::{BuildCx, DetectCx};
use libpack::plan::{Plan, Require};
use libpack::testing::{Built, Neighbour, Rig};

use super::{DESCRIPTOR, ID, Step, step};

/// Joins when the app has the file, and leaves its name as a label.
struct Wants {
    name: &'static str,
    file: &'static str,
    plan: Plan,
}

impl Component for Wants {
    fn name(&self) -> &'static str {
        self.name
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        if cx.app().join(self.file).is_file() {
            Ok(self.plan.clone().into())
        } else {
            Ok(Verdict::decline(format!("there is no {}", self.file)))
        }
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        cx.label(self.name, "built");
        Ok(())
    }
}

fn wants(name: &'static str, file: &'static str) -> Wants {
    Wants { name, file, plan: Plan::new() }
}

fn labels(built: &Built) -> Vec<&str> {
    built.launch.labels().keys().map(String::as_str).collect()
}

#[test]
fn the_first_group_whose_required_components_join_wins() {
    let buildpack = || {
        Buildpack::new(ID)
            .group([must(wants("engine", "a")), must(wants("install", "b")), may(wants("start", "c"))])
            .group([must(wants("engine", "a")), must(wants("plain", "d"))])
    };
    let built = |files: &[&str]| {
        let mut rig = Rig::new(buildpack(), DESCRIPTOR);
        for file in files {
            rig.file(file, "");
        }
        rig.build()
    };
    assert_eq!(labels(&built(&["a", "b"]).unwrap()), ["engine", "install"]);
    assert_eq!(labels(&built(&["a", "b", "c", "d"]).unwrap()), ["engine", "install", "start"]);
    assert_eq!(labels(&built(&["a", "d"]).unwrap()), ["engine", "plain"]);
    assert_eq!(built(&["b", "d"]).unwrap_err().id(), "rig/no-group");
}

#[test]
fn who_stays_away_says_why_when_somebody_wants_to_know() {
    let mut rig =
        Rig::new(Buildpack::new(ID).group([must(wants("engine", "a")), may(wants("start", "c"))]), DESCRIPTOR);
    let built = rig.file("a", "").env("BP_LOG_LEVEL", "DEBUG").build().unwrap();
    assert!(built.log.contains("start stays away: there is no c"), "{}", built.log);
}

#[test]
fn a_provider_group_serves_others_and_leaves_an_app_alone_that_nobody_wants_it_for() {
    let engine = |file| Wants { name: "engine", file, plan: Plan::new().alternatives([&[], &["engine"]]) };
    let buildpack = || Buildpack::new(ID).group([must(wants("app", "app.txt"))]).provider([must(engine("any"))]);
    let mut alone = Rig::new(buildpack(), DESCRIPTOR);
    assert_eq!(alone.file("any", "").build().unwrap_err().id(), "rig/no-group");
    let mut asked = Rig::new(buildpack(), DESCRIPTOR);
    asked.file("any", "").after(Neighbour::new("other", &[], vec![Require::new("engine").build()]));
    assert_eq!(labels(&asked.build().unwrap()), ["engine"]);
}

#[test]
fn an_optional_component_that_nobody_needs_is_dropped_with_the_reason() {
    let watch = Step { name: "watch", plan: Plan::new().provides("watch"), build: Box::new(|cx| mark(cx, "watch")) };
    let buildpack = Buildpack::new(ID).group([must(step("main", |cx| mark(cx, "main"))), may(watch)]);
    let mut rig = Rig::new(buildpack, DESCRIPTOR);
    let built = rig.env("BP_LOG_LEVEL", "DEBUG").build().unwrap();
    assert_eq!(labels(&built), ["main"]);
    assert!(built.log.contains("watch stays away: nobody needs what it provides"), "{}", built.log);
    rig.after(Neighbour::new("other", &[], vec![Require::new("watch").launch()]));
    assert_eq!(labels(&rig.build().unwrap()), ["main", "watch"]);
}

fn mark(cx: &BuildCx<'_>, name: &str) -> Result<()> {
    cx.label(name, "built");
    Ok(())
}

/// Another packaging of procfile in the same group.
fn other_procfile() -> Neighbour {
    Neighbour::new("other/procfile", &["procfile"], vec![Require::new("procfile").with("web", "node server.js")])
}

#[test]
fn of_two_procfiles_in_one_group_only_the_first_acts() {
    let rig = || {
        let mut rig = Rig::new(Buildpack::new(ID).group([must(ProcfileComponent)]), DESCRIPTOR);
        rig.file("Procfile", "web: node server.js\n");
        rig
    };
    let mut first = rig();
    let built = first.after(other_procfile()).build().unwrap();
    assert_eq!(built.launch_text(), "web (default): [\"node\", \"server.js\"]\n");
    let mut second = rig();
    assert_eq!(second.before(other_procfile()).build().unwrap().launch_text(), "");
}

#[test]
fn the_last_component_owns_the_process_and_the_default() {
    use libpack::launch::Process;
    let first = step("first", |cx| {
        cx.process(Process::new("web", ["one"]).default());
        cx.process(Process::new("worker", ["work"]));
        Ok(())
    });
    let second = step("second", |cx| {
        cx.process(Process::new("web", ["two"]).default());
        Ok(())
    });
    let mut rig = Rig::new(Buildpack::new(ID).group([must(first), must(second)]), DESCRIPTOR);
    insta::assert_snapshot!(rig.build().unwrap().launch_text(), @r#"
    web (default): ["two"]
    worker: ["work"]
    "#);
}
