//! From regions to a configuration that the JVM can run with, or to a message that says what to set.

use libpack::{Error, Result};

use super::regions::{Regions, USEFUL_HEAP};
use super::size::{MIB, Size};
use crate::launch::options::STRICT;

/// The least metaspace that is worth proposing: a JVM that prints a line is content with it.
const LEAST_METASPACE: i64 = 12 * MIB;
/// Where a search for enough memory ends, in MiB.
const ENOUGH: i64 = 64 * 1024;

/// A configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub regions: Regions,
    pub heap: i64,
    /// What was made smaller, for people; empty when nothing was.
    pub less: Vec<String>,
}

/// Shares the memory out: with the usual regions where they leave a useful heap, else with smaller ones.
///
/// Errors: `java/memory`, with Paketo's words.
pub fn plan(usual: &Regions, strict: bool) -> Result<Plan> {
    let failed = match attempt(usual, strict) {
        Ok(plan) => return Ok(plan),
        Err(failed) => failed,
    };
    let (reduced, words) = *failed;
    Err(Error::user("java/memory", "unable to calculate memory configuration")
        .because(Error::user("java/memory-regions", words))
        .hint(advice(usual, &reduced, strict)))
}

/// A plan, or the regions that do not fit and the words for it.
fn attempt(usual: &Regions, strict: bool) -> Result<Plan, Box<(Regions, String)>> {
    let first = usual.heap();
    let useful = |heap: i64| usual.heap.is_some() || heap >= USEFUL_HEAP;
    if let Ok(heap) = first
        && (strict || useful(heap))
    {
        return Ok(Plan { regions: usual.clone(), heap, less: Vec::new() });
    }
    let reduced = if strict { usual.clone() } else { usual.reduced() };
    match reduced.heap() {
        Ok(heap) if useful(heap) || reduced == *usual => {
            let less = reduced.less_than(usual);
            Ok(Plan { regions: reduced, heap, less })
        }
        Ok(heap) => {
            let words = format!("only {} of {} are left for the heap", Size(heap), usual.total);
            Err(Box::new((reduced, words)))
        }
        Err(words) => Err(Box::new((reduced, words))),
    }
}

/// What to set, each of it enough by itself.
fn advice(usual: &Regions, reduced: &Regions, strict: bool) -> String {
    let mut ways = Vec::new();
    if let Some(enough) = enough(usual, strict) {
        ways.push(format!("give the container at least {enough}"));
    }
    // What one region may have when all others keep theirs.
    let heap = reduced.heap.unwrap_or(USEFUL_HEAP);
    let room = |region: i64| {
        let others = reduced.non_heap().saturating_add(heap).saturating_sub(region);
        reduced.total.0.saturating_sub(others)
    };
    let whole = |room: i64| Size(room / MIB * MIB);
    let metaspace = room(reduced.metaspace.value);
    if metaspace >= LEAST_METASPACE {
        let size = whole(metaspace);
        ways.push(format!(
            "set JAVA_TOOL_OPTIONS=-XX:MaxMetaspaceSize={size} if the app needs no more for its classes"
        ));
    }
    let threads = room(reduced.threads.value.saturating_mul(reduced.stack.value)) / reduced.stack.value.max(1);
    if reduced.threads.by_user && threads >= 1 {
        ways.push(format!("set BPL_JVM_THREAD_COUNT={threads}"));
    }
    if let Some(heap) = reduced.heap
        && room(heap) >= USEFUL_HEAP
    {
        ways.push(format!("set -Xmx{} in place of -Xmx{}", whole(room(heap)), Size(heap)));
    }
    if strict && attempt(usual, false).is_ok() {
        ways.push(format!("unset {STRICT}, so that the regions shrink with the container"));
    }
    let text = ways.join(", or ");
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => {
            "Lower the memory that JAVA_TOOL_OPTIONS, BPL_JVM_THREAD_COUNT and BPL_JVM_HEAD_ROOM ask for.".to_owned()
        }
    }
}

/// The least container in which these demands fit, in whole MiB.
fn enough(usual: &Regions, strict: bool) -> Option<Size> {
    let first = usual.total.0 / MIB + 1;
    let sizes = (first..=ENOUGH).map(|mebibytes| Size(mebibytes * MIB));
    sizes.into_iter().find(|total| {
        attempt(&Regions { total: *total, ..usual.clone() }, strict).is_ok_and(|plan| plan.heap >= USEFUL_HEAP)
    })
}

#[cfg(test)]
mod tests;
