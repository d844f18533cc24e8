//! The helper `optimize-memory`: tells the app how much memory its container has, and limits the
//! heap of Node.js to a share of it (paketo-buildpacks/node-engine,
//! `cmd/optimize-memory`).

use std::collections::BTreeMap;
use std::path::Path;

use libpack::world::Variables;
use libpack::{Error, Result};

/// Its presence says that the control group has version 2.
const VERSION_2: &str = "/sys/fs/cgroup/cgroup.controllers";
const LIMIT_2: &str = "/sys/fs/cgroup/memory.max";
const LIMIT_1: &str = "/sys/fs/cgroup/memory/memory.limit_in_bytes";

/// From here on a number means "no limit": version 1 writes the largest number of whole pages.
const UNLIMITED: u64 = 1 << 60;
const MEBIBYTE: u64 = 1 << 20;
const DEFAULT_PERCENT: u64 = 75;

/// What to set: `MEMORY_AVAILABLE` in MiB when a limit is known, and `NODE_OPTIONS` with the heap's
/// limit when `OPTIMIZE_MEMORY` is there. `read` gives a file's text, none when it cannot be read.
/// Errors: `node/memory-available-invalid`, `node/heap-percent-invalid`.
pub fn limit(variables: &Variables, read: &dyn Fn(&Path) -> Option<String>) -> Result<BTreeMap<String, String>> {
    let mut set = BTreeMap::new();
    let Some(bytes) = available(variables, read)? else {
        return Ok(set);
    };
    let mebibytes = bytes / MEBIBYTE;
    set.insert("MEMORY_AVAILABLE".to_owned(), mebibytes.to_string());
    if variables.get("OPTIMIZE_MEMORY").is_none() {
        return Ok(set);
    }
    let options = variables.text("NODE_OPTIONS").unwrap_or_default();
    let heap = mebibytes * percent(variables)? / 100;
    if heap > 0 && !limits_heap(&options) {
        let options = with_option(&options, &format!("--max_old_space_size={heap}"));
        set.insert("NODE_OPTIONS".to_owned(), options);
    }
    Ok(set)
}

/// The limit in bytes: the user's `MEMORY_AVAILABLE`, else the control group's.
fn available(variables: &Variables, read: &dyn Fn(&Path) -> Option<String>) -> Result<Option<u64>> {
    if let Some(preset) = variables.text("MEMORY_AVAILABLE") {
        let preset = preset.trim();
        if preset.is_empty() || preset == "max" {
            return Ok(None);
        }
        let bytes = preset.parse().map_err(|error: std::num::ParseIntError| {
            let message = format!("MEMORY_AVAILABLE [{preset}] is not a number of bytes");
            Error::user("node/memory-available-invalid", message)
                .hint("Set MEMORY_AVAILABLE to a whole number of bytes, or unset it to use the container's limit.")
                .because(error)
        })?;
        return Ok(Some(bytes).filter(|bytes| *bytes < UNLIMITED));
    }
    let file = if read(Path::new(VERSION_2)).is_some() { LIMIT_2 } else { LIMIT_1 };
    let limit = read(Path::new(file)).and_then(|text| text.trim().parse().ok());
    Ok(limit.filter(|bytes| *bytes < UNLIMITED))
}

fn percent(variables: &Variables) -> Result<u64> {
    let Some(text) = variables.text("BPL_NODE_HEAP_PERCENT").filter(|text| !text.is_empty()) else {
        return Ok(DEFAULT_PERCENT);
    };
    text.trim().parse().ok().filter(|percent| (1..=100).contains(percent)).ok_or_else(|| {
        let message = format!("BPL_NODE_HEAP_PERCENT [{text}] is not a share in percent");
        Error::user("node/heap-percent-invalid", message)
            .hint("Set BPL_NODE_HEAP_PERCENT to a whole number from 1 to 100, or unset it for 75.")
    })
}

/// Whether the options say already how large the heap may grow: in MiB or as a percentage, with
/// dashes or with underscores.
fn limits_heap(options: &str) -> bool {
    options.split_whitespace().any(|option| option.replace('_', "-").starts_with("--max-old-space-size"))
}

/// The options with one more at the end.
pub fn with_option(options: &str, option: &str) -> String {
    if options.is_empty() { option.to_owned() } else { format!("{options} {option}") }
}

