//! `exit-on-out-of-memory` and `jvm-heap`: what happens when the heap is full (paketo-buildpacks/libjvm,
//! `helper/jvm_heap.go`, `jre.go`).

use std::path::PathBuf;

use libpack::fs;
use libpack::world::{Variables, timestamp};

use super::container::Container;
use super::options::{Set, append_flags, flags, has, setting, warn};

const DUMP: &str = "-XX:+HeapDumpOnOutOfMemoryError";
const DUMP_PATH: &str = "-XX:HeapDumpPath=";

/// The platform starts a new container rather than keeping one that does half of its work. The JVM lets the last
/// of equal flags win, so what the user said in either direction must stay alone.
pub fn exit_when_full(variables: &Variables) -> Set {
    let said = flags(variables).iter().any(|flag| flag.ends_with("ExitOnOutOfMemoryError") && flag.starts_with("-XX:"));
    if said { Set::new() } else { append_flags(variables, &["-XX:+ExitOnOutOfMemoryError"]) }
}

/// A dump of a full heap, where `BPL_HEAP_DUMP_PATH` names a folder. Its name says when the container started.
pub fn dump(variables: &Variables, container: &Container) -> Set {
    let Some(folder) = setting(variables, "BPL_HEAP_DUMP_PATH").map(PathBuf::from) else {
        return Set::new();
    };
    if let Err(error) = fs::create_dir(&folder) {
        let why = error.causes().join(": ");
        warn(&format!("No heap dump will be written: {} of $BPL_HEAP_DUMP_PATH: {why}", error.message()));
        return Set::new();
    }
    let mut added = Vec::new();
    if !flags(variables).iter().any(|flag| flag == DUMP) {
        added.push(DUMP.to_owned());
    }
    if !has(variables, DUMP_PATH) {
        let file = folder.join(format!("java_{}.hprof", timestamp(container.now)));
        added.push(format!("{DUMP_PATH}{}", file.display()));
    }
    if added.is_empty() { Set::new() } else { append_flags(variables, &added) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Place, options};
    use super::*;

    #[test]
    fn a_full_heap_ends_the_jvm_unless_the_user_said_anything_about_it() {
        let run = |before: &str| {
            let variables = [("JAVA_TOOL_OPTIONS", before)].into_iter().collect();
            options(&exit_when_full(&variables))
        };
        assert_eq!(run("-Xmx1g"), "-Xmx1g -XX:+ExitOnOutOfMemoryError");
        assert_eq!(run("-Xmx1g -XX:-ExitOnOutOfMemoryError"), "");
        assert_eq!(run("-XX:+ExitOnOutOfMemoryError"), "");
    }

    #[test]
    fn a_dump_goes_into_a_folder_that_is_made() {
        let place = Place::with(&[]);
        let run = |before: &str| {
            let variables = place.variables(&[("BPL_HEAP_DUMP_PATH", "@/a/b"), ("JAVA_TOOL_OPTIONS", before)]);
            place.hide(&options(&dump(&variables, &place.container())))
        };
        let file = "-XX:HeapDumpPath=@/a/b/java_1970-01-01T00:00:00Z.hprof";
        assert_eq!(run("-x"), format!("-x {DUMP} {file}"));
        assert!(place.path().join("a/b").is_dir());
        assert_eq!(run(DUMP), format!("{DUMP} {file}"));
        assert_eq!(run("-XX:HeapDumpPath=/x"), format!("-XX:HeapDumpPath=/x {DUMP}"));
        assert_eq!(run("-XX:+HeapDumpOnOutOfMemoryError -XX:HeapDumpPath=/x"), "");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_no_reason_not_to_start() {
        let place = Place::with(&[("/file", "")]);
        let variables = place.variables(&[("BPL_HEAP_DUMP_PATH", "@/file/below")]);
        assert!(dump(&variables, &place.container()).is_empty());
        assert!(dump(&Variables::default(), &place.container()).is_empty());
    }
}
