//! WARs on Tomcat: which Tomcat, how it is laid out, how it starts, and what people get wrong.

use libpack::report::report;
use libpack::testing::{Archive, Built, Rig, Row};

use super::{assert_idle, put};

/// What a real archive holds, a few bytes of each.
fn distribution(version: &str) -> Vec<u8> {
    Archive::new()
        .file("apache-tomcat/bin/bootstrap.jar", version)
        .file("apache-tomcat/bin/tomcat-juli.jar", "juli")
        .program("apache-tomcat/bin/catalina.sh", "#!/bin/sh")
        .file("apache-tomcat/bin/catalina.bat", "rem")
        .file("apache-tomcat/conf/catalina.properties", "common.loader=\"${catalina.home}/lib\"\n")
        .file("apache-tomcat/conf/web.xml", "<web-app/>")
        .file("apache-tomcat/lib/catalina.jar", "catalina")
        .file("apache-tomcat/webapps/docs/index.html", "docs")
        .file("apache-tomcat/webapps/manager/index.jsp", "manager")
        .gz()
}

/// A rig with every line of Tomcat to download, and no application yet.
fn rig() -> Rig {
    let mut rig = super::rig();
    for version in ["9.0.121", "10.1.59", "11.0.25"] {
        let row = Row::new("tomcat", version).set("name", "Apache Tomcat").set("strip-components", 1);
        rig.offer(row, distribution(version));
    }
    rig
}

/// An exploded WAR with these files below `WEB-INF`.
fn war(files: &[(&str, &str)]) -> Rig {
    let mut rig = rig();
    rig.file("index.jsp", "<html/>").file("WEB-INF/lib/a-1.0.jar", "PK");
    for (path, content) in files {
        rig.file(&format!("WEB-INF/{path}"), content);
    }
    rig
}

fn archive(index: &str) -> Vec<u8> {
    Archive::new().file("index.jsp", index).file("WEB-INF/lib/a-1.0.jar", "PK").zip()
}

const CONFIGURATION: &str = "https://conf.example/tomcat.tar.gz";

/// An app whose Tomcat is configured from outside by an archive of these files.
fn configured(files: &[(&str, &str)]) -> (Rig, String) {
    let mut rig = war(&[]);
    let archive = files.iter().fold(Archive::new(), |archive, (path, content)| archive.file(path, content)).gz();
    let checksum = libpack::checksum::sha256(&archive).hex().to_owned();
    rig.fetch.serve(CONFIGURATION, archive);
    rig.env("BP_TOMCAT_EXT_CONF_URI", CONFIGURATION);
    (rig, checksum)
}

fn tree(built: &Built, layer: &str) -> Vec<String> {
    let workspace = built.app.parent().unwrap().display().to_string();
    let lines = built.layer(layer).unwrap().tree();
    lines.iter().map(|line| line.replace(&workspace, "")).collect()
}

fn failure(rig: &mut Rig) -> String {
    match rig.build() {
        Ok(built) => panic!("it was built:\n{}", built.log),
        Err(error) => rig.normalise(&report(&error)),
    }
}

/// The log's line that says which Tomcat, and why.
fn selected(rig: &mut Rig) -> String {
    let log = rig.build().unwrap().log;
    log.lines().find(|line| line.contains("Selected Apache Tomcat")).unwrap().trim().to_owned()
}

#[test]
fn a_war_starts_without_a_shell_and_an_unchanged_rebuild_does_nothing() {
    let mut rig = war(&[]);
    let built = rig.build().unwrap();
    insta::assert_snapshot!("war_launch", built.launch_text());
    assert_eq!(
        tree(&built, "catalina-base"),
        [
            "conf/catalina.properties -> ../../tomcat/conf/catalina.properties",
            "conf/context.xml",
            "conf/logging.properties",
            "conf/server.xml",
            "conf/web.xml -> ../../tomcat/conf/web.xml",
            "lib/libpack/tomcat/ConsoleAccessLog.class",
            "lib/libpack/tomcat/EndOnFailure.class",
            "webapps/ROOT -> ../../../workspace",
        ]
    );
    assert_eq!(
        tree(&built, "tomcat"),
        [
            "bin/bootstrap.jar",
            "bin/catalina.sh*",
            "bin/tomcat-juli.jar",
            "conf/catalina.properties",
            "conf/web.xml",
            "lib/catalina.jar",
        ]
    );
    let properties = built.layer("tomcat").unwrap().text("conf/catalina.properties").unwrap();
    assert!(properties.starts_with("common.loader=${BPI_TOMCAT_ADDITIONAL_COMMON_JARS},"), "{properties}");
    assert!(tree(&built, "dependencies").contains(&"WEB-INF/lib/a-1.0.jar".to_owned()));
    assert_idle(&rig.build().unwrap());
}

