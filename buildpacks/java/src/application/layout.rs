//! An application in layers: moved there from the app folder, with links in its place.
//!
//! The layer `application` is the whole application as one sees it: its own files, and links to the parts that lie in
//! layers of their own. The app folder holds one link per entry of it. All links are relative, since platforms put
//! the app folder and the layers elsewhere together (docs/platforms.md R13).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use libpack::context::{BuildCx, LayerRequest, NewLayer};
use libpack::fs::{self, normal, relative};
use libpack::layer::{Flags, Key};
use libpack::sbom::{self, Sbom, Subject};
use libpack::{Result, checksum};

use super::assembly::{APPLICATION, Assembly, Part};
use super::facts::{Facts, PartFact};

/// An application that is being moved.
struct Layout<'a, 'c> {
    cx: &'a BuildCx<'c>,
    flags: Flags,
    app: &'a Path,
    /// Where the application's layer lies.
    whole: PathBuf,
}

/// Moves an application into its layers, and notes in the facts what there is.
pub fn move_to_layers(
    cx: &BuildCx<'_>,
    flags: Flags,
    layer: &NewLayer,
    assembly: &Assembly<'_>,
    facts: &mut Facts,
) -> Result<()> {
    let layout = Layout { cx, flags, app: cx.app(), whole: layer.path().to_path_buf() };
    let parts = layout.compact(assembly)?;
    // All are asked for their neighbours before any is moved.
    let around = parts.iter().map(|part| layout.neighbours(part)).collect::<Result<Vec<_>>>()?;
    for (part, neighbours) in parts.iter().zip(&around) {
        facts.parts.push(layout.move_part(part, neighbours)?);
    }
    let linked = parts.iter().flat_map(|part| &part.paths).chain(assembly.links.iter().map(|(path, _)| path));
    let mut entries: BTreeSet<String> = linked.filter_map(|path| first_name(path)).collect();
    for name in fs::list(layout.app)? {
        if layout.move_entry(&name)? {
            entries.insert(name);
        } else {
            facts.stays.push(name);
        }
    }
    facts.entries = entries.into_iter().collect();
    describe(layer)?;
    for part in &parts {
        for path in &part.paths {
            layout.link(path, &cx.layer_path(&part.layer).join(path))?;
        }
    }
    assembly.links.iter().try_for_each(|(path, target)| layout.link(path, target))
}

/// The archives that a layer holds, before there are links to those of others.
fn describe(layer: &NewLayer) -> Result<()> {
    if !layer.is_described() {
        return Ok(());
    }
    let catalog = sbom::java::from_folder(layer.path())?;
    for file in &catalog.unread {
        layer.log().debug(format!("{file} cannot be read: the SBOM has its name only"));
    }
    layer.describe(Sbom::new(Subject::directory(layer.path().display().to_string()), catalog));
    Ok(())
}

fn first_name(path: &Path) -> Option<String> {
    path.components().next().map(|name| name.as_os_str().to_string_lossy().into_owned())
}

/// The request for a part's layer, by what is known of it.
pub fn request(cx: &BuildCx<'_>, flags: Flags, part: &PartFact) -> LayerRequest {
    cx.layer(&part.layer).flags(flags).keyed_by(Key::new().with("content", &part.digest))
}

/// Makes the app folder what it is at launch: a link for every entry of the application, beside what stays.
pub fn place_links(cx: &BuildCx<'_>, facts: &Facts) -> Result<()> {
    let (app, whole) = (cx.app(), cx.layer_path(APPLICATION));
    for name in fs::list(app)?.iter().filter(|name| !facts.stays.contains(name)) {
        fs::remove(&app.join(name))?;
    }
    facts.entries.iter().try_for_each(|name| fs::symlink(&relative(app, &whole).join(name), &app.join(name)))
}

impl Layout<'_, '_> {
    /// The parts with whole folders instead of all that is in them, and each path once.
    fn compact(&self, assembly: &Assembly<'_>) -> Result<Vec<Part>> {
        let mixed: BTreeSet<&Path> = assembly.links.iter().flat_map(|(path, _)| path.ancestors().skip(1)).collect();
        let mut taken: BTreeSet<PathBuf> = BTreeSet::new();
        let mut parts: Vec<Part> = Vec::new();
        for part in &assembly.parts {
            let mut paths = BTreeSet::new();
            part.paths.iter().try_for_each(|path| self.add_leaves(path, &mut paths))?;
            paths.retain(|path| !taken.contains(path));
            taken.extend(paths.iter().cloned());
            match parts.iter_mut().find(|one| one.layer == part.layer) {
                Some(one) => one.paths.extend(paths),
                None => parts.push(Part { paths: paths.into_iter().collect(), ..part.clone() }),
            }
        }
        for part in &mut parts {
            part.paths = self.with_whole_folders(std::mem::take(&mut part.paths), &mixed)?;
        }
        parts.retain(|part| !part.paths.is_empty());
        Ok(parts)
    }

