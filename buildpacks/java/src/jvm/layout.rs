//! Where things lie in a JVM, and what of it is installed.

use std::path::Path;

/// What an archive holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// All of it.
    Jdk,
    /// What runs.
    Jre,
}

/// The places of one JVM, relative to its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Java 8's JDK holds a JRE in a folder of its own.
    below: &'static str,
    old: bool,
}

impl Layout {
    /// By the major version of Java.
    pub fn of(kind: Kind, major: u64) -> Self {
        let old = major < 9;
        Self { below: if old && kind == Kind::Jdk { "jre/" } else { "" }, old }
    }

    /// The certificates that it trusts.
    pub fn truststore(self) -> String {
        format!("{}lib/security/cacerts", self.below)
    }

    /// The properties that list its security providers.
    pub fn security(self) -> String {
        let folder = if self.old { "lib" } else { "conf" };
        format!("{}{folder}/security/java.security", self.below)
    }

    /// The folder of extensions, which Java 9 gave up.
    pub fn extensions(self) -> Option<String> {
        self.old.then(|| format!("{}lib/ext", self.below))
    }
}

/// What it is installed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Steps of this build call it.
    Build,
    /// The image runs on it.
    Runtime,
}

/// The texts that an archive repeats for each of its modules.
const REPEATED: [&str; 4] = ["LICENSE", "COPYRIGHT", "ADDITIONAL_LICENSE_INFO", "ASSEMBLY_EXCEPTION"];

impl Purpose {
    /// The name in a key.
    pub fn name(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Runtime => "runtime",
        }
    }

    /// Whether a path of an archive is wanted. A build may link a runtime with `jlink`, which since Java 24 takes
    /// the JDK itself for it, down to its manuals and licences.
    pub fn wants(self, path: &Path) -> bool {
        let mut parts = path.iter().map(|part| part.to_str().unwrap_or_default());
        let (first, second, third) = (parts.next(), parts.next(), parts.next());
        let is_paper = match (first, second) {
            (Some("src.zip" | "demo" | "sample"), _) | (Some("lib"), Some("src.zip")) => true,
            (Some("man" | "docs" | "jmods"), _) => self == Self::Runtime,
            _ => false,
        };
        let repeats =
            first == Some("legal") && second != Some("java.base") && third.is_some_and(|name| REPEATED.contains(&name));
        !(is_paper || repeats && self == Self::Runtime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn java_8_has_places_of_its_own() {
        let jdk = Layout::of(Kind::Jdk, 8);
        assert_eq!(jdk.truststore(), "jre/lib/security/cacerts");
        assert_eq!(jdk.security(), "jre/lib/security/java.security");
        assert_eq!(jdk.extensions().as_deref(), Some("jre/lib/ext"));
        let jre = Layout::of(Kind::Jre, 8);
        assert_eq!(jre.security(), "lib/security/java.security");
        assert_eq!(jre.extensions().as_deref(), Some("lib/ext"));
        let new = Layout::of(Kind::Jdk, 11);
        assert_eq!(
            (new.truststore().as_str(), new.security().as_str()),
            ("lib/security/cacerts", "conf/security/java.security")
        );
        assert_eq!(new.extensions(), None);
    }

    #[test]
    fn an_image_gets_what_runs() {
        for (path, build, runtime) in [
            ("bin/java", true, true),
            ("bin/jcmd", true, true),
            ("lib/modules", true, true),
            ("lib/server/classes.jsa", true, true),
            ("lib/src.zip", false, false),
            ("src.zip", false, false),
            ("demo/jfc/x.jar", false, false),
            ("man/man1/java.1", true, false),
            ("jmods/java.base.jmod", true, false),
            ("legal/java.base/LICENSE", true, true),
            ("legal/java.sql/LICENSE", true, false),
            ("legal/java.xml/xerces.md", true, true),
            ("lib/demo", true, true),
        ] {
            assert_eq!(Purpose::Build.wants(Path::new(path)), build, "{path}");
            assert_eq!(Purpose::Runtime.wants(Path::new(path)), runtime, "{path}");
        }
    }
}
