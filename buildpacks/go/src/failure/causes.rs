/// Whose turn it is.
#[derive(Clone, Copy)]
pub(super) enum Whose {
    User,
    Network,
}

/// Texts in the output, each enough to know what happened, and what to do about it.
pub(super) struct Cause {
    pub(super) texts: &'static [&'static str],
    pub(super) id: &'static str,
    pub(super) what: &'static str,
    pub(super) hint: &'static str,
    pub(super) whose: Whose,
}

const fn user(texts: &'static [&'static str], id: &'static str, what: &'static str, hint: &'static str) -> Cause {
    Cause { texts, id, what, hint, whose: Whose::User }
}

const fn network(texts: &'static [&'static str], id: &'static str, what: &'static str, hint: &'static str) -> Cause {
    Cause { texts, id, what, hint, whose: Whose::Network }
}

/// From modules to packages. The first that fits counts: what is said more exactly stands above.
pub(super) const BEFORE_COMPILING: &[Cause] = &[
    user(
        &["SECURITY ERROR", "checksum mismatch"],
        "go/sum-mismatch",
        "a module is not what go.sum says",
        "If its version was published anew, remove its lines from go.sum, run `go mod tidy` and look at what changed; else check the proxy between.",
    ),
    user(
        &["missing go.sum entry"],
        "go/sum-missing",
        "go.sum has no entry for a module",
        "Run `go mod tidy` and commit go.mod and go.sum.",
    ),
    user(
        &["inconsistent vendoring"],
        "go/vendor-inconsistent",
        "vendor is out of step with go.mod",
        "Run `go mod vendor` (in a workspace `go work vendor`) and commit it, or remove the folder.",
    ),
    user(
        &["not one of the workspace modules", "listed in go.work file", "cannot be run in workspace mode"],
        "go/workspace-invalid",
        "the workspace does not fit the app",
        "List the folders of all modules in go.work, or in BP_GO_WORK_USE when the app has no go.work; GOWORK=off leaves it aside.",
    ),
    user(
        &["signed by unknown authority", "x509: "],
        "go/certificate-unknown",
        "a server's certificate is not trusted",
        "Something on the way signs with its own certificate: bind it, type ca-certificates.",
    ),
    user(
        &["initializing sumdb.Client", "sum.golang.org/"],
        "go/sum-database",
        "the checksum database does not answer for a module",
        "Set GOPRIVATE to the private modules, and GOSUMDB=off where the database cannot be reached; go.sum is still checked.",
    ),
    network(
        &["toolchain not available", "go: download go1"],
        "go/toolchain-missing",
        "the toolchain that the app asks for cannot be downloaded",
        "Lower the go and toolchain lines of go.mod, or let the build reach a Go proxy that has it (GOPROXY).",
    ),
    user(
        &["requires go >= "],
        "go/toolchain-too-old",
        "the app or a dependency asks for a newer Go",
        "Set BP_GO_VERSION or the go line of go.mod to the version above; GOTOOLCHAIN=auto lets the Go command download it.",
    ),
    user(
        &[
            "terminal prompts disabled",
            "could not read Username",
            "could not read Password",
            "Authentication failed",
            "Permission denied (publickey",
            "Host key verification failed",
            "401 Unauthorized",
            "403 Forbidden",
            "returned error: 401",
            "returned error: 403",
        ],
        "go/module-private",
        "a module needs a login",
        "Set GOPRIVATE to the private modules and bind a login: type git-credentials for a repository, type netrc for a proxy.",
    ),
    // What is left of a refused login when the Go command asks one protocol after the other.
    user(
        &["no secure protocol found for repository"],
        "go/repository-silent",
        "a repository answers over no protocol that Go trusts",
        "Check the module's address and its login, a binding of type git-credentials; for a repository behind plain http set GOINSECURE.",
    ),
    user(
        &["disabled by GOPROXY=off"],
        "go/module-offline",
        "a module is missing and GOPROXY=off forbids to fetch it",
        "Run `go mod vendor` and commit vendor, or set GOPROXY to a proxy that the build reaches.",
    ),
    network(
        &[
            "dial tcp",
            "proxyconnect tcp",
            "no such host",
            "Could not resolve host",
            "connection refused",
            "connection reset",
            "network is unreachable",
            "i/o timeout",
            "handshake timeout",
            "500 Internal Server Error",
            "502 Bad Gateway",
            "503 Service Unavailable",
            "504 Gateway Time",
        ],
        "go/module-unreachable",
        "the place of a module does not answer",
        "Check the network, GOPROXY and HTTPS_PROXY; an app that commits vendor needs no network.",
    ),
    user(
        &["\"git\": executable file not found"],
        "go/git-missing",
        "a module is fetched from its repository, and the build image has no git",
        "Set GOPROXY to a proxy that has the module, or use a build image with git.",
    ),
    user(
        &["(replaced by .", "(replaced by /"],
        "go/replacement-missing",
        "a folder that go.mod names in place of a module is missing",
        "Upload the folder with the app, or take the replace line out of go.mod.",
    ),
    user(
        &[
            "404 Not Found",
            "410 Gone",
            "unknown revision",
            "invalid version",
            "' not found",
            "unrecognized import path",
            ".mod: no such file or directory",
            ".info: no such file or directory",
            ".zip: no such file or directory",
        ],
        "go/module-missing",
        "a module or version does not exist where it was looked for",
        "Check its path and version in go.mod; a private one needs GOPRIVATE and a binding of type git-credentials or netrc.",
    ),
    user(
        &["updates to go.mod needed", "updates to go.sum needed", "updates to go.work needed"],
        "go/mod-outdated",
        "go.mod is not tidy",
        "Run `go mod tidy` and commit go.mod and go.sum.",
    ),
    user(
        &["errors parsing go.mod", "errors parsing go.work"],
        "go/mod-invalid",
        "go.mod or go.work cannot be read",
        "Mend the line that is named above.",
    ),
    user(
        &["cannot find package \"", "go.mod file not found"],
        "go/package-missing",
        "an app without go.mod imports a package that it does not bring",
        "Run `go mod init` and `go mod tidy`, and commit go.mod and go.sum; without them packages come from vendor only.",
    ),
    user(
        &["no required module provides package", "is not in std", "cannot find module providing package"],
        "go/package-missing",
        "a package is imported that no module provides",
        "Run `go mod tidy` and commit go.mod and go.sum; for a package of the app itself, check that it was uploaded.",
    ),
    user(
        &["does not contain package", "outside main module"],
        "go/package-outside",
        "a target lies in another module",
        "Set BP_GO_WORKDIR to the folder of its go.mod, or make a workspace of the modules (go.work).",
    ),
    user(
        &["no main packages to build", "is not a main package"],
        "go/not-main",
        "no target is a main package",
        "Name the folders that hold `package main` in BP_GO_TARGETS.",
    ),
    user(
        &["build constraints exclude all Go files"],
        "go/files-excluded",
        "a package has no file for this build",
        "Set its build tags in BP_GO_BUILD_FLAGS (`-tags=name`); a package of C code needs CGO_ENABLED=1.",
    ),
    user(
        &["no matching files found"],
        "go/embed-missing",
        "a file that the code embeds is missing",
        "Check that it was uploaded: commit it, and leave it out of ignore lists.",
    ),
    user(
        &["error obtaining VCS status"],
        "go/vcs-status",
        "git does not tell the state of the sources",
        "Set GOFLAGS=-buildvcs=false; it is needed for sources with half a .git folder or of another owner.",
    ),
    user(
        &["flag provided but not defined", "invalid value \"", "buildmode="],
        "go/flags-invalid",
        "the Go command does not know a flag",
        "Check BP_GO_BUILD_FLAGS, BP_GO_BUILD_LDFLAGS and GOFLAGS.",
    ),
    user(
        &["requires cgo"],
        "go/cgo-disabled",
        "a flag needs cgo, which is off",
        "Set CGO_ENABLED=1, and use a build image with a C compiler.",
    ),
];

/// Below the name of a package.
pub(super) const COMPILING: &[Cause] = &[
    user(
        &["cgo: C compiler "],
        "go/c-compiler-missing",
        "the build image has no C compiler",
        "Use a build image with one, or set CGO_ENABLED=0 when the app does without C code.",
    ),
    user(
        &["signal: killed"],
        "go/out-of-memory",
        "a compiler was ended from outside",
        "Give the build more memory, or set GOFLAGS=-p=1 so that one compiler runs at a time.",
    ),
    user(
        &[
            ": No such file or directory\n",
            "Package config file",
            "ld: cannot find -l",
            "was not found in the pkg-config",
        ],
        "go/c-library-missing",
        "a C header or library is missing",
        "Use a build image with it; for headers of a module in vendor, remove vendor, since `go mod vendor` leaves them out.",
    ),
    user(
        &["no space left on device"],
        "go/disk-full",
        "the disk is full",
        "Give the build more room, or point TMPDIR to a folder that has it.",
    ),
];
