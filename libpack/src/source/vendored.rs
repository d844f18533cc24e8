//! What the buildpack carries itself: packit's layout (`dependencies/<hash>`, a file, which the row
//! names as `file:///dependencies/<hash>`) and libpak's (`dependencies/<hash>/<file>`), also below
//! `<os>/<arch>/` (paketo-buildpacks/packit `cargo`, libpak `dependency_cache.go`).

use std::path::{Component, Path, PathBuf};

use super::{Fetched, Place, Sources, Wanted};
use crate::checksum::{Checksum, hash_file};
use crate::{Error, Result};

impl Sources {
    /// The file in the buildpack. The error is `dependency/checksum`: a package that is damaged is
    /// not healed by a download.
    pub(super) fn vendored(
        &self,
        wanted: &Wanted,
        place: &Place,
        log: &mut dyn FnMut(&str),
    ) -> Result<Option<Fetched>> {
        let Some((path, named_by)) = self.find(place)? else {
            return Ok(None);
        };
        log("Reusing cached download from buildpack");
        log("Verifying checksum");
        let known = [place.vendored_checksum.as_ref(), place.checksum.as_ref()];
        let candidates: Vec<&Checksum> =
            known.into_iter().flatten().filter(|sum| named_by.is_none_or(|name| name == *sum)).collect();
        let mut computed = None;
        for expected in &candidates {
            let actual = hash_file(&path, expected.algorithm())?;
            if actual == **expected {
                return Ok(Some(Fetched {
                    path,
                    strip_components: place.strip_components,
                    layout: place.layout.clone(),
                    checksum: Some(actual),
                    _temporary: None,
                }));
            }
            computed = Some(actual);
        }
        let expected: Vec<String> = candidates.iter().map(ToString::to_string).collect();
        let got = computed.map_or_else(|| "nothing to compare with".to_owned(), |sum| sum.to_string());
        let message = format!(
            "the checksum of {} in {} does not match: expected {}, got {got}",
            wanted.title,
            path.display(),
            expected.join(" or ")
        );
        Err(Error::user("dependency/checksum", message)
            .hint("Package the buildpack again: what it carries is damaged."))
    }

    /// The path, and the checksum that names it; a path that the row names itself has none.
    fn find<'a>(&self, place: &'a Place) -> Result<Option<(PathBuf, Option<&'a Checksum>)>> {
        let roots = [self.buildpack.clone(), self.buildpack.join(&self.platform)];
        for sum in [place.vendored_checksum.as_ref(), place.checksum.as_ref()].into_iter().flatten() {
            for root in &roots {
                let stored = root.join("dependencies").join(sum.hex());
                let file = if stored.is_dir() {
                    only_file(&stored, place)
                } else {
                    Some(stored).filter(|path| path.is_file())
                };
                if let Some(file) = file {
                    return Ok(Some((file, Some(sum))));
                }
            }
        }
        let Some(rest) = place.uri.as_deref().and_then(|uri| uri.strip_prefix("file://")) else {
            return Ok(None);
        };
        let inside = super::http::file_path(rest).and_then(|path| {
            let path = path.strip_prefix("/").ok()?.to_owned();
            path.components().all(|part| matches!(part, Component::Normal(_))).then_some(path)
        });
        let inside = inside.ok_or_else(|| {
            Error::bug("dependency/uri", format!("file://{rest} does not name a file in the buildpack"))
                .hint("Write file:///dependencies/<hash>; it is looked up inside the buildpack.")
        })?;
        Ok(roots.iter().map(|root| root.join(&inside)).find(|path| path.is_file()).map(|path| (path, None)))
    }
}

/// libpak names the file like the end of the URI; where that was mapped, it is the only file.
fn only_file(folder: &Path, place: &Place) -> Option<PathBuf> {
    let name = place.uri.as_deref().and_then(|uri| uri.split(['?', '#']).next()?.rsplit('/').next());
    let named = name.map(|name| folder.join(name)).filter(|path| path.is_file());
    let files = || std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).find(|path| path.is_file());
    named.or_else(files)
}
