use toml::Value;

use super::{NOTHING_FOUND, Procfile, ProcfileProcess, SETTING_BESIDE_FILE, Start};
use crate::Result;
use crate::component::{Component, Verdict};
use crate::context::{BuildCx, DetectCx};
use crate::launch::Process;
use crate::plan::{Entry, Plan, Require};

/// The plan's name.
const NAME: &str = "procfile";

/// Adds the processes of a Procfile.
pub struct ProcfileComponent;

impl Component for ProcfileComponent {
    fn name(&self) -> &'static str {
        NAME
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        let procfile = Procfile::read(cx.variables(), cx.app(), cx.bindings())?;
        if procfile.processes.is_empty() {
            return Ok(Verdict::decline(NOTHING_FOUND));
        }
        if procfile.setting_beside_file {
            cx.log().warning(SETTING_BESIDE_FILE);
        }
        // The commands travel in the plan: a buildpack before us may have removed the file.
        let require = procfile.processes.into_iter();
        let require = require.fold(Require::new(NAME), |require, one| require.with(&one.kind, one.line));
        Ok(Plan::new().own(require).into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        let entries = cx.entries(NAME);
        let processes = entries.iter().flat_map(|entry| processes(entry, cx.id())).collect();
        let procfile = Procfile { processes, setting_beside_file: false };
        let (direct, _) = cx.settings().lenient_flag("BP_DIRECT_PROCESS");
        for process in &procfile.processes {
            let start = if direct || !has_shell(cx) { process.start_directly()? } else { process.start() };
            let command = match start {
                Start::Words(words) => words,
                Start::Shell(line) => vec![cx.script(&format!("start-{}", process.kind), &script(&line))],
            };
            let added = Process::new(&process.kind, command);
            let default = procfile.default_kind() == Some(&process.kind);
            cx.process(if default { added.default() } else { added });
        }
        Ok(())
    }
}

/// The map of a requirement, without the mark that says who wrote it.
fn processes(entry: &Entry, id: &str) -> Vec<ProcfileProcess> {
    let is_mark = |kind: &str, line: &str| kind == "by" && line == id;
    let lines = entry.metadata.iter().filter_map(|(kind, line)| Some((kind, Value::as_str(line)?)));
    lines
        .filter(|(kind, line)| !is_mark(kind, line))
        .map(|(kind, line)| ProcfileProcess { kind: kind.clone(), line: line.to_owned() })
        .collect()
}

/// Paketo's tiny run images have no shell; the stack's id tells.
fn has_shell(cx: &BuildCx<'_>) -> bool {
    let stack = cx.variable("CNB_STACK_ID").unwrap_or_default();
    !matches!(stack.rsplit('.').next(), Some("tiny" | "static"))
}

/// bash, as Paketo's shell processes; given the line as one word it becomes the command itself where
/// that is a single one, so that signals arrive there.
fn script(line: &str) -> String {
    format!("#!/bin/sh\nexec bash -c {} bash \"$@\"\n", shell_words::quote(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_keeps_the_line_to_the_letter() {
        assert_eq!(script("echo 'a b' $PORT"), "#!/bin/sh\nexec bash -c 'echo '\\''a b'\\'' $PORT' bash \"$@\"\n");
    }
}
