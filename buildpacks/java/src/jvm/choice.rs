//! What is installed: a JDK, a JRE, both, or a runtime that is made of the JDK (paketo-buildpacks/libjvm,
//! `build.go`).

use libpack::context::BuildCx;
use libpack::dependency::Dependency;
use libpack::plan::Choice;
use libpack::{Error, Result};

use super::jlink;
use super::vendor::Vendor;
use super::version::found;

/// What the plan asks us for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// A JDK, while building.
    pub jdk: bool,
    /// A runtime.
    pub jre: bool,
}

/// What is installed.
#[derive(Debug, Clone)]
pub struct Installed {
    /// For the build.
    pub jdk: Option<Dependency>,
    /// For the image.
    pub runtime: Option<Runtime>,
}

/// What the image runs on.
#[derive(Debug, Clone)]
pub enum Runtime {
    /// A JRE.
    Jre(Dependency),
    /// The JDK itself.
    Jdk(Dependency),
    /// What jlink makes of that JDK.
    Linked(Dependency, jlink::Arguments),
}

impl Installed {
    /// Decides, and logs the choice of versions. Errors: `dependency/version-unknown`, `java/jlink-version`.
    pub fn choose(cx: &BuildCx<'_>, vendor: Vendor, wanted: Wanted, version: &Choice) -> Result<Self> {
        let linked = wanted.jre && jlink::Arguments::are_wanted(cx)?;
        let jre = if wanted.jre && !linked { jre_if_any(cx, vendor, version)? } else { None };
        let chosen = cx.setting("BP_JVM_TYPE").is_some_and(|kind| kind.eq_ignore_ascii_case("jdk"));
        let jdk_runs = wanted.jre && !linked && (chosen || jre.is_none());
        let jdk = if wanted.jdk || linked || jdk_runs { Some(cx.resolve(vendor.jdk(), version)?) } else { None };
        let runtime = match (&jdk, jre) {
            (_, _) if !wanted.jre => None,
            (Some(jdk), _) if linked => Some(Runtime::Linked(jdk.clone(), arguments(cx, jdk)?)),
            (Some(jdk), jre) if jdk_runs => {
                warn_of_jdk(cx, chosen, jre.is_some());
                Some(Runtime::Jdk(jdk.clone()))
            }
            _ => {
                // Who asked was said with the JDK already.
                let quiet = Choice { candidates: Vec::new(), ..version.clone() };
                let version = if jdk.is_some() { &quiet } else { version };
                Some(Runtime::Jre(cx.resolve(vendor.jre(), version)?))
            }
        };
        let borrowed = matches!(runtime, Some(Runtime::Linked(..) | Runtime::Jdk(_))) && !wanted.jdk;
        Ok(Self { jdk: jdk.filter(|_| !borrowed), runtime })
    }
}

/// The JRE, none when there is none of the version.
fn jre_if_any(cx: &BuildCx<'_>, vendor: Vendor, version: &Choice) -> Result<Option<Dependency>> {
    match found(cx.choose(vendor.jre(), version.constraint())) {
        // Once more, for an error that names who asked.
        Err(_) => cx.resolve(vendor.jre(), version).map(Some),
        known => known,
    }
}

fn arguments(cx: &BuildCx<'_>, jdk: &Dependency) -> Result<jlink::Arguments> {
    let major = jdk.version.major();
    if major < 9 {
        return Err(Error::user(
            "java/jlink-version",
            format!("jlink makes runtimes of Java 9 and later, not of {}", jdk.version),
        )
        .hint("Set BP_JVM_VERSION to 11 or later, or unset BP_JVM_JLINK_ENABLED."));
    }
    jlink::Arguments::of(cx, major)
}

fn warn_of_jdk(cx: &BuildCx<'_>, chosen: bool, has_jre: bool) {
    let why = match (chosen, has_jre) {
        (true, true) => "BP_JVM_TYPE asks for a JDK, although there is a JRE",
        (true, false) => "BP_JVM_TYPE asks for a JDK, and there is no JRE",
        (false, _) => "There is no JRE of this version",
    };
    let what = "the image runs on a JDK, which has security implications: it holds a compiler and tools";
    cx.log().warning(format!("{why}: {what}"));
}
