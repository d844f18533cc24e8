//! What an earlier build downloaded, as the archive that it was, by the hex digits of its checksum.

use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Failure, Fetched, Place, Sources, unwritable};
use crate::Result;
use crate::checksum::hash_file;

impl Sources {
    /// Keeps what is downloaded in a folder, and looks there before anything is downloaded.
    pub fn keep_in(mut self, folder: impl Into<PathBuf>) -> Self {
        self.kept = Some(folder.into());
        self
    }

    /// The archive of an earlier build. A damaged one goes: the network has it whole.
    pub(super) fn kept(&self, place: &Place, log: &mut dyn FnMut(&str)) -> Result<Option<Fetched>> {
        let (Some(folder), Some(checksum)) = (&self.kept, &place.checksum) else { return Ok(None) };
        let path = folder.join(checksum.hex());
        if !path.is_file() {
            return Ok(None);
        }
        log("Reusing cached download from an earlier build");
        log("Verifying checksum");
        if hash_file(&path, checksum.algorithm())? != *checksum {
            log("It is damaged and is fetched again");
            crate::fs::remove(&path)?;
            return Ok(None);
        }
        Ok(Some(Fetched::at(path, place)))
    }

    /// Where a download is written to.
    pub(super) fn landing(&self, place: &Place) -> &Path {
        self.kept.as_deref().filter(|_| place.checksum.is_some()).unwrap_or(&self.scratch)
    }

    /// Gives a download whose checksum matched its name, or a life as long as the value's.
    pub(super) fn land(&self, file: NamedTempFile, place: &Place) -> Result<Fetched, Failure> {
        let (Some(folder), Some(checksum)) = (&self.kept, &place.checksum) else {
            let temporary = file.into_temp_path();
            let fetched = Fetched::at(temporary.to_path_buf(), place);
            return Ok(Fetched { _temporary: Some(temporary), ..fetched });
        };
        let path = folder.join(checksum.hex());
        file.persist(&path).map_err(|error| Failure::Ours(unwritable(folder, error.error)))?;
        crate::fs::make_readable(&path).map_err(Failure::Ours)?;
        Ok(Fetched::at(path, place))
    }
}
