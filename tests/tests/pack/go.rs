//! Apps in Go: several kinds of them, built by pack, running, and built again.

use end_to_end::files;
use end_to_end::git_server::{self, GitServer};
use end_to_end::pack::App;
use end_to_end::run_image::OtherRunImage;

#[test]
fn a_web_server_of_many_modules_answers_and_a_rebuild_compiles_nothing() {
    let app = App::sample("go-mod", "go-mod");
    let cold = app.build();
    assert!(cold.contains("Running 'go build -o ") && cold.contains("Adding layer 'libpack/go:targets'"), "{cold}");
    assert!(app.answer().contains("\"sample\":\"go-mod\""));

    let again = app.build();
    for layer in ["targets", "helper", "environment"] {
        assert!(again.contains(&format!("Reusing layer 'libpack/go:{layer}'")), "{layer}: {again}");
    }
    for word in ["Installing", "Running 'go", "Restoring data for \"libpack/go:targets\""] {
        assert!(!again.contains(word), "{word}: {again}");
    }
    for format in ["cdx", "spdx", "syft"] {
        let file = format!("layers/sbom/launch/libpack_go/targets/sbom.{format}.json");
        assert!(app.sbom().contains(&file), "{file} is not among {:?}", app.sbom());
    }
    assert!(app.answer().contains("\"sample\":\"go-mod\""));

    let main = app.folder().join("main.go");
    files::write(&main, format!("{}\nfunc init() {{ println(\"edited\") }}\n", files::read(&main)));
    let edited = app.build();
    assert!(edited.contains("Layer targets is made anew: sources changed"), "{edited}");
    assert!(!edited.contains("go: downloading"), "the modules came back: {edited}");
    assert!(app.answer().contains("\"sample\":\"go-mod\""));
}

#[test]
fn an_app_with_c_in_it_answers() {
    let app = App::sample("go-cgo", "go-cgo");
    app.build();
    assert!(app.answer().contains("\"sample\":\"go-cgo\""));
}

#[test]
fn a_workspace_without_a_root_module_answers() {
    let app = App::sample("go-work", "go-work");
    app.build();
    assert!(app.answer().contains("\"sample\":\"go-work\""));
}

#[test]
fn two_programs_are_two_processes() {
    let app = App::sample("go-worker", "go-worker").env("BP_GO_BUILD_FLAGS=-v");
    let log = app.build();
    for package in ["runtime", "runtime/cgo", "net", "net/http"] {
        assert!(!log.contains(&format!(" {package}\n")), "{package} was compiled, and lies in the package: {log}");
    }
    assert!(log.contains(" example.com/libpack/samples/go-worker/cmd/web\n"), "{log}");
    assert!(log.contains("web (default): ") && log.contains("worker: "), "{log}");
    assert!(app.answer().contains("\"sample\":\"go-worker\""));
}

#[test]
fn a_vendored_app_needs_no_network_at_all() {
    let app = App::sample("go-vendor", "go-vendor").without_network();
    let log = app.build();
    assert!(log.contains("Skipping build process: modules are already vendored"), "{log}");
    assert!(app.answer().contains("\"sample\":\"go-vendor\""));
}

#[test]
fn a_static_executable_needs_nothing_of_its_image() {
    let nothing = OtherRunImage::empty();
    let app = App::sample("go-plain", "go-static").env("CGO_ENABLED=0").on(&nothing);
    let log = app.build();
    assert!(log.contains("-buildmode default -trimpath"), "{log}");
    assert!(app.answer().contains("\"sample\":\"go-plain\""));
}

#[test]
fn a_private_module_behind_a_login_is_fetched_by_its_binding() {
    let (_module, content) = git_server::module("git.example/me/private.git");
    let server = GitServer::start(&content, "v1.2.3", "s3cret");
    let app = App::sample("go-plain", "go-private");
    let folder = app.folder();
    files::write(
        &folder.join("go.mod"),
        "module example.com/app\n\ngo 1.25\n\nrequire git.example/me/private.git v1.2.3\n",
    );
    files::write(
        &folder.join("greeting.go"),
        "package main\n\nimport words \"git.example/me/private.git\"\n\nfunc init() { println(words.Secret) }\n",
    );
    // What the user's git is told in the build: the module's host is this machine.
    let app = app
        .env("GOPRIVATE=git.example")
        .env("GOFLAGS=-mod=mod")
        .env("GIT_CONFIG_COUNT=1")
        .env(&format!("GIT_CONFIG_KEY_0=url.{}.insteadOf", server.address()))
        .env("GIT_CONFIG_VALUE_0=https://git.example/me/")
        .binding("git", "git-credentials", &[("credentials", "username=me\npassword=s3cret\n")]);
    let log = app.build();
    assert!(log.contains("go: downloading git.example/me/private.git v1.2.3"), "{log}");
    assert!(!log.contains("s3cret"), "{log}");
    assert!(app.answer().contains("\"sample\":\"go-plain\""));

    let refused = app.binding("git", "git-credentials", &[("credentials", "username=me\npassword=wrong\n")]);
    let log = refused.clean_failure();
    assert!(log.contains("[go/repository-silent]") && log.contains("git-credentials"), "{log}");
}
