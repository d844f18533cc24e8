//! Stores that Java's own `keytool` made, with one certificate, `CN=One`, under the alias `old`.

use libpack::world::Variables;

use super::*;

const JKS: &[u8] = include_bytes!("testdata/one.jks");
const PKCS12: &[u8] = include_bytes!("testdata/one.p12");
const ONE: &str = include_str!("testdata/one.pem");
const TWO: &str = include_str!("testdata/two.pem");

fn certificates(pem: &str, aliases: &[&str]) -> Vec<Certificate> {
    let blocks = pem::blocks(pem.as_bytes());
    let named = blocks.into_iter().zip(aliases);
    named.map(|(der, alias)| Certificate { alias: (*alias).to_owned(), der }).collect()
}

/// What a store becomes; none when it stays as it is.
fn merge(store: &[u8], certificates: &[Certificate]) -> Result<Option<Vec<u8>>> {
    let scratch = fs::scratch()?;
    let path = scratch.path().join("cacerts");
    fs::write(&path, store)?;
    load(&path, certificates)?;
    let new = fs::read_bytes(&path)?;
    Ok((new != store).then_some(new))
}

fn holds(store: &[u8], part: &[u8]) -> usize {
    store.windows(part.len()).filter(|window| *window == part).count()
}

#[test]
fn certificates_come_behind_what_the_store_holds_and_once() {
    let (one, two) = (&pem::blocks(ONE.as_bytes())[0], &pem::blocks(TWO.as_bytes())[0]);
    for store in [JKS, PKCS12] {
        let both = certificates(&format!("{ONE}{TWO}"), &["/etc/CA.crt-0", "/etc/CA.crt-1"]);
        let merged = merge(store, &both).unwrap().unwrap();
        assert_eq!((holds(&merged, one), holds(&merged, two)), (2, 1));
        // The launch run of Paketo's adds the whole bundle once more to a PKCS#12 file.
        assert_eq!(merge(&merged, &both).unwrap(), None);
        assert_eq!(merge(&merged, &[]).unwrap(), None);
    }
}

#[test]
fn an_equal_alias_in_any_case_is_replaced_and_all_others_stay() {
    let (one, two) = (&pem::blocks(ONE.as_bytes())[0], &pem::blocks(TWO.as_bytes())[0]);
    for store in [JKS, PKCS12] {
        let more = merge(store, &certificates(ONE, &["other"])).unwrap().unwrap();
        let replaced = merge(&more, &certificates(TWO, &["OLD"])).unwrap().unwrap();
        assert_eq!((holds(&replaced, one), holds(&replaced, two)), (1, 1));
        let name = |alias: &str| alias.bytes().flat_map(|byte| [0, byte]).skip(1).collect::<Vec<_>>();
        let stays = if jks::is_one(store) { b"other".to_vec() } else { name("other") };
        assert_eq!(holds(&replaced, &stays), 1);
    }
}

#[test]
fn what_is_no_store_is_named_and_left_alone() {
    let mut other_password = JKS.to_vec();
    *other_password.last_mut().unwrap() ^= 1;
    for (store, reason) in [
        (&b""[..], "it is empty"),
        (b"0\x00", "it is neither JKS nor PKCS#12"),
        (b"\xfe\xed\xfe\xed", "it is damaged"),
        (&other_password, "its password is not \"changeit\", or it is damaged"),
        (&JKS[..400], "its password is not \"changeit\", or it is damaged"),
        (&PKCS12[..500], "it is neither JKS nor PKCS#12"),
    ] {
        let error = merge(store, &[]).unwrap_err();
        assert_eq!(error.id(), "java/truststore");
        assert!(error.message().ends_with(&format!("cannot be read: {reason}")), "{}", error.message());
    }
}

#[test]
fn a_containers_certificates_are_its_file_and_what_openssl_finds_in_its_folders() {
    let root = fs::scratch().unwrap();
    let path = |name: &str| root.path().join(name).display().to_string();
    fs::write(&root.path().join("ca.crt"), format!("# both\n{ONE}-----BEGIN X-----\nAAEC\n-----END X-----\n{TWO}"))
        .unwrap();
    fs::write(&root.path().join("links/26eb288e.0"), TWO).unwrap();
    fs::write(&root.path().join("links/two.pem"), TWO).unwrap();
    fs::symlink(Path::new("gone"), &root.path().join("links/26eb288e.1")).unwrap();
    let given = |file: &str, folders: &str| -> Authorities {
        let variables: Variables =
            [("SSL_CERT_FILE", path(file)), ("SSL_CERT_DIR", folders.to_owned())].into_iter().collect();
        Authorities::of(&variables).unwrap()
    };
    let all = given("ca.crt", &format!("{}:{}", path("links"), path("missing")));
    let found = all.certificates().unwrap();
    // A block that is no certificate counts, and is left out: Java would refuse the whole store.
    let aliases: Vec<&str> = found.iter().map(|one| one.alias.as_str()).collect();
    assert_eq!(aliases, [path("ca.crt-0"), path("ca.crt-2"), path("links/26eb288e.0-0")]);
    assert_eq!(found[1].der, found[2].der);

    let alone = given("ca.crt", "").digest().unwrap();
    assert_ne!(all.digest().unwrap(), alone);
    fs::write(&root.path().join("copy.crt"), fs::read_bytes(&root.path().join("ca.crt")).unwrap()).unwrap();
    assert_eq!(given("copy.crt", "").digest().unwrap(), alone, "only contents count");
    assert!(given("missing.crt", "").certificates().unwrap().is_empty());
}
