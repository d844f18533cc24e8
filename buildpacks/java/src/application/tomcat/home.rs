//! Tomcat itself, the layer `tomcat`: `CATALINA_HOME`.

use std::path::Path;

use libpack::context::{BuildCx, Install, Layer, NewLayer};
use libpack::dependency::Dependency;
use libpack::plan::{Candidate, Choice};
use libpack::sbom::{Sbom, Subject};
use libpack::version::Version;
use libpack::{Error, Result, fs};

use super::{Known, properties};
use crate::jvm::runtime_major;

/// The layer, and the dependency's id.
pub const TOMCAT: &str = "tomcat";
/// The setting.
const VERSION: &str = "BP_TOMCAT_VERSION";

/// Chooses Tomcat: what is set counts, then what the applications are made for, then the default.
pub fn resolve(cx: &BuildCx<'_>, known: &Known) -> Result<Dependency> {
    let candidate = |source: &str, version: &str| Candidate { source: source.to_owned(), version: version.to_owned() };
    // Only what somebody set: the declared default is our own.
    let set = cx.variable(VERSION).map(|version| candidate(VERSION, version.trim()));
    let detected = known.generation.as_ref().map(|found| candidate(&found.evidence, found.line.constraint()));
    let default = cx.setting(VERSION).map(|version| candidate("default", &version));
    let candidates: Vec<Candidate> = [set, detected, default].into_iter().flatten().collect();
    let tomcat = cx.resolve(TOMCAT, &Choice { chosen: candidates.first().cloned(), candidates })?;
    let (version, java) = (&tomcat.version, runtime_major(cx));
    match needs_java(version).filter(|needed| java.is_some_and(|java| java < *needed)) {
        None => Ok(tomcat),
        Some(needed) => Err(Error::user(
            "java/tomcat-needs-newer-java",
            format!(
                "Tomcat {version} runs on Java {needed} and later, and the image gets {}",
                java.unwrap_or_default()
            ),
        )
        .hint(format!("Set BP_JVM_VERSION={needed}, or an older BP_TOMCAT_VERSION."))),
    }
}

/// The oldest Java for a line of Tomcat (tomcat.apache.org, "Which Version").
fn needs_java(tomcat: &Version) -> Option<u64> {
    match tomcat.major() {
        ..=8 => None,
        9 => Some(8),
        10 => Some(11),
        _ => Some(17),
    }
}

/// Installs it, without what no container runs.
pub fn layer(cx: &BuildCx<'_>, tomcat: &Dependency, extent: Extent) -> Result<Layer> {
    let key = tomcat.key().with("extent", extent.name());
    cx.layer(TOMCAT).keyed_by(key).create(|layer| install(layer, tomcat, extent))
}

fn install(layer: &NewLayer, tomcat: &Dependency, extent: Extent) -> Result<()> {
    let keep = |path: &Path| extent.covers(path);
    layer.install(tomcat, Install { keep: Some(&keep), ..Install::default() })?;
    let properties = layer.path().join(properties::PATH);
    if let Some(text) = fs::read_text_if_any(&properties)? {
        fs::write(&properties, properties::with_common_jars(&text))?;
    }
    // The archive lets nobody but the owner read its configuration, and the image runs as another user.
    fs::share_tree(layer.path())?;
    layer.describe(Sbom::of_component(Subject::directory(layer.path().to_string_lossy()), tomcat.component()));
    Ok(())
}

/// How much of Tomcat is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What serves applications.
    Server,
    /// Also Tomcat's own applications that manage others: only a configuration from outside can mount them.
    WithManagers,
}

impl Extent {
    fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::WithManagers => "with managers",
        }
    }

    /// Whether a path of the distribution belongs to it.
    fn covers(self, path: &Path) -> bool {
        let manager = ["webapps/manager", "webapps/host-manager"].iter().any(|folder| path.starts_with(folder));
        // Programs for Windows, and sources that are compiled on the machine that they run on.
        let foreign = path.extension().is_some_and(|ending| ending == "bat" || ending == "exe" || ending == "gz");
        let paper = path.parent() == Some(Path::new(""))
            && path.extension().is_some_and(|ending| ending == "txt" || ending == "md");
        let scratch = ["logs", "temp", "work"].iter().any(|folder| path.starts_with(folder));
        if path.starts_with("webapps") {
            return manager && self == Self::WithManagers;
        }
        !foreign && !paper && !scratch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_no_paper_no_examples_and_nothing_for_windows() {
        let covers = |extent: Extent, path: &str| extent.covers(Path::new(path));
        for path in ["lib/catalina.jar", "bin/bootstrap.jar", "bin/catalina.sh", "conf/web.xml", "LICENSE", "NOTICE"] {
            assert!(covers(Extent::Server, path), "{path}");
        }
        for path in [
            "webapps/docs/index.html",
            "webapps/ROOT/index.jsp",
            "bin/startup.bat",
            "bin/tomcat-native.tar.gz",
            "RUNNING.txt",
            "README.md",
            "logs",
            "work",
        ] {
            assert!(!covers(Extent::WithManagers, path), "{path}");
        }
        assert!(!covers(Extent::Server, "webapps/manager/index.jsp"));
        assert!(covers(Extent::WithManagers, "webapps/manager/index.jsp"));
    }
}
