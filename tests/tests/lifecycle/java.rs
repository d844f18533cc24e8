//! The packaged Java buildpack, with its dependencies inside, through the real lifecycle.

use end_to_end::lifecycle::Lifecycle;
use end_to_end::outcome::Outcome;
use end_to_end::{files, tools};

use super::sample::{self, answers};

const ID: &str = "libpack/java";
const MAIN: &str = "src/main/java/app/Main.java";

fn sample(name: &str, api: &str) -> Lifecycle {
    let mut lifecycle = sample::of(ID, tools::java_package(), name, api);
    // The line that every machine has, Debian's own.
    lifecycle.env("BP_JVM_VERSION", "17");
    lifecycle
}

/// Nothing was fetched, unpacked or brought back but one file per cache; the application and its runtime stay as
/// they are.
fn nothing_was_done(outcome: &Outcome) {
    let log = outcome.log("builder");
    for word in ["Installing", "Running '", "Downloading", "made anew"] {
        assert!(!log.contains(word), "{word} is in the log:\n{log}");
    }
    let content: Vec<_> =
        outcome.restored_of(ID).into_iter().filter(|path| path.contains('/') && !path.starts_with("sbom/")).collect();
    assert!(content.iter().all(|path| path.ends_with("-cache/cache.tar.zst")), "{content:?}");
    for layer in ["application", "jre"] {
        assert!(outcome.layers_of(ID)[layer].reused, "{layer}: {log}");
    }
    assert_eq!(outcome.layers_of(ID)["jre"].sboms.len(), 3);
}

#[test]
fn a_maven_app_from_cold_to_an_edit() {
    let mut lifecycle = sample("java-plain", "0.13");
    let cold = lifecycle.build().succeeded();
    assert_eq!(cold.log("builder").matches("/bin/mvn --batch-mode").count(), 1, "{}", cold.log("builder"));
    answers(&lifecycle, &cold, "\"sample\":\"java-plain\"");
    nothing_was_done(&lifecycle.build().succeeded());

    let main = files::read(&tools::sample("java-plain").join(MAIN));
    let edited = lifecycle.file(MAIN, &format!("{main}\nclass Edited {{}}\n")).build().succeeded();
    let log = edited.log("builder");
    assert!(log.contains("Layer application is made anew: sources changed"), "{log}");
    assert!(!log.contains("Downloading from"), "the repository came back: {log}");
    assert!(edited.restored_of(ID).contains(&"maven-cache/cache.tar.zst"), "{:?}", edited.restored_of(ID));
    assert!(edited.layers_of(ID)["jre"].reused, "{log}");
    answers(&lifecycle, &edited, "\"sample\":\"java-plain\"");
}

#[test]
fn old_and_new_platforms_get_the_same_java_app() {
    for api in [9, tools::newest_platform_api()] {
        let mut lifecycle = sample("java-plain", &format!("0.{api}"));
        let outcome = lifecycle.build().succeeded();
        answers(&lifecycle, &outcome, "\"sample\":\"java-plain\"");
        nothing_was_done(&lifecycle.build().succeeded());
    }
}

#[test]
fn what_a_java_user_got_wrong_ends_in_the_right_phase_with_its_code() {
    let failing = |change: &dyn Fn(&mut Lifecycle)| {
        let mut lifecycle = sample("java-plain", "0.13");
        change(&mut lifecycle);
        let outcome = lifecycle.build();
        let failure = outcome.failure().map(|(phase, code)| (phase.to_owned(), code));
        (failure.expect("a failure"), outcome.all())
    };
    let ((phase, code), log) = failing(&|lifecycle| {
        lifecycle.env("BP_JVM_VERSION", "99");
    });
    assert_eq!((phase.as_str(), code), ("builder", 51), "{log}");
    assert!(log.contains("99"), "{log}");

    let ((phase, code), log) = failing(&|lifecycle| {
        lifecycle.file(MAIN, "package app;\n\nclass Main { int x = \"text\"; }\n");
    });
    assert_eq!((phase.as_str(), code), ("builder", 51), "{log}");
    assert!(log.contains("incompatible types"), "{log}");
}
