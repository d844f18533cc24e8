//! How the scripts of `package.json` start an app without npm.
//!
//! One simple command runs as it is. Anything else becomes a script of ours in a launch layer,
//! because a command line must survive being joined and split by a platform (docs/platforms.md R10).

use std::path::Path;

use libpack::launch::line::plain_words;

use crate::package_json::{PackageJson, StartScripts};

/// The start, ready to become a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// Words of a command that needs no shell; it runs in the app's folder.
    Command(Vec<String>),
    /// The text of a start script; it runs in the app's folder, the user's arguments are its own.
    Script(String),
}

/// Chooses between command and script. `project` is relative to the app's folder, empty when they
/// are the same: another folder needs a script, because Korifi drops a process's working directory.
pub fn start(package: &PackageJson, scripts: &StartScripts, project: &Path) -> Start {
    let alone = scripts.before.is_none() && scripts.after.is_none();
    let words = plain_words(&scripts.start).filter(|_| alone && is_here(project));
    words.map_or_else(|| Start::Script(script(package, scripts, project)), Start::Command)
}

/// The line as people read it in the log: `<prestart> && <start> && <poststart>`.
pub fn shown(scripts: &StartScripts) -> String {
    let parts = [scripts.before.as_deref(), Some(&scripts.start), scripts.after.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" && ")
}

fn is_here(project: &Path) -> bool {
    project.components().all(|part| part == std::path::Component::CurDir)
}

/// The word that tells a shell that this script started from one that the app brings.
const MARK: &str = "libpack-start";

/// Runs a line and waits for it. A signal goes to the program that the line runs: to the child
/// itself where the shell became the program, else (a list, a loop) past the shells of ours to what
/// they run, since a shell would die of it and leave the program behind. After a signal `wait`
/// returns early, so it is called again until the program has ended. Standard input takes the way
/// over another descriptor, because a shell gives `/dev/null` to what runs beside it.
const RUNNER: &str = r#"child=
early=
stopped=
interrupted=

forward() {
  below=
  if grep -q "$mark" "/proc/$2/cmdline" 2>/dev/null; then
    { read -r below <"/proc/$2/task/$2/children"; } 2>/dev/null
  fi
  if [ -n "$below" ]; then
    for pid in $below; do forward "$1" "$pid"; done
  else
    kill -s "$1" "$2" 2>/dev/null
  fi
}

stop() {
  stopped=1
  interrupted=1
  if [ -n "$child" ]; then forward "$1" "$child"; else early=$1; fi
}

run() {
  line=$1
  shift
  sh -c "$line" "$mark" "$@" <&3 3<&- &
  child=$!
  [ -z "$early" ] || forward "$early" "$child"
  interrupted=
  wait "$child"
  code=$?
  while [ -n "$interrupted" ]; do
    interrupted=
    wait "$child"
    again=$?
    [ "$again" -eq 127 ] || code=$again
  done
  child=
  [ "$code" -eq 0 ] && [ -z "$stopped" ] || exit "$code"
}

trap 'stop TERM' TERM
trap 'stop INT' INT
if (: <&0) 2>/dev/null; then exec 3<&0; else exec 3</dev/null; fi
"#;

/// The text of the script, for any POSIX shell. What the parts hold is quoted as a whole and read
/// by a shell of its own, so that nothing in it can end the script early.
fn script(package: &PackageJson, scripts: &StartScripts, project: &Path) -> String {
    let mut lines = vec![
        "#!/bin/sh".to_owned(),
        "# Runs the start scripts of package.json as npm does, and passes signals on.".to_owned(),
    ];
    if !is_here(project) {
        let folder = format!("./{}", project.display());
        lines.push(format!("cd {} || exit 1", quoted(&folder)));
    }
    for (name, value) in [("name", &package.name), ("version", &package.version)] {
        let value = value.as_deref().map(quoted);
        lines.extend(value.map(|value| format!("export npm_package_{name}={value}")));
    }
    lines.push(format!("mark={MARK}"));
    lines.push(RUNNER.to_owned());
    lines.extend(scripts.before.as_deref().map(|line| format!("run {}", quoted(line))));
    let with_arguments = format!("{} \"$@\"", scripts.start.trim_end());
    lines.push(format!("run {} \"$@\"", quoted(&with_arguments)));
    lines.extend(scripts.after.as_deref().map(|line| format!("run {}", quoted(line))));
    lines.join("\n") + "\n"
}

