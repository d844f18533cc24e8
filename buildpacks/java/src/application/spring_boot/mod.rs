//! What an application of Spring Boot gets beyond other executable JARs (paketo-buildpacks/spring-boot).

mod archive;
mod bindings;
mod configuration_metadata;
mod labels;
mod layers_index;
mod libraries;
mod support;
mod web_type;

use std::collections::BTreeMap;
use std::path::PathBuf;

use libpack::context::BuildCx;
use libpack::env::Scope;
use libpack::version::Version;
use libpack::{Error, Result, fs};
use serde::{Deserialize, Serialize};

use super::Assembly;
use crate::manifest::Manifest;

pub use archive::unpack;
pub use bindings::DISABLED as BINDINGS_DISABLED;

/// Whether the image uses what Spring prepared ahead of time.
const AOT: &str = "BP_SPRING_AOT_ENABLED";
/// The same at launch.
const AOT_AT_LAUNCH: &str = "BPL_SPRING_AOT_ENABLED";

/// What is known of one at launch.
#[derive(Debug, Serialize, Deserialize)]
pub struct SpringBoot {
    version: String,
    labels: BTreeMap<String, String>,
    threads: u32,
    /// Whether a link waits for the library that reads service bindings.
    takes_bindings: bool,
    /// Whether there is something that Spring prepared ahead of time.
    prepared: bool,
}

/// Whether a manifest is one of Spring Boot's.
pub fn is_one(manifest: &Manifest) -> bool {
    manifest.get("Spring-Boot-Version").is_some()
}

/// Lays out an exploded one. The error is `java/spring-boot-manifest`.
pub fn assemble(cx: &BuildCx<'_>, app: &mut Assembly<'_>, manifest: &Manifest) -> Result<SpringBoot> {
    let version = manifest.get("Spring-Boot-Version").unwrap_or_default().to_owned();
    let libraries = PathBuf::from(needed(manifest, "Spring-Boot-Lib")?);
    let classes = app.folder().join(needed(manifest, "Spring-Boot-Classes")?);
    let jars = libraries::of(app.folder(), &libraries)?;
    let labels = labels::of(app.folder(), &libraries, manifest, &jars)?;
    let web_type = web_type::of(&classes, &jars);
    cx.log().process(web_type.to_string());
    let index = manifest.get("Spring-Boot-Layers-Index").map(|path| app.folder().join(path));
    let index = index.map(|path| fs::read_text_if_any(&path)).transpose()?.flatten();
    let parts = match index {
        Some(text) => layers_index::parts(&text)?,
        None => super::Part::of_libraries(jars.iter().map(|jar| libraries.join(&jar.name))).into(),
    };
    for part in parts {
        app.part(part);
    }
    let takes_bindings = bindings::are_wanted(cx, &jars)?;
    if takes_bindings {
        app.link(libraries.join(bindings::LINK), bindings::target(cx));
    }
    let prepared = app.folder().join("META-INF/native-image").is_dir();
    Ok(SpringBoot { version, labels, threads: web_type.threads(), takes_bindings, prepared })
}

/// What every build adds.
pub fn launch(cx: &BuildCx<'_>, boot: &SpringBoot) -> Result<()> {
    boot.labels.iter().for_each(|(key, value)| cx.label(key, value));
    support::warn(cx, &boot.version);
    if boot.takes_bindings {
        bindings::add(cx, &boot.version)?;
    }
    crate::launch::plan_threads(cx, boot.threads.into());
    if cx.settings().flag(AOT)? {
        if boot.prepared {
            cx.env(Scope::Launch).default(AOT_AT_LAUNCH, "true");
            cx.helper("performance")?;
        } else {
            cx.log()
                .warning(format!("{AOT} is set, but the application has no META-INF/native-image: it starts without"));
        }
    }
    Ok(())
}

fn needed<'m>(manifest: &'m Manifest, name: &str) -> Result<&'m str> {
    manifest.get(name).ok_or_else(|| {
        Error::user(
            "java/spring-boot-manifest",
            format!("the manifest of a Spring Boot application does not contain {name}"),
        )
        .hint("Make the JAR with Spring Boot's own plugin for Maven or Gradle.")
    })
}

/// The first number of a version text, `3.3.2` of `3.3.2.RELEASE`; none when there is none.
fn number(version: &str) -> Option<Version> {
    let start = version.find(|letter: char| letter.is_ascii_digit())?;
    let text: String =
        version[start..].chars().take_while(|letter| letter.is_ascii_digit() || *letter == '.').collect();
    let parts: Vec<&str> = text.split('.').filter(|part| !part.is_empty()).take(3).collect();
    Version::parse(&parts.join(".")).ok()
}
