use std::collections::BTreeMap;

use crate::Result;
use crate::component::{Buildpack, Member, Verdict};
use crate::context::{DetectCx, Surroundings};
use crate::plan::{Alternative, Joined, compose};

/// What detection found.
#[derive(Debug, Clone, PartialEq)]
pub enum Detected {
    /// It is for us: the plan's alternatives, in order, at least one.
    Pass(Vec<Alternative>),
    /// It is not: each component's reason.
    Fail(BTreeMap<String, String>),
}

/// Asks every component of the groups, and lays the alternatives of the group that takes the app
/// before those of the components that only provide.
pub fn detect(buildpack: &Buildpack, around: &Surroundings) -> Result<Detected> {
    let mut asked = Asked { around, verdicts: BTreeMap::new() };
    let mut alternatives = Vec::new();
    for group in &buildpack.groups {
        if let Some(joined) = asked.join(group)? {
            alternatives = compose(buildpack.id, &joined, &asked.declined(group), false);
            break;
        }
    }
    for group in &buildpack.providers {
        if let Some(joined) = asked.join(group)? {
            for one in compose(buildpack.id, &joined, &asked.all_declined(), true) {
                if !alternatives.contains(&one) {
                    alternatives.push(one);
                }
            }
        }
    }
    for (name, reason) in asked.all_declined() {
        around.log().subprocess(format!("{name}: {reason}"));
    }
    if alternatives.is_empty() { Ok(Detected::Fail(asked.all_declined())) } else { Ok(Detected::Pass(alternatives)) }
}

/// Every component is asked once, even when several groups have it.
struct Asked<'a> {
    around: &'a Surroundings,
    verdicts: BTreeMap<&'static str, Verdict>,
}

impl Asked<'_> {
    /// The members that join, or nothing when a required one declines.
    fn join<'m>(&mut self, group: &'m [Member]) -> Result<Option<Vec<Joined<'m>>>> {
        let mut joined = Vec::new();
        for member in group {
            match self.ask(member)? {
                Verdict::Join(plan) => {
                    joined.push(Joined { name: member.component.name(), optional: member.optional, plan });
                }
                Verdict::Decline(_) if member.optional => {}
                Verdict::Decline(_) => return Ok(None),
            }
        }
        Ok(Some(joined))
    }

    fn ask(&mut self, member: &Member) -> Result<Verdict> {
        let name = member.component.name();
        if let Some(verdict) = self.verdicts.get(name) {
            return Ok(verdict.clone());
        }
        let verdict = member.component.detect(&DetectCx::new(self.around))?;
        self.verdicts.insert(name, verdict.clone());
        Ok(verdict)
    }

    fn declined(&self, group: &[Member]) -> BTreeMap<String, String> {
        let mut declined = self.all_declined();
        declined.retain(|name, _| group.iter().any(|member| member.component.name() == name));
        declined
    }

    fn all_declined(&self) -> BTreeMap<String, String> {
        let reason = |verdict: &Verdict| match verdict {
            Verdict::Decline(reason) => Some(reason.clone()),
            Verdict::Join(_) => None,
        };
        let all = self.verdicts.iter();
        all.filter_map(|(name, verdict)| Some(((*name).to_owned(), reason(verdict)?))).collect()
    }
}