/// One word for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the scripts are really run")]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::{Command, Stdio};

    use super::*;

    const SHELLS: [&str; 2] = ["sh", "bash"];

    fn scripts(before: &str, start: &str, after: &str) -> StartScripts {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        StartScripts { before: some(before), start: start.to_owned(), after: some(after) }
    }

    fn text(scripts: &StartScripts) -> String {
        script(&PackageJson::default(), scripts, Path::new(""))
    }

    /// Exit code and output of a script that one shell ran in a folder.
    fn run_in(folder: &Path, shell: &str, text: &str, args: &[&str]) -> (Option<i32>, String) {
        let file = tempfile::NamedTempFile::new().unwrap();
        libpack::fs::write(file.path(), text).unwrap();
        let output = Command::new(shell).arg(file.path()).args(args).current_dir(folder).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{shell}");
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    }

    fn run(shell: &str, text: &str, args: &[&str]) -> (Option<i32>, String) {
        run_in(&std::env::temp_dir(), shell, text, args)
    }

    #[test]
    fn a_simple_command_needs_no_script() {
        let package = PackageJson::default();
        let simple = scripts("", "node  --enable-source-maps server.js", "");
        let words = ["node", "--enable-source-maps", "server.js"].map(str::to_owned).to_vec();
        assert_eq!(start(&package, &simple, Path::new("")), Start::Command(words.clone()));
        assert_eq!(start(&package, &simple, Path::new(".")), Start::Command(words));
        assert!(matches!(start(&package, &simple, Path::new("server")), Start::Script(_)));
        for (before, line, after) in [
            ("echo 1", "node a", ""),
            ("", "node a", "echo 2"),
            ("", "NODE_ENV=x node a", ""),
            ("", "exec node a", ""),
            ("", "cd dist", ""),
            ("", ". ./env.sh", ""),
            ("", "node 'a b'", ""),
            ("", "node $FILE", ""),
            ("", "node a && node b", ""),
            ("", "node ~/a.js", ""),
            ("", "node a*", ""),
            ("", "node a\nnode b", ""),
        ] {
            let chosen = start(&package, &scripts(before, line, after), Path::new(""));
            assert!(matches!(chosen, Start::Script(_)), "{line}");
        }
    }

    #[test]
    fn the_line_is_shown_with_its_parts() {
        assert_eq!(shown(&scripts("a", "b", "c")), "a && b && c");
        assert_eq!(shown(&scripts("", "b", "")), "b");
    }

    #[test]
    fn arguments_with_blanks_reach_the_start_script_only() {
        let text = text(&scripts("echo pre $#", r#"printf '[%s]' 'it'"'"'s'"#, "echo post $#"));
        for shell in SHELLS {
            let (code, output) = run(shell, &text, &["a b", "", "$x", "c'd"]);
            assert_eq!((code, output.as_str()), (Some(0), "pre 0\n[it's][a b][][$x][c'd]post 0\n"), "{shell}");
        }
    }

    #[test]
    fn the_exit_code_comes_through_and_stops_what_follows() {
        for shell in SHELLS {
            let (code, output) = run(shell, &text(&scripts("echo a", "echo b; exit 3", "echo c")), &[]);
            assert_eq!((code, output.as_str()), (Some(3), "a\nb\n"), "{shell}");
            let (code, output) = run(shell, &text(&scripts("exit 4", "echo b", "")), &[]);
            assert_eq!((code, output.as_str()), (Some(4), ""), "{shell}");
            let (code, output) = run(shell, &text(&scripts("", "echo b", "echo c; exit 5")), &[]);
            assert_eq!((code, output.as_str()), (Some(5), "b\nc\n"), "{shell}");
        }
    }

    #[test]
    fn name_and_version_are_told_and_the_project_is_the_folder() {
        let app = tempfile::tempdir().unwrap();
        libpack::fs::create_dir(&app.path().join("my app")).unwrap();
        let package =
            PackageJson { name: Some("@acme/it's".into()), version: Some("1.2.3".into()), ..PackageJson::default() };
        let line = r#"echo "$npm_package_name $npm_package_version"; pwd"#;
        let text = script(&package, &scripts("", line, ""), Path::new("my app"));
        let inside = app.path().join("my app").canonicalize().unwrap();
        for shell in SHELLS {
            let (_, output) = run_in(app.path(), shell, &text, &[]);
            assert_eq!(output, format!("@acme/it's 1.2.3\n{}\n", inside.display()), "{shell}");
        }
        let elsewhere = script(&package, &scripts("", "pwd", ""), Path::new("gone"));
        let file = app.path().join("start");
        libpack::fs::write(&file, elsewhere).unwrap();
        let output = Command::new("sh").arg(&file).current_dir(app.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
    }

    #[test]
    fn standard_input_reaches_the_app() {
        let file = tempfile::NamedTempFile::new().unwrap();
        libpack::fs::write(file.path(), text(&scripts("", "cat;", ""))).unwrap();
        let input = tempfile::NamedTempFile::new().unwrap();
        libpack::fs::write(input.path(), "hello").unwrap();
        for shell in SHELLS {
            let input = std::fs::File::open(input.path()).unwrap();
            let output = Command::new(shell).arg(file.path()).stdin(input).output().unwrap();
            assert_eq!(output.stdout, b"hello", "{shell}");
        }
    }

    /// A program that says when it is ready, and ends with 7 a moment after a signal.
    const PROGRAM: &str = r"#!/bin/sh
trap 'echo closing; sleep 0.3; echo closed; exit 7' TERM
echo ready
while :; do sleep 0.05; done
";

    /// Runs a line around the program, sends the signal, and gives code and output.
    fn stop(shell: &str, line: &str, signal: &str) -> (Option<i32>, String) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("program");
        libpack::fs::write(&program, PROGRAM).unwrap();
        libpack::fs::make_executable(&program).unwrap();
        let start = folder.path().join("start");
        libpack::fs::write(&start, text(&scripts("echo pre", line, "echo post"))).unwrap();
        let mut child = Command::new(shell)
            .arg(&start)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut seen = String::new();
        while !seen.ends_with("ready\n") {
            assert_ne!(output.read_line(&mut seen).unwrap(), 0, "{shell}: {seen}");
        }
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
        let code = child.wait().unwrap().code();
        output.read_to_string(&mut seen).unwrap();
        (code, seen)
    }

    #[test]
    fn a_signal_reaches_the_app_and_its_handler_ends_before_the_script() {
        for shell in SHELLS {
            let (code, output) = stop(shell, "./program", "TERM");
            assert_eq!((code, output.as_str()), (Some(7), "pre\nready\nclosing\nclosed\n"), "{shell}");
        }
    }

    #[test]
    fn a_signal_passes_the_shell_of_a_longer_line() {
        for shell in SHELLS {
            for line in ["./program; code=$?; echo after; exit $code", "(./program; exit $?); exit $?"] {
                let (code, output) = stop(shell, line, "TERM");
                let output = output.replace("after\n", "");
                assert_eq!((code, output.as_str()), (Some(7), "pre\nready\nclosing\nclosed\n"), "{shell}: {line}");
            }
        }
    }

    #[test]
    fn a_program_without_a_handler_ends_at_once_and_nothing_follows() {
        for shell in SHELLS {
            let (code, output) = stop(shell, "echo ready; exec sleep 30", "TERM");
            assert_eq!((code, output.as_str()), (Some(143), "pre\nready\n"), "{shell}");
        }
    }
}
