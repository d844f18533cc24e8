//! Which Go an app wants: `BP_GO_VERSION`, and the `go` and `toolchain` lines of `go.mod` and
//! `go.work` (paketo-buildpacks/go-mod-vendor, `go_mod_parser.go`; golang/go,
//! `src/cmd/go/internal/toolchain/select.go`).

use std::fmt;

use libpack::sbom::go::{GoMod, GoWork};
use libpack::version::Version;

/// The setting.
pub const SETTING: &str = "BP_GO_VERSION";
/// The source of a request that comes from the module.
pub const GO_MOD: &str = "go.mod";
/// The source of a request that comes from the workspace.
pub const GO_WORK: &str = "go.work";

/// Who wins, first to last; any other source comes after them (paketo-buildpacks/go-dist,
/// `constants.go`, which does not know the workspace).
pub const PRIORITY: [&str; 3] = [SETTING, GO_MOD, GO_WORK];

/// A lower bound, as it is written in a `go` or `toolchain` line. `1.26` lies before `1.26.0`, as in Go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bound {
    major: u64,
    minor: u64,
    patch: Option<u64>,
}

impl Bound {
    /// Reads `1.26`, `1.26.3`, `go1.26.3-suffix`. A pre-release (`1.26rc1`) counts as its line: nothing
    /// but releases is installed. None for what names no version, such as `default`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix("go").unwrap_or(text);
        let text = text.split(['-', '+', ' ', '\t']).next().unwrap_or_default();
        let mut parts = text.split('.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next().unwrap_or("0");
        let digits = minor.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(minor.len());
        let patch = parts.next().map(str::parse).transpose().ok()?;
        Some(Self { major, minor: minor[..digits].parse().ok()?, patch })
    }

    /// Whether a version is at least this.
    pub fn is_met_by(&self, version: &Version) -> bool {
        (version.major(), version.minor(), version.patch()) >= (self.major, self.minor, self.patch.unwrap_or(0))
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        self.patch.map_or(Ok(()), |patch| write!(f, ".{patch}"))
    }
}

/// What the files of an app ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The file that asks for the most: [`GO_MOD`] or [`GO_WORK`].
    pub source: &'static str,
    /// The `go` line.
    go: Option<Bound>,
    /// The `toolchain` line.
    toolchain: Option<Bound>,
}

impl Need {
    /// From the files that there are; none without any. Go reads the `toolchain` line of the workspace
    /// only, where there is one.
    pub fn of(module: Option<&GoMod>, workspace: Option<&GoWork>) -> Option<Self> {
        let read = |text: Option<&String>| text.and_then(|text| Bound::parse(text));
        let of_module = module.map(|module| Self {
            source: GO_MOD,
            go: read(module.go.as_ref()),
            toolchain: read(module.toolchain.as_ref()),
        });
        let Some(workspace) = workspace else { return of_module };
        let go = read(workspace.go.as_ref());
        let of_module = of_module.and_then(|module| module.go);
        let source = if module.is_some() && of_module >= go { GO_MOD } else { GO_WORK };
        Some(Self { source, go: go.max(of_module), toolchain: read(workspace.toolchain.as_ref()) })
    }

    /// What the Go command will not do without: the higher of the two lines.
    pub fn bound(&self) -> Option<Bound> {
        self.go.max(self.toolchain)
    }

    /// The constraint with full precision, `>= 1.26.9`. Empty, which means the default, without a `go`
    /// line.
    pub fn exact(&self) -> String {
        let bound = self.bound().filter(|_| self.go.is_some());
        bound.map_or_else(String::new, |bound| format!(">= {bound}"))
    }

    /// The constraint that Paketo sends, `>= 1.26`: what is left when nothing installable satisfies
    /// [`Self::exact`], since the Go command can fetch the missing toolchain itself.
    pub fn line(&self) -> String {
        self.go.map_or_else(String::new, |go| format!(">= {}.{}", go.major, go.minor))
    }

    /// Whether a chosen version does without another toolchain.
    pub fn is_met_by(&self, chosen: &Version) -> bool {
        self.bound().is_none_or(|bound| bound.is_met_by(chosen))
    }

    /// What to warn of: the Go command will fetch a toolchain, which it cannot without a network.
    pub fn shortfall(&self, chosen: &Version) -> Option<String> {
        let bound = self.bound().filter(|bound| !bound.is_met_by(chosen))?;
        let source = self.source;
        Some(format!(
            "{source} asks for Go {bound}, Go {chosen} is installed: the Go command downloads the other at each build"
        ))
    }
}

