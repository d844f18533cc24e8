//! Whom we trust: the files that Go's programs look for on Linux (golang/go,
//! `crypto/x509/root_linux.go`), or what `SSL_CERT_FILE` and `SSL_CERT_DIR` name.

use std::path::{Path, PathBuf};

use rustls_native_certs::load_certs_from_paths;
use ureq::tls::Certificate;

use crate::world::Variables;
use crate::{Error, Result};

/// The distributions' bundles; the first that exists counts.
const FILES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Where trusted certificates are looked for.
pub(super) struct Roots {
    file: Option<PathBuf>,
    folders: Vec<PathBuf>,
    /// Files that the user adds: those of bindings.
    added: Vec<PathBuf>,
}

impl Roots {
    pub fn new(variables: &Variables) -> Self {
        let given = |name: &str| variables.get(name).filter(|value| !value.is_empty());
        Self {
            file: given("SSL_CERT_FILE").map(PathBuf::from),
            folders: given("SSL_CERT_DIR").map(|value| std::env::split_paths(value).collect()).unwrap_or_default(),
            added: Vec::new(),
        }
    }

    pub fn add(&mut self, files: Vec<PathBuf>) {
        self.added.extend(files);
    }

    /// Reads them. The error is `fetch/certificates`, when a file that was named cannot be used or
    /// there are none at all.
    pub fn load(&self) -> Result<Vec<Certificate<'static>>> {
        let usual = || FILES.iter().map(PathBuf::from).find(|path| path.exists());
        let file = self.file.clone().or_else(usual);
        let mut found = load_certs_from_paths(file.as_deref(), None);
        if let Some(given) = self.file.as_ref().filter(|_| found.certs.is_empty()) {
            let cause = found.errors.first().map_or_else(|| "it holds no certificate".to_owned(), ToString::to_string);
            return Err(unusable(given, &cause));
        }
        for folder in &self.folders {
            // A folder may hold other files too: what is no certificate there is passed over.
            found.certs.extend(load_certs_from_paths(None, Some(folder)).certs);
        }
        for file in &self.added {
            found.certs.extend(load_certs_from_paths(Some(file), None).certs);
        }
        if found.certs.is_empty() {
            return Err(Error::user("fetch/certificates", "there are no trusted certificates for https")
                .hint("Put the package ca-certificates into the build image, or bind certificates with the type ca-certificates."));
        }
        Ok(found.certs.iter().map(|der| Certificate::from_der(der).to_owned()).collect())
    }
}

fn unusable(file: &Path, cause: &str) -> Error {
    Error::user("fetch/certificates", format!("SSL_CERT_FILE={} cannot be used: {cause}", file.display()))
        .hint("Let SSL_CERT_FILE name a readable file of certificates in PEM form, or unset it.")
}
