//! Under which path Tomcat serves an application. A folder or link below `webapps` carries it as its name: `ROOT`
//! for `/`, `a#b` for `/a/b` (Apache Tomcat, "The Context Container", naming).

use libpack::{Error, Result};

/// The setting.
pub const SETTING: &str = "BP_TOMCAT_CONTEXT_PATH";
/// The name of `/`.
const ROOT: &str = "ROOT";

/// The name for a path as people write it: one slash at either end does not count, nor does an empty one.
///
/// The error is `java/tomcat-context-path`: nothing but a path may come of it.
pub fn name(path: &str) -> Result<String> {
    let inside = path.strip_prefix('/').unwrap_or(path);
    let inside = inside.strip_suffix('/').unwrap_or(inside);
    if inside.is_empty() {
        return Ok(ROOT.to_owned());
    }
    let parts: Vec<&str> = inside.split(['/', '#']).collect();
    // Tomcat never deploys what is called like the insides of an application.
    let odd = |part: &&str| {
        let lower = part.to_ascii_lowercase();
        part.is_empty() || [".", "..", "web-inf", "meta-inf"].contains(&lower.as_str()) || part.contains(['\0', '\\'])
    };
    if let Some(part) = parts.iter().find(|part| odd(part)) {
        let message = format!("{SETTING} value {path} is no path of an application: {part:?} cannot be a part of it");
        return Err(Error::user("java/tomcat-context-path", message)
            .hint(format!("Set {SETTING} to a path such as /shop or /shop/v2, or leave it unset for /.")));
    }
    Ok(parts.join("#"))
}

/// The path that Tomcat makes of a name; what follows `##` is a version.
pub fn of_name(name: &str) -> String {
    let (path, _) = name.split_once("##").unwrap_or((name, ""));
    if path == ROOT { "/".to_owned() } else { format!("/{}", path.replace('#', "/")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_name_and_back() {
        for (path, expected, back) in [
            ("/a/b/", "a#b", "/a/b"),
            ("a", "a", "/a"),
            ("ROOT", "ROOT", "/"),
            ("a#b", "a#b", "/a/b"),
            // Paketo ends in an error of a link that is there already.
            ("", "ROOT", "/"),
            ("/", "ROOT", "/"),
        ] {
            assert_eq!(name(path).unwrap(), expected, "{path}");
            assert_eq!(of_name(expected), back);
        }
        assert_eq!(of_name("shop##2"), "/shop");
    }

    #[test]
    fn what_would_lead_elsewhere_or_be_ignored_is_refused() {
        for path in ["..", "/a/../b", "a//b", "///", "WEB-INF", "/meta-inf", "a\\b"] {
            let error = name(path).unwrap_err();
            assert_eq!(error.id(), "java/tomcat-context-path", "{path}");
            assert!(error.next_step().unwrap().contains("/shop"));
        }
    }
}
