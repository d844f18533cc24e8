//! What a test says before it builds.

use std::path::Path;

use super::{Archive, LayerView, Neighbour, Platform, Rig, Row};
use crate::archive::{Unpack, unpack};
use crate::descriptor::seed_folder;
use crate::{checksum, fs};

impl Rig {
    /// Writes a file of the app.
    ///
    /// # Panics
    /// When it cannot be written.
    #[allow(clippy::expect_used)]
    pub fn file(&mut self, path: &str, content: &str) -> &mut Self {
        fs::write(&self.app().join(path), content).expect("a file of the app");
        self
    }

    /// Removes a file or folder of the app.
    ///
    /// # Panics
    /// When it cannot be removed.
    #[allow(clippy::expect_used)]
    pub fn remove(&mut self, path: &str) -> &mut Self {
        fs::remove(&self.app().join(path)).expect("a path of the app");
        self
    }

    /// Forgets the rows of the descriptor, so that a test has only its own.
    pub fn no_dependencies(&mut self) -> &mut Self {
        self.descriptor.metadata.dependencies.clear();
        self
    }

    /// Adds a dependency that is downloaded: the row gets the archive's checksum, and its address
    /// serves the archive.
    pub fn offer(&mut self, row: Row, archive: impl Into<Vec<u8>>) -> &mut Self {
        let archive = archive.into();
        let row_uri = row.uri();
        self.descriptor.metadata.dependencies.push(row.complete(checksum::sha256(&archive).hex()));
        self.fetch.serve(&row_uri, archive);
        self
    }

    /// Adds a dependency that the buildpack carries, as an offline package does.
    ///
    /// # Panics
    /// When it cannot be written.
    #[allow(clippy::expect_used)]
    pub fn vendor(&mut self, row: Row, archive: impl AsRef<[u8]>) -> &mut Self {
        let digest = checksum::sha256(archive.as_ref()).hex().to_owned();
        let path = self.buildpack_folder().join("dependencies").join(&digest);
        fs::write(&path, archive).expect("a vendored file");
        self.descriptor.metadata.dependencies.push(row.complete(&digest));
        self
    }

    /// Adds a seed that the buildpack carries, as an offline package does.
    ///
    /// # Panics
    /// When it cannot be written.
    #[allow(clippy::expect_used)]
    pub fn carry(&mut self, id: &str, version: &str, seed: &Archive) -> &mut Self {
        let folder = self.buildpack_folder().join(seed_folder(id, version, "amd64"));
        unpack(&*seed.zst(), &folder, Unpack::default()).expect("a seed");
        self
    }

    /// Adds a service binding.
    ///
    /// # Panics
    /// When it cannot be written.
    #[allow(clippy::expect_used)]
    pub fn binding(&mut self, name: &str, kind: &str, entries: &[(&str, &str)]) -> &mut Self {
        let folder = self.platform().join("bindings").join(name);
        fs::write(&folder.join("type"), kind).expect("a binding");
        for (key, value) in entries {
            fs::write(&folder.join(key), value).expect("a binding");
        }
        self
    }

    /// Sets what the user sets with `--env`.
    pub fn env(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.set(name, value);
        self
    }

    /// Takes back what [`Self::env`] set.
    pub fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.remove(name);
        self
    }

    /// A buildpack that comes before ours in the group.
    pub fn before(&mut self, neighbour: Neighbour) -> &mut Self {
        self.before.push(neighbour);
        self
    }

    /// A buildpack that comes after ours in the group.
    pub fn after(&mut self, neighbour: Neighbour) -> &mut Self {
        self.after.push(neighbour);
        self
    }

    /// Says which parts of an earlier build the next one finds.
    pub fn forget_image(&mut self) -> &mut Self {
        self.stores.image = None;
        self
    }

    /// Forgets the build cache.
    pub fn forget_cache(&mut self) -> &mut Self {
        self.stores.cache = None;
        self
    }

    /// What `pack build --clear-cache` does: the next build finds nothing of the earlier one.
    pub fn clear_cache(&mut self) -> &mut Self {
        self.forget_image().forget_cache()
    }

    /// The content of a cached layer between two builds; a test may look into it or damage it.
    pub fn cached(&self, layer: &str) -> Option<&Path> {
        let found = self.stores.cache.iter().flatten().find(|one| one.name == layer);
        found.map(LayerView::folder)
    }

    /// Which Platform API the modelled lifecycle speaks, such as 9 for 0.9.
    pub fn platform_api(&mut self, minor: u32) -> &mut Self {
        self.stores.platform = Platform { minor };
        self
    }

    /// Puts the layers elsewhere from now on, as another platform does.
    pub fn layers_folder(&mut self, name: &str) -> &mut Self {
        name.clone_into(&mut self.layers_name);
        self
    }
}
