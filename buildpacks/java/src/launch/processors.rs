//! `active-processor-count`, before Java 17: what the JVM takes the number of its threads from
//! (paketo-buildpacks/libjvm, `helper/active_processor_count.go`).

use libpack::log::at_launch;
use libpack::world::Variables;

use super::container::Container;
use super::options::{Set, append_flags, has};

const FLAG: &str = "-XX:ActiveProcessorCount=";

/// As many as the process may run on, or as the container's share of time is worth when that is less: old JVMs
/// count the machine's, and start a compiler and a collector for each.
pub fn count(variables: &Variables, container: &Container) -> Set {
    let Some(count) = available(container).filter(|_| !has(variables, FLAG)) else {
        return Set::new();
    };
    at_launch(&format!("Setting Active Processor Count to {count}"));
    append_flags(variables, &[format!("{FLAG}{count}")])
}

fn available(container: &Container) -> Option<u64> {
    let status = container.text("/proc/self/status")?;
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    let affinity = list.trim().split(',').map(range).sum::<Option<u64>>()?;
    Some(quota(container).map_or(affinity, |quota| quota.min(affinity)).max(1))
}

/// How many are in `3` or `0-7`.
fn range(text: &str) -> Option<u64> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    last.checked_sub(first)?.checked_add(1)
}

/// The container's share in whole processors, rounded up as newer JVMs do; none without a limit.
fn quota(container: &Container) -> Option<u64> {
    let limit = container.text("/sys/fs/cgroup/cpu.max").or_else(|| {
        let part = |name| container.text(&format!("/sys/fs/cgroup/cpu/cpu.cfs_{name}_us"));
        Some(format!("{} {}", part("quota")?.trim(), part("period")?.trim()))
    })?;
    // Without a limit it is `max` or -1, which is no number here.
    let (quota, period) = limit.trim().split_once(' ')?;
    let (quota, period): (u64, u64) = (quota.parse().ok()?, period.parse().ok()?);
    (period > 0).then(|| quota.div_ceil(period))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Place, options};
    use super::*;

    const STATUS: (&str, &str) =
        ("/proc/self/status", "Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t0-3,8,10-11\n");

    fn counted(files: &[(&str, &str)]) -> String {
        let place = Place::with(files);
        options(&count(&Variables::default(), &place.container()))
    }

    #[test]
    fn the_processors_of_the_process_count() {
        assert_eq!(counted(&[STATUS]), "-XX:ActiveProcessorCount=7");
        assert_eq!(counted(&[STATUS, ("/sys/fs/cgroup/cpu.max", "max 100000\n")]), "-XX:ActiveProcessorCount=7");
        assert_eq!(counted(&[]), "");
    }

    #[test]
    fn a_smaller_share_of_time_counts_instead() {
        for (limit, count) in [("150000 100000\n", 2), ("50000 100000", 1), ("900000 100000", 7)] {
            let files = [STATUS, ("/sys/fs/cgroup/cpu.max", limit)];
            assert_eq!(counted(&files), format!("-XX:ActiveProcessorCount={count}"), "{limit}");
        }
        let v1 = |quota| {
            let folder = "/sys/fs/cgroup/cpu/cpu.cfs_";
            counted(&[STATUS, (&format!("{folder}quota_us"), quota), (&format!("{folder}period_us"), "100000\n")])
        };
        assert_eq!(v1("300000\n"), "-XX:ActiveProcessorCount=3");
        assert_eq!(v1("-1\n"), "-XX:ActiveProcessorCount=7");
    }

    #[test]
    fn the_users_number_stays() {
        let variables = [("JAVA_TOOL_OPTIONS", "-XX:ActiveProcessorCount=5")].into_iter().collect();
        assert!(count(&variables, &Place::with(&[STATUS]).container()).is_empty());
    }
}
