//! The formats: media types, versions, file names.

use crate::{Error, Result};

/// A CycloneDX version. Paketo's default is 1.3 (paketo-buildpacks/packit `sbom`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum CycloneDxVersion {
    /// 1.3
    #[default]
    V1_3,
    /// 1.4
    V1_4,
    /// 1.5
    V1_5,
    /// 1.6
    V1_6,
}

impl CycloneDxVersion {
    /// As `specVersion` has it.
    pub fn text(self) -> &'static str {
        match self {
            Self::V1_3 => "1.3",
            Self::V1_4 => "1.4",
            Self::V1_5 => "1.5",
            Self::V1_6 => "1.6",
        }
    }
}

/// An SPDX version. Paketo's default is 2.2 (paketo-buildpacks/packit `sbom`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum SpdxVersion {
    /// 2.2
    #[default]
    V2_2,
    /// 2.3
    V2_3,
}

impl SpdxVersion {
    /// As a media type's parameter has it.
    pub fn text(self) -> &'static str {
        match self {
            Self::V2_2 => "2.2",
            Self::V2_3 => "2.3",
        }
    }
}

/// A format of a document, with its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// CycloneDX JSON.
    CycloneDx(CycloneDxVersion),
    /// SPDX JSON.
    Spdx(SpdxVersion),
    /// Syft's own JSON, schema 16.1.10.
    Syft,
}

impl Format {
    /// All three, in the versions that Paketo's buildpacks write.
    pub const DEFAULTS: [Self; 3] =
        [Self::CycloneDx(CycloneDxVersion::V1_3), Self::Spdx(SpdxVersion::V2_2), Self::Syft];

    /// Reads a media type of `sbom-formats`, with packit's parameter `;version=` where it is given.
    /// Fails with `sbom/format-unknown` or `sbom/version-unknown`.
    pub fn parse(text: &str) -> Result<Self> {
        let mut parts = text.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
        let mut version = None;
        for part in parts.filter(|part| !part.is_empty()) {
            match part.split_once('=').map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim())) {
                Some((key, value)) if key == "version" => version = Some(value.trim_matches('"')),
                _ => return Err(unknown_format(text)),
            }
        }
        let format = Self::DEFAULTS.into_iter().find(|format| format.media_type() == media_type);
        let format = format.ok_or_else(|| unknown_format(text))?;
        match version {
            Some(version) => format.of_version(version),
            None => Ok(format),
        }
    }

    fn of_version(self, version: &str) -> Result<Self> {
        use {CycloneDxVersion as Cdx, SpdxVersion as Spdx};
        let all: &[Self] = match self {
            Self::CycloneDx(_) => &[
                Self::CycloneDx(Cdx::V1_3),
                Self::CycloneDx(Cdx::V1_4),
                Self::CycloneDx(Cdx::V1_5),
                Self::CycloneDx(Cdx::V1_6),
            ],
            Self::Spdx(_) => &[Self::Spdx(Spdx::V2_2), Self::Spdx(Spdx::V2_3)],
            Self::Syft => &[Self::Syft],
        };
        all.iter().find(|format| format.version() == version).copied().ok_or_else(|| {
            let known: Vec<_> = all.iter().map(|format| format.version()).collect();
            Error::user(
                "sbom/version-unknown",
                format!("version {version:?} of {} cannot be written", self.media_type()),
            )
            .hint(format!("Ask for one of {}, or leave the version out.", known.join(", ")))
        })
    }

    /// The media type without parameters.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::CycloneDx(_) => "application/vnd.cyclonedx+json",
            Self::Spdx(_) => "application/spdx+json",
            Self::Syft => "application/vnd.syft+json",
        }
    }

    /// What follows `<layer>.sbom.`.
    pub fn extension(self) -> &'static str {
        match self {
            Self::CycloneDx(_) => "cdx.json",
            Self::Spdx(_) => "spdx.json",
            Self::Syft => "syft.json",
        }
    }

    /// The version of the format.
    pub fn version(self) -> &'static str {
        match self {
            Self::CycloneDx(version) => version.text(),
            Self::Spdx(version) => version.text(),
            Self::Syft => super::syft::SCHEMA_VERSION,
        }
    }
}

