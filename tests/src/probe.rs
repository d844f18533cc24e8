//! A buildpack with a layer of every kind, quick to run: in the rig and in the real lifecycle.

use libpack::Result;
use libpack::component::{Buildpack, Component, Verdict, must};
use libpack::context::{BuildCx, DetectCx, NewLayer};
use libpack::env::Scope;
use libpack::fs;
use libpack::launch::Process;
use libpack::layer::{Flags, Key};
use libpack::plan::{Plan, Require};
use libpack::sbom::{Catalog, Sbom, Subject};

/// The id.
pub const ID: &str = "test/probe";

/// The facts.
pub const DESCRIPTOR: &str = "api = '0.10'
[buildpack]
id = 'test/probe'
version = '1.0.0'
sbom-formats = ['application/vnd.cyclonedx+json', 'application/spdx+json', 'application/vnd.syft+json']
[[targets]]
os = 'linux'
[[metadata.configurations]]
name = 'BP_PROBE_KEY'
default = '1'
build = true
[[metadata.configurations]]
name = 'BP_DISABLE_SBOM'
default = 'false'
build = true
";

/// The layers with their flags.
const LAYERS: [(&str, Flags); 6] = [
    ("image", Flags::LAUNCH),
    ("shared", Flags { build: true, cache: false, launch: true }),
    ("both", Flags { build: false, cache: true, launch: true }),
    ("all", Flags { build: true, cache: true, launch: true }),
    ("kept", Flags::CACHE),
    ("tools", Flags { build: true, cache: false, launch: false }),
];

/// The buildpack.
pub fn buildpack() -> Buildpack {
    Buildpack::new(ID).group([must(Probe)]).helper("probe", |variables| {
        let seen = variables.text("PROBE_SET").unwrap_or_default();
        Ok([("PROBE_HELPED".to_owned(), format!("helper saw {seen}"))].into())
    })
}

struct Probe;

impl Component for Probe {
    fn name(&self) -> &'static str {
        "probe"
    }

    fn detect(&self, _: &DetectCx<'_>) -> Result<Verdict> {
        Ok(Plan::new().own(Require::new("probe").launch()).into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        let key = || Key::new().with("key", cx.setting("BP_PROBE_KEY").unwrap_or_default());
        for (name, flags) in LAYERS {
            let make = |layer: &NewLayer| make(name, layer);
            cx.layer(name).flags(flags).keyed_by(key()).create(make)?;
        }
        let output = cx.app_output("generated", &[]);
        let generate = |layer: &NewLayer| {
            output.record(|| fs::write(&cx.app().join("generated.txt"), "generated"))?;
            make("writer", layer)
        };
        cx.layer("writer").keyed_by(key()).flags(Flags::LAUNCH).replaying(&output).create(generate)?;
        let cache = cx.cache("downloads", Key::new());
        let found = if cache.exists() { "found" } else { "empty" };
        cx.log().process(format!("cache: {found}"));
        // Who re-uses everything never opens it, and what is not opened stays as it is.
        if found == "empty" || cx.setting("BP_PROBE_KEY").as_deref() == Some("2") {
            let name = cx.setting("BP_PROBE_KEY").unwrap_or_default();
            fs::write(&cache.open()?.join(name), "downloaded")?;
        }
        change_environment(cx)?;
        cx.process(Process::new("web", ["env"]).default());
        cx.label("probe.key", &cx.setting("BP_PROBE_KEY").unwrap_or_default());
        Ok(())
    }
}

/// Every action, a default behind an append, two delimiters: what needs more than one folder.
fn change_environment(cx: &BuildCx<'_>) -> Result<()> {
    cx.env(Scope::Launch)
        .set("PROBE_SET", cx.layer_path("image"))
        .default("PROBE_DEFAULT", "ours")
        .append("PROBE_LIST", "last", ":")
        .prepend("PROBE_LIST", "first", ":")
        .append("PROBE_LIST", "other", ",")
        .append("PROBE_LATE", "appended", " ")
        .default("PROBE_LATE", "too late")
        .append("PATH", cx.layer_path("image").join("programs"), ":");
    cx.env(Scope::Build).set("PROBE_BUILD", "only while building");
    cx.helper("probe")
}

fn make(name: &str, layer: &NewLayer) -> Result<()> {
    layer.log().process(format!("made: {name}"));
    fs::write(&layer.path().join("bin").join(format!("{name}-program")), "#!/bin/sh\necho here\n")?;
    fs::make_executable(&layer.path().join("bin").join(format!("{name}-program")))?;
    if name != "tools" && name != "kept" {
        layer.describe(Sbom::new(Subject::directory("/"), Catalog::default()));
    }
    Ok(())
}
