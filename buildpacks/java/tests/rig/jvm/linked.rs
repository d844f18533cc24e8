//! A runtime that jlink makes.

use libpack::testing::{Archive, Rig};
use libpack::world::Outcome;

use super::{TRUSTSTORE, app, downloads, failure, jdk, modules, row};

/// A `jlink` that writes a runtime to where it is told.
fn linking() -> Rig {
    let mut rig = app();
    rig.env("BP_JVM_JLINK_ENABLED", "true");
    rig.exec.teach("jlink", |child| {
        let words: Vec<_> = child.args.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        let out = std::path::PathBuf::from(words.last().unwrap());
        assert!(!out.exists(), "the real one refuses a folder that is there");
        for (path, content) in [
            ("lib/modules", modules()),
            ("lib/security/cacerts", TRUSTSTORE.to_vec()),
            ("bin/java", Vec::new()),
            ("lib/server/libjvm.so", Vec::new()),
        ] {
            libpack::fs::write(&out.join(path), content).unwrap();
        }
        Outcome { code: 0, output: String::new() }
    });
    rig
}

#[test]
fn the_image_runs_on_what_jlink_makes_and_not_on_a_jre() {
    let mut rig = linking();
    let built = rig.build().unwrap();
    // One JDK, unpacked for jlink and thrown away.
    assert_eq!(downloads(&built), ["jdk-21.0.11"]);
    let layer = built.layer("jlink").unwrap();
    assert!(layer.flags.launch && !layer.flags.build);
    assert!(built.layer("jre").is_none() && built.layer("jdk").is_none());
    assert_eq!(built.variable("JAVA_HOME"), "/layers/jlink");
    assert_eq!(built.variable("BPI_JVM_CLASS_COUNT"), "3");
    assert_eq!(built.variable("BPI_JVM_CACERTS"), "/layers/jlink/lib/security/cacerts");
    // The archives that the JDK had, for usual heaps and for large ones.
    assert_eq!(
        built.ran,
        [
            "jlink --no-man-pages --no-header-files --strip-debug --compress=zip-6 --add-modules java.base --output /layers/jlink",
            "java -Xshare:dump -XX:-UseCompressedOops",
            "java -Xshare:dump",
            "gradlew --no-daemon -Dorg.gradle.welcome=never assemble",
        ]
    );
    assert!(String::from_utf8_lossy(&layer.sboms["spdx.json"]).contains("Liberica-jdk@21.0.11"));
    let again = rig.build().unwrap();
    assert!(again.reused().contains(&"jlink") && again.ran.is_empty() && again.fetched.is_empty());
    assert_eq!(again.variable("BPI_JVM_CLASS_COUNT"), "3");
}

#[test]
fn another_jdk_or_other_arguments_make_it_anew() {
    let mut rig = linking();
    rig.build().unwrap();
    rig.offer(row("jdk", "21.0.12"), jdk("21.0.12").zst());
    let built = rig.build().unwrap();
    assert!(!built.reused().contains(&"jlink"));
    assert!(built.log.contains("version changed: \"21.0.11\" -> \"21.0.12\""), "{}", built.log);
    rig.env("BP_JVM_JLINK_ARGS", "--output=x --add-modules java.base,java.sql");
    let built = rig.build().unwrap();
    assert_eq!(built.ran[0], "jlink --add-modules java.base,java.sql --output /layers/jlink");
    assert!(built.log.contains("jlink-args changed"), "{}", built.log);
}

#[test]
fn arguments_without_modules_get_the_default_ones() {
    let mut rig = linking();
    rig.env("BP_JVM_JLINK_ARGS", "--output x --strip-debug");
    let built = rig.build().unwrap();
    assert_eq!(built.ran[0], "jlink --strip-debug --add-modules java.base --output /layers/jlink");
    assert!(built.log.contains("BP_JVM_JLINK_ARGS names no modules"), "{}", built.log);
    assert!(built.log.contains("--output is left out"), "{}", built.log);
}

#[test]
fn what_jlink_cannot_do_is_named() {
    let mut rig = linking();
    rig.env("BP_JVM_VERSION", "8.*");
    insta::assert_snapshot!(failure(&mut rig));
    rig.env("BP_JVM_VERSION", "21").env("BP_JVM_JLINK_ARGS", "--add-modules 'java");
    insta::assert_snapshot!(failure(&mut rig));
    rig.unset("BP_JVM_JLINK_ARGS");
    rig.exec.teach("jlink", |_| Outcome { code: 2, output: "Error: module not found".to_owned() });
    insta::assert_snapshot!(failure(&mut rig));
    let mut rig = linking();
    rig.no_dependencies().offer(
        row("jdk", "21.0.11"),
        Archive::new().program("top/bin/jlink", "").file("top/lib/modules", "text").zst(),
    );
    assert!(failure(&mut rig).contains("java/jimage"), "{}", failure(&mut rig));
}
