use super::*;

fn of(output: &str) -> Error {
    explain("go build", &Outcome { code: 1, output: output.to_owned() })
}

/// What Go 1.26.8 prints, shortened where it repeats itself.
const SEEN: &[(&str, &str)] = &[
    (
        "go/sum-missing",
        "main.go:2:8: missing go.sum entry for module providing package example.com/dep (imported by a); to add:\n\tgo get a",
    ),
    (
        "go/sum-mismatch",
        "verifying example.com/dep@v1.0.0: checksum mismatch\n\tdownloaded: h1:hJAh=\n\tgo.sum:     h1:AAAA=\n\nSECURITY ERROR\nThis download does NOT match an earlier download recorded in go.sum.",
    ),
    (
        "go/module-missing",
        "go: example.com/dep@v1.0.0: reading http://127.0.0.1:1/example.com/dep/@v/v1.0.0.mod: 404 Not Found",
    ),
    ("go/module-missing", "go: example.com/dep@v1.0.0: reading http://127.0.0.1:1/v1.0.0.mod: 410 Gone"),
    (
        "go/module-missing",
        "go: example.com/dep@v1.0.0: reading file:///proxy/example.com/dep/@v/v1.0.0.mod: no such file or directory",
    ),
    (
        "go/module-missing",
        "go: github.com/x/gone@v1.1.0: reading github.com/x/gone/go.mod at revision v1.1.0: git ls-remote -q: exit status 128:\n\tfatal: repository 'http://127.0.0.1/x/gone/' not found",
    ),
    (
        "go/module-private",
        "go: example.com/dep@v1.0.0: reading http://127.0.0.1:1/example.com/dep/@v/v1.0.0.mod: 401 Unauthorized",
    ),
    ("go/repository-silent", "greeting.go:3:8: no secure protocol found for repository"),
    ("go/module-private", "go: example.com/dep@v1.0.0: reading http://127.0.0.1:1/v1.0.0.mod: 403 Forbidden"),
    (
        "go/module-private",
        "go: github.com/x/priv@v1.1.0: reading github.com/x/priv/go.mod at revision v1.1.0: git ls-remote -q: exit status 128:\n\tfatal: could not read Username for 'http://127.0.0.1': terminal prompts disabled\nConfirm the import path was entered correctly.",
    ),
    (
        "go/module-private",
        "go: github.com/x/forbid@v1.1.0: git ls-remote -q: exit status 128:\n\tfatal: unable to access 'http://127.0.0.1/x/forbid/': The requested URL returned error: 403",
    ),
    (
        "go/module-unreachable",
        "go: example.com/dep@v1.0.0: Get \"http://127.0.0.1:1/v1.0.0.mod\": dial tcp 127.0.0.1:1: connect: connection refused",
    ),
    (
        "go/module-unreachable",
        "go: example.com/dep@v1.0.0: Get \"https://proxy.invalid/v1.0.0.mod\": dial tcp: lookup proxy.invalid on 127.0.0.53:53: no such host",
    ),
    (
        "go/module-unreachable",
        "go: example.com/dep@v1.0.0: unrecognized import path \"example.com/dep\": https fetch: Get \"https://example.com/dep?go-get=1\": proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused",
    ),
    (
        "go/module-unreachable",
        "go: example.com/dep@v1.0.0: reading http://127.0.0.1:1/v1.0.0.mod: 503 Service Unavailable",
    ),
    ("go/module-offline", "go: example.com/dep@v1.0.0: module lookup disabled by GOPROXY=off"),
    (
        "go/sum-database",
        "go: example.com/dep@v1.0.0: verifying go.mod: example.com/dep@v1.0.0/go.mod: initializing sumdb.Client: checking tree#72201322: Get \"https://127.0.0.1:1/tile\": dial tcp 127.0.0.1:1: connect: connection refused",
    ),
    (
        "go/certificate-unknown",
        "go: example.com/dep@v1.0.0: Get \"https://localhost:18443/v1.0.0.mod\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
    ),
    (
        "go/git-missing",
        "go: github.com/x/gone@v1.1.0: unable to resolve git version: failed to execute git version: exec: \"git\": executable file not found in $PATH",
    ),
    (
        "go/package-missing",
        "main.go:2:8: no required module provides package example.com/dep; to add it:\n\tgo get example.com/dep",
    ),
    ("go/package-missing", "b/b.go:2:8: package a/none is not in std (/usr/local/go/src/a/none)"),
    (
        "go/package-missing",
        "b/b.go:2:8: cannot find package \"example.com/dep\" in any of:\n\t/usr/local/go/src/example.com/dep (from $GOROOT)",
    ),
    (
        "go/replacement-missing",
        "b/b.go:2:8: example.com/other@v1.0.0 (replaced by ./nope): reading nope/go.mod: open /app/nope/go.mod: no such file or directory",
    ),
    ("go/mod-outdated", "go: updates to go.mod needed; to update it:\n\tgo mod tidy"),
    ("go/mod-invalid", "go: errors parsing go.mod:\ngo.mod:3: unknown directive: foo"),
    ("go/toolchain-too-old", "go: go.mod requires go >= 1.99 (running go 1.26.8; GOTOOLCHAIN=local)"),
    (
        "go/toolchain-too-old",
        "go: downloading example.com/dep v1.1.0\ngo: example.com/dep@v1.1.0 requires go >= 1.99 (running go 1.26.8)",
    ),
    (
        "go/toolchain-missing",
        "go: downloading go1.99.0 (linux/amd64)\ngo: download go1.99.0 for linux/amd64: toolchain not available",
    ),
    (
        "go/toolchain-missing",
        "go: download go1.99.0: golang.org/toolchain@v0.0.1-go1.99.0.linux-amd64: Get \"https://proxy.invalid/toolchain.zip\": dial tcp: lookup proxy.invalid: no such host",
    ),
    (
        "go/certificate-unknown",
        "go: download go1.99.0: golang.org/toolchain@v0.0.1-go1.99.0.linux-amd64: Get \"https://localhost:18443/toolchain.zip\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
    ),
    ("go/vcs-status", "error obtaining VCS status: exit status 128\n\tUse -buildvcs=false to disable VCS stamping."),
    ("go/not-main", "go: no main packages to build"),
    ("go/not-main", "package a is not a main package"),
    ("go/files-excluded", "package a/b: build constraints exclude all Go files in /app/b"),
    ("go/embed-missing", "b/b.go:3:12: pattern nope.txt: no matching files found"),
    (
        "go/flags-invalid",
        "flag provided but not defined: -nosuch\nusage: go build [-o output] [build flags] [packages]",
    ),
    ("go/flags-invalid", "buildmode=foo not supported"),
    ("go/cgo-disabled", "go: -race requires cgo; enable cgo by setting CGO_ENABLED=1"),
    ("go/package-outside", "main module (a) does not contain package a/sub"),
    (
        "go/workspace-invalid",
        "current directory is contained in a module that is not one of the workspace modules listed in go.work. You can add the module to the workspace using:\n\tgo work use .",
    ),
    (
        "go/workspace-invalid",
        "go: cannot load module b listed in go.work file: open b/go.mod: no such file or directory",
    ),
    ("go/workspace-invalid", "go: 'go mod vendor' cannot be run in workspace mode."),
    (
        "go/vendor-inconsistent",
        "go: inconsistent vendoring in /app:\n\texample.com/dep@v1.0.0: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt",
    ),
    (
        "go/c-compiler-missing",
        "# runtime/cgo\ncgo: C compiler \"gcc\" not found: exec: \"gcc\": executable file not found in $PATH",
    ),
    (
        "go/c-library-missing",
        "# a/b\nb/b.go:2:11: fatal error: nothere.h: No such file or directory\n    2 | // #include <nothere.h>\ncompilation terminated.",
    ),
    ("go/compile-failed", "# a/b\nb/b.go:2:14: declared and not used: x\nb/b.go:2:22: undefined: y"),
    ("go/compile-failed", "# a/b\nmain.main: relocation target main.undefinedLink not defined"),
    ("go/command-failed", "found packages main (b.go) and other (c.go) in /app/b"),
];

