//! Lines with long-term support: which is the newest, and what an open range means.

use std::time::SystemTime;

use libpack::Result;
use libpack::context::{BuildCx, Surroundings};
use libpack::dependency::Dependencies;
use libpack::plan::Choice;

use crate::node_engine;

/// When the newest lines become long-term support, in seconds since 1970 (nodejs/Release,
/// `schedule.json`). Even lines before them are; odd ones never will be.
const BECOME_LTS: [(u64, u64); 1] = [(26, 1_793_145_600)];

/// The newest long-term-support line that the buildpack carries.
pub fn newest(around: &Surroundings) -> Result<u32> {
    let now = around.world().clock.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let is_lts = |line: u64| {
        let since = BECOME_LTS.iter().find(|(known, _)| *known <= line).map_or(0, |(_, since)| *since);
        line.is_multiple_of(2) && since <= now
    };
    let rows = Dependencies::from_descriptor(around.descriptor())?;
    let lines = rows.rows().iter().filter(|row| row.id == node_engine::NODE).map(|row| row.version.major());
    Ok(lines.filter(|line| is_lts(*line)).max().and_then(|line| line.try_into().ok()).unwrap_or_default())
}

/// Open ranges such as `>=18` would take the newest line, also one that is no long-term-support line
/// (yet): that is said, and with `BP_NODE_PREFER_LTS` the newest long-term-support line is taken.
/// Errors: `settings/not-a-boolean`.
pub fn on_a_line(cx: &BuildCx<'_>, mut choice: Choice) -> Result<Choice> {
    let prefer = cx.settings().flag("BP_NODE_PREFER_LTS")?;
    let Some(chosen) = &mut choice.chosen else { return Ok(choice) };
    // What cannot be chosen is told where it is resolved.
    let lts = u64::from(newest(cx)?);
    let Ok(newest) = cx.choose(node_engine::NODE, &chosen.version) else { return Ok(choice) };
    let groups = chosen.version.split("||").map(|group| format!("{} <{}", group.trim(), lts + 1));
    let narrow = groups.collect::<Vec<_>>().join(" || ");
    let supported = cx.choose(node_engine::NODE, &narrow).ok().filter(|_| newest.version.major() > lts);
    if let (Some(_), true) = (&supported, prefer) {
        chosen.version = narrow;
    } else if let Some(supported) = supported {
        let (newest, supported) = (&newest.version, &supported.version);
        cx.log().warning(format!(
            "Node.js {newest} is on no long-term-support line; BP_NODE_PREFER_LTS=true would take {supported}"
        ));
    }
    Ok(choice)
}
