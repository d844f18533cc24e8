//! The download cache: every dependency once per checksum.

use std::fs::File;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use libpack::{Error, Result, fs};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::progress::{Task, size};
use crate::purl::Location;
use crate::rows::{Checksum, Row, Source};

const ATTEMPTS: u32 = 3;

/// A folder of downloads, named by their checksums, and the client that fills it.
pub struct Downloads {
    folder: PathBuf,
    agent: ureq::Agent,
}

impl Downloads {
    pub fn new(folder: &Path) -> Self {
        let native = rustls_native_certs::load_native_certs().certs;
        let roots: Vec<_> = native.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
        let mut config = ureq::Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(30)))
            .timeout_recv_response(Some(Duration::from_mins(1)))
            .user_agent(concat!("libpack/", env!("CARGO_PKG_VERSION")));
        // Without a store of its own the machine trusts what the client brings.
        if !roots.is_empty() {
            let roots = RootCerts::Specific(Arc::new(roots));
            config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        Self { folder: folder.to_owned(), agent: config.build().new_agent() }
    }

    /// Where files about a checksum are kept, under a name of their kind.
    pub fn path(&self, kind: &str, checksum: &Checksum) -> PathBuf {
        self.folder.join(kind).join(checksum.to_string().replace(':', "-"))
    }

    /// The file of a source: from the cache, or fetched and checked.
    pub fn get(&self, row: &Row, source: &Source) -> Result<PathBuf> {
        let path = self.path("downloads", &source.checksum);
        if path.is_file() && hash_of(&path, &source.checksum)? == source.checksum.hex() {
            return Ok(path);
        }
        let location = locate(source)?;
        let mut attempt = 1;
        loop {
            match self.fetch(row, &location, &source.checksum, &path) {
                Err(Failed::Passing(_)) if attempt < ATTEMPTS => {
                    std::thread::sleep(Duration::from_millis(400 << attempt));
                    attempt += 1;
                }
                Err(Failed::Passing(error) | Failed::Final(error)) => return Err(error),
                Ok(()) => return Ok(path),
            }
        }
    }

    fn fetch(&self, row: &Row, location: &Location, checksum: &Checksum, path: &Path) -> Result<(), Failed> {
        let (body, length) = self.open(row, location)?;
        let task = Task::bytes(format!("Downloading {row} from {}", location.uri), length);
        let (part, actual) = self.receive(body, checksum, &task).map_err(|error| {
            Failed::Passing(
                Error::network("download/broken", format!("{row} did not arrive whole from {}", location.uri))
                    .hint("Try again; what arrived before stays in the cache.")
                    .because(error),
            )
        })?;
        if actual != checksum.hex() {
            return Err(Failed::Final(
                Error::user("checksum/mismatch", format!("{row} from {} does not have its checksum", location.uri))
                    .hint("Compare the checksum with the publisher's; do not use the file until they agree.")
                    .because(format!("expected {}, got {actual}", checksum.hex())),
            ));
        }
        let bytes = part.as_file().metadata().map_or(0, |metadata| metadata.len());
        let kept = path.parent().map_or(Ok(()), fs::create_dir).and_then(|()| {
            part.persist(path).map(drop).map_err(|error| {
                Error::user("fs/failed", format!("could not write {}", path.display())).because(error.error)
            })
        });
        task.done(&size(bytes));
        kept.map_err(Failed::Final)
    }

    fn receive(
        &self,
        mut body: Box<dyn Read>,
        checksum: &Checksum,
        task: &Task,
    ) -> std::io::Result<(tempfile::NamedTempFile, String)> {
        std::fs::create_dir_all(&self.folder)?;
        let mut part = tempfile::NamedTempFile::new_in(&self.folder)?;
        let mut hasher = checksum.hasher();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = body.read(&mut buffer)?;
            if count == 0 {
                return Ok((part, hasher.hex()));
            }
            hasher.update(&buffer[..count]);
            part.write_all(&buffer[..count])?;
            task.advance(count);
        }
    }

    fn open(&self, row: &Row, location: &Location) -> Result<(Box<dyn Read>, Option<u64>), Failed> {
        let uri = &location.uri;
        let failed = |why: Box<dyn std::error::Error + Send + Sync>| {
            Error::network("download/failed", format!("{row} could not be fetched from {uri}"))
                .hint("Check the uri and the way to it (proxy, trust store, mirror of the registry).")
                .because(why)
        };
        if let Some(path) = uri.strip_prefix("file://") {
            let file = File::open(path).map_err(|error| Failed::Final(failed(error.into())))?;
            let length = file.metadata().ok().map(|metadata| metadata.len());
            return Ok((Box::new(file), length));
        }
        let mut address = uri.clone();
        if let Some(credentials) = &location.credentials {
            address = address.replacen("://", &format!("://{credentials}@"), 1);
        }
        match self.agent.get(&address).call() {
            Ok(response) => {
                let body = response.into_body();
                let length = body.content_length();
                Ok((Box::new(body.into_reader()), length))
            }
            Err(ureq::Error::StatusCode(code)) => {
                let error = failed(format!("the server answered {code}").into());
                let passing = matches!(code, 408 | 429 | 500..);
                Err(if passing { Failed::Passing(error) } else { Failed::Final(error) })
            }
            // The address in ureq's own message would show the credentials.
            Err(ureq::Error::BadUri(_)) => Err(Failed::Final(failed("the address is not one of http or https".into()))),
            Err(error) => Err(Failed::Passing(failed(error.into()))),
        }
    }
}

enum Failed {
    /// Another try may help.
    Passing(Error),
    Final(Error),
}

/// Where a source lies: its uri, or what its purl means here.
fn locate(source: &Source) -> Result<Location> {
    match (&source.uri, &source.purl) {
        (Some(uri), _) => Ok(Location::of(uri)),
        (None, purl) => crate::purl::locate(purl.as_deref().unwrap_or_default()),
    }
}

/// The hash of a file, of the checksum's kind.
pub fn hash_of(path: &Path, checksum: &Checksum) -> Result<String> {
    let mut hasher = checksum.hasher();
    let failed = |error| Error::user("fs/failed", format!("could not read {}", path.display())).because(error);
    let mut file = File::open(path).map_err(failed)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer).map_err(failed)?;
        if count == 0 {
            return Ok(hasher.hex());
        }
        hasher.update(&buffer[..count]);
    }
}
