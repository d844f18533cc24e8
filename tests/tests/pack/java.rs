//! Applications for the JVM: several kinds of them, built by pack, running, and built again.

use end_to_end::files;
use end_to_end::pack::App;
use end_to_end::postgres::{self, Postgres};

const MAIN: &str = "src/main/java/app/Main.java";

#[test]
fn a_spring_app_answers_and_a_rebuild_runs_no_maven() {
    let app = App::sample("java-spring", "java-spring").env("BP_JVM_VERSION=17");
    let cold = app.build();
    assert!(
        cold.contains("/bin/mvn --batch-mode ") && cold.contains("Adding layer 'libpack/java:application'"),
        "{cold}"
    );
    assert!(app.answer().contains("\"sample\":\"java-spring\""));

    let again = app.build();
    for layer in ["application", "dependencies", "jre", "helper", "environment"] {
        assert!(again.contains(&format!("Reusing layer 'libpack/java:{layer}'")), "{layer}: {again}");
    }
    for word in ["Installing", "Running '", "Restoring data for \"libpack/java:jre\""] {
        assert!(!again.contains(word), "{word}: {again}");
    }
    for format in ["cdx", "spdx", "syft"] {
        let file = format!("layers/sbom/launch/libpack_java/dependencies/sbom.{format}.json");
        assert!(app.sbom().contains(&file), "{file} is not among {:?}", app.sbom());
    }
    assert!(app.answer().contains("\"sample\":\"java-spring\""));

    let main = app.folder().join(MAIN);
    files::write(&main, format!("{}\nclass Edited {{}}\n", files::read(&main)));
    let edited = app.build();
    assert!(edited.contains("Layer application is made anew: sources changed"), "{edited}");
    assert!(edited.contains("Reusing layer 'libpack/java:dependencies'"), "{edited}");
    assert!(app.answer().contains("\"sample\":\"java-spring\""));
}

#[test]
fn a_war_is_served_by_the_tomcat_that_its_servlets_are_written_for() {
    let app = App::sample("java-war", "java-war").env("BP_JVM_VERSION=17");
    app.build();
    let answer = app.answer();
    assert!(answer.contains("\"sample\":\"java-war\"") && answer.contains("Apache Tomcat/10.1"), "{answer}");
}

/// The two ways in which platforms tell an app about its database; nothing of the app's own names it.
#[test]
fn a_database_is_found_by_its_service_binding_and_by_vcap_services() {
    let database = Postgres::start();
    let app = App::sample("java-postgres", "java-postgres").env("BP_JVM_VERSION=17");
    app.build();

    let binding = files::scratch();
    let (port, folder) = (database.port().to_string(), binding.path().join("shop"));
    let entries = [
        ("type", "postgresql"),
        ("host", "127.0.0.1"),
        ("port", &port),
        ("database", postgres::NAME),
        ("username", postgres::NAME),
        ("password", postgres::PASSWORD),
    ];
    for (key, value) in entries {
        files::write(&folder.join(key), value);
    }
    let volume = format!("{}:/bindings", binding.path().display());
    let answer = app.answer_with(&["--volume", &volume, "--env", "SERVICE_BINDING_ROOT=/bindings"]);
    assert!(answer.contains("\"database\":\"shop\""), "{answer}");

    let credentials: Vec<_> = entries[1..].iter().map(|(key, value)| format!("\"{key}\":\"{value}\"")).collect();
    let services = format!(
        "VCAP_SERVICES={{\"postgresql\":[{{\"label\":\"postgresql\",\"name\":\"shop\",\"tags\":[],\"credentials\":{{{}}}}}]}}",
        credentials.join(",")
    );
    let answer = app.answer_with(&["--env", &services]);
    assert!(answer.contains("\"database\":\"shop\""), "{answer}");
}
