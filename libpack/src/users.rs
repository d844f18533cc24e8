//! The user database, as far as files tell it: executables without a C library have nothing else.

use std::path::{Path, PathBuf};

/// The home folder of the user that this process runs as; none when the database does not have the user.
pub(crate) fn home() -> Option<PathBuf> {
    let read = |path: &str| std::fs::read_to_string(Path::new(path)).ok();
    home_in(&read("/etc/passwd")?, &user_id(&read("/proc/self/status")?)?)
}

/// The effective user (proc(5), "Uid: Real, effective, saved set, and filesystem UIDs").
fn user_id(status: &str) -> Option<String> {
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    line.split_whitespace().nth(1).map(str::to_owned)
}

/// The home folder in passwd(5).
fn home_in(database: &str, id: &str) -> Option<PathBuf> {
    let fields = database.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let home = fields.filter(|fields| fields.get(2) == Some(&id)).find_map(|fields| fields.get(5).copied())?;
    (!home.is_empty()).then(|| PathBuf::from(home))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_the_home_of_the_first_line_with_its_number() {
        let database = "root:x:0:0:root:/root:/bin/bash\n\nbroken:x:1002\ncnb:x:1002:1000::/home/cnb:/bin/sh\n\
                        other:x:1002:1:::\n";
        assert_eq!(home_in(database, "1002").unwrap(), Path::new("/home/cnb"));
        assert_eq!(home_in(database, "1001"), None);
        assert_eq!(home_in("none:x:1001:1:::/bin/sh", "1001"), None);
    }

    #[test]
    fn the_effective_number_counts() {
        assert_eq!(user_id("Name:\tx\nUid:\t1\t1002\t1\t1\nGid:\t5\t6\t5\t5\n").as_deref(), Some("1002"));
    }

    #[test]
    fn whoever_runs_the_tests_has_a_home_or_none() {
        // With the real files: what is found is absolute.
        assert!(home().is_none_or(|home| home.is_absolute()));
    }
}