#[test]
fn the_war_chooses_the_line_and_what_is_set_counts_more() {
    // Paketo's default deploys a WAR of the new packages on Tomcat 9, which serves nothing of it.
    let descriptor = |version: &str| format!("<web-app version=\"{version}\">");
    assert_eq!(selected(&mut war(&[])), "Selected Apache Tomcat version (using default): 9.0.121");
    assert_eq!(
        selected(&mut war(&[("web.xml", &descriptor("6.0"))])),
        "Selected Apache Tomcat version (using version 6.0 in WEB-INF/web.xml): 10.1.59"
    );
    assert!(selected(&mut war(&[("web.xml", &descriptor("6.1"))])).ends_with("11.0.25"));
    let mut classes = war(&[("classes/App.class", "Ljakarta/servlet/annotation/WebServlet;")]);
    let by_classes = "Selected Apache Tomcat version (using jakarta.servlet in WEB-INF/classes): 10.1.59";
    assert_eq!(selected(&mut classes), by_classes);
    // Kept with the layer: the sources of a rebuild hold no WAR.
    assert_eq!(selected(&mut classes), by_classes);
    classes.env("BP_TOMCAT_VERSION", "11");
    assert_eq!(selected(&mut classes), "Selected Apache Tomcat version (using BP_TOMCAT_VERSION): 11.0.25");
}

#[test]
fn wars_side_by_side_are_there_again_after_a_rebuild() {
    // Paketo explodes them only when it makes the layer of their links.
    let mut rig = rig();
    put(&rig, "api.war", archive("api"));
    put(&rig, "ROOT.war", archive("root"));
    rig.file("docs/secret.txt", "not served");
    for build in 0..2 {
        let built = rig.build().unwrap();
        let links: Vec<_> =
            tree(&built, "catalina-base").into_iter().filter(|line| line.starts_with("webapps")).collect();
        let expected = ["webapps/ROOT -> ../../../workspace/ROOT", "webapps/api -> ../../../workspace/api"];
        assert_eq!(links, expected, "build {build}");
        assert_eq!(super::read(&built, "api/index.jsp"), "api");
        assert!(!built.app.join("api.war").exists());
    }
}

#[test]
fn a_context_path_moves_the_link_and_leaves_the_application_alone() {
    let mut rig = war(&[]);
    rig.build().unwrap();
    rig.env("BP_TOMCAT_CONTEXT_PATH", "/a/b/");
    let built = rig.build().unwrap();
    assert!(tree(&built, "catalina-base").contains(&"webapps/a#b -> ../../../workspace".to_owned()));
    let reused = built.reused();
    assert!(reused.contains(&"application") && reused.contains(&"tomcat") && !reused.contains(&"catalina-base"));
}

#[test]
fn a_configuration_from_outside_lies_over_ours() {
    let (mut rig, checksum) =
        configured(&[("top/conf/server.xml", "<Server/>"), ("top/conf/catalina.properties", "common.loader=x\n")]);
    rig.env("BP_TOMCAT_EXT_CONF_SHA256", &checksum).env("BP_TOMCAT_EXT_CONF_STRIP", "1");
    let built = rig.build().unwrap();
    let base = built.layer("catalina-base").unwrap();
    assert_eq!(base.text("conf/server.xml").unwrap(), "<Server/>");
    assert_eq!(
        base.text("conf/catalina.properties").unwrap(),
        "common.loader=${BPI_TOMCAT_ADDITIONAL_COMMON_JARS},x\n"
    );
    assert!(base.tree().contains(&"conf/context.xml".to_owned()));
    assert!(tree(&built, "tomcat").contains(&"webapps/manager/index.jsp".to_owned()), "it may mount the manager");
    assert_idle(&rig.build().unwrap());
    rig.unset("BP_TOMCAT_EXT_CONF_SHA256").env("BP_TOMCAT_EXT_CONF_VERSION", "1.2.3");
    assert_eq!(rig.build().unwrap().fetched, [CONFIGURATION]);
    assert_idle(&rig.build().unwrap());
}

#[test]
fn a_configuration_that_nothing_identifies_is_fetched_at_every_build() {
    let (mut rig, _) = configured(&[("conf/server.xml", "<Server/>")]);
    for _ in 0..2 {
        let built = rig.build().unwrap();
        assert!(built.fetched.contains(&CONFIGURATION.to_owned()), "{:?}", built.fetched);
        assert!(built.log.contains("WARNING: Without BP_TOMCAT_EXT_CONF_VERSION"), "{}", built.log);
    }
}

#[test]
fn a_configuration_with_a_script_starts_by_tomcats_own() {
    let (mut rig, checksum) = configured(&[("bin/setenv.sh", "CATALINA_OPTS=-Xmx1g")]);
    rig.env("BP_TOMCAT_EXT_CONF_SHA256", &checksum);
    for _ in 0..2 {
        let built = rig.build().unwrap();
        assert_eq!(built.command("web"), "sh /layers/tomcat/bin/catalina.sh run");
        assert!(built.variable("CATALINA_OPTS").contains("EnvironmentPropertySource"));
        assert!(!built.helpers().contains(&"catalina-opts".to_owned()), "the script reads the variables itself");
    }
}

