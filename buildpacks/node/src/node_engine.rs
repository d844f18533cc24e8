//! The component `node-engine`: Node.js itself, with npm (paketo-buildpacks/node-engine).

use std::path::Path;

use libpack::Result;
use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx, Install, NewLayer, Surroundings};
use libpack::dependency::Dependency;
use libpack::env::Scope;
use libpack::fs;
use libpack::layer::Flags;
use libpack::plan::{Choice, Entries, Plan, Require};
use libpack::sbom::{Catalog, Sbom, Subject};
use libpack::version::Constraint;

use crate::project::Project;
use crate::version_source::{self, Known, PRIORITY};

/// The newest long-term-support line that the buildpack carries.
const NEWEST_LTS: u32 = 24;
/// The layer, and the plan's name.
pub const NODE: &str = "node";
/// The plan's name for the package manager in it.
pub const NPM: &str = "npm";
/// Below the layer: where Node keeps its package manager.
const NPM_FOLDER: &str = "lib/node_modules/npm";

/// Node.js itself.
pub struct NodeEngine;

impl Component for NodeEngine {
    fn name(&self) -> &'static str {
        "node-engine"
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        let plan = Plan::new().alternatives([&[], &[NODE], &[NODE, NPM]]);
        let requests = requests(cx)?.into_iter();
        let plan =
            requests.fold(plan, |plan, (source, version)| plan.requires(Require::new(NODE).version(version, source)));
        Ok(plan.into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        if !cx.supplies(NODE) {
            return supplied_outside(cx);
        }
        let entries = wishes(cx)?;
        let node = cx.resolve(NODE, &on_a_line(cx, entries.pick(&PRIORITY))?)?;
        let npm = (cx.supplies(NPM) && cx.carries(NPM)).then(|| cx.choose(NPM, "")).transpose()?;
        let flags = flags(&entries, &cx.entries(NPM));
        let mut layer = cx.layer(NODE).flags(flags).keyed_by(node.key());
        if let Some(npm) = &npm {
            layer = layer.keyed_by([("npm-version", npm.version.as_str())]);
        }
        cx.discard_at_end(&headers(&cx.layer_path(NODE)));
        let layer = layer.provide(move |layer| install(layer, &node, npm.as_ref()))?;
        // An image that nobody wants Node.js in, such as a Java app's, hears nothing of it.
        cx.env(if flags.launch { Scope::Both } else { Scope::Build })
            .about(NODE)
            .default("NODE_HOME", layer.path())
            .default("NODE_ENV", "production")
            .default("NODE_VERBOSE", "false")
            .default("NODE_OPTIONS", "--use-openssl-ca");
        if flags.launch { launch_helpers(cx) } else { Ok(()) }
    }
}

/// Open ranges such as `>=18` would take the newest line, also one that is no long-term-support line
/// (yet): that is said, and with `BP_NODE_PREFER_LTS` the newest long-term-support line is taken.
/// Errors: `settings/not-a-boolean`.
fn on_a_line(cx: &BuildCx<'_>, mut choice: Choice) -> Result<Choice> {
    let prefer = cx.settings().flag("BP_NODE_PREFER_LTS")?;
    let Some(chosen) = &mut choice.chosen else { return Ok(choice) };
    // What cannot be chosen is told where it is resolved.
    let Ok(newest) = cx.choose(NODE, &chosen.version) else { return Ok(choice) };
    let groups = chosen.version.split("||").map(|group| format!("{} <{}", group.trim(), NEWEST_LTS + 1));
    let narrow = groups.collect::<Vec<_>>().join(" || ");
    let supported = cx.choose(NODE, &narrow).ok().filter(|_| newest.version.major() > u64::from(NEWEST_LTS));
    if let (Some(_), true) = (&supported, prefer) {
        chosen.version = narrow;
    } else if let Some(supported) = supported {
        let (newest, supported) = (&newest.version, &supported.version);
        cx.log().warning(format!(
            "Node.js {newest} is on no long-term-support line; BP_NODE_PREFER_LTS=true would take {supported}"
        ));
    }
    Ok(choice)
}

/// What nobody needs at run time, or while building: manuals, change logs. Headers stay for native
/// addons, but not in the layer: see [`set_headers_aside`].
fn keep(path: &Path) -> bool {
    const LEFT_OUT: [&str; 10] = [
        "share",
        "CHANGELOG.md",
        "README.md",
        "lib/node_modules/corepack",
        "bin/corepack",
        "lib/node_modules/npm/docs",
        "lib/node_modules/npm/man",
        "lib/node_modules/npm/html",
        "package.json",
        "installArchSpecificPackage.js",
    ];
    !LEFT_OUT.iter().any(|left_out| path.starts_with(left_out))
}

