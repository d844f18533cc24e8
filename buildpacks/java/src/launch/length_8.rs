//! `options-length-8`: Java 8 ignores options of more than 1024 characters as a whole (paketo-buildpacks/libjvm#177).

use libpack::log::at_launch;
use libpack::world::Variables;

use super::options::{OPTIONS, Set, tokens, warn};

const LIMIT: usize = 1024;

/// Flags of ours that the JVM can do without: diagnosis, and what it would do anyway.
const DISPENSABLE: [&[&str]; 3] = [
    &["-XX:+UnlockDiagnosticVMOptions", "-XX:NativeMemoryTracking=summary", "-XX:+PrintNMTStatistics"],
    &["-XX:ReservedCodeCacheSize=240M"],
    &["-Xss1M"],
];

/// Takes as few away as make the options short enough, and says so; the last step.
pub fn limit(variables: &Variables) -> Set {
    let mut text = variables.text(OPTIONS).unwrap_or_default();
    if text.len() <= LIMIT {
        return Set::new();
    }
    let mut removed = Vec::new();
    for flags in DISPENSABLE {
        if text.len() <= LIMIT {
            break;
        }
        for flag in flags {
            if let Some(shorter) = without(&text, flag) {
                text = shorter;
                removed.push(*flag);
            }
        }
    }
    if text.len() > LIMIT {
        warn(&format!(
            "Java 8 ignores ${OPTIONS}, which has {} characters: shorten it to {LIMIT}, or use JDK_JAVA_OPTIONS with a later Java",
            text.len()
        ));
        return Set::new();
    }
    at_launch(&format!("Left out of ${OPTIONS}, of which Java 8 takes {LIMIT} characters: {}", removed.join(" ")));
    Set::from([(OPTIONS.to_owned(), text)])
}

/// The text without the last occurrence of a flag; none when the flag is not there by itself.
fn without(text: &str, flag: &str) -> Option<String> {
    let (before, after) = text.rsplit_once(&format!(" {flag}"))?;
    let alone = after.is_empty() || after.starts_with(' ');
    let shorter = format!("{before}{after}");
    // Inside of quotes it is a part of another flag.
    (alone && tokens(text).len() == tokens(&shorter).len() + 1).then_some(shorter)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "-XX:MaxDirectMemorySize=10M -Xmx1M -XX:ReservedCodeCacheSize=240M -Xss1M \
                        -XX:+UnlockDiagnosticVMOptions -XX:NativeMemoryTracking=summary -XX:+PrintNMTStatistics";

    fn limited(length: usize) -> Option<String> {
        let user = format!("-D{}", "a".repeat(length - 2));
        let variables = [(OPTIONS, format!("{user} {OURS}"))].into_iter().collect();
        limit(&variables).remove(OPTIONS).map(|text| text.replace(&user, "user"))
    }

    #[test]
    fn tracking_goes_first_and_only_as_much_as_must() {
        let room = LIMIT - OURS.len() - 1;
        let saved = |flags: &[&str]| flags.iter().map(|flag| flag.len() + 1).sum::<usize>();
        let [tracking, cache, stack] = DISPENSABLE.map(saved);
        assert_eq!(limited(room), None);
        let without_tracking = "user -XX:MaxDirectMemorySize=10M -Xmx1M -XX:ReservedCodeCacheSize=240M -Xss1M";
        for more in [1, tracking] {
            assert_eq!(limited(room + more).unwrap(), without_tracking);
        }
        assert_eq!(limited(room + tracking + cache).unwrap(), "user -XX:MaxDirectMemorySize=10M -Xmx1M -Xss1M");
        assert_eq!(limited(room + tracking + cache + stack).unwrap(), "user -XX:MaxDirectMemorySize=10M -Xmx1M");
        assert_eq!(limited(LIMIT), None, "nothing of ours makes it short enough: a warning");
    }

    #[test]
    fn a_part_of_another_flag_is_no_flag() {
        assert_eq!(without("-Dx='a -Xss1M' -y", "-Xss1M"), None);
        assert_eq!(without("-x -Xss1M1 -y", "-Xss1M"), None);
        assert_eq!(without("-x -Xss1M -y", "-Xss1M").unwrap(), "-x -y");
    }
}
