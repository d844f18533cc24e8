//! Samples with a packaged buildpack, through the real lifecycle.

use std::path::Path;
use std::process::Stdio;

use end_to_end::http::{Running, free_port};
use end_to_end::lifecycle::Lifecycle;
use end_to_end::outcome::Outcome;
use end_to_end::{files, tools};

/// A platform with the buildpack, and with this machine's way to the npm registry.
fn platform(id: &str, package: &Path, api: &str) -> Lifecycle {
    let descriptor: toml::Table = toml::from_str(&files::read(&package.join("buildpack.toml"))).unwrap();
    let version = descriptor["buildpack"]["version"].as_str().unwrap().to_owned();
    let mut lifecycle = Lifecycle::new(api);
    lifecycle.package(id, &version, package).group(&[(id, &version, false)]);
    let registry = std::process::Command::new("npm").args(["config", "get", "registry"]).output();
    if let Some(output) = registry.ok().filter(|output| output.status.success()) {
        lifecycle.env("NPM_CONFIG_REGISTRY", String::from_utf8_lossy(&output.stdout).trim());
    }
    if let Some(bundle) = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"].iter().find_map(std::env::var_os) {
        let bundle = std::fs::read(bundle).unwrap();
        lifecycle.binding("ca", "ca-certificates", &[("bundle.pem", &bundle)]);
    }
    lifecycle
}

/// The same with a sample as its app.
pub fn of(id: &str, package: &Path, name: &str, api: &str) -> Lifecycle {
    let mut lifecycle = platform(id, package, api);
    lifecycle.app_from(&tools::sample(name));
    lifecycle
}

/// The image's content in place of the build's, and its `web` process asked in two ways: as the
/// platform starts it, and as one string that a shell reads (R10 to R12 of the platforms' rules).
pub fn answers(lifecycle: &Lifecycle, outcome: &Outcome, expected: &str) {
    let image = outcome.image.as_ref().unwrap();
    image.unpack(
        lifecycle.registry(),
        lifecycle.layers().parent().unwrap(),
        &[&lifecycle.layers(), &lifecycle.workspace()],
    );
    let processes = image.label("io.buildpacks.build.metadata")["processes"].as_array().unwrap().clone();
    let web = processes.iter().find(|one| one["type"] == "web").expect("a process called web");
    let words = |value: &serde_json::Value| match value {
        serde_json::Value::String(word) => vec![word.clone()],
        other => other.as_array().into_iter().flatten().filter_map(|word| Some(word.as_str()?.to_owned())).collect(),
    };
    let line = [words(&web["command"]), words(&web["args"])].concat().join(" ");
    // Who finds a process by its line must find the same thing, whichever of two it takes.
    let same_line = |one: &&serde_json::Value| [words(&one["command"]), words(&one["args"])].concat().join(" ") == line;
    let nothing_but = |one: &serde_json::Value| (one["direct"].clone(), one["working-dir"].clone());
    let alike: Vec<_> = processes.iter().filter(same_line).map(nothing_but).collect();
    assert!(alike.iter().all(|one| *one == nothing_but(web)), "two processes share a line and differ: {processes:?}");
    for (process, arguments) in [(Some("web"), vec![]), (None, vec![line.as_str()])] {
        let port = free_port();
        let mut command = lifecycle.launcher(process, &arguments);
        let child = command.env("PORT", port.to_string()).stdout(Stdio::null()).spawn().unwrap();
        let answer = Running(child).get(port);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(expected), "{line}: {answer}");
    }
}
