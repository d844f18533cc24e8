//! `BOOT-INF/layers.idx`: how an application wants to be cut (spring-projects/spring-boot, "Layer Index").

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use libpack::{Error, Result};

use crate::application::assembly::{APPLICATION, DEPENDENCIES, Part, SNAPSHOT_DEPENDENCIES};

/// Names of Spring Boot's own that are layer names as they are.
const KNOWN: [&str; 3] = [DEPENDENCIES, SNAPSHOT_DEPENDENCIES, "spring-boot-loader"];

/// The parts, in the order of the index. What the user calls otherwise than Spring Boot becomes `application-<name>`,
/// so that it is no layer of somebody else's; `application` itself is no part. The error is `java/layers-index`.
pub fn parts(text: &str) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut names = BTreeSet::new();
    for (name, paths) in read(text)? {
        if name != APPLICATION {
            parts.push(Part::new(layer(&name, &mut names), paths));
        }
    }
    Ok(parts)
}

/// A list of maps with one name each: `- "name":`, and below it `  - "path"`. Spring Boot reads it line by line, too.
fn read(text: &str) -> Result<Vec<(String, Vec<PathBuf>)>> {
    let mut layers: Vec<(String, Vec<PathBuf>)> = Vec::new();
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        let malformed = || {
            Error::user(
                "java/layers-index",
                format!("unable to decode the layers index of the application at {line:?}"),
            )
            .hint("Let Spring Boot's plugin for Maven or Gradle write it.")
        };
        if let Some(name) = line.strip_prefix("- ") {
            let name = name.trim().strip_suffix(':').ok_or_else(malformed)?;
            layers.push((unquoted(name).to_owned(), Vec::new()));
        } else {
            let path = line.trim_start().strip_prefix("- ").ok_or_else(malformed)?;
            let (_, paths) = layers.last_mut().ok_or_else(malformed)?;
            paths.extend(inside(unquoted(path.trim())));
        }
    }
    Ok(layers)
}

fn unquoted(text: &str) -> &str {
    let of = |quote| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    of('"').or_else(|| of('\'')).unwrap_or(text)
}

/// A path that does not leave the app folder.
fn inside(path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    let normal = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    (normal && !path.as_os_str().is_empty()).then(|| path.components().collect())
}

/// A name for a layer that nobody else has.
fn layer(name: &str, names: &mut BTreeSet<String>) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || "._-".contains(letter) { letter } else { '-' };
    let wanted: String = if KNOWN.contains(&name) { name.to_owned() } else { format!("{APPLICATION}-{name}") }
        .chars()
        .map(plain)
        .collect();
    let mut free = wanted.clone();
    let mut count = 1;
    while !names.insert(free.clone()) {
        count += 1;
        free = format!("{wanted}-{count}");
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let show = |part: &Part| format!("{}: {:?}", part.layer, part.paths);
        parts(text).unwrap().iter().map(show).collect()
    }

    #[test]
    fn the_layers_of_spring_boot_keep_their_names_and_others_get_one_of_ours() {
        let text = "- \"dependencies\":\n  - \"BOOT-INF/lib/\"\n- \"snapshot-dependencies\":\n- \"jre\":\n  - x/y.jar\n\
                    - \"my/own layer\":\r\n  - 'my'\r\n- 'my own/layer':\n  - \"../secret\"\n  - \"/etc\"\n\
                    - \"application\":\n  - \"META-INF/\"\n";
        assert_eq!(
            shown(text),
            [
                "dependencies: [\"BOOT-INF/lib\"]",
                "snapshot-dependencies: []",
                "application-jre: [\"x/y.jar\"]",
                "application-my-own-layer: [\"my\"]",
                "application-my-own-layer-2: []"
            ]
        );
    }

    #[test]
    fn what_is_no_index_is_refused() {
        for text in ["  - \"x\"\n", "- name\n", "name:\n"] {
            assert_eq!(parts(text).unwrap_err().id(), "java/layers-index", "{text}");
        }
        assert!(parts("").unwrap().is_empty());
    }
}
