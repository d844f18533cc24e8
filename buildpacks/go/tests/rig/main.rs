//! Stories of the Go buildpack, told by the rig: detect, build and rebuild in process, with a `go` of a
//! few lines and archives of a few files.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]
#![allow(clippy::disallowed_methods, reason = "tests look into folders and damage files on purpose")]

mod bad_input;
mod bindings;
mod compile;
mod executable;
mod go;
mod neighbours;
mod rebuild;
mod seeds;
mod sources;
mod versions;

use libpack::report::report;
use libpack::testing::{Archive, Built, Rig, Row};

/// What the tests install from: the versions of spec 4.3.
const VERSIONS: [&str; 4] = ["1.25.13", "1.25.14", "1.26.6", "1.26.7"];

/// What a real archive holds, a few bytes of each.
fn go_archive(version: &str) -> Archive {
    Archive::new()
        .program("go/bin/go", version)
        .program("go/bin/gofmt", "gofmt")
        .program("go/pkg/tool/linux_amd64/compile", "compile")
        .program("go/pkg/tool/linux_amd64/vet", "vet")
        .file("go/src/fmt/print.go", "package fmt")
        .file("go/src/fmt/print_test.go", "package fmt")
        .file("go/src/cmd/go/main.go", "package main")
        .file("go/test/bench.go", "package main")
        .file("go/go.env", "GOTOOLCHAIN=auto")
}

fn go_row(version: &str) -> Row {
    Row::new("go", version)
        .set("name", "Go")
        .set("strip-components", 1)
        .set("purl", format!("pkg:generic/go@go{version}"))
}

/// A rig with our buildpack, an empty app, and Go to download.
fn rig() -> Rig {
    let mut rig = Rig::new(libpack_go::buildpack(), include_str!("../../buildpack.toml"));
    rig.no_dependencies();
    for version in VERSIONS {
        rig.offer(go_row(version), go_archive(version).zst());
    }
    rig.exec.teach("go", go::go);
    rig
}

const MAIN: &str = "package main\n\nfunc main() {}\n";
const MOD: &str = "module example.com/app\n\ngo 1.25\n\nrequire github.com/gorilla/mux v1.8.1\n";
const SUM: &str = "github.com/gorilla/mux v1.8.1 h1:TuBL49tXwgrFYWhqrNgrUNEY92u81SPhu7sTdzQEiWY=\n\
                   github.com/gorilla/mux v1.8.1/go.mod h1:AKf9I4AEqPTmMytcMc0KkNouC66V3BtZ4qD5fmWSiMQ=\n";

/// An app of one module with one requirement.
fn module_app() -> Rig {
    let mut rig = rig();
    rig.file("go.mod", MOD).file("go.sum", SUM).file("main.go", MAIN).file("assets/style.css", "body {}");
    rig
}

/// An app as before there were modules.
fn plain_app() -> Rig {
    let mut rig = rig();
    rig.file("main.go", MAIN);
    rig
}

/// The report of a build that must fail, with the id in front that scripts match.
fn failure(rig: &mut Rig) -> String {
    match rig.build() {
        Ok(built) => panic!("it was built:\n{}", built.log),
        Err(error) => rig.normalise(&report(&error)),
    }
}

/// The commands of Go that ran, without their options.
fn commands(built: &Built) -> Vec<String> {
    let words = |line: &String| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    built.ran.iter().map(words).collect()
}

/// Holds that a rebuild did nothing that costs time.
fn assert_idle(built: &Built) {
    assert!(built.ran.is_empty(), "{:?}", built.ran);
    assert!(built.fetched.is_empty(), "{:?}", built.fetched);
    assert!(!built.log.contains("Installing"), "{}", built.log);
    assert!(built.reused().contains(&"targets"), "{}", built.log);
}
