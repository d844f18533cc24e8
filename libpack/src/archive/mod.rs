//! Archives: what a toolchain comes in is unpacked below a guarded folder, and trees are packed so
//! that equal trees give equal bytes.

mod decompress;
mod files;
mod guard;
mod meter;
mod options;
mod pack;
mod tree;
mod unpack;
mod untar;
mod unzip;
mod window;
mod zip_reader;

pub use files::{pack_file, unpack_file, unzip_file};
pub use options::{Limits, Links, Rename, Unpack};
pub use pack::{MODIFIED, Pack, TreeWriter, pack};
pub use unpack::{unpack, unpack_over, unzip_over};
pub use zip_reader::{ZipEntry, ZipReader};

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod hostile_zip_tests;
#[cfg(test)]
mod tests;