/// Whether `GOTOOLCHAIN=local` is set, so that nothing is fetched behind our back: the chosen version
/// does for the app, and the user has not said anything else.
pub fn pins_toolchain(need: Option<&Need>, chosen: &Version, user: Option<&str>) -> bool {
    user.is_none_or(str::is_empty) && need.is_none_or(|need| need.is_met_by(chosen))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(module: Option<&str>, workspace: Option<&str>) -> Option<Need> {
        let module = module.map(|text| GoMod::parse(text, GO_MOD).unwrap());
        let workspace = workspace.map(|text| GoWork::parse(text, GO_WORK).unwrap());
        Need::of(module.as_ref(), workspace.as_ref())
    }

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn the_lines_of_go_mod_become_a_lower_bound() {
        for (text, exact, line) in [
            ("go 1.25", ">= 1.25", ">= 1.25"),
            ("go 1.25.13", ">= 1.25.13", ">= 1.25"),
            ("go 1.25.0", ">= 1.25.0", ">= 1.25"),
            ("go 1.26rc1", ">= 1.26", ">= 1.26"),
            ("go 1.23\ntoolchain go1.26.7", ">= 1.26.7", ">= 1.23"),
            ("go 1.26.9\ntoolchain go1.26.7", ">= 1.26.9", ">= 1.26"),
            ("go 1.26\ntoolchain go1.27.0-acme.2", ">= 1.27.0", ">= 1.26"),
            ("go 1.25\ntoolchain default", ">= 1.25", ">= 1.25"),
            ("// needs go 1.20\ngo 1.25 // not go 1.30", ">= 1.25", ">= 1.25"),
            ("module a", "", ""),
            ("toolchain go1.26.7", "", ""),
        ] {
            let need = need(Some(text), None).unwrap();
            assert_eq!((need.exact(), need.line()), (exact.to_owned(), line.to_owned()), "{text}");
            assert_eq!(need.source, GO_MOD);
        }
    }

    #[test]
    fn the_workspace_is_read_where_there_is_one() {
        for (module, workspace, source, exact) in [
            (None, "go 1.26.3", GO_WORK, ">= 1.26.3"),
            (Some("go 1.25"), "go 1.26.3", GO_WORK, ">= 1.26.3"),
            (Some("go 1.26"), "go 1.26", GO_MOD, ">= 1.26"),
            (Some("go 1.25"), "go 1.25\ntoolchain go1.26.8", GO_MOD, ">= 1.26.8"),
            (Some("go 1.25\ntoolchain go1.27.0"), "go 1.25", GO_MOD, ">= 1.25"),
            (None, "use ./a", GO_WORK, ""),
        ] {
            let need = need(module, Some(workspace)).unwrap();
            assert_eq!((need.source, need.exact().as_str()), (source, exact), "{module:?} {workspace}");
        }
        assert_eq!(need(None, None), None);
    }

    #[test]
    fn each_request_reads_as_a_constraint_and_takes_what_paketos_would() {
        let shipped = ["1.25.13", "1.25.14", "1.26.6", "1.26.7"];
        let highest = |text: &str| {
            let constraint = libpack::version::Constraint::parse(text).unwrap();
            shipped.into_iter().rfind(|one| constraint.matches(&version(one)))
        };
        for line in ["go 1.16", "go 1.25", "go 1.25.13", "go 1.26", "go 1.26rc1", "go 1.23\ntoolchain go1.26.7"] {
            let need = need(Some(line), None).unwrap();
            assert_eq!(highest(&need.exact()), Some("1.26.7"), "{line}");
            assert_eq!(highest(&need.line()), Some("1.26.7"), "{line}");
        }
        let newer = need(Some("go 1.26.9"), None).unwrap();
        assert_eq!((highest(&newer.exact()), highest(&newer.line())), (None, Some("1.26.7")));
        let newest = need(Some("go 1.27"), None).unwrap();
        assert_eq!((highest(&newest.exact()), highest(&newest.line())), (None, None));
    }

    #[test]
    fn the_toolchain_is_pinned_when_the_installed_one_does() {
        for (line, chosen, pinned) in [
            ("go 1.25", "1.25.0", true),
            ("go 1.25.14", "1.25.14", true),
            ("go 1.25.14", "1.25.13", false),
            ("go 1.26.9", "1.27.0", true),
            ("go 1.25\ntoolchain go1.27.0", "1.26.7", false),
            ("toolchain go1.26.7", "1.25.14", false),
            ("go 1.26rc1", "1.26.0", true),
            ("module a", "1.25.14", true),
        ] {
            let need = need(Some(line), None).unwrap();
            let chosen = version(chosen);
            assert_eq!(pins_toolchain(Some(&need), &chosen, None), pinned, "{line}");
            assert_eq!(pins_toolchain(Some(&need), &chosen, Some("")), pinned, "{line}");
            assert!(!pins_toolchain(Some(&need), &chosen, Some("auto")), "{line}");
            assert_eq!(need.shortfall(&chosen).is_none(), pinned, "{line}");
        }
        assert!(pins_toolchain(None, &version("1.26.7"), None));
    }

    #[test]
    fn a_missing_toolchain_is_told_with_both_versions() {
        let need = need(Some("go 1.26.9"), None).unwrap();
        let text =
            "go.mod asks for Go 1.26.9, Go 1.26.7 is installed: the Go command downloads the other at each build";
        assert_eq!(need.shortfall(&version("1.26.7")).as_deref(), Some(text));
    }

    #[test]
    fn a_language_version_lies_before_its_first_release() {
        let bound = |text| Bound::parse(text).unwrap();
        assert!(bound("1.26") < bound("1.26.0") && bound("1.26.0") < bound("1.27"));
        for text in ["default", "", "go", "1.x", "1.26.x", "local"] {
            assert_eq!(Bound::parse(text), None, "{text}");
        }
    }
}
