//! The notice that a version reaches its end of life (paketo-buildpacks/packit
//! `scribe/emitter.go`).

use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};

use super::Dependency;

/// How long before the date the notice begins.
const WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Dependency {
    /// The lines to log when the end of life lies less than 30 days ahead, or behind.
    pub fn deprecation(&self, now: SystemTime) -> Option<Vec<String>> {
        let date = self.deprecation_date?;
        // A clock that no calendar knows is wrong in the far future or the far past: no notice then.
        let now = Timestamp::try_from(now).ok()?;
        let (version, name) = (&self.version, &self.name);
        if now >= date {
            return Some(vec![
                format!("Version {version} of {name} is deprecated."),
                format!("Migrate your application to a supported version of {name}."),
            ]);
        }
        (date.duration_since(now) <= WINDOW).then(|| {
            vec![
                format!("Version {version} of {name} will be deprecated after {}.", date.strftime("%Y-%m-%d")),
                format!("Migrate your application to a supported version of {name} before this time."),
            ]
        })
    }
}
