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

/// Ended from outside.
pub(super) const KILLED: Cause = user(
    &["java.lang.OutOfMemoryError", "insufficient memory for the Java Runtime Environment", "GC overhead limit"],
    "java/build-out-of-memory",
    "the build ran out of memory",
    "Give the build more memory; MAVEN_OPTS=-Xmx1g, or org.gradle.jvmargs for Gradle, says how much of it the tool takes.",
);

const DISK_FULL: Cause = user(
    &["No space left on device"],
    "java/disk-full",
    "the disk is full",
    "Give the build more room; BP_KEEP_DOWNLOADS=false keeps nothing of what is fetched for the next build.",
);

const JDK_TOO_OLD: Cause = user(
    &[
        "error: release version ",
        "invalid target release",
        "invalid source release",
        "compiled by a more recent version of the Java Runtime",
        "class file has wrong version",
        "Cannot find a Java installation on your machine",
        "No matching toolchains found",
        "Dependency requires at least JVM runtime version",
        "RequireJavaVersion failed",
        "plugin requires at least JVM",
    ],
    "java/jdk-too-old",
    "the sources, or a plugin of the build, need another Java",
    "Set BP_JVM_VERSION to the version that is named above.",
);

/// Until a compiler complains. The first that fits counts: what is said more exactly stands above.
pub(super) const BEFORE_COMPILING: &[Cause] = &[
    KILLED,
    DISK_FULL,
    user(
        &["Gradle requires JVM "],
        "java/gradle-needs-newer-jdk",
        "this Gradle does not run on the Java of the build",
        "Set BP_JVM_VERSION to 17 or later; for an application that needs an older one, commit a wrapper of Gradle 8.14 or before (`gradle wrapper`).",
    ),
    user(
        &["Unsupported class file major version", "Could not determine java version from"],
        "java/gradle-too-old",
        "a part of the build does not know the Java that it runs on",
        "Update the Gradle wrapper or the plugin that is named above, or set BP_JVM_VERSION to an older version.",
    ),
    JDK_TOO_OLD,
    user(
        &[
            "Cannot run program \"node\"",
            "Cannot run program \"npm\"",
            "Cannot run program \"npx\"",
            "Cannot run program \"yarn\"",
            "'command 'node''",
            "'command 'npm''",
            "'command 'npx''",
            "'command 'yarn''",
            "node: not found",
            "npm: not found",
            "yarn: not found",
            "node: command not found",
            "npm: command not found",
            "yarn: command not found",
        ],
        "java/node-missing",
        "the build calls Node.js, which is not there",
        "Set BP_JAVA_INSTALL_NODE=true, and BP_NODE_PROJECT_PATH to the folder of package.json; a buildpack for Node.js must stand before this one.",
    ),
    user(
        &[
            "class org.gradle.wrapper.GradleWrapperMain",
            "class org.apache.maven.wrapper.MavenWrapperMain",
            "Unable to access jarfile",
        ],
        "java/wrapper-incomplete",
        "the wrapper's jar is missing",
        "Commit it (gradle/wrapper/gradle-wrapper.jar or .mvn/wrapper/maven-wrapper.jar), also where *.jar is ignored, or remove the wrapper's script.",
    ),
    user(
        &["in offline mode", "available for offline mode"],
        "java/dependency-offline",
        "a dependency is missing and the build may not fetch it",
        "Build once without the offline option, or mount a volume with the dependencies at ~/.m2 or ~/.gradle.",
    ),
    user(
        &["PKIX path building failed", "unable to find valid certification path", "No trusted certificate found"],
        "java/certificate-unknown",
        "a server's certificate is not trusted",
        "Something on the way signs with its own certificate: bind it, type ca-certificates.",
    ),
    user(
        &[
            "status code: 401",
            "status code: 403",
            "status code 401",
            "status code 403",
            "401 Unauthorized",
            "403 Forbidden",
            "Not authorized",
            "authentication failed",
            "Authentication failed",
            "authorization failed",
        ],
        "java/dependency-private",
        "a repository needs a login",
        "Bind it: type maven with a settings.xml, or type gradle with a gradle.properties.",
    ),
    user(
        &["Blocked mirror for repositories", "Using insecure protocols with repositories"],
        "java/repository-insecure",
        "a repository is named by plain http",
        "Name it by https; a mirror in a settings.xml (a binding of the type maven) can stand in for it.",
    ),
    network(
        &[
            "Unknown host",
            "UnknownHostException",
            "Name or service not known",
            "No such host is known",
            "Temporary failure in name resolution",
            "Connection refused",
            "Connection reset",
            "connect timed out",
            "Connect timed out",
            "Read timed out",
            "No route to host",
            "Network is unreachable",
            "Could not transfer artifact",
            "transfer failed for ",
            "Could not GET 'http",
            "Could not HEAD 'http",
            "Failed to fetch http",
        ],
        "java/dependency-unreachable",
        "a repository does not answer",
        "Check the network and HTTPS_PROXY; a mirror is set in a settings.xml (a binding of the type maven), or by an init script (BP_GRADLE_INIT_SCRIPT_PATH).",
    ),
    user(
        &["Non-readable settings", "Non-parseable settings", "settings file does not exist"],
        "java/settings-invalid",
        "Maven's settings cannot be read",
        "Mend the settings.xml of the maven binding, or the file that BP_MAVEN_SETTINGS_PATH names.",
    ),
    user(
        &["Non-parseable POM", "Malformed POM", "Non-readable POM"],
        "java/pom-invalid",
        "a POM cannot be read",
        "Mend the line that is named above.",
    ),
    user(
        &[
            "Could not find artifact",
            "Could not resolve dependencies",
            "Could not resolve all ",
            "Non-resolvable parent POM",
            "Non-resolvable import POM",
            "or one of its dependencies could not be resolved",
            "No plugin found for prefix",
            "was not found in any of the following sources",
        ],
        "java/dependency-missing",
        "a dependency or plugin does not exist where it was looked for",
        "Check its name and version; one of a private repository needs that repository, in the build file or in a settings.xml (a binding of the type maven).",
    ),
    user(
        &[
            "Could not find the selected project in the reactor",
            "is not part of the build defined by",
            "not found in root project",
        ],
        "java/module-unknown",
        "the build has no such module or task",
        "Check BP_MAVEN_BUILT_MODULE or BP_GRADLE_BUILT_MODULE, and the build arguments.",
    ),
    user(
        &[
            "Unknown lifecycle phase",
            "Unrecognized option",
            "Unknown command-line option",
            "Unable to parse command line options",
            "not found in project '",
        ],
        "java/arguments-unknown",
        "the tool does not know an argument",
        "Check BP_MAVEN_BUILD_ARGUMENTS or BP_GRADLE_BUILD_ARGUMENTS, and those with ADDITIONAL in their name.",
    ),
    user(
        &["There are test failures", "There were failing tests", "<<< FAILURE!", "<<< ERROR!"],
        "java/tests-failed",
        "tests failed",
        "Mend them, or leave them out of an image's build, as the default arguments do (`-Dmaven.test.skip=true`, `assemble`).",
    ),
    user(
        &[
            "Could not compile build file",
            "Could not compile settings file",
            "Script compilation error",
            "A problem occurred evaluating ",
            "A problem occurred configuring ",
        ],
        "java/build-file-invalid",
        "a build file cannot be read",
        "Mend the line that is named above.",
    ),
];

/// When a compiler complained.
pub(super) const COMPILING: &[Cause] = &[KILLED, DISK_FULL, JDK_TOO_OLD];