fn keep_of_npm(path: &Path) -> bool {
    !["docs", "man", "html"].iter().any(|left_out| path.starts_with(left_out))
}

fn install(layer: &NewLayer, node: &Dependency, npm: Option<&Dependency>) -> Result<()> {
    layer.install(node, Install { keep: Some(&keep), ..Install::default() })?;
    let mut catalog = Catalog { components: vec![node.component()], ..Catalog::default() };
    if let Some(npm) = npm.filter(|_| !layer.path().join(NPM_FOLDER).exists()) {
        layer.install(npm, Install { into: NPM_FOLDER, keep: Some(&keep_of_npm) })?;
        for program in ["npm", "npx"] {
            let script = format!("../{NPM_FOLDER}/bin/{program}-cli.js");
            fs::make_executable(&layer.path().join("bin").join(&script))?;
            fs::symlink(Path::new(&script), &layer.path().join("bin").join(program))?;
        }
        catalog.components.push(npm.component());
    }
    set_headers_aside(layer.path())?;
    layer.describe(Sbom::new(Subject::directory(layer.path().to_string_lossy()), catalog));
    Ok(())
}

/// Where the headers of a toolchain lie while the build lasts: beside the layer, in a folder that no
/// image gets, with the `include` that node-gyp expects below it.
pub fn headers(layer: &Path) -> std::path::PathBuf {
    layer.with_file_name(format!("{NODE}-headers"))
}

/// Thousands of headers would double the time that the lifecycle takes for the layer.
fn set_headers_aside(layer: &Path) -> Result<()> {
    let (from, to) = (layer.join("include"), headers(layer));
    fs::remove(&to)?;
    if from.is_dir() {
        fs::create_dir(&to)?;
        fs::rename(&from, &to.join("include"))?;
    }
    Ok(())
}

/// Launch if anybody wants it there; build only for others, because our own steps borrow it.
fn flags(node: &Entries, npm: &Entries) -> Flags {
    Flags { build: node.build_outside() || npm.build_outside(), cache: false, launch: node.launch() || npm.launch() }
}

/// The plan's entries, with our own requests when the plan that won could not carry them.
fn wishes(cx: &BuildCx<'_>) -> Result<Entries> {
    let mut entries = cx.entries(NODE);
    if !entries.any_of_ours() {
        for (source, version) in requests(cx)? {
            entries.add(source, &version);
        }
    }
    Ok(entries)
}

fn requests(around: &Surroundings) -> Result<Vec<(&'static str, String)>> {
    let project = Project::of(around)?.path;
    let text = |name: &str| fs::read_text_if_any(&project.join(name));
    let is_constraint = |text: &str| Constraint::parse(text).is_ok();
    version_source::requests(
        around.setting(version_source::SETTING).as_deref(),
        text(version_source::NVMRC)?.as_deref(),
        text(version_source::NODE_VERSION)?.as_deref(),
        Known { newest_lts: NEWEST_LTS, is_constraint: &is_constraint },
    )
}

/// Somebody else supplies Node. One that says where it is has its own environment; a base image's or an
/// extension's has none, so it gets ours.
fn supplied_outside(cx: &BuildCx<'_>) -> Result<()> {
    if cx.entries(NPM).is_empty() && !cx.joined("npm-install") && !cx.joined("node-start") {
        return Ok(());
    }
    let variables = cx.environment();
    let has_home = variables.text("NODE_HOME").is_some_and(|home| !home.is_empty());
    if has_home || libpack::exec::search("node", &variables).is_none() {
        cx.log().debug("Node.js is supplied by another buildpack");
        return Ok(());
    }
    cx.log().process("Node.js is satisfied by the build image or an extension");
    cx.log().blank();
    cx.env(Scope::Both)
        .default("NODE_ENV", "production")
        .default("NODE_VERBOSE", "false")
        .default("NODE_OPTIONS", "--use-openssl-ca");
    launch_helpers(cx)
}

fn launch_helpers(cx: &BuildCx<'_>) -> Result<()> {
    let (optimise, odd) = cx.settings().lenient_flag("BP_NODE_OPTIMIZE_MEMORY");
    if odd {
        cx.log().warning("BP_NODE_OPTIMIZE_MEMORY is no boolean and counts as false");
    }
    if optimise {
        cx.env(Scope::Launch).default("OPTIMIZE_MEMORY", "true");
    }
    cx.helper("optimize-memory")?;
    cx.helper("inspector")
}
