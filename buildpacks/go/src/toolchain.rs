//! Go while it builds: what is unpacked of it, and which one the steps call.

use std::path::Path;

use libpack::Result;
use libpack::context::{BuildCx, Install, NewLayer, Toolchain};
use libpack::dependency::Dependency;
use libpack::exec::Run;
use libpack::sbom::{Sbom, Subject};

use crate::build_tags::Tags;
use crate::go_dist::GO;

/// Tools below `pkg/tool` that `go build` calls; the others are run by people.
const TOOLS: [&str; 8] = ["asm", "buildid", "cgo", "compile", "covdata", "link", "pack", "preprofile"];

/// The debug setting by which Go takes the compiled standard library from `pkg`, as it did before 1.20, where
/// that is what it would compile (golang/go, `src/go/build/build.go`, and `useCache` of
/// `src/cmd/go/internal/work/buildid.go`).
pub const COMPILED_LIBRARY: &str = "installgoroot=all";
/// The one by which it keeps no index of the sources (`src/cmd/go/internal/modindex`): one for each package of
/// the standard library is hundreds of files to write in every build, for nothing that shows.
const NO_INDEX: &str = "goindex=0";

/// How much of Go is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All that somebody may use who finds it in a layer.
    Whole,
    /// What compiles an app: a third of the files, and two thirds of the bytes.
    Compiler,
}

impl Extent {
    /// Whether a path of the distribution belongs to it.
    fn covers(self, path: &Path) -> bool {
        let tests = path.components().any(|part| part.as_os_str() == "testdata")
            || path.file_name().is_some_and(|name| name.as_encoded_bytes().ends_with(b"_test.go"));
        let paper = ["api", "doc", "misc", "test"].iter().any(|folder| path.starts_with(folder));
        if tests || paper {
            return false;
        }
        // The sources of the tools only serve to build the tools that we leave out.
        self == Self::Whole || !(path.starts_with("src/cmd") || is_other_tool(path) || path.ends_with("bin/gofmt"))
    }

    /// Whether a path of the distribution serves the system that it is for: a third of the sources are for
    /// others.
    fn serves(self, path: &Path, tags: &Tags) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Assembly for tests is assembled always, as `internal/abi/abi_test.s` is.
        let assembly = name.strip_suffix(".s").map(|stem| stem.strip_suffix("_test").unwrap_or(stem));
        let stem = name.strip_suffix(".go").or(assembly);
        self == Self::Whole || stem.is_none_or(|stem| tags.admit_name(&format!("{stem}.go")))
    }
}

/// `pkg/tool/linux_amd64/vet` and the like.
fn is_other_tool(path: &Path) -> bool {
    let Ok(below) = path.strip_prefix("pkg/tool") else { return false };
    let name = below.components().nth(1).map(|name| name.as_os_str().to_string_lossy().into_owned());
    name.is_some_and(|name| !TOOLS.contains(&name.as_str()))
}

/// Unpacks Go into a layer.
pub fn install(layer: &NewLayer, go: &Dependency, extent: Extent) -> Result<()> {
    let tags = go.arch.as_deref().map(|arch| Tags::new(arch, &[], true));
    let serves = |path: &Path| tags.as_ref().is_none_or(|tags| extent.serves(path, tags));
    let keep = |path: &Path| extent.covers(path) && serves(path);
    layer.install(go, Install { keep: Some(&keep), ..Install::default() })?;
    layer.describe(Sbom::of_component(Subject::directory(layer.path().to_string_lossy()), go.component()));
    Ok(())
}

/// The Go that the steps of this build call.
pub enum Go {
    /// Ours, unpacked when somebody calls it.
    Ours(Toolchain),
    /// An earlier buildpack's, or the build image's, on the `PATH`.
    Supplied {
        /// What `go env GOVERSION` says, without `go` in front.
        version: String,
    },
}

impl Go {
    /// Ours when the plan's entries reached us, else the one on the `PATH`.
    /// Errors: `exec/not-found`.
    pub fn of(cx: &BuildCx<'_>) -> Result<Self> {
        if let Some(toolchain) = cx.toolchain(GO) {
            return Ok(Self::Ours(toolchain));
        }
        let outcome = cx.run("go").args(["env", "GOVERSION"]).quiet().call()?;
        let version = outcome.output.trim().trim_start_matches("go").to_owned();
        Ok(Self::Supplied { version })
    }

    /// Its version, `1.26.7`.
    pub fn version(&self) -> &str {
        match self {
            Self::Ours(toolchain) => toolchain.fact("version").unwrap_or_default(),
            Self::Supplied { version } => version,
        }
    }

    /// Waits until it can be called.
    pub fn ready(&self) -> Result<()> {
        match self {
            Self::Ours(toolchain) => toolchain.ready().map(drop),
            Self::Supplied { .. } => Ok(()),
        }
    }

    /// A call of it.
    pub fn call<'a>(&self, cx: &'a BuildCx<'_>) -> Result<Run<'a>> {
        let run = cx.run("go");
        match self {
            Self::Ours(toolchain) => {
                // The last word about a setting counts: the user's own.
                let user = cx.environment().text("GODEBUG").filter(|value| !value.is_empty());
                let settings: Vec<_> =
                    [COMPILED_LIBRARY, NO_INDEX].map(str::to_owned).into_iter().chain(user).collect();
                Ok(run.path_first(&toolchain.ready()?.join("bin")).env("GODEBUG", settings.join(",")))
            }
            Self::Supplied { .. } => Ok(run),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_borrowed_go_has_what_compiles_and_nothing_else() {
        for path in
            ["bin/go", "pkg/tool/linux_amd64/compile", "src/net/http/server.go", "go.env", "lib/time/zoneinfo.zip"]
        {
            assert!(Extent::Compiler.covers(Path::new(path)), "{path}");
        }
        for path in ["bin/gofmt", "pkg/tool/linux_amd64/vet", "src/cmd/go/main.go"] {
            assert!(!Extent::Compiler.covers(Path::new(path)), "{path}");
            assert!(Extent::Whole.covers(Path::new(path)), "{path}");
        }
        let amd64 = Tags::new("amd64", &[], true);
        for (path, serves) in [
            ("src/os/file_unix.go", true),
            ("src/os/file_windows.go", false),
            ("src/runtime/asm_amd64.s", true),
            ("src/runtime/asm_arm64.s", false),
            ("src/runtime/linux.go", true),
            ("src/internal/abi/abi_test.s", true),
            ("src/runtime/_helper.go", false),
            ("pkg/tool/linux_amd64/link", true),
        ] {
            assert_eq!(Extent::Compiler.serves(Path::new(path), &amd64), serves, "{path}");
            assert!(Extent::Whole.serves(Path::new(path), &amd64), "{path}");
        }
        for path in ["src/net/http/server_test.go", "src/go/parser/testdata/x.go", "test/bench.go", "api/go1.txt"] {
            assert!(!Extent::Whole.covers(Path::new(path)), "{path}");
        }
    }
}
