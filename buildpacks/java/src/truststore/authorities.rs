//! The certificates that a container trusts: one file, and folders as OpenSSL looks into them.

use std::path::{Path, PathBuf};

use libpack::checksum::sha256;
use libpack::world::Variables;
use libpack::{Result, fs};

use super::pem;

/// Where the system keeps its certificates.
const SYSTEM_FILE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// A certificate to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// `<file>-<index>`.
    pub alias: String,
    /// X.509.
    pub der: Vec<u8>,
}

/// The files of certificates that a container trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorities {
    files: Vec<PathBuf>,
}

impl Authorities {
    /// `SSL_CERT_FILE`, the system's otherwise, and the files in the folders of `SSL_CERT_DIR` that are named as
    /// OpenSSL looks them up. What is not there is left out.
    pub fn of(variables: &Variables) -> Result<Self> {
        let file = variables.text("SSL_CERT_FILE").unwrap_or_else(|| SYSTEM_FILE.to_owned());
        let mut files = vec![PathBuf::from(file)];
        let folders = variables.text("SSL_CERT_DIR").unwrap_or_default();
        for folder in folders.split(':').filter(|folder| !folder.is_empty()).map(Path::new) {
            let names = if folder.is_dir() { fs::list(folder)? } else { Vec::new() };
            files.extend(names.iter().filter(|name| is_hash_link(name)).map(|name| folder.join(name)));
        }
        files.retain(|file| file.is_file());
        Ok(Self { files })
    }

    /// A digest of their contents, wherever they lie: the image's start compares it with the build's.
    pub fn digest(&self) -> Result<String> {
        let digests: Result<Vec<String>> =
            self.files.iter().map(|file| Ok(sha256(&fs::read_bytes(file)?).hex().to_owned())).collect();
        let mut digests = digests?;
        digests.sort();
        digests.dedup();
        Ok(sha256(digests.concat().as_bytes()).hex().to_owned())
    }

    /// All certificates in them. What is none is left out: a JVM refuses the whole store for one of these.
    pub fn certificates(&self) -> Result<Vec<Certificate>> {
        let mut certificates = Vec::new();
        for file in &self.files {
            let blocks = pem::blocks(&fs::read_bytes(file)?);
            let named = blocks.into_iter().enumerate();
            let one = |(index, der): (usize, Vec<u8>)| {
                let der = pem::certificate(&der)?.to_vec();
                Some(Certificate { alias: format!("{}-{index}", file.display()), der })
            };
            certificates.extend(named.filter_map(one));
        }
        Ok(certificates)
    }
}

/// Eight hexadecimal digits, a dot and a digit: `26eb288e.0`.
fn is_hash_link(name: &str) -> bool {
    let Some((hash, number)) = name.split_once('.') else { return false };
    let number = number.as_bytes();
    hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_hexdigit()) && number.len() == 1 && number[0].is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_openssl_looks_up_count() {
        for (name, counts) in [
            ("26eb288e.0", true),
            ("26EB288E.9", true),
            ("26eb288e.10", false),
            ("26eb288g.0", false),
            ("ca.pem", false),
        ] {
            assert_eq!(is_hash_link(name), counts, "{name}");
        }
    }
}
