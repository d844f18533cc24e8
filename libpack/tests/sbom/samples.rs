//! What the documents of the tests are made from.

use libpack::sbom::{Catalog, Component, Hash, Kind, Sbom, Subject, go, java, npm};
use libpack::target::Target;
use libpack::world::Variables;

pub fn runtime() -> Component {
    Component::new(Kind::Library, "Node Engine", "22.1.0")
        .purl("pkg:generic/node@22.1.0")
        .cpe("cpe:2.3:a:nodejs:node.js:22.1.0:*:*:*:*:*:*:*")
        .cpe("cpe:2.3:a:example:node:22.1.0:*:*:*:*:*:*:*")
        .license("MIT")
        .license("The Runtime Licence & Co")
        .hash(Hash::parse(&format!("sha256:{}", "ab".repeat(32))).unwrap())
        .download("https://user:token@example.com/node-22.1.0.tar.xz?sig=secret")
}

pub fn of_runtime() -> Sbom {
    Sbom::of_component(Subject::directory("/layers/example_node/node"), runtime())
}

pub const LOCK: &str = r#"{
    "lockfileVersion": 3,
    "packages": {
        "": { "dependencies": { "@scope/web": "*", "left": "*" }, "devDependencies": { "tester": "*" } },
        "node_modules/@scope/web": {
            "version": "1.2.0+build", "license": "(MIT OR Apache-2.0)",
            "resolved": "https://registry.example/@scope/web/-/web-1.2.0.tgz",
            "integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "dependencies": { "left": "^2.0.0" }
        },
        "node_modules/@scope/web/node_modules/left": { "version": "2.0.0", "license": "SEE LICENSE IN x" },
        "node_modules/left": { "version": "1.0.0", "license": ["ISC", "BSD-2-Clause OR Zlib", "Mine"] },
        "node_modules/plain": { "name": "plain", "license": ["ISC", "BSD-2-Clause OR Zlib"] },
        "node_modules/tester": { "version": "3.0.0", "dev": true }
    }
}"#;

pub fn target() -> Target {
    Target::from_variables(&Variables::default())
}

pub fn of_modules() -> Sbom {
    let catalog = npm::from_lock(LOCK, "package-lock.json", npm::Scope::Production, &target()).unwrap();
    Sbom::new(Subject::directory("/workspace"), catalog)
}

/// An executable with a replaced module, and one of the same app that has fewer.
pub fn of_executables() -> Sbom {
    let module = |path: &str, version: &str, sum: Option<&str>| go::Module {
        path: path.to_owned(),
        version: version.to_owned(),
        sum: sum.map(str::to_owned),
        replace: None,
    };
    let fork = module("fork.example/text", "v0.40.1", Some("h1:c2Vjb25k"));
    let setting = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let web = go::BuildInfo {
        go_version: "go1.26.7".to_owned(),
        path: "example.com/shop/v2/cmd/web".to_owned(),
        main: Some(module("example.com/shop/v2", "v2.1.0", None)),
        modules: vec![
            module("github.com/gorilla/mux", "v1.8.1+incompatible", Some("h1:Zmlyc3Q=")),
            go::Module { replace: Some(Box::new(fork)), ..module("golang.org/x/text", "v0.40.0", None) },
        ],
        settings: vec![setting("-tags", "a,b"), setting("GOARCH", "amd64")],
    };
    let path = "example.com/shop/v2/cmd/worker".to_owned();
    let worker = go::BuildInfo { path, modules: web.modules[..1].to_vec(), ..web.clone() };
    let catalog = go::from_executables([("bin/web", &web), ("bin/worker", &worker)]);
    Sbom::new(Subject::directory("/layers/example_go/targets/bin"), catalog)
}

pub fn of_go_mod() -> Sbom {
    let text = "module example.com/shop/v2\nrequire github.com/gorilla/mux v1.8.1\n\
                require (\n\tgolang.org/x/mod v0.38.0 // indirect\n\tlocal.example/part v1.0.0\n)\n\
                replace local.example/part => ./part\n";
    let sums = "github.com/gorilla/mux v1.8.1 h1:Zmlyc3Q=\ngithub.com/gorilla/mux v1.8.1/go.mod h1:bm90\n";
    let go_mod = go::GoMod::parse(text, "go.mod").unwrap();
    Sbom::new(Subject::file("/workspace/go.mod"), go::from_go_mod(&go_mod, sums, "go.mod"))
}

/// A zip archive, of texts and archives: the same bytes at any time, whatever compresses.
fn jar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    for (name, content) in entries {
        writer.start_file(*name, options).unwrap();
        std::io::Write::write_all(&mut writer, content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An application of Spring Boot's with a library of Maven's, which has another one within it, one of Gradle's, and
/// a broken one.
pub fn of_archives() -> Sbom {
    let maven = |artifact: &str| {
        let path = format!("META-INF/maven/org.example/{artifact}/pom.");
        let text = format!("groupId=org.example\nartifactId={artifact}\nversion=1.0+build\n");
        (format!("{path}properties"), text, format!("{path}xml"))
    };
    let (demo, demo_text, _) = maven("demo");
    let (one, one_text, pom) = maven("one");
    let (shaded, shaded_text, _) = maven("shaded");
    let license = |name: &str| format!("<license><name>{name}</name></license>");
    let licenses = [license("The Apache Software License, Version 2.0"), license("Our &amp; Your Licence")].concat();
    let pom_text = format!("<project><artifactId>one</artifactId><licenses>{licenses}</licenses></project>");
    let library = jar(&[
        (&one, one_text.as_bytes()),
        (&pom, pom_text.as_bytes()),
        (&shaded, shaded_text.as_bytes()),
        ("META-INF/MANIFEST.MF", b"Built-By: a person\n"),
    ]);
    let spring =
        jar(&[("META-INF/MANIFEST.MF", b"Implementation-Title: spring-core\nImplementation-Version: 7.0.7\n")]);
    let app = jar(&[
        (&demo, demo_text.as_bytes()),
        ("META-INF/MANIFEST.MF", b"Implementation-Version: 1.0+build\n"),
        ("BOOT-INF/lib/one-1.0+build-linux-x86_64.jar", &library),
        ("BOOT-INF/lib/spring-core-7.0.7.jar", &spring),
        ("BOOT-INF/lib/broken.jar", b"PK"),
    ]);
    let folder = libpack::fs::scratch().unwrap();
    libpack::fs::write(&folder.path().join("app.jar"), app).unwrap();
    Sbom::new(Subject::directory("/workspace"), java::from_folder(folder.path()).unwrap())
}

pub fn empty() -> Sbom {
    Sbom::new(Subject::file("/layers/example_node/helper"), Catalog::default())
}
