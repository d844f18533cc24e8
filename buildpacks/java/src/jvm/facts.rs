//! What an image needs to know of the JVM that it runs on. It is written into the JVM's own layer, and so lives as
//! long as that does.

use std::path::Path;

use libpack::context::NewLayer;
use libpack::{Result, fs};

use super::jimage::Jimage;
use super::layout::Layout;
use crate::class_count;

/// The JVM's own classes in an archive that it maps at every start; in Java's words the default CDS archive.
const BASE_ARCHIVE: &str = "lib/server/classes.jsa";
/// The same for heaps beyond 32 GB.
pub const BASE_ARCHIVE_OF_LARGE_HEAPS: &str = "lib/server/classes_nocoops.jsa";

/// Writes the facts as variables of the image, and makes sure that the base archive is there.
pub fn record(layer: &NewLayer, layout: Layout, major: u64) -> Result<()> {
    let root = layer.path();
    let modules = root.join("lib/modules");
    let classes = if modules.is_file() { Jimage::read(&modules)?.classes } else { class_count::of_folder(root)? };
    layer.default_at_launch("BPI_JVM_CLASS_COUNT", &classes.to_string())?;
    let security = fs::read_text_if_any(&root.join(layout.security()))?.unwrap_or_default();
    layer.default_at_launch("BPI_JVM_SECURITY_PROVIDERS", &providers(&security))?;
    // Java 8 has another place for it, and Java 9 and 10 have none by default.
    if major >= 11 && root.join("lib/server/libjvm.so").is_file() && !root.join(BASE_ARCHIVE).is_file() {
        make_base_archive(layer, &[])?;
    }
    Ok(())
}

/// Makes the base archive. Without it the image starts more slowly, and starts.
pub fn make_base_archive(layer: &NewLayer, flags: &[&str]) -> Result<()> {
    layer.log().subprocess("Archiving the classes of the JVM for quicker starts");
    let java = layer.path().join("bin/java");
    let run = layer.run(java).arg("-Xshare:dump").args(flags).env_remove("JAVA_TOOL_OPTIONS").quiet();
    let outcome = run.call()?;
    if !outcome.success() {
        let last = outcome.output.lines().next_back().unwrap_or_default();
        layer
            .log()
            .warning(format!("The JVM starts without an archive of its own classes, which it could not make: {last}"));
    }
    Ok(())
}

/// `security.provider.N=class` as `N|class`, in the order of their texts, which is the peer's.
fn providers(security: &str) -> String {
    let mut providers: Vec<String> = Vec::new();
    let mut lines = security.lines();
    while let Some(line) = lines.next() {
        let mut line = line.trim_start().to_owned();
        if line.starts_with(['#', '!']) {
            continue;
        }
        while line.ends_with('\\') {
            line.pop();
            line.push_str(lines.next().unwrap_or_default().trim_start());
        }
        let Some((number, class)) =
            line.strip_prefix("security.provider.").and_then(|line| line.split_once(['=', ':', ' ', '\t']))
        else {
            continue;
        };
        let class = class.trim_start_matches(['=', ':', ' ', '\t']);
        providers.push(format!("{}|{}", number.trim_end(), class.trim_end()));
    }
    providers.sort();
    providers.join(" ")
}

/// The modules of a JDK, by its own index or by the folder of those that it can link.
pub fn modules(jdk: &Path) -> Result<Vec<String>> {
    let index = jdk.join("lib/modules");
    if index.is_file() {
        return Ok(Jimage::read(&index)?.modules);
    }
    let files = fs::list(&jdk.join("jmods"))?;
    Ok(files.iter().filter_map(|name| name.strip_suffix(".jmod")).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::providers;

    #[test]
    fn providers_are_listed_with_their_numbers_in_the_order_of_texts() {
        let security = "# security.provider.1=no\nsecurity.provider.1=SUN\nsecurity.provider.2 = SunRsaSign\n\
                        security.provider.10: SunSASL \\\n  x\nsecurity.provider.tbd\nkeystore.type=pkcs12\n";
        assert_eq!(providers(security), "10|SunSASL x 1|SUN 2|SunRsaSign");
    }
}
