use super::*;

fn of(output: &str) -> Error {
    explain("Maven", &Outcome { code: 1, output: output.to_owned() }, Path::new("/workspace"))
}

/// What Maven 3.8.7 and 3.9, Gradle 8 and 9 and their wrappers print, shortened where it repeats itself.
const SEEN: &[(&str, &str)] = &[
    ("java/build-out-of-memory", "[ERROR] Java heap space -> [Help 1]\njava.lang.OutOfMemoryError: Java heap space"),
    ("java/disk-full", "[ERROR] Failed to copy file: No space left on device"),
    (
        "java/gradle-needs-newer-jdk",
        "FAILURE: Build failed with an exception.\nGradle requires JVM 17 or later to run. Your build is currently configured to use JVM 11.",
    ),
    ("java/gradle-too-old", "> BUG! exception in phase 'semantic analysis' Unsupported class file major version 69"),
    (
        "java/jdk-too-old",
        "[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin:3.14.1:compile on project demo: Fatal error compiling: error: release version 25 not supported",
    ),
    (
        "java/jdk-too-old",
        "[ERROR] COMPILATION ERROR : \n[ERROR] error: invalid target release: 25\n[ERROR] Compilation failure",
    ),
    (
        "java/jdk-too-old",
        "> Cannot find a Java installation on your machine (Linux 6.1 amd64) matching: {languageVersion=25}",
    ),
    (
        "java/node-missing",
        "[ERROR] Command execution failed.\njava.io.IOException: Cannot run program \"npm\" (in directory \"/workspace\"): error=2, No such file or directory",
    ),
    ("java/node-missing", "> A problem occurred starting process 'command 'yarn''"),
    (
        "java/wrapper-incomplete",
        "Error: Could not find or load main class org.gradle.wrapper.GradleWrapperMain\nCaused by: java.lang.ClassNotFoundException: org.gradle.wrapper.GradleWrapperMain",
    ),
    (
        "java/dependency-offline",
        "[ERROR] Failed to execute goal on project demo: Could not resolve dependencies for project io.paketo:demo:jar:0.0.1-SNAPSHOT: Cannot access central (https://repo.example/maven2) in offline mode and the artifact org.example.none:none:jar:1 has not been downloaded from it before.",
    ),
    ("java/dependency-offline", "> No cached version of org.example:none:1 available for offline mode."),
    (
        "java/certificate-unknown",
        "[FATAL] Non-resolvable parent POM: Could not transfer artifact x:y:pom:1 from/to m (https://localhost): PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException",
    ),
    (
        "java/dependency-private",
        "[FATAL] Non-resolvable parent POM: Could not transfer artifact x:y:pom:1 from/to m (http://127.0.0.1/x): status code: 401, reason phrase: Unauthorized (401)",
    ),
    (
        "java/dependency-private",
        "> Could not GET 'https://repo.example/a.pom'. Received status code 403 from server: Forbidden",
    ),
    (
        "java/repository-insecure",
        "Could not transfer artifact x:y:pom:1 from/to maven-default-http-blocker (http://0.0.0.0/): Blocked mirror for repositories: [x (http://repo.example)]",
    ),
    (
        "java/dependency-unreachable",
        "[FATAL] Non-resolvable parent POM for io.paketo:demo:0.0.1-SNAPSHOT: Could not transfer artifact org.springframework.boot:spring-boot-starter-parent:pom:4.0.6 from/to m (https://no-such-host.invalid/x): transfer failed for https://no-such-host.invalid/x/4.0.6.pom and 'parent.relativePath' points at no local POM",
    ),
    ("java/dependency-unreachable", "Exception in thread \"main\" java.net.UnknownHostException: services.gradle.org"),
    (
        "java/settings-invalid",
        "[ERROR] Error executing Maven.\n[FATAL] Non-readable settings /b/settings.xml: no more data available - expected end tags </broken></settings>",
    ),
    ("java/settings-invalid", "[ERROR] The specified user settings file does not exist: /workspace/none.xml"),
    (
        "java/pom-invalid",
        "[FATAL] Non-parseable POM /workspace/pom.xml: start tag not allowed in epilog but got b @ line 59, column 3",
    ),
    (
        "java/dependency-missing",
        "[ERROR] Failed to execute goal on project demo: Could not resolve dependencies for project io.paketo:demo:jar:0.0.1-SNAPSHOT: Could not find artifact org.example.none:none:jar:1 in central (https://repo.example/maven2)",
    ),
    (
        "java/dependency-missing",
        "* What went wrong:\nPlugin [id: 'org.example.none', version: '1'] was not found in any of the following sources:",
    ),
    (
        "java/module-unknown",
        "[ERROR] [ERROR] Could not find the selected project in the reactor: nomodule @ \n[ERROR] Could not find the selected project in the reactor: nomodule",
    ),
    ("java/module-unknown", "Task 'bootWar' not found in root project 'demo'."),
    (
        "java/arguments-unknown",
        "[ERROR] Unknown lifecycle phase \"packge\". You must specify a valid lifecycle phase or a goal in the format <plugin-prefix>:<goal>",
    ),
    (
        "java/tests-failed",
        "[ERROR] Tests run: 1, Failures: 0, Errors: 1, Skipped: 0, Time elapsed: 0.190 s <<< FAILURE! -- in io.paketo.demo.DemoTests",
    ),
    (
        "java/tests-failed",
        "> There were failing tests. See the report at: file:///workspace/build/reports/tests/test/index.html",
    ),
    ("java/build-file-invalid", "* What went wrong:\nCould not compile build file '/workspace/build.gradle'."),
    (
        "java/build-failed",
        "[ERROR] Failed to execute goal org.example:plugin:1:x (default) on project demo: it did not like it",
    ),
];

