//! Everything that a compilation reads, as the key of its outcome.

use libpack::context::BuildCx;
use libpack::layer::Key;
use libpack::world::Variables;
use libpack::{Result, checksum, fs};

use super::configuration::Configuration;
use crate::toolchain::Go;

/// Where modules come from and what is kept of them: none of it shapes an executable, since `go.sum`
/// says what each module is.
const SHAPELESS: [&str; 17] = [
    "GOAUTH",
    "GOCACHE",
    "GOENV",
    "GOINSECURE",
    "GOMODCACHE",
    "GONOPROXY",
    "GONOSUMCHECK",
    "GONOSUMDB",
    "GOPATH",
    "GOPRIVATE",
    "GOPROXY",
    "GOSUMDB",
    "GOTELEMETRY",
    "GOTMPDIR",
    "GOVCS",
    "GOBIN",
    "GOMAXPROCS",
];
/// Names without a common beginning that Go reads, or hands to the C compiler.
const FURTHER: [&str; 12] = [
    "AR",
    "CC",
    "CPATH",
    "CXX",
    "C_INCLUDE_PATH",
    "FC",
    "LIBRARY_PATH",
    "PKG_CONFIG",
    "PKG_CONFIG_LIBDIR",
    "PKG_CONFIG_PATH",
    "PKG_CONFIG_SYSROOT_DIR",
    "SOURCE_DATE_EPOCH",
];

/// The key: sources by content, Go, flags, settings and variables. What may hold a credential is there
/// as a digest only.
pub fn of(cx: &BuildCx<'_>, configuration: &Configuration, go: &Go) -> Result<Key> {
    let environment = cx.environment();
    let key = Key::new()
        .with("sources", sources(cx)?)
        .with("go", go.version())
        .with("targets", configuration.targets.join(" "))
        .with("build-flags", digest(&configuration.flags.words.join("\0")))
        .with("folder", configuration.project.folder.strip_prefix(cx.app()).unwrap_or(cx.app()).display())
        .with("import-path", &configuration.import_path)
        .with("work-use", configuration.project.work_use.join(":"))
        .with("variables", digest(&format!("{:?}", shaping(&environment))))
        .with("cgo", cgo(&environment));
    // The commit is stamped into the executable.
    Ok(match environment.text("REVISION") {
        Some(revision) if cx.app().join(".git").exists() => key.with("revision", revision),
        _ => key,
    })
}

/// The app without its history, which would differ between two clones of one commit.
fn sources(cx: &BuildCx<'_>) -> Result<String> {
    let names = fs::list(cx.app())?.into_iter().filter(|name| name != ".git").collect::<Vec<_>>();
    fs::digest(cx.app(), &names)
}

fn shaping(environment: &Variables) -> Vec<(String, String)> {
    let text = |value: &std::ffi::OsStr| value.to_string_lossy().into_owned();
    let shapes = |name: &str| {
        (name.starts_with("GO") && !name.starts_with("GOOGLE") && !SHAPELESS.contains(&name))
            || name.starts_with("CGO_")
            || FURTHER.contains(&name)
    };
    let all = environment.iter().map(|(name, value)| (text(name), text(value)));
    all.filter(|(name, value)| shapes(name) && !value.is_empty()).collect()
}

/// Go uses a C compiler when there is one, unless it is told.
fn cgo(environment: &Variables) -> String {
    let set = |name: &str| environment.text(name).filter(|value| !value.is_empty());
    if let Some(told) = set("CGO_ENABLED") {
        return told;
    }
    let compiler = set("CC").unwrap_or_else(|| "gcc".to_owned());
    let program = compiler.split(' ').next().unwrap_or_default();
    if libpack::exec::search(program, environment).is_some() { "compiler" } else { "no compiler" }.to_owned()
}

fn digest(text: &str) -> String {
    checksum::sha256(text.as_bytes()).hex().chars().take(16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shapes_an_executable_counts_and_where_modules_come_from_does_not() {
        let variables = |pairs: &[(&str, &str)]| -> Variables { pairs.iter().copied().collect() };
        let names = |pairs: &[(&str, &str)]| -> Vec<String> {
            shaping(&variables(pairs)).into_iter().map(|(name, _)| name).collect()
        };
        let given = [
            ("GOFLAGS", "-mod=mod"),
            ("GOEXPERIMENT", "x"),
            ("CGO_CFLAGS", "-O1"),
            ("CC", "clang"),
            ("GOPROXY", "https://u:p@proxy.example"),
            ("GOPRIVATE", "example.com"),
            ("GOOGLE_KEY", "x"),
            ("PATH", "/bin"),
        ];
        assert_eq!(names(&given), ["CC", "CGO_CFLAGS", "GOEXPERIMENT", "GOFLAGS"]);
    }

    #[test]
    fn a_machine_without_a_compiler_makes_another_executable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let of = |pairs: &[(&str, &str)]| cgo(&pairs.iter().copied().collect());
        assert_eq!(of(&[("PATH", path)]), "no compiler");
        assert_eq!(of(&[("PATH", path), ("CGO_ENABLED", "1")]), "1");
        fs::write(&folder.path().join("gcc"), "").unwrap();
        fs::make_executable(&folder.path().join("gcc")).unwrap();
        assert_eq!(of(&[("PATH", path)]), "compiler");
        assert_eq!(of(&[("PATH", path), ("CC", "clang -m64")]), "no compiler");
    }
}