#[test]
fn each_output_of_the_go_command_has_its_id_and_a_next_step() {
    for (id, output) in SEEN {
        let error = of(output);
        assert_eq!(error.id(), *id, "{output}");
        assert!(error.next_step().is_some_and(|hint| hint.ends_with('.')), "{output}");
        assert!(error.message().starts_with("failed to execute 'go build': "), "{error}");
        assert!(!error.message().contains('\n'), "{error}");
    }
}

#[test]
fn each_cause_was_seen() {
    let rare = ["go/out-of-memory", "go/disk-full"];
    for cause in BEFORE_COMPILING.iter().chain(COMPILING).filter(|cause| !rare.contains(&cause.id)) {
        assert!(SEEN.iter().any(|(id, _)| *id == cause.id), "{}", cause.id);
    }
}

#[test]
fn a_compile_error_says_its_exit_status_and_leaves_the_rest_to_the_compiler() {
    let output =
        "# a\n./main.go:3:9: cannot use \"401 Unauthorized: SECURITY ERROR\" (untyped string constant) as int value";
    let error = of(output);
    assert_eq!((error.id(), error.message()), ("go/compile-failed", "failed to execute 'go build': exit status 1"));
}

#[test]
fn a_compiler_that_was_ended_needs_memory() {
    let output = "# k8s.io/api/core/v1\n/go/pkg/tool/linux_amd64/compile: signal: killed";
    assert_eq!(of(output).id(), "go/out-of-memory");
    assert_eq!(of("# a\nwrite /tmp/go-build1/b.o: no space left on device").id(), "go/disk-full");
}

#[test]
fn a_network_that_does_not_answer_is_nobodys_fault_here() {
    let error = of("go: example.com/dep@v1.0.0: Get \"https://x\": dial tcp 127.0.0.1:1: i/o timeout");
    assert_eq!(error.blame(), libpack::Blame::Network);
}

#[test]
fn only_a_pinned_toolchain_is_worth_another_try() {
    let of = |code, output: &str| wants_newer_toolchain(&Outcome { code, output: output.to_owned() });
    let pinned = "go: module example.com/dep@v1.1.0 requires go >= 1.99 (running go 1.26.8; GOTOOLCHAIN=local)";
    assert!(of(1, pinned));
    assert!(!of(0, pinned));
    assert!(!of(1, "go: example.com/dep@v1.1.0 requires go >= 1.99 (running go 1.26.8)"));
}
