//! The component `application`: finds out what kind of application there is, lays it into layers and says how it
//! starts (paketo-buildpacks/executable-jar, apache-tomcat, dist-zip, spring-boot).
//!
//! Everything that a later build has to know is kept with the layer `application` ([`Facts`]): when nothing changed,
//! no tool runs, nothing is unpacked, and the application is not looked at.

mod assembly;
mod dist_zip;
mod executable_jar;
mod facts;
mod kind;
mod layout;
mod native;
mod pattern;
mod process;
mod spring_boot;
mod tomcat;

use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx, NewLayer, Surroundings};
use libpack::layer::{Flags, Key};
use libpack::plan::{Plan, Require};
use libpack::{Error, Result, checksum, fs};

use crate::build_system::{self, BuildSystem};
use crate::jvm::JRE;
use crate::launch;
use crate::project::Origin;

pub use assembly::{APPLICATION, Assembly, Part};
pub use facts::Facts;
pub use kind::Kind;
pub use tomcat::options as tomcat_options;

/// The plan's name of what a build tool makes, or what lies there as it is.
const PACKAGE: &str = "jvm-application-package";
/// The plan's names of what we make of it.
const OWNED: [&str; 3] = ["jvm-application", "java-app-server", "spring-boot"];
/// Whether a build ends when there is nothing that can be started.
const MUST_START: &str = "BP_JAVA_APPLICATION_REQUIRED";

/// Whether the app folder holds something that can be started as it is.
pub fn is_there(around: &Surroundings) -> Result<bool> {
    Ok(kind::of(around, |_| true)?.is_some())
}

/// An application of this folder.
pub struct Application;

impl Component for Application {
    fn name(&self) -> &'static str {
        "application"
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        if Origin::of(cx)? == Origin::Nothing {
            return Ok(Verdict::decline("no build file of Maven or Gradle, and no application"));
        }
        Ok(plan(cx)?.own(Require::new(PACKAGE)).into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        if !cx.supplies(OWNED[0]) {
            cx.log().debug("The application is another buildpack's");
            return Ok(());
        }
        warn_of_missing(cx)?;
        let source = build_system::of(cx)?;
        if native::is_wanted(cx) {
            return native::build(cx, source.as_deref());
        }
        if source.is_none() && find(cx)?.is_none() {
            // It stays as it is, for whoever comes next.
            return nothing_to_start(cx);
        }
        let facts = settle(cx, source.as_deref())?;
        layout::place_links(cx, &facts)?;
        for (name, value) in &facts.variables {
            cx.env(libpack::env::Scope::Launch).default(name, value);
        }
        match facts.kind.as_deref().and_then(kind::called) {
            Some(kind) => kind.launch(cx, &facts),
            None => nothing_to_start(cx),
        }
    }
}

/// Paketo's settings for a training run, which we have not yet: nobody should wonder why nothing starts quicker.
const WITHOUT_EFFECT: [&str; 3] = ["BP_JVM_CDS_ENABLED", "BP_JVM_AOTCACHE_ENABLED", "BP_UNPACK_LAYOUT_ONLY"];

fn warn_of_missing(cx: &BuildCx<'_>) -> Result<()> {
    for name in WITHOUT_EFFECT {
        if cx.settings().flag(name)? {
            cx.log()
                .warning(format!("{name} has no effect yet: there is no training run, and the image starts without"));
        }
    }
    Ok(())
}

/// An application that an earlier buildpack makes.
pub struct FromEarlier;

impl Component for FromEarlier {
    fn name(&self) -> &'static str {
        "application-of-earlier"
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        Ok(plan(cx)?.requires(Require::new(PACKAGE)).into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        Application.build(cx)
    }
}

fn plan(cx: &DetectCx<'_>) -> Result<Plan> {
    let plan = OWNED.iter().fold(Plan::new(), |plan, name| plan.own(Require::new(*name)));
    let plan = plan.requires(Require::new(JRE).launch());
    Ok(if process::reloads(cx)? { plan.requires(Require::new(process::WATCHEXEC).launch()) } else { plan })
}

