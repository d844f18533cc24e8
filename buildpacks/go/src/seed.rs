//! What an offline package prepares of each Go that it carries. Both are used where they lie, in a folder of
//! the buildpack: where every build starts in a new container, each page that is written costs more than what
//! is done with it.
//!
//! The seed `go-compiler` is what compiles an app, unpacked.
//!
//! The seed `go-build-cache` is the standard library, compiled as the component `go-build` compiles an app by
//! default, as the content of a `GOCACHE`.
//!
//! What decides whether a build finds a package there (golang/go, `cmd/go/internal/work/exec.go`,
//! `buildActionID`): the version of Go, the flags that shape code, the files, and the content of the packages
//! below. Not the place of Go, since with `-trimpath` it is in no output, nor the time.
//!
//! Packages with C code (`runtime/cgo`, `net`, `os/user`, `plugin`) also depend on the words of `CC`, the
//! `CGO_*FLAGS` and the version line of the compiler (`gccToolID`). Where those differ, these few are compiled
//! again; where the other compiler also writes other bytes, what imports `net` is too. Tried with
//! the seed of gcc 12 and a server that uses `net/http`: the same compiler as `CC=cc`, 3 packages; gcc 11, 10;
//! no C compiler or `CGO_ENABLED=0`, another 10. All others, and so most of the time, stay.

use std::collections::BTreeSet;
use std::path::Path;

use libpack::context::SeedCx;
use libpack::{Error, Result, fs};

use crate::cache_entry::Entry;
use crate::toolchain::{Extent, install};

/// The id of what compiles.
pub const GO_COMPILER: &str = "go-compiler";
/// The id of what is compiled already.
pub const GO_BUILD_CACHE: &str = "go-build-cache";
/// How `go-build` compiles when nobody says otherwise: these shape what a build finds.
const FLAGS: [&str; 3] = ["-buildmode", "pie", "-trimpath"];

/// Unpacks into the seed what compiles an app.
pub fn compiler(cx: &SeedCx<'_>) -> Result<()> {
    let go = cx.install(|layer, go| install(layer, go, Extent::Compiler))?;
    fs::move_tree(&go, cx.out(), &|_, _| None)
}

/// Compiles the standard library into the seed.
pub fn standard_library(cx: &SeedCx<'_>) -> Result<()> {
    let go = cx.install(|layer, go| install(layer, go, Extent::Compiler))?.join("bin/go");
    let listed = run(cx, &go, &["list", "std"])?;
    compile(cx, &go, &listed.lines().filter(|package| is_public(package)).collect::<Vec<_>>())
}

/// Compiles packages, and whatever they import, into the seed.
fn compile(cx: &SeedCx<'_>, go: &Path, packages: &[&str]) -> Result<()> {
    run(cx, go, &[&["build"], &FLAGS[..], packages].concat())?;
    tidy(cx.out())
}

/// An app can import it. What is internal comes with the packages that use it; the rest serves the tests and
/// tools of Go itself, and is a tenth of the whole.
fn is_public(package: &str) -> bool {
    !package.split('/').any(|part| part == "internal" || part == "vendor")
}

fn run(cx: &SeedCx<'_>, go: &Path, args: &[&str]) -> Result<String> {
    let run = cx.run(go).args(args).env("GOCACHE", cx.out()).env("GOENV", "off").env("GOFLAGS", "");
    let outcome = run.env("GOTOOLCHAIN", "local").call()?;
    if outcome.success() {
        return Ok(outcome.output);
    }
    let version = cx.dependency().version.as_str();
    Err(Error::user("go/seed-failed", format!("the standard library of Go {version} cannot be compiled here"))
        .hint("Look at what go says above; package with --no-seeds to go without.")
        .because(format!("`go {}` exited with {}", args[0], outcome.code)))
}

/// Leaves of a cache what a build looks for, with the same bytes whenever and wherever it was made: entries
/// of compiled packages and their outputs. Indexes of the folders of Go's own packages hold paths and times,
/// sources that cgo wrote hold paths, and lists of sources serve `go vet` alone.
fn tidy(cache: &Path) -> Result<()> {
    let mut kept = BTreeSet::new();
    let mut all = Vec::new();
    for folder in fs::list(cache)? {
        let folder = cache.join(folder);
        let names = if folder.is_dir() { fs::list(&folder)? } else { Vec::new() };
        all.extend(names.iter().map(|name| folder.join(name)));
        for name in names {
            let Some(action) = name.strip_suffix("-a") else { continue };
            let text = fs::read_text(&folder.join(&name))?;
            let Some(entry) = Entry::parse(&text, action) else { continue };
            let output = cache.join(entry.output());
            if is_of_build(&output)? {
                fs::write(&folder.join(&name), entry.stamped())?;
                kept.extend([folder.join(&name), output]);
            }
        }
    }
    all.iter().filter(|path| !kept.contains(*path)).try_for_each(|path| fs::remove(path))?;
    // The files beside the folders (README, trim.txt), and folders with nothing in them: Go makes its own.
    for name in fs::list(cache)? {
        let path = cache.join(&name);
        if !path.is_dir() || fs::list(&path)?.is_empty() {
            fs::remove(&path)?;
        }
    }
    Ok(())
}

