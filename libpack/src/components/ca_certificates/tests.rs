use std::path::{Path, PathBuf};

use super::*;
use crate::world::Variables;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../tests/fixtures/ca-certificates/", $name, ".pem"))
    };
}

const PLAIN: &str = fixture!("plain");
const PLAIN_HASH: &str = "9a0d1403";
const OTHER: &str = fixture!("multi-valued");
const OTHER_HASH: &str = "e4bd63a0";

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn put(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        fs::write(&self.at(path), content).unwrap();
        self.at(path)
    }

    fn link(&self, paths: &[PathBuf]) -> Result<usize> {
        link(paths, &self.at("links"), &self.at("scratch"))
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.at(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn target(&self, link: &str) -> PathBuf {
        std::fs::read_link(self.at(link)).unwrap()
    }
}

#[test]
fn single_certificates_are_linked_where_they_lie_in_the_order_of_their_paths() {
    let place = Place::new();
    let second = place.put("b/ca.pem", PLAIN);
    let first = place.put("a/ca.pem", format!("# a comment\n{PLAIN}\n\n"));
    let third = place.put("c.pem", OTHER);
    assert_eq!(place.link(&[third.clone(), second.clone(), first.clone()]).unwrap(), 3);
    assert_eq!(place.names("links"), ["9a0d1403.0", "9a0d1403.1", "e4bd63a0.0"]);
    assert_eq!(place.target("links/9a0d1403.0"), first);
    assert_eq!(place.target("links/9a0d1403.1"), second);
    assert_eq!(place.target("links/e4bd63a0.0"), third);
}

#[test]
fn regression_paketo_ca_certificates_106_scratch_is_made_only_for_a_bundle() {
    let place = Place::new();
    let single = place.put("ca.pem", PLAIN);
    place.link(&[single]).unwrap();
    assert!(!place.at("scratch").exists());
}

#[test]
fn bundles_of_the_same_name_do_not_overwrite_each_other() {
    let place = Place::new();
    let bundle = format!("{PLAIN}between\n{OTHER}");
    let paths = [place.put("a/ca.pem", &bundle), place.put("b/ca.pem", &bundle)];
    assert_eq!(place.link(&paths).unwrap(), 4);
    assert_eq!(place.names("scratch"), ["2_cert_0_ca.pem", "2_cert_1_ca.pem", "cert_0_ca.pem", "cert_1_ca.pem"]);
    for (hash, file) in [(PLAIN_HASH, PLAIN), (OTHER_HASH, OTHER)] {
        for number in 0..2 {
            let text = fs::read_text(&place.at(&format!("links/{hash}.{number}"))).unwrap();
            assert_eq!(text, file);
        }
    }
}

#[test]
fn an_unusual_label_is_rewritten_so_that_openssl_finds_it() {
    let place = Place::new();
    let path = place.put("ca.pem", PLAIN.replace(" CERTIFICATE", " X509 CERTIFICATE"));
    place.link(&[path]).unwrap();
    assert_eq!(fs::read_text(&place.at("scratch/cert_0_ca.pem")).unwrap(), PLAIN);
}

#[test]
fn embedded_certificates_are_copies_with_relative_links() {
    let place = Place::new();
    let paths =
        [place.put("a/ca.pem", PLAIN), place.put("b/ca.pem", OTHER), place.put("c/all.pem", format!("{PLAIN}{OTHER}"))];
    assert_eq!(embed(&paths, &place.at("layer")).unwrap(), 4);
    fs::rename(&place.at("layer"), &place.at("moved")).unwrap();
    assert_eq!(place.names("moved/embedded-certs"), ["2_ca.pem", "ca.pem", "cert_0_all.pem", "cert_1_all.pem"]);
    let links = place.names("moved/ca-certificates");
    assert_eq!(links, ["9a0d1403.0", "9a0d1403.1", "e4bd63a0.0", "e4bd63a0.1"]);
    assert_eq!(place.target("moved/ca-certificates/e4bd63a0.0"), Path::new("../embedded-certs/2_ca.pem"));
    for link in links {
        let text = fs::read_text(&place.at(&format!("moved/ca-certificates/{link}"))).unwrap();
        assert_eq!(text, if link.starts_with(PLAIN_HASH) { PLAIN } else { OTHER });
    }
}

#[test]
fn what_is_no_certificate_is_named_and_never_shown() {
    let place = Place::new();
    let text = place.put("text.pem", "canary");
    let error = place.link(&[text]).unwrap_err();
    assert_eq!(error.id(), "ca-certificates/not-pem");
    assert!(error.message().starts_with("failed to decode PEM data of "), "{error}");

    let key = "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----\n";
    let key = place.put("key.pem", format!("{PLAIN}{key}"));
    let error = place.link(&[key]).unwrap_err();
    assert_eq!(error.id(), "ca-certificates/not-a-certificate");
    assert!(error.message().starts_with("block 2 of "), "{error}");
    assert!(error.message().contains("(PRIVATE KEY)") && !format!("{error:?}").contains("Y2Fu"));
    assert!(!place.at("scratch").exists(), "a private key is never written");
}

fn bound(place: &Place) -> Bindings {
    Bindings::read(&Variables::default(), &place.at("platform")).unwrap()
}

#[test]
fn all_files_of_all_bindings_of_the_type_count_but_hidden_ones() {
    let place = Place::new();
    place.put("platform/bindings/z/type", "CA-certificates");
    place.put("platform/bindings/a/type", "ca-certificates");
    place.put("platform/bindings/a/provider", "me");
    place.put("platform/bindings/a/.DS_Store", "hidden");
    place.put("platform/bindings/other/type", "npmrc");
    place.put("platform/bindings/other/x.pem", PLAIN);
    let expected = [place.put("platform/bindings/a/a.pem", PLAIN), place.put("platform/bindings/z/b", OTHER)];
    assert_eq!(paths(&bound(&place)), expected);
}

#[test]
fn a_start_without_certificates_writes_nothing() {
    let place = Place::new();
    place.put("platform/bindings/a/type", "ca-certificates");
    let no_folder = || -> Result<PathBuf> { panic!("no folder is needed") };
    let trust = trust_at_launch(&Variables::default(), &bound(&place), no_folder).unwrap();
    assert_eq!(trust, None);
}

#[test]
fn a_start_with_certificates_appends_its_folder_and_keeps_what_was_set() {
    let place = Place::new();
    place.put("platform/bindings/a/type", "ca-certificates");
    place.put("platform/bindings/a/ca.pem", format!("{PLAIN}{OTHER}"));
    let start = |variables: &[(&str, &str)]| {
        let variables = variables.iter().copied().collect();
        let trust = trust_at_launch(&variables, &bound(&place), || Ok(place.at("tmp"))).unwrap();
        let trust = trust.unwrap();
        assert_eq!(sentence(trust.count), "Added 2 additional CA certificate(s) to system truststore");
        (trust.variables.get("SSL_CERT_DIR").cloned(), trust.variables.get("SSL_CERT_FILE").cloned())
    };
    let links = place.at("tmp/links").display().to_string();
    let system = Some("/etc/ssl/certs/ca-certificates.crt".to_owned());
    assert_eq!(start(&[]), (Some(links.clone()), system.clone()));
    assert_eq!(start(&[("SSL_CERT_DIR", ""), ("SSL_CERT_FILE", "")]), (Some(links.clone()), system));
    assert_eq!(
        start(&[("SSL_CERT_DIR", "/own"), ("SSL_CERT_FILE", "/own.pem")]),
        (Some(format!("/own:{links}")), None)
    );
    assert!(place.at("tmp/links/9a0d1403.0").is_file());
}
