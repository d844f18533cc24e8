//! What belongs to this image alone, the layer `catalina-base`: `CATALINA_BASE` with Tomcat's configuration and links
//! to the applications.

use std::path::Path;

use libpack::context::{BuildCx, Layer, NewLayer};
use libpack::layer::Key;
use libpack::{Error, Result, checksum, fs};

use super::external::{External, URI};
use super::home::TOMCAT;
use super::{context_path, properties};

/// The layer.
pub const BASE: &str = "catalina-base";
/// The value under which the layer keeps whether a script of the configuration wants to be read at start.
const SCRIPT: &str = "script";
/// The script (Apache Tomcat, `RUNNING.txt`).
const SETENV: &str = "bin/setenv.sh";

/// Our own files.
const FILES: [(&str, &[u8]); 5] = [
    ("conf/server.xml", include_bytes!("conf/server.xml")),
    ("conf/context.xml", include_bytes!("conf/context.xml")),
    ("conf/logging.properties", include_bytes!("conf/logging.properties")),
    ("lib/libpack/tomcat/EndOnFailure.class", include_bytes!("support/EndOnFailure.class")),
    ("lib/libpack/tomcat/ConsoleAccessLog.class", include_bytes!("support/ConsoleAccessLog.class")),
];
/// Those that are Tomcat's, in the version that is installed.
const OF_TOMCAT: [&str; 2] = ["conf/web.xml", properties::PATH];
/// What Paketo's configuration names, and no registry has.
const FOREIGN: &str = "org.cloudfoundry.";

/// An application: its name below `webapps`, and where its folder lies.
pub type Mount<'a> = (String, &'a Path);

/// Makes the layer, or re-uses it.
pub fn layer(cx: &BuildCx<'_>, mounts: &[Mount<'_>], external: Option<&External>) -> Result<Layer> {
    let webapps = cx.layer_path(BASE).join("webapps");
    let links: Vec<_> = mounts.iter().map(|(name, folder)| (name.as_str(), fs::relative(&webapps, folder))).collect();
    let listed: Vec<_> = links.iter().map(|(name, target)| format!("{name} -> {}", target.display())).collect();
    let own: Vec<u8> = FILES.iter().flat_map(|(path, content)| [path.as_bytes(), content].concat()).collect();
    let key = Key::new().with("applications", listed.join(", ")).with("configuration", checksum::sha256(&own).hex());
    let key = key.and(external.map(External::key).unwrap_or_default());
    let request = cx.layer(BASE).keyed_by(key).outdated(external.and_then(External::outdated));
    request.create(|layer| {
        if let Some(external) = external {
            external.unpack(layer, layer.path())?;
            check(layer.path())?;
            external.describe(layer)?;
        }
        complete(layer)?;
        for (name, target) in &links {
            let link = layer.path().join("webapps").join(name);
            if link.symlink_metadata().is_ok() {
                return Err(taken(name));
            }
            fs::symlink(target, &link)?;
        }
        Ok(())
    })
}

/// Whether a script of the configuration wants to be read at start: only a shell does that.
pub fn has_script(layer: &Layer) -> bool {
    layer.value(SCRIPT).is_some()
}

/// Adds what the external configuration did not bring.
fn complete(layer: &NewLayer) -> Result<()> {
    let root = layer.path();
    for (path, content) in FILES {
        if !root.join(path).exists() {
            fs::write(&root.join(path), content)?;
        }
    }
    for path in OF_TOMCAT {
        if !root.join(path).exists() {
            // Both layers lie side by side.
            fs::symlink(&Path::new("../..").join(TOMCAT).join(path), &root.join(path))?;
        }
    }
    let properties = root.join(properties::PATH);
    if !properties.is_symlink() {
        fs::write(&properties, properties::with_common_jars(&fs::read_text(&properties)?))?;
    }
    if root.join(SETENV).is_file() {
        layer.keep(SCRIPT, SETENV);
    }
    fs::create_dir(&root.join("webapps"))?;
    fs::share_tree(root)
}

/// An image whose configuration names classes that nobody brings would never start.
fn check(root: &Path) -> Result<()> {
    let brings_jars = ["lib", "bin"].iter().map(|folder| fs::list(&root.join(folder))).collect::<Result<Vec<_>>>()?;
    if brings_jars.iter().flatten().any(|name| name.strip_suffix(".jar").is_some()) {
        return Ok(());
    }
    for path in FILES.iter().map(|(path, _)| *path).filter(|path| path.starts_with("conf")) {
        if fs::read_text_if_any(&root.join(path)).ok().flatten().is_some_and(|text| text.contains(FOREIGN)) {
            let message = format!(
                "{path} of the configuration from {URI} names classes of {FOREIGN}*, which this buildpack does not bring"
            );
            return Err(Error::user("java/tomcat-external-classes", message).hint(
                "Use libpack.tomcat.ConsoleAccessLog for the valve, libpack.tomcat.EndOnFailure for the listener and java.util.logging.ConsoleHandler for the handler, or add the jars to the configuration below lib.",
            ));
        }
    }
    Ok(())
}

fn taken(name: &str) -> Error {
    let path = context_path::of_name(name);
    let message = format!("the configuration from {URI} has an application at {path} already: webapps/{name}");
    Error::user("java/tomcat-same-context", message)
        .hint("Remove it from the configuration, or set BP_TOMCAT_CONTEXT_PATH to another path.")
}