    /// The files and links of a path; nothing for one that is not there.
    fn add_leaves(&self, path: &Path, leaves: &mut BTreeSet<PathBuf>) -> Result<()> {
        match std::fs::symlink_metadata(self.app.join(path)) {
            Ok(metadata) if metadata.is_dir() => {
                let names = fs::list(&self.app.join(path))?;
                names.iter().try_for_each(|name| self.add_leaves(&path.join(name), leaves))
            }
            Ok(_) => {
                leaves.insert(path.to_path_buf());
                Ok(())
            }
            Err(_) => Ok(()),
        }
    }

    fn with_whole_folders(&self, paths: Vec<PathBuf>, mixed: &BTreeSet<&Path>) -> Result<Vec<PathBuf>> {
        let mut paths: BTreeSet<PathBuf> = paths.into_iter().collect();
        // From the deepest folders up: a folder that became whole may complete the one above it.
        let folders = paths.iter().flat_map(|path| path.ancestors().skip(1).map(Path::to_path_buf));
        let mut folders: Vec<PathBuf> = folders.collect::<BTreeSet<_>>().into_iter().collect();
        folders.sort_by_key(|folder| std::cmp::Reverse(folder.components().count()));
        for folder in folders {
            if folder.as_os_str().is_empty() || mixed.contains(folder.as_path()) {
                continue;
            }
            let all: Vec<PathBuf> = fs::list(&self.app.join(&folder))?.iter().map(|name| folder.join(name)).collect();
            if !all.is_empty() && all.iter().all(|path| paths.contains(path)) {
                paths.retain(|path| path.parent() != Some(&*folder));
                paths.insert(folder);
            }
        }
        Ok(paths.into_iter().collect())
    }

    /// What lies around a part's files, to be linked beside them.
    fn neighbours(&self, part: &Part) -> Result<Vec<PathBuf>> {
        if !part.with_neighbours {
            return Ok(Vec::new());
        }
        let on_the_way: BTreeSet<&Path> = part.paths.iter().flat_map(|path| path.ancestors().skip(1)).collect();
        let mut neighbours = Vec::new();
        for folder in &on_the_way {
            let all = fs::list(&self.app.join(folder))?.into_iter().map(|name| folder.join(name));
            neighbours.extend(all.filter(|path| !part.paths.contains(path) && !on_the_way.contains(path.as_path())));
        }
        Ok(neighbours)
    }

    fn move_part(&self, part: &Part, neighbours: &[PathBuf]) -> Result<PartFact> {
        let content = fs::digest(self.app, &part.paths)?;
        let names: Vec<_> = neighbours.iter().map(|path| path.to_string_lossy()).collect();
        let digest = checksum::sha256(format!("{content}\n{}", names.join("\n")).as_bytes()).hex().to_owned();
        let fact = PartFact { layer: part.layer.clone(), digest };
        let layer = request(self.cx, self.flags, &fact).create(|layer| {
            for path in &part.paths {
                self.move_path(path, layer.path(), &part.paths)?;
            }
            describe(layer)?;
            for path in neighbours {
                let link = layer.path().join(path);
                let folder = link.parent().unwrap_or(layer.path());
                fs::symlink(&relative(folder, &self.whole.join(path)), &link)?;
            }
            Ok(())
        })?;
        if layer.reused() {
            part.paths.iter().try_for_each(|path| fs::remove(&self.app.join(path)))?;
        }
        Ok(fact)
    }

    /// Whether the entry was moved: one that is a link to somebody else's layer stays.
    fn move_entry(&self, name: &str) -> Result<bool> {
        let entry = self.app.join(name);
        let target = std::fs::read_link(&entry);
        if target.is_ok_and(|target| !normal(&self.app.join(target)).starts_with(self.app)) {
            return Ok(false);
        }
        self.move_path(Path::new(name), &self.whole, &[])?;
        Ok(true)
    }

    /// Moves a file or folder to its place below a layer; links in it go on leading where they led. `along` moves to
    /// the same layer.
    fn move_path(&self, path: &Path, layer: &Path, along: &[PathBuf]) -> Result<()> {
        let (from, to) = (self.app.join(path), layer.join(path));
        let Ok(target) = std::fs::read_link(&from) else {
            let link = |below: &Path, target: &Path| self.moved_target(&path.join(below), target, layer, along);
            return fs::move_tree(&from, &to, &link);
        };
        fs::symlink(&self.moved_target(path, &target, layer, along).unwrap_or(target), &to)?;
        fs::remove(&from)
    }

    /// What a link reads in its new place; none when it stays right as it is.
    fn moved_target(&self, link: &Path, target: &Path, layer: &Path, along: &[PathBuf]) -> Option<PathBuf> {
        let folder = link.parent().unwrap_or(Path::new(""));
        let leads_to = normal(&self.app.join(folder).join(target));
        let to = match leads_to.strip_prefix(self.app) {
            _ if target.is_absolute() => return None,
            // The application's own layer shows everything at its place.
            Ok(_) if layer == self.whole => return None,
            Ok(inside) if along.iter().any(|path| inside.starts_with(path)) => return None,
            Ok(inside) => self.whole.join(inside),
            Err(_) => leads_to,
        };
        Some(relative(&layer.join(folder), &to))
    }

    /// A link in the application's layer.
    fn link(&self, path: &Path, target: &Path) -> Result<()> {
        let link = self.whole.join(path);
        let folder = link.parent().unwrap_or(&self.whole);
        fs::symlink(&relative(folder, target), &link)
    }
}
