//! The component `node-engine`: Node.js itself, with npm (paketo-buildpacks/node-engine).

use std::path::Path;

use libpack::Result;
use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx, Install, NewLayer, Surroundings};
use libpack::dependency::Dependency;
use libpack::env::Scope;
use libpack::fs;
use libpack::layer::Flags;
use libpack::plan::{Entries, Plan, Require};
use libpack::sbom::{Catalog, Sbom, Subject};
use libpack::version::Constraint;

use crate::lts;
use crate::npm_inputs::may_compile;
use crate::npm_install::NODE_MODULES;
use crate::project::Project;
use crate::version_source::{self, Known, PRIORITY};

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
        let node = cx.resolve(NODE, &lts::on_a_line(cx, entries.pick(&PRIORITY))?)?;
        let npm = (cx.supplies(NPM) && cx.carries(NPM)).then(|| cx.choose(NPM, "")).transpose()?;
        let flags = flags(&entries, &cx.entries(NPM), &cx.entries(NODE_MODULES));
        let mut layer = cx.layer(NODE).flags(flags).keyed_by(node.key());
        if let Some(npm) = &npm {
            layer = layer.keyed_by([("npm-version", npm.version.as_str())]);
        }
        let include = Headers::wanted(cx, flags)?;
        cx.discard_at_end(&headers(&cx.layer_path(NODE)));
        let layer = layer.provide(move |layer| install(layer, &node, npm.as_ref(), include))?;
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

/// What nobody needs at run time, nor while building: manuals, change logs, the list of what a package
/// of a registry is. Headers stay for native addons, but not in the layer: see [`set_headers_aside`].
fn keep(path: &Path) -> bool {
    const LEFT_OUT: [&str; 6] =
        ["share", "lib/node_modules/corepack", "bin/corepack", "package.json", "README.md", "CHANGELOG.md"];
    let left_out = LEFT_OUT.iter().any(|left_out| path.starts_with(left_out));
    !left_out && path.strip_prefix(NPM_FOLDER).map_or(true, keep_of_npm)
}

fn keep_of_npm(path: &Path) -> bool {
    let manual = ["docs", "man", "html"].iter().any(|folder| path.starts_with(folder));
    let name = path.file_name().map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default();
    let legal = ["LICEN", "COPYING", "NOTICE"].iter().any(|start| name.starts_with(start));
    !manual && (legal || path.extension().is_none_or(|extension| extension != "md"))
}

/// What becomes of the headers, which only native addons need, and only while they are compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Headers {
    /// Nothing is compiled: thousands of files are not even unpacked.
    LeftOut,
    /// Our own steps may compile: see [`set_headers_aside`].
    Aside,
    /// Later buildpacks may compile too.
    InLayer,
}

impl Headers {
    fn wanted(cx: &BuildCx<'_>, flags: Flags) -> Result<Self> {
        if flags.build {
            return Ok(Self::InLayer);
        }
        let compiles = cx.joined("npm-install") && may_compile(&Project::of(cx)?.path)?;
        Ok(if compiles { Self::Aside } else { Self::LeftOut })
    }
}

fn install(layer: &NewLayer, node: &Dependency, npm: Option<&Dependency>, headers: Headers) -> Result<()> {
    let keep = |path: &Path| keep(path) && (headers != Headers::LeftOut || !path.starts_with("include"));
    let unpack_node = || layer.install(node, Install { keep: Some(&keep), ..Install::default() });
    // Beside the layer: Node.js comes in one piece, and finds no place where something lies already.
    let aside = layer.path().with_file_name(format!("{NODE}-npm"));
    let unpack_npm = |layer: &NewLayer, npm| layer.install_at(npm, &aside, Some(&keep_of_npm));
    let npm = match npm {
        Some(npm) if has_no_npm(node) => {
            layer.beside(unpack_node, |layer| unpack_npm(layer, npm))?;
            Some(npm)
        }
        _ => {
            unpack_node()?;
            let npm = npm.filter(|_| !layer.path().join(NPM_FOLDER).exists());
            npm.map(|npm| unpack_npm(layer, npm)).transpose()?;
            npm
        }
    };
    let mut catalog = Catalog { components: vec![node.component()], ..Catalog::default() };
    if let Some(npm) = npm {
        place_npm(&aside, layer.path())?;
        catalog.components.push(npm.component());
    }
    if headers == Headers::Aside {
        set_headers_aside(layer.path())?;
    }
    layer.describe(Sbom::new(Subject::directory(layer.path().to_string_lossy()), catalog));
    Ok(())
}

/// Whether it is known before unpacking that Node.js comes without npm: npm's registry has the executable
/// alone. Other archives may have an npm inside, which is the one that belongs to them.
fn has_no_npm(node: &Dependency) -> bool {
    node.purls.first().is_some_and(|purl| purl.starts_with("pkg:npm/"))
}

fn place_npm(from: &Path, layer: &Path) -> Result<()> {
    let to = layer.join(NPM_FOLDER);
    fs::remove(&to)?;
    fs::create_dir(to.parent().unwrap_or(layer))?;
    fs::rename(from, &to)?;
    for program in ["npm", "npx"] {
        let script = format!("../{NPM_FOLDER}/bin/{program}-cli.js");
        fs::make_executable(&layer.join("bin").join(&script))?;
        fs::symlink(Path::new(&script), &layer.join("bin").join(program))?;
    }
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

/// Launch if anybody wants it there; build only for others, because our own steps borrow it. Who wants
/// modules while building runs them, and finds Node.js beside Paketo's without asking for it.
fn flags(node: &Entries, npm: &Entries, modules: &Entries) -> Flags {
    let build = [node, npm, modules].iter().any(|entries| entries.build_outside());
    Flags { build, cache: false, launch: node.launch() || npm.launch() }
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
        Known { newest_lts: lts::newest(around)?, is_constraint: &is_constraint },
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
