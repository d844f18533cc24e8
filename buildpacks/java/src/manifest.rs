//! `META-INF/MANIFEST.MF` (the JAR File Specification, "JAR Manifest").

use std::collections::BTreeMap;
use std::path::Path;

use libpack::archive::ZipReader;
use libpack::{Result, fs};

/// Where it lies, in an archive and in an exploded one.
pub const PATH: &str = "META-INF/MANIFEST.MF";

/// The main section of a manifest; what it says about single entries does not concern the application.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest(BTreeMap<String, String>);

impl Manifest {
    /// From its text: any line ends, long values over several lines.
    pub fn parse(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n").replace("\n ", "");
        let main = text.lines().take_while(|line| !line.is_empty());
        let pair =
            |line: &str| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
        Self(main.filter_map(pair).collect())
    }

    /// Of a folder with an exploded archive; an empty one when there is none.
    pub fn of_folder(folder: &Path) -> Result<Self> {
        Ok(fs::read_text_if_any(&folder.join(PATH))?.map(|text| Self::parse(&text)).unwrap_or_default())
    }

    /// Of an archive; an empty one when there is none.
    pub fn of_archive(archive: &mut ZipReader) -> Self {
        archive.read_text(PATH).map(|text| Self::parse(&text)).unwrap_or_default()
    }

    /// A value by its name, in any case; an empty one counts as none.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(&name.to_lowercase()).map(String::as_str).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_long_values_and_later_sections_do_not_matter() {
        let text = "Manifest-Version: 1.0\r\nClass-Path: lib/one.jar li\r\n b/two.jar\r\nmain-class: App\r\n\r\n\
                    Name: x/\r\nMain-Class: Other\r\n";
        let manifest = Manifest::parse(text);
        assert_eq!(manifest.get("Class-Path"), Some("lib/one.jar lib/two.jar"));
        assert_eq!(manifest.get("Main-Class"), Some("App"));
        assert_eq!(manifest.get("Start-Class"), None);
        assert_eq!(Manifest::parse("Main-Class:\rX: y").get("Main-Class"), None);
    }
}