/// The kind of what the app folder holds now.
fn find(cx: &BuildCx<'_>) -> Result<Option<&'static dyn Kind>> {
    kind::of(cx, |kind| !cx.entries(kind.plan_name()).is_empty())
}

/// The application in its layers: those of the earlier image when nothing changed, else new ones.
fn settle(cx: &BuildCx<'_>, source: Option<&dyn BuildSystem>) -> Result<Facts> {
    let flags = flags(cx);
    let request = cx.layer(APPLICATION).flags(flags).keyed_by(key(cx, source)?);
    let earlier = request.earlier();
    let known = earlier.as_ref().and_then(Facts::of);
    let whole = |facts: &Facts| facts.parts.iter().all(|part| layout::request(cx, flags, part).earlier().is_some());
    let usable = known.filter(whole);
    let lost = earlier.is_some() && usable.is_none();
    let mut made = None;
    let forced = if source.is_some() { build_system::outdated(cx)? } else { None };
    request.outdated(forced.or(lost.then_some("a part of it did not come back"))).create(|layer| {
        if let Some(source) = source {
            source.package(cx)?;
        }
        made = Some(assemble(cx, flags, layer)?);
        Ok(())
    })?;
    if let Some(facts) = made {
        return Ok(facts);
    }
    let facts = usable.ok_or_else(|| Error::bug("java/facts", "a layer without facts was re-used"))?;
    for part in &facts.parts {
        layout::request(cx, flags, part).create(|_| Err(Error::bug("java/part", "a part that was there is gone")))?;
    }
    Ok(facts)
}

fn assemble(cx: &BuildCx<'_>, flags: Flags, layer: &NewLayer) -> Result<Facts> {
    let kind = find(cx)?;
    let mut assembly = Assembly::new(cx.app());
    if let Some(kind) = kind {
        kind.assemble(cx, &mut assembly)?;
    }
    let detail = std::mem::take(&mut assembly.detail);
    let mut facts = Facts::new(kind.map(Kind::name), detail);
    facts.variables = launch::application_facts(cx.app(), assembly.links.iter().map(|(path, _)| path.as_path()))?;
    layout::move_to_layers(cx, flags, layer, &assembly, &mut facts)?;
    facts.keep(layer)?;
    Ok(facts)
}

/// What shapes the layers: the sources and all that builds them, or the application as it lies there, and the
/// settings of the kinds.
fn key(cx: &BuildCx<'_>, source: Option<&dyn BuildSystem>) -> Result<Key> {
    let key = match source {
        Some(source) => source.key(cx)?,
        None => Key::new().with("application", content(cx)?),
    };
    let settings = kind::all().flat_map(Kind::settings).map(|name| format!("{name}={:?}\n", cx.settings().raw(name)));
    let settings = checksum::sha256(settings.collect::<String>().as_bytes());
    Ok(key.with("settings", settings.hex().chars().take(16).collect::<String>()))
}

/// The app without its history, which would differ between two clones of one commit.
fn content(cx: &BuildCx<'_>) -> Result<String> {
    let names = fs::list(cx.app())?.into_iter().filter(|name| name != ".git").collect::<Vec<_>>();
    fs::digest(cx.app(), &names)
}

/// What the layers of an application are for: the image, and the build where a later buildpack looks into the
/// application and must find the files behind the links.
pub fn flags(cx: &BuildCx<'_>) -> Flags {
    let wanted = OWNED.iter().chain([&PACKAGE]).any(|name| cx.entries(name).build_outside());
    Flags { build: wanted || !cx.entries(PACKAGE).all_ours(), ..Flags::LAUNCH }
}

/// Says what was looked for, and leaves the plan's entries to later buildpacks: a Procfile may start something, or
/// another application server.
fn nothing_to_start(cx: &BuildCx<'_>) -> Result<()> {
    let looked_for: Vec<_> = kind::all().map(Kind::looks_for).collect();
    let message = format!("Nothing that can be started was found: neither {}", looked_for.join(" nor "));
    if cx.settings().flag(MUST_START)? {
        return Err(Error::user("java/nothing-to-start", message)
            .hint("Check what the build leaves behind: an executable JAR names a Main-Class in its manifest."));
    }
    cx.log().warning(&message);
    OWNED.iter().chain([&PACKAGE]).for_each(|name| cx.unmet(name));
    Ok(())
}
