//! Which generation of the Servlet API a WAR is made for. Up to Tomcat 9 its packages are called `javax.servlet`,
//! from Tomcat 10 on `jakarta.servlet`: on the wrong side a WAR is deployed and serves nothing.

use std::path::Path;

use libpack::{Result, fs};
use serde::{Deserialize, Serialize};

/// What a WAR says about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    /// The line of Tomcat that serves it.
    pub line: Line,
    /// How it shows: `version 6.0 in WEB-INF/web.xml`.
    pub evidence: String,
}

/// A line of Tomcat by the API that it brings; a later one of the same packages serves what an earlier one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Line {
    /// `javax.servlet`, all of it.
    Javax,
    /// Servlet 5 and 6. It needs Java 11.
    Jakarta,
    /// Servlet 6.1. It needs Java 17.
    Servlet61,
}

impl Line {
    /// The versions that belong to it.
    pub fn constraint(self) -> &'static str {
        match self {
            Self::Javax => "9.*",
            Self::Jakarta => "10.1.*",
            Self::Servlet61 => "11.*",
        }
    }
}

/// Of several WARs on one Tomcat: the highest line that anyone needs. None when nothing tells, and when they are
/// made for both sides.
pub fn common(generations: &[Generation]) -> Option<&Generation> {
    let lowest = generations.iter().min_by_key(|one| one.line)?;
    let highest = generations.iter().max_by_key(|one| one.line)?;
    let one_side = lowest.line != Line::Javax || highest.line == Line::Javax;
    one_side.then_some(highest)
}

/// Of an exploded WAR. None when nothing tells.
///
/// The deployment descriptor counts first, then the application's own classes. Its libraries do not: many work with
/// both. One does not, and tells in an application whose classes never name the API: Spring's, from version 6 on.
pub fn generation(war: &Path) -> Result<Option<Generation>> {
    let inside = war.join("WEB-INF");
    if let Some(found) = fs::read_text_if_any(&inside.join("web.xml")).ok().flatten().as_deref().and_then(descriptor) {
        return Ok(Some(found));
    }
    let mut names = Names::default();
    names.look_into(&inside.join("classes"))?;
    Ok(match names {
        Names { javax: true, .. } => Some(Generation::new(Line::Javax, "javax.servlet in WEB-INF/classes")),
        Names { jakarta: true, .. } => Some(Generation::new(Line::Jakarta, "jakarta.servlet in WEB-INF/classes")),
        Names { .. } => library(&fs::list(&inside.join("lib"))?),
    })
}

impl Generation {
    fn new(line: Line, evidence: impl Into<String>) -> Self {
        Self { line, evidence: evidence.into() }
    }
}

/// By the version of `<web-app>`. An older one tells nothing: Tomcat 10 reads it too.
fn descriptor(text: &str) -> Option<Generation> {
    let text = without_comments(text);
    let (_, tag) = text.split_once("<web-app")?;
    let tag = tag.split('>').next()?;
    let version = attribute(tag, "version")?;
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    let (major, minor): (u32, u32) = (major.parse().ok()?, minor.parse().ok()?);
    let line = if (major, minor) >= (6, 1) { Line::Servlet61 } else { Line::Jakarta };
    (major >= 5).then(|| Generation::new(line, format!("version {version} in WEB-INF/web.xml")))
}

fn without_comments(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// The value of an attribute in the text of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.match_indices(name).find_map(|(at, _)| {
        let starts = tag[..at].ends_with(|before: char| before.is_ascii_whitespace());
        let value = tag[at + name.len()..].trim_start().strip_prefix('=').filter(|_| starts)?.trim_start();
        let quote = value.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
        value[1..].split(quote).next()
    })
}

/// Which packages classes name.
#[derive(Debug, Default, Clone, Copy)]
struct Names {
    javax: bool,
    jakarta: bool,
}

impl Names {
    fn look_into(&mut self, folder: &Path) -> Result<()> {
        if !folder.is_dir() {
            return Ok(());
        }
        for name in fs::list(folder)? {
            let path = folder.join(&name);
            // Not into links: they may lead round in circles.
            if path.is_dir() && !path.is_symlink() {
                self.look_into(&path)?;
            } else if name.strip_suffix(".class").is_some() && path.is_file() {
                self.look_at(&fs::read_bytes(&path)?);
            }
            if self.javax {
                break;
            }
        }
        Ok(())
    }

