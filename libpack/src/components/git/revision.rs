//! The commit that is checked out, read from the files of a repository (git, gitrepository-layout).

use std::path::{Component, Path, PathBuf};

use crate::fs;

/// A reference may name another one; longer chains are circles.
const LONGEST_CHAIN: usize = 5;

/// What a repository's files tell of the commit that is checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revision {
    /// The commit, in hex.
    Known(String),
    /// None: a repository without a commit, or one that lies elsewhere, as for a worktree or a submodule.
    Unknown,
    /// The references are kept in tables (git, reftable), which only git reads.
    OnlyForGit,
}

impl Revision {
    /// Of the repository whose `.git` lies in a folder.
    pub fn read(folder: &Path) -> Self {
        let Some(repository) = Repository::of(&folder.join(".git")) else { return Self::Unknown };
        match repository.head() {
            Some(commit) => Self::Known(commit),
            None if repository.shared.join("reftable").is_dir() => Self::OnlyForGit,
            None => Self::Unknown,
        }
    }

    /// The name of a commit: SHA-1 or SHA-256, in lower-case hex.
    pub(super) fn parse(text: &str) -> Option<String> {
        let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (matches!(text.len(), 40 | 64) && is_hex).then(|| text.to_owned())
    }
}

struct Repository {
    /// What belongs to one worktree.
    own: PathBuf,
    /// What all worktrees share.
    shared: PathBuf,
}

impl Repository {
    /// `.git` is the repository, or a file that tells where it is.
    fn of(git: &Path) -> Option<Self> {
        let own = if git.is_dir() {
            git.to_owned()
        } else {
            let leads_to = fs::read_text(git).ok()?;
            git.parent()?.join(leads_to.strip_prefix("gitdir:")?.trim())
        };
        let common = fs::read_text(&own.join("commondir")).ok();
        let shared = common.map_or_else(|| own.clone(), |common| own.join(common.trim()));
        Some(Self { own, shared })
    }

    fn head(&self) -> Option<String> {
        let mut name = "HEAD".to_owned();
        for _ in 0..LONGEST_CHAIN {
            let content = self.reference(&name)?;
            match content.strip_prefix("ref:").map(str::trim) {
                None => return Revision::parse(content.trim()),
                Some(next) if is_reference(next) => next.clone_into(&mut name),
                Some(_) => return None,
            }
        }
        None
    }

    /// A file of its own, else a line of the packed ones.
    fn reference(&self, name: &str) -> Option<String> {
        let loose = [&self.own, &self.shared].into_iter().find_map(|folder| fs::read_text(&folder.join(name)).ok());
        loose.or_else(|| {
            let packed = fs::read_text(&self.shared.join("packed-refs")).ok()?;
            let mut lines = packed.lines().filter_map(|line| line.split_once(' '));
            lines.find(|(_, known)| *known == name).map(|(commit, _)| commit.to_owned())
        })
    }
}

/// A name that cannot lead out of the repository.
fn is_reference(name: &str) -> bool {
    name.starts_with("refs/") && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    struct App(tempfile::TempDir);

    impl App {
        fn new(files: &[(&str, &str)]) -> Self {
            let app = Self(tempfile::tempdir().unwrap());
            for (path, content) in files {
                fs::write(&app.0.path().join(path), content).unwrap();
            }
            app
        }

        fn read(&self) -> Revision {
            Revision::read(&self.0.path().join("app"))
        }
    }

    fn known() -> Revision {
        Revision::Known(COMMIT.to_owned())
    }

    #[test]
    fn a_commit_stands_in_head_in_a_branch_or_in_the_packed_references() {
        let line = format!("{COMMIT}\n");
        let packed = format!(
            "# pack-refs with: peeled\n{}  refs/heads/x\n{COMMIT} refs/heads/main\n^{COMMIT}\n",
            "0".repeat(40)
        );
        let main = ("app/.git/HEAD", "ref: refs/heads/main\n");
        for files in [
            vec![("app/.git/HEAD", line.as_str())],
            vec![main, ("app/.git/refs/heads/main", &line)],
            vec![main, ("app/.git/packed-refs", &packed)],
            vec![main, ("app/.git/refs/heads/main", "ref: refs/heads/next"), ("app/.git/refs/heads/next", &line)],
        ] {
            assert_eq!(App::new(&files).read(), known(), "{files:?}");
        }
        let sha256 = "ab".repeat(32);
        assert_eq!(App::new(&[("app/.git/HEAD", &sha256)]).read(), Revision::Known(sha256));
    }

    #[test]
    fn a_worktree_has_its_own_head_and_shares_the_branches() {
        let line = format!("{COMMIT}\n");
        let app = App::new(&[
            ("app/.git", "gitdir: ../repository/.git/worktrees/app\n"),
            ("repository/.git/HEAD", "ref: refs/heads/other"),
            ("repository/.git/worktrees/app/HEAD", "ref: refs/heads/main\n"),
            ("repository/.git/worktrees/app/commondir", "../..\n"),
            ("repository/.git/refs/heads/main", &line),
        ]);
        assert_eq!(app.read(), known());
    }

    #[test]
    fn without_a_commit_nothing_is_known() {
        let circle = "ref: refs/heads/main";
        for files in [
            vec![],
            vec![("app/.git/config", "")],
            vec![("app/.git/HEAD", "ref: refs/heads/main\n")],
            vec![("app/.git/HEAD", circle), ("app/.git/refs/heads/main", circle)],
            vec![("app/.git/HEAD", "ref: refs/../../secret"), ("app/secret", COMMIT)],
            vec![("app/.git/HEAD", "ref: ../secret"), ("app/secret", COMMIT)],
            vec![("app/.git/HEAD", "ref: /etc/hostname")],
            vec![("app/.git/HEAD", "0123456789ABCDEF")],
            vec![("app/.git", "gitdir: ../missing")],
            vec![("app/.git", "nothing")],
        ] {
            assert_eq!(App::new(&files).read(), Revision::Unknown, "{files:?}");
        }
    }

    #[test]
    fn tables_of_references_are_left_to_git() {
        let files = [("app/.git/HEAD", "ref: refs/heads/.invalid"), ("app/.git/reftable/tables.list", "")];
        assert_eq!(App::new(&files).read(), Revision::OnlyForGit);
    }
}
