//! `memory-calculator`: shares the container's memory out to the JVM's regions (paketo-buildpacks/libjvm,
//! `helper/memory_calculator.go`, `calc`).

mod classes;
mod plan;
mod regions;
mod size;
mod total;

use libpack::log::at_launch;
use libpack::world::Variables;
use libpack::{Error, Result};

use super::container::Container;
use super::options::{STRICT, Set, append_flags, flags, is_on, setting, warn};
use plan::Plan;
use regions::{Amount, Regions};

#[cfg(test)]
use classes::PATH;
pub use classes::{COUNT, FINGERPRINT, LINKED};

/// Set for later steps where regions had to be made smaller.
pub const LOW_MEMORY: &str = "BPI_JVM_LOW_MEMORY";
/// How many threads the kind of application was found to need: a `BPL_JVM_THREAD_COUNT` that says the same is not the
/// user's word, and may shrink.
pub const APPLICATION_THREADS: &str = "BPI_APPLICATION_THREAD_COUNT";
/// The number of threads to have memory for.
pub const THREADS: &str = "BPL_JVM_THREAD_COUNT";

const DEFAULT_THREADS: i64 = 250;

/// The flags that the user did not set.
/// Errors: `java/memory` when the JVM could not run, and with the strict switch `java/memory-setting`.
pub fn calculate(variables: &Variables, container: &Container) -> Result<Set> {
    let total = total::total(container);
    let classes = classes::loaded(variables, container)?;
    let headroom = headroom(variables)?;
    let usual = Regions::new(total, headroom, threads(variables)?, classes, &flags(variables));
    let Plan { regions, heap, less } = plan::plan(&usual, is_on(variables, STRICT))?;
    if !less.is_empty() {
        at_launch(&format!(
            "Low memory: {total} are too few for the usual regions, which require {}. Reduced: {}. {STRICT}=true fails instead.",
            size::Size(usual.non_heap()),
            less.join(", ")
        ));
    }
    let added = regions.flags(heap);
    at_launch(&format!(
        "Calculated JVM Memory Configuration: {} (Total Memory: {total}, Thread Count: {}, Loaded Class Count: {classes}, Headroom: {headroom}%)",
        added.join(" "),
        regions.threads.value
    ));
    let mut set = if added.is_empty() { Set::new() } else { append_flags(variables, &added) };
    if !less.is_empty() {
        set.insert(LOW_MEMORY.to_owned(), "true".to_owned());
    }
    Ok(set)
}

fn headroom(variables: &Variables) -> Result<i64> {
    let (name, deprecated) = ("BPL_JVM_HEAD_ROOM", "BPL_JVM_HEADROOM");
    if setting(variables, deprecated).is_some() {
        warn(&format!("${deprecated} is deprecated, use ${name}"));
    }
    let name = if setting(variables, name).is_some() { name } else { deprecated };
    Ok(integer(variables, name)?.unwrap_or(0))
}

fn threads(variables: &Variables) -> Result<Amount> {
    let Some(count) = integer(variables, THREADS)? else { return Ok(Amount::default(DEFAULT_THREADS)) };
    let found = setting(variables, APPLICATION_THREADS) == setting(variables, THREADS);
    Ok(if found { Amount::default(count) } else { Amount::user(count) })
}

/// A setting that is a number; none when it is not set or, with a warning, when it is no number.
fn integer(variables: &Variables, name: &str) -> Result<Option<i64>> {
    let Some(text) = setting(variables, name) else { return Ok(None) };
    if let Ok(number) = text.parse() {
        return Ok(Some(number));
    }
    let error = Error::user("java/memory-setting", format!("unable to convert ${name}={text} to integer"));
    problem(variables, error.hint(format!("Set {name} to a whole number, or unset it.")))?;
    Ok(None)
}

/// Something that is no reason not to start: a warning, or an error where the user wants Paketo's strictness.
fn problem(variables: &Variables, error: Error) -> Result<()> {
    if is_on(variables, STRICT) {
        return Err(error);
    }
    warn(&format!("{}: the default is used", error.message()));
    Ok(())
}

#[cfg(test)]
mod tests;
