//! The component `jvm`: a JDK to build with, and what the image runs on (paketo-buildpacks/libjvm).

mod choice;
mod facts;
mod install;
mod jdk;
mod jimage;
mod jlink;
mod layout;
mod release;
mod runtime;
mod vendor;
mod version;

use libpack::Result;
use libpack::component::{Component, Verdict};
use libpack::context::{BuildCx, DetectCx, Toolchain};
use libpack::env::Scope;
use libpack::fs;
use libpack::layer::Flags;
use libpack::plan::Plan;
use libpack::sbom::{Sbom, Subject};

use choice::{Installed, Wanted};
use install::Recipe;
use layout::{Kind, Purpose};
use vendor::Vendor;

use crate::launch;
use crate::truststore::Authorities;

pub use jdk::Jdk;
pub use runtime::runtime_major;

/// The layer of the JDK, and the plan's name.
pub const JDK: &str = "jdk";
/// The layer of the runtime, and the plan's name.
pub const JRE: &str = "jre";
/// The layer of a runtime that was linked.
pub const JLINK: &str = "jlink";
/// The layer of the properties that helpers write when the image starts.
const SECURITY_PROPERTIES: &str = "java-security-properties";

/// The JVM for an application of ours.
pub struct Jvm;

impl Component for Jvm {
    fn name(&self) -> &'static str {
        "jvm"
    }

    fn detect(&self, _cx: &DetectCx<'_>) -> Result<Verdict> {
        // Later buildpacks may want a JDK that we do not need: richest first, since an unused one fails us.
        Ok(Plan::new().provides(JRE).alternatives([&[JDK], &[]]).into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        let wanted = Wanted { jdk: cx.supplies(JDK), jre: cx.supplies(JRE) };
        if !wanted.jdk && !wanted.jre {
            cx.log().debug("The JVM is supplied by another buildpack");
            return Ok(());
        }
        let vendor = Vendor::of(cx)?;
        let version = version::choose(cx, vendor)?;
        let installed = Installed::choose(cx, vendor, wanted, &version)?;
        let authorities = Authorities::of(&cx.environment())?;
        let of_runtime = installed.runtime.map(|runtime| runtime_recipe(runtime, &authorities));
        // One JDK in both roles is one layer.
        let runs_too = of_runtime.as_ref().is_some_and(|recipe| layer_of(recipe) == JDK);
        if let Some(dependency) = installed.jdk.filter(|_| !runs_too) {
            if cx.is_described() {
                let app = Subject::directory(cx.app().to_string_lossy());
                cx.describe_build(Sbom::of_component(app, dependency.component()));
            }
            let purpose = Purpose::Build;
            let recipe = Recipe { dependency, kind: Kind::Jdk, purpose, authorities, linked: None };
            provide(cx, JDK, Flags { build: is_wanted_outside(cx, JDK), ..Flags::default() }, recipe)?;
        }
        if is_wanted_outside(cx, JDK) {
            let home = cx.layer_path(JDK);
            cx.env(Scope::Build).about(JDK).set("JAVA_HOME", &home).set("JDK_HOME", &home);
        }
        of_runtime.map_or(Ok(()), |recipe| install_runtime(cx, recipe))
    }
}

/// The JVM for other buildpacks: each of both alone too, for who wants no more.
pub struct JvmForOthers;

impl Component for JvmForOthers {
    fn name(&self) -> &'static str {
        "jvm-for-others"
    }

    fn detect(&self, _cx: &DetectCx<'_>) -> Result<Verdict> {
        Ok(Plan::new().alternatives([&[JDK, JRE], &[JDK], &[JRE]]).into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        Jvm.build(cx)
    }
}

fn runtime_recipe(runtime: choice::Runtime, authorities: &Authorities) -> Recipe {
    let (dependency, kind, linked) = match runtime {
        choice::Runtime::Jre(jre) => (jre, Kind::Jre, None),
        choice::Runtime::Jdk(jdk) => (jdk, Kind::Jdk, None),
        choice::Runtime::Linked(jdk, arguments) => (jdk, Kind::Jdk, Some(arguments)),
    };
    Recipe { dependency, kind, purpose: Purpose::Runtime, authorities: authorities.clone(), linked }
}

/// The layer of a runtime.
fn layer_of(recipe: &Recipe) -> &'static str {
    match (&recipe.linked, recipe.kind) {
        (Some(_), _) => JLINK,
        (None, Kind::Jdk) => JDK,
        (None, Kind::Jre) => JRE,
    }
}

fn install_runtime(cx: &BuildCx<'_>, recipe: Recipe) -> Result<()> {
    let (name, layout, major) = (layer_of(&recipe), recipe.layout(), recipe.dependency.version.major());
    let certificates = recipe.authorities.digest()?;
    let entries = cx.entries(JRE);
    let for_jdk = name == JDK && is_wanted_outside(cx, JDK);
    let flags = Flags { build: entries.build_outside() || for_jdk, cache: false, launch: entries.launch() };
    let home = provide(cx, name, flags, recipe)?.path().to_owned();
    if flags.build {
        cx.env(Scope::Build).about(name).default("JAVA_HOME", &home).default("JRE_HOME", &home);
    }
    if !flags.launch {
        return Ok(());
    }
    let env = cx.env(Scope::Launch);
    env.default("JAVA_HOME", &home)
        .default("MALLOC_ARENA_MAX", "2")
        .default("BPI_APPLICATION_PATH", cx.app())
        .default("BPI_JVM_CACERTS", home.join(layout.truststore()))
        .default("BPI_JVM_CACERTS_DIGEST", certificates);
    if let Some(extensions) = layout.extensions() {
        env.default("BPI_JVM_EXT_DIR", home.join(extensions));
    }
    add_security_properties(cx)?;
    launch::join(cx, major)
}

/// A file that helpers append to when the image starts, behind the JVM's own properties.
fn add_security_properties(cx: &BuildCx<'_>) -> Result<()> {
    const FILE: &str = "java-security.properties";
    let layer = cx.layer(SECURITY_PROPERTIES).create(|layer| {
        let file = layer.path().join(FILE);
        fs::write(&file, "")?;
        // The container's user is another one than the build's, of the same group.
        fs::make_group_writable(&file)
    })?;
    let file = layer.path().join(FILE);
    cx.env(Scope::Launch).default("JAVA_SECURITY_PROPERTIES", &file).append(
        "JAVA_TOOL_OPTIONS",
        format!("-Djava.security.properties={}", file.display()),
        " ",
    );
    Ok(())
}

fn provide(cx: &BuildCx<'_>, name: &str, flags: Flags, recipe: Recipe) -> Result<Toolchain> {
    cx.layer(name).flags(flags).keyed_by(recipe.key()?).provide(move |layer| recipe.make(layer))
}

/// Whether another buildpack asks for it. Who asks for a JDK wants it while building, and need not say so.
fn is_wanted_outside(cx: &BuildCx<'_>, name: &str) -> bool {
    cx.entries(name).iter().any(|entry| entry.text("by") != Some(cx.id()))
}

#[cfg(test)]
mod tests;
