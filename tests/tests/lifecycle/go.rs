//! The packaged Go buildpack, with its dependencies inside, through the real lifecycle.

use end_to_end::lifecycle::Lifecycle;
use end_to_end::outcome::Outcome;
use end_to_end::{files, tools};

use super::sample::{self, answers};

const ID: &str = "libpack/go";

fn sample(name: &str, api: &str) -> Lifecycle {
    sample::of(ID, tools::go_package(), name, api)
}

/// Nothing was fetched, unpacked or brought back but one file per cache; the executables stay as they are.
fn nothing_was_done(outcome: &Outcome) {
    let log = outcome.log("builder");
    for word in ["Installing", "Running 'go", "Downloading", "made anew"] {
        assert!(!log.contains(word), "{word} is in the log:\n{log}");
    }
    let content: Vec<_> =
        outcome.restored_of(ID).into_iter().filter(|path| path.contains('/') && !path.starts_with("sbom/")).collect();
    assert!(content.iter().all(|path| path.ends_with("-cache/cache.tar.zst")), "{content:?}");
    assert!(outcome.layers_of(ID)["targets"].reused, "{log}");
    assert_eq!(outcome.layers_of(ID)["targets"].sboms.len(), 3);
}

#[test]
fn a_go_app_from_cold_to_an_edit() {
    let mut lifecycle = sample("go-mod", "0.13");
    let cold = lifecycle.build().succeeded();
    assert_eq!(cold.log("builder").matches("Running 'go build").count(), 1, "{}", cold.log("builder"));
    answers(&lifecycle, &cold, "\"sample\":\"go-mod\"");
    nothing_was_done(&lifecycle.build().succeeded());

    let main = files::read(&tools::sample("go-mod").join("main.go"));
    let edited =
        lifecycle.file("main.go", &format!("{main}\nfunc init() {{ println(\"edited\") }}\n")).build().succeeded();
    let log = edited.log("builder");
    assert!(log.contains("Layer targets is made anew: sources changed"), "{log}");
    assert!(!log.contains("go: downloading"), "the modules came back: {log}");
    assert!(edited.restored_of(ID).contains(&"go-build-cache/cache.tar.zst"), "{:?}", edited.restored_of(ID));
    answers(&lifecycle, &edited, "\"sample\":\"go-mod\"");
}

#[test]
fn old_and_new_platforms_get_the_same_app() {
    for api in [9, tools::newest_platform_api()] {
        let mut lifecycle = sample("go-plain", &format!("0.{api}"));
        let outcome = lifecycle.build().succeeded();
        answers(&lifecycle, &outcome, "\"sample\":\"go-plain\"");
        nothing_was_done(&lifecycle.build().succeeded());
    }
}

#[test]
fn another_layers_folder_compiles_again_because_the_start_line_names_it() {
    let mut lifecycle = sample("go-plain", "0.13");
    lifecycle.build().succeeded();
    let outcome = lifecycle.layers_folder("elsewhere").build().succeeded();
    assert!(outcome.log("builder").contains("layers-folder changed"), "{}", outcome.log("builder"));
    answers(&lifecycle, &outcome, "\"sample\":\"go-plain\"");
}

#[test]
fn what_the_user_got_wrong_ends_in_the_right_phase_with_its_code() {
    let failing = |change: &dyn Fn(&mut Lifecycle)| {
        let mut lifecycle = sample("go-worker", "0.13");
        change(&mut lifecycle);
        let outcome = lifecycle.build();
        let failure = outcome.failure().map(|(phase, code)| (phase.to_owned(), code));
        (failure.expect("a failure"), outcome.all())
    };
    let ((phase, code), log) = failing(&|lifecycle| {
        lifecycle.env("BP_GO_TARGETS", "/cmd/web");
    });
    assert_eq!((phase.as_str(), code), ("detector", 21), "{log}");
    assert!(log.contains("[go/target-absolute]"), "{log}");

    let ((phase, code), log) = failing(&|lifecycle| {
        lifecycle.file("cmd/web/main.go", "package main\n\nfunc main() { undefined() }\n");
    });
    assert_eq!((phase.as_str(), code), ("builder", 51), "{log}");
    assert!(log.contains("undefined: undefined") && log.contains("[go/compile-failed]"), "{log}");

    let ((phase, code), log) = failing(&|lifecycle| {
        lifecycle.env("BP_GO_VERSION", "1.999");
    });
    assert_eq!((phase.as_str(), code), ("builder", 51), "{log}");
    assert!(log.contains("[dependency/version-unknown]"), "{log}");
}
