//! The folder that an archive is unpacked into. Everything goes through a directory handle, and no
//! entry is written through a link: even an archive that brings its own links stays inside.

use std::collections::HashSet;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use cap_std::fs::{
    Dir, DirBuilder, DirBuilderExt as _, File, OpenOptions, OpenOptionsExt as _, Permissions, PermissionsExt as _,
};

/// Folders that the archive does not name itself.
const FOLDER_MODE: u32 = 0o755;
/// What the owner can always do in a folder: otherwise nobody could fill or remove it.
const OWNER_FOLDER: u32 = 0o700;
/// What the owner can always do with a file: otherwise it could not be hashed for the image.
const OWNER_FILE: u32 = 0o400;
/// Without setuid, setgid and sticky.
const PERMISSIONS: u32 = 0o777;

/// Which side failed while a file was written.
pub(super) enum Trouble {
    Archive(io::Error),
    Folder(io::Error),
}

pub(super) struct Tree {
    root: Dir,
    /// Real folders, relative to the root. Nothing ever replaces one.
    folders: HashSet<PathBuf>,
    /// The folder that was written to last: entries come folder by folder.
    here: PathBuf,
    handle: Dir,
    buffer: Vec<u8>,
}

impl Tree {
    /// On a folder that nobody else writes to.
    pub fn new(root: Dir) -> io::Result<Self> {
        let handle = root.try_clone()?;
        let folders = HashSet::from([PathBuf::new()]);
        Ok(Self { root, folders, here: PathBuf::new(), handle, buffer: vec![0; 256 * 1024] })
    }

    /// Makes a folder, in place of a file or a link of that name.
    pub fn folder(&mut self, path: &Path, mode: u32) -> io::Result<()> {
        let mode = Permissions::from_mode((mode & PERMISSIONS) | OWNER_FOLDER);
        if self.folders.contains(path) {
            return self.root.set_permissions(if path == Path::new("") { Path::new(".") } else { path }, mode);
        }
        let name = self.enter_parent(path)?;
        match self.handle.symlink_metadata(name) {
            // It was there before the archive: see `unpack_over`.
            Ok(found) if found.is_dir() => {}
            Ok(_) => {
                self.handle.remove_file(name)?;
                self.handle.create_dir(name)?;
            }
            Err(_) => self.handle.create_dir(name)?,
        }
        self.handle.set_permissions(name, mode)?;
        self.folders.insert(path.to_owned());
        Ok(())
    }

    /// Makes a file of exactly `size` bytes, in place of a file or a link of that name.
    pub fn file(&mut self, path: &Path, mode: u32, size: u64, content: &mut impl Read) -> Result<(), Trouble> {
        let mut file = self.create(path, mode).map_err(Trouble::Folder)?;
        let mut missing = size;
        while missing > 0 {
            match content.read(&mut self.buffer) {
                Ok(0) => {
                    let error = io::Error::new(ErrorKind::UnexpectedEof, "it ends in the middle of a file");
                    return Err(Trouble::Archive(error));
                }
                Ok(count) => {
                    file.write_all(&self.buffer[..count]).map_err(Trouble::Folder)?;
                    missing = missing.saturating_sub(count as u64);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Trouble::Archive(error)),
            }
        }
        Ok(())
    }

    fn create(&mut self, path: &Path, mode: u32) -> io::Result<File> {
        let name = self.enter_parent(path)?;
        let mode = (mode & PERMISSIONS) | OWNER_FILE;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(mode);
        let file = match self.handle.open_with(name, &options) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.remove(path, name)?;
                self.handle.open_with(name, &options)
            }
            opened => opened,
        }?;
        // The mode of `open` went through the process's umask.
        file.set_permissions(Permissions::from_mode(mode))?;
        Ok(file)
    }

    /// Makes a symbolic link, in place of a file or a link of that name. The caller has judged its target.
    pub fn symlink(&mut self, path: &Path, target: &Path) -> io::Result<()> {
        let name = self.enter_parent(path)?;
        match self.handle.symlink_contents(target, name) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.remove(path, name)?;
                self.handle.symlink_contents(target, name)
            }
            made => made,
        }
    }

    /// Gives a file a second name.
    pub fn hard_link(&mut self, path: &Path, original: &Path) -> io::Result<()> {
        let name = self.enter_parent(path)?;
        let original_parent = original.parent().unwrap_or(Path::new(""));
        if path == original || !self.folders.contains(original_parent) {
            return Err(io::Error::new(ErrorKind::NotFound, "the archive holds no such file before it"));
        }
        match self.root.hard_link(original, &self.handle, name) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                self.remove(path, name)?;
                self.root.hard_link(original, &self.handle, name)
            }
            made => made,
        }
    }

    /// Whether following the link leaves the folder. A dangling one or a circle does not.
    pub fn leads_outside(&self, path: &Path) -> bool {
        self.root.canonicalize(path).is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
    }

    fn remove(&self, path: &Path, name: &Path) -> io::Result<()> {
        if self.folders.contains(path) {
            return Err(io::Error::new(ErrorKind::IsADirectory, "the archive holds a folder of that name already"));
        }
        if self.handle.symlink_metadata(name)?.is_dir() {
            return self.handle.remove_dir_all(name);
        }
        self.handle.remove_file(name)
    }

    /// Opens the folder above, makes it if it is missing, and returns the last part of the path.
    fn enter_parent<'a>(&mut self, path: &'a Path) -> io::Result<&'a Path> {
        let invalid = || io::Error::new(ErrorKind::InvalidInput, "it has no name");
        let name = path.file_name().ok_or_else(invalid)?;
        let parent = path.parent().unwrap_or(Path::new(""));
        if parent != self.here {
            self.make(parent)?;
            self.handle = if parent == Path::new("") { self.root.try_clone()? } else { self.root.open_dir(parent)? };
            parent.clone_into(&mut self.here);
        }
        Ok(Path::new(name))
    }

    fn make(&mut self, folder: &Path) -> io::Result<()> {
        if self.folders.contains(folder) {
            return Ok(());
        }
        let mut missing: Vec<&Path> = folder.ancestors().take_while(|path| !self.folders.contains(*path)).collect();
        missing.reverse();
        for path in missing {
            let mut builder = DirBuilder::new();
            builder.mode(FOLDER_MODE);
            match self.root.create_dir_with(path, &builder) {
                Ok(()) => self.root.set_permissions(path, Permissions::from_mode(FOLDER_MODE))?,
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
                Err(_) if self.root.symlink_metadata(path)?.is_dir() => {}
                Err(_) => {
                    let message = format!("{} is a file or a link", path.display());
                    return Err(io::Error::new(ErrorKind::NotADirectory, message));
                }
            }
            self.folders.insert(path.to_owned());
        }
        Ok(())
    }
}
