//! Certificates of the container in the JVM's truststore (paketo-buildpacks/libjvm, `certificate_loader.go` and
//! `keystore.go`), at build and when the image starts.

mod authorities;
mod der;
mod jks;
mod pem;
mod pkcs12;

use std::path::Path;

use libpack::{Error, Result, fs};

pub use authorities::{Authorities, Certificate};

/// Puts certificates into a truststore, in place of those of the same aliases. Errors as [`merged`].
pub fn load(store: &Path, certificates: &[Certificate]) -> Result<()> {
    match merged(store, certificates)? {
        Some(content) => fs::write(store, content),
        None => Ok(()),
    }
}

/// What the truststore would hold with the certificates in it; none when it holds them already.
///
/// Errors: `java/truststore` when the file is neither a JKS file that `changeit` opens nor PKCS#12 without a
/// password.
pub fn merged(store: &Path, certificates: &[Certificate]) -> Result<Option<Vec<u8>>> {
    let old = fs::read_bytes(store)?;
    let new = if old.is_empty() {
        Err("it is empty".to_owned())
    } else if jks::is_one(&old) {
        jks::merge(&old, certificates)
    } else {
        pkcs12::merge(&old, certificates)
    };
    let new = new.map_err(|reason| {
        Error::user("java/truststore", format!("the truststore {} cannot be read: {reason}", store.display()))
            .hint("Use a JVM whose truststore is a JKS file with the password `changeit`, or PKCS#12 without one.")
    })?;
    Ok((new != old).then_some(new))
}

#[cfg(test)]
mod tests;
