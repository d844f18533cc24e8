//! Whose JVM is installed.

use libpack::context::Surroundings;
use libpack::{Error, Result};

/// The setting.
const SETTING: &str = "BP_JVM_VENDOR";

/// A vendor whose rows this buildpack has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    /// Liberica of `BellSoft`, as in Paketo's group; rows `jdk` and `jre`.
    Liberica,
    /// Eclipse Temurin; rows `jdk-temurin` and `jre-temurin`.
    Temurin,
}

impl Vendor {
    /// The one that is set. Errors: `java/vendor`.
    pub fn of(around: &Surroundings) -> Result<Self> {
        match around.setting(SETTING).map(|name| name.to_lowercase()).as_deref() {
            None | Some("bellsoft-liberica") => Ok(Self::Liberica),
            Some("eclipse-temurin") => Ok(Self::Temurin),
            Some(other) => Err(Error::user("java/vendor", format!("{SETTING}: nobody called {other:?} makes a JVM that is here"))
                .hint("Set it to bellsoft-liberica or eclipse-temurin; for another vendor put its Paketo buildpack before this one.")),
        }
    }

    /// The id of its JDKs.
    pub fn jdk(self) -> &'static str {
        match self {
            Self::Liberica => "jdk",
            Self::Temurin => "jdk-temurin",
        }
    }

    /// The id of its JREs.
    pub fn jre(self) -> &'static str {
        match self {
            Self::Liberica => "jre",
            Self::Temurin => "jre-temurin",
        }
    }
}
