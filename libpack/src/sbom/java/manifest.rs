//! `META-INF/MANIFEST.MF` (the JAR File Specification, "JAR Manifest").

use super::pom::LONGEST;

/// The attributes of all sections, those of the main one first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Manifest {
    main: Vec<(String, String)>,
    others: Vec<(String, String)>,
}

impl Manifest {
    /// Any line ends, and values over several lines; lists that are too long to say who it is are left out.
    pub fn parse(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n").replace("\n ", "");
        let (main, others) = text.trim_start_matches('\n').split_once("\n\n").unwrap_or((&text, ""));
        let pairs = |text: &str| {
            let pair = |line: &str| {
                line.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            };
            text.lines().filter_map(pair).filter(|(_, value)| (1..=LONGEST).contains(&value.len())).collect()
        };
        Self { main: pairs(main), others: pairs(others) }
    }

    /// A value of the main section, else the first one of another: Java EE's own jars tell their version per
    /// package.
    pub fn get(&self, name: &str) -> Option<&str> {
        let pairs = self.main.iter().chain(&self.others);
        pairs.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value).next()
    }

    /// The first of several names that has a value.
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// What `OSGi` calls the bundle, without directives.
    pub fn symbolic_name(&self) -> Option<&str> {
        self.get("Bundle-SymbolicName")?.split(';').next().map(str::trim).filter(|name| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_long_values_do_not_matter_and_the_main_section_comes_first() {
        let text = "Manifest-Version: 1.0\r\nBundle-SymbolicName: org.exam\r\n ple.one;singleton:=true\r\nEmpty:\r\n\r\n\
                    Name: x/\r\nManifest-Version: 2\r\nImplementation-Version: 5\r\nEmpty: no\r\n";
        let manifest = Manifest::parse(text);
        assert_eq!(manifest.get("manifest-version"), Some("1.0"));
        assert_eq!(manifest.symbolic_name(), Some("org.example.one"));
        assert_eq!(manifest.first(&["Missing", "Implementation-Version"]), Some("5"));
        assert_eq!(manifest.get("Empty"), Some("no"));
        assert_eq!(Manifest::parse("\u{0}\u{fffd}:\n\n\n :"), Manifest::default());
    }
}
