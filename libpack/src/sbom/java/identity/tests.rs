use super::*;

fn facts(texts: &[(&str, &str)]) -> Facts {
    let mut facts = Facts::default();
    for (name, text) in texts {
        assert!(Facts::wants(name), "{name}");
        facts.take(name, text);
    }
    facts
}

fn properties(artifact: &str, version: &str) -> String {
    format!("groupId=org.example\nartifactId={artifact}\nversion={version}\n")
}

/// The archive itself, and behind it what else is in it.
fn named(stem: Option<&str>, manifest: &str, artifacts: &[(&str, &str)]) -> String {
    let mut facts = facts(&[("META-INF/MANIFEST.MF", manifest)]);
    for (artifact, version) in artifacts {
        let name = format!("META-INF/maven/org.example/{artifact}/pom.properties");
        facts.take(&name, &properties(artifact, version));
    }
    let shown = |one: &Identity| {
        let classifier = if one.classifier.is_empty() { "" } else { ":" };
        let Coordinates { group, artifact, version } = &one.coordinates;
        format!("{group}:{artifact}:{version}{classifier}{}", one.classifier)
    };
    let found = Identities::of(stem, &facts);
    let own = found.own.as_ref().map_or("none".to_owned(), shown);
    let others = found.others.iter().map(shown);
    std::iter::once(own).chain(others).collect::<Vec<_>>().join(" + ")
}

#[test]
fn of_all_that_was_shaded_the_one_named_like_the_file_is_the_archive() {
    let shaded = [("common", "1.0"), ("common-buffer", "4.1.0.Final"), ("driver", "7")];
    let one = named(Some("common-buffer-4.1.0.Final"), "", &shaded);
    assert_eq!(one, "org.example:common-buffer:4.1.0.Final + org.example:common:1.0 + org.example:driver:7");
    let none = named(Some("my-driver-2.0"), "", &shaded[2..]);
    assert_eq!(none, "my-driver:my-driver:2.0 + org.example:driver:7");
    assert_eq!(named(Some("org.example.driver-7"), "", &shaded[2..]), "org.example:driver:7");
}

#[test]
fn a_file_renamed_by_its_build_is_known_by_its_manifest() {
    let boot = "Implementation-Title: demo\nImplementation-Version: 0.0.1\n";
    assert_eq!(named(Some("app"), boot, &[("demo", "0.0.1")]), "org.example:demo:0.0.1");
    let shaded = named(Some("app"), boot, &[("demo", "0.0.1"), ("lib", "0.0.1")]);
    assert_eq!(shaded, "org.example:demo:0.0.1 + org.example:lib:0.0.1");
    let silent = named(Some("app"), "Main-Class: App\n", &[("demo", "0.0.1")]);
    assert_eq!(silent, "app:app: + org.example:demo:0.0.1");
}

#[test]
fn classifiers_tell_jars_of_one_artifact_apart() {
    let native = named(Some("epoll-4.1-linux-x86_64"), "", &[("epoll", "4.1")]);
    assert_eq!(native, "org.example:epoll:4.1:linux-x86_64");
    assert_eq!(named(Some("epoll-4.1"), "", &[("epoll", "4.1")]), "org.example:epoll:4.1");
}

#[test]
fn without_coordinates_file_and_manifest_tell() {
    let spring =
        "Implementation-Title: spring-core\nImplementation-Version: 7.0.7\nAutomatic-Module-Name: spring.core\n";
    assert_eq!(named(Some("spring-core-7.0.7"), spring, &[]), "org.springframework:spring-core:7.0.7");
    let tomcat = "Implementation-Title: Apache Tomcat\nImplementation-Version: 10.1.0\n";
    assert_eq!(named(Some("catalina"), tomcat, &[]), "org.apache.tomcat:catalina:10.1.0");
    let by_package = "Manifest-Version: 1.0\n\nName: jakarta/servlet/\nSpecification-Version: 6.0\n";
    assert_eq!(named(Some("servlet-api"), by_package, &[]), "servlet-api:servlet-api:6.0");
    assert_eq!(named(Some("bare"), "", &[]), "bare:bare:");
    // anchore/syft#2596
    assert_eq!(named(Some("spring-4.3-1.0"), "Weave-Classes: a\n", &[("spring", "4.3")]), "none");
}

#[test]
fn an_exploded_archive_has_no_file_name() {
    let boot = "Implementation-Title: demo\nImplementation-Version: 0.0.1\n";
    assert_eq!(named(None, "", &[("demo", "0.0.1")]), "org.example:demo:0.0.1");
    assert_eq!(named(None, boot, &[("demo", "0.0.1"), ("lib", "1")]), "org.example:demo:0.0.1 + org.example:lib:1");
    assert_eq!(
        named(None, "", &[("demo", "0.0.1"), ("lib", "1")]),
        "none + org.example:demo:0.0.1 + org.example:lib:1"
    );
    assert_eq!(named(None, boot, &[]), "demo:demo:0.0.1");
    assert_eq!(named(None, "Implementation-Title: My Demo\nImplementation-Version: 1\n", &[]), "none");
    assert_eq!(named(None, "", &[]), "none");
}

#[test]
fn licences_are_the_bundles_else_the_poms() {
    let pom = "<project><groupId>org.example</groupId><artifactId>one</artifactId><version>1</version><licenses>\
               <license><name>The Apache Software License, Version 2.0</name></license></licenses></project>";
    let of = |manifest: &str| {
        let path = "META-INF/maven/org.example/one/pom.xml";
        let own = Identities::of(Some("one-1"), &facts(&[("META-INF/MANIFEST.MF", manifest), (path, pom)])).own;
        let own = own.unwrap();
        assert_eq!(own.coordinates.group, "org.example", "a pom.xml is as good as its properties");
        own.licenses
    };
    assert_eq!(of(""), ["Apache-2.0"]);
    assert_eq!(of("Bundle-License: https://opensource.org/licenses/MIT\n"), ["MIT"]);
}

#[test]
fn every_pom_within_is_listed_syft_2873() {
    let pom = |artifact: &str| {
        let path = format!("META-INF/maven/org.example/{artifact}/pom.xml");
        let text = format!("<project><artifactId>{artifact}</artifactId><version>1</version>");
        (path, format!("{text}<parent><groupId>org.example</groupId></parent></project>"))
    };
    let (one, two) = (pom("one"), pom("two"));
    let found = Identities::of(Some("launcher-2"), &facts(&[(&one.0, &one.1), (&two.0, &two.1)]));
    let names: Vec<_> = found.own.iter().chain(&found.others).map(|one| &*one.coordinates.artifact).collect();
    assert_eq!(names, ["launcher", "one", "two"]);
    assert_eq!(found.others[0].properties, None);
}