/// [`limit`] with the files of this container, for the buildpack.
/// Errors: as there.
pub fn helper(variables: &Variables) -> Result<BTreeMap<String, String>> {
    limit(variables, &|path| std::fs::read_to_string(path).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Result<BTreeMap<String, String>> {
        let variables: Variables = variables.iter().copied().collect();
        limit(&variables, &|path| {
            let found = files.iter().find(|(name, _)| Path::new(name) == path);
            found.map(|(_, text)| (*text).to_owned())
        })
    }

    fn set(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Vec<String> {
        let set = run(variables, files).unwrap();
        set.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
    }

    const ON: (&str, &str) = ("OPTIMIZE_MEMORY", "true");
    const SSL: (&str, &str) = ("NODE_OPTIONS", "--use-openssl-ca");
    const V2: (&str, &str) = (VERSION_2, "cpu memory");

    #[test]
    fn a_container_of_128_mib_gets_a_heap_of_96() {
        for files in [[V2, (LIMIT_2, "134217728\n")], [("", ""), (LIMIT_1, "134217728\n")]] {
            assert_eq!(
                set(&[ON, SSL], &files),
                ["MEMORY_AVAILABLE=128", "NODE_OPTIONS=--use-openssl-ca --max_old_space_size=96"]
            );
        }
    }

    #[test]
    fn the_options_of_a_run_are_kept() {
        let options = ("NODE_OPTIONS", "--no-warnings");
        let all = set(&[ON, options], &[V2, (LIMIT_2, "134217728")]);
        assert_eq!(all[1], "NODE_OPTIONS=--no-warnings --max_old_space_size=96");
        assert_eq!(set(&[ON], &[V2, (LIMIT_2, "134217728")])[1], "NODE_OPTIONS=--max_old_space_size=96");
    }

    #[test]
    fn without_the_flag_only_the_memory_is_told() {
        assert_eq!(set(&[SSL], &[V2, (LIMIT_2, "134217728")]), ["MEMORY_AVAILABLE=128"]);
    }

    #[test]
    fn the_flag_counts_by_its_presence() {
        assert_eq!(set(&[("OPTIMIZE_MEMORY", "")], &[V2, (LIMIT_2, "134217728")]).len(), 2);
    }

    #[test]
    fn no_limit_sets_nothing() {
        let none: [String; 0] = [];
        assert_eq!(set(&[ON], &[V2, (LIMIT_2, "max\n")]), none);
        assert_eq!(set(&[ON], &[V2, (LIMIT_2, "\n")]), none);
        assert_eq!(set(&[ON], &[V2]), none, "a missing file");
        assert_eq!(set(&[ON], &[]), none, "no control group at all");
        assert_eq!(set(&[ON], &[(LIMIT_1, "9223372036854771712")]), none, "version 1, unlimited");
        assert_eq!(set(&[ON], &[(LIMIT_1, "18446744073709551615")]), none);
        assert_eq!(set(&[ON, ("MEMORY_AVAILABLE", "")], &[V2, (LIMIT_2, "134217728")]), none);
        assert_eq!(set(&[ON, ("MEMORY_AVAILABLE", "max")], &[]), none);
    }

    #[test]
    fn a_preset_is_in_bytes_and_wins() {
        let all = set(&[ON, ("MEMORY_AVAILABLE", "268435456")], &[V2, (LIMIT_2, "134217728")]);
        assert_eq!(all, ["MEMORY_AVAILABLE=256", "NODE_OPTIONS=--max_old_space_size=192"]);
        let error = run(&[("MEMORY_AVAILABLE", "512M")], &[]).unwrap_err();
        assert_eq!(error.id(), "node/memory-available-invalid");
    }

    #[test]
    fn a_limit_of_the_user_stays() {
        for option in ["--max-old-space-size=64", "--max_old_space_size=64", "--max-old-space-size-percentage=50"] {
            let options = format!("--no-warnings {option}");
            let all = set(&[ON, ("NODE_OPTIONS", &options)], &[V2, (LIMIT_2, "134217728")]);
            assert_eq!(all, ["MEMORY_AVAILABLE=128"], "{option}");
        }
    }

    #[test]
    fn the_share_can_be_chosen() {
        let files = [V2, (LIMIT_2, "134217728")];
        let with = |percent| set(&[ON, ("BPL_NODE_HEAP_PERCENT", percent)], &files)[1].clone();
        assert_eq!(with("50"), "NODE_OPTIONS=--max_old_space_size=64");
        assert_eq!(with(""), "NODE_OPTIONS=--max_old_space_size=96");
        for wrong in ["0", "101", "75%", "-1"] {
            let error = run(&[ON, ("BPL_NODE_HEAP_PERCENT", wrong)], &files).unwrap_err();
            assert_eq!(error.id(), "node/heap-percent-invalid", "{wrong}");
        }
    }

    #[test]
    fn a_container_too_small_for_a_heap_gets_no_option() {
        assert_eq!(set(&[ON], &[V2, (LIMIT_2, "1048576")]), ["MEMORY_AVAILABLE=1"]);
    }
}
