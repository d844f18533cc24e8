//! Which Java an app wants (paketo-buildpacks/libjvm, `jvm_version.go`), and what its build files cannot do
//! without.

mod explicit;
mod needs;

use libpack::context::BuildCx;
use libpack::plan::{Candidate, Choice};
use libpack::{Error, Result};

use super::vendor::Vendor;
use super::{JDK, JRE};

pub use needs::Need;

/// The setting.
pub const SETTING: &str = "BP_JVM_VERSION";

/// The version that was asked for, and who asked. Without a candidate it is the vendor's default.
///
/// Explicit sources come first. What the build files need only ever raises the default, as far as there is such
/// a version: they say what compiles the app, not on what it must run.
pub fn choose(cx: &BuildCx<'_>, vendor: Vendor) -> Result<Choice> {
    let mut candidates = explicit(cx, vendor)?;
    if candidates.is_empty() {
        candidates.extend(requested(cx, vendor)?);
    }
    if candidates.is_empty() {
        candidates.extend(raised(cx, vendor)?);
    }
    Ok(Choice { chosen: candidates.first().cloned(), candidates })
}

/// The setting, `.sdkmanrc`, and the manifest of an exploded archive.
fn explicit(cx: &BuildCx<'_>, vendor: Vendor) -> Result<Vec<Candidate>> {
    let mut candidates = Vec::new();
    if let Some(version) = cx.setting(SETTING) {
        candidates.push(candidate(SETTING, version));
    }
    if let Some(major) = explicit::sdkmanrc(cx.app())? {
        candidates.push(candidate(explicit::SDKMANRC, major.to_string()));
    }
    if let Some(major) = explicit::manifest(cx.app())? {
        // Java 24 is gone when 25 is there.
        let next = !exists(cx, vendor, major) && exists(cx, vendor, major + 1);
        candidates.push(candidate("MANIFEST.MF", (major + u64::from(next)).to_string()));
    }
    Ok(candidates)
}

/// What other buildpacks ask for in the plan (`metadata.version`). What cannot be had does not count.
fn requested(cx: &BuildCx<'_>, vendor: Vendor) -> Result<Vec<Candidate>> {
    let mut candidates: Vec<Candidate> = Vec::new();
    for one in [JDK, JRE].iter().flat_map(|name| cx.entries(name).pick(&[]).candidates) {
        if !offers(cx, vendor, &one.version)? {
            cx.log().warning(format!("{} asks for Java {}, of which there is none", one.source, one.version));
        } else if !candidates.contains(&one) {
            candidates.push(one);
        }
    }
    Ok(candidates)
}

/// The highest of the needs that the default does not meet.
fn raised(cx: &BuildCx<'_>, vendor: Vendor) -> Result<Option<Candidate>> {
    let Some(default) = default_major(cx, vendor) else { return Ok(None) };
    let mut highest: Option<Need> = None;
    for need in Need::all(cx)? {
        cx.log().debug(format!("{} needs Java {}", need.source, need.major));
        if need.major > highest.as_ref().map_or(default, |highest| highest.major) {
            highest = Some(need);
        }
    }
    let Some(need) = highest else { return Ok(None) };
    // A version between two lines runs on the next one.
    let there = (need.major..need.major + 5).find(|major| exists(cx, vendor, *major));
    if there.is_none() {
        cx.log().warning(format!("{} needs Java {}, of which there is none", need.source, need.major));
    }
    Ok(there.map(|major| candidate(&need.source, major.to_string())))
}

fn candidate(source: &str, version: String) -> Candidate {
    Candidate { source: source.to_owned(), version }
}

fn default_major(cx: &BuildCx<'_>, vendor: Vendor) -> Option<u64> {
    let default = |id| cx.choose(id, "").ok();
    let found = default(vendor.jdk()).or_else(|| default(vendor.jre()));
    found.map(|dependency| dependency.version.major())
}

fn exists(cx: &BuildCx<'_>, vendor: Vendor, major: u64) -> bool {
    offers(cx, vendor, &major.to_string()).unwrap_or_default()
}

/// Whether there is a JDK or a JRE of that version.
fn offers(cx: &BuildCx<'_>, vendor: Vendor, constraint: &str) -> Result<bool> {
    Ok(found(cx.choose(vendor.jdk(), constraint))?.or(found(cx.choose(vendor.jre(), constraint))?).is_some())
}

/// A row, or none when no version fits; a constraint that cannot be read is an error.
pub fn found<T>(chosen: Result<T>) -> Result<Option<T>> {
    match chosen {
        Ok(found) => Ok(Some(found)),
        Err(error) if is_unknown(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_unknown(error: &Error) -> bool {
    error.id() == "dependency/version-unknown"
}

/// The major version of a text such as `21.0.5`, `1.8.0_292`, `17-ea`.
pub fn major(text: &str) -> Option<u64> {
    let number = |text: &str| {
        let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
        text[..end].parse::<u64>().ok()
    };
    match number(text)? {
        1 => text.strip_prefix("1.").and_then(number).or(Some(1)),
        major => Some(major),
    }
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn old_versions_begin_with_a_one() {
        for (text, wanted) in [
            ("21", Some(21)),
            ("21.0.5+11-LTS", Some(21)),
            ("17-ea", Some(17)),
            ("1.8.0_292", Some(8)),
            ("1.8", Some(8)),
            ("8u492", Some(8)),
            ("", None),
            ("lts", None),
        ] {
            assert_eq!(major(text), wanted, "{text}");
        }
    }
}
