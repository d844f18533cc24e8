//! The JVM: which one, where, and what the image knows of it.

mod layers;
mod linked;
mod neighbours;
mod versions;

use libpack::report::report;
use libpack::testing::{Archive, Built, Rig, Row};

/// One certificate, and a truststore of Java's own `keytool` that holds it.
const CERTIFICATE: &str = include_str!("../../../src/truststore/testdata/one.pem");
const OTHER_CERTIFICATE: &str = include_str!("../../../src/truststore/testdata/two.pem");
const TRUSTSTORE: &[u8] = include_bytes!("../../../src/truststore/testdata/one.jks");

/// The versions of the tests.
const VERSIONS: [&str; 5] = ["8.0.492", "17.0.19", "21.0.10", "21.0.11", "25.0.3"];

/// `lib/modules` with a module of two classes.
fn modules() -> Vec<u8> {
    let strings = b"\0java.base\0class\0module-info\0Object\0jdk.compiler\0";
    let locations: [[u8; 7]; 3] = [
        [1 << 3, 1, 3 << 3, 17, 4 << 3, 11, 0],
        [1 << 3, 1, 3 << 3, 29, 4 << 3, 11, 0],
        [1 << 3, 36, 3 << 3, 17, 4 << 3, 11, 0],
    ];
    let numbers = [0xcafe_dada, 1 << 16, 0, 3, 3, 21, u32::try_from(strings.len()).unwrap()];
    let mut image: Vec<u8> = numbers.iter().flat_map(|number: &u32| number.to_le_bytes()).collect();
    image.extend([0; 12]);
    (0..3_u32).for_each(|at| image.extend((at * 7).to_le_bytes()));
    [&image, locations.as_flattened(), strings].concat()
}

const SECURITY: &str = "security.provider.1=SUN\nsecurity.provider.2=SunRsaSign\n";

/// What is in both kinds of archive.
fn java(top: &str, places: &str) -> Archive {
    let old = places != top || top.contains("8.0");
    let security = if old { "lib" } else { "conf" };
    let archive = Archive::new()
        .program(&format!("{top}/bin/java"), "java")
        .file(&format!("{places}/lib/security/cacerts"), TRUSTSTORE)
        .file(&format!("{places}/{security}/security/java.security"), SECURITY);
    if old { archive } else { archive.file(&format!("{top}/lib/modules"), modules()) }
}

fn jre(version: &str) -> Archive {
    let top = format!("jre-{version}");
    java(&top, &top).file(&format!("{top}/lib/server/libjvm.so"), "").file(&format!("{top}/lib/server/classes.jsa"), "")
}

fn jdk(version: &str) -> Archive {
    let top = format!("jdk-{version}");
    let places = if version.starts_with('8') { format!("{top}/jre") } else { top.clone() };
    java(&top, &places)
        .program(&format!("{top}/bin/jlink"), "jlink")
        .file(&format!("{top}/lib/server/classes_nocoops.jsa"), "")
        .file(&format!("{top}/lib/src.zip"), "")
        .file(&format!("{top}/man/man1/java.1"), "")
}

fn row(id: &str, version: &str) -> Row {
    let (kind, vendor) = id.split_once('-').map_or((id, "Liberica"), |(kind, _)| (kind, "Temurin"));
    Row::new(id, version)
        .set("name", format!("{vendor} {}", kind.to_uppercase()))
        .set("strip-components", 1)
        .set("purl", format!("pkg:generic/{vendor}-{kind}@{version}"))
}

/// A rig with JDKs and JREs to download.
pub fn rig() -> Rig {
    let mut rig = super::bare();
    for version in VERSIONS {
        rig.offer(row("jdk", version), jdk(version).zst());
        rig.offer(row("jre", version), jre(version).zst());
    }
    let maven = Row::new("maven", "3.9.16").set("name", "Apache Maven").set("strip-components", 1);
    rig.offer(maven, Archive::new().program("maven/bin/mvn", "mvn").zst());
    rig.exec.teach_text("java", "");
    rig
}

/// An app that a build tool makes.
fn app() -> Rig {
    let mut rig = rig();
    super::gradle::app(&mut rig, "plugins { id 'java' }\n");
    rig
}

/// The version that was chosen last, and who asked.
fn selected(rig: &mut Rig) -> String {
    let log = rig.build().unwrap().log;
    let line = log.lines().rfind(|line| line.contains("Selected ")).unwrap().trim().to_owned();
    line.replace("Selected Liberica JRE version (using ", "").replace("):", "")
}

fn failure(rig: &mut Rig) -> String {
    match rig.build() {
        Ok(built) => panic!("it was built:\n{}", built.log),
        Err(error) => rig.normalise(&report(&error)),
    }
}

fn downloads(built: &Built) -> Vec<String> {
    built.fetched.iter().map(|uri| uri.replace("https://downloads.example/", "")).collect()
}
