//! The seed `go-compiler`: what an offline package prepares of each Go that it carries. It is what compiles an
//! app, unpacked, with the standard library in it, compiled as the component `go-build` compiles an app by
//! default. Builds call it where it lies, in a folder of the buildpack: a build starts in a new container, where
//! each file and page that is written costs more than what is done with it.
//!
//! What decides whether a build takes a package from it (golang/go, `cmd/go/internal/work/exec.go`,
//! `buildActionID`): the version of Go, the flags that shape code, the files, and the content of the packages
//! below. Not the place of Go, since with `-trimpath` it is in no output, nor the time.
//!
//! Packages with C code (`runtime/cgo`, `net`, `os/user`, `plugin`) also depend on the words of `CC`, the
//! `CGO_*FLAGS` and the version line of the compiler (`gccToolID`). Where those differ, these few are compiled
//! again; where the other compiler also writes other bytes, what imports `net` is too. Tried with
//! the seed of gcc 12 and a server that uses `net/http`: the same compiler as `CC=cc`, 3 packages; gcc 11, 10;
//! no C compiler or `CGO_ENABLED=0`, another 10. All others, and so most of the time, stay.

use std::path::Path;

use libpack::context::SeedCx;
use libpack::{Error, Result, fs};

use crate::toolchain::{COMPILED_LIBRARY, Extent, install};

/// The seed's id.
pub const GO_COMPILER: &str = "go-compiler";
/// How `go-build` compiles when nobody says otherwise: these shape what a build finds.
const FLAGS: [&str; 3] = ["-buildmode", "pie", "-trimpath"];

/// Unpacks what compiles an app, and compiles the standard library into it.
pub fn compiler(cx: &SeedCx<'_>) -> Result<()> {
    let root = cx.install(|layer, go| install(layer, go, Extent::Compiler))?;
    let go = root.join("bin/go");
    let listed = run(cx, &go, &["list", "std"])?;
    compile(cx, &go, &listed.lines().filter(|package| is_public(package)).collect::<Vec<_>>())?;
    fs::move_tree(&root, cx.out(), &|_, _| None)
}

/// Compiles packages, and whatever they import, into Go's own folder.
fn compile(cx: &SeedCx<'_>, go: &Path, packages: &[&str]) -> Result<()> {
    // Go installs what it is told, and not what that imports.
    let needed = run(cx, go, &[&["list", "-deps"], packages].concat())?;
    run(cx, go, &[&["install"], &FLAGS[..], &needed.lines().collect::<Vec<_>>()].concat()).map(drop)
}

/// An app can import it. What is internal comes with the packages that use it; the rest serves the tests and
/// tools of Go itself, and is a tenth of the whole.
fn is_public(package: &str) -> bool {
    !package.split('/').any(|part| part == "internal" || part == "vendor")
}

fn run(cx: &SeedCx<'_>, go: &Path, args: &[&str]) -> Result<String> {
    let run = cx.run(go).args(args).env("GODEBUG", COMPILED_LIBRARY).env("GOENV", "off").env("GOFLAGS", "");
    let outcome = run.env("GOTOOLCHAIN", "local").call()?;
    if outcome.success() {
        return Ok(outcome.output);
    }
    let version = cx.dependency().version.as_str();
    Err(Error::user("go/seed-failed", format!("the standard library of Go {version} cannot be compiled here"))
        .hint("Look at what go says above; package with --no-seeds to go without.")
        .because(format!("`go {}` exited with {}", args[0], outcome.code)))
}

#[cfg(test)]
mod tests {
    use libpack::component::Buildpack;
    use libpack::exec::{Processes, search};
    use libpack::testing::{Archive, Rig, Row, tree};
    use libpack::world::{Exec as _, Variables};

    use super::*;

