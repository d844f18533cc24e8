//! The group of an artifact where its jar does not tell it: Gradle leaves no coordinates in jars.

use super::manifest::Manifest;

/// Groups of artifacts that are in most applications, as Maven Central has them; a `*` at the end stands for any
/// ending, and the first that fits counts.
const KNOWN: [(&str, &str); 77] = [
    ("spring-boot*", "org.springframework.boot"),
    ("spring-security-*", "org.springframework.security"),
    ("spring-data-*", "org.springframework.data"),
    ("spring-cloud-gcp-*", "com.google.cloud"),
    ("spring-cloud-azure-*", "com.azure.spring"),
    ("spring-cloud-aws-*", "io.awspring.cloud"),
    ("spring-cloud-*", "org.springframework.cloud"),
    ("spring-integration-*", "org.springframework.integration"),
    ("spring-batch-*", "org.springframework.batch"),
    ("spring-session-*", "org.springframework.session"),
    ("spring-modulith-*", "org.springframework.modulith"),
    ("spring-statemachine-*", "org.springframework.statemachine"),
    ("spring-shell-*", "org.springframework.shell"),
    ("spring-ai-*", "org.springframework.ai"),
    ("spring-ws-*", "org.springframework.ws"),
    ("spring-xml", "org.springframework.ws"),
    ("spring-kafka*", "org.springframework.kafka"),
    ("spring-pulsar*", "org.springframework.pulsar"),
    ("spring-retry", "org.springframework.retry"),
    ("spring-hateoas", "org.springframework.hateoas"),
    ("spring-graphql*", "org.springframework.graphql"),
    ("spring-vault-*", "org.springframework.vault"),
    ("spring-amqp", "org.springframework.amqp"),
    ("spring-rabbit*", "org.springframework.amqp"),
    ("spring-ldap-*", "org.springframework.ldap"),
    ("spring-plugin-*", "org.springframework.plugin"),
    ("spring-restdocs-*", "org.springframework.restdocs"),
    ("spring-webflow", "org.springframework.webflow"),
    ("tomcat-embed-*", "org.apache.tomcat.embed"),
    ("tomcat-*", "org.apache.tomcat"),
    ("reactor-netty*", "io.projectreactor.netty"),
    ("reactor-kafka", "io.projectreactor.kafka"),
    ("reactor-kotlin-*", "io.projectreactor.kotlin"),
    ("reactor-extra", "io.projectreactor.addons"),
    ("reactor-pool*", "io.projectreactor.addons"),
    ("reactor-*", "io.projectreactor"),
    ("micrometer-*", "io.micrometer"),
    ("context-propagation", "io.micrometer"),
    ("kotlin-*", "org.jetbrains.kotlin"),
    ("kotlinx-*", "org.jetbrains.kotlinx"),
    ("okhttp*", "com.squareup.okhttp3"),
    ("logging-interceptor", "com.squareup.okhttp3"),
    ("okio*", "com.squareup.okio"),
    ("kafka-*", "org.apache.kafka"),
    ("lucene-*", "org.apache.lucene"),
    ("elasticsearch-rest-*", "org.elasticsearch.client"),
    ("elasticsearch-java", "co.elastic.clients"),
    ("elasticsearch*", "org.elasticsearch"),
    ("bcprov-*", "org.bouncycastle"),
    ("bcpkix-*", "org.bouncycastle"),
    ("bcutil-*", "org.bouncycastle"),
    ("bctls-*", "org.bouncycastle"),
    ("bcpg-*", "org.bouncycastle"),
    ("aspectj*", "org.aspectj"),
    ("opentelemetry-javaagent*", "io.opentelemetry.javaagent"),
    ("opentelemetry-instrumentation-*", "io.opentelemetry.instrumentation"),
    ("opentelemetry-semconv", "io.opentelemetry.semconv"),
    ("opentelemetry-*", "io.opentelemetry"),
    ("grpc-*", "io.grpc"),
    ("perfmark-api", "io.perfmark"),
    ("caffeine", "com.github.ben-manes.caffeine"),
    ("graphql-java*", "com.graphql-java"),
    ("mysql-connector-j", "com.mysql"),
    ("ojdbc*", "com.oracle.database.jdbc"),
    ("minio", "io.minio"),
    ("ratpack-*", "io.ratpack"),
    ("ktor-*", "io.ktor"),
    ("asm", "org.ow2.asm"),
    ("asm-*", "org.ow2.asm"),
    ("jna", "net.java.dev.jna"),
    ("jna-platform", "net.java.dev.jna"),
    ("derby*", "org.apache.derby"),
    ("ecj", "org.eclipse.jdt"),
    ("ant", "org.apache.ant"),
    ("ant-*", "org.apache.ant"),
    ("groovy", "org.apache.groovy"),
    ("groovy-*", "org.apache.groovy"),
];

/// The artifacts of the Spring Framework: anybody may call theirs `spring-…`.
const SPRING: [&str; 21] = [
    "aop",
    "aspects",
    "beans",
    "context",
    "context-indexer",
    "context-support",
    "core",
    "expression",
    "instrument",
    "jcl",
    "jdbc",
    "jms",
    "messaging",
    "orm",
    "oxm",
    "r2dbc",
    "tx",
    "web",
    "webflux",
    "webmvc",
    "websocket",
];

