use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::unpack::{unpack_opened, unzip_opened};
use super::{Pack, Unpack, pack};
use crate::{Error, Result};

/// [`unpack`](super::unpack) of a file on the disk.
pub fn unpack_file(file: &Path, root: &Path, options: Unpack<'_>) -> Result<()> {
    unpack_opened(open(file)?, root, options)
}

/// [`unpack_file`] of what [`ZipReader`](super::ZipReader) takes for a zip archive, also where something else stands
/// in front: a jar that begins with a start script is one.
pub fn unzip_file(file: &Path, root: &Path, options: Unpack<'_>) -> Result<()> {
    unzip_opened(open(file)?, root, options)
}

fn open(file: &Path) -> Result<File> {
    File::open(file)
        .map_err(|error| Error::user("fs/failed", format!("could not open {}", file.display())).because(error))
}

/// [`pack`] into a file on the disk, which is there when all is written.
pub fn pack_file(root: &Path, file: &Path, options: Pack<'_>) -> Result<()> {
    let failed = |error: std::io::Error| {
        Error::user("archive/pack", format!("{} could not be written", file.display())).because(error)
    };
    let folder = file.parent().unwrap_or(Path::new("."));
    crate::fs::create_dir(folder)?;
    let scratch = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let mut writer = pack(root, options, BufWriter::with_capacity(1 << 20, scratch))?;
    writer.flush().map_err(failed)?;
    let scratch = writer.into_inner().map_err(|error| failed(error.into_error()))?;
    scratch.persist(file).map_err(|error| failed(error.error))?;
    crate::fs::make_readable(file)
}