    const DESCRIPTOR: &str = "api = '0.10'\n[buildpack]\nid = 'libpack/go'\nversion = '1.0.0'\n\
                              [[metadata.seeds]]\nid = 'go-compiler'\nfrom = 'go'\n";
    /// The Go of this machine under a root of its own, which it may install into.
    const GO: &str = "#!/bin/sh\nset -e\nroot=$(cd \"$(dirname \"$0\")/..\" && pwd)\nreal=$(go env GOROOT)\n\
                      for name in src lib go.env VERSION pkg/include pkg/tool; do\n\
                      test -e \"$root/$name\" || { mkdir -p \"$root/pkg\"; ln -s \"$real/$name\" \"$root/$name\"; }\ndone\n\
                      GOROOT=$root exec go \"$@\"\n";
    const PACKAGES: [&str; 2] = ["container/list", "unicode/utf8"];

    /// A seed of small packages, without even `runtime`, made by the real Go.
    fn small(out: &Path) -> String {
        let seed = |cx: &SeedCx<'_>| {
            let root = cx.install(|layer, go| install(layer, go, Extent::Compiler))?;
            compile(cx, &root.join("bin/go"), &PACKAGES)?;
            fs::move_tree(&root, cx.out(), &|_, _| None)
        };
        let mut rig = Rig::new(Buildpack::new("libpack/go").seed(GO_COMPILER, seed), DESCRIPTOR);
        rig.vendor(Row::new("go", "1.0.0"), Archive::new().program("bin/go", GO).zst());
        rig.env("PATH", &path());
        rig.exec.teach("go", |child| Processes.run(child, &mut |_| {}).unwrap());
        rig.seed(GO_COMPILER, "1.0.0", out).unwrap()
    }

    fn path() -> String {
        let mine = Variables::of_process();
        search("go", &mine).expect("Go is what this project is worked on with");
        mine.text("PATH").unwrap()
    }

    /// The packages that a build compiles with that Go.
    fn compiled(app: &Path, root: &Path, arguments: &[&str]) -> String {
        let settings = [("PATH", path()), ("GOENV", "off".into()), ("GOTOOLCHAIN", "local".into())];
        let mut env: Variables = settings.into_iter().collect();
        env.set("GODEBUG", COMPILED_LIBRARY);
        env.set("HOME", app);
        let args = ["build", "-v", "-o", "app"].iter().chain(arguments).map(Into::into).collect();
        let child = libpack::world::Child { program: root.join("bin/go").into(), args, cwd: app.to_owned(), env };
        let outcome = Processes.run(&child, &mut |_| {}).unwrap();
        assert!(outcome.success(), "{}", outcome.output);
        outcome.output
    }

    #[test]
    fn a_seed_has_the_same_bytes_wherever_it_is_made_and_a_build_takes_all_of_it() {
        let scratch = fs::scratch().unwrap();
        let (one, two) = (scratch.path().join("one"), scratch.path().join("elsewhere/two"));
        let log = small(&one);
        assert!(log.contains("go list -deps container/list unicode/utf8'"), "{log}");
        small(&two);
        let (left, right) = (tree(&one), tree(&two));
        let library: Vec<_> = left.iter().filter_map(|path| path.strip_suffix("/list.a")).collect();
        assert!(library.len() == 1 && library[0].ends_with("_shared/container"), "{left:#?}");
        assert_eq!(left, right);
        assert_eq!(fs::digest(&one, &left).unwrap(), fs::digest(&two, &right).unwrap());

        let app = scratch.path().join("app");
        fs::write(&app.join("go.mod"), "module example.com/app\n\ngo 1.21\n").unwrap();
        fs::write(&app.join("app.go"), "package app\n\nimport _ \"container/list\"\nimport _ \"unicode/utf8\"\n")
            .unwrap();
        assert_eq!(compiled(&app, &two, &FLAGS), "example.com/app\n");
        let other = compiled(&app, &two, &["-trimpath"]);
        assert!(other.contains("unicode/utf8\n"), "other flags find nothing, and -v tells what is compiled: {other}");
    }

    #[test]
    fn tests_and_tools_of_go_itself_stay_out() {
        for (package, public) in [
            ("net/http", true),
            ("internal/trace/traceviewer", false),
            ("net/http/internal", false),
            ("vendor/golang.org/x/net/idna", false),
            ("internals", true),
        ] {
            assert_eq!(is_public(package), public, "{package}");
        }
    }
}