#[test]
fn each_output_has_its_id_and_a_next_step() {
    for (id, output) in SEEN {
        let error = of(output);
        assert_eq!(error.id(), *id, "{output}");
        assert!(error.next_step().is_some_and(|hint| hint.ends_with(['.', ')'])), "{output}");
        assert!(error.message().starts_with("error running build with Maven: "), "{error}");
        assert!(!error.message().contains('\n'), "{error}");
    }
}

#[test]
fn each_cause_was_seen() {
    for cause in BEFORE_COMPILING.iter().chain(COMPILING) {
        assert!(SEEN.iter().any(|(id, _)| *id == cause.id), "{}", cause.id);
    }
}

#[test]
fn a_compile_error_stands_out_by_its_first_place() {
    let maven = "[INFO] Compiling 1 source file\n[WARNING] /workspace/src/main/java/A.java:[1,1] deprecated\n[ERROR] COMPILATION ERROR : \n\
                 [ERROR] /workspace/src/main/java/io/paketo/demo/DemoApplication.java:[14,19] incompatible types: \
                 java.lang.String cannot be converted to int\n[ERROR] Failed to execute goal: Compilation failure";
    let error = of(maven);
    assert_eq!((error.id(), error.blame()), ("java/compile-failed", libpack::Blame::User));
    assert_eq!(
        error.message(),
        "error running build with Maven: src/main/java/io/paketo/demo/DemoApplication.java:[14,19] incompatible types: \
         java.lang.String cannot be converted to int"
    );
    let gradle = "> Task :compileJava FAILED\n/workspace/src/main/java/A.java:3: warning: [removal] x\n\
                  /workspace/src/main/java/A.java:14: error: incompatible types\n> Compilation failed; see the compiler error output";
    assert!(of(gradle).message().ends_with(": src/main/java/A.java:14: error: incompatible types"), "{}", of(gradle));
    let kotlin = "e: file:///workspace/src/main/kotlin/App.kt:3:5 Unresolved reference 'x'\n> Compilation error. See log for more details";
    assert!(of(kotlin).message().ends_with(": src/main/kotlin/App.kt:3:5 Unresolved reference 'x'"), "{}", of(kotlin));
}

#[test]
fn the_users_code_may_hold_any_text() {
    let output =
        "[ERROR] COMPILATION ERROR : \n[ERROR] /workspace/A.java:[1,2] cannot find symbol \"Connection refused\"";
    assert_eq!(of(output).id(), "java/compile-failed");
}

#[test]
fn a_tool_that_was_ended_needs_memory_and_a_silent_repository_is_nobodys_fault_here() {
    let killed = explain("Gradle", &Outcome { code: 137, output: String::new() }, Path::new("/workspace"));
    assert_eq!(killed.id(), "java/build-out-of-memory");
    assert_eq!(of("Connection refused").blame(), libpack::Blame::Network);
}
