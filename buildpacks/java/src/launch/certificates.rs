//! `openssl-certificate-loader`: what the container trusts, the JVM trusts (paketo-buildpacks/libjvm,
//! `helper/openssl_certificate_loader.go`).

use std::path::{Path, PathBuf};

use libpack::log::at_launch;
use libpack::world::Variables;
use libpack::{Result, fs};

use super::options::{Set, append_flags, has, setting, temporary, warn};
use crate::truststore::{Authorities, merged};

const FLAG: &str = "-Djavax.net.ssl.trustStore=";

/// Puts the container's certificates into the JVM's truststore, unless they are those of the build, which are there.
/// Without them the app starts all the same.
pub fn load(variables: &Variables) -> Set {
    let Some(store) = setting(variables, "BPI_JVM_CACERTS").map(PathBuf::from) else {
        warn("Certificates of the container are not added to the JVM's: $BPI_JVM_CACERTS must be set");
        return Set::new();
    };
    try_to_load(variables, &store).unwrap_or_else(|error| {
        let why: Vec<_> = std::iter::once(error.message().to_owned()).chain(error.causes()).collect();
        warn(&format!("Certificates of the container are not added to the JVM's: {}", why.join(": ")));
        Set::new()
    })
}

fn try_to_load(variables: &Variables, store: &Path) -> Result<Set> {
    let authorities = Authorities::of(variables)?;
    if setting(variables, "BPI_JVM_CACERTS_DIGEST")
        .is_some_and(|known| authorities.digest().is_ok_and(|now| now == known))
    {
        return Ok(Set::new());
    }
    let certificates = authorities.certificates()?;
    let Some(content) = merged(store, &certificates)? else { return Ok(Set::new()) };
    at_launch(&format!("Adding {} container CA certificates to JVM truststore", certificates.len()));
    put(variables, store, &content)
}

/// Writes the store, or where that cannot be (another user, a read-only root) a copy that the JVM is told of.
fn put(variables: &Variables, store: &Path, content: &[u8]) -> Result<Set> {
    if fs::write(store, content).is_ok() || has(variables, FLAG) {
        return Ok(Set::new());
    }
    // It must outlive this program: nobody but the container's end removes it.
    let folder = fs::private_scratch(&temporary(variables))?;
    let copy = folder.path().join("truststore");
    fs::write(&copy, content)?;
    let _ = folder.keep();
    at_launch(&format!("Using readonly truststore: {}", copy.display()));
    Ok(append_flags(variables, &[format!("{FLAG}{}", copy.display())]))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Place, options};
    use super::*;

    const STORE: &[u8] = include_bytes!("../truststore/testdata/one.jks");
    const ADDED: &str = include_str!("../truststore/testdata/two.pem");

    fn place() -> Place {
        let place = Place::with(&[("/ca.crt", ADDED)]);
        fs::write(&place.path().join("cacerts"), STORE).unwrap();
        place
    }

    fn run(place: &Place, pairs: &[(&str, &str)]) -> String {
        let usual = [("BPI_JVM_CACERTS", "@/cacerts"), ("SSL_CERT_FILE", "@/ca.crt"), ("TMPDIR", "@")];
        options(&load(&place.variables(&[&usual, pairs].concat())))
    }

    fn store(place: &Place) -> Vec<u8> {
        fs::read_bytes(&place.path().join("cacerts")).unwrap()
    }

    #[test]
    fn certificates_go_into_the_store_once() {
        let place = place();
        assert_eq!(run(&place, &[]), "");
        let once = store(&place);
        assert!(once.len() > STORE.len());
        assert_eq!(run(&place, &[]), "");
        assert_eq!(store(&place), once, "a container that starts again");
    }

    #[test]
    fn those_of_the_build_are_there() {
        let place = place();
        let digest = Authorities::of(&place.variables(&[("SSL_CERT_FILE", "@/ca.crt")])).unwrap().digest().unwrap();
        assert_eq!(run(&place, &[("BPI_JVM_CACERTS_DIGEST", &digest)]), "");
        assert_eq!(store(&place), STORE);
        run(&place, &[("BPI_JVM_CACERTS_DIGEST", "another")]);
        assert_ne!(store(&place), STORE);
    }

    #[test]
    fn a_store_that_cannot_be_written_is_copied_unless_the_user_names_another() {
        let place = place();
        // A folder stands for it: root, who runs tests, may write every file.
        let put = |pairs: &[(&str, &str)]| options(&put(&place.variables(pairs), place.path(), b"store").unwrap());
        let set = put(&[("TMPDIR", "@"), ("JAVA_TOOL_OPTIONS", "-x")]);
        let copy = set.strip_prefix("-x -Djavax.net.ssl.trustStore=").unwrap();
        assert_eq!(fs::read_bytes(Path::new(copy)).unwrap(), b"store");
        assert_eq!(put(&[("TMPDIR", "@"), ("JAVA_TOOL_OPTIONS", "-Djavax.net.ssl.trustStore=/mine")]), "");
    }

    #[test]
    fn without_a_store_or_a_place_for_it_the_app_starts_all_the_same() {
        let place = place();
        assert_eq!(run(&place, &[("BPI_JVM_CACERTS", "@/none")]), "");
        assert_eq!(options(&load(&Variables::default())), "");
        assert!(put(&place.variables(&[("TMPDIR", "@/none")]), place.path(), b"").is_err());
        fs::write(&place.path().join("cacerts"), "no store").unwrap();
        assert_eq!(run(&place, &[]), "");
    }
}