    /// A class names what it uses in its constant pool, with slashes (The Java Virtual Machine Specification, 4.2.1).
    fn look_at(&mut self, class: &[u8]) {
        const API: &[u8] = b"/servlet/";
        for at in class.windows(API.len()).enumerate().filter(|(_, bytes)| *bytes == API).map(|(at, _)| at) {
            self.jakarta |= class[..at].ends_with(b"jakarta");
            self.javax |= class[..at].ends_with(b"javax");
        }
    }
}

fn library(names: &[String]) -> Option<Generation> {
    let major = |name: &String| -> Option<u32> {
        name.strip_prefix("spring-web-")?.strip_suffix(".jar")?.split('.').next()?.parse().ok()
    };
    let found = names.iter().find(|name| major(name).is_some_and(|major| major >= 6))?;
    Some(Generation::new(Line::Jakarta, format!("{found} in WEB-INF/lib")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn war(files: &[(&str, &str)]) -> Option<String> {
        let folder = fs::scratch().unwrap();
        for (path, content) in files {
            fs::write(&folder.path().join("WEB-INF").join(path), content).unwrap();
        }
        generation(folder.path()).unwrap().map(|found| format!("{}: {}", found.line.constraint(), found.evidence))
    }

    #[test]
    fn the_descriptor_names_the_line() {
        for (tag, line) in [
            ("<web-app version=\"6.1\">", Some("11.*: version 6.1 in WEB-INF/web.xml")),
            (
                "<web-app xmlns='https://jakarta.ee/xml/ns/jakartaee'\n  version = '6.0'\n>",
                Some("10.1.*: version 6.0 in WEB-INF/web.xml"),
            ),
            ("<web-app version=\"5\"/>", Some("10.1.*: version 5 in WEB-INF/web.xml")),
            ("<!-- <web-app version=\"6.0\"> --><web-app version=\"4.0\">", None),
            ("<web-app metadata-version=\"6.0\" version=\"3.1\">", None),
            ("<web-app version=\"six\">", None),
            ("<web-app version=>", None),
            ("<!-- <web-app version=\"6.0\">", None),
            ("<web-app", None),
        ] {
            assert_eq!(war(&[("web.xml", tag)]).as_deref(), line, "{tag}");
        }
    }

    #[test]
    fn own_classes_decide_where_the_descriptor_does_not() {
        let of_classes = Some("10.1.*: jakarta.servlet in WEB-INF/classes");
        let jakarta = ("classes/a/A.class", "\u{1}Ljakarta/servlet/annotation/WebServlet;");
        let javax = ("classes/b/B.class", "\u{1}javax/servlet/Filter");
        assert_eq!(war(&[jakarta]).as_deref(), of_classes);
        assert_eq!(war(&[("web.xml", "<web-app version=\"3.1\">"), jakarta]).as_deref(), of_classes);
        let of_older = Some("9.*: javax.servlet in WEB-INF/classes");
        assert_eq!(war(&[jakarta, javax]).as_deref(), of_older, "what works with both stays on the default");
        assert_eq!(war(&[javax, ("lib/spring-web-6.1.jar", "")]).as_deref(), of_older);
        assert_eq!(war(&[("classes/a.txt", "jakarta/servlet/Filter")]), None);
    }

    #[test]
    fn several_wars_need_one_side() {
        let of = |line| Generation::new(line, "");
        let common =
            |lines: &[Line]| common(&lines.iter().copied().map(of).collect::<Vec<_>>()).map(|found| found.line);
        assert_eq!(common(&[]), None);
        assert_eq!(common(&[Line::Javax, Line::Javax]), Some(Line::Javax));
        assert_eq!(common(&[Line::Servlet61, Line::Jakarta]), Some(Line::Servlet61));
        assert_eq!(common(&[Line::Jakarta, Line::Javax]), None);
    }

    #[test]
    fn libraries_count_only_where_they_leave_no_choice() {
        assert_eq!(war(&[("lib/jersey-container-servlet-3.1.0.jar", ""), ("lib/spring-web-5.3.39.jar", "")]), None);
        let spring = war(&[("classes/App.class", "org/springframework/boot"), ("lib/spring-web-6.1.11.jar", "")]);
        assert_eq!(spring.as_deref(), Some("10.1.*: spring-web-6.1.11.jar in WEB-INF/lib"));
        assert_eq!(war(&[]), None);
    }
}
