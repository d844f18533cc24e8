//! A configuration of Tomcat from outside the app: an archive that is laid below `CATALINA_BASE`.

use std::path::{Path, PathBuf};

use libpack::archive::{Unpack, unpack_file};
use libpack::checksum::{Checksum, hash_file};
use libpack::context::{BuildCx, NewLayer};
use libpack::dependency::Dependency;
use libpack::layer::Key;
use libpack::sbom::{Sbom, Subject};
use libpack::source::masked;
use libpack::version::Version;
use libpack::{Error, Result};

/// Where it is.
pub const URI: &str = "BP_TOMCAT_EXT_CONF_URI";
const VERSION: &str = "BP_TOMCAT_EXT_CONF_VERSION";
const SHA256: &str = "BP_TOMCAT_EXT_CONF_SHA256";
const STRIP: &str = "BP_TOMCAT_EXT_CONF_STRIP";
/// What people call it.
const NAME: &str = "Tomcat External Configuration";
/// Where there is none that reads as one.
const NO_VERSION: &str = "0.0.0";

/// The configuration as it was asked for.
#[derive(Debug, Clone)]
pub struct External {
    uri: String,
    version: Option<String>,
    checksum: Option<Checksum>,
    strip: usize,
}

impl External {
    /// None when nobody asks for one.
    ///
    /// The errors are `java/tomcat-external-checksum` and `java/tomcat-external-strip`.
    pub fn of(cx: &BuildCx<'_>) -> Result<Option<Self>> {
        let Some(uri) = cx.setting(URI) else { return Ok(None) };
        let checksum = cx.setting(SHA256).map(|text| sha256(&text)).transpose()?;
        let strip = cx.setting(STRIP).map_or(Ok(0), |text| strip(&text))?;
        Ok(Some(Self { uri, version: cx.setting(VERSION), checksum, strip }))
    }

    /// What shapes it.
    pub fn key(&self) -> Key {
        let checksum = self.checksum.as_ref().map(ToString::to_string);
        Key::new()
            // Everybody who has the image can read it.
            .with("external-uri", masked(&self.uri))
            .with("external-version", self.version.clone().unwrap_or_default())
            .with("external-checksum", checksum.unwrap_or_default())
            .with("external-strip", self.strip)
    }

    /// Why an earlier one is of no use, if nothing tells whether it is still the same.
    pub fn outdated(&self) -> Option<&'static str> {
        let unknown = self.version.is_none() && self.checksum.is_none();
        unknown.then_some("neither BP_TOMCAT_EXT_CONF_VERSION nor BP_TOMCAT_EXT_CONF_SHA256 is set")
    }

    /// Fetches, checks and unpacks it into a folder that is empty or not there.
    ///
    /// The errors are `java/tomcat-external-mismatch`, `java/tomcat-external-missing` and those of fetching.
    pub fn unpack(&self, layer: &NewLayer, root: &Path) -> Result<()> {
        match self.uri.strip_prefix("file://") {
            Some(path) => self.unpack_local(layer, &PathBuf::from(path), root),
            None => layer.install_at(&self.dependency()?, root, None).map_err(|error| match error.id() {
                "dependency/checksum" => mismatch(error.message()),
                _ => error,
            }),
        }
    }

    /// Says that a layer holds it.
    pub fn describe(&self, layer: &NewLayer) -> Result<()> {
        let subject = Subject::directory(layer.path().to_string_lossy());
        layer.describe(Sbom::of_component(subject, self.dependency()?.component()));
        Ok(())
    }

    fn unpack_local(&self, layer: &NewLayer, path: &Path, root: &Path) -> Result<()> {
        layer.log().subprocess(format!("Installing {NAME} from {}", path.display()));
        if !path.is_file() {
            return Err(Error::user(
                "java/tomcat-external-missing",
                format!("{URI} names {}, which is no file", path.display()),
            )
            .hint("The path counts in the container that builds: files of the app lie in its app folder."));
        }
        if let Some(expected) = &self.checksum {
            let actual = hash_file(path, expected.algorithm())?;
            expected.compare(&actual).map_err(|error| mismatch(&format!("{NAME}: {}", error.message())))?;
        }
        unpack_file(path, root, Unpack { strip_components: self.strip, ..Unpack::default() })
    }

    fn dependency(&self) -> Result<Dependency> {
        let version = self.version.as_deref().filter(|text| Version::parse(text).is_ok()).unwrap_or(NO_VERSION);
        let mut row = toml::Table::new();
        let mut set = |key: &str, value: toml::Value| row.insert(key.to_owned(), value);
        set("id", "tomcat-external-configuration".into());
        set("name", NAME.into());
        set("version", version.into());
        set("uri", self.uri.clone().into());
        if let Some(checksum) = &self.checksum {
            set("checksum", checksum.to_string().into());
        }
        set("strip-components", i64::try_from(self.strip).unwrap_or_default().into());
        Dependency::from_row(&row)
    }
}

fn sha256(text: &str) -> Result<Checksum> {
    Checksum::parse(text).map_err(|error| {
        Error::user("java/tomcat-external-checksum", format!("{SHA256} value {text} is no checksum"))
            .hint(format!("Set {SHA256} to the 64 hexadecimal digits that sha256sum prints for the archive."))
            .because(error)
    })
}

fn strip(text: &str) -> Result<usize> {
    text.parse().map_err(|_| {
        Error::user("java/tomcat-external-strip", format!("{STRIP} value {text} is no number of folders"))
            .hint(format!("Set {STRIP} to how many leading folders of the archive are cut off, such as 1."))
    })
}

fn mismatch(message: &str) -> Error {
    Error::user("java/tomcat-external-mismatch", message).hint(format!(
        "Set {SHA256} to the checksum of the archive that {URI} serves now, or look at what answers there."
    ))
}
