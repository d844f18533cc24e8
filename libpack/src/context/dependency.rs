//! Dependencies as a component asks for them: choose, log, install.

use std::path::Path;

use super::layers::new_layer_at;
use super::{BuildCx, NewLayer};
use crate::archive::{Unpack, unpack_file};
use crate::dependency::{Dependencies, Dependency, names};
use crate::plan::Choice;
use crate::source::Fetched;
use crate::{Blame, Error, Result, fs};

impl BuildCx<'_> {
    /// Chooses the version that the plan asks for, and logs who asked, what was chosen, and when its
    /// maintainers stop.
    pub fn resolve(&self, id: &str, choice: &Choice) -> Result<Dependency> {
        let dependency = self.choose(id, choice.constraint()).map_err(|error| asked_by(choice, error))?;
        let (log, name) = (self.log(), &dependency.name);
        log.process(format!("Resolving {name} version"));
        if !choice.candidates.is_empty() {
            log.subprocess("Candidate version sources (in priority order):");
            let width = choice.candidates.iter().map(|one| one.source.len()).max().unwrap_or_default();
            for one in &choice.candidates {
                log.action(format!("{:width$} -> {:?}", one.source, one.version));
            }
            log.blank();
        }
        log.subprocess(format!("Selected {name} version (using {}): {}", choice.source(), dependency.version));
        for line in dependency.deprecation(self.world().clock.now()).into_iter().flatten() {
            log.subprocess(line);
        }
        log.blank();
        Ok(dependency)
    }

    /// Chooses without a word in the log.
    pub fn choose(&self, id: &str, constraint: &str) -> Result<Dependency> {
        let stack = self.variable("CNB_STACK_ID");
        let resolved = self.dependencies()?.resolve(id, constraint, self.target(), stack.as_deref())?;
        let places = resolved.dependency.wanted().places;
        for checksum in places.iter().filter_map(|place| place.checksum.as_ref()) {
            self.session().downloads.iter().for_each(|downloads| downloads.want(checksum.hex()));
        }
        Ok(resolved.dependency)
    }

    /// Whether the buildpack carries any version of `id`.
    pub fn carries(&self, id: &str) -> bool {
        self.dependencies().is_ok_and(|all| all.rows().iter().any(|row| row.id == id))
    }

    /// Installs into a folder that is no layer, for what a step needs while it runs; see
    /// [`NewLayer::install_at`].
    pub fn install_at(&self, dependency: &Dependency, folder: &Path, keep: Option<Keep<'_>>) -> Result<()> {
        new_layer_at(self.session(), folder.to_path_buf(), self.log().clone()).install_at(dependency, folder, keep)
    }

    fn dependencies(&self) -> Result<Dependencies> {
        Dependencies::from_descriptor(self.descriptor())
    }
}

/// The same error, naming who asked for what cannot be had.
fn asked_by(choice: &Choice, error: Error) -> Error {
    let (Some(chosen), Blame::User) = (&choice.chosen, error.blame()) else { return error };
    let named = Error::user(error.id(), format!("{}: {}", chosen.source, error.message()));
    match error.next_step() {
        Some(hint) => named.hint(hint),
        None => named,
    }
}

/// Asked with each path of an archive; what it refuses is never written.
pub type Keep<'a> = &'a (dyn Fn(&Path) -> bool + Sync);

/// How a dependency is installed.
#[derive(Clone, Copy, Default)]
pub struct Install<'a> {
    /// Below the layer; its root otherwise.
    pub into: &'a str,
    /// What of it; everything otherwise.
    pub keep: Option<Keep<'a>>,
}

impl NewLayer {
    /// Fetches, checks and unpacks a dependency. Nothing is unpacked before its checksum matched.
    pub fn install(&self, dependency: &Dependency, how: Install<'_>) -> Result<()> {
        self.install_at(dependency, &self.path().join(how.into), how.keep)
    }

    /// Fetches and checks a dependency that is one file, such as a jar, and puts it below the layer as it is.
    pub fn install_file(&self, dependency: &Dependency, name: &str) -> Result<()> {
        let (log, clock) = (self.log(), &self.session().around.world().clock);
        let start = clock.now();
        let fetched = self.fetch(dependency)?;
        let path = self.path().join(name);
        fs::copy_file(&fetched.path, &path)?;
        fs::make_readable(&path)?;
        log.completed(clock.now().duration_since(start).unwrap_or_default());
        Ok(())
    }

    fn fetch(&self, dependency: &Dependency) -> Result<Fetched> {
        let (session, log) = (self.session(), self.log());
        log.subprocess(format!("Installing {} {}", dependency.name, dependency.version));
        session.sources.fetch(&dependency.wanted(), session.around.world(), &mut |line| log.action(line))
    }

    /// As [`Self::install`], into any folder that is empty or not there: for what is moved into the layer
    /// afterwards, because another job fills the folders around it.
    pub fn install_at(&self, dependency: &Dependency, root: &Path, keep: Option<Keep<'_>>) -> Result<()> {
        let (log, clock) = (self.log(), &self.session().around.world().clock);
        let start = clock.now();
        let fetched = self.fetch(dependency)?;
        let options = Unpack {
            strip_components: fetched.strip_components,
            names: names(fetched.layout.as_deref())?,
            keep,
            ..Unpack::default()
        };
        unpack_file(&fetched.path, root, options).map_err(|error| {
            let message = format!("{} {} could not be unpacked", dependency.name, dependency.version);
            Error::user("dependency/unpack", message)
                .hint("The archive is not what the buildpack expects: compare its row in buildpack.toml with what the address serves.")
                .because(error)
        })?;
        log.completed(clock.now().duration_since(start).unwrap_or_default());
        Ok(())
    }
}
