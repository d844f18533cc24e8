//! The download cache: every dependency once per checksum.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use libpack::checksum::{Checksum, HashingReader, hash_file};
use libpack::source::{Body, HttpFetch};
use libpack::world::Variables;
use libpack::{Blame, Error, Result, fs};

use crate::progress::{Task, size};
use crate::purl::Location;
use crate::rows::{Row, Source};

const ATTEMPTS: u32 = 3;

/// A folder of downloads, named by their checksums, and the client that fills it.
pub struct Downloads {
    folder: PathBuf,
    client: HttpFetch,
}

impl Downloads {
    pub fn new(folder: &Path) -> Result<Self> {
        let mut variables = Variables::of_process();
        // A registry's proxy may fetch a package itself before it answers: a publisher waits longer than a build.
        for (name, seconds) in [("BP_DIALER_TIMEOUT", "30"), ("BP_RESPONSE_HEADER_TIMEOUT", "60")] {
            if variables.get(name).is_none() {
                variables.set(name, seconds);
            }
        }
        Ok(Self { folder: folder.to_owned(), client: HttpFetch::new(&variables)? })
    }

    /// Where a file about a checksum is kept, under a name of its kind.
    pub fn path(&self, kind: &str, checksum: &Checksum) -> PathBuf {
        self.folder.join(kind).join(checksum.to_string().replace(':', "-"))
    }

    /// The file of a source: from the cache, or fetched and checked.
    pub fn get(&self, row: &Row, source: &Source) -> Result<PathBuf> {
        let path = self.path("downloads", &source.checksum);
        if path.is_file() && hash_file(&path, source.checksum.algorithm())? == source.checksum {
            return Ok(path);
        }
        let location = locate(source)?;
        let mut attempt = 1;
        loop {
            match self.fetch(row, &location, &source.checksum, &path) {
                Err(error) if error.blame() == Blame::Network && attempt < ATTEMPTS => {
                    std::thread::sleep(Duration::from_millis(400 << attempt));
                    attempt += 1;
                }
                done => return done.map(|()| path),
            }
        }
    }

    fn fetch(&self, row: &Row, location: &Location, checksum: &Checksum, path: &Path) -> Result<()> {
        let body = self.open(row, location)?;
        let task = Task::bytes(format!("Downloading {row} from {}", location.uri), body.length);
        let (part, actual) = self.receive(body, checksum, &task).map_err(|error| {
            Error::network("download/broken", format!("{row} did not arrive whole from {}", location.uri))
                .hint("Try again; what arrived before stays in the cache.")
                .because(error)
        })?;
        checksum.compare(&actual).map_err(|error| {
            Error::user("checksum/mismatch", format!("{row} from {} does not have its checksum", location.uri))
                .hint("Compare the checksum with the publisher's; do not use the file until they agree.")
                .because(error)
        })?;
        let bytes = part.as_file().metadata().map_or(0, |metadata| metadata.len());
        fs::create_dir(path.parent().unwrap_or(&self.folder))?;
        part.persist(path).map_err(|error| {
            Error::user("fs/failed", format!("could not write {}", path.display())).because(error.error)
        })?;
        task.done(&size(bytes));
        Ok(())
    }

    fn receive(
        &self,
        body: Body,
        checksum: &Checksum,
        task: &Task,
    ) -> std::io::Result<(tempfile::NamedTempFile, Checksum)> {
        std::fs::create_dir_all(&self.folder)?;
        let mut part = tempfile::NamedTempFile::new_in(&self.folder)?;
        let mut body = HashingReader::new(body.reader, checksum.algorithm());
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = body.read(&mut buffer)?;
            if count == 0 {
                return Ok((part, body.finish()));
            }
            part.write_all(&buffer[..count])?;
            task.advance(count);
        }
    }

    fn open(&self, row: &Row, location: &Location) -> Result<Body> {
        let mut address = location.uri.clone();
        if let Some(credentials) = &location.credentials {
            address = address.replacen("://", &format!("://{credentials}@"), 1);
        }
        self.client.open(&address).map_err(|error| {
            let of = if error.blame() == Blame::Network { Error::network } else { Error::user };
            of("download/failed", format!("{row} could not be fetched from {}", location.uri))
                .hint("Check the uri and the way to it (proxy, trust store, mirror of the registry).")
                .because(error)
        })
    }
}

/// Where a source lies: its uri, or what its purl means here.
fn locate(source: &Source) -> Result<Location> {
    match (&source.uri, &source.purl) {
        (Some(uri), _) => Ok(Location::of(uri)),
        (None, purl) => crate::purl::locate(purl.as_deref().unwrap_or_default()),
    }
}