/// A compiled package, or the nothing that the compiler said about one.
fn is_of_build(output: &Path) -> Result<bool> {
    if !output.is_file() {
        return Ok(false);
    }
    let bytes = fs::read_bytes(output)?;
    Ok(bytes.is_empty() || bytes.starts_with(b"!<arch>\n"))
}

#[cfg(test)]
mod tests {
    use libpack::component::Buildpack;
    use libpack::exec::{Processes, search};
    use libpack::testing::{Archive, Rig, Row, tree};
    use libpack::world::{Exec as _, Variables};

    use super::*;

    const DESCRIPTOR: &str = "api = '0.10'\n[buildpack]\nid = 'libpack/go'\nversion = '1.0.0'\n\
                              [[metadata.seeds]]\nid = 'go-build-cache'\nfrom = 'go'\n";
    /// The Go of this machine under a root of its own: each install has another one.
    const GO: &str = "#!/bin/sh\nset -e\ncd \"$(dirname \"$0\")/..\"\ntest -e root || ln -s \"$(go env GOROOT)\" root\n\
                      here=$PWD\ncd \"$OLDPWD\"\nGOROOT=$here/root exec go \"$@\"\n";

    /// A seed of small packages, without even `runtime`, made by the real Go.
    fn small(out: &Path) -> String {
        let seed = |cx: &SeedCx<'_>| {
            let go = cx.install(|layer, go| install(layer, go, Extent::Compiler))?.join("bin/go");
            compile(cx, &go, &["container/list", "unicode/utf8"])
        };
        let mut rig = Rig::new(Buildpack::new("libpack/go").seed(GO_BUILD_CACHE, seed), DESCRIPTOR);
        rig.vendor(Row::new("go", "1.0.0"), Archive::new().program("bin/go", GO).zst());
        rig.env("PATH", &path());
        rig.exec.teach("go", |child| Processes.run(child, &mut |_| {}).unwrap());
        rig.seed(GO_BUILD_CACHE, "1.0.0", out).unwrap()
    }

    fn path() -> String {
        let mine = Variables::of_process();
        search("go", &mine).expect("Go is what this project is worked on with");
        mine.text("PATH").unwrap()
    }

    /// The packages that a build compiles with that cache.
    fn compiled(app: &Path, cache: &Path, arguments: &[&str]) -> String {
        let mut env: Variables =
            [("PATH", path()), ("GOENV", "off".into()), ("GOTOOLCHAIN", "local".into())].into_iter().collect();
        env.set("GOCACHE", cache);
        env.set("HOME", app);
        let args = ["build", "-v", "-o", "app"].iter().chain(arguments).map(Into::into).collect();
        let child = libpack::world::Child { program: "go".into(), args, cwd: app.to_owned(), env };
        let outcome = Processes.run(&child, &mut |_| {}).unwrap();
        assert!(outcome.success(), "{}", outcome.output);
        outcome.output
    }

    #[test]
    fn a_seed_has_the_same_bytes_wherever_it_is_made_and_a_build_elsewhere_takes_all_of_it() {
        let scratch = fs::scratch().unwrap();
        let (one, two) = (scratch.path().join("one"), scratch.path().join("elsewhere/two"));
        let log = small(&one);
        assert!(log.contains("go build -buildmode pie -trimpath container/list unicode/utf8'"), "{log}");
        small(&two);
        let (left, right) = (tree(&one), tree(&two));
        assert!(left.len() > 5 && left == right, "{left:#?}\n{right:#?}");
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
    fn what_no_build_looks_for_leaves_the_cache() {
        let cache = fs::scratch().unwrap();
        let [compiled, said, index, source, foreign] = ["a", "b", "c", "d", "e"].map(|digit| digit.repeat(64));
        let entry = |action: &str, output: &str| {
            format!("v1 {action} {output} {:20} {:20}\n", 8, 1_795_817_418_709_418_082_u64)
        };
        let put = |name: &str, content: &str| fs::write(&cache.path().join(name), content).unwrap();
        for (action, content) in
            [(&compiled, "!<arch>\nELF"), (&said, ""), (&index, "go index v2\n/here"), (&source, "// Code generated")]
        {
            let output = action.replace(|_: char| true, "9").replacen("99", &action[..2], 1);
            put(&format!("{}/{action}-a", &action[..2]), &entry(action, &output));
            put(&format!("{}/{output}-d", &output[..2]), content);
        }
        put(&format!("ee/{foreign}-a"), "v2 of something else");
        put("ff/lost-d", "whose entry is gone");
        put("README", "This directory holds");
        put("trim.txt", "1795817418");
        tidy(cache.path()).unwrap();
        let nines = "9".repeat(62);
        let left =
            [format!("aa/aa{nines}-d"), format!("aa/{compiled}-a"), format!("bb/bb{nines}-d"), format!("bb/{said}-a")];
        assert_eq!(tree(cache.path()), left);
        let stamped = fs::read_text(&cache.path().join(&left[1])).unwrap();
        assert_eq!(
            stamped,
            entry(&compiled, &format!("aa{nines}")).replace(" 1795817418709418082", "  315532801000000000")
        );
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
