//! How much memory there is: the container's limit, else what the machine has left
//! (paketo-buildpacks/libjvm, `helper/memory_calculator.go`).

use std::io::ErrorKind;

use libpack::log::at_launch;

use super::size::{GIB, KIB, MIB, Size, TIB};
use crate::launch::container::Container;
use crate::launch::options::warn;

const LIMIT_1: &str = "/sys/fs/cgroup/memory/memory.limit_in_bytes";
const LIMIT_2: &str = "/sys/fs/cgroup/memory.max";
const MEMINFO: &str = "/proc/meminfo";

/// From here on the number of version 1 means "no limit": the largest number of whole pages, whatever their size.
const UNLIMITED: i64 = i64::MAX - MIB;
const LARGEST: i64 = 64 * TIB;

/// The memory to be shared out.
pub fn total(container: &Container) -> Size {
    let limit = limit(container, LIMIT_1).filter(|size| size.0 < UNLIMITED).or_else(|| limit(container, LIMIT_2));
    let total = limit.or_else(|| available(container)).unwrap_or_else(|| {
        warn("Unable to determine memory limit. Configuring JVM for 1G container.");
        Size(GIB)
    });
    if total.0 > LARGEST {
        warn("Container memory limit too large. Configuring JVM for 64T container.");
        return Size(LARGEST);
    }
    total
}

fn limit(container: &Container, path: &str) -> Option<Size> {
    let text = match container.read(path) {
        Ok(text) => text,
        Err(error) => {
            if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) {
                warn(&format!("Unable to read {path}: {error}"));
            }
            return None;
        }
    };
    let text = text.trim();
    let size = Size::parse(text);
    if size.is_none() && text != "max" {
        warn(&format!("Unable to convert memory limit {text:?} from path {path:?} to a size"));
    }
    size
}

fn available(container: &Container) -> Option<Size> {
    let text = container.text(MEMINFO)?;
    let value = text.lines().find_map(|line| line.trim_start().strip_prefix("MemAvailable:"))?.trim();
    let end = value.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(value.len());
    let (number, unit) = value.split_at(end);
    let unit = match unit.trim() {
        "kB" | "KB" | "KiB" => KIB,
        "MB" | "MiB" => MIB,
        "GB" | "GiB" => GIB,
        "TB" | "TiB" => TIB,
        "B" | "" => 1,
        _ => return None,
    };
    let size = Size(number.parse::<i64>().ok()?.saturating_mul(unit));
    at_launch(&format!("Calculating JVM memory based on {size} available memory"));
    Some(size)
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::Place;
    use super::*;

    fn of(files: &[(&str, &str)]) -> String {
        total(&Place::with(files).container()).to_string()
    }

    #[test]
    fn version_1_stands_before_version_2_and_both_before_the_machine() {
        let meminfo = (MEMINFO, "MemTotal:  16000000 kB\nMemFree:  1 kB\nMemAvailable:    2097152 kB\n");
        assert_eq!(of(&[(LIMIT_1, "10737418240\n"), (LIMIT_2, "1G"), meminfo]), "10G");
        assert_eq!(of(&[(LIMIT_1, "9223372036854771712\n"), (LIMIT_2, "536870912\n"), meminfo]), "512M");
        assert_eq!(
            of(&[(LIMIT_1, "9223372036854710272"), (LIMIT_2, "11811160064"), meminfo]),
            "11G",
            "pages of 64 KiB"
        );
        assert_eq!(of(&[(LIMIT_1, "?"), (LIMIT_2, "max\n"), meminfo]), "2G");
        assert_eq!(of(&[(LIMIT_2, "512m")]), "512M");
    }

    #[test]
    fn without_a_word_it_is_1_gib_and_more_than_64_tib_nothing_has() {
        assert_eq!(of(&[]), "1G");
        assert_eq!(of(&[(LIMIT_1, "9223372036854771712")]), "1G");
        assert_eq!(of(&[(MEMINFO, "MemAvailable: 12 parsec")]), "1G");
        assert_eq!(of(&[(MEMINFO, "MemAvailable:\t3 GiB")]), "3G");
        assert_eq!(of(&[(LIMIT_1, "70368744177665")]), "64T");
    }
}