#[test]
fn a_configuration_may_lie_in_the_app() {
    let mut rig = war(&[]);
    let archive = Archive::new().file("conf/server.xml", "<Server/>").gz();
    let path = rig.buildpack_folder().join("conf.tar.gz");
    libpack::fs::write(&path, &archive).unwrap();
    rig.env("BP_TOMCAT_EXT_CONF_URI", &format!("file://{}", path.display()));
    rig.env("BP_TOMCAT_EXT_CONF_SHA256", libpack::checksum::sha256(&archive).hex());
    let built = rig.build().unwrap();
    assert_eq!(built.layer("catalina-base").unwrap().text("conf/server.xml").unwrap(), "<Server/>");
}

#[test]
fn options_of_the_launch_reach_the_jvm() {
    let mut rig = war(&[]);
    let built = rig.build().unwrap();
    let given = [("CATALINA_OPTS", "-Xss256k"), ("BPL_TOMCAT_ACCESS_LOGGING_ENABLED", "true")];
    let options = rig.start(&built, &given).unwrap().text("JAVA_TOOL_OPTIONS").unwrap();
    assert!(options.contains("-Daccess.logging.enabled=true"), "{options}");
    assert!(options.ends_with("-Djava.io.tmpdir=/tmp -Xss256k"), "{options}");
    let opened = built.variable("JDK_JAVA_OPTIONS");
    assert!(opened.contains("--add-opens=java.base/java.lang=ALL-UNNAMED"), "{opened}");
}

#[test]
fn settings_change_the_line_that_starts_it() {
    let mut rig = war(&[]);
    rig.env("BP_TOMCAT_ENV_PROPERTY_SOURCE_DISABLED", "true").env("BPI_TOMCAT_ADDITIONAL_JARS", "/workspace/x.jar");
    let line = rig.build().unwrap().command("web");
    assert!(
        !line.contains("PROPERTY_SOURCE") && line.contains("-classpath /workspace/x.jar:/layers/tomcat/bin"),
        "{line}"
    );
    // A platform would let a shell expand it.
    rig.env("BPI_TOMCAT_ADDITIONAL_JARS", "/workspace/lib/*");
    let built = rig.build().unwrap();
    assert_eq!(built.command("web"), "start-tomcat");
    assert!(built.script("start-tomcat").unwrap().contains("'/workspace/lib/*:"));
}

#[test]
fn another_server_leaves_the_war_to_a_later_buildpack() {
    let mut rig = war(&[]);
    rig.env("BP_JAVA_APP_SERVER", "tomee");
    assert_eq!(rig.build().unwrap_err().id(), "rig/no-group");
    rig.env("BP_JAVA_APP_SERVER", "tomcat");
    assert!(rig.build().unwrap().process("tomcat").is_some());
}

#[test]
fn what_people_get_wrong() {
    for (name, setting, value) in [
        ("unknown_version", "BP_TOMCAT_VERSION", "8.*"),
        ("context_path_that_climbs", "BP_TOMCAT_CONTEXT_PATH", "../x"),
    ] {
        insta::assert_snapshot!(name, failure(war(&[]).env(setting, value)));
    }
    for (name, setting, value) in [
        ("external_mismatch", "BP_TOMCAT_EXT_CONF_SHA256", "ab".repeat(32)),
        ("external_no_checksum", "BP_TOMCAT_EXT_CONF_SHA256", "abc".to_owned()),
        ("external_strip", "BP_TOMCAT_EXT_CONF_STRIP", "one".to_owned()),
        ("external_missing", "BP_TOMCAT_EXT_CONF_URI", "file:///nowhere/conf.tar.gz".to_owned()),
    ] {
        let (mut rig, _) = configured(&[("conf/server.xml", "<Server/>")]);
        insta::assert_snapshot!(name, failure(rig.env(setting, &value)));
    }
    let valve = "<Valve className='org.cloudfoundry.tomcat.logging.access.CloudFoundryAccessLoggingValve'/>";
    insta::assert_snapshot!("external_classes", failure(&mut configured(&[("conf/server.xml", valve)]).0));
    insta::assert_snapshot!("external_application", failure(&mut configured(&[("webapps/ROOT/index.jsp", "")]).0));
}

#[test]
fn two_wars_for_one_path() {
    let mut rig = rig();
    put(&rig, "shop.war", archive("shop"));
    rig.file("shop/WEB-INF/web.xml", "<web-app/>");
    insta::assert_snapshot!("same_context", failure(&mut rig));
}

#[test]
fn a_tomcat_that_the_runtime_is_too_old_for_is_refused_before_it_is_installed() {
    let mut rig = war(&[]);
    rig.env("BP_JVM_VERSION", "8").env("BP_TOMCAT_VERSION", "10.1");
    let said = failure(&mut rig);
    assert!(said.contains("Tomcat 10.1.59 runs on Java 11 and later, and the image gets 8"), "{said}");
    assert_eq!(rig.env("BP_TOMCAT_VERSION", "9").build().unwrap().layer("tomcat").unwrap().name, "tomcat");
}