fn unknown_format(text: &str) -> Error {
    let known: Vec<_> = Format::DEFAULTS.iter().map(|format| format.media_type()).collect();
    Error::user("sbom/format-unknown", format!("{text:?} is no SBOM format that can be written"))
        .hint(format!("Use {}, each with `;version=` at most.", known.join(", ")))
}

/// Who wrote the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its name, without blanks.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What a document says of its own making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    pub(super) tool: Tool,
    created: Option<jiff::Timestamp>,
}

impl Default for Options {
    fn default() -> Self {
        let tool = Tool { name: "libpack".into(), version: env!("CARGO_PKG_VERSION").into() };
        Self { tool, created: None }
    }
}

impl Options {
    /// Names another writer than libpack: the buildpack.
    pub fn by(mut self, tool: Tool) -> Self {
        self.tool = tool;
        self
    }

    /// Takes the date of SPDX documents from the value of `SOURCE_DATE_EPOCH`, in seconds since 1970
    /// (UTC). Without it they say year 1. Fails with `sbom/date-invalid`.
    pub fn source_date_epoch(mut self, value: &str) -> Result<Self> {
        let seconds = value.trim().parse::<i64>().ok();
        let created = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
        // SPDX has room for four digits of the year only; jiff ends there too.
        self.created = Some(created.filter(|created| created.as_second() >= 0).ok_or_else(|| {
            Error::user("sbom/date-invalid", format!("SOURCE_DATE_EPOCH is {value:?}, which is no date"))
                .hint("Set it to a whole number of seconds since 1970, or unset it.")
        })?);
        Ok(self)
    }

    /// The date of SPDX documents.
    pub(super) fn created(&self) -> String {
        self.created.map_or_else(|| "0001-01-01T00:00:00Z".to_owned(), |created| created.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_choose_format_and_version() {
        let cases = [
            ("application/vnd.cyclonedx+json", Format::CycloneDx(CycloneDxVersion::V1_3)),
            ("application/vnd.cyclonedx+json;version=1.4", Format::CycloneDx(CycloneDxVersion::V1_4)),
            ("application/vnd.cyclonedx+json; Version=\"1.6\"", Format::CycloneDx(CycloneDxVersion::V1_6)),
            ("application/spdx+json", Format::Spdx(SpdxVersion::V2_2)),
            ("application/spdx+json;version=2.3", Format::Spdx(SpdxVersion::V2_3)),
            (" application/vnd.syft+json ;version=16.1.10", Format::Syft),
        ];
        for (text, expected) in cases {
            assert_eq!(Format::parse(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_named_with_the_choices() {
        let unknown = Format::parse("application/json").unwrap_err();
        assert_eq!(unknown.id(), "sbom/format-unknown");
        assert_eq!(Format::parse("application/spdx+json;charset=utf-8").unwrap_err().id(), "sbom/format-unknown");
        let version = Format::parse("application/spdx+json;version=3.0").unwrap_err();
        assert_eq!(version.id(), "sbom/version-unknown");
        assert_eq!(version.next_step(), Some("Ask for one of 2.2, 2.3, or leave the version out."));
    }

    #[test]
    fn the_date_is_year_one_or_the_given_one() {
        assert_eq!(Options::default().created(), "0001-01-01T00:00:00Z");
        let options = Options::default().source_date_epoch("1700000000").unwrap();
        assert_eq!(options.created(), "2023-11-14T22:13:20Z");
        for bad in ["", "soon", "-1", "99999999999999999999", "9999999999999"] {
            let error = Options::default().source_date_epoch(bad).unwrap_err();
            assert_eq!(error.id(), "sbom/date-invalid", "{bad}");
        }
    }
}