/// What names of groups begin with; a name that begins otherwise is a title.
const DOMAINS: [&str; 24] = [
    "com", "org", "net", "io", "dev", "edu", "gov", "eu", "de", "fr", "uk", "ch", "at", "nl", "be", "it", "es", "ru",
    "cn", "jp", "us", "co", "jakarta", "javax",
];

/// The group that an artifact most likely has. Where nothing tells, it is the artifact's own name, as was usual
/// before groups were domains (`commons-io:commons-io`).
pub(super) fn of(artifact: &str, manifest: &Manifest) -> String {
    let told = manifest.first(&["Implementation-Vendor-Id", "Group-Id"]).filter(|group| is_group(group));
    if let Some(group) = told {
        return group.to_owned();
    }
    if artifact.strip_prefix("spring-").is_some_and(|module| SPRING.contains(&module)) {
        return "org.springframework".to_owned();
    }
    let known = KNOWN.iter().find(|(name, _)| match name.strip_suffix('*') {
        Some(start) => artifact.starts_with(start),
        None => artifact == *name,
    });
    if let Some((_, group)) = known {
        return (*group).to_owned();
    }
    // Its own distribution has names of its own: `catalina.jar`.
    let title = manifest.first(&["Implementation-Title", "Specification-Title"]);
    if title.is_some_and(|title| title.starts_with("Apache Tomcat")) {
        return "org.apache.tomcat".to_owned();
    }
    let bundle = manifest.symbolic_name();
    let module = manifest.get("Automatic-Module-Name");
    let shorter = [bundle, module].into_iter().flatten().find_map(|module| of_module(module, artifact));
    // A module's whole name is no group, where a bundle's often is (anchore/syft#4611).
    shorter.or(bundle.filter(|bundle| is_group(bundle))).unwrap_or(artifact).to_owned()
}

/// `org.example.one-api` is `org.example` and the artifact `one-api`; `org.example.api` is `org.example` for it too,
/// since an artifact's name often ends as the module's. A name of one word is often that of the group as well.
fn of_module<'a>(module: &'a str, artifact: &str) -> Option<&'a str> {
    let without = |last: &str| module.strip_suffix(last).and_then(|rest| rest.strip_suffix(['.', '-']));
    let group = match artifact.rsplit_once('-') {
        Some((_, last)) => without(artifact).or_else(|| without(last)),
        None => without(artifact).filter(|rest| rest.ends_with(artifact)),
    };
    group.filter(|group| is_group(group))
}

fn is_group(text: &str) -> bool {
    let letters =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    let mut parts = text.split('.');
    parts.next().is_some_and(|first| DOMAINS.contains(&first)) && text.contains('.') && parts.all(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(artifact: &str, manifest: &str) -> String {
        of(artifact, &Manifest::parse(manifest))
    }

    #[test]
    fn artifacts_of_gradle_builds_have_their_group_syft_3939_and_4030() {
        let cases = [
            ("spring-boot-autoconfigure", "org.springframework.boot"),
            ("spring-core", "org.springframework"),
            ("reactor-netty-http", "io.projectreactor.netty"),
            ("tomcat-embed-core", "org.apache.tomcat.embed"),
            ("spring-ldap-core", "org.springframework.ldap"),
            ("spring-security-crypto", "org.springframework.security"),
            ("antlr4-runtime", "antlr4-runtime"),
            ("spring-of-mine", "spring-of-mine"),
            ("micrometer-observation", "io.micrometer"),
        ];
        for (artifact, expected) in cases {
            assert_eq!(group(artifact, "Implementation-Title: x\n"), expected, "{artifact}");
        }
    }

    #[test]
    fn else_the_manifest_tells_and_titles_are_no_groups_syft_2152_and_4611() {
        assert_eq!(group("netty", "Implementation-Vendor-Id: io.netty\n"), "io.netty");
        assert_eq!(group("hibernate-core", "Bundle-SymbolicName: org.hibernate.orm.core;a=b\n"), "org.hibernate.orm");
        assert_eq!(group("one-api", "Bundle-SymbolicName: org.example.one-api\n"), "org.example");
        assert_eq!(group("velocity", "Bundle-SymbolicName: org.apache.velocity\n"), "org.apache.velocity");
        assert_eq!(group("jspecify", "Bundle-SymbolicName: org.jspecify.jspecify\n"), "org.jspecify");
        assert_eq!(group("el-api", "Bundle-SymbolicName: org.apache.tomcat-el-api\n"), "org.apache.tomcat");
        assert_eq!(group("tomcat-embed-el", "Implementation-Title: Apache Tomcat\n"), "org.apache.tomcat.embed");
        assert_eq!(group("h2", "Bundle-SymbolicName: com.h2database\n"), "com.h2database");
        assert_eq!(group("flux-x", "Bundle-SymbolicName: io.example.y.flux-x\n"), "io.example.y");
        assert_eq!(group("one", "Automatic-Module-Name: org.example.deep\n"), "one");
        assert_eq!(group("bootstrap", "Specification-Title: Apache Tomcat Bootstrap\n"), "org.apache.tomcat");
        assert_eq!(group("one", "Implementation-Vendor-Id: The One Company\nBundle-SymbolicName: com\n"), "one");
        assert_eq!(group("one", "Implementation-Vendor-Id: com..x\nAutomatic-Module-Name: one.two\n"), "one");
    }
}
