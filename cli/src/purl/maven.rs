//! `pkg:maven/group/artifact@version?classifier=…&type=…`: from the repository that the purl names
//! (`repository_url`), the mirror that Maven's settings put before Central, or the Central that the
//! installed Maven itself knows.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use libpack::{Error, Result, fs};
use packageurl::PackageUrl;

use super::Location;

pub fn locate(purl: &PackageUrl<'_>, version: &str) -> Result<Location> {
    let path = path(purl, version)?;
    if let Some(repository) = purl.qualifiers().get("repository_url") {
        return Ok(super::base(repository).join(&path));
    }
    let user = std::env::home_dir().map(|home| home.join(".m2/settings.xml"));
    if let Some(mirror) = user.as_deref().map(mirror_in).transpose()?.flatten() {
        return Ok(super::base(&mirror).join(&path));
    }
    let home = maven_home()?;
    let repository = match mirror_in(&home.join("conf/settings.xml"))? {
        Some(mirror) => mirror,
        None => central_of(&home)?,
    };
    Ok(super::base(&repository).join(&path))
}

/// The path of an artifact in a Maven repository.
fn path(purl: &PackageUrl<'_>, version: &str) -> Result<String> {
    let group = purl.namespace().ok_or_else(|| {
        Error::user("purl/invalid", format!("{purl} names no group"))
            .hint("Write it as pkg:maven/group/artifact@version.")
    })?;
    let qualifier = |name: &str| purl.qualifiers().get(name).map(AsRef::as_ref);
    let classifier = qualifier("classifier").map(|text| format!("-{text}")).unwrap_or_default();
    let extension = qualifier("type").unwrap_or("jar");
    let artifact = purl.name();
    let group = group.replace(['.', '/'], "/");
    Ok(format!("{group}/{artifact}/{version}/{artifact}-{version}{classifier}.{extension}"))
}

/// The URL of the first mirror in a settings file that stands for Central.
fn mirror_in(settings: &Path) -> Result<Option<String>> {
    let Some(text) = fs::read_text_if_any(settings)? else {
        return Ok(None);
    };
    let failed = |why: String| {
        Error::user("purl/maven-settings", format!("{} cannot be used", settings.display()))
            .hint("Mend it, or name the repository in the purl: `?repository_url=…`.")
            .because(why)
    };
    let document = roxmltree::Document::parse(&text).map_err(|error| failed(error.to_string()))?;
    let mirrors = document.descendants().filter(|node| node.has_tag_name_local("mirror"));
    for mirror in mirrors {
        let child = |name: &str| {
            let found = mirror.children().find(|child| child.has_tag_name_local(name));
            found.and_then(|child| child.text()).map(str::trim)
        };
        if child("mirrorOf").is_some_and(stands_for_central)
            && let Some(url) = child("url")
        {
            if url.contains("${") {
                return Err(failed("the mirror's URL has a variable in it".to_owned()));
            }
            return Ok(Some(url.to_owned()));
        }
    }
    Ok(None)
}

/// Settings come with and without a namespace.
trait LocalName {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl LocalName for roxmltree::Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

/// Maven's rule: names, `*` and `external:*` in a list; `!name` takes one out again.
fn stands_for_central(mirror_of: &str) -> bool {
    let names: Vec<_> = mirror_of.split(',').map(str::trim).collect();
    !names.contains(&"!central") && names.iter().any(|name| ["central", "*", "external:*"].contains(name))
}

fn maven_home() -> Result<PathBuf> {
    let version = super::ask("mvn", &["--batch-mode", "-Dstyle.color=never", "--version"])?;
    let home = version.lines().find_map(|line| line.trim().strip_prefix("Maven home:"));
    home.map(|home| PathBuf::from(home.trim())).ok_or_else(|| unknown_central("`mvn --version` names no Maven home"))
}

fn unknown_central(why: impl Into<String>) -> Error {
    Error::user("purl/maven-central", "Maven did not tell where Central is")
        .hint("Name the repository in the purl (`?repository_url=…`) or as a mirror of `central` in Maven's settings.")
        .because(why.into())
}

/// Every Maven carries a super POM that names Central.
fn central_of(home: &Path) -> Result<String> {
    let library = home.join("lib");
    let jar = std::fs::read_dir(&library)
        .map_err(|error| unknown_central(format!("{}: {error}", library.display())))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("maven-model-builder") && path.extension().is_some_and(|extension| extension == "jar")
        })
        .ok_or_else(|| unknown_central("its model builder is missing"))?;
    let read = || -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(&jar)?)?;
        let mut text = String::new();
        archive.by_name("org/apache/maven/model/pom-4.0.0.xml")?.read_to_string(&mut text)?;
        Ok(text)
    };
    let text = read().map_err(|error| unknown_central(format!("{}: {error}", jar.display())))?;
    central_in(&text).ok_or_else(|| unknown_central("its super POM names none"))
}

fn central_in(super_pom: &str) -> Option<String> {
    let document = roxmltree::Document::parse(super_pom).ok()?;
    let repository = document.descendants().find(|node| node.has_tag_name_local("repository"))?;
    let url = repository.children().find(|child| child.has_tag_name_local("url"))?;
    url.text().map(|url| url.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    #[test]
    fn an_archive_has_its_classifier_and_type_in_the_name() {
        let text = "pkg:maven/org.apache.maven/apache-maven@3.9.11?classifier=bin&type=tar.gz";
        let purl = PackageUrl::from_str(text).unwrap();
        assert_eq!(
            path(&purl, "3.9.11").unwrap(),
            "org/apache/maven/apache-maven/3.9.11/apache-maven-3.9.11-bin.tar.gz"
        );
    }

    #[test]
    fn a_mirror_of_everything_but_central_is_not_one_of_central() {
        assert!(stands_for_central("*"));
        assert!(stands_for_central("snapshots, central"));
        assert!(!stands_for_central("*,!central"));
        assert!(!stands_for_central("snapshots"));
    }

    #[test]
    fn the_settings_mirror_is_found_with_and_without_a_namespace() {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("settings.xml");
        for namespace in ["", " xmlns=\"http://maven.apache.org/SETTINGS/1.2.0\""] {
            let text = format!(
                "<settings{namespace}><mirrors><mirror><mirrorOf>x</mirrorOf><url>https://x.example</url></mirror>\
                 <mirror><mirrorOf>external:*</mirrorOf><url> https://maven.example/all </url></mirror></mirrors></settings>"
            );
            std::fs::write(&settings, text).unwrap();
            assert_eq!(mirror_in(&settings).unwrap().as_deref(), Some("https://maven.example/all"));
        }
        assert_eq!(mirror_in(&folder.path().join("none.xml")).unwrap(), None);
    }

    #[test]
    fn central_is_what_the_super_pom_says() {
        let pom = "<project><repositories><repository><id>central</id><url>https://central.example/m2</url></repository></repositories></project>";
        assert_eq!(central_in(pom).as_deref(), Some("https://central.example/m2"));
    }
}
