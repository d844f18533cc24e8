use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;

use crate::world::{Child, Exec, Outcome, Variables};
use crate::{Error, Result};

/// Real processes.
pub struct Processes;

impl Exec for Processes {
    #[allow(clippy::disallowed_methods)]
    fn run(&self, child: &Child, sink: &mut dyn FnMut(&str)) -> Result<Outcome> {
        let program = find(&child.program, &child.env)?;
        let shown = child.program.to_string_lossy().into_owned();
        let failed = |error: std::io::Error| Error::bug("exec/failed", format!("could not run {shown}")).because(error);
        let mut running = Command::new(program)
            .args(&child.args)
            .current_dir(&child.cwd)
            .env_clear()
            .envs(child.env.iter())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let (sender, lines) = mpsc::channel();
        let streams: [Option<Box<dyn Read + Send>>; 2] = [
            running.stdout.take().map(|stream| Box::new(stream) as _),
            running.stderr.take().map(|stream| Box::new(stream) as _),
        ];
        for stream in streams.into_iter().flatten() {
            let sender = sender.clone();
            std::thread::spawn(move || read_lines(stream, &sender));
        }
        drop(sender);
        let mut output = String::new();
        for line in lines {
            sink(&line);
            output.push_str(&line);
            output.push('\n');
        }
        let status = running.wait().map_err(failed)?;
        let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
        Ok(Outcome { code: code.unwrap_or(1), output })
    }
}

fn read_lines(stream: Box<dyn Read + Send>, sender: &mpsc::Sender<String>) {
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line);
        if sender.send(text.trim_end_matches(['\n', '\r']).to_owned()).is_err() {
            return;
        }
        line.clear();
    }
}

fn find(program: &OsStr, variables: &Variables) -> Result<PathBuf> {
    if program.as_encoded_bytes().contains(&b'/') {
        return Ok(PathBuf::from(program));
    }
    search(program, variables).ok_or_else(|| {
        Error::user("exec/not-found", format!("{} is not on the PATH", program.display()))
            .hint("Use a build image that has it, or a buildpack before this one that provides it.")
    })
}

/// The first executable of that name on the `PATH`.
pub fn search(program: impl AsRef<OsStr>, variables: &Variables) -> Option<PathBuf> {
    let executable = |path: &Path| {
        use std::os::unix::fs::PermissionsExt as _;
        path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
    };
    let path = variables.get("PATH")?;
    std::env::split_paths(path).map(|folder| folder.join(program.as_ref())).find(|path| executable(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> (Outcome, Vec<String>) {
        let mut lines = Vec::new();
        let child = Child {
            program: "sh".into(),
            args: vec!["-c".into(), script.into()],
            cwd: "/".into(),
            env: [("PATH", "/usr/bin:/bin"), ("GIVEN", "yes")].into_iter().collect(),
        };
        let outcome = Processes.run(&child, &mut |line| lines.push(line.to_owned())).unwrap();
        (outcome, lines)
    }

    #[test]
    fn both_streams_come_line_by_line_and_nothing_is_inherited() {
        let (outcome, lines) = shell("echo $GIVEN-$HOME-; echo err >&2; exit 3");
        assert_eq!(outcome.code, 3);
        assert!(lines.contains(&"yes--".to_owned()) && lines.contains(&"err".to_owned()), "{lines:?}");
    }

    #[test]
    fn a_signal_counts_as_a_shell_counts_it() {
        assert_eq!(shell("kill -9 $$").0.code, 137);
    }

    #[test]
    fn a_missing_program_is_named() {
        let variables: Variables = [("PATH", "/nowhere")].into_iter().collect();
        assert_eq!(find(OsStr::new("npm"), &variables).unwrap_err().id(), "exec/not-found");
    }
}
