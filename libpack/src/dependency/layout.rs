//! The words of a row's `layout`: what is to be done to an archive beyond cutting off leading folders.

use std::ffi::{OsStr, OsString};

use crate::archive::Rename;
use crate::{Error, Result};

/// A module of the Go module proxy that holds a whole Go. A module cannot hold another one, so each
/// `go.mod` in it is called `_go.mod` (golang/go, `src/cmd/distpack/pack.go`), and the Go command gives
/// it its name back (`src/cmd/go/internal/toolchain/select.go`).
const GO_MODULE: &str = "go-module";

/// How the files of an archive are renamed. The error is `dependency/layout`, for a word that nobody knows.
pub(crate) fn names(layout: Option<&str>) -> Result<Option<Rename>> {
    match layout {
        None => Ok(None),
        Some(GO_MODULE) => Ok(Some(go_mod)),
        Some(word) => Err(Error::user("dependency/layout", format!("the layout {word:?} is unknown"))
            .hint(format!("Write `layout = {GO_MODULE:?}` in buildpack.toml, or leave it out."))),
    }
}

fn go_mod(name: &OsStr) -> Option<OsString> {
    (name == "_go.mod").then(|| "go.mod".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_go_module_gets_its_go_mod_back_and_nothing_else() {
        let rename = names(Some("go-module")).unwrap().unwrap();
        assert_eq!(rename("_go.mod".as_ref()), Some("go.mod".into()));
        for name in ["go.mod", "_go.sum", "x_go.mod"] {
            assert_eq!(rename(name.as_ref()), None);
        }
        assert!(names(None).unwrap().is_none());
    }

    #[test]
    fn an_unknown_layout_names_those_that_are_known() {
        let error = names(Some("go-modul")).unwrap_err();
        assert_eq!((error.id(), error.message()), ("dependency/layout", "the layout \"go-modul\" is unknown"));
        assert_eq!(error.next_step(), Some("Write `layout = \"go-module\"` in buildpack.toml, or leave it out."));
    }
}
