//! The packaged Node.js buildpack, with its dependencies inside, through the real lifecycle.

use end_to_end::lifecycle::Lifecycle;
use end_to_end::outcome::Outcome;
use end_to_end::{files, tools};

use super::sample::{self, answers};

const ID: &str = "libpack/node";

fn sample(name: &str, api: &str) -> Lifecycle {
    sample::of(ID, tools::node_package(), name, api)
}

/// Nothing was fetched, unpacked or brought back but one file per cache; the layers stay as they are.
fn nothing_was_done(outcome: &Outcome) {
    let log = outcome.log("builder");
    for word in ["Installing", "Running 'npm", "Downloading", "made anew"] {
        assert!(!log.contains(word), "{word} is in the log:\n{log}");
    }
    let content: Vec<_> =
        outcome.restored_of(ID).into_iter().filter(|path| path.contains('/') && !path.starts_with("sbom/")).collect();
    assert!(
        content.iter().all(|path| path.ends_with("-cache/cache.tar.zst") || path.contains("-output/")),
        "{content:?}"
    );
    for layer in ["node", "launch-modules"] {
        assert!(outcome.layers_of(ID)[layer].reused, "{layer}: {log}");
        assert_eq!(outcome.layers_of(ID)[layer].sboms.len(), 3, "{layer}");
    }
    assert!(!outcome.log("exporter").contains("Adding layer 'libpack/node:node'"), "{}", outcome.all());
}

#[test]
fn an_npm_app_from_cold_to_a_new_lock() {
    let mut lifecycle = sample("npm", "0.13");
    let cold = lifecycle.build().succeeded();
    assert_eq!(cold.log("builder").matches("Installing Node").count(), 1, "{}", cold.log("builder"));
    assert!(cold.log("builder").contains("npm ci"), "{}", cold.log("builder"));

    nothing_was_done(&lifecycle.build().succeeded());
    let server = files::read(&tools::sample("npm").join("server.js"));
    let edited = lifecycle.file("server.js", &server.replace("sample: 'npm'", "sample: 'npm', edited: true")).build();
    let edited = edited.succeeded();
    nothing_was_done(&edited);
    answers(&lifecycle, &edited, "\"edited\":true");
    for ending in ["cdx.json", "spdx.json", "syft.json"] {
        for layer in ["node", "launch-modules"] {
            let path = format!("sbom/launch/libpack_node/{layer}/sbom.{ending}");
            assert_eq!(edited.image.as_ref().unwrap().files_ending(lifecycle.registry(), &path).len(), 1, "{path}");
        }
    }

    let lock = files::read(&tools::sample("npm").join("package-lock.json"));
    let package = files::read(&tools::sample("npm").join("package.json"));
    lifecycle.file("package-lock.json", &lock.replacen("\"version\": \"1.0.0\"", "\"version\": \"1.0.1\"", 2));
    lifecycle.file("package.json", &package.replacen("\"version\": \"1.0.0\"", "\"version\": \"1.0.1\"", 1));
    let relocked = lifecycle.build().succeeded();
    let log = relocked.log("builder");
    assert_eq!(log.matches("Installing Node").count(), 1, "{log}");
    assert!(relocked.layers_of(ID)["node"].reused, "Node.js was borrowed, not made anew: {log}");
    assert!(!relocked.layers_of(ID)["launch-modules"].reused, "{log}");
    assert!(relocked.restored_of(ID).contains(&"npm-cache/cache.tar.zst"), "{:?}", relocked.restored_of(ID));
    answers(&lifecycle, &relocked, "\"sample\":\"npm\"");
}

#[test]
fn the_other_samples_start_from_one_line() {
    for (name, api) in [("node-plain", 9), ("node-native", tools::newest_platform_api())] {
        let mut lifecycle = sample(name, &format!("0.{api}"));
        let outcome = lifecycle.build().succeeded();
        answers(&lifecycle, &outcome, &format!("\"sample\":\"{name}\""));
        nothing_broke(&lifecycle.build().succeeded());
    }
}

fn nothing_broke(outcome: &Outcome) {
    assert!(outcome.layers_of(ID)["node"].reused, "{}", outcome.log("builder"));
}

#[test]
fn what_the_user_got_wrong_ends_in_the_right_phase_with_its_code() {
    let failing = |change: &dyn Fn(&mut Lifecycle)| {
        let mut lifecycle = sample("npm", "0.13");
        change(&mut lifecycle);
        let outcome = lifecycle.build();
        let failure = outcome.failure().map(|(phase, code)| (phase.to_owned(), code));
        (failure.expect("a failure"), outcome.all())
    };
    let ((phase, code), log) = failing(&|lifecycle| {
        lifecycle.file("package.json", "{ \"name\": ");
    });
    assert_eq!((phase.as_str(), code), ("detector", 21), "{log}");
    assert!(log.contains("package.json"), "{log}");

    let ((phase, code), log) = failing(&|lifecycle| {
        lifecycle.env("BP_NODE_PROJECT_PATH", "not-there");
    });
    assert_eq!((phase.as_str(), code), ("detector", 21), "{log}");
    assert!(log.contains("not-there"), "{log}");

    let ((phase, code), log) = failing(&|lifecycle| {
        let package = files::read(&lifecycle.app().join("package.json"));
        lifecycle.file("package.json", &package.replace("\"express\"", "\"left-pad\": \"^1.3.0\",\n    \"express\""));
    });
    assert_eq!((phase.as_str(), code), ("builder", 51), "{log}");
    assert!(log.contains("package-lock.json"), "{log}");

    let ((phase, code), log) = failing(&|lifecycle| {
        lifecycle.env("BP_NODE_VERSION", "99.*");
    });
    assert_eq!((phase.as_str(), code), ("builder", 51), "{log}");
    assert!(log.contains("99"), "{log}");
}
