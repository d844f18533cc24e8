//! A JVM in its layer: unpacked, with the container's certificates, and with the facts that an image needs of it.

use std::path::{Path, PathBuf};

use libpack::context::{Install, NewLayer};
use libpack::dependency::Dependency;
use libpack::layer::Key;
use libpack::sbom::{Sbom, Subject};
use libpack::{Result, fs};

use super::layout::{Kind, Layout, Purpose};
use super::{facts, jlink};
use crate::truststore::{self, Authorities};

/// Everything that shapes the layer of a JVM.
#[derive(Clone)]
pub struct Recipe {
    /// What is unpacked.
    pub dependency: Dependency,
    /// What its archive holds.
    pub kind: Kind,
    /// What it is for.
    pub purpose: Purpose,
    /// What the container trusts.
    pub authorities: Authorities,
    /// Arguments of `jlink` when the runtime is made from a JDK.
    pub linked: Option<jlink::Arguments>,
}

impl Recipe {
    /// Where things lie in what it makes.
    pub fn layout(&self) -> Layout {
        Layout::of(self.kind, self.dependency.version.major())
    }

    /// As a layer's key.
    pub fn key(&self) -> Result<Key> {
        let key = self.dependency.key();
        let key = key.with("use", self.purpose.name()).with("certificates", self.authorities.digest()?);
        Ok(match &self.linked {
            Some(arguments) => key.and(arguments.key()),
            None => key,
        })
    }

    /// Fills the layer.
    pub fn make(&self, layer: &NewLayer) -> Result<()> {
        if let Some(arguments) = &self.linked {
            jlink::link(layer, &self.dependency, arguments)?;
        } else {
            let keep = |path: &Path| self.purpose.wants(path);
            layer.install(&self.dependency, Install { keep: Some(&keep), ..Install::default() })?;
        }
        self.trust(layer)?;
        if self.purpose == Purpose::Runtime {
            facts::record(layer, self.layout(), self.dependency.version.major())?;
        }
        let subject = Subject::directory(layer.path().to_string_lossy());
        layer.describe(Sbom::of_component(subject, self.dependency.component()));
        Ok(())
    }

    fn trust(&self, layer: &NewLayer) -> Result<()> {
        let Some(store) = inside(layer.path(), &self.layout().truststore()) else {
            layer.log().debug("The JVM has no truststore of its own");
            return Ok(());
        };
        let certificates = self.authorities.certificates()?;
        layer.log().subprocess(format!("Adding {} container CA certificates to JVM truststore", certificates.len()));
        truststore::load(&store, &certificates)?;
        // The image may run as another user of the same group, and adds what it is given then.
        fs::make_group_writable(&store)
    }
}

/// A file below the layer, none when it is not there or a link leads out of the layer.
fn inside(layer: &Path, path: &str) -> Option<PathBuf> {
    let real = layer.join(path).canonicalize().ok()?;
    (real.is_file() && real.starts_with(layer.canonicalize().ok()?)).then_some(real)
}
