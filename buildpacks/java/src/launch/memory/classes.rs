//! How many classes a JVM will load: a share of those that are there (paketo-buildpacks/libjvm,
//! `helper/memory_calculator.go`).

use std::path::{Path, PathBuf};

use libpack::log::at_launch;
use libpack::world::Variables;
use libpack::{Error, Result};

use super::regions::{float, truncate};
use super::{integer, problem};
use crate::class_count::{Inventory, of_archive};
use crate::launch::container::Container;
use crate::launch::options::{flags, setting, warn};

/// The folder that is counted, and what was found there when the image was built.
pub const PATH: &str = "BPI_APPLICATION_PATH";
pub const COUNT: &str = "BPI_APPLICATION_CLASS_COUNT";
pub const FINGERPRINT: &str = "BPI_APPLICATION_FINGERPRINT";
/// Archives in it that the build did not count, with `:` between them.
pub const LINKED: &str = "BPI_APPLICATION_LINKED";
/// What the JVM itself brings.
const OF_JVM: &str = "BPI_JVM_CLASS_COUNT";
const ADJUSTMENT: &str = "BPL_JVM_CLASS_ADJUSTMENT";

/// A whole JDK, for an image that does not say what its JVM brings.
const WHOLE_JDK: i64 = 27_045;

/// The number of classes to calculate with.
/// Errors, with the strict switch only: `java/memory-setting`.
pub fn loaded(variables: &Variables, container: &Container) -> Result<i64> {
    if let Some(count) = integer(variables, "BPL_JVM_LOADED_CLASS_COUNT")? {
        return Ok(count);
    }
    let jvm = match integer(variables, OF_JVM)? {
        Some(count) => count,
        None => missing(variables, OF_JVM).map(|()| WHOLE_JDK)?,
    };
    if variables.get(PATH).is_none() {
        missing(variables, PATH)?;
    }
    let app = application(variables, container)?;
    let agents = agents(variables);
    let (factor, fixed) = adjustment(variables)?;
    let sum = [app, agents, fixed].iter().fold(jvm, |sum, count| sum.saturating_add(*count));
    if tells_much(variables) {
        at_launch(&format!("Memory Calculation: ({factor}% * ({jvm} + {app} + {agents} + {fixed})) * 0.35"));
    }
    Ok(truncate(float(sum) * (float(factor) / 100.0) * 0.35))
}

fn missing(variables: &Variables, name: &str) -> Result<()> {
    problem(
        variables,
        Error::user("java/memory-setting", format!("${name} must be set"))
            .hint(format!("Keep ${name} as the image sets it.")),
    )
}

/// The application's classes: as counted at build, unless something changed since.
fn application(variables: &Variables, container: &Container) -> Result<i64> {
    let folder = setting(variables, PATH).map_or_else(|| container.folder.clone(), PathBuf::from);
    let mut inventory = Inventory::of(&folder)?;
    let linked = setting(variables, LINKED).unwrap_or_default();
    let of_linked: u64 =
        inventory.leave_out(linked.split(':').map(Path::new)).iter().filter_map(|path| of_archive(path)).sum();
    let known = setting(variables, COUNT).and_then(|count| count.parse::<u64>().ok());
    let unchanged = setting(variables, FINGERPRINT).is_some_and(|known| known == inventory.fingerprint());
    let others = known.filter(|_| unchanged).unwrap_or_else(|| inventory.count());
    Ok(i64::try_from(others.saturating_add(of_linked)).unwrap_or(i64::MAX))
}

/// The classes of the agents that the flags name.
fn agents(variables: &Variables) -> i64 {
    let flags = flags(variables);
    let paths = flags.iter().filter_map(|flag| flag.strip_prefix("-javaagent:")?.split('=').next());
    let (mut count, mut gone) = (0_u64, 0);
    for path in paths {
        match of_archive(Path::new(path)) {
            Some(classes) => count += classes,
            None => gone += 1,
        }
    }
    if gone > 0 {
        warn(&format!("Skipping {gone} Java agents, which are missing or no archives, while counting classes"));
    }
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// `N%` of all, or N more.
fn adjustment(variables: &Variables) -> Result<(i64, i64)> {
    let Some(text) = setting(variables, ADJUSTMENT) else { return Ok((100, 0)) };
    let (number, what) = match text.strip_suffix('%') {
        Some(percent) => (percent.parse::<u32>().ok().map(|percent| (i64::from(percent), 0)), "a percentage"),
        None => (text.parse().ok().map(|count| (100, count)), "an integer"),
    };
    if number.is_none() {
        let error = Error::user("java/memory-setting", format!("unable to parse ${ADJUSTMENT} {text} as {what}"));
        let hint = format!("Set {ADJUSTMENT} to a share such as 110%, or to a number of classes.");
        problem(variables, error.hint(hint))?;
    }
    Ok(number.unwrap_or((100, 0)))
}

fn tells_much(variables: &Variables) -> bool {
    let debug = setting(variables, "BP_LOG_LEVEL").is_some_and(|level| level.eq_ignore_ascii_case("debug"));
    debug || setting(variables, "BP_DEBUG").is_some()
}
